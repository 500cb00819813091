"""constructor.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Kind, Role
from tests.contracts.world import (
    DAY,
    FOUNDING,
    MANDATE_END,
    MEMBERS,
    PEOPLE,
    ZERO,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    label,
    member_id,
    wiring,
)

pytestmark = pytest.mark.evm

ORG = "TEST-NEW"
MEMBER = (ORG, "New", 0, int(Kind.BUYER), ZERO)
PERSON = (address("new"), member_id(ORG), int(Role.ADMIN), MANDATE_END)
SECTORS = range(4)


def changed(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    """The tuple with another value."""
    return (*values[:index], value, *values[index + 1 :])


def refusal(world: World, members: list[Any], people: list[Any]) -> Refusal:
    return world.refused_deployment(
        "MemberRegistry", address("authority"), wiring(world.addresses), members, people
    )


def test_constructor__no_authority__hash_zero(world: World) -> None:
    found = world.refused_deployment(
        "MemberRegistry", ZERO_ADDRESS, wiring(world.addresses), [MEMBER], [PERSON]
    )
    assert found == Refusal("MemberRegistryHashZero", label("authority"))


def test_constructor__organisation_twice__exists(world: World) -> None:
    assert refusal(world, [MEMBER, MEMBER], [PERSON]) == Refusal("MemberRegistryExists", member_id(ORG))


@pytest.mark.parametrize(
    ("index", "value", "expected"),
    [
        (0, "", Refusal("MemberRegistryHashZero", label("orgId"))),
        (1, "", Refusal("MemberRegistryHashZero", label("name"))),
        (1, "x" * 257, Refusal("MemberRegistryTextLength", 256, 257)),
        (2, 4, Refusal("MemberRegistrySectorInvalid", 3, 4)),
        (3, 512, Refusal("MemberRegistryKindsInvalid", 511, 512)),
        (4, member_id("TEST-LATER"), Refusal("MemberRegistrySuperiorInvalid", member_id("TEST-LATER"))),
    ],
)
def test_constructor__member_wrong__refused_as_at_admission(
    world: World, index: int, value: Any, expected: Refusal
) -> None:
    later = changed(MEMBER, 0, "TEST-LATER")
    assert refusal(world, [changed(MEMBER, index, value), later], [PERSON]) == expected


@pytest.mark.parametrize(
    ("index", "value", "expected"),
    [
        (0, ZERO_ADDRESS, Refusal("MemberRegistryHashZero", label("account"))),
        (1, member_id("TEST-NOBODY"), Refusal("MemberRegistryNotFound", member_id("TEST-NOBODY"))),
        (2, 0, Refusal("MemberRegistryRolesInvalid", 2_047, 0)),
        (2, 2_048, Refusal("MemberRegistryRolesInvalid", 2_047, 2_048)),
    ],
)
def test_constructor__person_wrong__refused_as_when_added(
    world: World, index: int, value: Any, expected: Refusal
) -> None:
    assert refusal(world, [MEMBER], [changed(PERSON, index, value)]) == expected


def test_constructor__mandate_over__mandate_invalid(world: World) -> None:
    now = world.time + 1
    expected = Refusal("MemberRegistryMandateInvalid", now, now + 3_650 * DAY, now)
    assert refusal(world, [MEMBER], [changed(PERSON, 3, now)]) == expected


def test_constructor__account_twice__account_taken(world: World) -> None:
    assert refusal(world, [MEMBER], [PERSON, PERSON]) == Refusal("MemberRegistryAccountTaken", address("new"))


def test_constructor__no_admin__last_admin(world: World) -> None:
    officer = changed(PERSON, 2, int(Role.OFFICER))
    assert refusal(world, [MEMBER], [officer]) == Refusal("MemberRegistryLastAdmin", member_id(ORG))


@pytest.mark.parametrize("org_id", ["MX-RFC-BUYER", "TEST-COUNCIL4"])
def test_constructor__one_member_without_admin__last_admin(world: World, org_id: str) -> None:
    member = member_id(org_id)
    people = [
        (who, of, roles & ~int(Role.ADMIN) if of == member else roles, end) for who, of, roles, end in PEOPLE
    ]
    people = [person for person in people if person[2]]
    assert refusal(world, MEMBERS, people) == Refusal("MemberRegistryLastAdmin", member)


@pytest.mark.parametrize("sector", SECTORS)
def test_constructor__sector_without_a_seat__last_seat(world: World, sector: int) -> None:
    members = [
        changed(member, 3, member[3] & ~int(Kind.COUNCIL) if member[2] == sector else member[3])
        for member in MEMBERS
    ]
    assert refusal(world, members, PEOPLE) == Refusal("MemberRegistryLastSeat", sector)


def test_constructor__no_seat_at_all__last_seat_of_the_first_sector(world: World) -> None:
    assert refusal(world, [MEMBER], [PERSON]) == Refusal("MemberRegistryLastSeat", 0)


def test_constructor__valid__tells_as_later_writes_do(world: World) -> None:
    receipt = world.deploy("MemberRegistry", address("authority"), wiring(world.addresses), MEMBERS, PEOPLE)
    fields = ("orgId", "name", "sector", "kinds", "superior")
    admitted = [
        ("MemberAdmitted", {"member": member_id(each[0]), **dict(zip(fields, each, strict=True))})
        for each in MEMBERS
    ]
    added = [
        ("PersonAdded", {"member": member, "account": account, "roles": roles, "mandateEnd": end})
        for account, member, roles, end in PEOPLE
    ]
    assert [(event.name, event.args) for event in receipt.events] == admitted + added


def test_constructor__valid__stores_members_and_people(world: World) -> None:
    for org_id, _, sector, kinds, _, people in FOUNDING:
        assert world.facts("MemberRegistry", "memberFacts", member_id(org_id)) == {
            "sector": sector, "kinds": kinds, "suspendedUntil": 0, "recoveries": 0, "exists": True, "left": False, "superior": ZERO,
        }  # fmt: skip
        for who, roles in people:
            assert world.facts("MemberRegistry", "personFacts", address(who)) == {
                "member": member_id(org_id), "roles": roles, "mandateEnd": MANDATE_END, "suspendedUntil": 0, "recoveries": 0,
            }  # fmt: skip
    assert world.read("MemberRegistry", "authority") == address("authority")
