"""Writes: through the HTTP service, through a lane alone, and as raw transactions that were signed before the clock started."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.network import Network
from chain.procurement.acts import Acts
from chain.procurement.live import LiveFacts
from chain.recorder import Operation, Request, Store
from chain.recorder.outbox import Outbox
from chain.rpc import HttpTransport, Rpc
from chain.transactions import Call, gas_for, sign, unsigned
from scripts.measures.figure import Figure, Goal, MeasureFailed
from scripts.measures.machine import resident_mb
from scripts.measures.service import MONTH

__all__ = [
    "Service",
    "calls",
    "http_figures",
    "http_run",
    "lane_figure",
    "lane_run",
    "load",
    "queue_up",
    "raw_run",
    "served",
]

_HERE = Path(__file__).resolve().parent
_LOOK = 0.005  # seconds between two looks at the chain
_RAW = "the same calldata, signed before, sent raw"


def calls(net: Network, count: int) -> list[Call]:
    """So many publications by the buyer's organisation; they differ in their record id alone."""
    person = net.person("buyer")
    body = json.loads(net.samples.path("laptops", length=MONTH).read_bytes())
    first = Acts(LiveFacts(net)).publish(person.address, "bench", body).call
    return [
        Call(first.contract, first.function, (secrets.token_bytes(32), *first.args[1:])) for _ in range(count)
    ]


# -- raw


