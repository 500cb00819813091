"""Complaints, what they bar and oblige to, suspension: what ComplaintDesk refuses, in the order in which it does.

The order is 404, 403, four eyes, other 409, 422, as contracts/README.md lists it; errors of called contracts
stand where they are called. Times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chain.errors.contracts import (
    ComplaintDeskAlreadyRecorded,
    ComplaintDeskDuplicate,
    ComplaintDeskHashZero,
    ComplaintDeskNoStanding,
    ComplaintDeskNotFound,
    ComplaintDeskRemedyInvalid,
    ComplaintDeskRemedyNotDue,
    ComplaintDeskRoleConflict,
    ComplaintDeskRoleMissing,
    ComplaintDeskStageWrong,
    ComplaintDeskStatusWrong,
    ComplaintDeskTooLate,
    TenderBoardLotNotFound,
    TenderBoardPausesFull,
    TenderBoardReviewBodyInvalid,
    TenderBoardStatusWrong,
)
from chain.rules.awards import Offer
from chain.rules.bids import BidFacts, is_live
from chain.rules.deadlines import Clock
from chain.rules.four_eyes import NOT_PROPOSED, Signing, require_signed
from chain.rules.registry import require_eligible
from chain.rules.tenders import (
    MAX_PAUSES,
    NEVER,
    Caller,
    clock_of,
    lot_status,
    opening_times,
    require_tender,
    require_unsigned,
    tender_status,
)
from chain.types import (
    ZERO32,
    Cancellation,
    ComplaintFacts,
    ComplaintStage,
    ComplaintStatus,
    LotFacts,
    LotFailure,
    LotStatus,
    Pause,
    Procedure,
    Remedy,
    Role,
    TenderFacts,
    TenderStatus,
    moment,
    to_hex,
)

__all__ = [
    "STAGES", "Complainant", "Ground", "applied", "check_admit", "check_dismiss", "check_enforce", "check_execute", "check_file",
    "check_reject", "check_resume", "check_suspend", "check_uphold", "check_withdraw", "paused", "prolonged", "restored",
]  # fmt: skip

STAGES = (
    ComplaintStage.TERMS,
    ComplaintStage.TECHNICAL,
    ComplaintStage.AWARD,
    ComplaintStage.CANCELLATION,
    ComplaintStage.OMISSION,
)
"""What may be complained about."""

_REMEDIES: Mapping[ComplaintStage, tuple[Remedy, ...]] = {
    ComplaintStage.TERMS: (Remedy.AMEND, Remedy.CANCEL_TENDER),
    ComplaintStage.TECHNICAL: (Remedy.CANCEL_TENDER, Remedy.REDO_TECHNICAL, Remedy.RESCORE),
    ComplaintStage.AWARD: (Remedy.CANCEL_TENDER, Remedy.CANCEL_AWARD, Remedy.RESTORE_BID),
    ComplaintStage.CANCELLATION: (Remedy.UNDO_CANCELLATION,),
    ComplaintStage.OMISSION: (Remedy.CANCEL_TENDER,),
}
_LARGEST = 2**128 - 1


@dataclass(frozen=True)
class Ground:
    """A tender, one of its lots (0 = the whole tender) and the time. ``tender``: its facts, None where there is none; ``lot_facts``: what
    AwardDesk holds of the lot; ``own``: cancellation of the lot, of the tender where that is meant; ``extended``: whether the time for
    decisions was; ``independent``: the review body of the buyer."""

    number: int
    lot: int
    tender: TenderFacts | None
    procedure: Procedure
    clock: Clock
    lot_facts: LotFacts = field(default_factory=LotFacts)
    own: Cancellation = field(default_factory=lambda: Cancellation(0))
    extended: bool = False
    independent: bool = True

    def known(self) -> TenderFacts:
        """The tender. Raises TenderBoardNotFound."""
        return require_tender(self.number, self.tender)

    @property
    def own_clock(self) -> Clock:
        """The clock of the tender."""
        return clock_of(self.known(), self.clock)

    def status(self) -> TenderStatus:
        """The tender's."""
        return tender_status(self.known(), self.procedure, self.clock)

    def require_running(self) -> TenderStatus:
        """Raises TenderBoardStatusWrong."""
        status = self.status()
        if status.is_end:
            raise TenderBoardStatusWrong(self.number, status)
        return status

    def require_reviewer(self, caller: Caller, supplier: bytes = ZERO32) -> None:
        """``supplier``: the complainant. Raises ComplaintDeskRoleMissing, -RoleConflict."""
        body = self.known().review_body
        if not caller.runs(body, Role.REVIEWER, self.clock.now):
            raise ComplaintDeskRoleMissing("REVIEWER", caller.address)
        if body == supplier or not self.independent:
            raise ComplaintDeskRoleConflict("REVIEWER", caller.address)

    def require_in_time(self, stage: ComplaintStage) -> int:
        """The end of the time to complain, NEVER where it has none. Raises ComplaintDeskStageWrong where there is nothing to complain
        about, ComplaintDeskTooLate."""
        tender, clock = self.known(), self.own_clock
        end, due = NEVER, True
        if stage is ComplaintStage.TERMS:
            end = clock.end_of(tender.deadline)
        elif stage is ComplaintStage.TECHNICAL:
            # The result is of all lots.
            due = tender.technical_ends != 0 and self.lot == 0
            end = clock.end_of(tender.technical_ends)
        elif stage is ComplaintStage.CANCELLATION:
            due = self.own.proposed_at != 0
            end = clock.end_of(self.own.cancels_at) if self.own.cancels_at else NEVER
        elif stage is ComplaintStage.AWARD:
            decided = self.lot_facts.standstill_ends if self.lot else 0
            # An outage that is told late may move the end past the signatures.
            due = decided != 0 and self._lot_status() not in (LotStatus.SIGNED, LotStatus.CANCELLED)
            if due:
                end = clock.end_of(decided - self.procedure.standstill + self.procedure.complaint_window)
        else:
            due = (self.lot == 0 and self._is_answer_overdue()) or self._is_decision_overdue()
        if not due:
            raise ComplaintDeskStageWrong(self.number, int(stage))
        if self.clock.now >= end:
            raise ComplaintDeskTooLate(self.number, moment(end))
        return end

    def _lot_status(self) -> LotStatus:
        return lot_status(self.known(), self.procedure, self.own, self.lot_facts, self.clock)

    def _is_answer_overdue(self) -> bool:
        tender = self.known()
        end = self.own_clock.end_of(tender.deadline)
        return tender.open_questions != 0 and self.clock.now + self.procedure.answer_cutoff >= end

    def _is_decision_overdue(self) -> bool:
        # The technical result is of all lots.
        wanted = TenderStatus.AWARDING if self.lot else TenderStatus.TECHNICAL
        undecided = self.lot_facts.standstill_ends == 0 and self.lot_facts.failure is LotFailure.NONE
        if (
            not undecided
            or (self.lot and (self.own.proposed_at or self.known().is_signed(self.lot)))
            or self.status() is not wanted
        ):
            return False
        opens = opening_times(self.known(), self.procedure, self.clock).open_from
        period = self.procedure.decision_period * (2 if self.extended else 1)
        return self.clock.now >= self.own_clock.end_after(opens, period)


