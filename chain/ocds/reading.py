"""Bytes of anyone -> a document of plain JSON values, exactly, or a refusal by name.

A document is dict, list, str, bool, None, int and ``Decimal``: no float, so that an amount is what was written.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from chain.errors.ocds import (
    ImportEncoding,
    ImportFieldType,
    ImportKeyRepeated,
    ImportNotJson,
    ImportNumberInvalid,
    ImportRefused,
    ImportTooDeep,
    ImportTooLarge,
)
from chain.rules.nesting import DEPTH, is_too_deep

__all__ = ["MAX_BYTES", "MAX_DEPTH", "as_document", "kind", "pointer", "read_document", "shown"]

MAX_BYTES = 1 << 20
MAX_DEPTH = DEPTH
_MAX_DIGITS = 39
_BOM = b"\xef\xbb\xbf"


def pointer(base: str, key: str | int) -> str:
    """JSON pointer (RFC 6901) of a member of the value at ``base``."""
    if isinstance(key, int) or (key.isidentifier() and len(key) <= 300):  # nearly always: nothing to escape
        return f"{base}/{key}"
    return f"{base}/{shown(key, 300).replace('~', '~0').replace('/', '~1')}"


def shown(value: object, limit: int = 80) -> str:
    """A foreign value as a fact of an error: cut, and encodable where it holds lone surrogates."""
    return str(value)[:limit].encode("utf-8", "replace").decode("utf-8")


class _Object(dict[str, Any]):
    """An object of the parser that remembers the keys it was given twice."""

    repeated: tuple[str, ...] = ()


class _Invalid(str):
    """A number of the parser that is none for us."""


def read_document(raw: bytes) -> dict[str, Any]:
    """UTF-8 JSON object -> document; a byte order mark is skipped.

    Raises ImportTooLarge, ImportEncoding, ImportTooDeep, ImportNotJson, ImportKeyRepeated, ImportNumberInvalid, ImportFieldType.
    """
    if len(raw) > MAX_BYTES:
        raise ImportTooLarge("", MAX_BYTES, len(raw))
    text = _decode(raw)
    if is_too_deep(text):
        raise ImportTooDeep("", MAX_DEPTH)
    parser = _Parser()
    try:
        value = json.loads(
            text, object_pairs_hook=parser.object, parse_int=parser.integer, parse_float=parser.decimal,
            parse_constant=parser.invalid,
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise ImportNotJson("", error.lineno, error.colno) from error
    if parser.doubtful or not isinstance(value, dict):
        return as_document(value)
    return value


def as_document(value: Any) -> dict[str, Any]:
    """The same from Python values, e.g. of ``json.load``: a float counts as its shortest decimal form.

    Raises ImportFieldType where the value is no object or holds what JSON has not, ImportTooDeep, ImportNumberInvalid,
    ImportKeyRepeated.
    """
    faults: list[ImportRefused] = []
    document = _plain(value, "", 1, faults)
    if faults:
        raise ImportRefused.together(faults)
    if not isinstance(document, dict):
        raise ImportFieldType("", "object", kind(document))
    return document


def kind(value: Any) -> str:
    """JSON's word for the type of a value."""
    for types, word in (
        (bool, "boolean"),
        (str, "string"),
        (int | float | Decimal, "number"),
        (dict, "object"),
        (list, "list"),
    ):
        if isinstance(value, types):
            return word
    return "null" if value is None else type(value).__name__


def _decode(raw: bytes) -> str:
    start = len(_BOM) if raw.startswith(_BOM) else 0
    nul = raw.find(b"\0")
    try:
        text = raw[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        first = start + error.start
        raise ImportEncoding("", min(first, nul) if nul >= 0 else first) from error
    if nul >= 0:  # UTF-16 and UTF-32 without a mark are ASCII and NUL
        raise ImportEncoding("", nul)
    return text


class _Parser:
    """What the parser makes of objects and numbers. ``doubtful``: something may be none of ours, and is for ``as_document`` to name;
    all else is a document as it comes."""

    def __init__(self) -> None:
        self.doubtful = False

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object; one with repeated keys remembers them."""
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
        self.doubtful = True
        repeating = _Object(result)
        seen: set[str] = set()
        repeating.repeated = tuple(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return repeating

    def integer(self, text: str) -> int | _Invalid:
        """A number without fraction and exponent."""
        return self.invalid(text) if len(text.lstrip("-")) > _MAX_DIGITS else int(text)

    def decimal(self, text: str) -> Decimal | _Invalid:
        """Any other number."""
        value = _decimal(text)
        # Its own text may be longer than the one it was read from.
        if isinstance(value, _Invalid) or isinstance(_decimal(str(value)), _Invalid):
            self.doubtful = True
        return value

    def invalid(self, text: str) -> _Invalid:
        """A number that is none for us."""
        self.doubtful = True
        return _Invalid(text)


def _decimal(text: str) -> Decimal | _Invalid:
    mantissa, _, exponent = text.lower().partition("e")
    digits = sum(character.isdigit() for character in mantissa)
    size = exponent.lstrip("+-").lstrip("0")
    if digits > _MAX_DIGITS or len(size) > 2 or (size and int(size) > _MAX_DIGITS):
        return _Invalid(text)
    return Decimal(text)


def _plain(value: Any, at: str, depth: int, faults: list[ImportRefused]) -> Any:
    if isinstance(value, _Invalid):
        faults.append(ImportNumberInvalid(at, value[:80]))
        return None
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value, at, faults)
    if isinstance(value, dict | list) and depth > MAX_DEPTH:
        faults.append(ImportTooDeep(at, MAX_DEPTH))
        return None
    if isinstance(value, dict):
        faults.extend(
            ImportKeyRepeated(pointer(at, key), shown(key)) for key in getattr(value, "repeated", ())
        )
        faults.extend(
            ImportFieldType(at, "string as key", kind(key)) for key in value if not isinstance(key, str)
        )
        return {key: _plain(item, pointer(at, key), depth + 1, faults) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, pointer(at, index), depth + 1, faults) for index, item in enumerate(value)]
    faults.append(ImportFieldType(at, "JSON value", kind(value)))
    return None


def _number(value: int | float | Decimal, at: str, faults: list[ImportRefused]) -> int | Decimal | None:
    exact: int | Decimal | _Invalid
    if isinstance(value, float):
        exact = _decimal(repr(value)) if math.isfinite(value) else _Invalid(value)
    elif isinstance(value, Decimal):
        exact = _decimal(str(value)) if value.is_finite() else _Invalid(value)
    else:
        exact = value if abs(value) < 10**_MAX_DIGITS else _Invalid(f"{value.bit_length()} bits")
    if isinstance(exact, _Invalid):
        faults.append(ImportNumberInvalid(at, exact[:80]))
        return None
    return exact
