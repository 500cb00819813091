"""Proposals over HTTP: a class an endpoint, and whole decisions."""

from __future__ import annotations

import uuid

import pytest

from tests.api.chamber import RETIRE, Chamber, later
from tests.api.world import World, problem

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def chamber(world: World) -> Chamber:
    return Chamber(world)


class TestCouncil:
    def test_council__anyone__reads_seats_members_classes_and_phrases(self, world: World) -> None:
        found = world.anyone.get("/v1/council").json
        assert found["seats"] == {"PUBLIC": 1, "INDUSTRY": 1, "CIVIL_SOCIETY": 1, "ACADEMIA": 1}
        assert {each["orgId"] for each in found["members"]} == {f"LICITA-COUNCIL{n}" for n in range(1, 5)}
        assert found["classes"]["MEMBERSHIP"] == {
            "consultation": 10,
            "vote": 20,
            "delay": 4,
            "needs": "more than 1/2 of all seats, a majority in 2 sectors",
        }
        assert "adopt procedure CODE vN" in found["phrases"]


class TestPropose:
    def test_propose__anonymous_and_wrong_role__are_refused(self, world: World, chamber: Chamber) -> None:
        body = chamber.body()
        problem(world.anyone.post("/v1/proposals", body), 401, "TokenMissing")
        problem(world.buyer.post("/v1/proposals", body), 403, "CouncilRoleMissing")

    def test_propose__delegate__opens_a_proposal(self, world: World, chamber: Chamber) -> None:
        body = chamber.body()
        reply = chamber.send(body)
        assert reply.status == 201, reply.data
        assert reply.json["resource"] == reply.headers["location"] == f"/v1/{reply.json['subject']}"
        found = world.anyone.get(reply.headers["location"]).json
        assert (found["state"], found["class"], found["title"]) == ("Pending", "ROUTINE", body["title"])
        assert [call["words"] for call in found["calls"]] == body["calls"]
        assert (found["text"], found["orgId"]) == (body["text"], "LICITA-COUNCIL1")
        assert found["reportNeeded"] and found["report"] is None

    def test_propose__same_content_again__names_the_first(self, world: World, chamber: Chamber) -> None:
        body = chamber.body()
        first = chamber.send(body)
        found = problem(world.council2.post("/v1/proposals", body), 409, "CouncilAlreadyRecorded")
        assert found["first"] == {
            "resource": first.headers["location"],
            "transaction": first.json["transaction"],
        }

    def test_propose__key_repeated__is_one_proposal(self, world: World, chamber: Chamber) -> None:
        body, key = chamber.body(), str(uuid.uuid4())
        first = world.council3.post("/v1/proposals", body, key=key, wait=20)
        again = world.council3.post("/v1/proposals", body, key=key, wait=20)
        assert (first.status, again.status) == (201, 201)
        assert again.headers["idempotency-replayed"] == "true"
        assert first.json["id"] == again.json["id"]
        other = body | {"title": "Otra"}
        problem(world.council3.post("/v1/proposals", other, key=key), 422, "IdempotencyKeyReused")

    def test_propose__text_that_is_not_stored__is_not_found(self, world: World, chamber: Chamber) -> None:
        body = chamber.body() | {"text": "12" * 32}
        problem(world.council1.post("/v1/proposals", body), 404, "DocumentNotFound")

    @pytest.mark.parametrize(
        ("call", "error", "status"),
        [
            ("make coffee", "PhraseUnknown", 422),
            ("retire procedure 日本 v1", "PhraseUnknown", 422),
            ("adopt procedure nobody v2", "PhraseInvalid", 422),
            ("drop validator 0x" + "11" * 20, "ValidatorAbsent", 409),
            ("suspend member LICITA-COUNCIL1 until in 999999 years", "CallInvalid", 422),
            ("cancel proposal 999999", "CouncilNotFound", 404),
            ("suspend member LICITA-COUNCIL1 urgently until in 1 day", "CouncilConfirmationInvalid", 422),
            ("call 0x" + "11" * 20 + " 0x12345678", "CouncilCallInvalid", 422),
        ],
    )
    def test_propose__calls_that_cannot_be__are_refused_by_name(
        self, world: World, chamber: Chamber, call: str, error: str, status: int
    ) -> None:
        problem(world.council2.post("/v1/proposals", chamber.body([call])), status, error)

    def test_propose__call_to_the_timelock__is_refused(self, world: World, chamber: Chamber) -> None:
        timelock = world.network.deployment.addresses["CouncilTimelock"]
        found = problem(
            world.council2.post("/v1/proposals", chamber.body([RETIRE.format(1), f"call {timelock} 0x64d62353" + "00" * 32])),
            422, "CouncilCallInvalid",
        )  # fmt: skip
        assert found["facts"] == {"index": 1}

    def test_propose__set_that_breaks_a_rule__is_refused_when_proposed(
        self, world: World, chamber: Chamber
    ) -> None:
        node = world.anyone.get("/v1/validators").json["validators"][0]["node"]
        body = chamber.body([f"drop validator {node}"])
        problem(world.council2.post("/v1/proposals", body), 422, "ValidatorRegistrySizeInvalid")

    def test_propose__more_than_three_open__is_refused(self, world: World, chamber: Chamber) -> None:
        chamber.make_room("council4")
        for _ in range(3):
            chamber.propose(person="council4")
        problem(world.council4.post("/v1/proposals", chamber.body()), 409, "CouncilProposalsFull")

    def test_propose__malformed__names_each_field(self, world: World) -> None:
        body = {"title": "", "text": "xyz", "calls": [], "budget": 7}
        found = problem(world.council1.post("/v1/proposals", body), 422, "RequestInvalid")
        pointers = {fault["pointer"] for fault in found["errors"]}
        assert pointers == {"/title", "/summary", "/text", "/calls", "/budget"}

    def test_propose__lone_surrogate__is_refused(self, world: World, chamber: Chamber) -> None:
        body = chamber.body() | {"title": "\ud800"}
        problem(world.council1.post("/v1/proposals", body), 422, "RequestInvalid")


