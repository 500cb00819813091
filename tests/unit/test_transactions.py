"""Coding, signing, logs, reverts and sending, with eth-account and eth-abi as oracles and a scripted node."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import coincurve
import eth_abi
import eth_keys.backends
import pytest
from eth_account import Account
from eth_hash.auto import keccak
from eth_utils.abi import function_signature_to_4byte_selector
from hypothesis import given
from hypothesis import strategies as st

from chain.artifacts import artifact
from chain.errors.chain import (
    CallInvalid,
    CallUnknown,
    ContractNotDeployed,
    GasOverCap,
    KeyInvalid,
    LogInvalid,
    ResultInvalid,
    RevertPanic,
    RevertReason,
    RevertUnexplained,
    RevertUnknown,
    TransactionInvalid,
    TransactionNotMined,
)
from chain.errors.contracts import (
    BidBoxClosed,
    TenderBoardClosed,
    TenderBoardNotFound,
    TenderBoardStatusWrong,
)
from chain.errors.nodes import RpcError
from chain.rlp import decode, encode, encode_int
from chain.rpc import Rpc
from chain.rules import TERMS_TYPE, tender_id
from chain.transactions import (
    GAS,
    MAX_GAS,
    Call,
    Read,
    address_of,
    arguments_of,
    assemble,
    created_address,
    creation,
    decode_log,
    decode_log_json,
    decode_revert,
    deploy,
    gas_for,
    logs_of,
    preflight,
    read,
    send,
    sender_of,
    sign,
    signing_hash,
    topics_of,
    unsigned,
)
from chain.types import AUTHORITY, CONTRACTS, ZERO32, LotTerms, Setup, TenderStatus, Terms

pytestmark = pytest.mark.unit

KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
OWNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
BOARD = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
TERMS = Terms(
    "sandbox",
    1,
    "MXN",
    2,
    1_800_000_000,
    ZERO32,
    ZERO32,
    ZERO32,
    ZERO32,
    1,
    0,
    10_000,
    Setup((LotTerms(125_000_000),)),
)
PUBLISH = Call("TenderBoard", "publish", (b"\x07" * 32, TERMS.as_tuple(), '{"title":"Cómputo"}'))
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


# Calls


def test_call_data__of_publish__equals_the_encoding_of_eth_abi() -> None:
    types = ["bytes32", TERMS_TYPE, "string"]
    selector = function_signature_to_4byte_selector(f"publish({','.join(types)})")
    assert PUBLISH.data == selector + eth_abi.encode(types, PUBLISH.args)


def test_call_from_data__own_encoding__gives_the_call_back() -> None:
    assert Call.from_data("TenderBoard", PUBLISH.data) == PUBLISH


def test_call_from_data__address_argument__is_a_checksum_address() -> None:
    call = Call("MemberRegistry", "removePerson", (OWNER.lower(),))
    assert Call.from_data("MemberRegistry", call.data).args == (OWNER,)


def test_call_from_data__trailing_byte__raises_call_invalid() -> None:
    with pytest.raises(CallInvalid, match="canonical"):
        Call.from_data("TenderBoard", PUBLISH.data + b"\0")


def test_call_as_read__trailing_byte__is_read_by_nobody() -> None:
    assert Call.as_read("TenderBoard", PUBLISH.data + b"\0") == PUBLISH


def test_call_from_data__cut_data__raises_call_invalid() -> None:
    with pytest.raises(CallInvalid):
        Call.from_data("TenderBoard", PUBLISH.data[:100])


@pytest.mark.parametrize("data", [b"", b"\x01\x02", b"\xff\xff\xff\xff" + ZERO32])
def test_call_from_data__no_such_selector__raises_call_unknown(data: bytes) -> None:
    with pytest.raises(CallUnknown):
        Call.from_data("TenderBoard", data)


@pytest.mark.parametrize(
    "args",
    [
        (b"\x01", 1),
        (tender_id(1), 65_536),
        (tender_id(1), -1),
        (tender_id(1), "1"),
        (tender_id(1), None),
        (tender_id(1),),
        (tender_id(1), 1, 1),
    ],
    ids=["short bytes", "too large", "negative", "text", "none", "one missing", "one more"],
)
def test_call_data__wrong_argument__raises_call_invalid(args: tuple[Any, ...]) -> None:
    with pytest.raises(CallInvalid) as caught:
        _ = Call("TenderBoard", "isAnswered", args).data
    assert (caught.value.contract, caught.value.function) == ("TenderBoard", "isAnswered")


def test_call_data__no_such_function__raises_call_unknown() -> None:
    with pytest.raises(CallUnknown):
        _ = Call("TenderBoard", "award", ()).data


def test_creation__without_arguments__raises_call_invalid_where_the_constructor_takes_some() -> None:
    with pytest.raises(CallInvalid, match="constructor"):
        creation("TenderBoard")


# Gas


# What only a resolution calls, within the gas of Council.execute, and what the library has and nobody can use.
NEVER_SENT = {
    "BidBox": {"lock", "releaseEnvelope"},
    "ApplicationRegistry": {"refuse", "revoke", "seal", "suspend"},
    "Council": {
        "castVoteWithReasonAndParams", "confirmUrgency", "onERC1155BatchReceived", "onERC1155Received", "onERC721Received", "relay",
        "setCallClass", "setClassRules",
    },
    "MemberRegistry": {
        "admit", "expel", "recover", "setKinds", "setSector", "setSuperior", "suspend", "suspendNow", "suspendPerson",
    },
    "AwardDesk": {"cancelAward", "passOver", "prolong", "restoreBid"},
    "EvaluationDesk": {"redo", "takeVotes"},
    "FourEyes": {"take"},
    "NetworkPermissions": {"setNode"},
    "OpeningCommittee": {"retireKeyset"},
    "ProcedureBook": {"adopt", "retire"},
    "SupplierRegistry": {"rate"},
    "TenderBoard": {"cancelByOrder", "markSigned", "replaceReviewBody", "undoCancellation", "watch"},
    "ValidatorRegistry": {"removeNow", "setTarget"},
}  # fmt: skip


def test_gas_for__every_function_that_an_account_sends__has_a_limit() -> None:
    changing = {
        (name, entry["name"])
        for name in CONTRACTS
        if name != AUTHORITY
        for entry in artifact(name).abi
        if entry["type"] == "function"
        and entry["stateMutability"] in ("nonpayable", "payable")
        and entry["name"] not in NEVER_SENT.get(name, ())
    }
    assert set(GAS) == changing


def test_gas_for__longest_publication__is_within_the_cap() -> None:
    call = Call("TenderBoard", "publish", (b"\x07" * 32, TERMS.as_tuple(), "x" * 131_072))
    assert 131_072 * 39 < gas_for(call) <= MAX_GAS


def test_gas_for__text_beyond_any_limit__raises_gas_over_cap() -> None:
    call = Call("TenderBoard", "publish", (b"\x07" * 32, TERMS.as_tuple(), "x" * 500_000))
    with pytest.raises(GasOverCap) as caught:
        gas_for(call)
    assert caught.value.cap == 16_777_216


def test_gas_for__view__raises_call_invalid() -> None:
    with pytest.raises(CallInvalid, match="read, not sent"):
        gas_for(Call("TenderBoard", "tenderCount", ()))


# Signing


def test_eth_keys__where_coincurve_is_installed__uses_it() -> None:
    assert type(eth_keys.backends.get_backend()).__name__ == "CoinCurveECCBackend"


@given(
    key=st.integers(1, ORDER - 1),
    nonce=st.integers(0, 2**64 - 1),
    data=st.binary(max_size=300),
    gas=st.integers(21_000, MAX_GAS),
    chain_id=st.integers(1, 2**32),
    to=st.one_of(st.none(), st.just(BOARD)),
)
def test_sign__any_transaction__equals_the_bytes_of_eth_account(
    key: int, nonce: int, data: bytes, gas: int, chain_id: int, to: str | None
) -> None:
    secret = key.to_bytes(32, "big")
    raw, transaction = sign(unsigned(nonce, to, data, gas, chain_id), secret)
    fields = {
        "nonce": nonce,
        "gasPrice": 0,
        "gas": gas,
        "value": 0,
        "data": data,
        "chainId": chain_id,
        "to": to or b"",
    }
    expected = Account.sign_transaction(fields, secret)
    assert raw == bytes(expected.raw_transaction)
    assert transaction == "0x" + bytes(expected.hash).hex()
    assert sender_of(raw) == Account.from_key(secret).address == address_of(secret)


def test_assemble__signature_made_elsewhere__equals_sign() -> None:
    payload = unsigned(7, BOARD, b"\x01", 100_000, 31_337)
    signature = coincurve.PrivateKey(KEY).sign_recoverable(signing_hash(payload), hasher=None)
    r, s, y = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]
    assert assemble(payload, r, s, y) == sign(payload, KEY)


def test_sign__thousand_nonces__always_low_s() -> None:
    for nonce in range(1_000):
        raw, _ = sign(unsigned(nonce, BOARD, b"", 21_000, 1), KEY)
        assert int.from_bytes(decode(raw)[8], "big") <= ORDER // 2


@pytest.mark.parametrize(
    ("r", "s", "y", "rule"),
    [
        (1, ORDER // 2 + 1, 0, "high-s"),
        (0, 1, 0, "signature"),
        (1, 0, 0, "signature"),
        (ORDER, 1, 0, "signature"),
        (1, 1, 2, "parity"),
    ],
)
def test_assemble__bad_signature__raises_transaction_invalid(r: int, s: int, y: int, rule: str) -> None:
    with pytest.raises(TransactionInvalid) as caught:
        assemble(unsigned(0, BOARD, b"", 21_000, 1), r, s, y)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    "payload", [encode([b""] * 8), encode(b"text"), encode([b"\x01"] * 9), encode([b""] * 6 + [[], b"", b""])]
)
def test_assemble__no_signing_payload__raises_transaction_invalid(payload: bytes) -> None:
    with pytest.raises(TransactionInvalid, match="fields"):
        assemble(payload, 1, 1, 0)


def _changed(place: int, value: Any) -> bytes:
    raw, _ = sign(unsigned(3, BOARD, b"\x01", 50_000, 31_337), KEY)
    items = decode(raw)
    assert isinstance(items, list)
    items[place] = value
    return encode(items)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (_changed(1, b"\x01"), "gas-price"),
        (_changed(4, b"\x01"), "value"),
        (_changed(6, b"\x1b"), "chain-id"),
        (_changed(8, encode_int(ORDER - 1)), "high-s"),
        (_changed(7, b""), "signature"),
        (_changed(7, encode_int(5)), "signature"),
        (_changed(3, []), "fields"),
        (encode([b""] * 10), "fields"),
    ],
)
def test_sender_of__other_form__raises_transaction_invalid(raw: bytes, rule: str) -> None:
    with pytest.raises(TransactionInvalid) as caught:
        sender_of(raw)
    assert caught.value.rule == rule


@pytest.mark.parametrize("key", [b"", ZERO32, ORDER.to_bytes(32, "big"), b"\x01" * 31])
def test_sign__no_key__raises_key_invalid(key: bytes) -> None:
    with pytest.raises(KeyInvalid):
        sign(unsigned(0, None, b"", 21_000, 1), key)


def test_created_address__first_of_anvils_account__is_the_known_one() -> None:
    assert created_address(OWNER, 0) == BOARD


# Reverts


def _revert(signature: str, *values: Any) -> bytes:
    types = signature[signature.index("(") + 1 : -1].split(",")
    return function_signature_to_4byte_selector(signature) + eth_abi.encode(types, values)


def test_decode_revert__closed__is_the_error_with_number_and_time() -> None:
    error = decode_revert(_revert("TenderBoardClosed(bytes32,uint256)", tender_id(5), 1_800_000_000))
    assert isinstance(error, TenderBoardClosed)
    assert (error.id, error.closed_at) == (5, datetime(2027, 1, 15, 8, tzinfo=UTC))


def test_decode_revert__status__is_the_enum() -> None:
    error = decode_revert(_revert("TenderBoardStatusWrong(bytes32,uint8)", tender_id(5), 12))
    assert isinstance(error, TenderBoardStatusWrong)
    assert error.status is TenderStatus.CANCELLED
    assert error.facts == {"id": 5, "status": "CANCELLED"}


def test_decode_revert__text__is_revert_reason() -> None:
    error = decode_revert(_revert("Error(string)", "no"))
    assert isinstance(error, RevertReason)
    assert error.reason == "no"


def test_decode_revert__panic__is_revert_panic() -> None:
    error = decode_revert(_revert("Panic(uint256)", 0x11))
    assert isinstance(error, RevertPanic)
    assert error.code == 0x11


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\xde\xad\xbe\xef",
        _revert("TenderBoardClosed(bytes32,uint256)", tender_id(5), 2**255),
        _revert("TenderBoardClosed(bytes32,uint256)", tender_id(5), 1)[:40],
        _revert("TenderBoardStatusWrong(bytes32,uint8)", tender_id(5), 200),
        _revert("TenderBoardRoleMissing(bytes32,address)", b"\xff" * 32, OWNER),
    ],
    ids=[
        "empty",
        "short",
        "unknown",
        "time beyond the calendar",
        "cut",
        "no such status",
        "role that is no text",
    ],
)
def test_decode_revert__foreign_data__is_revert_unknown(data: bytes) -> None:
    error = decode_revert(data)
    assert isinstance(error, RevertUnknown)
    assert error.data == "0x" + data.hex()


# Logs

PUBLISHED = keccak(f"TenderPublished(bytes32,bytes32,bytes32,bytes32,{TERMS_TYPE},string)".encode())
ASKED = keccak(b"QuestionAsked(bytes32,uint16,bytes32,bytes32,string)")
POSITION: dict[str, Any] = {
    "block": 9,
    "time": 1_700_000_000,
    "transaction": "0x" + "ab" * 32,
    "tx_index": 2,
    "log_index": 4,
}


def _published() -> tuple[list[bytes], bytes]:
    data = eth_abi.encode(
        ["bytes32", "bytes32", TERMS_TYPE, "string"], [b"\x07" * 32, b"\x08" * 32, TERMS.as_tuple(), "{}"]
    )
    return [PUBLISHED, tender_id(1), b"\x09" * 32], data


def test_decode_log__publication__is_plain_json_in_the_order_of_the_abi() -> None:
    event = decode_log("TenderBoard", BOARD.lower(), *_published(), **POSITION)
    assert json.loads(json.dumps(event.args)) == event.args
    assert list(event.args) == ["id", "buyer", "recordId", "termsHash", "terms", "json"]
    assert event.args["id"] == "0x" + tender_id(1).hex()
    assert event.args["terms"]["setup"]["lots"] == [{"ceiling": "125000000", "marketMean": "0"}]
    assert event.args["terms"]["deadline"] == 1_800_000_000
    assert (event.contract, event.name, event.address) == ("TenderBoard", "TenderPublished", BOARD)
    assert Terms.from_args(event.args["terms"]) == TERMS


def _log(topics: list[bytes], data: bytes) -> dict[str, Any]:
    return {
        "address": BOARD.lower(), "topics": ["0x" + topic.hex() for topic in topics], "data": "0x" + data.hex(), "blockNumber": "0x9",
        "transactionHash": "0x" + "AB" * 32, "transactionIndex": "0x2", "logIndex": "0x4",
    }  # fmt: skip


def test_decode_log_json__as_nodes_write_it__equals_decode_log() -> None:
    found = decode_log_json({BOARD.lower(): "TenderBoard"}, _log(*_published()), 1_700_000_000)
    assert found == decode_log("TenderBoard", BOARD, *_published(), **POSITION)


def test_decode_log_json__foreign_address__is_none() -> None:
    assert decode_log_json({OWNER.lower(): "TenderBoard"}, _log(*_published()), 1) is None


@pytest.mark.parametrize("topics", [[], [b"\x01" * 32]])
def test_decode_log_json__unknown_topic__is_none(topics: list[bytes]) -> None:
    assert decode_log_json({BOARD.lower(): "TenderBoard"}, _log(topics, b""), 1) is None


def test_decode_log__text_that_is_not_utf_8__keeps_its_place_with_the_replacement_character() -> None:
    data = eth_abi.encode(["bytes32", "bytes32", "bytes"], [ZERO32, ZERO32, b"a\xffb"])
    event = decode_log("TenderBoard", BOARD, [ASKED, tender_id(1), tender_id(1)], data, **POSITION)
    assert event.args["json"] == "a\ufffdb"


@pytest.mark.parametrize(
    ("topics", "data"),
    [
        ([ASKED, tender_id(1)], b""),
        ([ASKED, tender_id(1), tender_id(1)], b"\x01"),
        (
            [ASKED, tender_id(1), b"\xff" * 32],
            eth_abi.encode(["bytes32", "bytes32", "string"], [ZERO32, ZERO32, "{}"]),
        ),
        ([b"\x01" * 32], b""),
        ([], b""),
    ],
    ids=["topic missing", "data cut", "topic beyond its type", "unknown topic", "no topic"],
)
def test_decode_log__impossible_log__raises_log_invalid(topics: list[bytes], data: bytes) -> None:
    with pytest.raises(LogInvalid):
        decode_log("TenderBoard", BOARD, topics, data, **POSITION)


def test_topics_of__names__are_the_hashes_of_their_signatures() -> None:
    wanted = "0x" + keccak(b"BidWithdrawn(bytes32,address,uint32,uint16)").hex()
    assert topics_of("BidBox", ("BidWithdrawn",)) == [wanted]
    assert topics_of("BidBox", ()) is None


def test_topics_of__name_of_no_event__is_not_taken_for_all_of_them() -> None:
    with pytest.raises(LogInvalid):
        topics_of("BidBox", ("BidSealed", "BidSeeled"))


# Reading and sending, to a scripted node


class Node:
    """A transport that answers by method; an answer may be a value, an error, or a function of the parameters."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, list[Any]]] = []

    async def send(self, body: bytes) -> bytes:
        request = json.loads(body)
        if isinstance(request, list):
            each = [await self.send(json.dumps(call).encode()) for call in request]
            return b"[" + b",".join(each) + b"]"
        self.asked.append((request["method"], request["params"]))
        answer = self.answers[request["method"]]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(request["params"])
        kind = "error" if isinstance(answer, dict) and "code" in answer else "result"
        return json.dumps({"jsonrpc": "2.0", "id": request["id"], kind: answer}).encode()

    async def close(self) -> None:
        """Nothing is open."""


