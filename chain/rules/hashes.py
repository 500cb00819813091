"""Ids and hashes that contracts, services and auditors compute alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.rules.canonical import canonical
from chain.types import Setup, Terms

__all__ = [
    "SETUP_TYPE", "TERMS_TYPE", "document_entry", "documents_hash", "lifted", "member_id", "record_id", "setup_hash", "tender_id",
    "terms_hash",
]  # fmt: skip

SETUP_TYPE = "((uint128,uint128)[],(bytes8,uint16,uint16)[],address[])"
"""ABI type of struct Setup (Procurement.sol)."""

TERMS_TYPE = (
    "(bytes16,uint16,bytes3,uint8,uint40,bytes32,bytes32,bytes32,bytes32,uint16,uint16,uint16,"
    + SETUP_TYPE
    + ")"
)
"""ABI type of struct Terms (Procurement.sol)."""

_RECORD = keccak(b"licita/record/v1")


def member_id(org_id: str) -> bytes:
    """keccak256 of the org-id ``{scheme}-{id}``: the id of a member, and of a supplier that is a firm; 32 bytes."""
    return bytes(keccak(org_id.encode()))


def tender_id(number: int) -> bytes:
    """A tender's number as the contracts key it, 32 bytes."""
    return number.to_bytes(32, "big")


def lifted(address: str) -> bytes:
    """An address as the actor of a record where it has no organisation: left-padded to 32 bytes."""
    return bytes(12) + bytes.fromhex(address[2:])


def record_id(chain_id: int, actor: bytes, idempotency_key: str) -> bytes:
    """The contract's name for an act: a repeated key meets what it made, even after a lost
    database. ``actor`` is the member's id, or a lifted address."""
    types = ("bytes32", "uint256", "bytes32", "bytes32")
    return bytes(keccak(encode(types, (_RECORD, chain_id, actor, keccak(idempotency_key.encode())))))


def terms_hash(terms: Terms, json_bytes: bytes) -> bytes:
    """sha256(abi.encode(Terms) || sha256(json)), 32 bytes."""
    json_hash = hashlib.sha256(json_bytes).digest()
    return hashlib.sha256(encode((TERMS_TYPE,), (terms.as_tuple(),)) + json_hash).digest()


def setup_hash(setup: Setup) -> bytes:
    """keccak256(abi.encode(Setup)), 32 bytes: the contract stores it to check what later calls pass again."""
    return bytes(keccak(encode((SETUP_TYPE,), (setup.as_tuple(),))))


def document_entry(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of an OCDS tender -> its entry in the list that is hashed: ``id``, ``sha256`` (hex), ``bytes``, ``type``.

    sha256 is the one in ``integrity``, ``type`` the ``format``; what the document does not say is null.
    """
    hashes = [entry["id"] for entry in document.get("integrity", ()) if entry["scheme"] == "sha256"]
    return {
        "id": document["id"],
        "sha256": hashes[0] if hashes else None,
        "bytes": document.get("bytes"),
        "type": document.get("format"),
    }


def documents_hash(documents: Sequence[Mapping[str, Any]]) -> bytes:
    """sha256 of the canonical list of documents, in their order; of none it is sha256("[]"); 32 bytes."""
    return hashlib.sha256(canonical([document_entry(document) for document in documents])).digest()
