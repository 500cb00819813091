"""scripts/solc.js speaks as py-solc-x and forge expect the native compiler to."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SOLC = ROOT / ".licita" / "solc" / "solc-v0.8.37"
PACKAGE = ROOT / "node_modules" / "solc"
IMPORTING = 'pragma solidity 0.8.37; import "lib/Thing.sol"; contract A is Thing {}'
THING = "pragma solidity 0.8.37; contract Thing { uint256 public size; }"


def run(*arguments: object, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SOLC), *map(str, arguments)], input=stdin, cwd=cwd, capture_output=True, text=True, check=False
    )


def version(package: Path) -> str:
    """The second line of the answer of a compiler in another folder."""
    argv = [ROOT / ".licita" / "node", ROOT / "scripts" / "solc.js", package, "--version"]
    answer = subprocess.run(argv, capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()[1]


def standard(content: str) -> str:
    return json.dumps(
        {
            "language": "Solidity",
            "sources": {"A.sol": {"content": content}},
            "settings": {"outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
        }
    )


def compiled(*arguments: object, stdin: str = "", cwd: Path | None = None) -> Any:
    answer = run("--standard-json", *arguments, stdin=stdin, cwd=cwd)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A root that holds lib/Thing.sol."""
    root = tmp_path / "it's a root"
    (root / "lib").mkdir(parents=True)
    (root / "lib" / "Thing.sol").write_text(THING, encoding="utf-8")
    return root


def test_version__asked__has_two_lines() -> None:
    answer = run("--version")
    assert answer.returncode == 0
    assert answer.stdout.splitlines() == [
        "solc, the solidity compiler commandline interface",
        "Version: 0.8.37+commit.f401782d.Emscripten.clang",
    ]


def test_version__package_folder_written_once__is_read_from_there(tmp_path: Path) -> None:
    package = tmp_path / "solc"
    package.mkdir()
    (package / "package.json").write_text('{"version": "0.8.37"}', encoding="utf-8")
    (package / ".version-0.8.37").write_text("0.8.37+commit.kept", encoding="utf-8")
    assert version(package) == "Version: 0.8.37+commit.kept"


def test_version__cannot_be_kept__is_no_error(tmp_path: Path) -> None:
    package = tmp_path / "node_modules" / "solc"
    package.parent.mkdir()
    for other in (ROOT / "node_modules").iterdir():
        if other.name != "solc":
            (package.parent / other.name).symlink_to(other)
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns(".version-*"))
    # A folder in the place of the file: in the way also of root, whom no mode stops.
    (package / ".version-0.8.37").mkdir()
    assert version(package) == "Version: 0.8.37+commit.f401782d.Emscripten.clang"
    assert [path.name for path in package.glob(".version-*")] == [".version-0.8.37"]


def test_help__asked__lists_combined_json_values() -> None:
    answer = run("--help")
    line = next(line for line in answer.stdout.splitlines() if "--combined-json" in line)
    assert line.startswith("  --combined-json ")
    assert "abi,asm,ast" in line


def test_standard_json__from_stdin__compiles() -> None:
    answer = compiled(stdin=standard(THING))
    assert answer["contracts"]["A.sol"]["Thing"]["evm"]["bytecode"]["object"]


def test_standard_json__from_file__compiles(tmp_path: Path) -> None:
    (tmp_path / "input.json").write_text(standard(THING), encoding="utf-8")
    assert compiled(tmp_path / "input.json") == compiled(stdin=standard(THING))


def test_standard_json__source_is_wrong__exits_0_with_the_error() -> None:
    answer = compiled(stdin=standard("pragma solidity 0.8.37; contract {"))
    assert [error["severity"] for error in answer["errors"]] == ["error"]


def test_standard_json__megabytes_of_answer__arrive_whole() -> None:
    functions = "".join(
        f"function f{i}() external pure returns (uint256) {{ return {i}; }}" for i in range(2500)
    )
    source = f"pragma solidity 0.8.37; contract A {{ {functions} }}"
    request = json.loads(standard(source))
    request["settings"]["outputSelection"]["*"] = {"": ["ast"]}
    answer = run("--standard-json", stdin=json.dumps(request))
    assert len(answer.stdout) > 1_000_000
    assert answer.stdout.endswith("}\n")
    assert json.loads(answer.stdout)["sources"]["A.sol"]["id"] == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--base-path", "{}"],
        ["--base-path={}"],
        ["--include-path", "{}"],
        ["-I", "{}"],
        ["--include-path={}"],
        ["--base-path", "/nowhere", "--include-path", "/nowhere/else", "-I", "{}", "--allow-paths", "/a,/b"],
    ],
)
def test_import__root_named__is_found_there(library: Path, options: list[str]) -> None:
    answer = compiled(*(option.format(library) for option in options), stdin=standard(IMPORTING))
    assert set(answer["contracts"]) == {"A.sol", "lib/Thing.sol"}


def test_import__no_root_named__is_sought_in_the_working_folder(library: Path) -> None:
    answer = compiled(stdin=standard(IMPORTING), cwd=library)
    assert set(answer["contracts"]) == {"A.sol", "lib/Thing.sol"}


def test_import__base_path_elsewhere__is_not_sought_in_the_working_folder(library: Path) -> None:
    answer = compiled("--base-path", "/nowhere", stdin=standard(IMPORTING), cwd=library)
    assert any("File not found: lib/Thing.sol" in error["message"] for error in answer["errors"])


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_import__absolute__is_taken_as_it_is(library: Path, form: str) -> None:
    path = library / "lib" / "Thing.sol"
    name = form.format(path) if form == "{}" else path.as_uri()
    content = IMPORTING.replace("lib/Thing.sol", name)
    assert set(compiled("--base-path", "/nowhere", stdin=standard(content))["contracts"]) == {"A.sol", name}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--combined-json", "abi"], "unrecognised option '--combined-json'"),
        (["--standard-json", "--optimize"], "unrecognised option '--optimize'"),
        (["--standard-json", "--base-path"], "--base-path needs a value"),
        ([], "name one of"),
        (["--standard-json", "/nowhere/input.json"], "ENOENT"),
    ],
)
def test_arguments__not_understood__exit_1_with_a_word(arguments: list[str], message: str) -> None:
    answer = run(*arguments)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert message in answer.stderr
