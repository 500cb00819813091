"""The document in an envelope, the receipt file of a bidder, and files under a passphrase."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors import (
    BidAmountInvalid,
    BidDocumentTooLarge,
    CanonicalInvalid,
    DocumentMismatch,
    LockedFileInvalid,
    LockedFileRefused,
    SecretErased,
)
from chain.rules.canonical import canonical
from chain.sealing import document
from chain.sealing.context import BidContext
from chain.sealing.document import OfferFile, build, content_of
from chain.sealing.envelope import document_limit, seal
from chain.sealing.group import multiply, word
from chain.sealing.locked import lock, unlock
from chain.sealing.opening import open_body, open_with
from chain.sealing.receipt import Receipt
from tests.unit.sealing_vectors import amounts_of, context_of, envelopes

pytestmark = pytest.mark.unit

CONTEXT = BidContext(bytes(32), word(7), 0, "0x" + "Ab" * 20, 3, b"\5" * 32)
TERMS = b"\6" * 32
AMOUNTS = (945000000, None)
OFFER = OfferFile("offer.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 4)
CHEAP = 2**4  # scrypt's N, so that a test does not wait


def built(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(build(CONTEXT, TERMS, AMOUNTS, body_blocks=2, documents=(OFFER,)))
    return found | changes


def test_build__as_the_specification_lists_it__canonical_with_every_member() -> None:
    data = build(
        CONTEXT, TERMS, AMOUNTS, body_blocks=2, documents=(OFFER,), price_list=[{"item": "1", "unitPrice": "10.50"}],
        valid_until="2027-01-31", security={"kind": "bond", "reference": "F-1"},
    )  # fmt: skip
    found = json.loads(data)
    assert canonical(found) == data
    assert set(found) == {
        "schema", "tenderId", "envelope", "bidder", "version", "termsHash", "amounts", "priceList", "validUntil", "security",
        "files", "documents",
    }  # fmt: skip
    assert found["schema"] == "licita/bid-document/1"
    assert found["tenderId"] == "0x" + word(7).hex()
    assert (found["bidder"], found["version"], found["envelope"]) == ("0x" + "ab" * 20, 3, 0)
    assert (found["amounts"], found["files"]) == (["945000000", None], [])
    assert document.read(data, CONTEXT, AMOUNTS) == found


def test_offer_file__inside__comes_back_and_its_hash_alone_does_not() -> None:
    entry = OFFER.entry()
    assert content_of(entry, CONTEXT) == OFFER.content
    alone = OfferFile(OFFER.name, OFFER.type, OFFER.content, inside=False).entry()
    assert alone == {name: value for name, value in entry.items() if name != "content"}
    assert content_of(alone, CONTEXT) is None
    for wrong in (
        {"bytes": 1},
        {"sha256": "0x" + "00" * 32},
        {"content": "!"},
        {"content": 5},
        {"content": "QQ=="},
    ):
        with pytest.raises(DocumentMismatch) as refused:
            content_of(entry | wrong, CONTEXT)
        assert refused.value.field == "documents"


def test_build__file_that_does_not_fit__refused_and_its_hash_fits() -> None:
    large = OfferFile("offer.pdf", "application/pdf", secrets.token_bytes(13_000))
    with pytest.raises(BidDocumentTooLarge) as refused:
        build(CONTEXT, TERMS, AMOUNTS, body_blocks=16, documents=(large,))
    assert refused.value.limit == document_limit(16) == 16 * 1024 - 36 < refused.value.got
    hashed_only = OfferFile(large.name, large.type, large.content, inside=False)
    build(CONTEXT, TERMS, AMOUNTS, body_blocks=1, documents=(hashed_only,))
    small = OfferFile("offer.pdf", "application/pdf", secrets.token_bytes(11_500))
    build(CONTEXT, TERMS, AMOUNTS, body_blocks=16, documents=(small,))


@pytest.mark.parametrize("amounts, lot", [((None, None), 0), ((1, -1), 2), ((2**128,), 1)])
def test_build__amounts_of_no_responsive_bid__refused(amounts: tuple[int | None, ...], lot: int) -> None:
    with pytest.raises(BidAmountInvalid) as refused:
        build(CONTEXT, TERMS, amounts, body_blocks=2)
    assert refused.value.lot == lot


def test_build__envelope_of_documents_only__no_amounts() -> None:
    data = build(CONTEXT, TERMS, (), body_blocks=2, documents=(OFFER,))
    assert document.read(data, CONTEXT, ())["amounts"] == []


def test_build__value_that_json_cannot_hold__refused() -> None:
    with pytest.raises(CanonicalInvalid):
        build(CONTEXT, TERMS, AMOUNTS, body_blocks=2, security={"amount": 2**60})


@pytest.mark.parametrize(
    "field, wrong",
    [
        ("schema", "licita/bid-document/2"), ("tenderId", "0x" + word(8).hex()), ("envelope", 1), ("envelope", False),
        ("bidder", CONTEXT.bidder), ("version", 2), ("version", "3"), ("amounts", ["945000001", None]),
        ("amounts", ["945000000", "0"]), ("amounts", [945000000, None]), ("amounts", []), ("files", [{"name": "x"}]),
    ],
)  # fmt: skip
def test_read__says_something_else_than_its_envelope__named(field: str, wrong: Any) -> None:
    for value in (built(**{field: wrong}), {name: each for name, each in built().items() if name != field}):
        with pytest.raises(DocumentMismatch) as refused:
            document.read(canonical(value), CONTEXT, AMOUNTS)
        assert refused.value.field == field
        assert refused.value.facts["bidder"] == CONTEXT.bidder


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"1", b"\xff", b"{", b'{"a":NaN}', b'{"a":1e999}', b"[" * 100_000, canonical({"a": 1}) + b" ",
     b'{"a":1,"a":1}', '{"a":1}'.encode("utf-16"), b'{"a":123456789012345678901234567890}'],
)  # fmt: skip
def test_read__no_canonical_json_object__named(data: bytes) -> None:
    with pytest.raises(DocumentMismatch) as refused:
        document.read(data, CONTEXT, AMOUNTS)
    assert refused.value.field == "json"


def test_read__members_it_does_not_know__let_through() -> None:
    value = built(notes="delivery in March")
    assert document.read(canonical(value), CONTEXT, AMOUNTS) == value


@pytest.mark.parametrize(
    "name", [name for name, each in envelopes().items() if each["document"].startswith("{")]
)
def test_read__documents_of_the_vectors__agree_with_their_envelopes(name: str) -> None:
    vector = envelopes()[name]
    found = document.read(
        vector["document"].encode(), context_of(vector["context"]), amounts_of(vector["amounts"])
    )
    assert found["notes"] == name


# Receipts

PK = multiply(31337)


def receipt() -> Receipt:
    data = build(CONTEXT, TERMS, AMOUNTS, body_blocks=2, documents=(OFFER,))
    return Receipt(TERMS, b"\7" * 32, (seal(CONTEXT, PK, AMOUNTS, data, secrets.token_bytes, 2),))


def test_receipt__written_and_read__opens_the_bid_without_the_committee() -> None:
    kept = receipt().sent("0x" + "cd" * 32)
    again = Receipt.decrypted(kept.encrypted("correct horse", secrets.token_bytes, CHEAP), "correct horse")
    (mine,), (sealed,) = again.envelopes, kept.envelopes
    assert (again.terms_hash, again.declarations, again.transaction) == (TERMS, b"\7" * 32, "0x" + "cd" * 32)
    assert (mine.context, mine.pk, mine.envelope) == (sealed.context, sealed.pk, sealed.envelope)
    assert (mine.r.raw, mine.salt.raw) == (sealed.r.raw, sealed.salt.raw)
    opening = open_with(mine.secret, mine.context, mine.envelope)
    data = open_body(mine.secret, mine.context, mine.envelope, opening)
    assert content_of(document.read(data, CONTEXT, opening.amounts)["documents"][0], CONTEXT) == OFFER.content


def test_receipt__shown_or_encrypted__tells_no_secret() -> None:
    kept = receipt()
    file = kept.encrypted("correct horse", secrets.token_bytes, CHEAP).decode()
    for hidden in (kept.envelopes[0].r, kept.envelopes[0].salt):
        for text in (hidden.raw.hex(), str(hidden.number), repr(hidden.raw)):
            assert text not in repr(kept) and text not in str(kept) and text not in file
    assert "correct horse" not in file
    assert kept.envelopes[0].data.hex() not in file


def test_receipt__erased__not_written() -> None:
    kept = receipt()
    kept.erase()
    with pytest.raises(SecretErased):
        kept.encrypted("correct horse", secrets.token_bytes, CHEAP)


def test_receipt__content_of_another_version__refused() -> None:
    good = unlock("bid-receipt", receipt().encrypted("p", secrets.token_bytes, CHEAP), "p")
    assert good["envelopes"][0]["version"] == CONTEXT.version
    payloads: list[dict[str, Any]] = [
        {},
        {"termsHash": "0x", "declarations": "0x", "envelopes": [{}], "transaction": None},
        {"termsHash": 5},
        *({**good, **change} for change in ({"envelopes": []}, {"envelopes": 5}, {"envelopes": [5]})),
        *(
            {**good, "envelopes": [good["envelopes"][0] | change]}
            for change in (
                {"version": -1},
                {"version": 4},
                {"version": "3"},
                {"envelope": 2},
                {"bidder": 7},
                {"ctx": None},
            )
        ),
    ]
    for payload in payloads:
        data = lock("bid-receipt", payload, "p", secrets.token_bytes, CHEAP)
        with pytest.raises(LockedFileInvalid):
            Receipt.decrypted(data, "p")


texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(texts, st.integers(0, 100)), texts)
def test_unlock__what_was_locked__same(payload: dict[str, int], passphrase: str) -> None:
    assert (
        unlock("test", lock("test", payload, passphrase, secrets.token_bytes, CHEAP), passphrase) == payload
    )


def test_unlock__passphrase_composed_otherwise__same() -> None:
    data = lock("test", {"a": 1}, "contrase\u00f1a", secrets.token_bytes, CHEAP)
    assert unlock("test", data, "contrasen\u0303a") == {"a": 1}


def test_unlock__wrong_passphrase_or_anything_changed__refused() -> None:
    data = lock("test", {"a": 1}, "right", secrets.token_bytes, CHEAP)
    with pytest.raises(LockedFileRefused):
        unlock("test", data, "wrong")
    value = json.loads(data)
    text = value["text"]
    changes: list[dict[str, Any]] = [
        {"text": ("B" if text[0] == "A" else "A") + text[1:]},
        {"extra": 1},
        {"kdf": value["kdf"] | {"n": 2 * CHEAP}},
        {"cipher": value["cipher"] | {"nonce": "00" * 12}},
    ]
    for change in changes:
        with pytest.raises(LockedFileRefused):
            unlock("test", json.dumps(value | change).encode(), "right")


def test_unlock__no_such_file__refused_by_cause() -> None:
    value = json.loads(lock("test", {"a": 1}, "right", secrets.token_bytes, CHEAP))
    changes: list[dict[str, Any]] = [
        {"format": "licita/locked/2"},
        {"kind": "other"},
        {"kdf": value["kdf"] | {"n": 2**30}},
        {"kdf": value["kdf"] | {"n": 15}},
        {"kdf": value["kdf"] | {"name": "pbkdf2"}},
        {"kdf": None},
        {"cipher": {}},
        {"text": "!"},
        {"extra": 1e400},
        {"extra": 2**60},
        {"extra": "\ud800"},
    ]
    deep = (b"[" * 200_000, b'{"text": ' + b"[" * 400 + b"]" * 400 + b"}", b"\xff")
    for data in (
        b"",
        b"[]",
        b"5",
        b"{}",
        *deep,
        *(json.dumps(value | change).encode() for change in changes),
    ):
        with pytest.raises(LockedFileInvalid) as refused:
            unlock("test", data, "right")
        assert refused.value.kind == "test"
