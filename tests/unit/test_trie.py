"""chain/audit/trie.py: ordered tries beside the independent package `trie`, and account proofs of recorded chains."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import rlp as rlp_oracle
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st
from trie import HexaryTrie

from chain import rlp
from chain.audit import EMPTY_ROOT, header_from_json, prove, qbft_block_hash, verify_account, verify_proof
from chain.audit.trie import EMPTY_CODE, ordered_root
from chain.errors.audit import AuditRefusal
from tests.recorded import ANVIL, ANVIL_PROOFS, QBFT, QBFT_PROOFS, changed, leaves, put

pytestmark = pytest.mark.unit


def node_root(items: list[bytes]) -> bytes:
    """The root by the independent package `trie`."""
    trie = HexaryTrie({})
    for i, item in enumerate(items):
        trie[rlp_oracle.encode(i)] = item
    return bytes(trie.root_hash)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=300))
def test_ordered_root__any_items__is_the_oracles(items: list[bytes]) -> None:
    assert ordered_root(items) == node_root(items)


@pytest.mark.parametrize("size", [1, 60])
@pytest.mark.parametrize("count", [1, 2, 16, 17, 127, 128, 129, 300])
def test_verify_proof__every_index__gives_its_item(count: int, size: int) -> None:
    items = [bytes([i % 256]) * size for i in range(count)]
    root = ordered_root(items)
    for i, item in enumerate(items):
        assert verify_proof(root, i, prove(items, i)) == item


def test_verify_proof__index_without_item__is_refused_as_absent() -> None:
    items = [bytes([i]) * 40 for i in range(5)]
    for root, proof in ((ordered_root(items), prove(items, 9)), (EMPTY_ROOT, [])):
        with pytest.raises(AuditRefusal) as refused:
            verify_proof(root, 9, proof)
        assert refused.value.rule == "trie-proof:absent"


@given(st.data())
def test_verify_proof__nodes_edited__is_refused(data: st.DataObject) -> None:
    items = data.draw(st.lists(st.binary(min_size=1, max_size=50), min_size=2, max_size=140))
    index = data.draw(st.integers(0, len(items) - 1))
    root, proof = ordered_root(items), prove(items, index)
    other = bytearray(proof[data.draw(st.integers(0, len(proof) - 1))])
    place = proof.index(bytes(other))
    other[data.draw(st.integers(0, len(other) - 1))] ^= data.draw(st.integers(1, 255))
    edited = [*proof[:place], bytes(other), *proof[place + 1 :]]
    for bad, rules in (
        (edited, {"trie-proof:hash"}),
        (proof[:-1], {"trie-proof:short"}),
        ([*proof, proof[-1]], {"trie-proof:unused"}),
        ([proof[-1], *proof], {"trie-proof:hash", "trie-proof:unused"}),
    ):
        with pytest.raises(AuditRefusal) as refused:
            verify_proof(root, index, bad)
        assert refused.value.rule in rules


def one_node(node: rlp.Encodable) -> tuple[bytes, list[bytes]]:
    """A root over a single made-up node, and its proof for index 0 (nibbles 8, 0)."""
    encoded = node if isinstance(node, bytes) else rlp.encode(node)
    return keccak(encoded), [encoded]


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        ([b"\x20\x80", b"v", b""], "node"),
        (b"\x81\x01", "node"),
        (rlp.encode(b"v" * 40), "node"),
        ([b"", b"v"], "node"),
        ([b"\x40\x80", b"v"], "node"),
        ([b"\x21\x80", b"v"], "node"),
        ([b"\x00", b"\x11" * 32], "node"),
        ([[b"\x20"], b"v"], "node"),
        ([b"\x00\x80", b"short reference"], "node"),
        ([b"\x20\x80", [b"v"]], "node"),
        ([b"\x18", [*[[b"\x20", b"v" * 33]] * 16, b""]], "inline"),
        ([b"\x18", [b"\x31", b"v"]], "absent"),
        ([b"\x20\x81", b"v"], "absent"),
        ([b"\x00\x80", b""], "absent"),
    ],
)  # fmt: skip
def test_verify_proof__node_no_trie_has__is_refused(node: rlp.Encodable, rule: str) -> None:
    root, proof = one_node(node)
    with pytest.raises(AuditRefusal) as refused:
        verify_proof(root, 0, proof)
    assert refused.value.rule == f"trie-proof:{rule}"


def test_verify_proof__node_inside_its_parent_sent_by_hash__is_refused() -> None:
    child = rlp.encode([b"\x30", b"v"])
    root, proof = one_node([b"\x18", keccak(child)])
    with pytest.raises(AuditRefusal) as refused:
        verify_proof(root, 0, [*proof, child])
    assert refused.value.rule == "trie-proof:inline"


def asked(entry: dict[str, Any]) -> tuple[bytes, list[int]]:
    return bytes.fromhex(entry["address"][2:]), [int(slot, 16) for slot in entry["slots"]]


def qbft_root(entry: dict[str, Any]) -> bytes:
    return header_from_json(QBFT[entry["block"]], qbft_block_hash).state_root


def test_verify_account__every_recorded_qbft_proof__is_proved() -> None:
    accounts = [verify_account(qbft_root(entry), *asked(entry), entry["proof"]) for entry in QBFT_PROOFS]
    assert all(
        len(account.storage) == len(entry["slots"])
        for account, entry in zip(accounts, QBFT_PROOFS, strict=True)
    )
    unused = [
        a for a, entry in zip(accounts, QBFT_PROOFS, strict=True) if entry["address"].startswith("0xeeee")
    ]
    assert all(
        (a.nonce, a.balance, a.code_hash, a.storage_root) == (0, 0, EMPTY_CODE, EMPTY_ROOT) for a in unused
    )
    assert accounts[-4].nonce == 1
    assert accounts[-4].storage[0] == 2


def test_verify_account__every_recorded_anvil_proof__is_proved() -> None:
    for entry in ANVIL_PROOFS:
        root = header_from_json(ANVIL[entry["block"]]).state_root
        account = verify_account(root, *asked(entry), entry["proof"])
        assert account.balance == int(entry["proof"]["balance"], 16)


def test_verify_account__any_value_changed__is_refused() -> None:
    for entry in (QBFT_PROOFS[12], QBFT_PROOFS[13], QBFT_PROOFS[15], QBFT_PROOFS[8]):
        proof = copy.deepcopy(entry["proof"])
        for path, value in leaves(entry["proof"]):
            put(proof, path, changed(value))
            with pytest.raises(AuditRefusal) as refused:
                verify_account(qbft_root(entry), *asked(entry), proof)
            put(proof, path, value)
            assert refused.value.place.startswith("/".join(map(str, path[:2])))


@pytest.mark.parametrize("bad", [None, True, 7, "", "0xAB", "0x0g", [], {}, [None]])
def test_verify_account__any_value_unreadable__is_refused(bad: Any) -> None:
    entry = QBFT_PROOFS[12]
    proof = copy.deepcopy(entry["proof"])
    for path, value in [
        *leaves(entry["proof"]),
        (("accountProof",), 0),
        (("storageProof",), 0),
        (("storageProof", 1), 0),
    ]:
        kept = value or entry["proof"][path[0]] if len(path) == 1 else value
        kept = entry["proof"]["storageProof"][1] if path == ("storageProof", 1) else kept
        put(proof, path, bad)
        with pytest.raises(AuditRefusal):
            verify_account(qbft_root(entry), *asked(entry), proof)
        put(proof, path, copy.deepcopy(kept))
    for whole in (None, [], "0x", 5):
        with pytest.raises(AuditRefusal):
            verify_account(qbft_root(entry), *asked(entry), whole)


def test_verify_account__slot_left_out_doubled_or_not_asked_for__is_refused() -> None:
    entry = QBFT_PROOFS[12]
    root, (address, slots) = qbft_root(entry), asked(entry)
    for bad in (
        entry["proof"]["storageProof"][1:],
        [*entry["proof"]["storageProof"], entry["proof"]["storageProof"][0]],
    ):
        with pytest.raises(AuditRefusal) as refused:
            verify_account(root, address, slots, {**entry["proof"], "storageProof": bad})
        assert refused.value.rule == "account-field:storageProof"
    with pytest.raises(AuditRefusal) as refused:
        verify_account(root, address, slots[1:], entry["proof"])
    assert refused.value.rule == "account-field:storageProof"


def test_verify_account__short_proof_of_absence__is_refused() -> None:
    entry = QBFT_PROOFS[15]
    proof = {**entry["proof"], "accountProof": entry["proof"]["accountProof"][:-1]}
    with pytest.raises(AuditRefusal) as refused:
        verify_account(qbft_root(entry), *asked(entry), proof)
    assert refused.value.rule == "trie-proof:short"
