"""JSON-RPC 2.0 to a node: the only transport, asynchronous.

``Transport`` is the seam: a test passes one that drops, doubles, reorders, or fails after the node acted. Nothing is repeated
here, because only the caller knows whether an act may be sent twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import aiohttp
import orjson

from chain.errors.nodes import ChainUnreachable, RpcError

__all__ = [
    "BATCH_BYTES",
    "BATCH_CALLS",
    "LOG_BLOCKS",
    "MAX_ANSWER",
    "HttpTransport",
    "Rpc",
    "Transport",
    "newest_block",
]

BATCH_CALLS = 100
"""Calls in one request at most; Besu takes 1,024."""

BATCH_BYTES = 1_000_000
"""Bytes in one request at most, unless a single call is longer; anvil takes 2 MB."""

LOG_BLOCKS = 5_000
"""Blocks whose logs Besu gives in one answer (``--rpc-max-logs-range``)."""

MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of one answer at most."""


class Transport(Protocol):
    """Carries one request to a node and its answer back."""

    async def send(self, body: bytes) -> bytes:
        """The answer's bytes. Raises ChainUnreachable, or OSError or TimeoutError, which become it."""
        ...

    async def close(self) -> None:
        """Gives its connections back; a later ``send`` may open new ones."""
        ...


class HttpTransport:
    """HTTP POST with kept connections. ``timeout`` in seconds, for the whole exchange.

    It opens its session in the event loop of the first ``send`` and belongs to that loop until ``close``.
    """

    def __init__(self, url: str, *, timeout: float = 30.0, max_answer: int = MAX_ANSWER) -> None:
        self.url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._max_answer = max_answer
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes) -> bytes:
        """The answer's bytes. Raises ChainUnreachable."""
        if self._session is None:
            # Not compressed: the bound below then counts what is in memory.
            headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, headers=headers, auto_decompress=False
            )
        try:
            async with self._session.post(self.url, data=body, allow_redirects=False) as response:
                answer = await self._read(response)
        except TimeoutError as error:
            raise ChainUnreachable(self.url, f"no answer within {self._timeout.total:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ChainUnreachable(self.url, _text(error)) from error
        # Some nodes give a JSON-RPC error a status of its own; any other status carries no answer.
        if response.status >= 300 and response.content_type != "application/json":
            raise ChainUnreachable(self.url, f"HTTP {response.status}")
        return answer

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """The body, as far as it is within the bound: a longer one is refused before it is in memory."""
        parts = bytearray()
        async for part in response.content.iter_any():
            parts += part
            if len(parts) > self._max_answer:
                raise ChainUnreachable(self.url, f"the answer is longer than {self._max_answer} bytes")
        return bytes(parts)


class Rpc:
    """Calls to one node. Arguments and results are JSON values as the node defines them (quantities are hex strings)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._ids = itertools.count(1)

    @property
    def url(self) -> str:
        """The transport's address; its class where it has none."""
        return str(getattr(self._transport, "url", type(self._transport).__name__))

    async def call(self, method: str, *params: Any) -> Any:
        """The result of one call. Raises RpcError for an error answer, ChainUnreachable for none."""
        number = next(self._ids)
        answer = await self._exchange(_request(number, method, params))
        if not isinstance(answer, dict) or answer.get("id") not in (number, None):
            raise ChainUnreachable(self.url, f"{method}: the answer is not to this call")
        result = self._result(answer)
        if isinstance(result, RpcError):
            raise result
        return result

    async def results(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """As ``batch``, where each call must succeed. Raises the first RpcError."""
        answers = await self.batch(calls)
        for answer in answers:
            if isinstance(answer, RpcError):
                raise answer
        return answers

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any | RpcError]:
        """Result or RpcError of each call, in the order of ``calls``; sent in requests of at most 100 calls and 1 MB, one after
        the other. Answers are matched by id: of a doubled one the first counts, a call without one has ``RpcError.unanswered``.

        Raises ChainUnreachable when a request as a whole has no readable answer: those before it may have been carried out.
        """
        results: list[Any | RpcError] = []
        for numbers, body in self._requests(calls):
            found = self._matched(await self._exchange(body))
            results += [
                found.get(number, RpcError(0, "the node left this call unanswered")) for number in numbers
            ]
        return results

    async def close(self) -> None:
        """Closes the transport."""
        await self._transport.close()

    def _requests(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> Iterator[tuple[list[int], bytes]]:
        """The ids and the body of each request."""
        numbers: list[int] = []
        parts: list[bytes] = []
        size = 0
        for method, params in calls:
            number = next(self._ids)
            part = _request(number, method, params)
            if parts and (len(parts) == BATCH_CALLS or size + len(part) + 1 > BATCH_BYTES):
                yield numbers, b"[" + b",".join(parts) + b"]"
                numbers, parts, size = [], [], 0
            numbers.append(number)
            parts.append(part)
            size += len(part) + 1
        if parts:
            yield numbers, b"[" + b",".join(parts) + b"]"

    async def _exchange(self, body: bytes) -> Any:
        """The parsed answer to one request."""
        try:
            answer = await self._transport.send(body)
        except (TimeoutError, OSError) as error:
            raise ChainUnreachable(self.url, _text(error)) from error
        try:
            return orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise ChainUnreachable(self.url, f"the answer is not JSON: {answer[:80]!r}") from error

    def _matched(self, answers: Any) -> dict[int, Any | RpcError]:
        """Id -> result or error. An error for the batch as a whole is raised."""
        if isinstance(answers, dict) and isinstance(result := self._result(answers), RpcError):
            raise result
        if not isinstance(answers, list):
            raise ChainUnreachable(self.url, "the answer to a batch is no list")
        found: dict[int, Any | RpcError] = {}
        for answer in answers:
            number = answer.get("id") if isinstance(answer, dict) else None
            if isinstance(number, int) and number not in found:
                found[number] = self._result(answer)
        return found

    def _result(self, answer: dict[str, Any]) -> Any | RpcError:
        """The result of an answer, or its error."""
        error = answer.get("error")
        if error is None:
            if "result" in answer:
                return answer["result"]
            raise ChainUnreachable(self.url, "the answer has neither a result nor an error")
        if not isinstance(error, dict) or not isinstance(code := error.get("code"), int):
            raise ChainUnreachable(self.url, "the answer's error has no code")
        return RpcError(code, str(error.get("message", "")), error.get("data"))


async def newest_block(rpc: Rpc) -> dict[str, Any]:
    """The JSON of the node's head, without transactions. Raises as ``Rpc.call``, and ChainUnreachable where the node answers that there is
    none: Besu does for a moment while it starts."""
    block = await rpc.call("eth_getBlockByNumber", "latest", False)
    if not isinstance(block, dict):
        raise ChainUnreachable(rpc.url, "the node has no newest block yet")
    return block


def _request(number: int, method: str, params: Sequence[Any]) -> bytes:
    return orjson.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)})


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
