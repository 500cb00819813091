"""Refusals of an evaluator's own machine: scores that are not whole, or that are another tender's."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Absent, Conflict, Invalid

__all__ = ["ActUnlike", "PointsFileWrong", "PointsMissing", "PointsUnknown", "ScoresOther", "VotesNotFound"]


@dataclass(eq=False)
class PointsFileWrong(Invalid):
    """The file with points is not JSON of the form bid -> criterion -> points."""

    path: str
    problem: str
    advice = "Write the form with `licita evaluation form` and fill in whole numbers."


@dataclass(eq=False)
class PointsMissing(Invalid):
    """A bid has no points for a criterion: what is not scored cannot be told from 0 points later."""

    bid: int
    criterion: str
    advice = "Give every open bid points for each criterion, 0 included."


@dataclass(eq=False)
class PointsUnknown(Invalid):
    """Points are given to a bid whose technical envelope is not open, or for a criterion that the terms do not have."""

    bid: int
    criterion: str
    advice = "Take the bids and criteria of `licita evaluation show`."


@dataclass(eq=False)
class ScoresOther(Conflict):
    """The kept scores are for another tender, round, account or network: revealed here they are no scores at all."""

    field: str
    kept: str
    due: str
    advice = "Use the file of this round; scores of a round that is over are void, and are committed to anew."


@dataclass(eq=False)
class VotesNotFound(Absent):
    """The panel of this tender was not called to vote on such an act."""

    tender: int
    act: str
    advice = "List the acts with `GET /v1/tenders/{id}/votes`; the buyer calls for votes first."


@dataclass(eq=False)
class ActUnlike(Conflict):
    """The service shows another decision than the one that this act is the hash of. Nothing was sent."""

    tender: int
    act: str
    got: str
    advice = "Do not vote on it. Ask another node, and tell the auditors what was shown."
