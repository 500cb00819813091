"""answers.tree: the report that answers the comments, and texts that are hidden"""

from __future__ import annotations

import pytest

from chain.types import DecisionClass, ProposalState, Role
from tests.contracts.proposals import (
    EXPIRY,
    STATES,
    Opened,
    brought_to,
    open_of,
    pass_through,
    proposal,
    propose,
    propose_urgently,
    seat_of,
    seats,
    vote,
    wait,
)
from tests.contracts.world import DAY, MANDATE_END, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

CONSULTATION, MEMBERS = "Consultation", "MemberRegistry"
REPORT, TEXT, REASON = hash_of("report"), hash_of("text"), hash_of("reason")


@pytest.fixture
def opened(world: World) -> Opened:
    """A proposal of delegate1's member."""
    return open_of(world, DecisionClass.MEMBERSHIP)


def refused_report(
    world: World, opened: Opened, who: str = "delegate1", report: bytes = REPORT, *, at: int | None = None
) -> Refusal:
    return world.refusal(who, CONSULTATION, "report", opened.id, report, at=at)


def no_proposer(who: str) -> Refusal:
    return Refusal("ConsultationRoleMissing", label("PROPOSER"), address(who))


def status_wrong(opened: Opened, found: ProposalState) -> Refusal:
    return Refusal("ConsultationStatusWrong", opened.id, found)


# report


@pytest.mark.parametrize("number", [0, 2, 2**256 - 1])
def test_report_and_hide__unknown_proposal__not_found(world: World, opened: Opened, number: int) -> None:
    assert opened.id == 1
    expected = Refusal("ConsultationNotFound", number)
    assert world.refusal("delegate1", CONSULTATION, "report", number, REPORT) == expected
    assert world.refusal("auditor", CONSULTATION, "hide", number, TEXT, REASON) == expected


@pytest.mark.parametrize("where", STATES)
@pytest.mark.parametrize("who", ["delegate2", "second3", "admin", "auditor", "authority", "acme", "stranger"])
def test_report__somebody_else__role_missing_in_each_state(
    world: World, opened: Opened, who: str, where: str
) -> None:
    brought_to(world, opened, where)
    assert refused_report(world, opened, who) == no_proposer(who)


@pytest.mark.parametrize("who", ["delegate1", "second1"])
@pytest.mark.parametrize("where", ["active", "succeeded"])
def test_report__delegate_of_the_proposers_member__stores_and_tells(
    world: World, opened: Opened, where: str, who: str
) -> None:
    brought_to(world, opened, where)
    event = world.send(who, CONSULTATION, "report", opened.id, REPORT).event
    assert (event.name, event.args) == ("ReportPublished", {"proposal": opened.id, "reportHash": REPORT})
    assert world.read(CONSULTATION, "reportOf", opened.id) == REPORT


@pytest.mark.parametrize("where", [where for where in STATES if where not in ("active", "succeeded")])
def test_report__consultation_not_over_or_too_late__status_wrong(
    world: World, opened: Opened, where: str
) -> None:
    brought_to(world, opened, where)
    assert refused_report(world, opened) == status_wrong(opened, STATES[where])


def test_report__at_the_ends_of_the_time_for_it__only_inside(world: World, opened: Opened) -> None:
    vote(world, opened, ("delegate2", "delegate3", "delegate4"))
    for moment in (opened.end, opened.end + 1, opened.end + EXPIRY):
        with world.undone():
            world.send("delegate1", CONSULTATION, "report", opened.id, REPORT, at=moment)
    found = refused_report(world, opened, at=opened.end + EXPIRY + 1)
    assert found == status_wrong(opened, ProposalState.EXPIRED)


def test_report__at_the_start_of_the_vote__only_after_the_consultation(world: World, opened: Opened) -> None:
    found = refused_report(world, opened, at=opened.start)
    assert found == status_wrong(opened, ProposalState.PENDING)
    world.send("delegate1", CONSULTATION, "report", opened.id, REPORT, at=opened.start + 1)


def test_report__twice__reported(world: World, opened: Opened) -> None:
    wait(world, opened.start + 1)
    world.send("delegate1", CONSULTATION, "report", opened.id, REPORT)
    expected = Refusal("ConsultationReported", opened.id)
    for who, report in (("delegate1", REPORT), ("second1", hash_of("another report"))):
        assert refused_report(world, opened, who, report) == expected
    assert world.read(CONSULTATION, "reportOf", opened.id) == REPORT


def test_report__zero__hash_zero(world: World, opened: Opened) -> None:
    wait(world, opened.start + 1)
    expected = Refusal("ConsultationHashZero", label("reportHash"))
    assert refused_report(world, opened, report=ZERO) == expected


