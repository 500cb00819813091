"""Killed without a word, again and again: every accepted tender is on the chain once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from chain.bindings import tender_board
from chain.transactions import read
from tests.stage import Stage, close_stage, open_stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

COUNT = 500
POINTS = ("accepted", "numbered", "signed", "sent")
KILLS = 9
SAVED_AFTER, NODE_KILLED_AFTER = 2, 5  # kills of the service


async def service(stage: Stage, database: Path, point: str = "", after: int = 0) -> int:
    """Runs the service until it ends or kills itself; its exit status."""
    settings = {
        "url": stage.anvil.rpc_url, "database": str(database), "folder": str(stage.anvil.folder.path), "now": stage.now,
        "count": COUNT, "point": point, "after": after,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.recording", json.dumps(settings)
    )
    return await process.wait()


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of the database while no service runs."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


async def kill_node(stage: Stage) -> None:
    """Ends the node as a power cut would, and starts it from the state it kept last."""
    pid = stage.anvil.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    stage.anvil.stop(5)
    stage.anvil.start()
    await stage.anvil.ready()


async def test_service_and_node__killed_at_seeded_points__every_tender_once(tmp_path: Path) -> None:
    chance = random.Random(20260722)
    stage = await open_stage(tmp_path / "net")
    database = tmp_path / "recorder.sqlite"
    lost = 0
    try:
        for kill in range(KILLS):
            assert await service(stage, database, POINTS[kill % 4], chance.randint(1, 2)) == -signal.SIGKILL
            [(unfinished,)] = rows(database, "select count(*) from operation where state != 'recorded'")
            assert unfinished > 0
            if kill == SAVED_AFTER:
                await stage.anvil.save()
            if kill == NODE_KILLED_AFTER:
                before = await read(stage.anvil.rpc, stage.deployed.addresses, tender_board.tender_count())
                await kill_node(stage)
                lost = before - await read(
                    stage.anvil.rpc, stage.deployed.addresses, tender_board.tender_count()
                )
        assert await service(stage, database) == 0
        assert lost > 0
        assert await read(stage.anvil.rpc, stage.deployed.addresses, tender_board.tender_count()) == COUNT
    finally:
        await close_stage(stage)
    assert rows(database, "select state, count(*) from operation group by state") == [("recorded", COUNT)]
    assert rows(database, "select count(distinct record_id) from idx_tender") == [(COUNT,)]
    assert rows(database, "select count(distinct hash), count(*), max(nonce) from attempt") == [
        (COUNT, COUNT, COUNT - 1)
    ]
