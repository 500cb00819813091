"""Suppliers over HTTP: a class an endpoint."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

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
