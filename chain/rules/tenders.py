"""Tenders: status from time and facts, and what TenderBoard refuses, in the order in which it does.

The order is 404, 403, 409, 422, as contracts/README.md lists it; errors of called contracts stand where they are
called. The state machine of tests/invariants holds both sides to it. Times are unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chain.errors.contracts import (
    ProcedureBookNotFound,
    ProcedureBookRetired,
    TenderBoardAlreadyRecorded,
    TenderBoardAskerHidden,
    TenderBoardAskerKnown,
    TenderBoardAskerMismatch,
    TenderBoardCeilingMissing,
    TenderBoardClosed,
    TenderBoardDeadlineEarlier,
    TenderBoardEnquiriesClosed,
    TenderBoardExtensionTooShort,
    TenderBoardFieldFrozen,
    TenderBoardHashZero,
    TenderBoardJsonLength,
    TenderBoardLotNotFound,
    TenderBoardLotsInvalid,
    TenderBoardNotesFull,
    TenderBoardNotFound,
    TenderBoardPanelInvalid,
    TenderBoardPeriodInvalid,
    TenderBoardQuestionAnswered,
    TenderBoardQuestionNotFound,
    TenderBoardQuestionsFull,
    TenderBoardReasonInvalid,
    TenderBoardReviewBodyInvalid,
    TenderBoardRoleMissing,
    TenderBoardStatusWrong,
    TenderBoardTermsStale,
    TenderBoardUnchanged,
    TenderBoardWeightsInvalid,
)
from chain.rules.deadlines import Clock
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.hashes import terms_hash
from chain.rules.openings import KeysetFacts, require_independent, require_usable
from chain.rules.registry import may
from chain.types import (
    ZERO32,
    CancellationReason,
    LotFacts,
    LotFailure,
    LotStatus,
    Procedure,
    Role,
    Setup,
    TenderFacts,
    TenderStatus,
    Terms,
    moment,
    to_hex,
)

__all__ = [
    "DESKS", "MAX_NOTE", "MAX_NOTES_EACH", "MAX_PERIOD", "MAX_QUESTION", "MAX_QUESTIONS", "MAX_QUESTIONS_DESKS",
    "MAX_QUESTIONS_EACH", "MAX_TENDER", "NEVER", "Caller", "OpeningTimes", "answered_deadline", "award_status", "check_amend",
    "check_answer", "check_ask", "check_cancel", "check_disclose_asker", "check_note", "check_publish",
    "has_too_few_bids", "lot_status", "opening_times", "require_asker", "require_bidding", "tender_status",
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
"""A time that does not come: while a question is open at the deadline, its answer is what moves the deadline."""

_WHOLE = 10_000  # basis points
_RUNS_TENDERS = Role.OFFICER | Role.APPROVER
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
    """When a tender's bids are opened, unix seconds; all ``NEVER`` while a question is open at the deadline.

    ``open_from``: shares are accepted; ``fallback_from``: bidders reveal their own; ``void_from``: what is not open never opens.
    """

    open_from: int
    fallback_from: int
    void_from: int


def opening_times(facts: TenderFacts, procedure: Procedure, clock: Clock) -> OpeningTimes:
    """TenderBoard.bidWindow's times of the opening."""
    end = clock.end_of(facts.deadline)
    if clock.now >= end and facts.open_questions:
        return OpeningTimes(NEVER, NEVER, NEVER)
    open_from = end + procedure.opening_delay
    fallback_from = clock.end_of(open_from + procedure.fallback_delay)
    return OpeningTimes(open_from, fallback_from, clock.end_of(fallback_from + procedure.fallback_delay))


def tender_status(facts: TenderFacts, procedure: Procedure, clock: Clock) -> TenderStatus:
    """TenderBoard.tenderStatus: the first that matches."""
    end = clock.end_of(facts.deadline)
    if facts.terms_version == 0:
        return TenderStatus.NONE
    if clock.is_over(facts.cancels_at):
        return TenderStatus.CANCELLED
    if facts.cancels_at:
        return TenderStatus.CANCELLING
    if facts.lots_cancelled == facts.lots:
        return TenderStatus.FAILED if clock.is_over(facts.lots_cancelled_at) else TenderStatus.CANCELLING
    if clock.now + procedure.enquiry_cutoff < end:
        return TenderStatus.ENQUIRIES
    if clock.now < end:
        return TenderStatus.TENDERING
    if facts.open_questions:
        return TenderStatus.HELD
    return (
        TenderStatus.FAILED
        if has_too_few_bids(facts, procedure, clock)
        else _opening(facts, procedure, clock)
    )


