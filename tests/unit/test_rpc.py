"""chain/rpc.py over transports that misbehave; HTTP itself is in tests/network/test_http.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from chain.errors.nodes import ChainUnreachable, RpcError
from chain.rpc import BATCH_BYTES, BATCH_CALLS, Rpc, newest_block

pytestmark = pytest.mark.unit


class Node:
    """A transport whose node answers each call with its own parameters, after ``spoil`` had the answer in hand."""

    url = "fake:"

    def __init__(self, spoil: Callable[[Any], Any] = lambda answer: answer) -> None:
        self.spoil = spoil
        self.bodies: list[bytes] = []
        self.closed = False

    async def send(self, body: bytes) -> bytes:
        self.bodies.append(body)
        asked = orjson.loads(body)
        answer = [self._answer(call) for call in asked] if isinstance(asked, list) else self._answer(asked)
        spoiled = self.spoil(answer)
        return spoiled if isinstance(spoiled, bytes) else orjson.dumps(spoiled)

    async def close(self) -> None:
        self.closed = True

    @staticmethod
    def _answer(call: dict[str, Any]) -> dict[str, Any]:
        if call["method"] == "fail":
            return {
                "jsonrpc": "2.0",
                "id": call["id"],
                "error": {"code": 3, "message": "reverted", "data": "0x12"},
            }
        return {"jsonrpc": "2.0", "id": call["id"], "result": call["params"]}


class Broken:
    """A transport that fails, by default after the node has acted."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def send(self, body: bytes) -> bytes:
        raise self.error

    async def close(self) -> None:
        return None


def calls(count: int, word: str = "echo") -> list[tuple[str, list[Any]]]:
    return [(word, [number]) for number in range(count)]


async def test_call__answered__gives_result_and_sends_json_rpc() -> None:
    node = Node()
    assert await Rpc(node).call("echo", 1, "0x2") == [1, "0x2"]
    assert orjson.loads(node.bodies[0]) == {"jsonrpc": "2.0", "id": 1, "method": "echo", "params": [1, "0x2"]}


async def test_call__null_result__is_none() -> None:
    assert (
        await Rpc(Node(lambda answer: {**answer, "result": None})).call("eth_getTransactionReceipt", "0x")
        is None
    )


async def test_newest_block__node_that_has_none_yet__is_named() -> None:
    assert await newest_block(Rpc(Node(lambda answer: {**answer, "result": {"number": "0x1"}}))) == {
        "number": "0x1"
    }
    with pytest.raises(ChainUnreachable) as caught:
        await newest_block(Rpc(Node(lambda answer: {**answer, "result": None})))
    assert (caught.value.url, caught.value.cause) == ("fake:", "the node has no newest block yet")


async def test_call__error_answer__raises_with_code_message_and_data() -> None:
    with pytest.raises(RpcError) as caught:
        await Rpc(Node()).call("fail")
    assert (caught.value.code, caught.value.message, caught.value.data) == (3, "reverted", "0x12")
    assert not caught.value.unanswered


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"1",
        b'"text"',
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"<html>",
        b"[" * 100_000,
        b'{"id":1}',
        b'{"id":99,"result":1}',
        b'{"id":1,"error":"no"}',
        b'{"id":1,"error":{"message":"no code"}}',
        b'{"id":1,"error":{"code":"3"}}',
    ],
)
@pytest.mark.parametrize("kind", ["call", "batch"])
async def test_answer__malformed__is_named(answer: bytes, kind: str) -> None:
    rpc = Rpc(Node(lambda _: answer))
    if (kind, answer) == ("batch", b"[]"):
        assert [item.unanswered for item in await rpc.batch(calls(1))] == [True]
        return
    with pytest.raises(ChainUnreachable) as caught:
        await (rpc.call("echo") if kind == "call" else rpc.batch(calls(2)))
    assert caught.value.url == "fake:"
    assert len(caught.value.cause) < 400


@pytest.mark.parametrize("error", [ConnectionResetError("peer"), TimeoutError(), OSError(5, "io")])
async def test_transport__fails__is_chain_unreachable_with_its_cause(error: Exception) -> None:
    for act in (Rpc(Broken(error)).call("echo"), Rpc(Broken(error)).batch(calls(1))):
        with pytest.raises(ChainUnreachable) as caught:
            await act
        assert caught.value.__cause__ is error
        assert caught.value.url == "Broken"


async def test_batch__reordered_doubled_and_strange_answers__are_matched_by_id() -> None:
    def spoil(answers: list[Any]) -> list[Any]:
        stranger = {"jsonrpc": "2.0", "id": 10**6, "result": "not asked"}
        again = [{**answer, "result": "second"} for answer in answers]
        return [None, 7, {"id": None, "result": 1}, stranger, *reversed(answers), *again]

    assert await Rpc(Node(spoil)).batch(calls(5)) == [[0], [1], [2], [3], [4]]


async def test_batch__answers_missing__are_marked_unanswered_in_their_place() -> None:
    results = await Rpc(Node(lambda answers: answers[::2])).batch(calls(4))
    assert results[0] == [0] and results[2] == [2]
    assert [isinstance(item, RpcError) and item.unanswered for item in results] == [False, True, False, True]


async def test_batch__one_call_fails__is_an_error_in_its_place() -> None:
    results = await Rpc(Node()).batch([("echo", [1]), ("fail", []), ("echo", [2])])
    assert (results[0], results[2]) == ([1], [2])
    assert isinstance(results[1], RpcError) and results[1].code == 3


async def test_batch__refused_as_a_whole__raises_the_error() -> None:
    refusal = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "batch too long"}}
    with pytest.raises(RpcError) as caught:
        await Rpc(Node(lambda _: refusal)).batch(calls(2))
    assert caught.value.code == -32600


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 0), (1, 1), (BATCH_CALLS, 1), (BATCH_CALLS + 1, 2), (3 * BATCH_CALLS, 3)]
)
async def test_batch__many_calls__are_split_and_stay_in_order(count: int, requests: int) -> None:
    node = Node()
    assert await Rpc(node).batch(calls(count)) == [[number] for number in range(count)]
    assert len(node.bodies) == requests


async def test_batch__long_calls__are_split_at_the_byte_limit_and_a_longer_one_goes_alone() -> None:
    node = Node()
    sizes = [400_000, 400_000, 400_000, 1_500_000, 10]
    results = await Rpc(node).batch([("echo", ["x" * size]) for size in sizes])
    assert [len(result[0]) for result in results if isinstance(result, list)] == sizes
    assert [len(orjson.loads(body)) for body in node.bodies] == [2, 1, 1, 1]
    assert len(node.bodies[0]) <= BATCH_BYTES + 1


async def test_ids__over_calls_and_batches__never_repeat() -> None:
    node = Node()
    rpc = Rpc(node)
    await rpc.call("echo")
    await rpc.batch(calls(3))
    await rpc.call("echo")
    asked = [orjson.loads(body) for body in node.bodies]
    assert [asked[0]["id"], *(call["id"] for call in asked[1]), asked[2]["id"]] == [1, 2, 3, 4, 5]


async def test_close__closes_transport() -> None:
    node = Node()
    await Rpc(node).close()
    assert node.closed
