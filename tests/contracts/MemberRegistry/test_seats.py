"""seats.tree: who has a seat in the council, by sector and time"""

from __future__ import annotations

from typing import Any

import pytest

from chain.artifacts import artifact
from chain.types import Kind, Sector
from tests.contracts.world import (
    BUYER,
    DAY,
    SEATS,
    START,
    VALIDATORS,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    calldata,
    hash_of,
    label,
    member_id,
)

pytestmark = pytest.mark.evm

REGISTRY = "MemberRegistry"
AUDIT = member_id("TEST-AUDIT")
EVEN = (1, 1, 1, 1)


def seats(world: World, at: int | None = None) -> tuple[int, ...]:
    """By sector."""
    found: tuple[int, ...] = world.read(REGISTRY, "seatsAt", world.time if at is None else at)
    return found


def seat(world: World, member: bytes, at: int | None = None) -> int:
    """Sector of a member's seat, counted from 1."""
    return int(world.read(REGISTRY, "seatAt", member, world.time if at is None else at))


def decide(world: World, function: str, *args: Any) -> Receipt:
    return world.send("authority", REGISTRY, function, *args)


def admit(world: World, org_id: str, sector: Sector, kinds: Kind) -> bytes:
    data = (org_id, org_id, int(sector), int(kinds), ZERO)
    decide(world, "admit", data, address(org_id), world.time + DAY)
    return member_id(org_id)


def test_seats__founding__one_in_each_sector_from_the_constructor_on(world: World) -> None:
    assert seats(world) == EVEN
    assert [seat(world, member) for member in SEATS] == [1, 2, 3, 4]
    assert seats(world, START) == (0, 0, 0, 0)
    assert seats(world, START + 1) == EVEN
    assert [seat(world, SEATS[2], at) for at in (0, START, START + 1)] == [0, 0, 3]


def test_seats__member_without_the_kind_or_unknown__none(world: World) -> None:
    assert seat(world, BUYER) == 0
    assert seat(world, hash_of("nobody")) == 0


def test_seats__far_future__as_last_changed(world: World) -> None:
    assert seats(world, 2**48 - 1) == EVEN
    assert seat(world, SEATS[1], 2**48 - 1) == 2


def test_seats__kind_granted_and_withdrawn__before_at_and_after_each_change(world: World) -> None:
    given = decide(world, "setKinds", BUYER, int(Kind.BUYER | Kind.COUNCIL)).time
    world.move_to(given + 10)
    taken = decide(world, "setKinds", BUYER, int(Kind.BUYER)).time
    world.move_to(taken + 10)
    times = (given - 1, given, given + 1, taken - 1, taken, taken + 1)
    assert [seat(world, BUYER, at) for at in times] == [0, 1, 1, 1, 0, 0]
    assert [seats(world, at)[0] for at in times] == [1, 2, 2, 2, 1, 1]
    assert {seats(world, at)[1:] for at in times} == {(1, 1, 1)}


def test_set_kinds__seat_stays__nothing_moves(world: World) -> None:
    decide(world, "setKinds", SEATS[0], int(Kind.COUNCIL))
    assert (seats(world), seat(world, SEATS[0])) == (EVEN, 1)


def test_admit__with_the_kind__has_a_seat(world: World) -> None:
    member = admit(world, "TEST-NEW", Sector.INDUSTRY, Kind.COUNCIL)
    assert (seats(world), seat(world, member)) == ((1, 2, 1, 1), 2)
    assert (seats(world, world.time - 1), seat(world, member, world.time - 1)) == (EVEN, 0)


def test_admit__without_the_kind__has_none(world: World) -> None:
    member = admit(world, "TEST-NEW", Sector.INDUSTRY, Kind(511 & ~Kind.COUNCIL))
    assert (seats(world), seat(world, member)) == (EVEN, 0)


def test_set_sector__member_with_a_seat__takes_it_along(world: World) -> None:
    member = admit(world, "TEST-NEW", Sector.INDUSTRY, Kind.COUNCIL)
    before = world.time
    decide(world, "setSector", member, int(Sector.ACADEMIA))
    assert (seats(world), seat(world, member)) == ((1, 1, 1, 2), 4)
    assert (seats(world, before), seat(world, member, before)) == ((1, 2, 1, 1), 2)
    facts = world.facts(REGISTRY, "memberFacts", member)
    assert facts["sector"] == Sector.ACADEMIA


def test_set_sector__member_without_a_seat__nothing_moves(world: World) -> None:
    decide(world, "setSector", BUYER, int(Sector.ACADEMIA))
    assert (seats(world), seat(world, BUYER)) == (EVEN, 0)
    decide(world, "setKinds", BUYER, int(Kind.COUNCIL))
    assert (seats(world), seat(world, BUYER)) == ((1, 1, 1, 2), 4)


@pytest.mark.parametrize("how", ["expel", "resign"])
@pytest.mark.parametrize("kinds", [Kind.COUNCIL, Kind.BUYER])
def test_seats__membership_over__seat_is_gone(world: World, how: str, kinds: Kind) -> None:
    member = admit(world, "TEST-NEW", Sector.INDUSTRY, kinds)
    if how == "expel":
        decide(world, "expel", member)
    else:
        world.send("TEST-NEW", REGISTRY, "resign")
    assert (seats(world), seat(world, member)) == (EVEN, 0)
    assert seat(world, member, world.time - 1) == (2 if kinds is Kind.COUNCIL else 0)


@pytest.mark.parametrize("function", ["suspend", "suspendNow"])
def test_seats__suspended_member__counts(world: World, function: str) -> None:
    decide(world, function, SEATS[3], world.time + DAY)
    assert (seats(world), seat(world, SEATS[3])) == (EVEN, 4)


