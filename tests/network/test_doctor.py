"""`licita network doctor`: what of a network needs care, and what does not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chain.commands import network
from chain.network import Network
from chain.nodes.folder import Folder
from chain.procurement.procedure import PRESETS, preset, value_rows
from tests.network.test_committee import decide

pytestmark = pytest.mark.network


def rows(folder: Path) -> list[dict[str, Any]]:
    """What it lists; it exits with 1."""
    result = CliRunner().invoke(network, ["doctor", "--network", str(folder), "--json"])
    assert result.exit_code == 1, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_doctor__of_a_sandbox__lists_each_value_to_confirm_of_procedures_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    with Network.start("sandbox", folder) as net:
        found = rows(folder)
        assert [each for each in found if each["check"] == "publication"] == [
            {"check": "publication", "of": "ocid_prefix", "is": "ocds-213czf", "why": found[-1]["why"]}
        ]
        listed = {(each["of"], each["is"], each["why"]) for each in found if each["check"] == "procedure"}
        assert listed == {
            (f"{code} v1 {row.field}", row.value, row.source)
            for code in PRESETS
            for row in value_rows(json.loads(preset(code).text))
            if "operator must confirm" in row.source
        }
        assert ("mx-open v1 minTenderPeriod", "20 d") in {each[:2] for each in listed}
        assert not any(each[0].startswith("sandbox") for each in listed)
        decide(net, "retire procedure mx-open v1")
        assert {each["of"].split()[0] for each in rows(folder)} == {"eu-open", "simple", "ocid_prefix"}


def test_doctor__of_a_folder_that_names_a_node__asks_that_node_and_starts_none(tmp_path: Path) -> None:
    with Network.start("sandbox", tmp_path / "network") as net:
        other = Folder(tmp_path / "other")
        other.create()
        other.deployment_json.write_text(net.deployment.to_json())
        other.write_descriptor(replace(net.descriptor, rpc=net.rpc_url))
        assert rows(other.path) == rows(net.folder.path)
    assert sorted(path.name for path in other.path.iterdir()) == ["deployment.json", "network.toml"]


def test_doctor__of_a_folder_of_besu_that_names_no_node__starts_nothing_there(tmp_path: Path) -> None:
    with Network.start("sandbox", tmp_path / "network") as net:
        other = Folder(tmp_path / "other")
        other.create()
        other.deployment_json.write_text(net.deployment.to_json())
        other.write_descriptor(replace(net.descriptor, engine="besu", chain_id=1337))
    result = CliRunner().invoke(network, ["doctor", "--network", str(other.path)])
    assert result.exit_code == 1 and result.stderr.startswith("NodeUnnamed")
    assert sorted(path.name for path in other.path.iterdir()) == ["deployment.json", "network.toml"]
