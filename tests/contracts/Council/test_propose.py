"""propose.tree: who may propose what, its class, and how many at a time"""

from __future__ import annotations

from typing import Any

import pytest

from chain.charter import charter
from chain.types import DecisionClass, ProposalState, Role
from tests.contracts.proposals import (
    COUNCIL,
    EXPIRY,
    Opened,
    Proposal,
    approve,
    brought_to,
    call,
    cancel_by_resolution,
    open_of,
    pass_through,
    proposal,
    propose,
    propose_urgently,
    queue,
    retirement,
    seat_of,
    seats,
    state,
    wait,
)
from tests.contracts.world import (
    BUYER,
    DAY,
    MANDATE_END,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    calldata_selector,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm

URGENT, MEMBERSHIP = DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP


def refused(world: World, given: Proposal, *, who: str = "delegate1", at: int | None = None) -> Refusal:
    return world.refusal(who, COUNCIL, "propose", *given.content, at=at)


def refused_urgently(
    world: World, urgent: Proposal, confirmation: Proposal, *, who: str = "delegate1"
) -> Refusal:
    return world.refusal(who, COUNCIL, "proposeUrgently", urgent.content, confirmation.content)


def no_delegate(who: str) -> Refusal:
    return Refusal("CouncilRoleMissing", label("DELEGATE"), address(who))


# who


@pytest.mark.parametrize("who", ["admin", "officer", "operator", "authority", "acme", "stranger"])
def test_propose__other_role__role_missing(world: World, who: str) -> None:
    given, confirmation = proposal(world, URGENT), proposal(world, MEMBERSHIP)
    assert refused(world, confirmation, who=who) == no_delegate(who)
    assert refused_urgently(world, given, confirmation, who=who) == no_delegate(who)


def test_propose__delegate_role_of_a_member_without_a_seat__role_missing(world: World) -> None:
    world.send("admin", "MemberRegistry", "addPerson", address("new"), int(Role.DELEGATE), MANDATE_END)
    assert refused(world, proposal(world, MEMBERSHIP), who="new") == no_delegate("new")


@pytest.mark.parametrize(
    ("function", "subject"),
    [("suspend", seat_of("delegate1")), ("suspendNow", seat_of("delegate1")), ("suspendPerson", address("delegate1"))],
)  # fmt: skip
def test_propose__suspended__role_missing_until_it_ends(world: World, function: str, subject: Any) -> None:
    until = world.time + DAY
    world.send("authority", "MemberRegistry", function, subject, until)
    given = proposal(world, MEMBERSHIP)
    assert refused(world, given, at=until - 1) == no_delegate("delegate1")
    propose(world, given, at=until)


def test_propose__mandate_over__role_missing_from_then_on(world: World) -> None:
    end = world.time + DAY
    world.send("delegate1", "MemberRegistry", "addPerson", address("new"), int(Role.DELEGATE), end)
    given = proposal(world, MEMBERSHIP)
    with world.undone():
        propose(world, given, who="new", at=end - 1)
    assert refused(world, given, who="new", at=end) == no_delegate("new")


@pytest.mark.parametrize("who", ["delegate3", "second3"])
def test_propose__valid__stores_and_tells(world: World, who: str) -> None:
    given = proposal(world, MEMBERSHIP, "a text").said('{"title":"ñ"}')
    opened = propose(world, given, who=who)
    created, resolution = opened.receipt.events
    target, data = given.calls[0]
    assert (created.name, created.args) == (
        "ProposalCreated",
        {
            "proposalId": 1, "proposer": address(who), "targets": (target.lower(),), "values": (0,), "signatures": ("",),
            "calldatas": (data,), "voteStart": opened.receipt.time + 10 * DAY, "voteEnd": opened.receipt.time + 17 * DAY,
            "description": given.description,
        },
    )  # fmt: skip
    assert (resolution.name, resolution.args) == (
        "ResolutionOpened",
        {
            "id": 1, "member": seat_of("delegate3"), "decision": MEMBERSHIP,
            "rules": charter("reference").rules_of(MEMBERSHIP).as_tuple(), "reportNeeded": False, "confirms": 0,
        },
    )  # fmt: skip
    assert world.read(COUNCIL, "getProposalId", *given.key) == 1
    assert world.read(COUNCIL, "proposalProposer", 1) == address(who)
    assert world.read(COUNCIL, "proposalCount") == 1
    assert world.read(COUNCIL, "hashProposal", *given.key) == int.from_bytes(given.hash, "big")


# what


@pytest.mark.parametrize("count", [0, 17])
def test_propose__number_of_calls_outside_its_bounds__calls_invalid(world: World, count: int) -> None:
    one = proposal(world, MEMBERSHIP).calls[0]
    assert refused(world, Proposal((one,) * count)) == Refusal("CouncilCallsInvalid", 16, count)


@pytest.mark.parametrize("count", [1, 16])
def test_propose__number_of_calls_at_its_bounds__opens(world: World, count: int) -> None:
    assert propose(world, Proposal(proposal(world, MEMBERSHIP).calls * count)).id == 1


@pytest.mark.parametrize("shorter", [0, 1, 2])
def test_propose__lengths_that_differ__calls_invalid(world: World, shorter: int) -> None:
    content = list(Proposal(proposal(world, MEMBERSHIP).calls * 2).content)
    content[shorter] = content[shorter][:1]
    expected = Refusal("CouncilCallsInvalid", 16, 1 if shorter == 0 else 2)
    assert world.refusal("delegate1", COUNCIL, "propose", *content) == expected


@pytest.mark.parametrize("length", [0, 8_193])
def test_propose__description_outside_its_bounds__text_length(world: World, length: int) -> None:
    given = proposal(world, MEMBERSHIP, "x" * length)
    assert refused(world, given) == Refusal("CouncilTextLength", 8_192, length)
    urgent = proposal(world, URGENT)
    assert refused_urgently(world, urgent, given) == Refusal("CouncilTextLength", 8_192, length)
    assert refused_urgently(world, urgent.said("x" * length), given.said("y")) == Refusal(
        "CouncilTextLength", 8_192, length
    )


@pytest.mark.parametrize("length", [1, 8_192])
def test_propose__description_at_its_bounds__opens(world: World, length: int) -> None:
    assert propose(world, proposal(world, MEMBERSHIP, "x" * length)).id == 1


def test_propose__description_that_names_another_proposer__opens_as_any_text(world: World) -> None:
    text = f"a text #proposer={address('delegate2').lower()}"
    assert propose(world, proposal(world, MEMBERSHIP, text)).id == 1


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("fault", ["timelock", "no code", "precompile", "zero", "short", "empty"])
def test_propose__call_that_is_not_sound__call_invalid(world: World, fault: str, index: int) -> None:
    sound = proposal(world, MEMBERSHIP).calls[0]
    bad = {
        "timelock": call(world, "CouncilTimelock", "updateDelay", 1),
        "no code": (address("stranger"), sound[1]),
        "precompile": ("0x" + "00" * 19 + "04", sound[1]),
        "zero": (ZERO_ADDRESS, sound[1]),
        "short": (sound[0], sound[1][:3]),
        "empty": (sound[0], b""),
    }[fault]
    calls = (sound, bad) if index else (bad, sound)
    assert refused(world, Proposal(calls)) == Refusal("CouncilCallInvalid", index)


@pytest.mark.parametrize("index", [0, 1])
def test_propose__coin__call_invalid(world: World, index: int) -> None:
    values = (0, 1) if index else (1, 0)
    given = Proposal(proposal(world, MEMBERSHIP).calls * 2, values=values)
    assert refused(world, given) == Refusal("CouncilCallInvalid", index)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("grantRole", (bytes(32), address("delegate1"))),
        ("revokeRole", (bytes(32), address("delegate1"))),
        ("renounceRole", (bytes(32), address("delegate1"))),
        ("updateDelay", (10 * DAY,)),
        ("cancel", (bytes(32),)),
        ("schedule", (address("delegate1"), 0, b"", bytes(32), bytes(32), 0)),
        ("execute", (address("delegate1"), 0, b"", bytes(32), bytes(32))),
    ],
)
def test_propose__any_call_to_the_timelock__call_invalid(
    world: World, function: str, args: tuple[Any, ...]
) -> None:
    given = Proposal((call(world, "CouncilTimelock", function, *args),))
    assert refused(world, given) == Refusal("CouncilCallInvalid", 0)
    urgent = proposal(world, URGENT)
    assert refused_urgently(world, urgent, given) == Refusal("CouncilCallInvalid", 0)


