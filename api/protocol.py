"""HTTP/1.1 with a time limit on the head and the body of each request: what is slower is answered 408 and closed.

It is a protocol class and no middleware, because middleware runs only once the head is there.
"""

from __future__ import annotations

import asyncio
import json
from typing import ClassVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.errors import PROBLEM_JSON, problem_of
from api.settings import Settings
from chain.errors.service import HeadTooLarge, RequestSlow

__all__ = ["serving"]

HEAD_BYTES = 65_536
"""Longest head of a request; the parser itself has no limit."""
BYTES_A_SECOND = 16_384
"""A body that is longer has more time: a second for each so many bytes that arrived."""
GRACE_SECONDS = 10
"""Time for running requests when the service stops."""


def serving(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn is to serve ``app``: ``uvicorn.Server(serving(app, settings)).run(sockets=[...])``."""
    protocol = type("Guarded", (_Guarded,), {"settings": settings})
    return uvicorn.Config(
        app, http=protocol, ws="none", loop="uvloop", log_config=None, access_log=False, server_header=False, proxy_headers=False,
        lifespan="on", timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip


class _Guarded(HttpToolsProtocol):
    """One connection. ``_part`` is what is being received, None between requests."""

    settings: ClassVar[Settings]

    _timer: asyncio.TimerHandle | None = None
    _part: str | None = None
    _since = 0.0
    _bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin("head")

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._part is None:
            self._begin("head")
        self._bytes += len(data)
        super().data_received(data)
        if self._part == "head" and self._bytes > HEAD_BYTES:
            self._refuse(HeadTooLarge(HEAD_BYTES))

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._begin("body")

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._end()

    def _begin(self, part: str) -> None:
        self._end()
        self._part, self._since, self._bytes = part, self.loop.time(), 0
        self._timer = self.loop.call_at(self._due(), self._look)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._part = None

    def _due(self) -> float:
        if self._part == "head":
            return self._since + self.settings.head_seconds
        return self._since + self.settings.body_seconds + self._bytes / BYTES_A_SECOND

    def _look(self) -> None:
        if self.loop.time() < self._due():
            self._timer = self.loop.call_at(self._due(), self._look)
        elif self._part is not None:
            self._refuse(RequestSlow(self._part, round(self.loop.time() - self._since, 1)))

    def _refuse(self, error: HeadTooLarge | RequestSlow) -> None:
        self._end()
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_answer(error, self.settings.public_url))
        self.transport.close()


def _answer(error: HeadTooLarge | RequestSlow, public_url: str) -> bytes:
    body = json.dumps(problem_of(error, "", public_url)).encode()
    lines = (
        f"HTTP/1.1 {error.http_status} {error.error}",
        f"content-type: {PROBLEM_JSON}",
        f"content-length: {len(body)}",
        "connection: close",
    )
    head = "".join(f"{line}\r\n" for line in (*lines, ""))
    return head.encode() + body
