"""Limits of a service: how often, how long, how slow."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from api.running import Running
from api.settings import Settings
from chain.network import Network
from tests.api.world import World, problem

pytestmark = pytest.mark.network

PATIENCE = 2.0
"""Seconds for a head or a body: an honest request of a busy machine needs them."""


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A served sandbox with little patience."""
    settings = Settings(
        anonymous_reads=3,
        token_reads=5,
        token_writes=2,
        anonymous_comments=2,
        head_seconds=PATIENCE,
        body_seconds=PATIENCE,
    )
    folder = tmp_path_factory.mktemp("limits") / "network"
    with Network.start("sandbox", folder) as network, Running(network, 0, settings) as running:
        yield World(network, running)


@pytest.fixture
def wire(tight: World) -> Iterator[socket.socket]:
    """A bare connection to the service."""
    address = urlsplit(tight.url)
    assert address.hostname and address.port
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        yield connection


def received(connection: socket.socket) -> bytes:
    """All bytes until the service closes."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_reads__more_than_a_stranger_may__are_refused_until_a_second_is_over(tight: World) -> None:
    replies = [tight.anyone.get("/v1/procedures") for _ in range(30)]
    refused = [reply for reply in replies if reply.status != 200]
    assert refused
    assert problem(refused[0], 429, "RateLimited")["facts"]["limit"] == "3 a second"
    assert int(refused[0].headers["retry-after"]) >= 1


def test_writes__more_than_an_account_may__are_refused_before_the_body_is_read(tight: World) -> None:
    replies = [tight.acme.post("/v1/tenders", b"no json") for _ in range(20)]
    assert {reply.status for reply in replies} == {400, 429}


def test_comments__more_than_a_stranger_may__are_refused_for_the_hour(tight: World) -> None:
    replies = [tight.anyone.post("/v1/proposals/1/comments", {"text": "¿?"}) for _ in range(3)]
    assert [reply.status for reply in replies] == [404, 404, 429]
    assert problem(replies[2], 429, "RateLimited")["facts"]["limit"] == "2 an hour"
    assert int(replies[2].headers["retry-after"]) > 60


def test_slow_head__closed_with_its_name(wire: socket.socket) -> None:
    started = time.monotonic()
    wire.sendall(b"GET /v1/tenders HTTP/1.1\r\nHost: x\r\n")
    answer = received(wire)
    assert answer.startswith(b"HTTP/1.1 408") and b'"RequestSlow"' in answer
    assert time.monotonic() - started < 10


def test_slow_body__closed_with_its_name(wire: socket.socket, tight: World) -> None:
    token = tight.network.records["buyer"].token
    wire.sendall(
        b"POST /v1/tenders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: slow\r\n"
        b"Authorization: Bearer " + token.encode() + b"\r\nContent-Length: 1000\r\n\r\n{"
    )
    answer = received(wire)
    assert answer.startswith(b"HTTP/1.1 408") and b'"RequestSlow"' in answer


def test_silent_connection__is_closed(wire: socket.socket) -> None:
    assert received(wire).startswith(b"HTTP/1.1 408")


def test_endless_head__is_cut_off(wire: socket.socket) -> None:
    wire.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000)
    assert b'"HeadTooLarge"' in received(wire)
