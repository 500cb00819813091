"""The blocks of walks in databases: followed while a walk goes on, and made again by the program's own means."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any

from eth_hash.auto import keccak

from chain.background import BackgroundLoop
from chain.ocds.publication import Publication
from chain.publication import OcdsPublisher, judge
from chain.recorder import Deployed, Index, Store, rebuild
from chain.recorder.epoch import open_epoch
from chain.recorder.fetch import fetch
from chain.recorder.follower import Follower
from chain.recorder.index.blocks import Indexer
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import tables
from chain.rpc import HttpTransport, Rpc
from tests.contracts.world import World
from tests.published import contents, differing, published, require_lawful, require_whole

__all__ = ["Databases"]

_CHAIN_ID = 31_337


class Databases:
    """Of one network. One is kept by a follower from walk to walk: where the network is taken back to before a walk, so is it, from the
    logs that it stored. A context manager."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._publication = Publication(_CHAIN_ID)
        self._deployed = _deployed(world)
        self._loop = BackgroundLoop("databases")
        self._rpc = Rpc(HttpTransport(f"http://127.0.0.1:{world.node.port}"))
        self._seen: dict[int, str] = {}
        self._count = 0
        self._store: Store
        self._follower: Follower
        self._open()

    def __enter__(self) -> Databases:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()
        self._loop.run(self._rpc.close())
        self._loop.close()

    def begin(self) -> None:
        """A walk begins: the follower meets a network that may have gone back."""
        self._seen.clear()
        self.restart()

    def restart(self) -> None:
        """The follower is stopped, and another one goes on with its database."""
        self._store.close()
        self._open()

    def follow(self) -> None:
        """What is new is taken, in one commit where it is no more than the follower takes together."""
        head = int(self._world.node.rpc("eth_blockNumber"), 16)
        while True:
            last = self._loop.run(self._follower.step()).last
            if last is not None and last.block == head:
                return

    def remember(self) -> None:
        """The digest as it is now: it must be known ever after."""
        head = self._index(self._store).head()
        if head is not None:
            self._seen[head.block] = self._index(self._store).digest()

    def require_same(self) -> Counter[str]:
        """Followed, made again from block 0, in memory, and of each block that was remembered replayed from stored logs: all say the same;
        feeds are whole, each release keeps its rules. How many releases there are of each tag."""
        self.follow()
        self._count += 1
        path = self._folder / f"rebuilt {self._count}.sqlite"
        self._loop.run(rebuild(path, self._rpc, self._deployed, self._publisher(), judge))
        again = Store(path, read_only=True)
        try:
            followed, rebuilt = self._index(self._store), self._index(again)
            rows = contents(again)
            assert differing(rows, self._in_memory()) == []
            assert differing(rows, contents(self._store)) == []
            answers = (published(index, self._publication) for index in (followed, rebuilt))
            assert differing(*answers) == []
            for block, seen in self._seen.items():
                assert rebuilt.digest(block) == seen, f"block {block}"
            require_whole(rebuilt)
            return require_lawful(rebuilt, self._publication)
        finally:
            again.close()
            for file in self._folder.glob(f"{path.name}*"):
                file.unlink()

    def _in_memory(self) -> dict[str, list[dict[Any, Any]]]:
        """All blocks in one go, without a database."""
        rows, indexer = MemoryRows(), Indexer(self._publisher(), judge)
        names = {at.lower(): name for name, at in self._deployed.addresses.items()}
        count = int(self._world.node.rpc("eth_blockNumber"), 16) + 1
        for block, _ in self._loop.run(fetch(self._rpc, 0, count, None, names, None)):
            indexer.apply(block, rows)
        return {table.name: list(rows.all(table)) for table in tables}

    def _publisher(self) -> OcdsPublisher:
        """Another one each time: what one remembers is gone when a service ends."""
        return OcdsPublisher(self._publication)

    def _index(self, store: Store) -> Index:
        return Index(store, self._publisher(), judge)

    def _open(self) -> None:
        self._store = Store(self._folder / "followed.sqlite")
        epoch = self._loop.run(self._store.write(lambda connection: open_epoch(connection, self._deployed)))
        indexer = Indexer(self._publisher(), judge)
        self._follower = Follower(self._store, self._rpc, self._deployed, indexer, None, epoch)
        self._loop.run(self._follower.meet())


def _deployed(world: World) -> Deployed:
    """The network as a recorder is told of it."""
    ask = world.node.rpc
    codes = {
        name: bytes(keccak(bytes.fromhex(ask("eth_getCode", at, "latest")[2:])))
        for name, at in world.addresses.items()
    }
    head, genesis = int(ask("eth_blockNumber"), 16), ask("eth_getBlockByNumber", "0x0", False)["hash"]
    return Deployed(_CHAIN_ID, genesis, world.addresses, codes, head, on_reset="rewind")
