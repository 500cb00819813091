"""Canonical JSON (RFC 8785), as ``json.dumps`` writes it once the numbers and the order of the keys are settled."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chain.errors.chain import CanonicalInvalid

__all__ = ["canonical"]

_EXACT = 2**53 - 1  # whole numbers that every JSON reader holds exactly (RFC 7493)
# Between these Python and ECMAScript write a double by the same digits, without an exponent.
_SMALLEST, _LARGEST = 1e-4, 1e16


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of text, flags, None, numbers, lists, tuples and mappings with text as keys.

    Numbers are ``int`` up to 2^53 - 1, and ``Decimal`` or ``float`` that are whole or from 0.0001 up to 10^16; a ``Decimal`` must
    be what its double is read back as, so that nothing is rounded. Raises CanonicalInvalid with the JSON pointer.
    """
    plain = _plain(value, "")
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalInvalid("", "a lone surrogate is no text") from error


def _plain(value: Any, at: str) -> Any:
    """The same value as ``json.dumps`` writes it canonically."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return _whole(int(value), at)
    if isinstance(value, float | Decimal):
        return _number(value, at)
    if isinstance(value, list | tuple):
        return [_plain(item, f"{at}/{place}") for place, item in enumerate(value)]
    if isinstance(value, Mapping):
        return _object(value, at)
    raise CanonicalInvalid(at, f"{type(value).__name__} is no JSON")


def _object(value: Mapping[Any, Any], at: str) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise CanonicalInvalid(at, f"the key {key!r} is no text")
    # RFC 8785 sorts by UTF-16 units, which differs from Python's order beyond the basic plane.
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return {key: _plain(value[key], f"{at}/{key}") for key in keys}


def _whole(value: int, at: str) -> int:
    if abs(value) > _EXACT:
        raise CanonicalInvalid(at, "a whole number beyond 2^53 - 1")
    return value


def _number(value: float | Decimal, at: str) -> int | float:
    number = float(value)
    if not math.isfinite(number):
        raise CanonicalInvalid(at, f"{value} is no finite number")
    if isinstance(value, Decimal) and Decimal(repr(number)) != value:
        raise CanonicalInvalid(at, f"{value} is no double")
    if number.is_integer():
        return _whole(int(number), at)
    if not _SMALLEST <= abs(number) < _LARGEST:
        raise CanonicalInvalid(at, f"{value} lies outside 0.0001..10^16")
    return number