ADDRESSES = {"TenderBoard": BOARD}
NOT_FOUND = {
    "code": 3,
    "message": "execution reverted",
    "data": "0x" + _revert("TenderBoardNotFound(bytes32)", tender_id(9)).hex(),
}


async def test_logs_of__more_blocks_than_besu_gives_at_once__are_asked_for_in_ranges() -> None:
    def besu(params: list[Any]) -> Any:
        first, last = (params[0][name] for name in ("fromBlock", "toBlock"))
        if last == "latest" or int(last, 16) - int(first, 16) >= 5_000:
            return {"code": -32005, "message": "Requested range exceeds maximum RPC range limit"}
        return [{"first": int(first, 16), "last": int(last, 16)}]

    node = Node({"eth_getLogs": besu, "eth_blockNumber": hex(10_000)})
    found = await logs_of(Rpc(node), BOARD, [None])
    assert found == [
        {"first": 0, "last": 4_999},
        {"first": 5_000, "last": 9_999},
        {"first": 10_000, "last": 10_000},
    ]
    assert all(params[0]["topics"] == [None] for method, params in node.asked if method == "eth_getLogs")


async def test_logs_of__another_refusal__is_raised() -> None:
    with pytest.raises(RpcError):
        await logs_of(Rpc(Node({"eth_getLogs": {"code": -32602, "message": "Invalid params"}})), BOARD, [])


