"""What every test obeys: one kind, named needs, no socket in a unit test."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

KINDS = {
    "unit": "no EVM, no socket",
    "evm": "calls contracts on an anvil",
    "network": "starts nodes or the service",
    "faults": "kills, stalls or starves what runs",
    "docs": "keeps what is written true",
}
NEEDS = {
    "besu": "a Besu node: BESU_HOME, or besu on PATH",
    "postgres": "a PostgreSQL server: LICITA_TEST_POSTGRES, or initdb on PATH",
    "browser": "a browser: the Python package playwright",
    "samples": "outside samples: LICITA_SAMPLES, a folder with OCDS documents",
    "cove": "libcoveocds in an environment of its own: pip must reach a package index once",
    "pandas": "pandas in an environment of its own: pip must reach a package index once",
}
MADE = ("cove", "pandas")
"""Needs that the tests try to make themselves (tests/environments.py)."""

# A deadline in milliseconds says more about the other tests on this machine than about the code.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "long", parent=settings.get_profile("default"), max_examples=2_000, stateful_step_count=100
)
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    """Names the markers; `--strict-markers` refuses any other."""
    for name, meaning in (KINDS | NEEDS).items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test without exactly one kind fails; one whose need is absent is skipped by name."""
    kinds = sorted({mark.name for mark in item.iter_markers() if mark.name in KINDS})
    if len(kinds) != 1:
        pytest.fail(
            f"a test has exactly one kind of {', '.join(KINDS)}; this one has: {kinds or 'none'}",
            pytrace=False,
        )
    for need in sorted({mark.name for mark in item.iter_markers() if mark.name in NEEDS}):
        if not is_there(need):
            pytest.skip(f"needs {need}: {NEEDS[need]}")


def is_there(need: str) -> bool:
    """Whether this machine has what the marker names."""
    if need == "besu":
        home = os.environ.get("BESU_HOME")
        return bool(home and Path(home, "bin", "besu").is_file()) or shutil.which("besu") is not None
    if need == "postgres":
        return bool(os.environ.get("LICITA_TEST_POSTGRES")) or shutil.which("initdb") is not None
    if need == "samples":
        return Path(os.environ.get("LICITA_SAMPLES") or os.devnull).is_dir()
    return need in MADE or importlib.util.find_spec("playwright") is not None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line a need that was absent: its name, what would satisfy it, how many tests waited for it."""
    found: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        match = re.search(r"needs (\w+: .*)", reason)
        if match:
            found[match[1]] += 1
    for need, count in sorted(found.items()):
        terminalreporter.write_line(f"skipped need: {need} ({count} tests)")


@pytest.fixture(autouse=True)
def _closed_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    """In a unit test a socket neither connects nor listens; the pair inside an event loop does neither."""

    def refuse(*_: object) -> NoReturn:
        pytest.fail("a unit test opened a socket", pytrace=True)

    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("unit"):
            for name in ("connect", "connect_ex", "bind"):
                patch.setattr(socket.socket, name, refuse)
        yield
