"""A service in a process of its own that is started again each time it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from tests.ports import held_port

__all__ = ["Supervisor"]


class Supervisor:
    """Starts the service again each time it dies, with the next death until there are no more.

    A death is (point, count) of tests/faults/served.py. ``clock``: ``moved`` or ``wall``, as there.
    """

    def __init__(self, folder: Path, deaths: list[tuple[str, int]], clock: str = "moved") -> None:
        self.url = ""
        self.killed: list[str] = []
        self._folder = folder
        self._deaths = deaths
        self._clock = clock
        # Others open connections while the service is dead: none may come upon its port.
        self._holder = held_port()
        self._ended = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Supervisor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._thread.join(60)
        self._holder.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            point, count = self._deaths.pop(0) if self._deaths else ("never", 1)
            command = [
                sys.executable,
                "tests/faults/served.py",
                str(self._folder),
                str(self._holder.getsockname()[1]),
                point,
                str(count),
                self._clock,
            ]
            with subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": "."},
            ) as process:
                self._process = process
                assert process.stdout is not None
                self.url = process.stdout.readline().strip() or self.url
                process.wait()
            if process.returncode == -9:
                self.killed.append(point)