async def test_read__single_output__is_unwrapped() -> None:
    node = Node({"eth_call": "0x" + eth_abi.encode(["uint256"], [3]).hex()})
    count: Read[int] = Read("TenderBoard", "tenderCount", ())
    assert await read(Rpc(node), ADDRESSES, count, 7) == 3
    assert node.asked == [("eth_call", [{"to": BOARD, "data": "0x" + count.data.hex()}, "0x7"])]


async def test_read__revert__raises_the_named_error() -> None:
    with pytest.raises(TenderBoardNotFound) as caught:
        await read(
            Rpc(Node({"eth_call": NOT_FOUND})), ADDRESSES, Call("TenderBoard", "closesAt", (tender_id(9),))
        )
    assert caught.value.id == 9


async def test_read__no_code_there__raises_contract_not_deployed() -> None:
    with pytest.raises(ContractNotDeployed):
        await read(Rpc(Node({"eth_call": "0x"})), ADDRESSES, Call("TenderBoard", "tenderCount", ()))


async def test_read__contract_without_address__raises_contract_not_deployed() -> None:
    with pytest.raises(ContractNotDeployed):
        await read(Rpc(Node({})), {}, Call("TenderBoard", "tenderCount", ()))


async def test_read__answer_of_another_shape__raises_result_invalid() -> None:
    with pytest.raises(ResultInvalid):
        await read(Rpc(Node({"eth_call": "0x01"})), ADDRESSES, Call("TenderBoard", "tenderCount", ()))


