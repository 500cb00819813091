"""chain/procurement/handed.py: what a supplier hands to an enquiry desk is signed, whole, and of one tender of one network."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from chain.errors.chain import TransactionInvalid
from chain.errors.procurement import HandedQuestionWrong
from chain.procurement.handed import HandedQuestion
from chain.rules import asker_tag
from chain.transactions.signing import address_of, message_signer, sign_message

pytestmark = pytest.mark.unit

KEY, OTHER = b"\x11" * 32, b"\x22" * 32
BOARD = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
HERE = (31_337, BOARD, 7)
QUESTION = HandedQuestion(
    *HERE, b"\x05" * 32, address_of(KEY), b"\x06" * 32, "Garantía", "¿Cuántos años?", item="1"
).signed(KEY)


def test_signed__by_the_account__holds_and_any_wallet_makes_the_same() -> None:
    assert QUESTION.checked(*HERE) is QUESTION
    signed = Account.sign_message(encode_defunct(QUESTION.message), KEY).signature
    assert bytes(signed) == QUESTION.signature
    assert QUESTION.tag == asker_tag(*HERE, QUESTION.supplier, QUESTION.salt)


def test_signed__with_another_account_s_key__is_refused() -> None:
    with pytest.raises(HandedQuestionWrong) as refused:
        QUESTION.signed(OTHER)
    assert refused.value.part == "signature"


@pytest.mark.parametrize("here", [(1, BOARD, 7), (31_337, "0x" + "11" * 20, 7), (31_337, BOARD, 8)])
def test_checked__of_another_network_or_tender__is_refused(here: tuple[int, str, int]) -> None:
    with pytest.raises(HandedQuestionWrong) as refused:
        QUESTION.checked(*here)
    assert refused.value.part in ("chainId", "board", "tender")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Otra"}, {"description": ""}, {"item": None}, {"lot": "1"}, {"salt": bytes(32)}, {"supplier": bytes(32)},
        {"account": address_of(OTHER)}, {"signature": b""}, {"signature": bytes(65)}, {"signature": b"\x01" * 65},
    ],
)  # fmt: skip
def test_checked__anything_changed_after_the_signature__is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(HandedQuestionWrong) as refused:
        replace(QUESTION, **changes).checked(*HERE)
    assert refused.value.part == "signature"


def test_file__written_and_read__is_the_same() -> None:
    assert HandedQuestion.from_json(QUESTION.to_json()) == QUESTION
    loose = json.dumps(json.loads(QUESTION.to_json()), indent=2).encode()
    assert HandedQuestion.from_json(loose) == QUESTION


@pytest.mark.parametrize(
    "change",
    [
        {"tender": None}, {"supplier": "0x05"}, {"salt": "0x"}, {"question": {}}, {"question": []}, {"signature": 7},
        {"more": 1}, {"board": "nobody"},
    ],
)  # fmt: skip
def test_file__another_form__is_refused(change: dict[str, Any]) -> None:
    data = json.dumps(json.loads(QUESTION.to_json()) | change).encode()
    with pytest.raises(HandedQuestionWrong) as refused:
        HandedQuestion.from_json(data)
    assert refused.value.part == "file"


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_file__bytes_that_are_none__are_refused(data: bytes) -> None:
    with pytest.raises(HandedQuestionWrong):
        HandedQuestion.from_json(data)


def test_message_signer__signature_of_another_form__is_refused() -> None:
    signature = sign_message(b"message", KEY)
    assert message_signer(b"message", signature) == address_of(KEY)
    for wrong in (signature[:64], signature + b"\0", signature[:64] + b"\x01"):
        with pytest.raises(TransactionInvalid):
            message_signer(b"message", wrong)
