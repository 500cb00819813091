"""ABI, storage layout and size are what is checked in; every refusal and event has a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chain.artifacts import artifact
from tests.contracts import snapshot
from tests.contracts.world import CONTRACTS

pytestmark = pytest.mark.evm

HERE = Path(__file__).resolve().parent
MAX_SIZE = 24_576
"""Bytes of runtime code that every chain of the EVM takes (EIP-170)."""


def test_abi__compiled__as_checked_in() -> None:
    kept = json.loads((snapshot.FOLDER / "abi.json").read_text(encoding="utf-8"))
    assert snapshot.abi() == kept, "if it is meant: python -m tests.contracts.snapshot"


def test_storage_layout__compiled__as_checked_in() -> None:
    kept = json.loads((snapshot.FOLDER / "storage.json").read_text(encoding="utf-8"))
    assert snapshot.storage() == kept, "if it is meant: python -m tests.contracts.snapshot"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_size__runtime_code__within_the_limit(contract: str) -> None:
    assert 0 < len(artifact(contract).deployed_bytecode) <= MAX_SIZE


@pytest.mark.parametrize("kind", ["error", "event"])
@pytest.mark.parametrize("contract", CONTRACTS)
def test_names__each_of_a_contract__stands_in_a_tree_and_in_a_test(contract: str, kind: str) -> None:
    trees = "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.rglob("*.tree")))
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.rglob("test_*.py")))
    names = {entry["name"] for entry in artifact(contract).abi if entry["type"] == kind}
    assert {name for name in names if name not in trees} == set()
    assert {name for name in names if f'"{name}"' not in tests} == set()


def test_trees__each__has_its_tests() -> None:
    trees = {path.stem for path in HERE.rglob("*.tree")}
    assert trees == {path.stem.removeprefix("test_") for path in HERE.glob("*/test_*.py")}
