"""Set-up: how long until a network with its contracts and people stands, and the whole demonstration."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from chain.network import Network
from chain.nodes.anvil import Anvil
from chain.nodes.folder import Folder
from scripts.measures.figure import Figure, Goal, MeasureFailed

__all__ = ["demo_figure", "network_figure"]

_ROOT = Path(__file__).resolve().parents[2]


def network_figure(folder: Path, runs: int) -> Figure:
    """Seconds of ``Network.start`` on a new folder: node, contracts, people with keys, suppliers. Contracts are compiled before."""
    Network.start(folder=folder / "warm").close()
    values, limits = [], []
    for run in range(runs):
        start = time.monotonic()
        network = Network.start(folder=folder / f"network{run}")
        values.append(time.monotonic() - start)
        network.close()
        limits.append(asyncio.run(_anvil_alone(folder / f"anvil{run}")))
    return Figure(
        "network set up",
        "s",
        values,
        "anvil alone, until it answers",
        limits,
        Goal("median", "<", 3),
        {"importSeconds": _imported()},
    )


async def _anvil_alone(folder: Path) -> float:
    engine = Anvil(Folder(folder))
    start = time.monotonic()
    try:
        engine.start()
        await engine.ready()
        return time.monotonic() - start
    finally:
        await engine.close()
        engine.stop()


def _imported() -> float:
    """Seconds of a process that imports the library and ends."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", "from chain import Network"], cwd=_ROOT, check=True)
    return round(time.monotonic() - start, 2)


def demo_figure(folder: Path, runs: int, seconds: float) -> Figure:
    """Seconds of `licita demo --json` from the start of its process to its end. Raises MeasureFailed with its message."""
    folder.mkdir()
    command = [sys.executable, "-m", "api.cli", "demo", "--json"]
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    values, parts = [], []
    for _ in range(runs):
        start = time.monotonic()
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        values.append(time.monotonic() - start)
        if done.returncode != 0:
            raise MeasureFailed(f"licita demo ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        parts.append(json.loads(done.stdout)["seconds"])
    return Figure("demonstration", "s", values, goal=Goal("median", "<", 60), facts={"parts": parts})
