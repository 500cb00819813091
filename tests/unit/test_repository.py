"""What the tracked files must not hold, and what the settings of the tools must agree on."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
# Written in two parts, so that this file does not hold what it seeks.
REGISTRIES = [
    "pypi." + "org", "pythonhosted." + "org", "npmjs." + "org", "npmjs." + "com", "yarnpkg." + "com", "crates." + "io",
    "binaries.soliditylang." + "org",
]  # fmt: skip
INDEX_OPTIONS = [
    "--index" + "-url",
    "--extra-index" + "-url",
    "--find" + "-links",
    "@ " + "file:",
    "@ " + "https:",
]
LOCAL_PATHS = [
    r"/ho" + r"me/\w",
    r"/ro" + r"ot/",
    r"/Us" + r"ers/\w",
    r"/wo" + r"rk/main",
    r"\.\./sha" + r"red",
]


def tracked() -> list[str]:
    """Files of the repository, those included that are new and not ignored."""
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        pytest.skip("not a git repository")
    return [name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines() -> list[tuple[str, str]]:
    """(file:line, text) of every tracked text file."""
    found = []
    for name in tracked():
        data = (ROOT / name).read_bytes()
        if b"\0" not in data:
            text = data.decode("utf-8", "replace")
            found += [(f"{name}:{number}", line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, str]:
    """Normalised name -> version of a constraints file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pairs = [line.split("==") for line in text.splitlines() if line and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in pairs}


def test_tracked_files__registry_host__none_named() -> None:
    pattern = re.compile("|".join(map(re.escape, [*REGISTRIES, *INDEX_OPTIONS])))
    assert [place for place, line in lines() if pattern.search(line)] == []


def test_tracked_files__path_of_one_machine__none_named() -> None:
    pattern = re.compile("|".join(LOCAL_PATHS))
    assert [place for place, line in lines() if pattern.search(line)] == []


def test_tracked_files__lock_of_another_tool__none_there() -> None:
    unwanted = {"uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock", "pnpm-lock.yaml"}
    assert [name for name in tracked() if Path(name).name in unwanted] == []


def test_tracked_files__generated__none_there() -> None:
    generated = re.compile(
        r"(^|/)(\.venv|\.venv-ape|node_modules|\.licita|\.build|__pycache__)/|^networks/dev"
    )
    assert [name for name in tracked() if generated.search(name)] == []


def test_npm_lock__every_package__has_version_and_integrity_and_no_place() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["version"], name
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_npm_lock__package_json__agrees() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "optionalDependencies", "devDependencies"):
        assert lock["packages"][""][kind] == package[kind]
        for name, version in package[kind].items():
            assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert "@foundry-rs/anvil" not in json.dumps(package).replace("@foundry-rs/anvil-linux-amd64", "")


def test_constraints__every_direct_requirement__is_pinned_within_its_range() -> None:
    project = settings()["project"]
    extras = project["optional-dependencies"]
    for name, requirements in {
        "constraints.txt": [*project["dependencies"], *extras["dev"], *extras["node"]],
        "constraints-ape.txt": [*project["dependencies"], *extras["ape"]],
    }.items():
        pinned = pins(name)
        for text in requirements:
            requirement = Requirement(text)
            package = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert package in pinned, f"{name} lacks {package}"
            assert requirement.specifier.contains(pinned[package]), f"{name}: {package}=={pinned[package]}"


def test_constraints__tools_of_the_environment__are_not_pinned() -> None:
    for name in ("constraints.txt", "constraints-ape.txt"):
        assert not {"pip", "setuptools", "licita"} & set(pins(name))


def test_version__package_json__agrees() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert package["version"] == settings()["project"]["version"]


def test_settings__pytest__keeps_ape_out() -> None:
    options = settings()["tool"]["pytest"]["ini_options"]
    assert "-p no:ape_test" in options["addopts"]
    assert "tests/with_ape" in options["norecursedirs"]


def test_eth_keys__coincurve_installed__is_its_backend() -> None:
    from eth_keys import KeyAPI
    from eth_keys.backends.coincurve import CoinCurveECCBackend

    assert isinstance(KeyAPI().backend, CoinCurveECCBackend)


def test_makefile__targets__are_those_of_the_manual() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    assert targets == {
        "help", "setup", "demo", "test", "check", "serve", "ape", "bench", "faults", "fuzz", "clean",
    }  # fmt: skip
    assert "$(CURDIR)" not in text
    assert "sudo" not in text
