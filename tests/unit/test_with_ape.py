"""scripts/with_ape.py hands ape this project's tools and keeps its data inside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts import with_ape

pytestmark = pytest.mark.unit


def test_environment__anvil_of_the_lock_file__comes_first_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LICITA_ANVIL", raising=False)
    anvil = tmp_path / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
    anvil.parent.mkdir(parents=True)
    anvil.touch()
    found = with_ape.environment(tmp_path)
    assert found["PATH"].split(os.pathsep)[0] == str(anvil.parent)
    assert found["SOLCX_BINARY_PATH"] == str(tmp_path / ".licita" / "solc")
    assert found["APE_DATA_FOLDER"] == str(tmp_path / ".licita" / "ape")


def test_environment__anvil_named__is_that_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICITA_ANVIL", str(tmp_path / "own" / "anvil"))
    assert with_ape.environment(tmp_path)["PATH"].split(os.pathsep)[0] == str(tmp_path / "own")


def test_main__environment_without_ape__says_what_to_make(capsys: pytest.CaptureFixture[str]) -> None:
    assert with_ape.main([]) == 2
    assert capsys.readouterr().err == "with_ape: this environment has no ape: run `make ape`.\n"
