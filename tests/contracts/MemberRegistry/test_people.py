"""people.tree: what an organisation writes, and what is read of it"""

from __future__ import annotations

import pytest

from chain.types import Kind, MemberStatus, Role
from tests.contracts.world import (
    ACME,
    BUYER,
    BUYER2,
    DAY,
    MANDATE_END,
    REVIEW,
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

REGISTRY = "MemberRegistry"
KINDS = {
    Role.ADMIN: tuple(Kind),
    Role.DELEGATE: (Kind.COUNCIL,),
    Role.OFFICER: (Kind.BUYER,),
    Role.APPROVER: (Kind.BUYER,),
    Role.OPENER: (Kind.OPENING,),
    Role.EVALUATOR: (Kind.BUYER, Kind.EVALUATION, Kind.WITNESS),
    Role.REVIEWER: (Kind.REVIEW_BODY,),
    Role.AUDITOR: (Kind.AUDIT_OFFICE,),
    Role.OPERATOR: (Kind.OPERATOR,),
    Role.WITNESS: (Kind.WITNESS,),
    Role.REGISTRAR: (Kind.REGISTRAR,),
}


def refused_addition(
    world: World,
    *,
    who: str = "admin",
    account: str = "new",
    roles: int = int(Role.OFFICER),
    after: int = DAY,
) -> Refusal:
    at = ZERO_ADDRESS if account == "zero" else address(account)
    return world.refusal(who, REGISTRY, "addPerson", at, roles, world.time + 1 + after)


@pytest.mark.parametrize("who", ["officer", "approver", "authority", "acme", "stranger"])
@pytest.mark.parametrize("function", ["addPerson", "removePerson"])
def test_people__other_role__role_missing(world: World, who: str, function: str) -> None:
    args = (address("admin"),) if function == "removePerson" else (address("admin"), 0, 0)
    assert world.refusal(who, REGISTRY, function, *args) == Refusal(
        "MemberRegistryRoleMissing", label("ADMIN"), address(who)
    )


@pytest.mark.parametrize("function", ["suspend", "expel"])
def test_add_person__member_not_active__role_missing(world: World, function: str) -> None:
    world.send("authority", REGISTRY, function, BUYER, *([world.time + 50] if function == "suspend" else []))
    assert refused_addition(world) == Refusal("MemberRegistryRoleMissing", label("ADMIN"), address("admin"))


@pytest.mark.parametrize("account", ["admin", "officer", "officer2", "acme", "acme2"])
def test_add_person__account_in_use__account_taken(world: World, account: str) -> None:
    assert refused_addition(world, account=account, roles=0) == Refusal(
        "MemberRegistryAccountTaken", address(account)
    )


def test_add_person__no_account__hash_zero(world: World) -> None:
    assert refused_addition(world, account="zero", roles=0) == Refusal(
        "MemberRegistryHashZero", label("account")
    )


@pytest.mark.parametrize("roles", [0, 2_048, 65_535])
def test_add_person__roles_not_defined__roles_invalid(world: World, roles: int) -> None:
    assert refused_addition(world, roles=roles, after=0) == Refusal(
        "MemberRegistryRolesInvalid", 2_047, roles
    )


@pytest.mark.parametrize(
    ("after", "is_valid"), [(0, False), (1, True), (3_650 * DAY, True), (3_650 * DAY + 1, False)]
)
def test_add_person__mandate_near_its_bounds__mandate_invalid_outside(
    world: World, after: int, is_valid: bool
) -> None:
    now = world.time + 1
    if is_valid:
        world.send("admin", REGISTRY, "addPerson", address("new"), 1, now + after)
    else:
        expected = Refusal("MemberRegistryMandateInvalid", now, now + 3_650 * DAY, now + after)
        assert refused_addition(world, after=after) == expected


def test_add_person__valid__stores_and_tells(world: World) -> None:
    end = world.time + DAY
    event = world.send("admin", REGISTRY, "addPerson", address("new"), 2_047, end).event
    assert (event.name, event.args) == (
        "PersonAdded",
        {"member": BUYER, "account": address("new"), "roles": 2_047, "mandateEnd": end},
    )
    facts = world.facts(REGISTRY, "personFacts", address("new"))
    assert facts == {"member": BUYER, "roles": 2_047, "mandateEnd": end, "suspendedUntil": 0, "recoveries": 0}
    assert world.read(REGISTRY, "memberOf", address("new")) == BUYER


@pytest.mark.parametrize("account", ["officer2", "acme", "stranger"])
def test_remove_person__no_person_of_the_member__person_not_found(world: World, account: str) -> None:
    expected = Refusal("MemberRegistryPersonNotFound", address(account))
    assert world.refusal("admin", REGISTRY, "removePerson", address(account)) == expected


@pytest.mark.parametrize("others", [0, 1])
def test_remove_person__oneself__last_admin_however_many_there_are(world: World, others: int) -> None:
    if others:
        world.send("admin", REGISTRY, "addPerson", address("new"), int(Role.ADMIN), world.time + DAY)
    expected = Refusal("MemberRegistryLastAdmin", BUYER)
    assert world.refusal("admin", REGISTRY, "removePerson", address("admin")) == expected


def test_remove_person__another_admin__removes(world: World) -> None:
    world.send("admin", REGISTRY, "addPerson", address("new"), int(Role.ADMIN), world.time + DAY)
    event = world.send("new", REGISTRY, "removePerson", address("admin")).event
    assert (event.name, event.args) == ("PersonRemoved", {"member": BUYER, "account": address("admin")})
    assert world.facts(REGISTRY, "personFacts", address("admin")) == {
        "member": ZERO,
        "roles": 0,
        "mandateEnd": 0,
        "suspendedUntil": 0,
        "recoveries": 0,
    }
    assert refused_addition(world) == Refusal("MemberRegistryRoleMissing", label("ADMIN"), address("admin"))


def test_remove_person__officer__account_is_free_again(world: World) -> None:
    world.send("admin", REGISTRY, "removePerson", address("officer"))
    world.send("admin2", REGISTRY, "addPerson", address("officer"), int(Role.OFFICER), world.time + DAY)
    assert world.read(REGISTRY, "memberOf", address("officer")) == BUYER2


def test_add_person__account_left_by_a_supplier__adds(world: World) -> None:
    world.send("acme", "SupplierRegistry", "setAccounts", 1, [address("acme")])
    world.send("admin", REGISTRY, "addPerson", address("acme2"), int(Role.OFFICER), world.time + DAY)
    expected = Refusal("SupplierRegistryAccountTaken", address("acme2"))
    assert world.refusal("acme", "SupplierRegistry", "setAccounts", 2, [address("acme2")]) == expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", Kind)
def test_may__each_role_and_kind__as_the_role_needs(world: World, role: Role, kind: Kind) -> None:
    world.send("admin", REGISTRY, "addPerson", address("new"), int(role), world.time + DAY)
    if kind is not Kind.BUYER:
        world.send("authority", REGISTRY, "setKinds", BUYER, int(kind))
    assert world.read(REGISTRY, "may", address("new"), int(role)) is (kind in KINDS[role])
    assert world.read(REGISTRY, "may", address("new"), 2_047) is (kind in KINDS[role])
    assert world.read(REGISTRY, "may", address("new"), 2_047 & ~int(role)) is False


def test_may__mandate__ends_by_time(world: World) -> None:
    seen = []
    for at in (MANDATE_END - 1, MANDATE_END, MANDATE_END + 1):
        world.move_to(at)
        seen.append(world.read(REGISTRY, "may", address("officer"), int(Role.OFFICER)))
    assert seen == [True, False, False]


@pytest.mark.parametrize("who", ["stranger", "acme", "authority"])
def test_may__no_person__false(world: World, who: str) -> None:
    assert world.read(REGISTRY, "may", address(who), 65_535) is False
    assert world.read(REGISTRY, "memberOf", address(who)) == ZERO


def test_is_active__kinds__all_of_them(world: World) -> None:
    world.send("authority", REGISTRY, "setKinds", BUYER, int(Kind.BUYER | Kind.COUNCIL))
    asked = [0, Kind.BUYER, Kind.COUNCIL, Kind.BUYER | Kind.COUNCIL, Kind.BUYER | Kind.WITNESS]
    assert [world.read(REGISTRY, "isActive", BUYER, int(kinds)) for kinds in asked] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_status__unknown_member__none(world: World) -> None:
    assert world.read(REGISTRY, "statusOf", hash_of("nobody")) == MemberStatus.NONE
    assert world.read(REGISTRY, "isActive", hash_of("nobody"), 0) is False
    assert world.read(REGISTRY, "statusOf", ACME) == MemberStatus.NONE


def test_independent__relations__at_whatever_distance(world: World) -> None:
    university, audit = member_id("TEST-UNIVERSITY"), member_id("TEST-AUDIT")
    for below, above in ((BUYER, BUYER2), (BUYER2, REVIEW), (audit, REVIEW)):
        world.send("authority", REGISTRY, "setSuperior", below, above)
    dependent = [(BUYER, BUYER), (BUYER, BUYER2), (BUYER, REVIEW), (BUYER, audit), (BUYER2, audit)]
    for a, b in dependent:
        assert world.read(REGISTRY, "independent", a, b) is world.read(REGISTRY, "independent", b, a) is False
    for member in (BUYER, BUYER2, REVIEW, audit):
        assert world.read(REGISTRY, "independent", member, university) is True


def test_independent__more_levels_than_are_followed__false(world: World) -> None:
    chains = []
    for name in "AB":
        above = ZERO
        for level in range(6):
            data = (f"TEST-{name}{level}", "Level", 0, 1, above)
            world.send("authority", REGISTRY, "admit", data, address(f"{name}{level}"), world.time + DAY)
            above = member_id(f"TEST-{name}{level}")
        chains.append(above)
    assert world.read(REGISTRY, "independent", chains[1], BUYER) is True
    world.send("authority", REGISTRY, "setSuperior", member_id("TEST-B0"), chains[0])
    assert world.read(REGISTRY, "independent", chains[1], BUYER) is False
    assert world.read(REGISTRY, "independent", member_id("TEST-B2"), BUYER) is True


def test_add_person__registered_as_supplier_before__account_taken(world: World) -> None:
    world.send("registrar", "SupplierRegistry", "register", hash_of("firm"), [address("new")], SUPPLIER_JSON)
    assert refused_addition(world) == Refusal("MemberRegistryAccountTaken", address("new"))
