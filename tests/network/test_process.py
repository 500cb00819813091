"""chain/nodes/process.py: a child lives as long as it should, and only as long as its parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chain.nodes import process
from chain.nodes.process import Child, ProcessRecord, end, listens, start_time, tail

pytestmark = pytest.mark.network

ROOT = Path(__file__).parents[2]
SLEEPER = [sys.executable, "-I", "-S", "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
PARENT = """
import os, signal, sys, threading
from pathlib import Path
from chain.nodes.process import Child
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits that it is ignored
def start():
    child = Child.start({command!r}, log=Path({log!r}), folder=Path({folder!r}))
    print(child.pid, flush=True)
thread = threading.Thread(target=start)  # ends at once, and must not take the child with it
thread.start(); thread.join()
sys.stdin.read()
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether the condition comes true in time; looks without sleeping through anything."""
    end_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end_at:
            return False
        os.sched_yield()
    return True


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[list[str]], Child]]:
    """Starts a command whose log then says 'up'; ended after the test."""
    children: list[Child] = []

    def make(command: list[str]) -> Child:
        child = Child.start(command, log=tmp_path / "log", folder=tmp_path)
        children.append(child)
        assert until(lambda: tail(child.log) == ("up",))
        return child

    yield make
    for child in children:
        child.stop(0)


def test_child__started__has_its_own_group_and_none_of_our_secrets(
    start: Callable[[list[str]], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LICITA_TOKEN_SECRET", "lct_x_secret")
    child = start(SLEEPER)
    assert child.alive and child.record.alive
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    assert child.record.started == start_time(child.pid)
    assert b"LICITA" not in Path(f"/proc/{child.pid}/environ").read_bytes()


def test_stop__obedient_child__ends_by_itself(start: Callable[[list[str]], Child]) -> None:
    child = start(SLEEPER)
    assert child.stop(20) is True
    assert not child.alive and not child.record.alive and start_time(child.pid) is None
    assert child.stop(0) is True


def test_stop__stubborn_child__is_killed_with_a_warning(
    start: Callable[[list[str]], Child], caplog: pytest.LogCaptureFixture
) -> None:
    child = start(STUBBORN)
    assert child.stop(0.05) is False
    assert start_time(child.pid) is None
    assert f"process {child.pid} did not end within 0.05 s and is killed" in caplog.text


def test_end__same_id_other_start_time__touches_nothing(start: Callable[[list[str]], Child]) -> None:
    child = start(SLEEPER)
    other = ProcessRecord(child.pid, child.record.started + 1)
    assert not other.alive
    assert end(other, 0) is True
    assert child.alive


def test_end__process_of_another_parent__is_ended(start: Callable[[list[str]], Child]) -> None:
    child = start(SLEEPER)
    assert end(ProcessRecord(child.pid, child.record.started), 20) is True


def test_record__of_a_zombie__is_not_alive() -> None:
    zombie = subprocess.Popen([sys.executable, "-I", "-S", "-c", "pass"])
    record = ProcessRecord.of(zombie.pid)
    assert until(lambda: start_time(zombie.pid) is None)
    assert record is None or not record.alive
    zombie.wait()


def test_child__its_starting_thread_ends__lives_on(start: Callable[[list[str]], Child]) -> None:
    found: list[Child] = []
    thread = threading.Thread(target=lambda: found.append(start(SLEEPER)))
    thread.start()
    thread.join()
    assert found[0].alive
    found[0].stop(20)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_child__parent_is_ended__ends_too(tmp_path: Path, number: signal.Signals) -> None:
    code = PARENT.format(command=SLEEPER, log=str(tmp_path / "log"), folder=str(tmp_path))
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    with parent:
        assert parent.stdout is not None
        child = ProcessRecord.of(int(parent.stdout.readline()))
        assert child is not None and until(lambda: tail(tmp_path / "log") == ("up",))
        assert child.alive  # though the thread that asked for it has ended
        parent.send_signal(number)
        parent.wait(20)
    assert until(lambda: not child.alive)


def test_child__parent_at_its_exit_handlers__still_runs_and_then_ends(tmp_path: Path) -> None:
    code = PARENT.format(command=SLEEPER, log=str(tmp_path / "log"), folder=str(tmp_path))
    code += "import atexit; atexit.register(lambda: print(started[0].record.alive, flush=True))\n"
    code = code.replace("    print(child.pid", "    started.append(child)\n    print(child.pid").replace(
        "def start", "started = []\ndef start"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], input=b"", stdout=subprocess.PIPE, cwd=ROOT, timeout=30, check=True
    )
    pid, alive = ended.stdout.split()
    assert alive == b"True"
    assert until(lambda: start_time(int(pid)) is None)


def test_start__program_missing__ends_with_the_reason_in_its_log(tmp_path: Path) -> None:
    child = Child.start([str(tmp_path / "nothing")], log=tmp_path / "log", folder=tmp_path)
    assert until(lambda: not child.alive)
    assert "No such file" in tail(child.log)[-1]
    assert child.stop(0) is True


def test_start__folder_missing__raises_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Child.start(SLEEPER, log=tmp_path / "log", folder=tmp_path / "nothing")


def test_start__log_over_its_cap__is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        file.truncate(process.LOG_CAP + 1)
    child = Child.start([sys.executable, "-I", "-S", "-c", "print('up')"], log=log, folder=tmp_path)
    assert until(lambda: not child.alive)
    assert tail(log) == ("up",)
    assert (tmp_path / "log.1").stat().st_size == process.LOG_CAP + 1


def test_tail__long_log__gives_the_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("".join(f"line {number}\n" for number in range(100_000)))
    assert tail(tmp_path / "log", 2) == ("line 99998", "line 99999")
    assert tail(tmp_path / "none") == ()


def test_listens__port_of_this_process__is_not_anyone_elses(start: Callable[[list[str]], Child]) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        assert not listens(os.getpid(), port)
        server.listen()
        assert listens(os.getpid(), port)
        assert not listens(start(SLEEPER).pid, port)


def test_listens__files_open_and_close_meanwhile__still_finds_the_port() -> None:
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            for file in [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]:
                os.close(file)

    busy = threading.Thread(target=churn)
    busy.start()
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert all(listens(os.getpid(), port) for _ in range(200))
    finally:
        done.set()
        busy.join()
