"""Open data over HTTP: packages, records, releases; the schema they keep."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from chain.ocds.tables import TABLES
from tests.api.commands import Shell
from tests.api.world import Reply, World, problem

pytestmark = pytest.mark.network


def following(reply: Reply) -> str:
    """The address in the Link header."""
    target, rel = reply.headers["link"].split(";")
    assert rel.strip() == 'rel="next"'
    return target.strip("<>")


class TestPackages:
    def test_packages__page_by_page__give_each_release_once_then_nothing_new(self, world: World) -> None:
        number = world.publish()
        world.ask(number)
        found: list[Any] = []
        reply = world.anyone.get("/v1/packages?limit=2")
        while reply.status == 200:
            found += [(release["ocid"], release["id"]) for release in reply.json["releases"]]
            assert "next" not in reply.json
            reply = world.anyone.get(following(reply))
        assert (reply.status, reply.data) == (204, b"")
        assert len(found) == len(set(found))
        assert [ocid for ocid, _ in found].count(world.tender(number)["ocid"]) == 2
        world.publish()
        assert len(world.anyone.get(following(reply)).json["releases"]) == 1

    def test_packages__cursor_of_another_form__is_refused(self, world: World) -> None:
        problem(world.anyone.get("/v1/packages?after=x"), 400, "CursorInvalid")
        problem(world.anyone.get("/v1/records?after=x"), 400, "CursorInvalid")


class TestRecords:
    def test_record__linked__leads_to_releases_whose_bytes_are_canonical(self, world: World) -> None:
        number = world.publish()
        world.ask(number)
        ocid = world.tender(number)["ocid"]
        (record,) = world.anyone.get(f"/v1/records/{ocid}").json["records"]
        assert record["compiledRelease"]["tender"]["enquiries"][0]["title"] == "Garantía"
        assert [link["tag"] for link in record["releases"]] == [["tender"], ["tenderUpdate"]]
        for link in record["releases"]:
            path = link["url"].removeprefix(world.network.publication.publication_url)
            reply = world.anyone.get(path)
            assert (
                json.dumps(reply.json, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
                == reply.data
            )
            digest = base64.b64encode(hashlib.sha256(reply.data).digest()).decode()
            assert reply.headers["repr-digest"] == f"sha-256=:{digest}:"
            assert reply.headers["last-modified"].endswith("GMT")
            assert world.anyone.get(path, If_None_Match=reply.headers["etag"]).status == 304

    def test_record__embedded_and_versioned__holds_the_history(self, world: World) -> None:
        ocid = world.tender(world.publish())["ocid"]
        (record,) = world.anyone.get(f"/v1/records/{ocid}?releases=embedded&versioned=true").json["records"]
        assert record["releases"][0]["tender"]["title"] == record["compiledRelease"]["tender"]["title"]
        assert (
            record["versionedRelease"]["tender"]["title"][0]["value"]
            == record["compiledRelease"]["tender"]["title"]
        )

    def test_records__after_a_change__have_it_last(self, world: World) -> None:
        first, second = world.publish(), world.publish()
        world.ask(first)
        ocids = [record["ocid"] for record in world.anyone.get("/v1/records?limit=1000").json["records"]]
        assert ocids[-2:] == [world.tender(second)["ocid"], world.tender(first)["ocid"]]

    def test_record__unknown__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/records/ocds-213czf-999999"), 404, "RecordNotFound")
        problem(world.anyone.get("/v1/releases/ocds-213czf-999999/1"), 404, "ReleaseNotFound")


class TestBulk:
    def test_releases__of_this_year__are_those_of_the_packages(self, world: World) -> None:
        number = world.publish()
        world.ask(number)
        name = f"/v1/bulk/releases-{year(world)}.jsonl"
        lines = world.anyone.get(name).data.splitlines()
        published = [each for each in all_releases(world) if each["date"].startswith(year(world))]
        assert [json.loads(line) for line in lines] == published and len(published) >= 2
        packed = world.anyone.get(f"{name}.gz")
        assert packed.headers["content-type"] == "application/gzip"
        assert gzip.decompress(packed.data).splitlines() == lines

    def test_records__of_this_year__are_those_of_the_records(self, world: World) -> None:
        world.publish()
        reply = world.anyone.get(f"/v1/bulk/records-{year(world)}.jsonl")
        assert reply.headers["content-type"] == "application/jsonl"
        found = {each["ocid"]: each for each in map(json.loads, reply.data.splitlines())}
        listed = world.anyone.get("/v1/records?limit=1000").json["records"]
        began = [each for each in listed if each["releases"][0]["date"].startswith(year(world))]
        assert found == {each["ocid"]: each for each in began} != {}

    @pytest.mark.parametrize("table", TABLES)
    def test_table__for_any_page_of_any_origin__is_csv_until_something_changes(
        self, world: World, table: str
    ) -> None:
        number = world.publish()
        path = f"/v1/bulk/{table}.csv"
        reply = world.anyone.get(path, Origin="https://example.org")
        assert reply.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["content-disposition"] == f'attachment; filename="{table}.csv"'
        assert reply.headers["last-modified"].endswith("GMT")
        rows = list(csv.DictReader(io.StringIO(reply.data.decode(), newline="")))
        ocid = world.tender(number)["ocid"]
        assert (ocid in [row["ocid"] for row in rows]) == (table in ("tenders", "items", "parties"))
        again = world.anyone.get(path, If_None_Match=reply.headers["etag"])
        assert (again.status, again.data) == (304, b"")
        world.ask(number)
        assert world.anyone.get(path, If_None_Match=reply.headers["etag"]).status == 200

    @pytest.mark.parametrize(
        "name",
        [
            "people.csv",
            "tenders",
            "tenders.csv.gz",
            "releases.jsonl",
            "releases-0000.jsonl",
            "records-99999.jsonl",
        ],
    )
    def test_file__that_is_none__is_refused(self, world: World, name: str) -> None:
        problem(world.anyone.get(f"/v1/bulk/{name}"), 422, "RequestInvalid")

    def test_export__of_a_file__writes_what_is_served(self, world: World, tmp_path: Path) -> None:
        ocid = world.tender(world.publish())["ocid"]
        shell = Shell(world, tmp_path)
        for name in ("tenders.csv", f"releases-{year(world)}.jsonl", f"records-{year(world)}.jsonl.gz"):
            said = shell.done("ocds", "export", name, "-o", tmp_path / "file")
            written = (tmp_path / "file").read_bytes()
            assert written == world.anyone.get(f"/v1/bulk/{name}").data
            assert said == f"{tmp_path / 'file'}: {len(written)} bytes of {name}\n"
        refused = shell.run("ocds", "export", "people.csv", "-o", tmp_path / "file")
        assert refused.exit_code == 1 and "RequestInvalid" in refused.output
        assert (tmp_path / "file").read_bytes() == written
        for where in (tmp_path, tmp_path / "file" / "below"):
            refused = shell.run("ocds", "export", "tenders.csv", "-o", where)
            assert refused.exit_code != 0 and "FileUnreadable" in refused.output
        shell.done("ocds", "export", ocid, "-o", tmp_path / "record.json")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "passphrase", "record.json"]


def year(world: World) -> str:
    """The year of the network's time."""
    return world.in_seconds(0)[:4]


def all_releases(world: World) -> list[Any]:
    """Page by page."""
    found: list[Any] = []
    reply = world.anyone.get("/v1/packages?limit=1000")
    while reply.status == 200:
        found += reply.json["releases"]
        reply = world.anyone.get(following(reply))
    return found


class TestSchema:
    def test_schema__extensions_in_use__are_served(self, world: World) -> None:
        schema = world.anyone.get("/v1/schema/release-schema.json").json
        assert "ledgerAnchors" in schema["properties"]
        package = world.anyone.get(f"/v1/records/{world.tender(world.publish())['ocid']}").json
        own = [
            url for url in package["extensions"] if url.startswith(world.network.publication.publication_url)
        ]
        assert own
        for url in own:
            path = url.removeprefix(world.network.publication.publication_url)
            assert world.anyone.get(path).status == 200

    def test_extension__unknown__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/extensions/nothing/extension.json"), 404, "SchemaFileNotFound")
        problem(world.anyone.get("/v1/extensions/licita/people.json"), 404, "SchemaFileNotFound")
