"""Was each award lawful? Counting, ranking, low prices, decisions and windows are computed again from the procedure and the openings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chain.audit.act import Act, supplier_facts
from chain.recorder.index.award_desk import lot_facts_from, offer_in
from chain.recorder.index.content import load
from chain.recorder.schema import (
    idx_asked,
    idx_bid,
    idx_box,
    idx_cancellation,
    idx_decision,
    idx_envelope,
    idx_lot,
    idx_security,
    idx_supplier,
    idx_tender,
)
from chain.rules.awards import (
    PAGE,
    Lot,
    Offer,
    Tally,
    admissible_bits,
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
    ineligible,
    tallied,
)
from chain.rules.tenders import opening_times
from chain.types import Asked, LotFacts, LotFailure, SecurityStatus, Terms, from_hex

__all__ = ["CHECKS"]


def _lot(act: Act) -> Lot:
    facts, procedure = act.tender()
    lot = act.args.get("lot", 1)
    row = act.rows.get(idx_lot, act.number, lot)
    cancelled = act.rows.get(idx_cancellation, act.number, lot)
    own = 0 if cancelled is None else int(cancelled["cancels_at"])
    known = LotFacts() if row is None else lot_facts_from(row["facts"])
    return Lot(act.number, lot, facts, procedure, known, act.clock, own)


def _terms(act: Act) -> Terms:
    return Terms.from_args(load(act.known(idx_tender, act.number)["terms"]))


def _bids(act: Act) -> int:
    box = act.rows.get(idx_box, act.number)
    return 0 if box is None else int(box["bids"])


def _offer(act: Act, index: int) -> Offer | None:
    row = act.rows.get(idx_envelope, act.number, index, 0)
    return None if row is None else offer_in(row)


def _openings(act: Act, first: int, last: int) -> dict[int, Offer]:
    """Opened bids with ``first <= index < last``."""
    offers = (_offer(act, index) for index in range(first, last))
    return {offer.index: offer for offer in offers if offer is not None}


def _hashes(offers: Mapping[int, Offer]) -> dict[int, bytes]:
    return {index: offer.opening for index, offer in offers.items()}


def _candidate(act: Act, lot: Lot) -> int | None:
    row = act.rows.get(idx_lot, act.number, lot.lot)
    ranking = [] if row is None else load(row["ranking"])
    return ranking[lot.facts.head] if lot.facts.head < len(ranking) else None


def _is_low(act: Act, lot: Lot) -> bool:
    row = act.rows.get(idx_lot, act.number, lot.lot)
    return row is not None and lot.facts.head in load(row["low"])


def _asked(act: Act, lot: int, index: int) -> Asked:
    row = act.rows.get(idx_asked, act.number, lot, index)
    return Asked() if row is None else Asked(row["until"], bool(row["given_at"]))


def _supplier_of(act: Act, index: int) -> str | None:
    row = act.rows.get(idx_bid, act.number, index)
    return None if row is None else str(row["supplier"])


def _own(act: Act, index: int) -> int | None:
    """``index`` where the sender acts for the supplier of that bid."""
    supplier = _supplier_of(act, index)
    return index if supplier is not None and from_hex(supplier) == act.supplier() else None


def _document(act: Act) -> bytes:
    return from_hex(act.args["documentHash"])


def _tallied(act: Act) -> None:
    lot, page, terms = _lot(act), int(act.args["page"]), _terms(act)
    bids = _bids(act)
    offers = _openings(act, page * PAGE, min((page + 1) * PAGE, bids))
    check_tally(lot, terms.setup, page, list(offers.values()), _hashes(offers), bids)
    made = tallied(lot.lot, terms.setup.lots[lot.lot - 1], lot.procedure, offers.values())
    act.must("admissible", str(admissible_bits(page, made)))
    whole = Tally(
        lot.facts.offers + made.offers, made.prices if made.prices or not lot.facts.admissible else {0: 0}
    )
    is_last = (page + 1) * PAGE >= bids
    act.must("failure", int(whole.failure(lot.procedure) if is_last else LotFailure.NONE))


def _ranked(act: Act) -> None:
    lot, row = _lot(act), act.known(idx_lot, act.number, act.args["lot"])
    act.must("place", lot.facts.ranked)
    named = list(act.args["indexes"])
    found = {index: _offer(act, index) for index in named}
    offers = {index: offer for index, offer in found.items() if offer is not None}
    given = [offers.get(index, Offer(index, bytes(32), ())) for index in named]
    bits, ranking = int(row["admissible"], 16), load(row["ranking"])
    orders = {index: _order(act, index) for index in named if bits >> index & 1}
    last = _order(act, ranking[-1]) if ranking else 0
    check_rank(lot, _terms(act).setup, given, _hashes(offers), orders, last)


def _order(act: Act, index: int) -> int:
    return int(act.known(idx_bid, act.number, index)["arrival"])


def _awarded(act: Act) -> None:
    lot, index, supplier = _lot(act), act.args["index"], act.args["supplier"]
    offer = _offer(act, index) or Offer(index, bytes(32), ())
    facts = supplier_facts(act.rows.get(idx_supplier, supplier))
    mine = index if _supplier_of(act, index) == supplier else None
    check_award(
        act.caller(), lot, from_hex(supplier), facts, offer, _document(act), candidate=_candidate(act, lot), index=mine,
        openings={index: offer.opening}, low=_is_low(act, lot), explained=_asked(act, lot.lot, index).given, curing=_asked(act, 0, index),
    )  # fmt: skip
    act.must("price", str(offer.amounts[lot.lot - 1]))


def _disqualified(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    check_disqualify(
        act.caller(), lot, index, act.args["reason"], _document(act), candidate=_candidate(act, lot), low=_is_low(act, lot),
        explanation=_asked(act, lot.lot, index), curing=_asked(act, 0, index),
    )  # fmt: skip


def _dropped(act: Act) -> None:
    lot, index, supplier = _lot(act), act.args["index"], act.args["supplier"]
    facts = supplier_facts(act.rows.get(idx_supplier, supplier))
    mine = index if _supplier_of(act, index) == supplier else None
    check_drop(lot, from_hex(supplier), facts, candidate=_candidate(act, lot), index=mine)
    act.must("cause", "0x" + ineligible(facts, act.now).encode().ljust(32, b"\0").hex())


def _explanation_asked(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    check_ask_explanation(
        act.caller(), lot, index, _document(act), candidate=_candidate(act, lot), low=_is_low(act, lot),
        explanation=_asked(act, lot.lot, index),
    )  # fmt: skip
    act.must("until", act.now + lot.procedure.explanation_window)


def _explained(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    check_explain(
        act.caller(), lot, index, _document(act), candidate=_candidate(act, lot), own=_own(act, index),
        explanation=_asked(act, lot.lot, index),
    )  # fmt: skip


def _curing_asked(act: Act) -> None:
    lot, index = _lot(act), act.args["index"]
    openings = _hashes(_openings(act, index, index + 1))
    check_ask_curing(
        act.caller(), lot, index, _document(act), openings=openings, curing=_asked(act, 0, index)
    )  # fmt: skip
    act.must("until", act.now + lot.procedure.curing_window)


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
    openings = _hashes(_openings(act, index, index + 1))
    check_security(
        act.caller(), lot, index, act.args["status"], from_hex(act.args["ref"]), openings=openings, known=known
    )  # fmt: skip


CHECKS: Mapping[str, Callable[[Act], None]] = {
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
"""Event of AwardDesk -> its check."""