@pytest.mark.parametrize(
    "error",
    [
        {"code": -32000, "message": "header not found"},
        {"code": -32003, "message": "Out of gas", "data": "0x"},
    ],
)
async def test_read__error_that_is_no_revert__raises_rpc_error(error: dict[str, Any]) -> None:
    with pytest.raises(RpcError):
        await read(Rpc(Node({"eth_call": error})), ADDRESSES, Call("TenderBoard", "tenderCount", ()))


async def test_preflight__call__goes_as_the_sender_with_gas_at_the_next_blocks_time() -> None:
    node = Node({"eth_call": "0x", "eth_getBlockByNumber": {"timestamp": hex(1_700_000_000)}})
    await preflight(Rpc(node), ADDRESSES, PUBLISH, OWNER, 900_000)
    request = {
        "from": OWNER,
        "to": BOARD,
        "data": "0x" + PUBLISH.data.hex(),
        "gas": hex(900_000),
        "gasPrice": "0x0",
    }
    assert node.asked[1:] == [("eth_call", [request, "pending", {}, {"time": hex(1_700_000_001)}])]


def _answers(**changed: Any) -> dict[str, Any]:
    topics, data = _published()
    receipt = {
        "transactionHash": "0x" + "ab" * 32, "blockNumber": "0x9", "gasUsed": "0x5208", "status": "0x1", "contractAddress": None,
        "logs": [_log(topics, data), {**_log(topics, data), "address": OWNER}],
    }  # fmt: skip
    answers = {
        "eth_chainId": "0x7a69",
        "eth_getTransactionCount": "0x5",
        "eth_sendRawTransaction": "0x",
        "eth_getTransactionReceipt": receipt,
        "eth_getBlockByNumber": {"timestamp": hex(1_700_000_000)},
    }
    return answers | changed


