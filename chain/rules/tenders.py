"""Tenders: status from time and facts, and what TenderBoard refuses, in the order in which it does.

The order is 404, 403, four eyes, other 409, 422, as contracts/README.md lists it; errors of called contracts
stand where they are called. The state machine of tests/invariants holds both sides to it. Times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.errors.contracts import (
    AwardDeskLotStatusWrong,
    ProcedureBookNotFound,
    ProcedureBookRetired,
    TenderBoardAlreadyRecorded,
    TenderBoardAlreadySigned,
    TenderBoardAskerHidden,
    TenderBoardAskerKnown,
    TenderBoardAskerMismatch,
    TenderBoardCancelBarred,
    TenderBoardClosed,
    TenderBoardDeadlineEarlier,
    TenderBoardEnquiriesClosed,
    TenderBoardExtensionTooShort,
    TenderBoardFieldFrozen,
    TenderBoardHashZero,
    TenderBoardJsonLength,
    TenderBoardLotNotFound,
    TenderBoardNotesFull,
    TenderBoardNotFound,
    TenderBoardPausesFull,
    TenderBoardPeriodInvalid,
    TenderBoardQuestionAnswered,
    TenderBoardQuestionNotFound,
    TenderBoardQuestionsFull,
    TenderBoardReasonInvalid,
    TenderBoardReviewBodyInvalid,
    TenderBoardRoleConflict,
    TenderBoardRoleMissing,
    TenderBoardStatusWrong,
    TenderBoardTermsStale,
    TenderBoardUnchanged,
)
from chain.rules.deadlines import Clock
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.four_eyes import NOT_PROPOSED, Signing, require_signed
from chain.rules.hashes import terms_hash
from chain.rules.openings import KeysetFacts, require_independent, require_usable
from chain.rules.panels import Evaluator, check_setup
from chain.rules.registry import may
from chain.types import (
    ZERO32,
    Cancellation,
    CancellationReason,
    ComplaintStage,
    LotFacts,
    LotFailure,
    LotStatus,
    Procedure,
    Queue,
    Role,
    TenderFacts,
    TenderStatus,
    Terms,
    moment,
    to_hex,
)

__all__ = [
    "ALL", "Caller", "DESKS", "MAX_NOTE", "MAX_NOTES_EACH", "MAX_PAUSES", "MAX_PERIOD", "MAX_QUESTION",
    "MAX_QUESTIONS", "MAX_QUESTIONS_DESKS", "MAX_QUESTIONS_EACH", "MAX_TENDER", "NEVER", "OpeningTimes",
    "answered_deadline", "award_status", "check_amend", "check_answer", "check_ask", "check_cancel",
    "check_consent", "check_disclose_asker", "check_note", "check_publish", "check_replace_review_body",
    "clear_from", "clear_of_terms", "clock_of", "has_too_few_bids", "is_held", "lot_status", "needs_consent",
    "opening_times", "queue_of", "require_asker", "require_bidding", "require_lot", "require_tender",
    "require_unsigned", "tender_status",
]  # fmt: skip

MAX_PERIOD = 365 * 86_400
"""Longest time to a deadline, from publication and from each addendum, in seconds."""

MAX_TENDER = 131_072
"""Bytes of a tender's JSON: 128 KiB."""

MAX_QUESTION = 4_096
"""Bytes of a question's or an answer's JSON: 4 KiB."""

MAX_QUESTIONS = 500
MAX_QUESTIONS_EACH = 50
"""Questions of a tender, and of one supplier or enquiry desk about it."""

MAX_QUESTIONS_DESKS = 250
"""Questions of all enquiry desks about a tender: half of the places, so that desks leave the other half to who asks openly; it takes
five of them to fill theirs."""

DESKS = ZERO32
"""All enquiry desks as one asker: a tag is used by one of them only."""

MAX_NOTE = 4_096
"""Bytes of a note's JSON: 4 KiB."""

MAX_NOTES_EACH = 50
"""Notes of one member about a tender, as many as a supplier may ask: one for each act of a tender and more, and no flood."""

NEVER = 2**40 - 1
"""A time that does not come: while a tender is held at its deadline, it is an answer, an addendum or a decision that lets it go on."""

MAX_PAUSES = 16
"""Times that a tender stands still."""

