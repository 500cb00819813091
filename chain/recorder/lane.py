"""One lane a key: the ordered transactions of one account, from queued to sent. Settling is the follower's.

The loop has no memory of its own: after a crash it begins with what is stored. Numbered rows are signed under their own nonces (bytes
that were not stored were never sent); signed ones are sent again, the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chain.errors.base import Unavailable
from chain.errors.nodes import ChainUnreachable, RpcError
from chain.errors.recorder import SignatureWrong, SignerUnavailable
from chain.recorder import queue
from chain.recorder.model import Deployed, Probe, Signers
from chain.recorder.signers import sign_all, signer_of
from chain.recorder.store import Store
from chain.rpc import Rpc

__all__ = ["Lane", "Lanes", "Road"]

_FIRST_PAUSE, _LAST_PAUSE = 1.0, 60.0  # seconds, doubling, while a signer or the storage is away


@dataclass(frozen=True)
class Road:
    """What all lanes share. ``open``: set while the node is there and holds our chain; ``head``: its last known block.

    ``sent`` is called after each batch: it asks the node for a block and wakes the follower. ``lost``: the node is away. ``ended``:
    a lane's task is over, which it never is by itself.
    """

    store: Store
    rpc: Rpc
    deployed: Deployed
    signers: Signers
    epoch: int
    open: asyncio.Event
    head: Callable[[], int]
    sent: Callable[[], Awaitable[None]]
    lost: Callable[[ChainUnreachable], None]
    ended: Callable[[asyncio.Task[None]], None]
    probe: Probe


class Lane:
    """The lane of one account, as a task of its own."""

    def __init__(self, road: Road, signer: str) -> None:
        self._road = road
        self._signer = signer
        self._wake = asyncio.Event()
        self._everything = True  # at start, and after the node was away, all that is unsettled goes out again

    def wake(self, everything: bool = False) -> None:
        """Something was queued, settled or is overdue; ``everything``: the node was away."""
        self._everything = self._everything or everything
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            await self._road.open.wait()
            self._wake.clear()
            try:
                await self._work()
            except ChainUnreachable as error:
                self._everything = True
                self._road.lost(error)
            except (Unavailable, SignatureWrong):
                # A signer or the storage is away: nonces stay, nothing is lost by waiting.
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LAST_PAUSE)
            else:
                pause = _FIRST_PAUSE
                await self._wake.wait()

    async def _work(self) -> None:
        """Numbers, signs and sends until nothing is left to do now."""
        await self._open()
        if self._everything:
            self._everything = False
            await self._send_stored(everything=True)
        while numbered := await self._number():
            await self._sign(numbered)
        await self._send_stored(everything=False)

    async def _open(self) -> None:
        """The account's nonce is asked once in its life; from then on the table knows."""
        road = self._road
        if await road.store.fetch(lambda connection: queue.has_lane(connection, road.epoch, self._signer)):
            return
        nonce = int(await road.rpc.call("eth_getTransactionCount", self._signer, "latest"), 16)
        await road.store.write(
            lambda connection: queue.open_lane(connection, road.epoch, self._signer, nonce)
        )

    async def _number(self) -> list[queue.Numbered]:
        road = self._road
        numbered = await road.store.write(
            lambda connection: queue.number(connection, road.epoch, self._signer, road.deployed)
        )
        if numbered:
            road.probe("numbered")
        return numbered

    async def _sign(self, numbered: Sequence[queue.Numbered]) -> None:
        """Signs outside the database, stores the bytes, then sends them."""
        road = self._road
        try:
            signed = await sign_all(
                signer_of(road.signers, self._signer), [each.unsigned for each in numbered]
            )
        except (SignerUnavailable, SignatureWrong) as error:
            reason = str(error)
            await road.store.write(
                lambda connection: queue.set_lane(connection, road.epoch, self._signer, "held", reason)
            )
            raise
        await road.store.write(
            lambda connection: queue.store_signed(connection, road.epoch, self._signer, numbered, signed)
        )
        road.probe("signed")
        await self._send([(each.nonce, raw) for each, (raw, _) in zip(numbered, signed, strict=True)])

    async def _send_stored(self, everything: bool) -> None:
        after = -1
        while found := await self._stored(everything, after):
            await self._send(found)
            after = found[-1][0]

    async def _stored(self, everything: bool, after: int) -> list[tuple[int, bytes]]:
        road = self._road
        return await road.store.fetch(
            lambda connection: queue.to_send(
                connection, road.epoch, self._signer, road.head(), everything, after
            )
        )

    async def _send(self, batch: Sequence[tuple[int, bytes]]) -> None:
        """One batch in nonce order. What the node answers settles nothing: only a block does."""
        road = self._road
        head = road.head()
        with suppress(RpcError):  # the batch as a whole was refused: it is sent again when unseen
            await road.rpc.batch([("eth_sendRawTransaction", ["0x" + raw.hex()]) for _, raw in batch])
        road.probe("sent")
        nonces = [nonce for nonce, _ in batch]
        await road.store.write(
            lambda connection: queue.store_sent(connection, road.epoch, self._signer, nonces, head)
        )
        await road.sent()


class Lanes:
    """All lanes; one is opened when its account first has something to do."""

    def __init__(self, road: Road) -> None:
        self._road = road
        self._lanes: dict[str, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, signers: Iterable[str], everything: bool = False) -> None:
        """Lets these accounts work."""
        for signer in signers:
            lane = self._lanes.get(signer)
            if lane is None:
                lane = self._lanes[signer] = Lane(self._road, signer)
                task = asyncio.create_task(lane.run(), name=f"lane of {signer}")
                task.add_done_callback(self._road.ended)
                self._tasks.add(task)
            lane.wake(everything)

    async def wake_busy(self, everything: bool) -> None:
        """Lets every account with something unfinished work."""
        road = self._road
        self.wake(
            await road.store.fetch(lambda connection: queue.busy_signers(connection, road.epoch)), everything
        )

    async def stop(self) -> None:
        """Ends all lanes; what is stored goes on at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
