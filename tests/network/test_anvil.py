"""chain/nodes/anvil.py on a real anvil: its clock, and a chain that survives stops and kills with the same blocks."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chain.errors.nodes import (
    AnvilMissing,
    ChainIdDiffers,
    ChainUnreachable,
    EngineCannotVote,
    GenesisDiffers,
    NetworkFileWrong,
    NetworkInUse,
    NodeNotReady,
    StateDamaged,
)
from chain.nodes import Engine
from chain.nodes.anvil import SANDBOX_MARK, Anvil, find_anvil
from chain.nodes.descriptor import Descriptor
from chain.nodes.folder import Folder
from chain.nodes.process import ProcessRecord
from chain.transactions import sign, unsigned

pytestmark = pytest.mark.network

Make = Callable[..., Anvil]
MARK = next(iter(SANDBOX_MARK))
DAY = 86_400
NOW = 1_800_000_000
TIMESTAMP_CODE = "0x4260005260206000f3"  # creation code that returns block.timestamp


class Wall:
    """A wall clock that a test moves."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


async def started(anvil: Anvil) -> Anvil:
    anvil.prepare()
    anvil.start()
    await anvil.ready(30)
    return anvil


async def head(anvil: Anvil) -> tuple[int, int]:
    block = await anvil.rpc.call("eth_getBlockByNumber", "latest", False)
    return int(block["number"], 16), int(block["timestamp"], 16)


async def send(anvil: Anvil) -> str:
    """One transfer, pending."""
    sender = (await anvil.rpc.call("eth_accounts"))[0]
    transaction = {"from": sender, "to": MARK, "value": "0x1", "gasPrice": "0x0"}
    return str(await anvil.rpc.call("eth_sendTransaction", transaction))


async def history(anvil: Anvil, blocks: int) -> list[Any]:
    """Blocks with their transactions, and their receipts, from 0 on."""
    calls: list[tuple[str, list[Any]]] = []
    for number in range(blocks):
        calls += [("eth_getBlockByNumber", [hex(number), True]), ("eth_getBlockReceipts", [hex(number)])]
    return await anvil.rpc.batch(calls)


def kill(anvil: Anvil) -> None:
    """kill -9, and collected."""
    assert anvil.pid is not None
    os.kill(anvil.pid, signal.SIGKILL)
    anvil.stop(5)


async def test_start__new_folder__answers_with_the_chain_of_genesis_json(
    folder: Folder, anvil_in: Make
) -> None:
    anvil = await started(anvil_in(folder, timestamp=NOW - 5, alloc=SANDBOX_MARK))
    block = await anvil.rpc.call("eth_getBlockByNumber", "0x0", False)
    genesis = folder.genesis()
    assert genesis is not None and genesis == anvil.genesis
    assert (genesis.chain_id, genesis.timestamp, genesis.hash) == (31_337, NOW - 5, block["hash"])
    assert int(block["baseFeePerGas"], 16) == 0 and int(block["gasLimit"], 16) == 60_000_000
    assert await anvil.rpc.call("eth_getCode", MARK, "latest") == "0x00"
    assert anvil.version == "anvil 1.7.1"
    run = json.loads((folder.path / "nodes/anvil/run.json").read_text())
    assert (run["pid"], run["port"], run["version"]) == (
        anvil.pid,
        int(anvil.rpc_url.rsplit(":")[-1]),
        "anvil 1.7.1",
    )


async def test_prepare__twice__changes_nothing(folder: Folder, anvil_in: Make) -> None:
    anvil_in(folder, timestamp=NOW).prepare()
    before = folder.genesis_json.read_bytes()
    anvil_in(folder, timestamp=NOW + 9).prepare()
    assert folder.genesis_json.read_bytes() == before


async def test_start__twice__is_one_process(folder: Folder, anvil_in: Make) -> None:
    anvil = await started(anvil_in(folder))
    pid = anvil.pid
    anvil.start()
    await anvil.ready()
    assert anvil.pid == pid is not None


async def test_stop__running__leaves_no_process_and_no_record(folder: Folder, anvil_in: Make) -> None:
    anvil = await started(anvil_in(folder))
    record = ProcessRecord.of(anvil.pid or 0)
    anvil.stop()
    anvil.stop()
    assert record is not None and not record.alive and anvil.pid is None
    assert not (folder.path / "nodes/anvil/run.json").exists()


