"""api/client.py and api/door.py: what a service answers, and what the network folder tells of people, is read or refused by name."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError

import pytest

from api import client
from api.client import Client
from api.door import Door
from chain.errors import AnswerUnreadable, FileUnreadable, NetworkFileWrong, TokenUnknownName

pytestmark = pytest.mark.unit

STRANGE = [b"", b"{", b"\xff", b"[" * 200_000]


def opener(status: int, data: bytes) -> Callable[..., Any]:
    """Answers every request with this."""
    headers = Message()
    headers["Content-Type"] = "application/json"

    class Given(io.BytesIO):
        pass

    def opened(request: Any, timeout: float) -> Any:
        if status >= 400:
            raise HTTPError(request.full_url, status, "", headers, io.BytesIO(data))
        given = Given(data)
        given.status, given.headers = status, headers  # type: ignore[attr-defined]
        return given

    return opened


@pytest.mark.parametrize("status", [200, 409])
@pytest.mark.parametrize("data", STRANGE)
def test_get__answer_that_is_no_json__is_unreadable(
    status: int, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_OPENER", SimpleNamespace(open=opener(status, data)))
    with pytest.raises(AnswerUnreadable):
        Client("http://127.0.0.1:9").get("/network")


@pytest.mark.parametrize(
    "data", [*STRANGE, b"null", b"{}", b'{"people": 5}', b'{"people": [5]}', b'{"people": [{}]}']
)
def test_account__people_json_that_is_none__is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "people.json").write_bytes(data)
    with pytest.raises(NetworkFileWrong):
        _ = Door(None, tmp_path, "acme", None).known_account


def test_account__of_a_person_of_the_folder__is_found_or_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        _ = Door(None, tmp_path, "acme", None).known_account
    (tmp_path / "people.json").write_text('{"people": [{"name": "acme", "address": "0x12"}]}')
    assert Door(None, tmp_path, "acme", None).account == "0x12"
    with pytest.raises(TokenUnknownName) as refused:
        _ = Door(None, tmp_path, "beta", None).account
    assert refused.value.known == "acme"