ALL = 255
"""Stands for all lots and the tender in what is counted over them."""

_BIDDING = (TenderStatus.ENQUIRIES, TenderStatus.TENDERING)


@dataclass(frozen=True)
class Caller:
    """Who calls, with what the registries say of the account: a person of a member, of a supplier, or nobody.

    ``supplies``: whether the person's member is registered as a supplier too.
    """

    address: str
    person: PersonFacts = field(default_factory=PersonFacts)
    member: MemberFacts = field(default_factory=MemberFacts)
    supplier: SupplierFacts = field(default_factory=SupplierFacts)
    supplies: bool = False

    def runs(self, buyer: bytes, roles: int, now: int) -> bool:
        """Whether the caller has one of ``roles`` for this buyer."""
        return self.person.member == buyer != ZERO32 and may(self.person, self.member, roles, now)

    def is_desk(self, buyer: bytes, now: int) -> bool:
        """Whether the caller may ask about a tender of this buyer for a supplier that it does not name."""
        return (
            self.person.member != buyer
            and not self.supplies
            and may(self.person, self.member, Role.REGISTRAR, now)
        )


# Status


@dataclass(frozen=True)
class OpeningTimes:
    """When a tender's bids are opened, unix seconds: of the envelope that is due, that of the prices from the technical result on. All
    ``NEVER`` while it is held at the deadline, or the result is complained about.

    ``open_from``: shares are accepted; ``fallback_from``: bidders reveal their own; ``void_from``: what is not open never opens;
    ``standstill_ends``: end of the time to complain about the technical result, ``NEVER`` while somebody does, 0 = there is none.
    """

    open_from: int
    fallback_from: int
    void_from: int
    standstill_ends: int = 0


def clock_of(facts: TenderFacts, clock: Clock) -> Clock:
    """The clock of a tender: its ends are told in its own time."""
    return clock.of(facts.pauses, facts.suspended_at)


def queue_of(facts: TenderFacts, lot: int, stage: ComplaintStage) -> Queue:
    """Complaints about a lot and a stage; ``ALL``: about all lots, and the tender."""
    if lot != ALL:
        return next(
            (each for each in facts.queues if (each.lot, each.stage) == (lot, stage)), Queue(lot, stage)
        )
    mine = [each for each in facts.queues if each.stage == stage]
    if not mine:
        return Queue(ALL, stage)
    numbers = sorted(number for each in mine for number in each.open)
    return Queue(ALL, stage, tuple(numbers), max((each.closed_at for each in mine), default=0))


def clear_from(facts: TenderFacts, lot: int, stage: ComplaintStage, base: int, clock: Clock) -> int:
    """ComplaintDesk.clearFrom: when what ends at ``base`` is clear; ``NEVER`` while a complaint bars it."""
    if not facts.queues:
        return clock_of(facts, clock).end_of(base)
    also = (ComplaintStage.AWARD,) if stage is ComplaintStage.CANCELLATION else ()
    queues = [queue_of(facts, lot or ALL, each) for each in (stage, *also)]
    if any(queue.open for queue in queues):
        return NEVER
    return max(clock_of(facts, clock).end_of(base), *(queue.closed_at for queue in queues))


def is_held(facts: TenderFacts, clock: Clock) -> bool:
    """Whether bidding is over and an open question, or an open complaint about the terms, may let it go on."""
    waiting = facts.queues and queue_of(facts, ALL, ComplaintStage.TERMS).open
    if not facts.open_questions and not waiting:
        return False
    return clock.now >= clock_of(facts, clock).end_of(facts.deadline)


def clear_of_terms(facts: TenderFacts, clock: Clock) -> int:
    """End of bidding, or when the last complaint about the terms was closed."""
    end = clock_of(facts, clock).end_of(facts.deadline)
    return max(end, queue_of(facts, ALL, ComplaintStage.TERMS).closed_at) if facts.queues else end


