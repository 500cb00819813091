"""Was each complaint, decision, remedy and suspension lawful? Standing, windows, roles, orders and what they apply are computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chain.audit.act import Act
from chain.recorder.index.award_desk import lot_facts_from, offer_of
from chain.recorder.index.complaint_desk import complaint_facts
from chain.recorder.index.content import load
from chain.recorder.index.rows import Row
from chain.recorder.schema import (
    idx_bid,
    idx_box,
    idx_cancellation,
    idx_complaint,
    idx_decision,
    idx_lot,
)
from chain.rules.bids import BidFacts
from chain.rules.complaints import (
    Complainant,
    Ground,
    applied,
    check_admit,
    check_dismiss,
    check_enforce,
    check_execute,
    check_file,
    check_reject,
    check_resume,
    check_suspend,
    check_uphold,
    check_withdraw,
)
from chain.rules.registry import independent
from chain.types import (
    ZERO32,
    BidStatus,
    Cancellation,
    ComplaintFacts,
    ComplaintStage,
    LotFacts,
    TenderFacts,
    from_hex,
    to_hex,
)

__all__ = ["CHECKS", "cancellation_of", "is_independent"]

_NOTHING = to_hex(ZERO32)


def cancellation_of(act: Act, lot: int) -> Cancellation:
    """Cancellation of a lot by itself, or of the whole tender."""
    row = act.rows.get(idx_cancellation, act.number, lot)
    return Cancellation(lot) if row is None else Cancellation(lot, row["proposed_at"], row["cancels_at"])


def is_independent(act: Act, tender: TenderFacts) -> bool:
    """Whether the review body of the tender is, of its buyer."""
    return independent(tender.review_body, tender.buyer, act.superiors())


def _ground(act: Act, lot: int) -> Ground:
    facts, procedure = act.tender()
    row = act.rows.get(idx_lot, act.number, lot)
    known = LotFacts() if row is None else lot_facts_from(row["facts"])
    extended = any(
        each["tender"] == act.number and each["kind"] == "extended" for each in act.rows.all(idx_decision)
    )
    return Ground(
        act.number, lot, facts, procedure, act.clock, known, cancellation_of(act, lot), extended, is_independent(act, facts)
    )  # fmt: skip


def _known(act: Act) -> tuple[int, ComplaintFacts]:
    number = int(act.args["complaint"])
    facts = complaint_facts(act.known(idx_complaint, number))
    act.must("tenderId", f"0x{facts.tender:064x}")
    return number, facts


def _document(act: Act) -> bytes:
    return from_hex(act.args["documentHash"])


def _bid(row: Row) -> BidFacts:
    status = BidStatus(row["status"])
    return BidFacts(row["bid"], row["bidder"], row["version"], row["arrival"], row["terms_version"], status)


def _complainant(act: Act, supplier: bytes, lot: int, stage: int) -> Complainant:
    """What it says that its bid showed is not in the event: where it offered, it could say so."""
    shown = to_hex(supplier)
    mine = (row for row in act.rows.all(idx_bid) if row["tender"] == act.number and row["supplier"] == shown)
    row = next(mine, None)
    if row is None:
        return Complainant(supplier)
    box = act.rows.get(idx_box, act.number)
    facts = act.tender()[0]
    # A box is bound to the terms of its last bid, and for good once it is locked.
    version = facts.terms_version if box is None or facts.live_bids else 0
    envelopes: dict[int, int] = {ComplaintStage.TECHNICAL: 0, ComplaintStage.AWARD: facts.envelopes - 1}
    envelope = envelopes.get(stage)
    offer = None if envelope is None else offer_of(act.number, row["bid"], envelope, act.rows)
    opening = ZERO32 if offer is None else offer.opening
    return Complainant(supplier, _bid(row), version, offer, opening)


def _filed(act: Act) -> None:
    args, lot, stage = act.args, act.args["lot"], act.args["stage"]
    number, supplier = int(args["complaint"]), act.supplier()
    act.new(idx_complaint, number)
    ground = _ground(act, lot)
    rows = [row for row in act.rows.all(idx_complaint) if row["supplier"] == to_hex(supplier)]
    recorded = next((row["number"] for row in rows if row["record_id"] == args["recordId"]), 0)
    same = (
        row["number"]
        for row in rows
        if (row["tender"], row["lot"], row["stage"]) == (act.number, lot, stage)
        and complaint_facts(row).status.is_open
    )
    check_file(
        act.caller(), ground, _complainant(act, supplier, lot, stage), from_hex(args["recordId"]), stage, _document(act),
        recorded=recorded, open_one=next(same, 0),
    )  # fmt: skip
    act.must("supplier", to_hex(supplier))
    act.must("due", ground.own_clock.time + ground.procedure.review_period)
    if act.whole:
        act.must("complaint", str(sum(1 for _ in act.rows.all(idx_complaint)) + 1))


def _withdrawn(act: Act) -> None:
    number, facts = _known(act)
    check_withdraw(act.caller(), number, facts, act.supplier())


def _admitted(act: Act) -> None:
    number, facts = _known(act)
    check_admit(act.caller(), number, facts, _ground(act, facts.lot), _document(act))


def _rejected(act: Act) -> None:
    number, facts = _known(act)
    check_reject(act.caller(), number, facts, _ground(act, facts.lot), _document(act))


def _dismissed(act: Act) -> None:
    number, facts = _known(act)
    check_dismiss(act.caller(), number, facts, _ground(act, facts.lot), _document(act))


def _upheld(act: Act) -> None:
    number, facts = _known(act)
    ground, place = _ground(act, facts.lot), act.args["place"]
    row = act.rows.get(idx_lot, act.number, facts.lot)
    back = [] if row is None else load(row["restored"])
    out = place < ground.lot_facts.reached and place not in back
    check_uphold(act.caller(), number, facts, ground, act.args["remedy"], place, _document(act), out=out)
    act.must("due", ground.own_clock.time + ground.procedure.remedy_period)


def _remedied(act: Act) -> None:
    """By the buyer without a document, or by order of the review body with one."""
    number, facts = _known(act)
    ground = _ground(act, facts.lot)
    ordered = act.args["documentHash"] != _NOTHING
    if ordered:
        check_enforce(act.caller(), number, facts, ground, _document(act))
    else:
        check_execute(act.caller(), number, facts, ground, act.signing)
    act.must("remedy", int(applied(facts, ground.known(), ordered=ordered)))


def _suspended(act: Act) -> None:
    check_suspend(act.caller(), _ground(act, 0), _document(act))


def _resumed(act: Act) -> None:
    check_resume(act.caller(), _ground(act, 0), _document(act))


CHECKS: Mapping[str, Callable[[Act], None]] = {
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
