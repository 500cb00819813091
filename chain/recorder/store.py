"""The database: one writer thread, readers that cannot write, errors by name. SQLite here; PostgreSQL takes the same tables.

WAL with synchronous=FULL: a commit that returned survives a kill and a power cut. ``BEGIN IMMEDIATE``: a transaction that begins can
commit, so nothing is half done when another program holds the file.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from chain.errors.base import LicitaError
from chain.errors.recorder import RecorderStopped, StorageBusy, StorageFailed, StorageFull
from chain.recorder.schema import INDEX_VERSION, metadata, schema_version, tables

__all__ = ["Store", "clear_index"]

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a writer waits for another program's lock."""


_FAILED = frozenset({
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
})  # fmt: skip


class Store:
    """An open database. ``write`` runs functions one after another, each in one transaction; ``read`` gives a snapshot."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens or creates the file with all tables; ``read_only``: it is there, and is left as it is.

        Raises StorageBusy, StorageFull, StorageFailed.
        """
        self.path = path
        self.ok = True
        self._writer = _engine(path, "BEGIN IMMEDIATE", ("journal_mode=WAL", "synchronous=FULL"))
        self._reader = _engine(path, "BEGIN", ("query_only=ON",))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="licita-writer")
        self._connection: Connection | None = None
        self._reading = threading.local()
        if read_only:
            return
        try:
            self._thread.submit(self._open).result()
        except LicitaError:
            self.close()
            raise

    async def write(self, work: Callable[[Connection], T]) -> T:
        """``work`` in one transaction on the writer thread; rolled back if it raises.

        Raises what ``work`` raises, StorageBusy, StorageFull, StorageFailed, RecorderStopped after ``close``.
        """
        try:
            job = self._thread.submit(self._run, work)
        except RuntimeError as error:
            raise RecorderStopped() from error
        return await asyncio.wrap_future(job)

    async def fetch(self, work: Callable[[Connection], T]) -> T:
        """``work`` on a snapshot, in another thread. Raises as ``read``."""

        def run() -> T:
            with self.read() as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection on which all reads see one state; inside another ``read`` of this thread, that one's.

        Raises StorageBusy, StorageFailed.
        """
        outer: Connection | None = getattr(self._reading, "connection", None)
        with self._named():
            if outer is not None:
                yield outer
                return
            with self._reader.connect() as connection:
                self._reading.connection = connection
                try:
                    yield connection
                finally:
                    self._reading.connection = None

    def index_version(self) -> str | None:
        """The version of its idx tables, None before there are any. Raises as ``read``."""
        with self.read() as connection:
            return _index_version(connection)

    def close(self) -> None:
        """Ends the writer after what it was given, and closes the file."""
        self._thread.submit(self._shut).result()
        self._thread.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    def _open(self) -> None:
        with self._named():
            self._connection = self._writer.connect()
        self._run(_create)

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _run(self, work: Callable[[Connection], T]) -> T:
        connection = self._connection
        if connection is None:
            raise RecorderStopped()
        with self._named():
            with connection.begin():
                result = work(connection)
            self.ok = True
        return result

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Database errors by name; ``ok`` is False until a transaction commits again."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            refusal = self._refusal(error)
            self.ok = False
            raise refusal from error

    def _refusal(self, error: Exception) -> LicitaError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the primary code, without its extension
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StorageBusy(BUSY_SECONDS)
        if code == sqlite3.SQLITE_FULL:
            return StorageFull(str(self.path))
        if code in _FAILED:
            return StorageFailed(str(self.path), str(cause))
        raise error


def _engine(path: Path, begin: str, pragmas: Sequence[str]) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS}
    )

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # Transactions are begun by us, below: sqlite3 would begin none before a SELECT.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)

    def start(connection: Connection) -> None:
        # Past SQLAlchemy's own execution, which costs ten times as much; a refusal is named all the same.
        cursor = connection.connection.cursor()
        cursor.execute(begin)
        cursor.close()

    event.listen(engine, "begin", start)
    return engine


def _create(connection: Connection) -> None:
    """Makes what is missing; idx tables of another program version are dropped, the follower fills them from block 0."""
    if _index_version(connection) != INDEX_VERSION:
        clear_index(connection)
    metadata.create_all(connection)


def _index_version(connection: Connection) -> str | None:
    known = select(schema_version.c.version).where(schema_version.c.part == "index")
    return connection.scalar(known) if inspect(connection).has_table(schema_version.name) else None


def clear_index(connection: Connection) -> None:
    """Drops the idx tables and makes them empty."""
    metadata.drop_all(connection, tables)
    metadata.create_all(connection)
    row = {"part": "index", "version": INDEX_VERSION}
    connection.execute(
        upsert(schema_version).values(row).on_conflict_do_update(index_elements=["part"], set_=row)
    )