def opening_times(facts: TenderFacts, procedure: Procedure, clock: Clock) -> OpeningTimes:
    """TenderBoard.bidWindow's times of the opening."""
    if is_held(facts, clock):
        return OpeningTimes(NEVER, NEVER, NEVER)
    own = clock_of(facts, clock)
    open_from = own.later(clear_of_terms(facts, clock), procedure.opening_delay)
    standstill_ends = 0
    if facts.technical_ends and clock.now >= open_from:
        standstill_ends = clear_from(facts, 0, ComplaintStage.TECHNICAL, facts.technical_ends, clock)
        if standstill_ends == NEVER:
            return OpeningTimes(NEVER, NEVER, NEVER, NEVER)
        open_from = own.end_after(standstill_ends, procedure.opening_delay)
    fallback_from = own.end_after(open_from, procedure.fallback_delay)
    void_from = own.end_after(fallback_from, procedure.fallback_delay)
    return OpeningTimes(open_from, fallback_from, void_from, standstill_ends)


def tender_status(facts: TenderFacts, procedure: Procedure, clock: Clock) -> TenderStatus:
    """TenderBoard.tenderStatus: the first that matches."""
    if facts.terms_version == 0:
        return TenderStatus.NONE
    if _is_gone(facts, clock):
        return TenderStatus.CANCELLED if facts.is_whole else TenderStatus.FAILED
    if facts.suspended_at:
        return TenderStatus.SUSPENDED
    if facts.is_stopped:
        return TenderStatus.CANCELLING
    end = clock_of(facts, clock).end_of(facts.deadline)
    if clock.now + procedure.enquiry_cutoff < end:
        return TenderStatus.ENQUIRIES
    if clock.now < end:
        return TenderStatus.TENDERING
    times = opening_times(facts, procedure, clock)
    if clock.now < times.standstill_ends:
        return TenderStatus.TECHNICAL_STANDSTILL
    if times.open_from == NEVER:
        return TenderStatus.HELD
    if facts.live_bids < procedure.min_bids:
        return TenderStatus.FAILED
    return _opening(facts, times, clock)


def _is_gone(facts: TenderFacts, clock: Clock) -> bool:
    """Whether all of it was cancelled, by itself or lot by lot, and nothing bars that any more."""
    if not facts.is_stopped or (facts.consent_due if facts.is_whole else facts.consents_due):
        return False
    base = facts.cancels_at if facts.is_whole else facts.lots_cancelled_at
    return clock.now >= clear_from(facts, 0, ComplaintStage.CANCELLATION, base, clock)


def _opening(facts: TenderFacts, times: OpeningTimes, clock: Clock) -> TenderStatus:
    """The status once bidding is over and there are bids."""
    if clock.now < times.open_from:
        return TenderStatus.SEALED
    if facts.left == 0:
        if facts.envelopes == 2 and not times.standstill_ends:
            return TenderStatus.TECHNICAL
        if not _has_no_lot_left(facts, clock):
            return TenderStatus.AWARDING
        return TenderStatus.COMPLETE if facts.lots_signed else TenderStatus.FAILED
    if clock.now < times.fallback_from:
        return TenderStatus.OPENING
    return TenderStatus.FALLBACK if clock.now < times.void_from else TenderStatus.FAILED


def _has_no_lot_left(facts: TenderFacts, clock: Clock) -> bool:
    """Whether every lot is signed, failed or was cancelled, and the time to complain about it is over."""
    if facts.lots_failed + facts.lots_cancelled + facts.lots_signed != facts.lots or facts.consents_due:
        return False
    base = max(facts.lots_cancelled_at, facts.lots_failed_until)
    return base == 0 or clock.now >= clear_from(facts, 0, ComplaintStage.CANCELLATION, base, clock)


def award_status(facts: TenderFacts, number: int, lot: LotFacts, clock: Clock) -> LotStatus:
    """AwardDesk.awardStatus: how far the award of a lot got; ``facts``: of its tender."""
    has_failed = lot.failure is not LotFailure.NONE
    if lot.standstill_ends == 0:
        if has_failed:
            return LotStatus.FAILED
        is_ranked = lot.complete and lot.ranked == lot.admissible != 0
        return LotStatus.RANKED if is_ranked else LotStatus.WAITING
    clear = clear_from(facts, number, ComplaintStage.AWARD, lot.standstill_ends, clock)
    if clock.now < clear:
        return LotStatus.STANDSTILL
    if has_failed:
        return LotStatus.FAILED
    if clock.now >= clock_of(facts, clock).end_after(clear, lot.signing_period):
        return LotStatus.LAPSED
    return LotStatus.STANDSTILL if facts.suspended_at else LotStatus.FINAL


