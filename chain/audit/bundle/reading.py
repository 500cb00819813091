"""Files of a bundle as values: JSON only in its one canonical spelling, so that no byte is without meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from chain.audit.header import Header, header_from_rlp
from chain.audit.place import NOWHERE, Fields, Place
from chain.errors.base import LicitaError
from chain.rules import canonical

__all__ = [
    "difference", "fields_of", "headers_in", "headers_text", "json_in", "parsed", "place_in", "require_canonical",
]  # fmt: skip


def place_in(name: str) -> Place:
    """The root of a file; places further in are written ``file#/pointer``."""
    return NOWHERE.at(f"{name}#")


def parsed(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The values of all JSON files, in whatever spelling. Raises AuditRefusal ``canonical-json`` for what is no JSON."""
    return {name: _parsed(files[name], place_in(name)) for name in files if name.endswith(".json")}


def json_in(files: Mapping[str, bytes], name: str) -> Any:
    """The value of a JSON file. Raises AuditRefusal ``file-missing`` or ``canonical-json``."""
    place = place_in(name)
    if name not in files:
        raise place.refusal("file-missing", "the file", None)
    value = _parsed(files[name], place)
    require_canonical(value, files[name], place)
    return value


def _parsed(text: bytes, place: Place) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise place.refusal("canonical-json", "JSON after RFC 8785", str(error)) from error


def require_canonical(value: Any, text: bytes, place: Place) -> None:
    """Refuse another spelling of a value than that of RFC 8785. Raises AuditRefusal ``canonical-json``."""
    try:
        written = canonical(value)
    except (RecursionError, LicitaError) as error:
        raise place.refusal("canonical-json", "JSON after RFC 8785", str(error)) from error
    if written != text:
        pairs = enumerate(zip(written, text, strict=False))
        at = next((i for i, (one, other) in pairs if one != other), min(len(written), len(text)))
        raise place.refusal("canonical-json", "JSON after RFC 8785", f"another spelling at byte {at}")


def fields_of(value: object, names: Iterable[str], kind: str, place: Place) -> Fields:
    """An object that has exactly these fields. Raises AuditRefusal ``<kind>-object`` or ``<kind>-field:<name>``."""
    fields = Fields(value, kind, place)
    wanted = set(names)
    found = set(value) if isinstance(value, dict) else set()
    for name in sorted(found ^ wanted):
        raise fields.refusal(
            name, "absent" if name in found else "present", "present" if name in found else "absent"
        )
    return fields


def difference(written: Any, found: Any, rule: str, place: Place) -> None:
    """Refuses the first spot where ``found`` is not what it must be: ``written``."""
    if type(written) is type(found) and isinstance(written, dict):
        for name in sorted({*written, *found}):
            difference(written.get(name, "absent"), found.get(name, "absent"), rule, place.at(name))
    elif type(written) is type(found) and isinstance(written, list) and len(written) == len(found):
        for i, (one, other) in enumerate(zip(written, found, strict=True)):
            difference(one, other, rule, place.at(i))
    elif type(written) is not type(found) or written != found:
        raise place.refusal(rule, written, found)


def headers_text(headers: Iterable[Header]) -> bytes:
    """headers.jsonl: the RLP of each header as a JSON string, a line each, from block 0 on."""
    return b"".join(b'"0x%s"\n' % header.rlp().hex().encode() for header in headers)


def headers_in(files: Mapping[str, bytes]) -> list[Header]:
    """The headers of headers.jsonl, not yet linked. Raises AuditRefusal ``file-missing``, ``headers-line``, ``header-...``."""
    place = place_in("headers.jsonl")
    if "headers.jsonl" not in files:
        raise place.refusal("file-missing", "the file", None)
    *lines, rest = files["headers.jsonl"].split(b"\n")
    if rest:
        raise place.at(len(lines)).refusal("headers-line", "the end of the file after a newline", rest)
    headers = []
    for i, line in enumerate(lines):
        here = place.at(i).of(i)
        raw = _raw(line)
        if raw is None:
            raise here.refusal("headers-line", "lower-case 0x hex in quotes", line)
        headers.append(header_from_rlp(raw, here))
    return headers


def _raw(line: bytes) -> bytes | None:
    """The bytes that a line writes, None where it is not written as ``headers_text`` does."""
    try:
        raw = bytes.fromhex(line[3:-1].decode("ascii"))
    except ValueError:
        return None
    return raw if raw and line == b'"0x%s"' % raw.hex().encode() else None
