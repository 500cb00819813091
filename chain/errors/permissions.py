"""Refusals about the permission files of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Conflict, Invalid, Unavailable

__all__ = ["EnodeInvalid", "PermissionsNotTaken", "PermissionsUnsafe"]


@dataclass(eq=False)
class EnodeInvalid(Invalid):
    """This is no enode with a public key, an IP address and a port, or no list of such."""

    enode: str
    advice: ClassVar[str] = "Write enode://PUBLICKEY@IP:PORT; names of hosts are not allowed."


@dataclass(eq=False)
class PermissionsUnsafe(Conflict):
    """A node with these lists would not start, or would let nobody in: nothing was written."""

    reason: str
    which: tuple[str, ...]
    advice: ClassVar[str] = "Bring static-nodes.json and the council's decisions on nodes into line first."


@dataclass(eq=False)
class PermissionsNotTaken(Unavailable):
    """The node read the permission file and lets in others than it says: the old file is back."""

    path: str
    advice: ClassVar[str] = "Read the node's log; the file must be the one of its --permissions-* options."