def lot_status(
    facts: TenderFacts, procedure: Procedure, own: Cancellation, lot: LotFacts, clock: Clock
) -> LotStatus:
    """TenderBoard.lotStatus; ``own``: the cancellation of this lot alone, which says its number; ``lot``: what AwardDesk holds of it."""
    if facts.is_signed(own.lot):
        return LotStatus.SIGNED
    status = tender_status(facts, procedure, clock)
    if status is TenderStatus.CANCELLED:
        return LotStatus.CANCELLED
    # A tender fails as a whole at one time, and with it each lot whose window is still open then.
    failed_at = _failed_at(facts, procedure, clock) if status is TenderStatus.FAILED else 0
    if own.cancels_at:
        end = clear_from(facts, own.lot, ComplaintStage.CANCELLATION, own.cancels_at, clock)
        if clock.now >= end and (not failed_at or end <= failed_at):
            return LotStatus.CANCELLED
    if failed_at:
        return LotStatus.FAILED
    if own.proposed_at or facts.is_whole:
        return LotStatus.CANCELLING
    return award_status(facts, own.lot, lot, clock)


def answered_deadline(facts: TenderFacts, procedure: Procedure, clock: Clock) -> int:
    """The stored deadline after an answer at ``now``: bidders have the answer cutoff left, so a late one moves it."""
    own = clock_of(facts, clock)
    is_late = clock.now + procedure.answer_cutoff > own.end_of(facts.deadline)
    return own.time + procedure.answer_cutoff if is_late else facts.deadline


def has_too_few_bids(facts: TenderFacts, procedure: Procedure, clock: Clock) -> bool:
    """Whether it failed at its deadline for want of bids."""
    over = clock.now >= clock_of(facts, clock).end_of(facts.deadline)
    return over and not is_held(facts, clock) and facts.live_bids < procedure.min_bids


def _failed_at(facts: TenderFacts, procedure: Procedure, clock: Clock) -> int:
    """When it failed as a whole: at the deadline for want of bids, at the end of the opening for want of shares; 0 = it did not."""
    if has_too_few_bids(facts, procedure, clock):
        return clear_of_terms(facts, clock)
    void_from = opening_times(facts, procedure, clock).void_from
    return 0 if clock.now < void_from or facts.left == 0 else void_from


def needs_consent(facts: TenderFacts, procedure: Procedure, clock: Clock) -> bool:
    """Whether the review body has to consent to a cancellation: shares are public once they are sent, before one is accepted."""
    return facts.locked or clock.now >= opening_times(facts, procedure, clock).open_from


# Refusals


