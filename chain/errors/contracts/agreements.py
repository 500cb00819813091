"""Refusals of AgreementBook: signatures, changes, deliveries, payments, ratings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import RETRY, ROLE
from chain.types import AgreementStatus, MilestoneStatus, Side

__all__ = [
    "AgreementBookChangeOverCap",
    "AgreementBookChangePending",
    "AgreementBookChangeTooSoon",
    "AgreementBookDateInvalid",
    "AgreementBookDocumentWrong",
    "AgreementBookHashZero",
    "AgreementBookMilestoneNotFound",
    "AgreementBookMilestoneStatusWrong",
    "AgreementBookMilestonesInvalid",
    "AgreementBookNotAccepted",
    "AgreementBookNotFinal",
    "AgreementBookNotFound",
    "AgreementBookOfferedLate",
    "AgreementBookOverpaid",
    "AgreementBookPartyWrong",
    "AgreementBookPaymentNotFound",
    "AgreementBookPaymentReversed",
    "AgreementBookRatedTwice",
    "AgreementBookRatingClosed",
    "AgreementBookRatingInvalid",
    "AgreementBookReasonInvalid",
    "AgreementBookReferenceUsed",
    "AgreementBookRoleConflict",
    "AgreementBookRoleMissing",
    "AgreementBookSignedTwice",
    "AgreementBookStatusWrong",
    "AgreementBookValueWrong",
    "AgreementBookVersionWrong",
]


@dataclass(eq=False)
class AgreementBookRoleMissing(Forbidden):
    """This account has no such role here: it is no OFFICER or APPROVER of the buyer, no account of the supplier, no REVIEWER of
    the tender's review body, no WITNESS and no enrolled citizen."""

    role: str
    who: str
    advice: ClassVar[str] = ROLE


@dataclass(eq=False)
class AgreementBookRoleConflict(Forbidden):
    """The organisation of this account is a party to the agreement, or depends on the buyer."""

    role: str
    who: str
    advice: ClassVar[str] = "Leave it to an organisation that stands apart from both parties."


@dataclass(eq=False)
class AgreementBookVersionWrong(Conflict):
    """The lot has another draft, or the agreement another version, than the caller thinks."""

    expected: int
    got: int
    advice: ClassVar[str] = RETRY


@dataclass(eq=False)
class AgreementBookHashZero(Invalid):
    """A required value is zero."""

    field: str
    advice: ClassVar[str] = "Give the value: a hash is the sha256 of the document that says it."


@dataclass(eq=False)
class AgreementBookNotFound(Absent):
    """There is no agreement with this number."""

    agreement: int
    advice: ClassVar[str] = "Look it up: `licita agreement list` names those that there are."


@dataclass(eq=False)
class AgreementBookMilestoneNotFound(Absent):
    """The agreement has no such milestone, or a payment waits for one that is no delivery."""

    agreement: int
    milestone: int
    advice: ClassVar[str] = (
        "Milestones count from 1: `licita agreement show` lists them. A payment waits for a delivery."
    )


@dataclass(eq=False)
class AgreementBookPaymentNotFound(Absent):
    """The payer made no payment for this agreement under this reference."""

    agreement: int
    ref: str
    advice: ClassVar[str] = "`licita agreement show` lists the payments with their references."


@dataclass(eq=False)
class AgreementBookStatusWrong(Conflict):
    """The agreement's status does not allow this act."""

    agreement: int
    status: AgreementStatus
    advice: ClassVar[str] = (
        "Read the agreement: a draft is signed, what is active is changed, delivered and ended, what ended stays as it is."
    )


@dataclass(eq=False)
class AgreementBookNotFinal(Conflict):
    """The award of the lot is not final yet."""

    tender_id: int
    lot: int
    until: datetime
    advice: ClassVar[str] = "Wait for the end of the standstill, and of complaints about the award."


@dataclass(eq=False)
class AgreementBookOfferedLate(Conflict):
    """The buyer did not sign in the first half of the time to sign, so the supplier is not to blame."""

    tender_id: int
    lot: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "The award is not passed over: cancel the lot with a reason, and sign earlier the next time."
    )


@dataclass(eq=False)
class AgreementBookSignedTwice(Conflict):
    """This side signed already."""

    agreement: int
    side: Side
    advice: ClassVar[str] = "Nothing needs to be done: it is the other side's turn."


@dataclass(eq=False)
class AgreementBookChangePending(Conflict):
    """Another change waits for its signatures."""

    agreement: int
    advice: ClassVar[str] = "Sign it or drop it first."