@dataclass(frozen=True)
class Complainant:
    """A supplier and its bid. ``bid`` None: it never sent one; ``terms_version``: that the box is bound to; ``offer``: what it says that
    its bid showed, ``opening``: what OpeningCommittee holds of that, of the first envelope about the technical result, of the last about an
    award."""

    supplier: bytes
    bid: BidFacts | None = None
    terms_version: int = 0
    offer: Offer | None = None
    opening: bytes = ZERO32

    def stands(self, ground: Ground, stage: ComplaintStage) -> bool:
        """Whether the stage concerns it."""
        if stage is ComplaintStage.TERMS:
            return True
        if self.bid is None:
            return False
        if stage is ComplaintStage.OMISSION:
            return True
        if stage is ComplaintStage.CANCELLATION:
            return self.terms_version == ground.known().terms_version and is_live(
                self.bid, self.terms_version
            )
        if self.offer is None or self.offer.index != self.bid.index or self.offer.opening != self.opening:
            return False
        if ground.lot == 0 or stage is ComplaintStage.TECHNICAL:
            return True
        return 0 < self.offer.amounts[ground.lot - 1] <= _LARGEST


def check_file(
    caller: Caller,
    ground: Ground,
    complainant: Complainant,
    record: bytes,
    stage: int,
    document_hash: bytes,
    *,
    recorded: int,
    open_one: int,
) -> None:
    """ComplaintDesk.file; ``recorded``: complaint that the supplier recorded under ``record``, ``open_one``: its open one about the lot and
    stage, 0 if none."""
    tender, number = ground.known(), ground.number
    if ground.lot > tender.lots:
        raise TenderBoardLotNotFound(number, ground.lot)
    if complainant.supplier == ZERO32:
        raise ComplaintDeskRoleMissing("SUPPLIER", caller.address)
    if complainant.supplier == tender.buyer:
        raise ComplaintDeskRoleConflict("SUPPLIER", caller.address)
    if recorded:
        raise ComplaintDeskAlreadyRecorded(to_hex(record), recorded)
    require_eligible(complainant.supplier, caller.supplier, ground.clock.now)
    if stage not in STAGES:
        raise ComplaintDeskStageWrong(number, stage)
    about = ComplaintStage(stage)
    if not complainant.stands(ground, about):
        raise ComplaintDeskNoStanding(number, caller.address)
    if open_one:
        raise ComplaintDeskDuplicate(open_one)
    ground.require_running()
    ground.require_in_time(about)
    if tender.review_body == ZERO32:
        raise TenderBoardReviewBodyInvalid(number, to_hex(ZERO32))
    _require_given("recordId", record)
    _require_given("documentHash", document_hash)


