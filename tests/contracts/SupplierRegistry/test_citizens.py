"""citizens.tree"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contracts.world import (
    BUYER,
    DAY,
    SUPPLIER_JSON,
    ZERO,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    hash_of,
    label,
    member_id,
)

pytestmark = pytest.mark.evm

REGISTRY = "SupplierRegistry"
ANA = address("ana")


def enrol(world: World) -> None:
    world.send("registrar", REGISTRY, "enrolCitizen", ANA)


@pytest.mark.parametrize("who", ["admin", "reviewer", "authority", "acme", "ana"])
def test_enrol_citizen__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("SupplierRegistryRoleMissing", label("REGISTRAR"), address(who))
    assert world.refusal(who, REGISTRY, "enrolCitizen", address("acme")) == expected


def test_enrol_citizen__registrar_suspended__role_missing(world: World) -> None:
    world.send("authority", "MemberRegistry", "suspend", member_id("TEST-REGISTRAR"), world.time + 50)
    expected = Refusal("SupplierRegistryRoleMissing", label("REGISTRAR"), address("registrar"))
    assert world.refusal("registrar", REGISTRY, "enrolCitizen", ANA) == expected


@pytest.mark.parametrize("who", ["officer", "registrar", "acme", "acme2", "ana"])
def test_enrol_citizen__account_in_use__account_taken(world: World, who: str) -> None:
    enrol(world)
    expected = Refusal("SupplierRegistryAccountTaken", address(who))
    assert world.refusal("registrar", REGISTRY, "enrolCitizen", address(who)) == expected


def test_enrol_citizen__no_account__hash_zero(world: World) -> None:
    expected = Refusal("SupplierRegistryHashZero", label("account"))
    assert world.refusal("registrar", REGISTRY, "enrolCitizen", ZERO_ADDRESS) == expected


def test_enrol_citizen__valid__stores_and_tells(world: World) -> None:
    assert world.read(REGISTRY, "isCitizen", ANA) is False
    event = world.send("registrar", REGISTRY, "enrolCitizen", ANA).event
    assert (event.name, event.args) == ("CitizenEnrolled", {"account": ANA})
    assert world.read(REGISTRY, "isCitizen", ANA) is True
    assert world.read(REGISTRY, "isCitizen", address("stranger")) is False
    assert (world.read(REGISTRY, "supplierOf", ANA), world.read("MemberRegistry", "memberOf", ANA)) == (
        ZERO,
        ZERO,
    )


def test_enrol_citizen__account_that_a_supplier_or_member_left__enrols(world: World) -> None:
    world.send("acme", REGISTRY, "setAccounts", 1, [address("acme")])
    world.send("admin", "MemberRegistry", "removePerson", address("officer"))
    for who in ("acme2", "officer"):
        world.send("registrar", REGISTRY, "enrolCitizen", address(who))
        assert world.read(REGISTRY, "isCitizen", address(who)) is True


OTHER_SIDES: dict[str, Callable[[World], Refusal]] = {
    "register": lambda w: w.refusal("registrar", REGISTRY, "register", hash_of("firm"), [ANA], SUPPLIER_JSON),
    "setAccounts": lambda w: w.refusal("acme", REGISTRY, "setAccounts", 1, [address("acme"), ANA]),
    "admit": lambda w: w.refusal(
        "authority", "MemberRegistry", "admit", ("TEST-NEW", "New", 0, 1, ZERO), ANA, w.time + DAY
    ),
    "recover": lambda w: w.refusal("authority", "MemberRegistry", "recover", BUYER, ANA, w.time + DAY),
    "addPerson": lambda w: w.refusal("admin", "MemberRegistry", "addPerson", ANA, 1, w.time + DAY),
    "rotatePerson": lambda w: w.refusal("admin", "MemberRegistry", "rotatePerson", address("officer"), ANA),
}
"""What makes an account a supplier's or a member's."""


@pytest.mark.parametrize("function", OTHER_SIDES)
def test_other_sides__account_of_a_citizen__account_taken(world: World, function: str) -> None:
    enrol(world)
    contract = REGISTRY if function in ("register", "setAccounts") else "MemberRegistry"
    assert OTHER_SIDES[function](world) == Refusal(f"{contract}AccountTaken", ANA)
