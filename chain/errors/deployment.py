"""Refusals around a network's contracts and identity."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Conflict, Fault, Invalid

__all__ = ["DeploymentFailed", "DeploymentOther", "DeploymentUnreadable", "NetworkOther"]


@dataclass(eq=False)
class DeploymentFailed(Fault):
    """A contract was not created as computed."""

    contract: str
    cause: str
    advice = "Use a fresh deployer account on this chain."


@dataclass(eq=False)
class DeploymentOther(Conflict):
    """The network folder was made by a program with other contracts."""

    contract: str
    version: str
    advice = "`licita network reset` keeps it as a folder ending in .old and makes a new one."


@dataclass(eq=False)
class DeploymentUnreadable(Invalid):
    """The deployment record cannot be read."""

    path: str
    cause: str
    advice = "Restore deployment.json from a backup, or `licita network reset`."


@dataclass(eq=False)
class NetworkOther(Conflict):
    """The node does not hold the chain of this folder: nothing was sent."""

    what: str
    expected: str
    found: str
    advice = "Connect to the right node, or name another folder."
