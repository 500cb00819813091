"""Bids: from sealed envelopes to a call, after the rules agreed. No amount, document or secret ever comes here."""

from __future__ import annotations

from collections.abc import Sequence

from chain.bindings import bid_box
from chain.errors.contracts import BidBoxUnknown
from chain.procurement.acts import Prepared
from chain.procurement.facts import Facts
from chain.procurement.sealed import SealedFacts, context_of
from chain.rules import tender_id
from chain.rules.bids import check_confirm, check_submit, check_withdraw, may_bid
from chain.sealing.envelope import Envelope, check
from chain.types import ZERO32, Procedure, TenderFacts

__all__ = ["BidActs"]


class BidActs:
    """Builds the calls of BidBox from ``facts`` and ``sealed``."""

    def __init__(self, facts: Facts, sealed: SealedFacts) -> None:
        self._facts = facts
        self._sealed = sealed

    def submit(
        self, actor: str, number: int, terms_hash: bytes, declarations: bytes, envelopes: Sequence[bytes]
    ) -> Prepared:
        """A bid, or a new version of it; ``terms_hash`` and ``declarations`` of 32 bytes. Raises the refusals of BidBox's submit, but
        PointReused of other bids' points, which only the contract knows."""
        facts, clock = self._facts, self._facts.clock()
        known, procedure = self._tender(number)
        supplier = facts.supplier_of(actor)
        bid = self._sealed.bid_of(number, supplier)
        check_submit(
            actor, number, known, procedure, allowed=may_bid(known, supplier, facts.supplier(supplier), clock.now), bid=bid,
            bids=self._sealed.bid_count(number), terms_hash=terms_hash, declarations=declarations, envelopes=len(envelopes), clock=clock,
        )  # fmt: skip
        checked: list[Envelope] = []
        for place, data in enumerate(envelopes):
            context = context_of(self._sealed, number, place, actor, bid.version + 1, known.keyset_id)
            words = known.lots + 1 if place + 1 == procedure.envelopes else 1
            used = {envelope.u.x for envelope in checked}
            checked.append(check(data, context, words, procedure.body_blocks, used))
        witnesses = [envelope.witness().as_tuple() for envelope in checked]
        call = bid_box.submit(tender_id(number), terms_hash, declarations, list(envelopes), witnesses)
        what = "a bid" if not bid.version else f"version {bid.version + 1} of the bid"
        return Prepared(call, f"tenders/{number}", f"seal {what} for tender {number}")

    def confirm(self, actor: str, number: int, terms_hash: bytes) -> Prepared:
        """Binds the untouched bid to an addendum. Raises the refusals of BidBox's confirm."""
        facts, clock = self._facts, self._facts.clock()
        known, procedure = self._tender(number)
        supplier = facts.supplier_of(actor)
        check_confirm(
            actor, number, known, procedure, allowed=may_bid(known, supplier, facts.supplier(supplier), clock.now),
            bid=self._sealed.bid_of(number, supplier), terms_hash=terms_hash, clock=clock,
        )  # fmt: skip
        call = bid_box.confirm(tender_id(number), terms_hash)
        return Prepared(call, f"tenders/{number}", f"confirm the bid for tender {number}")

    def withdraw(self, actor: str, number: int) -> Prepared:
        """Takes the bid back. Raises the refusals of BidBox's withdraw."""
        known, procedure = self._tender(number)
        supplier = self._facts.supplier_of(actor)
        check_withdraw(
            actor, number, known, procedure, is_supplier=supplier != ZERO32, bid=self._sealed.bid_of(number, supplier),
            clock=self._facts.clock(),
        )  # fmt: skip
        return Prepared(
            bid_box.withdraw(tender_id(number)), f"tenders/{number}", f"withdraw the bid for tender {number}"
        )

    def _tender(self, number: int) -> tuple[TenderFacts, Procedure]:
        known = self._facts.tender(number)
        procedure = self._facts.procedure(known.procedure, known.procedure_version)[0] if known else None
        if known is None or procedure is None:
            raise BidBoxUnknown(number)
        return known, procedure