async def test_send__mined__gives_events_of_our_contracts() -> None:
    node = Node(_answers())
    receipt = await send(Rpc(node), ADDRESSES, PUBLISH, KEY)
    assert (receipt.block, receipt.time, receipt.gas_used, receipt.created) == (
        9,
        1_700_000_000,
        21_000,
        None,
    )
    assert [event.name for event in receipt.events] == ["TenderPublished"]
    sent = dict(node.asked)["eth_sendRawTransaction"][0]
    assert bytes.fromhex(sent[2:]) == sign(unsigned(5, BOARD, PUBLISH.data, gas_for(PUBLISH), 31_337), KEY)[0]


async def test_send__given_a_nonce_and_a_nudge__asks_for_no_nonce_and_nudges_after_sending() -> None:
    node = Node(_answers())

    async def nudge() -> None:
        node.asked.append(("nudge", []))

    await send(Rpc(node), ADDRESSES, PUBLISH, KEY, nonce=8, nudge=nudge)
    methods = [method for method, _ in node.asked]
    assert "eth_getTransactionCount" not in methods
    assert methods.index("nudge") == methods.index("eth_sendRawTransaction") + 1


async def test_send__failed_in_its_block__raises_the_refusal_found_at_the_parent_block() -> None:
    receipt = _answers()["eth_getTransactionReceipt"] | {"status": "0x0", "logs": []}
    node = Node(_answers(eth_getTransactionReceipt=receipt, eth_call=NOT_FOUND))
    with pytest.raises(TenderBoardNotFound):
        await send(Rpc(node), ADDRESSES, PUBLISH, KEY)
    assert dict(node.asked)["eth_call"][1] == "0x8"


