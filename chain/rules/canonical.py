"""Canonical JSON (RFC 8785), written in one walk: every text of an event and every release is written or compared this way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import Any

from chain.errors.chain import CanonicalInvalid

__all__ = ["canonical"]

_EXACT = 2**53 - 1  # whole numbers that every JSON reader holds exactly (RFC 7493)
# Between these Python and ECMAScript write a double by the same digits, without an exponent.
_SMALLEST, _LARGEST = 1e-4, 1e16

Place = tuple[Any, str | int] | None
"""Where a value stands: the place of what it is a member of, and its key or index. A pointer is made of it only for a refusal."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of text, flags, None, numbers, lists, tuples and mappings with text as keys.

    Numbers are ``int`` up to 2^53 - 1, and ``Decimal`` or ``float`` that are whole or from 0.0001 up to 10^16; a ``Decimal`` must
    be what its double is read back as, so that nothing is rounded. Raises CanonicalInvalid with the JSON pointer.
    """
    try:
        return _text(value, None).encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalInvalid("", "a lone surrogate is no text") from error


def _text(value: Any, at: Place) -> str:
    # The usual kinds first: an ABC such as Mapping is dear to ask for.
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return _object(value, at)
    if isinstance(value, list | tuple):
        return "[" + ",".join([_text(item, (at, place)) for place, item in enumerate(value)]) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _whole(value, at)
    if isinstance(value, float | Decimal):
        return _number(value, at)
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return _object(value, at)
    raise CanonicalInvalid(_pointer(at), f"{type(value).__name__} is no JSON")


def _object(value: Mapping[Any, Any], at: Place) -> str:
    return (
        "{" + ",".join([f"{quoted(key)}:{_text(value[key], (at, key))}" for key in _sorted(value, at)]) + "}"
    )


def _sorted(keys: Iterable[Any], at: Place) -> list[str]:
    try:
        if "".join(keys).isascii():
            return sorted(keys)
    except TypeError:
        key = next(key for key in keys if not isinstance(key, str))
        raise CanonicalInvalid(_pointer(at), f"the key {key!r} is no text") from None
    # RFC 8785 sorts by UTF-16 units, which differs from Python's order beyond the basic plane.
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _whole(value: int, at: Place) -> str:
    if abs(value) > _EXACT:
        raise CanonicalInvalid(_pointer(at), "a whole number beyond 2^53 - 1")
    return int.__repr__(value)


def _number(value: float | Decimal, at: Place) -> str:
    number = float(value)
    if not math.isfinite(number):
        raise CanonicalInvalid(_pointer(at), f"{value} is no finite number")
    if isinstance(value, Decimal) and Decimal(repr(number)) != value:
        raise CanonicalInvalid(_pointer(at), f"{value} is no double")
    if number.is_integer():
        return _whole(int(number), at)
    if not _SMALLEST <= abs(number) < _LARGEST:
        raise CanonicalInvalid(_pointer(at), f"{value} lies outside 0.0001..10^16")
    return repr(number)


def _pointer(at: Place) -> str:
    return "" if at is None else f"{_pointer(at[0])}/{at[1]}"
