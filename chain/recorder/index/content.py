"""Text from events: anyone may have sent it past the API, so it is judged and never trusted."""

from __future__ import annotations

import json
import re
from typing import Any

from chain.errors.chain import CanonicalInvalid
from chain.rules import canonical

__all__ = ["DEPTH", "dump", "load", "read_object"]

DEPTH = 32
"""Deepest nesting that is read; a limit of our own, since Python's depends on the caller's stack."""

_NO_BRACKET = re.compile(r'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[^"\[\]{}]++)++', re.DOTALL)
"""Text between brackets, strings with those inside them; possessive, so that no text makes it go back."""


# Made once: to make it costs as much as to write a row.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def dump(value: Any) -> str:
    """JSON of a value of ours, in the order of its fields: equal values give equal text."""
    return _encode(value)


def load(text: str) -> Any:
    """The value that ``dump`` wrote."""
    return json.loads(text)


def read_object(text: str) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """A canonical JSON object and no reasons; else None and why: JsonTooDeep, JsonInvalid, JsonNotObject, JsonNotCanonical."""
    if _is_too_deep(text):
        return None, ("JsonTooDeep",)
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError:
        return None, ("JsonInvalid",)
    if not isinstance(value, dict):
        return None, ("JsonNotObject",)
    try:
        same = canonical(value) == text.encode()
    except CanonicalInvalid:
        same = False
    return (value, ()) if same else (None, ("JsonNotCanonical",))


def _no_number(name: str) -> Any:
    raise json.JSONDecodeError(f"{name} is no JSON number", name, 0)


def _is_too_deep(text: str) -> bool:
    """Whether brackets outside strings nest deeper than the limit."""
    if text.count("{") + text.count("[") <= DEPTH:
        return False
    depth = 0
    for bracket in _NO_BRACKET.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > DEPTH:
            return True
    return False
