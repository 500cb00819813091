"""The operator agent on real Besu validators: four of them, a fifth that takes the place of one, a kill of a node on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from eth_hash.auto import keccak

from chain.bindings import validator_registry
from chain.nodes.besu import BesuClient
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
from governance.operator import Agent
from tests.besu import CHAIN_ID, EPOCH, BesuNode, running, until, until_block
from tests.contracts.world import MEMBERS, PEOPLE, SEATS, wiring

pytestmark = [pytest.mark.network, pytest.mark.besu, pytest.mark.timeout(600)]

AUTHORITY = bytes(keccak(b"authority of the Besu test"))
DEPLOYER = bytes(keccak(b"deployer of the Besu test"))


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[BesuNode]]:
    """Four validators, and a fifth node that is none yet."""
    async with running(tmp_path, 4, 1) as made:
        yield made


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
