"""The notice file that a bidder seals with, also where a stranger wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chain.errors.opening import NoticeWrong
from chain.procurement.bid import Notice
from chain.sealing.ceremony import Keyset
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
        {"termsHash": "0x12zz"}, {"separator": 5}, {"bodyBlocks": -1}, {"keyset": None}, {"keyset": {"pk": "0x00"}},
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
