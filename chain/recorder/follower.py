"""Follows the node block by block: checks, indexes, publishes, settles; what comes of it is written in one transaction each time.

A block that is not what it should be is never skipped: the index stands before it, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from chain.errors.base import LicitaError
from chain.errors.recorder import ChainDiverged, IndexStopped
from chain.recorder.epoch import Standing, check_identity, fork_below, rewind
from chain.recorder.fetch import Fetched, fetch, head_of
from chain.recorder.index.blocks import Indexer
from chain.recorder.index.rows import SqlRows
from chain.recorder.index.views import Head
from chain.recorder.model import Deployed, Remake
from chain.recorder.publish import VerifyBlock
from chain.recorder.schema import idx_block
from chain.recorder.settle import Reason, Settled, explain, lost_above, ours, settle, unsettle_above
from chain.recorder.store import Store
from chain.rpc import Rpc

__all__ = ["Follower", "Meeting", "Progress", "last_block"]

SPAN = 50
"""Blocks fetched and committed together when behind."""

_BUSY = 2_000
"""Transactions in one commit, roughly: above it fewer blocks are taken together."""


@dataclass(frozen=True)
class Progress:
    """One step: the node's head, our last block, what was settled; ``moved``: a block was added."""

    node_head: int
    last: Head | None
    settled: tuple[Settled, ...]
    moved: bool


@dataclass(frozen=True)
class Meeting:
    """The node holds our chain; ``ready`` False: it is behind our last block, and is waited for."""

    node_head: int
    ready: bool


class Follower:
    """The index of one chain in one database."""

    def __init__(
        self,
        store: Store,
        rpc: Rpc,
        deployed: Deployed,
        indexer: Indexer,
        verify: VerifyBlock | None,
        epoch: int,
    ) -> None:
        self._store = store
        self._rpc = rpc
        self._deployed = deployed
        self._indexer = indexer
        self._verify = verify
        self._epoch = epoch
        self._contract_of = {address.lower(): name for name, address in deployed.addresses.items()}
        self._span = SPAN
        self._last: Head | None = None

    async def meet(self) -> Meeting:
        """Compares the node with our chain; on a development network the index is wound back to what they share.

        Raises ChainDiverged, ChainUnreachable, RpcError.
        """
        standing, shared = await self._compare()
        last, rewinds = self._last, self._deployed.on_reset == "rewind"
        if last is None and rewinds:
            # An index that is made anew does not know what the node lost; the attempts do.
            await self._store.write(lambda connection: unsettle_above(connection, self._epoch, standing.head))
        if last is None or shared is None:
            return Meeting(standing.head, True)
        if rewinds:
            await self._rewind(shared)
            return Meeting(standing.head, True)
        if shared < min(last.block, standing.head):
            raise ChainDiverged(
                "block-hash", f"{last.hash} at {last.block}", f"another chain from {shared + 1} on"
            )
        return Meeting(standing.head, False)

    async def bring_back(self, remake: Remake) -> None:
        """Makes again what the index has and the node has lost. Raises as ``meet``, and what ``remake`` raises.

        The index is left as it is: until the node has kept those blocks, nothing else knows them.
        """
        _, shared = await self._compare()
        if shared is not None:
            await remake(
                await self._store.fetch(lambda connection: lost_above(connection, self._epoch, shared))
            )

    async def step(self) -> Progress:
        """Takes the next blocks, as many as belong into one commit.

        Raises ChainDiverged where the node went back, BlockUnusable, ChainUnreachable, RpcError, IndexStopped, StorageBusy,
        StorageFull, StorageFailed.
        """
        head, head_hash = await head_of(self._rpc)
        last = self._last
        done = -1 if last is None else last.block
        if last is not None and (head < done or (head == done and head_hash != last.hash)):
            raise ChainDiverged("block-hash", f"{last.hash} at {done}", f"{head_hash} at {head}")
        if head == done:
            return Progress(head, last, (), False)
        fetched = await self._fetch(
            done + 1, min(self._span, head - done), None if last is None else last.hash
        )
        settled = await self._apply(fetched)
        return Progress(head, self._last, tuple(settled), bool(fetched))

    async def _fetch(self, first: int, count: int, parent: str | None) -> list[Fetched]:
        try:
            fetched = await fetch(self._rpc, first, count, parent, self._contract_of, self._verify)
        except LicitaError:
            self._span = max(1, self._span // 4)  # an answer may have been too long
            raise
        busiest = max((len(block.transactions) for block, _ in fetched), default=0)
        self._span = min(SPAN, max(1, _BUSY // (busiest + 1)))
        return fetched

    async def _apply(self, fetched: Sequence[Fetched]) -> list[Settled]:
        if not fetched:
            return []
        reasons = await self._explain(fetched)
        # Beside the writer, which accepts and numbers meanwhile: these rows are nobody's but ours, so what was read is still so when
        # the writer is given them.
        rows = await self._store.fetch(lambda connection: self._index(connection, fetched))
        settled = await self._store.write(lambda connection: self._write(connection, rows, fetched, reasons))
        block = fetched[-1][0]
        self._last = Head(block.number, block.hash, block.time)
        return settled

    def _index(self, connection: Connection, fetched: Sequence[Fetched]) -> SqlRows:
        """What the blocks say, not written yet."""
        rows = SqlRows(connection)
        for block, _ in fetched:
            try:
                self._indexer.apply(block, rows)
            except LicitaError as cause:
                raise IndexStopped(block.number, str(cause)) from cause
        return rows

    def _write(
        self,
        connection: Connection,
        rows: SqlRows,
        fetched: Sequence[Fetched],
        reasons: Mapping[str, Reason],
    ) -> list[Settled]:
        rows.flush(connection)
        settled: list[Settled] = []
        for block, _ in fetched:
            settled += settle(connection, self._epoch, block, reasons)
        return settled

    async def _explain(self, fetched: Sequence[Fetched]) -> dict[str, Reason]:
        """Why those transactions of ours that failed did so; asked before the transaction, for it needs the node."""
        failed = {hash_: (block.number, tx) for block, each in fetched for hash_, tx in each.items()}
        if not failed:
            return {}
        known = await self._store.fetch(lambda connection: ours(connection, self._epoch, failed))
        reasons: dict[str, Reason] = {}
        for block, _ in fetched:
            mine = [tx for hash_, (number, tx) in failed.items() if number == block.number and hash_ in known]
            if mine:
                reasons |= await explain(self._rpc, block.number, block.time, mine)
        return reasons

    async def _compare(self) -> tuple[Standing, int | None]:
        """How the node stands to our last block; the last block that they share where it has not ours."""
        last = self._last = await self._store.fetch(last_block)
        standing = await check_identity(self._rpc, self._deployed, last)
        if last is None or not (standing.behind or standing.fork):
            return standing, None
        return standing, await fork_below(self._rpc, min(last.block, standing.head), self._hash_at)

    async def _rewind(self, block: int) -> None:
        await self._store.write(lambda connection: rewind(connection, self._epoch, block, self._indexer))
        self._last = await self._store.fetch(last_block)

    async def _hash_at(self, number: int) -> str | None:
        query = select(idx_block.c.hash).where(idx_block.c.number == number)
        return await self._store.fetch(lambda connection: connection.scalar(query))


def last_block(connection: Connection) -> Head | None:
    """The last indexed block."""
    newest = select(func.max(idx_block.c.number)).scalar_subquery()
    row = connection.execute(select(idx_block).where(idx_block.c.number == newest)).mappings().first()
    return None if row is None else Head(row["number"], row["hash"], row["time"])
