"""Facts of complaints, suspensions and cancellations (Complaint.sol, Procurement.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

__all__ = ["Cancellation", "ComplaintFacts", "ComplaintStage", "ComplaintStatus", "Pause", "Queue", "Remedy"]


class ComplaintStage(IntEnum):
    """What a complaint is about."""

    NONE = 0
    TERMS = 1
    TECHNICAL = 2
    AWARD = 3
    CANCELLATION = 4
    OMISSION = 5

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """As in the API, e.g. ``award``."""
        return self.name.lower()


class ComplaintStatus(IntEnum):
    """How far a complaint got; open while FILED, ADMITTED or UPHELD."""

    NONE = 0
    FILED = 1
    ADMITTED = 2
    REJECTED = 3
    UPHELD = 4
    DISMISSED = 5
    WITHDRAWN = 6
    REMEDIED = 7

    def __str__(self) -> str:
        return self.word

    @property
    def is_open(self) -> bool:
        """Whether it bars what it is about."""
        return self in (ComplaintStatus.FILED, ComplaintStatus.ADMITTED, ComplaintStatus.UPHELD)

    @property
    def word(self) -> str:
        """As in Solidity and in the API, e.g. ``Upheld``."""
        return self.name.capitalize()


class Remedy(IntEnum):
    """What an upheld complaint obliges to."""

    NONE = 0
    AMEND = 1
    CANCEL_TENDER = 2
    CANCEL_AWARD = 3
    RESTORE_BID = 4
    REDO_TECHNICAL = 5
    RESCORE = 6
    UNDO_CANCELLATION = 7

    @property
    def word(self) -> str:
        """As in the API, e.g. ``cancelAward``."""
        first, *rest = self.name.lower().split("_")
        return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True)
class Pause:
    """A time in which a tender stood still, unix seconds."""

    start: int
    end: int


@dataclass(frozen=True)
class Queue:
    """Complaints about a lot (0 = the whole tender) and a stage: the numbers of the ``open`` ones in order of filing, and when the last one
    was closed, unix seconds, 0 = none was."""

    lot: int
    stage: ComplaintStage
    open: tuple[int, ...] = ()
    closed_at: int = 0


@dataclass(frozen=True)
class Cancellation:
    """Cancellation of a lot by itself, or of the whole tender (0). ``proposed_at``: unix seconds, 0 = there is none; ``cancels_at``: stored
    end of its window, 0 = the review body did not consent yet."""

    lot: int
    proposed_at: int = 0
    cancels_at: int = 0


@dataclass(frozen=True)
class ComplaintFacts:
    """Stored facts of a complaint (struct Complaint). ``place``: in the ranking, of the bid to restore; ``terms_version``: of the tender
    when an addendum was ordered; ``due``: stored end of the review, then of the time for the remedy."""

    tender: int
    supplier: bytes = bytes(32)
    lot: int = 0
    stage: ComplaintStage = ComplaintStage.NONE
    status: ComplaintStatus = ComplaintStatus.NONE
    remedy: Remedy = Remedy.NONE
    place: int = 0
    terms_version: int = 0
    due: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> ComplaintFacts:
        """What ``ComplaintDesk.complaintFacts`` answers."""
        tender, supplier, lot, stage, status, remedy, place, terms_version, due = values[:9]
        return cls(
            int.from_bytes(tender, "big"), supplier, lot, ComplaintStage(stage), ComplaintStatus(status), Remedy(remedy), place,
            terms_version, due,
        )  # fmt: skip
