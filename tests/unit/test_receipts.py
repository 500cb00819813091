"""Receipts of comments: what holds, what a changed byte does, and how a dropped comment is proved."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.base import LicitaError
from chain.errors.consultation import (
    BatchesMalformed,
    BatchRootDiffers,
    ReceiptMalformed,
    ReceiptNotOnChain,
    ReceiptOtherMember,
    ReceiptOtherNetwork,
    ReceiptOtherProposal,
    ReceiptPathWrong,
    ReceiptRootDiffers,
    ReceiptSignatureWrong,
    ReceiptTextDiffers,
)
from chain.errors.recorder import SignatureWrong
from chain.rules import canonical
from governance.consultation import (
    PROMISE,
    Batcher,
    Batches,
    Known,
    Place,
    Receipt,
    read_anchored,
    read_batches,
    read_receipt,
    verify_receipt,
)
from governance.consultation.receipt import promise_draft
from tests.consulting import DESK, KEY, MEMBER, OPENED, WINDOW, Memory, anchor, chain_of, signed, take

pytestmark = pytest.mark.unit

ANCHORED_AT = OPENED + 1_900
OTHER_KEY = bytes(31) + b"\x08"


@cache
def consulted(size: int = 5) -> tuple[Memory, tuple[Receipt, ...]]:
    """So many comments in one batch, and their completed receipts."""
    memory = Memory()
    batcher = Batcher(DESK, memory, entropy=Counting())
    promises = [take(batcher, f"comment {i}", f"key {i}") for i in range(size)]
    batch = batcher.build(WINDOW, OPENED + 1_800, 0)
    assert batch is not None
    anchor(batcher, batch, ANCHORED_AT)
    found = [batcher.receipt(each.comment.serial) for each in promises]
    return memory, tuple(each for each in found if each is not None)


class Counting:
    """Numbers in place of random bytes."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self, size: int) -> bytes:
        self._next += 1
        return self._next.to_bytes(size, "big")


def completed() -> Receipt:
    return consulted()[1][3]


def promise() -> Receipt:
    return replace(completed(), place=None)


def place() -> Place:
    found = completed().place
    assert found is not None
    return found


def resigned(receipt: Receipt) -> Receipt:
    """With the signature of the operator over what the receipt says now."""
    return replace(signed(promise_draft(receipt)), place=receipt.place)


def published() -> Batches:
    found = Batcher(DESK, consulted()[0]).batches(WINDOW.proposal)
    assert found is not None
    return found


# What holds


def test_verify__completed_with_the_root_from_outside__counted() -> None:
    verdict = verify_receipt(completed(), text=b"comment 3", root=place().anchored.root)
    assert (verdict.word, verdict.is_kept) == ("counted", True)
    assert verdict.to_json()["position"] == 3
    assert "batch 1: place 4 of 5" in " ".join(verdict.lines)


def test_verify__completed_with_the_chains_batches__counted() -> None:
    assert verify_receipt(completed(), chain=chain_of(consulted()[0], ANCHORED_AT)).word == "counted"


def test_verify__completed_alone__consistent_and_says_what_to_compare() -> None:
    verdict = verify_receipt(completed())
    assert verdict.word == "consistent"
    assert any("compare it with batch 1" in line for line in verdict.lines)


def test_verify__promise_before_its_time__promised() -> None:
    assert verify_receipt(promise()).word == "promised"
    assert verify_receipt(promise(), head_time=OPENED + PROMISE).word == "promised"


def test_verify__promise_after_its_time__overdue() -> None:
    verdict = verify_receipt(promise(), head_time=OPENED + PROMISE + 1)
    assert (verdict.word, verdict.is_kept) == ("overdue", False)


def test_verify__promise_and_published_leaves__finds_its_place() -> None:
    chain = chain_of(consulted()[0], ANCHORED_AT)
    assert verify_receipt(promise(), chain=chain, batches=published()).word == "counted"
    assert verify_receipt(promise(), batches=published()).word == "consistent"


