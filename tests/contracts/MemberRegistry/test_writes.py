"""writes.tree: what the authority writes"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Kind, MemberStatus, Role
from tests.contracts.world import (
    BUYER,
    BUYER2,
    DAY,
    REVIEW,
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

ORG = "TEST-NEW"
NEW = member_id(ORG)
NOBODY = hash_of("nobody")
BOARD = "MemberRegistry"
SETTERS: list[tuple[str, Any, Any, str]] = [
    ("setSector", 0, 2, "sector"),
    ("setKinds", int(Kind.BUYER), int(Kind.BUYER | Kind.COUNCIL), "kinds"),
    ("setSuperior", ZERO, REVIEW, "superior"),
    ("suspend", 0, 1_900_000_500, "suspendedUntil"),
]
"""function, the BUYER's present value, another one, field"""


def data(**changes: Any) -> tuple[Any, ...]:
    """Struct MemberData."""
    plain = {"orgId": ORG, "name": "New", "sector": 3, "kinds": int(Kind.BUYER), "superior": ZERO}
    return tuple((plain | changes).values())


def refused_admission(
    world: World, who: str = "authority", admin: str = "new", after: int = DAY, **changes: Any
) -> Refusal:
    account = ZERO_ADDRESS if admin == "zero" else address(admin)
    return world.refusal(who, BOARD, "admit", data(**changes), account, world.time + 1 + after)


def admit(world: World, org_id: str, superior: bytes = ZERO) -> bytes:
    world.send(
        "authority", BOARD, "admit", data(orgId=org_id, superior=superior), address(org_id), world.time + DAY
    )
    return member_id(org_id)


@pytest.mark.parametrize("who", ["admin", "registrar", "delegate", "acme", "stranger"])
def test_admit__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("MemberRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert refused_admission(world, who, orgId="MX-RFC-BUYER") == expected


def test_admit__member__exists(world: World) -> None:
    assert refused_admission(world, orgId="MX-RFC-BUYER", admin="admin") == Refusal(
        "MemberRegistryExists", BUYER
    )


def test_admit__former_member__exists(world: World) -> None:
    world.send("authority", BOARD, "expel", BUYER)
    assert refused_admission(world, orgId="MX-RFC-BUYER") == Refusal("MemberRegistryExists", BUYER)


@pytest.mark.parametrize("admin", ["admin", "officer2", "acme", "acme2"])
def test_admit__account_of_a_member_or_supplier__account_taken(world: World, admin: str) -> None:
    expected = Refusal("MemberRegistryAccountTaken", address(admin))
    assert refused_admission(world, admin=admin, orgId="") == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"admin": "zero", "orgId": "", "name": ""}, Refusal("MemberRegistryHashZero", label("account"))),
        ({"orgId": "", "name": ""}, Refusal("MemberRegistryHashZero", label("orgId"))),
        ({"orgId": "x" * 129, "name": ""}, Refusal("MemberRegistryHashZero", label("name"))),
        ({"orgId": "x" * 129, "name": "x" * 257}, Refusal("MemberRegistryTextLength", 128, 129)),
        ({"name": "ñ" * 129, "sector": 4}, Refusal("MemberRegistryTextLength", 256, 258)),
        ({"sector": 4, "kinds": 0}, Refusal("MemberRegistrySectorInvalid", 3, 4)),
        ({"sector": 255}, Refusal("MemberRegistrySectorInvalid", 3, 255)),
        ({"kinds": 0, "superior": NOBODY}, Refusal("MemberRegistryKindsInvalid", 511, 0)),
        ({"kinds": 512}, Refusal("MemberRegistryKindsInvalid", 511, 512)),
        ({"superior": NOBODY, "after": 0}, Refusal("MemberRegistrySuperiorInvalid", NOBODY)),
        ({"superior": NEW}, Refusal("MemberRegistrySuperiorInvalid", NEW)),
    ],
)
def test_admit__data_wrong__refused_in_order(
    world: World, changes: dict[str, Any], expected: Refusal
) -> None:
    assert refused_admission(world, **changes) == expected


