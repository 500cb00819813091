"""states.tree: every act in every state, and the ends of the periods"""

from __future__ import annotations

import pytest

from chain.types import DecisionClass, ProposalState, Vote
from tests.contracts.proposals import (
    COUNCIL,
    EXPIRY,
    STATES,
    Opened,
    approve,
    brought_to,
    execute,
    open_of,
    proposal,
    propose,
    queue,
    seat_of,
    state,
    status_wrong,
    vote,
    wait,
)
from tests.contracts.world import DAY, Receipt, Refusal, World, calldata_selector, hash_of

pytestmark = pytest.mark.evm

ACTS = {
    "vote": ("delegate1", "castVote", {"active"}),
    "queue": ("stranger", "queue", {"succeeded"}),
    "execute": ("stranger", "execute", {"ready"}),
    "cancel as its proposer": ("delegate1", "cancel", {"pending"}),
    "cancel as the authority": (
        "authority",
        "cancel",
        {"pending", "active", "succeeded", "delayed", "ready"},
    ),
}
"""Act -> who, function, in which states it goes through."""

PERIODS = {
    DecisionClass.EMERGENCY: (0, 1, 0),
    DecisionClass.ROUTINE: (5, 5, 2),
    DecisionClass.VALIDATOR: (5, 5, 2),
    DecisionClass.MEMBERSHIP: (10, 7, 5),
    DecisionClass.CHARTER: (30, 10, 10),
}
"""Consultation, vote and delay in days, as the specification has them."""


@pytest.fixture
def opened(world: World) -> Opened:
    """A proposal of class MEMBERSHIP."""
    return open_of(world, DecisionClass.MEMBERSHIP)


def done(world: World, opened: Opened, act: str) -> Receipt:
    who, function, _ = ACTS[act]
    args = (opened.id, int(Vote.FOR)) if function == "castVote" else opened.proposal.key
    return world.send(who, COUNCIL, function, *args)


def refused(world: World, opened: Opened, act: str, *, at: int | None = None) -> Refusal:
    who, function, _ = ACTS[act]
    args = (opened.id, int(Vote.FOR)) if function == "castVote" else opened.proposal.key
    return world.refusal(who, COUNCIL, function, *args, at=at)


