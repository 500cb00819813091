"""chain/rpc.py over real HTTP: what a server may do wrong has a name, and is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from chain.errors.nodes import ChainUnreachable, RpcError
from chain.rpc import HttpTransport, Rpc
from tests.ports import held_port

pytestmark = pytest.mark.network

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server with one handler for everything; gives its address."""
    runners: list[web.ServerRunner] = []

    async def start(handler: Handler) -> str:
        runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)  # type: ignore[arg-type]
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


async def refused(url: str, *, seconds: float = 10.0, max_answer: int = 1000) -> ChainUnreachable:
    """The refusal of one call."""
    rpc = Rpc(HttpTransport(url, timeout=seconds, max_answer=max_answer))
    try:
        with pytest.raises(ChainUnreachable) as caught:
            await rpc.call("eth_chainId")
    finally:
        await rpc.close()
    assert caught.value.url == url
    return caught.value


async def test_send__good_server__keeps_one_connection(serve: Serve) -> None:
    peers = set()

    async def echo(request: web.Request) -> web.Response:
        assert request.content_type == "application/json"
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        asked = await request.json()
        return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "result": asked["params"]})

    rpc = Rpc(HttpTransport(await serve(echo)))
    for number in range(5):
        assert await rpc.call("echo", number) == [number]
    await rpc.close()
    await rpc.close()
    assert len(peers) == 1
    assert await rpc.call("echo", "after a close it opens anew") == ["after a close it opens anew"]
    await rpc.close()


async def test_send__endless_answer__is_cut_off(serve: Serve) -> None:
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 2**30:
            await response.write(b" " * 65_536)
            sent += 65_536
        return response

    assert "longer than 100000 bytes" in (await refused(await serve(flood), max_answer=100_000)).cause
    assert sent < 2**27


async def test_send__silent_server__times_out(serve: Serve) -> None:
    async def silent(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    assert (await refused(await serve(silent), seconds=0.2)).cause == "no answer within 0.2 s"


async def test_send__connection_dropped__is_named(serve: Serve) -> None:
    async def drop(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    assert "Disconnected" in (await refused(await serve(drop))).cause


@pytest.mark.parametrize("status", [301, 403, 413, 500, 503])
async def test_send__refused_by_http__names_the_status(serve: Serve, status: int) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status, text="no", headers={"Location": "http://127.0.0.1:9/"})

    assert (await refused(await serve(refuse))).cause == f"HTTP {status}"


async def test_send__json_rpc_error_with_http_status__is_that_error(serve: Serve) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response(
            {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no"}}, status=500
        )

    rpc = Rpc(HttpTransport(await serve(refuse)))
    with pytest.raises(RpcError, match="-32601"):
        await rpc.call("eth_chainId")
    await rpc.close()


async def test_send__nobody_listens__is_named() -> None:
    with held_port() as holder:
        url = f"http://127.0.0.1:{holder.getsockname()[1]}"
        assert "ClientConnectorError" in (await refused(url)).cause


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"])
async def test_send__address_is_none__is_named(url: str) -> None:
    await refused(url)
