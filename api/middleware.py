"""What every answer carries and every request leaves in the log; plain ASGI, so that streams stay streams."""

from __future__ import annotations

import time
from collections.abc import Iterable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import Service

__all__ = ["Answers", "OPEN_DATA"]

OPEN_DATA = ("/v1/releases", "/v1/records", "/v1/packages", "/v1/bulk", "/v1/schema", "/v1/extensions")
"""Open data: any page of any origin may read it."""

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}
_METHODS = "GET, POST"
_READABLE = "ETag, Idempotency-Replayed, Licita-Head, Link, Location, Retry-After"
_SENDABLE = "Authorization, Content-Digest, Content-Type, Idempotency-Key, If-Match, If-None-Match, Licita-Actor, Prefer"

_log = structlog.get_logger("licita.api")


class Answers:
    """Headers of every answer, CORS by exact origin, and one log line a request: never bodies, tokens or keys."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        asked = Headers(scope=scope)
        allowed = self._allowed(scope["path"], asked.get("origin"))
        head = self._head(scope)
        status = 0

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(MutableHeaders(scope=message), scope["path"], allowed, head)
            await send(message)

        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            await _preflight(allowed, answering)
        else:
            await self._app(scope, receive, answering)
        _log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            seconds=round(time.monotonic() - started, 4),
        )

    def _allowed(self, path: str, origin: str | None) -> str | None:
        if origin is None:
            return None
        if path.startswith(OPEN_DATA):
            return "*"
        return origin if origin in self._origins else None

    @staticmethod
    def _head(scope: Scope) -> str | None:
        service: Service | None = getattr(scope["app"].state, "service", None) if "app" in scope else None
        if service is None or not scope["path"].startswith("/v1/"):
            return None
        head = service.recorder.head
        return f"{head.block};{service.clock.age(head)}" if head else None

    @staticmethod
    def _dress(headers: MutableHeaders, path: str, allowed: str | None, head: str | None) -> None:
        for name, value in _SAFE.items():
            headers.setdefault(name, value)
        if head is not None:
            headers["Licita-Head"] = head
        if allowed is not None:
            headers["Access-Control-Allow-Origin"] = allowed
            headers["Access-Control-Expose-Headers"] = _READABLE
        if not path.startswith(OPEN_DATA):
            headers.add_vary_header("Origin")


async def _preflight(allowed: str, send: Send) -> None:
    methods = "GET" if allowed == "*" else _METHODS
    headers = {
        "Access-Control-Allow-Methods": methods, "Access-Control-Allow-Headers": _SENDABLE, "Access-Control-Max-Age": "600",
    }  # fmt: skip
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
