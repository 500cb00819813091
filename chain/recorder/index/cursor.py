"""Places in the chain as text: ``block.tx.log``, ``block.end.k`` of a derived row, ``block`` = all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chain.errors.recorder import CursorInvalid
from chain.recorder.schema import END

__all__ = ["Cursor", "id_in", "number_in"]

_DIGITS = r"(0|[1-9][0-9]{0,17})"
_NUMBER = re.compile(_DIGITS)
_PLACE = re.compile(rf"{_DIGITS}(?:\.(?:{_DIGITS}|end)\.{_DIGITS})?")
_PAIR = re.compile(rf"{_DIGITS}(?:\.{_DIGITS})?")
_ID = re.compile(r"0x[0-9a-f]{64}")
_LAST = 2**62


@dataclass(frozen=True, order=True)
class Cursor:
    """A row's place; the rows after it are those with a greater one. Without ``log`` it is a pair, ``block.tender``."""

    block: int
    tx: int
    log: int | None = None

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """A place in the feed. Raises CursorInvalid."""
        block, tx, log = _match(_PLACE, text)
        if log is None:
            return cls.whole(int(block))
        return cls(int(block), END if tx is None else int(tx), int(log))

    @classmethod
    def parse_pair(cls, text: str) -> Cursor:
        """``block.tender``. Raises CursorInvalid."""
        block, tender = _match(_PAIR, text)
        return cls.whole(int(block)) if tender is None else cls(int(block), int(tender))

    @classmethod
    def whole(cls, block: int) -> Cursor:
        """After everything of a block."""
        return cls(block, _LAST, _LAST)

    @classmethod
    def of(cls, parts: Iterable[int]) -> Cursor:
        """From two or three numbers."""
        return cls(*parts)

    def parts(self, count: int) -> tuple[int | None, ...]:
        """The first ``count`` numbers."""
        return (self.block, self.tx, self.log)[:count]

    def __str__(self) -> str:
        if self.tx == _LAST:
            return str(self.block)
        if self.log is None:
            return f"{self.block}.{self.tx}"
        return f"{self.block}.{'end' if self.tx == END else self.tx}.{self.log}"


def number_in(text: str) -> int:
    """A cursor that is a number. Raises CursorInvalid."""
    return int(_match(_NUMBER, text)[0])


def id_in(text: str) -> str:
    """A cursor that is a 0x id of 32 bytes. Raises CursorInvalid."""
    _match(_ID, text)
    return text


def _match(pattern: re.Pattern[str], text: str) -> tuple[str | Any, ...]:
    match = pattern.fullmatch(text)
    if match is None:
        raise CursorInvalid(text[:80])
    return match.groups()
