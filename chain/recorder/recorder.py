"""The assembled service: outbox, lanes and follower over one database, on the caller's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chain.errors.recorder import (
    OperationNotFound,
    RecorderStopped,
    SignerUnknown,
    StorageBusy,
    StorageFailed,
)
from chain.recorder import queue
from chain.recorder.epoch import epoch_of, open_epoch
from chain.recorder.follower import Follower, last_block
from chain.recorder.index.blocks import Indexer
from chain.recorder.index.reads import Index
from chain.recorder.index.views import Head, Page
from chain.recorder.lane import Lanes, Road
from chain.recorder.model import (
    Accepted,
    Deployed,
    LaneState,
    Operation,
    OperationState,
    Probe,
    RecorderStatus,
    Remake,
    Request,
    Signer,
    Signers,
)
from chain.recorder.outbox import Outbox
from chain.recorder.publish import ContentCheck, Publisher, VerifyBlock
from chain.recorder.settle import Settled
from chain.recorder.store import Store, clear_index
from chain.recorder.trials import Trials
from chain.recorder.watch import Watch
from chain.rpc import Rpc
from chain.transactions import Call, Nudge, address_in, gas_for, trial
from chain.types import Event

__all__ = ["Recorder", "bring_back", "rebuild"]


def _no_probe(point: str) -> None:
    pass


def _no_check(event: Event, tender: Mapping[str, Any] | None) -> Sequence[str]:
    return ()


class Recorder:
    """Accepts, sends, follows and answers; see the package's docstring.

    ``nudge`` asks the node for a block where it makes none by itself; ``publisher`` None: no releases; ``check`` judges the texts of
    events; ``verify`` checks each block before it is indexed; ``probe`` is the seam of the fault tests: it is called with accepted,
    numbered, signed or sent, each right after what it names.
    """

    def __init__(
        self,
        *,
        database: Path,
        rpc: Rpc,
        deployment: Deployed,
        signers: Signers,
        nudge: Nudge,
        publisher: Publisher | None = None,
        check: ContentCheck = _no_check,
        verify: VerifyBlock | None = None,
        probe: Probe = _no_probe,
    ) -> None:
        """Opens the database. Raises StorageBusy, StorageFull, StorageFailed."""
        self.deployment = deployment
        self.store = Store(database)
        self.index = Index(self.store, publisher, check)
        self._rpc = rpc
        self._signers = signers
        self._nudge = nudge
        self._probe = probe
        self._verify = verify
        self._indexer = Indexer(publisher, check)
        self._outbox = Outbox(self.store, probe)
        self._trials = Trials(rpc)
        self._waiters: dict[str, set[asyncio.Future[None]]] = {}
        self._epoch = 0
        self._watch: Watch | None = None
        self._lanes: Lanes | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Goes on where the database is. The node may be away: it is waited for. Raises ChainDiverged where the database is
        another chain's, StorageBusy, StorageFull, StorageFailed."""
        epoch = self._epoch = await self.store.write(
            lambda connection: open_epoch(connection, self.deployment)
        )
        follower = Follower(self.store, self._rpc, self.deployment, self._indexer, self._verify, epoch)
        watch = self._watch = Watch(
            follower, self.deployment.period, self._nudge, self._in_flight, self._settled, self._moved
        )
        watch.last = await self.store.fetch(last_block)
        self._lanes = Lanes(Road(
            self.store, self._rpc, self.deployment, self._signers, epoch, watch.open, lambda: watch.head or 0, watch.sent,
            watch.lose, watch.ended, self._probe,
        ))  # fmt: skip
        self._task = asyncio.create_task(watch.run(), name="the follower")
        self._task.add_done_callback(watch.ended)

    async def stop(self) -> None:
        """Ends everything and closes the database; what is stored goes on at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._lanes is not None:
            await self._lanes.stop()
        await asyncio.to_thread(self.store.close)

    # Writes

    async def lookup(self, account: str, idem_key: str, fingerprint: bytes) -> Operation | None:
        """What a key stands for, None where it is free. Raises IdempotencyKeyReused, StorageBusy, StorageFailed."""
        return await asyncio.to_thread(self.stored, account, idem_key, fingerprint)

    def stored(self, account: str, idem_key: str, fingerprint: bytes) -> Operation | None:
        """As ``lookup``, for who is in a thread of their own already, inside ``index.at_once`` or not."""
        return self._outbox.stored(account, idem_key, fingerprint)

    async def preflight(self, call: Call, actor: str) -> None:
        """Runs a call at the state of the next block without sending it. Raises the contract's refusal, ChainUnreachable, RpcError,
        CallInvalid, GasOverCap."""
        await self._trials.run(trial(self.deployment.addresses, call, actor, gas_for(call)))

    async def accept(self, request: Request) -> Accepted:
        """Stores the request for good, then returns: it will be in a block exactly once.

        Raises IdempotencyKeyReused, SignerUnknown, LaneParked, CallInvalid, GasOverCap, and where nothing can be accepted now:
        ChainDiverged, BlockUnusable, IndexStopped, RecorderStopped, RecorderBroken, StorageBusy, StorageFull, StorageFailed.
        """
        if self._task is None or self._lanes is None or self._watch is None:
            raise RecorderStopped()
        if self._watch.refusal is not None:
            raise self._watch.refusal
        if request.actor not in self._signers:
            raise SignerUnknown(request.actor)
        address_in(self.deployment.addresses, request.call.contract)
        accepted = await self._outbox.accept(request, gas_for(request.call))
        if not accepted.replayed:
            self._lanes.wake([request.actor])
        return accepted

    def signer(self, address: str) -> Signer:
        """The key of an account, for words that are no transaction. Raises SignerUnknown."""
        if address not in self._signers:
            raise SignerUnknown(address)
        return self._signers[address]

    async def operation(self, id: str) -> Operation:
        """An operation as it stands. Raises OperationNotFound."""
        found = await self._outbox.operation(id)
        if found is None:
            raise OperationNotFound(id)
        return found

    async def operations(
        self, account: str | None = None, after: str | None = None, limit: int = 100
    ) -> Page[Operation]:
        """Operations of an account (None = of all), newest first. Raises CursorInvalid."""
        return await self._outbox.operations(account, after, limit)

    async def wait(self, operation_id: str, seconds: float) -> Operation:
        """The operation once it is final, or as it stands after ``seconds``. Raises OperationNotFound."""
        settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(operation_id, set()).add(settled)
        try:
            found = await self.operation(operation_id)
            if found.is_final or seconds <= 0:
                return found
            await asyncio.wait([settled], timeout=seconds)
            return await self.operation(operation_id)
        finally:
            waiting = self._waiters[operation_id]
            waiting.discard(settled)
            if not waiting:
                del self._waiters[operation_id]

    @property
    def head(self) -> Head | None:
        """The last indexed block as this process knows it, from memory."""
        return None if self._watch is None else self._watch.last

    def status(self) -> RecorderStatus:
        """How it stands; never raises. Reads the database a little: call it in a thread."""
        watch = self._watch
        last, head = (None, None) if watch is None else (watch.last, watch.head)
        lanes: Mapping[LaneState, int] = {}
        operations: Mapping[OperationState, int] = {}
        alarms: list[str] = []
        storage_ok = self.store.ok
        try:
            with self.store.read() as connection:
                lanes, operations, alarms = queue.standing(connection, self._epoch)
        except (StorageBusy, StorageFailed) as refusal:
            storage_ok, alarms = False, [str(refusal)]
        if watch is not None and watch.refusal is not None:
            alarms.append(str(watch.refusal))
        return RecorderStatus(
            running=self._task is not None,
            identity_ok=watch is not None and watch.known,
            reachable=watch is not None and watch.reachable,
            storage_ok=storage_ok,
            head=head,
            block=None if last is None else last.block,
            block_hash=None if last is None else last.hash,
            block_time=None if last is None else last.time,
            lag=0 if head is None else max(0, head - (-1 if last is None else last.block)),
            stalled_for=0.0 if watch is None else watch.stalled_for,
            lanes=lanes,
            operations=operations,
            refusal=None if watch is None else watch.refusal,
            alarms=tuple(alarms),
        )

    async def _in_flight(self) -> int:
        return await self.store.fetch(lambda connection: queue.unseen(connection, self._epoch))

    def _settled(self, settled: Sequence[Settled]) -> None:
        for each in settled:
            for waiting in self._waiters.get(each.operation, ()):
                if not waiting.done():
                    waiting.set_result(None)
        if self._lanes is not None:
            self._lanes.wake({each.signer for each in settled})

    async def _moved(self, met: bool) -> None:
        if self._lanes is None:
            return
        if met:
            await self._lanes.send_again()
        await self._lanes.wake_busy()


async def bring_back(database: Path, rpc: Rpc, deployment: Deployed, remake: Remake) -> None:
    """Makes the blocks again that a node with ``on_reset`` rewind lost: before a recorder runs, and before anything else is sent.

    The same transactions at the same places and times do what they did, and their hashes stay. Raises ChainDiverged,
    ChainUnreachable, RpcError, StorageBusy, StorageFailed, what ``remake`` raises; then it may be begun anew.
    """
    if deployment.on_reset != "rewind":
        return
    # Whatever version made the index: it alone knows the blocks, and opened as ever it might be dropped.
    store = Store(database, read_only=True)
    try:
        if await asyncio.to_thread(store.index_version) is None:
            return
        epoch = await store.fetch(lambda connection: epoch_of(connection, deployment))
        if epoch is not None:
            await Follower(store, rpc, deployment, Indexer(None, _no_check), None, epoch).bring_back(remake)
    finally:
        await asyncio.to_thread(store.close)


async def rebuild(
    database: Path,
    rpc: Rpc,
    deployment: Deployed,
    publisher: Publisher | None = None,
    check: ContentCheck = _no_check,
    verify: VerifyBlock | None = None,
) -> Head:
    """Drops the index and makes it again from block 0 up to the node's head, which is returned. No recorder may run meanwhile.

    Raises ChainDiverged, ChainUnreachable, RpcError, BlockUnusable, IndexStopped, StorageBusy, StorageFull, StorageFailed.
    """
    store = await asyncio.to_thread(Store, database)
    try:
        epoch = await store.write(lambda connection: open_epoch(connection, deployment))
        await store.write(clear_index)
        follower = Follower(store, rpc, deployment, Indexer(publisher, check), verify, epoch)
        await follower.meet()
        while True:
            progress = await follower.step()
            if progress.last is not None and progress.last.block >= progress.node_head:
                return progress.last
    finally:
        await asyncio.to_thread(store.close)
