"""Refusals of the command line."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Absent, Invalid

__all__ = ["FileUnreadable", "IndexAbsent", "TokenUnknownName"]


@dataclass(eq=False)
class FileUnreadable(Invalid):
    """The file cannot be read or written."""

    path: str
    cause: str
    advice = "Check the path and its permissions."


@dataclass(eq=False)
class TokenUnknownName(Absent):
    """The network folder holds no token for this name."""

    name: str
    known: str
    advice = "Name one of the known people with --as, or set LICITA_TOKEN."


@dataclass(eq=False)
class IndexAbsent(Absent):
    """The folder holds no index."""

    path: str
    advice = "Start the service once with `licita serve`, or run `licita index rebuild`."
