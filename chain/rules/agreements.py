"""Agreements: amounts, caps, times to sign, and what AgreementBook refuses, in the order in which it does.

Amounts are minor units of the tender's currency, times unix seconds. The state machine of tests/invariants holds both sides to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chain.errors.contracts import (
    AgreementBookChangeOverCap,
    AgreementBookChangePending,
    AgreementBookChangeTooSoon,
    AgreementBookDateInvalid,
    AgreementBookDocumentWrong,
    AgreementBookHashZero,
    AgreementBookMilestoneNotFound,
    AgreementBookMilestonesInvalid,
    AgreementBookMilestoneStatusWrong,
    AgreementBookNotAccepted,
    AgreementBookNotFinal,
    AgreementBookNotFound,
    AgreementBookOfferedLate,
    AgreementBookOverpaid,
    AgreementBookPartyWrong,
    AgreementBookPaymentNotFound,
    AgreementBookPaymentReversed,
    AgreementBookRatedTwice,
    AgreementBookRatingClosed,
    AgreementBookRatingInvalid,
    AgreementBookReasonInvalid,
    AgreementBookReferenceUsed,
    AgreementBookRoleConflict,
    AgreementBookRoleMissing,
    AgreementBookSignedTwice,
    AgreementBookStatusWrong,
    AgreementBookValueWrong,
    AgreementBookVersionWrong,
    AwardDeskLotStatusWrong,
    ComplaintDeskOpen,
    TenderBoardStatusWrong,
)
from chain.rules.deadlines import Clock
from chain.rules.four_eyes import NOT_PROPOSED, Signing, require_signed
from chain.rules.hashes import change_hash
from chain.rules.registry import require_eligible
from chain.rules.tenders import NEVER, Caller, clear_from, clock_of, lot_status, queue_of, require_lot
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    Cancellation,
    ChangeReason,
    ComplaintStage,
    LotFacts,
    LotStatus,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Procedure,
    Role,
    Side,
    TenderFacts,
    TenderStatus,
    TerminationCause,
    moment,
    to_hex,
)

__all__ = [
    "BOTH", "MAX_EXTENSION", "MAX_MILESTONES", "MAX_RATING", "RATING_PERIOD", "Ground", "Signable", "amount_of", "amounts_of",
    "cap_of", "changed", "check_accept", "check_complete", "check_deliver", "check_draft", "check_drop_change", "check_pass_over",
    "check_propose_change", "check_rate", "check_record_payment", "check_refuse", "check_reverse_payment", "check_sign",
    "check_sign_change", "check_terminate", "drafted", "drops_signed", "judged", "moved", "paid", "pending_hash", "planned", "proposed",
    "replaces_signed", "reversed_", "signed", "signing_of",
]  # fmt: skip

BOTH = Side.BUYER.bit | Side.SUPPLIER.bit
"""The signatures of both sides."""

MAX_MILESTONES = 64
MAX_RATING = 5
MAX_EXTENSION = 2**32 - 1
"""Seconds by which all changes together may make the end later."""

RATING_PERIOD = 365 * 86_400
"""Seconds after the last accepted delivery in which works are rated."""

_WHOLE = 10_000
_UNKNOWN = PaymentFacts()

_ENDED_BY_BUYER = (TerminationCause.SUPPLIER_DEFAULT, TerminationCause.FORCE_MAJEURE)
_ENDED_BY_REVIEW = (TerminationCause.BUYER_DEFAULT, TerminationCause.ORDERED)


# Amounts


def amounts_of(value: int, milestones: Sequence[MilestoneFacts]) -> tuple[int, ...]:
    """What each milestone is worth at this value: 0 for a delivery, floor(value x share) for a payment; the last one takes the rest."""
    amounts = [value * each.bps // _WHOLE if each.kind is MilestoneKind.PAYMENT else 0 for each in milestones]
    last = max(place for place, each in enumerate(milestones) if each.kind is MilestoneKind.PAYMENT)
    amounts[last] = 0
    amounts[last] = value - sum(amounts)
    return tuple(amounts)


def amount_of(facts: AgreementFacts, milestone: int, of: MilestoneFacts) -> int:
    """AgreementBook.amountOf: the most that is to be paid for a milestone."""
    if of.kind is not MilestoneKind.PAYMENT:
        return 0
    return facts.last_amount if milestone == facts.last_payment else facts.value * of.bps // _WHOLE


def cap_of(facts: AgreementFacts, procedure: Procedure, *, reasoned: bool) -> int:
    """The most by which changes of a kind move the value, of the one that was signed first."""
    bps = procedure.max_reasoned_change_bps if reasoned else procedure.max_change_bps
    return facts.original * bps // _WHOLE


def moved(facts: AgreementFacts, value: int, *, reasoned: bool) -> int:
    """By how much changes of a kind move the value, with one to ``value``."""
    return (facts.reasoned if reasoned else facts.ordinary) + abs(value - facts.value)


# Where an agreement is signed


@dataclass(frozen=True)
class Signable:
    """A lot that is to be signed, its tender and the time. ``tender``: its facts, None where there is none; ``own``: cancellation of this
    lot alone; ``facts``: what AwardDesk holds of it."""

    number: int
    lot: int
    tender: TenderFacts | None
    procedure: Procedure
    facts: LotFacts
    own: Cancellation
    clock: Clock

    def known(self) -> TenderFacts:
        """The tender. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        return require_lot(self.number, self.tender, self.lot)

    def status(self) -> LotStatus:
        """TenderBoard.lotStatus."""
        return lot_status(self.known(), self.procedure, self.own, self.facts, self.clock)

    def require_final(self) -> None:
        """Raises AwardDeskLotStatusWrong, TenderBoardStatusWrong, ComplaintDeskOpen, AgreementBookNotFinal."""
        status, tender = self.status(), self.known()
        if status is LotStatus.FINAL:
            return
        # Where all bids are out there is a standstill too, and nobody to sign with after it.
        if status is not LotStatus.STANDSTILL or not self.facts.price:
            raise AwardDeskLotStatusWrong(self.number, self.lot, status)
        _require_moving(self.number, tender)
        if found := queue_of(tender, self.lot, ComplaintStage.AWARD).open:
            raise ComplaintDeskOpen(found[-1])
        raise AgreementBookNotFinal(self.number, self.lot, moment(signing_of(self)[0]))


