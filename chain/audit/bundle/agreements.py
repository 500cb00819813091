"""What became of a tender's agreements, in words and as JSON, from replayed rows, and what the contract stores of them: each act was held
against the rules on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chain.audit.bundle.lots import name_of, shown_amount
from chain.audit.bundle.slots import Agreed, rater_key
from chain.audit.sealed.book import shown_time
from chain.recorder.index.agreement_book import (
    agreement_facts,
    milestone_facts,
    milestones_in,
    payment_facts,
    pending_change,
    pending_end,
)
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.schema import (
    idx_agreement,
    idx_change,
    idx_member,
    idx_milestone,
    idx_payment,
    idx_rating,
)
from chain.rules.agreements import amount_of, cap_of
from chain.types import (
    AgreementFacts,
    ChangeReason,
    MilestoneFacts,
    PaymentFacts,
    Procedure,
    Ratings,
    Side,
    TenderFacts,
    TerminationCause,
    from_hex,
)

__all__ = ["agreed_by_tender", "agreements_of", "rated", "said_of_agreement"]

_PERCENT = 100  # of 10,000


# What is stored


def agreed_by_tender(rows: MemoryRows) -> dict[int, Agreed]:
    """Tender -> what AgreementBook holds of it, of those that have an agreement."""
    found: dict[int, list[Row]] = defaultdict(list)
    ratings: dict[int, list[bytes]] = defaultdict(list)
    for row in rows.all(idx_agreement):
        found[row["tender"]].append(row)
    for row in rows.all(idx_rating):
        ratings[row["agreement"]].append(rater_key(row["rater"]))
    return {tender: _agreed(rows, mine, ratings) for tender, mine in found.items()}


def _agreed(rows: MemoryRows, mine: Sequence[Row], ratings: Mapping[int, Iterable[bytes]]) -> Agreed:
    facts = {row["number"]: agreement_facts(row) for row in mine}
    milestones: dict[tuple[int, int], MilestoneFacts] = {}
    payments: dict[tuple[bytes, bytes, bytes], PaymentFacts] = {}
    for number, each in facts.items():
        kept = milestones_in(number, each.milestones, rows)
        milestones |= {(number, place): milestone for place, milestone in enumerate(kept, 1)}
        for row in _rows(rows, idx_payment, number, each.payments):
            payments[each.buyer, from_hex(row["payer"]), from_hex(row["ref"])] = payment_facts(row)
    changes = {
        row["number"]: pending_change(rows.get(idx_change, row["number"], row["changes"])) for row in mine
    }
    rated_by = frozenset((number, rater) for number in facts for rater in ratings.get(number, ()))
    return Agreed(
        {each.lot: number for number, each in facts.items()}, facts, milestones, payments, changes,
        {row["number"]: pending_end(row) for row in mine}, rated_by,
    )  # fmt: skip


def rated(rows: Iterable[Row]) -> Ratings:
    """What these ratings of one supplier add up to."""
    by: dict[bool, list[int]] = {False: [], True: []}
    for row in rows:
        by[bool(row["citizen"])].append(int(row["rating"]))
    return Ratings(len(by[False]), sum(by[False]), len(by[True]), sum(by[True]))


def _rows(rows: MemoryRows, table: Any, agreement: int, count: int) -> Iterator[Row]:
    """Those of an agreement, which count from 1."""
    found = (rows.get(table, agreement, place) for place in range(1, count + 1))
    return (row for row in found if row is not None)


# What is told


def agreements_of(
    rows: MemoryRows, tender: int, facts: TenderFacts, procedure: Procedure
) -> Iterator[Mapping[str, Any]]:
    """Each agreement as JSON, in the order of their drafts."""
    for row in rows.all(idx_agreement):
        if row["tender"] != tender:
            continue
        known, number = agreement_facts(row), row["number"]
        yield {
            "agreement": number, "lot": known.lot, "status": known.status.word, "supplier": row["supplier"],
            "name": name_of(rows, row["supplier"]), "value": shown_amount(known.value, facts),
            "original": shown_amount(known.original, facts), "paid": shown_amount(known.paid, facts),
            "document": known.document_hash.hex(), "drafted": shown_time(row["drafted_at"]),
            "signed_by_buyer": _time(known.signed_at), "signed": _time(row["active_at"]), "end": _end(row),
            "caps": {
                name: {"moved": shown_amount(by, facts), "most": shown_amount(cap_of(known, procedure, reasoned=reasoned), facts)}
                for name, by, reasoned in (("ordinary", known.ordinary, False), ("reasoned", known.reasoned, True))
            },
            "changes": [_change(each, facts) for each in _rows(rows, idx_change, number, row["changes"])],
            "milestones": [
                _milestone(each, known, facts) for each in _rows(rows, idx_milestone, number, known.milestones)
            ],
            "payments": [_payment(rows, each, facts) for each in _rows(rows, idx_payment, number, known.payments)],
            "ratings": [_rating(rows, each) for each in rows.all(idx_rating) if each["agreement"] == number],
        }  # fmt: skip


def said_of_agreement(agreement: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for the agreement, and one for each milestone, change, payment and rating."""
    name = f"agreement {agreement['agreement']}"
    yield f"{name} about lot {agreement['lot']} with {agreement['name']}: {'; '.join(_parts(agreement))}"
    for each in agreement["milestones"]:
        yield f"{name}, milestone {each['milestone']}: {'; '.join(_milestone_said(each))}"
    for each in agreement["changes"]:
        yield (
            f"{name}, change {each['change']} for {each['reason']}, proposed by the {each['side']} at {each['proposed']}: {each['before']} "
            f"to {each['value']}, {each['extension']} s later; sha256 {each['document']}; {each['state']}{_at(each['ended'])}"
        )
    for each in agreement["payments"]:
        undone = (
            "" if each["reversed"] is None else f"; reversed at {each['reversed']}, sha256 {each['reversal']}"
        )
        yield (
            f"{name}, payment {each['payment']} for milestone {each['milestone']}: {each['amount']} by {each['payer_name']}, reference "
            f"{each['ref']}, made at {each['paid']}, recorded at {each['recorded']}{undone}"
        )
    for each in agreement["ratings"]:
        who = "a citizen" if each["citizen"] else each["rater_name"]
        yield f"{name}: rated {each['rating']} of 5 by {who} at {each['time']}"


