"""A tender as far as its sealed bids go: what tenders, bids and openings show of it together."""

from __future__ import annotations

from dataclasses import dataclass

from api.deps import Service
from api.pages import time_text
from chain.errors.contracts import TenderBoardNotFound
from chain.recorder.index.sealing_views import BoxRow
from chain.recorder.index.views import TenderRow
from chain.rules.bids import opening_due
from chain.rules.openings import Due
from chain.rules.tenders import NEVER
from chain.types import TenderStatus

__all__ = ["Sealed", "sealed_of", "sealed_tender", "when"]


@dataclass(frozen=True)
class Sealed:
    """A tender at head time. ``due``: what its opening depends on; ``period``: seconds a block."""

    row: TenderRow
    status: TenderStatus
    due: Due
    box: BoxRow
    now: int
    period: int

    @property
    def opens_at(self) -> int:
        """When shares are taken: a block period after the contract would, because they are public as soon as they are sent."""
        return NEVER if self.due.open_from == NEVER else self.due.open_from + self.period

    @property
    def is_opening(self) -> bool:
        """Whether shares are taken, or were: until then nothing is said that a bidder or a member could act upon."""
        return self.row.facts.locked or (not self.due.stopped and self.now >= self.opens_at)

    @property
    def is_counted(self) -> bool:
        """Whether the number of its bids is told: not before the first of them is open, and never if none is."""
        facts = self.row.facts
        return facts.opened_bids > 0 or facts.technical_ends > 0 or self.box.phase > 0


def sealed_tender(service: Service, number: int) -> Sealed:
    """A tender by its number. Raises TenderBoardNotFound."""
    row = service.index.tender(number)
    if row is None:
        raise TenderBoardNotFound(number)
    return sealed_of(service, row)


def sealed_of(service: Service, row: TenderRow) -> Sealed:
    """A tender by its row."""
    index = service.index
    found = index.procedure(row.facts.procedure, row.facts.procedure_version)
    assert found is not None, "the contract takes an adopted procedure only"
    box, clock = index.sealing.box(row.number), index.clock()
    due = opening_due(row.number, row.facts, found.procedure, clock, box.phase)
    return Sealed(row, index.status(row, clock), due, box, clock.now, service.network.descriptor.period)


def when(seconds: int) -> str | None:
    """A time as text, None where it is not known: 0, or while a question is open at the deadline."""
    return None if seconds in (0, NEVER) else time_text(seconds)
