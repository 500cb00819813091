"""Bids and openings read from an index (protocol ``SealedFacts``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chain.procurement.sealed import Ceremony, Live, context_of
from chain.recorder import Index
from chain.recorder.index.sealing_views import BidRow
from chain.recorder.index.views import every
from chain.rules.bids import BidFacts, is_live
from chain.rules.openings import PAGE, KeysetFacts
from chain.rules.registry import independent
from chain.sealing.ceremony import Keyset, Plan
from chain.sealing.context import domain_separator
from chain.sealing.group import Point
from chain.types import ZERO32, from_hex, to_hex

__all__ = ["IndexedSealed"]


class IndexedSealed:
    """What an index says. ``addresses``: contract name -> checksum address."""

    def __init__(self, index: Index, chain_id: int, addresses: Mapping[str, str]) -> None:
        self._index = index
        self._chain_id = chain_id
        self._committee = addresses["OpeningCommittee"]
        self._separator = domain_separator(chain_id, addresses["BidBox"])

    @property
    def separator(self) -> bytes:
        """EIP-712 domain of the network's BidBox, 32 bytes."""
        return self._separator

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        row = self._index.sealing.keyset(to_hex(id))
        return row.facts if row else None

    def keys(self, id: bytes) -> Keyset | None:
        """The keys of a keyset."""
        row = self._index.sealing.keyset(to_hex(id))
        if row is None:
            return None
        keys = tuple(Point(*key) for key in row.keys)
        return Keyset(
            self._chain_id, self._committee, row.facts.threshold, Point(*row.pk), row.facts.members, keys,
            from_hex(row.transcript),
        )  # fmt: skip

    def dependent_seat(self, id: bytes, member: bytes) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""
        facts = self.keyset(id)
        members = facts.members if facts else ()
        superiors = self._superiors((*members, member))
        return next(
            (seat for seat, each in enumerate(members, 1) if not independent(each, member, superiors)), 0
        )

    def bid_of(self, number: int, supplier: bytes) -> BidFacts:
        """A supplier's bid, all zero where it never sent one."""
        row = self._index.sealing.bid_of(number, to_hex(supplier))
        return row.facts if row else BidFacts()

    def bid_count(self, number: int) -> int:
        """Suppliers that ever sent a bid."""
        return self._index.sealing.box(number).bids

    def phase(self, number: int) -> int:
        """The envelope that is due."""
        return self._index.sealing.box(number).phase

    def live(self, number: int, envelope: int, page: int | None = None) -> list[Live]:
        """Live envelopes in order of index, of one page or of all."""
        tender = self._index.tender(number)
        if tender is None:
            return []
        bids = {bid.facts.index: bid for bid in self._bids(number, page)}
        span = (0, 2**32) if page is None else (page * PAGE, PAGE)
        return [
            Live(
                row.bid,
                context_of(
                    self,
                    number,
                    envelope,
                    bids[row.bid].facts.bidder,
                    bids[row.bid].facts.version,
                    tender.facts.keyset_id,
                ),
                from_hex(row.seal),
                from_hex(row.data),
                row.opening is not None,
            )
            for row in self._index.sealing.envelopes(number, envelope, *span)
            if is_live(bids[row.bid].facts, tender.facts.terms_version, envelope)
        ]

    def posted(
        self, number: int, envelope: int, page: int, keyset_id: bytes
    ) -> Mapping[int, Sequence[Point]]:
        """Seat of a keyset -> its posted shares, in order of index."""
        return {
            row.seat: [Point(*row.shares[at : at + 2]) for at in range(0, len(row.shares), 4)]
            for row in self._index.sealing.shares(number, envelope, page)
            if row.keyset == to_hex(keyset_id)
        }

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""
        row = self._index.sealing.ceremony(to_hex(id))
        if row is None:
            return None
        members = tuple(from_hex(member) for member in row.members)
        plan = Plan(
            self._chain_id,
            self._committee,
            row.ordinal,
            row.threshold,
            members,
            from_hex(row.parent),
            row.dealers,
        )
        return Ceremony(
            plan,
            _said(row.box_keys),
            _said(row.commitments),
            _said(row.dealings),
            _said(row.boxes),
            row.accused != 0,
            (row.complainant, row.accused) if row.accused else None,
            row.opened_at,
        )

    def _bids(self, number: int, page: int | None) -> list[BidRow]:
        read = self._index.sealing.bids
        if page is None:
            return list(every(lambda after, limit: read(number, after, limit)))
        return list(read(number, str(page * PAGE - 1) if page else None, PAGE).items)

    def _superiors(self, members: Sequence[bytes]) -> dict[bytes, bytes]:
        """Everybody above these members."""
        found: dict[bytes, bytes] = {}
        for start in members:
            row = self._index.member(to_hex(start))
            while row is not None and from_hex(row.id) not in found:
                found[from_hex(row.id)] = from_hex(row.superior)
                row = None if from_hex(row.superior) == ZERO32 else self._index.member(row.superior)
        return found


def _said(messages: Mapping[int, str]) -> dict[int, bytes]:
    return {number: from_hex(text) for number, text in messages.items()}
