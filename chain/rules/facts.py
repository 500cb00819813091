"""Stored facts of members, people and suppliers as plain values; those of a tender are ``chain.types.TenderFacts``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from chain.types import ZERO32, TenderFacts, unpadded

__all__ = ["MemberFacts", "PersonFacts", "SupplierFacts", "tender_facts"]


@dataclass(frozen=True)
class MemberFacts:
    """Struct Member (Roles.sol); all zero where unknown."""

    sector: int = 0
    kinds: int = 0
    suspended_until: int = 0
    recoveries: int = 0
    exists: bool = False
    left: bool = False
    superior: bytes = ZERO32

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> MemberFacts:
        """What ``MemberRegistry.memberFacts`` answers."""
        return cls(*values)


@dataclass(frozen=True)
class PersonFacts:
    """Struct Person (Roles.sol); all zero where unknown."""

    member: bytes = ZERO32
    roles: int = 0
    mandate_end: int = 0
    suspended_until: int = 0
    recoveries: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> PersonFacts:
        """What ``MemberRegistry.personFacts`` answers."""
        return cls(*values)


@dataclass(frozen=True)
class SupplierFacts:
    """Struct Supplier (Roles.sol); all zero where unknown."""

    exists: bool = False
    active: bool = False
    version: int = 0
    accounts: int = 0
    owners_at: int = 0
    debarred_until: int = 0
    owners_hash: bytes = ZERO32

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> SupplierFacts:
        """What ``SupplierRegistry.supplierFacts`` answers."""
        return cls(*values)


def tender_facts(
    values: Sequence[Any],
    *,
    live_bids: int = 0,
    opened_bids: int = 0,
    locked: bool = False,
    technical_ends: int = 0,
    technical_failed: int = 0,
) -> TenderFacts:
    """What ``TenderBoard.tenderFacts`` answers, with what BidBox, OpeningCommittee and EvaluationDesk hold of the tender, as facts."""
    named = dict(zip((field.name for field in fields(TenderFacts)), values, strict=False))
    texts = {name: unpadded("0x" + named[name].hex()) for name in ("procedure", "currency")}
    return TenderFacts(
        **{**named, **texts}, live_bids=live_bids, opened_bids=opened_bids, locked=locked, technical_ends=technical_ends,
        technical_failed=technical_failed,
    )  # fmt: skip
