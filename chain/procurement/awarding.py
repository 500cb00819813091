"""What awards need to know of a network, read live from a node or from an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chain.bindings import award_desk, tender_board
from chain.procurement.bidding import Bidding
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Session
from chain.recorder import Index
from chain.recorder.index.views import every
from chain.rules import tender_facts, tender_id
from chain.rules.awards import PAGE, Offer
from chain.types import ZERO32, Asked, LotFacts, SecurityStatus, from_hex

__all__ = ["AwardFacts", "IndexedAwards", "LiveAwards"]


class AwardFacts(Protocol):
    """Reading only. Numbers name tenders, lots count from 1, bids are named by their index; what is not there is zero or empty."""

    def lot(self, number: int, lot: int) -> LotFacts:
        """Stored facts of a lot's award."""

    def ranking(self, number: int, lot: int) -> Sequence[int]:
        """Bids of a lot by place, as far as they are ranked."""

    def admissible(self, number: int, lot: int) -> frozenset[int]:
        """Bids that may win the lot, as far as they are counted."""

    def is_low(self, number: int, lot: int, place: int) -> bool:
        """Whether the bid at a place of the ranking is abnormally low."""

    def is_out(self, number: int, lot: int, place: int) -> bool:
        """Whether the bid at a place of the ranking cannot win any more."""

    def offers(self, number: int, envelope: int | None = None) -> Mapping[int, Offer]:
        """What the open bids of a tender show in an envelope, by index; None: in that with the prices, the last."""

    def arrivals(self, number: int) -> Mapping[int, int]:
        """Number of arrival of each bid of a tender, by index."""

    def supplier_at(self, number: int, index: int) -> bytes:
        """Supplier of a bid, 32 zero bytes where there is no such bid."""

    def explanation(self, number: int, lot: int, index: int) -> Asked:
        """Time to explain the price of a bid for a lot."""

    def curing(self, number: int, index: int) -> Asked:
        """Time to cure a bid."""

    def is_extended(self, number: int) -> bool:
        """Whether the time for decisions was extended."""

    def security(self, number: int, index: int) -> SecurityStatus:
        """What became of a bid's security."""


class IndexedAwards:
    """What an index says (protocol ``AwardFacts``)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def lot(self, number: int, lot: int) -> LotFacts:
        """Stored facts of a lot's award."""
        return self._index.awarding.lot(number, lot).facts

    def ranking(self, number: int, lot: int) -> Sequence[int]:
        """Bids of a lot by place, as far as they are ranked."""
        return self._index.awarding.lot(number, lot).ranking

    def admissible(self, number: int, lot: int) -> frozenset[int]:
        """Bids that may win the lot, as far as they are counted."""
        return self._index.awarding.lot(number, lot).admissible

    def is_low(self, number: int, lot: int, place: int) -> bool:
        """Whether the bid at a place of the ranking is abnormally low."""
        return place in self._index.awarding.lot(number, lot).low

    def is_out(self, number: int, lot: int, place: int) -> bool:
        """Whether the bid at a place of the ranking cannot win any more."""
        return self._index.awarding.lot(number, lot).is_out(place)

    def offers(self, number: int, envelope: int | None = None) -> Mapping[int, Offer]:
        """What the open bids of a tender show in an envelope, by index; None: in that with the prices, the last."""
        return self._index.awarding.offers(number, envelope)

    def arrivals(self, number: int) -> Mapping[int, int]:
        """Number of arrival of each bid of a tender, by index."""
        read = self._index.sealing.bids
        rows = every(lambda after, limit: read(number, after, limit))
        return {row.facts.index: row.facts.order for row in rows}

    def supplier_at(self, number: int, index: int) -> bytes:
        """Supplier of a bid, 32 zero bytes where there is no such bid."""
        row = self._index.sealing.bid(number, index)
        return ZERO32 if row is None else from_hex(row.supplier)

    def explanation(self, number: int, lot: int, index: int) -> Asked:
        """Time to explain the price of a bid for a lot."""
        return self._asked(number, lot, index)

    def curing(self, number: int, index: int) -> Asked:
        """Time to cure a bid."""
        return self._asked(number, 0, index)

    def is_extended(self, number: int) -> bool:
        """Whether the time for decisions was extended."""
        return any(row.kind == "extended" for row in self._index.awarding.decisions(number))

    def security(self, number: int, index: int) -> SecurityStatus:
        """What became of a bid's security."""
        row = self._index.awarding.security(number, index)
        return SecurityStatus.NONE if row is None else row.status

    def _asked(self, number: int, lot: int, index: int) -> Asked:
        row = self._index.awarding.asked_of(number, lot, index)
        return Asked() if row is None else row.asked


