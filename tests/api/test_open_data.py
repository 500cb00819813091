"""Open data over HTTP: packages, records, releases; the schema they keep."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

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
