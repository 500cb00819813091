"""Was each award lawful? Counting, ranking, low prices, decisions and windows are computed again from the procedure and the openings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from chain.audit.act import Act, supplier_facts
from chain.audit.complaints import cancellation_of
from chain.bindings import award_desk
from chain.recorder.index.award_desk import lot_facts_from, offers_of
from chain.recorder.index.content import load
from chain.recorder.index.evaluation_desk import points_in
from chain.recorder.schema import (
    idx_asked,
    idx_bid,
    idx_box,
    idx_decision,
    idx_lot,
    idx_security,
    idx_supplier,
    idx_tender,
)
from chain.rules.agreements import Signable
from chain.rules.awards import (
    PAGE,
    Lot,
    Offer,
    admissible_bits,
    begins_anew,
    check_ask_curing,
    check_ask_explanation,
    check_award,
    check_cure,
    check_disqualify,
    check_drop,
    check_explain,
    check_extend,
    check_rank,
    check_security,
    check_tally,
    failure_of,
    tallied,
)
from chain.rules.registry import ineligible
from chain.rules.tenders import opening_times
from chain.transactions import Call
from chain.types import (
    Asked,
    LotFacts,
    LotFailure,
    PanelVote,
    SecurityStatus,
    Terms,
    from_hex,
    padded,
    to_hex,
)

__all__ = ["Votes", "candidate_of", "checks", "supplier_at"]

Votes = Callable[[Act, Call], PanelVote]
"""Event of an act, and the call that it tells of -> the votes that the act used up."""


def _lot(act: Act) -> Lot:
    facts, procedure = act.tender()
    lot = act.args.get("lot", 1)
    row = act.rows.get(idx_lot, act.number, lot)
    known = LotFacts() if row is None else lot_facts_from(row["facts"])
    return Lot(act.number, lot, facts, procedure, known, act.clock, cancellation_of(act, lot))


def _terms(act: Act) -> Terms:
    return Terms.from_args(load(act.known(idx_tender, act.number)["terms"]))


def _bids(act: Act) -> int:
    box = act.rows.get(idx_box, act.number)
    return 0 if box is None else int(box["bids"])


def _priced(act: Act, indexes: Iterable[int]) -> dict[int, Offer]:
    """Those of these bids whose price is open, by index."""
    return offers_of(act.number, indexes, act.tender()[0].envelopes - 1, act.rows)


def _hashes(offers: Mapping[int, Offer]) -> dict[int, bytes]:
    return {index: offer.opening for index, offer in offers.items()}


def candidate_of(act: Act, lot: Lot | Signable) -> tuple[int | None, bool]:
    """The first of the ranking that is not out, and whether its price is abnormally low."""
    row, head = act.rows.get(idx_lot, act.number, lot.lot), lot.facts.head
    if row is None or head >= lot.facts.ranked:
        return None, False
    return load(row["ranking"])[head], head in load(row["low"])


def _asked(act: Act, lot: int, index: int) -> Asked:
    row = act.rows.get(idx_asked, act.number, lot, index)
    return Asked() if row is None else Asked(row["until"], bool(row["given_at"]))


def supplier_at(act: Act, index: int) -> str | None:
    """Whose bid has this index; None where there is no such bid."""
    row = act.rows.get(idx_bid, act.number, index)
    return None if row is None else str(row["supplier"])


def _own(act: Act, index: int) -> int | None:
    """``index`` where the sender acts for the supplier of that bid."""
    supplier = supplier_at(act, index)
    return index if supplier is not None and from_hex(supplier) == act.supplier() else None


def _document(act: Act) -> bytes:
    return from_hex(act.args["documentHash"])


def _tallied(act: Act) -> None:
    lot, page, terms = _lot(act), int(act.args["page"]), _terms(act)
    bids = _bids(act)
    offers = _priced(act, range(page * PAGE, min((page + 1) * PAGE, bids)))
    check_tally(lot, terms.setup, page, list(offers.values()), _hashes(offers), bids)
    made = tallied(lot.lot, terms.setup.lots[lot.lot - 1], lot.procedure, offers.values())
    act.must("admissible", str(admissible_bits(page, made)))
    is_last = (page + 1) * PAGE >= bids
    whole = (lot.facts.offers + made.offers, lot.facts.admissible + len(made.prices))
    act.must("failure", int(failure_of(*whole, lot.procedure) if is_last else LotFailure.NONE))


def _ranked(act: Act) -> None:
    lot, row = _lot(act), act.known(idx_lot, act.number, act.args["lot"])
    named = list(act.args["indexes"])
    offers = _priced(act, named)
    given = [offers.get(index, Offer(index, bytes(32), ())) for index in named]
    bits, ranking = int(row["admissible"], 16), load(row["ranking"])
    orders = {index: _order(act, index) for index in named if bits >> index & 1}
    last = _order(act, ranking[-1]) if ranking else 0
    points = points_in(act.number, act.rows)
    check_rank(lot, _terms(act).setup, given, _hashes(offers), orders, last, points)
    first = given[0]
    price = first.amounts[lot.lot - 1]
    key = price if points is None else points.key(first.index, price, lot.facts.min)
    is_new = begins_anew(lot.facts, key, orders[first.index], last, by_points=points is not None)
    act.must("place", 0 if is_new else lot.facts.ranked)


def _order(act: Act, index: int) -> int:
    return int(act.known(idx_bid, act.number, index)["arrival"])


def _awarded(act: Act, votes: Votes) -> None:
    lot, index, supplier = _lot(act), act.args["index"], act.args["supplier"]
    offer = _priced(act, [index]).get(index) or Offer(index, bytes(32), ())
    facts = supplier_facts(act.rows.get(idx_supplier, supplier))
    mine = index if supplier_at(act, index) == supplier else None
    candidate, low = candidate_of(act, lot)
    document, id = _document(act), from_hex(act.args["id"])
    made = award_desk.award(id, lot.lot, from_hex(supplier), offer.as_tuple(), document)
    check_award(
        act.caller(), lot, from_hex(supplier), facts, offer, document, candidate=candidate, index=mine,
        openings={index: offer.opening}, low=low, explained=_asked(act, lot.lot, index).given, curing=_asked(act, 0, index),
        votes=votes(act, made), signing=act.signing,
    )  # fmt: skip
    act.must("price", str(offer.amounts[lot.lot - 1]))


def _disqualified(act: Act, votes: Votes) -> None:
    lot, index = _lot(act), act.args["index"]
    candidate, low = candidate_of(act, lot)
    reason, document = act.args["reason"], _document(act)
    made = award_desk.disqualify(from_hex(act.args["id"]), lot.lot, index, reason, document)
    check_disqualify(
        act.caller(), lot, index, reason, document, candidate=candidate, low=low,
        explanation=_asked(act, lot.lot, index), curing=_asked(act, 0, index), votes=votes(act, made), signing=act.signing,
    )  # fmt: skip


def _dropped(act: Act) -> None:
    lot, index, supplier = _lot(act), act.args["index"], act.args["supplier"]
    facts = supplier_facts(act.rows.get(idx_supplier, supplier))
    mine = index if supplier_at(act, index) == supplier else None
    candidate, _ = candidate_of(act, lot)
    check_drop(lot, from_hex(supplier), facts, candidate=candidate, index=mine)
    act.must("cause", to_hex(padded(ineligible(facts, act.now), 32)))


def _explanation_asked(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    candidate, low = candidate_of(act, lot)
    check_ask_explanation(
        act.caller(), lot, index, _document(act), candidate=candidate, low=low,
        explanation=_asked(act, lot.lot, index),
    )  # fmt: skip
    act.must("until", lot.own_clock.time + lot.procedure.explanation_window)


def _explained(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    candidate, _ = candidate_of(act, lot)
    check_explain(
        act.caller(), lot, index, _document(act), candidate=candidate, own=_own(act, index),
        explanation=_asked(act, lot.lot, index),
    )  # fmt: skip


def _curing_asked(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    openings = _hashes(offers_of(act.number, [index], 0, act.rows))
    check_ask_curing(
        act.caller(), lot, index, _document(act), openings=openings, curing=_asked(act, 0, index)
    )  # fmt: skip
    act.must("until", lot.own_clock.time + lot.procedure.curing_window)


def _cured(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    check_cure(
        act.caller(), lot, index, _document(act), own=_own(act, index), curing=_asked(act, 0, index)
    )  # fmt: skip


def _extended(act: Act) -> None:
    lot = _lot(act)
    rows = act.rows.all(idx_decision)
    before = any(row["tender"] == act.number and row["kind"] == "extended" for row in rows)
    check_extend(act.caller(), lot, _document(act), extended=before)
    opens = opening_times(*act.tender(), act.clock).open_from
    act.must("due", opens + 2 * lot.procedure.decision_period)


def _security(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    row = act.rows.get(idx_security, act.number, index)
    known = SecurityStatus.NONE if row is None else SecurityStatus(row["status"])
    openings = _hashes(offers_of(act.number, [index], 0, act.rows))
    check_security(
        act.caller(), lot, index, act.args["status"], from_hex(act.args["ref"]), openings=openings, known=known,
        signing=act.signing,
    )  # fmt: skip


_CHECKS: Mapping[str, Callable[[Act], None]] = {
    "LotTallied": _tallied,
    "LotRanked": _ranked,
    "BidDropped": _dropped,
    "ExplanationAsked": _explanation_asked,
    "BidExplained": _explained,
    "CuringAsked": _curing_asked,
    "BidCured": _cured,
    "DecisionExtended": _extended,
    "SecurityRecorded": _security,
}


def checks(votes: Votes) -> dict[str, Callable[[Act], None]]:
    """Event of AwardDesk -> its check; ``votes``: those of the panel, see ``Votes``."""
    decisions = {
        "LotAwarded": partial(_awarded, votes=votes),
        "BidDisqualified": partial(_disqualified, votes=votes),
    }
    return {**_CHECKS, **decisions}
