"""The operator agent on real Besu validators: four of them, a fifth that takes the place of one, a kill of a node on the way."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coincurve
import pytest
from eth_hash.auto import keccak

from chain import rlp
from chain.bindings import validator_registry
from chain.errors.base import LicitaError
from chain.nodes.besu import BesuClient
from chain.nodes.process import Child, free_port, tail
from chain.rpc import HttpTransport, Rpc
from chain.rules.validators import by_address
from chain.transactions import (
    Addresses,
    Call,
    address_of,
    created_address,
    creation,
    deploy,
    mined,
    read,
    sign,
    unsigned,
)
from governance.operator import Agent, Entry
from tests.contracts.world import MEMBERS, PEOPLE, SEATS, wiring

pytestmark = [pytest.mark.network, pytest.mark.besu, pytest.mark.timeout(600)]

CHAIN_ID = 484_101
EPOCH = 100
MIX_HASH = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
AUTHORITY = bytes(keccak(b"authority of the Besu test"))
DEPLOYER = bytes(keccak(b"deployer of the Besu test"))
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


def genesis(validators: Sequence[str]) -> dict[str, Any]:
    """A QBFT network of these founding validators, one block a second."""
    extra = [bytes(32), [bytes.fromhex(node[2:]) for node in validators], [], b"", []]
    forks = {"berlinBlock": 0, "londonBlock": 0, "shanghaiTime": 0, "cancunTime": 0, "zeroBaseFee": True}
    qbft = {"epochlength": EPOCH, "blockperiodseconds": 1, "requesttimeoutseconds": 10}
    return {
        "config": {"chainId": CHAIN_ID, **forks, "contractSizeLimit": 49_152, "qbft": qbft},
        "nonce": "0x0", "timestamp": "0x0", "gasLimit": "0x3938700", "difficulty": "0x1", "baseFeePerGas": "0x0",
        "coinbase": "0x" + "00" * 20, "mixHash": MIX_HASH, "extraData": "0x" + rlp.encode(extra).hex(), "alloc": {},
    }  # fmt: skip


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[BesuNode]]:
    """Four validators, and a fifth node that is none yet; all answer, and there is a block."""
    made = []
    for number in range(5):
        folder = tmp_path / f"node {number}"
        folder.mkdir()
        key = bytes(keccak(f"Besu test node {number}".encode()))
        made.append(BesuNode(f"v{number}", folder, key, free_port(), free_port()))
    founding = sorted((node.address for node in made[:4]), key=by_address)
    (tmp_path / "genesis.json").write_text(json.dumps(genesis(founding)), encoding="utf-8")
    (tmp_path / "static-nodes.json").write_text(json.dumps([node.enode for node in made]), encoding="utf-8")
    try:
        for node in made:
            node.start(tmp_path)
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

    await until(is_there, 240)
    await rpc.close()


async def founded(rpc: Rpc, validators: Sequence[tuple[str, bytes]]) -> Addresses:
    """MemberRegistry and ValidatorRegistry, whose authority is a key instead of the council."""
    addresses = {
        name: created_address(address_of(DEPLOYER), nonce)
        for nonce, name in enumerate(("MemberRegistry", "ValidatorRegistry"))
    }
    wired = wiring({**addresses, "CouncilTimelock": address_of(AUTHORITY)})
    end = int(time.time()) + 365 * 86_400
    people = [(account, member, roles, end) for account, member, roles, _ in PEOPLE]
    for contract, arguments in (
        ("MemberRegistry", (address_of(AUTHORITY), wired, MEMBERS, people)),
        ("ValidatorRegistry", (wired, list(validators))),
    ):
        receipt = await deploy(rpc, addresses, creation(contract, *arguments), DEPLOYER)
        assert receipt.created == addresses[contract]
    return addresses


async def resolve(rpc: Rpc, addresses: Addresses, call: Call) -> None:
    """What the council would do by a resolution."""
    nonce = int(await rpc.call("eth_getTransactionCount", address_of(AUTHORITY), "pending"), 16)
    payload = unsigned(nonce, addresses[call.contract], call.data, 2_000_000, CHAIN_ID)
    raw, transaction = sign(payload, AUTHORITY)
    await rpc.call("eth_sendRawTransaction", "0x" + raw.hex())
    assert (await mined(rpc, transaction))["status"] == "0x1"


async def test_agents__real_besu__swap_a_validator_and_prove_the_set(
    nodes: list[BesuNode], tmp_path: Path
) -> None:
    founding = sorted(
        zip((node.address for node in nodes), SEATS, strict=False), key=lambda pair: by_address(pair[0])
    )
    rpc = Rpc(HttpTransport(nodes[0].url))
    addresses = await founded(rpc, founding)
    rpcs = [Rpc(HttpTransport(node.url)) for node in nodes]

    def agent(place: int) -> asyncio.Task[None]:
        node = nodes[place]
        made = Agent(
            rpcs[place], BesuClient(rpcs[place]), addresses, report=node.lines.append, epoch=EPOCH,
            key=bytes(keccak(node.key)),
        )  # fmt: skip
        return asyncio.create_task(made.run(0.4))

    assert await BesuClient(rpc).address() == nodes[0].address
    assert list(await BesuClient(rpc).validators(0)) == [node for node, _ in founding]
    # The fifth node takes the place, and the member, of the fourth.
    target = sorted(
        [*(pair for pair in founding if pair[0] != nodes[3].address), (nodes[4].address, SEATS[3])],
        key=lambda pair: by_address(pair[0]),
    )
    await resolve(rpc, addresses, validator_registry.set_target(0, target))
    # Two of four are no majority; one of them forgets its vote with its process.
    running = {place: agent(place) for place in (0, 1)}

    async def both_voted() -> bool:
        return bool(nodes[0].lines and nodes[1].lines)

    await until(both_voted, 60)
    running.pop(1).cancel()
    nodes[1].stop(0)
    nodes[1].start(tmp_path)
    await until_block(nodes[1], 1)
    assert await BesuClient(rpcs[1]).pending_votes() == {}
    running |= {place: agent(place) for place in (1, 2, 3, 4)}

    async def is_settled() -> bool:
        # The agent that proved says so once its own node has the block.
        proved = any(line.what == "prove" for node in nodes for line in node.lines)
        return proved and not any([await BesuClient(each).pending_votes() for each in rpcs])

    await until(is_settled, 240)
    head = int(await rpc.call("eth_blockNumber"), 16)
    assert list(await BesuClient(rpc).validators(head)) == [node for node, _ in target]
    assert await read(rpc, addresses, validator_registry.is_proved())
    assert [line.what for node in nodes for line in node.lines].count("prove") == 1
    for task in running.values():
        task.cancel()
    for each in (rpc, *rpcs):
        await each.close()
