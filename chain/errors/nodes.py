"""Refusals of nodes: their RPC, their processes, the network folder and the keys in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from chain.errors.base import Absent, Conflict, Invalid, Unavailable

__all__ = [
    "AnvilMissing", "ChainIdDiffers", "ChainUnreachable", "DiskFull", "EngineCannotVote", "FolderIsFile", "FolderUnreadable",
    "FolderUnwritable", "GenesisDiffers", "KeyAbsent", "KeyDamaged", "KeyExists", "KeyNameWrong", "KeyReadable", "NetworkAbsent",
    "NetworkFileWrong", "NetworkInUse", "NodeNotReady", "RpcError", "StateDamaged",
]  # fmt: skip


@dataclass(eq=False)
class ChainUnreachable(Unavailable):
    """The node does not answer, or its answer is no JSON-RPC; whether it acted is unknown."""

    url: str
    cause: str
    advice: ClassVar[str] = "Check that the node runs (`licita network status`), then try again."


@dataclass(eq=False)
class RpcError(Unavailable):
    """The node answered a call with an error.

    ``code`` and ``data`` are the node's own, for instance 3 with the revert data; code 0 marks a call of a batch that the
    node left unanswered.
    """

    code: int
    message: str
    data: Any = None
    advice: ClassVar[str] = "Read the node's message; its log may say more."

    @property
    def unanswered(self) -> bool:
        """Whether the node said nothing at all: the call may have been carried out."""
        return self.code == 0


@dataclass(eq=False)
class AnvilMissing(Unavailable):
    """The program anvil, which runs the embedded network, is not there; ``sought`` lists where it was looked for."""

    sought: tuple[str, ...]
    advice: ClassVar[str] = (
        "Run `make setup`; on a platform other than Linux on x86-64 install Foundry 1.7.1 and set LICITA_ANVIL to its anvil."
    )


@dataclass(eq=False)
class NodeNotReady(Unavailable):
    """The node did not come up, or ended; ``log`` holds its last lines."""

    node: str
    cause: str
    log: tuple[str, ...] = ()
    advice: ClassVar[str] = "Read the log lines; start again when the cause is gone."


@dataclass(eq=False)
class EngineCannotVote(Conflict):
    """This engine is one process without validators, so there is nothing to vote on."""

    engine: str
    advice: ClassVar[str] = "Votes exist on a network of Besu validators."


@dataclass(eq=False)
class ChainIdDiffers(Conflict):
    """The chain has another chain id than the network."""

    expected: int
    found: int
    advice: ClassVar[str] = (
        "Name the folder of that chain, or make a new network with `licita network reset`."
    )


@dataclass(eq=False)
class GenesisDiffers(Conflict):
    """The chain begins with another block than the network."""

    expected: str
    found: str
    advice: ClassVar[str] = (
        "Name the folder of that chain, or make a new network with `licita network reset`."
    )


@dataclass(eq=False)
class StateDamaged(Unavailable):
    """No kept state of the chain can be read; ``cause`` says so for each file."""

    path: str
    cause: str
    advice: ClassVar[str] = (
        "Restore chain.json from a backup, or begin anew with `licita network reset`, which keeps the old folder."
    )


@dataclass(eq=False)
class NetworkInUse(Conflict):
    """Another process holds this network folder or this port; pid 0 where it cannot be told."""

    pid: int
    url: str
    advice: ClassVar[str] = "Stop it with `licita network stop`, or name another folder or port."


@dataclass(eq=False)
class NetworkAbsent(Absent):
    """There is no network in this folder."""

    path: str
    advice: ClassVar[str] = "Start one with `licita network start`, or name the folder of another."


@dataclass(eq=False)
class NetworkFileWrong(Invalid):
    """A file that describes the network is wrong; ``faults`` names every place."""

    path: str
    faults: tuple[str, ...]
    advice: ClassVar[str] = "Correct all of them, or make a new network with `licita network reset`."


@dataclass(eq=False)
class FolderIsFile(Conflict):
    """The path of the network folder, or of a folder above it, is a file."""

    path: str
    advice: ClassVar[str] = "Name another folder, or move the file away."


@dataclass(eq=False)
class FolderUnreadable(Unavailable):
    """A file of the network folder cannot be read."""

    path: str
    cause: str
    advice: ClassVar[str] = "Check who owns the folder and its modes."


@dataclass(eq=False)
class FolderUnwritable(Unavailable):
    """The network folder cannot be written; what stood there is unchanged."""

    path: str
    cause: str
    advice: ClassVar[str] = "Check who owns the folder and its modes, or name another folder."


@dataclass(eq=False)
class DiskFull(Unavailable):
    """The disk is full; what stood there is unchanged."""

    path: str
    advice: ClassVar[str] = "Free some space and try again."


@dataclass(eq=False)
class KeyAbsent(Absent):
    """The folder holds no key of this name."""

    name: str
    advice: ClassVar[str] = "The names are those of the files in the folder's keys/."


@dataclass(eq=False)
class KeyExists(Conflict):
    """The folder holds a key of this name already; keys are never overwritten."""

    name: str
    advice: ClassVar[str] = "Choose another name, or move the old key away."


@dataclass(eq=False)
class KeyNameWrong(Invalid):
    """This cannot be the name of a key."""

    name: str
    advice: ClassVar[str] = "Use 1 to 64 lower-case letters, digits and hyphens, a letter or digit first."


@dataclass(eq=False)
class KeyDamaged(Unavailable):
    """This key file cannot be opened with the folder's passphrase."""

    path: str
    cause: str
    advice: ClassVar[str] = "Restore the key file and its passphrase from the same backup."


@dataclass(eq=False)
class KeyReadable(Unavailable):
    """Others than its owner can read this secret file."""

    path: str
    mode: str
    advice: ClassVar[str] = "Run `chmod 600` on it, and replace the key if someone else may have read it."
