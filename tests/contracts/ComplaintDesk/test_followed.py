"""followed.tree"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from chain.errors.audit import AuditRefusal
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.complaint_desk import complaint_facts
from chain.recorder.index.content import load
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import (
    END,
    idx_cancellation,
    idx_complaint,
    idx_log,
    idx_lot,
    idx_procedure,
    idx_tender,
)
from chain.rules.bids import opening_due
from chain.rules.facts import tender_facts
from chain.rules.tenders import clock_of, lot_status, tender_status
from chain.types import (
    Cancellation,
    ComplaintFacts,
    ComplaintStage,
    Event,
    LotFacts,
    LotTerms,
    Pause,
    Queue,
    TenderFacts,
)
from tests.contracts.AwardDesk.test_followed import audited, followed
from tests.contracts.awards import DECISION
from tests.contracts.ComplaintDesk.test_decisions import other_body
from tests.contracts.ComplaintDesk.test_execute import amend
from tests.contracts.complaints import BOARD, COMPLAINTS, ORDER, Case, Remedy, Stage, about_award, in_bidding
from tests.contracts.tenders import Lot, Status, ask
from tests.contracts.world import World

pytestmark = pytest.mark.evm

LONG = {"standstill": 2_000, "complaint_window": 1_500, "remedy_period": 300}


def held(case: Case) -> TenderFacts:
    """What the contracts hold of the tender."""
    world, stored = case.world, case.world.read(BOARD, "tenderFacts", case.id)
    box = world.facts("BidBox", "box", case.id)
    result = world.facts("EvaluationDesk", "evaluationOf", case.id)
    opened = world.read("OpeningCommittee", "openedBids", case.id, int(result["standstillEnds"] != 0))
    failed, until = world.read("AwardDesk", "failedLots", case.id)
    facts = tender_facts(stored, locked=box["locked"], opened_bids=opened)
    live = box["live"] if box["termsVersion"] == facts.terms_version else 0
    watch = case.watch()
    count = world.read(COMPLAINTS, "complaintCount")
    known = {number: case.complaint(number) for number in range(1, count + 1)}
    mine = {number: each for number, each in known.items() if each["tenderId"] == case.id}
    queues = []
    for lot, stage in sorted({(each["lot"], each["stage"]) for each in mine.values()}):
        queue = case.queue(stage, lot)
        waiting = tuple(
            number
            for number, each in mine.items()
            if (each["lot"], each["stage"]) == (lot, stage) and each["status"] in (1, 2, 4)
        )
        assert (queue["open"], queue["last"]) == (len(waiting), waiting[-1] if waiting else 0)
        queues.append(Queue(lot, ComplaintStage(stage), waiting, queue["closedAt"]))
    return replace(
        facts, live_bids=live, lots_failed=failed, lots_failed_until=until, suspended_at=watch["suspendedAt"],
        pauses=tuple(Pause(*each) for each in case.pauses()), amends=watch["amends"], amend_version=watch["amendVersion"],
        queues=tuple(queues), technical_ends=result["standstillEnds"], technical_failed=result["failed"],
    )  # fmt: skip


def require_same(case: Case, rows: MemoryRows | None = None) -> MemoryRows:
    """The follower's rows say of tender, lots and complaints what the contracts say, and the rules make the same of it."""
    world = case.world
    rows = followed(world) if rows is None else rows
    number = int.from_bytes(case.id, "big")
    row = rows.get(idx_tender, number)
    assert row is not None
    facts, expected, clock = facts_from(row["facts"]), held(case), clock_in(rows.get, world.time)
    for field in fields(TenderFacts):
        assert getattr(facts, field.name) == getattr(expected, field.name), field.name
    adopted = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert adopted is not None
    kept = procedure_in(adopted)
    assert tender_status(facts, kept, clock) == world.read(BOARD, "tenderStatus", case.id)
    assert clock_of(facts, clock).time == case.read("timeOf")
    window, due = case.window(), opening_due(number, facts, kept, clock)
    assert (due.closes_at, due.open_from, due.fallback_from, due.void_from, due.stopped) == tuple(
        window[name] for name in ("closesAt", "openFrom", "fallbackFrom", "voidFrom", "stopped")
    )
    for lot in range(1, facts.lots + 1):
        found = rows.get(idx_lot, number, lot)
        known = LotFacts() if found is None else lot_facts_from(found["facts"])
        assert known == LotFacts.from_tuple(world.read("AwardDesk", "lotFacts", case.id, lot))
        own = cancellation(rows, number, lot)
        assert own == Cancellation(lot, *world.read(BOARD, "cancellation", case.id, lot))
        assert lot_status(facts, kept, own, known, clock) == world.read(BOARD, "lotStatus", case.id, lot)
        back = [] if found is None else load(found["restored"])
        outs = [place < known.reached and place not in back for place in range(known.ranked)]
        assert outs == [
            world.read("AwardDesk", "isOut", case.id, lot, place) for place in range(known.ranked)
        ]
    assert facts.whole == Cancellation(0, *world.read(BOARD, "cancellation", case.id, 0))
    for each in rows.all(idx_complaint):
        stored = world.read(COMPLAINTS, "complaintFacts", each["number"])
        assert complaint_facts(each) == ComplaintFacts.from_tuple(stored)
    return rows


