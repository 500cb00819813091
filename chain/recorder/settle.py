"""What a block makes of our operations: recorded, reverted, displaced. In the transaction that indexes the block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_, update

from chain.errors.base import LicitaError
from chain.errors.chain import RevertUnexplained
from chain.errors.nodes import RpcError
from chain.recorder.index.blocks import Block, Tx
from chain.recorder.index.content import dump
from chain.recorder.model import OperationState
from chain.recorder.outbox import log_rows
from chain.recorder.queue import set_lane
from chain.recorder.schema import attempt, operation
from chain.rpc import Rpc
from chain.transactions import at_time, decode_revert, refusal_in

__all__ = ["Reason", "Settled", "explain", "ours", "settle", "unsettle_above"]


@dataclass(frozen=True)
class Reason:
    """Why a transaction of ours failed; ``source``: receipt, or replay (a call on the parent block: inexact)."""

    error: LicitaError
    source: str


@dataclass(frozen=True)
class Settled:
    """An operation that became final, and whose lane has room again."""

    operation: str
    signer: str


def ours(connection: Connection, epoch: int, failed: Iterable[str]) -> set[str]:
    """Those of these transactions that we sent."""
    query = select(attempt.c.hash).where(attempt.c.epoch == epoch, attempt.c.hash.in_(list(failed)))
    return set(connection.scalars(query))


async def explain(rpc: Rpc, block: int, time: int, failed: Sequence[Mapping[str, Any]]) -> dict[str, Reason]:
    """Hash -> why, for failed transactions of one block (``time``: its own) given as the node's JSON. Raises ChainUnreachable."""
    found = {
        tx["hash"].lower(): Reason(decode_revert(_bytes(tx["revertReason"])), "receipt")
        for tx in failed
        if tx["revertReason"]
    }
    rest = [tx for tx in failed if tx["hash"].lower() not in found]
    calls = [("eth_call", [_request(tx), hex(block - 1), *at_time(time)]) for tx in rest]
    for tx, answer in zip(rest, await rpc.batch(calls), strict=True):
        hash_ = tx["hash"].lower()
        refusal = refusal_in(answer) if isinstance(answer, RpcError) else None
        if not isinstance(refusal, LicitaError) or isinstance(refusal, RpcError):
            refusal = RevertUnexplained(hash_, block)
        found[hash_] = Reason(refusal, "replay")
    return found


def settle(connection: Connection, epoch: int, block: Block, reasons: Mapping[str, Reason]) -> list[Settled]:
    """Every attempt whose nonce a transaction of the block used: by its own hash it is final, by another it is displaced."""
    by_nonce = {(tx.sender, tx.nonce): tx for tx in block.transactions}
    if not by_nonce:
        return []
    columns = (
        attempt.c.signer,
        attempt.c.nonce,
        attempt.c.hash,
        operation.c.seq,
        operation.c.id,
        operation.c.account,
    )
    query = (
        select(*columns)
        .join(operation, operation.c.seq == attempt.c.operation)
        .where(attempt.c.epoch == epoch, attempt.c.status.in_(("numbered", "signed")))
        .where(tuple_(attempt.c.signer, attempt.c.nonce).in_(list(by_nonce)))
    )
    settled: list[Settled] = []
    for row in connection.execute(query).all():
        tx = by_nonce[row.signer, row.nonce]
        state = _state(row.hash, tx)
        if state == "displaced":
            set_lane(
                connection, epoch, row.signer, "parked", f"nonce {row.nonce} was used elsewhere, in {tx.hash}"
            )
        _finish(connection, epoch, row, tx, block.number, state, reasons.get(tx.hash))
        settled.append(Settled(row.id, row.signer))
    return settled


def unsettle_above(connection: Connection, epoch: int, block: int) -> None:
    """The blocks above are gone: what they settled is signed again, and the same bytes go out again."""
    for state, has_bytes in (("signed", attempt.c.raw.is_not(None)), ("numbered", attempt.c.raw.is_(None))):
        where = (attempt.c.epoch == epoch, attempt.c.block > block, has_bytes)
        lost = list(connection.scalars(select(attempt.c.operation).where(*where)))
        rows = connection.execute(
            select(operation.c.account, operation.c.id).where(operation.c.seq.in_(lost))
        ).all()
        again = update(operation).where(operation.c.seq.in_(lost))
        connection.execute(again.values(state=state, error=None, facts="{}"))
        connection.execute(update(attempt).where(*where).values(status=state, block=None, tx_index=None))
        log_rows(connection, (("rewound", row.account, row.id, {"block": block}) for row in rows))


def _state(hash_: str | None, tx: Tx) -> OperationState:
    if hash_ != tx.hash:
        return "displaced"
    return "recorded" if tx.status == 1 else "reverted"


def _finish(
    connection: Connection,
    epoch: int,
    row: Any,
    tx: Tx,
    block: int,
    state: OperationState,
    reason: Reason | None,
) -> None:
    same = (attempt.c.epoch == epoch, attempt.c.signer == row.signer, attempt.c.nonce == row.nonce)
    connection.execute(update(attempt).where(*same).values(status=state, block=block, tx_index=tx.index))
    values: dict[str, Any] = {"state": state, "error": None, "facts": "{}"}
    if state == "reverted" and reason is not None:
        values |= {"error": reason.error.error, "facts": dump(reason.error.facts | {"source": reason.source})}
    connection.execute(update(operation).where(operation.c.seq == row.seq).values(**values))
    log_rows(
        connection,
        [(state, row.account, row.id, {"block": block, "transaction": tx.hash, "error": values["error"]})],
    )


def _request(tx: Mapping[str, Any]) -> dict[str, Any]:
    return {"from": tx["from"], "to": tx["to"], "data": tx["input"], "gas": tx["gas"], "gasPrice": "0x0"}


def _bytes(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.removeprefix("0x"))
