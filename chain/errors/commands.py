"""Refusals of the command line."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Absent, Conflict, Invalid

__all__ = ["FileExists", "FileUnreadable", "IndexAbsent", "RecordsUnreadable", "TokenUnknownName"]


@dataclass(eq=False)
class FileExists(Conflict):
    """The file to write is there already; it may be a receipt or something else of which there is no other copy."""

    path: str
    advice = "Name another file with --output, or move the old one away first."


@dataclass(eq=False)
class FileUnreadable(Invalid):
    """The file cannot be read or written."""

    path: str
    cause: str
    advice = "Check the path and its permissions."


@dataclass(eq=False)
class RecordsUnreadable(Invalid):
    """The file, or this line of it, holds no records and no compiled releases."""

    path: str
    line: int
    cause: str
    advice = "Take a file of records as `licita ocds export` writes it, or compile the releases first."


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