def check_withdraw(caller: Caller, complaint: int, facts: ComplaintFacts | None, supplier: bytes) -> None:
    """ComplaintDesk.withdraw; ``supplier``: the caller's, 32 zero bytes if none."""
    known = _require_complaint(complaint, facts)
    if supplier != known.supplier:
        raise ComplaintDeskRoleMissing("SUPPLIER", caller.address)
    if known.status not in (ComplaintStatus.FILED, ComplaintStatus.ADMITTED):
        raise ComplaintDeskStatusWrong(complaint, known.status)


def check_admit(
    caller: Caller, complaint: int, facts: ComplaintFacts | None, ground: Ground, document_hash: bytes
) -> None:
    """ComplaintDesk.admit."""
    _require_reviewed(caller, complaint, facts, ground, ComplaintStatus.FILED)
    _require_given("documentHash", document_hash)


def check_reject(
    caller: Caller, complaint: int, facts: ComplaintFacts | None, ground: Ground, document_hash: bytes
) -> None:
    """ComplaintDesk.reject."""
    _require_reviewed(caller, complaint, facts, ground, ComplaintStatus.FILED)
    _require_given("documentHash", document_hash)


def check_dismiss(
    caller: Caller, complaint: int, facts: ComplaintFacts | None, ground: Ground, document_hash: bytes
) -> None:
    """ComplaintDesk.dismiss."""
    _require_reviewed(caller, complaint, facts, ground, ComplaintStatus.ADMITTED)
    _require_given("documentHash", document_hash)


def check_uphold(
    caller: Caller,
    complaint: int,
    facts: ComplaintFacts | None,
    ground: Ground,
    remedy: int,
    place: int,
    document_hash: bytes,
    *,
    out: bool,
) -> None:
    """ComplaintDesk.uphold; ``out``: whether the bid at ``place`` of the lot's ranking is out."""
    known = _require_reviewed(caller, complaint, facts, ground, ComplaintStatus.ADMITTED)
    ground.require_running()
    _require_given("documentHash", document_hash)
    fits = remedy in _REMEDIES[known.stage] and (out if remedy == Remedy.RESTORE_BID else place == 0)
    if not fits:
        raise ComplaintDeskRemedyInvalid(complaint, remedy)


