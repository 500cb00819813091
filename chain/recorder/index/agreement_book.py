"""Agreements, their changes, milestones, payments and ratings, from the events of AgreementBook.

An event tells the least that cannot be computed: amounts, and what two signatures make of an agreement, follow by the contract's rules.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from chain.recorder.index.award_desk import lot_facts_from, lot_row, lot_text, put_out
from chain.recorder.index.content import dump, load
from chain.recorder.index.facts import facts_of, move, tender_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import (
    idx_agreement,
    idx_change,
    idx_lot,
    idx_milestone,
    idx_payment,
    idx_person,
    idx_rating,
)
from chain.rules.agreements import changed, drafted, judged, paid, planned, proposed, reversed_, signed
from chain.types import (
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    DisqualificationReason,
    Event,
    MilestoneFacts,
    MilestoneStatus,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Side,
    from_hex,
    to_hex,
)

__all__ = [
    "REDUCERS", "agreement_facts", "agreement_text", "milestone_facts", "milestones_in", "payment_facts", "pending_change", "pending_end",
]  # fmt: skip

_HASHES = ("buyer", "supplier", "payer", "document_hash")


def agreement_text(facts: AgreementFacts) -> str:
    """Facts -> JSON text; hashes as 0x hex."""
    return dump(asdict(facts) | {name: to_hex(getattr(facts, name)) for name in _HASHES})


def agreement_facts(row: Row) -> AgreementFacts:
    """The stored facts of an agreement, as ``idx_agreement`` has them."""
    values = load(row["facts"])
    hashes = {name: from_hex(values[name]) for name in _HASHES}
    return AgreementFacts(**values | hashes | {"status": AgreementStatus(values["status"])})


def milestone_facts(row: Row) -> MilestoneFacts:
    """The stored facts of a milestone, as ``idx_milestone`` has them."""
    return MilestoneFacts.from_tuple(load(row["facts"]))


def payment_facts(row: Row | None) -> PaymentFacts:
    """The stored facts of a payment, as ``idx_payment`` has them; empty where there is none."""
    if row is None:
        return PaymentFacts()
    return PaymentFacts(
        row["agreement"], row["number"], row["milestone"], int(row["amount"]), row["reversed_at"] != 0
    )


def pending_change(row: Row | None) -> PendingChange:
    """The change that waits, of the last row of ``idx_change``; empty where none does."""
    if row is None or row["ended_at"]:
        return PendingChange()
    return PendingChange(
        ChangeReason(row["reason"]), int(row["value"]), row["extension"], row["signatures"], from_hex(row["document_hash"])
    )  # fmt: skip


def pending_end(row: Row) -> PendingEnd:
    """The mutual end that waits, of a row of ``idx_agreement``."""
    found = load(row["proposed_end"])
    return PendingEnd(Side(found["side"]), from_hex(found["document"])) if found else PendingEnd()


def milestones_in(agreement: int, count: int, rows: Rows) -> list[MilestoneFacts]:
    """All milestones of an agreement, in order."""
    return [milestone_facts(_milestone(agreement, place, rows)) for place in range(1, count + 1)]


def _drafted(event: Event, rows: Rows) -> None:
    args, number, tender = event.args, int(event.args["agreement"]), tender_in(event)
    terms, known = AgreementTerms.from_args(args["terms"]), facts_of(event, rows)
    lot = lot_row(tender, args["lot"], rows)
    row = rows.get(idx_agreement, lot["agreement"])
    if row is not None and row["status"] == AgreementStatus.DRAFT:
        _put(rows, row, replace(agreement_facts(row), status=AgreementStatus.DROPPED), ended_at=event.time)
    rows.put(idx_lot, lot | {"agreement": number})
    facts = drafted(tender, args["lot"], known.buyer, terms, four_eyes=known.four_eyes)
    rows.put(idx_agreement, {
        "number": number, "tender": tender, "lot": args["lot"], "buyer": to_hex(known.buyer), "supplier": to_hex(terms.supplier),
        "status": int(facts.status), "facts": agreement_text(facts), "terms": dump(args["terms"]), "proposed_end": "null",
        "changes": 0, "drafted_at": event.time, "transaction": event.transaction, "active_at": 0, "ended_at": 0, "cause": 0,
        "document_hash": "",
    })  # fmt: skip
    for place, each in enumerate(planned(terms), 1):
        rows.put(idx_milestone, {
            "agreement": number, "milestone": place, "facts": _text(each), "delivered_at": 0, "evidence": "", "judged_at": 0,
            "judgement": "", "refusals": 0, "due_at": 0,
        })  # fmt: skip
    move(event, rows, known)


def _signed(event: Event, rows: Rows) -> None:
    row = _agreement(event, rows)
    facts = signed(agreement_facts(row), Side(event.args["side"]), event.time)
    active = facts.status is AgreementStatus.ACTIVE
    _put(rows, row, facts, active_at=event.time if active else 0)
    known = facts_of(event, rows)
    if active:
        bits = known.signed_lots | 1 << (facts.lot - 1)
        known = replace(known, lots_signed=known.lots_signed + 1, signed_lots=bits)
    move(event, rows, known)


def _passed_over(event: Event, rows: Rows) -> None:
    row, args = _agreement(event, rows), event.args
    _put(rows, row, replace(agreement_facts(row), status=AgreementStatus.DROPPED), ended_at=event.time)
    lot = lot_row(tender_in(event), args["lot"], rows)
    facts = replace(lot_facts_from(lot["facts"]), price=0, standstill_ends=0)
    rows.put(idx_lot, lot | {"facts": lot_text(facts), "supplier": "", "awarded_at": 0})
    put_out(event, rows, "passedOver", DisqualificationReason.REFUSED_TO_SIGN.name, "")


def _change_proposed(event: Event, rows: Rows) -> None:
    args, row, number = event.args, _agreement(event, rows), int(event.args["agreement"])
    facts, side = agreement_facts(row), Side(args["side"])
    pending = proposed(facts, side, AgreementChange.from_args(args["change"]))
    rows.put(idx_change, {
        "agreement": number, "change": row["changes"] + 1, "side": int(side),
        "reason": int(pending.reason), "before": str(facts.value), "value": str(pending.value), "extension": pending.extension,
        "document_hash": to_hex(pending.document_hash), "signatures": pending.signatures, "proposed_at": event.time,
        "transaction": event.transaction, "version": 0, "ended_at": 0,
    })  # fmt: skip
    rows.put(idx_agreement, row | {"changes": row["changes"] + 1})
    _touch(event, rows)


def _change_signed(event: Event, rows: Rows) -> None:
    change = _change(event, rows)
    rows.put(idx_change, change | {"signatures": change["signatures"] | Side(event.args["side"]).bit})
    _touch(event, rows)


def _changed(event: Event, rows: Rows) -> None:
    row, change = _agreement(event, rows), _change(event, rows)
    facts = agreement_facts(row)
    milestones = milestones_in(row["number"], facts.milestones, rows)
    facts = changed(facts, pending_change(change), milestones, event.time)
    _put(rows, row, facts)
    signatures = change["signatures"] | Side(event.args["side"]).bit
    rows.put(
        idx_change,
        change | {"signatures": signatures, "version": event.args["version"], "ended_at": event.time},
    )
    _touch(event, rows)


def _change_dropped(event: Event, rows: Rows) -> None:
    rows.put(idx_change, _change(event, rows) | {"ended_at": event.time})
    _touch(event, rows)


def _delivered(event: Event, rows: Rows) -> None:
    row = _milestone_of(event, rows)
    facts = replace(milestone_facts(row), status=MilestoneStatus.DELIVERED)
    rows.put(
        idx_milestone,
        row | {"facts": _text(facts), "delivered_at": event.time, "evidence": event.args["documentHash"]},
    )
    _touch(event, rows)


def _accepted(event: Event, rows: Rows) -> None:
    row, due = _agreement(event, rows), milestone_facts(_milestone_of(event, rows)).due
    facts = agreement_facts(row)
    _judge(event, rows, MilestoneStatus.ACCEPTED, due + facts.extension if due else 0)
    _put(rows, row, judged(facts, event.time))


def _refused(event: Event, rows: Rows) -> None:
    _judge(event, rows, MilestoneStatus.REFUSED)


def _judge(event: Event, rows: Rows, status: MilestoneStatus, due_at: int = 0) -> None:
    row = _milestone_of(event, rows)
    refusals = row["refusals"] + (status is MilestoneStatus.REFUSED)
    rows.put(idx_milestone, row | {
        "facts": _text(replace(milestone_facts(row), status=status)), "judged_at": event.time, "judgement": event.args["documentHash"],
        "refusals": refusals, "due_at": due_at,
    })  # fmt: skip
    _touch(event, rows)


def _payment_recorded(event: Event, rows: Rows) -> None:
    args, row = event.args, _agreement(event, rows)
    payment, facts = Payment.from_args(args["payment"]), agreement_facts(row)
    _put(rows, row, paid(facts, payment.amount))
    _pay(row["number"], payment.milestone, payment.amount, rows)
    rows.put(idx_payment, {
        "agreement": row["number"], "number": args["number"], "tender": row["tender"], "milestone": payment.milestone,
        "buyer": to_hex(facts.buyer), "payer": to_hex(payment.payer), "payee": to_hex(payment.payee), "amount": str(payment.amount),
        "ref": to_hex(payment.ref), "paid_at": payment.paid_at, "recorded_at": event.time, "transaction": event.transaction,
        "reversed_at": 0, "reversal": "",
    })  # fmt: skip
    _touch(event, rows)


def _payment_reversed(event: Event, rows: Rows) -> None:
    row = _agreement(event, rows)
    payment = rows.get(idx_payment, row["number"], event.args["number"])
    assert payment is not None, "the contract reverses payments that it has"
    amount = int(payment["amount"])
    _put(rows, row, reversed_(agreement_facts(row), amount))
    _pay(row["number"], payment["milestone"], -amount, rows)
    rows.put(idx_payment, payment | {"reversed_at": event.time, "reversal": event.args["documentHash"]})
    _touch(event, rows)


def _completed(event: Event, rows: Rows) -> None:
    _end(event, rows, AgreementStatus.COMPLETED, 0)


def _terminated(event: Event, rows: Rows) -> None:
    _end(event, rows, AgreementStatus.TERMINATED, event.args["cause"])


def _end_proposed(event: Event, rows: Rows) -> None:
    proposed_end = dump({"side": event.args["side"], "document": event.args["documentHash"]})
    rows.put(idx_agreement, _agreement(event, rows) | {"proposed_end": proposed_end})
    _touch(event, rows)


def _rated(event: Event, rows: Rows) -> None:
    args, row = event.args, _agreement(event, rows)
    # A witness rates for its organisation, once; a citizen for itself.
    person = None if args["citizen"] else rows.get(idx_person, args["rater"])
    rater = args["rater"] if person is None else person["member"]
    rows.put(idx_rating, {
        "agreement": row["number"], "rater": rater, "citizen": int(args["citizen"]), "rating": args["rating"],
        "supplier": row["supplier"], "rated_at": event.time, "transaction": event.transaction,
    })  # fmt: skip
    _touch(event, rows)


# Rows


def _agreement(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_agreement, int(event.args["agreement"]))
    assert row is not None, "an agreement is drafted before anything else happens to it"
    return row


def _put(rows: Rows, row: Row, facts: AgreementFacts, **changes: int) -> None:
    rows.put(idx_agreement, row | {"facts": agreement_text(facts), "status": int(facts.status), **changes})


def _end(event: Event, rows: Rows, status: AgreementStatus, cause: int) -> None:
    row = _agreement(event, rows) | {"document_hash": event.args["documentHash"]}
    _put(rows, row, replace(agreement_facts(row), status=status), ended_at=event.time, cause=cause)
    _touch(event, rows)


def _change(event: Event, rows: Rows) -> Row:
    agreement = _agreement(event, rows)
    row = rows.get(idx_change, agreement["number"], agreement["changes"])
    assert row is not None, "the contract signs and drops a change that waits"
    return row


def _milestone(agreement: int, milestone: int, rows: Rows) -> Row:
    row = rows.get(idx_milestone, agreement, milestone)
    assert row is not None, "the contract knows the milestones of an agreement"
    return row


def _milestone_of(event: Event, rows: Rows) -> Row:
    return _milestone(int(event.args["agreement"]), event.args["milestone"], rows)


def _pay(agreement: int, milestone: int, amount: int, rows: Rows) -> None:
    row = _milestone(agreement, milestone, rows)
    facts = milestone_facts(row)
    rows.put(idx_milestone, row | {"facts": _text(replace(facts, paid=facts.paid + amount))})


def _text(facts: MilestoneFacts) -> str:
    return dump([int(facts.kind), int(facts.status), facts.bps, facts.requires, facts.due, facts.paid])


def _touch(event: Event, rows: Rows) -> None:
    move(event, rows, facts_of(event, rows))


REDUCERS = {
    "AgreementDrafted": _drafted,
    "AgreementSigned": _signed,
    "AwardPassedOver": _passed_over,
    "AgreementChangeProposed": _change_proposed,
    "AgreementChangeSigned": _change_signed,
    "AgreementChanged": _changed,
    "AgreementChangeDropped": _change_dropped,
    "MilestoneDelivered": _delivered,
    "MilestoneAccepted": _accepted,
    "MilestoneRefused": _refused,
    "PaymentRecorded": _payment_recorded,
    "PaymentReversed": _payment_reversed,
    "AgreementCompleted": _completed,
    "AgreementEndProposed": _end_proposed,
    "AgreementTerminated": _terminated,
    "AgreementRated": _rated,
}
