"""Where reducers read and write: rows by key. In memory for a replay, over a database transaction for the follower."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from chain.recorder.schema import idx_due, tables

__all__ = ["MemoryRows", "Row", "Rows", "SqlRows", "key_of", "stored_row"]

Row = dict[str, Any]
Key = tuple[Any, ...]


class Rows(Protocol):
    """Rows of the idx tables. A row that was put is given back as it is: treat it as frozen and put a changed copy."""

    def get(self, table: Table, *key: Any) -> Row | None:
        """The row of this primary key."""
        ...

    def put(self, table: Table, row: Row) -> None:
        """Adds the row or replaces the one of the same key."""
        ...

    def drop(self, table: Table, *key: Any) -> None:
        """Removes the row of this key, if there is one."""
        ...

    def due(self, now: int) -> list[int]:
        """Tenders of idx_due with ``at <= now``, ascending."""
        ...


def key_of(table: Table, row: Row) -> Key:
    """The primary key of a row."""
    return tuple(row[column.name] for column in table.primary_key)


class MemoryRows:
    """All rows in dictionaries; what a replay without a database needs (audit, ``digest`` of an earlier block)."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Key, Row]] = {table.name: {} for table in tables}

    def get(self, table: Table, *key: Any) -> Row | None:
        """See Rows."""
        return self._rows[table.name].get(key)

    def put(self, table: Table, row: Row) -> None:
        """See Rows."""
        self._rows[table.name][key_of(table, row)] = row

    def drop(self, table: Table, *key: Any) -> None:
        """See Rows."""
        self._rows[table.name].pop(key, None)

    def due(self, now: int) -> list[int]:
        """See Rows."""
        return sorted(row["tender"] for row in self._rows[idx_due.name].values() if row["at"] <= now)

    def all(self, table: Table) -> Iterator[Row]:
        """Every row of a table in key order."""
        rows = self._rows[table.name]
        return (rows[key] for key in sorted(rows))


class SqlRows:
    """Rows of a database, read once, on one connection, and written together by ``flush``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: dict[str, dict[Key, Row | None]] = {table.name: {} for table in tables}
        self._dirty: dict[str, set[Key]] = {table.name: set() for table in tables}

    def get(self, table: Table, *key: Any) -> Row | None:
        """See Rows."""
        seen = self._seen[table.name]
        if key not in seen:
            seen[key] = stored_row(self._connection, table, *key)
        return seen[key]

    def put(self, table: Table, row: Row) -> None:
        """See Rows."""
        self._change(table, key_of(table, row), row)

    def drop(self, table: Table, *key: Any) -> None:
        """See Rows."""
        self._change(table, key, None)

    def due(self, now: int) -> list[int]:
        """See Rows."""
        stored = self._connection.scalars(select(idx_due.c.tender).where(idx_due.c.at <= now))
        seen = self._seen[idx_due.name]
        changed = {key: seen[key] for key in self._dirty[idx_due.name]}
        kept = {tender for tender in stored if (tender,) not in changed}
        return sorted(
            kept | {row["tender"] for row in changed.values() if row is not None and row["at"] <= now}
        )

    def flush(self, writer: Connection | None = None) -> None:
        """Writes what was put and dropped; the transaction is the caller's. ``writer`` None: where it was read."""
        connection = writer or self._connection
        for table in tables:
            seen, dirty = self._seen[table.name], self._dirty[table.name]
            rows = [row for key in dirty if (row := seen[key]) is not None]
            gone = [key for key in dirty if seen[key] is None]
            if rows:
                connection.execute(_UPSERT[table.name], rows)
            if gone:
                keys = [{f"key_{place}": part for place, part in enumerate(key)} for key in gone]
                connection.execute(_DELETE[table.name], keys)
            dirty.clear()

    def _change(self, table: Table, key: Key, row: Row | None) -> None:
        self._seen[table.name][key] = row
        self._dirty[table.name].add(key)


def stored_row(connection: Connection, table: Table, *key: Any) -> Row | None:
    """The row of this primary key."""
    values = {f"key_{place}": part for place, part in enumerate(key)}
    found = connection.execute(_BY_KEY[table.name], values).mappings().first()
    return None if found is None else dict(found)


def _same(table: Table) -> Iterator[ColumnElement[bool]]:
    return (column == bindparam(f"key_{place}") for place, column in enumerate(table.primary_key))


def _upsert(table: Table) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = insert(table)
    changed = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


# Made once: a statement costs more to build than to run.
_BY_KEY = {table.name: select(table).where(*_same(table)) for table in tables}
_DELETE = {table.name: delete(table).where(*_same(table)) for table in tables}
_UPSERT = {table.name: _upsert(table) for table in tables}