def signing_of(lot: Signable) -> tuple[int, int]:
    """AgreementBook.signingOf: from when until when the agreement may be signed; both ``NEVER`` while a complaint is open, 0 where nothing
    is awarded."""
    if not lot.facts.price:
        return 0, 0
    tender = lot.known()
    begins = clear_from(tender, lot.lot, ComplaintStage.AWARD, lot.facts.standstill_ends, lot.clock)
    if begins == NEVER:
        return NEVER, NEVER
    return begins, clock_of(tender, lot.clock).end_after(begins, lot.facts.signing_period)


@dataclass(frozen=True)
class Ground:
    """An agreement, and what is around it. ``facts``: None where there is none; ``tender``: what its tender is by now; ``clock``: the
    network's."""

    number: int
    facts: AgreementFacts | None
    clock: Clock
    tender: TenderFacts | None = None

    def known(self) -> AgreementFacts:
        """The agreement. Raises AgreementBookNotFound."""
        if self.facts is None or self.facts.status is AgreementStatus.NONE:
            raise AgreementBookNotFound(self.number)
        return self.facts

    def require_milestone(self, milestone: int) -> None:
        """Raises AgreementBookNotFound, AgreementBookMilestoneNotFound."""
        if not 0 < milestone <= self.known().milestones:
            raise AgreementBookMilestoneNotFound(self.number, milestone)

    def require(self, wanted: AgreementStatus) -> None:
        """Raises AgreementBookStatusWrong."""
        if self.known().status is not wanted:
            raise AgreementBookStatusWrong(self.number, self.known().status)

    def require_signed_once(self) -> None:
        """Active, or ended after it was. Raises AgreementBookStatusWrong."""
        if not self.known().version:
            raise AgreementBookStatusWrong(self.number, self.known().status)

    def require_moving(self) -> None:
        """Raises TenderBoardStatusWrong while the tender is suspended."""
        assert self.tender is not None, "an agreement is about a tender"
        _require_moving(self.known().tender, self.tender)

    def require_buyer(self, caller: Caller, signing: Signing) -> None:
        """Raises AgreementBookRoleMissing, or the refusals of FourEyes."""
        facts = self.known()
        require_signed(
            caller, facts.buyer, facts.four_eyes, signing, self.clock.now, AgreementBookRoleMissing
        )

    def signer(self, caller: Caller, supplier: bytes, signing: Signing) -> Side:
        """For which side the caller signs; ``supplier``: its own, 0 = none. Raises as ``require_buyer``."""
        if supplier == self.known().supplier:
            return Side.SUPPLIER
        self.require_buyer(caller, signing)
        return Side.BUYER

    def side(
        self, caller: Caller, supplier: bytes, *, both: bool = False, signing: Signing = NOT_PROPOSED
    ) -> Side:
        """For which side the caller speaks; ``both``: as of ``drops_signed``. Raises AgreementBookRoleMissing, the refusals of FourEyes."""
        if supplier == self.known().supplier:
            return Side.SUPPLIER
        _require_officer(caller, self.known().buyer, both, signing, self.clock.now)
        return Side.BUYER