@dataclass(eq=False)
class AgreementBookChangeTooSoon(Conflict):
    """The procedure asks for some time between changes."""

    agreement: int
    not_before: datetime
    advice: ClassVar[str] = "Propose it again from that time on."


@dataclass(eq=False)
class AgreementBookMilestoneStatusWrong(Conflict):
    """The milestone's status does not allow this act; None: it is a payment, which nobody delivers."""

    agreement: int
    milestone: int
    status: MilestoneStatus
    advice: ClassVar[str] = (
        "What is scheduled or was refused is delivered, what was delivered is accepted or refused, and payments are for payment milestones."
    )


@dataclass(eq=False)
class AgreementBookNotAccepted(Conflict):
    """A delivery has to be accepted before."""

    agreement: int
    milestone: int
    advice: ClassVar[str] = "Accept the delivery first, or refuse it and wait for the next one."


@dataclass(eq=False)
class AgreementBookReferenceUsed(Conflict):
    """The buyer recorded a payment of this payer with this reference before."""

    agreement: int
    ref: str
    advice: ClassVar[str] = (
        "Nothing needs to be done if it is the same transfer; each transfer has a reference of its own."
    )


@dataclass(eq=False)
class AgreementBookPaymentReversed(Conflict):
    """The payment was reversed already."""

    agreement: int
    payment: int
    advice: ClassVar[str] = "Nothing needs to be done."


@dataclass(eq=False)
class AgreementBookRatingClosed(Conflict):
    """The time to rate is over, or did not begin: nothing was accepted yet."""

    agreement: int
    closed_at: datetime
    advice: ClassVar[str] = (
        "Works are rated from the first accepted delivery until 365 days after the last one."
    )


@dataclass(eq=False)
class AgreementBookRatedTwice(Conflict):
    """This citizen, or this witness's organisation, rated the agreement already."""

    agreement: int
    who: str
    advice: ClassVar[str] = "Nothing needs to be done: a rating stands."


@dataclass(eq=False)
class AgreementBookValueWrong(Invalid):
    """The value is not the price of the award."""

    tender_id: int
    expected: int
    got: int
    advice: ClassVar[str] = "Take the price of the award: it is what was competed for."


@dataclass(eq=False)
class AgreementBookMilestonesInvalid(Invalid):
    """The shares of a kind of milestones do not sum to 10,000, one is 0 or of no kind; kind 0: not 1 to 64 milestones."""

    tender_id: int
    kind: int
    sum: int
    advice: ClassVar[str] = (
        "Give deliveries (1) and payments (2) shares in basis points that sum to 10,000 each."
    )


@dataclass(eq=False)
class AgreementBookDateInvalid(Invalid):
    """The period ends before it begins, a payment was made later than now, or changes would extend the period by more than 2^32 - 1
    seconds."""

    agreement: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Give an end at or after the beginning, extend it by less; record a payment once it was made."
    )


@dataclass(eq=False)
class AgreementBookDocumentWrong(Invalid):
    """The hash is that of another document, or of another change, than the one that waits; all zero: nothing waits."""

    agreement: int
    expected: str
    got: str
    advice: ClassVar[str] = (
        "Compare the documents: one byte makes another hash. Sign the one whose hash the agreement has. Of a change also reason, value "
        "and extension are signed: look at it again, for another one may have been proposed meanwhile."
    )


@dataclass(eq=False)
class AgreementBookReasonInvalid(Invalid):
    """There is no such reason or cause, or a reduction would raise the value."""

    agreement: int
    code: int
    advice: ClassVar[str] = "Take a code of the list in docs/agreements.md that says what happens."


@dataclass(eq=False)
class AgreementBookChangeOverCap(Invalid):
    """With this change, changes of its kind would move the value further than the procedure lets them."""

    agreement: int
    limit: int
    got: int
    advice: ClassVar[str] = "Lower the difference, or tender what is beyond it anew."


@dataclass(eq=False)
class AgreementBookOverpaid(Invalid):
    """More would be paid for a milestone than it is worth, or was already."""

    agreement: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Lower the amount to what is left of the milestone; reverse what was paid too much."
    )


@dataclass(eq=False)
class AgreementBookPartyWrong(Invalid):
    """This organisation does not pay here, is not whom to pay, or was not awarded the lot."""

    agreement: int
    who: str
    advice: ClassVar[str] = (
        "The buyer pays, or the member that the agreement names as payer, and it pays the supplier."
    )


@dataclass(eq=False)
class AgreementBookRatingInvalid(Invalid):
    """A rating is 1 to 5."""

    agreement: int
    got: int
    advice: ClassVar[str] = "Give a whole number from 1 (poor) to 5 (excellent)."
