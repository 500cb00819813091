"""What the index answers with about awards: frozen rows. Ids and hashes are ``0x`` hex, times unix seconds, amounts minor units."""

from __future__ import annotations

from dataclasses import dataclass, field

from chain.types import Asked, LotFacts, SecurityStatus

__all__ = ["AskedRow", "DecisionRow", "LotRow", "SecurityRow"]


@dataclass(frozen=True)
class LotRow:
    """A lot as far as its award goes. ``admissible``: indexes of the bids that may win; ``ranking``: a bid a place; ``low``: places of
    the abnormally low ones, ``restored``: of bids that a remedy brought back; ``supplier`` "" and ``awarded_at`` 0 until it is awarded."""

    tender: int
    lot: int
    facts: LotFacts = field(default_factory=LotFacts)
    admissible: frozenset[int] = frozenset()
    ranking: tuple[int, ...] = ()
    low: frozenset[int] = frozenset()
    restored: frozenset[int] = frozenset()
    supplier: str = ""
    awarded_at: int = 0

    def is_out(self, place: int) -> bool:
        """Whether the bid at a place of the ranking cannot win any more."""
        return place < self.facts.reached and place not in self.restored


@dataclass(frozen=True)
class DecisionRow:
    """What the buyer, or the registry, decided. ``kind``: ``awarded``, ``disqualified``, ``dropped``, ``extended``; ``lot`` 0 and ``bid``
    None: of the whole tender; ``cause``: the reason's name, or the end of the longer time; ``document_hash`` "" where none was asked for.
    """

    tender: int
    lot: int
    bid: int | None
    kind: str
    cause: str
    document_hash: str
    at: int
    block: int
    transaction: str


@dataclass(frozen=True)
class AskedRow:
    """Time that a bidder was given, to explain a price (``lot`` from 1) or to cure a defect (0); ``given_at`` 0, ``answer`` "" before."""

    tender: int
    lot: int
    bid: int
    until: int
    asked_at: int
    question: str
    given_at: int
    answer: str

    @property
    def asked(self) -> Asked:
        """As the rules take it."""
        return Asked(self.until, self.given_at != 0)


@dataclass(frozen=True)
class SecurityRow:
    """What became of a bid's security."""

    tender: int
    bid: int
    status: SecurityStatus
    ref: str
    at: int
