"""Refusals of ComplaintDesk: complaints, remedies, suspension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import ROLE
from chain.types import ComplaintStatus

__all__ = [
    "ComplaintDeskAlreadyRecorded",
    "ComplaintDeskDuplicate",
    "ComplaintDeskHashZero",
    "ComplaintDeskNoStanding",
    "ComplaintDeskNotFound",
    "ComplaintDeskOpen",
    "ComplaintDeskRemedyInvalid",
    "ComplaintDeskRemedyNotDue",
    "ComplaintDeskRoleConflict",
    "ComplaintDeskRoleMissing",
    "ComplaintDeskStageWrong",
    "ComplaintDeskStatusWrong",
    "ComplaintDeskTooLate",
]


@dataclass(eq=False)
class ComplaintDeskRoleMissing(Forbidden):
    """This account acts for no supplier, or for another than the complainant, or is no REVIEWER of the tender's review body, or no OFFICER
    of its buyer."""

    role: str
    who: str
    advice: ClassVar[str] = ROLE


@dataclass(eq=False)
class ComplaintDeskRoleConflict(Forbidden):
    """This account would act on two sides: for the buyer and a supplier, on its own complaint, or for a review body that depends on the
    buyer."""

    role: str
    who: str
    advice: ClassVar[str] = "Ask the council to name another review body for the tender."


@dataclass(eq=False)
class ComplaintDeskNoStanding(Forbidden):
    """This stage is complained about by those whom it concerns: an award by bidders that offered for the lot, a cancellation by those whose
    bid is live, an omission by bidders."""

    tender_id: int
    who: str
    advice: ClassVar[str] = (
        "Complain about the terms before the deadline; about an award pass what your bid showed."
    )


@dataclass(eq=False)
class ComplaintDeskNotFound(Absent):
    """There is no such complaint."""

    complaint: int
    advice: ClassVar[str] = "List the complaints of the tender."


@dataclass(eq=False)
class ComplaintDeskAlreadyRecorded(Conflict):
    """This supplier recorded the same act before; ``complaint`` is what it made."""

    record_id: str
    complaint: int
    advice: ClassVar[str] = "Nothing needs to be done; for another complaint use another recordId."


@dataclass(eq=False)
class ComplaintDeskTooLate(Conflict):
    """The time to complain about this is over."""

    tender_id: int
    closed_at: datetime
    advice: ClassVar[str] = "Read in the tender's procedure how long each thing may be complained about."


@dataclass(eq=False)
class ComplaintDeskDuplicate(Conflict):
    """The supplier has an open complaint about the same lot and stage."""

    complaint: int
    advice: ClassVar[str] = "Wait for its decision, or withdraw it before you file another one."


@dataclass(eq=False)
class ComplaintDeskStatusWrong(Conflict):
    """The complaint's status does not allow this act."""

    complaint: int
    status: ComplaintStatus
    advice: ClassVar[str] = "Read the complaint: what may follow depends on its status."


@dataclass(eq=False)
class ComplaintDeskRemedyNotDue(Conflict):
    """The remedy is not due before ``until``: the buyer has until then to apply it itself; an addendum has to be made first (2^40 - 1)."""

    complaint: int
    until: datetime
    advice: ClassVar[str] = "Wait until then; where an addendum was ordered, make it first."


@dataclass(eq=False)
class ComplaintDeskOpen(Conflict):
    """An open complaint bars this act."""

    complaint: int
    advice: ClassVar[str] = "Wait until the review body has decided it and its remedy is applied."


@dataclass(eq=False)
class ComplaintDeskHashZero(Invalid):
    """A required value is zero."""

    field: str
    advice: ClassVar[str] = "Give the sha256 of the document."


@dataclass(eq=False)
class ComplaintDeskStageWrong(Invalid):
    """There is no such stage, or nothing of this tender or lot that it could be about."""

    tender_id: int
    stage: int
    advice: ClassVar[str] = (
        "Complain about the terms, an award, a cancellation, or a duty that is overdue, where there is one."
    )


@dataclass(eq=False)
class ComplaintDeskRemedyInvalid(Invalid):
    """There is no such remedy, or it is not one of this stage, or there is nothing to apply it to."""

    complaint: int
    remedy: int
    advice: ClassVar[str] = (
        "About terms: amend, cancelTender; an award: cancelAward, restoreBid, cancelTender; a cancellation: undoCancellation; an omission: "
        "cancelTender."
    )
