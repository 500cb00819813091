"""How deep a JSON text nests, told before it is parsed: how deep Python's parser gets depends on the caller's stack."""

from __future__ import annotations

import re

__all__ = ["DEPTH", "is_too_deep"]

DEPTH = 32
"""Deepest nesting that is read; a limit of our own, the same on every machine."""

_NO_BRACKET = re.compile(r'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[^"\[\]{}]++)++', re.DOTALL)
"""Text between brackets, strings with those inside them; possessive, so that no text makes it go back."""


def is_too_deep(text: str) -> bool:
    """Whether brackets outside strings nest deeper than the limit."""
    if text.count("{") + text.count("[") <= DEPTH:
        return False
    depth = 0
    for bracket in _NO_BRACKET.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > DEPTH:
            return True
    return False
