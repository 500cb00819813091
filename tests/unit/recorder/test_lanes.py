"""Exactly once, whatever the transport does: the recorder over a node in memory."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak

from chain.bindings import tender_board
from chain.errors.recorder import (
    ChainDiverged,
    IdempotencyKeyReused,
    LaneParked,
    SignerUnavailable,
    SignerUnknown,
)
from chain.recorder import Operation, Recorder
from chain.rpc import Rpc
from chain.transactions import Call, gas_for, sign, unsigned
from tests.fake_node import BOARD, CHAIN_ID, FakeNode
from tests.stage import ADDRESSES, KEYS, SIGNERS, LocalSigner, request

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

PATIENCE = 10.0


def call(number: int) -> Call:
    """A call that differs from all others."""
    return tender_board.answer(number.to_bytes(32, "big"), 1, "{}")


@asynccontextmanager
async def recorder(node: FakeNode, database: Path, **settings: Any) -> AsyncIterator[Recorder]:
    """A running recorder on the node."""
    settings = {"deployment": node.deployed, "signers": SIGNERS} | settings
    made = Recorder(database=database, rpc=Rpc(node), nudge=node.nudge, **settings)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Lets everything else run until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- it belongs to the recorder, which has no event for it
            await asyncio.sleep(0.005)


async def accepted(made: Recorder, count: int, actor: str = "buyer") -> list[str]:
    """Ids of so many accepted operations."""
    requests = [request(call(number), f"{actor}-{number}", actor) for number in range(count)]
    return [each.operation.id for each in await asyncio.gather(*(made.accept(each) for each in requests))]


async def finals(made: Recorder, ids: list[str]) -> list[Operation]:
    """The operations once they are final."""
    return [await made.wait(id, PATIENCE) for id in ids]


async def test_operations__many_actors__recorded_in_queue_order_of_each(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        ids = {actor: await accepted(made, 7, actor) for actor in ("buyer", "acme", "registrar")}
        for actor, each in ids.items():
            found = await finals(made, each)
            assert [operation.state for operation in found] == ["recorded"] * 7
            assert [operation.nonce for operation in found] == list(range(7))
            assert {operation.actor for operation in found} == {ADDRESSES[actor]}
    assert len(node.hashes) == len(set(node.hashes)) == 21


@pytest.mark.parametrize("seed", range(3))
async def test_transport__drops_doubles_reorders_lies__each_operation_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    faults = ["ok", "ok", "drop", "lost-answer", "double", "reorder", "wrong-hash"]

    def fault(calls: list[dict[str, Any]]) -> str:
        sends = any(each["method"] == "eth_sendRawTransaction" for each in calls)
        return chance.choice(faults) if sends else "ok"

    node = FakeNode(fault)
    deployed = replace(node.deployed, lane_window=8)
    async with recorder(node, tmp_path / "db", deployment=deployed) as made:
        found = await finals(made, await accepted(made, 40))
    assert {operation.state for operation in found} == {"recorded"}
    assert sorted(operation.transaction or "" for operation in found) == sorted(node.hashes)


async def test_lane__window_small__never_more_in_flight(tmp_path: Path) -> None:
    node = FakeNode()
    most = 0

    def fault(calls: list[dict[str, Any]]) -> str:
        nonlocal most
        most = max(most, len(node.pool) + sum(each["method"] == "eth_sendRawTransaction" for each in calls))
        return "ok"

    node.fault = fault
    async with recorder(node, tmp_path / "db", deployment=replace(node.deployed, lane_window=3)) as made:
        found = await finals(made, await accepted(made, 12))
    assert {operation.state for operation in found} == {"recorded"}
    assert most == 3


@pytest.mark.parametrize("point", ["accepted", "numbered", "signed", "sent"])
async def test_restart__stopped_after_a_point__goes_on_with_the_same_bytes(
    tmp_path: Path, point: str
) -> None:
    node = FakeNode()
    reached = asyncio.Event()

    def probe(name: str) -> None:
        if name == point:
            node.down = True
            reached.set()

    async with recorder(node, tmp_path / "db", probe=probe) as first:
        await until(lambda: first.status().reachable)
        operation = (await first.accept(request(call(1), "key"))).operation
        await reached.wait()
    sent = list(node.received)
    assert (len(sent) == 1) is (point == "sent")
    node.down = False
    async with recorder(node, tmp_path / "db") as second:
        again = await second.accept(request(call(1), "key"))
        assert again.replayed and again.operation.id == operation.id
        assert (await second.wait(operation.id, PATIENCE)).state == "recorded"
    assert len(set(node.received)) == len(node.hashes) == 1


async def test_key__fifty_times_at_once__one_operation(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        answers = await asyncio.gather(*(made.accept(request(call(1), "key")) for _ in range(50)))
        assert len({answer.operation.id for answer in answers}) == 1
        assert sum(not answer.replayed for answer in answers) == 1
        assert (await made.wait(answers[0].operation.id, PATIENCE)).state == "recorded"
        stored = await made.lookup("account", "key", request(call(1), "key").fingerprint)
        assert stored is not None and stored.id == answers[0].operation.id
    assert len(node.hashes) == 1


async def test_key__other_body__refused_and_the_first_stands(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        first = await made.accept(request(call(1), "key"))
        with pytest.raises(IdempotencyKeyReused) as refusal:
            await made.accept(request(call(2), "key"))
        assert refusal.value.operation == first.operation.id
        with pytest.raises(IdempotencyKeyReused):
            await made.lookup("account", "key", bytes(32))
        other = await made.accept(replace(request(call(2), "key"), account="another"))
        assert not other.replayed


async def test_actor__without_a_key__refused_and_nothing_stored(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db", signers={}) as made:
        with pytest.raises(SignerUnknown):
            await made.accept(request(call(1), "key"))
        assert await made.lookup("account", "key", bytes(32)) is None


async def test_reverts__a_burst__named_and_the_rest_recorded(tmp_path: Path) -> None:
    node = FakeNode()
    bad = {call(number).data for number in range(0, 30, 2)}
    node.reverts = lambda data: data in bad
    node.revert_data = "0x" + _error_data().hex()
    async with recorder(node, tmp_path / "db") as made:
        found = await finals(made, await accepted(made, 30))
    states = [operation.state for operation in found]
    assert states == ["reverted", "recorded"] * 15
    assert {operation.error for operation in found[::2]} == {"TenderBoardQuestionNotFound"}
    assert found[0].facts == {"id": 7, "question": 3, "source": "replay"}
    assert {operation.error for operation in found[1::2]} == {None}


@pytest.mark.parametrize("kept", ["0x", "", "0x1", "no hex", "execution reverted", 7, []])
async def test_reverts__receipt_that_says_nothing_of_it__called_again(tmp_path: Path, kept: Any) -> None:
    node = FakeNode()
    node.reverts = lambda data: True
    node.revert_data, node.kept = "0x" + _error_data().hex(), kept
    async with recorder(node, tmp_path / "db") as made:
        (found,) = await finals(made, await accepted(made, 1))
    assert (found.error, found.facts["source"]) == ("TenderBoardQuestionNotFound", "replay")


def _error_data() -> bytes:
    words = (7).to_bytes(32, "big") + (3).to_bytes(32, "big")
    return bytes(keccak(b"TenderBoardQuestionNotFound(bytes32,uint256)")[:4]) + words


async def test_key_used_elsewhere__while_in_flight__displaced_and_parked(tmp_path: Path) -> None:
    node = FakeNode()
    node.fault = lambda calls: (
        "drop" if any(each["method"] == "eth_sendRawTransaction" for each in calls) else "ok"
    )
    async with recorder(node, tmp_path / "db") as made:
        ids = await accepted(made, 3)
        others = await accepted(made, 2, "acme")
        await until(lambda: made.status().operations.get("signed") == 5)
        node.submit(_foreign(0))
        node.mine()
        node.fault = lambda calls: "ok"
        found = await finals(made, ids)
        assert [operation.state for operation in found] == ["displaced", "recorded", "recorded"]
        assert {operation.state for operation in await finals(made, others)} == {"recorded"}
        status = made.status()
        assert status.lanes["parked"] == 1
        assert any(ADDRESSES["buyer"] in alarm for alarm in status.alarms)
        with pytest.raises(LaneParked) as caught:
            await made.accept(request(call(99), "late"))
        assert caught.value.actor == ADDRESSES["buyer"]


async def test_key_used_elsewhere__while_it_signs__stays_displaced(tmp_path: Path) -> None:
    node = FakeNode()
    signer = _Slow("buyer")
    async with recorder(node, tmp_path / "db", signers={**SIGNERS, ADDRESSES["buyer"]: signer}) as made:
        (id,) = await accepted(made, 1)
        await asyncio.wait_for(signer.asked.wait(), PATIENCE)
        node.submit(_foreign(0))
        node.mine()
        await until(lambda: made.status().operations.get("numbered", 0) == 0)
        signer.go.set()
        assert (await made.wait(id, PATIENCE)).state == "displaced"
        await until(lambda: made.status().lanes["parked"] == 1)
        assert made.status().operations.get("signed", 0) == 0


async def test_key_used_elsewhere__while_idle__parked_before_a_nonce_is_given(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        await finals(made, await accepted(made, 1))
        node.submit(_foreign(1))
        node.mine()
        await until(lambda: made.status().block == len(node.blocks) - 1)
        late = await made.accept(request(call(99), "late"))
        await until(lambda: made.status().lanes["parked"] == 1)
        assert (await made.operation(late.operation.id)).state == "queued"


def _foreign(nonce: int) -> bytes:
    other = call(1_000)
    return sign(unsigned(nonce, BOARD, other.data, gas_for(other), CHAIN_ID), KEYS["buyer"])[0]


class _Slow(LocalSigner):
    """Signs when it is told to."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def sign_hash(self, digest: bytes, preimage: bytes) -> tuple[int, int, int]:
        self.asked.set()
        await self.go.wait()
        return await super().sign_hash(digest, preimage)


