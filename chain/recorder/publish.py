"""What is injected into the follower: how releases are made and how a tender's text is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chain.recorder.index.views import MemberRow, SupplierRow
from chain.types import Event, Procedure, TenderFacts

__all__ = [
    "ContentCheck",
    "Directory",
    "Published",
    "Publisher",
    "StoredRelease",
    "TenderChange",
    "VerifyBlock",
]

VerifyBlock = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], None]
"""(block, receipts) as the node's JSON -> None; raises AuditRefusal. Injected by chain/audit."""


class ContentCheck(Protocol):
    """Judges the text of an event (``json``) that is a canonical JSON object already. Injected by chain/ocds."""

    def __call__(self, event: Event, tender: Mapping[str, Any] | None) -> Sequence[str]:
        """Reasons such as ``TermsDiffer``, ``TermsIdDropped``; empty where all is well.

        ``event``: TenderPublished, TenderAmended, QuestionAsked, QuestionAnswered or NoteRecorded; ``tender``: the last good text of the
        tender before it, None where there is none. Pure; never raises on any JSON object.
        """
        ...


@dataclass(frozen=True)
class TenderChange:
    """All that one block did to one tender: its events in log order, then what time alone changed: name -> lots, 0 being the whole tender.

    ``facts`` are those after the block; ``state``: what ``publish`` returned for this tender last time, None at first.
    """

    tender: int
    block: int
    time: int
    events: tuple[Event, ...]
    derived: Mapping[str, Sequence[int]]
    facts: TenderFacts
    procedure: Procedure
    state: Any


@dataclass(frozen=True)
class StoredRelease:
    """``data``: canonical bytes; ``date`` ``YYYY-MM-DDThh:mm:ssZ``."""

    ocid: str
    id: str
    date: str
    data: bytes


@dataclass(frozen=True)
class Published:
    """``release`` None where the block gives none; ``state``: any JSON, handed back with the next change of this tender.

    ``refused``: name of the rule that a release with the texts of the block would break, so that it is without them; else "".
    ``withheld``: any JSON, added to what is kept aside for this tender: it may be much, and the state is written with every change.
    """

    release: StoredRelease | None
    state: Any
    refused: str = ""
    withheld: tuple[Any, ...] = ()


class Directory(Protocol):
    """Who is who as of the block being published."""

    def member(self, id: str) -> MemberRow | None:
        """A member by its 0x id."""
        ...

    def supplier(self, id: str) -> SupplierRow | None:
        """A supplier by its 0x id."""
        ...

    def bidder(self, tender: int, bid: int) -> SupplierRow | None:
        """The supplier whose bid this is, by its index; whatever became of the account that sent it."""
        ...

    def envelope(self, tender: int, bid: int, envelope: int) -> str | None:
        """The envelope of a bid's present version, 0x hex."""
        ...

    def payment(self, agreement: int, number: int) -> Mapping[str, Any] | None:
        """A payment of an agreement: ``milestone``, ``payer``, ``payee`` (0x ids) and ``amount`` (decimal text) among its members."""
        ...

    def withheld(self, tender: int) -> Sequence[Any]:
        """What was kept aside for a tender, in order."""
        ...


class Publisher(Protocol):
    """Folds a tender's changes into releases. Pure: same changes, same bytes; no clock, network or database."""

    def publish(self, change: TenderChange, directory: Directory) -> Published:
        """Called in the transaction of the block. A LicitaError stops the index before this block, with an alarm."""
        ...
