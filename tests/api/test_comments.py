"""Comments of organisations over HTTP: they are on the chain, their texts are kept by the service."""

from __future__ import annotations

import hashlib
import secrets
import uuid

import pytest

from tests.api.chamber import Chamber
from tests.api.world import World, problem

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def chamber(world: World) -> Chamber:
    return Chamber(world)


def said() -> dict[str, str]:
    """A comment nobody made yet."""
    return {"text": f"¿Por qué {secrets.token_hex(4)}?"}


class TestComment:
    def test_comment__account_without_organisation__is_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/proposals/{chamber.propose()}/comments"
        problem(world.citizen.post(path, said()), 403, "ConsultationRoleMissing")

    def test_comment__supplier_and_member__can_be_read_at_once(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        path, texts = f"/v1/proposals/{number}/comments", [said(), said()]
        for person, body in zip(("acme", "registrar"), texts, strict=True):
            reply = world.as_person(person).post(path, body, wait=20)
            assert (reply.status, reply.headers["location"]) == (201, path), reply.data
        shown = world.anyone.get(path).json["items"]
        assert [(row["kind"], row["number"], row["orgId"], row["text"]) for row in shown] == [
            ("organisation", 1, "LICITA-ACME", texts[0]["text"]),
            ("organisation", 2, "LICITA-REGISTRAR", texts[1]["text"]),
        ]
        assert chamber.read(number)["comments"] == 2
        # A text may be hidden, so it is no document.
        problem(world.anyone.get(f"/v1/documents/{shown[0]['textSha256']}"), 404, "DocumentNotFound")

    def test_comment__key_repeated__is_one_comment(self, world: World, chamber: Chamber) -> None:
        path, body, key = f"/v1/proposals/{chamber.propose()}/comments", said(), str(uuid.uuid4())
        replies = [world.acme.post(path, body, key=key, wait=20) for _ in range(2)]
        assert [reply.status for reply in replies] == [201, 201]
        assert len(world.anyone.get(path).json["items"]) == 1
        problem(world.acme.post(path, said(), key=key), 422, "IdempotencyKeyReused")

    def test_comment__after_the_consultation__is_refused(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        path = f"/v1/proposals/{number}/comments"
        problem(world.acme.post(path, said()), 409, "ConsultationStatusWrong")

    def test_comment__no_such_proposal__is_not_found(self, world: World) -> None:
        problem(world.acme.post("/v1/proposals/999999/comments", said()), 404, "ConsultationNotFound")
        problem(world.anyone.get("/v1/proposals/999999/comments"), 404, "ConsultationNotFound")

    def test_comment__malformed__names_the_field(self, world: World) -> None:
        found = problem(world.acme.post("/v1/proposals/1/comments", {"text": 7}), 422, "RequestInvalid")
        assert found["errors"][0]["pointer"] == "/text"
        problem(world.anyone.get("/v1/proposals/1/comments?after=x"), 400, "CursorInvalid")


class TestHide:
    def test_hide__anonymous_and_wrong_role__are_refused(self, world: World, chamber: Chamber) -> None:
        path, body = f"/v1/proposals/{chamber.propose()}/hidings", {"text": "ab" * 32, "reason": "cd" * 32}
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.council1.post(path, body), 403, "ConsultationRoleMissing")

    def test_hide__auditor__takes_the_text_away_and_leaves_its_hash(
        self, world: World, chamber: Chamber
    ) -> None:
        number, body = chamber.propose(), said()
        path = f"/v1/proposals/{number}"
        assert world.acme.post(f"{path}/comments", body, wait=20).status == 201
        text = hashlib.sha256(body["text"].encode()).hexdigest()
        problem(
            world.auditor.post(f"{path}/hidings", {"text": text, "reason": "cd" * 32}), 404, "DocumentNotFound"
        )  # fmt: skip
        hiding = {"text": text, "reason": chamber.store(world.auditor, b"Datos personales")}
        assert world.auditor.post(f"{path}/hidings", hiding, wait=20).status == 200
        shown = world.anyone.get(f"{path}/comments").json["items"][0]
        assert (shown["text"], shown["textSha256"], shown["hiddenFor"]) == (None, text, hiding["reason"])
        problem(world.auditor.post(f"{path}/hidings", hiding), 409, "ConsultationUnchanged")

    def test_hide__malformed__names_each_field(self, world: World) -> None:
        found = problem(world.auditor.post("/v1/proposals/1/hidings", {"text": "x"}), 422, "RequestInvalid")
        assert [fault["pointer"] for fault in found["errors"]] == ["/text", "/reason"]