def check_publish(
    caller: Caller,
    record: bytes,
    terms: Terms,
    size: int,
    *,
    recorded: int,
    procedure: Procedure | None,
    retired: bool,
    keyset: KeysetFacts | None,
    keyset_dependent: int,
    review_body_fits: bool,
    now: int,
    panel: Mapping[str, Evaluator] | None = None,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """TenderBoard.publish.

    ``size``: bytes of the JSON; ``recorded``: the tender that the caller's member recorded under ``record``, 0 if none;
    ``procedure``: the one the terms name, None where there is none, ``retired`` where no new tender may use it;
    ``keyset``: the one the terms name, None where there is none, ``keyset_dependent`` its first seat whose member depends on the
    caller's, 0 if none; ``review_body_fits``: whether the review body is an active REVIEW_BODY member independent of the buyer;
    ``panel``: what is known of the accounts of the panel; ``signing``: of an act with four eyes.
    """
    eyes = procedure is not None and procedure.four_eyes
    require_signed(caller, caller.person.member, eyes, signing, now, TenderBoardRoleMissing)
    if recorded:
        raise TenderBoardAlreadyRecorded(to_hex(record), recorded)
    if procedure is None:
        raise ProcedureBookNotFound(terms.procedure, terms.procedure_version)
    if retired:
        raise ProcedureBookRetired(terms.procedure, terms.procedure_version)
    require_usable(terms.keyset_id, keyset)
    require_independent(keyset_dependent)
    for name, given in (
        ("recordId", record),
        ("currency", terms.currency.encode()),
        ("documentsHash", terms.documents_hash),
    ):
        _require_given(name, given)
    _require_text(size, MAX_TENDER)
    earliest, latest = now + procedure.min_tender_period, now + MAX_PERIOD
    if not earliest <= terms.deadline <= latest:
        raise TenderBoardPeriodInvalid(0, earliest, latest, terms.deadline)
    check_setup(0, caller.person.member, terms, procedure, panel or {}, now)
    if terms.review_body != ZERO32 and not review_body_fits:
        raise TenderBoardReviewBodyInvalid(0, to_hex(terms.review_body))


def check_amend(
    caller: Caller,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    expected: bytes,
    terms: Terms,
    json_bytes: bytes,
    *,
    clock: Clock,
    panel: Mapping[str, Evaluator] | None = None,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """TenderBoard.amend; ``expected``: hash of the terms that it replaces; ``panel``: what is known of the accounts of the panel."""
    known = require_tender(number, facts)
    require_signed(caller, known.buyer, known.four_eyes, signing, clock.now, TenderBoardRoleMissing)
    ordered = known.amends != 0 and known.amend_version == known.terms_version
    require_bidding(number, known, procedure, clock, held=ordered)
    if expected != known.terms_hash:
        raise TenderBoardTermsStale(number, to_hex(known.terms_hash), to_hex(expected))
    if terms_hash(terms, json_bytes) == known.terms_hash:
        raise TenderBoardUnchanged("terms")
    _require_given("documentsHash", terms.documents_hash)
    _require_text(len(json_bytes), MAX_TENDER)
    # The terms name a time; what is stored is the tender's own.
    paused = clock_of(known, clock).paused
    _require_later(number, known.deadline + paused, terms.deadline, procedure, clock.now)
    _require_frozen(number, known, terms)
    check_setup(number, known.buyer, terms, procedure, panel or {}, clock.now)


def check_ask(
    caller: Caller,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    tag: bytes,
    size: int,
    *,
    asked: int,
    questions: int,
    desks: int,
    clock: Clock,
) -> None:
    """TenderBoard.ask; ``asked``: question of this tender that has the tag, of the caller's supplier or, for a desk, of any desk, 0 if
    none; ``questions``: those of the caller's supplier or member so far, ``desks``: those of all desks; ``size``: bytes of the JSON."""
    known = require_tender(number, facts)
    is_desk = require_asker(caller, known.buyer, clock.now)
    if asked:
        raise TenderBoardAlreadyRecorded(to_hex(tag), asked)
    status = require_bidding(number, known, procedure, clock)
    if status is not TenderStatus.ENQUIRIES:
        closed = clock_of(known, clock).end_of(known.deadline) - procedure.enquiry_cutoff
        raise TenderBoardEnquiriesClosed(number, moment(closed))
    if known.questions >= MAX_QUESTIONS:
        raise TenderBoardQuestionsFull(number, MAX_QUESTIONS)
    if is_desk and desks >= MAX_QUESTIONS_DESKS:
        raise TenderBoardQuestionsFull(number, MAX_QUESTIONS_DESKS)
    if questions >= MAX_QUESTIONS_EACH:
        raise TenderBoardQuestionsFull(number, MAX_QUESTIONS_EACH)
    _require_given("tag", tag)
    _require_text(size, MAX_QUESTION)


def check_answer(
    caller: Caller,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    question: int,
    size: int,
    *,
    answered: bool,
    clock: Clock,
) -> None:
    """TenderBoard.answer; ``answered``: whether the question has its answer, ``size``: bytes of the JSON."""
    known = require_tender(number, facts)
    if not 0 < question <= known.questions:
        raise TenderBoardQuestionNotFound(number, question)
    if not caller.runs(known.buyer, Role.OFFICER, clock.now):
        raise TenderBoardRoleMissing("OFFICER", caller.address)
    status = tender_status(known, procedure, clock)
    # Bidding, held, or suspended while a question is open.
    stands = status is TenderStatus.SUSPENDED and not known.is_stopped
    if status not in (*_BIDDING, TenderStatus.HELD) and not stands:
        raise TenderBoardStatusWrong(number, status)
    if answered:
        raise TenderBoardQuestionAnswered(number, question)
    _require_text(size, MAX_QUESTION)


def check_disclose_asker(
    caller: Caller,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    question: int,
    *,
    is_known: bool,
    fits: bool,
    clock: Clock,
) -> None:
    """TenderBoard.discloseAsker; ``is_known``: whether the asker was disclosed before; ``fits``: whether a desk asked the question under
    the tag that a registered supplier and the salt make."""
    known = require_tender(number, facts)
    if not 0 < question <= known.questions:
        raise TenderBoardQuestionNotFound(number, question)
    require_asker(caller, known.buyer, clock.now)
    # An answer or an addendum may let bidding go on after the deadline.
    until = NEVER if is_held(known, clock) else clock_of(known, clock).end_of(known.deadline)
    if clock.now < until:
        raise TenderBoardAskerHidden(number, moment(until))
    if is_known:
        raise TenderBoardAskerKnown(number, question)
    if not fits:
        raise TenderBoardAskerMismatch(number, question)


def check_note(
    caller: Caller, number: int, facts: TenderFacts | None, record: bytes, size: int, *, recorded: int, notes: int, now: int
) -> None:  # fmt: skip
    """TenderBoard.note, in any status; ``recorded``: what the caller's member recorded under ``record``, 0 if nothing; ``notes``: those
    of the member about this tender so far; ``size``: bytes of the JSON."""
    require_tender(number, facts)
    if not caller.runs(caller.person.member, Role.AUDITOR | Role.WITNESS, now):
        raise TenderBoardRoleMissing("AUDITOR", caller.address)
    if recorded:
        raise TenderBoardAlreadyRecorded(to_hex(record), recorded)
    if notes >= MAX_NOTES_EACH:
        raise TenderBoardNotesFull(number, MAX_NOTES_EACH)
    _require_given("recordId", record)
    _require_text(size, MAX_NOTE)


def check_cancel(
    caller: Caller,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    lot: int,
    reason: int,
    document_hash: bytes,
    *,
    own: Cancellation,
    lot_failed: bool = False,
    clock: Clock,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """TenderBoard.cancel; ``lot`` 0 is the whole tender, ``own`` as for ``lot_status``, of the whole tender where that is meant;
    ``lot_failed``: whether the lot failed in the award phase, or is failing."""
    known = require_tender(number, facts)
    if lot > known.lots:
        raise TenderBoardLotNotFound(number, lot)
    require_signed(caller, known.buyer, known.four_eyes, signing, clock.now, TenderBoardRoleMissing)
    status = tender_status(known, procedure, clock)
    running = not status.is_end and not known.is_stopped and not own.proposed_at
    # Nobody could consent where there is no review body.
    if not running or (needs_consent(known, procedure, clock) and known.review_body == ZERO32):
        raise TenderBoardStatusWrong(number, status)
    require_unsigned(number, known, lot)
    if lot and lot_failed:
        raise AwardDeskLotStatusWrong(number, lot, LotStatus.FAILED)
    _require_cancellable(number, known, lot)
    if (lot == 0 or known.lots_cancelled + 1 == known.lots) and len(known.pauses) >= MAX_PAUSES:
        raise TenderBoardPausesFull(number)
    _require_given("documentHash", document_hash)
    if reason not in tuple(CancellationReason):
        raise TenderBoardReasonInvalid(number, reason)


def check_consent(
    caller: Caller,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    lot: int,
    document_hash: bytes,
    *,
    own: Cancellation,
    independent: bool,
    clock: Clock,
) -> None:
    """TenderBoard.consentCancel; ``own`` as for ``check_cancel``; ``independent``: the review body of the buyer."""
    known = require_tender(number, facts)
    if lot > known.lots:
        raise TenderBoardLotNotFound(number, lot)
    if not caller.runs(known.review_body, Role.REVIEWER, clock.now):
        raise TenderBoardRoleMissing("REVIEWER", caller.address)
    if not independent:
        raise TenderBoardRoleConflict("REVIEWER", caller.address)
    status = tender_status(known, procedure, clock)
    due = known.consent_due if lot == 0 else own.proposed_at != 0 and own.cancels_at == 0
    if not due or status.is_end:
        raise TenderBoardStatusWrong(number, status)
    _require_cancellable(number, known, lot)
    _require_given("documentHash", document_hash)


def check_replace_review_body(
    sender: str,
    is_authority: bool,
    number: int,
    facts: TenderFacts | None,
    procedure: Procedure,
    body: bytes,
    *,
    fits: bool,
    clock: Clock,
) -> None:
    """TenderBoard.replaceReviewBody; ``fits``: whether the body is an active REVIEW_BODY member independent of the buyer."""
    known = require_tender(number, facts)
    if not is_authority:
        raise TenderBoardRoleMissing("AUTHORITY", sender)
    status = tender_status(known, procedure, clock)
    if status.is_end and status is not TenderStatus.COMPLETE:
        raise TenderBoardStatusWrong(number, status)
    if body == known.review_body:
        raise TenderBoardUnchanged("reviewBody")
    if not fits:
        raise TenderBoardReviewBodyInvalid(number, to_hex(body))


def require_unsigned(number: int, facts: TenderFacts, lot: int) -> None:
    """What is signed stays signed: neither the lot is cancelled nor, with 0, the tender. Raises TenderBoardAlreadySigned."""
    for each in (lot,) if lot else range(1, facts.lots + 1):
        if facts.is_signed(each):
            raise TenderBoardAlreadySigned(number, each)


def _require_cancellable(number: int, facts: TenderFacts, lot: int) -> None:
    """ComplaintDesk.requireCancellable: the first lot with an open complaint about its award, and the latest of that."""
    lots = (lot,) if lot else range(1, facts.lots + 1)
    for each in lots:
        if found := queue_of(facts, each, ComplaintStage.AWARD).open:
            raise TenderBoardCancelBarred(number, found[-1])


def require_asker(caller: Caller, buyer: bytes, now: int) -> bool:
    """Whether the caller asks as an enquiry desk, not as a supplier. Raises TenderBoardRoleMissing where it is neither."""
    if caller.supplier.active:
        return False
    if caller.supplier.exists or not caller.is_desk(buyer, now):
        raise TenderBoardRoleMissing("SUPPLIER", caller.address)
    return True


def require_tender(number: int, facts: TenderFacts | None) -> TenderFacts:
    """The tender. Raises TenderBoardNotFound."""
    if facts is None or facts.terms_version == 0:
        raise TenderBoardNotFound(number)
    return facts


def require_lot(number: int, facts: TenderFacts | None, lot: int) -> TenderFacts:
    """The tender, which has this lot. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
    known = require_tender(number, facts)
    if not 0 < lot <= known.lots:
        raise TenderBoardLotNotFound(number, lot)
    return known


def _require_given(name: str, value: bytes) -> None:
    if not any(value):
        raise TenderBoardHashZero(name)


def _require_text(size: int, limit: int) -> None:
    if not 0 < size <= limit:
        raise TenderBoardJsonLength(limit, size)


def require_bidding(
    number: int, facts: TenderFacts, procedure: Procedure, clock: Clock, *, held: bool = False
) -> TenderStatus:
    """The status, where terms may change and bids come in; ``held``: or where it is Held. Raises TenderBoardClosed, -StatusWrong."""
    end = clock_of(facts, clock).end_of(facts.deadline)
    if not held and clock.now >= end:
        raise TenderBoardClosed(number, moment(end))
    status = tender_status(facts, procedure, clock)
    if status not in _BIDDING and not (held and status is TenderStatus.HELD):
        raise TenderBoardStatusWrong(number, status)
    return status


def _require_later(number: int, deadline: int, wanted: int, procedure: Procedure, now: int) -> None:
    latest, least = now + MAX_PERIOD, now + procedure.amendment_extension
    if wanted > latest:
        raise TenderBoardPeriodInvalid(number, deadline, latest, wanted)
    if wanted < deadline:
        raise TenderBoardDeadlineEarlier(number, deadline, wanted)
    if wanted < least:
        raise TenderBoardExtensionTooShort(number, least, wanted)


def _require_frozen(number: int, facts: TenderFacts, terms: Terms) -> None:
    frozen = (
        ("procedure", terms.procedure, facts.procedure),
        ("procedureVersion", terms.procedure_version, facts.procedure_version),
        ("currency", terms.currency, facts.currency),
        ("exponent", terms.exponent, facts.exponent),
        ("keysetId", terms.keyset_id, facts.keyset_id),
        ("reviewBody", terms.review_body, facts.review_body),
        ("lots", len(terms.setup.lots), facts.lots),
    )
    for name, wanted, stored in frozen:
        if wanted != stored:
            raise TenderBoardFieldFrozen(number, name)
