"""Sealed bids: what BidBox refuses, in the order in which it does; what stands inside an envelope is judged by chain.sealing."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.contracts import (
    BidBoxAlreadyConfirmed,
    BidBoxBidderRefused,
    BidBoxClosed,
    BidBoxEnvelopesWrong,
    BidBoxFull,
    BidBoxHashZero,
    BidBoxLocked,
    BidBoxNotSealed,
    BidBoxStopped,
    BidBoxTermsStale,
    BidBoxUnknown,
)
from chain.rules.deadlines import Clock
from chain.rules.facts import SupplierFacts
from chain.rules.openings import Due
from chain.rules.registry import ineligible
from chain.rules.tenders import clock_of, has_too_few_bids, opening_times
from chain.types import ZERO32, BidStatus, Procedure, TenderFacts, moment, to_hex

__all__ = [
    "MAX_BIDS", "BidFacts", "check_confirm", "check_submit", "check_withdraw", "is_live", "may_bid", "opening_due",
    "require_open", "status_word",
]  # fmt: skip

MAX_BIDS = 65_535
"""Bidders of a tender whose procedure names no limit."""


@dataclass(frozen=True)
class BidFacts:
    """One supplier's bid (struct Bid in Sealing.sol); all zero where it never sent one. ``index``: its place from 0."""

    index: int = 0
    bidder: str = ""
    version: int = 0
    order: int = 0
    terms_version: int = 0
    status: BidStatus = BidStatus.NONE


def is_live(bid: BidFacts, terms_version: int, envelope: int = 0) -> bool:
    """Whether it is opened: sealed and bound to the last terms; an excluded one in the first envelope only."""
    sealed = bid.status is BidStatus.SEALED or (envelope == 0 and bid.status is BidStatus.EXCLUDED)
    return sealed and bid.terms_version == terms_version


def status_word(bid: BidFacts, terms_version: int) -> str:
    """``sealed``, ``withdrawn``, ``excluded``, or ``lapsed``: sealed, and not confirmed for the last terms."""
    is_lapsed = bid.status is BidStatus.SEALED and bid.terms_version != terms_version
    return "lapsed" if is_lapsed else bid.status.word


def may_bid(tender: TenderFacts, supplier_id: bytes, supplier: SupplierFacts, now: int) -> bool:
    """TenderBoard.bidderOf: whether the supplier is eligible now, and neither buyer nor review body of the tender."""
    aside = supplier_id not in (ZERO32, tender.buyer, tender.review_body)
    return aside and supplier.exists and not ineligible(supplier, now)


def opening_due(number: int, facts: TenderFacts, procedure: Procedure, clock: Clock, phase: int = 0) -> Due:
    """What TenderBoard.bidWindow says of the opening."""
    times = opening_times(facts, procedure, clock)
    halted = bool(facts.suspended_at) or facts.is_stopped
    stopped = halted or has_too_few_bids(facts, procedure, clock)
    closes = clock_of(facts, clock).end_of(facts.deadline)
    return Due(number, stopped, closes, times.open_from, times.fallback_from, times.void_from, phase)


def require_open(
    number: int, facts: TenderFacts | None, procedure: Procedure | None, clock: Clock
) -> TenderFacts:
    """Where bids come in. Raises BidBoxUnknown, BidBoxStopped, BidBoxClosed, BidBoxLocked."""
    if facts is None or procedure is None or facts.terms_version == 0 or facts.keyset_id == ZERO32:
        raise BidBoxUnknown(number)
    due = opening_due(number, facts, procedure, clock)
    if due.stopped:
        raise BidBoxStopped(number)
    if clock.now >= due.closes_at:
        raise BidBoxClosed(number, moment(due.closes_at))
    if facts.locked:
        raise BidBoxLocked(number)
    return facts


def check_submit(
    account: str,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure | None,
    *,
    allowed: bool,
    bid: BidFacts,
    bids: int,
    terms_hash: bytes,
    declarations: bytes,
    envelopes: int,
    clock: Clock,
) -> None:
    """BidBox.submit up to the envelopes themselves.

    ``allowed``: whether the account's supplier may bid; ``bid``: its present one; ``bids``: suppliers that ever sent one here;
    ``envelopes``: how many are sent.
    """
    known = require_open(number, facts, procedure, clock)
    assert procedure is not None  # refused above
    if not allowed:
        raise BidBoxBidderRefused(number, account)
    _require_terms(number, known, terms_hash)
    if not any(declarations):
        raise BidBoxHashZero("declarations")
    if envelopes != procedure.envelopes:
        raise BidBoxEnvelopesWrong(number, procedure.envelopes, envelopes)
    most = procedure.max_bids or MAX_BIDS
    if bid.status is BidStatus.NONE and bids >= most:
        raise BidBoxFull(number, most)


def check_confirm(
    account: str,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure | None,
    *,
    allowed: bool,
    bid: BidFacts,
    terms_hash: bytes,
    clock: Clock,
) -> None:
    """BidBox.confirm; arguments as for ``check_submit``."""
    known = require_open(number, facts, procedure, clock)
    if not allowed:
        raise BidBoxBidderRefused(number, account)
    _require_sealed(number, account, bid)
    _require_terms(number, known, terms_hash)
    if bid.terms_version == known.terms_version:
        raise BidBoxAlreadyConfirmed(number, bid.index)


def check_withdraw(
    account: str,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure | None,
    *,
    is_supplier: bool,
    bid: BidFacts,
    clock: Clock,
) -> None:
    """BidBox.withdraw; ``is_supplier``: whether the account acts for a supplier at all, eligible or not."""
    require_open(number, facts, procedure, clock)
    if not is_supplier:
        raise BidBoxBidderRefused(number, account)
    _require_sealed(number, account, bid)


def _require_terms(number: int, facts: TenderFacts, terms_hash: bytes) -> None:
    if terms_hash != facts.terms_hash:
        raise BidBoxTermsStale(number, to_hex(facts.terms_hash), to_hex(terms_hash))


def _require_sealed(number: int, account: str, bid: BidFacts) -> None:
    if bid.status is not BidStatus.SEALED:
        raise BidBoxNotSealed(number, account)