def test_admit__mandate_near_its_bounds__mandate_invalid_outside(world: World) -> None:
    now = world.time + 1
    for after in (0, 3_650 * DAY + 1):
        with world.undone():
            expected = Refusal("MemberRegistryMandateInvalid", now, now + 3_650 * DAY, now + after)
            assert refused_admission(world, after=after) == expected
    for after in (1, 3_650 * DAY - 1, 3_650 * DAY):
        with world.undone():
            world.send("authority", BOARD, "admit", data(), address("new"), now + after)


def test_admit__longest_texts__stores_and_tells(world: World) -> None:
    end = world.time + DAY
    given = data(orgId="x" * 128, name="ñ" * 128, kinds=511, superior=BUYER)
    receipt = world.send("authority", BOARD, "admit", given, address("new"), end)
    member = member_id("x" * 128)
    assert [(event.name, event.args) for event in receipt.events] == [
        (
            "MemberAdmitted",
            {
                "member": member,
                "orgId": "x" * 128,
                "name": "ñ" * 128,
                "sector": 3,
                "kinds": 511,
                "superior": BUYER,
            },
        ),
        ("PersonAdded", {"member": member, "account": address("new"), "roles": 1, "mandateEnd": end}),
    ]
    assert world.facts(BOARD, "memberFacts", member) == {
        "sector": 3, "kinds": 511, "suspendedUntil": 0, "recoveries": 0, "exists": True, "left": False, "superior": BUYER,
    }  # fmt: skip
    assert world.read(BOARD, "may", address("new"), int(Role.ADMIN)) is True


@pytest.mark.parametrize(("function", "old", "new", "field"), SETTERS)
def test_setter__unknown_member__not_found(
    world: World, function: str, old: Any, new: Any, field: str
) -> None:
    assert world.refusal("stranger", BOARD, function, NOBODY, old) == Refusal(
        "MemberRegistryNotFound", NOBODY
    )


@pytest.mark.parametrize("who", ["admin", "delegate", "stranger"])
@pytest.mark.parametrize(("function", "old", "new", "field"), SETTERS)
def test_setter__other_role__role_missing(
    world: World, function: str, old: Any, new: Any, field: str, who: str
) -> None:
    expected = Refusal("MemberRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert world.refusal(who, BOARD, function, BUYER, old) == expected


@pytest.mark.parametrize(("function", "old", "new", "field"), SETTERS)
def test_setter__present_value__unchanged(
    world: World, function: str, old: Any, new: Any, field: str
) -> None:
    assert world.refusal("authority", BOARD, function, BUYER, old) == Refusal(
        "MemberRegistryUnchanged", label(field)
    )
    world.send("authority", BOARD, "expel", BUYER)
    assert world.refusal("authority", BOARD, function, BUYER, old) == Refusal(
        "MemberRegistryUnchanged", label(field)
    )


@pytest.mark.parametrize(("function", "old", "new", "field"), SETTERS)
def test_setter__member_left__status_wrong(
    world: World, function: str, old: Any, new: Any, field: str
) -> None:
    world.send("authority", BOARD, "expel", BUYER)
    expected = Refusal("MemberRegistryStatusWrong", BUYER, MemberStatus.LEFT)
    assert world.refusal("authority", BOARD, function, BUYER, new) == expected


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        ("setSector", 4, Refusal("MemberRegistrySectorInvalid", 3, 4)),
        ("setKinds", 0, Refusal("MemberRegistryKindsInvalid", 511, 0)),
        ("setKinds", 512, Refusal("MemberRegistryKindsInvalid", 511, 512)),
        ("setSuperior", NOBODY, Refusal("MemberRegistrySuperiorInvalid", NOBODY)),
        ("setSuperior", BUYER, Refusal("MemberRegistrySuperiorInvalid", BUYER)),
    ],
)
def test_setter__value_not_allowed__refused(
    world: World, function: str, value: Any, expected: Refusal
) -> None:
    assert world.refusal("authority", BOARD, function, BUYER, value) == expected


EVENTS = {
    "setSector": "MemberSectorSet",
    "setKinds": "MemberKindsSet",
    "setSuperior": "MemberSuperiorSet",
    "suspend": "MemberSuspended",
}


