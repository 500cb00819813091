"""`licita validator agent` as processes that are killed, on nodes that restart in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.nodes.folder import Folder
from chain.nodes.keys import KeyStore
from tests.fake_qbft import FakeQbft, Served, node_address, serving

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "from governance.validator_commands import validator; validator()"
EPOCH = 20
VALIDATORS = ("v0", "v1", "v2", "v3")
ADDED = node_address("v7")
PROVER = "v1"
"""The one agent with a key."""


class Processes:
    """The agents' processes; each is killed at the end, if it still runs."""

    def __init__(self, folder: Folder, served: Served) -> None:
        self.folder, self.served = folder, served
        self.running: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str) -> None:
        """An agent beside this node."""
        words = ["agent", "--every", "0.05", "--epoch", str(EPOCH)]
        words += ["--as", "operator"] if name == PROVER else []
        place = ["--network", str(self.folder.path), "--rpc", self.served.url + name]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *words, *place], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def line(self, name: str) -> dict[str, Any]:
        """The next line of an agent."""
        output = self.running[name].stdout
        assert output is not None
        read: dict[str, Any] = json.loads(output.readline())
        return read

    def end(self, name: str, how: signal.Signals) -> int:
        """Ends an agent; its exit code."""
        process = self.running.pop(name)
        os.kill(process.pid, how)
        code = process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
        return code


@pytest.fixture
def served() -> Iterator[Served]:
    """Four validators and four nodes more."""
    with serving(FakeQbft(4, 4, EPOCH)) as network:
        yield network


@pytest.fixture
def agents(served: Served, tmp_path: Path) -> Iterator[Processes]:
    """Nobody runs yet."""
    folder = served.chain.write(tmp_path / "a network")
    KeyStore(folder.keys).create("operator")
    processes = Processes(folder, served)
    yield processes
    for name in list(processes.running):
        processes.end(name, signal.SIGKILL)


def test_agents__killed_after_their_votes_and_nodes_restarted__reach_and_prove_the_set(
    agents: Processes, served: Served
) -> None:
    chain = served.chain
    chain.target(chain.set_of("v0", "v1", "v2", "v7"))
    for name in VALIDATORS:
        agents.start(name)
    for name in VALIDATORS:
        assert agents.line(name)["vote"] == {"validator": ADDED, "add": True}
    for name in VALIDATORS[:2]:
        assert agents.end(name, signal.SIGKILL) == -signal.SIGKILL
        chain.nodes[node_address(name)].restart()
    # The votes of the other two are no majority.
    served.mine(EPOCH // 2)
    assert ADDED not in chain.set
    for name in VALIDATORS[:2]:
        agents.start(name)
        assert agents.line(name)["vote"] == {"validator": ADDED, "add": True}
    with served.going_on(0.05):
        lines = []
        while not lines or lines[-1]["what"] != "prove":
            lines.append(agents.line(PROVER))
    assert {line["what"] for line in lines} >= {"discard", "prove"}
    assert {line["seq"] for line in lines} == {1}
    assert chain.facts.proved and set(chain.set) == set(chain.facts.nodes)
    assert agents.end("v3", signal.SIGTERM) == 130
