"""Accepting: one durable row a request, before anything is sent. Many requests share a commit.

An Idempotency-Key names one request of an account for ever: its repetition gets the stored operation, another request is refused.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select, tuple_

from chain.errors.base import LicitaError
from chain.errors.recorder import CursorInvalid, IdempotencyKeyReused, LaneParked, RecorderStopped
from chain.recorder.index.content import dump, load
from chain.recorder.index.views import Page
from chain.recorder.model import Accepted, Operation, Probe, Request
from chain.recorder.schema import attempt, event_log, lane, operation
from chain.recorder.store import Store

__all__ = ["GROUP", "Outbox", "log_rows", "operation_by_id", "operation_id"]

GROUP = 256
"""Requests in one commit at most."""


@dataclass(frozen=True)
class _Waiting:
    request: Request
    gas: int
    answer: asyncio.Future[Accepted]


class Outbox:
    """The stored operations of an open database."""

    def __init__(self, store: Store, probe: Probe) -> None:
        self._store = store
        self._probe = probe
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None

    async def accept(self, request: Request, gas: int) -> Accepted:
        """Stores the request, or answers with what its key stands for.

        Raises IdempotencyKeyReused, LaneParked, StorageBusy, StorageFull, StorageFailed, RecorderStopped: then nothing is stored.
        """
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(request, gas, answer))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit())
        return await answer

    def stored(self, account: str, idem_key: str, fingerprint: bytes) -> Operation | None:
        """What a key stands for, None where it is free. Raises IdempotencyKeyReused, StorageBusy, StorageFailed."""
        named = {"its_account": account, "its_key": idem_key}
        with self._store.read() as connection:
            row = connection.execute(_BY_KEY, named).mappings().first()
        if row is None:
            return None
        if row["fingerprint"] != fingerprint:
            raise IdempotencyKeyReused(row["id"])
        return _operation(row)

    async def operation(self, id: str) -> Operation | None:
        """An operation as it stands."""
        return await self._store.fetch(lambda connection: operation_by_id(connection, id))

    async def operations(self, account: str | None, after: str | None, limit: int) -> Page[Operation]:
        """Operations of an account (None = of all), newest first; the cursor is an operation's id. Raises CursorInvalid."""
        if after is not None and not _is_id(after):
            raise CursorInvalid(after[:80])
        query = _operations().order_by(operation.c.seq.desc()).limit(limit + 1)
        if account is not None:
            query = query.where(operation.c.account == account)
        if after is not None:
            query = query.where(
                operation.c.seq < select(operation.c.seq).where(operation.c.id == after).scalar_subquery()
            )
        rows = await self._store.fetch(lambda connection: connection.execute(query).mappings().all())
        items = [_operation(row) for row in rows[:limit]]
        return Page(items, items[-1].id if len(rows) > limit else None)

    async def _commit(self) -> None:
        """Commits what waits, group by group, until nothing does."""
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                await self._commit_group(group)
        finally:
            self._committing = None

    async def _commit_group(self, group: Sequence[_Waiting]) -> None:
        pairs = [(each.request, each.gas) for each in group]
        answers: Sequence[Accepted | LicitaError] = [RecorderStopped()] * len(group)
        try:
            answers = await self._store.write(lambda connection: _insert(connection, pairs))
            self._probe("accepted")
        except LicitaError as refusal:
            answers = [refusal] * len(group)
        finally:
            for each, answer in zip(group, answers, strict=True):
                _answer(each.answer, answer)


def _answer(future: asyncio.Future[Accepted], answer: Accepted | LicitaError) -> None:
    if future.done():  # the caller was cancelled; what was stored stays
        return
    if isinstance(answer, Accepted):
        future.set_result(answer)
    else:
        future.set_exception(answer)


def operation_by_id(connection: Connection, id: str) -> Operation | None:
    """An operation as it stands."""
    row = connection.execute(_BY_ID, {"its_id": id}).mappings().first()
    return None if row is None else _operation(row)


