"""What bids and openings need to know of a network, read live from a node or from an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from chain.rules import tender_id
from chain.rules.bids import BidFacts
from chain.rules.openings import KeysetFacts
from chain.sealing.ceremony import Keyset, Plan, Transcript
from chain.sealing.context import BidContext
from chain.sealing.envelope import Envelope, check
from chain.sealing.group import Point

__all__ = ["Ceremony", "Live", "SealedFacts", "context_of"]


@dataclass(frozen=True)
class Live:
    """A live envelope of a tender; ``seal`` and ``data`` as BidBox and its event have them, ``opened``: its amounts are known."""

    index: int
    context: BidContext
    seal: bytes
    data: bytes
    opened: bool

    @cached_property
    def envelope(self) -> Envelope:
        """Its fields, its proof checked again: not every reader has them from a node of its own. Raises the refusals of BidBox."""
        return check(self.data, self.context)

    @property
    def label(self) -> bytes:
        """What its proof was bound to, 32 bytes."""
        return self.envelope.label(self.context)


@dataclass(frozen=True)
class Ceremony:
    """A ceremony as far as it is: messages by seat or dealer, ``failed`` once a seat complained; ``complaint``: (seat, dealer);
    ``opened_at``: unix seconds."""

    plan: Plan
    box_keys: Mapping[int, bytes]
    commitments: Mapping[int, bytes]
    dealings: Mapping[int, bytes]
    boxes: Mapping[int, bytes]
    failed: bool
    complaint: tuple[int, int] | None
    opened_at: int

    @property
    def seats(self) -> int:
        """Number of seats that receive."""
        return len(self.plan.members)

    @property
    def step(self) -> str:
        """What is due: ``join`` (with ``commit``), ``publish``, ``send``, ``confirm``, or ``failed``."""
        dealers = len(self.plan.dealing_seats)
        if self.failed:
            return "failed"
        if len(self.box_keys) < self.seats or len(self.commitments) < dealers:
            return "join"
        if len(self.dealings) < dealers:
            return "publish"
        return "send" if len(self.boxes) < dealers else "confirm"

    @property
    def transcript(self) -> Transcript:
        """All public messages. Those that are missing are missed by whoever checks it."""
        dealers = self.plan.dealing_seats
        return Transcript(
            self.plan,
            tuple(self.box_keys[seat] for seat in sorted(self.box_keys)),
            tuple(self.commitments[dealer] for dealer in dealers if dealer in self.commitments),
            tuple(self.dealings[dealer] for dealer in dealers if dealer in self.dealings),
            tuple(self.boxes[dealer] for dealer in dealers if dealer in self.boxes),
        )


class SealedFacts(Protocol):
    """Reading only. Numbers name tenders, 32 bytes name keysets and ceremonies; what is not there is None or empty."""

    @property
    def separator(self) -> bytes:
        """EIP-712 domain of the network's BidBox, 32 bytes."""

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""

    def keys(self, id: bytes) -> Keyset | None:
        """The keys of a keyset."""

    def dependent_seat(self, id: bytes, member: bytes) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""

    def bid_of(self, number: int, supplier: bytes) -> BidFacts:
        """A supplier's bid, all zero where it never sent one."""

    def bid_count(self, number: int) -> int:
        """Suppliers that ever sent a bid."""

    def phase(self, number: int) -> int:
        """The envelope that is due."""

    def live(self, number: int, envelope: int, page: int | None = None) -> list[Live]:
        """Live envelopes in order of index, of one page or of all."""

    def posted(
        self, number: int, envelope: int, page: int, keyset_id: bytes
    ) -> Mapping[int, Sequence[Point]]:
        """Seat of a keyset -> its posted shares, in order of index."""

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""


def context_of(
    facts: SealedFacts, number: int, envelope: int, bidder: str, version: int, keyset_id: bytes
) -> BidContext:
    """What an envelope of a tender is bound to."""
    return BidContext(facts.separator, tender_id(number), envelope, bidder, version, keyset_id)
