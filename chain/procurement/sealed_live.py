"""Bids and openings read from a node, call by call and event by event (protocol ``SealedFacts``)."""

from __future__ import annotations

from chain.bindings import bid_box, member_registry, opening_committee, tender_board
from chain.procurement.sealed_events import EventSealed
from chain.procurement.session import Session
from chain.rules import tender_id
from chain.rules.bids import BidFacts
from chain.rules.openings import KeysetFacts
from chain.types import BidStatus

__all__ = ["LiveSealed"]


class LiveSealed(EventSealed):
    """What a session's network says at its head."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.chain_id, session.deployment.addresses, session.events)
        self._session = session

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        threshold, confirmed, ended, round_, rolled_at, _, parent, _, _, members, _ = self._session.read(
            opening_committee.keyset(id)
        )
        if not threshold:
            return None
        acting = self._session.read(opening_committee.acting(id))
        return KeysetFacts(id, threshold, members, confirmed, ended, round_, rolled_at, parent, acting)

    def dependent_seat(self, id: bytes, member: bytes) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""
        facts = self.keyset(id)
        for seat, each in enumerate(facts.members if facts else (), 1):
            if not self._session.read(member_registry.independent(each, member)):
                return seat
        return 0

    def bid_of(self, number: int, supplier: bytes) -> BidFacts:
        """A supplier's bid, all zero where it never sent one."""
        place = self._session.read(bid_box.place_of(tender_id(number), supplier))
        if not place:
            return BidFacts()
        bidder, version, order, terms, status = self._session.read(bid_box.bid(tender_id(number), place - 1))
        return BidFacts(place - 1, bidder, version, order, terms, BidStatus(status))

    def bid_count(self, number: int) -> int:
        """Suppliers that ever sent a bid."""
        return int(self._session.read(bid_box.box(tender_id(number)))[0])

    def phase(self, number: int) -> int:
        """The envelope that is due."""
        return int(self._session.read(bid_box.box(tender_id(number)))[5])

    def window(self, number: int) -> tuple[bytes, int]:
        """Keyset and last terms version of a tender."""
        window = self._session.read(tender_board.bid_window(tender_id(number)))
        return window[0], window[2]