@pytest.mark.parametrize("where", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_act__in_each_state__only_where_it_is_allowed(
    world: World, opened: Opened, act: str, where: str
) -> None:
    brought_to(world, opened, where)
    assert state(world, opened) is STATES[where]
    if where in ACTS[act][2]:
        done(world, opened, act)
    elif (act, where) == ("execute", "delayed"):
        eta = world.time + opened.delay
        assert refused(world, opened, act) == Refusal("CouncilDelayed", opened.id, eta)
    else:
        assert refused(world, opened, act) == status_wrong(opened, STATES[where])


@pytest.mark.parametrize("where", STATES)
def test_propose__same_content_in_each_state__already_recorded(
    world: World, opened: Opened, where: str
) -> None:
    brought_to(world, opened, where)
    expected = Refusal("CouncilAlreadyRecorded", opened.proposal.hash, opened.id)
    for who in ("delegate1", "delegate2"):
        assert world.refusal(who, COUNCIL, "propose", *opened.proposal.content) == expected


@pytest.mark.parametrize("where", ["executed", "cancelled", "defeated", "expired unqueued", "expired queued"])
def test_state__decided__stays_for_good(world: World, opened: Opened, where: str) -> None:
    brought_to(world, opened, where)
    wait(world, world.time + 365 * DAY)
    assert state(world, opened) is STATES[where]


@pytest.mark.parametrize("decision", DecisionClass)
def test_periods__reference_charter__as_specified(world: World, decision: DecisionClass) -> None:
    opened = open_of(world, decision)
    consultation, period, delay = (days * DAY for days in PERIODS[decision])
    made_at = opened.receipt.time
    assert (opened.start, opened.end) == (made_at + consultation, made_at + consultation + period)
    assert (world.read(COUNCIL, "proposalSnapshot", opened.id), opened.delay) == (opened.start, delay)
    assert world.read(COUNCIL, "proposalDeadline", opened.id) == opened.end


def test_vote__at_the_ends_of_the_vote__only_inside(world: World, opened: Opened) -> None:
    assert refused(world, opened, "vote", at=opened.start - 1) == status_wrong(opened, ProposalState.PENDING)
    assert refused(world, opened, "vote", at=opened.start) == status_wrong(opened, ProposalState.PENDING)
    for moment in (opened.start + 1, opened.end - 1, opened.end):
        with world.undone():
            world.send("delegate1", COUNCIL, "castVote", opened.id, 1, at=moment)
    assert refused(world, opened, "vote", at=opened.end + 1) == status_wrong(opened, ProposalState.DEFEATED)


def test_cancel__at_the_end_of_the_consultation__only_before(world: World, opened: Opened) -> None:
    for moment in (opened.start - 1, opened.start):
        with world.undone():
            world.send("delegate1", COUNCIL, "cancel", *opened.proposal.key, at=moment)
    found = refused(world, opened, "cancel as its proposer", at=opened.start + 1)
    assert found == status_wrong(opened, ProposalState.ACTIVE)


def test_queue__at_the_ends_of_the_time_for_it__only_inside(world: World, opened: Opened) -> None:
    vote(world, opened)
    for moment in (opened.end - 1, opened.end):
        assert refused(world, opened, "queue", at=moment) == status_wrong(opened, ProposalState.ACTIVE)
    for moment in (opened.end + 1, opened.end + EXPIRY - 1, opened.end + EXPIRY):
        with world.undone():
            receipt = queue(world, opened, at=moment)
            assert world.read(COUNCIL, "proposalEta", opened.id) == receipt.time + opened.delay
    found = refused(world, opened, "queue", at=opened.end + EXPIRY + 1)
    assert found == status_wrong(opened, ProposalState.EXPIRED)


def test_execute__at_the_ends_of_the_time_for_it__only_inside(world: World, opened: Opened) -> None:
    approve(world, opened)
    eta = queue(world, opened).time + opened.delay
    expected = Refusal("CouncilDelayed", opened.id, eta)
    assert refused(world, opened, "execute", at=eta - 1) == expected
    for moment in (eta, eta + 1, eta + EXPIRY - 1):
        with world.undone():
            execute(world, opened, at=moment)
            assert state(world, opened) is ProposalState.EXECUTED
    found = refused(world, opened, "execute", at=eta + EXPIRY)
    assert found == status_wrong(opened, ProposalState.EXPIRED)


def test_execute__urgent__in_the_second_that_follows_the_queue(world: World) -> None:
    opened = open_of(world, DecisionClass.EMERGENCY)
    approve(world, opened)
    queued_at = queue(world, opened).time
    assert world.read(COUNCIL, "proposalEta", opened.id) == queued_at
    execute(world, opened, at=queued_at + 1)
    assert state(world, opened) is ProposalState.EXECUTED


def test_execute__twice__status_wrong(world: World, opened: Opened) -> None:
    brought_to(world, opened, "executed")
    for moment in (world.time + 1, world.time + EXPIRY * 2):
        assert refused(world, opened, "execute", at=moment) == status_wrong(opened, ProposalState.EXECUTED)


def test_queue__cancelled_while_queued__the_timelock_forgets_it(world: World, opened: Opened) -> None:
    brought_to(world, opened, "ready")
    operation, _ = opened.proposal.operation(world.addresses[COUNCIL])
    assert world.read("CouncilTimelock", "isOperationReady", operation) is True
    receipt = world.send("authority", COUNCIL, "cancel", *opened.proposal.key)
    assert [(event.contract, event.name, event.args) for event in receipt.events] == [
        (COUNCIL, "ProposalCanceled", {"proposalId": opened.id}),
        ("CouncilTimelock", "Cancelled", {"id": operation}),
    ]
    assert world.read("CouncilTimelock", "isOperation", operation) is False


@pytest.mark.parametrize("function", ["queue", "execute", "cancel"])
def test_act__unknown_content__not_found(world: World, opened: Opened, function: str) -> None:
    unknown = opened.proposal.said("another text")
    found = world.refusal("delegate1", COUNCIL, function, *unknown.key)
    assert found == Refusal("CouncilNotFound", 0)


@pytest.mark.parametrize("number", [0, 2, 2**256 - 1])
def test_act__unknown_number__not_found(world: World, opened: Opened, number: int) -> None:
    expected = Refusal("CouncilNotFound", number)
    assert world.refused_read(COUNCIL, "state", number) == expected
    assert world.refusal("delegate1", COUNCIL, "castVote", number, 1) == expected
    assert world.refusal("authority", COUNCIL, "confirmUrgency", number) == expected


def test_events__of_a_whole_life__one_each(world: World, opened: Opened) -> None:
    approve(world, opened)
    operation, salt = opened.proposal.operation(world.addresses[COUNCIL])
    receipt = queue(world, opened)
    target, data = opened.proposal.calls[0]
    call = {"id": operation, "index": 0, "target": target, "value": 0, "data": data}
    eta = receipt.time + opened.delay
    assert [(event.name, event.args) for event in receipt.events] == [
        ("CallScheduled", call | {"predecessor": bytes(32), "delay": opened.delay}),
        ("CallSalt", {"id": operation, "salt": salt}),
        ("ProposalQueued", {"proposalId": opened.id, "etaSeconds": eta}),
    ]
    receipt = execute(world, opened)
    assert [event.name for event in receipt.events] == ["MemberKindsSet", "CallExecuted", "ProposalExecuted"]
    assert receipt.events[1].args == call
    assert receipt.events[2].args == {"proposalId": opened.id}


def test_confirm_urgency__executed_urgent__tells(world: World) -> None:
    opened = open_of(world, DecisionClass.EMERGENCY)
    # It has no consultation: from the second after its block it is being voted on.
    expected = status_wrong(opened, ProposalState.ACTIVE)
    assert world.refusal("authority", COUNCIL, "confirmUrgency", opened.id) == expected
    brought_to(world, opened, "executed")
    event = world.send("authority", COUNCIL, "confirmUrgency", opened.id).event
    assert (event.name, event.args) == ("UrgencyConfirmed", {"id": opened.id})


def test_confirm_urgency__executed_other__not_found(world: World, opened: Opened) -> None:
    brought_to(world, opened, "executed")
    expected = Refusal("CouncilNotFound", opened.id)
    assert world.refusal("authority", COUNCIL, "confirmUrgency", opened.id) == expected


def test_resolution__through_its_life__keeps_the_tally(world: World, opened: Opened) -> None:
    facts = {
        "decision": DecisionClass.MEMBERSHIP, "delay": 5 * DAY, "numerator": 1, "denominator": 2, "strict": True, "sectors": 2,
        "majority": True, "reportNeeded": False, "inFavour": 0, "against": 0, "abstained": 0, "member": seat_of("delegate1"),
    }  # fmt: skip
    assert world.facts(COUNCIL, "resolution", opened.id) == facts
    vote(world, opened, ("delegate1", "delegate4"))
    vote(world, opened, ("delegate2",), Vote.AGAINST)
    vote(world, opened, ("delegate3",), Vote.ABSTAIN)
    tally = {"inFavour": 1 + (1 << 48), "against": 1, "abstained": 1}
    assert world.facts(COUNCIL, "resolution", opened.id) == facts | tally
    assert world.facts(COUNCIL, "resolution", 99) == dict.fromkeys(facts, 0) | {
        "strict": False, "majority": False, "reportNeeded": False, "member": bytes(32),
    }  # fmt: skip


def test_queue__early_by_anybody__changes_nothing_for_the_others(world: World, opened: Opened) -> None:
    other = propose(world, proposal(world, DecisionClass.MEMBERSHIP, "another text"), who="delegate2")
    approve(world, opened)
    queue(world, opened)
    assert state(world, other) is ProposalState.DEFEATED
    assert refused(world, other, "queue") == status_wrong(other, ProposalState.DEFEATED)


def test_routine__executed__application_refused(world: World) -> None:
    submission = (
        hash_of("record"),
        "use case",
        "App",
        [hash_of("code")],
        hash_of("source"),
        seat_of("delegate1"),
    )
    world.send("delegate1", "ApplicationRegistry", "submit", *submission)
    opened = open_of(world, DecisionClass.ROUTINE)
    brought_to(world, opened, "executed")
    assert world.read("ApplicationRegistry", "statusOf", 1) == 6


def test_selector__of_cancel__is_urgent(world: World) -> None:
    selector = calldata_selector(COUNCIL, "cancel")
    assert world.read(COUNCIL, "classOf", world.addresses[COUNCIL], selector) == DecisionClass.EMERGENCY
