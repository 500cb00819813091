"""What is made again from blocks: the index, header hashes, a proof."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from chain.audit import Header, header_from_json
from chain.audit.bundle import verify
from chain.network import Network
from chain.recorder import Index
from chain.rpc import HttpTransport, Rpc
from scripts.measures.figure import Figure, Goal

__all__ = ["header_figure", "proof_figure", "rebuild_figure"]

_SPAN = 50  # blocks in one request, as the follower takes them


def rebuild_figure(net: Network, runs: int) -> Figure:
    """Events a second when the index is dropped and made again from block 0, releases included."""
    values, limits = [], []
    events = blocks = 0
    for _ in range(runs):
        limits.append(asyncio.run(_fetched(net.rpc_url)))
        start = time.monotonic()
        head = net.rebuild_index()
        values.append(time.monotonic() - start)
        events, blocks = _events(Network.index_of(net.folder.path)), head.block + 1
    return Figure(
        "index rebuilt", "events/s", [events / each for each in values], "the same blocks fetched and parsed",
        [events / each for each in limits], Goal("ratio", ">=", 0.5), {"events": events, "blocks": blocks},
    )  # fmt: skip


def _events(index: Index) -> int:
    count, after = 0, None
    while True:
        page = index.events(after=after, limit=1000)
        count += len(page.items)
        if len(page.items) < 1000:
            return count
        after = page.next


async def _fetched(url: str) -> float:
    """Seconds to fetch all blocks with transactions and receipts and to parse their JSON."""
    rpc = Rpc(HttpTransport(url))
    try:
        start = time.monotonic()
        head = int(await rpc.call("eth_blockNumber"), 16)
        for first in range(0, head + 1, _SPAN):
            numbers = [hex(number) for number in range(first, min(first + _SPAN, head + 1))]
            await rpc.results(
                [("eth_getBlockByNumber", (number, True)) for number in numbers]
                + [("eth_getBlockReceipts", (number,)) for number in numbers]
            )
        return time.monotonic() - start
    finally:
        await rpc.close()


def header_figure(net: Network, runs: int, count: int) -> Figure:
    """Headers a second read from a node's JSON and hashed; beside it keccak256 of the same bytes."""
    blocks = asyncio.run(_headers(net.rpc_url))
    encoded = [header_from_json(block).rlp() for block in blocks]
    values, limits = [], []
    for _ in range(runs):
        start = time.monotonic()
        for place in range(count):
            header_from_json(blocks[place % len(blocks)], Header.hash)
        values.append(count / (time.monotonic() - start))
        start = time.monotonic()
        for place in range(count):
            keccak(encoded[place % len(encoded)])
        limits.append(count / (time.monotonic() - start))
    return Figure("headers hashed", "1/s", values, "keccak256 of the same bytes", limits)


async def _headers(url: str) -> list[dict[str, Any]]:
    rpc = Rpc(HttpTransport(url))
    try:
        head = int(await rpc.call("eth_blockNumber"), 16)
        return await rpc.results(
            [("eth_getBlockByNumber", (hex(number), False)) for number in range(head + 1)]
        )
    finally:
        await rpc.close()


def proof_figure(net: Network, folder: Path, runs: int) -> Figure:
    """Seconds to verify offline the proof of a tender that is published for it, the chain's first."""
    net.tenders.publish(net.samples.path("laptops"), sender=net.person("buyer"))
    start = time.monotonic()
    proof = net.audit(net.tenders[1])
    collected = time.monotonic() - start
    path = proof.write(folder / "proof.zip")
    values = []
    for _ in range(runs):
        start = time.monotonic()
        verify(path, head=proof.head)
        values.append(time.monotonic() - start)
    facts = proof.report.facts
    shown = {name: facts[name] for name in ("headers", "blocks", "items")}
    return Figure(
        "proof verified",
        "s",
        values,
        facts=shown | {"bytes": path.stat().st_size, "collectSeconds": round(collected, 2)},
    )
