"""callbacks.tree: a target that calls other contracts while a proposal is executed"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from chain.types import DecisionClass, Kind, ProposalState, Role, Sector
from tests.contracts.proposals import (
    COUNCIL,
    Proposal,
    approve,
    call,
    execute,
    open_of,
    proposal,
    propose,
    queue,
    ready,
    refused_step,
    seat_of,
    state,
    status_wrong,
    vote,
    wait,
)
from tests.contracts.world import (
    BUYER,
    DAY,
    MANDATE_END,
    REVIEW,
    START,
    ZERO,
    Refusal,
    World,
    address,
    calldata,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm

MEMBERSHIP, CHARTER = DecisionClass.MEMBERSHIP, DecisionClass.CHARTER
MEMBERS, MOCK = "MemberRegistry", "TargetMock"


def mocked(world: World, other: str = COUNCIL) -> World:
    """The world with a target that calls the other contract."""
    created = world.deploy(MOCK, world.addresses[other]).created
    return replace(world, addresses=world.addresses | {MOCK: to_checksum_address(str(created))})


def armed(world: World, data: bytes) -> None:
    world.send("stranger", MOCK, "arm", data)


def answered(world: World) -> Refusal | None:
    """What the mock's last call was refused with."""
    data = world.read(MOCK, "refusal")
    return Refusal.from_data(data) if data else None


@pytest.mark.parametrize("function", ["execute", "queue"])
def test_execute__calls_for_itself_again__once_only(world: World, function: str) -> None:
    world = mocked(world)
    opened = ready(world, *(call(world, MOCK, "attempt"),) * 2)
    armed(world, calldata(COUNCIL, function, opened.proposal.key))
    execute(world, opened)
    assert answered(world) == status_wrong(opened, ProposalState.EXECUTED)
    assert world.read(MOCK, "calls") == 2
    assert state(world, opened) is ProposalState.EXECUTED


def test_execute__calls_itself_again_and_fails_with_it__nothing_is_done(world: World) -> None:
    world = mocked(world)
    kinds = call(world, MEMBERS, "setKinds", BUYER, int(Kind.BUYER | Kind.EVALUATION))
    opened = ready(world, kinds, call(world, MOCK, "fire"))
    armed(world, calldata(COUNCIL, "execute", opened.proposal.key))
    before = world.facts(MEMBERS, "memberFacts", BUYER)
    assert refused_step(world, opened, "execute") == status_wrong(opened, ProposalState.EXECUTED)
    assert state(world, opened) is ProposalState.QUEUED
    assert world.facts(MEMBERS, "memberFacts", BUYER) == before
    assert world.read(MOCK, "calls") == 0


def test_execute__another_one_inside__each_once(world: World) -> None:
    world = mocked(world)
    outer = propose(world, Proposal((call(world, MOCK, "fire"), *proposal(world, CHARTER).calls)))
    moved_sector = Proposal((call(world, MEMBERS, "setSector", REVIEW, int(Sector.INDUSTRY)),))
    inner = propose(world, moved_sector, who="delegate2")
    vote(world, inner)
    approve(world, outer)
    world.send("delegate2", "Consultation", "report", inner.id, hash_of("report"))
    for each in (outer, inner):
        queue(world, each)
    armed(world, calldata(COUNCIL, "execute", inner.proposal.key))
    wait(world, world.read(COUNCIL, "proposalEta", inner.id))
    receipt = execute(world, outer)
    done = [event.args["proposalId"] for event in receipt.events if event.name == "ProposalExecuted"]
    assert done == [inner.id, outer.id]
    for each in (inner, outer):
        assert refused_step(world, each, "execute") == status_wrong(each, ProposalState.EXECUTED)


def test_execute__cancels_itself__role_missing(world: World) -> None:
    world = mocked(world)
    opened = ready(world, call(world, MOCK, "attempt"))
    armed(world, calldata(COUNCIL, "cancel", opened.proposal.key))
    execute(world, opened)
    # The mock is not the authority, though the authority called it.
    assert answered(world) == Refusal("CouncilRoleMissing", label("PROPOSER"), world.addresses[MOCK])


BACK: dict[str, tuple[str, str, tuple[Any, ...], str]] = {
    "votes": (COUNCIL, "castVote", (2, 1), "DELEGATE"),
    "proposes": (COUNCIL, "propose", ([], [], [], ""), "DELEGATE"),
    "classifies": (COUNCIL, "setCallClass", (address("x"), b"\0" * 4, 0), "AUTHORITY"),
    "confirms": (COUNCIL, "confirmUrgency", (1,), "AUTHORITY"),
    "relays": (COUNCIL, "relay", (address("x"), 0, b""), "TIMELOCK"),
    "suspends": (MEMBERS, "suspend", (BUYER, START + 365 * DAY), "AUTHORITY"),
}


@pytest.mark.parametrize("act", BACK)
def test_execute__target_uses_its_moment__role_missing(world: World, act: str) -> None:
    contract, function, args, role = BACK[act]
    world = mocked(world, contract)
    opened = ready(world, call(world, MOCK, "attempt"))
    other = open_of(world, MEMBERSHIP, who="delegate2")
    wait(world, other.start + 1)
    armed(world, calldata(contract, function, args))
    wait(world, world.time + 1)
    execute(world, opened)
    expected = Refusal(f"{contract}RoleMissing", label(role), world.addresses[MOCK])
    assert answered(world) == expected


@pytest.mark.parametrize("function", ["executeBatch", "scheduleBatch", "cancel", "grantRole"])
def test_execute__target_turns_to_the_timelock__unauthorized(world: World, function: str) -> None:
    world = mocked(world, "CouncilTimelock")
    opened = ready(world, call(world, MOCK, "attempt"))
    batch = opened.proposal.content[:3]
    operation, salt = opened.proposal.operation(world.addresses[COUNCIL])
    args: tuple[Any, ...] = {
        "executeBatch": (*batch, ZERO, salt),
        "scheduleBatch": (*batch, ZERO, salt, 0),
        "cancel": (operation,),
        "grantRole": (ZERO, world.addresses[MOCK]),
    }[function]
    armed(world, calldata("CouncilTimelock", function, args))
    execute(world, opened)
    found = answered(world)
    assert found is not None
    assert (found.name, found.args[0]) == ("AccessControlUnauthorizedAccount", world.addresses[MOCK])


def test_execute__target_that_is_a_delegate_votes__counts_for_its_member_once(world: World) -> None:
    world = mocked(world)
    mock = world.addresses[MOCK]
    world.send("delegate1", MEMBERS, "addPerson", mock, int(Role.DELEGATE), MANDATE_END)
    opened = ready(world, *(call(world, MOCK, "attempt"),) * 2)
    other = open_of(world, MEMBERSHIP, who="delegate2")
    wait(world, other.start + 1)
    armed(world, calldata(COUNCIL, "castVote", (other.id, 1)))
    execute(world, opened)
    assert answered(world) == Refusal("CouncilOnlyOnce", other.id, seat_of("delegate1"))
    assert world.facts(COUNCIL, "resolution", other.id)["inFavour"] == 1
    found = world.refusal("delegate1", COUNCIL, "castVote", other.id, 1)
    assert found == Refusal("CouncilOnlyOnce", other.id, seat_of("delegate1"))