LAST: list[tuple[str, tuple[Any, ...]]] = [
    ("setKinds", (int(Kind.OPERATOR),)),
    ("setSector", (int(Sector.PUBLIC),)),
    ("expel", ()),
]


@pytest.mark.parametrize("sector", [Sector.INDUSTRY, Sector.CIVIL_SOCIETY, Sector.ACADEMIA])
@pytest.mark.parametrize(("function", "args"), LAST)
def test_last_seat__decision_that_takes_it__last_seat(
    world: World, function: str, args: tuple[Any, ...], sector: Sector
) -> None:
    member = SEATS[sector]
    before = world.facts(REGISTRY, "memberFacts", member)
    expected = Refusal("MemberRegistryLastSeat", int(sector))
    assert world.refusal("authority", REGISTRY, function, member, *args) == expected
    assert world.facts(REGISTRY, "memberFacts", member) == before
    assert (seats(world), seat(world, member)) == (EVEN, sector + 1)


@pytest.mark.parametrize("sector", Sector)
def test_last_seat__resignation__last_seat(world: World, sector: Sector) -> None:
    who = f"delegate{sector + 1}"
    assert world.refusal(who, REGISTRY, "resign") == Refusal("MemberRegistryLastSeat", int(sector))
    assert world.read(REGISTRY, "isActive", SEATS[sector], 0) is True


@pytest.mark.parametrize(("function", "args"), LAST)
def test_last_seat__another_joined_the_sector__may_go(
    world: World, function: str, args: tuple[Any, ...]
) -> None:
    joined = admit(world, "TEST-NEW", Sector.ACADEMIA, Kind.COUNCIL)
    # The founding member validates, and a fourth of the validators may not move to another sector.
    goes, last = (joined, "delegate4") if function == "setSector" else (SEATS[3], "TEST-NEW")
    decide(world, function, goes, *args)
    assert seats(world)[3] == 1
    assert seat(world, goes) == (1 if function == "setSector" else 0)
    world.refusal(last, REGISTRY, "resign")


def test_last_seat__two_changes_in_one_block__the_second_is_refused(world: World) -> None:
    admit(world, "TEST-NEW", Sector.ACADEMIA, Kind.COUNCIL)
    for member in (SEATS[3], member_id("TEST-NEW")):
        world.queue("authority", REGISTRY, calldata(REGISTRY, "expel", (member,)))
    world.move_to(world.time + 1)
    assert seats(world) == EVEN
    assert [seat(world, each) for each in (SEATS[3], member_id("TEST-NEW"))] == [0, 4]
    expected = Refusal("MemberRegistryLastSeat", int(Sector.ACADEMIA))
    assert world.refusal("authority", REGISTRY, "expel", member_id("TEST-NEW")) == expected


def test_seats__two_changes_in_one_block__as_the_last_left_them(world: World) -> None:
    before = world.time
    for kinds in (Kind.COUNCIL, Kind.BUYER, Kind.BUYER | Kind.COUNCIL):
        world.queue("authority", REGISTRY, calldata(REGISTRY, "setKinds", (BUYER, int(kinds))))
    world.queue("authority", REGISTRY, calldata(REGISTRY, "setKinds", (AUDIT, int(Kind.COUNCIL))))
    world.move_to(before + 1)
    assert (seats(world), seats(world, before)) == ((3, 1, 1, 1), EVEN)
    assert (seat(world, BUYER), seat(world, BUYER, before)) == (1, 0)
    decide(world, "setKinds", BUYER, int(Kind.BUYER))
    assert (seats(world), seats(world, before + 1)) == ((2, 1, 1, 1), (3, 1, 1, 1))


def test_last_seat__refused_role__named_before_it(world: World) -> None:
    expected = Refusal("MemberRegistryRoleMissing", label("AUTHORITY"), address("delegate1"))
    assert world.refusal("delegate1", REGISTRY, "expel", SEATS[0]) == expected


def test_seats__earliest_possible_changes__never_refused_by_the_library(world: World) -> None:
    """Its one refusal is of a time that goes back; these are made at the block's, twice in one and in the next."""
    entries = {entry["name"] for entry in artifact(REGISTRY).abi if entry["type"] == "error"}
    assert {name for name in entries if not name.startswith(REGISTRY)} == {"CheckpointUnorderedInsertion"}
    first = world.time + 1
    for instant in (first, first + 1):
        for kinds in (Kind.COUNCIL, Kind.BUYER):
            world.queue("authority", REGISTRY, calldata(REGISTRY, "setKinds", (BUYER, int(kinds))))
        world.move_to(instant)
        block = world.node.rpc("eth_getBlockByNumber", "latest", False)
        receipts = [world.node.rpc("eth_getTransactionReceipt", each) for each in block["transactions"]]
        assert [receipt["status"] for receipt in receipts] == ["0x1", "0x1"]


def test_set_sector__member_that_validates__keeps_the_cap(world: World) -> None:
    """A cap is not broken in two steps either: first the validators, then the sector of one."""
    admit(world, "TEST-NEW", Sector.ACADEMIA, Kind.COUNCIL)
    found = world.refusal("authority", REGISTRY, "setSector", SEATS[3], int(Sector.PUBLIC))
    assert found == Refusal("ValidatorRegistrySectorOver", int(Sector.PUBLIC), 1, 2)


def test_set_superior__two_that_validate__stay_independent(world: World) -> None:
    later = max(SEATS[1:3], key=[member for _, member in VALIDATORS].index)
    found = world.refusal("authority", REGISTRY, "setSuperior", SEATS[2], SEATS[1])
    assert found == Refusal("ValidatorRegistryMemberOver", later, 1, 2)
    decide(world, "setSuperior", SEATS[2], BUYER)