async def test_send__failed_by_the_time_of_its_block__raises_what_besu_keeps_in_the_receipt() -> None:
    """Besu knows no time in eth_call: at the parent block, a second before, the call still goes through."""
    closed_at = 1_796_036_841
    reason = "0x7d02d00c" + f"{1:064x}{closed_at:064x}"
    receipt = _answers()["eth_getTransactionReceipt"] | {"status": "0x0", "logs": [], "revertReason": reason}
    node = Node(_answers(eth_getTransactionReceipt=receipt, eth_call="0x"))
    with pytest.raises(BidBoxClosed) as caught:
        await send(Rpc(node), ADDRESSES, PUBLISH, KEY)
    assert caught.value.closed_at == datetime.fromtimestamp(closed_at, UTC)


@pytest.mark.parametrize("kept", ["0x", "", "0x1", "no hex", "execution reverted", 7, [], None])
async def test_send__failed_and_the_receipt_says_nothing_of_it__is_called_again(kept: Any) -> None:
    receipt = _answers()["eth_getTransactionReceipt"] | {"status": "0x0", "logs": [], "revertReason": kept}
    node = Node(_answers(eth_getTransactionReceipt=receipt, eth_call=NOT_FOUND))
    with pytest.raises(TenderBoardNotFound):
        await send(Rpc(node), ADDRESSES, PUBLISH, KEY)


