"""Refusals of ProcedureBook and TenderBoard: the life of a tender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import RETRY, ROLE, SAME
from chain.types import TenderStatus

__all__ = [
    "ProcedureBookHashZero",
    "ProcedureBookInconsistent",
    "ProcedureBookJsonLength",
    "ProcedureBookNotFound",
    "ProcedureBookRetired",
    "ProcedureBookRoleMissing",
    "ProcedureBookSandboxOnly",
    "ProcedureBookVersionWrong",
    "TenderBoardAlreadyRecorded",
    "TenderBoardAlreadySigned",
    "TenderBoardAskerHidden",
    "TenderBoardAskerKnown",
    "TenderBoardAskerMismatch",
    "TenderBoardCancelBarred",
    "TenderBoardCeilingMissing",
    "TenderBoardClosed",
    "TenderBoardDeadlineEarlier",
    "TenderBoardEnquiriesClosed",
    "TenderBoardExtensionTooShort",
    "TenderBoardFieldFrozen",
    "TenderBoardHashZero",
    "TenderBoardJsonLength",
    "TenderBoardLotNotFound",
    "TenderBoardLotsInvalid",
    "TenderBoardNotFound",
    "TenderBoardNotesFull",
    "TenderBoardPanelInvalid",
    "TenderBoardPausesFull",
    "TenderBoardPeriodInvalid",
    "TenderBoardQuestionAnswered",
    "TenderBoardQuestionNotFound",
    "TenderBoardQuestionsFull",
    "TenderBoardReasonInvalid",
    "TenderBoardReviewBodyInvalid",
    "TenderBoardRoleConflict",
    "TenderBoardRoleMissing",
    "TenderBoardStatusWrong",
    "TenderBoardTermsStale",
    "TenderBoardUnchanged",
    "TenderBoardWeightsInvalid",
]


@dataclass(eq=False)
class ProcedureBookRoleMissing(Forbidden):
    """This account is not the authority, which alone adopts and retires procedures."""

    role: str
    who: str
    advice: ClassVar[str] = "Propose the change to the council."


@dataclass(eq=False)
class ProcedureBookNotFound(Absent):
    """There is no such version of this procedure."""

    code: str
    version: int
    advice: ClassVar[str] = "List the procedures and name a live version."


@dataclass(eq=False)
class ProcedureBookRetired(Conflict):
    """This version of the procedure is retired: no new tender may use it."""

    code: str
    version: int
    advice: ClassVar[str] = "Use a newer version; running tenders keep theirs."


@dataclass(eq=False)
class ProcedureBookVersionWrong(Conflict):
    """Versions of a code are numbered from 1 without a gap."""

    expected: int
    got: int
    advice: ClassVar[str] = "Adopt it as the expected version."


@dataclass(eq=False)
class ProcedureBookHashZero(Invalid):
    """A required value of the procedure is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class ProcedureBookJsonLength(Invalid):
    """The text of the procedure is empty or longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Shorten the sources it names."


@dataclass(eq=False)
class ProcedureBookInconsistent(Invalid):
    """The field of the procedure contradicts another one."""

    field: str
    advice: ClassVar[str] = "Correct the named field."


@dataclass(eq=False)
class ProcedureBookSandboxOnly(Invalid):
    """This is a sandbox procedure, and the network does not carry the sandbox mark."""

    code: str
    advice: ClassVar[str] = "Use a procedure with real periods here."


@dataclass(eq=False)
class TenderBoardRoleMissing(Forbidden):
    """This account lacks the named role for this tender: OFFICER or APPROVER of its buyer, SUPPLIER or enquiry desk, AUDITOR or WITNESS."""

    role: str
    who: str
    advice: ClassVar[str] = ROLE


@dataclass(eq=False)
class TenderBoardNotFound(Absent):
    """There is no such tender."""

    id: int
    advice: ClassVar[str] = "List the tenders; they are numbered from 1 in order of publication."


@dataclass(eq=False)
class TenderBoardLotNotFound(Absent):
    """The tender has no such lot."""

    id: int
    lot: int
    advice: ClassVar[str] = "Lots count from 1 in the order of the terms."


@dataclass(eq=False)
class TenderBoardQuestionNotFound(Absent):
    """The tender has no such question."""

    id: int
    question: int
    advice: ClassVar[str] = "List the enquiries of the tender; they count from 1."


@dataclass(eq=False)
class TenderBoardAlreadyRecorded(Conflict):
    """This organisation recorded the same act before; ``id`` is the tender, question or note that it made."""

    record_id: str
    id: int
    advice: ClassVar[str] = "Nothing needs to be repeated: read what the first act made."


@dataclass(eq=False)
class TenderBoardUnchanged(Conflict):
    """The field of the tender has this value already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class TenderBoardClosed(Conflict):
    """The deadline of the tender has passed."""

    id: int
    closed_at: datetime
    advice: ClassVar[str] = "Terms stand after the deadline; a complaint or a cancellation is what is left."


@dataclass(eq=False)
class TenderBoardStatusWrong(Conflict):
    """The status of the tender does not allow this act."""

    id: int
    status: TenderStatus
    advice: ClassVar[str] = "Read its status; the manual says which acts each one allows."


@dataclass(eq=False)
class TenderBoardTermsStale(Conflict):
    """The terms were changed meanwhile: the act names terms that no longer hold."""

    id: int
    expected: str
    got: str
    advice: ClassVar[str] = RETRY


