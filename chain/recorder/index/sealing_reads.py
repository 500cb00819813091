"""All reads of the sealed part of the index: ``index.sealing``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, func, select, tuple_

from chain.errors.recorder import CursorInvalid
from chain.recorder.index.cursor import id_in, number_in
from chain.recorder.index.rows import stored_row
from chain.recorder.index.sealing_turn import (
    bid_row,
    box_row,
    ceremony_row,
    envelope_row,
    keyset_row,
    share_row,
)
from chain.recorder.index.sealing_views import (
    BidRow,
    BoxRow,
    CeremonyRow,
    EnvelopeRow,
    KeysetRow,
    ShareRow,
)
from chain.recorder.index.views import Page
from chain.recorder.schema import (
    idx_bid,
    idx_box,
    idx_ceremony,
    idx_envelope,
    idx_keyset,
    idx_share,
)
from chain.recorder.store import Store

__all__ = ["SealingIndex"]

T = TypeVar("T")
_LARGEST = 2**62


class SealingIndex:
    """What the blocks say of bids, openings and committees. Numbers name tenders; a bid is named by its index from 0."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # Bids

    def box(self, tender: int) -> BoxRow:
        """What a tender's box holds."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_box, _bounded(tender))
            return BoxRow(tender) if row is None else box_row(row)

    def bid(self, tender: int, index: int) -> BidRow | None:
        """A bid by its index."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_bid, _bounded(tender), _bounded(index))
            return None if row is None else bid_row(row)

    def bid_of(self, tender: int, supplier: str) -> BidRow | None:
        """The bid of a supplier (0x id)."""
        query = select(idx_bid).where(idx_bid.c.tender == _bounded(tender), idx_bid.c.supplier == supplier)
        return next(iter(self._all(query, bid_row)), None)

    def bids(self, tender: int, after: str | None = None, limit: int = 100) -> Page[BidRow]:
        """Bids of a tender by index, withdrawn and lapsed ones too."""
        query = select(idx_bid).where(idx_bid.c.tender == _bounded(tender)).order_by(idx_bid.c.bid)
        if after is not None:
            query = query.where(idx_bid.c.bid > number_in(after))
        with self._store.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).mappings().all()
        items = [bid_row(row) for row in rows[:limit]]
        return Page(items, str(rows[limit - 1]["bid"]) if len(rows) > limit else None)

    def envelopes(
        self, tender: int, envelope: int | None = None, first: int = 0, count: int = _LARGEST
    ) -> list[EnvelopeRow]:
        """Envelopes of the bids with ``first <= index < first + count``, by bid and envelope; None: all envelopes."""
        query = select(idx_envelope).where(
            idx_envelope.c.tender == _bounded(tender),
            idx_envelope.c.bid >= _bounded(first),
            idx_envelope.c.bid < _bounded(first + count),
        )
        if envelope is not None:
            query = query.where(idx_envelope.c.envelope == _bounded(envelope))
        return self._all(query.order_by(idx_envelope.c.bid, idx_envelope.c.envelope), envelope_row)

    def opened(self, tender: int, envelope: int) -> frozenset[int]:
        """Indexes of the bids whose envelope is open; the envelopes themselves are not read."""
        query = select(idx_envelope.c.bid).where(
            idx_envelope.c.tender == _bounded(tender),
            idx_envelope.c.envelope == _bounded(envelope),
            idx_envelope.c.opening != "",
        )
        with self._store.read() as connection:
            return frozenset(connection.scalars(query))

    def shares(self, tender: int, envelope: int | None = None, page: int | None = None) -> list[ShareRow]:
        """Posted shares, by envelope, page, keyset and seat."""
        query = select(idx_share).where(idx_share.c.tender == _bounded(tender))
        if envelope is not None:
            query = query.where(idx_share.c.envelope == _bounded(envelope))
        if page is not None:
            query = query.where(idx_share.c.page == _bounded(page))
        return self._all(query.order_by(*idx_share.primary_key), share_row)

    # Committees

    def keyset(self, id: str) -> KeysetRow | None:
        """A keyset by its 0x id."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_keyset, id)
            return None if row is None else _keyset(connection, row)

    def keysets(self, after: str | None = None, limit: int = 100) -> Page[KeysetRow]:
        """Keysets, the oldest first; anybody may register one. Raises CursorInvalid."""
        query = select(idx_keyset).order_by(idx_keyset.c.block, idx_keyset.c.id)
        with self._store.read() as connection:
            if after is not None:
                last = stored_row(connection, idx_keyset, id_in(after))
                if last is None:
                    raise CursorInvalid(after)
                query = query.where(tuple_(idx_keyset.c.block, idx_keyset.c.id) > (last["block"], after))
            rows = connection.execute(query.limit(limit + 1)).mappings().all()
            items = [_keyset(connection, row) for row in rows[:limit]]
        return Page(items, items[-1].id if len(rows) > limit else None)

    def keyset_of(self, ceremony: str) -> str | None:
        """The keyset that was registered of a ceremony. False ones may be, too: what all seats confirmed comes first, then what most
        did, then the oldest."""
        confirmed = func.coalesce(func.json_array_length(idx_keyset.c.answers, '$."0"'), 0)
        query = select(idx_keyset.c.id).where(idx_keyset.c.ceremony == ceremony)
        best = query.order_by(
            (idx_keyset.c.confirmed_at != 0).desc(), confirmed.desc(), idx_keyset.c.block, idx_keyset.c.id
        )
        with self._store.read() as connection:
            return connection.scalar(best.limit(1))

    def ceremony(self, id: str) -> CeremonyRow | None:
        """A ceremony by its 0x id."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_ceremony, id)
            return None if row is None else _ceremony(connection, row)

    def ceremonies(self, after: str | None = None, limit: int = 100) -> Page[CeremonyRow]:
        """Ceremonies in the order they were opened, which gives their numbers. Raises CursorInvalid."""
        before = 0 if after is None else number_in(after)
        query = select(idx_ceremony).order_by(idx_ceremony.c.block, idx_ceremony.c.tx, idx_ceremony.c.log)
        with self._store.read() as connection:
            rows = connection.execute(query.offset(before).limit(limit + 1)).mappings().all()
        items = [ceremony_row(row, ordinal) for ordinal, row in enumerate(rows[:limit], before + 1)]
        return Page(items, str(items[-1].ordinal) if len(rows) > limit else None)

    def _all(self, query: Select[Any], turn: Callable[[Mapping[Any, Any]], T]) -> list[T]:
        with self._store.read() as connection:
            return [turn(row) for row in connection.execute(query).mappings()]


def _keyset(connection: Connection, row: Mapping[Any, Any]) -> KeysetRow:
    root = stored_row(connection, idx_keyset, row["root"])
    return keyset_row(row, row["id"] if root is None else root["acting"])


def _ceremony(connection: Connection, row: Mapping[Any, Any]) -> CeremonyRow:
    place = tuple_(idx_ceremony.c.block, idx_ceremony.c.tx, idx_ceremony.c.log)
    counted = select(func.count()).select_from(idx_ceremony)
    ordinal = connection.scalar(counted.where(place <= (row["block"], row["tx"], row["log"])))
    return ceremony_row(row, int(ordinal or 0))


def _bounded(number: int) -> int:
    """A number that no column can hold is no row's."""
    return number if -_LARGEST <= number <= _LARGEST else -1
