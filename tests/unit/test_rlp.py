"""chain/rlp.py: round trips, one encoding a value, and agreement with the independent package `rlp`."""

from __future__ import annotations

import pytest
import rlp as oracle
from hypothesis import example, given
from hypothesis import strategies as st

from chain import rlp
from chain.errors.audit import RlpInvalid

pytestmark = pytest.mark.unit

ITEMS = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=6), max_leaves=20)


def depth(item: rlp.Item) -> int:
    return 0 if isinstance(item, bytes) else 1 + max(map(depth, item), default=0)


@given(ITEMS.filter(lambda item: depth(item) <= rlp.MAX_DEPTH))
@example(b"\x7f")
@example(b"\x80")
@example(b"a" * 55)
@example(b"a" * 56)
@example(b"a" * 70_000)
@example([b"a" * 54])
@example([b"a" * 300, [], [[b""]]])
def test_encode__any_item__is_the_oracles_encoding_and_decodes_to_the_item(item: rlp.Item) -> None:
    assert rlp.encode(item) == oracle.encode(item)
    assert rlp.decode(rlp.encode(item)) == item


@given(
    st.binary(max_size=120)
    | ITEMS.map(oracle.encode).flatmap(lambda data: st.binary(max_size=3).map(data.__add__))
)
def test_decode__any_bytes__is_refused_or_encodes_to_the_same_bytes(data: bytes) -> None:
    try:
        item = rlp.decode(data)
    except RlpInvalid:
        return
    assert rlp.encode(item) == data


@given(ITEMS, st.integers(0, 200), st.integers(0, 255))
def test_decode__one_byte_changed__agrees_with_the_oracle(item: rlp.Item, at: int, byte: int) -> None:
    data = bytearray(oracle.encode(item))
    data[at % len(data)] = byte
    try:
        expected = oracle.decode(bytes(data))
    except oracle.DecodingError:
        with pytest.raises(RlpInvalid):
            rlp.decode(bytes(data))
        return
    if depth(expected) <= rlp.MAX_DEPTH:
        assert rlp.decode(bytes(data)) == expected


@pytest.mark.parametrize(
    ("data", "rule", "offset"),
    [
        ("", "empty", 0),
        ("0102", "trailing", 1),
        ("c000", "trailing", 1),
        ("8100", "single-byte", 0),
        ("817f", "single-byte", 0),
        ("c28105", "single-byte", 1),
        ("82ff", "truncated", 0),
        ("c2ff", "truncated", 0),
        ("c181", "truncated", 1),
        ("c282ffff", "truncated", 1),
        ("b8", "truncated", 0),
        ("b90100", "truncated", 0),
        ("bfffffffffffffffff", "truncated", 0),
        ("b837" + "61" * 55, "long-form", 0),
        ("f837" + "61" * 55, "long-form", 0),
        ("b90038" + "61" * 56, "length-zero", 0),
        ("f90038" + "61" * 56, "length-zero", 0),
        ("c8c7c6c5c4c3c2c1c0", "depth", 8),
    ],
)
def test_decode__not_canonical__is_refused_by_rule_and_offset(data: str, rule: str, offset: int) -> None:
    with pytest.raises(RlpInvalid) as refused:
        rlp.decode(bytes.fromhex(data))
    assert (refused.value.rule, refused.value.offset) == (rule, offset)


def test_decode__lists_to_the_allowed_depth__is_read() -> None:
    assert rlp.decode(bytes.fromhex("c7c6c5c4c3c2c1c0")) == [[[[[[[[]]]]]]]]


@given(st.integers(0, 2**256))
def test_encode_int__any_number__is_shortest_and_decodes_to_it(number: int) -> None:
    data = rlp.encode_int(number)
    assert rlp.decode_int(data) == number
    assert data[:1] != b"\x00"


@pytest.mark.parametrize("data", ["00", "0001", "00ff00"])
def test_decode_int__leading_zero__is_refused(data: str) -> None:
    with pytest.raises(RlpInvalid) as refused:
        rlp.decode_int(bytes.fromhex(data))
    assert refused.value.rule == "leading-zero"
