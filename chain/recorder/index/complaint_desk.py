"""Complaints, their decisions and remedies, suspensions, from the events of ComplaintDesk: what each makes of its tender and lot.

A remedy is told by ComplaintRemedied alone: what it changes in TenderBoard and AwardDesk is computed, by the rules that the contracts have.
"""

from __future__ import annotations

from dataclasses import replace

from chain.recorder.index.award_desk import lot_facts_from, lot_row, lot_text
from chain.recorder.index.content import dump, load
from chain.recorder.index.evaluation_desk import redo
from chain.recorder.index.facts import facts_of, move, tender_in
from chain.recorder.index.procedure_book import clock_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_asked, idx_cancellation, idx_complaint, idx_halt, idx_lot
from chain.rules.complaints import paused, prolonged, restored
from chain.rules.deadlines import Clock
from chain.rules.tenders import clear_from, clock_of, queue_of
from chain.types import (
    ZERO32,
    CancellationReason,
    ComplaintFacts,
    ComplaintStage,
    ComplaintStatus,
    Event,
    LotFacts,
    LotFailure,
    Queue,
    Remedy,
    TenderFacts,
    from_hex,
    to_hex,
)

__all__ = ["REDUCERS", "complaint_facts"]

_NO_DOCUMENT = to_hex(ZERO32)


def complaint_facts(row: Row) -> ComplaintFacts:
    """The stored facts of a complaint, as ``idx_complaint`` has them."""
    return ComplaintFacts(
        row["tender"], from_hex(row["supplier"]), row["lot"], ComplaintStage(row["stage"]), ComplaintStatus(row["status"]),
        Remedy(row["remedy"]), row["place"], row["terms_version"], row["due"],
    )  # fmt: skip


def _filed(event: Event, rows: Rows) -> None:
    args, number = event.args, int(event.args["complaint"])
    facts = facts_of(event, rows)
    stage = ComplaintStage(args["stage"])
    queue = queue_of(facts, args["lot"], stage)
    move(event, rows, _queued(replace(facts, watched=True), replace(queue, open=(*queue.open, number))))
    rows.put(idx_complaint, {
        "number": number, "tender": tender_in(event), "supplier": args["supplier"], "lot": args["lot"], "stage": args["stage"],
        "status": int(ComplaintStatus.FILED), "remedy": 0, "place": 0, "terms_version": 0, "due": args["due"],
        "record_id": args["recordId"], "document_hash": args["documentHash"], "filed_at": event.time, "transaction": event.transaction,
        "steps": "[]",
    })  # fmt: skip


def _withdrawn(event: Event, rows: Rows) -> None:
    _close(event, rows, ComplaintStatus.WITHDRAWN)


def _admitted(event: Event, rows: Rows) -> None:
    _step(event, rows, ComplaintStatus.ADMITTED)
    move(event, rows, facts_of(event, rows))


def _rejected(event: Event, rows: Rows) -> None:
    _close(event, rows, ComplaintStatus.REJECTED)


def _dismissed(event: Event, rows: Rows) -> None:
    _close(event, rows, ComplaintStatus.DISMISSED)


def _upheld(event: Event, rows: Rows) -> None:
    args, facts = event.args, facts_of(event, rows)
    row = _step(event, rows, ComplaintStatus.UPHELD)
    changes = {"remedy": args["remedy"], "place": args["place"], "due": args["due"]}
    if args["remedy"] == Remedy.AMEND:
        changes["terms_version"] = facts.terms_version
        facts = replace(facts, amends=facts.amends + 1, amend_version=facts.terms_version)
    rows.put(idx_complaint, row | changes)
    move(event, rows, facts)


def _remedied(event: Event, rows: Rows) -> None:
    row = _close(event, rows, ComplaintStatus.REMEDIED)
    remedy, lot = Remedy(event.args["remedy"]), row["lot"]
    if remedy is Remedy.CANCEL_TENDER:
        _cancel(event, rows, row)
    elif remedy is Remedy.CANCEL_AWARD:
        _cancel_award(event, rows, lot)
    elif remedy is Remedy.RESTORE_BID:
        _restore(event, rows, lot, row["place"])
    elif remedy is Remedy.UNDO_CANCELLATION:
        _undo(event, rows, lot)
    elif remedy is not Remedy.AMEND:
        redo(event, rows, rescore=remedy is Remedy.RESCORE)


