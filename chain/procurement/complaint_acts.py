"""Complaints, their review and remedies, suspension: from what a supplier or reviewer says to a call, after the rules agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from chain.bindings import complaint_desk, tender_board
from chain.errors.base import LicitaError
from chain.errors.contracts import (
    ComplaintDeskNotFound,
    ComplaintDeskRemedyInvalid,
    TenderBoardLotNotFound,
)
from chain.errors.procurement import ReasonUnknown
from chain.ocds.intake import Held
from chain.procurement.acts import Prepared, Signed, digest_of, require_held
from chain.procurement.awarding import AwardFacts
from chain.procurement.complaining import Complaints
from chain.procurement.facts import Facts, tender_in
from chain.procurement.sealed import SealedFacts
from chain.rules import record_id, tender_id
from chain.rules.complaints import (
    STAGES,
    Complainant,
    Ground,
    check_admit,
    check_dismiss,
    check_enforce,
    check_execute,
    check_file,
    check_reject,
    check_resume,
    check_suspend,
    check_uphold,
    check_withdraw,
)
from chain.rules.tenders import NEVER, check_consent
from chain.transactions import Call
from chain.types import ZERO32, BidStatus, ComplaintFacts, ComplaintStage, LotFacts, Remedy

__all__ = ["REMEDIES", "STAGE_WORDS", "ComplaintActs"]

STAGE_WORDS = {stage.word: stage for stage in STAGES}
"""Word -> what can be complained about."""

REMEDIES = {remedy.word: remedy for remedy in Remedy if remedy}
"""Word -> what an upheld complaint can oblige to."""

T = TypeVar("T")

_NO_OFFER: tuple[int, bytes, list[int]] = (0, ZERO32, [])


class ComplaintActs:
    """Builds the calls of ComplaintDesk, and the consent to a cancellation; ``held`` as of ``Acts``."""

    def __init__(
        self, facts: Facts, sealed: SealedFacts, awards: AwardFacts, complaints: Complaints, held: Held | None = None, *,
        proposing: bool = False,
    ) -> None:  # fmt: skip
        self._facts = facts
        self._sealed = sealed
        self._awards = awards
        self._complaints = complaints
        self._held = held
        self._proposing = proposing

    def file(self, actor: str, key: str, number: int, lot: int, stage: str, document: str) -> Prepared:
        """A complaint about a lot (0: the whole tender); ``stage``: one of STAGE_WORDS, ``document``: sha256 hex of the complaint.

        Raises ReasonUnknown, DocumentHashWrong, DocumentNotFound and the refusals of ComplaintDesk's file.
        """
        facts, digest = self._facts, digest_of(document)
        about = _known(stage, STAGE_WORDS)
        supplier = facts.supplier_of(actor)
        record = record_id(facts.chain_id, supplier, key)
        ground = self._ground(number, lot)
        complainant = self._complainant(supplier, ground, about)
        check_file(
            facts.caller(actor), ground, complainant, record, int(about), digest,
            recorded=self._complaints.recorded(supplier, record), open_one=self._complaints.open_of(number, supplier, lot, about),
        )  # fmt: skip
        require_held(self._held, digest)
        offer = complainant.offer
        call = complaint_desk.file(
            record,
            tender_id(number),
            lot,
            int(about),
            digest,
            _NO_OFFER if offer is None else offer.as_tuple(),
        )
        what = f"lot {lot} of tender {number}" if lot else f"tender {number}"
        return Prepared(call, "", f"complain about {what}: {stage}")

    def withdraw(self, actor: str, complaint: int) -> Prepared:
        """Takes a complaint back. Raises the refusals of ComplaintDesk's withdraw."""
        known = self._complaints.complaint(complaint)
        check_withdraw(self._facts.caller(actor), complaint, known, self._facts.supplier_of(actor))
        return _prepared(complaint_desk.withdraw(complaint), complaint, "withdraw")

    def admit(self, actor: str, complaint: int, document: str) -> Prepared:
        """Takes it in for review. Raises DocumentHashWrong, DocumentNotFound, the refusals of ComplaintDesk's admit."""
        (known, ground), digest = self._case(complaint), digest_of(document)
        check_admit(self._facts.caller(actor), complaint, known, ground, digest)
        require_held(self._held, digest)
        return _prepared(complaint_desk.admit(complaint, digest), complaint, "admit")

    def reject(self, actor: str, complaint: int, document: str) -> Prepared:
        """Does not take it in. Raises as ``admit``."""
        (known, ground), digest = self._case(complaint), digest_of(document)
        check_reject(self._facts.caller(actor), complaint, known, ground, digest)
        require_held(self._held, digest)
        return _prepared(complaint_desk.reject(complaint, digest), complaint, "reject")

    def dismiss(self, actor: str, complaint: int, document: str) -> Prepared:
        """Finds against the complainant. Raises as ``admit``."""
        (known, ground), digest = self._case(complaint), digest_of(document)
        check_dismiss(self._facts.caller(actor), complaint, known, ground, digest)
        require_held(self._held, digest)
        return _prepared(complaint_desk.dismiss(complaint, digest), complaint, "dismiss")

    def uphold(
        self, actor: str, complaint: int, remedy: str, document: str, bid: int | None = None
    ) -> Prepared:
        """Finds for the complainant; ``remedy``: one of REMEDIES, ``bid``: the one that ``restoreBid`` brings back.

        Raises ReasonUnknown, DocumentHashWrong, DocumentNotFound, the refusals of ComplaintDesk's uphold.
        """
        (known, ground), digest = self._case(complaint), digest_of(document)
        chosen = _known(remedy, REMEDIES)
        place, out = self._place(complaint, known, chosen, bid)
        check_uphold(self._facts.caller(actor), complaint, known, ground, int(chosen), place, digest, out=out)
        require_held(self._held, digest)
        call = complaint_desk.uphold(complaint, int(chosen), place, digest)
        return _prepared(call, complaint, "uphold", f": {remedy}")

    def execute(self, actor: str, complaint: int) -> Prepared:
        """Applies the remedy. Raises the refusals of ComplaintDesk's execute."""
        known, ground = self._case(complaint)
        tender, call = ground.known(), complaint_desk.execute(complaint)
        signed = Signed.of(self._facts, tender.buyer, call, tender.four_eyes, self._proposing)
        check_execute(self._facts.caller(actor), complaint, known, ground, signed.signing)
        return replace(_prepared(call, complaint, "apply the remedy of"), act=signed.act)

    def enforce(self, actor: str, complaint: int, document: str) -> Prepared:
        """Applies the remedy that the buyer did not. Raises as ``admit``, of enforce."""
        (known, ground), digest = self._case(complaint), digest_of(document)
        check_enforce(self._facts.caller(actor), complaint, known, ground, digest)
        require_held(self._held, digest)
        return _prepared(complaint_desk.enforce(complaint, digest), complaint, "enforce the remedy of")

    def suspend(self, actor: str, number: int, document: str) -> Prepared:
        """Orders that a tender stands still. Raises DocumentHashWrong, DocumentNotFound, the refusals of ComplaintDesk's suspend."""
        digest = digest_of(document)
        check_suspend(self._facts.caller(actor), self._ground(number, 0), digest)
        require_held(self._held, digest)
        call = complaint_desk.suspend(tender_id(number), digest)
        return Prepared(call, f"tenders/{number}", f"suspend tender {number}")

    def resume(self, actor: str, number: int, document: str) -> Prepared:
        """Ends that order. Raises as ``suspend``, of resume."""
        digest = digest_of(document)
        check_resume(self._facts.caller(actor), self._ground(number, 0), digest)
        require_held(self._held, digest)
        call = complaint_desk.resume(tender_id(number), digest)
        return Prepared(call, f"tenders/{number}", f"resume tender {number}")

    def consent(self, actor: str, number: int, lot: int, document: str) -> Prepared:
        """Consents to a cancellation (``lot`` 0: of the whole tender). Raises DocumentHashWrong, DocumentNotFound, the refusals of
        TenderBoard's consentCancel."""
        digest, ground = digest_of(document), self._ground(number, lot)
        check_consent(
            self._facts.caller(actor), number, ground.tender, ground.procedure, lot, digest, own=ground.own,
            independent=ground.independent, clock=ground.clock,
        )  # fmt: skip
        require_held(self._held, digest)
        call = tender_board.consent_cancel(tender_id(number), lot, digest)
        what = f"lot {lot} of tender {number}" if lot else f"tender {number}"
        return Prepared(call, f"tenders/{number}", f"consent to the cancellation of {what}")

    def window(self, number: int, lot: int, stage: ComplaintStage) -> int | None:
        """End of the time to complain about a stage of a lot (0: the whole tender), unix seconds, 0 where it has none; None where nobody
        can complain about it now. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        ground = self._ground(number, lot)
        try:
            ground.require_running()
            end = ground.require_in_time(stage)
        except LicitaError:
            return None
        return None if ground.known().review_body == ZERO32 else 0 if end == NEVER else end

    def _case(self, complaint: int) -> tuple[ComplaintFacts, Ground]:
        """A complaint that there is, and what it is about. Raises ComplaintDeskNotFound."""
        known = self._complaints.complaint(complaint)
        if known is None:
            raise ComplaintDeskNotFound(complaint)
        return known, self._ground(known.tender, known.lot)

    def _ground(self, number: int, lot: int) -> Ground:
        """Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        facts = self._facts
        known, procedure = tender_in(facts, number)
        if not 0 <= lot <= known.lots:
            raise TenderBoardLotNotFound(number, lot)
        return Ground(
            number, lot, known, procedure, facts.clock(), self._awards.lot(number, lot) if lot else LotFacts(),
            facts.cancellation(number, lot), self._awards.is_extended(number),
            facts.review_body_fits(known.review_body, known.buyer),
        )  # fmt: skip

    def _complainant(self, supplier: bytes, ground: Ground, stage: ComplaintStage) -> Complainant:
        bid = self._sealed.bid_of(ground.number, supplier)
        if bid.status is BidStatus.NONE:
            return Complainant(supplier)
        tender = ground.known()
        # A box is bound to the terms of its last bid, and for good once it is locked.
        version = tender.terms_version if tender.live_bids else 0
        envelopes = {ComplaintStage.TECHNICAL: 0, ComplaintStage.AWARD: tender.envelopes - 1}
        offer = None
        if stage in envelopes:
            offer = self._awards.offers(ground.number, envelopes[stage]).get(bid.index)
        return Complainant(supplier, bid, version, offer, ZERO32 if offer is None else offer.opening)

    def _place(
        self, complaint: int, known: ComplaintFacts, remedy: Remedy, bid: int | None
    ) -> tuple[int, bool]:
        """Place in the ranking of the bid to restore, and whether it is out. Raises ComplaintDeskRemedyInvalid."""
        if remedy is not Remedy.RESTORE_BID:
            if bid is not None:
                raise ComplaintDeskRemedyInvalid(complaint, int(remedy))
            return 0, False
        ranking = self._awards.ranking(known.tender, known.lot) if known.lot else ()
        if bid is None or bid not in ranking:
            raise ComplaintDeskRemedyInvalid(complaint, int(remedy))
        place = list(ranking).index(bid)
        return place, self._awards.is_out(known.tender, known.lot, place)


def _known(word: str, words: Mapping[str, T]) -> T:
    if word not in words:
        raise ReasonUnknown(word[:80], ", ".join(words))
    return words[word]


def _prepared(call: Call, complaint: int, what: str, more: str = "") -> Prepared:
    return Prepared(call, f"complaints/{complaint}", f"{what} complaint {complaint}{more}")
