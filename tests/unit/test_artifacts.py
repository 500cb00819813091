"""The compiler's input, its cache and what is read from its answer, on a project of two small files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chain import artifacts
from chain.errors.toolchain import ArtifactsMissing, ArtifactUnknown, ContractsDoNotCompile

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
COUNTER = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICounter} from "./ICounter.sol";
// import "@openzeppelin/contracts/absent/InAComment.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract Counter is ICounter {
    string internal constant LINK = "https://example.org // import \\"nothing\\"";
    address public immutable owner;
    uint256 private _count;

    constructor(address owner_) {
        owner = owner_;
    }

    function raise(uint256 by) external {
        _count = Math.max(_count, by);
        emit CounterRaised(_count);
    }
}
"""
INTERFACE = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface ICounter {
    event CounterRaised(uint256 count);

    function raise(uint256 by) external;
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder whose name needs quoting, with contracts/ and the installed node_modules/."""
    root = tmp_path / "a project's folder"
    write(root, "Counter", COUNTER)
    write(root, "ICounter", INTERFACE)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    return root


def write(root: Path, name: str, text: str) -> Path:
    path = root / "contracts" / f"{name}.sol"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_input__library_imported__holds_its_closure_by_content(project: Path) -> None:
    found = artifacts.standard_input(project)
    names = set(found["sources"])
    assert {"contracts/Counter.sol", "contracts/ICounter.sol"} < names
    assert {
        "@openzeppelin/contracts/utils/math/Math.sol",
        "@openzeppelin/contracts/utils/math/SafeCast.sol",
        "@openzeppelin/contracts/utils/Panic.sol",
    } < names
    assert all(set(source) == {"content"} for source in found["sources"].values())
    assert found["sources"]["contracts/Counter.sol"]["content"] == COUNTER


def test_input__library_imported__asks_output_for_own_files_only(project: Path) -> None:
    settings = artifacts.standard_input(project)["settings"]
    assert set(settings["outputSelection"]) == {"contracts/Counter.sol", "contracts/ICounter.sol"}
    assert settings["evmVersion"] == "cancun"
    assert settings["viaIR"] is True
    assert settings["optimizer"] == {"enabled": True, "runs": 200}
    assert "remappings" not in settings


def test_input__library_file_absent__names_it(project: Path) -> None:
    write(project, "Counter", COUNTER.replace("math/Math.sol", "math/Absent.sol"))
    with pytest.raises(ContractsDoNotCompile) as refused:
        artifacts.standard_input(project)
    assert "@openzeppelin/contracts/utils/math/Absent.sol" in refused.value.messages[0]


def test_input__folder_begins_with_a_dot__is_left_out(project: Path) -> None:
    before = artifacts.key(project)
    write(project, ".cache/Generated", INTERFACE)
    assert artifacts.key(project) == before


def test_key__one_byte_of_a_source_changes__is_another(project: Path) -> None:
    before = artifacts.key(project)
    path = write(project, "ICounter", INTERFACE + "\n")
    assert artifacts.key(project) != before
    path.write_text(INTERFACE, encoding="utf-8")
    assert artifacts.key(project) == before


def test_key__line_ends_change__is_another(project: Path) -> None:
    before = artifacts.key(project)
    (project / "contracts" / "ICounter.sol").write_bytes(INTERFACE.replace("\n", "\r\n").encode())
    assert artifacts.key(project) != before


def test_artifacts__compiled__give_code_layout_and_immutables(project: Path) -> None:
    found = artifacts.artifacts(project)
    assert list(found) == ["Counter", "ICounter"]
    counter = found["Counter"]
    assert counter.source == "contracts/Counter.sol"
    assert {entry.get("name") for entry in counter.abi} == {None, "CounterRaised", "owner", "raise"}
    assert counter.deployed_bytecode in counter.bytecode
    assert [slot["label"] for slot in counter.storage_layout["storage"]] == ["_count"]
    assert json.loads(counter.metadata)["compiler"]["version"] == artifacts.COMPILER
    assert counter.immutables
    for start, length in counter.immutables:
        assert counter.deployed_bytecode[start : start + length] == bytes(32)
    assert found["ICounter"].bytecode == b""


def test_artifacts__kept_file_there__are_read_without_compiling(project: Path) -> None:
    kept = project / ".licita" / "artifacts" / f"{artifacts.key(project)}.json"
    kept.parent.mkdir(parents=True)
    fields = {
        "source": "contracts/Kept.sol",
        "abi": [],
        "metadata": "",
        "evm": {"bytecode": {"object": "00"}, "deployedBytecode": {"object": "01"}},
    }
    kept.write_text(json.dumps({"contracts": {"Kept": fields}}), encoding="utf-8")
    assert artifacts.artifact("Kept", project).deployed_bytecode == b"\x01"


def test_artifact__no_such_name__is_refused(project: Path) -> None:
    with pytest.raises(ArtifactUnknown) as refused:
        artifacts.artifact("Absent", project)
    assert refused.value.name == "Absent"


def test_artifacts__source_is_wrong__names_file_and_line(project: Path) -> None:
    write(project, "Counter", COUNTER.replace("Math.max(_count, by)", "Math.max(_count, nobody)"))
    with pytest.raises(ContractsDoNotCompile) as refused:
        artifacts.artifacts(project)
    assert len(refused.value.messages) == 1
    assert "contracts/Counter.sol:18" in refused.value.messages[0]


def test_artifacts__name_declared_twice__names_both_files(project: Path) -> None:
    write(project, "other/ICounter", INTERFACE)
    with pytest.raises(ContractsDoNotCompile) as refused:
        artifacts.artifacts(project)
    assert refused.value.messages == (
        "contracts/other/ICounter.sol: ICounter is declared in contracts/ICounter.sol too.",
    )


def test_artifacts__import_outside_contracts_and_library__is_refused(project: Path) -> None:
    write(
        project,
        "Reader",
        COUNTER.replace("./ICounter.sol", "../package.json").replace("Counter is", "Reader is"),
    )
    (project / "package.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ContractsDoNotCompile) as refused:
        artifacts.artifacts(project)
    assert "package.json" in refused.value.messages[0]


def test_artifacts__neither_sources_nor_shipped__are_missing(tmp_path: Path) -> None:
    with pytest.raises(ArtifactsMissing) as refused:
        artifacts.artifacts(tmp_path)
    assert refused.value.path == str(tmp_path / "contracts")


def test_command__warning__fails_only_when_strict(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, "ICounter", INTERFACE.replace("uint256 by)", "uint256 at)"))
    assert artifacts.main(["--root", str(project)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("2 contracts, ")
    assert "contracts/ICounter.sol:7" in err
    assert artifacts.main(["--root", str(project), "--strict"]) == 1
    assert "ContractsDoNotCompile" in capsys.readouterr().err


def test_wheel__shipped_artifacts_beside_the_package__serve_without_sources(
    project: Path, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    shutil.copytree(ROOT / "chain" / "errors", installed / "chain" / "errors")
    shutil.copy(ROOT / "chain" / "artifacts.py", installed / "chain")
    (installed / "chain" / "__init__.py").touch()
    (installed / "chain" / "errors" / "__init__.py").write_text("", encoding="utf-8")
    assert (
        artifacts.main(["--root", str(project), "--output", str(installed / "chain" / "artifacts.json")]) == 0
    )
    program = "from chain import artifacts; print(artifacts.key(), *artifacts.artifacts())"
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=installed,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == [artifacts.key(project), "Counter", "ICounter"]
