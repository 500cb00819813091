"""Lots, decisions, times to answer and securities, from the events of AwardDesk.

What an event does not say of a lot is computed: sums and prices from the openings of the bids, by the rules that the contract has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace

from chain.recorder.index.content import dump, load
from chain.recorder.index.evaluation_desk import points_in
from chain.recorder.index.facts import facts_of, move, rules_of, stored_tender, tender_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_asked, idx_box, idx_decision, idx_envelope, idx_lot, idx_security
from chain.rules.awards import PAGE, Offer, low_places, tallied
from chain.rules.deadlines import Clock
from chain.rules.tenders import clock_of
from chain.types import (
    DisqualificationReason,
    Event,
    LotFacts,
    LotFailure,
    LotTerms,
    Procedure,
    Terms,
    from_hex,
    unpadded,
)

__all__ = [
    "REDUCERS",
    "lot_facts_from",
    "lot_row",
    "lot_text",
    "offer_from",
    "offer_of",
    "offers_of",
    "put_out",
]


def lot_facts_from(text: str) -> LotFacts:
    """The stored facts of a lot, as ``idx_lot`` has them."""
    values = load(text)
    return LotFacts(**values | {"failure": LotFailure(values["failure"])})


def lot_text(facts: LotFacts) -> str:
    """Stored facts of a lot as ``idx_lot`` has them."""
    return dump(asdict(facts))


def lot_row(tender: int, lot: int, rows: Rows) -> Row:
    """The row of a lot, of which nothing may have happened yet."""
    return rows.get(idx_lot, tender, lot) or {
        "tender": tender, "lot": lot, "facts": lot_text(LotFacts()), "admissible": "0x0", "ranking": "[]", "low": "[]", "restored": "[]",
        "supplier": "", "awarded_at": 0, "agreement": 0,
    }  # fmt: skip


def offer_of(tender: int, index: int, envelope: int, rows: Rows) -> Offer | None:
    """What an opened envelope of a bid shows; None while it is sealed, and where there is none."""
    row = rows.get(idx_envelope, tender, index, envelope)
    return None if row is None or not row["opening"] else offer_from(index, row["opening"])


def offer_from(index: int, opening: str) -> Offer:
    """A bid's offer, of its opening as ``idx_envelope`` has it."""
    found = load(opening)
    return Offer(index, from_hex(found["docCommit"]), tuple(int(amount) for amount in found["amounts"]))


def offers_of(tender: int, indexes: Iterable[int], envelope: int, rows: Rows) -> dict[int, Offer]:
    """Those of these bids whose envelope is open, by index."""
    found = (offer_of(tender, index, envelope, rows) for index in indexes)
    return {offer.index: offer for offer in found if offer is not None}


def _tallied(event: Event, rows: Rows) -> None:
    args, row = event.args, _lot(event, rows)
    facts, page, number = lot_facts_from(row["facts"]), int(args["page"]), args["lot"]
    box = rows.get(idx_box, tender_in(event))
    assert box is not None, "the contract counts opened bids"
    to = min((page + 1) * PAGE, box["bids"])
    offers = offers_of(tender_in(event), range(page * PAGE, to), facts_of(event, rows).envelopes - 1, rows)
    made = tallied(number, _terms(event, rows), _procedure(event, rows), offers.values())
    found = int(args["admissible"])
    prices = [made.prices[page * PAGE + bit] for bit in range(PAGE) if found >> bit & 1]
    failure = LotFailure(args["failure"])
    facts = replace(
        facts,
        sum=facts.sum + sum(prices),
        tallied=to,
        offers=facts.offers + made.offers,
        admissible=facts.admissible + len(prices),
        min=min([*prices, *([facts.min] if facts.admissible else [])], default=0),
        complete=to == box["bids"],
        failure=failure,
    )
    bits = int(row["admissible"], 16) | found << (page * PAGE)
    rows.put(idx_lot, row | {"facts": lot_text(facts), "admissible": hex(bits)})
    _move(event, rows, failed=failure is not LotFailure.NONE)


def _ranked(event: Event, rows: Rows) -> None:
    row = _lot(event, rows)
    ranking = [*load(row["ranking"])[: event.args["place"]], *event.args["indexes"]]
    envelope, known = facts_of(event, rows).envelopes - 1, lot_facts_from(row["facts"])
    points = points_in(tender_in(event), rows)
    last = _price(event, ranking[-1], envelope, rows)
    facts = replace(known, ranked=len(ranking), last=last)
    if points is not None:
        first = known.first
        if event.args["place"] == 0:
            first = points.key(ranking[0], _price(event, ranking[0], envelope, rows), known.min)
        facts = replace(facts, first=first, last=points.key(ranking[-1], last, known.min))
    # Only the whole list tells which price is low beside the next one: what stands meanwhile is read by nobody.
    low: set[int] = set()
    if facts.ranked == facts.admissible:
        prices = [_price(event, index, envelope, rows) for index in ranking]
        low = low_places(prices, _terms(event, rows), _procedure(event, rows))
    rows.put(idx_lot, row | {"facts": lot_text(facts), "ranking": dump(ranking), "low": dump(sorted(low))})
    _move(event, rows)


