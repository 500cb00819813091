"""cancel.tree: who takes a proposal back"""

from __future__ import annotations

import pytest

from chain.types import DecisionClass, ProposalState, Role
from tests.contracts.proposals import (
    COUNCIL,
    STATES,
    Opened,
    Proposal,
    approve,
    brought_to,
    call,
    cancel_by_resolution,
    execute,
    open_of,
    proposal,
    propose,
    propose_urgently,
    queue,
    seat_of,
    seats,
    state,
    vote,
    wait,
)
from tests.contracts.world import DAY, Refusal, World, address, label

pytestmark = pytest.mark.evm

URGENT, MEMBERSHIP = DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP


def refused(world: World, opened: Opened, who: str) -> Refusal:
    return world.refusal(who, COUNCIL, "cancel", *opened.proposal.key)


def no_proposer(who: str) -> Refusal:
    return Refusal("CouncilRoleMissing", label("PROPOSER"), address(who))


@pytest.mark.parametrize("where", STATES)
@pytest.mark.parametrize("who", ["delegate2", "second2", "admin", "stranger"])
def test_cancel__somebody_else__role_missing_in_each_state(world: World, who: str, where: str) -> None:
    opened = brought_to(world, open_of(world, MEMBERSHIP), where)
    assert refused(world, opened, who) == no_proposer(who)


@pytest.mark.parametrize("who", ["delegate1", "second1"])
def test_cancel__delegate_of_the_proposers_member__cancels_and_tells(world: World, who: str) -> None:
    opened = open_of(world, MEMBERSHIP)
    event = world.send(who, COUNCIL, "cancel", *opened.proposal.key).event
    assert (event.name, event.args) == ("ProposalCanceled", {"proposalId": opened.id})
    assert state(world, opened) is ProposalState.CANCELED


def test_cancel__proposer_that_is_no_delegate_any_more__role_missing(world: World) -> None:
    end = world.time + DAY
    world.send("delegate1", "MemberRegistry", "addPerson", address("new"), int(Role.DELEGATE), end)
    opened = propose(world, proposal(world, MEMBERSHIP), who="new")
    wait(world, end)
    assert refused(world, opened, "new") == no_proposer("new")
    world.send("delegate1", COUNCIL, "cancel", *opened.proposal.key)


def test_cancel__proposers_member_suspended_or_gone__role_missing(world: World) -> None:
    (_, second), *_ = seats(world, (2, 1, 1, 1))
    opened = propose(world, proposal(world, MEMBERSHIP), who=second)
    with world.undone():
        world.send("authority", "MemberRegistry", "suspendNow", seat_of(second), world.time + DAY)
        assert refused(world, opened, second) == no_proposer(second)
    world.send("authority", "MemberRegistry", "expel", seat_of(second))
    assert refused(world, opened, second) == no_proposer(second)


def test_cancel__delegate_that_goes_to_another_member__role_missing(world: World) -> None:
    opened = propose(world, proposal(world, MEMBERSHIP), who="second1")
    world.send("delegate1", "MemberRegistry", "removePerson", address("second1"))
    end = world.time + DAY
    world.send("delegate2", "MemberRegistry", "addPerson", address("second1"), int(Role.DELEGATE), end)
    assert refused(world, opened, "second1") == no_proposer("second1")


def test_cancel__proposer_that_is_losing__status_wrong(world: World) -> None:
    opened = open_of(world, MEMBERSHIP)
    vote(world, opened, ("delegate2",))
    expected = Refusal("CouncilStatusWrong", opened.id, ProposalState.ACTIVE)
    assert refused(world, opened, "delegate1") == expected


@pytest.mark.parametrize("where", ["pending", "active", "succeeded", "delayed", "ready"])
def test_cancel__by_an_urgent_resolution__cancels_what_is_open(world: World, where: str) -> None:
    given = proposal(world, DecisionClass.CHARTER)
    opened = brought_to(world, propose(world, given), where)
    receipt = cancel_by_resolution(world, opened)
    names = [(event.contract, event.name) for event in receipt.events]
    dropped = [("CouncilTimelock", "Cancelled")] if where in ("delayed", "ready") else []
    assert names == [
        (COUNCIL, "ProposalCanceled"),
        *dropped,
        ("CouncilTimelock", "CallExecuted"),
        (COUNCIL, "ProposalExecuted"),
    ]
    assert state(world, opened) is ProposalState.CANCELED
    found = world.refusal("stranger", COUNCIL, "execute", *opened.proposal.key)
    assert found == Refusal("CouncilStatusWrong", opened.id, ProposalState.CANCELED)


def test_cancel__by_an_urgent_resolution_too_late__the_resolution_stays_queued(world: World) -> None:
    opened = open_of(world, MEMBERSHIP)
    urgent = Proposal((call(world, COUNCIL, "cancel", *opened.proposal.key),), "cancels it")
    confirmation = proposal(world, MEMBERSHIP, "confirms it")
    brought_to(world, opened, "ready")
    cancelling, _ = propose_urgently(world, urgent, confirmation, who="delegate2")
    approve(world, cancelling)
    queue(world, cancelling)
    execute(world, opened)
    found = world.refusal("stranger", COUNCIL, "execute", *urgent.key)
    assert found == Refusal("CouncilStatusWrong", opened.id, ProposalState.EXECUTED)
    assert state(world, cancelling) is ProposalState.QUEUED


def test_cancel__urgent_that_is_voted_on__status_wrong(world: World) -> None:
    urgent, _ = propose_urgently(world, proposal(world, URGENT), proposal(world, MEMBERSHIP))
    expected = Refusal("CouncilStatusWrong", urgent.id, ProposalState.ACTIVE)
    assert refused(world, urgent, "delegate1") == expected


# confirmations


@pytest.mark.parametrize("who", ["delegate1", "second1", "authority"])
def test_cancel__confirmation__kept_whoever_asks(world: World, who: str) -> None:
    _, confirmation = propose_urgently(world, proposal(world, URGENT), proposal(world, MEMBERSHIP))
    assert refused(world, confirmation, who) == Refusal("CouncilConfirmationKept", confirmation.id)


def test_cancel__what_was_proposed_around_an_urgent_one__cancels(world: World) -> None:
    before = open_of(world, MEMBERSHIP, "before")
    propose_urgently(world, proposal(world, URGENT), proposal(world, MEMBERSHIP))
    after = open_of(world, MEMBERSHIP, "after")
    for each in (before, after):
        world.send("delegate1", COUNCIL, "cancel", *each.proposal.key)


def test_places__urgent_again_and_again__full_after_three(world: World) -> None:
    """Taking back the confirmations would free their places, and urgent proposals have none of their own."""
    for number in range(3):
        urgent, confirmation = (proposal(world, each, f"{each} {number}") for each in (URGENT, MEMBERSHIP))
        _, made = propose_urgently(world, urgent, confirmation)
        assert refused(world, made, "delegate1") == Refusal("CouncilConfirmationKept", made.id)
    content = (proposal(world, URGENT, "x").content, proposal(world, MEMBERSHIP, "y").content)
    found = world.refusal("delegate1", COUNCIL, "proposeUrgently", *content)
    assert found == Refusal("CouncilProposalsFull", 3)