async def raw_run(net: Network, made: Sequence[Call], window: int, seconds: float) -> float:
    """Transactions a second from the first send to the last in a block; at most ``window`` in flight, blocks between.

    The approver signs: the buyer's key belongs to the lane. Signed before the clock starts.
    """
    sender = net.person("approver")
    rpc = Rpc(HttpTransport(net.rpc_url))
    try:
        base = await _nonce(rpc, sender.address)
        raws = [sign(_unsigned(net, call, base + place), sender.key)[0] for place, call in enumerate(made)]
        async with asyncio.timeout(seconds):
            start = time.monotonic()
            for first in range(0, len(raws), window):
                part = raws[first : first + window]
                await rpc.results([("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in part])
                while await _nonce(rpc, sender.address) < base + first + len(part):
                    await net.nudge()  # asks for a block where none comes by itself
                    await asyncio.sleep(_LOOK)
            return len(raws) / (time.monotonic() - start)
    finally:
        await rpc.close()


def _unsigned(net: Network, call: Call, nonce: int) -> bytes:
    return unsigned(nonce, net.deployment.addresses[call.contract], call.data, gas_for(call), net.chain_id)


async def _nonce(rpc: Rpc, address: str) -> int:
    return int(await rpc.call("eth_getTransactionCount", address, "latest"), 16)


async def _until(rpc: Rpc, address: str, nonce: int) -> float:
    """The moment (monotonic clock) at which a block held the account's transactions below ``nonce``."""
    while await _nonce(rpc, address) < nonce:  # noqa: ASYNC110 -- the node is another process
        await asyncio.sleep(_LOOK)
    return time.monotonic()


# -- one lane, without HTTP


async def queue_up(net: Network, made: Sequence[Call]) -> list[str]:
    """Stores accepted operations while no recorder runs; their ids."""
    store = await asyncio.to_thread(Store, net.database)
    try:
        outbox = Outbox(store, _no_probe)
        accepted = [outbox.accept(request, gas_for(request.call)) for request in requests(net, made)]
        return [each.operation.id for each in await asyncio.gather(*accepted)]
    finally:
        await asyncio.to_thread(store.close)


def requests(net: Network, made: Sequence[Call]) -> list[Request]:
    """The calls as authorised writes of the buyer, each under a key of its own."""
    buyer, run = net.records["buyer"], secrets.token_hex(8)
    return [
        Request("bench", f"{run}-{place}", hashlib.sha256(call.data).digest(), buyer.address, call)
        for place, call in enumerate(made)
    ]


async def lane_run(net: Network, ids: Sequence[str], seconds: float) -> tuple[float, float]:
    """Recorded a second by one lane from what is queued: until the last is in a block, and until the last is settled in the
    database with its release. The clock starts at the first nonce, so signing counts."""
    began: list[float] = []

    def probe(point: str) -> None:
        if point == "numbered" and not began:
            began.append(time.monotonic())

    rpc = Rpc(HttpTransport(net.rpc_url))
    address = net.records["buyer"].address
    try:
        wanted = await _nonce(rpc, address) + len(ids)
        async with asyncio.timeout(seconds), net.recording(probe) as recorder:
            in_block = await _until(rpc, address, wanted)
            _require_recorded([await recorder.wait(id, seconds) for id in ids[-1:]])
            settled = time.monotonic()
            _require_recorded([await recorder.operation(id) for id in ids])
        return len(ids) / (in_block - began[0]), len(ids) / (settled - began[0])
    finally:
        await rpc.close()


def _require_recorded(found: Sequence[Operation]) -> None:
    other = [operation for operation in found if operation.state != "recorded"]
    if other:
        raise MeasureFailed(
            f"{len(other)} operations are not recorded, the first is {other[0].state}: {other[0].error}"
        )


def lane_figure(
    name: str, runs: Sequence[tuple[float, float]], raws: Sequence[float], goal: Goal | None
) -> Figure:
    """Recorded a second with one lane; ``runs`` as ``lane_run`` gives them, ``raws`` as ``raw_run``."""
    settled = [round(each[1], 1) for each in runs]
    return Figure(name, "1/s", [each[0] for each in runs], _RAW, raws, goal, {"settledPerSecond": settled})


# -- through the service


@dataclass(frozen=True)
class Service:
    """A service in another process; ``rpc`` is its node's address, ``address`` the buyer's."""

    url: str
    rpc: str
    address: str
    token: str
    body: str
    pid: int

    @property
    def memory(self) -> float:
        """Resident memory in MiB."""
        return resident_mb(self.pid)


@contextmanager
def served(folder: Path) -> Iterator[Service]:
    """A service in a process of its own, ended afterwards. Raises MeasureFailed."""
    command = [sys.executable, str(_HERE / "service.py"), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise MeasureFailed("the service did not start; its message is above")
            yield Service(**json.loads(line), pid=process.pid)
        finally:
            process.stdin.close()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(frozen=True)
class HttpRun:
    """One burst over HTTP: accepted and recorded a second from the first request, ``latency`` seconds p50 and p99."""

    accepted: float
    recorded: float
    latency: dict[str, float]


async def http_run(service: Service, count: int, connections: int, seconds: float) -> HttpRun:
    """Publishes ``count`` tenders over ``connections`` connections at once. Raises MeasureFailed where one is not accepted."""
    job: dict[str, Any] = {
        "url": service.url, "path": "/tenders", "token": service.token, "body": service.body, "key": secrets.token_hex(8), "count": count,
        "rate": 1e6, "connections": connections, "seconds": seconds,
    }  # fmt: skip
    rpc = Rpc(HttpTransport(service.rpc))
    try:
        async with asyncio.timeout(seconds):
            wanted = await _nonce(rpc, service.address) + count
            done = asyncio.create_task(_until(rpc, service.address, wanted))
            found = await load(job)
            if found["statuses"] != {"202": count}:
                done.cancel()
                raise MeasureFailed(f"of {count} requests these were answered so: {found['statuses']}")
            in_block = await done
    finally:
        await rpc.close()
    return HttpRun(
        count / (found["last"] - found["first"]), count / (in_block - found["first"]), found["latency"]
    )


async def load(job: dict[str, Any]) -> dict[str, Any]:
    """What load.py prints for a job. Raises MeasureFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_HERE / "load.py"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        output, _ = await process.communicate(json.dumps(job).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise MeasureFailed("the load ended early; its message is above")
    found: dict[str, Any] = json.loads(output)
    return found


def http_figures(runs: Sequence[HttpRun], raws: Sequence[float], memory: Sequence[float]) -> list[Figure]:
    """Accepted and recorded a second over HTTP with one lane, and the memory of the service after each run."""
    accepted, recorded = [run.accepted for run in runs], [run.recorded for run in runs]
    answers = {
        f"answerSeconds{name.upper()}": [round(run.latency[name], 3) for run in runs]
        for name in ("p50", "p99")
    }
    return [
        Figure("accepted over HTTP", "1/s", accepted, _RAW, raws, facts=answers),
        Figure("recorded over HTTP, one lane", "1/s", recorded, _RAW, raws, Goal("ratio", ">=", 0.7)),
        Figure("memory of the service", "MiB", memory, goal=Goal("median", "<", 200)),
    ]


def _no_probe(point: str) -> None:
    pass
