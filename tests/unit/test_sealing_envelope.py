"""Envelopes against the vectors: contexts, sealing, checking, opening, and what must be refused offline."""

from __future__ import annotations

import secrets
from dataclasses import fields, replace
from itertools import combinations
from typing import Any

import pytest
from eth_abi.abi import decode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import (
    BidAmountInvalid,
    BidBoxBodyInvalid,
    BidBoxEnvelopeMalformed,
    BidBoxPointReused,
    BidBoxProofInvalid,
    BidBoxWordsWrong,
    BidDocumentTooLarge,
    BodyFrameInvalid,
    BodyUnreadable,
    DocumentMismatch,
    LicitaError,
    PointInvalid,
    SecretErased,
    contracts,
)
from chain.sealing.ceremony import Plan
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import (
    MAX_AMOUNT,
    NO_OFFER,
    Envelope,
    SealedEnvelope,
    body_key,
    check,
    doc_commit,
    document_limit,
    pads,
    read,
    seal,
)
from chain.sealing.group import G, N, Point, hashed, multiply, number, word
from chain.sealing.local import run_locally
from chain.sealing.opening import Opening, open_body, open_with
from chain.sealing.tdh2 import Same, combine
from chain.types import from_hex, to_hex
from tests.unit.sealing_vectors import (
    amounts_of,
    context_by,
    context_of,
    envelopes,
    keyset_of,
    point,
    replay,
    vectors,
    whole,
)

pytestmark = pytest.mark.unit

ENVELOPES = list(envelopes().values())
NAMES = list(envelopes())
BLOCKS = 16


def sealed_again(vector: dict[str, Any]) -> SealedEnvelope:
    random = vector["random"]
    draw = replay(random["r"], random["salt"], random["proof"])
    context, pk = context_of(vector["context"]), point(vector["pk"])
    return seal(context, pk, amounts_of(vector["amounts"]), vector["document"].encode(), draw, BLOCKS)


@pytest.mark.parametrize("value", vectors("contexts")["contexts"], ids=lambda each: each["name"])
def test_context__of_the_vectors__same_hashes(value: dict[str, Any]) -> None:
    context = context_of(value)
    assert to_hex(context.struct_hash) == value["structHash"]
    assert to_hex(context.ctx) == value["ctx"]
    assert replace(context, bidder=context.bidder.lower()).ctx == context.ctx


def test_domain_separator__of_the_vectors__same() -> None:
    domain = vectors("constants")["domain"]
    assert to_hex(domain_separator(domain["chainId"], domain["verifyingContract"])) == domain["separator"]


# The vector "garbage-body" was made by a bidder who does not follow the protocol; its head and proof are right all the same.
@pytest.mark.parametrize(
    "vector", [each for each in ENVELOPES if each["name"] != "garbage-body"], ids=lambda each: each["name"]
)
def test_seal__drawing_what_was_drawn__same_bytes(vector: dict[str, Any]) -> None:
    sealed = sealed_again(vector)
    assert to_hex(sealed.data) == vector["envelope"]
    assert to_hex(sealed.seal_hash) == vector["seal"]
    assert sealed.secret == point(vector["S"])
    assert check(sealed.data, sealed.context, 1 + len(vector["amounts"])) == sealed.envelope


@pytest.mark.parametrize("vector", ENVELOPES, ids=lambda each: each["name"])
def test_envelope__of_the_vectors__every_intermediate_value(vector: dict[str, Any]) -> None:
    context, secret = context_of(vector["context"]), point(vector["S"])
    envelope = check(from_hex(vector["envelope"]), context)
    assert (envelope.u, envelope.ubar) == (point(vector["U"]), point(vector["Ubar"]))
    assert [word(each) for each in envelope.words] == [from_hex(each) for each in vector["headWords"]]
    assert [word(each) for each in pads(context, secret, len(envelope.words))] == [
        from_hex(each) for each in vector["pads"]
    ]
    assert (envelope.proof.e, envelope.proof.f) == (whole(vector["proof"]["e"]), whole(vector["proof"]["f"]))
    assert to_hex(envelope.body_hash) == vector["bodyHash"]
    assert len(envelope.body) == vector["bodyLength"]
    assert to_hex(envelope.label(context)) == vector["label"]
    assert to_hex(envelope.seal(context)) == vector["seal"]
    witness, stated = envelope.witness(), vector["witness"]
    assert (witness.u_y, witness.ubar_y) == (whole(stated["uY"]), whole(stated["ubarY"]))
    assert (witness.f_b, witness.e_y) == (point(stated["fB"]), point(stated["eY"]))
    assert witness.inverse == whole(stated["inverse"])


