"""The network folder: where a network keeps what it is, and who runs it now.

network.toml genesis.json deployment.json   the network, its first block, its contracts
chain.json chain.json.1                     an embedded chain's kept state, and the one before
nodes/<name>/                               each node's data, log/ and run.json
people.json keys/                           a sandbox's people and their keys (secret)
recorder/ documents/                        the service's database and files
run.json                                    the lock: who runs the network
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chain.errors.nodes import (
    DiskFull,
    FolderIsFile,
    FolderUnreadable,
    FolderUnwritable,
    KeyReadable,
    NetworkAbsent,
    NetworkFileWrong,
    NetworkInUse,
)
from chain.nodes import descriptor as toml
from chain.nodes.descriptor import Descriptor
from chain.nodes.process import ProcessRecord

__all__ = [
    "Descriptor", "Folder", "Genesis", "Owner", "read_file", "read_json", "refuse_readable", "sync_folder", "write_atomic", "write_json",
]  # fmt: skip


@dataclass(frozen=True)
class Genesis:
    """What an embedded chain begins with. ``timestamp`` in unix seconds alone decides block 0 (see anvil.py); ``hash`` is 0x hex
    and None until the first start; ``alloc`` {address: {"code": hex, "balance": hex}} is set before block 1."""

    chain_id: int
    timestamp: int
    hash: str | None = None
    alloc: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Owner:
    """Who runs the network: a process, and the address its service or node answers at (empty: not yet)."""

    process: ProcessRecord
    url: str


class Folder:
    """A network folder; the constructor touches nothing.

    Everything written is written aside and renamed. Disk faults are FolderUnwritable, DiskFull, FolderUnreadable, FolderIsFile.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.network_toml = self.path / "network.toml"
        self.genesis_json = self.path / "genesis.json"
        self.deployment_json = self.path / "deployment.json"
        self.people_json = self.path / "people.json"
        self.run_json = self.path / "run.json"
        self.chain_json = self.path / "chain.json"
        self.keys = self.path / "keys"
        self.recorder = self.path / "recorder"
        self.documents = self.path / "documents"

    def __repr__(self) -> str:
        return f"Folder({str(self.path)!r})"

    def create(self) -> None:
        """Makes the folder if it is not there."""
        _make(self.path)

    def node(self, name: str) -> Path:
        """The folder of one node, made if it is not there, with log/ in it."""
        path = self.path / "nodes" / name
        _make(path / "log")
        return path

    def descriptor(self) -> Descriptor:
        """network.toml. Raises NetworkAbsent, or NetworkFileWrong with all faults at once."""
        data = read_file(self.network_toml)
        if data is None:
            raise NetworkAbsent(str(self.path))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NetworkFileWrong(str(self.network_toml), (f"not UTF-8: {error}",)) from error
        found = toml.parse(text, str(self.network_toml))
        if found.profile == "production" and self.people_json.exists():
            raise NetworkFileWrong(
                str(self.network_toml), ("network.profile: production, yet the folder holds people.json",)
            )
        return found

    def write_descriptor(self, descriptor: Descriptor) -> None:
        """Writes network.toml. Raises NetworkFileWrong if it could not be read back."""
        text = toml.render(descriptor)
        toml.parse(text, str(self.network_toml))
        write_atomic(self.network_toml, text.encode())

    def genesis(self) -> Genesis | None:
        """genesis.json of an embedded chain, None if there is none. Raises NetworkFileWrong."""
        found = read_json(self.genesis_json)
        if found is None:
            return None
        faults = _genesis_faults(found)
        if faults:
            raise NetworkFileWrong(str(self.genesis_json), tuple(faults))
        return Genesis(**found)

    def write_genesis(self, genesis: Genesis) -> None:
        """Writes genesis.json."""
        write_json(self.genesis_json, asdict(genesis))

    def owner(self) -> Owner | None:
        """Who runs this network now; None also when whoever did has ended, however it ended."""
        found = _owner(read_file(self.run_json))
        return found if found is not None and found.process.alive else None

    def take(self, url: str = "") -> None:
        """Makes this process the folder's owner, in place of one that has ended. Raises NetworkInUse, also within one process."""
        self.create()
        with self._alone():
            owner = self.owner()
            if owner is not None:
                raise NetworkInUse(owner.process.pid, owner.url)
            self.announce(url)

    def announce(self, url: str) -> None:
        """Tells others, in run.json, where the owner (this process) answers."""
        me = ProcessRecord.of(os.getpid())
        write_json(self.run_json, {**(asdict(me) if me else {}), "url": url})

    def release(self) -> None:
        """Gives the folder up, if this process owns it."""
        owner = self.owner()
        if owner is not None and owner.process.pid == os.getpid():
            with _named(self.run_json, FolderUnwritable):
                self.run_json.unlink(missing_ok=True)

    def set_aside(self) -> Path:
        """Renames the folder to ``<name>.old``, in place of an older one, and returns that. Raises NetworkInUse, NetworkAbsent."""
        old = self.path.with_name(self.path.name + ".old")
        if not self.path.is_dir():
            raise NetworkAbsent(str(self.path))
        with self._alone():
            owner = self.owner()
            if owner is not None and owner.process.pid != os.getpid():
                raise NetworkInUse(owner.process.pid, owner.url)
            with _named(old, FolderUnwritable):
                if old.exists():
                    shutil.rmtree(old)
                self.path.rename(old)
        return old

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Of several processes that look at run.json and write it, one at a time; the system ends this with the process."""
        with _named(self.path, FolderUnwritable):
            folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with _named(self.path, FolderUnwritable):
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces a file: it then holds all of ``data``, and before that what it held, also after a power cut.

    Raises FolderUnwritable, DiskFull, FolderIsFile.
    """
    with _named(path, FolderUnwritable):
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, mode)
                file.write(data)
                file.flush()
                os.fsync(handle)
            os.replace(aside, path)
        except OSError:
            Path(aside).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_json(path: Path, value: Any, mode: int = 0o644) -> None:
    """Replaces a file by the value as JSON, indented, keys in the given order."""
    write_atomic(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode(), mode)


