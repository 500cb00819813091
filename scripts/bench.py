"""Measures what this program can do on this machine: `make bench`, or `.venv/bin/python scripts/bench.py` (`--help`).

Prints one JSON object on stdout and a table on stderr. Each figure is the median, least and greatest of some runs and, where there
is one, the share of a raw limit measured in the same run: what the same node or the same database does without this program. Nothing
fails by being slow; exit code 1 where something could not be measured. All on 127.0.0.1, in a folder of its own inside `.licita`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
if str(_ROOT) not in sys.path:
    sys.path.insert(0, str(_ROOT))

from chain.errors.base import LicitaError  # noqa: E402  (the path above, when run as a file)
from chain.network import Network  # noqa: E402
from scripts.measures import awards, council, growth, lives, reads, sealing, startup, storage, story, writes  # noqa: E402
from scripts.measures.figure import Figure, Goal, MeasureFailed  # noqa: E402
from scripts.measures.machine import machine  # noqa: E402

PATIENCE = 60.0  # seconds for one run of anything
FAILURES = (LicitaError, MeasureFailed, OSError, TimeoutError, subprocess.SubprocessError)


@dataclass(frozen=True)
class Size:
    """How much is measured: ``runs`` of everything (``demos`` of the demonstration), of so many transactions and rows.

    ``bids``: of a tender each, which is sealed and opened once and audited ``runs`` times. ``awarded``: bids of a tender of 32 lots, once;
    ``phases``: award phases in a run; ``listed``: tenders of a list.

    ``lives``: whole ones in a run; ``processes``: of which all releases are made; ``events``: sizes of an index; ``payments`` of one
    agreement, ``agreements`` of one buyer; ``documents`` and ``items`` of one tender.

    ``writes``: so many raw, by a lane and over HTTP alike. Blocks come once a second, so the ratio of two different numbers would tell
    how much of a second was left.
    """

    runs: int
    demos: int
    writes: int
    accepts: int
    headers: int
    bids: tuple[int, ...]
    awarded: int
    phases: int
    listed: int
    lives: int
    processes: int
    events: tuple[int, ...]
    payments: int
    agreements: int
    documents: int
    items: int
    connections: int = 32


FULL = Size(
    runs=5, demos=1, writes=250, accepts=3000, headers=2000, bids=(100, 1_000), awarded=1_000, phases=10, listed=1_000,
    lives=5, processes=1_000, events=(1_000, 10_000, 100_000), payments=1_000, agreements=940, documents=200, items=150,
)  # fmt: skip
QUICK = Size(
    runs=1, demos=1, writes=100, accepts=1000, headers=500, bids=(100,), awarded=100, phases=5, listed=1_000,
    lives=3, processes=100, events=(1_000, 10_000), payments=200, agreements=940, documents=200, items=150,
)  # fmt: skip
TINY = Size(
    runs=1, demos=0, writes=20, accepts=50, headers=50, bids=(3,), awarded=3, phases=1, listed=20,
    lives=1, processes=3, events=(40, 120), payments=4, agreements=3, documents=3, items=3,
)  # fmt: skip


class Bench:
    """The figures so far, and why others are missing."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size = size
        self.folder = folder
        self.figures: list[Figure] = []
        self.failed: dict[str, str] = {}

    def run(self) -> None:
        """Measures part by part; a part that fails is named, the others go on."""
        size, folder = self.size, self.folder
        self.part("network", lambda: [startup.network_figure(folder / "start", size.runs)])
        self.part(
            "council",
            lambda: [
                council.cycle_figure(folder / "council", size.runs),
                council.comment_figure(folder / "comments", size.runs),
            ],
        )
        self.part(
            "citizens",
            lambda: council.citizens_figures(
                folder / "citizens", size.runs, size.writes, size.connections, PATIENCE
            ),
        )
        self.sealed()
        self.awards()
        self.lives()
        self.part("on demand", self._on_demand)
        self.part("by period", self._by_period)
        if size.demos:
            self.part("demo", lambda: [startup.demo_figure(folder / "demo", size.demos, PATIENCE * 2)])

    def sealed(self) -> None:
        """Sealed bids: the cryptography of one, then whole tenders."""
        size = self.size
        self.part("sealed bids", lambda: sealing.crypto_figures(size.runs))
        for count in size.bids:
            place = self.folder / f"bids{count}"
            self.part(
                f"a tender of {count:,} bids",
                partial(sealing.tender_figures, place, count, size.runs, PATIENCE * 2),
            )

    def awards(self) -> None:
        """Awards: a tender as large as they come, small ones by script and over HTTP, statuses and lists."""
        size, folder, patience = self.size, self.folder, PATIENCE * 2
        self.part(
            f"{size.awarded:,} bids awarded",
            lambda: awards.large_figures(folder / "large", size.awarded, patience * 2),
        )
        self.part(
            "award phases", lambda: awards.phase_figures(folder / "phases", size.runs, size.phases, patience)
        )
        self.part("statuses", lambda: [awards.status_figure(size.runs, size.listed)])
        self.part("list", lambda: [awards.list_figure(folder / "list", size.runs, size.listed, patience)])

    def lives(self) -> None:
        """Whole lives: how many a minute, what their releases take, and whether an event costs the same among ever more of them."""
        size, folder, patience = self.size, self.folder, PATIENCE * 2
        self.part("lives", lambda: lives.life_figures(folder / "lives", size.runs, size.lives, patience))
        self.part(
            "a large tender",
            lambda: lives.large_figures(folder / "laden", size.runs, size.documents, size.items),
        )
        self.part("made events", self._made_events)

    def _made_events(self) -> list[Figure]:
        """What is measured without a node, of copies of one life that was played."""
        size, life = self.size, story.played(self.folder / "played")
        many = max(2, size.payments // 20)
        self.part("releases", lambda: [growth.release_figure(life, 1, size.processes)])
        self.part("payments", lambda: [growth.payment_figure(life, many, size.payments)])
        self.part("growth", lambda: growth.growth_figures(self.folder, life, size.events))
        self.part(
            "one buyer",
            lambda: growth.buyer_figures(self.folder / "buyer.sqlite3", life, size.runs, size.agreements),
        )
        return []

    def part(self, name: str, measure: Callable[[], Iterable[Figure]]) -> None:
        """One part under its name."""
        start = time.monotonic()
        try:
            self.figures += measure()
        except FAILURES as error:
            self.failed[name] = f"{type(error).__name__}: {error}"
        print(f"bench: {name}: {time.monotonic() - start:.1f} s", file=sys.stderr)

    def _on_demand(self) -> list[Figure]:
        """A chain whose blocks come when they are asked for, so that only work is waited for. What reads it comes first: it grows."""
        with Network.start(folder=self.folder / "chain") as net:
            self.part("headers", lambda: [reads.header_figure(net, self.size.runs, self.size.headers)])
            self.part("proof", lambda: [reads.proof_figure(net, self.folder, self.size.runs)])
            self.part("rebuild", lambda: [self._rebuild(net)])
            self.part("lane", lambda: [self._lane(net, "recorded by one lane, blocks on demand", [], None)])
            self.part(
                "accepts",
                lambda: [storage.accept_figure(net, self.folder, self.size.runs, self.size.accepts)],
            )
        return []

    def _by_period(self) -> list[Figure]:
        """A chain with a block a second, as a service has it: a lane alone, then a whole service on such a chain."""
        raws: list[float] = []
        with Network.serve(self.folder / "timed") as net:
            self.part(
                "lane by period",
                lambda: [self._lane(net, "recorded by one lane", raws, Goal("ratio", ">=", 0.7))],
            )
        self.part("http", lambda: self._http(raws))
        return []

    def _lane(self, net: Network, name: str, raws: list[float], goal: Goal | None) -> Figure:
        """Raw and lane by turns on one chain; ``raws`` takes what was measured raw."""
        window, count, runs = net.descriptor.lane_window, self.size.writes, []
        for _ in range(self.size.runs):
            raws.append(asyncio.run(writes.raw_run(net, writes.calls(net, count), window, PATIENCE)))
            ids = asyncio.run(writes.queue_up(net, writes.calls(net, count)))
            runs.append(asyncio.run(writes.lane_run(net, ids, PATIENCE)))
        return writes.lane_figure(name, runs, raws, goal)

    def _rebuild(self, net: Network) -> Figure:
        made = writes.calls(net, self.size.writes)
        asyncio.run(writes.raw_run(net, made, net.descriptor.lane_window, PATIENCE))
        return reads.rebuild_figure(net, self.size.runs)

    def _http(self, raws: Sequence[float]) -> list[Figure]:
        """``raws`` are the limit where all of them were measured."""
        runs, memory = [], []
        with writes.served(self.folder / "service") as service:
            for _ in range(self.size.runs):
                runs.append(
                    asyncio.run(writes.http_run(service, self.size.writes, self.size.connections, PATIENCE))
                )
                memory.append(service.memory)
        return writes.http_figures(runs, raws if len(raws) == len(runs) else (), memory)


def table(figures: Sequence[Figure]) -> str:
    """One line a figure: its median and range, the raw limit, the ratio, the goal."""
    lines = [
        f"{'figure':47} {'median':>10} {'min':>10} {'max':>10} {'unit':9} {'limit':>10} {'ratio':>7}  goal"
    ]
    for figure in figures:
        found = figure.to_json()
        limit = f"{found['limit']['median']:10,.4g}" if found["limit"] else " " * 10
        ratio = f"{found['ratio']['median']:7.3g}" if found["ratio"] else " " * 7
        goal = f"{found['goal']}: {'met' if found['met'] else 'missed'}" if found["goal"] else ""
        numbers = " ".join(f"{found[name]:10,.4g}" for name in ("median", "min", "max"))
        lines.append(f"{figure.name:47} {numbers} {figure.unit:9} {limit} {ratio}  {goal}".rstrip())
    return "\n".join(lines)


def report(size: Size, folder: Path, only: str = "run") -> dict[str, Any]:
    """Measures everything, or ``only`` one part of a bench; the object that is printed."""
    start = time.monotonic()
    found = machine(folder, 0.2 if size.runs < FULL.runs else 1.0)
    bench = Bench(size, folder)
    {"run": bench.run, "sealed": bench.sealed, "awards": bench.awards, "lives": bench.lives}[only]()
    print(table(bench.figures), file=sys.stderr)
    for name, why in bench.failed.items():
        print(f"not measured: {name}: {why}", file=sys.stderr)
    figures = {figure.name: figure.to_json() for figure in bench.figures}
    seconds = round(time.monotonic() - start, 1)
    return {
        "machine": found,
        "size": asdict(size),
        "figures": figures,
        "failed": bench.failed,
        "seconds": seconds,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, 1 where something could not be measured, 130 when interrupted."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench.py", description="Measure this program on this machine."
    )
    parser.add_argument(
        "--quick", action="store_true", help="one short run of everything: to look at, not to compare"
    )
    parser.add_argument(
        "--tiny",
        action="store_true",
        help="one run of almost nothing and no demonstration: whether it can be measured at all",
    )
    parser.add_argument(
        "--sealed", dest="only", action="store_const", const="sealed", default="run", help="sealed bids alone"
    )
    parser.add_argument("--awards", dest="only", action="store_const", const="awards", help="awards alone")
    parser.add_argument(
        "--lives", dest="only", action="store_const", const="lives", help="whole lives and growth alone"
    )
    options = parser.parse_args(arguments)
    size = TINY if options.tiny else QUICK if options.quick else FULL
    signal.signal(signal.SIGTERM, _interrupt)
    place = _ROOT / ".licita"
    place.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as folder:
            found = report(size, Path(folder), options.only)
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return 130
    print(json.dumps(found, indent=2))
    return 1 if found["failed"] else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Ended like Ctrl-C: everything that was started ends too."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