def _opening(facts: TenderFacts, procedure: Procedure, clock: Clock) -> TenderStatus:
    """The status once bidding is over and there are bids."""
    times = opening_times(facts, procedure, clock)
    if clock.now < times.open_from:
        return TenderStatus.SEALED
    if facts.opened_bids == facts.live_bids:
        return TenderStatus.FAILED if _has_no_lot_left(facts, clock) else TenderStatus.AWARDING
    if clock.now < times.fallback_from:
        return TenderStatus.OPENING
    return TenderStatus.FALLBACK if clock.now < times.void_from else TenderStatus.FAILED


def _has_no_lot_left(facts: TenderFacts, clock: Clock) -> bool:
    """Whether every lot failed or was cancelled, and the time to complain about it is over."""
    if facts.lots_failed + facts.lots_cancelled != facts.lots:
        return False
    ends = (facts.lots_cancelled_at, facts.lots_failed_until)
    return all(end == 0 or clock.is_over(end) for end in ends)


def award_status(lot: LotFacts, clock: Clock) -> LotStatus:
    """AwardDesk.awardStatus: how far the award of a lot got."""
    has_failed = lot.failure is not LotFailure.NONE
    if lot.standstill_ends == 0:
        if has_failed:
            return LotStatus.FAILED
        is_ranked = lot.complete and lot.ranked == lot.admissible != 0
        return LotStatus.RANKED if is_ranked else LotStatus.WAITING
    if not clock.is_over(lot.standstill_ends):
        return LotStatus.STANDSTILL
    if has_failed:
        return LotStatus.FAILED
    lapses = clock.end_of(lot.standstill_ends) + lot.signing_period
    return LotStatus.LAPSED if clock.is_over(lapses) else LotStatus.FINAL


def lot_status(
    facts: TenderFacts, procedure: Procedure, lot_cancels_at: int, lot: LotFacts, clock: Clock
) -> LotStatus:
    """TenderBoard.lotStatus; ``lot_cancels_at``: end of the cancel window of this lot alone, 0 where it is not being cancelled; ``lot``:
    what AwardDesk holds of it."""
    status = tender_status(facts, procedure, clock)
    if status is TenderStatus.CANCELLED:
        return LotStatus.CANCELLED
    # A tender fails as a whole at one time, and with it each lot whose window is still open then.
    failed_at = _failed_at(facts, procedure, clock) if status is TenderStatus.FAILED else 0
    if clock.is_over(lot_cancels_at) and (not failed_at or clock.end_of(lot_cancels_at) <= failed_at):
        return LotStatus.CANCELLED
    if failed_at:
        return LotStatus.FAILED
    return LotStatus.CANCELLING if lot_cancels_at or facts.cancels_at else award_status(lot, clock)


def answered_deadline(facts: TenderFacts, procedure: Procedure, clock: Clock) -> int:
    """The stored deadline after an answer at ``now``: bidders have the answer cutoff left, so a late one moves it."""
    due = clock.now + procedure.answer_cutoff
    return due if due > clock.end_of(facts.deadline) else facts.deadline


def has_too_few_bids(facts: TenderFacts, procedure: Procedure, clock: Clock) -> bool:
    """Whether it failed at its deadline for want of bids."""
    ended = clock.now >= clock.end_of(facts.deadline) and not facts.open_questions
    return ended and facts.live_bids < procedure.min_bids


