"""Refusals of a charter file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Invalid

__all__ = ["CharterInvalid", "CharterUnknown"]


@dataclass(eq=False)
class CharterInvalid(Invalid):
    """The charter misses rules, contradicts itself, or would let fewer than a majority decide."""

    charter: str
    problems: tuple[str, ...]
    advice: ClassVar[str] = "Correct the named lines; compare with the reference charter."


@dataclass(eq=False)
class CharterUnknown(Absent):
    """No charter of this name ships with the program."""

    name: str
    known: str
    advice: ClassVar[str] = "Name a known one, or pass the path of a file."