class LiveAwards:
    """What a session's network says at its head (protocol ``AwardFacts``)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lot(self, number: int, lot: int) -> LotFacts:
        """Stored facts of a lot's award."""
        return LotFacts.from_tuple(self._session.read(award_desk.lot_facts(tender_id(number), lot)))

    def ranking(self, number: int, lot: int) -> Sequence[int]:
        """Bids of a lot by place, as far as they are ranked."""
        found: list[int] = []
        for event in self._session.events("AwardDesk", ("LotRanked",), tender_id(number)):
            if event.args["lot"] == lot:
                found = [*found[: event.args["place"]], *event.args["indexes"]]
        return found

    def admissible(self, number: int, lot: int) -> frozenset[int]:
        """Bids that may win the lot, as far as they are counted."""
        counted = self._session.events("AwardDesk", ("LotTallied",), tender_id(number))
        pages = {
            int(event.args["page"]): int(event.args["admissible"])
            for event in counted
            if event.args["lot"] == lot
        }
        return frozenset(
            page * PAGE + bit for page, bits in pages.items() for bit in range(PAGE) if bits >> bit & 1
        )

    def is_low(self, number: int, lot: int, place: int) -> bool:
        """Whether the bid at a place of the ranking is abnormally low."""
        return self._session.read(award_desk.is_low(tender_id(number), lot, place))

    def is_out(self, number: int, lot: int, place: int) -> bool:
        """Whether the bid at a place of the ranking cannot win any more."""
        return self._session.read(award_desk.is_out(tender_id(number), lot, place))

    def offers(self, number: int, envelope: int | None = None) -> Mapping[int, Offer]:
        """What the open bids of a tender show in an envelope, by index; None: in that with the prices, the last."""
        opened = self._session.events("OpeningCommittee", ("BidOpened",), tender_id(number))
        if envelope is None:
            envelope = (
                tender_facts(self._session.read(tender_board.tender_facts(tender_id(number)))).envelopes - 1
            )
        return {
            event.args["index"]: Offer(
                event.args["index"], from_hex(event.args["docCommit"]), tuple(int(each) for each in event.args["amounts"])
            )
            for event in opened
            if event.args["envelope"] == envelope
        }  # fmt: skip

    def arrivals(self, number: int) -> Mapping[int, int]:
        """Number of arrival of each bid of a tender, by index."""
        return {facts.index: facts.order for facts in LiveSealed(self._session).bids(number)}

    def supplier_at(self, number: int, index: int) -> bytes:
        """Supplier of a bid, 32 zero bytes where there is no such bid."""
        found = Bidding(self._session, number).suppliers().get(index)
        return ZERO32 if found is None else from_hex(found)

    def explanation(self, number: int, lot: int, index: int) -> Asked:
        """Time to explain the price of a bid for a lot."""
        if not _fits(index):
            return Asked()
        return Asked(*self._session.read(award_desk.explanation_of(tender_id(number), lot, index)))

    def curing(self, number: int, index: int) -> Asked:
        """Time to cure a bid."""
        if not _fits(index):
            return Asked()
        return Asked(*self._session.read(award_desk.curing_of(tender_id(number), index)))

    def is_extended(self, number: int) -> bool:
        """Whether the time for decisions was extended."""
        return self._session.read(award_desk.is_extended(tender_id(number)))

    def security(self, number: int, index: int) -> SecurityStatus:
        """What became of a bid's security."""
        if not _fits(index):
            return SecurityStatus.NONE
        return SecurityStatus(self._session.read(award_desk.security_of(tender_id(number), index)))


def _fits(index: int) -> bool:
    """Whether a bid could have this index."""
    return 0 <= index < 2**16
