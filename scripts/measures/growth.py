"""What an event costs to follow, to rebuild and to read when there are ten and a hundred times as many; releases made a second.

The events are copies of a life that was played (`story`), given to the reducers as a follower gives them: decoded, without a node. What a
node, its JSON and the settling of operations take is not in these figures; it is in those of the chain (`index rebuilt`). All times are
those of a processor, which others on the machine lengthen less than those of a clock.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy import Connection

from chain.ocds.publication import Publication
from chain.ocds.record import record
from chain.publication import OcdsPublisher, judge
from chain.recorder import Directory, Index, Published, Store, TenderChange
from chain.recorder.follower import SPAN
from chain.recorder.index.blocks import Block, Indexer
from chain.recorder.index.rows import MemoryRows, SqlRows
from chain.recorder.index.views import ReleaseRow
from chain.recorder.schema import idx_release
from scripts.measures.figure import Figure, Goal, MeasureFailed
from scripts.measures.story import Life

__all__ = ["buyer_figures", "growth_figures", "payment_figure", "release_figure"]

_FOLLOWED = 10  # lives that are followed block by block, once there are as many events as wanted
_READS = 40  # of a kind, of things chosen at random
_AGAIN, _FRESH = "read again", "read with no page kept"
_TOGETHER = 25  # blocks of a commit when rebuilding: less than the smallest index has lives, so that in none a tender is met twice
_PAGE = 100  # of the feed
_LIST = 20  # of tenders and agreements: as many as the smallest index has
_FLAT = Goal("ratio", "<", 1.2)
_SEED = 7


# -- releases


class _Timed:
    """A publisher that knows how long it took."""

    def __init__(self, publication: Publication) -> None:
        self._publisher = OcdsPublisher(publication)
        self.seconds = 0.0

    def publish(self, change: TenderChange, directory: Directory) -> Published:
        start = time.process_time()
        try:
            return self._publisher.publish(change, directory)
        finally:
            self.seconds += time.process_time() - start


def release_figure(life: Life, runs: int, count: int) -> Figure:
    """Releases a second of ``count`` processes: folded, checked, written canonically, and merged to their records at the end. The limit is
    all of the index: its reducers and rows, in memory, with the releases and records."""
    values, limits, records = [], [], []
    releases = 0
    for _ in range(runs):
        publisher, rows = _Timed(life.publication), MemoryRows()
        indexer = Indexer(publisher, judge)
        start = time.process_time()
        for block in _all(life, count):
            indexer.apply(block, rows)
        whole = time.process_time() - start
        by_process: dict[str, list[str]] = {}
        for row in rows.all(idx_release):
            by_process.setdefault(row["ocid"], []).append(row["data"])
        start = time.process_time()
        for ocid, texts in by_process.items():
            record(ocid, [json.loads(text) for text in texts], life.publication)
        merged = time.process_time() - start
        releases = sum(map(len, by_process.values()))
        values.append(releases / (publisher.seconds + merged))
        limits.append(releases / (whole + merged))
        records.append(round(releases / merged))
    facts = {"processes": count, "releases": releases, "releasesMergedPerSecond": records}
    return Figure(
        f"lives: releases of {count:,} processes", "1/s", values, "with the rest of the index, in memory", limits,
        Goal("median", ">=", 2_000), facts,
    )  # fmt: skip


def payment_figure(life: Life, few: int, many: int) -> Figure:
    """Milliseconds of the last of ``many`` payments of one agreement, index and release; beside it those of the ``few`` first ones."""
    indexer, rows, took = Indexer(OcdsPublisher(life.publication), judge), MemoryRows(), []
    for block in life.founding:
        indexer.apply(block, rows)
    for block in life.payments(many):
        start = time.process_time()
        indexer.apply(block, rows)
        took.append(time.process_time() - start)
    paid = took[-many:]
    return Figure(
        f"lives: a payment after {many - few:,} others", "ms", [1_000 * sum(paid[-few:]) / few], f"one of the first {few}",
        [1_000 * sum(paid[:few]) / few], _FLAT,
    )  # fmt: skip


# -- growth


def growth_figures(folder: Path, life: Life, sizes: Sequence[int]) -> list[Figure]:
    """At each number of events: microseconds an event to rebuild the index, and to follow further ones; milliseconds of reads.

    Reads are of any of the lives, most of which the program has not read before where there are many; of as many lives as the smallest
    index has, each read before; and of the same ones, with all pages of the database let go before each.
    """
    few = max(1, sizes[0] // life.events)
    found = {size: _at(folder / f"{size}.sqlite3", life, max(1, size // life.events), few) for size in sizes}
    first = found[sizes[0]]
    figures = []
    for size in sizes[1:]:
        for (name, unit), value in found[size].items():
            figures.append(Figure(
                f"lives: {name}, {size:,} events", unit, [value], f"the same at {sizes[0]:,}", [first[name, unit]], _FLAT
            ))  # fmt: skip
    return figures


def _at(path: Path, life: Life, lives: int, few: int) -> dict[tuple[str, str], float]:
    store = Store(path)
    try:
        publisher = OcdsPublisher(life.publication)
        index, writer = Index(store, publisher, judge), _Writer(store, Indexer(publisher, judge))
        rebuilt = writer.write(_all(life, lives, beside=1), _TOGETHER)
        head = index.head()
        assert head is not None
        followed = writer.write(life.lives(head.block, lives + 1, _FOLLOWED), 1)
        costs = {
            ("an event rebuilt", "us"): 1e6 * rebuilt / (lives * life.events),
            ("an event followed", "us"): 1e6 * followed / (_FOLLOWED * life.events),
        }
        reads = _Reads(store, index, life, lives)
        return costs | reads.took(lives, "read") | reads.took(few, _AGAIN) | reads.took(few, _FRESH)
    finally:
        store.close()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


class _Writer:
    """Writes blocks as the follower does, so many in a commit; the seconds that it took, without the making of the blocks."""

    def __init__(self, store: Store, indexer: Indexer) -> None:
        self._store = store
        self._indexer = indexer

    def write(self, blocks: Iterable[Block], together: int) -> float:
        return asyncio.run(self._write(iter(blocks), together))

    async def _write(self, blocks: Iterator[Block], together: int) -> float:
        seconds = 0.0
        while part := list(islice(blocks, together)):
            start = time.process_time()
            rows = await self._store.fetch(partial(self._rows, part))
            await self._store.write(rows.flush)
            seconds += time.process_time() - start
        return seconds

    def _rows(self, blocks: Sequence[Block], connection: Connection) -> SqlRows:
        rows = SqlRows(connection)
        for block in blocks:
            self._indexer.apply(block, rows)
        return rows


class _Reads:
    """What a person may read, of any of so many lives."""

    def __init__(self, store: Store, index: Index, life: Life, lives: int) -> None:
        head = index.head()
        assert head is not None
        self._store = store
        self._index, self._life, self._lives, self._head = index, life, lives, head.block
        self._buyer = _buyer(index)

    def took(self, count: int, how: str) -> dict[tuple[str, str], float]:
        """Milliseconds of each kind of read, of so many lives in the middle: the median of some at random."""
        chosen = random.Random(_SEED)  # the same things each time: a measure, nothing secret
        first, found = (self._lives - count) // 2 + 1, {}
        for name, read in self._kinds.items():
            # Lists begin where a whole page is left in the smallest index too.
            most = max(first, min(first + count - 1, self._lives - _LIST if "list" in name else self._lives))
            numbers = [chosen.randint(first, most) for _ in range(_READS)]
            if how == _AGAIN:
                for number in set(numbers):
                    read(number)
            took = []
            for number in numbers:
                if how == _FRESH:
                    self._let_go()
                took.append(_milliseconds(partial(read, number)))
            found[f"{name} {how}", "ms"] = median(took)
        return found

    def _let_go(self) -> None:
        """SQLite keeps no page of the file; the system may."""
        with self._store.read() as connection:
            connection.exec_driver_sql("PRAGMA shrink_memory")

    @property
    def _kinds(self) -> dict[str, Callable[[int], object]]:
        return {
            "a tender": self._tender,
            "a list of tenders": self._tenders,
            "an agreement": self._agreement,
            "a list of agreements": self._agreements,
            "a page of the feed": self._feed,
            "releases of a process": self._releases,
            "a record": self._record,
        }

    def _tender(self, number: int) -> object:
        row = self._index.tender(number)
        assert row is not None
        return self._index.status(row), self._index.events(tender=number)

    def _tenders(self, number: int) -> object:
        return self._index.statuses(
            self._index.tenders(str(number + _LIST), _LIST).items, self._index.clock()
        )

    def _agreement(self, number: int) -> object:
        book = self._index.agreeing
        return book.agreement(number), book.milestones(number), book.changes(number), book.payments(number)

    def _agreements(self, number: int) -> object:
        return self._index.agreeing.agreements(buyer=self._buyer, after=str(number - 1), limit=_LIST)

    def _feed(self, number: int) -> object:
        return self._index.events(str(self._head * number // (self._lives + 1)), _PAGE)

    def _releases(self, number: int) -> list[ReleaseRow]:
        return self._index.releases(self._life.publication.ocid(number))

    def _record(self, number: int) -> object:
        releases = [json.loads(row.data) for row in self._releases(number)]
        return record(self._life.publication.ocid(number), releases, self._life.publication)


# -- one buyer


def buyer_figures(path: Path, life: Life, runs: int, count: int) -> list[Figure]:
    """``count`` agreements of one buyer: milliseconds to read all of them page by page, and to add them up, as a buyer's page shows."""
    store = Store(path)
    try:
        index = Index(store, None, judge)
        _Writer(store, Indexer(None, judge)).write(_all(life, count), SPAN)
        buyer, now = _buyer(index), index.now()
        counted = index.agreeing.counters(now, buyer=buyer)
        if counted.agreements != count:
            raise MeasureFailed(f"{counted.agreements} of {count} agreements are in the index")

        def listed() -> None:
            after: str | None = None
            while True:
                page = index.agreeing.agreements(buyer=buyer, after=after, limit=_PAGE)
                if page.next is None:
                    return
                after = page.next

        kinds = {"listed": listed, "added up": lambda: index.agreeing.counters(now, buyer=buyer)}
        return [
            Figure(
                f"lives: {count:,} agreements of a buyer {name}",
                "ms",
                [_milliseconds(read) for _ in range(runs)],
            )
            for name, read in kinds.items()
        ]
    finally:
        store.close()


def _milliseconds(read: Callable[[], object]) -> float:
    start = time.thread_time()
    read()
    return 1_000 * (time.thread_time() - start)


def _buyer(index: Index) -> str:
    row = index.agreeing.agreement(1)
    assert row is not None
    return "0x" + row.facts.buyer.hex()


def _all(life: Life, count: int, beside: int = 10) -> Iterator[Block]:
    yield from life.founding
    yield from life.lives(life.founding[-1].number, 1, count, beside)