@pytest.mark.parametrize("vector", ENVELOPES, ids=lambda each: each["name"])
def test_open__of_the_vectors__amounts_and_document(vector: dict[str, Any]) -> None:
    context, secret = context_of(vector["context"]), point(vector["S"])
    envelope = read(from_hex(vector["envelope"]), context)
    opening = open_with(secret, context, envelope)
    assert to_hex(opening.doc_commit) == vector["docCommit"]
    assert opening.amounts == amounts_of(vector["amounts"])
    if vector["name"] == "garbage-body":
        with pytest.raises(BodyUnreadable) as refused:
            open_body(secret, context, envelope, opening)
        assert refused.value.bidder == context.bidder
    else:
        document = open_body(secret, context, envelope, opening)
        assert document == vector["document"].encode()
        salt = from_hex(vector["random"]["salt"])
        assert doc_commit(context, salt, document) == opening.doc_commit
        plain = body_key(context, envelope.u, secret).decrypt(bytes(12), envelope.body, context.ctx)
        assert to_hex(hashed(plain)) == vector["plaintextHash"]


SUBMIT = (
    "bytes32",
    "bytes32",
    "bytes32",
    "bytes[]",
    "(uint256,uint256,(uint256,uint256),(uint256,uint256),uint256)[]",
)
SUBMISSIONS = [each for each in vectors("calldata")["calls"] if each["data"].startswith("0x125bb457")]
REVEAL = (
    "bytes32",
    "uint8",
    "uint16",
    "uint256",
    "(uint256,uint256)",
    "(uint256,uint256)",
    "bytes32",
    "uint256[]",
)


@pytest.mark.parametrize("call", SUBMISSIONS, ids=lambda each: each["name"])
def test_witness__of_accepted_submissions__same_arguments(call: dict[str, Any]) -> None:
    tender_id, _, _, sent, witnesses = decode(SUBMIT, from_hex(call["data"])[4:])
    for place, (data, witness) in enumerate(zip(sent, witnesses, strict=True)):
        context = BidContext(bytes(32), tender_id, place, call["sender"], 1, bytes(32))
        assert read(data, context).witness().as_tuple() == witness


def test_reveal__of_the_accepted_call__same_arguments() -> None:
    data = next(
        each["data"] for each in vectors("calldata")["calls"] if each["name"].startswith("selfReveal")
    )
    *_, r, secret, u, body_hash, words = decode(REVEAL, from_hex(data)[4:])
    sealed = sealed_again(envelopes()["fallback"])
    assert (sealed.r.number, sealed.secret.as_tuple()) == (r, secret)
    envelope = sealed.envelope
    assert (envelope.u.as_tuple(), envelope.body_hash, envelope.words) == (u, body_hash, words)


def test_opening__of_the_opening_events__what_the_contract_emitted() -> None:
    bids = ("three-lots", "three-lots-second-version")
    for name, event in zip(bids, vectors("calldata")["openingEvents"], strict=True):
        types = ("uint16", "uint32", "(uint256,uint256)", "bytes32", "uint256[]")
        _, version, secret, commit, amounts = decode(types, from_hex(event["data"]))
        vector = envelopes()[name]
        context = context_of(vector["context"])
        opening = open_with(Point(*secret), context, read(from_hex(vector["envelope"]), context))
        assert context.version == version
        assert opening.doc_commit == commit
        assert [NO_OFFER if each is None else each for each in opening.amounts] == list(amounts)
        assert opening.record == hashed(commit, *(word(each) for each in amounts))


# Refusals

NEGATIVE = [each for each in vectors("negative")["vectors"] if "python" in each["layer"]]
ENVELOPE_CHECKS = [each for each in NEGATIVE if each["layer"] == "evm and python"]


@pytest.mark.parametrize("vector", ENVELOPE_CHECKS, ids=lambda each: each["name"])
def test_check__envelope_that_must_be_refused__by_the_contracts_name_and_facts(
    vector: dict[str, Any],
) -> None:
    keyset = keyset_of("ceremony-3-of-5")
    separator = from_hex(vectors("constants")["domain"]["separator"])
    context = BidContext(separator, from_hex(vector["tenderId"]), 0, vector["sender"], 1, keyset.id)
    assert to_hex(context.ctx) == vector["ctx"]
    with pytest.raises(LicitaError) as refused:
        check(from_hex(vector["envelope"]), context, 4, 2)
    assert refused.value.error == vector["check"]
    assert _facts(refused.value) == _revert(vector["revert"])


