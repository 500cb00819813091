"""Refusals of the toolchain: compiling the contracts and finding what was compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Fault, Unavailable

__all__ = ["ArtifactUnknown", "ArtifactsMissing", "CompilerMissing", "ContractsDoNotCompile"]


@dataclass(eq=False)
class ArtifactUnknown(Absent):
    """No compiled contract has this name."""

    name: str
    advice: ClassVar[str] = "Names are those of the Solidity contracts, without folder and suffix."


@dataclass(eq=False)
class ArtifactsMissing(Unavailable):
    """There are neither contract sources nor compiled contracts beside the program."""

    path: str
    advice: ClassVar[str] = "Run from a source checkout, or install a wheel that ships its artifacts."


@dataclass(eq=False)
class CompilerMissing(Unavailable):
    """The Solidity compiler is not set up, or is not the version of record."""

    path: str
    wanted: str
    advice: ClassVar[str] = "Run `make setup`."


@dataclass(eq=False)
class ContractsDoNotCompile(Fault):
    """The Solidity compiler refused the contracts, or warned where no warning is allowed."""

    messages: tuple[str, ...]
    advice: ClassVar[str] = "Repair the named lines; `python -m chain.artifacts --strict` repeats the check."