@dataclass(eq=False)
class TenderBoardEnquiriesClosed(Conflict):
    """The time for questions on this tender is over."""

    id: int
    closed_at: datetime
    advice: ClassVar[str] = "Questions are asked before that time; an addendum may open it again."


@dataclass(eq=False)
class TenderBoardQuestionAnswered(Conflict):
    """The question has its answer."""

    id: int
    question: int
    advice: ClassVar[str] = "An answer stands; correct the terms by an addendum."


@dataclass(eq=False)
class TenderBoardQuestionsFull(Conflict):
    """The tender holds as many questions as it may, in all, of enquiry desks, or of this supplier or desk."""

    id: int
    limit: int
    advice: ClassVar[str] = "Look whether your question was asked, or ask the buyer for an addendum."


@dataclass(eq=False)
class TenderBoardNotesFull(Conflict):
    """The tender holds as many notes of this member as it may."""

    id: int
    limit: int
    advice: ClassVar[str] = "Put what is left to say into a document, and name it where you publish it."


@dataclass(eq=False)
class TenderBoardAskerHidden(Conflict):
    """Bidding is not over: until then it stays hidden who asked through an enquiry desk."""

    id: int
    until: datetime
    advice: ClassVar[str] = (
        "Disclose the asker from that time on; where a question is open at the deadline, after its answer."
    )


@dataclass(eq=False)
class TenderBoardAskerKnown(Conflict):
    """Who asked this question was disclosed before."""

    id: int
    question: int
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class TenderBoardAskerMismatch(Invalid):
    """Supplier and salt do not make the tag of this question, or it was asked openly."""

    id: int
    question: int
    advice: ClassVar[str] = (
        "Use the file that was written when the question was hidden, and the number of that question."
    )


@dataclass(eq=False)
class TenderBoardHashZero(Invalid):
    """A required value of the act is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class TenderBoardJsonLength(Invalid):
    """The public JSON of the act is empty or longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Shorten it; long texts belong into documents."


@dataclass(eq=False)
class TenderBoardPeriodInvalid(Invalid):
    """The deadline lies outside ``min``..``max``; unix seconds."""

    id: int
    min: int
    max: int
    got: int
    advice: ClassVar[str] = (
        "Choose a deadline between the two: the procedure sets the shortest period, the longest is one year."
    )


@dataclass(eq=False)
class TenderBoardDeadlineEarlier(Invalid):
    """An addendum never moves the deadline earlier than it is; unix seconds."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Keep the deadline or choose a later one."


@dataclass(eq=False)
class TenderBoardExtensionTooShort(Invalid):
    """After an addendum bidders have at least the procedure's extension: the deadline is ``limit`` or later; unix seconds."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Choose a deadline from the limit on."


@dataclass(eq=False)
class TenderBoardFieldFrozen(Invalid):
    """An addendum cannot change this field of the terms."""

    id: int
    field: str
    advice: ClassVar[str] = "Keep the field; where it must change, cancel the tender and publish another."


@dataclass(eq=False)
class TenderBoardLotsInvalid(Invalid):
    """A tender has at least one lot and at most as many as its procedure allows."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Split or join lots, or use another procedure."


@dataclass(eq=False)
class TenderBoardCeilingMissing(Invalid):
    """The ceiling binds in this procedure, and this lot has none."""

    id: int
    lot: int
    advice: ClassVar[str] = "Give the lot a value."


@dataclass(eq=False)
class TenderBoardWeightsInvalid(Invalid):
    """The weights of price and criteria do not sum to 10,000 basis points."""

    id: int
    sum: int
    advice: ClassVar[str] = "Correct the weights; 10,000 for the price alone."


@dataclass(eq=False)
class TenderBoardPanelInvalid(Invalid):
    """The panel of evaluators does not fit the procedure."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Name no evaluator, or an odd number from 3 to 7, the first of them independent of the buyer."
    )


@dataclass(eq=False)
class TenderBoardReviewBodyInvalid(Invalid):
    """The review body is no active REVIEW_BODY member, or is not independent of the buyer."""

    id: int
    member: str
    advice: ClassVar[str] = "Name another review body."


@dataclass(eq=False)
class TenderBoardReasonInvalid(Invalid):
    """No reason for a cancellation has this number."""

    id: int
    code: int
    advice: ClassVar[str] = "Use 1 noDemand, 2 unfixable, 3 forceMajeure, 4 budgetCut or 5 ordered."


@dataclass(eq=False)
class TenderBoardRoleConflict(Forbidden):
    """The review body of this account depends on the buyer by now."""

    role: str
    who: str
    advice: ClassVar[str] = "Ask the council to name another review body for the tender."


@dataclass(eq=False)
class TenderBoardAlreadySigned(Conflict):
    """The agreement about this lot is signed by both sides."""

    id: int
    lot: int
    advice: ClassVar[str] = (
        "Cancel the other lots one by one; a signed agreement is ended with `licita agreement terminate`."
    )


@dataclass(eq=False)
class TenderBoardCancelBarred(Conflict):
    """An open complaint about an award bars the cancellation."""

    id: int
    complaint: int
    advice: ClassVar[str] = "Wait until the review body has decided it and its remedy is applied."


@dataclass(eq=False)
class TenderBoardPausesFull(Conflict):
    """The tender stood still as often as it may: it is neither suspended nor cancelled in a way that may be undone."""

    id: int
    advice: ClassVar[str] = "Let it go on to its end; a review body may order its cancellation as a remedy."
