"""Refusals of the audit: a record that cannot be read strictly, or does not prove what it claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from chain.errors.base import Absent, Invalid, Unavailable

__all__ = ["AuditRefusal", "AuditSubjectAbsent", "BundleUnreadable", "RlpInvalid"]


@dataclass(eq=False)
class RlpInvalid(Invalid):
    """These bytes are not the one canonical RLP encoding of anything.

    ``rule`` is one of empty, trailing, truncated, single-byte, long-form, length-zero, depth, leading-zero; ``offset`` counts
    bytes from the start of what was decoded.
    """

    rule: str
    offset: int
    advice: ClassVar[str] = (
        "Fetch the bytes again from a node you trust; a canonical encoder never writes this."
    )


@dataclass(eq=False)
class AuditRefusal(Invalid):
    """A block, transaction, receipt or proof does not prove what it claims.

    ``rule`` is a short stable name (``header-hash``, ``receipts-root``, ``receipt-field:status``), ``block`` the block's number
    where it is known, ``place`` a path such as ``items/3.json#/receipt/logs/0/data``.
    """

    rule: str
    block: int | None
    expected: Any
    found: Any
    place: str = ""
    advice: ClassVar[str] = "Do not rely on this record; compare it with what a node you trust answers."


@dataclass(eq=False)
class AuditSubjectAbsent(Absent):
    """The chain holds no such tender, process, transaction of a tender, or block."""

    subject: str
    advice: ClassVar[str] = (
        "Name a tender by its number or its ocid, or a transaction that did something to one."
    )


@dataclass(eq=False)
class BundleUnreadable(Unavailable):
    """This file cannot be read as a proof bundle at all, so nothing is said about what it proves."""

    reason: str
    advice: ClassVar[str] = "Ask for the file again; it is written by `licita audit bundle`."
