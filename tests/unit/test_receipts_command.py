"""`licita consultation verify`: its words, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from governance.consultation import Batcher
from governance.consultation_commands import consultation as command
from tests.consulting import DESK, OPENED, WINDOW, Memory, anchor, take

pytestmark = pytest.mark.unit

TEXT = "¿Por qué cinco días?"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with ``promise.json``, ``receipt.json``, ``batches.json``, ``text`` and ``root``."""
    batcher = Batcher(DESK, Memory())
    promise = take(batcher, TEXT, "key")
    (tmp_path / "promise.json").write_bytes(promise.to_bytes())
    batch = batcher.build(WINDOW, OPENED + 1_800, 0)
    assert batch is not None
    anchor(batcher, batch, OPENED + 1_900)
    receipt, batches = batcher.receipt(promise.comment.serial), batcher.batches(WINDOW.proposal)
    assert receipt is not None
    assert batches is not None
    (tmp_path / "receipt.json").write_bytes(receipt.to_bytes())
    (tmp_path / "batches.json").write_bytes(batches.to_bytes())
    (tmp_path / "text").write_text(TEXT, encoding="utf-8")
    (tmp_path / "root").write_text(batch.root.hex())
    return tmp_path


def verify(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["verify", *map(str, arguments)])


def test_verify__root_and_text_from_elsewhere__counted(files: Path) -> None:
    root = (files / "root").read_text()
    for given in (root, "0x" + root.upper()):
        ran = verify(files / "receipt.json", "--text", files / "text", "--root", given)
        assert ran.exit_code == 0, ran.output
        assert ran.stdout.startswith("counted: ")
        assert "the text is the one that was received" in ran.stdout


def test_verify__json__one_object_with_the_verdict(files: Path) -> None:
    ran = verify(files / "receipt.json", "--json")
    said = json.loads(ran.stdout)
    assert (ran.exit_code, said["verdict"], said["proposal"], said["batch"]) == (0, "consistent", 7, 1)


def test_verify__promise__promised_and_with_the_published_leaves_consistent(files: Path) -> None:
    assert verify(files / "promise.json").stdout.startswith("promised: ")
    assert verify(files / "promise.json", "--batches", files / "batches.json").stdout.startswith(
        "consistent: "
    )


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (("--root", "00" * 32), "ReceiptRootDiffers"),
        (("--text", "root"), "ReceiptTextDiffers"),
        (("--text", "absent"), "FileUnreadable"),
        (("--folder", "absent"), "DeploymentUnreadable"),
    ],
)
def test_verify__what_does_not_hold__exit_1_with_its_name(
    files: Path, options: tuple[str, str], refusal: str
) -> None:
    option, value = options
    ran = verify(files / "receipt.json", option, value if option == "--root" else files / value)
    assert (ran.exit_code, ran.stderr.split("(")[0]) == (1, refusal)
    assert ran.stdout == ""


def test_verify__another_file__exit_1_with_its_name(files: Path) -> None:
    assert verify(files / "batches.json").stderr.startswith("ReceiptMalformed(rule=field")
    refused = verify(files / "promise.json", "--batches", files / "receipt.json")
    assert (refused.exit_code, refused.stderr.split("(")[0]) == (1, "BatchesMalformed")


@pytest.mark.parametrize("root", ["", "0x12", "zz" * 32, "0x0x" + "00" * 31])
def test_verify__root_that_is_no_hash__usage(files: Path, root: str) -> None:
    assert verify(files / "receipt.json", "--root", root).exit_code == 2
