"""Keeps up with the node, and knows how it stands: reachable, ours, behind, diverged. The gate of the lanes.

Nothing is sent before the node was met (chain id, block 0, our last block, code) and one step of following went well; after any loss
the gate closes and it is met again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from chain.errors.base import LicitaError
from chain.errors.nodes import ChainUnreachable, RpcError
from chain.errors.recorder import (
    BlockUnusable,
    ChainDiverged,
    RecorderBroken,
    StorageBusy,
    StorageFailed,
    StorageFull,
)
from chain.recorder.follower import Follower, Progress
from chain.recorder.index.views import Head
from chain.recorder.settle import Settled
from chain.transactions import Nudge

__all__ = ["Watch"]

_log = logging.getLogger(__name__)

_POLL = 0.25  # seconds between two looks at the node, or a quarter of the period where that is less
_FIRST_PAUSE, _LAST_PAUSE = 0.1, 5.0  # seconds, doubling, while the node or the storage is away


class Watch:
    """``settled`` hears what became final; ``moved`` that a block came while something is in flight, or (True) that the node is back,
    before the gate opens; ``in_flight`` counts what was sent and is in no block."""

    def __init__(
        self,
        follower: Follower,
        period: float,
        nudge: Nudge,
        in_flight: Callable[[], Awaitable[int]],
        settled: Callable[[Sequence[Settled]], None],
        moved: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._follower = follower
        self._period = period
        self._nudge = nudge
        self._in_flight = in_flight
        self._settled = settled
        self._moved = moved
        self.open = asyncio.Event()
        self.reachable = self.known = False
        self.refusal: LicitaError | None = None
        self.head: int | None = None
        self.last: Head | None = None
        self._wake = asyncio.Event()
        self._doubt = self._stepped = self._pending = False
        self._moved_at = self._nudged_at = time.monotonic()

    @property
    def stalled_for(self) -> float:
        """Seconds without a block while something that was sent waits for one."""
        return time.monotonic() - self._moved_at if self._pending else 0.0

    async def run(self) -> None:
        """Until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            self._doubt = self._stepped = False
            try:
                meeting = await self._follower.meet()
                if meeting.ready:
                    await self._keep_up()
                else:
                    self.head = meeting.node_head
                    self._met()
            except (ChainUnreachable, RpcError) as error:
                self.lose(error)
            except (BlockUnusable, ChainDiverged) as error:
                if self._stepped:
                    # It was ours a moment ago: whether it still is, and where it left us, is for the next meeting to find out.
                    self.open.clear()
                    continue
                self._refuse(error)
            except (StorageBusy, StorageFull, StorageFailed) as error:
                _log.warning("the index waits for its storage: %s", error)
            except LicitaError as error:
                self._refuse(error)
            pause = _FIRST_PAUSE if self._stepped else min(pause * 2, _LAST_PAUSE)
            await asyncio.sleep(pause)

    async def sent(self) -> None:
        """Something was sent: asks for a block and looks for it."""
        self._nudged_at = time.monotonic()
        await self._nudge()
        self._wake.set()

    def lose(self, error: LicitaError) -> None:
        """The node did not answer: it is met again before anything else is sent."""
        if self.reachable:
            _log.warning("the node is away: %s", error)
        self.reachable = False
        self._doubt = True
        self.open.clear()
        self._wake.set()

    def ended(self, task: asyncio.Task[None]) -> None:
        """A task that never ends by itself is over: a fault of the program, shown as such."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        _log.error("%s ended", task.get_name(), exc_info=error)
        self.refusal = RecorderBroken(task.get_name(), repr(error))

    async def _keep_up(self) -> None:
        while not self._doubt:
            self._wake.clear()
            progress = await self._follower.step()
            self._stepped = True
            await self._note(progress)
            if progress.last is None or progress.last.block >= progress.node_head:
                await self._idle()

    async def _note(self, progress: Progress) -> None:
        if self.head is None or progress.node_head > self.head:
            self._moved_at = time.monotonic()
        self.head, self.last = progress.node_head, progress.last
        self._settled(progress.settled)
        if not self.open.is_set():
            self._met()
            await self._moved(True)
            if not self._doubt:
                self.open.set()
        elif progress.moved:
            await self._moved(False)

    def _met(self) -> None:
        self.reachable = self.known = True
        if not isinstance(self.refusal, RecorderBroken):
            self.refusal = None

    async def _idle(self) -> None:
        """Until something was sent or it is time to look again; a node that makes blocks on demand is asked while something is due."""
        # Without what a lane is about to send: it asks by itself, and one of the two blocks would be empty.
        self._pending = await self._in_flight() > 0
        if self._pending and time.monotonic() - self._nudged_at >= self._period:
            await self.sent()
        try:
            async with asyncio.timeout(min(_POLL, self._period / 4)):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _refuse(self, error: LicitaError) -> None:
        """The node, or a block, is not what it must be: nothing is sent, nothing new is accepted."""
        if self.refusal is None or self.refusal.error != error.error:
            _log.error("nothing is accepted or sent: %s", error)
        self.reachable, self.known = True, False
        self.refusal = error
        self.open.clear()
