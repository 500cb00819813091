"""The contracts' ABI and storage layout in words, to compare with what is checked in.

    python -m tests.contracts.snapshot     writes snapshots/abi.json and snapshots/storage.json

Run it after a change that is meant, and commit both: a difference that nobody meant breaks the clients or the stored data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chain.artifacts import artifact
from tests.contracts.world import CONTRACTS, abi_type

FOLDER = Path(__file__).resolve().parent / "snapshots"


def abi() -> dict[str, list[str]]:
    """Contract -> its entries as lines, sorted."""
    return {contract: sorted(map(_line, artifact(contract).abi)) for contract in CONTRACTS}


def _line(entry: dict[str, Any]) -> str:
    if entry["type"] == "constructor":
        return f"constructor({_named(entry['inputs'])})"
    if entry["type"] in ("receive", "fallback"):
        return f"{entry['type']}() payable"
    head = f"{entry['type']} {entry['name']}({_named(entry['inputs'])})"
    if entry["type"] != "function":
        return head
    answer = f" returns ({_named(entry['outputs'])})" if entry["outputs"] else ""
    # pure or view makes no difference to a caller
    change = {"nonpayable": "", "payable": " payable"}.get(entry["stateMutability"], " view")
    return f"{head}{change}{answer}"


def _named(parameters: list[dict[str, Any]]) -> str:
    words = ((abi_type(each), "indexed" if each.get("indexed") else "", each["name"]) for each in parameters)
    return ", ".join(" ".join(part for part in parts if part) for parts in words)


def storage() -> dict[str, list[str]]:
    """Contract -> ``slot.offset type name`` of each variable, and of each struct that is stored."""
    return {contract: _layout(artifact(contract).storage_layout) for contract in CONTRACTS}


def _layout(layout: dict[str, Any]) -> list[str]:
    types = layout["types"] or {}
    lines = [_place(each, types) for each in layout["storage"]]
    structs = sorted((kind["label"], kind["members"]) for kind in types.values() if "members" in kind)
    return lines + [f"{name}: {_place(each, types)}" for name, members in structs for each in members]


def _place(variable: dict[str, Any], types: dict[str, Any]) -> str:
    return f"{variable['slot']}.{variable['offset']} {types[variable['type']]['label']} {variable['label']}"


def write() -> None:
    """Writes both files."""
    FOLDER.mkdir(exist_ok=True)
    for name, found in (("abi", abi()), ("storage", storage())):
        (FOLDER / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