async def test_nudge__bursts__stamps_each_block_a_second_after_the_last(
    folder: Folder, anvil_in: Make
) -> None:
    wall = Wall()
    anvil = await started(anvil_in(folder, wall=wall))
    wall.now += 1000  # only a start looks at the wall clock
    await asyncio.gather(*(anvil.nudge() for _ in range(5)))
    times = [int(block["timestamp"], 16) for block in (await history(anvil, 6))[::2]]
    assert times == [NOW, NOW + 1, NOW + 2, NOW + 3, NOW + 4, NOW + 5]
    await anvil.mine(2)
    assert await anvil.clock() == NOW + 7


async def test_nudge__transaction_sent__is_in_the_block(folder: Folder, anvil_in: Make) -> None:
    anvil = await started(anvil_in(folder))
    sent = await send(anvil)
    assert await anvil.rpc.call("eth_getTransactionReceipt", sent) is None
    await anvil.nudge()
    receipt = await anvil.rpc.call("eth_getTransactionReceipt", sent)
    assert (receipt["blockNumber"], receipt["status"]) == ("0x1", "0x1")


async def test_advance_to__later_time__is_met_exactly_and_past_time_mines_nothing(
    folder: Folder, anvil_in: Make
) -> None:
    anvil = await started(anvil_in(folder, wall=Wall()))
    assert await anvil.advance_to(NOW + 20 * DAY) == NOW + 20 * DAY
    assert await anvil.advance_to(NOW + 20 * DAY) == NOW + 20 * DAY
    assert await anvil.advance_to(NOW) == NOW + 20 * DAY
    assert await head(anvil) == (1, NOW + 20 * DAY)


async def test_genesis__killed_before_the_first_save__begins_again_with_the_same_block(
    folder: Folder, anvil_in: Make
) -> None:
    first = await started(anvil_in(folder, timestamp=NOW, alloc=SANDBOX_MARK))
    before = (await history(first, 1))[0]
    await first.mine(3)
    kill(first)
    again = await started(anvil_in(folder, timestamp=NOW + 77))
    assert (await history(again, 1))[0] == before
    assert await again.rpc.call("eth_getCode", MARK, "latest") == "0x00"
    assert (await head(again))[0] == 0


async def test_kept_chain__moved_20_days_then_stopped_then_killed__goes_on_with_later_blocks_and_the_same_genesis(
    folder: Folder, anvil_in: Make
) -> None:
    wall = Wall()
    first = await started(anvil_in(folder, wall=wall, alloc=SANDBOX_MARK))
    await send(first)
    await first.nudge()
    await first.advance_to(NOW + 20 * DAY)
    sent = await send(first)
    await first.nudge()
    before = await history(first, 4)
    await first.save()
    await first.close()
    first.stop()

    wall.now += 5
    second = await started(anvil_in(folder, wall=wall))
    assert await history(second, 4) == before  # hashes, transactions, receipts, from block 0 on
    assert await second.rpc.call("eth_getCode", MARK, "latest") == "0x00"
    await second.nudge()
    assert await head(second) == (4, NOW + 20 * DAY + 2)
    kill(second)

    third = await started(anvil_in(folder, wall=wall))
    assert await history(third, 4) == before
    pending = await third.rpc.call("eth_call", {"data": TIMESTAMP_CODE}, "pending")
    assert int(pending, 16) >= NOW + 20 * DAY + 1
    await third.nudge()
    number, moment = await head(third)
    assert number == 4 and moment > NOW + 20 * DAY + 1
    block = await third.rpc.call("eth_getBlockByNumber", "0x4", False)
    assert block["parentHash"] == before[6]["hash"]
    assert (await third.rpc.call("eth_getTransactionReceipt", sent))["blockNumber"] == "0x3"