def test_verify__anchored_after_its_time__counted_with_a_warning() -> None:
    memory, late = consulted()[0], OPENED + PROMISE + 60
    chain = chain_of(memory, late)
    chain = replace(chain, batches={1: replace(chain.batches[1], anchored_at=late)})
    verdict = verify_receipt(completed(), chain=chain)
    assert verdict.word == "counted"
    assert verdict.report.warnings == ["anchored 60 s later than promised"]


@given(st.data())
def test_verify__any_batch_and_position__counted_as_written_and_read_again(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from((1, 2, 3, 5, 64, 257, 1_000)))
    receipt = consulted(size)[1][data.draw(st.integers(0, size - 1))]
    assert receipt.place is not None
    read = read_receipt(receipt.to_bytes())
    assert read == receipt
    assert verify_receipt(read, root=receipt.place.anchored.root).word == "counted"


def test_signature__checked_by_another_library__is_a_personal_message() -> None:
    receipt = completed()
    message = encode_defunct(receipt.message)
    assert Account.recover_message(message, signature=receipt.signature) == DESK.operator
    assert bytes(Account.sign_message(message, KEY).signature) == receipt.signature


def test_leaf__as_documented__is_canonical_json_of_these_fields() -> None:
    assert completed().comment.leaf == canonical(
        {
            "format": "licita-comment/1",
            "chain_id": 1337,
            "consultation": DESK.consultation,
            "proposal": 7,
            "text_sha256": "0x" + hashlib.sha256(b"comment 3").hexdigest(),
            "received_at": "2027-01-15T08:00:00Z",
            "serial": "00000000000000000000000000000004",
        }
    )


# What is dropped


def dropped() -> Receipt:
    """A promise that the operator signed and never put into a batch."""
    comment = replace(promise().comment, serial="f" * 32)
    return resigned(Receipt(comment, DESK.operator, MEMBER, WINDOW.anchor_by(OPENED)))


def test_verify__all_leaves_until_its_time_and_not_among_them__dropped() -> None:
    chain = chain_of(consulted()[0], OPENED + PROMISE + 1)
    verdict = verify_receipt(dropped(), chain=chain, batches=published())
    assert (verdict.word, verdict.is_kept) == ("dropped", False)


def test_verify__no_batch_at_all_until_its_time__dropped() -> None:
    chain = replace(chain_of(consulted()[0], OPENED + PROMISE + 1), batches={})
    assert verify_receipt(dropped(), chain=chain).word == "dropped"


def test_verify__not_among_the_leaves_before_its_time__promised() -> None:
    chain = chain_of(consulted()[0], OPENED + PROMISE)
    assert verify_receipt(dropped(), chain=chain, batches=published()).word == "promised"


def test_verify__leaves_of_a_batch_withheld__overdue_and_names_the_batch() -> None:
    chain = chain_of(consulted()[0], OPENED + PROMISE + 1)
    chain = replace(chain, batches={**chain.batches, 2: Known(bytes(32), 9, OPENED + PROMISE)})
    verdict = verify_receipt(dropped(), chain=chain, batches=published())
    assert (verdict.word, verdict.report.facts["missing"]) == ("overdue", [2])


def test_verify__batch_anchored_after_its_time__does_not_count_for_it() -> None:
    chain = chain_of(consulted()[0], OPENED + 2 * PROMISE)
    chain = replace(chain, batches={**chain.batches, 2: Known(bytes(32), 9, OPENED + PROMISE + 1)})
    assert verify_receipt(dropped(), chain=chain, batches=published()).word == "dropped"


def test_verify__leaves_that_do_not_make_the_root__refused() -> None:
    ((anchored, leaves),) = published().listed
    chain = chain_of(consulted()[0], OPENED + PROMISE + 1)
    for listed in (leaves[:-1], leaves[::-1]):
        with pytest.raises(BatchRootDiffers) as refused:
            verify_receipt(dropped(), chain=chain, batches=Batches(((anchored, listed),)))
        assert refused.value.batch == 1
        assert refused.value.expected == "0x" + anchored.root.hex()


def test_verify__leaves_of_a_batch_that_the_chain_does_not_hold__refused() -> None:
    chain = replace(chain_of(consulted()[0], OPENED + PROMISE + 1), batches={})
    with pytest.raises(ReceiptNotOnChain):
        verify_receipt(dropped(), chain=chain, batches=published())