def read_file(path: Path) -> bytes | None:
    """The file's bytes, None if there is none. Raises FolderUnreadable, FolderIsFile."""
    with _named(path, FolderUnreadable):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def read_json(path: Path) -> Any:
    """The file's JSON value, None if there is no file. Raises NetworkFileWrong."""
    data = read_file(path)
    try:
        return None if data is None else json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NetworkFileWrong(str(path), (f"not JSON: {error}",)) from error


def refuse_readable(path: Path) -> None:
    """Raises KeyReadable if others than the owner can read the file, FolderUnreadable if it cannot be looked at."""
    with _named(path, FolderUnreadable):
        mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise KeyReadable(str(path), f"{mode:04o}")


def _make(path: Path) -> None:
    with _named(path, FolderUnwritable):
        path.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def _named(path: Path, otherwise: Callable[[str, str], Exception]) -> Iterator[None]:
    """Gives a fault of the disk its name."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise FolderIsFile(str(path)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(str(path)) from error
        raise otherwise(str(path), error.strerror or type(error).__name__) from error


def _owner(data: bytes | None) -> Owner | None:
    """The owner in run.json; a file that names none is one nobody holds."""
    try:
        found = json.loads(data or b"null")
        return Owner(ProcessRecord(int(found["pid"]), int(found["started"])), str(found["url"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _genesis_faults(found: Any) -> list[str]:
    if not isinstance(found, dict) or found.keys() != {"chain_id", "timestamp", "hash", "alloc"}:
        return ["wanted exactly chain_id, timestamp, hash and alloc"]
    faults = [
        f"{key}: wanted a whole number from 0"
        for key in ("chain_id", "timestamp")
        if not _is_count(found[key])
    ]
    if found["hash"] is not None and not re.fullmatch(r"0x[0-9a-f]{64}", str(found["hash"])):
        faults.append("hash: wanted 32 bytes as 0x and lower-case hex")
    alloc = found["alloc"]
    if not isinstance(alloc, dict) or not all(_is_account(key, account) for key, account in alloc.items()):
        faults.append("alloc: wanted addresses, each with code or balance in hex")
    return faults


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _is_account(address: str, account: Any) -> bool:
    return (
        re.fullmatch(r"0x[0-9a-fA-F]{40}", address) is not None
        and isinstance(account, dict)
        and account.keys() <= {"code", "balance"}
        and all(re.fullmatch(r"0x[0-9a-fA-F]*", str(value)) for value in account.values())
    )
