"""Calls tried on the node before they are accepted. What waits at the same moment is asked together, in one request to the node."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chain.errors.base import LicitaError
from chain.errors.nodes import ChainUnreachable
from chain.errors.recorder import RecorderStopped
from chain.rpc import Rpc
from chain.transactions import preflights

__all__ = ["Trials"]

SECONDS = 2.0
"""How long a node has to answer before a write is refused."""


@dataclass(frozen=True)
class _Waiting:
    trial: Mapping[str, str]
    answer: asyncio.Future[None]


class Trials:
    """The calls that wait for one node."""

    def __init__(self, rpc: Rpc, seconds: float = SECONDS) -> None:
        self._rpc = rpc
        self._seconds = seconds
        self._waiting: list[_Waiting] = []
        self._asking: asyncio.Task[None] | None = None

    async def run(self, trial: Mapping[str, str]) -> None:
        """``trial`` as chain.transactions makes it. Raises the contract's refusal, RpcError, ChainUnreachable."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(trial, answer))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        try:
            # Counts from here: what is asked before it may take as long.
            async with asyncio.timeout(self._seconds):
                await answer
        except TimeoutError as error:
            raise self._silent() from error

    async def _ask(self) -> None:
        """Asks for what waits, group by group, until nothing does."""
        try:
            while self._waiting:
                # Without those whose callers wait no more.
                group, self._waiting = [each for each in self._waiting if not each.answer.done()], []
                if group:
                    await self._ask_group(group)
        finally:
            self._asking = None

    async def _ask_group(self, group: Sequence[_Waiting]) -> None:
        answers: Sequence[Exception | None] = [RecorderStopped()] * len(group)
        try:
            async with asyncio.timeout(self._seconds):
                answers = await preflights(self._rpc, [each.trial for each in group])
        except TimeoutError:
            answers = [self._silent()] * len(group)
        except LicitaError as refusal:
            answers = [refusal] * len(group)
        finally:
            for each, answer in zip(group, answers, strict=True):
                if each.answer.done():
                    continue
                if answer is None:
                    each.answer.set_result(None)
                else:
                    each.answer.set_exception(answer)

    def _silent(self) -> ChainUnreachable:
        return ChainUnreachable(self._rpc.url, f"no answer within {self._seconds:g} s")
