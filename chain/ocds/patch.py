"""Merge patches (RFC 7386), and what changed between two states of a tender in the way OCDS releases merge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chain.ocds.reading import pointer

__all__ = ["WHOLE", "apply_patch", "changes", "dropped"]

WHOLE = frozenset({"additionalClassifications", "integrity"})
"""Arrays of objects that the standard (`wholeListMerge`) replaces as a whole."""


def apply_patch(target: Any, patch: Any) -> Any:
    """RFC 7386: objects merge, null removes, anything else replaces. Neither argument is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_patch(result.get(key), value)
    return result


def changes(old: Any, new: Any) -> Any:
    """What a release must say so that a reader who holds ``old`` comes to hold ``new``; None where they are equal.

    Objects of an array are told apart by id and come with their changed fields only; arrays of other values come whole; what was
    removed is null, leaf by leaf. Objects never leave an array (see ``dropped``).
    """
    if old == new:  # most of it is, and this compares faster than what follows
        return None
    if isinstance(old, dict) and isinstance(new, dict):
        return _object_changes(old, new)
    if _identified(old) and _identified(new):
        before = {item["id"]: item for item in old}
        pairs = ((item, changes(before.get(item["id"]), item)) for item in new)
        return [{"id": item["id"], **change} for item, change in pairs if change is not None] or None
    return new


def _object_changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any] | None:
    result: dict[str, Any] = {}
    for key, value in new.items():
        change = (None if old.get(key) == value else value) if key in WHOLE else changes(old.get(key), value)
        if change is not None:
            result[key] = change
    result.update({key: _gone(value) for key, value in old.items() if key not in new})
    return result or None


def _gone(value: Any) -> Any:
    """Null for each leaf: the standard knows no null for an object."""
    return {key: _gone(item) for key, item in value.items()} if isinstance(value, dict) else None


def _identified(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "id" in item for item in value)


def dropped(old: Any, new: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """(pointer of the list, id) of every object that left its list; id is "" for a list of other values that is gone."""
    if isinstance(old, dict):
        for key, value in old.items():
            left = new.get(key) if isinstance(new, dict) else None
            if key not in WHOLE:
                yield from dropped(value, left, pointer(at, key))
            elif not left:
                yield pointer(at, key), ""
    elif _identified(old):
        after = {item["id"]: item for item in new} if _identified(new) else {}
        for item in old:
            if item["id"] in after:
                yield from dropped(item, after[item["id"]], pointer(at, item["id"]))
            else:
                yield at, item["id"]
    elif isinstance(old, list) and not new:
        yield at, ""
