"""One act that can be done, or why not yet; and the facts as they are for whoever could do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from chain.errors.base import LicitaError
from chain.procurement.facts import Facts
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.tenders import NEVER, Caller
from chain.types import ZERO32, Role, TenderFacts

__all__ = [
    "ACCOUNT",
    "PAPER",
    "SOMEBODY",
    "Step",
    "as_officer",
    "as_person",
    "as_supplier",
    "once",
    "refusal_of",
    "signers_of",
    "step",
]

ACCOUNT = "0x" + "00" * 20
"""Of a caller that stands for all with its role."""

PAPER = "11" * 32
"""sha256 of a document, whichever."""

SOMEBODY = b"\x01" * 32
"""A supplier, or a member, of which nothing is known but that it may act."""

_MEMBER = MemberFacts(1, 2**16 - 1, exists=True)


@dataclass(frozen=True)
class Step:
    """An act. ``who``: roles of its caller, "" anybody; with four eyes the first proposes it and the second does it within 30 days;
    ``lot`` 0, ``bid``, ``complaint`` and ``agreement`` None: of the whole tender; ``until``: end of the time for it, unix seconds, None
    where it has none or is not possible; ``refusal``: why it is not possible now; ``seat`` of the panel that acts, ``act`` that it votes
    on; ``milestone`` of the agreement, None: of all of it."""

    contract: str
    function: str
    who: str
    lot: int = 0
    bid: int | None = None
    until: int | None = None
    refusal: LicitaError | None = field(default=None, compare=False)
    complaint: int | None = None
    seat: int | None = None
    act: bytes | None = None
    agreement: int | None = None
    milestone: int | None = None


def step(
    contract: str, function: str, who: str, build: Callable[[], object], lot: int = 0, bid: int | None = None, *,
    until: int | None = None,
) -> Step:  # fmt: skip
    """An act as it stands: ``build`` makes it, or raises why not."""
    refusal = refusal_of(build)
    return Step(contract, function, who, lot, bid, None if refusal else until, refusal)


def refusal_of(build: Callable[[], object]) -> LicitaError | None:
    """What refuses an act, None where nothing does."""
    try:
        build()
    except LicitaError as refusal:
        return refusal
    return None


def signers_of(known: TenderFacts) -> str:
    """Who acts for the buyer where it takes a signature."""
    return "OFFICER, then APPROVER" if known.four_eyes else "OFFICER or APPROVER"


class _Standing:
    """The facts as they are for a caller that stands for all with its role."""

    def __init__(self, facts: Facts, caller: Caller, supplier: bytes = ZERO32) -> None:
        self._facts, self._caller, self._supplier = facts, caller, supplier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)

    def caller(self, address: str) -> Caller:
        """Whoever stands for all."""
        return self._caller

    def supplier_of(self, address: str) -> bytes:
        """Its supplier."""
        return self._supplier


def as_person(facts: Facts, member: bytes, roles: int) -> Facts:
    """The facts for somebody with these roles of a member."""
    return cast(Facts, _Standing(facts, Caller(ACCOUNT, PersonFacts(member, int(roles), NEVER), _MEMBER)))


def as_officer(facts: Facts, buyer: bytes) -> Facts:
    """The facts for somebody who acts for a buyer."""
    return as_person(facts, buyer, Role.OFFICER | Role.APPROVER)


def as_supplier(facts: Facts, supplier: bytes) -> Facts:
    """The facts for somebody of a supplier."""
    known = SupplierFacts(exists=True, active=True)
    return cast(Facts, _Standing(facts, Caller(ACCOUNT, supplier=known), supplier))


class _Once:
    """Reads each fact once: many acts ask for the same."""

    def __init__(self, source: object) -> None:
        self._source = source
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._known:
            found = getattr(self._source, name)
            self._known[name] = cache(found) if callable(found) else found
        return self._known[name]


def once(source: Any) -> Any:
    """The same reads, each made once."""
    return _Once(source)
