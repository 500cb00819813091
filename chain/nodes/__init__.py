"""Nodes: engines behind one adapter, their processes, the network folder and its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Engine", "Voting", "quantity"]


class Voting(Protocol):
    """The part of a node that its operator agent needs: who validates, and the node's own votes. Addresses are checksum hex."""

    async def address(self) -> str:
        """The node's own address, by which validators name it."""
        ...

    async def validators(self, block: int) -> Sequence[str]:
        """The validators that the header of this block lists."""
        ...

    async def propose_vote(self, address: str, add: bool) -> None:
        """Votes for adding or dropping a validator, in place of an earlier vote on it. Raises EngineCannotVote."""
        ...

    async def discard_vote(self, address: str) -> None:
        """Takes its vote back. Raises EngineCannotVote."""
        ...

    async def pending_votes(self) -> Mapping[str, bool]:
        """Its own proposals, address -> add, carried or not. Raises EngineCannotVote."""
        ...


class Engine(Protocol):
    """One node of some engine. Process control is synchronous, what asks the node is not.

    Times are unix seconds of the chain; addresses 0x hex.
    """

    @property
    def version(self) -> str:
        """What the program calls itself."""
        ...

    @property
    def rpc_url(self) -> str:
        """Where it answers. Raises NodeNotReady before the first start."""
        ...

    @property
    def enode(self) -> str | None:
        """Its address among peers, None where there are none."""
        ...

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""
        ...

    @property
    def log(self) -> Path:
        """Its log file."""
        ...

    def prepare(self) -> None:
        """Makes what it needs in the folder; a second time it changes nothing."""
        ...

    def start(self) -> None:
        """Starts the process, unless it runs."""
        ...

    def stop(self, grace: float) -> None:
        """Ends the process: asked first, killed after ``grace`` seconds."""
        ...

    async def ready(self, timeout: float) -> None:  # noqa: ASYNC109 -- the adapter's word
        """Returns when it answers as the network it should be. Raises NodeNotReady with the log's end, ChainIdDiffers,
        GenesisDiffers."""
        ...

    async def peers(self) -> Sequence[str]:
        """The nodes it is connected to."""
        ...

    async def validators(self, block: int) -> Sequence[str]:
        """Who may propose the block after this one."""
        ...

    async def is_validator(self, block: int) -> bool:
        """Whether it is among them."""
        ...

    async def propose_vote(self, address: str, add: bool) -> None:
        """Votes for adding or dropping a validator. Raises EngineCannotVote."""
        ...

    async def discard_vote(self, address: str) -> None:
        """Takes its vote back. Raises EngineCannotVote."""
        ...

    async def pending_votes(self) -> Mapping[str, bool]:
        """Its own proposals, address -> add. Raises EngineCannotVote."""
        ...

    async def reload_permissions(self) -> None:
        """Makes it read its permission lists again."""
        ...

    async def mine(self, blocks: int) -> None:
        """Returns when the chain has so many blocks more."""
        ...

    async def advance_to(self, moment: int) -> int:
        """Returns when the head's time is at least ``moment``, with the head's time."""
        ...

    async def clock(self) -> int:
        """The head's time."""
        ...

    async def nudge(self) -> None:
        """Tells it that something was sent."""
        ...


def quantity(value: Any) -> int | None:
    """The number a node gave as 0x hex, None if it gave something else."""
    if not isinstance(value, str) or not value.startswith("0x") or len(value) > 66:
        return None
    try:
        return int(value, 16)
    except ValueError:
        return None