async def test_block__while_a_lane_signs__is_not_asked_for(tmp_path: Path) -> None:
    node = FakeNode()
    signer = _Slow("buyer")
    async with recorder(node, tmp_path / "db", signers={ADDRESSES["buyer"]: signer}) as made:
        ids = await accepted(made, 1)
        await asyncio.wait_for(signer.asked.wait(), PATIENCE)
        blocks = len(node.blocks)
        await asyncio.sleep(10 * node.deployed.period)
        assert len(node.blocks) == blocks
        assert made.status().stalled_for == 0.0, "nothing waits for a block, but for a signature"
        signer.go.set()
        (found,) = await finals(made, ids)
        assert found.block == blocks


class _Failing(LocalSigner):
    """Fails so often, then signs."""

    def __init__(self, name: str, times: int) -> None:
        super().__init__(name)
        self.left = times

    async def sign_hash(self, digest: bytes, preimage: bytes) -> tuple[int, int, int]:
        if self.left:
            self.left -= 1
            raise SignerUnavailable(self.address, "sealed")
        return await super().sign_hash(digest, preimage)


async def test_signer__away_for_a_moment__lane_held_then_open(tmp_path: Path) -> None:
    node = FakeNode()
    signer = _Failing("buyer", 1)
    held: list[int] = []
    async with recorder(node, tmp_path / "db", signers={signer.address: signer}) as made:
        ids = await accepted(made, 2)
        await until(lambda: made.status().lanes["held"] == 1)
        held.append(made.status().operations["numbered"])
        found = await finals(made, ids)
        assert [operation.nonce for operation in found] == [0, 1]
        assert made.status().lanes == {"open": 1, "held": 0, "parked": 0}
    assert held == [2]


