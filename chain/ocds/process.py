"""Which contracting process a document speaks of: a release, package, record or record package -> one release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocdsmerge.exceptions import OCDSMergeError

from chain.errors.ocds import (
    ImportMergeFailed,
    ImportNotOcds,
    ImportProcessAmbiguous,
    ImportReleaseLinked,
)
from chain.ocds.patch import WHOLE
from chain.ocds.profile import merger
from chain.ocds.reading import pointer, shown

__all__ = ["release_of"]

_READ = ("ocid", "id", "date", "tag", "initiationType", "language", "buyer", "parties", "tender")


def release_of(document: dict[str, Any], ocid: str | None = None) -> dict[str, Any]:
    """The release to take: the compiled one where there is one, the only one, or all of the process merged.

    Recognised in this order: `records`; ocid with compiledRelease or releases; `releases`; ocid with tag. ``ocid`` chooses among
    several processes. Raises ImportNotOcds, ImportProcessAmbiguous, ImportReleaseLinked, ImportMergeFailed.
    """
    if "records" in document:
        return _of_record(_chosen(_objects(document["records"], "/records"), ocid, "/records"), ocid)
    if "ocid" in document and ("compiledRelease" in document or "releases" in document):
        return _of_record(document, ocid)
    if "releases" in document:
        return _of_releases(_objects(document["releases"], "/releases"), ocid)
    if "ocid" in document and "tag" in document:
        return _with_tender(_same(document, ocid))
    raise ImportNotOcds("")


def _objects(value: Any, at: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise ImportNotOcds(at)
    return value


def _name(thing: dict[str, Any]) -> str:
    return shown(thing.get("ocid") or "", 300)


def _chosen(things: list[dict[str, Any]], ocid: str | None, at: str) -> dict[str, Any]:
    named = [thing for thing in things if ocid is None or _name(thing) == ocid]
    if len(named) != 1:
        raise ImportProcessAmbiguous(at, tuple(sorted({_name(thing) for thing in things})[:20]))
    return named[0]


def _same(thing: dict[str, Any], ocid: str | None) -> dict[str, Any]:
    return _chosen([thing], ocid, "")


def _of_record(record: dict[str, Any], ocid: str | None) -> dict[str, Any]:
    _same(record, ocid)
    compiled = record.get("compiledRelease")
    if isinstance(compiled, dict):
        return _with_tender({"ocid": record.get("ocid"), **compiled})
    return _of_releases(_objects(record.get("releases"), "/releases"), None)


def _of_releases(releases: list[dict[str, Any]], ocid: str | None) -> dict[str, Any]:
    for release in releases:
        if "url" in release and "ocid" not in release and "tender" not in release:
            raise ImportReleaseLinked("/releases", shown(release["url"], 300))
    names = {_name(release) for release in releases}
    if (ocid is None and len(names) > 1) or (ocid is not None and ocid not in names):
        raise ImportProcessAmbiguous("/releases", tuple(sorted(names)[:20]))
    mine = [release for release in releases if ocid is None or _name(release) == ocid]
    return _with_tender(mine[0] if len(mine) == 1 else _merged(mine))


def _merged(releases: list[dict[str, Any]]) -> dict[str, Any]:
    """The compiled release, made of what can be taken and of the names of the rest."""
    parts = [{key: value for key, value in release.items() if key in _READ} for release in releases]
    for index, part in enumerate(parts):
        date = part.get("date")
        if not isinstance(date, str) or not date:
            raise ImportMergeFailed(f"/releases/{index}/date", "no date")
        for at in _unmergeable(part, f"/releases/{index}"):
            raise ImportMergeFailed(at, "repeated id")
    try:
        merged = merger().create_compiled_release(parts)
    except OCDSMergeError as error:
        raise ImportMergeFailed("/releases", type(error).__name__) from error
    others = {key: None for release in releases for key in release if key not in _READ}
    return {**others, **merged}


def _unmergeable(value: Any, at: str) -> Iterator[str]:
    """Pointers of arrays in which an id is no plain value, or stands twice: the merge would guess."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in WHOLE:
                yield from _unmergeable(item, pointer(at, key))
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        ids = [item["id"] for item in value if "id" in item]
        if any(isinstance(name, dict | list) for name in ids) or len(set(ids)) != len(ids):
            yield at
        for index, item in enumerate(value):
            yield from _unmergeable(item, pointer(at, index))


def _with_tender(release: dict[str, Any]) -> dict[str, Any]:
    """A release with a tender in it; that of a versioned release is a list of its versions."""
    tender = release.get("tender")
    versions = [value for value in tender.values() if _is_versions(value)] if isinstance(tender, dict) else []
    if not isinstance(tender, dict) or not tender or versions:
        raise ImportNotOcds("/tender")
    return release


def _is_versions(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and "releaseDate" in item and "value" in item for item in value)
    )
