"""`ape run deploy` and `ape console` as a person starts them: on a network of their own, and on one that runs already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chain.network import Network
from chain.types import CONTRACTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network folder that the tests of this file share, so that one finds what another deployed."""
    return tmp_path_factory.mktemp("ape") / "net work"


def ape(folder: Path, *arguments: str) -> str:
    """What an `ape` command prints; it must succeed."""
    command = [str(Path(sys.executable).parent / "ape"), *arguments]
    environment = {**os.environ, "LICITA_FOLDER": str(folder)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def addresses_in(folder: Path) -> dict[str, str]:
    contracts = json.loads((folder / "deployment.json").read_bytes())["contracts"]
    return {name: contract["address"] for name, contract in contracts.items()}


def printed(output: str) -> dict[str, str]:
    rows = [line.split() for line in output.splitlines()]
    return {row[0]: row[1] for row in rows if row and row[0] in CONTRACTS}


def test_run_deploy__no_network__deploys_prints_and_ends_it(folder: Path) -> None:
    assert not folder.exists()
    output = ape(folder, "run", "deploy")
    assert printed(output) == addresses_in(folder)
    assert list(printed(output)) == list(CONTRACTS)
    assert Network.running_url(folder) is None


def test_run_deploy__network_runs__joins_it_and_leaves_it(folder: Path) -> None:
    with Network.serve(folder) as net:
        output = ape(folder, "run", "deploy")
        assert f"node    {net.rpc_url}, chain 31337" in output
        assert printed(output) == net.deployment.addresses
        assert net.node_runs
        assert net.now() > 0


def test_console__net__is_the_network_and_ape_sees_its_chain(folder: Path) -> None:
    publish = 'tender = net.tenders.publish(net.samples.path("laptops"), sender=net.person("buyer"))'
    show = 'print("tender", tender, provider.get_block("latest").number == net.web3.eth.block_number, provider.uri == net.rpc_url)'
    output = ape(folder, "console", "-c", f"{publish}\\nprovider = ape.networks.active_provider\\n{show}")
    assert "tender Tender(1) True True" in output
    assert Network.running_url(folder) is None
