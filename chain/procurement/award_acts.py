"""Counting, ranking, awards and what leads to them: from what an officer or bidder says to a call, after the rules agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chain.bindings import award_desk
from chain.errors.procurement import ReasonUnknown
from chain.errors.service import BidNotFound
from chain.ocds.intake import Held
from chain.procurement.acts import Prepared, Signed, digest_of, require_held
from chain.procurement.awarding import AwardFacts
from chain.procurement.evaluating import Evaluations, points_in, votes_on
from chain.procurement.facts import Facts, tender_in
from chain.procurement.sealed import SealedFacts
from chain.rules import tender_id
from chain.rules.awards import (
    PAGE,
    Lot,
    Offer,
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
    keys_of,
    ranked,
)
from chain.transactions import Call
from chain.types import (
    ZERO32,
    BidStatus,
    DisqualificationReason,
    LotFacts,
    PanelVote,
    SecurityStatus,
)

__all__ = ["DISQUALIFICATIONS", "SECURITIES", "AwardActs"]

DISQUALIFICATIONS = {
    reason.word: reason
    for reason in DisqualificationReason
    if DisqualificationReason.NONE < reason < DisqualificationReason.REFUSED_TO_SIGN
}
"""Word -> reason that a bid is put out for by ``disqualify``."""

SECURITIES = {status.word: status for status in SecurityStatus if status}
"""Word -> what can become of a bid's security."""