def _awarded(event: Event, rows: Rows) -> None:
    args, row = event.args, _lot(event, rows)
    facts = replace(_decided(event, lot_facts_from(row["facts"]), rows), price=int(args["price"]))
    rows.put(
        idx_lot, row | {"facts": lot_text(facts), "supplier": args["supplier"], "awarded_at": event.time}
    )
    _decision(event, rows, "awarded", "", args["documentHash"])
    _move(event, rows)


def _disqualified(event: Event, rows: Rows) -> None:
    args = event.args
    put_out(event, rows, "disqualified", DisqualificationReason(args["reason"]).name, args["documentHash"])


def _dropped(event: Event, rows: Rows) -> None:
    put_out(event, rows, "dropped", unpadded(event.args["cause"]), "")


def put_out(event: Event, rows: Rows, kind: str, cause: str, document: str) -> None:
    """The candidate is out, and the next one follows, or nobody is left."""
    row = _lot(event, rows)
    facts = lot_facts_from(row["facts"])
    back = load(row["restored"])
    if facts.head == facts.reached:
        facts = replace(facts, head=facts.head + 1, reached=facts.reached + 1)
    else:
        back.remove(facts.head)
        facts = replace(facts, head=min(back, default=facts.reached), restored=len(back))
    exhausted = facts.head == facts.ranked
    if exhausted:
        facts = replace(_decided(event, facts, rows), failure=LotFailure.EXHAUSTED)
    rows.put(idx_lot, row | {"facts": lot_text(facts), "restored": dump(back)})
    _decision(event, rows, kind, cause, document)
    _move(event, rows, failed=exhausted, until=facts.standstill_ends)


def _explanation_asked(event: Event, rows: Rows) -> None:
    _ask(event, rows, event.args["lot"])


def _explained(event: Event, rows: Rows) -> None:
    _answer(event, rows, event.args["lot"])


def _curing_asked(event: Event, rows: Rows) -> None:
    _ask(event, rows, 0)


def _cured(event: Event, rows: Rows) -> None:
    _answer(event, rows, 0)


def _extended(event: Event, rows: Rows) -> None:
    _decision(event, rows, "extended", str(event.args["due"]), event.args["documentHash"])
    _move(event, rows)


def _security(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_security, {
        "tender": tender_in(event), "bid": args["index"], "status": args["status"], "ref": args["ref"], "at": event.time,
    })  # fmt: skip
    _move(event, rows)


# Rows


def _lot(event: Event, rows: Rows) -> Row:
    return lot_row(tender_in(event), event.args["lot"], rows)


def _terms(event: Event, rows: Rows) -> LotTerms:
    row = stored_tender(event, rows)
    lots = Terms.from_args(load(row["terms"])).setup.lots
    return lots[int(event.args["lot"]) - 1]


def _procedure(event: Event, rows: Rows) -> Procedure:
    return rules_of(tender_in(event), rows)[1]


def _price(event: Event, index: int, envelope: int, rows: Rows) -> int:
    offer = offer_of(tender_in(event), index, envelope, rows)
    assert offer is not None, "the contract ranks opened bids"
    return offer.amounts[int(event.args["lot"]) - 1]


def _decided(event: Event, facts: LotFacts, rows: Rows) -> LotFacts:
    procedure = _procedure(event, rows)
    time = clock_of(facts_of(event, rows), Clock(event.time)).time
    return replace(
        facts, standstill_ends=time + procedure.standstill, signing_period=procedure.signing_period
    )


def _decision(event: Event, rows: Rows, kind: str, cause: str, document: str) -> None:
    rows.put(idx_decision, {
        "tender": tender_in(event), "block": event.block, "tx": event.tx_index, "log": event.log_index, "lot": event.args.get("lot", 0),
        "bid": event.args.get("index", -1), "kind": kind, "cause": cause, "document_hash": document, "at": event.time,
        "transaction": event.transaction,
    })  # fmt: skip


def _ask(event: Event, rows: Rows, lot: int) -> None:
    args = event.args
    rows.put(idx_asked, {
        "tender": tender_in(event), "lot": lot, "bid": args["index"], "until": args["until"], "asked_at": event.time,
        "question": args["documentHash"], "given_at": 0, "answer": "",
    })  # fmt: skip
    _move(event, rows)


def _answer(event: Event, rows: Rows, lot: int) -> None:
    row = rows.get(idx_asked, tender_in(event), lot, event.args["index"])
    assert row is not None, "the contract takes answers to what was asked"
    rows.put(idx_asked, row | {"given_at": event.time, "answer": event.args["documentHash"]})
    _move(event, rows)


def _move(event: Event, rows: Rows, *, failed: bool = False, until: int = 0) -> None:
    facts = facts_of(event, rows)
    if failed:
        facts = replace(
            facts, lots_failed=facts.lots_failed + 1, lots_failed_until=until or facts.lots_failed_until
        )
    move(event, rows, facts)


REDUCERS = {
    "LotTallied": _tallied,
    "LotRanked": _ranked,
    "LotAwarded": _awarded,
    "BidDisqualified": _disqualified,
    "BidDropped": _dropped,
    "ExplanationAsked": _explanation_asked,
    "BidExplained": _explained,
    "CuringAsked": _curing_asked,
    "BidCured": _cured,
    "DecisionExtended": _extended,
    "SecurityRecorded": _security,
}
