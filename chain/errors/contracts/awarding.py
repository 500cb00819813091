"""Refusals of AwardDesk: counting, ranking, awarding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import ROLE, SAME
from chain.types import LotStatus

__all__ = [
    "AwardDeskCuringNotAllowed",
    "AwardDeskExplanationMissing",
    "AwardDeskHashZero",
    "AwardDeskIneligible",
    "AwardDeskLotStatusWrong",
    "AwardDeskNotAdmissible",
    "AwardDeskNotCandidate",
    "AwardDeskNotLow",
    "AwardDeskNotOpened",
    "AwardDeskNotRanked",
    "AwardDeskNotTallied",
    "AwardDeskOfferMismatch",
    "AwardDeskOnlyOnce",
    "AwardDeskOrderWrong",
    "AwardDeskPageInvalid",
    "AwardDeskRankIncomplete",
    "AwardDeskReasonInvalid",
    "AwardDeskRoleMissing",
    "AwardDeskSetupMismatch",
    "AwardDeskStillEligible",
    "AwardDeskUnchanged",
    "AwardDeskWindowClosed",
    "AwardDeskWindowOpen",
]


@dataclass(eq=False)
class AwardDeskRoleMissing(Forbidden):
    """This account is no OFFICER or APPROVER of the buyer, or acts for no supplier whose bid this is."""

    role: str
    who: str
    advice: ClassVar[str] = ROLE


@dataclass(eq=False)
class AwardDeskIneligible(Forbidden):
    """The supplier may not be awarded now: it is INACTIVE, DEBARRED, or its declaration of owners is too old (OWNERS_STALE)."""

    id: int
    supplier: str
    cause: str
    advice: ClassVar[str] = (
        "Wait until the supplier may be awarded again, or drop it: then the next in the ranking follows."
    )


@dataclass(eq=False)
class AwardDeskNotOpened(Conflict):
    """Bids of this tender are not open yet; ``left`` of them."""

    id: int
    left: int
    advice: ClassVar[str] = (
        "Wait until the opening committee opened them; the manual says what follows where it does not."
    )


@dataclass(eq=False)
class AwardDeskNotTallied(Conflict):
    """The bids of this lot are not counted to the end."""

    id: int
    lot: int
    advice: ClassVar[str] = "Count its pages first: anybody may."


@dataclass(eq=False)
class AwardDeskNotRanked(Conflict):
    """The lot has no ranking yet."""

    id: int
    lot: int
    advice: ClassVar[str] = "Rank it first: anybody may."


@dataclass(eq=False)
class AwardDeskRankIncomplete(Conflict):
    """``got`` of ``limit`` bids of the lot are ranked."""

    id: int
    lot: int
    limit: int
    got: int
    advice: ClassVar[str] = "Rank the others first: anybody may."


@dataclass(eq=False)
class AwardDeskLotStatusWrong(Conflict):
    """The status of the lot does not allow this act."""

    id: int
    lot: int
    status: LotStatus
    advice: ClassVar[str] = "Read its status; the manual says which acts each one allows."


@dataclass(eq=False)
class AwardDeskNotCandidate(Conflict):
    """This bid is not the candidate: only the first of the ranking that is not out is awarded or put out."""

    id: int
    lot: int
    index: int
    advice: ClassVar[str] = "Read who the candidate is, and decide about that bid first."


@dataclass(eq=False)
class AwardDeskStillEligible(Conflict):
    """The supplier may be awarded: it is not dropped."""

    id: int
    supplier: str
    advice: ClassVar[str] = "Award its bid, or disqualify it with a reason."


@dataclass(eq=False)
class AwardDeskExplanationMissing(Conflict):
    """The price is abnormally low and was not explained."""

    id: int
    lot: int
    index: int
    advice: ClassVar[str] = (
        "Ask the bidder to explain it; after its answer award, or disqualify with the reason abnormallyLow."
    )


@dataclass(eq=False)
class AwardDeskWindowOpen(Conflict):
    """The bidder still has time to answer, until the named time."""

    id: int
    until: datetime
    advice: ClassVar[str] = "Decide after its answer or after that time."


@dataclass(eq=False)
class AwardDeskWindowClosed(Conflict):
    """The time for this is over, or nobody asked for it (1970)."""

    id: int
    closed_at: datetime
    advice: ClassVar[str] = "Read the tender: what was decided meanwhile can be complained about."


@dataclass(eq=False)
class AwardDeskNotLow(Conflict):
    """The price of this bid is not abnormally low by the rules of the procedure."""

    id: int
    lot: int
    index: int
    advice: ClassVar[str] = "Choose another reason, or award it."


@dataclass(eq=False)
class AwardDeskCuringNotAllowed(Conflict):
    """The procedure lets no bidder cure anything."""

    id: int
    advice: ClassVar[str] = "Decide on the bid as it is."


@dataclass(eq=False)
class AwardDeskOnlyOnce(Conflict):
    """It is done once, and it was: ``what`` is question, explanation, curing, cure or extension; ``who`` is the bid or the buyer."""

    id: int
    what: str
    who: str
    advice: ClassVar[str] = "Read what was said the first time; it stands."


@dataclass(eq=False)
class AwardDeskUnchanged(Conflict):
    """The field of the bid has this value already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class AwardDeskHashZero(Invalid):
    """A required value of the act is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class AwardDeskPageInvalid(Invalid):
    """The page is not the next one, or it holds more or fewer bids than ``limit``."""

    limit: int
    got: int
    advice: ClassVar[str] = "Send the next page, with each opened bid of it once."


@dataclass(eq=False)
class AwardDeskSetupMismatch(Invalid):
    """Lots, criteria and panel that were passed are not those of the terms in force."""

    id: int
    advice: ClassVar[str] = "Pass the setup of the terms in force."


@dataclass(eq=False)
class AwardDeskOfferMismatch(Invalid):
    """What was passed of this bid is not what its opening showed."""

    id: int
    index: int
    advice: ClassVar[str] = (
        "Pass the amounts and the commitment as the opening published them, in the order of the bids."
    )


@dataclass(eq=False)
class AwardDeskOrderWrong(Invalid):
    """The bid at this place, counted from 0, does not follow the one before: lower price first, on a tie the earlier bid."""

    id: int
    lot: int
    i: int
    advice: ClassVar[str] = "Sort by price, then by the number of arrival."


@dataclass(eq=False)
class AwardDeskNotAdmissible(Invalid):
    """This bid has no offer that may win the lot; lot 0: it was not opened."""

    id: int
    lot: int
    index: int
    advice: ClassVar[str] = "Name a bid that the tally counted as admissible, or one that was opened."


@dataclass(eq=False)
class AwardDeskReasonInvalid(Invalid):
    """There is no such reason or status, or another act records it."""

    id: int
    code: int
    advice: ClassVar[str] = "The manual lists the reasons and what may follow what."