class AwardActs:
    """Builds the calls of AwardDesk from ``facts``, ``sealed``, ``awards`` and ``evaluations``.

    ``held``: as of ``Acts``; what the buyer decides or asks is read by all whom it concerns, what a bidder answers may be its secret.
    ``proposing``: as of ``Acts``. ``votes``: taken for the panel's on whatever act, instead of those that it cast.
    """

    def __init__(
        self,
        facts: Facts,
        sealed: SealedFacts,
        awards: AwardFacts,
        evaluations: Evaluations,
        held: Held | None = None,
        *,
        proposing: bool = False,
        votes: PanelVote | None = None,
    ) -> None:
        self._facts = facts
        self._sealed = sealed
        self._awards = awards
        self._evaluations = evaluations
        self._given = votes
        self._held = held
        self._proposing = proposing

    def tally(self, number: int, lot: int) -> Prepared:
        """Counts the next page of a lot's bids. Raises the refusals of AwardDesk's tally."""
        at, setup = self._lot(number, lot), self._facts.terms(number).setup
        page, offers = at.facts.tallied // PAGE, self._awards.offers(number)
        given = [offer for index, offer in sorted(offers.items()) if index // PAGE == page]
        check_tally(at, setup, page, given, _openings(given), self._sealed.bid_count(number))
        call = award_desk.tally(
            tender_id(number), lot, setup.as_tuple(), page, [offer.as_tuple() for offer in given]
        )
        return _prepared(call, number, lot, f"count page {page} of lot {lot} of tender {number}")

    def rank(self, number: int, lot: int) -> Prepared:
        """Goes on with the ranking of a lot, which is the same whoever sends it. Raises the refusals of AwardDesk's rank."""
        at, terms = self._lot(number, lot), self._facts.terms(number)
        offers, arrivals = self._awards.offers(number), self._awards.arrivals(number)
        prices = {index: offers[index].amounts[lot - 1] for index in self._awards.admissible(number, lot)}
        points, setup = points_in(self._evaluations, number, terms), terms.setup
        places, there = ranked(keys_of(prices, points), arrivals), list(self._awards.ranking(number, lot))
        # A part that left a bid out is begun anew.
        start = len(there) if there == places[: len(there)] else 0
        page = [offers[index] for index in places[start : start + PAGE]]
        last = arrivals[there[-1]] if there else 0
        orders = {index: arrivals[index] for index in prices}
        check_rank(at, setup, page, _openings(page), orders, last, points)
        call = award_desk.rank(tender_id(number), lot, setup.as_tuple(), [offer.as_tuple() for offer in page])
        return _prepared(call, number, lot, f"rank {len(page)} bids of lot {lot} of tender {number}")

    def award(self, actor: str, number: int, lot: int, index: int, document: str) -> Prepared:
        """Awards a lot to its candidate; ``document``: sha256 hex of the reasoned decision. Raises BidNotFound, DocumentHashWrong,
        DocumentNotFound, the refusals of AwardDesk's award."""
        at, digest, offers = self._lot(number, lot), digest_of(document), self._awards.offers(number)
        supplier, offer = self._supplier(number, index), offers.get(index, Offer(index, ZERO32, ()))
        call = award_desk.award(tender_id(number), lot, supplier, offer.as_tuple(), digest)
        signed = self._signed(at, call)
        check_award(
            self._facts.caller(actor), at, supplier, self._facts.supplier(supplier), offer, digest,
            candidate=self.candidate(at), index=index, openings=_openings([offer] if index in offers else []), low=self._is_low(at),
            explained=self._awards.explanation(number, lot, index).given, curing=self._awards.curing(number, index),
            votes=self._votes(at, call), signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        summary = f"award lot {lot} of tender {number} to bid {index}"
        return _prepared(call, number, lot, summary, signed, digest.hex())

    def disqualify(
        self, actor: str, number: int, lot: int, index: int, reason: str, document: str
    ) -> Prepared:
        """Puts the candidate of a lot out; ``reason``: one of DISQUALIFICATIONS. Raises ReasonUnknown, DocumentHashWrong,
        DocumentNotFound, the refusals of AwardDesk's disqualify."""
        if reason not in DISQUALIFICATIONS:
            raise ReasonUnknown(reason[:80], ", ".join(DISQUALIFICATIONS))
        at, digest, code = self._lot(number, lot), digest_of(document), int(DISQUALIFICATIONS[reason])
        call = award_desk.disqualify(tender_id(number), lot, index, code, digest)
        signed = self._signed(at, call)
        check_disqualify(
            self._facts.caller(actor), at, index, code, digest, candidate=self.candidate(at), low=self._is_low(at),
            explanation=self._awards.explanation(number, lot, index), curing=self._awards.curing(number, index),
            votes=self._votes(at, call), signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        summary = f"disqualify bid {index} for lot {lot} of tender {number}: {reason}"
        return _prepared(call, number, lot, summary, signed, digest.hex())

    def drop(self, number: int, lot: int, index: int) -> Prepared:
        """Puts out the candidate of a lot whose supplier may not be awarded now. Raises BidNotFound, the refusals of dropIneligible."""
        at, supplier = self._lot(number, lot), self._supplier(number, index)
        check_drop(at, supplier, self._facts.supplier(supplier), candidate=self.candidate(at), index=index)
        call = award_desk.drop_ineligible(tender_id(number), lot, supplier)
        return _prepared(call, number, lot, f"drop bid {index} from lot {lot} of tender {number}")

    def ask_explanation(self, actor: str, number: int, lot: int, index: int, document: str) -> Prepared:
        """Asks the candidate of a lot to explain an abnormally low price. Raises DocumentHashWrong, DocumentNotFound, the refusals
        of askExplanation."""
        at, digest = self._lot(number, lot), digest_of(document)
        check_ask_explanation(
            self._facts.caller(actor), at, index, digest, candidate=self.candidate(at), low=self._is_low(at),
            explanation=self._awards.explanation(number, lot, index),
        )  # fmt: skip
        require_held(self._held, digest)
        call = award_desk.ask_explanation(tender_id(number), lot, index, digest)
        return _prepared(
            call, number, lot, f"ask bid {index} to explain its price for lot {lot} of tender {number}"
        )

    def explain(self, actor: str, number: int, lot: int, index: int, document: str) -> Prepared:
        """Explains the price of the caller's bid. Raises DocumentHashWrong, the refusals of AwardDesk's explain."""
        at, digest = self._lot(number, lot), digest_of(document)
        check_explain(
            self._facts.caller(actor), at, index, digest, candidate=self.candidate(at), own=self._own(actor, number),
            explanation=self._awards.explanation(number, lot, index),
        )  # fmt: skip
        call = award_desk.explain(tender_id(number), lot, index, digest)
        return _prepared(
            call, number, lot, f"explain the price of bid {index} for lot {lot} of tender {number}"
        )

    def ask_curing(self, actor: str, number: int, index: int, document: str) -> Prepared:
        """Asks a bidder to cure a formal defect. Raises DocumentHashWrong, DocumentNotFound, the refusals of askCuring."""
        at, digest = self._lot(number, 1), digest_of(document)
        check_ask_curing(
            self._facts.caller(actor), at, index, digest, openings=self._opening(number, index),
            curing=self._awards.curing(number, index),
        )  # fmt: skip
        require_held(self._held, digest)
        call = award_desk.ask_curing(tender_id(number), index, digest)
        return _prepared(call, number, None, f"ask bid {index} of tender {number} to cure a defect")

    def cure(self, actor: str, number: int, index: int, document: str) -> Prepared:
        """Cures the caller's bid. Raises DocumentHashWrong, the refusals of AwardDesk's cure."""
        at, digest = self._lot(number, 1), digest_of(document)
        check_cure(
            self._facts.caller(actor), at, index, digest, own=self._own(actor, number), curing=self._awards.curing(number, index)
        )  # fmt: skip
        call = award_desk.cure(tender_id(number), index, digest)
        return _prepared(call, number, None, f"cure bid {index} of tender {number}")

    def extend(self, actor: str, number: int, document: str) -> Prepared:
        """Doubles the time for decisions, once. Raises DocumentHashWrong, DocumentNotFound, the refusals of extendDecision."""
        at, digest = self._lot(number, 1), digest_of(document)
        check_extend(self._facts.caller(actor), at, digest, extended=self._awards.is_extended(number))
        require_held(self._held, digest)
        call = award_desk.extend_decision(tender_id(number), digest)
        return _prepared(call, number, None, f"extend the time for decisions on tender {number}")

    def record_security(self, actor: str, number: int, index: int, status: str, reference: str) -> Prepared:
        """Records what became of a bid's security; ``reference``: sha256 hex of the paper that says so, ``status``: one of SECURITIES.
        Raises ReasonUnknown, DocumentHashWrong, the refusals of AwardDesk's recordSecurity."""
        if status not in SECURITIES:
            raise ReasonUnknown(status[:80], ", ".join(SECURITIES))
        at, digest, code = self._lot(number, 1), digest_of(reference), int(SECURITIES[status])
        call = award_desk.record_security(tender_id(number), index, code, digest)
        signed = self._signed(at, call)
        check_security(
            self._facts.caller(actor), at, index, code, digest, openings=self._opening(number, index),
            known=self._awards.security(number, index), signing=signed.signing,
        )  # fmt: skip
        summary = f"the security of bid {index} of tender {number}: {status}"
        return _prepared(call, number, None, summary, signed)

    def require_candidate(self, number: int, lot: int) -> int:
        """The bid of a lot that can be awarded or put out. Raises what AwardDesk refuses where there is none."""
        at = self._lot(number, lot)
        found = self.candidate(at)
        at.require_candidate(found, found)
        assert found is not None, "a ranked lot has a candidate"
        return found

    def candidate(self, at: Lot) -> int | None:
        """The bid of a lot that can be awarded or put out: the first of the ranking that is not out."""
        places = self._awards.ranking(at.number, at.lot)
        return places[at.facts.head] if at.facts.head < len(places) else None

    def _opening(self, number: int, index: int) -> dict[int, bytes]:
        """What the committee holds of a bid's first envelope."""
        offer = self._awards.offers(number, 0).get(index)
        return _openings([] if offer is None else [offer])

    def _signed(self, at: Lot, call: Call) -> Signed:
        tender = at.known()
        return Signed.of(self._facts, tender.buyer, call, tender.four_eyes, self._proposing)

    def _votes(self, at: Lot, call: Call) -> PanelVote | None:
        """The panel's votes on an act, None where there is no panel."""
        if self._given is not None:
            return self._given
        return votes_on(self._facts, self._evaluations, at.number, call) if at.known().panel else None

    def _is_low(self, at: Lot) -> bool:
        return self._awards.is_low(at.number, at.lot, at.facts.head)

    def _lot(self, number: int, lot: int) -> Lot:
        """A lot that there is. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        known, procedure = tender_in(self._facts, number)
        bare = Lot(number, lot, known, procedure, LotFacts(), self._facts.clock())
        bare.known()
        return replace(bare, facts=self._awards.lot(number, lot), own=self._facts.cancellation(number, lot))

    def _supplier(self, number: int, index: int) -> bytes:
        """Supplier of a bid. Raises BidNotFound."""
        supplier = self._awards.supplier_at(number, index)
        if supplier == ZERO32:
            raise BidNotFound(number, index)
        return supplier

    def _own(self, actor: str, number: int) -> int | None:
        """Index of the bid of the caller's supplier, None where it never sent one."""
        bid = self._sealed.bid_of(number, self._facts.supplier_of(actor))
        return None if bid.status is BidStatus.NONE else bid.index


def _openings(offers: Iterable[Offer]) -> dict[int, bytes]:
    """What the committee holds of these bids alone: a hash each."""
    return {offer.index: offer.opening for offer in offers}


def _prepared(
    call: Call, number: int, lot: int | None, summary: str, signed: Signed | None = None, *documents: str
) -> Prepared:
    path = f"tenders/{number}" if lot is None else f"tenders/{number}/lots/{lot}"
    return Prepared(call, path, summary, act=signed.act if signed else None, documents=documents)