async def test_remake__killed_before_it_was_saved__same_places_and_times_and_kept(
    folder: Folder, anvil_in: Make
) -> None:
    wall = Wall()
    keys = [hashlib.sha256(bytes([number])).digest() for number in range(3)]
    signed = [
        sign(unsigned(nonce, MARK, b"", 21_000, 31_337), key) for nonce in range(3) for key in reversed(keys)
    ]
    lost = [
        (NOW + 5, [raw for raw, _ in signed[:4]]),
        (NOW + 6, []),
        (NOW + 90, [raw for raw, _ in signed[4:]]),
    ]

    def shown(told: list[Any]) -> list[Any]:
        return [(block["timestamp"], [tx["hash"] for tx in block["transactions"]]) for block in told[2::2]]

    first = await started(anvil_in(folder, wall=wall))
    await first.save()
    await first.remake(lost)
    told = shown(await history(first, 4))
    assert [hash for _, held in told for hash in held] == [hash for _, hash in signed]
    assert [int(time, 16) for time, _ in told] == [time for time, _ in lost]
    kill(first)
    folder.chain_json.with_name("chain.json.1").replace(folder.chain_json)
    wall.now += DAY
    second = await started(anvil_in(folder, wall=wall))
    assert await head(second) == (0, NOW)
    await second.remake(lost[:2])  # killed in between
    await second.remake(lost)
    assert shown(await history(second, 4)) == told
    pending = await second.rpc.call("eth_getBlockByNumber", "pending", False)
    assert int(pending["timestamp"], 16) >= wall.now
    kill(second)
    third = await started(anvil_in(folder, wall=wall))
    assert shown(await history(third, 4)) == told
    await third.nudge()
    assert await head(third) == (4, wall.now)


async def test_kept_chain__started_days_later__goes_on_at_the_wall_clock(
    folder: Folder, anvil_in: Make
) -> None:
    wall = Wall()
    first = await started(anvil_in(folder, wall=wall))
    await first.nudge()
    await first.save()
    first.stop()
    wall.now += 3 * DAY
    second = await started(anvil_in(folder, wall=wall))
    await second.nudge()
    await second.nudge()
    assert await head(second) == (3, NOW + 3 * DAY + 1)


async def test_restart__process_killed__same_object_answers_again_at_the_same_address(
    folder: Folder, anvil_in: Make
) -> None:
    anvil = await started(anvil_in(folder))
    url, rpc = anvil.rpc_url, anvil.rpc
    kill(anvil)
    with pytest.raises(ChainUnreachable):
        await rpc.call("eth_chainId")
    with pytest.raises(NodeNotReady, match="does not run"):
        await anvil.ready(5)
    await started(anvil)
    assert anvil.rpc_url == url
    assert await rpc.call("eth_chainId") == hex(31_337)


async def test_orphan__left_by_a_killed_owner__is_ended_by_the_next_start(
    folder: Folder, anvil_in: Make
) -> None:
    orphan = await started(anvil_in(folder))
    record = ProcessRecord.of(orphan.pid or 0)
    await started(anvil_in(folder))
    assert record is not None and not record.alive


async def test_tick__nothing_to_do__mines_each_minute_only(folder: Folder, anvil_in: Make) -> None:
    wall = Wall()
    anvil = await started(anvil_in(folder, wall=wall))
    wall.now += 59
    assert await anvil.tick(lambda: None) is False
    wall.now += 1
    assert await anvil.tick(lambda: None) is True
    assert await head(anvil) == (1, NOW + 60)
    assert await anvil.tick(lambda: None) is False


async def test_tick__something_pending__mines_at_the_wall_clock_and_never_backwards(
    folder: Folder, anvil_in: Make
) -> None:
    wall = Wall()
    anvil = await started(anvil_in(folder, wall=wall))
    wall.now += 7
    sent = await send(anvil)
    assert await anvil.tick(lambda: None) is True
    assert await head(anvil) == (1, NOW + 7)
    wall.now -= 100  # the wall clock was set back
    await send(anvil)
    assert await anvil.tick(lambda: None) is True
    assert await head(anvil) == (2, NOW + 8)
    assert (await anvil.rpc.call("eth_getTransactionReceipt", sent))["blockNumber"] == "0x1"


async def test_tick__deadline_within_a_minute__mines(folder: Folder, anvil_in: Make) -> None:
    wall = Wall()
    anvil = await started(anvil_in(folder, wall=wall))
    wall.now += 1
    assert await anvil.tick(lambda: NOW + 1 + 61) is False
    assert await anvil.tick(lambda: NOW + 1 + 60) is True
    assert await head(anvil) == (1, NOW + 1)


