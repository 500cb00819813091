"""Child processes of this program: started with a record, ended by that record, never left behind.

A child has a process group of its own, so Ctrl-C in the terminal reaches this program alone, which then ends the child in its
own order. On Linux the kernel ends the child when this program is killed (prctl PR_SET_PDEATHSIG, see launch.py). The kernel
takes the *thread* that started the child for its parent: all children are therefore started by one thread that lives as long
as the process. Elsewhere the record lets the next start find and end an orphan.
"""

from __future__ import annotations

import calendar
import contextlib
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LOG_CAP", "Child", "ProcessRecord", "end", "free_port", "listens", "start_time", "tail"]

LOG_CAP = 50 * 1024 * 1024
"""Bytes of a log; a longer one is set aside as ``<name>.1`` at the next start."""

_POLL = 0.01
_LINUX = sys.platform == "linux"
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "JAVA_HOME")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProcessRecord:
    """A process: its id, and when it started, without which an id says nothing because the system gives it out again.

    ``started`` is the kernel's (field 22 of /proc/<pid>/stat, clock ticks since boot); elsewhere unix seconds.
    """

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ProcessRecord | None:
        """The record of a running process, None when there is none."""
        started = start_time(pid)
        return None if started is None else cls(pid, started)

    @property
    def alive(self) -> bool:
        """Whether exactly this process runs; one that ended and was not yet collected does not."""
        return start_time(self.pid) == self.started


def start_time(pid: int) -> int | None:
    """When the process started, None if it does not run."""
    if not _LINUX:
        return _start_time_by_ps(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = stat[stat.rindex(")") + 2 :].split()  # the name before it may hold anything
    return None if state in "ZX" else int(fields[18])


def _start_time_by_ps(pid: int) -> int | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    ).stdout.split(maxsplit=1)
    if len(answer) < 2 or answer[0].startswith("Z"):
        return None
    return calendar.timegm(time.strptime(answer[1].strip(), "%a %b %d %H:%M:%S %Y"))


class Child:
    """A process this program started. ``log`` takes its output."""

    def __init__(self, process: subprocess.Popen[bytes], record: ProcessRecord, log: Path) -> None:
        self._process = process
        self.record = record
        self.log = log

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        log: Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        on_orphan: signal.Signals = signal.SIGKILL,
    ) -> Child:
        """Starts ``command`` (its first item an absolute path) in ``folder``. It gets ``environment`` and of ours only what
        programs need to run, so no setting or secret of this program reaches it. ``on_orphan`` is what the kernel sends it
        when this program ends without ending it. Raises OSError."""
        if log.exists() and log.stat().st_size > LOG_CAP:
            log.replace(log.with_name(log.name + ".1"))
        ours = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        launched = [*_launcher(on_orphan), *command]

        def start() -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return subprocess.Popen(
                    launched,
                    cwd=folder,
                    env={**ours, **(environment or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )

        process = _starter().run(start)
        # Already ended: not collected yet, so no other process can have its id, and 0 equals no start time.
        record = ProcessRecord.of(process.pid) or ProcessRecord(process.pid, 0)
        return cls(process, record, log)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.record.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def stop(self, grace: float) -> bool:
        """Asks it to end, and after ``grace`` seconds kills it. True when it ended by itself."""
        gentle = end(self.record, grace)
        self._process.wait()
        return gentle


def end(record: ProcessRecord, grace: float) -> bool:
    """Ends the recorded process and no other that may have its id by now: SIGTERM, ``grace`` seconds, SIGKILL with a warning.

    True when it ended by itself or did not run.
    """
    _signal(record, signal.SIGTERM)
    if _gone_within(record, grace):
        return True
    _log.warning("process %d did not end within %g s and is killed", record.pid, grace)
    _signal(record, signal.SIGKILL)
    _gone_within(record, 10.0)
    return False


def _signal(record: ProcessRecord, number: signal.Signals) -> None:
    """To the whole group where the process leads one."""
    if not record.alive:
        return
    try:
        if os.getpgid(record.pid) == record.pid:
            os.killpg(record.pid, number)
        else:
            os.kill(record.pid, number)
    except ProcessLookupError:
        return  # it ended in between, which is what was wanted


def _gone_within(record: ProcessRecord, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while record.alive:
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL)
    return True


def tail(log: Path, lines: int = 20) -> tuple[str, ...]:
    """The last lines of a log; none if there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 65_536))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ()
    return tuple(text.splitlines()[-lines:])


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port nobody listens on now; someone may before you do, so be ready to choose again."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def listens(pid: int, port: int, host: str = "127.0.0.1") -> bool:
    """Whether this very process listens on the port. Where the system does not say whose a socket is: whether anyone does."""
    if not _LINUX:
        with socket.socket() as probe:
            return probe.connect_ex((host, port)) == 0
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {
        f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port
    }
    return bool(inodes) and not inodes.isdisjoint(_files(pid))


def _files(pid: int) -> set[str]:
    """What the process's open files are, as /proc names them."""
    found = set()
    try:
        with os.scandir(f"/proc/{pid}/fd") as files:
            for file in files:
                with contextlib.suppress(FileNotFoundError):  # closed while we looked
                    found.add(os.readlink(file.path))
    except (FileNotFoundError, ProcessLookupError):
        return found  # the process ended while we looked; the caller asks again
    return found


class _Starter:
    """The thread that starts all children. A daemon: it must outlast the exit handlers, which still need the children."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._jobs: queue.SimpleQueue[
            tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]
        ]
        self._jobs = queue.SimpleQueue()
        threading.Thread(target=self._work, name="licita-children", daemon=True).start()

    def run(self, job: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        """What ``job`` returns or raises, done by the thread."""
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((job, answer))
        return answer.result()

    def _work(self) -> None:
        while True:
            job, answer = self._jobs.get()
            try:
                answer.set_result(job())
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                answer.set_exception(error)


_lock = threading.Lock()
_the_starter: _Starter | None = None


def _starter() -> _Starter:
    """This process's starter; a fork of this process has none of its parent's threads and makes its own."""
    global _the_starter
    with _lock:
        if _the_starter is None or _the_starter.owner != os.getpid():
            _the_starter = _Starter()
        return _the_starter


def _launcher(on_orphan: signal.Signals) -> list[str]:
    if not _LINUX:
        return []
    script = Path(__file__).with_name("launch.py")
    return [sys.executable, "-I", "-S", str(script), str(int(on_orphan)), str(os.getpid())]
