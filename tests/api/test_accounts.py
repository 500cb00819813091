"""Accounts and tokens: what is kept, what opens, what no longer does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings
from chain.errors.service import TokenExpired, TokenMalformed, TokenOtherNetwork, TokenUnknown
from chain.recorder.accounts import TOKEN_SECONDS, Accounts, new_token
from chain.recorder.store import Store

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


@dataclass(frozen=True)
class Person:
    name: str
    address: str
    token: str


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "db.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def person() -> Person:
    return Person("buyer", ADDRESS, new_token())


def written(folder: Path) -> bytes:
    """All bytes of the database's files."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_token__of_a_known_person__opens_its_account(store: Store, person: Person) -> None:
    accounts = Accounts(store, 31337)
    await accounts.open([person], NOW)
    found = accounts.of_token(person.token, NOW + 1)
    assert (found.id, found.name, found.addresses) == ("buyer", "buyer", (ADDRESS,))
    assert found.scopes == ("read", "write", "admin")


async def test_token__stored__is_not_in_the_file(store: Store, person: Person, tmp_path: Path) -> None:
    await Accounts(store, 31337).open([person], NOW)
    kept = written(tmp_path)
    secret = person.token.split("_", 2)[2]
    assert ADDRESS.encode() in kept and secret.encode() not in kept


async def test_token__expired_until_the_next_start__is_renewed(store: Store, person: Person) -> None:
    accounts = Accounts(store, 31337)
    await accounts.open([person], NOW)
    with pytest.raises(TokenExpired):
        accounts.of_token(person.token, NOW + TOKEN_SECONDS)
    await accounts.open([person], NOW + TOKEN_SECONDS)
    assert accounts.of_token(person.token, NOW + TOKEN_SECONDS).id == "buyer"


async def test_token__of_another_chain__is_refused(store: Store, person: Person) -> None:
    await Accounts(store, 31337).open([person], NOW)
    with pytest.raises(TokenOtherNetwork) as refused:
        Accounts(store, 1).of_token(person.token, NOW)
    assert refused.value.facts == {"expected": 1, "got": 31337}


async def test_token__unknown_or_malformed__is_refused(store: Store, person: Person) -> None:
    accounts = Accounts(store, 31337)
    await accounts.open([person], NOW)
    with pytest.raises(TokenUnknown):
        accounts.of_token(new_token(), NOW)
    for wrong in ("", "lct_", person.token + "\n", "lct_a_" + "x" * 31, person.token.replace("lct", "LCT")):
        with pytest.raises(TokenMalformed):
            accounts.of_token(wrong, NOW)


def test_settings__origins__are_exact_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICITA_CORS_ORIGINS", "https://portal.example, http://localhost:3000/")
    assert Settings().cors_origins == ("https://portal.example", "http://localhost:3000")
    monkeypatch.setenv("LICITA_CORS_ORIGINS", "*")
    with pytest.raises(ValidationError):
        Settings()


def test_settings__file_then_environment__in_this_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "licita.toml").write_text('public_url = "https://licita.example/"\ntoken_reads = 7\n')
    monkeypatch.setenv("LICITA_TOKEN_READS", "9")
    found = Settings()
    assert (found.public_url, found.token_reads) == ("https://licita.example", 9)


async def test_token__rotated_or_person_removed__opens_nothing_any_more(store: Store, person: Person) -> None:
    accounts, other = Accounts(store, 31337), Person("acme", "0x" + "Ab" * 20, new_token())
    await accounts.open([person, other], NOW)
    rotated = Person(person.name, person.address, new_token())
    await accounts.open([rotated], NOW + 1)
    for revoked in (person.token, other.token):
        with pytest.raises(TokenUnknown):
            accounts.of_token(revoked, NOW + 2)
    assert accounts.of_token(rotated.token, NOW + 2).addresses == (ADDRESS,)
