"""The index as one hash, and the index made again from its own logs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from chain.recorder.index.blocks import Indexer
from chain.recorder.index.content import load
from chain.recorder.index.rows import MemoryRows, Row, Rows, SqlRows
from chain.recorder.publish import ContentCheck, Publisher
from chain.recorder.schema import END, idx_block, idx_log, idx_tx, state_tables, tables
from chain.rules import canonical
from chain.types import Event

__all__ = ["digest", "forget_above"]


def digest(
    connection: Connection, block: int | None, publisher: Publisher | None, check: ContentCheck
) -> str:
    """sha256 of all rows as of ``block`` (None = the last one), table by table in key order, a line each (RFC 8785).

    An earlier block than the last is replayed in memory from the stored logs.
    """
    last = connection.scalar(select(func.max(idx_block.c.number)))
    if block is None or last is None or block >= last:
        return _hash((table, _stored(connection, table)) for table in tables)
    rows = MemoryRows()
    for table in (idx_block, idx_tx):
        numbers = table.c.number if table is idx_block else table.c.block
        for row in connection.execute(select(table).where(numbers <= block)).mappings():
            rows.put(table, dict(row))
    _replay(connection, rows, Indexer(publisher, check), block)
    return _hash((table, rows.all(table)) for table in tables)


def forget_above(connection: Connection, block: int, indexer: Indexer) -> None:
    """Makes the rows those of ``block``: what later blocks said is gone. Within the caller's transaction."""
    for table in (idx_block, idx_tx, idx_log):
        numbers = table.c.number if table is idx_block else table.c.block
        connection.execute(delete(table).where(numbers > block))
    connection.execute(delete(idx_log).where(idx_log.c.tx == END))
    for table in state_tables:
        connection.execute(delete(table))
    rows = SqlRows(connection)
    _replay(connection, rows, indexer, block)
    rows.flush()


def _replay(connection: Connection, rows: Rows, indexer: Indexer, upto: int) -> None:
    before = None
    logs = connection.execute(
        select(idx_log).where(idx_log.c.block <= upto, idx_log.c.tx < END).order_by(*idx_log.primary_key)
    ).mappings()
    waiting = next(logs, None)
    for number, time in connection.execute(
        select(idx_block.c.number, idx_block.c.time)
        .where(idx_block.c.number <= upto)
        .order_by(idx_block.c.number)
    ):
        events = []
        while waiting is not None and waiting["block"] == number:
            events.append(_event(waiting))
            waiting = next(logs, None)
        indexer.replay(number, time, time if before is None else before, events, rows)
        before = time


def _event(row: Mapping[Any, Any]) -> Event:
    return Event(
        row["contract"], row["name"], load(row["args"]), row["block"], row["time"], row["transaction"], row["tx"], row["log"],
        row["address"],
    )  # fmt: skip


def _stored(connection: Connection, table: Table) -> Iterator[Row]:
    return (dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings())


def _hash(rows: Iterator[tuple[Table, Iterator[Row]]]) -> str:
    total = hashlib.sha256()
    for table, each in rows:
        for row in each:
            total.update(canonical({"table": table.name, **row}) + b"\n")
    return total.hexdigest()
