"""Facts of evaluations (Evaluation.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["EvaluationFacts", "PanelVote", "seats_of"]


def seats_of(bits: int) -> tuple[int, ...]:
    """Seats of a set: bit ``seat`` stands for it."""
    return tuple(seat for seat in range(8) if bits >> seat & 1)


@dataclass(frozen=True)
class EvaluationFacts:
    """Stored facts of a tender's evaluation (struct Evaluation), fields in its order; times in unix seconds, sets of seats as bits.

    ``standstill_ends``: stored end of the time to complain about the technical result, 0 = there is none.
    """

    round: int = 0
    round_at: int = 0
    started_at: int = 0
    committed: int = 0
    begun: int = 0
    complete: int = 0
    standstill_ends: int = 0
    failed: int = 0
    results: int = 0
    sitting: int = 0
    sitting_at: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> EvaluationFacts:
        """What ``EvaluationDesk.evaluationOf`` answers."""
        return cls(*(int(value) for value in values))


@dataclass(frozen=True)
class PanelVote:
    """The panel's votes on one act (struct Vote); ``called_at`` in unix seconds, 0 = nobody called for them; seats as bits."""

    called_at: int = 0
    sitting: int = 0
    results: int = 0
    yes: int = 0
    no: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> PanelVote:
        """What ``EvaluationDesk.votesOn`` answers."""
        return cls(*(int(value) for value in values))