def test_report__proposers_member_suspended__role_missing_until_it_ends(world: World, opened: Opened) -> None:
    wait(world, opened.start + 1)
    until = world.time + DAY
    world.send("authority", MEMBERS, "suspendNow", seat_of("delegate1"), until)
    assert refused_report(world, opened, at=until - 1) == no_proposer("delegate1")
    world.send("second1", CONSULTATION, "report", opened.id, REPORT, at=until)


def test_report__proposers_member_left__nobodys(world: World) -> None:
    """So a proposal that needs one ends with the membership of its proposer; another member may propose it with another text."""
    (_, second), *_ = seats(world, (2, 1, 1, 1))
    opened = propose(world, proposal(world, DecisionClass.CHARTER), who=second)
    vote(world, opened)
    world.send("authority", MEMBERS, "expel", seat_of(second))
    for who in (second, "delegate1"):
        assert refused_report(world, opened, who) == no_proposer(who)
    wait(world, opened.end + 1)
    found = world.refusal("stranger", "Council", "queue", *opened.proposal.key)
    assert found == Refusal("CouncilReportMissing", opened.id)


def test_report__rotated_key_of_the_proposer__publishes(world: World, opened: Opened) -> None:
    wait(world, opened.start + 1)
    world.send("delegate1", MEMBERS, "rotatePerson", address("second1"), address("new key"))
    assert refused_report(world, opened, "second1") == no_proposer("second1")
    world.send("new key", CONSULTATION, "report", opened.id, REPORT)


def test_report__on_an_urgent_proposal__published_and_not_needed(world: World) -> None:
    given = (proposal(world, each) for each in (DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP))
    urgent, _ = propose_urgently(world, *given)
    assert urgent.report_needed is False
    world.send("delegate1", CONSULTATION, "report", urgent.id, REPORT)
    pass_through(world, urgent)


# hide


@pytest.mark.parametrize(
    "who", ["admin", "delegate1", "operator", "reviewer", "authority", "acme", "stranger"]
)
def test_hide__no_auditor__role_missing(world: World, opened: Opened, who: str) -> None:
    expected = Refusal("ConsultationRoleMissing", label("AUDITOR"), address(who))
    assert world.refusal(who, CONSULTATION, "hide", opened.id, TEXT, REASON) == expected


def test_hide__auditor_role_of_a_member_of_another_kind__role_missing(world: World, opened: Opened) -> None:
    world.send("delegate1", MEMBERS, "addPerson", address("new"), int(Role.AUDITOR), MANDATE_END)
    expected = Refusal("ConsultationRoleMissing", label("AUDITOR"), address("new"))
    assert world.refusal("new", CONSULTATION, "hide", opened.id, TEXT, REASON) == expected


@pytest.mark.parametrize("where", STATES)
def test_hide__in_each_state__stores_and_tells(world: World, opened: Opened, where: str) -> None:
    brought_to(world, opened, where)
    event = world.send("auditor", CONSULTATION, "hide", opened.id, TEXT, REASON).event
    assert (event.name, event.args) == (
        "TextHidden",
        {"proposal": opened.id, "textHash": TEXT, "reasonHash": REASON},
    )
    assert world.read(CONSULTATION, "hiddenFor", opened.id, TEXT) == REASON


def test_hide__comment_on_the_chain__hash_and_number_stay(world: World, opened: Opened) -> None:
    world.send("acme", CONSULTATION, "comment", hash_of("record"), opened.id, TEXT)
    world.send("auditor", CONSULTATION, "hide", opened.id, TEXT, REASON)
    assert world.read(CONSULTATION, "commentCount", opened.id) == 1


def test_hide__again__unchanged_for_that_proposal(world: World, opened: Opened) -> None:
    other = open_of(world, DecisionClass.MEMBERSHIP, "another text")
    world.send("auditor", CONSULTATION, "hide", opened.id, TEXT, REASON)
    expected = Refusal("ConsultationUnchanged", label("hidden"))
    for reason in (REASON, hash_of("another reason")):
        assert world.refusal("auditor", CONSULTATION, "hide", opened.id, TEXT, reason) == expected
    world.send("auditor", CONSULTATION, "hide", other.id, TEXT, REASON)


@pytest.mark.parametrize(("field", "args"), [("textHash", (ZERO, REASON)), ("reasonHash", (TEXT, ZERO))])
def test_hide__value_zero__hash_zero(
    world: World, opened: Opened, field: str, args: tuple[bytes, bytes]
) -> None:
    found = world.refusal("auditor", CONSULTATION, "hide", opened.id, *args)
    assert found == Refusal("ConsultationHashZero", label(field))
