"""Refusals of EvaluationDesk: scores, votes, the technical result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import ROLE

__all__ = [
    "EvaluationDeskBidInvalid",
    "EvaluationDeskHashZero",
    "EvaluationDeskNoPanel",
    "EvaluationDeskNotOpened",
    "EvaluationDeskOnlyOnce",
    "EvaluationDeskPageInvalid",
    "EvaluationDeskPanelSufficient",
    "EvaluationDeskPointsInvalid",
    "EvaluationDeskReasonInvalid",
    "EvaluationDeskRoleConflict",
    "EvaluationDeskRoleMissing",
    "EvaluationDeskScoreMismatch",
    "EvaluationDeskScoreNotDue",
    "EvaluationDeskScoresShort",
    "EvaluationDeskSetupMismatch",
    "EvaluationDeskVoteMissing",
    "EvaluationDeskVotesShort",
    "EvaluationDeskWindowOpen",
]


@dataclass(eq=False)
class EvaluationDeskRoleMissing(Forbidden):
    """This account sits in no such seat of the panel, or is no EVALUATOR any more; or is no OFFICER or APPROVER of the buyer."""

    role: str
    who: str
    advice: ClassVar[str] = ROLE


@dataclass(eq=False)
class EvaluationDeskRoleConflict(Forbidden):
    """This evaluator would act on two sides: its organisation bids, or depends on the buyer and sits in the independent seat."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "Leave the seat: the buyer puts another in it once you are silent for the scorePeriod."
    )


@dataclass(eq=False)
class EvaluationDeskNotOpened(Conflict):
    """Not every technical envelope is open yet."""

    id: int
    left: int
    advice: ClassVar[str] = "Wait until the committee, or the bidders themselves, opened the rest."


@dataclass(eq=False)
class EvaluationDeskWindowOpen(Conflict):
    """A bidder that would fail still has time to cure."""

    id: int
    until: datetime
    advice: ClassVar[str] = "Wait for the answer or the end of the window."


@dataclass(eq=False)
class EvaluationDeskVotesShort(Conflict):
    """Fewer than ``limit`` of the panel voted for exactly this act."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Call the panel to vote on the act, and send it unchanged once more than half are for it."
    )


@dataclass(eq=False)
class EvaluationDeskVoteMissing(Conflict):
    """The independent evaluator did not vote and still has time to; or nobody called for votes on this act."""

    id: int
    until: datetime
    advice: ClassVar[str] = (
        "Wait for the vote of seat 0 or the end of its time; where there is no call, call for votes first."
    )


@dataclass(eq=False)
class EvaluationDeskScoresShort(Conflict):
    """Too few evaluators revealed all of their scores, or one revealed a part of them, or the independent one did not."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Replace an evaluator who was silent; a new round begins for all."


@dataclass(eq=False)
class EvaluationDeskOnlyOnce(Conflict):
    """It is done once: the call for votes on an act, a vote, a commitment."""

    id: int
    what: str
    who: str
    advice: ClassVar[str] = "Nothing needs to be done: it is recorded."


@dataclass(eq=False)
class EvaluationDeskScoreNotDue(Conflict):
    """Scores are committed or revealed at another time, or nobody scores in this tender."""

    id: int
    not_before: datetime
    until: datetime
    advice: ClassVar[str] = (
        "Commit in the scorePeriod that begins with the first commitment, and reveal in the one after it."
    )


@dataclass(eq=False)
class EvaluationDeskNoPanel(Conflict):
    """The tender has no panel, or none with this seat."""

    id: int
    advice: ClassVar[str] = "Decide without votes; seats count from 0 in the order of the terms."


@dataclass(eq=False)
class EvaluationDeskPanelSufficient(Conflict):
    """This evaluator is not silent, or the others suffice without it."""

    id: int
    advice: ClassVar[str] = "Wait for the end of the scorePeriod, or decide with those who answered."


@dataclass(eq=False)
class EvaluationDeskHashZero(Invalid):
    """A required value is missing."""

    field: str
    advice: ClassVar[str] = "Give the value."


@dataclass(eq=False)
class EvaluationDeskPageInvalid(Invalid):
    """The page is not the next one, or holds more or less than it must."""

    limit: int
    got: int
    advice: ClassVar[str] = "Reveal pages of 16 indexes in order, one word for each opened bid."


@dataclass(eq=False)
class EvaluationDeskSetupMismatch(Invalid):
    """The setup is not that of the tender's terms."""

    id: int
    advice: ClassVar[str] = "Read the terms again: an addendum may have changed them."


@dataclass(eq=False)
class EvaluationDeskScoreMismatch(Invalid):
    """What is revealed is not what this evaluator committed to."""

    id: int
    who: str
    advice: ClassVar[str] = (
        "Reveal the scores and the salt that you kept; another's commitment reveals nothing."
    )


@dataclass(eq=False)
class EvaluationDeskPointsInvalid(Invalid):
    """A criterion has more points than it may have, or none at all."""

    id: int
    criterion: int
    max: int
    got: int
    advice: ClassVar[str] = (
        "Give each criterion of the terms between 0 and its maxPoints; terms give at most 9362."
    )


@dataclass(eq=False)
class EvaluationDeskReasonInvalid(Invalid):
    """There is no such reason, or another act says it."""

    id: int
    code: int
    advice: ClassVar[str] = "Take a reason of the code list; a low price and a refused signature come later."


@dataclass(eq=False)
class EvaluationDeskBidInvalid(Invalid):
    """This bid has no technical envelope that was opened, or the list does not rise."""

    id: int
    index: int
    advice: ClassVar[str] = "List opened bids once each, in the order of their indexes."
