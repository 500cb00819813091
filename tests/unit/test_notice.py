"""The notice file that a bidder seals with, also where a stranger wrote it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chain.errors import AmountLotUnknown, BidAmountInvalid, MoneyInvalid
from chain.errors.opening import NoticeWrong
from chain.procurement.bid import Notice, fitted, seal_bid
from chain.sealing.ceremony import Keyset
from chain.sealing.document import OfferFile
from chain.sealing.group import multiply

pytestmark = pytest.mark.unit

KEYSET = Keyset(
    31337, "0x" + "12" * 20, 2, multiply(5), (b"\1" * 32, b"\2" * 32, b"\3" * 32), tuple(map(multiply, (2, 3, 4))), b"\7" * 32
)  # fmt: skip
NOTICE = Notice(7, b"\5" * 32, b"\6" * 32, KEYSET, 1, ("1",), "MXN", 2, 16)


def test_notice__written_and_read__is_the_same() -> None:
    assert Notice.from_json(NOTICE.to_json()) == NOTICE


@pytest.mark.parametrize(
    "change",
    [
        {"format": "licita/notice/2"}, {"tender": "7"}, {"tender": True}, {"envelopes": 3}, {"lots": [1]}, {"lots": 3}, {"currency": None},
        {"termsHash": "0x12zz"}, {"termsHash": "0x" + "06" * 31}, {"separator": "0x" + "05" * 33}, {"separator": "55" + "05" * 32},
        {"separator": "0x"}, {"envelopes": 0}, {"bodyBlocks": 0}, {"bodyBlocks": 17}, {"lots": []}, {"lots": ["1"] * 33},
        {"separator": 5}, {"bodyBlocks": -1}, {"keyset": None}, {"keyset": {"pk": "0x00"}},
        {"tender": 0}, {"tender": 2**53}, {"tender": 10**80}, {"bodyBlocks": 10**9}, {"lots": ["1", "1"]}, {"lots": "12"},
        {"lots": [str(lot) for lot in range(33)]}, {"lots": {"1": 1}}, {"currency": "mxn"}, {"currency": "MXNN"}, {"exponent": 256},
        {"exponent": 10**9},
        {"keyset": {"chainId": -1}}, {"keyset": {"chainId": 31338}}, {"keyset": {"members": []}}, {"keyset": {"committee": "me"}},
    ],
)  # fmt: skip
def test_notice__whatever_a_stranger_writes__is_refused_by_name(change: dict[str, Any]) -> None:
    value = json.loads(NOTICE.to_json())
    keyset = change.pop("keyset", {})
    value |= {**change, "keyset": value["keyset"] | keyset if keyset is not None else None}
    with pytest.raises(NoticeWrong):
        Notice.from_json(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"7", b"[" * 100_000, b"\xff"])
def test_notice__no_json_object__is_refused_by_name(data: bytes) -> None:
    with pytest.raises(NoticeWrong):
        Notice.from_json(data)


@pytest.mark.parametrize(
    "given", [1.5, 5, True, None, [("1", "5.00 MXN")], b"5.00 MXN", {"1": 5}, {"1": 1.5}, {"1": True}, {"1": ["5.00 MXN"]}]
)  # fmt: skip
def test_amounts__no_text_and_no_money__is_refused_by_name(given: Any) -> None:
    with pytest.raises(MoneyInvalid):
        NOTICE.amounts(given)


def test_amounts__lot_that_is_no_text__is_unknown() -> None:
    with pytest.raises(AmountLotUnknown):
        NOTICE.amounts({1: "5.00 MXN"})  # type: ignore[dict-item]


def test_seal__price_of_0__is_an_offer_and_below_is_none() -> None:
    wanted: dict[str, Any] = {"bidder": "0x" + "ab" * 20, "version": 1, "declarations": b"\7" * 32}
    assert NOTICE.amounts("0.00 MXN") == (0,)
    assert len(seal_bid(NOTICE, "0.00 MXN", **wanted).envelopes) == 1
    with pytest.raises(BidAmountInvalid):
        seal_bid(NOTICE, "-0.01 MXN", **wanted)


def test_fitted__files_in_order__those_that_have_room_travel_inside() -> None:
    small, large, left = (OfferFile(f"{size}", "text/plain", bytes(size)) for size in (2000, 20_000, 3000))
    outside = replace(small, inside=False)
    assert [each.inside for each in fitted(NOTICE, [small, large, left, outside])] == [
        True,
        False,
        True,
        False,
    ]
    assert [each.inside for each in fitted(replace(NOTICE, blocks=4), [small])] == [False]
