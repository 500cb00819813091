"""rotation.tree: a person's new account, and a member that leaves"""

from __future__ import annotations

import pytest

from chain.types import MemberStatus, Role
from tests.contracts.world import (
    BUYER,
    BUYER2,
    DAY,
    MANDATE_END,
    ZERO,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    label,
    member_id,
)

pytestmark = pytest.mark.evm

REGISTRY = "MemberRegistry"
NOTHING = {"member": ZERO, "roles": 0, "mandateEnd": 0, "suspendedUntil": 0, "recoveries": 0}


def refused(world: World, *, account: str = "officer", successor: str = "new", who: str = "admin") -> Refusal:
    to = ZERO_ADDRESS if successor == "zero" else address(successor)
    return world.refusal(who, REGISTRY, "rotatePerson", address(account), to)


def may(world: World, who: str, role: Role) -> bool:
    found: bool = world.read(REGISTRY, "may", address(who), int(role))
    return found


@pytest.mark.parametrize("who", ["officer", "approver", "authority", "acme", "stranger"])
def test_rotate_person__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("MemberRegistryRoleMissing", label("ADMIN"), address(who))
    assert refused(world, who=who, account="stranger", successor="zero") == expected


@pytest.mark.parametrize("account", ["officer2", "admin2", "acme", "stranger", "new"])
def test_rotate_person__no_person_of_the_member__person_not_found(world: World, account: str) -> None:
    expected = Refusal("MemberRegistryPersonNotFound", address(account))
    assert refused(world, account=account, successor="officer2") == expected


@pytest.mark.parametrize("successor", ["officer", "admin", "approver", "officer2", "acme", "acme2"])
def test_rotate_person__successor_in_use__account_taken(world: World, successor: str) -> None:
    expected = Refusal("MemberRegistryAccountTaken", address(successor))
    assert refused(world, successor=successor) == expected


def test_rotate_person__no_successor__hash_zero(world: World) -> None:
    assert refused(world, successor="zero") == Refusal("MemberRegistryHashZero", label("account"))


def test_rotate_person__valid__moves_everything_and_doubles_nothing(world: World) -> None:
    before = world.facts(REGISTRY, "personFacts", address("officer"))
    event = world.send("admin", REGISTRY, "rotatePerson", address("officer"), address("new")).event
    assert (event.name, event.args) == (
        "PersonRotated",
        {"member": BUYER, "account": address("officer"), "successor": address("new")},
    )
    assert before == NOTHING | {"member": BUYER, "roles": int(Role.OFFICER), "mandateEnd": MANDATE_END}
    assert world.facts(REGISTRY, "personFacts", address("new")) == before
    assert world.facts(REGISTRY, "personFacts", address("officer")) == NOTHING
    assert [may(world, who, Role.OFFICER) for who in ("officer", "new")] == [False, True]
    assert world.read(REGISTRY, "memberOf", address("officer")) == ZERO


def test_rotate_person__twice_from_one_account__person_not_found(world: World) -> None:
    world.send("admin", REGISTRY, "rotatePerson", address("officer"), address("new"))
    assert refused(world, successor="other") == Refusal("MemberRegistryPersonNotFound", address("officer"))


def test_rotate_person__old_account__is_free_for_anybody(world: World) -> None:
    world.send("admin", REGISTRY, "rotatePerson", address("officer"), address("new"))
    world.send("admin2", REGISTRY, "addPerson", address("officer"), int(Role.OFFICER), world.time + DAY)
    assert world.read(REGISTRY, "memberOf", address("officer")) == BUYER2


def test_rotate_person__oneself__the_successor_is_admin(world: World) -> None:
    world.send("admin", REGISTRY, "rotatePerson", address("admin"), address("new"))
    assert [may(world, who, Role.ADMIN) for who in ("admin", "new")] == [False, True]
    expected = Refusal("MemberRegistryRoleMissing", label("ADMIN"), address("admin"))
    assert refused(world) == expected
    world.send("new", REGISTRY, "rotatePerson", address("new"), address("admin"))
    assert [may(world, who, Role.ADMIN) for who in ("admin", "new")] == [True, False]


def test_rotate_person__mandate_over__is_over_for_the_successor(world: World) -> None:
    end = world.time + 50
    world.send("admin", REGISTRY, "addPerson", address("clerk"), int(Role.OFFICER), end)
    world.send("admin", REGISTRY, "rotatePerson", address("clerk"), address("new"), at=end - 1)
    assert may(world, "new", Role.OFFICER) is True
    world.move_to(end)
    assert may(world, "new", Role.OFFICER) is False


def test_rotate_person__suspension_over__moves_with_it(world: World) -> None:
    until = world.time + 50
    world.send("authority", REGISTRY, "suspendPerson", address("officer"), until)
    world.send("admin", REGISTRY, "rotatePerson", address("officer"), address("new"), at=until)
    assert world.facts(REGISTRY, "personFacts", address("new"))["suspendedUntil"] == until
    assert may(world, "new", Role.OFFICER) is True


@pytest.mark.parametrize("who", ["officer", "approver", "authority", "acme", "stranger"])
def test_resign__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("MemberRegistryRoleMissing", label("ADMIN"), address(who))
    assert world.refusal(who, REGISTRY, "resign") == expected


@pytest.mark.parametrize("function", ["suspend", "suspendNow", "expel"])
def test_resign__member_not_active__role_missing(world: World, function: str) -> None:
    args = [] if function == "expel" else [world.time + 50]
    world.send("authority", REGISTRY, function, BUYER, *args)
    expected = Refusal("MemberRegistryRoleMissing", label("ADMIN"), address("admin"))
    assert world.refusal("admin", REGISTRY, "resign") == expected


def test_resign__valid__left_for_good(world: World) -> None:
    event = world.send("admin", REGISTRY, "resign").event
    assert (event.name, event.args) == ("MemberResigned", {"member": BUYER})
    assert world.read(REGISTRY, "statusOf", BUYER) == MemberStatus.LEFT
    assert [may(world, who, role) for who, role in (("admin", Role.ADMIN), ("officer", Role.OFFICER))] == [
        False,
        False,
    ]
    expected = Refusal("MemberRegistryRoleMissing", label("ADMIN"), address("admin"))
    assert world.refusal("admin", REGISTRY, "resign") == expected
    left = Refusal("MemberRegistryStatusWrong", BUYER, MemberStatus.LEFT)
    assert world.refusal("authority", REGISTRY, "recover", BUYER, address("new"), world.time + DAY) == left
    data = ("MX-RFC-BUYER", "Again", 0, 1, ZERO)
    assert world.refusal("authority", REGISTRY, "admit", data, address("new"), world.time + DAY) == Refusal(
        "MemberRegistryExists", member_id("MX-RFC-BUYER")
    )
