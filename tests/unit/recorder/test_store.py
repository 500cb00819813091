"""The database: reads that belong together see one state."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from chain.errors.commands import IndexAbsent
from chain.errors.recorder import RecorderStopped
from chain.network import Network
from chain.nodes.descriptor import Descriptor
from chain.nodes.folder import Folder
from chain.recorder import Index, Store
from chain.recorder.schema import idx_block

pytestmark = pytest.mark.unit


async def add(store: Store, number: int) -> None:
    """A block."""
    row = {"number": number, "hash": f"0x{number}", "parent": "", "time": number}
    await store.write(lambda connection: connection.execute(insert(idx_block), row))


async def test_at_once__another_thread_commits_meanwhile__its_reads_see_one_state(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    index = Index(store, None, lambda event, tender: ())

    try:
        await add(store, 1)
        with index.at_once():
            assert index.now() == 1
            await add(store, 2)  # nobody else reads on this thread meanwhile
            with index.at_once():
                assert index.now() == 1
            assert index.now() == 1
        assert index.now() == 2
    finally:
        store.close()


@pytest.mark.parametrize("read_only", [True, False])
async def test_store__opened_by_another_version__drops_the_index_unless_it_only_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_only: bool
) -> None:
    first = Store(tmp_path / "db")
    await add(first, 1)
    made_by = first.index_version()
    monkeypatch.setattr("chain.recorder.store.INDEX_VERSION", "another")
    second = Store(tmp_path / "db", read_only=read_only)
    try:
        assert second.index_version() == (made_by if read_only else "another")
        head = Index(first, None, lambda event, tender: ()).head()
        assert (head is not None) is read_only
        if read_only:
            with pytest.raises(RecorderStopped):
                await add(second, 2)
    finally:
        second.close()
        first.close()


async def test_index_of__empty_or_of_another_version__refused_by_name_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    folder.write_descriptor(
        Descriptor("dev", "anvil", "sandbox", 31_337, "0x" + "11" * 32, 1, 1000, "rewind", "")
    )
    folder.recorder.mkdir()
    store = Store(folder.recorder / "licita.sqlite3")
    try:
        with pytest.raises(IndexAbsent):
            Network.index_of(tmp_path)
        await add(store, 1)
        assert Network.index_of(tmp_path).now() == 1
        monkeypatch.setattr("chain.network.INDEX_VERSION", "another")
        with pytest.raises(IndexAbsent):
            Network.index_of(tmp_path)
        assert Index(store, None, lambda event, tender: ()).now() == 1
    finally:
        store.close()
