"""Code and storage at the head of a node, with the proofs that its state root needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.audit.place import NOWHERE, Fields, data
from chain.audit.reading import RpcLike, answers

__all__ = ["PROOF_FIELDS", "Asked", "Found", "state_at_head"]

PROOF_FIELDS = ("accountProof", "address", "balance", "codeHash", "nonce", "storageHash", "storageProof")

Asked = Mapping[str, tuple[bytes, Sequence[int]]]
"""A name of the asker's -> an address and slots in its storage."""


@dataclass(frozen=True)
class Found:
    """``proof``: the JSON of ``eth_getProof``, slots in rising order with keys of 32 bytes; nothing in it is checked yet."""

    code: bytes
    proof: dict[str, Any]


async def state_at_head(rpc: RpcLike, asked: Asked) -> tuple[int, dict[str, Found]]:
    """The number of the head, and what its state holds at these addresses: all of one block, asked again while blocks come in.

    Raises AuditRefusal where an answer has not the form of a proof, ChainUnreachable, RpcError.
    """
    head: tuple[str, Sequence[Any]] = ("eth_getBlockByNumber", ("latest", False))
    calls: list[tuple[str, Sequence[Any]]] = []
    for address, slots in asked.values():
        keys = [data(slot.to_bytes(32, "big")) for slot in slots]
        calls += [
            ("eth_getProof", (data(address), keys, "latest")),
            ("eth_getCode", (data(address), "latest")),
        ]
    while True:
        before, *found, after = await answers(rpc, [head, *calls, head])
        if before == after:
            break
    place = NOWHERE.at("latest")
    state = {}
    for name, proof, code in zip(asked, found[::2], found[1::2], strict=True):
        here = Fields({"code": code}, "account", place.at(name))
        state[name] = Found(here.data("code"), _proof(Fields(proof, "account", place.at(name))))
    return Fields(before, "header", place).quantity("number"), state


def _proof(proof: Fields) -> dict[str, Any]:
    kept = {name: proof.value(name) for name in PROOF_FIELDS}
    slots: dict[int, Fields] = {}
    for item in proof.items("storageProof"):
        stored = Fields(item, "storage", proof.place.at("storageProof"))
        key = str(stored.value("key"))
        slots[
            int.from_bytes(stored.data("key", 32), "big") if len(key) == 66 else stored.quantity("key", 256)
        ] = stored
    kept["storageProof"] = [
        {
            "key": data(slot.to_bytes(32, "big")),
            "proof": stored.value("proof"),
            "value": stored.value("value"),
        }
        for slot, stored in sorted(slots.items())
    ]
    return kept
