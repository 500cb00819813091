"""A node that lost its last blocks: what was recorded is recorded again, in the order in which it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chain.errors.nodes import ChainUnreachable
from chain.recorder import Deployed, Operation, Recorder, Store, bring_back
from chain.recorder.store import clear_index
from chain.rpc import Rpc
from tests.fake_node import FakeNode
from tests.stage import request
from tests.unit.recorder.test_lanes import call, finals, recorder, until

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

ACTORS = ("registrar", "acme", "buyer", "acme", "registrar", "buyer")


def rewinding(node: FakeNode) -> Deployed:
    """The node as one that may lose its last blocks."""
    return replace(node.deployed, on_reset="rewind")


async def acted(made: Recorder) -> list[Operation]:
    """Acts of several accounts, each recorded before the next one is accepted."""
    found: list[Operation] = []
    for number, actor in enumerate(ACTORS):
        accepted = await made.accept(request(call(number), f"key-{number}", actor))
        found += await finals(made, [accepted.operation.id])
    return found


async def lost(node: FakeNode, database: Path, first: int = 0) -> list[Operation]:
    """The acts, on a node that lost the blocks of all from ``first`` on while nothing ran."""
    async with recorder(node, database, deployment=rewinding(node)) as made:
        found = await acted(made)
        await until(lambda: made.status().block == len(node.blocks) - 1)
    node.cut(found[first].block or 0)
    node.salt = "after"
    return found


async def again(node: FakeNode, database: Path, found: Sequence[Operation]) -> list[Operation]:
    """The same operations, as a recorder that starts now comes to see them."""
    async with recorder(node, database, deployment=rewinding(node)) as made:
        # By hash: what it knew before it met the node has the same height, and its operations are recorded too.
        await until(
            lambda: made.status().block_hash == node.blocks[-1]["hash"] and len(node.hashes) == len(found)
        )
        await until(lambda: made.status().operations == {})
        return [await made.operation(each.id) for each in found]


@pytest.mark.parametrize("first", [0, 3])
async def test_bring_back__acts_of_several_accounts__same_blocks_and_nothing_is_sent(
    tmp_path: Path, first: int
) -> None:
    node = FakeNode()
    found = await lost(node, tmp_path / "db", first)
    sent = len(node.received)
    await bring_back(tmp_path / "db", Rpc(node), rewinding(node), node.remake)
    assert node.hashes == [each.transaction for each in found]
    assert await again(node, tmp_path / "db", found) == found
    assert len(node.received) == sent


async def test_bring_back__stopped_in_between_and_repeated__goes_on_where_it_was(tmp_path: Path) -> None:
    node = FakeNode()
    found = await lost(node, tmp_path / "db")

    async def partly(blocks: Sequence[tuple[int, Sequence[bytes]]]) -> None:
        await node.remake(blocks[:3])
        raise ChainUnreachable("node", "killed")

    with pytest.raises(ChainUnreachable):
        await bring_back(tmp_path / "db", Rpc(node), rewinding(node), partly)
    for _ in range(2):
        await bring_back(tmp_path / "db", Rpc(node), rewinding(node), node.remake)
    assert await again(node, tmp_path / "db", found) == found


async def test_bring_back__nothing_lost__makes_nothing(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db", deployment=rewinding(node)) as made:
        await acted(made)
    blocks: list[object] = []

    async def remake(given: object) -> None:
        blocks.append(given)

    await bring_back(tmp_path / "db", Rpc(node), rewinding(node), remake)
    assert blocks == []


async def test_tail__not_brought_back__goes_out_again_in_the_order_of_acceptance(tmp_path: Path) -> None:
    node = FakeNode()
    found = await lost(node, tmp_path / "db")
    before = list(node.received)
    assert {each.state for each in await again(node, tmp_path / "db", found)} == {"recorded"}
    assert node.received[len(before) : 2 * len(before)] == before
    assert set(node.received) == set(before)


async def test_tail__lost_with_the_index__is_sent_again(tmp_path: Path) -> None:
    node = FakeNode()
    found = await lost(node, tmp_path / "db")
    store = Store(tmp_path / "db")
    await store.write(clear_index)
    store.close()
    after = await again(node, tmp_path / "db", found)
    assert [(each.state, each.transaction) for each in after] == [
        ("recorded", each.transaction) for each in found
    ]