def _parts(agreement: Mapping[str, Any]) -> Iterator[str]:
    yield agreement["status"]
    yield f"drafted at {agreement['drafted']}, document sha256 {agreement['document']}"
    if agreement["signed_by_buyer"] is not None:
        yield f"signed by the buyer at {agreement['signed_by_buyer']}"
    if agreement["signed"] is not None:
        yield f"by both at {agreement['signed']}"
        yield f"value {agreement['value']}, first {agreement['original']}, paid {agreement['paid']}"
        caps = (f"{kind} {cap['moved']} of at most {cap['most']}" for kind, cap in agreement["caps"].items())
        yield f"moved by changes: {', '.join(caps)}"
    end = agreement["end"]
    if end is not None and end["document"] is None:
        yield f"dropped at {end['time']}"
    elif end is not None:
        cause = "" if end["cause"] is None else f" for {end['cause']}"
        yield f"ended at {end['time']}{cause}, sha256 {end['document']}"


def _milestone_said(each: Mapping[str, Any]) -> Iterator[str]:
    share = f"{each['share']} % of the value"
    if each["kind"] == "payment":
        waits = "" if each["requires"] is None else f", after milestone {each['requires']}"
        yield f"payment of {share}{waits}"
        yield f"{each['paid']} of {each['amount']} paid"
        return
    yield f"delivery, {share}, {each['status']}"
    if each["delivered"] is not None:
        yield f"delivered at {each['delivered']}, sha256 {each['evidence']}"
    if each["judged"] is not None:
        refused = f", refused {each['refusals']} times" if each["refusals"] else ""
        yield f"judged at {each['judged']}, sha256 {each['judgement']}{refused}"


def _end(row: Row) -> Mapping[str, Any] | None:
    if not row["ended_at"]:
        return None
    cause = TerminationCause(row["cause"])
    return {
        "time": shown_time(row["ended_at"]), "cause": cause.word if cause else None, "document": _hash(row["document_hash"]),
    }  # fmt: skip


def _milestone(row: Row, known: AgreementFacts, tender: TenderFacts) -> Mapping[str, Any]:
    facts, number = milestone_facts(row), row["milestone"]
    payment = not facts.status
    return {
        "milestone": number, "kind": facts.kind.word, "share": f"{facts.bps // _PERCENT}.{facts.bps % _PERCENT:02}",
        "requires": facts.requires or None, "due": _time(facts.due), "status": None if payment else facts.status.word,
        "amount": shown_amount(amount_of(known, number, facts), tender) if payment else None,
        "paid": shown_amount(facts.paid, tender) if payment else None, "delivered": _time(row["delivered_at"]),
        "evidence": _hash(row["evidence"]), "judged": _time(row["judged_at"]), "judgement": _hash(row["judgement"]),
        "refusals": row["refusals"],
    }  # fmt: skip


def _change(row: Row, tender: TenderFacts) -> Mapping[str, Any]:
    state = "in effect" if row["version"] else "dropped" if row["ended_at"] else "waits for signatures"
    return {
        "change": row["change"], "side": Side(row["side"]).word, "reason": ChangeReason(row["reason"]).word,
        "before": shown_amount(int(row["before"]), tender), "value": shown_amount(int(row["value"]), tender),
        "extension": row["extension"], "document": _hash(row["document_hash"]), "proposed": shown_time(row["proposed_at"]),
        "version": row["version"] or None, "ended": _time(row["ended_at"]), "state": state,
    }  # fmt: skip


def _payment(rows: MemoryRows, row: Row, tender: TenderFacts) -> Mapping[str, Any]:
    return {
        "payment": row["number"], "milestone": row["milestone"], "payer": row["payer"], "payer_name": _member(rows, row["payer"]),
        "payee": row["payee"], "amount": shown_amount(int(row["amount"]), tender), "ref": row["ref"], "paid": shown_time(row["paid_at"]),
        "recorded": shown_time(row["recorded_at"]), "reversed": _time(row["reversed_at"]), "reversal": _hash(row["reversal"]),
    }  # fmt: skip


def _rating(rows: MemoryRows, row: Row) -> Mapping[str, Any]:
    citizen = bool(row["citizen"])
    return {
        "rater": row["rater"], "rater_name": None if citizen else _member(rows, row["rater"]), "citizen": citizen,
        "rating": row["rating"], "time": shown_time(row["rated_at"]),
    }  # fmt: skip


def _member(rows: MemoryRows, id: str) -> str:
    """What a member calls itself; its id where it is not known."""
    row = rows.get(idx_member, id)
    return id if row is None else str(row["org_id"])


def _hash(stored: str) -> str | None:
    return stored.removeprefix("0x") or None


def _time(seconds: int) -> str | None:
    return shown_time(seconds) if seconds else None


def _at(time: str | None) -> str:
    return "" if time is None else f" since {time}"
