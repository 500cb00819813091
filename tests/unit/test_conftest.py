"""The rules of tests/conftest.py, on a small suite of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import asyncio, socket
import pytest

@pytest.mark.unit
def test_one_kind():
    pass

def test_no_kind():
    pass

@pytest.mark.unit
@pytest.mark.evm
def test_two_kinds():
    pass

@pytest.mark.network
@pytest.mark.besu
def test_need():
    raise AssertionError("not reached without Besu")

@pytest.mark.unit
def test_unit_connects():
    socket.create_connection(("127.0.0.1", 9))

@pytest.mark.unit
def test_unit_listens():
    socket.create_server(("127.0.0.1", 0))

@pytest.mark.unit
def test_unit_runs_a_loop():
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"

@pytest.mark.network
def test_network_listens():
    socket.create_server(("127.0.0.1", 0)).close()
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints for the suite on a machine without Besu."""
    folder = tmp_path_factory.mktemp("suite")
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("BESU", "PYTEST"))}
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:ape_test",
        "-p",
        "no:xdist",
        "-rA",
        "--tb=line",
        "--strict-markers",
    ]
    environ |= {"PATH": str(folder), "COLUMNS": "200"}
    answer = subprocess.run(argv, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr


@pytest.mark.parametrize("name", ["one_kind", "unit_runs_a_loop", "network_listens"])
def test_rules__test_keeps_them__passes(outcome: str, name: str) -> None:
    assert f"PASSED test_suite.py::test_{name}" in outcome


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_kind", "this one has: none"),
        ("two_kinds", "this one has: ['evm', 'unit']"),
        ("unit_connects", "a unit test opened a socket"),
        ("unit_listens", "a unit test opened a socket"),
    ],
)
def test_rules__test_breaks_one__does_not_pass(outcome: str, name: str, reason: str) -> None:
    lines = [line for line in outcome.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert any(f"test_{name} " in line and reason in line for line in lines), outcome


def test_needs__one_is_absent__is_named_in_the_summary(outcome: str) -> None:
    assert "skipped need: besu: a Besu node: BESU_HOME, or besu on PATH (1 tests)" in outcome
