"""Real Besu nodes on this machine: a QBFT network of a few validators, one block a second."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coincurve
from eth_hash.auto import keccak

from chain import rlp
from chain.errors.base import LicitaError
from chain.nodes.process import Child, free_port, tail
from chain.rpc import HttpTransport, Rpc
from chain.rules.validators import by_address
from chain.transactions import address_of
from governance.operator import Entry

CHAIN_ID = 484_101
EPOCH = 100
MIX_HASH = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
JVM = "-Xms64m -Xmx512m"


@dataclass
class BesuNode:
    """A Besu process with a key of its own."""

    name: str
    folder: Path
    key: bytes
    p2p: int
    http: int
    child: Child | None = None
    lines: list[Entry] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Its address as a validator."""
        return address_of(self.key)

    @property
    def enode(self) -> str:
        """Its address among peers."""
        public = coincurve.PrivateKey(self.key).public_key.format(compressed=False)[1:]
        return f"enode://{public.hex()}@127.0.0.1:{self.p2p}"

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.http}"

    def start(self, shared: Path) -> None:
        """Runs it."""
        home = os.environ.get("BESU_HOME")
        program = str(Path(home, "bin", "besu")) if home else shutil.which("besu")
        assert program is not None
        (self.folder / "key").write_text(self.key.hex(), encoding="ascii")
        options = {
            "genesis-file": shared / "genesis.json", "static-nodes-file": shared / "static-nodes.json", "data-path": self.folder / "data",
            "node-private-key-file": self.folder / "key", "p2p-host": "127.0.0.1", "p2p-interface": "127.0.0.1", "p2p-port": self.p2p,
            "discovery-enabled": "false", "nat-method": "NONE", "sync-mode": "FULL", "data-storage-format": "FOREST",
            "min-gas-price": 0, "target-gas-limit": 60_000_000, "tx-pool": "sequenced", "rpc-http-host": "127.0.0.1",
            "rpc-http-port": self.http, "rpc-http-api": "ETH,NET,WEB3,QBFT", "host-allowlist": "*",
            "Xplugin-rocksdb-cache-capacity": 33_554_432, "Xplugin-rocksdb-background-thread-count": 1,
            "Xplugin-rocksdb-max-open-files": 256,
        }  # fmt: skip
        words = [f"--{name}={value}" for name, value in options.items()]
        flags = ["--rpc-http-enabled", "--revert-reason-enabled", "--color-enabled=false"]
        self.child = Child.start(
            [program, *words, *flags], log=self.folder / "besu.log", folder=self.folder,
            environment={"BESU_OPTS": JVM},
        )  # fmt: skip

    def stop(self, grace: float) -> None:
        """Ends it; at once with no grace."""
        if self.child is not None:
            self.child.stop(grace)
            self.child = None


def genesis(validators: Sequence[str], alloc: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A QBFT network of these founding validators, one block a second; contracts have the size that public networks allow."""
    extra = [bytes(32), [bytes.fromhex(node[2:]) for node in validators], [], b"", []]
    forks = {"berlinBlock": 0, "londonBlock": 0, "shanghaiTime": 0, "cancunTime": 0, "zeroBaseFee": True}
    accounts = {address[2:]: {"balance": "0x0", **account} for address, account in alloc.items()}
    qbft = {"epochlength": EPOCH, "blockperiodseconds": 1, "requesttimeoutseconds": 10}
    return {
        "config": {"chainId": CHAIN_ID, **forks, "qbft": qbft},
        "nonce": "0x0", "timestamp": "0x0", "gasLimit": "0x3938700", "difficulty": "0x1", "baseFeePerGas": "0x0",
        "coinbase": "0x" + "00" * 20, "mixHash": MIX_HASH, "extraData": "0x" + rlp.encode(extra).hex(), "alloc": accounts,
    }  # fmt: skip


@asynccontextmanager
async def running(
    folder: Path, validators: int, others: int = 0, alloc: Mapping[str, Mapping[str, str]] | None = None
) -> AsyncIterator[list[BesuNode]]:
    """Nodes in ``folder``, the founding validators first; all answer, and there is a block. ``alloc``: accounts of block 0."""
    made = []
    for number in range(validators + others):
        (folder / f"node {number}").mkdir()
        key = bytes(keccak(f"Besu test node {number}".encode()))
        made.append(BesuNode(f"v{number}", folder / f"node {number}", key, free_port(), free_port()))
    founding = sorted((node.address for node in made[:validators]), key=by_address)
    (folder / "genesis.json").write_text(json.dumps(genesis(founding, alloc or {})), encoding="utf-8")
    (folder / "static-nodes.json").write_text(json.dumps([node.enode for node in made]), encoding="utf-8")
    try:
        for node in made:
            node.start(folder)
        for node in made:
            await until_block(node, 1)
        yield made
    finally:
        for node in made:
            node.stop(0)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Until it holds: a real chain has its own time."""
    async with asyncio.timeout(seconds):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.3)


async def until_block(node: BesuNode, number: int) -> None:
    """Until a node's head is there; a node that ended says why in its log."""
    rpc = Rpc(HttpTransport(node.url))

    async def is_there() -> bool:
        assert node.child is not None and node.child.alive, tail(node.folder / "besu.log")
        try:
            return int(await rpc.call("eth_blockNumber"), 16) >= number
        except LicitaError:
            return False

    try:
        await until(is_there, 240)
    finally:
        await rpc.close()
