"""Blocks from a node, every one proved before it is handed on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chain.audit.header import PLAIN, Engine, Header, Tip, header_from_json
from chain.audit.place import NOWHERE, Fields
from chain.audit.receipt import Verified, verify_body
from chain.errors.nodes import RpcError

__all__ = ["Block", "ContractLike", "DeploymentLike", "RpcLike", "answers", "blocks", "head_of"]

_BATCH = 50  # blocks in one request; two calls each


class RpcLike(Protocol):
    """What the audit needs of ``chain.rpc.Rpc``."""

    async def call(self, method: str, *params: Any) -> Any:
        """One JSON-RPC call. Raises ChainUnreachable, RpcError."""
        ...

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Result or RpcError of each call, in order. Raises ChainUnreachable."""
        ...


class ContractLike(Protocol):
    """A contract as the deployment record names it; ``transaction`` created it."""

    @property
    def address(self) -> str: ...
    @property
    def transaction(self) -> str: ...


class DeploymentLike(Protocol):
    """What the audit needs of ``chain.deployment.Deployment``: a claim, checked against the chain."""

    @property
    def chain_id(self) -> int: ...
    @property
    def genesis_hash(self) -> str: ...
    @property
    def contracts(self) -> Mapping[str, ContractLike]: ...


@dataclass(frozen=True, slots=True)
class Block:
    """A proved block: its header, its hash, its transactions with their receipts."""

    header: Header
    hash: bytes
    body: tuple[Verified, ...]


async def blocks(
    rpc: RpcLike, chain_id: int, first: int, last: int, tip: Tip | None = None, engine: Engine[Tip] = PLAIN
) -> AsyncIterator[Block]:
    """The blocks ``first`` .. ``last`` in order, linked to one another, their bodies proved by their headers.

    ``tip`` is the block before ``first``; none where that is block 0. Raises AuditRefusal, ChainUnreachable, RpcError.
    """
    for start in range(first, last + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, last + 1))
        for number, (block, receipts) in zip(numbers, await _fetched(rpc, numbers), strict=True):
            place = NOWHERE.of(number).at("blocks", number)
            header = header_from_json(block, engine.block_hash, place)
            tip = engine.start(header, place) if tip is None else engine.extend(tip, header, place)
            transactions = Fields(block, "block", place).value("transactions")
            body = verify_body(header, transactions, receipts, chain_id, engine.block_hash, place)
            yield Block(header, tip.hash, body)


async def _fetched(rpc: RpcLike, numbers: range) -> list[tuple[Any, Any]]:
    """(block, receipts) of each number as the node's JSON."""
    calls: list[tuple[str, Sequence[Any]]] = []
    for number in numbers:
        calls += [("eth_getBlockByNumber", (hex(number), True)), ("eth_getBlockReceipts", (hex(number),))]
    found = await answers(rpc, calls)
    return list(zip(found[::2], found[1::2], strict=True))


async def head_of(rpc: RpcLike) -> int:
    """The number of the newest block. Raises AuditRefusal ``node-field:eth_blockNumber``, ChainUnreachable, RpcError."""
    answer = {"eth_blockNumber": await rpc.call("eth_blockNumber")}
    return Fields(answer, "node", NOWHERE).quantity("eth_blockNumber")


async def answers(rpc: RpcLike, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
    """The result of each call. Raises the first RpcError, ChainUnreachable."""
    found = await rpc.batch(calls)
    for answer in found:
        if isinstance(answer, RpcError):
            raise answer
    return found