def _facts(error: LicitaError) -> list[Any]:
    return [value.lower() if isinstance(value, str) else value for value in vars(error).values()]


def _revert(data: str) -> list[Any]:
    signature = next(
        each["signature"] for each in vectors("constants")["errors"] if data.startswith(each["selector"])
    )
    types = [each.split()[0] for each in signature.partition("(")[2][:-1].split(", ")]
    values = decode(types, from_hex(data)[4:])
    return [number(each) if isinstance(each, bytes) else each for each in values]


def test_errors__compared_with_the_protocol__same_names_and_arguments() -> None:
    def snake(name: str) -> str:
        return "".join("_" + each.lower() if each.isupper() else each for each in name)

    for each in vectors("constants")["errors"]:
        name, _, arguments = each["signature"].partition("(")
        assert name in contracts.__all__
        wanted = [snake(argument.split()[1]) for argument in arguments[:-1].split(", ")]
        assert [field.name for field in fields(getattr(contracts, name))] == wanted


def test_check__copied_negated_or_used_before__reused() -> None:
    vector = envelopes()["three-lots"]
    data, context = from_hex(vector["envelope"]), context_of(vector["context"])
    u = read(data, context).u
    negated = bytearray(data)
    negated[1] ^= 1
    negated[34] ^= 1
    for sent in (data, bytes(negated)):
        with pytest.raises(BidBoxPointReused) as refused:
            check(sent, context, 4, 2, {u.x})
        assert refused.value.x == u.x
    with pytest.raises(BidBoxProofInvalid):
        check(bytes(negated), context, 4, 2)
    assert check(data, context, 4, 2, {u.x + 1}).u == u


UNREADABLE = {
    "garbage-body": "BodyUnreadable",
    "document-mismatch": "DocumentMismatch",
    "padding-not-zero": "BodyFrameInvalid",
}


@pytest.mark.parametrize("name, check_name", UNREADABLE.items())
def test_open_body__that_must_be_refused__amount_opens_and_document_does_not(
    name: str, check_name: str
) -> None:
    vector = next(each for each in NEGATIVE if each["name"] == name)
    assert vector["check"] == check_name
    context, secret = context_by(vector["ctx"]), point(vector["S"])
    envelope = read(from_hex(vector["envelope"]), context)
    opening = open_with(secret, context, envelope)
    assert opening.amounts == amounts_of(vector["amounts"])
    with pytest.raises(LicitaError) as refused:
        open_body(secret, context, envelope, opening)
    assert refused.value.error == check_name


def test_negative_vectors__for_python__all_have_a_test() -> None:
    here = {each["check"] for each in ENVELOPE_CHECKS} | {
        "BodyUnreadable",
        "DocumentMismatch",
        "BodyFrameInvalid",
    }
    dealt = {"DealtShareWrong", "DealtBoxUnreadable"}  # test_sealing_ceremony.py
    assert {each["check"] for each in NEGATIVE} == here | dealt | {"AwardDeskOrderWrong"}


def test_ranking__after_a_substitution__arrival_decides_a_tie_and_not_the_index() -> None:
    vector = next(each for each in NEGATIVE if each["check"] == "AwardDeskOrderWrong")
    ranked = sorted(vector["bids"], key=lambda bid: (int(bid["amount"]), bid["order"]))
    assert [bid["index"] for bid in ranked] == vector["right"] != vector["ranking"]


def _body(context: BidContext, secret: Point, envelope: Envelope, plain: bytes) -> Envelope:
    body = body_key(context, envelope.u, secret).encrypt(bytes(12), plain, context.ctx)
    return replace(envelope, body=body)


def test_open_body__frame_of_another_shape__refused() -> None:
    vector = envelopes()["one-lot"]
    context, secret = context_of(vector["context"]), point(vector["S"])
    envelope = read(from_hex(vector["envelope"]), context)
    opening = open_with(secret, context, envelope)
    salt, document = from_hex(vector["random"]["salt"]), vector["document"].encode()
    frame = len(document).to_bytes(4, "big") + salt + document
    padded = frame.ljust(1024, b"\0")
    assert open_body(secret, context, _body(context, secret, envelope, padded), opening) == document
    cases = {
        "length": (frame.ljust(2048, b"\0"), b"\xff" * 4 + padded[4:], (989).to_bytes(4, "big") + padded[4:]),
        "padding": (frame + b"\1" + bytes(1023 - len(frame)),),
    }
    for part, frames in cases.items():
        for plain in frames:
            with pytest.raises(BodyFrameInvalid) as refused:
                open_body(secret, context, _body(context, secret, envelope, plain), opening)
            assert refused.value.part == part
    other_salt = padded[:4] + bytes(32) + padded[36:]
    with pytest.raises(DocumentMismatch) as mismatch:
        open_body(secret, context, _body(context, secret, envelope, other_salt), opening)
    assert mismatch.value.field == "docCommit"


