"""One lane a key: the ordered transactions of one account, from queued to sent. Settling is the follower's.

The loop has no memory of its own: after a crash it begins with what is stored. What was signed is sent again, the same bytes, in the
order in which it was accepted, before any lane goes on: what one account did may rest on what another did before. Then numbered rows
are signed under their own nonces (bytes that were not stored were never sent).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby

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

    def wake(self) -> None:
        """Something was queued, settled or is overdue."""
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
        while numbered := await self._number():
            await self._sign(numbered)
        await self._send_stored()

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
        await _send(road, [
            queue.Outgoing(each.operation, self._signer, each.nonce, raw)
            for each, (raw, _) in zip(numbered, signed, strict=True)
        ])  # fmt: skip

    async def _send_stored(self) -> None:
        road, after = self._road, -1
        while found := await road.store.fetch(
            partial(queue.to_send, epoch=road.epoch, signer=self._signer, head=road.head(), after=after)
        ):
            await _send(road, found)
            after = found[-1].nonce


class Lanes:
    """All lanes; one is opened when its account first has something to do."""

    def __init__(self, road: Road) -> None:
        self._road = road
        self._lanes: dict[str, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, signers: Iterable[str]) -> None:
        """Lets these accounts work."""
        for signer in signers:
            lane = self._lanes.get(signer)
            if lane is None:
                lane = self._lanes[signer] = Lane(self._road, signer)
                task = asyncio.create_task(lane.run(), name=f"lane of {signer}")
                task.add_done_callback(self._road.ended)
                self._tasks.add(task)
            lane.wake()

    async def wake_busy(self) -> None:
        """Lets every account with something unfinished work."""
        road = self._road
        self.wake(await road.store.fetch(lambda connection: queue.busy_signers(connection, road.epoch)))

    async def send_again(self) -> None:
        """Sends all that was signed and is in no block. Raises ChainUnreachable."""
        road, after = self._road, -1
        while found := await road.store.fetch(partial(queue.to_send_again, epoch=road.epoch, after=after)):
            await _send(road, found)
            after = found[-1].operation

    async def stop(self) -> None:
        """Ends all lanes; what is stored goes on at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _send(road: Road, batch: Sequence[queue.Outgoing]) -> None:
    """Sends in this order. What the node answers settles nothing: only a block does."""
    head = road.head()
    # A request for each run of one account, whose nonces order it: a node may take the calls of one request in any order.
    for _, run in groupby(batch, lambda each: each.signer):
        calls = [("eth_sendRawTransaction", ["0x" + each.raw.hex()]) for each in run]
        with suppress(RpcError):  # the request as a whole was refused: it is sent again when unseen
            await road.rpc.batch(calls)
    road.probe("sent")
    await road.sent()
    # Noted after the block was asked for, so that the follower does not ask for another one meanwhile.
    await road.store.write(lambda connection: queue.store_sent(connection, road.epoch, batch, head))