# class


def test_class_of__each_call_of_the_charter__as_it_says(world: World) -> None:
    for each in charter("reference").calls:
        pair = (world.addresses[each.contract], calldata_selector(each.contract, each.function))
        assert world.read(COUNCIL, "classOf", *pair) == each.decision


@pytest.mark.parametrize(
    ("contract", "function"),
    [
        ("MemberRegistry", "setSector"), (COUNCIL, "setClassRules"), (COUNCIL, "setCallClass"), (COUNCIL, "propose"),
        ("Consultation", "hide"), ("TenderBoard", "cancel"),
    ],
)  # fmt: skip
def test_class_of__call_that_nobody_classified__charter(world: World, contract: str, function: str) -> None:
    selector = calldata_selector(contract, function)
    given = Proposal(((world.addresses[contract], selector),))
    assert propose(world, given).decision is DecisionClass.CHARTER


def test_class_of__selector_of_another_contract__charter(world: World) -> None:
    selector = calldata_selector("ProcedureBook", "retire")
    for target in ("MemberRegistry", COUNCIL, "ProcedureBook"):
        decision = DecisionClass.ROUTINE if target == "ProcedureBook" else DecisionClass.CHARTER
        assert world.read(COUNCIL, "classOf", world.addresses[target], selector) == decision


