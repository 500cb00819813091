"""Lots, decisions, times to answer and securities, from the events of AwardDesk.

What an event does not say of a lot is computed: sums and prices from the openings of the bids, by the rules that the contract has.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from chain.recorder.index.content import dump, load
from chain.recorder.index.facts import facts_from, facts_text
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import (
    idx_asked,
    idx_box,
    idx_decision,
    idx_envelope,
    idx_lot,
    idx_procedure,
    idx_security,
    idx_tender,
)
from chain.rules.awards import PAGE, Offer, low_places, tallied
from chain.types import (
    DisqualificationReason,
    Event,
    LotFacts,
    LotFailure,
    Procedure,
    TenderFacts,
    Terms,
    from_hex,
)

__all__ = ["REDUCERS", "lot_facts_from", "offer_in"]


def lot_facts_from(text: str) -> LotFacts:
    """The stored facts of a lot, as ``idx_lot`` has them."""
    values = load(text)
    return LotFacts(**values | {"failure": LotFailure(values["failure"])})


def offer_in(row: Row) -> Offer | None:
    """What an opened envelope offers; None while it is sealed. ``row``: of idx_envelope."""
    if not row["opening"]:
        return None
    opening = load(row["opening"])
    return Offer(
        row["bid"], from_hex(opening["docCommit"]), tuple(int(amount) for amount in opening["amounts"])
    )


def _tallied(event: Event, rows: Rows) -> None:
    args, row = event.args, _lot(event, rows)
    facts, page, number = lot_facts_from(row["facts"]), int(args["page"]), args["lot"]
    box = rows.get(idx_box, _tender_in(event))
    assert box is not None, "the contract counts opened bids"
    to = min((page + 1) * PAGE, box["bids"])
    offers = [
        offer
        for offer in (_offer(event, index, rows) for index in range(page * PAGE, to))
        if offer is not None
    ]
    procedure, terms = _rules(event, rows)
    made = tallied(number, terms.setup.lots[number - 1], procedure, offers)
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
    rows.put(idx_lot, row | {"facts": _text(facts), "admissible": hex(bits)})
    _move(event, rows, failed=failure is not LotFailure.NONE)


def _ranked(event: Event, rows: Rows) -> None:
    args, row = event.args, _lot(event, rows)
    ranking = [*load(row["ranking"]), *args["indexes"]]
    procedure, terms = _rules(event, rows)
    prices = [_price(event, index, rows) for index in ranking]
    facts = replace(lot_facts_from(row["facts"]), ranked=len(ranking), last=prices[-1])
    # Only the whole list tells which price is low beside the next one: what stands meanwhile is read by nobody.
    low = (
        low_places(prices, terms.setup.lots[args["lot"] - 1], procedure)
        if facts.ranked == facts.admissible
        else ()
    )
    rows.put(idx_lot, row | {"facts": _text(facts), "ranking": dump(ranking), "low": dump(sorted(low))})
    _move(event, rows)


def _awarded(event: Event, rows: Rows) -> None:
    args, row = event.args, _lot(event, rows)
    facts = replace(_decided(event, lot_facts_from(row["facts"]), rows), price=int(args["price"]))
    rows.put(idx_lot, row | {"facts": _text(facts), "supplier": args["supplier"], "awarded_at": event.time})
    _decision(event, rows, "awarded", "", args["documentHash"])
    _move(event, rows)


def _disqualified(event: Event, rows: Rows) -> None:
    args = event.args
    _out(event, rows)
    _decision(event, rows, "disqualified", DisqualificationReason(args["reason"]).name, args["documentHash"])


def _dropped(event: Event, rows: Rows) -> None:
    _out(event, rows)
    _decision(event, rows, "dropped", bytes.fromhex(event.args["cause"][2:]).rstrip(b"\0").decode(), "")


def _out(event: Event, rows: Rows) -> None:
    row = _lot(event, rows)
    facts = lot_facts_from(row["facts"])
    facts = replace(facts, head=facts.head + 1)
    exhausted = facts.head == facts.ranked
    if exhausted:
        facts = replace(_decided(event, facts, rows), failure=LotFailure.EXHAUSTED)
    rows.put(idx_lot, row | {"facts": _text(facts)})
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
        "tender": _tender_in(event), "bid": args["index"], "status": args["status"], "ref": args["ref"], "at": event.time,
    })  # fmt: skip
    _move(event, rows)


# Rows


def _tender_in(event: Event) -> int:
    return int(event.args["id"], 16)


def _lot(event: Event, rows: Rows) -> Row:
    tender, lot = _tender_in(event), event.args["lot"]
    return rows.get(idx_lot, tender, lot) or {
        "tender": tender, "lot": lot, "facts": _text(LotFacts()), "admissible": "0x0", "ranking": "[]", "low": "[]", "supplier": "",
        "awarded_at": 0,
    }  # fmt: skip


def _text(facts: LotFacts) -> str:
    return dump(asdict(facts))


def _tender(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_tender, _tender_in(event))
    assert row is not None, "a tender is published before anything else happens to it"
    return row


def _rules(event: Event, rows: Rows) -> tuple[Procedure, Terms]:
    row = _tender(event, rows)
    facts = facts_from(row["facts"])
    procedure = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert procedure is not None, "the contract takes an adopted procedure only"
    return procedure_in(procedure), Terms.from_args(load(row["terms"]))


def _offer(event: Event, index: int, rows: Rows) -> Offer | None:
    row = rows.get(idx_envelope, _tender_in(event), index, 0)
    return None if row is None else offer_in(row)


def _price(event: Event, index: int, rows: Rows) -> int:
    offer = _offer(event, index, rows)
    assert offer is not None, "the contract ranks opened bids"
    amount: int = offer.amounts[int(event.args["lot"]) - 1]
    return amount


def _decided(event: Event, facts: LotFacts, rows: Rows) -> LotFacts:
    procedure, _ = _rules(event, rows)
    return replace(
        facts, standstill_ends=event.time + procedure.standstill, signing_period=procedure.signing_period
    )


def _decision(event: Event, rows: Rows, kind: str, cause: str, document: str) -> None:
    rows.put(idx_decision, {
        "tender": _tender_in(event), "block": event.block, "tx": event.tx_index, "log": event.log_index, "lot": event.args.get("lot", 0),
        "bid": event.args.get("index", -1), "kind": kind, "cause": cause, "document_hash": document, "at": event.time,
        "transaction": event.transaction,
    })  # fmt: skip


def _ask(event: Event, rows: Rows, lot: int) -> None:
    args = event.args
    rows.put(idx_asked, {
        "tender": _tender_in(event), "lot": lot, "bid": args["index"], "until": args["until"], "asked_at": event.time,
        "question": args["documentHash"], "given_at": 0, "answer": "",
    })  # fmt: skip
    _move(event, rows)


def _answer(event: Event, rows: Rows, lot: int) -> None:
    row = rows.get(idx_asked, _tender_in(event), lot, event.args["index"])
    assert row is not None, "the contract takes answers to what was asked"
    rows.put(idx_asked, row | {"given_at": event.time, "answer": event.args["documentHash"]})
    _move(event, rows)


def _move(event: Event, rows: Rows, *, failed: bool = False, until: int = 0) -> None:
    row = _tender(event, rows)
    facts: TenderFacts = facts_from(row["facts"])
    if failed:
        facts = replace(
            facts, lots_failed=facts.lots_failed + 1, lots_failed_until=until or facts.lots_failed_until
        )
    mark = {"last_block": event.block, "last_tx": event.tx_index, "last_log": event.log_index}
    rows.put(idx_tender, row | {"facts": facts_text(facts), **mark})


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
