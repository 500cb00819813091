"""Ids and hashes that contracts, services and auditors compute alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.rules.canonical import canonical
from chain.types import AgreementChange, Setup, Terms, padded

__all__ = [
    "SETUP_TYPE", "TERMS_TYPE", "act_hash", "asker_tag", "change_hash", "document_entry", "documents_hash", "encoded_setup",
    "encoded_terms", "lifted", "member_id", "page_hash", "record_id", "scores_commitment", "setup_hash", "tender_id",
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


def asker_tag(chain_id: int, board: str, number: int, supplier: bytes, salt: bytes) -> bytes:
    """What a desk's question carries of who asked it, 32 bytes; ``board``: address of TenderBoard, ``salt``: 32 random bytes, without
    which nobody can tell for which supplier it stands."""
    types = ("string", "uint256", "address", "bytes32", "bytes32", "bytes32")
    return bytes(keccak(encode(types, ("licita/asker", chain_id, board, tender_id(number), supplier, salt))))


def act_hash(chain_id: int, contract: str, data: bytes) -> bytes:
    """A call as FourEyes keys it, 32 bytes; ``contract``: address of the one that is called, ``data``: its calldata."""
    return bytes(keccak(encode(("uint256", "address", "bytes32"), (chain_id, contract, keccak(data)))))


def change_hash(change: AgreementChange) -> bytes:
    """keccak256(abi.encode(AgreementChange)), 32 bytes: what names the change that waits to who signs or drops it."""
    return bytes(keccak(encode(("uint8", "uint128", "uint32", "bytes32"), change.as_tuple())))


def page_hash(words: Sequence[int]) -> bytes:
    """keccak256 of an evaluator's words of a page of bids, 32 bytes."""
    return bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words)))


def scores_commitment(
    chain_id: int,
    desk: str,
    number: int,
    round: int,
    evaluator: str,
    page_hashes: Sequence[bytes],
    salt: bytes,
) -> bytes:
    """What an evaluator commits to before it reveals its scores, 32 bytes; ``desk``: address of EvaluationDesk, ``page_hashes``: of all
    pages, ``salt``: 32 random bytes, without which the scores could be guessed."""
    types = ("uint256", "address", "bytes32", "uint16", "address", "bytes32[]", "bytes32")
    values = (chain_id, desk, tender_id(number), round, evaluator, list(page_hashes), salt)
    return bytes(keccak(encode(types, values)))


def terms_hash(terms: Terms, json_bytes: bytes) -> bytes:
    """sha256(abi.encode(Terms) || sha256(json)), 32 bytes."""
    json_hash = hashlib.sha256(json_bytes).digest()
    return hashlib.sha256(encoded_terms(terms) + json_hash).digest()


def setup_hash(setup: Setup) -> bytes:
    """keccak256(abi.encode(Setup)), 32 bytes: the contract stores it to check what later calls pass again."""
    return bytes(keccak(encoded_setup(setup)))


def encoded_terms(terms: Terms) -> bytes:
    """abi.encode(Terms). Raises eth_abi's EncodingError where a value does not fit its type."""
    try:
        return _START + _terms_body(terms)
    except _UNUSUAL:
        return bytes(encode((TERMS_TYPE,), (terms.as_tuple(),)))


def encoded_setup(setup: Setup) -> bytes:
    """abi.encode(Setup). Raises eth_abi's EncodingError where a value does not fit its type."""
    try:
        return _START + _setup_body(setup)
    except _UNUSUAL:
        return bytes(encode((SETUP_TYPE,), (setup.as_tuple(),)))


# Both are encoded for every event of a tender, which eth_abi's general walk makes the dearest part of following a chain. What is
# not of the exact types and sizes below is left to eth_abi, which encodes or refuses it.
_UNUSUAL = (AttributeError, OverflowError, TypeError, ValueError)
_START = (32).to_bytes(32, "big")  # where the only argument begins
_TERMS_HEAD = (13 * 32).to_bytes(32, "big")  # where Setup begins behind the words of Terms
_SETUP_HEAD = 3 * 32


def _terms_body(terms: Terms) -> bytes:
    return b"".join((
        _fixed(padded(terms.procedure, 16), 16), _uint(terms.procedure_version, 2), _fixed(padded(terms.currency, 3), 3),
        _uint(terms.exponent, 1), _uint(terms.deadline, 5), _fixed(terms.keyset_id, 32), _fixed(terms.review_body, 32),
        _fixed(terms.plan_ref, 32), _fixed(terms.documents_hash, 32), _uint(terms.items, 2), _uint(terms.documents, 2),
        _uint(terms.price_weight_bps, 2), _TERMS_HEAD, _setup_body(terms.setup),
    ))  # fmt: skip


def _setup_body(setup: Setup) -> bytes:
    lots = [_uint(lot.ceiling, 16) + _uint(lot.market_mean, 16) for lot in setup.lots]
    criteria = [
        _fixed(padded(each.id, 8), 8) + _uint(each.weight_bps, 2) + _uint(each.max_points, 2)
        for each in setup.criteria
    ]
    arrays = [_array(lots), _array(criteria), _array([_address(account) for account in setup.panel])]
    second = _SETUP_HEAD + len(arrays[0])
    heads = [_uint(place, 32) for place in (_SETUP_HEAD, second, second + len(arrays[1]))]
    return b"".join(heads + arrays)


def _array(items: Sequence[bytes]) -> bytes:
    return _uint(len(items), 32) + b"".join(items)


def _uint(value: int, size: int) -> bytes:
    """A uint of ``size`` bytes as a word."""
    if type(value) is not int:
        raise TypeError(value)
    return bytes(32 - size) + value.to_bytes(size, "big")


def _fixed(value: bytes, size: int) -> bytes:
    """Fixed bytes as a word."""
    if type(value) is not bytes or len(value) != size:
        raise ValueError(value)
    return value + bytes(32 - size)


@lru_cache(maxsize=1024)
def _address(account: str) -> bytes:
    return bytes(encode(("address",), (account,)))


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
