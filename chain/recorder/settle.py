"""What a block makes of our operations: recorded, reverted, displaced. In the transaction that indexes the block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from chain.errors.base import LicitaError
from chain.errors.chain import RevertUnexplained
from chain.errors.nodes import RpcError
from chain.recorder.index.blocks import Block, Tx
from chain.recorder.index.content import dump
from chain.recorder.model import OperationState
from chain.recorder.outbox import log_rows
from chain.recorder.queue import set_lane
from chain.recorder.schema import attempt, idx_block, operation
from chain.rpc import Rpc
from chain.transactions import at_time, refusal_in, refusal_kept

__all__ = ["Reason", "Settled", "explain", "lost_above", "ours", "settle", "unsettle_above"]


@dataclass(frozen=True)
class Reason:
    """Why a transaction of ours failed; ``source``: receipt, or replay (the call made again on a state near it: inexact)."""

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
        tx["hash"].lower(): Reason(kept, "receipt") for tx in failed if (kept := refusal_kept(tx)) is not None
    }
    for at in (hex(block - 1), "latest"):  # a node may keep no older state than the latest
        rest = [tx for tx in failed if tx["hash"].lower() not in found]
        calls = [("eth_call", [_request(tx), at, *at_time(time)]) for tx in rest]
        for tx, answer in zip(rest, await rpc.batch(calls), strict=True):
            refusal = refusal_in(answer) if isinstance(answer, RpcError) else None
            if isinstance(refusal, LicitaError) and not isinstance(refusal, RpcError):
                found[tx["hash"].lower()] = Reason(refusal, "replay")
    unexplained = {tx["hash"].lower() for tx in failed} - found.keys()
    return found | {hash_: Reason(RevertUnexplained(hash_, block), "replay") for hash_ in unexplained}


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
    ends = [_End(row, by_nonce[row.signer, row.nonce]) for row in connection.execute(query).all()]
    for end in ends:
        if end.state == "displaced":
            reason = f"nonce {end.row.nonce} was used elsewhere, in {end.tx.hash}"
            set_lane(connection, epoch, end.row.signer, "parked", reason)
    if ends:
        _store(connection, epoch, block.number, ends, reasons)
    return [Settled(end.row.id, end.row.signer) for end in ends]


def lost_above(connection: Connection, epoch: int, block: int) -> list[tuple[int, list[bytes]]]:
    """The indexed blocks above, oldest first: the time of each, and our transactions in it as they were sent, in its order."""
    held: dict[int, list[bytes]] = {}
    ours = (
        select(attempt.c.block, attempt.c.raw)
        .where(attempt.c.epoch == epoch, attempt.c.block > block, attempt.c.raw.is_not(None))
        .order_by(attempt.c.block, attempt.c.tx_index)
    )
    for number, raw in connection.execute(ours):
        held.setdefault(number, []).append(raw)
    blocks = select(idx_block.c.number, idx_block.c.time).where(idx_block.c.number > block)
    rows = connection.execute(blocks.order_by(idx_block.c.number))
    return [(time, held.get(number, [])) for number, time in rows]


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


@dataclass(frozen=True)
class _End:
    """An attempt, joined with its operation, and the transaction that used its nonce."""

    row: Any
    tx: Tx

    @property
    def state(self) -> OperationState:
        """What becomes of it."""
        if self.row.hash != self.tx.hash:
            return "displaced"
        return "recorded" if self.tx.status == 1 else "reverted"


_ATTEMPT = (
    update(attempt)
    .where(attempt.c.epoch == bindparam("its_epoch"), attempt.c.signer == bindparam("its_signer"))
    .where(attempt.c.nonce == bindparam("its_nonce"))
)
_OPERATION = update(operation).where(operation.c.seq == bindparam("its_seq"))


def _store(
    connection: Connection, epoch: int, block: int, ends: Sequence[_End], reasons: Mapping[str, Reason]
) -> None:
    attempts, operations, transitions = [], [], []
    for end in ends:
        row, tx, state = end.row, end.tx, end.state
        key = {"its_epoch": epoch, "its_signer": row.signer, "its_nonce": row.nonce}
        attempts.append(key | {"status": state, "block": block, "tx_index": tx.index})
        error, facts = None, "{}"
        if state == "reverted" and (reason := reasons.get(tx.hash)):
            error, facts = reason.error.error, dump(reason.error.facts | {"source": reason.source})
        operations.append({"its_seq": row.seq, "state": state, "error": error, "facts": facts})
        payload = {"block": block, "transaction": tx.hash, "error": error}
        transitions.append((state, row.account, row.id, payload))
    connection.execute(_ATTEMPT, attempts)
    connection.execute(_OPERATION, operations)
    log_rows(connection, transitions)


def _request(tx: Mapping[str, Any]) -> dict[str, Any]:
    return {"from": tx["from"], "to": tx["to"], "data": tx["input"], "gas": tx["gas"], "gasPrice": "0x0"}
