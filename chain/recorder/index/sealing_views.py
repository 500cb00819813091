"""What the sealed part of the index answers with: frozen rows. Ids, points and envelopes are ``0x`` hex, times unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chain.rules.bids import BidFacts
from chain.rules.openings import KeysetFacts

__all__ = ["BidRow", "BoxRow", "CeremonyRow", "EnvelopeRow", "KeysetRow", "OpeningRow", "ShareRow"]

PointHex = tuple[str, str]
"""x and y as decimal strings, as events give them."""


@dataclass(frozen=True)
class BoxRow:
    """What a tender's box holds. ``bids``: suppliers that ever sent one; ``live`` and ``locked_at`` from the first share on, 0 before."""

    tender: int
    bids: int = 0
    live: int = 0
    locked_at: int = 0
    phase: int = 0
    excluded: int = 0


@dataclass(frozen=True)
class BidRow:
    """A supplier's bid in its present version; ``declarations``: sha256."""

    tender: int
    facts: BidFacts
    supplier: str
    declarations: str
    sealed_at: int
    block: int
    transaction: str


@dataclass(frozen=True)
class OpeningRow:
    """What came out of an envelope: the secret S that opens its body, and the head. Numbers are decimal strings."""

    s: PointHex
    doc_commit: str
    amounts: tuple[int, ...]


@dataclass(frozen=True)
class EnvelopeRow:
    """An envelope of a bid's present version. ``opening`` None while sealed; ``revealed``: r of a bidder's own reveal, else ""."""

    tender: int
    bid: int
    envelope: int
    seal: str
    data: str
    opening: OpeningRow | None
    revealed: str
    opened_at: int
    transaction: str


@dataclass(frozen=True)
class ShareRow:
    """What a seat posted for a page: S.x, S.y, e, f for each live bid in order of index."""

    tender: int
    envelope: int
    page: int
    keyset: str
    seat: int
    shares: tuple[int, ...]
    at: int
    block: int
    transaction: str


@dataclass(frozen=True)
class CeremonyRow:
    """A ceremony's plan and messages; ``ordinal`` counts from 1. Box keys by seat, the rest by dealer, as ``0x`` hex.

    ``complainant`` and ``accused`` 0 while nobody complained; ``answer``: the value that the accused showed, "" while it did not.
    """

    id: str
    ordinal: int
    threshold: int
    members: tuple[str, ...]
    parent: str
    dealers: tuple[int, ...]
    box_keys: Mapping[int, str]
    commitments: Mapping[int, str]
    dealings: Mapping[int, str]
    boxes: Mapping[int, str]
    complainant: int
    accused: int
    answer: str
    opened_at: int
    block: int


@dataclass(frozen=True)
class KeysetRow:
    """A set of keys. ``pk`` and ``keys`` as (x, y); ``answers``: round -> seats that answered, 0 being the confirmation."""

    facts: KeysetFacts
    ceremony: str
    pk: tuple[int, int]
    keys: tuple[tuple[int, int], ...]
    transcript: str
    answers: Mapping[int, tuple[int, ...]]
    confirmed_at: int
    block: int

    @property
    def id(self) -> str:
        """The keyset's id, ``0x`` hex."""
        return f"0x{self.facts.id.hex()}"
