"""The hexary Merkle Patricia trie: ordered tries of a block's items, proofs in them, and proofs of an account's state.

Source: Ethereum Yellow Paper, appendix D. A node is a list of 17 items (branch) or 2 (leaf, extension, told apart by the
hex-prefix of its path); a parent holds its child's keccak hash, or the child itself where that is shorter than 32 bytes.
Keys of an ordered trie are rlp(index), keys of a state trie keccak(address) and keccak(slot).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from eth_hash.auto import keccak

from chain import rlp
from chain.audit.place import NOWHERE, Fields, Place
from chain.errors.audit import RlpInvalid

__all__ = [
    "EMPTY_CODE",
    "EMPTY_ROOT",
    "Account",
    "ordered_root",
    "prove",
    "verify_account",
    "verify_proof",
]

EMPTY_ROOT = keccak(rlp.encode(b""))
EMPTY_CODE = keccak(b"")

_HASH = 32  # bytes; encodings shorter than this stand in their parent instead of their hash
_Pairs = list[tuple[bytes, bytes]]  # (one nibble a byte, value), sorted; no key is the beginning of another


@dataclass(frozen=True, slots=True)
class Account:
    """What a state root says of one address; an address never used has all zero and the two empty hashes."""

    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes
    storage: dict[int, int]


def ordered_root(items: Sequence[bytes]) -> bytes:
    """The root of the trie rlp(i) -> items[i]: transactionsRoot and receiptsRoot."""
    return _build(items)[0]


def prove(items: Sequence[bytes], index: int) -> list[bytes]:
    """The encoded nodes from the root to ``items[index]``; nodes inside their parent are not listed again."""
    root, nodes = _build(items)
    proof: list[bytes] = []

    def known(reference: bytes) -> bytes:
        proof.append(nodes[reference])
        return nodes[reference]

    _walk(root, _nibbles(rlp.encode(rlp.encode_int(index))), known, NOWHERE)
    return proof


def verify_proof(root: bytes, index: int, proof: Sequence[bytes], place: Place = NOWHERE) -> bytes:
    """The value at ``index`` of the ordered trie with this root, proved.

    Raises ``AuditRefusal`` with rule ``trie-proof:`` short, unused, hash, node, inline or absent.
    """
    value = _proved(root, rlp.encode(rlp.encode_int(index)), proof, place)
    if value is None:
        raise place.refusal("trie-proof:absent", f"an item at index {index}", None)
    return value


def verify_account(
    root: bytes, address: bytes, slots: Sequence[int], proof: object, place: Place = NOWHERE
) -> Account:
    """The account at ``address`` with the values of ``slots`` under a verified state root, from the JSON of ``eth_getProof``.

    Storage proofs are matched by key, since Besu sorts them and sends none for an absent account. Raises ``AuditRefusal`` with
    rule ``trie-proof:...`` or ``account-field:...``, also for a slot that was not asked for, or twice.
    """
    fields = Fields(proof, "account", place)
    fields.same("address", address)
    leaf = _proved(root, keccak(address), fields.data_list("accountProof"), place.at("accountProof"))
    account = _account(leaf, place.at("accountProof"))
    fields.same("nonce", account.nonce)
    fields.same("balance", account.balance)
    fields.same("storageHash", account.storage_root)
    fields.same("codeHash", account.code_hash)
    wanted = set(slots)
    for i, entry in enumerate(fields.items("storageProof")):
        slot, value = _slot(account.storage_root, entry, place.at("storageProof", i))
        if slot not in wanted or slot in account.storage:
            raise place.at("storageProof", i).refusal(
                "account-field:storageProof", "each asked slot once", slot
            )
        account.storage[slot] = value
    for slot in wanted - account.storage.keys():
        if leaf is not None:
            raise fields.refusal("storageProof", slot, None)
        account.storage[slot] = 0
    return account


def _account(leaf: bytes | None, place: Place) -> Account:
    """The account that a leaf of the state trie holds."""
    if leaf is None:
        return Account(0, 0, EMPTY_ROOT, EMPTY_CODE, {})
    item = _decoded(leaf, place)
    if isinstance(item, list) and len(item) == 4:
        nonce, balance, storage_root, code_hash = item
        if isinstance(storage_root, bytes) and isinstance(code_hash, bytes):
            return Account(_int(nonce, place), _int(balance, place), storage_root, code_hash, {})
    raise place.refusal("trie-proof:node", "an account of 4 fields", leaf)


def _slot(storage_root: bytes, entry: object, place: Place) -> tuple[int, int]:
    """The slot that an element of ``storageProof`` is about, and its proved value."""
    fields = Fields(entry, "storage", place)
    padded = (
        len(str(fields.value("key"))) == 2 + 2 * _HASH
    )  # Besu writes slot 0 as 0x0 and others as 32 bytes
    slot = int.from_bytes(fields.data("key", _HASH), "big") if padded else fields.quantity("key", 256)
    leaf = _proved(
        storage_root, keccak(slot.to_bytes(_HASH, "big")), fields.data_list("proof"), place.at("proof")
    )
    value = 0 if leaf is None else _int(_decoded(leaf, place), place)
    fields.same("value", value)
    return slot, value


def _proved(root: bytes, key: bytes, proof: Sequence[bytes], place: Place) -> bytes | None:
    """The value of ``key``, or None where the proof shows that there is none."""
    if root == EMPTY_ROOT and not proof:  # Besu and geth; anvil lists the one empty node
        return None
    used = 0

    def listed(reference: bytes) -> bytes:
        nonlocal used
        if used == len(proof):
            raise place.refusal("trie-proof:short", f"a node with hash 0x{reference.hex()}", None)
        node = proof[used]
        if keccak(node) != reference:
            raise place.at(used).refusal("trie-proof:hash", reference, keccak(node))
        if used and len(node) < _HASH:
            raise place.at(used).refusal("trie-proof:inline", "a node of 32 bytes or more", node)
        used += 1
        return node

    value = _walk(root, _nibbles(key), listed, place)
    if used != len(proof):
        raise place.at(used).refusal("trie-proof:unused", f"{used} nodes", f"{len(proof)} nodes")
    return value


def _walk(root: bytes, path: bytes, fetch: Callable[[bytes], bytes], place: Place) -> bytes | None:
    """Follow the nibbles of ``path`` from ``root``; ``fetch`` gives the encoded node that has a hash."""
    reference: rlp.Item = root
    while True:
        node = _node(reference, fetch, place)
        if not node:
            return None
        if len(node) == 17:
            if not path:
                return _bytes(node[16], place) or None
            reference, path = node[path[0]], path[1:]
            continue
        leaf, shared = _unpacked(_bytes(node[0], place), place)
        if leaf:
            return _bytes(node[1], place) if shared == path else None
        if not path.startswith(shared):
            return None
        reference, path = node[1], path[len(shared) :]


def _node(reference: rlp.Item, fetch: Callable[[bytes], bytes], place: Place) -> list[rlp.Item]:
    """The node behind a reference; the empty list where there is none."""
    node = reference
    if isinstance(reference, bytes):
        if reference and len(reference) != _HASH:
            raise place.refusal("trie-proof:node", "a reference of 0 or 32 bytes", reference)
        node = _decoded(fetch(reference), place) if reference else b""
        if node == b"":
            return []
    elif len(rlp.encode(reference)) >= _HASH:
        raise place.refusal("trie-proof:inline", "a node of less than 32 bytes", rlp.encode(reference))
    if not isinstance(node, list) or len(node) not in (2, 17):
        raise place.refusal("trie-proof:node", "a list of 2 or 17 items", rlp.encode(node))
    return node


def _decoded(data: bytes, place: Place) -> rlp.Item:
    try:
        return rlp.decode(data)
    except RlpInvalid as error:
        raise place.refusal(
            "trie-proof:node", "canonical RLP", f"{error.rule} at byte {error.offset}"
        ) from error


def _bytes(item: rlp.Item, place: Place) -> bytes:
    if not isinstance(item, bytes):
        raise place.refusal("trie-proof:node", "bytes", item)
    return item


def _int(item: rlp.Item, place: Place) -> int:
    try:
        return rlp.decode_int(_bytes(item, place))
    except RlpInvalid as error:
        raise place.refusal("trie-proof:node", "an integer without leading zero", item) from error


def _nibbles(key: bytes) -> bytes:
    """Each half byte as a byte of its own."""
    return bytes(nibble for byte in key for nibble in (byte >> 4, byte & 15))


def _packed(nibbles: bytes, leaf: bool) -> bytes:
    """The hex-prefix form: a flag nibble (2 leaf, 1 odd length), a zero where the length is even, the nibbles."""
    odd = len(nibbles) % 2
    full = bytes((2 * leaf + odd, *([] if odd else [0]))) + nibbles
    return bytes(high << 4 | low for high, low in zip(full[::2], full[1::2], strict=True))


def _unpacked(packed: bytes, place: Place) -> tuple[bool, bytes]:
    """Is it a leaf, and its nibbles; only the one form ``_packed`` writes is read."""
    full = _nibbles(packed)
    leaf = bool(full) and full[0] in (2, 3)
    nibbles = full[1:] if full and full[0] % 2 else full[2:]
    if packed != _packed(nibbles, leaf) or not (leaf or nibbles):
        raise place.refusal("trie-proof:node", "a hex-prefix path", packed)
    return leaf, nibbles


def _build(items: Sequence[bytes]) -> tuple[bytes, dict[bytes, bytes]]:
    """The root of an ordered trie and its encoded nodes by hash."""
    if not items:
        return EMPTY_ROOT, {EMPTY_ROOT: rlp.encode(b"")}
    nodes: dict[bytes, bytes] = {}
    pairs = sorted((_nibbles(rlp.encode(rlp.encode_int(i))), item) for i, item in enumerate(items))
    top = rlp.encode(_structure(pairs, 0, nodes))
    root = keccak(top)
    nodes[root] = top
    return root, nodes


def _structure(pairs: _Pairs, at: int, nodes: dict[bytes, bytes]) -> list[rlp.Item]:
    """The node over ``pairs``, whose keys are equal before nibble ``at``; hashed descendants are added to ``nodes``."""
    first, last = pairs[0][0], pairs[-1][0]
    if len(pairs) == 1:
        return [_packed(first[at:], leaf=True), pairs[0][1]]
    fork = at
    while first[fork] == last[fork]:
        fork += 1
    if fork > at:
        return [_packed(first[at:fork], leaf=False), _reference(pairs, fork, nodes)]
    branch: list[rlp.Item] = [b""] * 17
    for nibble, group in groupby(pairs, key=lambda pair: pair[0][at]):
        branch[nibble] = _reference(list(group), at + 1, nodes)
    return branch


def _reference(pairs: _Pairs, at: int, nodes: dict[bytes, bytes]) -> rlp.Item:
    """What a parent writes for the node over ``pairs``."""
    node = _structure(pairs, at, nodes)
    encoded = rlp.encode(node)
    if len(encoded) < _HASH:
        return node
    nodes[keccak(encoded)] = encoded
    return keccak(encoded)
