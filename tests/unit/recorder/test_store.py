"""The database: reads that belong together see one state."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from chain.recorder import Index, Store
from chain.recorder.schema import idx_block

pytestmark = pytest.mark.unit


async def test_at_once__another_thread_commits_meanwhile__its_reads_see_one_state(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    index = Index(store, None, lambda event, tender: ())

    async def add(number: int) -> None:
        row = {"number": number, "hash": f"0x{number}", "parent": "", "time": number}
        await store.write(lambda connection: connection.execute(insert(idx_block), row))

    try:
        await add(1)
        with index.at_once():
            assert index.now() == 1
            await add(2)  # nobody else reads on this thread meanwhile
            with index.at_once():
                assert index.now() == 1
            assert index.now() == 1
        assert index.now() == 2
    finally:
        store.close()
