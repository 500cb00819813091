"""propose.tree: who may propose what, its class, and how many at a time"""

from __future__ import annotations

from typing import Any

import pytest

from chain.charter import charter
from chain.types import DecisionClass, Role
from tests.contracts.proposals import (
    COUNCIL,
    Proposal,
    call,
    proposal,
    propose,
    refused_proposal,
    refused_urgently,
    seat_of,
)
from tests.contracts.world import (
    DAY,
    MANDATE_END,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    label,
)

pytestmark = pytest.mark.evm

URGENT, MEMBERSHIP = DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP


def no_delegate(who: str) -> Refusal:
    return Refusal("CouncilRoleMissing", label("DELEGATE"), address(who))


# who


@pytest.mark.parametrize("who", ["admin", "officer", "operator", "authority", "acme", "stranger"])
def test_propose__other_role__role_missing(world: World, who: str) -> None:
    given, confirmation = proposal(world, URGENT), proposal(world, MEMBERSHIP)
    assert refused_proposal(world, confirmation, who=who) == no_delegate(who)
    assert refused_urgently(world, given, confirmation, who=who) == no_delegate(who)


def test_propose__delegate_role_of_a_member_without_a_seat__role_missing(world: World) -> None:
    world.send("admin", "MemberRegistry", "addPerson", address("new"), int(Role.DELEGATE), MANDATE_END)
    assert refused_proposal(world, proposal(world, MEMBERSHIP), who="new") == no_delegate("new")


@pytest.mark.parametrize(
    ("function", "subject"),
    [("suspend", seat_of("delegate1")), ("suspendNow", seat_of("delegate1")), ("suspendPerson", address("delegate1"))],
)  # fmt: skip
def test_propose__suspended__role_missing_until_it_ends(world: World, function: str, subject: Any) -> None:
    until = world.time + DAY
    world.send("authority", "MemberRegistry", function, subject, until)
    given = proposal(world, MEMBERSHIP)
    assert refused_proposal(world, given, at=until - 1) == no_delegate("delegate1")
    propose(world, given, at=until)


def test_propose__mandate_over__role_missing_from_then_on(world: World) -> None:
    end = world.time + DAY
    world.send("delegate1", "MemberRegistry", "addPerson", address("new"), int(Role.DELEGATE), end)
    given = proposal(world, MEMBERSHIP)
    with world.undone():
        propose(world, given, who="new", at=end - 1)
    assert refused_proposal(world, given, who="new", at=end) == no_delegate("new")


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
    assert refused_proposal(world, Proposal((one,) * count)) == Refusal("CouncilCallsInvalid", 16, count)


@pytest.mark.parametrize("count", [1, 16])
def test_propose__number_of_calls_at_its_bounds__opens(world: World, count: int) -> None:
    assert propose(world, Proposal(proposal(world, MEMBERSHIP).calls * count)).id == 1


@pytest.mark.parametrize("shorter", [0, 1, 2])
def test_propose__lengths_that_differ__calls_invalid(world: World, shorter: int) -> None:
    content: list[Any] = list(Proposal(proposal(world, MEMBERSHIP).calls * 2).content)
    content[shorter] = content[shorter][:1]
    expected = Refusal("CouncilCallsInvalid", 16, 1 if shorter == 0 else 2)
    assert world.refusal("delegate1", COUNCIL, "propose", *content) == expected


@pytest.mark.parametrize("length", [0, 8_193])
def test_propose__description_outside_its_bounds__text_length(world: World, length: int) -> None:
    given = proposal(world, MEMBERSHIP, "x" * length)
    assert refused_proposal(world, given) == Refusal("CouncilTextLength", 8_192, length)
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
    assert refused_proposal(world, Proposal(calls)) == Refusal("CouncilCallInvalid", index)


@pytest.mark.parametrize("index", [0, 1])
def test_propose__coin__call_invalid(world: World, index: int) -> None:
    values = (0, 1) if index else (1, 0)
    given = Proposal(proposal(world, MEMBERSHIP).calls * 2, values=values)
    assert refused_proposal(world, given) == Refusal("CouncilCallInvalid", index)


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
    assert refused_proposal(world, given) == Refusal("CouncilCallInvalid", 0)
    urgent = proposal(world, URGENT)
    assert refused_urgently(world, urgent, given) == Refusal("CouncilCallInvalid", 0)


def test_propose__nothing_stored__when_refused(world: World) -> None:
    given = proposal(world, MEMBERSHIP)
    assert refused_proposal(world, given.said("")) == Refusal("CouncilTextLength", 8_192, 0)
    assert world.read(COUNCIL, "proposalCount") == 0
    assert world.refused_read(COUNCIL, "getProposalId", *given.key) == Refusal("CouncilNotFound", 0)
    assert propose(world, given).id == 1


def test_propose__many_members_at_once__numbers_in_order(world: World) -> None:
    made = [
        propose(world, proposal(world, MEMBERSHIP, f"{who}"), who=who).id
        for who in ("delegate1", "delegate2", "second4")
    ]
    assert made == [1, 2, 3]
