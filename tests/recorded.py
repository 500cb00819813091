"""The recorded chains of tests/data, and ways to edit them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.audit import Header, Place, header_from_json, qbft_block_hash, verify_body
from chain.errors.audit import AuditRefusal

DATA = Path(__file__).parent / "data"
QBFT_ID, ANVIL_ID = 484100, 484200
QBFT: list[dict[str, Any]] = json.loads((DATA / "qbft/blocks.json").read_text())
QBFT_RECEIPTS: list[list[dict[str, Any]]] = json.loads((DATA / "qbft/receipts.json").read_text())
QBFT_PROOFS: list[dict[str, Any]] = json.loads((DATA / "qbft/proofs.json").read_text())
DROP: list[dict[str, Any]] = json.loads((DATA / "qbft/drop_epoch.json").read_text())["blocks"]
ANVIL_FILE: dict[str, Any] = json.loads((DATA / "anvil/blocks.json").read_text())
ANVIL: list[dict[str, Any]] = ANVIL_FILE["blocks"]
ANVIL_PROOFS: list[dict[str, Any]] = ANVIL_FILE["proofs"]
SAMPLES = [
    ("qbft", 3),
    ("qbft", 4),
    ("qbft", 5),
    ("qbft", 6),
    ("anvil", 1),
    ("anvil", 2),
    ("anvil", 4),
    ("anvil", 9),
]


class Body:
    """One recorded block, ready to be edited and verified."""

    def __init__(self, chain: str, number: int) -> None:
        qbft = chain == "qbft"
        block = (QBFT if qbft else ANVIL)[number]
        self.chain_id = QBFT_ID if qbft else ANVIL_ID
        self.block_hash: Callable[[Header], bytes] = qbft_block_hash if qbft else Header.hash
        self.header = header_from_json(block, self.block_hash)
        receipts = (QBFT_RECEIPTS if qbft else ANVIL_FILE["receipts"])[number]
        self.json: dict[str, Any] = copy.deepcopy(
            {"transactions": block["transactions"], "receipts": receipts}
        )

    def verify(self) -> Any:
        lists = self.json["transactions"], self.json["receipts"]
        return verify_body(self.header, *lists, self.chain_id, self.block_hash, Place(None, "body"))

    def refused(self) -> AuditRefusal:
        with pytest.raises(AuditRefusal) as refused:
            self.verify()
        assert refused.value.block == self.header.number
        return refused.value


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value in nested JSON that is not itself a list or object, with its path."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def put(target: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value


def changed(value: Any) -> Any:
    """Another value that is written as well as this one."""
    if value is None:
        return "0x" + "11" * 20
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return (
        "0x00"
        if value == "0x"
        else value[:-1] + ("0" if value[-1] != "0" and len(value) > 3 else "1" if value[-1] != "1" else "2")
    )
