"""What an audit found, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DEVELOPMENT", "Report"]

DEVELOPMENT = "one development node, no consensus evidence"


@dataclass(frozen=True)
class Report:
    """``facts`` JSON values by name, in the order of the lines; ``lines``: sentences for people.

    ``warnings``: what is on the record and should not be, though it proves nothing wrong; ``unproved``: what nobody may conclude.
    """

    title: str
    facts: Mapping[str, Any]
    said: Sequence[str]
    warnings: Sequence[str] = field(default=())
    unproved: Sequence[str] = field(default=())

    @property
    def lines(self) -> list[str]:
        """The report line by line."""
        warnings = [f"warning: {text}" for text in self.warnings]
        return [self.title, *self.said, *warnings, *(f"not proved: {text}" for text in self.unproved)]

    def to_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "title": self.title,
            **self.facts,
            "warnings": list(self.warnings),
            "unproved": list(self.unproved),
        }
