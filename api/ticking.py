"""The task that tells the network each minute that it is there, so that a silence is an outage and not a lack of business."""

from __future__ import annotations

import asyncio
import hashlib

import structlog

from api.worker import repeat
from chain.procurement.ticks import due_tick
from chain.recorder import Recorder, Request
from chain.rules.deadlines import Clock

__all__ = ["ACCOUNT", "Ticking"]

ACCOUNT = "service/clock"
"""Account of the ticks, which no caller asked for: one of their own, so that the last one is found at once."""

_log = structlog.get_logger("licita.ticking")


class Ticking:
    """Ticks through ``recorder`` with the key of ``operator``, a checksum address; any account may. At most one tick is on its way."""

    def __init__(self, recorder: Recorder, operator: str) -> None:
        self._recorder = recorder
        self._operator = operator

    async def run(self) -> None:
        """Turns until it is cancelled. What hinders it is logged once, and tried again."""
        await repeat(self.turn, _log, "ticks wait")

    async def turn(self) -> None:
        """Accepts a tick where one is due and none is on its way. Raises why nothing can be accepted."""
        if due_tick(await asyncio.to_thread(self._clock)) is None:
            return
        last = next(iter((await self._recorder.operations(ACCOUNT, limit=1)).items), None)
        if last is not None and not last.is_final:
            return
        # Asked again: the last one may have come into a block since.
        call = due_tick(await asyncio.to_thread(self._clock))
        if call is not None:
            # The key is made of the tick before: of several services on one database the first sends, the others are told of its tick.
            key = "first" if last is None else f"after/{last.id}"
            fingerprint = hashlib.sha256(call.data).digest()
            await self._recorder.accept(Request(ACCOUNT, key, fingerprint, self._operator, call))

    def _clock(self) -> Clock:
        with self._recorder.index.at_once():
            return self._recorder.index.clock()
