"""The machine under the figures, and what a process of ours takes of it."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

from chain.nodes.anvil import find_anvil

__all__ = ["fsyncs_per_second", "machine", "resident_mb"]

_PAGE = b"\0" * 4096


def machine(folder: Path, seconds: float) -> dict[str, Any]:
    """Cores, memory, versions, and durable writes a second of the disk under ``folder``."""
    answer = subprocess.run([find_anvil(), "--version"], capture_output=True, text=True, check=True)
    words = answer.stdout.split("\n")[0].split()
    return {
        "cores": os.cpu_count(),
        "memoryMb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "loadBefore": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "anvil": words[-1] if words else "unknown",
        "sqlite": sqlite3.sqlite_version,
        "fsyncPerSecond": round(fsyncs_per_second(folder, seconds), 1),
    }


def fsyncs_per_second(folder: Path, seconds: float) -> float:
    """How often a page can be written and made durable in a file of ``folder``."""
    path = folder / "fsync"
    count, start = 0, time.monotonic()
    with path.open("wb", buffering=0) as file:
        while time.monotonic() - start < seconds:
            file.write(_PAGE)
            os.fsync(file.fileno())
            count += 1
    path.unlink()
    return count / (time.monotonic() - start)


def resident_mb(pid: int) -> float:
    """Resident memory of a process now, in MiB. Raises CalledProcessError where there is no such process."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        found = re.search(r"^VmRSS:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        assert found is not None  # a process that runs has resident memory
        return int(found[1]) / 1024
    answer = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(answer.stdout) / 1024
