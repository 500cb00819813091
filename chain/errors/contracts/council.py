"""Refusals of Council, its timelock and Consultation: who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import RETRY, SAME
from chain.types import DecisionClass, ProposalState

__all__ = [
    "ConsultationAlreadyRecorded",
    "ConsultationBatchInvalid",
    "ConsultationCommentsFull",
    "ConsultationHashZero",
    "ConsultationNotFound",
    "ConsultationReported",
    "ConsultationRoleMissing",
    "ConsultationStatusWrong",
    "ConsultationUnchanged",
    "ConsultationVersionWrong",
    "CouncilAlreadyRecorded",
    "CouncilCallInvalid",
    "CouncilCallsInvalid",
    "CouncilConfirmationInvalid",
    "CouncilConfirmationKept",
    "CouncilDelayed",
    "CouncilNotFound",
    "CouncilOnlyOnce",
    "CouncilProposalsFull",
    "CouncilReportMissing",
    "CouncilRoleMissing",
    "CouncilRulesInvalid",
    "CouncilSeatMissing",
    "CouncilStatusWrong",
    "CouncilTextLength",
    "CouncilTimelockCoinRefused",
    "CouncilUnchanged",
    "CouncilVoteInvalid",
    "FailedCall",
]


@dataclass(eq=False)
class CouncilRoleMissing(Forbidden):
    """This account may not act in the council here: it lacks the named role."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "Proposals and votes are for DELEGATEs of members with a seat, a cancellation for the proposer's member, the rest for resolutions."
    )


@dataclass(eq=False)
class CouncilNotFound(Absent):
    """There is no such proposal."""

    id: int
    advice: ClassVar[str] = "List the proposals; they count from 1."


@dataclass(eq=False)
class CouncilSeatMissing(Forbidden):
    """The member had no seat in the council when the vote began."""

    id: int
    member: str
    advice: ClassVar[str] = "Only seats that existed at the start of a vote count in it."


@dataclass(eq=False)
class CouncilAlreadyRecorded(Conflict):
    """This very content was proposed before, as the named proposal."""

    content: str
    id: int
    advice: ClassVar[str] = "Look at the named proposal; to propose it again, change its text."


@dataclass(eq=False)
class CouncilProposalsFull(Conflict):
    """The member has the most open proposals that it may have."""

    limit: int
    advice: ClassVar[str] = "Wait until one is decided, or cancel one that is still in consultation."


@dataclass(eq=False)
class CouncilStatusWrong(Conflict):
    """The state of the proposal does not allow this act."""

    id: int
    state: ProposalState
    advice: ClassVar[str] = "Ask `licita council why` what the proposal waits for."


@dataclass(eq=False)
class CouncilOnlyOnce(Conflict):
    """The member has voted: a vote is cast once, by one delegate, and not changed."""

    id: int
    member: str
    advice: ClassVar[str] = "Nothing needs to be done."


@dataclass(eq=False)
class CouncilReportMissing(Conflict):
    """The report that answers the comments is not published, and this proposal cannot be queued without it."""

    id: int
    advice: ClassVar[str] = "A delegate of the proposer's member publishes the report; then queue again."


@dataclass(eq=False)
class CouncilDelayed(Conflict):
    """The delay of the decision is not over."""

    id: int
    until: datetime
    advice: ClassVar[str] = "Execute it after the named time."


@dataclass(eq=False)
class CouncilUnchanged(Conflict):
    """The rule of the council has this value already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class CouncilTextLength(Invalid):
    """A text of the council is empty, or longer than the limit in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = (
        "Shorten the text; long ones belong into the document that the proposal names by its sha256."
    )


@dataclass(eq=False)
class CouncilCallsInvalid(Invalid):
    """A proposal has at least one call and at most the limit, each with its target, value and data."""

    limit: int
    got: int
    advice: ClassVar[str] = "Split the proposal, or name all three for each call."


@dataclass(eq=False)
class CouncilCallInvalid(Invalid):
    """The call at this place has no contract at its target, goes to the timelock, carries coin, or has less than a selector."""

    index: int
    advice: ClassVar[str] = "Name a contract of the network and a function of it; nothing here holds coin."


@dataclass(eq=False)
class CouncilConfirmationInvalid(Invalid):
    """An urgent proposal comes with one of class MEMBERSHIP or CHARTER that confirms it, and no other proposal does."""

    urgent: DecisionClass
    confirmation: DecisionClass
    advice: ClassVar[str] = "Propose urgent calls with their confirmation, and others without one."


@dataclass(eq=False)
class CouncilConfirmationKept(Conflict):
    """What confirms an urgent proposal cannot be cancelled: what was done in a hurry is decided again."""

    id: int
    advice: ClassVar[str] = "Vote against it."


@dataclass(eq=False)
class FailedCall(Conflict):
    """A call of the resolution failed without saying why: its data are not what its target understands."""

    advice: ClassVar[str] = "Propose it again with data of a function that the target has."


@dataclass(eq=False)
class CouncilVoteInvalid(Invalid):
    """A vote is 0 against, 1 in favour or 2 abstained."""

    got: int
    advice: ClassVar[str] = "Vote against, for or abstain."


@dataclass(eq=False)
class CouncilRulesInvalid(Invalid):
    """The rules of a class of decisions cannot be met, or would let less than a majority decide."""

    field: str
    advice: ClassVar[str] = "Correct the named field of the class."


@dataclass(eq=False)
class CouncilTimelockCoinRefused(Invalid):
    """The timelock takes no coin: nothing on this network holds any."""

    advice: ClassVar[str] = "Send nothing; record payments made in the bank instead."


@dataclass(eq=False)
class ConsultationRoleMissing(Forbidden):
    """This account may not act in the consultation here: it lacks the named role."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "People of active members and suppliers comment here, anyone else through the API; batches are an OPERATOR's, hiding an AUDITOR's."
    )


@dataclass(eq=False)
class ConsultationNotFound(Absent):
    """There is no such proposal to comment on."""

    proposal: int
    advice: ClassVar[str] = "List the proposals; they count from 1."


@dataclass(eq=False)
class ConsultationAlreadyRecorded(Conflict):
    """This organisation recorded the same comment before."""

    record_id: str
    id: int
    advice: ClassVar[str] = "Nothing needs to be done; a new comment has a new Idempotency-Key."


@dataclass(eq=False)
class ConsultationVersionWrong(Conflict):
    """The number of batches that this member anchored is another one."""

    expected: int
    got: int
    advice: ClassVar[str] = RETRY


@dataclass(eq=False)
class ConsultationStatusWrong(Conflict):
    """The state of the proposal does not allow this act."""

    proposal: int
    state: ProposalState
    advice: ClassVar[str] = (
        "Comments are taken before the vote, batches until its end, the report after the consultation and before queueing."
    )


@dataclass(eq=False)
class ConsultationCommentsFull(Conflict):
    """The organisation made the most comments on this proposal that it may make."""

    proposal: int
    limit: int
    advice: ClassVar[str] = "Say the rest in a document and name it by its sha256."


@dataclass(eq=False)
class ConsultationReported(Conflict):
    """The report on this proposal is published already."""

    proposal: int
    advice: ClassVar[str] = "Nothing needs to be done: a report is published once."


@dataclass(eq=False)
class ConsultationUnchanged(Conflict):
    """The text is hidden already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class ConsultationHashZero(Invalid):
    """A required value of the consultation is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class ConsultationBatchInvalid(Invalid):
    """A batch holds at least one comment and at most the limit."""

    limit: int
    got: int
    advice: ClassVar[str] = "Anchor what was received, in several batches if need be."