def test_open_body__wrong_secret__unreadable() -> None:
    vector = envelopes()["one-lot"]
    context = context_of(vector["context"])
    envelope = read(from_hex(vector["envelope"]), context)
    with pytest.raises(BodyUnreadable):
        open_body(G, context, envelope, open_with(G, context, envelope))


def test_read__count_not_asked__as_the_envelope_says_within_bounds() -> None:
    context = context_of(envelopes()["one-lot"]["context"])
    for count in (0, 34, 255):
        data = bytearray(from_hex(envelopes()["thirty-two-lots"]["envelope"]))
        data[67] = count
        with pytest.raises(BidBoxWordsWrong) as refused:
            read(bytes(data), context)
        assert (refused.value.limit, refused.value.got) == (33, count)
    with pytest.raises(BidBoxEnvelopeMalformed):
        read(b"", context)


def test_read__seventeen_blocks__refused_in_any_tender() -> None:
    vector = envelopes()["one-lot"]
    with pytest.raises(BidBoxBodyInvalid):
        read(from_hex(vector["envelope"]) + bytes(16 * 1024), context_of(vector["context"]))


PK = multiply(424242)
CONTEXT = BidContext(bytes(32), word(7), 0, "0x" + "11" * 20, 1, bytes(32))


@pytest.mark.parametrize("amounts, lot", [((-1,), 1), ((1, None, MAX_AMOUNT + 1), 3), ((NO_OFFER,), 1)])
def test_seal__amount_out_of_range__refused_by_lot(amounts: tuple[int | None, ...], lot: int) -> None:
    with pytest.raises(BidAmountInvalid) as refused:
        seal(CONTEXT, PK, amounts, b"", secrets.token_bytes)
    assert refused.value.lot == lot


@pytest.mark.parametrize("blocks", [1, 2, 16])
def test_seal__document_at_the_limit__fits_and_one_byte_more_does_not(blocks: int) -> None:
    limit = document_limit(blocks)
    sealed = seal(CONTEXT, PK, (1,), bytes(limit), secrets.token_bytes, blocks)
    assert len(sealed.envelope.body) == 16 + 1024 * blocks
    check(sealed.data, CONTEXT, 2, blocks)
    with pytest.raises(BidDocumentTooLarge) as refused:
        seal(CONTEXT, PK, (1,), bytes(limit + 1), secrets.token_bytes, blocks)
    assert (refused.value.limit, refused.value.got) == (limit, limit + 1)


def test_seal__to_no_key__refused() -> None:
    with pytest.raises(PointInvalid):
        seal(CONTEXT, Point(1, 1), (1,), b"", secrets.token_bytes)


def test_seal__twice__nothing_in_common() -> None:
    one, two = (seal(CONTEXT, PK, (1,), b"x", secrets.token_bytes) for _ in range(2))
    assert one.envelope.u != two.envelope.u
    assert set(one.envelope.words).isdisjoint(two.envelope.words)
    assert one.envelope.body != two.envelope.body


def test_seal__broken_randomness__nonce_still_its_own() -> None:
    def nonce(sealed: SealedEnvelope) -> int:
        return (sealed.envelope.proof.f - sealed.envelope.proof.e * sealed.r.number) % N

    broken = [seal(CONTEXT, PK, (amount,), b"x", lambda size: b"\7" * size) for amount in (1, 2)]
    assert broken[0].r.number == broken[1].r.number
    assert nonce(broken[0]) != nonce(broken[1])


def test_sealed_envelope__shown__tells_no_secret() -> None:
    document, amount = b"confidential offer", 987654321987
    sealed = seal(CONTEXT, PK, (amount,), document, secrets.token_bytes)
    shown = repr(sealed) + str(sealed) + repr(vars(sealed))
    s = sealed.secret
    for hidden in (sealed.r.number, sealed.salt.number, s.x, s.y, amount):
        assert str(hidden) not in shown and f"{hidden:x}" not in shown
    assert document.decode() not in shown and document.hex() not in shown
    assert repr(sealed.r.raw) not in shown