def _suspended(event: Event, rows: Rows) -> None:
    facts = facts_of(event, rows)
    place = len(_halts(event, rows))
    rows.put(idx_halt, {
        "tender": tender_in(event), "place": place, "suspended_at": event.time, "document_hash": event.args["documentHash"],
        "transaction": event.transaction, "resumed_at": 0, "resumption": "",
    })  # fmt: skip
    move(event, rows, replace(facts, watched=True, suspended_at=event.time))


def _resumed(event: Event, rows: Rows) -> None:
    facts, row = facts_of(event, rows), _halts(event, rows)[-1]
    rows.put(idx_halt, row | {"resumed_at": event.time, "resumption": event.args["documentHash"]})
    move(event, rows, paused(replace(facts, suspended_at=0), facts.suspended_at, event.time))


# Remedies


def _cancel(event: Event, rows: Rows, complaint: Row) -> None:
    """TenderBoard.cancelByOrder."""
    facts, lot, tender = facts_of(event, rows), complaint["lot"], tender_in(event)
    time = clock_of(facts, Clock(event.time)).time
    facts = replace(facts, reason=int(CancellationReason.ORDERED))
    row = rows.get(idx_cancellation, tender, lot)
    ends = min(time, row["cancels_at"]) if row is not None and row["cancels_at"] else time
    if lot == 0:
        facts = replace(facts, consent_due=False, cancels_at=ends)
    else:
        waits = row is not None and row["cancels_at"] == 0
        facts = replace(
            facts, lots_cancelled=facts.lots_cancelled + (row is None), consents_due=facts.consents_due - waits,
            lots_cancelled_at=max(facts.lots_cancelled_at, time),
        )  # fmt: skip
    if facts.is_stopped and not facts.stopped_at:
        facts = replace(facts, stopped_at=event.time)
    move(event, rows, facts)
    # By the buyer, the document is that of the decision it follows.
    order = event.args["documentHash"]
    if order == _NO_DOCUMENT:
        order = load(complaint["steps"])[-2]["document"]
    proposed = {"proposed_at": event.time, "consented_at": 0, "consent": ""} if row is None else row
    rows.put(idx_cancellation, {
        **proposed, "tender": tender, "lot": lot, "reason": facts.reason, "document_hash": order, "cancels_at": ends,
        "transaction": event.transaction,
    })  # fmt: skip


def _cancel_award(event: Event, rows: Rows, lot: int) -> None:
    """AwardDesk.cancelAward."""
    row, known = _lot(event, rows, lot)
    if known.price:
        changed = replace(known, price=0, standstill_ends=0)
        rows.put(idx_lot, row | {"facts": lot_text(changed), "supplier": "", "awarded_at": 0})


def _restore(event: Event, rows: Rows, lot: int, place: int) -> None:
    """AwardDesk.restoreBid."""
    row, known = _lot(event, rows, lot)
    back = load(row["restored"])
    is_new = place < known.reached and place not in back
    if is_new:
        back.append(place)
    facts = facts_of(event, rows)
    if known.failure is LotFailure.EXHAUSTED:
        move(event, rows, replace(facts, lots_failed=facts.lots_failed - 1))
    changed = restored(known, min([known.head, *back]), is_new=is_new)
    rows.put(
        idx_lot,
        row | {"facts": lot_text(changed), "restored": dump(sorted(back)), "supplier": "", "awarded_at": 0},
    )