async def test_tick__chain_moved_ahead__goes_on_from_there_with_the_wall_clock(
    folder: Folder, anvil_in: Make
) -> None:
    wall = Wall()
    anvil = await started(anvil_in(folder, wall=wall))
    await anvil.advance_to(NOW + 20 * DAY)
    wall.now += 60
    assert await anvil.tick(lambda: None) is True
    assert await head(anvil) == (2, NOW + 20 * DAY + 60)
    assert await anvil.tick(lambda: NOW + 20 * DAY + 119) is True
    assert await head(anvil) == (3, NOW + 20 * DAY + 61)


async def test_keep_time__something_sent__mines_saves_and_makes_nudge_idle(
    folder: Folder, anvil_in: Make, caplog: pytest.LogCaptureFixture
) -> None:
    wall = Wall()
    anvil = await started(anvil_in(folder, wall=wall))
    await send(anvil)
    wall.now += 30
    keeping = asyncio.create_task(anvil.keep_time(lambda: None, every=0))
    async with asyncio.timeout(20):
        while not folder.chain_json.exists():  # noqa: ASYNC110 -- the file is what the test waits for
            await asyncio.sleep(0)
    await anvil.nudge()
    assert await head(anvil) == (1, NOW + 30)
    kill(anvil)
    async with asyncio.timeout(20):
        while "not kept for now" not in caplog.text:  # noqa: ASYNC110 -- the log is what the test waits for
            await asyncio.sleep(0)
    assert not keeping.done()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    again = await started(anvil_in(folder, wall=wall))
    assert await head(again) == (1, NOW + 30)