def check_execute(
    caller: Caller,
    complaint: int,
    facts: ComplaintFacts | None,
    ground: Ground,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """ComplaintDesk.execute."""
    known = _require_complaint(complaint, facts)
    tender = ground.known()
    now = ground.clock.now
    require_signed(caller, tender.buyer, tender.four_eyes, signing, now, ComplaintDeskRoleMissing)
    _require_status(complaint, known, ComplaintStatus.UPHELD)
    ground.require_running()
    if known.remedy is Remedy.AMEND and tender.terms_version == known.terms_version:
        raise ComplaintDeskRemedyNotDue(complaint, moment(NEVER))
    _require_applicable(known, ground, ordered=False)


def check_enforce(
    caller: Caller, complaint: int, facts: ComplaintFacts | None, ground: Ground, document_hash: bytes
) -> None:
    """ComplaintDesk.enforce."""
    known = _require_reviewed(caller, complaint, facts, ground, ComplaintStatus.UPHELD)
    ground.require_running()
    end = ground.own_clock.end_of(known.due)
    if ground.clock.now < end:
        raise ComplaintDeskRemedyNotDue(complaint, moment(end))
    _require_given("documentHash", document_hash)
    _require_applicable(known, ground, ordered=True)


def check_suspend(caller: Caller, ground: Ground, document_hash: bytes) -> None:
    """ComplaintDesk.suspend."""
    tender = ground.known()
    ground.require_reviewer(caller)
    status = ground.require_running()
    if tender.suspended_at:
        raise TenderBoardStatusWrong(ground.number, status)
    if len(tender.pauses) >= MAX_PAUSES:
        raise TenderBoardPausesFull(ground.number)
    _require_given("documentHash", document_hash)


def check_resume(caller: Caller, ground: Ground, document_hash: bytes) -> None:
    """ComplaintDesk.resume."""
    tender = ground.known()
    ground.require_reviewer(caller)
    if not tender.suspended_at:
        raise TenderBoardStatusWrong(ground.number, ground.status())
    _require_given("documentHash", document_hash)


# Effects


def applied(facts: ComplaintFacts, tender: TenderFacts, *, ordered: bool) -> Remedy:
    """What is applied: an addendum that was ordered and did not come is replaced by a cancellation; ``ordered``: by ``enforce``."""
    missing = facts.remedy is Remedy.AMEND and tender.terms_version == facts.terms_version
    return Remedy.CANCEL_TENDER if ordered and missing else facts.remedy


def paused(tender: TenderFacts, start: int, now: int) -> TenderFacts:
    """The tender stood still since ``start``; pauses that go on after it are part of that, and so is the one that runs."""
    if tender.suspended_at:
        start = min(start, tender.suspended_at)
    kept = list(tender.pauses)
    while kept and kept[-1].end > start:
        start = min(start, kept.pop().start)
    halt = now if tender.suspended_at else 0
    return replace(tender, pauses=(*kept, Pause(start, now)), suspended_at=halt)


def restored(lot: LotFacts, head: int, *, is_new: bool) -> LotFacts:
    """The lot once a bid is in again; ``head``: the first place of the ranking that is in by now, ``is_new``: whether the bid was out."""
    failure = LotFailure.NONE if lot.failure is LotFailure.EXHAUSTED else lot.failure
    more = int(is_new)
    return replace(lot, failure=failure, price=0, standstill_ends=0, restored=lot.restored + more, head=head)


def prolonged(lot: LotFacts, since: int, period: int, begins: int, clock: Clock) -> LotFacts:
    """The lot once its cancellation was undone: what was running ``since`` its proposal ends later; ``begins``: when the time to sign does,
    once complaints about the award are decided; ``clock``: of the tender."""
    if not lot.standstill_ends:
        return lot
    if begins > since:
        return replace(lot, standstill_ends=lot.standstill_ends + period)
    if clock.end_after(begins, lot.signing_period) > since:
        return replace(lot, signing_period=lot.signing_period + period)
    return lot


def _require_complaint(complaint: int, facts: ComplaintFacts | None) -> ComplaintFacts:
    if facts is None or facts.status is ComplaintStatus.NONE:
        raise ComplaintDeskNotFound(complaint)
    return facts


def _require_applicable(facts: ComplaintFacts, ground: Ground, *, ordered: bool) -> None:
    """A cancellation stops at what is signed. Raises TenderBoardAlreadySigned."""
    if applied(facts, ground.known(), ordered=ordered) is Remedy.CANCEL_TENDER:
        require_unsigned(ground.number, ground.known(), facts.lot)


def _require_status(complaint: int, facts: ComplaintFacts, wanted: ComplaintStatus) -> None:
    if facts.status is not wanted:
        raise ComplaintDeskStatusWrong(complaint, facts.status)


def _require_reviewed(
    caller: Caller, complaint: int, facts: ComplaintFacts | None, ground: Ground, wanted: ComplaintStatus
) -> ComplaintFacts:
    known = _require_complaint(complaint, facts)
    ground.require_reviewer(caller, known.supplier)
    _require_status(complaint, known, wanted)
    return known


def _require_given(name: str, value: bytes) -> None:
    if not any(value):
        raise ComplaintDeskHashZero(name)
