"""urgent.tree: what the council does at once, and what ends by itself"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import MemberStatus, Role
from tests.contracts.world import (
    BUYER,
    DAY,
    Refusal,
    World,
    address,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm

REGISTRY = "MemberRegistry"
NOBODY = hash_of("nobody")
SUSPENDED = ("suspendNow", BUYER), ("suspendPerson", address("officer"))
"""function, whom: both take an end"""


def refusal(world: World, function: str, *args: Any, who: str = "authority") -> Refusal:
    return world.refusal(who, REGISTRY, function, *args)


def may(world: World, who: str, role: Role) -> bool:
    found: bool = world.read(REGISTRY, "may", address(who), int(role))
    return found


def until_of(world: World, function: str) -> int:
    if function == "suspendNow":
        return int(world.facts(REGISTRY, "memberFacts", BUYER)["suspendedUntil"])
    return int(world.facts(REGISTRY, "personFacts", address("officer"))["suspendedUntil"])


def test_suspend_now__unknown_member__not_found(world: World) -> None:
    expected = Refusal("MemberRegistryNotFound", NOBODY)
    assert refusal(world, "suspendNow", NOBODY, 0, who="stranger") == expected


@pytest.mark.parametrize("account", ["stranger", "acme", "authority"])
def test_suspend_person__no_person__person_not_found(world: World, account: str) -> None:
    expected = Refusal("MemberRegistryPersonNotFound", address(account))
    assert refusal(world, "suspendPerson", address(account), 0, who="stranger") == expected


@pytest.mark.parametrize("who", ["admin", "officer", "delegate1", "stranger"])
@pytest.mark.parametrize(("function", "whom"), SUSPENDED)
def test_urgent__other_role__role_missing(world: World, function: str, whom: Any, who: str) -> None:
    expected = Refusal("MemberRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert refusal(world, function, whom, 0, who=who) == expected


@pytest.mark.parametrize(("function", "whom"), SUSPENDED)
def test_urgent__near_its_bounds__suspension_invalid_outside(world: World, function: str, whom: Any) -> None:
    now = world.time + 1
    for until in (1, now - 1, now, now + 30 * DAY + 1, 2**40 - 1):
        with world.undone():
            expected = Refusal("MemberRegistrySuspensionInvalid", now, now + 30 * DAY, until)
            assert refusal(world, function, whom, until) == expected
    for until in (now + 1, now + 30 * DAY - 1, now + 30 * DAY):
        with world.undone():
            world.send("authority", REGISTRY, function, whom, until)
            assert until_of(world, function) == until


@pytest.mark.parametrize(("function", "whom"), SUSPENDED)
def test_urgent__shorter_or_equal__unchanged(world: World, function: str, whom: Any) -> None:
    assert refusal(world, function, whom, 0) == Refusal("MemberRegistryUnchanged", label("suspendedUntil"))
    until = world.time + DAY
    world.send("authority", REGISTRY, function, whom, until)
    for earlier in (until, until - 1, world.time + 2, 0):
        expected = Refusal("MemberRegistryUnchanged", label("suspendedUntil"))
        assert refusal(world, function, whom, earlier) == expected
    world.send("authority", REGISTRY, function, whom, until + 1)
    assert until_of(world, function) == until + 1


def test_suspend_now__longer_suspension_runs__stays(world: World) -> None:
    until = world.time + 300 * DAY
    world.send("authority", REGISTRY, "suspend", BUYER, until)
    expected = Refusal("MemberRegistryUnchanged", label("suspendedUntil"))
    assert refusal(world, "suspendNow", BUYER, world.time + 30 * DAY) == expected
    now = world.time + 1
    assert refusal(world, "suspendNow", BUYER, until + 1) == Refusal(
        "MemberRegistrySuspensionInvalid", now, now + 30 * DAY, until + 1
    )
    assert until_of(world, "suspendNow") == until


def test_suspend__urgent_suspension_runs__may_be_shortened_by_the_slower_decision(world: World) -> None:
    world.send("authority", REGISTRY, "suspendNow", BUYER, world.time + 30 * DAY)
    until = world.time + 10
    world.send("authority", REGISTRY, "suspend", BUYER, until)
    assert until_of(world, "suspendNow") == until


@pytest.mark.parametrize("offset", [0, 1])
def test_suspend_now__member_left__unchanged_then_status_wrong(world: World, offset: int) -> None:
    world.send("authority", REGISTRY, "expel", BUYER)
    expected = (
        Refusal("MemberRegistryStatusWrong", BUYER, MemberStatus.LEFT)
        if offset
        else Refusal("MemberRegistryUnchanged", label("suspendedUntil"))
    )
    assert refusal(world, "suspendNow", BUYER, offset) == expected


def test_suspend_now__valid__tells_and_ends_by_itself(world: World) -> None:
    until = world.time + 50
    event = world.send("authority", REGISTRY, "suspendNow", BUYER, until).event
    assert (event.name, event.args) == ("MemberSuspended", {"member": BUYER, "until": until})
    seen = []
    for at in (until - 1, until, until + 1):
        world.move_to(at)
        seen.append((world.read(REGISTRY, "statusOf", BUYER), may(world, "officer", Role.OFFICER)))
    assert seen == [(MemberStatus.SUSPENDED, False), (MemberStatus.ACTIVE, True), (MemberStatus.ACTIVE, True)]


def test_suspend_person__valid__tells_and_ends_by_itself(world: World) -> None:
    until = world.time + 50
    event = world.send("authority", REGISTRY, "suspendPerson", address("officer"), until).event
    assert (event.name, event.args) == (
        "PersonSuspended",
        {"member": BUYER, "account": address("officer"), "until": until},
    )
    assert world.read(REGISTRY, "memberOf", address("officer")) == BUYER
    seen = []
    for at in (until - 1, until, until + 1):
        world.move_to(at)
        seen.append((may(world, "officer", Role.OFFICER), may(world, "admin", Role.ADMIN)))
    assert seen == [(False, True), (True, True), (True, True)]


def test_suspend_person__person_of_a_suspended_or_former_member__still_suspends(world: World) -> None:
    world.send("authority", REGISTRY, "expel", BUYER)
    world.send("authority", REGISTRY, "suspendPerson", address("officer"), world.time + DAY)
    assert until_of(world, "suspendPerson") == world.time - 1 + DAY


@pytest.mark.parametrize("function", ["removePerson", "rotatePerson"])
def test_suspend_person__removed_or_rotated_before_its_end__person_suspended(
    world: World, function: str
) -> None:
    until = world.time + 50
    world.send("authority", REGISTRY, "suspendPerson", address("officer"), until)
    args = (address("officer"), *([address("new")] if function == "rotatePerson" else []))
    expected = Refusal("MemberRegistryPersonSuspended", address("officer"), until)
    for at in (world.time + 1, until - 1):
        assert world.refusal("admin", REGISTRY, function, *args, at=at) == expected
    world.send("admin", REGISTRY, function, *args, at=until)
    assert may(world, "officer", Role.OFFICER) is False


def test_suspend_person__only_admin__member_acts_again_after_the_end(world: World) -> None:
    until = world.time + 50
    world.send("authority", REGISTRY, "suspendPerson", address("admin"), until)
    missing = Refusal("MemberRegistryRoleMissing", label("ADMIN"), address("admin"))
    call = ("addPerson", address("new"), int(Role.OFFICER), until + DAY)
    assert world.refusal("admin", REGISTRY, *call, at=until - 1) == missing
    world.send("admin", REGISTRY, *call, at=until)


def test_suspend_person__suspended_admin__does_not_get_round_it(world: World) -> None:
    """Neither by a second account of its own, added before, nor by leaving."""
    world.send("admin", REGISTRY, "addPerson", address("new"), int(Role.ADMIN), world.time + DAY)
    until = world.time + 50
    world.send("authority", REGISTRY, "suspendPerson", address("admin"), until)
    assert world.refusal("admin", REGISTRY, "resign") == Refusal(
        "MemberRegistryRoleMissing", label("ADMIN"), address("admin")
    )
    assert world.refusal("new", REGISTRY, "rotatePerson", address("admin"), address("other")) == Refusal(
        "MemberRegistryPersonSuspended", address("admin"), until
    )
    assert world.refusal("new", REGISTRY, "addPerson", address("admin"), 1, world.time + DAY) == Refusal(
        "MemberRegistryAccountTaken", address("admin")
    )
