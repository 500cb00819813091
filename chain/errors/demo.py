"""Faults of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Fault

__all__ = ["DemoStoryBroken"]


@dataclass(eq=False)
class DemoStoryBroken(Fault):
    """A step of the demonstration did not end as the story says."""

    step: str
    got: str
    advice = "Run `make test`; if it passes, report this with the output."