def log_rows(connection: Connection, rows: Iterable[tuple[str, str, str, dict[str, Any]]]) -> None:
    """Transitions for the service's own stream: (kind, account, operation, payload), in the transaction that makes them."""
    values = [
        {"kind": kind, "account": account, "operation": id, "payload": dump(payload)}
        for kind, account, id, payload in rows
    ]
    if values:
        connection.execute(insert(event_log), values)


def operation_id() -> str:
    """A UUIDv7 (RFC 9562): milliseconds first, so that ids sort by time."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _insert(connection: Connection, group: Sequence[tuple[Request, int]]) -> list[Accepted | LicitaError]:
    """Answers in the order of the group; of equal keys within it the first is stored."""
    keys = [(request.account, request.idem_key) for request, _ in group]
    query = _operations().where(tuple_(operation.c.account, operation.c.idem_key).in_(keys))
    known = {(row["account"], row["idem_key"]): dict(row) for row in connection.execute(query).mappings()}
    parked = connection.execute(select(lane.c.signer, lane.c.reason).where(lane.c.state == "parked"))
    closed: dict[str, str] = {row.signer: row.reason for row in parked}
    added: list[dict[str, Any]] = []
    answers: list[Accepted | LicitaError] = []
    for (request, gas), key in zip(group, keys, strict=True):
        row = known.get(key)
        if row is None and request.actor in closed:
            answers.append(LaneParked(request.actor, closed[request.actor]))
        elif row is None:
            row = known[key] = _row(request, gas)
            added.append(row)
            answers.append(Accepted(_operation(row), False))
        elif row["fingerprint"] != request.fingerprint:
            answers.append(IdempotencyKeyReused(row["id"]))
        else:
            answers.append(Accepted(_operation(row), True))
    if added:
        connection.execute(insert(operation), [{name: row[name] for name in _STORED} for row in added])
        log_rows(connection, (("accepted", row["account"], row["id"], _what(row)) for row in added))
    return answers


_STORED = [column.name for column in operation.columns if column.name != "seq"]
_OF_ATTEMPT = {
    "nonce": attempt.c.nonce,
    "transaction": attempt.c.hash,
    "block": attempt.c.block,
    "tx_index": attempt.c.tx_index,
}


def _operations() -> Select[Any]:
    """Operations, each with its last attempt."""
    newest = (
        select(func.max(attempt.c.nonce)).where(attempt.c.operation == operation.c.seq).correlate(operation)
    )
    last = and_(attempt.c.operation == operation.c.seq, attempt.c.nonce == newest.scalar_subquery())
    return select(operation, *(column.label(name) for name, column in _OF_ATTEMPT.items())).outerjoin(
        attempt, last
    )


# Made once: each write and each answer asks one of them, and a statement costs more to build than to run.
_BY_KEY = _operations().where(
    operation.c.account == bindparam("its_account"), operation.c.idem_key == bindparam("its_key")
)
_BY_ID = _operations().where(operation.c.id == bindparam("its_id"))


def _row(request: Request, gas: int) -> dict[str, Any]:
    return {
        "id": operation_id(), "account": request.account, "idem_key": request.idem_key, "fingerprint": request.fingerprint,
        "path": "managed", "actor": request.actor, "contract": request.call.contract, "function": request.call.function,
        "subject": request.subject, "call": request.call.data, "gas": gas, "state": "queued", "error": None, "facts": "{}",
        "created_at": int(time.time()), **dict.fromkeys(_OF_ATTEMPT),
    }  # fmt: skip


def _what(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("actor", "contract", "function", "subject")}


def _operation(row: Any) -> Operation:
    return Operation(
        row["id"], row["account"], row["idem_key"], row["actor"], row["contract"], row["function"], row["subject"], row["state"],
        row["error"], load(row["facts"]), row["created_at"], row["nonce"], row["transaction"], row["block"], row["tx_index"],
    )  # fmt: skip


def _is_id(text: str) -> bool:
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)
