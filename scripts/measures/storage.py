"""Durable accepts beside the bare database: the same rows, in the same groups, in tables of the same form."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chain.network import Network
from chain.recorder import Request, Store
from chain.recorder.outbox import GROUP, Outbox
from chain.transactions import gas_for
from scripts.measures.figure import Figure, Goal
from scripts.measures.writes import calls, requests

__all__ = ["accept_figure"]

_TABLES = ("operation", "event_log")


def accept_figure(net: Network, folder: Path, runs: int, count: int) -> Figure:
    """Accepts a second, each durable before it is answered, without HTTP, rules or node."""
    values, limits = [], []
    for run in range(runs):
        wanted = requests(net, calls(net, count))
        ours, bare = folder / f"ours{run}.sqlite3", folder / f"bare{run}.sqlite3"
        values.append(asyncio.run(_accepted(ours, wanted)))
        limits.append(_bare(ours, bare))
        for path in (ours, bare):
            for file in folder.glob(f"{path.name}*"):
                file.unlink()
    return Figure(
        "durable accepts",
        "1/s",
        values,
        f"the same rows in bare SQLite, {GROUP} a commit",
        limits,
        Goal("median", ">=", 1500),
    )


async def _accepted(path: Path, wanted: Sequence[Request]) -> float:
    store = Store(path)
    try:
        outbox = Outbox(store, lambda point: None)
        start = time.monotonic()
        await asyncio.gather(*(outbox.accept(request, gas_for(request.call)) for request in wanted))
        return len(wanted) / (time.monotonic() - start)
    finally:
        await asyncio.to_thread(store.close)


def _bare(source: Path, path: Path) -> float:
    """Rows of operation a second: what ``source`` holds, written again by sqlite3 alone."""
    Store(path).close()
    with sqlite3.connect(source) as filled:
        tables = {name: filled.execute(f"SELECT * FROM {name} ORDER BY seq").fetchall() for name in _TABLES}
    filled.close()
    database = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        count = len(tables["operation"])
        start = time.monotonic()
        for first in range(0, count, GROUP):
            database.execute("BEGIN IMMEDIATE")
            for name, rows in tables.items():
                _insert(database, name, rows[first : first + GROUP])
            database.execute("COMMIT")
        return count / (time.monotonic() - start)
    finally:
        database.close()


def _insert(database: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
