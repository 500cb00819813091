"""Comments of citizens that the service received, and the batches in which they go to the chain. Evidence of the service, not rebuilt.

Rows alone: what they mean, which comments make a batch and what a receipt says, is the business of those who call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    union,
    update,
)

from chain.recorder.schema import metadata
from chain.recorder.store import Store

__all__ = ["BatchRecord", "CommentBook", "CommentRecord", "CommentStore"]

T = TypeVar("T")

svc_comment = Table(
    "svc_comment", metadata,
    Column("seq", Integer, primary_key=True), Column("serial", String(32), nullable=False, unique=True),
    Column("proposal", Integer, nullable=False), Column("key", Text, nullable=False), Column("text_sha256", String(64), nullable=False),
    Column("text", Text, nullable=False), Column("received_at", Integer, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False, unique=True), Column("receipt", LargeBinary, nullable=False),
    Column("batch", Integer), Column("position", Integer),
    UniqueConstraint("proposal", "key", "text_sha256"),
    Index("svc_comment_batch", "proposal", "batch", "position"), Index("svc_comment_time", "proposal", "received_at", "seq"),
)  # fmt: skip
svc_batch = Table(
    "svc_batch", metadata,
    Column("proposal", Integer, primary_key=True, autoincrement=False), Column("number", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False), Column("size", Integer, nullable=False), Column("anchored", LargeBinary),
)  # fmt: skip


@dataclass(frozen=True)
class CommentRecord:
    """A comment. ``text_sha256`` hex, ``received_at`` unix seconds of the head block, ``receipt`` the signed promise as a file;
    ``batch`` None while it waits; ``seq`` counts all comments of the service as they came."""

    serial: str
    proposal: int
    text_sha256: str
    text: str
    received_at: int
    leaf_hash: bytes
    receipt: bytes
    batch: int | None = None
    seq: int = 0


@dataclass(frozen=True)
class BatchRecord:
    """A batch: hashes of its leaves in order; ``anchored``: signed words about its block as a file, None while it is on its way."""

    proposal: int
    number: int
    root: bytes
    leaves: tuple[bytes, ...]
    anchored: bytes | None


class CommentStore:
    """The tables of an open database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self) -> None:
        """Makes the tables. Raises StorageBusy, StorageFull, StorageFailed."""
        await self._store.write(
            lambda connection: metadata.create_all(connection, tables=[svc_comment, svc_batch])
        )

    async def write(self, work: Callable[[CommentBook], T]) -> T:
        """``work`` in one transaction that writes. Raises what it raises, StorageBusy, StorageFull, StorageFailed, RecorderStopped."""
        return await self._store.write(lambda connection: work(CommentBook(connection)))

    async def fetch(self, work: Callable[[CommentBook], T]) -> T:
        """``work`` on a snapshot, in another thread. Raises as ``read``."""
        return await self._store.fetch(lambda connection: work(CommentBook(connection)))

    def read(self, work: Callable[[CommentBook], T]) -> T:
        """``work`` on a snapshot, in this thread. Raises what it raises, StorageBusy, StorageFailed."""
        with self._store.read() as connection:
            return work(CommentBook(connection))