@pytest.mark.parametrize(("function", "old", "new", "field"), SETTERS)
def test_setter__other_value__stores_and_tells(
    world: World, function: str, old: Any, new: Any, field: str
) -> None:
    before = world.facts(BOARD, "memberFacts", BUYER)
    event = world.send("authority", BOARD, function, BUYER, new).event
    named = "until" if function == "suspend" else field
    assert (event.name, event.args) == (EVENTS[function], {"member": BUYER, named: new})
    assert world.facts(BOARD, "memberFacts", BUYER) == before | {field: new}


def test_set_superior__below_the_member__superior_invalid(world: World) -> None:
    world.send("authority", BOARD, "setSuperior", BUYER2, BUYER)
    world.send("authority", BOARD, "setSuperior", REVIEW, BUYER2)
    expected = Refusal("MemberRegistrySuperiorInvalid", REVIEW)
    assert world.refusal("authority", BOARD, "setSuperior", BUYER, REVIEW) == expected


def test_set_superior__member_that_left__superior_invalid(world: World) -> None:
    world.send("authority", BOARD, "expel", REVIEW)
    expected = Refusal("MemberRegistrySuperiorInvalid", REVIEW)
    assert world.refusal("authority", BOARD, "setSuperior", BUYER, REVIEW) == expected


def test_set_superior__none__ends_the_relation(world: World) -> None:
    world.send("authority", BOARD, "setSuperior", BUYER, BUYER2)
    world.send("authority", BOARD, "setSuperior", BUYER, ZERO)
    assert world.read(BOARD, "independent", BUYER, BUYER2) is True


def test_set_superior__nine_levels__superior_invalid(world: World) -> None:
    above = admit(world, "TEST-0")
    for level in range(1, 9):
        above = admit(world, f"TEST-{level}", above)
    assert refused_admission(world, superior=above) == Refusal("MemberRegistrySuperiorInvalid", above)
    assert world.refusal("authority", BOARD, "setSuperior", BUYER, above) == Refusal(
        "MemberRegistrySuperiorInvalid", above
    )
    assert world.read(BOARD, "independent", member_id("TEST-8"), BUYER) is True


def test_suspend__near_its_bounds__suspension_invalid_outside(world: World) -> None:
    now = world.time + 1
    for until in (now - 1, now, now + 365 * DAY + 1):
        with world.undone():
            expected = Refusal("MemberRegistrySuspensionInvalid", now, now + 365 * DAY, until)
            assert world.refusal("authority", BOARD, "suspend", BUYER, until) == expected
    for until in (now + 1, now + 365 * DAY - 1, now + 365 * DAY):
        with world.undone():
            world.send("authority", BOARD, "suspend", BUYER, until)


def test_suspend__time_passes__ends_by_itself(world: World) -> None:
    until = world.time + 50
    world.send("authority", BOARD, "suspend", BUYER, until)
    seen = []
    for at in (until - 1, until, until + 1):
        world.move_to(at)
        seen.append(
            (
                world.read(BOARD, "statusOf", BUYER),
                world.read(BOARD, "may", address("officer"), int(Role.OFFICER)),
            )
        )
    assert seen == [(MemberStatus.SUSPENDED, False), (MemberStatus.ACTIVE, True), (MemberStatus.ACTIVE, True)]


def test_expel__unknown_member__not_found(world: World) -> None:
    assert world.refusal("stranger", BOARD, "expel", NOBODY) == Refusal("MemberRegistryNotFound", NOBODY)


@pytest.mark.parametrize("who", ["admin", "delegate", "stranger"])
def test_expel__other_role__role_missing(world: World, who: str) -> None:
    world.send("authority", BOARD, "expel", BUYER)
    expected = Refusal("MemberRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert world.refusal(who, BOARD, "expel", BUYER) == expected


def test_expel__active_or_suspended__left_for_good(world: World) -> None:
    world.send("authority", BOARD, "suspend", BUYER, world.time + 50)
    event = world.send("authority", BOARD, "expel", BUYER).event
    assert (event.name, event.args) == ("MemberExpelled", {"member": BUYER})
    world.move_to(world.time + 100)
    assert world.read(BOARD, "statusOf", BUYER) == MemberStatus.LEFT
    assert world.read(BOARD, "may", address("officer"), int(Role.OFFICER)) is False
    expected = Refusal("MemberRegistryStatusWrong", BUYER, MemberStatus.LEFT)
    assert world.refusal("authority", BOARD, "expel", BUYER) == expected
