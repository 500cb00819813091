"""Refusals of the operator agent and of the commands about validators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Unavailable

__all__ = ["AgentKeyMissing", "DecisionAbsent", "NodeForeign", "NodeUnnamed", "QbftClosed"]


@dataclass(eq=False)
class NodeForeign(Forbidden):
    """The agent follows its own node alone, on this machine: another's could tell it anything."""

    url: str
    advice: ClassVar[str] = "Run the agent beside the validator and name its RPC on 127.0.0.1."


@dataclass(eq=False)
class NodeUnnamed(Absent):
    """Nobody runs this network folder, and its network.toml names no node."""

    path: str
    advice: ClassVar[str] = (
        "Start it with `licita network start`, or name the node's RPC in network.toml, or with --rpc where a command takes it."
    )


@dataclass(eq=False)
class QbftClosed(Unavailable):
    """The node runs, but its QBFT calls are switched off."""

    url: str
    advice: ClassVar[str] = "Start Besu with QBFT among --rpc-http-api, its RPC on 127.0.0.1 alone."


@dataclass(eq=False)
class DecisionAbsent(Conflict):
    """The node's logs hold no such decision on validators, although its state knows it."""

    seq: int
    advice: ClassVar[str] = "The node's logs are incomplete: sync it anew."


@dataclass(eq=False)
class AgentKeyMissing(Conflict):
    """A proof is a transaction, and no key was named to send it with."""

    advice: ClassVar[str] = "Name one of the folder's keys with --as; any account may prove a set."