# What is refused


def test_verify__another_text__refused() -> None:
    with pytest.raises(ReceiptTextDiffers) as refused:
        verify_receipt(completed(), text=b"comment 3\n")
    assert refused.value.expected == "0x" + completed().comment.text_sha256.hex()


def test_verify__another_root__refused() -> None:
    with pytest.raises(ReceiptRootDiffers) as refused:
        verify_receipt(completed(), root=bytes(32))
    assert (refused.value.batch, refused.value.expected) == (1, "0x" + "00" * 32)


def test_verify__another_root_or_size_on_the_chain__refused() -> None:
    chain = chain_of(consulted()[0], ANCHORED_AT)
    known = chain.batches[1]
    with pytest.raises(ReceiptRootDiffers):
        verify_receipt(completed(), chain=replace(chain, batches={1: replace(known, root=bytes(32))}))
    with pytest.raises(ReceiptPathWrong):
        verify_receipt(completed(), chain=replace(chain, batches={1: replace(known, size=6)}))
    with pytest.raises(ReceiptNotOnChain):
        verify_receipt(completed(), chain=replace(chain, batches={2: known}))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"chain_id": 1}, ReceiptOtherNetwork),
        ({"consultation": DESK.operator}, ReceiptOtherNetwork),
        ({"proposal": 8}, ReceiptOtherProposal),
        ({"member": bytes(32)}, ReceiptOtherMember),
    ],
)
def test_verify__chain_of_something_else__refused(
    changed: dict[str, object], refusal: type[LicitaError]
) -> None:
    chain = replace(chain_of(consulted()[0], ANCHORED_AT), **changed)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        verify_receipt(completed(), chain=chain)
    with pytest.raises(refusal):
        verify_receipt(completed(), batches=Batches(((replace(place().anchored, **changed), ()),)))  # type: ignore[arg-type]


def test_verify__signed_by_another_key__refused() -> None:
    draft = promise_draft(replace(promise(), operator=DESK.operator))
    with pytest.raises(SignatureWrong):
        signed(draft, OTHER_KEY)
    forged = Account.sign_message(encode_defunct(promise().message), OTHER_KEY).signature
    with pytest.raises(ReceiptSignatureWrong) as refused:
        verify_receipt(replace(promise(), signature=bytes(forged)))
    assert (refused.value.what, refused.value.operator) == ("promise", DESK.operator)
    assert refused.value.found == Account.from_key(OTHER_KEY).address


def test_verify__batch_signed_by_another_key__refused() -> None:
    anchored = place().anchored
    forged = bytes(Account.sign_message(encode_defunct(anchored.message), OTHER_KEY).signature)
    with pytest.raises(ReceiptSignatureWrong) as refused:
        verify_receipt(
            replace(completed(), place=replace(place(), anchored=replace(anchored, signature=forged)))
        )
    assert refused.value.what == "batch"


@pytest.mark.parametrize(
    "change",
    [
        {"position": 2},
        {"position": 5},
        {"path": ()},
        {"path": (bytes(32),) * 3},
    ],
)
def test_verify__another_place_in_the_batch__refused(change: dict[str, object]) -> None:
    with pytest.raises(ReceiptPathWrong) as refused:
        verify_receipt(replace(completed(), place=replace(place(), **change)))  # type: ignore[arg-type]
    assert (refused.value.batch, refused.value.size) == (1, 5)


@pytest.mark.parametrize(
    "change", [{"batch": 2}, {"size": 6}, {"block": 1}, {"transaction": "0x" + "cd" * 32}, {"anchored_at": 1}]
)
def test_verify__anything_of_the_batch_changed__refused(change: dict[str, object]) -> None:
    anchored = replace(place().anchored, **change)  # type: ignore[arg-type]
    with pytest.raises(ReceiptSignatureWrong):
        verify_receipt(replace(completed(), place=replace(place(), anchored=anchored)))


