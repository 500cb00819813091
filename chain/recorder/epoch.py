"""Is this node the one whose chain we indexed? Asked at the start and after every loss, before anything is sent."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from eth_hash.auto import keccak
from sqlalchemy import Connection, func, insert, select

from chain.errors.recorder import ChainDiverged
from chain.recorder.index.blocks import Indexer
from chain.recorder.index.digest import forget_above
from chain.recorder.index.views import Head
from chain.recorder.model import Deployed
from chain.recorder.schema import epoch
from chain.recorder.settle import unsettle_above
from chain.rpc import Rpc

__all__ = ["Standing", "check_identity", "deployment_hash", "epoch_of", "fork_below", "open_epoch", "rewind"]


@dataclass(frozen=True)
class Standing:
    """How the node stands to our last block: ``behind`` it has not that block, ``fork`` it has another one there."""

    head: int
    behind: bool
    fork: bool


def deployment_hash(deployed: Deployed) -> str:
    """keccak256 over addresses and code hashes, 0x hex."""
    parts = [
        f"{name}:{deployed.addresses[name]}:{deployed.code_hashes[name].hex()}"
        for name in sorted(deployed.addresses)
    ]
    return "0x" + keccak("\n".join(parts).encode()).hex()


def open_epoch(connection: Connection, deployed: Deployed) -> int:
    """The open epoch of this chain, made if there is none. Raises ChainDiverged where the database is another chain's."""
    found = epoch_of(connection, deployed)
    if found is not None:
        return found
    connection.execute(insert(epoch).values(opened_at=int(time.time()), **_identity(deployed)))
    return int(connection.scalar(select(func.max(epoch.c.id))) or 0)


def epoch_of(connection: Connection, deployed: Deployed) -> int | None:
    """The open epoch of this chain, if there is one. Raises ChainDiverged where the database is another chain's."""
    row = connection.execute(select(epoch).where(epoch.c.closed_at.is_(None))).mappings().first()
    if row is None:
        return None
    for name, value in _identity(deployed).items():
        if row[name] != value:
            raise ChainDiverged(f"database:{name}", str(row[name]), str(value))
    return int(row["id"])


async def check_identity(rpc: Rpc, deployed: Deployed, last: Head | None) -> Standing:
    """Chain id, block 0, our last block, the code of each contract. Raises ChainDiverged, ChainUnreachable, RpcError."""
    _equal("chain-id", deployed.chain_id, int(await rpc.call("eth_chainId"), 16))
    _equal("genesis-hash", deployed.genesis_hash, await hash_of(rpc, 0))
    head = int(await rpc.call("eth_blockNumber"), 16)
    if head >= deployed.deployed_block:
        await _check_code(rpc, deployed)
    if last is None:
        return Standing(head, False, False)
    found = await hash_of(rpc, last.block)
    return Standing(head, found is None, found not in (None, last.hash))


async def fork_below(rpc: Rpc, last: int, hash_at: Callable[[int], Awaitable[str | None]]) -> int:
    """The last block up to ``last`` that the node and the index share; block 0 at least (``check_identity`` compared it)."""
    low, high = 0, last
    while low < high:
        middle = (low + high + 1) // 2
        if await hash_of(rpc, middle) == await hash_at(middle):
            low = middle
        else:
            high = middle - 1
    return low


async def hash_of(rpc: Rpc, number: int) -> str | None:
    """Hash of the node's block, None where it has none."""
    block = await rpc.call("eth_getBlockByNumber", hex(number), False)
    return None if block is None else str(block["hash"]).lower()


def rewind(connection: Connection, epoch_id: int, block: int, indexer: Indexer) -> None:
    """Back to ``block``, in one transaction: later rows go, what they settled is signed again."""
    unsettle_above(connection, epoch_id, block)
    forget_above(connection, block, indexer)


def _identity(deployed: Deployed) -> dict[str, int | str]:
    return {
        "chain_id": deployed.chain_id, "genesis_hash": deployed.genesis_hash, "deployment_hash": deployment_hash(deployed)
    }  # fmt: skip


async def _check_code(rpc: Rpc, deployed: Deployed) -> None:
    for name, wanted in deployed.code_hashes.items():
        code = str(await rpc.call("eth_getCode", deployed.addresses[name], "latest"))
        _equal(
            f"code-hash:{name}",
            "0x" + wanted.hex(),
            "0x" + keccak(bytes.fromhex(code.removeprefix("0x"))).hex(),
        )


def _equal(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise ChainDiverged(what, str(expected), str(found))
