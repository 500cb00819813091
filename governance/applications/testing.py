"""The tests of an application, in a process of their own and with an end to it.

They are somebody else's program and run with the rights of whoever checks: unknown code belongs into a container. Plug-ins of pytest
that happen to be installed are left out, so that the result is the same elsewhere; a conftest.py may name those that it needs.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from governance.applications.findings import Criterion, Reason
from governance.applications.folder import TESTS, Application

__all__ = ["run_tests"]

_SUMMARY = re.compile(r"=* ?(no tests ran|(?:\d+ [a-z]+(?:, )?)+) in [\d.]+s.*")
_NAMED = re.compile(r"(?:FAILED|ERROR) (\S+)")
# What a test may need of the surroundings; keys and settings of this program are not among it.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
_SHOWN = 20
_TAIL = 65_536


def run_tests(application: Application, seconds: float) -> Criterion:
    """Passes where pytest ran at least one test of tests/ and all of them passed within so many seconds."""
    if not any(_is_test(path) for path in application.files):
        return Criterion(
            "tests", "fail", (Reason(TESTS, "no test_*.py: there is nothing that shows that it works"),)
        )
    with tempfile.TemporaryFile() as output:
        code = _run(application.folder, seconds, output.fileno())
        output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL))
        lines = output.read().decode("utf-8", "replace").splitlines()
    if code is None:
        return Criterion("tests", "fail", (Reason(TESTS, f"not done after {seconds:g} s"),))
    summary = next(
        (match[1] for line in reversed(lines) if (match := _SUMMARY.fullmatch(line.strip()))), None
    )
    if code == 0 and summary is not None and re.search(r"\d+ passed", summary):
        return Criterion("tests", "pass", (Reason(TESTS, f"pytest: {summary}"),))
    named = [Reason(TESTS, f"failed: {match[1]}") for line in lines if (match := _NAMED.match(line))][:_SHOWN]
    told = summary or "it said nothing of them"
    return Criterion("tests", "fail", (Reason(TESTS, f"pytest ended with {code}: {told}"), *named))


def _is_test(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder.split("/")[0] == TESTS and re.fullmatch(r"test_.*\.py|.*_test\.py", name) is not None


def _run(folder: Path, seconds: float, output: int) -> int | None:
    """Exit code of pytest, None where it was ended because it took too long, with every process that it started."""
    folder = folder.resolve()
    command = [
        sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "--color=no", "-c", os.devnull, "--rootdir", str(folder),
        "--confcutdir", str(folder), "-p", "no:cacheprovider", TESTS,
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=folder, env=dict(_environment(folder)), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            # It has a session of its own, so Ctrl-C does not reach it.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path) -> Iterator[tuple[str, str]]:
    yield from ((name, os.environ[name]) for name in _KEPT if name in os.environ)
    yield "PYTHONPATH", str(folder)
    yield "PYTHONDONTWRITEBYTECODE", "1"
    yield "PYTHONUTF8", "1"
    yield "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"
