"""People of members over HTTP: a class an endpoint."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from tests.api.chamber import Chamber
from tests.api.world import World, problem

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def chamber(world: World) -> Chamber:
    return Chamber(world)


def account() -> str:
    """An account that nobody has yet."""
    return to_checksum_address(secrets.token_bytes(20))


def person(world: World, **more: Any) -> dict[str, Any]:
    return {"address": account(), "roles": ["OFFICER"], "mandateEnd": world.in_seconds(86_400)} | more


def people(world: World, member: str) -> dict[str, Any]:
    """Address -> person of a member."""
    return {each["address"]: each for each in world.anyone.get(f"/v1/members/{member}").json["people"]}


class TestMember:
    def test_member__with_a_seat__says_so(self, world: World, chamber: Chamber) -> None:
        seated = world.anyone.get(f"/v1/members/{chamber.member('council1')}").json
        buyer = world.anyone.get(f"/v1/members/{chamber.member('buyer')}").json
        assert (seated["seat"], buyer["seat"], buyer["recoveries"]) == (True, False, 0)
        assert {each["suspendedUntil"] for each in buyer["people"]} == {None}


class TestAdd:
    def test_add__anonymous_and_wrong_role__are_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people"
        problem(world.anyone.post(path, person(world)), 401, "TokenMissing")
        problem(world.approver.post(path, person(world)), 403, "MemberRegistryRoleMissing")

    def test_add__admin_of_another_member__is_refused_before_anything_is_sent(
        self, world: World, chamber: Chamber
    ) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people"
        found = problem(world.registrar.post(path, person(world)), 403, "MemberRegistryRoleMissing")
        assert found["facts"] == {"role": "ADMIN", "who": world.address("registrar")}

    def test_add__admin__gives_roles_until_the_mandate_ends(self, world: World, chamber: Chamber) -> None:
        member, body = chamber.member("buyer"), person(world, roles=["OFFICER", "APPROVER"])
        reply = world.buyer.post(f"/v1/members/{member}/people", body, wait=20)
        assert (reply.status, reply.headers["location"]) == (201, f"/v1/members/{member}"), reply.data
        assert people(world, member)[body["address"]] == {
            "address": body["address"],
            "roles": ["OFFICER", "APPROVER"],
            "mandateEnd": body["mandateEnd"],
            "suspendedUntil": None,
        }
        problem(
            world.buyer.post(f"/v1/members/{member}/people", body), 409, "MemberRegistryAccountTaken"
        )  # fmt: skip

    def test_add__key_repeated__is_one_act(self, world: World, chamber: Chamber) -> None:
        path, body, key = f"/v1/members/{chamber.member('buyer')}/people", person(world), str(uuid.uuid4())
        replies = [world.buyer.post(path, body, key=key, wait=20) for _ in range(2)]
        assert [reply.status for reply in replies] == [201, 201]
        assert replies[0].json["id"] == replies[1].json["id"]

    def test_add__account_of_a_supplier_and_mandate_in_the_past__are_refused(
        self, world: World, chamber: Chamber
    ) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people"
        taken = person(world, address=world.address("acme"))
        problem(world.buyer.post(path, taken), 409, "MemberRegistryAccountTaken")
        past = person(world, mandateEnd="2020-01-01T00:00:00Z")
        problem(world.buyer.post(path, past), 422, "MemberRegistryMandateInvalid")
        zero = person(world, address="0x" + "00" * 20)
        problem(world.buyer.post(path, zero), 422, "MemberRegistryHashZero")

    @pytest.mark.parametrize(
        "when", ["tomorrow", "2030-13-01T00:00:00Z", "2030-01-01", "2030-01-01T00:00:00", "2030-01-01T00:00:00.5Z"]
    )  # fmt: skip
    def test_add__time_of_another_form__names_the_field(
        self, world: World, chamber: Chamber, when: str
    ) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people"
        found = problem(world.buyer.post(path, person(world, mandateEnd=when)), 422, "RequestInvalid")
        assert found["errors"][0]["pointer"] == "/mandateEnd"

    def test_add__no_such_member__is_not_found(self, world: World) -> None:
        path = "/v1/members/0x" + "00" * 31 + "01/people"
        problem(world.buyer.post(path, person(world)), 404, "MemberNotFound")


class TestRemove:
    def test_remove__anonymous_and_another_member__are_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people/{world.address('approver')}/removal"
        problem(world.anyone.post(path, {}), 401, "TokenMissing")
        problem(world.registrar.post(path, {}), 403, "MemberRegistryRoleMissing")

    def test_remove__admin__takes_the_account_away(self, world: World, chamber: Chamber) -> None:
        member, body = chamber.member("buyer"), person(world)
        assert world.buyer.post(f"/v1/members/{member}/people", body, wait=20).status == 201
        # Letters of an address may be in any case.
        path = f"/v1/members/{member}/people/{body['address'].lower()}/removal"
        assert world.buyer.post(path, {}, wait=20).status == 200
        assert body["address"] not in people(world, member)
        problem(world.buyer.post(path, {}), 404, "MemberRegistryPersonNotFound")

    def test_remove__admin_itself__is_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people/{world.address('buyer')}/removal"
        problem(world.buyer.post(path, {}), 409, "MemberRegistryLastAdmin")

    def test_remove__address_of_another_form__is_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/people/0x12/removal"
        problem(world.buyer.post(path, {}), 422, "RequestInvalid")


class TestRotate:
    def test_rotate__anonymous_and_another_member__are_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/rotations"
        body = {"account": world.address("approver"), "successor": account()}
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.registrar.post(path, body), 403, "MemberRegistryRoleMissing")

    def test_rotate__admin__moves_roles_and_mandate(self, world: World, chamber: Chamber) -> None:
        member, added = chamber.member("buyer"), person(world)
        assert world.buyer.post(f"/v1/members/{member}/people", added, wait=20).status == 201
        body = {"account": added["address"], "successor": account()}
        reply = world.buyer.post(f"/v1/members/{member}/rotations", body, wait=20)
        assert reply.status == 200, reply.data
        found = people(world, member)
        assert added["address"] not in found
        assert found[body["successor"]]["mandateEnd"] == added["mandateEnd"]
        problem(
            world.buyer.post(f"/v1/members/{member}/rotations", body), 404, "MemberRegistryPersonNotFound"
        )  # fmt: skip

    def test_rotate__successor_that_is_taken__is_refused(self, world: World, chamber: Chamber) -> None:
        body = {"account": world.address("approver"), "successor": world.address("acme")}
        path = f"/v1/members/{chamber.member('buyer')}/rotations"
        problem(world.buyer.post(path, body), 409, "MemberRegistryAccountTaken")

    def test_rotate__malformed__names_each_field(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('buyer')}/rotations"
        found = problem(world.buyer.post(path, {"account": "me"}), 422, "RequestInvalid")
        assert [fault["pointer"] for fault in found["errors"]] == ["/account", "/successor"]


class TestResign:
    def test_resign__anonymous_and_another_member__are_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('opener3')}/resignation"
        problem(world.anyone.post(path, {}), 401, "TokenMissing")
        problem(world.buyer.post(path, {}), 403, "MemberRegistryRoleMissing")

    def test_resign__last_seat_of_its_sector__is_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('council1')}/resignation"
        problem(world.council1.post(path, {}), 409, "MemberRegistryLastSeat")

    def test_resign__admin__ends_the_membership(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/members/{chamber.member('opener3')}"
        assert world.opener3.post(f"{path}/resignation", {}, wait=20).status == 200
        assert world.anyone.get(path).json["status"] == "LEFT"
        problem(world.opener3.post(f"{path}/resignation", {}), 403, "MemberRegistryRoleMissing")