@pytest.mark.parametrize("others", [1, 15])
@pytest.mark.parametrize("strictest", [each for each in DecisionClass if each is not URGENT])
@pytest.mark.parametrize("weaker", [each for each in DecisionClass if each is not URGENT])
def test_class__of_several_calls__the_strictest(
    world: World, strictest: DecisionClass, weaker: DecisionClass, others: int
) -> None:
    strict, weak = (proposal(world, each).calls for each in (strictest, weaker))
    for calls in (weak * others + strict, strict + weak * others):
        with world.undone():
            assert propose(world, Proposal(calls)).decision is max(strictest, weaker)


@pytest.mark.parametrize("other", [each for each in DecisionClass if each is not URGENT])
def test_class__urgent_call_among_others__charter(world: World, other: DecisionClass) -> None:
    urgent, slow = (proposal(world, each).calls for each in (URGENT, other))
    for calls in (urgent + slow, slow + urgent, urgent + slow * 2 + urgent):
        with world.undone():
            opened = propose(world, Proposal(calls))
            assert opened.decision is DecisionClass.CHARTER
            assert opened.start == world.time + 30 * DAY


def test_class__urgent_call_carried_by_a_routine_one__one_sector_does_not_decide(world: World) -> None:
    """By itself a suspension takes 2/3 from 3 sectors: with a harmless call besides it must not take less."""
    sectors = seats(world, (4, 1, 1, 1))
    harmless = proposal(world, DecisionClass.ROUTINE).calls
    suspend = call(world, "MemberRegistry", "suspendNow", BUYER, world.time + 29 * DAY)
    opened = propose(world, Proposal((*harmless, suspend)))
    approve(world, opened, sectors[0])
    assert state(world, opened) is ProposalState.DEFEATED


@pytest.mark.parametrize("decision", DecisionClass)
def test_report__needed__for_charter_and_for_calls_to_procedures(
    world: World, decision: DecisionClass
) -> None:
    assert open_of(world, decision).report_needed is (decision is DecisionClass.CHARTER)
    retire = retirement(world).calls
    if decision is not URGENT:
        given = Proposal(proposal(world, decision).calls + retire)
        assert propose(world, given, who="delegate2").report_needed is True


# urgent


@pytest.mark.parametrize("count", [1, 16])
def test_propose__urgent_calls_alone__confirmation_invalid(world: World, count: int) -> None:
    given = Proposal(proposal(world, URGENT).calls * count)
    assert refused(world, given) == Refusal("CouncilConfirmationInvalid", URGENT, URGENT)


