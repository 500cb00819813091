"""Calls that one account of a buyer proposed and another is to send: what the chain holds the hash of alone. Evidence of the service,
not rebuilt.

Rows alone: who may see and send a call is the business of those who ask.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)

from chain.recorder.schema import metadata
from chain.recorder.store import Store
from chain.transactions import Call, arguments_of
from chain.types import to_hex

__all__ = ["CallStore", "KeptCall"]

svc_act = Table(
    "svc_act", metadata,
    Column("seq", Integer, primary_key=True), Column("member", String(66), nullable=False), Column("act", String(66), nullable=False),
    Column("contract", Text, nullable=False), Column("function", Text, nullable=False), Column("call", LargeBinary, nullable=False),
    Column("subject", Text, nullable=False),
    Column("summary", Text, nullable=False), Column("documents", Text, nullable=False), Column("actor", Text, nullable=False),
    Column("kept_at", Integer, nullable=False),
    UniqueConstraint("member", "act"),
    Index("svc_act_member", "member", "seq"),
)  # fmt: skip


@dataclass(frozen=True)
class KeptCall:
    """What is known of a call that is kept. ``member``, ``act``: 0x hex; ``actor``: who asked first that it be proposed; ``documents``:
    sha256 hex of those that it names; ``kept_at``: unix seconds of the head block; ``seq`` counts all of the service as they came."""

    member: str
    act: str
    contract: str
    function: str
    subject: str
    summary: str
    documents: tuple[str, ...]
    actor: str
    kept_at: int
    seq: int = 0


class CallStore:
    """The table of an open database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self) -> None:
        """Makes the table. Raises StorageBusy, StorageFull, StorageFailed."""
        await self._store.write(lambda connection: metadata.create_all(connection, tables=[svc_act]))

    async def keep(self, kept: KeptCall, call: Call) -> None:
        """Keeps a call, once: an act is the hash of its call. Raises StorageBusy, StorageFull, StorageFailed, RecorderStopped."""
        await self._store.write(lambda connection: _keep(connection, kept, call))

    def find(self, member: str, act: str) -> KeptCall | None:
        """What is known of an act of a member."""
        return next(iter(self._read(*_its(member, act), limit=1)), None)

    def call(self, kept: KeptCall) -> Call:
        """The call itself."""
        query = select(svc_act.c.call).where(*_its(kept.member, kept.act))
        with self._store.read() as connection:
            return Call.from_data(kept.contract, connection.execute(query).scalar_one())

    def shown(self, kept: KeptCall) -> tuple[str, dict[str, Any]]:
        """Its calldata, 0x hex, and what they say, in the JSON of ``chain.types.Event``."""
        call = self.call(kept)
        return to_hex(call.data), arguments_of(call)

    def listed(self, members: Collection[str], before: int | None, limit: int) -> list[KeptCall]:
        """Calls of these members, newest first; ``before``: the ``seq`` of the last one that is not wanted."""
        later = [] if before is None else [svc_act.c.seq < before]
        return self._read(svc_act.c.member.in_(members), *later, limit=limit)

    def _read(self, *conditions: Any, limit: int) -> list[KeptCall]:
        # Without the calls, which are large.
        query = (
            select(*(column for column in svc_act.c if column.name != "call"))
            .where(*conditions)
            .order_by(svc_act.c.seq.desc())
            .limit(limit)
        )
        with self._store.read() as connection:
            return [
                KeptCall(
                    row.member, row.act, row.contract, row.function, row.subject, row.summary,
                    tuple(json.loads(row.documents)), row.actor, row.kept_at, row.seq,
                )
                for row in connection.execute(query)
            ]  # fmt: skip


def _its(member: str, act: str) -> tuple[Any, Any]:
    return svc_act.c.member == member, svc_act.c.act == act


def _keep(connection: Connection, kept: KeptCall, call: Call) -> None:
    known = select(svc_act.c.seq).where(*_its(kept.member, kept.act))
    if connection.execute(known).first() is None:
        connection.execute(insert(svc_act).values(
            member=kept.member, act=kept.act, contract=kept.contract, function=kept.function, call=call.data, subject=kept.subject,
            summary=kept.summary, documents=json.dumps(kept.documents), actor=kept.actor, kept_at=kept.kept_at,
        ))  # fmt: skip