def replaces_signed(tender: TenderFacts, draft: AgreementFacts | None) -> bool:
    """Whether another draft in place of this one takes two accounts of the buyer: what two signed, two undo. None = there is none."""
    if draft is None or draft.status is not AgreementStatus.DRAFT:
        return False
    return tender.four_eyes and bool(draft.signatures & Side.BUYER.bit)


def drops_signed(facts: AgreementFacts, pending: PendingChange) -> bool:
    """Whether dropping the change that waits takes two accounts of the buyer, where it is the buyer who drops it."""
    return facts.four_eyes and bool(pending.signatures & Side.BUYER.bit)


# Refusals


def _require_officer(caller: Caller, buyer: bytes, both: bool, signing: Signing, now: int) -> None:
    if both:
        signing.require(caller, buyer)
    elif not caller.runs(buyer, Role.OFFICER, now):
        raise AgreementBookRoleMissing("OFFICER", caller.address)


def check_draft(
    caller: Caller,
    lot: Signable,
    replaces: int,
    terms: AgreementTerms,
    *,
    last: int,
    before: AgreementFacts | None,
    awarded: bool,
    payer_known: bool,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AgreementBook.draft. ``last``: the latest agreement about the lot, 0 = none; ``before``: its facts; ``awarded``: whether the bid of
    ``terms.supplier`` is the candidate; ``payer_known``: whether the payer is a member."""
    tender = lot.known()
    _require_officer(caller, tender.buyer, replaces_signed(tender, before), signing, lot.clock.now)
    if replaces != last:
        raise AgreementBookVersionWrong(last, replaces)
    lot.require_final()
    if not awarded:
        raise AgreementBookPartyWrong(0, to_hex(terms.supplier))
    if terms.value != lot.facts.price:
        raise AgreementBookValueWrong(lot.number, lot.facts.price, terms.value)
    _require_given("documentHash", terms.document_hash)
    if terms.ends_at < terms.starts_at:
        raise AgreementBookDateInvalid(0, terms.starts_at, terms.ends_at)
    if terms.payer != ZERO32 and (terms.payer == terms.supplier or not payer_known):
        raise AgreementBookPartyWrong(0, to_hex(terms.payer))
    _require_milestones(lot.number, terms)


def _require_milestones(tender: int, terms: AgreementTerms) -> None:
    milestones = terms.milestones
    if not 0 < len(milestones) <= MAX_MILESTONES:
        raise AgreementBookMilestonesInvalid(tender, int(MilestoneKind.NONE), len(milestones))
    deliveries = {place for place, each in enumerate(milestones, 1) if each.kind == MilestoneKind.DELIVERY}
    for each in milestones:
        if each.bps <= 0 or each.kind not in (MilestoneKind.DELIVERY, MilestoneKind.PAYMENT):
            raise AgreementBookMilestonesInvalid(tender, each.kind, each.bps)
        if each.requires and (each.kind == MilestoneKind.DELIVERY or each.requires not in deliveries):
            raise AgreementBookMilestoneNotFound(0, each.requires)
    for kind in (MilestoneKind.DELIVERY, MilestoneKind.PAYMENT):
        total = sum(each.bps for each in milestones if each.kind == kind)
        if total != _WHOLE:
            raise AgreementBookMilestonesInvalid(tender, int(kind), total)


def check_sign(
    caller: Caller,
    ground: Ground,
    lot: Signable,
    document_hash: bytes,
    *,
    supplier: bytes,
    party: Caller,
    candidate: bytes,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AgreementBook.sign. ``supplier``: the caller's, 0 = none; ``party``: somebody of the agreement's supplier, whose facts are looked at
    where the buyer's signature is the second; ``candidate``: whose bid the lot is awarded to, 0 = nobody's."""
    facts = ground.known()
    side = ground.signer(caller, supplier, signing)
    signatures = facts.signatures | side.bit
    if side is Side.SUPPLIER or signatures == BOTH:
        require_eligible(facts.supplier, party.supplier, ground.clock.now)
    ground.require(AgreementStatus.DRAFT)
    if signatures == facts.signatures:
        raise AgreementBookSignedTwice(ground.number, side)
    lot.require_final()
    if not _is_of_award(facts, lot, candidate):
        raise AgreementBookPartyWrong(ground.number, to_hex(facts.supplier))
    _require_same(ground.number, facts.document_hash, document_hash)


def _is_of_award(draft: AgreementFacts, lot: Signable, candidate: bytes) -> bool:
    """A draft may outlive its award: an outage that is told late has it complained about, and cancelled, after the draft."""
    return draft.supplier == candidate and draft.original == lot.facts.price


def check_pass_over(lot: Signable, draft: AgreementFacts | None, candidate: bytes) -> None:
    """AgreementBook.passOver; ``draft``: the latest agreement about the lot, None = none; ``candidate``: as of ``check_sign``."""
    status = lot.status()
    if status is not LotStatus.LAPSED:
        raise AwardDeskLotStatusWrong(lot.number, lot.lot, status)
    _require_moving(lot.number, lot.known())
    signed_at = 0
    if draft is not None and draft.status is AgreementStatus.DRAFT and _is_of_award(draft, lot, candidate):
        signed_at = draft.signed_at
    (begins, ends), period = signing_of(lot), lot.facts.signing_period
    # An outage that lengthened the first half, and not the whole, takes nothing from the second.
    limit = min(clock_of(lot.known(), lot.clock).end_after(begins, period - period // 2), ends - period // 2)
    if not 0 < signed_at <= limit:
        raise AgreementBookOfferedLate(lot.number, lot.lot, limit, signed_at)


def check_propose_change(
    caller: Caller,
    ground: Ground,
    expected_version: int,
    change: AgreementChange,
    *,
    supplier: bytes,
    procedure: Procedure,
    pending: PendingChange,
    milestones: Sequence[MilestoneFacts],
) -> None:
    """AgreementBook.proposeChange; ``pending``: the change that waits; ``milestones``: all of the agreement, in order."""
    facts, number = ground.known(), ground.number
    ground.side(caller, supplier)
    ground.require(AgreementStatus.ACTIVE)
    if expected_version != facts.version:
        raise AgreementBookVersionWrong(facts.version, expected_version)
    if pending.document_hash != ZERO32:
        raise AgreementBookChangePending(number)
    ground.require_moving()
    if facts.changed_at and procedure.change_interval:
        end = ground.clock.end_of(facts.changed_at + procedure.change_interval)
        if ground.clock.now < end:
            raise AgreementBookChangeTooSoon(number, moment(end))
    _require_given("documentHash", change.document_hash)
    raised = change.reason == ChangeReason.REDUCTION and change.value > facts.value
    if raised or not 0 < change.reason <= max(ChangeReason):
        raise AgreementBookReasonInvalid(number, change.reason)
    extension = facts.extension + change.extension
    if extension > MAX_EXTENSION:
        raise AgreementBookDateInvalid(number, MAX_EXTENSION, extension)
    reasoned = ChangeReason(change.reason).is_reasoned
    cap, total = cap_of(facts, procedure, reasoned=reasoned), moved(facts, change.value, reasoned=reasoned)
    if total > cap:
        raise AgreementBookChangeOverCap(number, cap, total)
    _require_split(number, change.value, milestones)


def check_sign_change(
    caller: Caller,
    ground: Ground,
    named: bytes,
    *,
    supplier: bytes,
    pending: PendingChange,
    milestones: Sequence[MilestoneFacts],
    party: Caller,
    signing: Signing = NOT_PROPOSED,
    document: bytes | None = None,
) -> None:
    """AgreementBook.signChange. ``named``: hash of a change; ``document``: that of the change that the caller means, where it
    says so, which is compared first; ``party``: as of ``check_sign``, looked at where the value grows; the rest as for
    ``check_propose_change``."""
    facts = ground.known()
    side = ground.signer(caller, supplier, signing)
    _require_pending(ground, pending, named, document)
    if pending.signatures & side.bit:
        raise AgreementBookSignedTwice(ground.number, side)
    ground.require_moving()
    if pending.value > facts.value:
        require_eligible(facts.supplier, party.supplier, ground.clock.now)
    _require_split(ground.number, pending.value, milestones)


def check_drop_change(
    caller: Caller,
    ground: Ground,
    named: bytes,
    *,
    supplier: bytes,
    pending: PendingChange,
    signing: Signing = NOT_PROPOSED,
    document: bytes | None = None,
) -> None:
    """AgreementBook.dropChange; ``named``, ``document`` as of ``check_sign_change``."""
    ground.side(caller, supplier, both=drops_signed(ground.known(), pending), signing=signing)
    _require_pending(ground, pending, named, document)


def check_deliver(
    caller: Caller, ground: Ground, milestone: int, document_hash: bytes, *, supplier: bytes, of: MilestoneFacts
) -> None:  # fmt: skip
    """AgreementBook.deliver; ``of``: the milestone."""
    ground.require_milestone(milestone)
    if supplier != ground.known().supplier:
        raise AgreementBookRoleMissing("SUPPLIER", caller.address)
    ground.require(AgreementStatus.ACTIVE)
    if of.status not in (MilestoneStatus.SCHEDULED, MilestoneStatus.REFUSED):
        raise AgreementBookMilestoneStatusWrong(ground.number, milestone, of.status)
    _require_given("documentHash", document_hash)


def check_accept(
    caller: Caller, ground: Ground, milestone: int, document_hash: bytes, *, of: MilestoneFacts, signing: Signing = NOT_PROPOSED
) -> None:  # fmt: skip
    """AgreementBook.accept; ``of``: the milestone."""
    ground.require_milestone(milestone)
    ground.require_buyer(caller, signing)
    # What was delivered before the end is judged, and paid, after it too.
    ground.require_signed_once()
    if of.status is not MilestoneStatus.DELIVERED:
        raise AgreementBookMilestoneStatusWrong(ground.number, milestone, of.status)
    _require_given("documentHash", document_hash)


check_refuse = check_accept
"""AgreementBook.refuse."""


def check_record_payment(
    caller: Caller,
    ground: Ground,
    payment: Payment,
    *,
    of: MilestoneFacts,
    required: MilestoneFacts | None = None,
    known: PaymentFacts = _UNKNOWN,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AgreementBook.recordPayment; ``of``: the milestone; ``required``: the delivery that it waits for, None where it waits for none;
    ``known``: the payment of this payer under this reference that the buyer recorded."""
    facts, number = ground.known(), ground.number
    ground.require_milestone(payment.milestone)
    ground.require_buyer(caller, signing)
    ground.require_signed_once()
    if of.kind is not MilestoneKind.PAYMENT:
        raise AgreementBookMilestoneStatusWrong(number, payment.milestone, of.status)
    if required is not None and required.status is not MilestoneStatus.ACCEPTED:
        raise AgreementBookNotAccepted(number, of.requires)
    if known.amount:
        raise AgreementBookReferenceUsed(number, to_hex(payment.ref))
    ground.require_moving()
    if payment.payer == ZERO32 or payment.payer not in (facts.buyer, facts.payer):
        raise AgreementBookPartyWrong(number, to_hex(payment.payer))
    if payment.payee != facts.supplier:
        raise AgreementBookPartyWrong(number, to_hex(payment.payee))
    for name, value in (("amount", payment.amount), ("ref", any(payment.ref)), ("paidAt", payment.paid_at)):
        if not value:
            raise AgreementBookHashZero(name)
    if payment.paid_at > ground.clock.now:
        raise AgreementBookDateInvalid(number, ground.clock.now, payment.paid_at)
    left = amount_of(facts, payment.milestone, of) - of.paid
    if payment.amount > left:
        raise AgreementBookOverpaid(number, left, payment.amount)


def check_reverse_payment(
    caller: Caller,
    ground: Ground,
    ref: bytes,
    document_hash: bytes,
    *,
    payment: PaymentFacts,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AgreementBook.reversePayment; ``payment``: the one that the payer made under ``ref``."""
    ground.known()
    if payment.agreement != ground.number:
        raise AgreementBookPaymentNotFound(ground.number, to_hex(ref))
    ground.require_buyer(caller, signing)
    if payment.reversed:
        raise AgreementBookPaymentReversed(ground.number, payment.number)
    _require_given("documentHash", document_hash)


def check_complete(
    caller: Caller,
    ground: Ground,
    document_hash: bytes,
    *,
    milestones: Sequence[MilestoneFacts],
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AgreementBook.complete; ``milestones``: all of the agreement, in order."""
    ground.known()
    ground.require_buyer(caller, signing)
    ground.require(AgreementStatus.ACTIVE)
    for place, each in enumerate(milestones, 1):
        if each.kind is MilestoneKind.DELIVERY and each.status is not MilestoneStatus.ACCEPTED:
            raise AgreementBookNotAccepted(ground.number, place)
    _require_given("documentHash", document_hash)


def check_terminate(
    caller: Caller,
    ground: Ground,
    cause: int,
    document_hash: bytes,
    *,
    supplier: bytes,
    pending: PendingEnd,
    independent: bool = False,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AgreementBook.terminate; ``pending``: the mutual end that was proposed; ``independent``: the tender's review body of the buyer."""
    ground.known()
    number = ground.number
    mutual, side = cause == TerminationCause.MUTUAL, Side.NONE
    if mutual:
        side = ground.signer(caller, supplier, signing)
    elif cause in _ENDED_BY_REVIEW:
        _require_reviewer(caller, ground, independent=independent)
    else:
        ground.require_buyer(caller, signing)
    ground.require(AgreementStatus.ACTIVE)
    if mutual and (pending.side, pending.document_hash) == (side, document_hash):
        raise AgreementBookSignedTwice(number, side)
    _require_given("documentHash", document_hash)
    if mutual and pending.side not in (Side.NONE, side):
        _require_same(number, pending.document_hash, document_hash)
    if not mutual and cause not in (*_ENDED_BY_BUYER, *_ENDED_BY_REVIEW):
        raise AgreementBookReasonInvalid(number, cause)


def check_rate(
    caller: Caller, ground: Ground, rating: int, *, citizen: bool, independent: bool, rated: bool
) -> None:
    """AgreementBook.rate; ``citizen``: whether the caller is enrolled; ``independent``: its member of the buyer; ``rated``: whether the
    caller, or its member, did before."""
    facts, number, now = ground.known(), ground.number, ground.clock.now
    member = caller.person.member
    if not citizen:
        if not caller.runs(member, Role.WITNESS, now):
            raise AgreementBookRoleMissing("WITNESS", caller.address)
        if member in (facts.supplier, facts.payer) or not independent:
            raise AgreementBookRoleConflict("WITNESS", caller.address)
    end = ground.clock.end_of(facts.accepted_at + RATING_PERIOD) if facts.accepted_at else 0
    if now >= end:
        raise AgreementBookRatingClosed(number, moment(end))
    if rated:
        raise AgreementBookRatedTwice(number, caller.address)
    if not 0 < rating <= MAX_RATING:
        raise AgreementBookRatingInvalid(number, rating)


# Effects


def planned(terms: AgreementTerms) -> tuple[MilestoneFacts, ...]:
    """The milestones of a draft."""
    return tuple(
        MilestoneFacts(
            MilestoneKind(each.kind),
            MilestoneStatus.SCHEDULED if each.kind == MilestoneKind.DELIVERY else MilestoneStatus.NONE,
            each.bps,
            each.requires,
            each.due,
        )
        for each in terms.milestones
    )


def drafted(tender: int, lot: int, buyer: bytes, terms: AgreementTerms, *, four_eyes: bool) -> AgreementFacts:
    """An agreement that was drafted."""
    milestones = planned(terms)
    payments = [place for place, each in enumerate(milestones, 1) if each.kind is MilestoneKind.PAYMENT]
    return AgreementFacts(
        tender, buyer, terms.supplier, terms.payer, terms.document_hash, value=terms.value, original=terms.value,
        last_amount=amounts_of(terms.value, milestones)[payments[-1] - 1], lot=lot, status=AgreementStatus.DRAFT,
        milestones=len(milestones), deliveries=len(milestones) - len(payments), last_payment=payments[-1], four_eyes=four_eyes,
    )  # fmt: skip


def signed(facts: AgreementFacts, side: Side, now: int) -> AgreementFacts:
    """After this side signed."""
    signatures = facts.signatures | side.bit
    signed_at = now if side is Side.BUYER else facts.signed_at
    facts = replace(facts, signatures=signatures, signed_at=signed_at)
    return replace(facts, status=AgreementStatus.ACTIVE, version=1) if signatures == BOTH else facts


def proposed(facts: AgreementFacts, side: Side, change: AgreementChange) -> PendingChange:
    """A change that this side proposed: with four eyes the buyer signs by an approver."""
    signs = side is Side.SUPPLIER or not facts.four_eyes
    return PendingChange(
        ChangeReason(change.reason), change.value, change.extension, side.bit if signs else 0, change.document_hash
    )  # fmt: skip


def changed(
    facts: AgreementFacts, pending: PendingChange, milestones: Sequence[MilestoneFacts], now: int
) -> AgreementFacts:
    """After the change is signed by both."""
    reasoned = pending.reason.is_reasoned
    total = moved(facts, pending.value, reasoned=reasoned)
    return replace(
        facts,
        ordinary=facts.ordinary if reasoned else total,
        reasoned=total if reasoned else facts.reasoned,
        value=pending.value,
        last_amount=amounts_of(pending.value, milestones)[facts.last_payment - 1],
        extension=facts.extension + pending.extension,
        changed_at=now,
        version=facts.version + 1,
    )


def pending_hash(pending: PendingChange) -> bytes:
    """What names the change that waits to AgreementBook, 32 zero bytes where none does."""
    return ZERO32 if pending.document_hash == ZERO32 else change_hash(pending.change)


def judged(facts: AgreementFacts, now: int) -> AgreementFacts:
    """After a delivery was accepted."""
    return replace(facts, accepted=facts.accepted + 1, accepted_at=now)


def paid(facts: AgreementFacts, amount: int) -> AgreementFacts:
    """After a payment was recorded."""
    return replace(facts, payments=facts.payments + 1, paid=facts.paid + amount)


def reversed_(facts: AgreementFacts, amount: int) -> AgreementFacts:
    """After a payment was reversed."""
    return replace(facts, paid=facts.paid - amount)


def _require_moving(number: int, tender: TenderFacts) -> None:
    if tender.suspended_at:
        raise TenderBoardStatusWrong(number, TenderStatus.SUSPENDED)


def _require_pending(ground: Ground, pending: PendingChange, named: bytes, document: bytes | None) -> None:
    """``named``: hash of a change."""
    ground.require(AgreementStatus.ACTIVE)
    if document is not None:
        _require_same(ground.number, pending.document_hash, document)
    expected = pending_hash(pending)
    if expected == ZERO32 or expected != named:
        raise AgreementBookDocumentWrong(ground.number, to_hex(expected), to_hex(named))


def _require_split(number: int, value: int, milestones: Sequence[MilestoneFacts]) -> None:
    """None may have been paid more than it is worth at this value; the last payment is looked at last."""
    amounts = amounts_of(value, milestones)
    payments = [place for place, each in enumerate(milestones) if each.kind is MilestoneKind.PAYMENT]
    for place in payments:
        if milestones[place].paid > amounts[place]:
            raise AgreementBookOverpaid(number, amounts[place], milestones[place].paid)


def _require_reviewer(caller: Caller, ground: Ground, *, independent: bool) -> None:
    facts = ground.known()
    assert ground.tender is not None, "an agreement is about a tender"
    body = ground.tender.review_body
    if not caller.runs(body, Role.REVIEWER, ground.clock.now):
        raise AgreementBookRoleMissing("REVIEWER", caller.address)
    if body == facts.supplier or not independent:
        raise AgreementBookRoleConflict("REVIEWER", caller.address)


def _require_same(number: int, expected: bytes, got: bytes) -> None:
    if expected != got:
        raise AgreementBookDocumentWrong(number, to_hex(expected), to_hex(got))


def _require_given(name: str, value: bytes) -> None:
    if not any(value):
        raise AgreementBookHashZero(name)
