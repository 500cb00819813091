"""What the audit keeps of committees and boxes beside the rows of the index: what it has recomputed itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chain.errors.base import LicitaError
from chain.recorder.index.rows import MemoryRows
from chain.recorder.index.sealing_turn import bid_row
from chain.recorder.schema import idx_bid
from chain.rules.bids import BidFacts, is_live
from chain.rules.openings import PAGE
from chain.sealing.ceremony import Keyset, Plan
from chain.sealing.context import BidContext
from chain.sealing.envelope import Envelope
from chain.sealing.group import Point
from chain.sealing.opening import Opening
from chain.types import TenderFacts, moment

__all__ = [
    "Book", "Box", "EarlyShare", "Opened", "Posted", "Running", "Sealed", "bid_of", "live_of", "shown_time",
]  # fmt: skip


@dataclass
class Running:
    """A ceremony: its plan as it was recomputed; ``by_founder`` where no resolution opened it; ``done`` once a keyset is confirmed."""

    plan: Plan
    by_founder: bool
    done: bool = False


@dataclass(frozen=True)
class Sealed:
    """An envelope whose proof holds, and what it is bound to."""

    context: BidContext
    envelope: Envelope


@dataclass(frozen=True)
class Opened:
    """What came out of an envelope: S as it was recomputed; ``revealed`` where its bidder gave r; ``seats`` that had posted shares."""

    secret: Point
    opening: Opening
    revealed: bool
    seats: tuple[int, ...]
    time: int
    block: int


@dataclass(frozen=True)
class Posted:
    """A seat's shares of a page, each proved: index of the bid -> S_i; ``account`` None where a contract acted for the seat's member."""

    keyset: str
    seat: int
    points: dict[int, Point]
    account: str | None
    time: int
    block: int


@dataclass
class Box:
    """A tender's box. ``places``: supplier -> index of its bid; ``orders``: envelopes' sets that came in; keys are (envelope, index),
    of ``shares`` (envelope, page)."""

    places: dict[bytes, int] = field(default_factory=dict)
    orders: int = 0
    sealed: dict[tuple[int, int], Sealed] = field(default_factory=dict)
    shares: dict[tuple[int, int], list[Posted]] = field(default_factory=dict)
    opened: dict[tuple[int, int], Opened] = field(default_factory=dict)

    def seats_of(self, keyset: str, envelope: int, page: int) -> dict[int, Posted]:
        """Seat of a keyset -> its shares of a page."""
        return {each.seat: each for each in self.shares.get((envelope, page), ()) if each.keyset == keyset}


@dataclass(frozen=True)
class EarlyShare:
    """``valid``: how many of the ``sent`` shares hold, so that they are the seat's; ``org_id`` of the sender's member, "" if none;
    ``why``: in words, why no bid may be opened with them."""

    tender: int
    page: int
    account: str
    org_id: str
    seat: int
    sent: int
    valid: int
    time: int
    open_from: int
    why: str
    block: int
    transaction: str

    @property
    def key(self) -> tuple[str | int, ...]:
        """What is told once: a page's shares by a member, whatever it sends again; of strangers, who copy them, by the seat."""
        return self.tender, self.page, self.org_id or self.seat

    @property
    def text(self) -> str:
        """The finding in words."""
        who = f"{self.account} ({self.org_id})" if self.org_id else self.account
        return (
            f"early share: block {self.block}, {shown_time(self.time)}: {who} sent shares of seat {self.seat} in tender {self.tender} "
            f"{self.why}; refused, but its data are public: {self.valid} of {self.sent} shares hold"
        )


@dataclass
class Book:
    """``separators``: BidBox -> its EIP-712 domain; ``used``: U.x of every envelope; ``false``: registered keysets that are not what
    their ceremonies give, and why; ``founder``, ``committee``: addresses."""

    chain_id: int
    founder: str = ""
    committee: str = ""
    separators: dict[str, bytes] = field(default_factory=dict)
    ceremonies: dict[str, Running] = field(default_factory=dict)
    keysets: dict[str, Keyset] = field(default_factory=dict)
    false: dict[str, LicitaError] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    boxes: dict[int, Box] = field(default_factory=dict)
    early: dict[tuple[str | int, ...], EarlyShare] = field(default_factory=dict)

    def note(self, early: EarlyShare) -> None:
        """Keeps a finding: of those that are told once, the first with the most shares that hold."""
        known = self.early.get(early.key)
        if known is None or known.valid < early.valid:
            self.early[early.key] = early

    def box(self, tender: int) -> Box:
        """The box of a tender; a new one is empty."""
        return self.boxes.setdefault(tender, Box())


def bid_of(rows: MemoryRows, tender: int, index: int) -> BidFacts | None:
    """A bid by its index."""
    row = rows.get(idx_bid, tender, index)
    return None if row is None else bid_row(row).facts


def live_of(rows: MemoryRows, tender: int, facts: TenderFacts, envelope: int, page: int) -> Iterator[int]:
    """Indexes of the live bids of a page, rising."""
    for index in range(PAGE * page, PAGE * (page + 1)):
        bid = bid_of(rows, tender, index)
        if bid is None:
            return
        if is_live(bid, facts.terms_version, envelope):
            yield index


def shown_time(seconds: int) -> str:
    """A time for people and for JSON."""
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
