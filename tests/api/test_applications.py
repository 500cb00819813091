"""Applications over HTTP: a class an endpoint, and a seal."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import pytest

from tests.api.chamber import Chamber, later
from tests.api.world import Reply, World, problem

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def chamber(world: World) -> Chamber:
    return Chamber(world)


def application(**more: Any) -> dict[str, Any]:
    """An application nobody submitted yet."""
    codes = sorted("0x" + secrets.token_hex(32) for _ in range(2))
    return {
        "useCase": "Observatorio de precios",
        "name": f"precios {secrets.token_hex(4)}",
        "codeHashes": codes,
        "source": secrets.token_hex(32),
        "contact": "LICITA-UNIVERSITY",
    } | more


def submitted(world: World, person: str = "acme") -> int:
    reply = world.as_person(person).post("/v1/applications", application(), wait=20)
    assert reply.status == 201, reply.data
    return int(reply.headers["location"].rsplit("/", 1)[1])


def review(world: World, number: int, person: str, **more: Any) -> Reply:
    body = {"checklist": "ab" * 32, "passed": [0, 3], "failed": [1]} | more
    return world.as_person(person).post(f"/v1/applications/{number}/findings", body, wait=20)


class TestSubmit:
    def test_submit__anonymous_and_nobodys_account__are_refused(self, world: World) -> None:
        problem(world.anyone.post("/v1/applications", application()), 401, "TokenMissing")
        problem(world.citizen.post("/v1/applications", application()), 403, "ApplicationRegistryRoleMissing")

    def test_submit__supplier__is_numbered_and_can_be_read(self, world: World, chamber: Chamber) -> None:
        body = application()
        reply = world.acme.post("/v1/applications", body, wait=20)
        assert reply.status == 201, reply.data
        found = world.anyone.get(reply.headers["location"]).json
        assert (found["status"], found["orgId"]) == ("SUBMITTED", "LICITA-ACME")
        shown = {name: found[name] for name in ("useCase", "name", "codeHashes", "source")}
        assert shown == {name: body[name] for name in shown}
        assert (found["contact"], found["findings"]) == (chamber.member("evaluator1"), [])
        rows = world.anyone.get("/v1/applications?limit=1").json["items"]
        assert [row["number"] for row in rows] == [found["number"]]

    def test_submit__key_repeated__is_one_application(self, world: World) -> None:
        body, key = application(), str(uuid.uuid4())
        replies = [world.acme.post("/v1/applications", body, key=key, wait=20) for _ in range(2)]
        assert replies[0].headers["location"] == replies[1].headers["location"]
        problem(world.acme.post("/v1/applications", application(), key=key), 422, "IdempotencyKeyReused")

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"contact": "MX-RFC-UNKNOWN"}, "ApplicationRegistryContactInvalid"),
            ({"codeHashes": ["0x" + "02" * 32, "0x" + "01" * 32]}, "ApplicationRegistryCodesInvalid"),
            ({"useCase": "ñ" * 100}, "ApplicationRegistryTextLength"),
            ({"source": "00" * 32}, "ApplicationRegistryHashZero"),
        ],
    )
    def test_submit__what_the_contract_refuses__is_refused_by_name(
        self, world: World, wrong: dict[str, Any], error: str
    ) -> None:
        problem(world.acme.post("/v1/applications", application(**wrong)), 422, error)

    def test_submit__malformed__names_each_field(self, world: World) -> None:
        body = application(codeHashes=["0x12"], source="x", contact="", name=7)
        found = problem(world.acme.post("/v1/applications", body), 422, "RequestInvalid")
        pointers = {fault["pointer"] for fault in found["errors"]}
        assert pointers == {"/codeHashes/0", "/source", "/contact", "/name"}


class TestReads:
    def test_read__no_such_application__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/applications/999999"), 404, "ApplicationRegistryNotFound")

    def test_list__cursor_of_another_form__is_refused(self, world: World) -> None:
        problem(world.anyone.get("/v1/applications?after=x"), 400, "CursorInvalid")


class TestFindings:
    def test_findings__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        number = submitted(world)
        body = {"checklist": "ab" * 32, "passed": [0], "failed": []}
        problem(world.anyone.post(f"/v1/applications/{number}/findings", body), 401, "TokenMissing")
        problem(review(world, number, "acme"), 403, "ApplicationRegistryRoleMissing")

    def test_findings__evaluator__are_recorded_once_for_the_member(self, world: World) -> None:
        number = submitted(world)
        assert review(world, number, "evaluator1").status == 200
        found = world.anyone.get(f"/v1/applications/{number}").json["findings"]
        assert [(each["orgId"], each["sector"], each["passed"], each["failed"]) for each in found] == [
            ("LICITA-UNIVERSITY", "ACADEMIA", [0, 3], [1])
        ]
        problem(review(world, number, "evaluator2"), 409, "ApplicationRegistryOnlyOnce")

    def test_findings__both_ways_and_none__are_refused(self, world: World) -> None:
        number = submitted(world)
        for wrong in ({"failed": [3]}, {"passed": [], "failed": []}):
            problem(review(world, number, "evaluator1", **wrong), 422, "ApplicationRegistryFindingsInvalid")

    def test_findings__own_application__is_refused(self, world: World) -> None:
        number = submitted(world, "evaluator1")
        problem(review(world, number, "evaluator2"), 403, "ApplicationRegistryRoleMissing")

    def test_findings__no_such_application__is_not_found(self, world: World) -> None:
        problem(review(world, 999_999, "evaluator1"), 404, "ApplicationRegistryNotFound")

    def test_findings__malformed__names_each_field(self, world: World) -> None:
        found = problem(
            review(world, 1, "evaluator1", checklist="x", passed=[32], failed=["a"]), 422, "RequestInvalid"
        )
        assert [fault["pointer"] for fault in found["errors"]] == ["/checklist", "/passed/0", "/failed/0"]


class TestSeal:
    def test_seal__findings_of_two_sectors_and_a_resolution__lasts_until_its_end(
        self, world: World, chamber: Chamber
    ) -> None:
        number = submitted(world)
        assert review(world, number, "evaluator1").status == 200
        assert review(world, number, "assessor1").status == 200
        path = f"/v1/applications/{number}"
        assert world.anyone.get(path).json["status"] == "REVIEWED"
        chamber.make_room("council1")
        until = world.in_seconds(3_600)
        chamber.carry(chamber.propose([f"seal application {number} until {until}"]))
        assert world.anyone.get(path).json["status"] == "SEALED"
        world.wait_until(later(until))
        found = world.anyone.get(path).json
        assert (found["status"], found["sealedUntil"]) == ("EXPIRED", until)
