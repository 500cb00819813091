"""Accounts of the service: who may come in through the HTTP door. Evidence of the service alone, not rebuilt from the chain.

An account names addresses that it may act with and tokens that prove it; what an address may do on the chain is never stored
here. A token is ``lct_<id>_<secret>``; of its secret only a SHA-256 is kept (256 random bits need no slow hash).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)

from chain.errors.service import TokenExpired, TokenMalformed, TokenOtherNetwork, TokenUnknown
from chain.recorder.schema import metadata
from chain.recorder.store import Store
from chain.types import moment

__all__ = ["SCOPES", "TOKEN_SECONDS", "Account", "Accounts", "KnownPerson", "new_token"]

SCOPES = ("read", "write", "admin")
TOKEN_SECONDS = 365 * 86_400
"""Life of a token at most."""

_FORM = re.compile(r"lct_([A-Za-z0-9]{1,32})_([A-Za-z0-9_-]{32,128})")

svc_account = Table(
    "svc_account", metadata,
    Column("id", String(64), primary_key=True), Column("name", Text, nullable=False), Column("created_at", Integer, nullable=False),
)  # fmt: skip
svc_address = Table(
    "svc_address", metadata,
    Column("address", String(42), primary_key=True), Column("account", Text, nullable=False), Column("position", Integer, nullable=False),
)  # fmt: skip
svc_token = Table(
    "svc_token", metadata,
    Column("id", String(32), primary_key=True), Column("account", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False), Column("scopes", Text, nullable=False),
    Column("chain_id", Integer, nullable=False), Column("expires_at", Integer, nullable=False),
)  # fmt: skip


# Made once: each request asks it, and a statement costs more to build than to run. One row for each address, at least one.
_OF_TOKEN = (
    select(svc_token, svc_account.c.name, svc_address.c.address)
    .join(svc_account, svc_account.c.id == svc_token.c.account)
    .outerjoin(svc_address, svc_address.c.account == svc_token.c.account)
    .where(svc_token.c.id == bindparam("its_id"))
    .order_by(svc_address.c.position)
)


class KnownPerson(Protocol):
    """A person of a development network: its token is in people.json, so the account can be made again from there."""

    @property
    def name(self) -> str:
        """E.g. ``buyer``; the account gets this name and id."""
        ...

    @property
    def address(self) -> str:
        """Checksum address."""
        ...

    @property
    def token(self) -> str:
        """``lct_<id>_<secret>``."""
        ...


@dataclass(frozen=True)
class Account:
    """Who a token stands for. ``addresses``: checksum, the first is the one acts are sent from by default."""

    id: str
    name: str
    addresses: tuple[str, ...]
    scopes: tuple[str, ...]


def new_token() -> str:
    """A token of 256 random bits."""
    return f"lct_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"


class Accounts:
    """The accounts in ``store``, of the chain ``chain_id``."""

    def __init__(self, store: Store, chain_id: int) -> None:
        self._store = store
        self._chain_id = chain_id

    async def open(self, people: Iterable[KnownPerson], now: int) -> None:
        """Makes the tables and an account for each person, or renews it; ``now`` in unix seconds of the wall clock.

        A token or address that ``people`` does not name any more ends here: taking it out of people.json revokes it. Raises
        StorageBusy, StorageFull, StorageFailed, TokenMalformed.
        """
        wanted = tuple(people)

        def work(connection: Connection) -> None:
            metadata.create_all(connection, tables=[svc_account, svc_address, svc_token])
            connection.execute(delete(svc_token))
            connection.execute(delete(svc_address))
            for person in wanted:
                self._renew(connection, person, now)

        await self._store.write(work)

    def of_token(self, token: str, now: int) -> Account:
        """The account of a token. Raises TokenMalformed, TokenUnknown, TokenExpired, TokenOtherNetwork, StorageBusy."""
        match = _FORM.fullmatch(token)
        if match is None:
            raise TokenMalformed()
        with self._store.read() as connection:
            rows = connection.execute(_OF_TOKEN, {"its_id": match[1]}).all()
        if not rows or not hmac.compare_digest(rows[0].digest, _digest(token)):
            raise TokenUnknown()
        row = rows[0]
        if row.chain_id != self._chain_id:
            raise TokenOtherNetwork(self._chain_id, row.chain_id)
        if row.expires_at <= now:
            raise TokenExpired(moment(row.expires_at))
        addresses = tuple(each.address for each in rows if each.address is not None)
        return Account(row.account, row.name, addresses, tuple(row.scopes.split()))

    def _renew(self, connection: Connection, person: KnownPerson, now: int) -> None:
        known = connection.execute(
            select(svc_account.c.id).where(svc_account.c.id == person.name)
        ).one_or_none()
        if known is None:
            connection.execute(insert(svc_account).values(id=person.name, name=person.name, created_at=now))
        connection.execute(
            insert(svc_address).values(address=person.address, account=person.name, position=0)
        )
        match = _FORM.fullmatch(person.token)
        if match is None:
            raise TokenMalformed()
        token = {
            "account": person.name, "digest": _digest(person.token), "scopes": " ".join(SCOPES),
            "chain_id": self._chain_id, "expires_at": now + TOKEN_SECONDS,
        }  # fmt: skip
        connection.execute(insert(svc_token).values(id=match[1], **token))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