def test_sealed_envelope__erased__nobody_but_the_committee_opens() -> None:
    sealed = seal(CONTEXT, PK, (5,), b"x", secrets.token_bytes)
    held = (sealed.r._held, sealed.salt._held)
    sealed.erase()
    assert [bytes(each) for each in held] == [bytes(32)] * 2
    for act in (lambda: sealed.secret, lambda: sealed.r.raw, lambda: sealed.salt.raw):
        with pytest.raises(SecretErased):
            act()
    assert open_with(multiply(424242, sealed.envelope.u), CONTEXT, sealed.envelope).amounts == (5,)


@pytest.mark.parametrize(
    "amounts, responsive",
    [((), True), ((1,), True), ((None, 0), True), ((None,), False), ((None, None), False),
     ((1, MAX_AMOUNT), True), ((1, MAX_AMOUNT + 1), False)],
)  # fmt: skip
def test_opening__by_its_amounts__responsive_or_not(
    amounts: tuple[int | None, ...], responsive: bool
) -> None:
    assert Opening(bytes(32), amounts).is_responsive is responsive


AMOUNTS = st.lists(st.none() | st.integers(0, MAX_AMOUNT), max_size=32)


@settings(max_examples=25)
@given(st.data())
def test_seal_and_open__random_bid_and_committee__any_k_seats_read_it_and_fewer_do_not(
    data: st.DataObject,
) -> None:
    seats = data.draw(st.integers(3, 7))
    threshold = data.draw(st.integers(seats // 2 + 1, seats - 1))
    members = tuple(hashed(word(each)) for each in range(seats))
    committee = run_locally(Plan(1, "0x" + "22" * 20, 1, threshold, members), secrets.token_bytes)
    amounts, document = tuple(data.draw(AMOUNTS)), data.draw(st.binary(max_size=3000))
    bidder = "0x" + data.draw(st.binary(min_size=20, max_size=20)).hex()
    separator, tender = domain_separator(1, bidder), word(data.draw(st.integers(1, 2**40)))
    version = data.draw(st.integers(1, 2**32 - 1))
    context = BidContext(
        separator, tender, data.draw(st.integers(0, 1)), bidder, version, committee.keyset.id
    )
    sealed = seal(context, committee.keyset.pk, amounts, document, secrets.token_bytes)
    envelope = check(sealed.data, context, 1 + len(amounts))
    order = data.draw(st.permutations(range(1, seats + 1)))
    posted = {
        seat: committee.shares[seat].open(context.ctx, envelope.u, secrets.token_bytes) for seat in order
    }
    assert all(
        share.holds(committee.keyset.keys[seat - 1], context.ctx, envelope.u)
        for seat, share in posted.items()
    )
    for chosen in combinations(order, threshold):
        secret = combine({seat: posted[seat].point for seat in chosen}).secret
        opening = open_with(secret, context, envelope)
        assert opening.amounts == amounts
        assert open_body(secret, context, envelope, opening) == document
        wrong = combine({seat: posted[seat].point for seat in chosen[1:]}).secret
        assert wrong != secret
        with pytest.raises(BodyUnreadable):
            open_body(wrong, context, envelope, open_with(wrong, context, envelope))


@given(st.data())
def test_check__any_bit_flipped__refused(data: st.DataObject) -> None:
    vector = envelopes()["three-lots"]
    sent, context = bytearray(from_hex(vector["envelope"])), context_of(vector["context"])
    place = data.draw(st.integers(0, 8 * len(sent) - 1))
    sent[place // 8] ^= 1 << place % 8
    with pytest.raises(LicitaError) as refused:
        check(bytes(sent), context, 4, 2)
    assert refused.value.error.startswith("BidBox")


@given(st.binary(max_size=300))
def test_read__any_bytes__refused_by_name(data: bytes) -> None:
    with pytest.raises(LicitaError):
        read(b"\1" + data, CONTEXT)


def test_proof__for_another_r__does_not_hold() -> None:
    sealed = seal(CONTEXT, PK, (1,), b"x", secrets.token_bytes)
    false = replace(sealed.envelope.proof, e=1)
    data = bytearray(sealed.data)
    data[68 + 64 : 68 + 96] = word(false.e)
    assert false == Same(1, sealed.envelope.proof.f)
    with pytest.raises(BidBoxProofInvalid):
        check(bytes(data), CONTEXT, 2)
