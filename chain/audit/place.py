"""Where in a record the audit stands, and how it reads a node's JSON: strictly, so that nothing unread can differ.

Hexadecimal is lower case with 0x, quantities have no leading zero, data has whole bytes. A node writes nothing else, and a second
spelling of the same value would be an edit that no hash catches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chain.errors.audit import AuditRefusal

__all__ = ["NOWHERE", "Fields", "Place", "data"]

_QUANTITY = re.compile(r"0x(?:0|[1-9a-f][0-9a-f]*)")
_SHOWN = 130  # characters of a foreign value in an error


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a record: the block it belongs to and a path like ``items/3.json#/receipt``."""

    block: int | None = None
    path: str = ""

    def at(self, *names: str | int) -> Place:
        """The spot some steps further in."""
        steps = "/".join(map(str, names))
        return Place(self.block, f"{self.path}/{steps}" if self.path else steps)

    def of(self, block: int) -> Place:
        """The same spot, now that the block's number is known."""
        return Place(block, self.path)

    def refusal(self, rule: str, expected: Any, found: Any) -> AuditRefusal:
        """The error to raise for this spot; values of strangers are shortened."""
        return AuditRefusal(rule, self.block, _shown(expected), _shown(found), self.path)


NOWHERE = Place()


def data(value: bytes) -> str:
    """Bytes as a node writes them."""
    return "0x" + value.hex()


def _shown(value: Any) -> Any:
    """A value as an error may carry it: small, and of plain type."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, bytes):
        value = data(value)
    if isinstance(value, str):
        return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}... ({len(value)} characters)"
    return "an object" if isinstance(value, dict) else f"a {type(value).__name__}"


class Fields:
    """One JSON object from a node; every read either gives a plain value or raises ``AuditRefusal`` ``<kind>-field:<name>``."""

    def __init__(self, value: object, kind: str, place: Place) -> None:
        if not isinstance(value, dict):
            raise place.refusal(f"{kind}-object", "an object", value)
        self._values: dict[str, object] = value
        self.kind = kind
        self.place = place

    def refusal(self, name: str, expected: Any, found: Any, *steps: int) -> AuditRefusal:
        """The error for one field of this object; ``steps`` lead to an element of its list."""
        return self.place.at(name, *steps).refusal(f"{self.kind}-field:{name}", expected, found)

    def has(self, name: str) -> bool:
        """Is the field there and not null?"""
        return self._values.get(name) is not None

    def quantity(self, name: str, bits: int = 64) -> int:
        """An unsigned integer of at most ``bits`` bits."""
        text = self._text(name, "a 0x quantity")
        if len(text) > 2 + bits // 4 or not _QUANTITY.fullmatch(text):
            raise self.refusal(name, f"a 0x quantity of at most {bits} bits", text)
        return int(text, 16)

    def data(self, name: str, size: int | None = None) -> bytes:
        """Bytes, exactly ``size`` of them where it is given."""
        return self._bytes(name, self._text(name, "0x data"), size)

    def data_list(self, name: str, size: int | None = None) -> tuple[bytes, ...]:
        """A list of byte strings, each of ``size`` bytes where it is given."""
        return tuple(self._bytes(name, text, size, i) for i, text in enumerate(self.items(name)))

    def address_or_none(self, name: str) -> bytes | None:
        """20 bytes, or None where the field is null (a contract creation); it must be there."""
        if name in self._values and self._values[name] is None:
            return None
        return self.data(name, 20)

    def integer(self, name: str) -> int:
        """An unsigned JSON number of at most 64 bits."""
        value = self._values.get(name)
        if type(value) is not int or not 0 <= value < 1 << 64:
            raise self.refusal(name, "a whole number of at most 64 bits", value)
        return value

    def items(self, name: str) -> list[object]:
        """A list of anything."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise self.refusal(name, "a list", value)
        return value

    def value(self, name: str) -> object:
        """The field as it is; absent is None."""
        return self._values.get(name)

    def same(self, name: str, expected: int | bytes | None) -> None:
        """Refuse unless the field states ``expected`` (None: null or absent)."""
        found: object
        if expected is None:
            found = self._values.get(name)
        elif isinstance(expected, bytes):
            found = self.data(name, len(expected))
        else:
            found = self.quantity(name, 256)
        if found != expected:
            raise self.refusal(name, expected, found)

    def same_where_present(self, name: str, expected: int | bytes) -> None:
        """``same`` for a field that only some nodes write."""
        if self.has(name):
            self.same(name, expected)

    def _text(self, name: str, expected: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str):
            raise self.refusal(name, expected, value)
        return value

    def _bytes(self, name: str, text: object, size: int | None, *steps: int) -> bytes:
        if isinstance(text, str) and (size is None or len(text) == 2 + 2 * size):
            try:
                found = bytes.fromhex(text[2:])
            except ValueError:
                pass
            else:
                # One spelling a value: lower case, no blanks. Ten times as fast as a pattern on long data.
                if "0x" + found.hex() == text:
                    return found
        raise self.refusal(name, "0x data" if size is None else f"0x data of {size} bytes", text, *steps)
