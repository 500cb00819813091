"""writes.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.world import (
    ACME,
    BETA,
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
NEW = hash_of("new firm")
FREE = [address(f"free {number}") for number in range(9)]


def accounts(*names: str) -> list[str]:
    """Accounts of named people; "zero" is the zero account."""
    return [ZERO_ADDRESS if name == "zero" else address(name) for name in names]


def refused_registration(
    world: World,
    *,
    who: str = "registrar",
    id: bytes = NEW,
    given: list[str] | None = None,
    json: str = SUPPLIER_JSON,
) -> Refusal:
    return world.refusal(who, REGISTRY, "register", id, FREE[:1] if given is None else given, json)


@pytest.mark.parametrize("who", ["admin", "officer", "authority", "acme", "stranger"])
def test_register__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("SupplierRegistryRoleMissing", label("REGISTRAR"), address(who))
    assert refused_registration(world, who=who, id=ACME) == expected


def test_register__registrar_suspended__role_missing(world: World) -> None:
    world.send("authority", "MemberRegistry", "suspend", member_id("TEST-REGISTRAR"), world.time + 50)
    expected = Refusal("SupplierRegistryRoleMissing", label("REGISTRAR"), address("registrar"))
    assert refused_registration(world) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": ACME, "given": accounts("acme"), "json": ""}, Refusal("SupplierRegistryExists", ACME)),
        (
            {"id": ZERO, "given": accounts("zero", "acme")},
            Refusal("SupplierRegistryAccountTaken", address("acme")),
        ),
        (
            {"id": ZERO, "given": [*FREE, *accounts("admin")]},
            Refusal("SupplierRegistryAccountTaken", address("admin")),
        ),
        ({"id": ZERO, "given": [], "json": ""}, Refusal("SupplierRegistryHashZero", label("id"))),
        ({"given": [], "json": ""}, Refusal("SupplierRegistryJsonLength", 4_096, 0)),
        ({"given": [], "json": "x" * 4_097}, Refusal("SupplierRegistryJsonLength", 4_096, 4_097)),
        ({"given": []}, Refusal("SupplierRegistryAccountsInvalid", 8, 0)),
        ({"given": FREE}, Refusal("SupplierRegistryAccountsInvalid", 8, 9)),
        ({"given": [*FREE[:3], FREE[1]]}, Refusal("SupplierRegistryAccountsInvalid", 8, 4)),
        ({"given": [*FREE[:1], ZERO_ADDRESS]}, Refusal("SupplierRegistryAccountsInvalid", 8, 2)),
    ],
)
def test_register__data_wrong__refused_in_order(
    world: World, changes: dict[str, Any], expected: Refusal
) -> None:
    assert refused_registration(world, **changes) == expected


@pytest.mark.parametrize("count", [1, 8])
def test_register__valid__stores_and_tells(world: World, count: int) -> None:
    event = world.send("registrar", REGISTRY, "register", NEW, FREE[:count], "x" * 4_096).event
    assert event.name == "SupplierRegistered"
    assert {**event.args, "accounts": None} == {"id": NEW, "accounts": None, "json": "x" * 4_096}
    assert world.facts(REGISTRY, "supplierFacts", NEW) == {
        "exists": True, "active": True, "version": 1, "accounts": count, "ownersAt": 0, "debarredUntil": 0, "ownersHash": ZERO,
    }  # fmt: skip
    stored = world.read(REGISTRY, "accountsOf", NEW)
    assert (
        [at.lower() for at in stored]
        == [at.lower() for at in event.args["accounts"]]
        == [at.lower() for at in FREE[:count]]
    )
    assert {world.read(REGISTRY, "supplierOf", at) for at in FREE[:count]} == {NEW}


def test_set_active__unknown__not_found(world: World) -> None:
    assert world.refusal("stranger", REGISTRY, "setActive", NEW, True) == Refusal(
        "SupplierRegistryNotFound", NEW
    )


@pytest.mark.parametrize("who", ["admin", "authority", "acme", "stranger"])
def test_set_active__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("SupplierRegistryRoleMissing", label("REGISTRAR"), address(who))
    assert world.refusal(who, REGISTRY, "setActive", ACME, True) == expected


def test_set_active__both_ways__stores_and_tells(world: World) -> None:
    for active in (False, True):
        expected = Refusal("SupplierRegistryUnchanged", label("active"))
        assert world.refusal("registrar", REGISTRY, "setActive", ACME, not active) == expected
        event = world.send("registrar", REGISTRY, "setActive", ACME, active).event
        assert (event.name, event.args) == ("SupplierActiveSet", {"id": ACME, "active": active})
        assert world.facts(REGISTRY, "supplierFacts", ACME)["active"] is active


@pytest.mark.parametrize("who", ["registrar", "officer", "authority", "stranger"])
@pytest.mark.parametrize(("function", "value"), [("setAccounts", FREE[:1]), ("declareOwners", NEW)])
def test_own_writes__no_supplier__role_missing(world: World, function: str, value: Any, who: str) -> None:
    expected = Refusal("SupplierRegistryRoleMissing", label("SUPPLIER"), address(who))
    assert world.refusal(who, REGISTRY, function, 9, value) == expected


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
@pytest.mark.parametrize(("function", "value"), [("setAccounts", []), ("declareOwners", ZERO)])
def test_own_writes__other_version__version_wrong(
    world: World, function: str, value: Any, version: int
) -> None:
    assert world.refusal("acme", REGISTRY, function, version, value) == Refusal(
        "SupplierRegistryVersionWrong", 1, version
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (accounts("zero", "beta"), Refusal("SupplierRegistryAccountTaken", address("beta"))),
        (accounts("acme", "officer"), Refusal("SupplierRegistryAccountTaken", address("officer"))),
        ([], Refusal("SupplierRegistryAccountsInvalid", 8, 0)),
        (FREE, Refusal("SupplierRegistryAccountsInvalid", 8, 9)),
        (accounts("acme", "acme"), Refusal("SupplierRegistryAccountsInvalid", 8, 2)),
        (accounts("acme", "zero"), Refusal("SupplierRegistryAccountsInvalid", 8, 2)),
    ],
)
def test_set_accounts__data_wrong__refused_in_order(
    world: World, given: list[str], expected: Refusal
) -> None:
    assert world.refusal("acme", REGISTRY, "setAccounts", 1, given) == expected


def test_set_accounts__valid__replaces_and_tells(world: World) -> None:
    given = accounts("acme2", "acme3")
    event = world.send("acme", REGISTRY, "setAccounts", 1, given).event
    assert (event.name, event.args["id"], event.args["version"]) == ("SupplierAccountsSet", ACME, 2)
    assert [at.lower() for at in event.args["accounts"]] == [at.lower() for at in given]
    owners = [world.read(REGISTRY, "supplierOf", address(who)) for who in ("acme", "acme2", "acme3")]
    assert owners == [ZERO, ACME, ACME]
    facts = world.facts(REGISTRY, "supplierFacts", ACME)
    assert (facts["version"], facts["accounts"]) == (2, 2)
    expected = Refusal("SupplierRegistryVersionWrong", 2, 1)
    assert world.refusal("acme2", REGISTRY, "setAccounts", 1, given) == expected
    world.send("beta", REGISTRY, "setAccounts", 1, accounts("acme"))
    assert world.read(REGISTRY, "supplierOf", address("acme")) == BETA


def test_set_accounts__inactive_supplier__still_rotates(world: World) -> None:
    world.send("registrar", REGISTRY, "setActive", ACME, False)
    world.send("acme", REGISTRY, "setAccounts", 1, accounts("acme3"))
    assert world.read(REGISTRY, "supplierOf", address("acme3")) == ACME


def test_declare_owners__no_hash__hash_zero(world: World) -> None:
    assert world.refusal("acme", REGISTRY, "declareOwners", 1, ZERO) == Refusal(
        "SupplierRegistryHashZero", label("ownersHash")
    )


def test_declare_owners__same_hash_again__renews(world: World) -> None:
    for version in (2, 3):
        receipt = world.send("acme2", REGISTRY, "declareOwners", version - 1, NEW)
        assert (receipt.event.name, receipt.event.args) == (
            "SupplierOwnersDeclared",
            {"id": ACME, "version": version, "ownersHash": NEW},
        )
        facts = world.facts(REGISTRY, "supplierFacts", ACME)
        assert (facts["version"], facts["ownersHash"], facts["ownersAt"]) == (version, NEW, receipt.time)


def eligibility(world: World, id: bytes = ACME) -> Refusal | None:
    """None where the supplier is eligible."""
    answer = world.attempt(REGISTRY, "requireEligible", id)
    return answer if isinstance(answer, Refusal) else None


def test_require_eligible__unknown__not_found(world: World) -> None:
    assert eligibility(world, NEW) == Refusal("SupplierRegistryNotFound", NEW)


def test_require_eligible__never_declared__owners_stale(world: World) -> None:
    assert eligibility(world) == Refusal("SupplierRegistryOwnersStale", ACME, 0)


def test_require_eligible__declaration_ages__owners_stale_after_a_year(world: World) -> None:
    at = world.send("acme", REGISTRY, "declareOwners", 1, NEW).time
    seen = []
    for after in (1, 365 * DAY - 1, 365 * DAY, 365 * DAY + 1):
        world.move_to(at + after)
        seen.append(eligibility(world))
    assert seen == [None, None, None, Refusal("SupplierRegistryOwnersStale", ACME, at)]


def test_require_eligible__inactive__inactive(world: World) -> None:
    world.send("registrar", REGISTRY, "setActive", ACME, False)
    assert eligibility(world) == Refusal("SupplierRegistryInactive", ACME)


def test_require_eligible__debarred__debarred_until_the_end(world: World) -> None:
    world.send("acme", REGISTRY, "declareOwners", 1, NEW)
    until = world.time + 10
    world.send("reviewer", REGISTRY, "debar", ACME, until, hash_of("order"))
    assert world.facts(REGISTRY, "supplierFacts", ACME)["debarredUntil"] == until
    seen = []
    for at in (until - 1, until, until + 1):
        world.move_to(at)
        seen.append(eligibility(world))
    assert seen == [Refusal("SupplierRegistryDebarred", ACME, until), None, None]


def test_views__unknown__zero(world: World) -> None:
    assert world.read(REGISTRY, "supplierOf", address("stranger")) == ZERO
    assert world.read(REGISTRY, "accountsOf", NEW) == ()
    assert set(world.facts(REGISTRY, "supplierFacts", NEW).values()) == {0, ZERO}
