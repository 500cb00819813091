"""The encoders of Setup and Terms against eth_abi: the same bytes, or the same refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from chain.rules.hashes import SETUP_TYPE, TERMS_TYPE, change_hash, encoded_setup, encoded_terms
from chain.types import ZERO32, AgreementChange, ChangeReason, Criterion, LotTerms, Setup, Terms

pytestmark = pytest.mark.unit


def uint(bits: int) -> st.SearchStrategy[int]:
    """Any value of the type, its edges often."""
    return st.one_of(st.sampled_from((0, 1, 2**bits - 1)), st.integers(0, 2**bits - 1))


def fixed(size: int) -> st.SearchStrategy[str]:
    """Text as ``padded`` takes it: any bytes, since others than this program write events too."""
    return st.binary(max_size=size).map(lambda value: value.rstrip(b"\0").decode("latin-1"))


words = st.one_of(st.just(ZERO32), st.binary(min_size=32, max_size=32))
addresses = st.binary(min_size=20, max_size=20).map(to_checksum_address)
setups = st.builds(
    Setup,
    lots=st.lists(st.builds(LotTerms, uint(128), uint(128)), max_size=33).map(tuple),
    criteria=st.lists(st.builds(Criterion, fixed(8), uint(16), uint(16)), max_size=17).map(tuple),
    panel=st.lists(addresses, max_size=8).map(tuple),
)
terms = st.builds(
    Terms,
    fixed(16),
    uint(16),
    fixed(3),
    uint(8),
    uint(40),
    words,
    words,
    words,
    words,
    uint(16),
    uint(16),
    uint(16),
    setups,
)
SETUP = Setup(
    (LotTerms(5),), (Criterion("quality", 100, 10),), ("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",)
)
TERMS = Terms("sandbox", 1, "MXN", 2, 1_800_000_000, ZERO32, ZERO32, ZERO32, ZERO32, 1, 0, 10_000, SETUP)


@given(setups)
def test_encoded_setup__any_setup__equals_eth_abi(setup: Setup) -> None:
    assert encoded_setup(setup) == encode([SETUP_TYPE], [setup.as_tuple()])


@given(terms)
def test_encoded_terms__any_terms__equals_eth_abi(terms: Terms) -> None:
    assert encoded_terms(terms) == encode([TERMS_TYPE], [terms.as_tuple()])


def outcome(work: Callable[[], bytes]) -> Any:
    """The bytes, or the class and words of the refusal."""
    try:
        return work()
    except (EncodingError, AttributeError, TypeError, UnicodeEncodeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize(
    "changed",
    [
        {"procedure_version": 2**16}, {"procedure_version": -1}, {"procedure_version": True}, {"exponent": 256}, {"exponent": 2.0},
        {"deadline": 2**40}, {"keyset_id": b"short"}, {"keyset_id": bytes(33)}, {"review_body": "text"}, {"plan_ref": bytearray(32)},
        {"procedure": "x" * 17}, {"procedure": "\u20ac"}, {"currency": "PESO"}, {"items": 2**16}, {"documents": None},
        {"price_weight_bps": 2**16},
    ],
    ids=str,
)  # fmt: skip
def test_encoded_terms__value_of_another_size_or_type__fares_as_with_eth_abi(changed: dict[str, Any]) -> None:
    other = replace(TERMS, **changed)
    assert outcome(lambda: encoded_terms(other)) == outcome(lambda: encode([TERMS_TYPE], [other.as_tuple()]))


@pytest.mark.parametrize(
    "changed",
    [
        {"lots": (LotTerms(2**128),)}, {"lots": (LotTerms(-1),)}, {"lots": (LotTerms(1, 2**128),)}, {"lots": (None,)},
        {"criteria": (Criterion("too long an id", 1, 1),)}, {"criteria": (Criterion("a", 2**16, 1),)}, {"panel": ("0x12",)},
        {"panel": ("0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266",)}, {"panel": (SETUP.panel[0].lower(),)}, {"panel": (7,)},
    ],
    ids=str,
)  # fmt: skip
def test_encoded_setup__value_of_another_size_or_type__fares_as_with_eth_abi(changed: dict[str, Any]) -> None:
    other = replace(SETUP, **changed)
    assert outcome(lambda: encoded_setup(other)) == outcome(lambda: encode([SETUP_TYPE], [other.as_tuple()]))


def test_change_hash__known_change__is_the_keccak_of_four_words() -> None:
    """As a contract encodes a struct without arrays: its members, a word each."""
    change = AgreementChange(ChangeReason.UNFORESEEABLE, 2**128 - 1, 2**32 - 1, b"\xab" * 32)
    numbers = b"".join(each.to_bytes(32, "big") for each in (9, 2**128 - 1, 2**32 - 1))
    assert change_hash(change) == keccak(numbers + b"\xab" * 32)