class CommentBook:
    """Comments and batches over one connection; lists of comments go in the order in which they came."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, proposal: int, key: str, text_sha256: str) -> CommentRecord | None:
        """The comment that came under this key with this text."""
        table = svc_comment
        return self._comment(
            table.c.proposal == proposal, table.c.key == key, table.c.text_sha256 == text_sha256
        )

    def get(self, serial: str) -> CommentRecord | None:
        """A comment by its serial."""
        return self._comment(svc_comment.c.serial == serial)

    def add(self, comment: CommentRecord, key: str) -> None:
        """Stores a comment. Nothing of it is stored yet."""
        self._connection.execute(insert(svc_comment).values(
            serial=comment.serial, proposal=comment.proposal, key=key, text_sha256=comment.text_sha256, text=comment.text,
            received_at=comment.received_at, leaf_hash=comment.leaf_hash, receipt=comment.receipt,
        ))  # fmt: skip

    def waiting(self, proposal: int, limit: int) -> list[CommentRecord]:
        """The first comments that are in no batch."""
        query = select(svc_comment).where(svc_comment.c.proposal == proposal, svc_comment.c.batch.is_(None))
        return self._comments(query.order_by(svc_comment.c.seq).limit(limit))

    def waiting_count(self, proposal: int) -> int:
        """How many comments are in no batch."""
        query = select(func.count()).where(svc_comment.c.proposal == proposal, svc_comment.c.batch.is_(None))
        return int(self._connection.scalar(query) or 0)

    def listed(self, proposal: int, after: tuple[int, int] | None, limit: int) -> list[CommentRecord]:
        """Comments by the time they came; ``after``: (received_at, seq) of the last one that is not wanted."""
        table = svc_comment
        query = select(table).where(table.c.proposal == proposal)
        if after is not None:
            query = query.where(tuple_(table.c.received_at, table.c.seq) > tuple_(*after))
        return self._comments(query.order_by(table.c.received_at, table.c.seq).limit(limit))

    def proposals(self) -> list[int]:
        """Proposals with comments that wait, or with a batch on its way."""
        waiting = select(svc_comment.c.proposal).where(svc_comment.c.batch.is_(None))
        on_the_way = select(svc_batch.c.proposal).where(svc_batch.c.anchored.is_(None))
        return sorted(self._connection.execute(union(waiting, on_the_way)).scalars())

    def anchored_proposals(self) -> list[int]:
        """Proposals with a batch that was found on the chain."""
        query = select(svc_batch.c.proposal).where(svc_batch.c.anchored.is_not(None)).distinct()
        return sorted(self._connection.execute(query).scalars())

    def open_batch(self, proposal: int) -> BatchRecord | None:
        """The batch that is on its way; there is at most one for a proposal."""
        return next(
            iter(self._batches(svc_batch.c.proposal == proposal, svc_batch.c.anchored.is_(None))), None
        )

    def put_batch(self, batch: BatchRecord) -> None:
        """Stores a batch; its comments no longer wait."""
        values = {
            "proposal": batch.proposal,
            "number": batch.number,
            "root": batch.root,
            "size": len(batch.leaves),
        }
        self._connection.execute(insert(svc_batch).values(values))
        its = update(svc_comment).where(svc_comment.c.leaf_hash == bindparam("its_leaf"))
        self._connection.execute(
            its.values(batch=batch.number, position=bindparam("its_position")),
            [{"its_leaf": leaf, "its_position": position} for position, leaf in enumerate(batch.leaves)],
        )

    def drop_batch(self, proposal: int, number: int) -> None:
        """Forgets a batch; its comments wait again, in their old order."""
        comments = svc_comment.c.proposal == proposal, svc_comment.c.batch == number
        self._connection.execute(update(svc_comment).where(*comments).values(batch=None, position=None))
        self._connection.execute(delete(svc_batch).where(*_its(proposal, number)))

    def settle(self, proposal: int, number: int, anchored: bytes) -> None:
        """Stores the signed words about the block of a batch."""
        self._connection.execute(update(svc_batch).where(*_its(proposal, number)).values(anchored=anchored))

    def settled(self, proposal: int) -> list[BatchRecord]:
        """Batches that were found on the chain, by number."""
        return self._batches(svc_batch.c.proposal == proposal, svc_batch.c.anchored.is_not(None))

    def batch_of(self, serial: str) -> BatchRecord | None:
        """The batch that holds a comment, on its way or on the chain."""
        comment = self.get(serial)
        if comment is None or comment.batch is None:
            return None
        return next(iter(self._batches(*_its(comment.proposal, comment.batch))))

    def _comment(self, *conditions: Any) -> CommentRecord | None:
        return next(iter(self._comments(select(svc_comment).where(*conditions))), None)

    def _comments(self, query: Any) -> list[CommentRecord]:
        return [
            CommentRecord(
                row.serial, row.proposal, row.text_sha256, row.text, row.received_at, row.leaf_hash, row.receipt, row.batch, row.seq
            )
            for row in self._connection.execute(query)
        ]  # fmt: skip

    def _batches(self, *conditions: Any) -> list[BatchRecord]:
        rows = self._connection.execute(select(svc_batch).where(*conditions).order_by(svc_batch.c.number))
        return [
            BatchRecord(
                row.proposal, row.number, row.root, self._leaves(row.proposal, row.number), row.anchored
            )
            for row in rows.all()
        ]

    def _leaves(self, proposal: int, number: int) -> tuple[bytes, ...]:
        query = select(svc_comment.c.leaf_hash).where(
            svc_comment.c.proposal == proposal, svc_comment.c.batch == number
        )
        return tuple(self._connection.execute(query.order_by(svc_comment.c.position)).scalars())


def _its(proposal: int, number: int) -> Sequence[Any]:
    return svc_batch.c.proposal == proposal, svc_batch.c.number == number
