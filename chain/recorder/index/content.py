"""Text from events: anyone may have sent it past the API, so it is judged and never trusted."""

from __future__ import annotations

import json
from typing import Any

from chain.errors.chain import CanonicalInvalid
from chain.rules import canonical
from chain.rules.nesting import is_too_deep

__all__ = ["dump", "load", "read_object"]

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
    if is_too_deep(text):
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