def _undo(event: Event, rows: Rows, lot: int) -> None:
    """TenderBoard.undoCancellation, ComplaintDesk's pause, AwardDesk.prolong."""
    facts, tender = facts_of(event, rows), tender_in(event)
    cancelled = rows.get(idx_cancellation, tender, lot)
    if cancelled is None:
        # Another complaint did it.
        move(event, rows, facts)
        return
    rows.drop(idx_cancellation, tender, lot)
    whole, stopped_at = facts.is_whole, facts.stopped_at
    if lot == 0:
        facts = replace(facts, cancels_at=0, consent_due=False)
    else:
        left = facts.lots_cancelled - 1
        facts = replace(
            facts, lots_cancelled=left, consents_due=facts.consents_due - (cancelled["cancels_at"] == 0),
            lots_cancelled_at=facts.lots_cancelled_at if left else 0,
        )  # fmt: skip
    if lot == 0 or not whole:
        facts = replace(facts, stopped_at=0)
        if stopped_at:
            facts = paused(facts, stopped_at, event.time)
    move(event, rows, facts)
    if lot:
        _prolong(event, rows, facts, lot, cancelled["proposed_at"])


def _prolong(event: Event, rows: Rows, facts: TenderFacts, lot: int, since: int) -> None:
    clock = clock_of(facts, clock_in(rows.get, event.time))
    period = event.time - since - clock.stood_since(since)
    row, known = _lot(event, rows, lot)
    if not period or known == LotFacts():
        return
    if known.head < known.ranked:
        candidate = load(row["ranking"])[known.head]
        asked = rows.get(idx_asked, tender_in(event), lot, candidate)
        if asked is not None and clock.end_of(asked["until"]) > since:
            rows.put(idx_asked, asked | {"until": asked["until"] + period})
    begins = clear_from(facts, lot, ComplaintStage.AWARD, known.standstill_ends, clock)
    rows.put(idx_lot, row | {"facts": lot_text(prolonged(known, since, period, begins, clock))})


# Rows


def _complaint(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_complaint, int(event.args["complaint"]))
    assert row is not None, "the contract decides on complaints that were filed"
    return row


def _step(event: Event, rows: Rows, status: ComplaintStatus) -> Row:
    """The complaint with another status, and how it came to it."""
    row = _complaint(event, rows)
    step = {
        "status": int(status), "at": event.time, "document": event.args.get("documentHash", _NO_DOCUMENT),
        "transaction": event.transaction,
    }  # fmt: skip
    changed = row | {"status": int(status), "steps": dump([*load(row["steps"]), step])}
    rows.put(idx_complaint, changed)
    return changed


def _close(event: Event, rows: Rows, status: ComplaintStatus) -> Row:
    row = _step(event, rows, status)
    facts, number = facts_of(event, rows), row["number"]
    queue = queue_of(facts, row["lot"], ComplaintStage(row["stage"]))
    left = tuple(each for each in queue.open if each != number)
    facts = _queued(facts, replace(queue, open=left, closed_at=event.time))
    if row["remedy"] == Remedy.AMEND:
        facts = replace(facts, amends=facts.amends - 1)
    move(event, rows, facts)
    return row


def _queued(facts: TenderFacts, queue: Queue) -> TenderFacts:
    others = [each for each in facts.queues if (each.lot, each.stage) != (queue.lot, queue.stage)]
    queues = tuple(sorted([*others, queue], key=lambda each: (each.lot, each.stage)))
    return replace(facts, queues=queues)


def _lot(event: Event, rows: Rows, lot: int) -> tuple[Row, LotFacts]:
    row = lot_row(tender_in(event), lot, rows)
    return row, lot_facts_from(row["facts"])


def _halts(event: Event, rows: Rows) -> list[Row]:
    found: list[Row] = []
    while (row := rows.get(idx_halt, tender_in(event), len(found))) is not None:
        found.append(row)
    return found


REDUCERS = {
    "ComplaintFiled": _filed,
    "ComplaintWithdrawn": _withdrawn,
    "ComplaintAdmitted": _admitted,
    "ComplaintRejected": _rejected,
    "ComplaintUpheld": _upheld,
    "ComplaintDismissed": _dismissed,
    "ComplaintRemedied": _remedied,
    "TenderSuspended": _suspended,
    "TenderResumed": _resumed,
}
