"""What became of a tender's lots, in words and as JSON, from replayed rows: each of them was held against the rules on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chain.audit.bundle.evaluations import score_text
from chain.money import Money
from chain.recorder.index.award_desk import lot_facts_from, offer_of
from chain.recorder.index.content import load
from chain.recorder.index.evaluation_desk import points_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_bid, idx_cancellation, idx_decision, idx_lot, idx_supplier
from chain.rules.awards import why
from chain.rules.deadlines import Clock
from chain.rules.evaluation import Points
from chain.rules.tenders import clock_of, lot_status
from chain.types import Cancellation, DisqualificationReason, LotFacts, Procedure, TenderFacts, moment

__all__ = ["lots_in", "lots_of", "name_of", "said_of_lot", "shown_amount"]

_OUT = ("disqualified", "dropped", "passedOver")
_HOW = {"passedOver": "passed over"}
"""Decisions by which a bid is out, and those that are no words."""


def lots_of(
    rows: MemoryRows, tender: int, facts: TenderFacts, procedure: Procedure, clock: Clock
) -> Iterator[Mapping[str, Any]]:
    """Each lot that was counted, as JSON; bids count from 1, as in the rest of the report."""
    points = points_in(tender, rows)
    for lot in range(1, facts.lots + 1):
        row = rows.get(idx_lot, tender, lot)
        if row is None:
            continue
        known = lot_facts_from(row["facts"])
        cancelled = rows.get(idx_cancellation, tender, lot)
        own = Cancellation(lot)
        if cancelled is not None:
            own = Cancellation(lot, int(cancelled["proposed_at"]), int(cancelled["cancels_at"]))
        yield {
            "lot": lot,
            "status": lot_status(facts, procedure, own, known, clock).word,
            "offers": known.offers,
            "admissible": known.admissible,
            "failure": known.failure.word if known.failure else None,
            "ranking": [_place(rows, tender, lot, bid, facts, known.min, points) for bid in load(row["ranking"])],
            "out": [_out(each) for each in _decisions(rows, tender, lot) if each["kind"] in _OUT],
            "award": _award(rows, tender, lot, row["supplier"], known, facts),
            "standstill_ends": _time(clock_of(facts, clock).end_of(known.standstill_ends)) if known.standstill_ends else None,
        }  # fmt: skip


def lots_in(rows: MemoryRows, tender: int, facts: TenderFacts) -> dict[int, LotFacts]:
    """What AwardDesk holds of each lot; all zero where nothing happened to it."""
    found = {lot: rows.get(idx_lot, tender, lot) for lot in range(1, facts.lots + 1)}
    return {lot: LotFacts() if row is None else lot_facts_from(row["facts"]) for lot, row in found.items()}


def said_of_lot(lot: Mapping[str, Any]) -> str:
    """One lot in a sentence."""
    ranking = ", ".join(f"{each['bid']} ({_standing(each)})" for each in lot["ranking"]) or "none"
    parts = [
        f"lot {lot['lot']}: {lot['status']}; {lot['offers']} offers, {lot['admissible']} may win: counted again",
        f"ranking of bids {ranking}: computed again",
    ]
    parts += [
        f"bid {each['bid']} {_HOW.get(each['how'], each['how'])} for {each['why']}" for each in lot["out"]
    ]
    award = lot["award"]
    if award is not None:
        parts.append(
            f"awarded at {award['time']} to bid {award['bid']} ({award['name']}) for {award['price']}: {award['why']}; decision sha256 "
            f"{award['document']}, standstill until {lot['standstill_ends']}"
        )
    elif lot["failure"] is not None:
        parts.append(f"failed: {lot['failure']}")
    return "; ".join(parts)


def _decisions(rows: MemoryRows, tender: int, lot: int) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows.all(idx_decision) if (row["tender"], row["lot"]) == (tender, lot))


def _standing(place: Mapping[str, Any]) -> str:
    """What a bid is ranked by."""
    return place["price"] if place["score"] is None else f"{place['price']}, score {place['score']}"


def _place(
    rows: MemoryRows, tender: int, lot: int, bid: int, facts: TenderFacts, least: int, points: Points | None
) -> Mapping[str, Any]:
    offer = offer_of(tender, bid, facts.envelopes - 1, rows)
    assert offer is not None, "the replay refuses a ranking of what is sealed"
    price = offer.amounts[lot - 1]
    score = None if points is None else score_text(points.score(bid, price, least))
    return {"bid": bid + 1, "price": shown_amount(price, facts), "score": score}


def _out(row: Mapping[str, Any]) -> Mapping[str, Any]:
    why_ = row["cause"] if row["kind"] == "dropped" else DisqualificationReason[row["cause"]].word
    document = row["document_hash"].removeprefix("0x") or None
    return {"bid": row["bid"] + 1, "how": row["kind"], "why": why_, "document": document}


def _award(
    rows: MemoryRows, tender: int, lot: int, supplier: str, known: LotFacts, facts: TenderFacts
) -> Mapping[str, Any] | None:
    made = [row for row in _decisions(rows, tender, lot) if row["kind"] == "awarded"]
    if not made or not known.price:
        return None
    row = made[-1]
    return {
        "bid": row["bid"] + 1, "supplier": supplier, "name": _name(rows, tender, row["bid"]), "price": shown_amount(known.price, facts),
        "why": why(known), "document": row["document_hash"].removeprefix("0x"), "time": _time(row["at"]),
    }  # fmt: skip


def _name(rows: MemoryRows, tender: int, bid: int) -> str:
    """The name that the supplier was registered with; its id where there is none."""
    row = rows.get(idx_bid, tender, bid)
    assert row is not None, "the replay refuses an award of no bid"
    return name_of(rows, row["supplier"])


def name_of(rows: MemoryRows, supplier_id: str) -> str:
    """As ``_name``."""
    supplier = rows.get(idx_supplier, supplier_id)
    name = load(supplier["json"]).get("name") if supplier is not None else None
    # A name that is no plain line could pass for lines of the report.
    return name if isinstance(name, str) and name.isprintable() else supplier_id


def shown_amount(amount: int, facts: TenderFacts) -> str:
    """Minor units in the tender's currency."""
    return str(Money.from_minor(amount, facts.currency, facts.exponent))


def _time(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