class _HighS(LocalSigner):
    """Signs with the other, non-canonical s."""

    async def sign_hash(self, digest: bytes, preimage: bytes) -> tuple[int, int, int]:
        r, s, y = await super().sign_hash(digest, preimage)
        return r, 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141 - s, 1 - y


class _Other(LocalSigner):
    """Says that it is the buyer, and signs with another key."""

    def __init__(self) -> None:
        super().__init__("acme")
        self.address = ADDRESSES["buyer"]


@pytest.mark.parametrize("signer", [_HighS("buyer"), _Other()], ids=["high-s", "other-key"])
async def test_signature__not_canonical_or_anothers__held_and_never_sent(
    tmp_path: Path, signer: LocalSigner
) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db", signers={signer.address: signer}) as made:
        await accepted(made, 1)
        await until(lambda: made.status().lanes["held"] == 1)
    assert node.received == []


async def test_node__away__accepted_and_sent_when_back(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        await until(lambda: made.status().reachable)
        node.down = True
        ids = await accepted(made, 3)
        await until(lambda: not made.status().reachable)
        node.down = False
        assert {operation.state for operation in await finals(made, ids)} == {"recorded"}


@pytest.mark.parametrize("kept", [0, 4])
async def test_node__lost_its_tail__same_bytes_go_out_again(tmp_path: Path, kept: int) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db", deployment=replace(node.deployed, on_reset="rewind")) as made:
        found = []
        for number in range(5):
            ids = [(await made.accept(request(call(number), f"key-{number}"))).operation.id]
            found += await finals(made, ids)
        before = list(node.hashes)
        node.cut(found[kept].block or 0)
        assert len(node.hashes) == kept
        node.salt = "after"
        node.mine()
        await until(lambda: len(node.hashes) == 5)
        again = await finals(made, [each.id for each in found])
        await until(lambda: made.status().block == len(node.blocks) - 1)
    assert [each.state for each in again] == ["recorded"] * 5
    assert node.hashes == before
    assert len(set(node.received)) == 5


async def test_node__other_tail_where_a_reset_stops__refused_and_nothing_sent(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        await finals(made, await accepted(made, 3))
        await until(lambda: made.status().block == len(node.blocks) - 1)
        node.cut(1)
        node.salt = "other"
        for _ in range(20):
            node.mine()
        await until(lambda: made.status().refusal is not None)
        sent = len(node.received)
        with pytest.raises(ChainDiverged) as refusal:
            await made.accept(request(call(9), "late"))
        assert refusal.value.what == "block-hash"
        assert not made.status().identity_ok
        assert len(node.received) == sent


async def test_node__other_genesis__refused_until_the_right_one_is_back(tmp_path: Path) -> None:
    node = FakeNode()
    right = node.blocks
    async with recorder(node, tmp_path / "db") as made:
        await until(lambda: made.status().identity_ok)
        node.blocks = [{**right[0], "hash": "0x" + "11" * 32}]
        await until(lambda: made.status().refusal is not None)
        assert made.status().refusal.error == "ChainDiverged"  # type: ignore[union-attr]
        node.blocks = right
        await until(lambda: made.status().refusal is None)
        assert {operation.state for operation in await finals(made, await accepted(made, 1))} == {"recorded"}


async def test_node__behind_ours_on_the_same_chain__waited_for(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        await finals(made, await accepted(made, 2))
        await until(lambda: made.status().block == len(node.blocks) - 1)
        blocks, receipts = list(node.blocks), list(node.receipts)
        del node.blocks[1:], node.receipts[1:]
        await until(lambda: made.status().head == 0)
        waiting = await made.accept(request(call(9), "late"))
        assert (await made.wait(waiting.operation.id, 0.3)).state == "queued"
        assert made.status().refusal is None
        node.blocks, node.receipts = blocks, receipts
        assert (await made.wait(waiting.operation.id, PATIENCE)).state == "recorded"


async def test_database__of_another_chain__refused_at_start(tmp_path: Path) -> None:
    node, other = FakeNode(), FakeNode(salt="other")
    async with recorder(node, tmp_path / "db"):
        pass
    second = Recorder(
        database=tmp_path / "db",
        rpc=Rpc(other),
        deployment=other.deployed,
        signers=SIGNERS,
        nudge=other.nudge,
    )
    with pytest.raises(ChainDiverged) as refusal:
        await second.start()
    await second.stop()
    assert refusal.value.what == "database:genesis_hash"


async def test_operations__by_account__newest_first_in_pages(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        ids = [(await made.accept(request(call(number), str(number)))).operation.id for number in range(5)]
        await made.accept(replace(request(call(9), "key"), account="another"))
        first = await made.operations("account", limit=3)
        second = await made.operations("account", after=first.next, limit=3)
    assert [each.id for each in (*first.items, *second.items)] == ids[::-1]
    assert second.next is None
