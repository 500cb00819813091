"""recover.tree: all admin keys of a member are lost or stolen"""

from __future__ import annotations

import pytest

from chain.types import MemberStatus, Role
from tests.contracts.world import (
    BUYER,
    DAY,
    MANDATE_END,
    REVIEW,
    ZERO_ADDRESS,
    Receipt,
    Refusal,
    World,
    address,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm

REGISTRY = "MemberRegistry"
NOBODY = hash_of("nobody")
NO_ADMIN = {
    who: Refusal("MemberRegistryRoleMissing", label("ADMIN"), address(who))
    for who in ("admin", "new", "other")
}


def recover(world: World, who: str = "new", member: bytes = BUYER, after: int = DAY) -> Receipt:
    return world.send("authority", REGISTRY, "recover", member, address(who), world.time + 1 + after)


def refused(
    world: World,
    *,
    account: str = "new",
    member: bytes = BUYER,
    who: str = "authority",
    after: int = DAY,
) -> Refusal:
    at = ZERO_ADDRESS if account == "zero" else address(account)
    return world.refusal(who, REGISTRY, "recover", member, at, world.time + 1 + after)


def may(world: World, who: str, role: Role) -> bool:
    found: bool = world.read(REGISTRY, "may", address(who), int(role))
    return found


def add(world: World, who: str, account: str, roles: Role) -> None:
    world.send(who, REGISTRY, "addPerson", address(account), int(roles), world.time + DAY)


def test_recover__unknown_member__not_found(world: World) -> None:
    assert refused(world, member=NOBODY, who="stranger") == Refusal("MemberRegistryNotFound", NOBODY)


@pytest.mark.parametrize("who", ["admin", "officer", "delegate1", "stranger"])
def test_recover__other_role__role_missing(world: World, who: str) -> None:
    world.send("authority", REGISTRY, "expel", BUYER)
    expected = Refusal("MemberRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert refused(world, who=who) == expected


def test_recover__member_left__status_wrong(world: World) -> None:
    world.send("authority", REGISTRY, "expel", BUYER)
    expected = Refusal("MemberRegistryStatusWrong", BUYER, MemberStatus.LEFT)
    assert refused(world, account="acme") == expected


@pytest.mark.parametrize("account", ["admin2", "officer2", "delegate1", "acme", "acme2"])
def test_recover__account_of_another_member_or_a_supplier__account_taken(world: World, account: str) -> None:
    expected = Refusal("MemberRegistryAccountTaken", address(account))
    assert refused(world, account=account, after=0) == expected


def test_recover__no_account__hash_zero(world: World) -> None:
    assert refused(world, account="zero", after=0) == Refusal("MemberRegistryHashZero", label("account"))


@pytest.mark.parametrize("account", ["new", "officer"])
def test_recover__mandate_near_its_bounds__mandate_invalid_outside(world: World, account: str) -> None:
    now = world.time + 1
    for after in (0, 3_650 * DAY + 1):
        with world.undone():
            expected = Refusal("MemberRegistryMandateInvalid", now, now + 3_650 * DAY, now + after)
            assert refused(world, account=account, after=after) == expected
    for after in (1, 3_650 * DAY):
        with world.undone():
            recover(world, account, after=after)


def test_recover__account_of_nobody__is_the_only_admin(world: World) -> None:
    end = world.time + 1 + DAY
    event = recover(world).event
    assert (event.name, event.args) == (
        "MemberRecovered",
        {"member": BUYER, "account": address("new"), "mandateEnd": end},
    )
    assert world.facts(REGISTRY, "personFacts", address("new")) == {
        "member": BUYER, "roles": int(Role.ADMIN), "mandateEnd": end, "suspendedUntil": 0, "recoveries": 1,
    }  # fmt: skip
    assert world.facts(REGISTRY, "memberFacts", BUYER)["recoveries"] == 1
    assert may(world, "new", Role.ADMIN) is True
    add(world, "new", "other", Role.OFFICER)
    assert world.facts(REGISTRY, "personFacts", address("other"))["recoveries"] == 1


def test_recover__person_of_the_member__keeps_its_roles_and_is_admin(world: World) -> None:
    world.send("authority", REGISTRY, "suspendPerson", address("officer"), world.time + 20 * DAY)
    end = world.time + 1 + DAY
    recover(world, "officer")
    assert world.facts(REGISTRY, "personFacts", address("officer")) == {
        "member": BUYER, "roles": int(Role.ADMIN | Role.OFFICER), "mandateEnd": end, "suspendedUntil": 0, "recoveries": 1,
    }  # fmt: skip
    assert [may(world, "officer", role) for role in (Role.ADMIN, Role.OFFICER)] == [True, True]
    assert may(world, "admin", Role.ADMIN) is False


def test_recover__admin_itself__stays_admin(world: World) -> None:
    recover(world, "admin")
    assert may(world, "admin", Role.ADMIN) is True


def test_recover__old_admins__lose_admin_only(world: World) -> None:
    add(world, "admin", "other", Role.ADMIN | Role.OFFICER)
    recover(world)
    assert [may(world, who, Role.ADMIN) for who in ("admin", "other", "new")] == [False, False, True]
    assert may(world, "other", Role.ADMIN | Role.OFFICER) is True
    assert [may(world, who, Role.OFFICER) for who in ("other", "officer")] == [True, True]
    assert may(world, "approver", Role.APPROVER) is True
    facts = world.facts(REGISTRY, "personFacts", address("other"))
    assert (facts["roles"], facts["recoveries"]) == (int(Role.ADMIN | Role.OFFICER), 0)
    for who in ("admin", "other"):
        assert world.refusal(who, REGISTRY, "removePerson", address("new")) == NO_ADMIN[who]
        assert world.refusal(who, REGISTRY, "resign") == NO_ADMIN[who]


def test_recover__old_admin_moved_by_the_new_one__does_not_come_back(world: World) -> None:
    recover(world)
    world.send("new", REGISTRY, "rotatePerson", address("admin"), address("other"))
    assert world.facts(REGISTRY, "personFacts", address("other"))["roles"] == int(Role.ADMIN)
    assert may(world, "other", Role.ADMIN) is False
    assert world.refusal("other", REGISTRY, "removePerson", address("new")) == NO_ADMIN["other"]


def test_recover__old_admin_added_again_by_the_new_one__is_admin(world: World) -> None:
    recover(world)
    world.send("new", REGISTRY, "removePerson", address("admin"))
    add(world, "new", "admin", Role.ADMIN)
    assert may(world, "admin", Role.ADMIN) is True


def test_recover__twice__only_the_last_admin_counts(world: World) -> None:
    recover(world, "new")
    recover(world, "other")
    assert [may(world, who, Role.ADMIN) for who in ("admin", "new", "other")] == [False, False, True]
    recover(world, "new")
    assert [may(world, who, Role.ADMIN) for who in ("admin", "new", "other")] == [False, True, False]
    assert world.facts(REGISTRY, "memberFacts", BUYER)["recoveries"] == 3


def test_recover__other_members__keep_their_admins(world: World) -> None:
    recover(world)
    assert [may(world, who, Role.ADMIN) for who in ("admin2", "reviewer", "delegate1")] == [True, True, True]
    assert world.facts(REGISTRY, "memberFacts", REVIEW)["recoveries"] == 0


def test_recover__suspended_member__acts_from_the_end_of_the_suspension(world: World) -> None:
    until = world.time + 50
    world.send("authority", REGISTRY, "suspendNow", BUYER, until)
    recover(world)
    assert may(world, "new", Role.ADMIN) is False
    world.move_to(until)
    assert [may(world, who, Role.ADMIN) for who in ("admin", "new")] == [False, True]
    assert world.facts(REGISTRY, "personFacts", address("admin"))["mandateEnd"] == MANDATE_END