@pytest.mark.parametrize("answer", ["0x", {"code": -32003, "message": "Out of gas"}])
async def test_send__failed_and_not_again__raises_revert_unexplained(answer: Any) -> None:
    receipt = _answers()["eth_getTransactionReceipt"] | {"status": "0x0", "logs": []}
    node = Node(_answers(eth_getTransactionReceipt=receipt, eth_call=answer))
    with pytest.raises(RevertUnexplained) as caught:
        await send(Rpc(node), ADDRESSES, PUBLISH, KEY)
    assert caught.value.block == 9


async def test_send__never_mined__raises_transaction_not_mined() -> None:
    with pytest.raises(TransactionNotMined):
        await send(
            Rpc(Node(_answers(eth_getTransactionReceipt=None))), ADDRESSES, PUBLISH, KEY, patience=0.02
        )


async def test_deploy__mined__names_the_created_contract() -> None:
    receipt = _answers()["eth_getTransactionReceipt"] | {"contractAddress": BOARD.lower()}
    node = Node(_answers(eth_getTransactionReceipt=receipt))
    made = await deploy(Rpc(node), ADDRESSES, b"\x60\x00", KEY, nonce=0)
    assert made.created == BOARD
    sent = dict(node.asked)["eth_sendRawTransaction"][0]
    assert decode(bytes.fromhex(sent[2:]))[3] == b""


async def test_deploy__more_gas_than_a_transaction_may_have__raises_gas_over_cap() -> None:
    with pytest.raises(GasOverCap):
        await deploy(Rpc(Node({})), ADDRESSES, b"\x60\x00", KEY, gas=MAX_GAS + 1)


def test_arguments_of__call_with_structs__are_named_as_those_of_events() -> None:
    terms = (
        b"simple".ljust(16, b"\0"),
        1,
        b"MXN",
        2,
        7,
        *(bytes(32),) * 4,
        1,
        0,
        10_000,
        ([(2**100, 0)], [], []),
    )
    found = arguments_of(Call("TenderBoard", "publish", (b"\x01" * 32, terms, "{}")))
    assert (found["recordId"], found["json"]) == ("0x" + "01" * 32, "{}")
    assert found["terms"]["setup"] == {
        "lots": [{"ceiling": str(2**100), "marketMean": "0"}],
        "criteria": [],
        "panel": [],
    }
    assert (found["terms"]["deadline"], found["terms"]["currency"]) == (7, "0x" + b"MXN".hex())
