"""All that anybody reads of an index, by the queries of the service itself, and what each release must keep."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from types import SimpleNamespace
from typing import Any, get_args

import rfc8785

from api.feed import feed
from api.releases import queries
from api.releases.bulk import bulk_file
from api.releases.queries import Embedding
from chain.ocds.checks import check_release
from chain.ocds.publication import Publication
from chain.ocds.tables import TABLES
from chain.recorder import Index, Page, Store
from chain.recorder.schema import tables

__all__ = ["Answers", "contents", "differing", "published", "require_lawful", "require_whole"]

Answers = dict[str, tuple[Mapping[str, str], bytes]]
"""Name of what was asked for -> headers and bytes."""

_PAGE = 7
"""Small, so that there are many pages."""


def published(index: Index, publication: Publication) -> Answers:
    """The digest, each release, each record in every form, the feeds of events, packages and records page by page, and the bulk files."""
    network = SimpleNamespace(publication=publication, descriptor=SimpleNamespace(genesis_hash=""))
    service: Any = SimpleNamespace(index=index, network=network)
    found: Answers = {"digest": ({}, index.digest().encode())}
    for after in _cursors(index.events):
        found[f"events {after}"] = ({}, feed(service, after, _PAGE).model_dump_json().encode())
    for after in _cursors(index.releases_page):
        found[f"packages {after}"] = _given(queries.package(service, after, _PAGE))
    for after, embedding in product(_cursors(index.records_page), get_args(Embedding)):
        found[f"records {embedding} {after}"] = _given(queries.records(service, after, _PAGE, embedding))
    years = set()
    for ocid in index.records_page(limit=1000).items:
        for embedding, versioned in product(get_args(Embedding), (False, True)):
            record = queries.record_of(service, ocid, embedding, versioned)
            found[f"record {embedding} {versioned} {ocid}"] = _given(record)
        for row in index.releases(ocid):
            years.add(row.date[:4])
            found[f"release {ocid} {row.id}"] = _given(queries.release(service, ocid, row.id))
    files = [f"{kind}-{year}.jsonl" for kind, year in product(("releases", "records"), sorted(years))]
    for name in (*files, *(f"{table}.csv" for table in TABLES)):
        file = bulk_file(service, name)
        found[name] = (file.headers, b"".join(file.parts))
    return found


def require_lawful(index: Index, publication: Publication) -> Counter[str]:
    """Each stored release is canonical and keeps every rule with those before it; how many there are of each tag."""
    tags = Counter[str]()
    for ocid in index.records_page(limit=1000).items:
        rows = index.releases(ocid)
        releases = [json.loads(row.data) for row in rows]
        for place, (row, release) in enumerate(zip(rows, releases, strict=True)):
            assert row.data == rfc8785.dumps(release)
            check_release(release, previous=releases[:place], prefix=publication.ocid_prefix)
            tags.update(release["tag"])
    return tags


def require_whole(index: Index) -> None:
    """Page by page each feed gives all, once, in its order."""
    for read in (index.events, index.releases_page, index.records_page):
        paged = [item for after in _cursors(read) for item in read(after, _PAGE).items]
        assert paged == read(None, 10_000).items


def differing(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Names of what is not the same, or not there: the bytes themselves would tell a person less."""
    return [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]


def contents(store: Store) -> dict[str, list[dict[Any, Any]]]:
    """Every idx row."""
    with store.read() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
            ]
            for table in tables
        }


def _given(made: queries.Published) -> tuple[Mapping[str, str], bytes]:
    return made.headers, made.data


def _cursors(read: Callable[[str | None, int], Page[Any]]) -> Iterator[str | None]:
    """Where each page of a feed begins, up to one with nothing on it."""
    after = None
    while True:
        yield after
        page = read(after, _PAGE)
        if not page.items:
            return
        after = page.next
