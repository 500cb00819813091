"""Suppliers and citizens over HTTP: a class an endpoint."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from tests.api.commands import Shell, refusal
from tests.api.test_documents import uploaded
from tests.api.world import World, problem

pytestmark = pytest.mark.network


def delta() -> dict[str, Any]:
    """A firm that is not registered yet."""
    return {
        "orgId": f"LICITA-{secrets.token_hex(4).upper()}",
        "name": "Delta Equipos, S.A. de C.V. (ficticia)",
        "accounts": [to_checksum_address(secrets.token_bytes(20))],
    }


def registered(world: World) -> str:
    """Path of a supplier that was just registered."""
    reply = world.registrar.post("/v1/suppliers", delta(), wait=20)
    assert reply.status == 201, reply.data
    return reply.headers["location"]


def of_acme(world: World) -> Any:
    return next(
        item
        for item in world.anyone.get("/v1/suppliers").json["items"]
        if world.address("acme") in item["accounts"]
    )


class TestRegister:
    def test_register__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        problem(world.anyone.post("/v1/suppliers", delta()), 401, "TokenMissing")
        problem(world.buyer.post("/v1/suppliers", delta()), 403, "SupplierRegistryRoleMissing")

    def test_register__registrar__makes_an_active_supplier(self, world: World) -> None:
        body = delta()
        reply = world.registrar.post("/v1/suppliers", body, wait=20)
        assert reply.status == 201, reply.data
        supplier = world.anyone.get(reply.headers["location"]).json
        scheme, identifier = body["orgId"].rsplit("-", 1)
        assert supplier["public"] == {
            "identifier": {"scheme": scheme, "id": identifier},
            "name": body["name"],
        }
        assert (supplier["active"], supplier["version"], supplier["accounts"]) == (True, 1, body["accounts"])

    def test_register__the_same_firm_again__is_refused(self, world: World) -> None:
        body = delta()
        assert world.registrar.post("/v1/suppliers", body, wait=20).status == 201
        other = delta() | {"orgId": body["orgId"]}
        problem(world.registrar.post("/v1/suppliers", other), 409, "SupplierRegistryExists")

    def test_register__account_of_another__is_refused(self, world: World) -> None:
        body = delta() | {"accounts": [world.address("acme")]}
        problem(world.registrar.post("/v1/suppliers", body), 409, "SupplierRegistryAccountTaken")

    def test_register__accounts_of_another_form__name_the_field(self, world: World) -> None:
        found = problem(
            world.registrar.post("/v1/suppliers", delta() | {"accounts": ["0x12", 7]}), 422, "RequestInvalid"
        )
        assert [fault["pointer"] for fault in found["errors"]] == ["/accounts/0", "/accounts/1"]


class TestStatus:
    def test_status__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        path = registered(world) + "/status"
        problem(world.anyone.post(path, {"active": False}), 401, "TokenMissing")
        problem(world.acme.post(path, {"active": False}), 403, "SupplierRegistryRoleMissing")

    def test_status__registrar__deactivates_once(self, world: World) -> None:
        path = registered(world)
        assert world.registrar.post(f"{path}/status", {"active": False}, wait=20).status == 200
        assert world.anyone.get(path).json["active"] is False
        problem(world.registrar.post(f"{path}/status", {"active": False}), 409, "SupplierRegistryUnchanged")

    def test_status__no_such_supplier__is_not_found(self, world: World) -> None:
        path = "/v1/suppliers/0x" + "00" * 31 + "01"
        problem(world.registrar.post(f"{path}/status", {"active": False}), 404, "SupplierRegistryNotFound")
        problem(world.anyone.get(path), 404, "SupplierRegistryNotFound")


class TestAccounts:
    def test_accounts__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        body = {"accounts": [world.address("acme")]}
        problem(world.anyone.post("/v1/accounts", body, If_Match='"1"'), 401, "TokenMissing")
        problem(world.buyer.post("/v1/accounts", body, If_Match='"1"'), 403, "SupplierRegistryRoleMissing")

    def test_accounts__own_supplier_at_its_version__are_replaced(self, world: World) -> None:
        before = of_acme(world)
        accounts = [world.address("acme"), to_checksum_address(secrets.token_bytes(20))]
        match = f'"{before["version"]}"'
        assert world.acme.post("/v1/accounts", {"accounts": accounts}, wait=20, If_Match=match).status == 200
        after = of_acme(world)
        assert (after["accounts"], after["version"]) == (accounts, before["version"] + 1)
        problem(
            world.acme.post("/v1/accounts", {"accounts": accounts}, If_Match=match), 412, "PreconditionFailed"
        )

    def test_accounts__without_or_with_another_match__are_refused(self, world: World) -> None:
        body = {"accounts": [world.address("acme")]}
        problem(world.acme.post("/v1/accounts", body), 428, "PreconditionRequired")
        problem(world.acme.post("/v1/accounts", body, If_Match='"one"'), 400, "HeaderMalformed")


class TestOwners:
    def test_owners__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        body = {"sha256": "cd" * 32}
        problem(world.anyone.post("/v1/owners", body, If_Match='"1"'), 401, "TokenMissing")
        problem(world.citizen.post("/v1/owners", body, If_Match='"1"'), 403, "SupplierRegistryRoleMissing")

    def test_owners__own_supplier__are_declared_by_hash(self, world: World) -> None:
        match = f'"{of_acme(world)["version"]}"'
        reply = world.acme.post("/v1/owners", {"sha256": "ef" * 32}, wait=20, If_Match=match)
        assert reply.status == 200, reply.data
        assert of_acme(world)["ownersHash"] == "0x" + "ef" * 32

    def test_owners__hash_of_another_form__names_the_field(self, world: World) -> None:
        found = problem(
            world.acme.post("/v1/owners", {"sha256": "xyz"}, If_Match='"1"'), 422, "RequestInvalid"
        )
        assert found["errors"][0]["pointer"] == "/sha256"


def order(world: World, seconds: int = 1_000, text: bytes = b"order") -> dict[str, Any]:
    """A debarment whose order the service holds."""
    return {"until": world.in_seconds(seconds), "document": uploaded(world, text)}


class TestDebarment:
    def test_debarment__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        path, body = registered(world) + "/debarment", order(world)
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        for caller in (world.registrar, world.buyer, world.acme):
            problem(caller.post(path, body), 403, "SupplierRegistryRoleMissing")

    def test_debarment__reviewer__shows_its_end_and_another_order_replaces_it(self, world: World) -> None:
        path = registered(world)
        for body in (order(world), order(world, 500, b"appeal")):
            reply = world.reviewer.post(f"{path}/debarment", body, wait=20)
            assert (reply.status, reply.json["resource"]) == (200, path), reply.data
            assert world.anyone.get(path).json["debarredUntil"] == body["until"]
        problem(world.reviewer.post(f"{path}/debarment", body), 409, "SupplierRegistryUnchanged")

    def test_debarment__end_in_the_past_or_too_far__is_refused(self, world: World) -> None:
        path, document = registered(world) + "/debarment", uploaded(world, b"order")
        for until in ("0001-01-01T00:00:00+23:00", world.in_seconds(0), world.in_seconds(1_826 * 86_400)):
            reply = world.reviewer.post(path, {"until": until, "document": document})
            expected = (422, "DebarmentInvalid") if until[:4] != "0001" else (409, "Unchanged")
            problem(reply, expected[0], f"SupplierRegistry{expected[1]}")

    def test_debarment__order_that_is_not_held__is_refused(self, world: World) -> None:
        body = {"until": world.in_seconds(1_000), "document": hashlib.sha256(b"never shown").hexdigest()}
        path = registered(world) + "/debarment"
        reply = world.reviewer.post(path, body)
        assert problem(reply, 404, "DocumentNotFound")["facts"]["sha256"] == body["document"]
        problem(world.reviewer.post(path, body | {"until": "2027-13-01T00:00:00Z"}), 422, "RequestInvalid")

    def test_debarment__no_such_supplier__is_not_found(self, world: World) -> None:
        for unknown in ("0x" + "00" * 31 + "01", "0x-1", "MX-RFC-NOBODY"):
            reply = world.reviewer.post(f"/v1/suppliers/{unknown}/debarment", order(world))
            problem(reply, 404, "SupplierRegistryNotFound")


class TestLifting:
    def test_lifting__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        path, body = registered(world) + "/debarment/lifting", {"document": uploaded(world, b"appeal")}
        problem(world.anyone.post(path, body), 401, "TokenMissing")
        problem(world.acme.post(path, body), 403, "SupplierRegistryRoleMissing")

    def test_lifting__reviewer__ends_a_debarment_once(self, world: World) -> None:
        path = registered(world)
        body = {"document": uploaded(world, b"appeal")}
        problem(world.reviewer.post(f"{path}/debarment/lifting", body), 409, "SupplierRegistryUnchanged")
        assert world.reviewer.post(f"{path}/debarment", order(world), wait=20).status == 200
        not_held = {"document": hashlib.sha256(b"never shown").hexdigest()}
        problem(world.reviewer.post(f"{path}/debarment/lifting", not_held), 404, "DocumentNotFound")
        reply = world.reviewer.post(f"{path}/debarment/lifting", body, wait=20)
        assert (reply.status, reply.json["resource"]) == (200, path), reply.data
        assert world.anyone.get(path).json["debarredUntil"] is None
        problem(world.reviewer.post(f"{path}/debarment/lifting", body), 409, "SupplierRegistryUnchanged")


class TestCitizens:
    def test_enrol__anonymous_and_wrong_role__are_refused(self, world: World) -> None:
        body = {"address": to_checksum_address(secrets.token_bytes(20))}
        problem(world.anyone.post("/v1/citizens", body), 401, "TokenMissing")
        problem(world.reviewer.post("/v1/citizens", body), 403, "SupplierRegistryRoleMissing")

    def test_enrol__registrar__makes_a_citizen_that_acts_for_nobody_else(self, world: World) -> None:
        address = to_checksum_address(secrets.token_bytes(20))
        problem(world.anyone.get(f"/v1/citizens/{address}"), 404, "CitizenNotFound")
        reply = world.registrar.post("/v1/citizens", {"address": address.lower()}, wait=20)
        assert (reply.status, reply.headers["location"]) == (201, f"/v1/citizens/{address}"), reply.data
        for written in (address, address.lower()):
            shown = world.anyone.get(f"/v1/citizens/{written}").json
            assert shown == {"address": address, "block": reply.json["block"]}
        taken = "SupplierRegistryAccountTaken"
        problem(world.registrar.post("/v1/citizens", {"address": address}), 409, taken)
        problem(world.registrar.post("/v1/suppliers", delta() | {"accounts": [address]}), 409, taken)
        buyer = next(
            each for each in world.anyone.get("/v1/members").json["items"] if "BUYER" in each["kinds"]
        )
        person = {"address": address, "roles": ["OFFICER"], "mandateEnd": world.in_seconds(86_400)}
        reply = world.buyer.post(f"/v1/members/{buyer['id']}/people", person)
        problem(reply, 409, "MemberRegistryAccountTaken")

    @pytest.mark.parametrize("who", ["buyer", "acme"])
    def test_enrol__account_of_a_member_or_supplier__is_refused(self, world: World, who: str) -> None:
        reply = world.registrar.post("/v1/citizens", {"address": world.address(who)})
        problem(reply, 409, "SupplierRegistryAccountTaken")


class TestCommands:
    def test_supplier__debarred_and_lifted__is_shown(self, world: World, tmp_path: Path) -> None:
        shell, path, body = Shell(world, tmp_path), registered(world), order(world)
        identifier = path.rsplit("/", 1)[1]
        document = ("--document", body["document"])
        debar = ("supplier", "debar", identifier, "--until", body["until"], *document)
        shell.done(*debar, name="reviewer")
        assert shell.json("supplier", "show", identifier)["debarredUntil"] == body["until"]
        refusal(shell.run(*debar, name="acme"), "SupplierRegistryRoleMissing")
        shell.done("supplier", "lift-debarment", identifier, *document, name="reviewer")
        assert shell.json("supplier", "show", identifier)["debarredUntil"] is None

    def test_citizen__enrolled__is_shown(self, world: World, tmp_path: Path) -> None:
        shell, address = Shell(world, tmp_path), to_checksum_address(secrets.token_bytes(20))
        shell.done("citizen", "enrol", address, name="registrar")
        assert shell.json("citizen", "show", address)["address"] == address