async def kept_twice(folder: Folder, make: Make) -> None:
    """Leaves chain.json with two blocks and chain.json.1 with one."""
    anvil = await started(make(folder, wall=Wall()))
    for _ in range(2):
        await anvil.nudge()
        await anvil.save()
    anvil.stop()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Another balance: JSON as before, and anvil would load it."""
    data = path.read_bytes()
    path.write_bytes(
        data.replace(b'"balance":"0x21e19e0c9bab2400000"', b'"balance":"0x21e19e0c9bab2400001"', 1)
    )
    assert path.read_bytes() != data


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, flip, empty])
async def test_start__newest_state_damaged__uses_the_one_before_with_a_warning(
    folder: Folder, anvil_in: Make, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    await kept_twice(folder, anvil_in)
    damage(folder.chain_json)
    anvil = await started(anvil_in(folder, wall=Wall()))
    assert (await head(anvil))[0] == 1
    assert "chain.json is damaged and set aside" in caplog.text
    await anvil.save()
    assert {path.name for path in folder.path.glob("chain.json*")} == {
        "chain.json",
        "chain.json.1",
        "chain.json.damaged",
    }


async def test_start__both_states_damaged__is_refused_each_time(
    folder: Folder, anvil_in: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    await kept_twice(folder, anvil_in)
    cut(folder.chain_json)
    cut(folder.path / "chain.json.1")
    anvil = anvil_in(folder)
    for _ in range(2):
        with pytest.raises(StateDamaged) as caught:
            anvil.start()
    assert "licita network reset" in caught.value.detail
    assert anvil.pid is None


async def test_start__killed_between_the_renames_of_a_save__uses_the_whole_new_state(
    folder: Folder, anvil_in: Make
) -> None:
    await kept_twice(folder, anvil_in)
    folder.chain_json.replace(folder.path / "chain.json.new")
    anvil = await started(anvil_in(folder, wall=Wall()))
    assert (await head(anvil))[0] == 2


async def test_save__answer_is_no_state__keeps_the_old_one(folder: Folder, anvil_in: Make) -> None:
    await kept_twice(folder, anvil_in)
    before = folder.chain_json.read_bytes()
    anvil = await started(anvil_in(folder, wall=Wall()))
    kill(anvil)
    with pytest.raises(ChainUnreachable):
        await anvil.save()
    assert folder.chain_json.read_bytes() == before


async def test_start__other_chain_id__is_refused_before_loading(folder: Folder, anvil_in: Make) -> None:
    await kept_twice(folder, anvil_in)
    anvil = anvil_in(folder, chain_id=4242)
    with pytest.raises(ChainIdDiffers) as caught:
        anvil.start()
    assert caught.value.facts == {"expected": 4242, "found": 31_337}
    assert anvil.pid is None


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"chain_id": 4242}, ChainIdDiffers),
        ({"hash": "0x" + "ab" * 32}, GenesisDiffers),
        ({"alloc": 7}, NetworkFileWrong),
    ],
)
async def test_start__genesis_json_edited__is_refused(
    folder: Folder, anvil_in: Make, change: dict[str, Any], refusal: type[Exception]
) -> None:
    await kept_twice(folder, anvil_in)
    folder.genesis_json.write_text(json.dumps({**json.loads(folder.genesis_json.read_text()), **change}))
    with pytest.raises(refusal):
        anvil_in(folder, chain_id=change.get("chain_id", 31_337)).start()


async def test_ready__genesis_json_lost__is_refused(folder: Folder, anvil_in: Make) -> None:
    await kept_twice(folder, anvil_in)
    folder.genesis_json.unlink()
    anvil = anvil_in(folder, timestamp=NOW + 1)
    anvil.start()
    with pytest.raises(GenesisDiffers):
        await anvil.ready()


@pytest.mark.parametrize(
    ("chain_id", "genesis_hash", "refusal"),
    [(4242, None, ChainIdDiffers), (31_337, "0x" + "ab" * 32, GenesisDiffers), (31_337, None, None)],
)
async def test_prepare__network_toml__must_agree(
    folder: Folder, anvil_in: Make, chain_id: int, genesis_hash: str | None, refusal: type[Exception] | None
) -> None:
    await kept_twice(folder, anvil_in)
    genesis = folder.genesis()
    assert genesis is not None and genesis.hash is not None
    folder.write_descriptor(
        Descriptor("dev", "anvil", "sandbox", chain_id, genesis_hash or genesis.hash, 1, 1000, "rewind", "")
    )
    if refusal is None:
        anvil_in(folder).prepare()
        return
    with pytest.raises(refusal):
        anvil_in(folder).prepare()


async def test_start__port_asked_for_is_taken__is_named_and_leaves_no_process(
    folder: Folder, anvil_in: Make
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        anvil = anvil_in(folder, port=port)
        with pytest.raises(NetworkInUse) as caught:
            anvil.start()
    assert caught.value.facts == {"pid": 0, "url": f"http://127.0.0.1:{port}"}
    assert anvil.pid is None


async def test_start__port_of_before_is_taken__takes_another(folder: Folder, anvil_in: Make) -> None:
    anvil = await started(anvil_in(folder))
    before = anvil.rpc_url
    kill(anvil)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(before.rsplit(":")[-1])))
        other.listen()
        await started(anvil)
        assert anvil.rpc_url != before
        assert await anvil.rpc.call("eth_chainId") == hex(31_337)


async def test_start__program_refuses_its_arguments__shows_its_log(
    folder: Folder, anvil_in: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\necho 'error: no such flag' >&2\nexit 2\n")
    program.chmod(0o755)
    monkeypatch.setenv("LICITA_ANVIL", str(program))
    with pytest.raises(NodeNotReady) as caught:
        anvil_in(folder).start()
    assert caught.value.log == ("error: no such flag",)


async def test_find_anvil__named_by_the_environment_and_missing__is_refused(
    folder: Folder, anvil_in: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LICITA_ANVIL", str(folder.path / "nowhere"))
    for act in (find_anvil, anvil_in(folder).start):
        with pytest.raises(AnvilMissing) as caught:
            act()
        assert caught.value.sought == (f"LICITA_ANVIL={folder.path / 'nowhere'}",)
        assert "make setup" in caught.value.detail


async def test_rpc_url__not_started__is_refused(folder: Folder, anvil_in: Make) -> None:
    with pytest.raises(NodeNotReady):
        _ = anvil_in(folder).rpc_url


async def test_votes__on_anvil__are_refused_and_nobody_validates(folder: Folder, anvil_in: Make) -> None:
    engine: Engine = anvil_in(folder)
    for act in (engine.propose_vote(MARK, True), engine.discard_vote(MARK), engine.pending_votes()):
        with pytest.raises(EngineCannotVote):
            await act
    assert (await engine.validators(0), await engine.peers(), await engine.is_validator(0)) == ([], [], False)
    assert engine.enode is None
