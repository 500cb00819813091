"""places.tree: how many proposals of a member are open at a time"""

from __future__ import annotations

import pytest

from chain.types import DecisionClass, ProposalState
from tests.contracts.proposals import (
    COUNCIL,
    EXPIRY,
    Opened,
    brought_to,
    cancel_by_resolution,
    pass_through,
    proposal,
    propose,
    propose_urgently,
    queue,
    refused_proposal,
    refused_urgently,
    state,
    wait,
)
from tests.contracts.world import (
    Refusal,
    World,
)

pytestmark = pytest.mark.evm

URGENT, MEMBERSHIP = DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP


def filled(world: World) -> list[Opened]:
    """Three open proposals of one member, by both its delegates."""
    people = ("delegate1", "second1", "delegate1")
    return [propose(world, proposal(world, MEMBERSHIP, f"{n}"), who=who) for n, who in enumerate(people)]


FULL = Refusal("CouncilProposalsFull", 3)


def test_places__three_open__full_for_the_member_alone(world: World) -> None:
    filled(world)
    another = proposal(world, MEMBERSHIP, "one more")
    for who in ("delegate1", "second1"):
        assert refused_proposal(world, another, who=who) == FULL
        assert refused_urgently(world, proposal(world, URGENT), another, who=who) == FULL
    propose(world, another, who="delegate2")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_places__one_cancelled__one_free(world: World, place: int) -> None:
    brought_to(world, filled(world)[place], "cancelled")
    propose(world, proposal(world, MEMBERSHIP, "later"))
    assert refused_proposal(world, proposal(world, MEMBERSHIP, "too many")) == FULL


@pytest.mark.parametrize("place", [0, 1, 2])
def test_places__one_cancelled_by_resolution__one_free(world: World, place: int) -> None:
    cancel_by_resolution(world, filled(world)[place])
    propose(world, proposal(world, MEMBERSHIP, "later"))
    assert refused_proposal(world, proposal(world, MEMBERSHIP, "too many")) == FULL


@pytest.mark.parametrize("end", ["defeated", "executed", "expired unqueued", "expired queued"])
def test_places__all_decided__all_free(world: World, end: str) -> None:
    """The two besides the one that comes to that end are defeated."""
    brought_to(world, filled(world)[1], end)
    for number in range(3):
        propose(world, proposal(world, MEMBERSHIP, f"later {number}"))
    assert refused_proposal(world, proposal(world, MEMBERSHIP, "too many")) == FULL


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
    assert refused_proposal(world, proposal(world, MEMBERSHIP, "too many")) == FULL


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
    assert refused_proposal(world, given, at=first - 1) == FULL
    propose(world, given, at=first)
    wait(world, opened[2].end + EXPIRY + 1)
    for number in range(2):
        propose(world, proposal(world, MEMBERSHIP, f"later {number}"))
    assert refused_proposal(world, given.said("too many")) == FULL


def test_places__urgent__taken_by_the_confirmation(world: World) -> None:
    for number in range(3):
        urgent, confirmation = (proposal(world, each, f"{each} {number}") for each in (URGENT, MEMBERSHIP))
        propose_urgently(world, urgent, confirmation)
    assert refused_proposal(world, proposal(world, MEMBERSHIP, "too many")) == FULL
    assert refused_urgently(world, proposal(world, URGENT, "x"), proposal(world, MEMBERSHIP, "y")) == FULL


def test_places__urgent_executed__confirmation_still_takes_one(world: World) -> None:
    urgent, confirmation = propose_urgently(world, proposal(world, URGENT), proposal(world, MEMBERSHIP))
    pass_through(world, urgent)
    assert state(world, confirmation) is ProposalState.PENDING
    for number in range(2):
        propose(world, proposal(world, MEMBERSHIP, f"{number}"))
    assert refused_proposal(world, proposal(world, MEMBERSHIP, "too many")) == FULL