def cancellation(rows: MemoryRows, number: int, lot: int) -> Cancellation:
    """As the index has it."""
    row = rows.get(idx_cancellation, number, lot)
    return Cancellation(lot) if row is None else Cancellation(lot, row["proposed_at"], row["cancels_at"])


def told(rows: MemoryRows) -> list[str]:
    """What time alone made, in order."""
    return [row["name"] for row in rows.all(idx_log) if row["tx"] == END]


def terms_story(world: World, check: Callable[[Case], Any]) -> Case:
    """Complaints about terms hold the tender until an addendum after the deadline; suspended on the way."""
    case = in_bidding(world)
    ask(world, case.tender)
    first, second, third = (case.file(who) for who in ("acme", "beta", "gama"))
    check(case)
    case.send("reviewer", "reject", first, ORDER)
    case.suspend()
    check(case)
    world.move_to(world.time + 700)
    check(case)
    world.send("officer", BOARD, "answer", case.id, 1, "{}")
    case.uphold(second, Remedy.AMEND)
    case.resume()
    check(case)
    world.move_to(case.window()["closesAt"] + 20)
    assert case.status() == Status.HELD
    check(case)
    amend(case, world.time + 200)
    case.execute(second)
    for who in ("acme", "beta"):
        world.send(who, "BidBox", "confirm", case.id, case.facts()["termsHash"])
    check(case)
    world.move_to(case.window()["closesAt"] + 5)
    assert case.status() == Status.HELD
    case.send("gama", "withdraw", third)
    check(case)
    world.move_to(case.window()["openFrom"])
    assert case.status() == Status.OPENING
    check(case)
    case.suspend(at=world.time + 10)
    case.resume(at=world.time + 400)
    check(case)
    return case


def award_story(world: World, check: Callable[[Case], Any]) -> Case:
    """Three lots: an award that falls, bids that come back, a cancellation that is undone."""
    bids = {who: [price] * 3 for who, price in (("acme", 95), ("beta", 94), ("gama", 93), ("delta", 92))}
    case = about_award(world, bids, lots=[LotTerms(100)] * 3, **LONG)
    made = case.awarding
    for who in ("delta", "gama"):
        made.disqualify(who)
    for lot, who in ((1, "beta"), (2, "delta")):
        made.award(who, lot=lot)
    for who in ("delta", "gama", "beta", "acme"):
        made.disqualify(who, lot=3)
    check(case)
    back, other = (case.file(who, Stage.AWARD, 1) for who in ("gama", "acme"))
    fallen = case.file("beta", Stage.AWARD, 2)
    spent = case.file("acme", Stage.AWARD, 3)
    case.uphold(back, Remedy.RESTORE_BID, 1)
    case.uphold(fallen, Remedy.CANCEL_AWARD)
    case.uphold(spent, Remedy.RESTORE_BID, 3)
    check(case)
    case.execute(back)
    case.dismiss(other)
    check(case)
    made.disqualify("gama")
    case.suspend()
    case.resume(at=world.time + 100)
    due = case.read("endOf", case.complaint(fallen)["due"])
    case.send("reviewer", "enforce", fallen, ORDER, at=due)
    case.execute(spent)
    check(case)
    made.award("acme", lot=3)
    made.award("delta", lot=2)
    case.cancel(2)
    check(case)
    undone, again = (case.file(who, Stage.CANCELLATION, 2) for who in ("acme", "beta"))
    world.send("reviewer", BOARD, "consentCancel", case.id, 2, DECISION)
    world.move_to(world.time + 50)
    check(case)
    case.uphold(undone, Remedy.UNDO_CANCELLATION)
    case.execute(undone)
    check(case)
    case.cancel(1)
    case.uphold(again, Remedy.UNDO_CANCELLATION)
    case.execute(again)
    check(case)
    world.send("reviewer", BOARD, "consentCancel", case.id, 1, DECISION)
    world.move_to(world.time + 10)
    check(case)
    return case


