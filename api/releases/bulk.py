"""Files of all that is published, made while they are sent: releases and records as JSON lines, compiled releases as CSV."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from email.utils import formatdate
from typing import Any

from api.deps import Service
from chain.ocds.profile import merger
from chain.ocds.record import record
from chain.ocds.tables import TABLES, lines
from chain.recorder import Head
from chain.recorder.index.views import ReleaseRow
from chain.rules import canonical

__all__ = ["NAME", "BulkFile", "bulk_file"]

NAME = rf"^((releases|records)-2[0-9]{{3}}\.jsonl(\.gz)?|({'|'.join(TABLES)})\.csv)$"
"""Which files there are."""

_PART = 16_384
_GZIP = 31
"""zlib's name for gzip; its header holds no time."""


@dataclass(frozen=True)
class BulkFile:
    """``parts`` are made as they are taken: memory holds one, and the releases of one process."""

    media_type: str
    headers: dict[str, str]
    parts: Iterator[bytes]


def bulk_file(service: Service, name: str) -> BulkFile:
    """The file as of the newest block that says something in it."""
    index = service.index.bulk
    kind, _, rest = name.partition("-")
    if kind == "releases":
        blocks = index.blocks(int(rest[:4]))
        last = index.last_release(blocks)
        upto = range(blocks.start, last.block + 1 if last else blocks.start)
        texts: Iterable[bytes] = (row.data + b"\n" for row in index.releases(upto))
    else:
        blocks = index.blocks(int(rest[:4]) if kind == "records" else None)
        last = index.last_change(blocks)
        processes = index.processes(blocks, last.block) if last else iter(())
        texts = _records(service, processes) if kind == "records" else _table(name, processes)
    is_packed = name.endswith(".gz")
    parts = _parts(texts)
    return BulkFile(_media_type(name), _headers(service, name, last), _packed(parts) if is_packed else parts)


def _media_type(name: str) -> str:
    if name.endswith(".gz"):
        return "application/gzip"
    return "text/csv; charset=utf-8; header=present" if name.endswith(".csv") else "application/jsonl"


def _headers(service: Service, name: str, last: Head | None) -> dict[str, str]:
    """The bytes follow from the blocks, all of which the last hash names, who publishes, and a table's columns: so does ETag."""
    publication = service.network.publication
    published = {field.name: getattr(publication, field.name) for field in fields(publication)}
    said = [name, last.hash if last else "", published, *map(list, TABLES.get(name.partition(".")[0], ()))]
    tag = f'"{hashlib.sha256(canonical(said)).hexdigest()}"'
    found = {
        # Whoever packs may pack otherwise: equal in content, not in bytes.
        "ETag": f"W/{tag}" if name.endswith(".gz") else tag,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return found | ({"Last-Modified": formatdate(last.time, usegmt=True)} if last else {})


def _records(service: Service, processes: Iterable[Sequence[ReleaseRow]]) -> Iterator[bytes]:
    for rows in processes:
        yield canonical(record(rows[0].ocid, _parsed(rows), service.network.publication)) + b"\n"


def _table(name: str, processes: Iterable[Sequence[ReleaseRow]]) -> Iterator[bytes]:
    compiled = (merger().create_compiled_release(_parsed(rows)) for rows in processes)
    return (line.encode() for line in lines(name.removesuffix(".csv"), compiled))


def _parsed(rows: Sequence[ReleaseRow]) -> list[dict[str, Any]]:
    return [json.loads(row.data) for row in rows]


def _parts(texts: Iterable[bytes]) -> Iterator[bytes]:
    part = bytearray()
    for text in texts:
        part += text
        if len(part) >= _PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