@pytest.mark.parametrize("confirmation", [each for each in DecisionClass if each < MEMBERSHIP])
def test_propose_urgently__confirmation_below_membership__confirmation_invalid(
    world: World, confirmation: DecisionClass
) -> None:
    given = proposal(world, confirmation, "another text")
    expected = Refusal("CouncilConfirmationInvalid", URGENT, confirmation)
    assert refused_urgently(world, proposal(world, URGENT), given) == expected


@pytest.mark.parametrize("decision", [each for each in DecisionClass if each is not URGENT])
def test_propose_urgently__calls_that_are_not_urgent__confirmation_invalid(
    world: World, decision: DecisionClass
) -> None:
    confirmation = proposal(world, MEMBERSHIP, "another text")
    expected = Refusal("CouncilConfirmationInvalid", decision, MEMBERSHIP)
    assert refused_urgently(world, proposal(world, decision), confirmation) == expected


def test_propose_urgently__one_call_not_urgent__confirmation_invalid(world: World) -> None:
    mixed = Proposal(proposal(world, URGENT).calls + proposal(world, DecisionClass.ROUTINE).calls)
    expected = Refusal("CouncilConfirmationInvalid", DecisionClass.CHARTER, MEMBERSHIP)
    assert refused_urgently(world, mixed, proposal(world, MEMBERSHIP)) == expected


@pytest.mark.parametrize("decision", [MEMBERSHIP, DecisionClass.CHARTER])
def test_propose_urgently__valid__opens_both(world: World, decision: DecisionClass) -> None:
    urgent, confirmation = propose_urgently(world, proposal(world, URGENT), proposal(world, decision, "more"))
    now = urgent.receipt.time
    assert [event.name for event in urgent.receipt.events] == ["ProposalCreated", "ResolutionOpened"] * 2
    assert (urgent.id, urgent.decision, urgent.start, urgent.end) == (1, URGENT, now, now + DAY)
    assert (confirmation.id, confirmation.decision) == (2, decision)
    assert confirmation.start == now + (10 if decision is MEMBERSHIP else 30) * DAY
    assert [event.args["confirms"] for event in urgent.receipt.events[1::2]] == [0, 1]


def test_propose_urgently__known_content__already_recorded(world: World) -> None:
    urgent, confirmation = proposal(world, URGENT), proposal(world, MEMBERSHIP)
    propose_urgently(world, urgent, confirmation)
    other = confirmation.said("another text")
    assert refused_urgently(world, urgent, other) == Refusal("CouncilAlreadyRecorded", urgent.hash, 1)
    again = refused_urgently(world, urgent.said("another text"), confirmation)
    assert again == Refusal("CouncilAlreadyRecorded", confirmation.hash, 2)


def test_propose_urgently__calls_wrong__refused_as_propose_does(world: World) -> None:
    urgent, confirmation = proposal(world, URGENT), proposal(world, MEMBERSHIP)
    for pair in ((urgent, Proposal(())), (Proposal(()), confirmation)):
        assert refused_urgently(world, *pair) == Refusal("CouncilCallsInvalid", 16, 0)


# places


def filled(world: World) -> list[Opened]:
    """Three open proposals of one member, by both its delegates."""
    people = ("delegate1", "second1", "delegate1")
    return [propose(world, proposal(world, MEMBERSHIP, f"{n}"), who=who) for n, who in enumerate(people)]


FULL = Refusal("CouncilProposalsFull", 3)


def test_places__three_open__full_for_the_member_alone(world: World) -> None:
    filled(world)
    another = proposal(world, MEMBERSHIP, "one more")
    for who in ("delegate1", "second1"):
        assert refused(world, another, who=who) == FULL
        assert refused_urgently(world, proposal(world, URGENT), another, who=who) == FULL
    propose(world, another, who="delegate2")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_places__one_cancelled__one_free(world: World, place: int) -> None:
    brought_to(world, filled(world)[place], "cancelled")
    propose(world, proposal(world, MEMBERSHIP, "later"))
    assert refused(world, proposal(world, MEMBERSHIP, "too many")) == FULL