@given(st.data(), st.booleans())
def test_receipt__any_byte_changed__refused_by_name(data: st.DataObject, whole: bool) -> None:
    file = (completed() if whole else promise()).to_bytes().removesuffix(b"\n")
    at = data.draw(st.integers(0, len(file) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != file[at]))
    changed = file[:at] + bytes([byte]) + file[at + 1 :]
    with pytest.raises((ReceiptMalformed, ReceiptSignatureWrong, ReceiptPathWrong)):
        verify_receipt(read_receipt(changed))


@given(st.data())
def test_receipt__bytes_taken_out_or_put_in__refused_by_name(data: st.DataObject) -> None:
    file = completed().to_bytes().removesuffix(b"\n")
    at, end = sorted(data.draw(st.lists(st.integers(0, len(file)), min_size=2, max_size=2, unique=True)))
    more = data.draw(st.binary(min_size=1, max_size=8).filter(lambda value: value != b"\n"))
    for changed in (file[:at] + file[end:], file[:at] + more + file[at:]):
        with pytest.raises((ReceiptMalformed, ReceiptSignatureWrong, ReceiptPathWrong)):
            verify_receipt(read_receipt(changed))


@given(st.binary(max_size=64))
def test_read__any_bytes__refused_by_name(data: bytes) -> None:
    for read, refusal in ((read_receipt, ReceiptMalformed), (read_batches, BatchesMalformed)):
        with pytest.raises(refusal):
            read(data)


@pytest.mark.parametrize(
    ("change", "rule", "place"),
    [
        ({"format": "licita-receipt/2"}, "format", "/format"),
        ({"operator": DESK.operator.lower()}, "form", "/operator"),
        ({"member": "0x00"}, "form", "/member"),
        ({"anchor_by": "2027-01-15T10:00:00Z"}, "time", "/anchor_by"),
        ({"anchor_by": "2027-02-30T10:00:00Z"}, "form", "/anchor_by"),
        ({"anchor_by": "1969-12-31T23:59:59Z"}, "form", "/anchor_by"),
        ({"comment": None}, "type", "/comment"),
        ({"comment": {}}, "field", "/comment/chain_id"),
        ({"place": None}, "type", "/place"),
        ({"more": 1}, "field", "/more"),
    ],
)
def test_read__a_field_of_another_form__says_rule_and_place(
    change: dict[str, object], rule: str, place: str
) -> None:
    with pytest.raises(ReceiptMalformed) as refused:
        read_receipt(canonical({**promise().to_json(), **change}))
    assert (refused.value.rule, refused.value.place) == (rule, place)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "json"),
        (b"\xff", "json"),
        (b"[" * 100_000, "json"),
        (b'{"a":1,"a":1}', "spelling"),
        (b"{ }", "spelling"),
        (b"{}\n\n", "spelling"),
        (b"9" * 5_000, "json"),
        (b"[]", "type"),
    ],
)
def test_read__no_canonical_json__says_so(data: bytes, rule: str) -> None:
    with pytest.raises(ReceiptMalformed) as refused:
        read_receipt(data)
    assert refused.value.rule == rule


def test_batches__written__are_read_again() -> None:
    assert read_batches(published().to_bytes()) == published()
    anchored = place().anchored
    assert read_anchored(anchored.to_bytes()) == anchored


def test_batches__one_number_twice_or_none_at_all__refused() -> None:
    entry = published().listed[0]
    with pytest.raises(BatchesMalformed) as refused:
        read_batches(Batches((entry, entry)).to_bytes())
    assert refused.value.place == "/batches/1/batch"
    with pytest.raises(BatchesMalformed):
        read_batches(canonical({**json.loads(published().to_bytes()), "batches": []}))


def test_draft__signed_with_a_high_s__refused() -> None:
    order = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
    signature = completed().signature
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    with pytest.raises(SignatureWrong) as refused:
        promise_draft(promise()).signed(r, order - s, 28 - signature[64])
    assert refused.value.rule == "high-s"
    high = signature[:32] + (order - s).to_bytes(32, "big") + bytes([55 - signature[64]])
    with pytest.raises(ReceiptSignatureWrong):
        verify_receipt(replace(promise(), signature=high))
