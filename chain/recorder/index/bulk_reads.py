"""Reads of releases in bulk: ``index.bulk``. Synchronous, safe in any thread; no list grows with the number of releases.

What is walked is bounded by a block that the index has, and releases are never edited: each walk gives what stood at that block, though
every page of it is read on its own and blocks arrive meanwhile.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from chain.recorder.index.turn import release_row
from chain.recorder.index.views import Head, ReleaseRow
from chain.recorder.schema import idx_block, idx_process, idx_release, idx_tender
from chain.recorder.store import Store

__all__ = ["BulkIndex"]

_PAGE = 100
_PUBLISHED = (idx_tender.c.number == idx_process.c.tender) & (idx_process.c.ocid != "")


class BulkIndex:
    """Releases by the blocks that they are of, and processes by the block that began them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def blocks(self, year: int | None = None) -> range:
        """Numbers of the indexed blocks, all or those of a year (UTC)."""
        with self._store.read() as connection:
            newest = connection.scalar(select(func.max(idx_block.c.number)))
            known = range(0 if newest is None else newest + 1)
            if year is None:
                return known
            ends = [calendar.timegm((each, 1, 1, 0, 0, 0)) for each in (year, year + 1)]
            first, end = (
                bisect_left(known, time, key=lambda block: _time(connection, block)) for time in ends
            )
            return range(first, end)

    def last_release(self, blocks: range) -> Head | None:
        """The newest of these blocks that has a release."""
        newest = select(func.max(idx_release.c.block)).where(_within(idx_release.c.block, blocks))
        return self._block(newest)

    def last_change(self, blocks: range) -> Head | None:
        """The newest block with a release of a process that began in these blocks."""
        newest = select(func.max(idx_process.c.released_block)).join(idx_tender, _PUBLISHED)
        return self._block(newest.where(_within(idx_tender.c.block, blocks)))

    def releases(self, blocks: range) -> Iterator[ReleaseRow]:
        """The releases of these blocks in chain order."""
        keys = (idx_release.c.block, idx_release.c.tender)
        query = select(idx_release).where(_within(idx_release.c.block, blocks)).order_by(*keys).limit(_PAGE)
        after = (blocks.start, -1)
        while True:
            with self._store.read() as connection:
                page = connection.execute(query.where(tuple_(*keys) > tuple_(*after))).mappings().all()
            yield from map(release_row, page)
            if len(page) < _PAGE:
                return
            after = page[-1]["block"], page[-1]["tender"]

    def processes(self, blocks: range, until: int) -> Iterator[list[ReleaseRow]]:
        """The releases of each process that began in these blocks, oldest first, up to and with the block ``until``; by tender."""
        query = select(idx_process.c.tender, idx_process.c.ocid).join(idx_tender, _PUBLISHED)
        query = query.where(_within(idx_tender.c.block, blocks)).order_by(idx_process.c.tender).limit(_PAGE)
        after = -1
        while True:
            with self._store.read() as connection:
                page = connection.execute(query.where(idx_process.c.tender > after)).all()
            for _, ocid in page:
                if found := self._of(ocid, until):
                    yield found
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def _of(self, ocid: str, until: int) -> list[ReleaseRow]:
        query = select(idx_release).where(idx_release.c.ocid == ocid, idx_release.c.block <= until)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(idx_release.c.block)).mappings().all()
        return [release_row(row) for row in rows]

    def _block(self, number: Select[tuple[int]]) -> Head | None:
        query = select(idx_block).where(idx_block.c.number == number.scalar_subquery())
        with self._store.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Head(row["number"], row["hash"], row["time"])


def _within(column: ColumnElement[int], blocks: range) -> ColumnElement[bool]:
    return (column >= blocks.start) & (column < blocks.stop)


def _time(connection: Connection, block: int) -> int:
    return int(connection.execute(select(idx_block.c.time).where(idx_block.c.number == block)).scalar_one())