@pytest.mark.parametrize("place", [0, 1, 2])
def test_places__one_cancelled_by_resolution__one_free(world: World, place: int) -> None:
    cancel_by_resolution(world, filled(world)[place])
    propose(world, proposal(world, MEMBERSHIP, "later"))
    assert refused(world, proposal(world, MEMBERSHIP, "too many")) == FULL


@pytest.mark.parametrize("end", ["defeated", "executed", "expired unqueued", "expired queued"])
def test_places__all_decided__all_free(world: World, end: str) -> None:
    """The two besides the one that comes to that end are defeated."""
    brought_to(world, filled(world)[1], end)
    for number in range(3):
        propose(world, proposal(world, MEMBERSHIP, f"later {number}"))
    assert refused(world, proposal(world, MEMBERSHIP, "too many")) == FULL


@pytest.mark.parametrize("where", ["active", "succeeded", "delayed", "ready"])
def test_places__three_still_open__full(world: World, where: str) -> None:
    opened = filled(world)
    if where == "active":
        wait(world, opened[0].start + 2)
    else:
        for each in opened:
            approve_during(world, each)
        wait(world, opened[-1].end + 1)
    if where in ("delayed", "ready"):
        eta = [queue(world, each).time + each.delay for each in opened][-1]
        wait(world, eta if where == "ready" else world.time + 1)
    assert refused(world, proposal(world, MEMBERSHIP, "too many")) == FULL


def approve_during(world: World, opened: Opened) -> None:
    """Votes for it and stays inside its vote."""
    wait(world, opened.start + 2)
    for who in ("delegate1", "delegate2", "delegate3"):
        world.send(who, COUNCIL, "castVote", opened.id, 1)


def test_places__expired__free_a_second_after_it_could_be_queued(world: World) -> None:
    opened = filled(world)
    for each in opened:
        approve_during(world, each)
    first = opened[0].end + EXPIRY + 1
    given = proposal(world, MEMBERSHIP, "later")
    assert refused(world, given, at=first - 1) == FULL
    propose(world, given, at=first)
    wait(world, opened[2].end + EXPIRY + 1)
    for number in range(2):
        propose(world, proposal(world, MEMBERSHIP, f"later {number}"))
    assert refused(world, given.said("too many")) == FULL


def test_places__urgent__taken_by_the_confirmation(world: World) -> None:
    for number in range(3):
        urgent, confirmation = (proposal(world, each, f"{each} {number}") for each in (URGENT, MEMBERSHIP))
        propose_urgently(world, urgent, confirmation)
    assert refused(world, proposal(world, MEMBERSHIP, "too many")) == FULL
    assert refused_urgently(world, proposal(world, URGENT, "x"), proposal(world, MEMBERSHIP, "y")) == FULL


def test_places__urgent_executed__confirmation_still_takes_one(world: World) -> None:
    urgent, confirmation = propose_urgently(world, proposal(world, URGENT), proposal(world, MEMBERSHIP))
    pass_through(world, urgent)
    assert state(world, confirmation) is ProposalState.PENDING
    for number in range(2):
        propose(world, proposal(world, MEMBERSHIP, f"{number}"))
    assert refused(world, proposal(world, MEMBERSHIP, "too many")) == FULL


def test_propose__nothing_stored__when_refused(world: World) -> None:
    given = proposal(world, MEMBERSHIP)
    assert refused(world, given.said("")) == Refusal("CouncilTextLength", 8_192, 0)
    assert world.read(COUNCIL, "proposalCount") == 0
    assert world.refused_read(COUNCIL, "getProposalId", *given.key) == Refusal("CouncilNotFound", 0)
    assert propose(world, given).id == 1


def test_propose__many_members_at_once__numbers_in_order(world: World) -> None:
    made = [
        propose(world, proposal(world, MEMBERSHIP, f"{who}"), who=who).id
        for who in ("delegate1", "delegate2", "second4")
    ]
    assert made == [1, 2, 3]


def test_propose__bytes_after_the_arguments__no_other_class(world: World) -> None:
    target, data = proposal(world, MEMBERSHIP).calls[0]
    assert propose(world, Proposal(((target, data + hash_of("tail")),))).decision is MEMBERSHIP
