"""Refusals of the check of an application: a folder about which nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Invalid

__all__ = ["ApplicationEmpty", "ApplicationFileRefused", "ApplicationFolderAbsent", "ApplicationTooLarge"]


@dataclass(eq=False)
class ApplicationFolderAbsent(Absent):
    """There is no such folder."""

    path: str
    advice: ClassVar[str] = "Name the folder that holds the application's contracts, tests and licence."


@dataclass(eq=False)
class ApplicationEmpty(Invalid):
    """The folder holds no Solidity file outside of its tests."""

    path: str
    advice: ClassVar[str] = "Put the contracts into the folder, e.g. under contracts/."


@dataclass(eq=False)
class ApplicationFileRefused(Invalid):
    """A file of the folder cannot be a part of what is submitted: a link, something that is no file, or Solidity that is not UTF-8."""

    path: str
    cause: str
    advice: ClassVar[str] = "Put the file itself in its place, or take it out of the folder."


@dataclass(eq=False)
class ApplicationTooLarge(Invalid):
    """The folder holds more than ``limit`` files or bytes; ``what`` says which."""

    what: str
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Keep what is not source out of the folder; names that begin with a dot and node_modules are left out."
    )