def cancel_story(world: World, check: Callable[[Case], Any]) -> Case:
    """Cancelled, undone, by a second complaint once more; then another body orders it."""
    case = in_bidding(world)
    case.cancel()
    numbers = [case.file(who, Stage.CANCELLATION) for who in ("acme", "beta")]
    world.move_to(world.time + 300)
    check(case)
    for number in numbers:
        case.uphold(number, Remedy.UNDO_CANCELLATION)
        case.execute(number)
        check(case)
    world.send("authority", BOARD, "replaceReviewBody", case.id, other_body(world))
    check(case)
    ordered = case.file("beta")
    case.send("reviewer2", "admit", ordered, ORDER)
    case.send("reviewer2", "uphold", ordered, int(Remedy.CANCEL_TENDER), 0, ORDER)
    case.execute(ordered)
    assert case.status() == Status.CANCELLED
    check(case)
    return case


STORIES = {"terms": terms_story, "award": award_story, "cancel": cancel_story}


@pytest.mark.parametrize("name", STORIES)
def test_index__each_step_of_a_story__as_the_contracts_hold_it(world: World, name: str) -> None:
    STORIES[name](world, require_same)


@pytest.mark.parametrize("name", STORIES)
def test_audit__each_story__lawful(world: World, name: str) -> None:
    STORIES[name](world, lambda case: None)
    audited(world)


def test_index__a_complaint_closed_after_the_deadline__closing_of_bids_is_told_then(world: World) -> None:
    case = in_bidding(world)
    number = case.file()
    world.move_to(case.tender.deadline + 10)
    assert told(require_same(case)) == []
    case.dismiss(number)
    assert told(require_same(case)) == ["BiddingClosed"]


def test_index__held_without_bids__failed_when_the_complaint_is_closed(world: World) -> None:
    case = in_bidding(world, withdrawn=["acme", "beta", "gama"])
    number = case.file()
    world.move_to(case.tender.deadline + 10)
    case.dismiss(number)
    assert case.status() == Status.FAILED
    assert told(require_same(case)) == ["BiddingClosed", "LotFailed"]


def test_index__standstill_with_a_complaint__its_end_is_told_when_that_is_closed(world: World) -> None:
    case = about_award(world, **LONG)
    end = case.awarding.award("beta").time + 2_000
    number = case.file("acme", Stage.AWARD, 1)
    world.move_to(end + 5)
    assert "StandstillEnded" not in told(require_same(case))
    case.dismiss(number)
    assert case.awarding.stage() == Lot.FINAL
    rows = require_same(case)
    assert told(rows).count("StandstillEnded") == 1
    world.move_to(world.time + 5_000)
    assert told(require_same(case)).count("StandstillEnded") == 1


def test_index__cancellation_with_a_complaint__its_effect_is_told_when_that_is_closed(world: World) -> None:
    case = in_bidding(world)
    case.cancel()
    number = case.file("acme", Stage.CANCELLATION)
    world.move_to(world.time + 50)
    assert told(require_same(case)) == []
    case.dismiss(number)
    assert told(require_same(case)) == ["TenderCancelled"]


