"""anvil as the engine of the embedded network: one process, blocks when this program asks for them.

Measured with anvil 1.7.1, and relied upon:

- Block 0 depends on its timestamp alone (``--timestamp``); its state root is the empty one whatever accounts there are, and
  ``--init`` adds only accounts, excludes ``--load-state``, and leaves the hash as it is. So a chain that was killed before its
  first save begins again with the same block 0, if genesis.json remembers the timestamp. Two chains made in one second share
  their block 0; they differ from block 1 on (anvil draws ``prevrandao`` at random).
- A dump holds all blocks, transactions, receipts and code. After ``--load-state`` every block has the same JSON and hash, and
  blocks link to the last one. Waiting transactions and old states are not in it. anvil makes a block 0 of its own before it
  loads: unless ``--timestamp`` makes it the same one, the next dump holds both, and which of them counts is chance.
- A loaded chain's own clock may be behind its head, and then stamps blocks earlier than it. Blocks here are
  made with a time of their own (``evm_mine {"timestamp"}``), at least one second after the head, so that no two share one;
  ``evm_increaseTime`` sets the clock besides, which ``eth_call`` at ``pending`` shows.
- Waiting transactions go into a block in the order in which they came (``--order fifo``), whoever sent them; the calls of one long
  request may come in any order.
- Automatic mining loses wake-ups (a burst stays pending for ever): it is off, and there is no switch for it here.
- A taken port ends it within milliseconds, status 1, "Address already in use".
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import logging
import os
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from chain.errors.base import LicitaError
from chain.errors.nodes import (
    AnvilMissing,
    ChainIdDiffers,
    ChainUnreachable,
    EngineCannotVote,
    GenesisDiffers,
    NetworkInUse,
    NodeNotReady,
    RpcError,
)
from chain.nodes import kept, quantity
from chain.nodes.folder import Folder, Genesis, read_json, write_json
from chain.nodes.process import Child, ProcessRecord, end, free_port, listens, tail
from chain.rpc import HttpTransport, Rpc, newest_block

__all__ = ["CHAIN_ID", "SANDBOX_MARK", "Anvil", "find_anvil"]

CHAIN_ID = 31_337
"""Chain id of an embedded network, as in the sealed-bid vectors."""

SANDBOX_MARK: Mapping[str, Mapping[str, str]] = {
    "0x0000000000000000000000000053414e44424f58": {"code": "0x00"}
}
"""``alloc`` of a sandbox: contracts take sandbox procedures only where this address has code."""

SAVE_EVERY = 30.0
"""Seconds between two saves of a chain whose time is kept, if there were transactions."""

_DUE_WITHIN = 60
_IDLE = 60.0
_START_ATTEMPTS = 5
_START_SECONDS = 20.0

_log = logging.getLogger(__name__)


def find_anvil() -> Path:
    """LICITA_ANVIL, else node_modules of this checkout, else PATH. Raises AnvilMissing."""
    named = os.environ.get("LICITA_ANVIL")
    if named:
        if os.access(named, os.X_OK) and Path(named).is_file():
            return Path(named).absolute()
        raise AnvilMissing((f"LICITA_ANVIL={named}",))
    packages = Path(__file__).resolve().parents[2] / "node_modules" / "@foundry-rs"
    for path in sorted(packages.glob("anvil-*/bin/anvil")):
        if os.access(path, os.X_OK):
            return path
    found = shutil.which("anvil")
    if found is None:
        raise AnvilMissing(("LICITA_ANVIL", str(packages / "anvil-*/bin/anvil"), "PATH"))
    return Path(found).absolute()


class Anvil:
    """One anvil in a network folder.

    ``chain_id``, ``timestamp`` (None: now) and ``alloc`` describe a chain not begun yet; one that has a genesis.json must have
    this chain id. ``port`` None takes a free one, and the same again after a restart. ``wall`` is the wall clock in unix
    seconds.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        chain_id: int = CHAIN_ID,
        timestamp: int | None = None,
        alloc: Mapping[str, Mapping[str, str]] | None = None,
        port: int | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self._first = Genesis(chain_id, int(wall()) if timestamp is None else timestamp, None, alloc or {})
        self._wanted_port = port
        self._wall = wall
        self._binary: Path | None = None
        self._genesis: Genesis | None = None
        self._child: Child | None = None
        self._port: int | None = None
        self._rpc: Rpc | None = None
        self._version: str | None = None
        self._mining = asyncio.Lock()
        self._keeps_time = False
        self._floor = 0
        self._ahead = 0
        self._changes = 0
        self._saved_changes = 0
        self._mined_at = 0.0
        self._saved_at = 0.0

    def __repr__(self) -> str:
        return f"Anvil({str(self.folder.path)!r}, pid={self.pid})"

    @property
    def genesis(self) -> Genesis:
        """What the chain begins with; its hash is None before the first ``ready``. Raises as ``prepare`` does."""
        if self._genesis is None:
            self.prepare()
        assert self._genesis is not None  # prepare sets it or raises
        return self._genesis

    @property
    def version(self) -> str:
        """What the program calls itself, for instance ``anvil 1.7.1``. Raises AnvilMissing."""
        if self._version is None:
            answer = subprocess.run(
                [self._program(), "--version"], capture_output=True, text=True, check=False
            )
            words = answer.stdout.split("\n")[0].split()
            self._version = f"anvil {words[-1]}" if words else "anvil"
        return self._version

    @property
    def rpc_url(self) -> str:
        """Where it answers. Raises NodeNotReady before the first start."""
        if self._port is None:
            raise NodeNotReady("anvil", "it was not started")
        return f"http://127.0.0.1:{self._port}"

    @property
    def rpc(self) -> Rpc:
        """Calls to it. Raises NodeNotReady before the first start."""
        if self._rpc is None:
            self._rpc = Rpc(HttpTransport(self.rpc_url))
        return self._rpc

    @property
    def enode(self) -> None:
        """None: it has no peers."""
        return None

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""
        return self._child.pid if self._child is not None and self._child.alive else None

    @property
    def log(self) -> Path:
        """Its log file."""
        return self.folder.path / "nodes" / "anvil" / "log" / "anvil.log"

    def prepare(self) -> None:
        """Makes the folder and genesis.json; what is there stays. Raises ChainIdDiffers, GenesisDiffers when genesis.json is
        not of this chain id, or not as network.toml has it."""
        self.folder.node("anvil")
        genesis = self.folder.genesis()
        if genesis is None:
            self.folder.write_genesis(self._first)
            genesis = self._first
        if genesis.chain_id != self._first.chain_id:
            raise ChainIdDiffers(self._first.chain_id, genesis.chain_id)
        if self.folder.network_toml.exists():
            network = self.folder.descriptor()
            if network.chain_id != genesis.chain_id:
                raise ChainIdDiffers(network.chain_id, genesis.chain_id)
            if genesis.hash is not None and network.genesis_hash != genesis.hash:
                raise GenesisDiffers(network.genesis_hash, genesis.hash)
        self._genesis = genesis

    def start(self) -> None:
        """Starts the process with the newest kept state, unless it runs, and returns when it listens.

        Raises AnvilMissing, NetworkInUse (the port asked for is taken), NodeNotReady, StateDamaged, ChainIdDiffers,
        GenesisDiffers.
        """
        if self.pid is not None:
            return
        self.prepare()
        self._end_orphan()
        state = kept.usable(self.folder, self.genesis)
        port = self._wanted_port or self._port or free_port()
        for attempt in itertools.count(1):
            child = self._start_on(port, state)
            if self._listens(child, port):
                break
            taken = any("already in use" in line for line in tail(self.log, 3))
            if taken and self._wanted_port is not None:
                raise NetworkInUse(0, f"http://127.0.0.1:{port}")
            if not taken or attempt == _START_ATTEMPTS:
                raise NodeNotReady("anvil", "it ended at its start", tail(self.log))
            port = free_port()
        self._child, self._port = child, port
        write_json(self._run_json, {**asdict(child.record), "port": port, "version": self.version})

    def stop(self, grace: float = 10.0) -> None:
        """Ends the process; it keeps only what ``save`` has written."""
        if self._child is not None:
            self._child.stop(grace)
            self._child = None
            self._run_json.unlink(missing_ok=True)

    async def close(self) -> None:
        """Gives the connections back; before the event loop ends."""
        if self._rpc is not None:
            rpc, self._rpc = self._rpc, None
            await rpc.close()

    async def ready(self, timeout: float = 20.0) -> None:  # noqa: ASYNC109 -- the adapter's word
        """Returns when it answers as the chain of genesis.json; ``alloc`` then stands, and the clock is not behind the head.

        Raises NodeNotReady with the log's end, ChainIdDiffers, GenesisDiffers.
        """
        if self._rpc is not None and self._rpc.url != self.rpc_url:
            await self.close()  # the port is another than before the restart
        try:
            async with asyncio.timeout(timeout):
                await self._answering()
                await self._identify()
                await self._found()
                # Its own clock began with block 0 when the process started.
                await self._set_clock(self.genesis.timestamp)
        except TimeoutError as error:
            raise NodeNotReady("anvil", f"no answer within {timeout:g} s", tail(self.log)) from error

    async def clock(self) -> int:
        """The head's time."""
        return (await self._head())[1]

    async def mine(self, blocks: int = 1) -> None:
        """So many blocks, one second after one another."""
        for _ in range(blocks):
            await self._mine_from(0)

    async def advance_to(self, moment: int) -> int:
        """A block at exactly this time, if the head is before it; the head's time after that. Kept time goes on from there."""
        async with self._mining:
            head = await self.clock()
            if moment > head:
                await self._mine_at(moment)
                self._ahead = max(self._ahead, moment - int(self._wall()))
                self._changes += 1
            return max(head, moment)

    async def remake(self, blocks: Sequence[tuple[int, Sequence[bytes]]]) -> None:
        """Makes blocks again that were lost, and keeps them: of each its time and its raw transactions, in the order they had.

        Nothing else is mined meanwhile. Once more it does nothing twice: the node refuses what the chain has, and a block that is not
        after the head is not made. Raises ChainUnreachable, FolderUnwritable, DiskFull; it may then be begun anew.
        """
        async with self._mining:
            head = before = await self.clock()
            for moment, transactions in blocks:
                for raw in transactions:
                    with suppress(RpcError):  # the chain has it
                        await self.rpc.call("eth_sendRawTransaction", "0x" + raw.hex())
                if moment > head:
                    await self._mine_at(moment)
                    head = moment
            if head > before:
                await self._set_clock(head)
                self._changes += 1
        await self.save()

    async def nudge(self) -> None:
        """One block one second after the head, and not before the wall clock of the last start; nothing while ``keep_time``
        runs, which mines what is pending each second."""
        if not self._keeps_time:
            self._changes += 1
            await self._mine_from(self._floor)

    async def tick(self, due: Callable[[], int | None]) -> bool:
        """Mines one block if it is time to: something is pending, the next deadline ``due()`` (a chain time after the head, None
        for none) is within a minute, or there was no block for a minute. Its time is the wall clock's, as far ahead of it as
        the chain was moved, and at least one second after the head. True when it mined."""
        pending = self._number(await self.rpc.call("txpool_status"), "pending")
        deadline = due()
        near = deadline is not None and deadline - self._kept_now() <= _DUE_WITHIN
        if not pending and not near and self._wall() - self._mined_at < _IDLE:
            return False
        await self._mine_from(self._kept_now())
        self._changes += pending > 0
        return True

    async def keep_time(self, due: Callable[[], int | None], *, every: float = 1.0) -> None:
        """Lets the wall clock move the chain: a ``tick`` each ``every`` seconds and a save each 30 s if there were transactions,
        until cancelled. What goes wrong is logged and tried again."""
        self._keeps_time = True
        try:
            while True:
                try:
                    await self.tick(due)
                    if self._changes != self._saved_changes and self._wall() - self._saved_at >= SAVE_EVERY:
                        await self.save()
                except LicitaError as error:
                    _log.warning("the chain's time or state is not kept for now: %s", error)
                await asyncio.sleep(every)
        finally:
            self._keeps_time = False

    async def save(self) -> None:
        """Keeps the chain as chain.json. Raises ChainUnreachable, FolderUnwritable, DiskFull; the old state then still stands."""
        self._saved_at = self._wall()
        changes = self._changes
        dump = await self.rpc.call("anvil_dumpState")
        try:
            state = await asyncio.to_thread(gzip.decompress, bytes.fromhex(dump[2:]))
        except (ValueError, TypeError, OSError, EOFError, zlib.error) as error:
            raise ChainUnreachable(self.rpc_url, "anvil_dumpState: the answer is no packed state") from error
        if not (state.startswith(b"{") and state.endswith(b"}")):
            raise ChainUnreachable(self.rpc_url, "anvil_dumpState: the answer is no JSON object")
        await asyncio.to_thread(kept.keep, self.folder, self.genesis, state)
        self._saved_changes = changes

    async def peers(self) -> list[str]:
        """None: it runs alone."""
        return []

    async def validators(self, block: int) -> list[str]:
        """None: nobody vouches for its blocks."""
        return []

    async def is_validator(self, block: int) -> bool:
        """Never."""
        return False

    async def propose_vote(self, address: str, add: bool) -> None:
        """Raises EngineCannotVote."""
        raise EngineCannotVote("anvil")

    async def discard_vote(self, address: str) -> None:
        """Raises EngineCannotVote."""
        raise EngineCannotVote("anvil")

    async def pending_votes(self) -> dict[str, bool]:
        """Raises EngineCannotVote."""
        raise EngineCannotVote("anvil")

    async def reload_permissions(self) -> None:
        """Nothing: it has no permission lists."""

    # -- the process

    @property
    def _run_json(self) -> Path:
        return self.folder.path / "nodes" / "anvil" / "run.json"

    def _program(self) -> Path:
        if self._binary is None:
            self._binary = find_anvil()
        return self._binary

    def _start_on(self, port: int, state: Path | None) -> Child:
        command = [
            str(self._program()),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--chain-id",
            str(self.genesis.chain_id),
        ]
        command += [
            "--no-mining",
            "--gas-price",
            "0",
            "--base-fee",
            "0",
            "--hardfork",
            "cancun",
            "--gas-limit",
            "60000000",
        ]
        command += ["--order", "fifo", "--prune-history", "--silent", "--no-cors"]
        # With the timestamp, the block 0 that anvil makes before it loads is the loaded one and not a second one beside it.
        command += ["--timestamp", str(self.genesis.timestamp)]
        command += ["--load-state", str(state)] if state else []
        try:
            return Child.start(command, log=self.log, folder=self.folder.path)
        except OSError as error:
            raise NodeNotReady("anvil", str(error)) from error

    def _listens(self, child: Child, port: int) -> bool:
        """Whether this process, and no other that was quicker, has the port; False when it ended."""
        until = time.monotonic() + _START_SECONDS
        while child.alive:
            if listens(child.pid, port):
                return True
            if time.monotonic() >= until:
                child.stop(0)
                raise NodeNotReady("anvil", f"it does not listen within {_START_SECONDS:g} s", tail(self.log))
            time.sleep(0.005)
        return False

    def _end_orphan(self) -> None:
        """Ends the anvil that a killed owner of this folder left where the kernel does not: it holds nothing that is kept."""
        found = read_json(self._run_json)
        if (
            isinstance(found, dict)
            and isinstance(found.get("pid"), int)
            and isinstance(found.get("started"), int)
        ):
            end(ProcessRecord(found["pid"], found["started"]), 1.0)

    # -- the chain

    async def _answering(self) -> None:
        while True:
            if self.pid is None:
                raise NodeNotReady("anvil", "it does not run", tail(self.log))
            try:
                await self.rpc.call("eth_chainId")
            except ChainUnreachable:
                await asyncio.sleep(0.01)
            else:
                return

    async def _identify(self) -> None:
        """Compares chain id and block 0 with genesis.json, which learns the hash at the first start."""
        genesis = self.genesis
        chain_id = quantity(await self.rpc.call("eth_chainId"))
        if chain_id != genesis.chain_id:
            raise ChainIdDiffers(genesis.chain_id, chain_id or 0)
        block = await self.rpc.call("eth_getBlockByNumber", "0x0", False)
        found = str(block.get("hash")) if isinstance(block, dict) else "none"
        if found != (genesis.hash or found) or self._number(block, "timestamp") != genesis.timestamp:
            raise GenesisDiffers(genesis.hash or f"a block of {genesis.timestamp}", found)
        if genesis.hash is None:
            self._genesis = replace(genesis, hash=found)
            self.folder.write_genesis(self._genesis)

    async def _found(self) -> None:
        """Sets the accounts of ``alloc`` on a chain without blocks; in one with blocks they are part of the state."""
        if (await self._head())[0] == 0:
            for address, account in self.genesis.alloc.items():
                for what, method in (("code", "anvil_setCode"), ("balance", "anvil_setBalance")):
                    if what in account:
                        await self.rpc.call(method, address, account[what])

    async def _set_clock(self, shown: int) -> None:
        """Sets anvil's own clock, which stands at ``shown``, to the wall clock's time, or the head's where that is later."""
        head, now = await self.clock(), int(self._wall())
        self._floor = now
        self._ahead = max(0, head - now)
        self._mined_at = self._saved_at = self._wall()
        await self.rpc.call("evm_increaseTime", max(0, max(head, now) - shown))

    def _kept_now(self) -> int:
        """The chain time that the wall clock stands for."""
        return int(self._wall()) + self._ahead

    async def _mine_from(self, earliest: int) -> None:
        """One block, at ``earliest`` or one second after the head, whichever is later."""
        async with self._mining:
            await self._mine_at(max(await self.clock() + 1, earliest))

    async def _mine_at(self, moment: int) -> None:
        await self.rpc.call("evm_mine", {"timestamp": moment})
        self._mined_at = self._wall()

    async def _head(self) -> tuple[int, int]:
        """Number and time of the newest block."""
        block = await newest_block(self.rpc)
        return self._number(block, "number"), self._number(block, "timestamp")

    def _number(self, answer: Any, name: str) -> int:
        found = quantity(answer.get(name)) if isinstance(answer, dict) else None
        if found is None:
            raise ChainUnreachable(self.rpc_url, f"the answer has no number {name!r}")
        return found
