"""Tenders over HTTP: a class an endpoint."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chain.nodes.keys import KeyStore
from chain.procurement.handed import HandedQuestion
from tests.api.commands import Shell, refusal
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


class TestHiddenAsker:
    def relayed(self, world: World, number: int, handed: HandedQuestion, **options: Any) -> Reply:
        """The question as the desk asks it."""
        body = {"title": handed.title, "description": handed.description, "tag": "0x" + handed.tag.hex()}
        return world.registrar.post(f"/v1/tenders/{number}/enquiries", body, wait=20, **options)

    def handed(self, world: World, number: int) -> HandedQuestion:
        """A question of acme, as it is handed to a desk."""
        tender, acme = world.network.tenders[number], world.network.person("acme")
        return tender.hand("Garantía", "¿12 meses?", sender=acme)

    def test_ask__desk_with_a_tag__tells_nothing_of_the_supplier(self, world: World) -> None:
        number = world.publish()
        handed = self.handed(world, number)
        reply = self.relayed(world, number, handed)
        assert reply.status == 201, reply.data
        shown = world.anyone.get(reply.headers["location"]).json
        desk = world.network.tenders[number].questions[0].desk
        assert (shown["supplier"], shown["desk"]) == ("0x" + "00" * 32, desk)
        assert (shown["tag"], shown["disclosedAt"]) == ("0x" + handed.tag.hex(), None)
        told = world.anyone.get(f"/v1/tenders/{number}/timeline").data
        assert handed.supplier.hex() not in told.decode()

    def test_ask__desk_once_more_with_another_key__names_the_first(self, world: World) -> None:
        number = world.publish()
        handed = self.handed(world, number)
        first = self.relayed(world, number, handed)
        again = problem(self.relayed(world, number, handed), 409, "TenderBoardAlreadyRecorded")
        assert again["first"]["resource"] == first.headers["location"]

    def test_ask__desk_without_a_tag__is_refused(self, world: World) -> None:
        """Nobody could ever prove who asked."""
        body = {"title": "t", "description": "d"}
        path = f"/v1/tenders/{world.publish()}/enquiries"
        found = problem(world.registrar.post(path, body), 422, "TenderBoardHashZero")
        assert found["facts"]["field"] == "tag"

    def test_ask__supplier_with_a_tag__is_refused(self, world: World) -> None:
        """It would tell everybody who asks."""
        body = {"title": "t", "description": "d", "tag": "0x" + "5e" * 32}
        path = f"/v1/tenders/{world.publish()}/enquiries"
        found = problem(world.acme.post(path, body), 403, "TenderBoardRoleMissing")
        assert found["facts"]["role"] == "REGISTRAR"

    def test_disclose__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        number = world.publish()
        self.relayed(world, number, self.handed(world, number))
        path, body = (
            f"/v1/tenders/{number}/enquiries/1/asker",
            {"supplier": "0x" + "5e" * 32, "salt": "0x" + "9c" * 32},
        )
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.buyer.post(path, body), 403, "TenderBoardRoleMissing")
        missing = f"/v1/tenders/{number}/enquiries/9/asker"
        problem(world.acme.post(missing, body), 404, "TenderBoardQuestionNotFound")

    def test_disclose__supplier__once_bidding_is_over(self, world: World) -> None:
        number = world.publish()
        handed = self.handed(world, number)
        self.relayed(world, number, handed)
        path = f"/v1/tenders/{number}/enquiries/1"
        world.buyer.post(f"{path}/answer", {"answer": "Sí"}, wait=20)
        body = {"supplier": "0x" + handed.supplier.hex(), "salt": "0x" + handed.salt.hex()}
        found = problem(world.acme.post(f"{path}/asker", body), 409, "TenderBoardAskerHidden")
        deadline = world.tender(number)["deadline"]
        assert found["facts"]["until"] == deadline
        world.wait_until(deadline)
        wrong = {**body, "salt": "0x" + "01" * 32}
        problem(world.acme.post(f"{path}/asker", wrong), 422, "TenderBoardAskerMismatch")
        done = world.acme.post(f"{path}/asker", body, wait=20)
        assert (done.status, done.headers["location"]) == (200, path)
        shown = world.anyone.get(path).json
        assert shown["supplier"] == shown["disclosedBy"] == body["supplier"]
        assert shown["disclosedAt"] > deadline[:10]
        problem(world.registrar.post(f"{path}/asker", body), 409, "TenderBoardAskerKnown")
        ocid = world.tender(number)["ocid"]
        record = world.anyone.get(f"/v1/records/{ocid}").json["records"][0]["compiledRelease"]
        (enquiry,) = record["tender"]["enquiries"]
        assert enquiry["author"]["id"] == "LICITA-ACME"


class TestNote:
    def test_note__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        path, body = f"/v1/tenders/{world.publish()}/notes", {"text": "Una sola marca."}
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        for caller in (world.buyer, world.acme, world.registrar):
            problem(caller.post(path, body), 403, "TenderBoardRoleMissing")

    def test_note__auditor_and_witness__stand_in_the_list_and_the_timeline(self, world: World) -> None:
        number = world.publish()
        path, document = f"/v1/tenders/{number}/notes", uploaded(world, b"opinion")
        reply = world.auditor.post(path, {"text": "Una sola marca.", "document": document}, wait=20)
        assert (reply.status, reply.headers["location"]) == (201, path), reply.data
        assert world.witness.post(path, {"text": "Presente."}, wait=20).status == 201
        listed = world.anyone.get(path).json["items"]
        assert [(item["number"], item["text"], item["document"]) for item in listed] == [
            (1, "Una sola marca.", document),
            (2, "Presente.", None),
        ]
        assert listed[0]["transaction"] == reply.json["transaction"] and listed[0]["contentOk"] is True
        rows = world.anyone.get(f"/v1/tenders/{number}/timeline").json["items"]
        assert [row["type"] for row in rows] == ["TenderPublished", "NoteRecorded", "NoteRecorded"]

    def test_note__document_that_is_not_held__is_refused(self, world: World) -> None:
        body = {"text": "x", "document": hashlib.sha256(b"never uploaded").hexdigest()}
        reply = world.auditor.post(f"/v1/tenders/{world.publish()}/notes", body)
        assert problem(reply, 404, "DocumentNotFound")["facts"]["sha256"] == body["document"]

    def test_note__no_such_tender__is_not_found(self, world: World) -> None:
        problem(world.auditor.post("/v1/tenders/999999/notes", {"text": "x"}), 404, "TenderBoardNotFound")
        problem(world.anyone.get("/v1/tenders/999999/notes"), 404, "TenderBoardNotFound")


class TestCommands:
    def test_hand_relay_disclose__files_between_two_machines__prove_who_asked(
        self, world: World, tmp_path: Path
    ) -> None:
        shell, number, file = Shell(world, tmp_path), world.publish(), tmp_path / "question.json"
        said = ("--title", "Garantía", "--text", "¿12 meses?", "-o", file)
        made = shell.json("tender", "hand", number, *said, name="acme")
        assert file.stat().st_mode & 0o777 == 0o600
        early = shell.run("tender", "disclose", file, name="acme")
        refusal(early, "TenderBoardQuestionNotFound")
        first = shell.json("tender", "relay", file, name="registrar")
        assert shell.json("tender", "relay", file, name="registrar")["id"] == first["id"]
        world.buyer.post(f"/v1/tenders/{number}/enquiries/1/answer", {"answer": "Sí"}, wait=20)
        world.wait_until(world.tender(number)["deadline"])
        shell.done("tender", "disclose", file, name="registrar")
        shown = world.anyone.get(f"/v1/tenders/{number}/enquiries/1").json
        assert (shown["supplier"], shown["tag"]) == (made["supplier"], made["tag"])

    def test_hand__with_a_keystore_of_one_s_own__signs_with_it(self, world: World, tmp_path: Path) -> None:
        shell, number, file = Shell(world, tmp_path), world.publish(), tmp_path / "question.json"
        keys = KeyStore(world.network.folder.keys)
        own = (
            "--keystore", keys.folder / "acme.json", "--passphrase-file", keys.folder / "passphrase",
        )  # fmt: skip
        shell.done("tender", "hand", number, "--title", "t", "--text", "x", "-o", file, *own)
        assert HandedQuestion.from_json(file.read_bytes()).account == world.address("acme")

    def test_hand__no_supplier_s_key__is_refused(self, world: World, tmp_path: Path) -> None:
        shell, number, file = Shell(world, tmp_path), world.publish(), tmp_path / "question.json"
        said = ("tender", "hand", number, "--title", "t", "--text", "x", "-o", file)
        refusal(shell.run(*said, name="buyer"), "HandedQuestionWrong")
        assert shell.run(*said).exit_code == 2
        assert not file.exists()

    def test_relay__changed_file__is_refused_and_nothing_is_sent(self, world: World, tmp_path: Path) -> None:
        shell, number, file = Shell(world, tmp_path), world.publish(), tmp_path / "question.json"
        shell.done("tender", "hand", number, "--title", "t", "--text", "x", "-o", file, name="acme")
        file.write_bytes(file.read_bytes().replace(b'"title":"t"', b'"title":"u"'))
        refusal(shell.run("tender", "relay", file, name="registrar"), "HandedQuestionWrong")
        assert world.tender(number)["questions"] == 0

    def test_note__auditor__is_listed(self, world: World, tmp_path: Path) -> None:
        shell, number = Shell(world, tmp_path), world.publish()
        shell.done("tender", "note", number, "--text", "Una sola marca.", name="auditor")
        assert "Una sola marca." in shell.done("tender", "notes", number)


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
