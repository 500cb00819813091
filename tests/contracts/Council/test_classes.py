"""classes.tree: the class of a proposal, and urgent ones with what confirms them"""

from __future__ import annotations

import pytest

from chain.charter import charter
from chain.types import DecisionClass, ProposalState
from tests.contracts.proposals import (
    COUNCIL,
    Proposal,
    approve,
    call,
    open_of,
    proposal,
    propose,
    propose_urgently,
    refused_proposal,
    refused_urgently,
    retirement,
    seats,
    state,
)
from tests.contracts.world import (
    BUYER,
    DAY,
    Refusal,
    World,
    calldata_selector,
    hash_of,
)

pytestmark = pytest.mark.evm

URGENT, MEMBERSHIP = DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP


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
    assert refused_proposal(world, given) == Refusal("CouncilConfirmationInvalid", URGENT, URGENT)


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


def test_propose__bytes_after_the_arguments__no_other_class(world: World) -> None:
    target, data = proposal(world, MEMBERSHIP).calls[0]
    assert propose(world, Proposal(((target, data + hash_of("tail")),))).decision is MEMBERSHIP
