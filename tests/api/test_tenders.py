"""Tenders over HTTP: a class an endpoint."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.test_documents import uploaded
from tests.api.world import Reply, World, problem

pytestmark = pytest.mark.network

CONTROL = {"title": "Garantía", "description": "a\u0000b"}


class TestPublish:
    def test_publish__anonymous__is_refused_before_the_body_is_read(self, world: World) -> None:
        reply = world.anyone.post("/v1/tenders", b"no json")
        problem(reply, 401, "TokenMissing")
        assert reply.headers["www-authenticate"].startswith("Bearer")

    def test_publish__no_buyer__misses_the_role(self, world: World) -> None:
        found = problem(world.acme.post("/v1/tenders", world.document()), 403, "TenderBoardRoleMissing")
        assert found["facts"]["who"] == world.address("acme")

    def test_publish__without_waiting__is_accepted_with_its_operation(self, world: World) -> None:
        reply = world.buyer.post("/v1/tenders", world.document())
        assert reply.status == 202
        assert reply.json["state"] in ("queued", "numbered", "signed", "recorded")
        assert reply.json["summary"] and reply.json["ignored"]
        assert world.buyer.get(reply.headers["location"]).json["id"] == reply.json["id"]

    def test_publish__waiting__answers_with_the_tender_in_its_block(self, world: World) -> None:
        reply = world.buyer.post("/v1/tenders", world.document(), wait=20)
        assert reply.status == 201
        assert reply.json["state"] == "recorded"
        tender = world.anyone.get(reply.headers["location"]).json
        assert tender["status"] == "Enquiries"
        assert tender["publishedBlock"] == reply.json["block"]
        assert tender["transaction"] == reply.json["transaction"]
        assert tender["title"] == "ARRENDAMIENTO DE BIENES INFORMÁTICOS"
        assert tender["contentOk"] is True

    def test_publish__a_real_document_as_it_was__names_every_fault_at_once(self, world: World) -> None:
        bare = world.document()["ocds"]
        found = problem(world.buyer.post("/v1/tenders", bare), 422, "ImportCodeDeprecated")
        names = {fault["error"] for fault in found["errors"]}
        assert names == {
            "ImportPeriodReversed",
            "ImportPeriodPast",
            "ImportFieldMissing",
            "ImportCodeDeprecated",
        }
        assert all(fault["pointer"].startswith("/") and fault["detail"] for fault in found["errors"])

    @pytest.mark.parametrize(
        ("body", "status", "error"),
        [
            (b"<html></html>", 400, "ImportNotJson"),
            (b"{}\n{}", 400, "ImportNotJson"),
            (b"", 400, "ImportNotJson"),
            ('{"a":"ñ"}'.encode("latin-1"), 400, "ImportEncoding"),
            ('{"a":1}'.encode("utf-16"), 400, "ImportEncoding"),
            (b'{"ocds":1,"ocds":2}', 400, "ImportKeyRepeated"),
            (b'{"ocds":NaN}', 400, "ImportNumberInvalid"),
            (b'{"ocds":1' + b"0" * 60 + b"}", 400, "ImportNumberInvalid"),
            (b'{"ocds":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "ImportTooDeep"),
            (b"[]", 422, "ImportFieldType"),
            (b"{}", 422, "ImportNotOcds"),
            (b'{"ocds":' + b" " * 5_000_000 + b"1}", 413, "BodyTooLarge"),
        ],
        ids=["html", "lines", "empty", "latin1", "utf16", "repeated", "nan", "digits", "deep", "list", "no-ocds", "5MB"],
    )  # fmt: skip
    def test_publish__bytes_that_are_no_document__are_refused_by_name(
        self, world: World, body: bytes, status: int, error: str
    ) -> None:
        problem(world.buyer.post("/v1/tenders", body), status, error)

    def test_publish__another_media_type__is_refused(self, world: World) -> None:
        reply = world.buyer.post("/v1/tenders", b"{}", Content_Type="text/plain")
        assert problem(reply, 415, "MediaTypeUnsupported")["facts"]["wanted"] == "application/json"

    def test_publish__unknown_field_beside_the_document__is_refused(self, world: World) -> None:
        found = problem(
            world.buyer.post("/v1/tenders", world.document() | {"colour": "red"}), 422, "ImportFieldUnknown"
        )
        assert found["errors"][0]["pointer"] == "/colour"


class TestIdempotency:
    def test_key__missing_or_malformed__is_refused(self, world: World) -> None:
        problem(world.buyer.post("/v1/tenders", {}, key=None), 400, "IdempotencyKeyMissing")
        problem(world.buyer.post("/v1/tenders", {}, key="a b"), 400, "IdempotencyKeyMalformed")
        problem(world.buyer.post("/v1/tenders", {}, key="x" * 129), 400, "IdempotencyKeyMalformed")

    def test_key__repeated_with_the_same_body__gives_the_stored_answer(self, world: World) -> None:
        key, body = str(uuid.uuid4()), world.document()
        first = world.buyer.post("/v1/tenders", body, key=key, wait=20)
        spaced = json.dumps(body, indent=3, sort_keys=True).encode()
        again = world.buyer.post("/v1/tenders", spaced, key=key, wait=20)
        assert (first.status, again.status) == (201, 201)
        assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
        assert again.headers["location"] == first.headers["location"]
        assert again.json["id"] == first.json["id"]

    def test_key__repeated_with_another_body__is_refused(self, world: World) -> None:
        key = str(uuid.uuid4())
        first = world.buyer.post("/v1/tenders", world.document(3600), key=key)
        found = problem(
            world.buyer.post("/v1/tenders", world.document(7200), key=key), 422, "IdempotencyKeyReused"
        )
        assert found["facts"]["operation"] == first.json["id"]

    def test_key__of_another_account__is_another_key(self, world: World) -> None:
        key = str(uuid.uuid4())
        one = world.buyer.post("/v1/tenders", world.document(), key=key, wait=20)
        problem(world.acme.post("/v1/tenders", world.document(), key=key), 403, "TenderBoardRoleMissing")
        assert one.status == 201

    def test_key__after_a_refusal__is_free(self, world: World) -> None:
        key = str(uuid.uuid4())
        problem(world.buyer.post("/v1/tenders", {}, key=key), 422, "ImportNotOcds")
        assert world.buyer.post("/v1/tenders", world.document(), key=key, wait=20).status == 201

    def test_key__twenty_times_at_once__is_one_operation(self, world: World) -> None:
        key, body = str(uuid.uuid4()), world.document()
        replies: list[Reply] = []
        threads = [
            threading.Thread(
                target=lambda: replies.append(world.buyer.post("/v1/tenders", body, key=key, wait=20))
            )
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {reply.status for reply in replies} == {201}
        assert len({reply.json["id"] for reply in replies}) == 1
        assert len({reply.headers["location"] for reply in replies}) == 1


class TestAmend:
    def test_amend__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        number = world.publish()
        path, patch = f"/v1/tenders/{number}/amendments", {"patch": {"description": "x"}}
        match = f'"{world.tender(number)["termsHash"]}"'
        problem(world.anyone.post(path, patch, If_Match=match), 401, "TokenMissing")
        problem(world.beta.post(path, patch, If_Match=match), 403, "TenderBoardRoleMissing")

    def test_amend__patch_of_the_terms_in_force__makes_the_next_version(self, world: World) -> None:
        number = world.publish()
        before = world.tender(number)
        patch = {
            "patch": {"tenderPeriod": {"endDate": world.in_seconds(9000)}, "description": "Equipos nuevos"}
        }
        reply = world.buyer.post(
            f"/v1/tenders/{number}/amendments", patch, wait=20, If_Match=f'"{before["termsHash"]}"'
        )
        assert reply.status == 200, reply.data
        after = world.tender(number)
        assert after["termsVersion"] == before["termsVersion"] + 1
        assert after["deadline"] == patch["patch"]["tenderPeriod"]["endDate"]
        assert after["tender"]["description"] == "Equipos nuevos"
        assert after["termsHash"] != before["termsHash"]

    def test_amend__without_or_with_an_old_match__is_refused(self, world: World) -> None:
        number = world.publish()
        path, patch = f"/v1/tenders/{number}/amendments", {"patch": {"description": "x"}}
        problem(world.buyer.post(path, patch), 428, "PreconditionRequired")
        problem(world.buyer.post(path, patch, If_Match="nothing"), 400, "HeaderMalformed")
        found = problem(world.buyer.post(path, patch, If_Match='"0x00"'), 412, "PreconditionFailed")
        assert found["facts"]["expected"] == world.tender(number)["termsHash"]

    def test_amend__deadline_earlier__is_refused_by_the_contracts_name(self, world: World) -> None:
        number = world.publish(9000)
        patch = {"patch": {"tenderPeriod": {"endDate": world.in_seconds(3600)}}}
        match = f'"{world.tender(number)["termsHash"]}"'
        problem(
            world.buyer.post(f"/v1/tenders/{number}/amendments", patch, If_Match=match),
            422,
            "TenderBoardDeadlineEarlier",
        )

    def test_amend__no_such_tender__is_not_found(self, world: World) -> None:
        reply = world.buyer.post("/v1/tenders/999999/amendments", {"patch": {}}, If_Match='"0x00"')
        problem(reply, 404, "TenderBoardNotFound")


class TestAsk:
    def test_ask__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        path, body = f"/v1/tenders/{world.publish()}/enquiries", {"title": "t", "description": "d"}
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.citizen.post(path, body), 403, "TenderBoardRoleMissing")

    def test_ask__supplier__stands_in_the_list(self, world: World) -> None:
        number = world.publish()
        asked = world.ask(number)
        listed = world.anyone.get(f"/v1/tenders/{number}/enquiries").json["items"]
        assert [(item["number"], item["title"], item["answer"]) for item in listed] == [
            (asked, "Garantía", None)
        ]

    @pytest.mark.parametrize(
        ("body", "pointer", "rule"),
        [
            ({"title": "t"}, "/description", "FieldMissing"),
            ({"title": "t", "description": "d", "colour": 1}, "/colour", "FieldUnknown"),
            ({"title": 7, "description": "d"}, "/title", "string_type"),
            ({"title": "", "description": "d"}, "/title", "string_too_short"),
        ],
    )
    def test_ask__body_of_another_form__names_the_field(
        self, world: World, body: dict[str, Any], pointer: str, rule: str
    ) -> None:
        found = problem(world.acme.post("/v1/tenders/1/enquiries", body), 422, "RequestInvalid")
        assert [(fault["pointer"], fault["error"]) for fault in found["errors"]] == [(pointer, rule)]

    def test_ask__control_character__is_refused(self, world: World) -> None:
        problem(
            world.acme.post(f"/v1/tenders/{world.publish()}/enquiries", CONTROL), 422, "ImportTextUnreadable"
        )

    def test_ask__when_the_time_for_questions_is_over__is_refused(self, world: World) -> None:
        number = world.publish()
        closed = datetime.fromisoformat(world.tender(number)["deadline"]) - timedelta(seconds=2)
        world.wait_until(closed.strftime("%Y-%m-%dT%H:%M:%SZ"))
        body = {"title": "t", "description": "d"}
        problem(world.acme.post(f"/v1/tenders/{number}/enquiries", body), 409, "TenderBoardEnquiriesClosed")


class TestAnswer:
    def test_answer__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        number = world.publish()
        path = f"/v1/tenders/{number}/enquiries/{world.ask(number)}/answer"
        problem(world.anyone.post(path, {"answer": "Sí"}), 401, "TokenMissing")
        problem(world.acme.post(path, {"answer": "Sí"}), 403, "TenderBoardRoleMissing")

    def test_answer__officer__once(self, world: World) -> None:
        number = world.publish()
        asked = world.ask(number)
        path = f"/v1/tenders/{number}/enquiries/{asked}"
        assert world.buyer.post(f"{path}/answer", {"answer": "Sí"}, wait=20).status == 200
        assert world.anyone.get(path).json["answer"] == "Sí"
        problem(world.buyer.post(f"{path}/answer", {"answer": "No"}), 409, "TenderBoardQuestionAnswered")

    def test_answer__no_such_question__is_not_found(self, world: World) -> None:
        number = world.publish()
        problem(
            world.buyer.post(f"/v1/tenders/{number}/enquiries/9/answer", {"answer": "x"}),
            404,
            "TenderBoardQuestionNotFound",
        )
        problem(world.anyone.get(f"/v1/tenders/{number}/enquiries/9"), 404, "TenderBoardQuestionNotFound")


class TestCancel:
    def test_cancel__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        body = {"reason": "noDemand", "document": uploaded(world, b"decision")}
        path = f"/v1/tenders/{world.publish()}/cancellation"
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.acme.post(path, body), 403, "TenderBoardRoleMissing")

    def test_cancel__whole_tender__runs_its_window_and_ends(self, world: World) -> None:
        number = world.publish()
        document = uploaded(world, b"no demand any more")
        reply = world.buyer.post(
            f"/v1/tenders/{number}/cancellation",
            {"lot": 0, "reason": "noDemand", "document": document},
            wait=20,
        )
        assert reply.status == 200, reply.data
        (begun,) = world.tender(number)["cancellations"]
        assert (begun["reason"], begun["document"], begun["lot"]) == ("noDemand", document, 0)
        assert world.tender(number)["status"] == "Cancelling"
        world.wait_until(begun["cancelsAt"])
        assert world.tender(number)["status"] == "Cancelled"

    def test_cancel__document_that_is_not_held__is_refused(self, world: World) -> None:
        body = {"reason": "noDemand", "document": hashlib.sha256(b"never uploaded").hexdigest()}
        reply = world.buyer.post(f"/v1/tenders/{world.publish()}/cancellation", body)
        assert problem(reply, 404, "DocumentNotFound")["facts"]["sha256"] == body["document"]

    def test_cancel__unknown_reason__is_refused(self, world: World) -> None:
        body = {"reason": "bored", "document": "ab" * 32}
        found = problem(world.buyer.post("/v1/tenders/1/cancellation", body), 422, "RequestInvalid")
        assert found["errors"][0]["pointer"] == "/reason"


class TestRead:
    def test_read__no_such_tender__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/tenders/999999"), 404, "TenderBoardNotFound")
        problem(world.anyone.get("/v1/tenders/abc"), 422, "RequestInvalid")
        problem(world.anyone.get("/v1/tenders/0"), 422, "RequestInvalid")

    def test_read__with_the_etag_of_the_last_answer__is_not_sent_again(self, world: World) -> None:
        number = world.publish()
        first = world.anyone.get(f"/v1/tenders/{number}")
        again = world.anyone.get(f"/v1/tenders/{number}", If_None_Match=first.headers["etag"])
        assert (first.status, again.status, again.data) == (200, 304, b"")

    def test_read__head__says_block_and_age(self, world: World) -> None:
        block, age = world.anyone.get("/v1/tenders").headers["licita-head"].split(";")
        assert int(block) > 0 and int(age) >= 0

    def test_list__by_pages__gives_each_tender_once_newest_first(self, world: World) -> None:
        numbers = [world.publish() for _ in range(3)]
        found, after = [], ""
        while True:
            page = world.anyone.get(f"/v1/tenders?limit=2{after}").json
            found += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert found[:3] == numbers[::-1]
        assert found == sorted(set(found), reverse=True)
        assert page["genesis"] == world.network.descriptor.genesis_hash

    def test_list__cursor_or_limit_of_another_form__is_refused(self, world: World) -> None:
        problem(world.anyone.get("/v1/tenders?after=abc"), 400, "CursorInvalid")
        problem(world.anyone.get("/v1/tenders?limit=0"), 422, "RequestInvalid")
        problem(world.anyone.get("/v1/tenders?limit=1001"), 422, "RequestInvalid")

    def test_timeline__tender__holds_its_events_in_order(self, world: World) -> None:
        number = world.publish()
        world.ask(number)
        rows = world.anyone.get(f"/v1/tenders/{number}/timeline").json["items"]
        assert [row["type"] for row in rows] == ["TenderPublished", "QuestionAsked"]
        assert {row["tender"] for row in rows} == {number}
        problem(world.anyone.get("/v1/tenders/999999/timeline"), 404, "TenderBoardNotFound")
