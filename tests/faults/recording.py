"""A service in a process of its own that publishes tenders and may kill itself at a point: what the kill test runs.

python -m tests.faults.recording '{"url": ..., "database": ..., "folder": ..., "now": ..., "count": ..., "point": ..., "after": ...}'
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from chain.errors.recorder import ChainDiverged
from chain.nodes.anvil import Anvil
from chain.nodes.folder import Folder
from chain.recorder import Recorder
from chain.rpc import HttpTransport, Rpc
from tests.stage import SIGNERS, Stage, deployed_in, request

CHUNK = 32


def killer(point: str, after: int) -> Any:
    """A probe that kills this process, without a word, at the so-manieth time of a point."""
    left = after

    def probe(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return probe


async def run(settings: dict[str, Any]) -> None:
    """Posts every tender under its own key, in order, and ends when all are recorded."""
    rpc = Rpc(HttpTransport(settings["url"]))

    async def nudge() -> None:
        head = await rpc.call("eth_getBlockByNumber", "latest", False)
        await rpc.call("evm_mine", {"timestamp": int(head["timestamp"], 16) + 1})

    deployed = replace(deployed_in(Path(settings["folder"])), lane_window=16)
    recorder = Recorder(
        database=Path(settings["database"]), rpc=rpc, deployment=deployed, signers=SIGNERS, nudge=nudge,
        probe=killer(settings["point"], settings["after"]),
    )  # fmt: skip
    await recorder.start()
    stage = Stage(Anvil(Folder(Path(settings["folder"]))), deployed, settings["now"])
    ids: list[str] = []
    for first in range(0, settings["count"], CHUNK):
        keys = [f"tender {number}" for number in range(first, min(first + CHUNK, settings["count"]))]
        ids += await asyncio.gather(*(accept(recorder, stage, key) for key in keys))
    for id in ids:
        operation = await recorder.wait(id, 60)
        assert operation.state == "recorded", operation
    await recorder.stop()
    await rpc.close()


async def accept(recorder: Recorder, stage: Stage, key: str) -> str:
    """The id of the operation of a key; asks again while the node is being met."""
    while True:
        try:
            return (await recorder.accept(request(stage.publish(key), key))).operation.id
        except ChainDiverged:
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
