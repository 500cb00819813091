"""Blocks from the node, checked against themselves and the block before, as values of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from chain.errors.nodes import RpcError
from chain.errors.recorder import BlockUnusable
from chain.recorder.index.blocks import Block, Tx
from chain.recorder.publish import VerifyBlock
from chain.rpc import Rpc, newest_block
from chain.transactions import checksum, decode_log_json
from chain.types import Event

__all__ = ["Fetched", "fetch", "head_of"]

Fetched = tuple[Block, dict[str, Mapping[str, Any]]]
"""A block, and its failed transactions by hash as the node's JSON, for whoever wants to know why."""

Found = Mapping[str, Any]


async def head_of(rpc: Rpc) -> tuple[int, str]:
    """Number and hash of the node's last block. Raises ChainUnreachable, RpcError."""
    block = await newest_block(rpc)
    return int(block["number"], 16), str(block["hash"]).lower()


async def fetch(
    rpc: Rpc,
    first: int,
    count: int,
    parent: str | None,
    contract_of: Mapping[str, str],
    verify: VerifyBlock | None,
) -> list[Fetched]:
    """The blocks ``first`` .. ``first + count - 1``; fewer where the node has fewer.

    ``parent``: hash of the block before, None for block 0; ``contract_of``: lower-case address -> contract. Raises ChainUnreachable,
    BlockUnusable, LogInvalid, what ``verify`` raises.
    """
    numbers = range(first, first + count)
    calls: list[tuple[str, Sequence[Any]]] = []
    for number in numbers:
        calls += [("eth_getBlockByNumber", [hex(number), True]), ("eth_getBlockReceipts", [hex(number)])]
    answers = await rpc.batch(calls)
    # In a thread: a full block is tens of milliseconds of decoding, and the event loop serves requests meanwhile.
    return await asyncio.to_thread(_read, numbers, answers, parent, contract_of, verify)


def _read(
    numbers: Sequence[int],
    answers: Sequence[Any],
    parent: str | None,
    contract_of: Mapping[str, str],
    verify: VerifyBlock | None,
) -> list[Fetched]:
    fetched: list[Fetched] = []
    for number, block, receipts in zip(numbers, answers[::2], answers[1::2], strict=True):
        if isinstance(block, RpcError) or isinstance(receipts, RpcError) or block is None or receipts is None:
            break  # not there yet; asked again at the next poll
        fetched.append(_checked(number, block, receipts, parent, contract_of, verify))
        parent = fetched[-1][0].hash
    return fetched


def _checked(
    number: int,
    block: Any,
    receipts: Any,
    parent: str | None,
    contract_of: Mapping[str, str],
    verify: VerifyBlock | None,
) -> Fetched:
    try:
        found = _block(number, block, receipts, parent, contract_of)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BlockUnusable(
            number, "shape", "a block with transactions and receipts", f"{type(error).__name__}: {error}"
        ) from error
    if verify is not None:
        verify(block, receipts)
    return found


def _block(
    number: int, block: Found, receipts: Sequence[Found], parent: str | None, contract_of: Mapping[str, str]
) -> Fetched:
    hash_, transactions = block["hash"].lower(), block["transactions"]
    _same(number, "number", number, int(block["number"], 16))
    if parent is not None:
        _same(number, "parent-hash", parent, block["parentHash"].lower())
    _same(number, "receipts", len(transactions), len(receipts))
    time = int(block["timestamp"], 16)
    txs: list[Tx] = []
    events: list[Event] = []
    failed: dict[str, Found] = {}
    logs = 0
    for index, (transaction, receipt) in enumerate(zip(transactions, receipts, strict=True)):
        tx = _tx(number, hash_, index, transaction, receipt)
        txs.append(tx)
        if tx.status == 0:
            failed[tx.hash] = {**transaction, "revertReason": receipt.get("revertReason")}
        for log in receipt["logs"]:
            _same(
                number,
                "log-index",
                (logs, tx.hash),
                (int(log["logIndex"], 16), log["transactionHash"].lower()),
            )
            logs += 1
            event = decode_log_json(contract_of, log, time)
            if event is not None:
                events.append(event)
    return Block(number, hash_, block["parentHash"].lower(), time, tuple(txs), tuple(events)), failed


def _tx(number: int, block_hash: str, index: int, transaction: Found, receipt: Found) -> Tx:
    hash_ = transaction["hash"].lower()
    _same(
        number,
        "receipts",
        (block_hash, hash_, index),
        (
            receipt["blockHash"].lower(),
            receipt["transactionHash"].lower(),
            int(receipt["transactionIndex"], 16),
        ),
    )
    return Tx(
        index, hash_, checksum(transaction["from"]), int(transaction["nonce"], 16), int(receipt["status"], 16)
    )


def _same(block: int, rule: str, expected: object, found: object) -> None:
    if expected != found:
        raise BlockUnusable(block, rule, str(expected), str(found))
