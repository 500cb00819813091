"""A small client of the HTTP API, for the command line and the demo: one request, one answer, refusals by name."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from chain.errors.client import AnswerUnreadable, Refused, ServiceUnreachable

__all__ = ["Answer", "Client", "quoted"]

T = TypeVar("T")

_LIMIT = 64 * 1024 * 1024
_PART = 65_536
_OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """``body`` is the decoded JSON, or bytes where the answer is no JSON; header names are lower case."""

    status: int
    body: Any
    headers: dict[str, str]


class Client:
    """Talks to one service at ``url`` as the owner of ``token`` (None: anonymous). ``wait``: seconds to wait for a block; ``actor``: which
    of the token's addresses acts, the first if None."""

    def __init__(
        self, url: str, token: str | None = None, *, wait: int = 10, actor: str | None = None
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ServiceUnreachable(url, "not an http or https address")
        self.url = url.rstrip("/")
        self._token = token
        self._wait = wait
        self._actor = actor

    def get(self, path: str) -> Any:
        """Body of ``GET /v1{path}``. Raises Refused, ServiceUnreachable, AnswerUnreadable."""
        return self._ask("GET", path, None, {}).body

    def download(self, path: str, write: Callable[[bytes], object]) -> None:
        """Gives ``write`` the body of ``GET /v1{path}`` part by part. Raises as ``get``, also where it breaks off."""

        def take(response: HTTPResponse) -> None:
            while part := response.read(_PART):
                write(part)

        self._send("GET", path, None, {}, take)

    def act(self, path: str, body: Any, *, key: str | None = None, if_match: str | None = None) -> Answer:
        """``POST /v1{path}`` of an act: waits for its block. ``key``: Idempotency-Key, a random one if None. Raises as ``get``."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), "Prefer": f"wait={self._wait}"}
        if self._actor is not None:
            headers["Licita-Actor"] = self._actor
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self._ask("POST", path, raw, headers | {"Content-Type": "application/json"})

    def upload(self, file: Path, media_type: str, digest: str) -> Answer:
        """``POST /v1/documents`` with ``digest``, the Content-Digest header. Raises as ``get``."""
        return self._ask(
            "POST", "/documents", file.read_bytes(), {"Content-Type": media_type, "Content-Digest": digest}
        )

    def _ask(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        return self._send(method, path, data, headers, _read)

    def _send(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: dict[str, str],
        read: Callable[[HTTPResponse], T],
    ) -> T:
        if self._token is not None:
            headers = headers | {"Authorization": f"Bearer {self._token}"}
        request = Request(f"{self.url}/v1{path}", data=data, headers=headers, method=method)
        try:
            with _OPENER.open(request, timeout=self._wait + 20) as response:
                return read(response)
        except HTTPError as error:
            with error:
                raise _refusal(error.code, error.read(_LIMIT)) from None
        except (URLError, HTTPException, OSError) as error:
            raise ServiceUnreachable(self.url, str(getattr(error, "reason", error))) from error


def quoted(identifier: str) -> str:
    """What a person names, as a part of an address: an org-id may have any sign."""
    return quote(identifier, safe="")


def _read(response: HTTPResponse) -> Answer:
    raw = response.read(_LIMIT)
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not headers.get("content-type", "").split(";")[0].endswith("json"):
        return Answer(response.status, raw, headers)
    try:
        return Answer(response.status, json.loads(raw), headers)
    except (ValueError, RecursionError) as error:
        raise AnswerUnreadable(response.status, str(error)) from error


def _refusal(status: int, raw: bytes) -> Refused | AnswerUnreadable:
    try:
        problem = json.loads(raw)
        return Refused(
            status,
            problem["error"],
            problem["detail"],
            problem.get("facts") or {},
            problem.get("errors") or [],
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return AnswerUnreadable(status, raw[:200].decode("utf-8", "replace"))
