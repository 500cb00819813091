"""Documents over HTTP: named by their sha256, checked on the way in and on the way out."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.api.world import Caller, Reply, World, problem

pytestmark = pytest.mark.network


def digest_of(data: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def upload(caller: Caller, data: bytes, digest: str | None = None) -> Reply:
    headers = {"Content-Digest": digest or digest_of(data), "Content-Type": "application/pdf"}
    return caller.send("POST", "/v1/documents", data, headers)


def uploaded(world: World, data: bytes) -> str:
    """The sha256 of a document that the buyer uploaded."""
    reply = upload(world.buyer, data)
    assert reply.status in (200, 201), reply.data
    return str(reply.json["sha256"])


class TestUpload:
    def test_upload__anonymous__is_refused(self, world: World) -> None:
        problem(upload(world.anyone, b"x"), 401, "TokenMissing")

    def test_upload__new_then_known__is_created_once(self, world: World) -> None:
        first, again = upload(world.acme, b"offer"), upload(world.beta, b"offer")
        sha256 = hashlib.sha256(b"offer").hexdigest()
        assert (first.status, again.status) == (201, 200)
        assert first.json == again.json == {"sha256": sha256, "size": 5, "url": f"/v1/documents/{sha256}"}
        assert first.headers["location"] == f"/v1/documents/{sha256}"

    def test_upload__other_bytes_than_announced__is_refused_and_leaves_nothing(self, world: World) -> None:
        found = problem(upload(world.acme, b"one", digest_of(b"two")), 422, "DocumentDigestWrong")
        assert found["facts"]["got"] == hashlib.sha256(b"one").hexdigest()
        problem(world.anyone.get(f"/v1/documents/{found['facts']['expected']}"), 404, "DocumentNotFound")
        assert not list(world.network.folder.documents.glob(".upload-*"))

    @pytest.mark.parametrize(
        "digest", ["sha-256=:AAAA:", "md5=:AAAA:", "sha-256=:" + "!" * 44 + ":", "nothing"]
    )
    def test_upload__digest_of_another_form__is_refused(self, world: World, digest: str) -> None:
        problem(upload(world.acme, b"x", digest), 400, "ContentDigestMalformed")

    def test_upload__without_a_digest_or_bytes__is_refused(self, world: World) -> None:
        problem(world.acme.send("POST", "/v1/documents", b"x", {}), 400, "ContentDigestMissing")
        problem(upload(world.acme, b""), 422, "DocumentEmpty")

    def test_upload__longer_than_the_limit__is_refused_before_it_is_read(self, world: World) -> None:
        headers = {"Content-Digest": digest_of(b"x"), "Content-Length": str(2**30)}
        found = problem(world.acme.send("POST", "/v1/documents", b"x", headers), 413, "BodyTooLarge")
        assert found["facts"]["limit"] == 50 * 2**20


class TestDownload:
    def test_download__held_document__comes_as_an_attachment(self, world: World) -> None:
        sha256 = uploaded(world, b"<script>")
        reply = world.anyone.get(f"/v1/documents/{sha256}")
        assert (reply.status, reply.data) == (200, b"<script>")
        assert reply.headers["content-disposition"] == f'attachment; filename="{sha256}"'
        assert reply.headers["content-type"] == "application/octet-stream"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["etag"] == f'"{sha256}"'

    def test_download__unknown_or_malformed_name__is_refused(self, world: World) -> None:
        problem(world.anyone.get("/v1/documents/" + "00" * 32), 404, "DocumentNotFound")
        problem(world.anyone.get("/v1/documents/..%2Fpeople.json"), 404, "RouteUnknown")
        problem(world.anyone.get("/v1/documents/" + "AB" * 32), 422, "RequestInvalid")

    def test_download__bytes_changed_on_the_disk__are_not_served(self, world: World) -> None:
        sha256 = uploaded(world, b"true words")
        (world.network.folder.documents / sha256).write_bytes(b"false words")
        found = problem(world.anyone.get(f"/v1/documents/{sha256}"), 503, "DocumentCorrupt")
        assert found["facts"]["found"] == hashlib.sha256(b"false words").hexdigest()
        assert upload(world.buyer, b"true words").status == 201
        assert world.anyone.get(f"/v1/documents/{sha256}").data == b"true words"