def _failed_at(facts: TenderFacts, procedure: Procedure, clock: Clock) -> int:
    """When it failed as a whole: at the deadline for want of bids, at the end of the opening for want of shares; 0 = it did not."""
    if has_too_few_bids(facts, procedure, clock):
        return clock.end_of(facts.deadline)
    void_from = opening_times(facts, procedure, clock).void_from
    return 0 if clock.now < void_from or facts.opened_bids == facts.live_bids else void_from


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
) -> None:
    """TenderBoard.publish.

    ``size``: bytes of the JSON; ``recorded``: the tender that the caller's member recorded under ``record``, 0 if none;
    ``procedure``: the one the terms name, None where there is none, ``retired`` where no new tender may use it;
    ``keyset``: the one the terms name, None where there is none, ``keyset_dependent`` its first seat whose member depends on the
    caller's, 0 if none; ``review_body_fits``: whether the review body is an active REVIEW_BODY member independent of the buyer.
    """
    if not caller.runs(caller.person.member, _RUNS_TENDERS, now):
        raise TenderBoardRoleMissing("OFFICER", caller.address)
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
    _require_setup(0, terms.setup, terms.price_weight_bps, procedure)
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
) -> None:
    """TenderBoard.amend; ``expected``: hash of the terms that it replaces."""
    known = _require_tender(number, facts)
    if not caller.runs(known.buyer, _RUNS_TENDERS, clock.now):
        raise TenderBoardRoleMissing("OFFICER", caller.address)
    require_bidding(number, known, procedure, clock)
    if expected != known.terms_hash:
        raise TenderBoardTermsStale(number, to_hex(known.terms_hash), to_hex(expected))
    if terms_hash(terms, json_bytes) == known.terms_hash:
        raise TenderBoardUnchanged("terms")
    _require_given("documentsHash", terms.documents_hash)
    _require_text(len(json_bytes), MAX_TENDER)
    _require_later(number, known.deadline, terms.deadline, procedure, clock.now)
    _require_frozen(number, known, terms)
    _require_setup(number, terms.setup, terms.price_weight_bps, procedure)


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
    known = _require_tender(number, facts)
    is_desk = require_asker(caller, known.buyer, clock.now)
    if asked:
        raise TenderBoardAlreadyRecorded(to_hex(tag), asked)
    status = require_bidding(number, known, procedure, clock)
    if status is not TenderStatus.ENQUIRIES:
        closed = clock.end_of(known.deadline) - procedure.enquiry_cutoff
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
    known = _require_tender(number, facts)
    if not 0 < question <= known.questions:
        raise TenderBoardQuestionNotFound(number, question)
    if not caller.runs(known.buyer, Role.OFFICER, clock.now):
        raise TenderBoardRoleMissing("OFFICER", caller.address)
    status = tender_status(known, procedure, clock)
    if status not in (*_BIDDING, TenderStatus.HELD):
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
    known = _require_tender(number, facts)
    if not 0 < question <= known.questions:
        raise TenderBoardQuestionNotFound(number, question)
    require_asker(caller, known.buyer, clock.now)
    # An answer may let bidding go on after the deadline.
    is_held = tender_status(known, procedure, clock) is TenderStatus.HELD
    until = NEVER if is_held else clock.end_of(known.deadline)
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
    _require_tender(number, facts)
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
    lot_cancels_at: int,
    clock: Clock,
) -> None:
    """TenderBoard.cancel; ``lot`` 0 is the whole tender, ``lot_cancels_at`` as for ``lot_status``, 0 for the whole tender."""
    known = _require_tender(number, facts)
    if lot > known.lots:
        raise TenderBoardLotNotFound(number, lot)
    if not caller.runs(known.buyer, _RUNS_TENDERS, clock.now):
        raise TenderBoardRoleMissing("OFFICER", caller.address)
    status = tender_status(known, procedure, clock)
    # Shares are public once they are sent: from the opening on the review body has to consent, which it cannot yet.
    opening = status in (TenderStatus.OPENING, TenderStatus.FALLBACK) or known.locked
    if status.is_end or status is TenderStatus.CANCELLING or lot_cancels_at or opening:
        raise TenderBoardStatusWrong(number, status)
    _require_given("documentHash", document_hash)
    if reason not in tuple(CancellationReason):
        raise TenderBoardReasonInvalid(number, reason)


def require_asker(caller: Caller, buyer: bytes, now: int) -> bool:
    """Whether the caller asks as an enquiry desk, not as a supplier. Raises TenderBoardRoleMissing where it is neither."""
    if caller.supplier.active:
        return False
    if caller.supplier.exists or not caller.is_desk(buyer, now):
        raise TenderBoardRoleMissing("SUPPLIER", caller.address)
    return True


def _require_tender(number: int, facts: TenderFacts | None) -> TenderFacts:
    if facts is None or facts.terms_version == 0:
        raise TenderBoardNotFound(number)
    return facts


def _require_given(name: str, value: bytes) -> None:
    if not any(value):
        raise TenderBoardHashZero(name)


def _require_text(size: int, limit: int) -> None:
    if not 0 < size <= limit:
        raise TenderBoardJsonLength(limit, size)


def require_bidding(number: int, facts: TenderFacts, procedure: Procedure, clock: Clock) -> TenderStatus:
    """The status, where terms may change and bids come in. Raises TenderBoardClosed, TenderBoardStatusWrong."""
    end = clock.end_of(facts.deadline)
    if clock.now >= end:
        raise TenderBoardClosed(number, moment(end))
    status = tender_status(facts, procedure, clock)
    if status not in _BIDDING:
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


def _require_setup(number: int, setup: Setup, price_weight: int, procedure: Procedure) -> None:
    if not 0 < len(setup.lots) <= procedure.max_lots:
        raise TenderBoardLotsInvalid(number, procedure.max_lots, len(setup.lots))
    for place, lot in enumerate(setup.lots, 1):
        if procedure.ceiling_binding and lot.ceiling == 0:
            raise TenderBoardCeilingMissing(number, place)
    # The lowest price wins in the only award rule that can be adopted: the price has the whole weight, nobody scores.
    if price_weight != _WHOLE or setup.criteria:
        raise TenderBoardWeightsInvalid(number, price_weight)
    if setup.panel:
        raise TenderBoardPanelInvalid(number, 0, len(setup.panel))
