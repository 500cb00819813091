"""What an audit found, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chain.audit.header import QBFT_MIX_HASH, Header

__all__ = ["DEVELOPMENT", "UNSEALED", "Report", "evidence_of"]

DEVELOPMENT = "one development node, no consensus evidence"
UNSEALED = "QBFT blocks whose seals were not checked, no consensus evidence"


def evidence_of(head: Header) -> str:
    """What stands behind a chain beside its links, in words."""
    return UNSEALED if head.mix_hash == QBFT_MIX_HASH else DEVELOPMENT


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
