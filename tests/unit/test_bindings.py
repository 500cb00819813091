"""chain/bindings is what scripts/bindings.py writes, and each call in it encodes."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

from chain.artifacts import artifact, artifacts
from chain.bindings import tender_board
from chain.transactions import Call, Read
from scripts import bindings

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


RECORD = sorted(bindings.of_record(artifacts()))


def _binding(contract: str) -> ModuleType:
    return importlib.import_module(f"chain.bindings.{bindings.snake(contract)}")


def test_files__written_again__are_the_ones_checked_in() -> None:
    assert bindings.stale_files(bindings.files(artifacts()), ROOT / "chain" / "bindings") == []


def test_stale_files__changed_missing_and_left_over__are_named(tmp_path: Path) -> None:
    (tmp_path / "same.py").write_text("1\n")
    (tmp_path / "changed.py").write_text("1\n")
    (tmp_path / "left_over.py").write_text("1\n")
    wanted = {"same.py": "1\n", "changed.py": "2\n", "missing.py": "3\n"}
    assert bindings.stale_files(wanted, tmp_path) == ["changed.py", "left_over.py", "missing.py"]


def test_main__check_of_current_files__exits_zero_and_writes_nothing() -> None:
    folder = ROOT / "chain" / "bindings"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.py")}
    assert bindings.main(["--check"]) == 0
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.py")} == before


def test_of_record__compiled_contracts__are_the_deployed_ones() -> None:
    assert RECORD == [
        "AgreementBook", "ApplicationRegistry", "AwardDesk", "BidBox", "ComplaintDesk", "Consultation", "Council", "CouncilTimelock",
        "EvaluationDesk", "FourEyes", "MemberRegistry", "NetworkPermissions", "OpeningCommittee", "ProcedureBook", "SupplierRegistry",
        "TenderBoard", "ValidatorRegistry",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ownersHash", "owners_hash"),
        ("lot", "lot"),
        ("ABIOf", "abi_of"),
        ("from", "from_"),
        ("TenderBoard", "tender_board"),
    ],
)
def test_snake__solidity_name__is_a_python_name(name: str, expected: str) -> None:
    assert bindings.snake(name) == expected


def test_publish__with_its_arguments__is_the_call() -> None:
    assert tender_board.publish(b"\1" * 32, (), "{}") == Call(
        "TenderBoard", "publish", (b"\1" * 32, (), "{}")
    )


def test_tender_count__view__is_a_read() -> None:
    assert tender_board.tender_count() == Read("TenderBoard", "tenderCount", ())


def _sample(parameter: dict[str, Any]) -> Any:
    kind = str(parameter["type"])
    if kind.endswith("]"):
        return ()
    if kind == "tuple":
        return tuple(_sample(part) for part in parameter["components"])
    if kind.startswith("bytes"):
        return bytes(int(kind[5:] or 0))
    if kind == "address":
        return "0x" + "11" * 20
    return {"string": "text", "bool": True}.get(kind, 1)


@pytest.mark.parametrize("contract", RECORD)
def test_functions__of_the_abi__all_encode(contract: str) -> None:
    module = _binding(contract)
    for entry in (entry for entry in artifact(contract).abi if entry["type"] == "function"):
        function = getattr(module, bindings.snake(entry["name"]))
        call = function(*(_sample(each) for each in entry["inputs"]))
        assert Call.from_data(contract, call.data).function == entry["name"]
        assert isinstance(call, Read) == (entry["stateMutability"] in ("view", "pure"))
        assert inspect.getdoc(function)


@pytest.mark.parametrize("contract", RECORD)
def test_events_and_errors__of_the_abi__are_listed_and_typed(contract: str) -> None:
    module = _binding(contract)
    for kind, names in (("event", module.EVENTS), ("error", module.ERRORS)):
        assert list(names) == sorted(
            entry["name"] for entry in artifact(contract).abi if entry["type"] == kind
        )
    for entry in (entry for entry in artifact(contract).abi if entry["type"] == "event"):
        hints = get_type_hints(getattr(module, entry["name"]))
        assert list(hints) == [each["name"] for each in entry["inputs"]]