FALSE: dict[str, list[tuple[str, int, dict[str, Any], str]]] = {
    "terms": [
        ("ComplaintFiled", 0, {"supplier": "0x" + "11" * 32}, "event-ComplaintFiled:supplier"),
        ("ComplaintFiled", 0, {"stage": 6}, "unlawful-ComplaintDeskStageWrong"),
        ("ComplaintFiled", 0, {"stage": 2}, "unlawful-ComplaintDeskNoStanding"),
        ("ComplaintFiled", 0, {"stage": 3, "lot": 1}, "unlawful-ComplaintDeskNoStanding"),
        ("ComplaintFiled", 0, {"lot": 2}, "unlawful-TenderBoardLotNotFound"),
        ("ComplaintFiled", 0, {"due": 1}, "event-ComplaintFiled:due"),
        ("ComplaintFiled", 0, {"recordId": "0x" + "00" * 32}, "unlawful-ComplaintDeskHashZero"),
        ("ComplaintFiled", 1, {"complaint": "1"}, "event-ComplaintFiled:known"),
        ("ComplaintRejected", 0, {"complaint": "9"}, "event-ComplaintRejected:unknown"),
        ("ComplaintRejected", 0, {"documentHash": "0x" + "00" * 32}, "unlawful-ComplaintDeskHashZero"),
        ("ComplaintAdmitted", 0, {"complaint": "1"}, "unlawful-ComplaintDeskStatusWrong"),
        ("ComplaintUpheld", 0, {"remedy": 3}, "unlawful-ComplaintDeskRemedyInvalid"),
        ("ComplaintUpheld", 0, {"due": 1}, "event-ComplaintUpheld:due"),
        ("ComplaintUpheld", 0, {"place": 1}, "unlawful-ComplaintDeskRemedyInvalid"),
        ("ComplaintRemedied", 0, {"remedy": 2}, "event-ComplaintRemedied:remedy"),
        ("ComplaintRemedied", 0, {"documentHash": "0x" + "11" * 32}, "unlawful-ComplaintDeskRoleMissing"),
        ("ComplaintWithdrawn", 0, {"complaint": "2"}, "unlawful-ComplaintDeskRoleMissing"),
        ("TenderSuspended", 0, {"documentHash": "0x" + "00" * 32}, "unlawful-ComplaintDeskHashZero"),
        ("TenderResumed", 0, {"documentHash": "0x" + "00" * 32}, "unlawful-ComplaintDeskHashZero"),
    ],
    "award": [
        ("ComplaintUpheld", 0, {"place": 2}, "unlawful-ComplaintDeskRemedyInvalid"),
        ("ComplaintDismissed", 0, {"complaint": "1"}, "unlawful-ComplaintDeskStatusWrong"),
        ("ComplaintRemedied", 1, {"documentHash": "0x" + "00" * 32}, "unlawful-ComplaintDeskRoleMissing"),
        ("CancellationProposed", 0, {"cancelsAt": 1}, "event-CancellationProposed:cancelsAt"),
        ("CancellationProposed", 0, {"lot": 0}, "unlawful-ComplaintDeskStageWrong"),
        ("CancellationConsented", 0, {"cancelsAt": 1}, "event-CancellationConsented:cancelsAt"),
        ("CancellationConsented", 0, {"lot": 1}, "unlawful-TenderBoardStatusWrong"),
        ("LotAwarded", 0, {"lot": 2}, "unlawful-AwardDeskNotCandidate"),
    ],
    "cancel": [
        ("ReviewBodyReplaced", 0, {"reviewBody": "0x" + "11" * 32}, "unlawful-TenderBoardReviewBodyInvalid"),
        ("CancellationProposed", 0, {"cancelsAt": 0}, "event-CancellationProposed:cancelsAt"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_audit__one_value_of_an_event_changed__named(world: World, name: str) -> None:
    STORIES[name](world, lambda case: None)
    named = []
    for event_name, which, changed, _ in FALSE[name]:
        seen: list[Event] = []

        def change(
            event: Event, event_name: str = event_name, which: int = which, changed: dict[str, Any] = changed, seen: list[Event] = seen
        ) -> Event:  # fmt: skip
            if event.name != event_name:
                return event
            seen.append(event)
            return replace(event, args=event.args | changed) if len(seen) == which + 1 else event

        try:
            audited(world, change)
        except AuditRefusal as refusal:
            named.append(refusal.rule)
        else:
            named.append("nothing")
    assert named == [expected for *_, expected in FALSE[name]]


def test_audit__an_act_that_a_complaint_bars__named(world: World) -> None:
    """The complaint is said to be of another lot, so that the award which it barred looks free; and the other way round."""
    bids = {"acme": (5, 5), "beta": (4, 4)}
    case = about_award(world, bids, lots=[LotTerms(9)] * 2, **LONG)
    case.awarding.award("beta")
    case.awarding.award("beta", lot=2)
    first, second = (case.file(who, Stage.AWARD, 1) for who in ("acme", "beta"))
    case.uphold(first, Remedy.CANCEL_AWARD)
    case.execute(first)
    case.send("beta", "withdraw", second)
    case.awarding.disqualify("beta")

    def change(event: Event) -> Event:
        later = event.name == "ComplaintWithdrawn"
        return replace(event, name="Nothing") if later else event

    with pytest.raises(AuditRefusal) as caught:
        audited(world, change)
    assert caught.value.rule == "unlawful-ComplaintDeskOpen"
