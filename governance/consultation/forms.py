"""Values in the files of a consultation, read strictly: a JSON file has one spelling, a hash, an address and a time have one form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from chain.errors.base import LicitaError
from chain.rules.canonical import canonical
from chain.transactions.codec import checksum
from chain.types import moment

__all__ = ["Fields", "Refusal", "read_canonical", "timestamp", "written"]

Refusal = Callable[[str, str], LicitaError]
"""(rule, JSON pointer) -> the error to raise."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_EXACT = 2**53 - 1


def written(value: Mapping[str, Any]) -> bytes:
    """A file: canonical JSON (RFC 8785) and a line end."""
    return canonical(value) + b"\n"


def timestamp(seconds: int) -> str:
    """Unix seconds -> RFC 3339 in UTC, e.g. ``2026-01-31T12:00:00Z``."""
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"


def read_canonical(data: bytes, refuse: Refusal) -> Any:
    """The value of a file that ``written`` made; the line end may be missing. Raises ``refuse("json" | "spelling", "")``."""
    try:
        value = json.loads(data)
        spelled = canonical(value)
    except (ValueError, RecursionError, LicitaError) as error:
        raise refuse("json", "") from error
    if data.removesuffix(b"\n") != spelled:
        raise refuse("spelling", "")
    return value


class Fields:
    """A JSON object with exactly these fields. Each read refuses by rule and place what has not the one form of its kind."""

    def __init__(self, value: Any, names: frozenset[str], at: str, refuse: Refusal) -> None:
        self._at = at
        self._refuse = refuse
        if not isinstance(value, dict):
            raise refuse("type", at)
        for name in sorted(names ^ set(value)):
            raise refuse("field", f"{at}/{name}")
        self._value = value

    def wrong(self, rule: str, name: str) -> LicitaError:
        """The refusal of a field."""
        return self._refuse(rule, f"{self._at}/{name}")

    def raw(self, name: str) -> Any:
        """The value as it is."""
        return self._value[name]

    def fixed(self, name: str, wanted: str) -> None:
        """Refuses any other text as ``format``."""
        if self._value[name] != wanted:
            raise self.wrong("format", name)

    def text(self, name: str, form: str) -> str:
        """Text that matches the whole of a regular expression."""
        value = self._value[name]
        if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
            raise self.wrong("form", name)
        return value

    def whole(self, name: str, least: int = 0) -> int:
        """A whole number from ``least`` up to 2^53 - 1."""
        value = self._value[name]
        if type(value) is not int or not least <= value <= _EXACT:
            raise self.wrong("form", name)
        return value

    def data(self, name: str, size: int) -> bytes:
        """Lower-case 0x hex of so many bytes."""
        return bytes.fromhex(self.text(name, f"0x[0-9a-f]{{{2 * size}}}")[2:])

    def hashes(self, name: str) -> tuple[bytes, ...]:
        """A list of 32 bytes each."""
        listed = self._value[name]
        if not isinstance(listed, list):
            raise self.wrong("form", name)
        numbered = {str(i): each for i, each in enumerate(listed)}
        inner = Fields(numbered, frozenset(numbered), f"{self._at}/{name}", self._refuse)
        return tuple(inner.data(i, 32) for i in numbered)

    def address(self, name: str) -> str:
        """An address in its checksum form (EIP-55)."""
        value = self._value[name]
        if not isinstance(value, str) or not _ADDRESS.fullmatch(value) or checksum(value) != value:
            raise self.wrong("form", name)
        return value

    def time(self, name: str) -> int:
        """RFC 3339 in UTC to the second, from 1970 on -> unix seconds."""
        value = self._value[name]
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise self.wrong("form", name)
        try:
            read = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise self.wrong("form", name) from error
        if read.year < 1970:
            raise self.wrong("form", name)
        return int(read.timestamp())
