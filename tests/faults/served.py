"""A service that kills its own process (-9) the n-th time it comes to a named point: python served.py FOLDER PORT POINT COUNT CLOCK.

CLOCK: ``moved``, where a block is made for what waits, or ``wall``, where the chain's time is the clock's.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import AbstractAsyncContextManager

from api.running import Running
from api.settings import Settings
from chain.network import Network
from chain.recorder import Recorder
from chain.recorder.model import Probe

PLENTY = Settings(
    anonymous_reads=100_000, token_reads=100_000, token_writes=100_000, anonymous_comments=100_000, log_level="error"
)  # fmt: skip


class Mortal(Network):
    """A network whose recorder's probe may end the process."""

    point = ""
    left = 0

    def recording(self, probe: Probe = lambda _point: None) -> AbstractAsyncContextManager[Recorder]:
        return super().recording(self._probe)

    def _probe(self, point: str) -> None:
        if point == type(self).point:
            type(self).left -= 1
            if type(self).left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, port: str, point: str, count: str, clock: str) -> None:
    Mortal.point, Mortal.left = point, int(count)
    opened = Mortal.serve(folder) if clock == "wall" else Mortal.start("sandbox", folder)
    with opened as network, Running(network, int(port), PLENTY) as running:
        print(running.url, flush=True)
        while running.alive and sys.stdin.readable() and sys.stdin.readline():
            pass
        threading.Event().wait(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
