"""A measured figure: several runs, the raw limit of the same runs beside it, and the goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

__all__ = ["Figure", "Goal", "MeasureFailed", "spread"]


class MeasureFailed(Exception):
    """A part could not be measured; the message says why."""


@dataclass(frozen=True)
class Goal:
    """What is wished of the median or of the ratio's median: at least (``>=``) or below (``<``) ``bound``."""

    of: Literal["median", "ratio"]
    sign: Literal[">=", "<"]
    bound: float

    def met(self, median_: float, ratio: float | None) -> bool | None:
        """Whether it is reached; None where there is no ratio to judge."""
        value = median_ if self.of == "median" else ratio
        if value is None:
            return None
        return value >= self.bound if self.sign == ">=" else value < self.bound


@dataclass(frozen=True)
class Figure:
    """``values`` one a run in ``unit``; ``limits`` the raw limit ``limit`` of the same runs, in the same unit.

    The ratio is value over limit, run by run: the share of what is possible for a rate, the multiple of it for a time.
    """

    name: str
    unit: str
    values: Sequence[float]
    limit: str = ""
    limits: Sequence[float] = ()
    goal: Goal | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """Value over limit of each run; empty where there is no limit."""
        return (
            [value / limit for value, limit in zip(self.values, self.limits, strict=True)]
            if self.limits
            else []
        )

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        ratio = median(self.ratios) if self.ratios else None
        return self.goal.met(median(self.values), ratio) if self.goal else None

    def to_json(self) -> dict[str, Any]:
        """As it stands in the report."""
        return {
            "unit": self.unit,
            **spread(self.values),
            "limit": {"what": self.limit, **spread(self.limits)} if self.limits else None,
            "ratio": spread(self.ratios) if self.ratios else None,
            "goal": f"{self.goal.of} {self.goal.sign} {self.goal.bound:g}" if self.goal else None,
            "met": self.met,
            "facts": self.facts,
        }


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Median, least and greatest, and the runs in their order."""
    rounded = [_short(value) for value in values]
    return {"median": _short(median(values)), "min": min(rounded), "max": max(rounded), "runs": rounded}


def _short(value: float) -> float:
    return round(value, 1) if abs(value) >= 1000 else float(f"{value:.4g}")