class TestReads:
    def test_list__newest_first__in_pages(self, world: World, chamber: Chamber) -> None:
        first, second = chamber.propose(), chamber.propose()
        page = world.anyone.get("/v1/proposals?limit=1").json
        assert [row["number"] for row in page["items"]] == [second]
        following = world.anyone.get(f"/v1/proposals?limit=1&after={page['next']}").json
        assert [row["number"] for row in following["items"]] == [first]
        assert page["genesis"] == world.network.descriptor.genesis_hash

    def test_list__by_state_and_member__shows_only_those(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose(person="council2")
        member = chamber.member("council2")
        for name in (member, "LICITA-COUNCIL2"):
            rows = world.anyone.get(f"/v1/proposals?state=Pending&member={name}").json["items"]
            assert number in [row["number"] for row in rows]
            assert {(row["state"], row["member"]) for row in rows} == {("Pending", member)}
        problem(world.anyone.get("/v1/proposals?state=Odd"), 422, "RequestInvalid")

    def test_list__cursor_of_another_form__is_refused(self, world: World) -> None:
        problem(world.anyone.get("/v1/proposals?after=x"), 400, "CursorInvalid")

    def test_read__unchanged__is_304_until_a_vote(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        path = f"/v1/proposals/{number}"
        tag = world.anyone.get(path).headers["etag"]
        assert world.anyone.get(path, If_None_Match=tag).status == 304
        chamber.open_vote(number)
        chamber.vote(number, ["council2"])
        assert world.anyone.get(path, If_None_Match=tag).status == 200

    def test_read__no_such_proposal__is_not_found(self, world: World) -> None:
        for path in ("/v1/proposals/999999", "/v1/proposals/999999/why", f"/v1/proposals/{2**53 - 1}"):
            problem(world.anyone.get(path), 404, "CouncilNotFound")

    def test_why__pending__says_what_is_missing(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        found = world.anyone.get(f"/v1/proposals/{number}/why").json
        assert (found["number"], found["state"]) == (number, "Pending")
        assert "3 more seats in favour, of 4" in found["lacking"]

    def test_events__of_the_council__are_in_the_feed(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        rows = world.anyone.get("/v1/events?type=ResolutionOpened&limit=1000").json["items"]
        assert [(row["args"]["id"], row["tender"]) for row in rows][-1] == (str(number), None)


class TestVote:
    def test_vote__anonymous_and_wrong_role__are_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/proposals/{chamber.propose()}/votes"
        problem(world.anyone.post(path, {"vote": "for"}), 401, "TokenMissing")
        problem(world.buyer.post(path, {"vote": "for"}), 403, "CouncilRoleMissing")

    def test_vote__in_consultation__is_too_early(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/proposals/{chamber.propose()}/votes"
        found = problem(world.council1.post(path, {"vote": "for"}), 409, "CouncilStatusWrong")
        assert found["facts"]["state"] == "PENDING"

    def test_vote__delegate__is_counted_once_for_the_member(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        path = f"/v1/proposals/{number}/votes"
        reply = world.council2.post(path, {"vote": "for", "reason": "Sí"}, wait=20)
        assert (reply.status, reply.headers["location"]) == (200, f"/v1/proposals/{number}")
        chamber.vote(number, ["council3"], "against")
        chamber.vote(number, ["council4"], "abstain")
        found = chamber.read(number)
        assert found["tally"]["inFavour"] == {"PUBLIC": 0, "INDUSTRY": 1, "CIVIL_SOCIETY": 0, "ACADEMIA": 0}
        assert (found["tally"]["against"], found["tally"]["abstained"]) == (1, 1)
        votes = [(vote["orgId"], vote["vote"], vote["reason"]) for vote in found["votes"]]
        assert ("LICITA-COUNCIL2", "for", "Sí") in votes and len(votes) == 3
        problem(world.council2.post(path, {"vote": "against"}), 409, "CouncilOnlyOnce")

    def test_vote__other_word__names_the_field(self, world: World, chamber: Chamber) -> None:
        found = problem(
            world.council1.post("/v1/proposals/1/votes", {"vote": "maybe"}), 422, "RequestInvalid"
        )
        assert found["errors"][0]["pointer"] == "/vote"

    def test_vote__reason_of_too_many_bytes__is_refused(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        body = {"vote": "for", "reason": "ñ" * 4_000}
        problem(world.council1.post(f"/v1/proposals/{number}/votes", body), 422, "CouncilTextLength")

    def test_vote__no_such_proposal__is_not_found(self, world: World) -> None:
        problem(world.council1.post("/v1/proposals/999999/votes", {"vote": "for"}), 404, "CouncilNotFound")


class TestReport:
    def test_report__anonymous_and_another_member__are_refused(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        body = {"document": chamber.store(world.council1, b"Informe")}
        path = f"/v1/proposals/{number}/report"
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.council2.post(path, body), 403, "ConsultationRoleMissing")

    def test_report__proposer_after_the_consultation__is_published_once(
        self, world: World, chamber: Chamber
    ) -> None:
        number = chamber.propose()
        path, body = f"/v1/proposals/{number}/report", {"document": chamber.store(world.council1, b"Informe")}
        problem(world.council1.post(path, body), 409, "ConsultationStatusWrong")
        chamber.open_vote(number)
        problem(world.council1.post(path, {"document": "12" * 32}), 404, "DocumentNotFound")
        assert world.council1.post(path, body, wait=20).status == 200
        assert chamber.read(number)["report"] == body["document"]
        problem(world.council1.post(path, body), 409, "ConsultationReported")

    def test_report__hash_of_another_form__names_the_field(self, world: World) -> None:
        found = problem(
            world.council1.post("/v1/proposals/1/report", {"document": "x"}), 422, "RequestInvalid"
        )
        assert found["errors"][0]["pointer"] == "/document"


class TestSteps:
    def test_steps__anonymous__are_refused(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        for step in ("queue", "execution", "cancellation"):
            problem(world.anyone.post(f"/v1/proposals/{number}/{step}", {}), 401, "TokenMissing")

    def test_steps__before_their_time__are_refused(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        for step in ("queue", "execution"):
            problem(chamber.step(number, step), 409, "CouncilStatusWrong")

    def test_steps__no_such_proposal__is_not_found(self, chamber: Chamber) -> None:
        for step in ("queue", "execution", "cancellation"):
            problem(chamber.step(999_999, step), 404, "CouncilNotFound")

    def test_steps__body_with_something_in_it__is_refused(self, world: World) -> None:
        problem(world.council1.post("/v1/proposals/1/queue", {"now": True}), 422, "RequestInvalid")

    def test_cancellation__another_member__is_refused(self, chamber: Chamber) -> None:
        number = chamber.propose()
        problem(chamber.step(number, "cancellation", "council2"), 403, "CouncilRoleMissing")

    def test_cancellation__proposer_in_consultation__ends_it(self, chamber: Chamber) -> None:
        number = chamber.propose()
        assert chamber.step(number, "cancellation", "council1").status == 200
        found = chamber.read(number)
        assert (found["state"], found["cancelledAt"] is not None) == ("Canceled", True)
        problem(chamber.step(number, "cancellation", "council1"), 409, "CouncilStatusWrong")

    def test_cancellation__once_the_vote_runs__is_refused(self, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        problem(chamber.step(number, "cancellation", "council1"), 409, "CouncilStatusWrong")

    def test_queue__without_enough_seats__is_a_defeat(self, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        chamber.vote(number, ["council1", "council2"])
        chamber.close_vote(number)
        assert chamber.read(number)["state"] == "Defeated"
        problem(chamber.step(number, "queue"), 409, "CouncilStatusWrong")

    def test_queue__without_the_report__is_refused_by_name(self, chamber: Chamber) -> None:
        number = chamber.propose()
        chamber.open_vote(number)
        chamber.vote(number, ["council1", "council2", "council3"])
        chamber.close_vote(number)
        problem(chamber.step(number, "queue"), 409, "CouncilReportMissing")
        chamber.report(number)
        assert chamber.step(number, "queue").status == 200
        found = problem(chamber.step(number, "execution"), 409, "CouncilDelayed")
        assert found["facts"]["until"] == chamber.read(number)["eta"]
        assert chamber.world.anyone.get(f"/v1/proposals/{number}/why").json["state"] == "Queued"

    def test_execution__call_that_is_refused__names_the_contracts_error(
        self, world: World, chamber: Chamber
    ) -> None:
        number = chamber.propose(["expel member LICITA-WITNESS", "expel member LICITA-WITNESS"])
        chamber.open_vote(number)
        chamber.vote(number)
        chamber.close_vote(number)
        assert chamber.step(number, "queue").status == 200
        world.wait_until(chamber.read(number)["eta"])
        problem(chamber.step(number, "execution"), 409, "MemberRegistryStatusWrong")


class TestDecision:
    def test_decision__new_procedure_version__is_used_by_the_next_tender(
        self, world: World, chamber: Chamber
    ) -> None:
        number = chamber.propose(["adopt procedure sandbox v2"])
        comment = world.acme.post(f"/v1/proposals/{number}/comments", {"text": "De acuerdo."}, wait=20)
        assert comment.status == 201, comment.data
        chamber.carry(number)
        found = chamber.read(number)
        assert (found["state"], found["comments"]) == ("Executed", 1)
        tender = world.tender(world.publish())
        assert (tender["procedure"], tender["procedureVersion"]) == ("sandbox", 2)

    def test_decision__urgent_suspension__is_confirmed_by_the_proposal_made_with_it(
        self, world: World, chamber: Chamber
    ) -> None:
        chamber.make_room("council2")
        until = world.in_seconds(86_400)
        body = chamber.body(["suspend member LICITA-WITNESS urgently until " + until])
        urgent = int(world.anyone.get("/v1/proposals?limit=1").json["items"][0]["number"]) + 1
        body["confirmation"] = {"calls": [f"confirm urgency of {urgent}"]}
        reply = chamber.send(body, "council2")
        assert reply.headers["location"] == f"/v1/proposals/{urgent}"
        confirmation = chamber.read(urgent + 1)
        assert (confirmation["confirms"], confirmation["class"]) == (urgent, "MEMBERSHIP")
        assert confirmation["title"] == f"Confirmation: {body['title']}"
        chamber.carry(urgent)
        witness = world.anyone.get(f"/v1/members/{chamber.member('witness')}").json
        assert (witness["status"], witness["suspendedUntil"]) == ("SUSPENDED", until)
        problem(
            world.witness.post(f"/v1/proposals/{urgent + 1}/comments", {"text": "No."}), 403, "ConsultationRoleMissing"
        )  # fmt: skip
        chamber.carry(urgent + 1)
        assert chamber.read(urgent)["confirmedAt"] is not None
        world.wait_until(later(until))
        assert world.anyone.get(f"/v1/members/{chamber.member('witness')}").json["status"] == "ACTIVE"
