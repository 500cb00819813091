"""What a lane stores: nonces, bytes, sends. Each function is one step within one transaction.

One byte string per (epoch, signer, nonce), stored before it is sent and never replaced: so nothing is on the chain twice. It is sent
until its nonce is used: so everything is on the chain once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, bindparam, func, insert, select, update

from chain.recorder.model import Deployed, LaneState, OperationState
from chain.recorder.schema import attempt, idx_tx, lane, operation
from chain.recorder.signers import Signed
from chain.transactions import unsigned

__all__ = [
    "BATCH", "RESEND_AFTER", "Numbered", "Outgoing", "busy_signers", "has_lane", "in_flight", "number", "open_lane", "set_lane",
    "standing", "store_sent", "store_signed", "to_send", "to_send_again",
]  # fmt: skip

BATCH = 100
"""Transactions that are numbered, signed and sent together at most."""

RESEND_AFTER = 3
"""Blocks after which bytes that no block held are sent again."""

_ALARM_SENDS = 4
"""Sends of one transaction: then no block took it for about 10 blocks."""

_UNFINISHED = ("numbered", "signed")


@dataclass(frozen=True)
class Numbered:
    """An operation under its nonce, not signed yet."""

    operation: int
    nonce: int
    unsigned: bytes


@dataclass(frozen=True)
class Outgoing:
    """A signed transaction that no block holds."""

    operation: int
    signer: str
    nonce: int
    raw: bytes


def busy_signers(connection: Connection, epoch: int) -> set[str]:
    """Accounts with something unfinished."""
    waiting = select(operation.c.actor).where(operation.c.state == "queued").distinct()
    flying = (
        select(attempt.c.signer).where(attempt.c.epoch == epoch, attempt.c.status.in_(_UNFINISHED)).distinct()
    )
    return set(connection.scalars(waiting)) | set(connection.scalars(flying))


def has_lane(connection: Connection, epoch: int, signer: str) -> bool:
    """Whether the account's first nonce is known."""
    return connection.scalar(select(lane.c.epoch).where(*_lane(epoch, signer))) is not None


def open_lane(connection: Connection, epoch: int, signer: str, base_nonce: int) -> None:
    """Opens a lane; ``base_nonce``: the account's nonce on the chain."""
    row = {"epoch": epoch, "signer": signer, "base_nonce": base_nonce, "state": "open", "reason": ""}
    connection.execute(insert(lane).values(row))


def set_lane(connection: Connection, epoch: int, signer: str, state: LaneState, reason: str) -> None:
    """Opens or holds a lane that is not parked, or parks it; only a person opens a parked one."""
    change = update(lane).where(*_lane(epoch, signer)).values(state=state, reason=reason)
    connection.execute(change if state == "parked" else change.where(lane.c.state != "parked"))


def number(connection: Connection, epoch: int, signer: str, deployed: Deployed) -> list[Numbered]:
    """Gives the next queued operations of an account their nonces; returns all that wait for a signature, in nonce order."""
    row = connection.execute(select(lane.c.state, lane.c.base_nonce).where(*_lane(epoch, signer))).one()
    if row.state == "open":
        _number(connection, epoch, signer, row.base_nonce, deployed)
    columns = (attempt.c.operation, attempt.c.nonce, attempt.c.unsigned)
    query = (
        select(*columns)
        .where(*_attempts(epoch, signer), attempt.c.status == "numbered")
        .order_by(attempt.c.nonce)
    )
    return [Numbered(*found) for found in connection.execute(query.limit(BATCH))]


def store_signed(
    connection: Connection, epoch: int, signer: str, numbered: Sequence[Numbered], signed: Sequence[Signed]
) -> None:
    """Keeps the bytes that will be sent, and only these, under their nonces.

    A nonce that a foreign transaction used while this one was being signed is settled already, and stays so.
    """
    waiting = select(attempt.c.nonce).where(*_attempts(epoch, signer), attempt.c.status == "numbered")
    open_nonces = set(connection.scalars(waiting))
    kept = [pair for pair in zip(numbered, signed, strict=True) if pair[0].nonce in open_nonces]
    if not kept:
        return
    change = update(attempt).where(*_attempts(epoch, signer), attempt.c.nonce == bindparam("key"))
    values = [
        {"key": each.nonce, "raw": raw, "hash": hash_, "status": "signed"} for each, (raw, hash_) in kept
    ]
    connection.execute(change, values)
    _set_state(connection, [each.operation for each, _ in kept], "signed")
    held = update(lane).where(*_lane(epoch, signer), lane.c.state == "held")
    connection.execute(held.values(state="open", reason=""))


def to_send(connection: Connection, epoch: int, signer: str, head: int, after: int) -> list[Outgoing]:
    """What was never sent, or not seen for long, of an account; in nonce order beyond ``after``."""
    due = (attempt.c.sends == 0) | (attempt.c.last_sent_block <= head - RESEND_AFTER)
    return _outgoing(
        connection, epoch, attempt.c.nonce, attempt.c.signer == signer, attempt.c.nonce > after, due
    )


