"""A database that is held by another program, or a disk that is full: refused by name, nothing half done, and on it goes."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from chain.errors.recorder import StorageBusy, StorageFailed, StorageFull
from chain.recorder.schema import operation
from chain.recorder.store import Store
from tests.fake_node import FakeNode
from tests.stage import request
from tests.unit.recorder.test_lanes import PATIENCE, call, recorder

pytestmark = [pytest.mark.faults, pytest.mark.timeout(90)]


async def test_database__held_by_another_program__busy_by_name_then_goes_on(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        before = await made.accept(request(call(0), "before"))
        assert (await made.wait(before.operation.id, PATIENCE)).state == "recorded"
        other = sqlite3.connect(tmp_path / "db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            await made.accept(request(call(1), "key"))
        assert not made.status().storage_ok
        assert made.index.head() is not None
        assert await made.lookup("account", "key", request(call(1), "key").fingerprint) is None
        other.execute("ROLLBACK")
        other.close()
        again = await made.accept(request(call(1), "key"))
        assert not again.replayed
        assert (await made.wait(again.operation.id, PATIENCE)).state == "recorded"
        assert made.status().storage_ok


async def test_disk__full__named_nothing_partial_and_goes_on_when_lifted(tmp_path: Path) -> None:
    node = FakeNode()
    async with recorder(node, tmp_path / "db") as made:
        ids = [(await made.accept(request(call(number), str(number)))).operation.id for number in range(3)]
        for id in ids:
            assert (await made.wait(id, PATIENCE)).state == "recorded"
        await made.store.write(limit(made.store, None))
        refused, named = 0, False
        for number in range(100, 400):
            try:
                ids.append((await made.accept(request(call(number), str(number)))).operation.id)
            except StorageFull:
                refused += 1
                # Said here: a write of the lanes that needs no room may go through at any time, and then all is well again.
                named |= not made.status().storage_ok
                if refused == 3:
                    break
        assert refused == 3
        with made.store.read() as connection:
            assert connection.scalar(select(func.count()).select_from(operation)) == len(ids)
        assert named
        await asyncio.to_thread(lift, made.store)
        late = await made.accept(request(call(1_000), "late"))
        for id in (*ids, late.operation.id):
            assert (await made.wait(id, 60)).state == "recorded"
        assert made.status().storage_ok
    assert len(node.hashes) == len(set(node.hashes)) == len(ids) + 1


def limit(store: Store, pages: int | None) -> object:
    """Work that lets the writer's file grow by no more than a few pages."""

    def work(connection: Connection) -> None:
        now = pages or connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 4
        connection.exec_driver_sql(f"PRAGMA max_page_count={now}")

    return work


def lift(store: Store) -> None:
    """The disk has room again."""
    asyncio.run(store.write(limit(store, 1_000_000)))  # type: ignore[arg-type]


async def test_file__no_database__named(tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(b"this is no database, and long enough to be looked at" * 100)
    with pytest.raises(StorageFailed):
        Store(tmp_path / "db")


async def test_folder__absent__named(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        Store(tmp_path / "absent" / "db")
