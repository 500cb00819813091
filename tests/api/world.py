"""A served network for tests, and a client that sends exactly what it is told."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.running import Running
from api.settings import Settings
from chain.network import Network

PLENTY = Settings(
    anonymous_reads=10_000, token_reads=10_000, token_writes=10_000, document_writes=10_000, anonymous_comments=10_000
)  # fmt: skip
"""Limits that no test meets by chance; test_limits.py meets them on purpose."""


@dataclass(frozen=True)
class Reply:
    """An answer; ``headers`` with lower-case names."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.data)


class Caller:
    """Sends requests to one service; ``token`` None is anonymous."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._address = url.removeprefix("http://")
        self._token = token

    def get(self, path: str, **headers: str) -> Reply:
        """GET; header names with ``_`` for ``-``."""
        return self.send("GET", path, None, headers)

    def post(
        self, path: str, body: Any = None, *, key: str | None = "new", wait: int | None = None, **headers: str
    ) -> Reply:
        """POST of JSON (bytes: as they are); ``key`` "new" is a random Idempotency-Key, None sends none."""
        if key is not None:
            headers["Idempotency_Key"] = str(uuid.uuid4()) if key == "new" else key
        if wait is not None:
            headers["Prefer"] = f"wait={wait}"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, raw, {"Content_Type": "application/json"} | headers)

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """Any request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._token is not None:
            named.setdefault("Authorization", f"Bearer {self._token}")
        connection = http.client.HTTPConnection(self._address, timeout=60)
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Reply(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()


class World:
    """A served network: callers by person, and acts that tests need before their own."""

    def __init__(self, network: Network, running: Running) -> None:
        self.network = network
        self.url = running.url
        self.anyone = Caller(running.url)

    def __getattr__(self, name: str) -> Caller:
        """The caller of a person: ``world.buyer``."""
        return self.as_person(name)

    def as_person(self, name: str) -> Caller:
        """The caller of a person of the sandbox."""
        return Caller(self.url, self.network.records[name].token)

    def address(self, name: str) -> str:
        """Checksum address of a person."""
        return self.network.records[name].address

    def document(self, seconds: int = 3600, **terms: Any) -> dict[str, Any]:
        """A body that can be published: a real document with its supplement, and ``terms`` beside it; bidding ends ``seconds`` from the
        network's now."""
        body: dict[str, Any] = json.loads(self.network.samples.path("laptops", length=seconds).read_bytes())
        if terms.get("criteria"):
            body["supplement"]["tender"]["awardCriteria"] = "ratedCriteria"
        return body | terms

    def publish(self, seconds: int = 3600, **terms: Any) -> int:
        """A tender of the buyer, with ``terms`` beside its document; its number."""
        reply = self.buyer.post("/v1/tenders", self.document(seconds, **terms), wait=20)
        assert reply.status == 201, reply.data
        return int(reply.headers["location"].rsplit("/", 1)[1])

    def tender(self, number: int) -> Any:
        """The tender as the API shows it."""
        return self.anyone.get(f"/v1/tenders/{number}").json

    def ask(self, number: int) -> int:
        """A question of acme; its number."""
        reply = self.acme.post(
            f"/v1/tenders/{number}/enquiries", {"title": "Garantía", "description": "¿12 meses?"}, wait=20
        )
        assert reply.status == 201, reply.data
        return int(reply.headers["location"].rsplit("/", 1)[1])

    def wait_until(self, when: str) -> None:
        """Moves the network's time, and waits for the index to be there."""
        self.network.wait_until(datetime.fromisoformat(when))
        while self.anyone.get("/v1/network/status").json["blockTime"] < when:
            continue

    def in_seconds(self, seconds: int) -> str:
        """A time of the network as text."""
        return datetime.fromtimestamp(self.network.now() + seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def problem(reply: Reply, status: int, error: str) -> Any:
    """Asserts a refusal by its name; returns the problem."""
    assert reply.headers["content-type"] == "application/problem+json"
    found = reply.json
    assert (reply.status, found["error"]) == (status, error), found
    assert found["status"] == status
    assert found["type"].endswith(f"/v1/errors/{error}")
    assert found["detail"] and found["title"]
    return found
