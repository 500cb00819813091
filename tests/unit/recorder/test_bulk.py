"""Releases in bulk: each once, by year, as of one block, and with memory that does not grow with their number."""

from __future__ import annotations

import asyncio
import calendar
import csv
import io
import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Table, insert

from api.releases.bulk import bulk_file
from chain.ocds.record import record
from chain.ocds.values import utc
from chain.recorder import Index, Store
from chain.recorder.schema import idx_block, idx_process, idx_release, idx_tender
from chain.rules import canonical
from tests.unit.ocds.conftest import PUBLICATION

pytestmark = pytest.mark.unit

NEW_YEAR = calendar.timegm((2028, 1, 1, 0, 0, 0))
Life = tuple[int, ...]


def release(tender: int, block: int, title: str) -> dict[str, Any]:
    """A small release; blocks of tests are an hour apart, and 2028 begins with block 10."""
    return {
        "ocid": PUBLICATION.ocid(tender), "id": str(block), "date": utc(time_of(block)), "tag": ["tender"], "initiationType": "tender",
        "language": "es", "tender": {"id": str(tender), "title": title},
    }  # fmt: skip


def time_of(block: int) -> int:
    """Unix seconds."""
    return NEW_YEAR + (block - 10) * 3600


class Bulk:
    """An index of processes that are blocks alone, and a service that gives them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.index = Index(store, None, lambda *_: ())
        self.service: Any = SimpleNamespace(
            index=self.index, network=SimpleNamespace(publication=PUBLICATION)
        )
        self.releases: dict[int, list[dict[str, Any]]] = {}

    def blocks(self, numbers: Iterable[int]) -> None:
        """Blocks of nothing."""
        self.put(
            idx_block,
            [{"number": n, "hash": f"0x{n:x}", "parent": "0x", "time": time_of(n)} for n in numbers],
        )

    def lived(self, lives: dict[int, Life], title: Callable[[int, int], str]) -> None:
        """Processes by the blocks of their releases."""
        made = {
            tender: [release(tender, n, title(tender, n)) for n in life] for tender, life in lives.items()
        }
        self.releases |= made
        self.put(idx_tender, [filled(idx_tender, number=n, block=life[0]) for n, life in lives.items()])
        self.put(idx_process, [
            filled(idx_process, tender=n, ocid=PUBLICATION.ocid(n), released_block=life[-1]) for n, life in lives.items()
        ])  # fmt: skip
        self.put(idx_release, [
            {"block": int(each["id"]), "tender": n, "ocid": each["ocid"], "id": each["id"], "date": each["date"],
             "data": canonical(each).decode()}
            for n, found in made.items() for each in found
        ])  # fmt: skip

    def parts(self, name: str) -> Iterator[bytes]:
        """The file as it is sent."""
        return bulk_file(self.service, name).parts

    def read(self, name: str) -> bytes:
        """The whole file."""
        return b"".join(self.parts(name))

    def put(self, table: Table, rows: list[dict[str, Any]]) -> None:
        asyncio.run(self._store.write(lambda connection: connection.execute(insert(table), rows)))


def filled(table: Table, **values: Any) -> dict[str, Any]:
    """A row with nothing in the columns that are not named."""
    return {column.name: 0 if column.type.python_type is int else "" for column in table.columns} | values


@pytest.fixture
def bulk(tmp_path: Path) -> Iterator[Bulk]:
    """Blocks 0 to 20; process 1 crosses the new year, 2 ends before it, 3 begins with its first second, 4 lives in the last block."""
    store = Store(tmp_path / "db")
    made = Bulk(store)
    made.blocks(range(21))
    made.lived(
        {1: (1, 9, 10, 15), 2: (1, 3), 3: (10, 11), 4: (20,)}, lambda tender, n: f"=Título {tender} {n}"
    )
    yield made
    store.close()


def keys(data: bytes) -> list[tuple[str, str]]:
    """(ocid, id) of releases as lines."""
    return [(each["ocid"], each["id"]) for each in map(json.loads, data.splitlines())]


def test_releases__of_a_year__are_its_bytes_in_chain_order(bulk: Bulk) -> None:
    def named(*places: tuple[int, int]) -> list[tuple[str, str]]:
        return [(PUBLICATION.ocid(tender), str(block)) for tender, block in places]

    before, after = bulk.read("releases-2027.jsonl"), bulk.read("releases-2028.jsonl")
    assert keys(before) == named((1, 1), (2, 1), (2, 3), (1, 9))
    assert keys(after) == named((1, 10), (3, 10), (3, 11), (1, 15), (4, 20))
    assert before.splitlines()[0] == canonical(bulk.releases[1][0])
    assert bulk.read("releases-2026.jsonl") == bulk.read("releases-2999.jsonl") == b""


def test_records__of_a_year__are_those_that_began_in_it_with_all_their_releases(bulk: Bulk) -> None:
    for year, tenders in ((2027, (1, 2)), (2028, (3, 4))):
        made = [record(PUBLICATION.ocid(n), bulk.releases[n], PUBLICATION) for n in tenders]
        assert bulk.read(f"records-{year}.jsonl") == b"".join(canonical(each) + b"\n" for each in made)


@pytest.mark.parametrize("name", ["releases-2028.jsonl", "records-2028.jsonl", "releases-2099.jsonl"])
def test_packed__unpacked__is_the_same_file(bulk: Bulk, name: str) -> None:
    assert zlib.decompress(bulk.read(f"{name}.gz"), 31) == bulk.read(name)
    assert bulk.read(f"{name}.gz")[4:8] == bytes(4), "a time of day in the header"


def test_table__of_all_years__has_compiled_rows_and_no_formula(bulk: Bulk) -> None:
    rows = list(csv.DictReader(io.StringIO(bulk.read("tenders.csv").decode(), newline="")))
    assert [(row["id"], row["title"]) for row in rows] == [
        ("1", "'=Título 1 15"), ("2", "'=Título 2 3"), ("3", "'=Título 3 11"), ("4", "'=Título 4 20"),
    ]  # fmt: skip
    assert (
        bulk.read("bids.csv").startswith(b"ocid,id,date,status") and bulk.read("bids.csv").count(b"\r\n") == 1
    )


@pytest.mark.parametrize("name", ["tenders.csv", "records-2027.jsonl", "releases-2028.jsonl"])
def test_file__begun_before_more_is_released__ends_as_it_began(bulk: Bulk, name: str) -> None:
    whole, parts = bulk.read(name), bulk.parts(name)
    bulk.blocks([21])
    # What the follower does to a process that has a release more.
    more = release(1, 21, "más")
    bulk.put(idx_release, [{
        "block": 21, "tender": 1, "ocid": more["ocid"], "id": "21", "date": more["date"], "data": canonical(more).decode(),
    }])  # fmt: skip
    assert b"".join(parts) == whole


def test_headers__tell_when_the_file_becomes_another(bulk: Bulk) -> None:
    def tag(name: str) -> str:
        return bulk_file(bulk.service, name).headers["ETag"]

    names = (
        "tenders.csv",
        "bids.csv",
        "records-2027.jsonl",
        "releases-2027.jsonl",
        "releases-2027.jsonl.gz",
        "releases-2099.jsonl",
    )
    tags = [tag(name) for name in names]
    assert tags == [tag(name) for name in names] and len(set(tags)) == len(names)
    assert [each.startswith("W/") for each in tags] == [False, False, False, False, True, False]
    headers = {name: bulk_file(bulk.service, name).headers for name in names}
    assert headers["releases-2027.jsonl"]["Last-Modified"] == "Fri, 31 Dec 2027 23:00:00 GMT"  # block 9
    assert (
        headers["records-2027.jsonl"]["Last-Modified"] == "Sat, 01 Jan 2028 05:00:00 GMT"
    )  # block 15 of process 1
    assert headers["tenders.csv"]["Last-Modified"] == "Sat, 01 Jan 2028 10:00:00 GMT"
    assert "Last-Modified" not in headers["releases-2099.jsonl"]
    bulk.blocks([21])
    bulk.lived({5: (21,)}, lambda *_: "nuevo")
    now = [tag(name) for name in names]
    assert [one == other for one, other in zip(tags, now, strict=True)] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    bulk.service.network.publication = replace(PUBLICATION, publication_url="https://other.example")
    assert all(tag(name) not in now for name in names)


def test_index__without_a_block__has_files_of_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    empty = Bulk(store)
    assert empty.read("releases-2027.jsonl") == empty.read("records-2027.jsonl") == b""
    assert empty.read("tenders.csv").startswith(b"ocid,date,id")
    store.close()


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("releases-2028.jsonl", 24),
        ("releases-2028.jsonl.gz", 0),
        ("records-2028.jsonl", 1),
        ("tenders.csv", 1),
    ],
)
def test_file__of_many_releases__is_made_in_little_memory(tmp_path: Path, name: str, size: int) -> None:
    store = Store(tmp_path / "db")
    bulk = Bulk(store)
    bulk.blocks(range(1_010))
    for first in range(1, 401, 50):
        lives = {tender: tuple(range(9 + tender, 19 + tender)) for tender in range(first, first + 50)}
        bulk.lived(lives, lambda *_: "título " * 1_000)
        bulk.releases.clear()
    tracemalloc.start()
    try:
        total, largest = 0, 0
        for part in bulk.parts(name):
            total, largest = total + len(part), max(largest, len(part))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        store.close()
    assert total > size * 1_000_000
    assert peak < 5_000_000 and largest < 64_000, (peak, largest)
