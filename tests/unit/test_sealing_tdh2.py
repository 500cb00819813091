"""Proofs, shares and their combination against the vectors, and what must not hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from eth_abi.abi import decode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import PackedShareInvalid, SeatsInvalid
from chain.sealing.envelope import read
from chain.sealing.group import GBAR, G, N, Point, add, multiply, tag, word
from chain.sealing.opening import open_with, page_entry
from chain.sealing.tdh2 import Know, Same, Share, combine, factors
from chain.types import from_hex
from tests.unit.sealing_vectors import (
    PARENT,
    amounts_of,
    context_by,
    envelopes,
    keyset_of,
    point,
    replay,
    shares_of,
    vectors,
    whole,
)

pytestmark = pytest.mark.unit

BIDS = vectors("shares")["bids"]
SHARES = [(bid, share) for bid in BIDS for share in bid["shares"]]
DOMAIN, CONTEXT = tag("share"), bytes(31) + b"\x01"
scalars = st.integers(1, N - 1)
seeds = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("bid, value", SHARES)
def test_share__made_with_the_same_randomness__same_bytes(bid: dict[str, Any], value: dict[str, Any]) -> None:
    u, context = point(bid["U"]), from_hex(bid["ctx"])
    share = shares_of(PARENT)[value["seat"]].open(context, u, replay(value["random"]))
    assert share == Share(value["seat"], point(value["S"]), Same(whole(value["e"]), whole(value["f"])))
    assert share.pack() == from_hex(value["packed"])
    assert Share.unpack(share.pack()) == share
    assert share.holds(point(value["key"]), context, u)
    witness, stated = share.proof.witness(u, share.point), value["witness"]
    assert (witness.f_b, witness.e_y, witness.inverse) == (
        point(stated["fB"]), point(stated["eY"]), whole(stated["inverse"]),
    )  # fmt: skip


@pytest.mark.parametrize("bid, value", SHARES)
def test_share__altered_or_for_another_bid__does_not_hold(bid: dict[str, Any], value: dict[str, Any]) -> None:
    u, context, key = point(bid["U"]), from_hex(bid["ctx"]), point(value["key"])
    share = Share.unpack(from_hex(value["packed"]))
    proof = share.proof
    for false in (
        replace(share, point=add(share.point, G)),
        replace(share, point=Point(share.point.x, share.point.y + 2)),
        *(replace(share, proof=Same(e, proof.f)) for e in (0, N, proof.e + N, proof.e ^ 1)),
        *(replace(share, proof=Same(proof.e, f)) for f in (0, N, proof.f + N, proof.f ^ 1)),
    ):
        assert not false.holds(key, context, u)
    assert not share.holds(key, bytes(32), u)
    assert not share.holds(key, context, GBAR)
    assert not share.holds(GBAR, context, u)


@pytest.mark.parametrize("bid, opening", [(bid, opening) for bid in BIDS for opening in bid["openings"]])
def test_combine__any_three_seats__what_the_contract_is_called_with(
    bid: dict[str, Any], opening: dict[str, Any]
) -> None:
    posted = {share["seat"]: point(share["S"]) for share in bid["shares"]}
    found = combine({seat: posted[seat] for seat in reversed(opening["seats"])})
    assert list(found.seats) == opening["seats"]
    assert list(found.factors) == [whole(each) for each in opening["factors"]]
    assert list(found.products) == [point(each) for each in opening["products"]]
    assert list(found.inverses) == [whole(each) for each in opening["inverses"]]
    assert found.secret == point(opening["S"])
    context, vector = context_by(bid["ctx"]), envelopes()[bid["envelope"]]
    opened = open_with(found.secret, context, read(from_hex(vector["envelope"]), context))
    assert opened.amounts == amounts_of(bid["amounts"])


def test_openings__of_the_vectors__all_subsets() -> None:
    for bid in BIDS:
        assert [tuple(each["seats"]) for each in bid["openings"]] == list(combinations(range(1, 6), 3))


def test_combine__fewer_than_k__another_point() -> None:
    few = vectors("shares")["tooFew"]
    bid = next(each for each in BIDS if each["envelope"] == few["envelope"])
    right = {opening["S"] for opening in bid["openings"]}
    posted = {share["seat"]: point(share["S"]) for share in bid["shares"]}
    assert combine({seat: posted[seat] for seat in few["seats"]}).secret == point(few["wrongS"])
    for seats in combinations(posted, 2):
        wrong = combine({seat: posted[seat] for seat in seats}).secret
        assert {"0x" + wrong.to64().hex()}.isdisjoint(right)


POINT, SHARE_PROOF = "(uint256,uint256)", "(uint256,uint256,(uint256,uint256),(uint256,uint256),uint256)"
POST = ("bytes32", "uint8", "uint256", "uint8", f"({POINT},bytes32,{POINT},{SHARE_PROOF})[]")
OPEN = (
    "bytes32", "uint8", "uint256", "uint8[]", "uint256[]", "uint256[][]",
    f"({POINT},bytes32,uint256[],{POINT}[],uint256[])[]",
)  # fmt: skip


def _call(name: str, types: tuple[str, ...]) -> tuple[Any, ...]:
    data = next(each["data"] for each in vectors("calldata")["calls"] if each["name"].startswith(name))
    return tuple(decode(types, from_hex(data)[4:]))


@pytest.mark.parametrize("seat", [1, 3])
def test_entry__of_accepted_calls__same_arguments(seat: int) -> None:
    *_, named, entries = _call(f"postShares, seat {seat}", POST)
    assert named == seat
    for bid, entry in zip(BIDS, entries, strict=True):
        value = bid["shares"][seat - 1]
        label = from_hex(envelopes()[bid["envelope"]]["label"])
        assert Share.unpack(from_hex(value["packed"])).entry(point(bid["U"]), label) == entry


def test_page_entry__of_the_accepted_call__same_arguments() -> None:
    *_, seats, lagrange, points, entries = _call("openPage", OPEN)
    for place, (bid, entry) in enumerate(zip(BIDS, entries, strict=True)):
        context, vector = context_by(bid["ctx"]), envelopes()[bid["envelope"]]
        shares = {seat: point(bid["shares"][seat - 1]["S"]) for seat in seats}
        found = combine(shares)
        assert found.factors == lagrange
        assert [each[2 * place : 2 * place + 2] for each in points] == [
            shares[seat].as_tuple() for seat in seats
        ]
        mine = page_entry(read(from_hex(vector["envelope"]), context), found)
        assert mine == tuple(
            list(each) if isinstance(each, tuple) and i else each for i, each in enumerate(entry)
        )


@given(scalars, seeds)
def test_know__proved__holds_for_its_statement_only(secret: int, seed: bytes) -> None:
    public = multiply(secret)
    proof = Know.prove(DOMAIN, CONTEXT, secret, lambda size: seed[:size])
    assert proof.holds(DOMAIN, CONTEXT, public)
    assert Know.from64(proof.to64()) == proof
    assert not proof.holds(tag("pop"), CONTEXT, public)
    assert not proof.holds(DOMAIN, bytes(32), public)
    assert not proof.holds(DOMAIN, CONTEXT, Point(public.x, -public.y))
    for false in (Know(0, proof.z), Know(proof.c, 0), Know(proof.c + N, proof.z), Know(proof.c, proof.z + N)):
        assert not false.holds(DOMAIN, CONTEXT, public)


def test_know__response_that_cancels_out__does_not_hold() -> None:
    public = multiply(5)
    assert not Know(2, 10).holds(DOMAIN, CONTEXT, public)  # W would be infinity
    assert not Same(2, 10).holds(DOMAIN, CONTEXT, public, GBAR, multiply(5, GBAR))


@given(scalars, scalars, seeds)
def test_same__proved__holds_for_one_logarithm(secret: int, other: int, seed: bytes) -> None:
    public, image = multiply(secret), multiply(secret, GBAR)
    proof = Same.prove(DOMAIN, CONTEXT, secret, public, GBAR, image, lambda size: seed[:size])
    assert proof.holds(DOMAIN, CONTEXT, public, GBAR, image)
    if other != secret:
        assert not proof.holds(DOMAIN, CONTEXT, public, GBAR, multiply(other, GBAR))


def _nonces(context: bytes, secret: int, seed: bytes) -> tuple[int, int]:
    """The nonces of a Know and a Same proof, recovered with the secret."""
    public, image = multiply(secret), multiply(secret, GBAR)
    know = Know.prove(DOMAIN, context, secret, lambda size: seed[:size])
    same = Same.prove(DOMAIN, context, secret, public, GBAR, image, lambda size: seed[:size])
    return (know.z - know.c * secret) % N, (same.f - same.e * secret) % N


def test_nonce__broken_randomness__still_its_own_for_every_statement() -> None:
    constant = bytes(32)
    found = [
        nonce
        for context in (CONTEXT, bytes(32))
        for secret in (3, 4)
        for nonce in _nonces(context, secret, constant)
    ]
    assert len(set(found)) == len(found)
    assert _nonces(CONTEXT, 3, constant) == _nonces(CONTEXT, 3, constant) != _nonces(CONTEXT, 3, b"\1" * 32)


@settings(max_examples=50)
@given(st.data())
def test_factors__any_seats__interpolate_at_zero(data: st.DataObject) -> None:
    seats = data.draw(st.lists(st.integers(1, 16), min_size=1, max_size=9, unique=True))
    coefficients = data.draw(st.lists(scalars, min_size=len(seats), max_size=len(seats)))
    values = [sum(c * pow(seat, power, N) for power, c in enumerate(coefficients)) % N for seat in seats]
    lagrange = factors(seats)
    assert sum(f * v for f, v in zip(lagrange, values, strict=True)) % N == coefficients[0]
    for place, seat in enumerate(seats):  # as the contract checks a factor
        over = under = 1
        for other in (each for each in seats if each != seat):
            over, under = over * other % N, under * (other - seat) % N
        assert lagrange[place] * under % N == over


@pytest.mark.parametrize("seats", [(), (1, 1), (0, 1), (-1, 2)])
def test_factors__seats_that_are_none__refused(seats: tuple[int, ...]) -> None:
    with pytest.raises(SeatsInvalid):
        factors(seats)


def test_unpack__cut_or_off_the_curve__refused() -> None:
    packed = from_hex(BIDS[0]["shares"][0]["packed"])
    for wrong in (
        packed[:-1],
        packed + b"\0",
        packed[:1] + b"\5" + packed[2:],
        packed[:2] + bytes(32) + packed[34:],
    ):
        with pytest.raises(PackedShareInvalid):
            Share.unpack(wrong)


def test_combine__keys_of_the_seats__joint_key() -> None:
    keyset = keyset_of(PARENT)
    for seats in combinations(range(1, 6), 3):
        assert combine({seat: keyset.keys[seat - 1] for seat in seats}).secret == keyset.pk
    assert word(1) == CONTEXT