def to_send_again(connection: Connection, epoch: int, after: int) -> list[Outgoing]:
    """All that no block holds, in the order of the queue beyond operation ``after``: that of the nonces of each account too."""
    return _outgoing(connection, epoch, attempt.c.operation, attempt.c.operation > after)


def store_sent(connection: Connection, epoch: int, sent: Sequence[Outgoing], head: int) -> None:
    """Notes a send, for the next one and for a person who asks why something takes long."""
    change = update(attempt).where(
        attempt.c.epoch == epoch, attempt.c.signer == bindparam("its_signer"), attempt.c.nonce == bindparam("its_nonce")
    )  # fmt: skip
    change = change.values(sends=attempt.c.sends + 1, last_sent_block=head)
    connection.execute(change, [{"its_signer": each.signer, "its_nonce": each.nonce} for each in sent])


def in_flight(connection: Connection, epoch: int, signer: str) -> int:
    """Attempts of an account with a nonce that no indexed block has used."""
    return _count(connection, *_attempts(epoch, signer))


def unseen(connection: Connection, epoch: int) -> int:
    """Attempts of all accounts that were sent, a block asked for, and that no indexed block holds."""
    return _count(connection, attempt.c.epoch == epoch, attempt.c.sends > 0)


def standing(
    connection: Connection, epoch: int
) -> tuple[dict[LaneState, int], dict[OperationState, int], list[str]]:
    """Lanes by state, unfinished operations by state, and sentences about what a person should look at."""
    rows = connection.execute(
        select(lane.c.signer, lane.c.state, lane.c.reason).where(lane.c.epoch == epoch)
    ).all()
    lanes: dict[LaneState, int] = {"open": 0, "held": 0, "parked": 0}
    for row in rows:
        lanes[row.state] += 1
    alarms = [f"the lane of {row.signer} is {row.state}: {row.reason}" for row in rows if row.state != "open"]
    unfinished = operation.c.state.in_(("queued", *_UNFINISHED))
    states = select(operation.c.state, func.count()).where(unfinished).group_by(operation.c.state)
    operations: dict[OperationState, int] = {row[0]: row[1] for row in connection.execute(states)}
    stuck = (attempt.c.epoch == epoch, attempt.c.status == "signed", attempt.c.sends >= _ALARM_SENDS)
    lowest = select(attempt.c.signer, func.min(attempt.c.nonce)).where(*stuck).group_by(attempt.c.signer)
    for signer, nonce in connection.execute(lowest):
        alarms.append(f"nonce {nonce} of {signer} was sent {_ALARM_SENDS} times and no block holds it")
    return lanes, operations, alarms


def _number(connection: Connection, epoch: int, signer: str, base_nonce: int, deployed: Deployed) -> None:
    room = min(BATCH, deployed.lane_window - in_flight(connection, epoch, signer))
    if room <= 0:
        return
    columns = (operation.c.seq, operation.c.contract, operation.c.call, operation.c.gas)
    waiting = (
        select(*columns)
        .where(operation.c.actor == signer, operation.c.state == "queued")
        .order_by(operation.c.seq)
    )
    rows = connection.execute(waiting.limit(room)).all()
    if not rows:
        return
    last = connection.scalar(select(func.max(attempt.c.nonce)).where(*_attempts(epoch, signer)))
    first = base_nonce if last is None else max(base_nonce, last + 1)
    foreign = connection.scalar(
        select(idx_tx.c.hash).where(idx_tx.c.sender == signer, idx_tx.c.nonce >= first).limit(1)
    )
    if foreign is not None:
        set_lane(connection, epoch, signer, "parked", f"the key was used elsewhere, in {foreign}")
        return
    connection.execute(insert(attempt), [
        {
            "epoch": epoch, "signer": signer, "nonce": first + place, "operation": seq, "status": "numbered", "sends": 0,
            "unsigned": unsigned(first + place, deployed.addresses[contract], call, gas, deployed.chain_id),
        }
        for place, (seq, contract, call, gas) in enumerate(rows)
    ])  # fmt: skip
    _set_state(connection, [row.seq for row in rows], "numbered")


def _count(connection: Connection, *which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(attempt).where(attempt.c.status.in_(_UNFINISHED), *which)
    return connection.scalar(query) or 0


def _set_state(connection: Connection, operations: Sequence[int], state: OperationState) -> None:
    connection.execute(update(operation).where(operation.c.seq.in_(operations)).values(state=state))


def _outgoing(
    connection: Connection, epoch: int, order: Column[Any], *which: ColumnElement[bool]
) -> list[Outgoing]:
    columns = (attempt.c.operation, attempt.c.signer, attempt.c.nonce, attempt.c.raw)
    query = select(*columns).where(attempt.c.epoch == epoch, attempt.c.status == "signed", *which)
    return [Outgoing(*row) for row in connection.execute(query.order_by(order).limit(BATCH))]


def _lane(epoch: int, signer: str) -> tuple[ColumnElement[bool], ...]:
    return (lane.c.epoch == epoch, lane.c.signer == signer)


def _attempts(epoch: int, signer: str) -> tuple[ColumnElement[bool], ...]:
    return (attempt.c.epoch == epoch, attempt.c.signer == signer)
