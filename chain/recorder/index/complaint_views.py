"""What the index answers with about complaints and orders: frozen rows. Ids and hashes are ``0x`` hex, times unix seconds."""

from __future__ import annotations

from dataclasses import dataclass

from chain.types import ComplaintFacts, ComplaintStatus

__all__ = ["ComplaintRow", "ComplaintStep", "OrderRow"]


@dataclass(frozen=True)
class ComplaintStep:
    """How a complaint came to a status; ``document``: hash of the decision, "" where none was asked for."""

    status: ComplaintStatus
    at: int
    document: str
    transaction: str


@dataclass(frozen=True)
class ComplaintRow:
    """A complaint. ``document_hash``: of the complaint itself; ``steps`` after its filing, in order."""

    number: int
    facts: ComplaintFacts
    record_id: str
    document_hash: str
    filed_at: int
    transaction: str
    steps: tuple[ComplaintStep, ...]


@dataclass(frozen=True)
class OrderRow:
    """An order that a tender stands still; ``resumed_at`` 0 and ``resumption`` "" while it stands."""

    tender: int
    suspended_at: int
    document_hash: str
    transaction: str
    resumed_at: int
    resumption: str
