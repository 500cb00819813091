"""Calls tried together: one request to the node for all that wait, an answer for each of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from chain.errors.chain import RevertReason
from chain.errors.nodes import ChainUnreachable
from chain.recorder.trials import Trials
from chain.rpc import Rpc

pytestmark = [pytest.mark.unit, pytest.mark.timeout(30)]

REASON = "08c379a0" + f"{32:064x}" + f"{2:064x}" + b"no".hex().ljust(64, "0")
"""Revert data: Error(string) with the text ``no``."""


class Node:
    """Refuses calls whose data are ``0xbad``; answers once it is ``free``. ``asked``: the data of the calls of each request."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.free = asyncio.Event()
        self.waiting = asyncio.Event()

    async def send(self, body: bytes) -> bytes:
        """See chain.rpc.Transport."""
        self.waiting.set()
        await self.free.wait()
        given = json.loads(body)
        if isinstance(given, dict):
            return json.dumps({"id": given["id"], "result": {"timestamp": "0x10"}}).encode()
        self.asked.append([call["params"][0]["data"] for call in given])
        return json.dumps([self._answer(call) for call in given]).encode()

    @staticmethod
    def _answer(call: dict[str, Any]) -> dict[str, Any]:
        request, block, _, time = call["params"]
        assert (block, time) == ("pending", {"time": "0x11"})
        if request["data"] == "0xbad":
            return {"id": call["id"], "error": {"code": 3, "message": "reverted", "data": "0x" + REASON}}
        return {"id": call["id"], "result": "0x"}

    async def close(self) -> None:
        """Nothing is open."""


async def test_trials__many_at_once__share_a_request_and_each_has_its_own_answer() -> None:
    node = Node()
    node.free.set()
    trials = Trials(Rpc(node))
    data = ["0x1", "0xbad", "0x2"]
    answers = await asyncio.gather(*(trials.run({"data": each}) for each in data), return_exceptions=True)
    assert node.asked == [data]
    assert [type(answer) for answer in answers] == [type(None), RevertReason, type(None)]


async def test_trials__others_come_while_the_node_is_asked__go_together_but_those_who_left() -> None:
    node = Node()
    trials = Trials(Rpc(node))
    first = asyncio.create_task(trials.run({"data": "0x1"}))
    await node.waiting.wait()
    others = [asyncio.create_task(trials.run({"data": data})) for data in ("0x2", "0x3", "0x4")]
    await asyncio.sleep(0)
    others.pop().cancel()
    node.free.set()
    await asyncio.gather(first, *others)
    assert node.asked == [["0x1"], ["0x2", "0x3"]]


async def test_trials__node_silent__unreachable_in_time_and_asked_again_afterwards() -> None:
    node = Node()
    trials = Trials(Rpc(node), seconds=0.05)
    runs = (trials.run({"data": "0x1"}) for _ in range(2))
    for answer in await asyncio.gather(*runs, return_exceptions=True):
        assert isinstance(answer, ChainUnreachable)
    node.free.set()
    await trials.run({"data": "0x2"})
    assert node.asked == [["0x2"]]
