"""Whole lives a minute, from the publication of a tender to the last payment of its agreement: by script, over HTTP, and sent raw."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from api.running import Running
from chain.network import Network
from chain.ocds.record import record
from scripts.measures import sealing
from scripts.measures.figure import Figure, MeasureFailed
from scripts.measures.lives_http import LivesOverHttp
from scripts.measures.lives_raw import RawLives
from scripts.measures.sealing import Flood
from scripts.measures.service import UNLIMITED
from scripts.measures.story import BIDDING, PRICES, paper, play

__all__ = ["large_figures", "life_figures"]

_RAW = "the same transactions, signed before, sent raw"


def life_figures(folder: Path, runs: int, many: int, seconds: float) -> list[Figure]:
    """Lives a minute: by a script, one after the other; over HTTP, one after the other and ``many`` at once. The limit: as many other
    lives, turn by turn of those who act, each turn of all lives signed before and sent together; what the node took.

    The facts beside each: processor seconds of this process a life. Client and service are one process; the node is not in it.
    """
    limits: list[float] = []
    found: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("by script", "over HTTP", f"over HTTP, {many} at once")
    }
    sent = 0
    with Network.start(folder=folder / "script") as net:
        flood = Flood(net, seconds)
        bidders = sealing.suppliers(net, flood, len(PRICES))
        for _ in range(runs):
            work = RawLives(net, flood, bidders).live(many)
            sent = work.transactions // many
            limits.append(60 * many / work.node)
            found["by script"].append(_taken(partial(_scripted, net, many), many))
    with Network.start(folder=folder / "http") as net, Running(net, settings=UNLIMITED) as running:
        one = LivesOverHttp(net, running.url)
        for _ in range(runs):
            found["over HTTP"].append(_taken(partial(one.live, many, 1), many))
            found[f"over HTTP, {many} at once"].append(_taken(partial(one.live, many, many), many))
        one.require_completed()
    return [
        Figure(
            f"lives: whole ones a minute, {how}", "/min", [rate for rate, _ in each], _RAW, limits,
            facts={"lives": many, "transactionsPerLife": sent, "processorSecondsPerLife": [round(busy, 3) for _, busy in each]},
        )
        for how, each in found.items()
    ]  # fmt: skip


def _taken(work: Callable[[], object], many: int) -> tuple[float, float]:
    """Lives a minute, and processor seconds a life."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return 60 * many / (time.perf_counter() - start), (time.process_time() - busy) / many


def _scripted(net: Network, many: int) -> None:
    for _ in range(many):
        play(net)


# -- a large tender


def large_figures(folder: Path, runs: int, documents: int, items: int) -> list[Figure]:
    """A tender with so many documents and items: milliseconds to publish it by a script until it is in a block, and to read it, its release
    and its record from the index. The limits: those of the sample, with one item. What a processor took of this process is beside it."""
    published: dict[bool, list[float]] = {True: [], False: []}
    read: dict[bool, list[float]] = {True: [], False: []}
    busy = []
    with Network.start(folder=folder) as net:
        for _ in range(runs):
            for large in (False, True):
                body = json.loads(net.samples.path("laptops", length=BIDDING).read_bytes())
                if large:
                    body["supplement"]["tender"] |= _much(
                        body["supplement"]["tender"]["items"][0], documents, items
                    )
                start, start_busy = time.perf_counter(), time.process_time()
                net.tenders.publish(body, sender=net.person("buyer"))
                published[large].append(1_000 * (time.perf_counter() - start))
                busy += [round(1_000 * (time.process_time() - start_busy), 1)] if large else []
        net.rebuild_index()
        index = Network.index_of(net.folder.path)
        for number in (1, *range(1, 2 * runs + 1)):  # the very first read prepares what all of them need
            start = time.perf_counter()
            row = index.tender(number)
            ocid = net.publication.ocid(number)
            releases = [json.loads(each.data) for each in index.releases(ocid)]
            record(ocid, releases, net.publication, versioned=True)
            read[number % 2 == 0].append(1_000 * (time.perf_counter() - start))
            if number % 2 == 0 and (row is None or len(row.tender["documents"]) != documents):
                raise MeasureFailed(f"tender {number} has not {documents} documents")
    name, limit = f"lives: a tender of {documents} documents and {items} items", "the sample, with one item"
    return [
        Figure(
            f"{name} published", "ms", published[True], limit, published[False], facts={"processorMs": busy}
        ),
        Figure(f"{name} read, with its record", "ms", read[True], limit, read[False][1:]),
    ]


def _much(item: Mapping[str, Any], documents: int, items: int) -> dict[str, Any]:
    return {
        "items": [{**item, "id": str(number)} for number in range(1, items + 1)],
        "documents": [
            {
                "id": str(number), "title": f"Anexo {number}", "documentType": "technicalSpecifications", "format": "application/pdf",
                "bytes": 100_000 + number, "integrity": [{"scheme": "sha256", "id": paper(f"annex {number}")}],
            }
            for number in range(1, documents + 1)
        ],
    }  # fmt: skip
