"""Code and storage at the head of a node, with the proofs that its state root needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.audit.place import NOWHERE, Fields, data
from chain.audit.reading import RpcLike, head_of
from chain.errors.nodes import RpcError

__all__ = ["PROOF_FIELDS", "Asked", "Found", "state_at_head"]

PROOF_FIELDS = ("accountProof", "address", "balance", "codeHash", "nonce", "storageHash", "storageProof")

_TURNS = 10  # in which a block may come in while a node with one state alone is asked

Asked = Mapping[str, tuple[bytes, Sequence[int]]]
"""A name of the asker's -> an address and slots in its storage."""


@dataclass(frozen=True)
class Found:
    """``proof``: the JSON of ``eth_getProof``, slots in rising order with keys of 32 bytes; nothing in it is checked yet."""

    code: bytes
    proof: dict[str, Any]


async def state_at_head(rpc: RpcLike, asked: Asked, block: int | None = None) -> tuple[int, dict[str, Found]]:
    """The number of the head, and what its state holds at these addresses. ``block``: the head as the caller knows it, which is taken as
    long as the node has its state; else it is the head of now, never an older one: of that the caller asked nothing, and would compare
    nothing. Some nodes have no older state, so that a block may come in between.

    Raises AuditRefusal where an answer has not the form of a proof, ChainUnreachable, RpcError.
    """
    wanted = [
        (data(address), [data(slot.to_bytes(32, "big")) for slot in slots])
        for address, slots in asked.values()
    ]
    for turn in range(_TURNS):
        number = block if turn == 0 and block is not None else max(await head_of(rpc), block or 0)
        calls: list[tuple[str, Sequence[Any]]] = []
        for address, keys in wanted:
            calls += [("eth_getProof", (address, keys, hex(number))), ("eth_getCode", (address, hex(number)))]
        found = await rpc.batch(calls)
        if not any(answer is None or isinstance(answer, RpcError) for answer in found):
            break
    for answer in found:
        if isinstance(answer, RpcError):
            raise answer
    place = NOWHERE.at("latest")
    state = {}
    for name, proof, code in zip(asked, found[::2], found[1::2], strict=True):
        here = Fields({"code": code}, "account", place.at(name))
        state[name] = Found(here.data("code"), _proof(Fields(proof, "account", place.at(name))))
    return number, state


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
