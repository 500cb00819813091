"""openCeremony.tree"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chain.sealing.ceremony import Plan
from tests.contracts.sealing import (
    CHAIN_ID,
    COMMITTEE,
    SEATS,
    STAND_IN,
    Committee,
    ceremony,
    council,
    council_refusal,
    form,
    member,
    say,
)
from tests.contracts.world import HOLDER, ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm

MEMBERS = tuple(member(who) for who in SEATS)


def plan(k: int = 2, n: int = 3, parent: bytes = ZERO, dealers: Sequence[int] = ()) -> tuple[Any, ...]:
    """The first n members."""
    return k, [member(f"seat {number}") for number in range(1, n + 1)], parent, list(dealers)


def refusal(world: World, *args: Any) -> Refusal:
    """By the authority."""
    found: Refusal = council_refusal(world, COMMITTEE, "openCeremony", *args)
    return found


def invalid(term: str) -> Refusal:
    """The plan breaks this rule."""
    return Refusal("OpeningCommitteePlanInvalid", label(term))


@pytest.mark.parametrize("who", ["stranger", "seat 1", "acme"])
def test_openCeremony__by_another__caller_refused(bare: World, who: str) -> None:
    found = bare.refusal(who, COMMITTEE, "openCeremony", *plan(1, 17))
    assert found == Refusal("OpeningCommitteeCallerRefused", ZERO, address(who))


def test_openCeremony__by_the_founder__until_the_first_keyset_is_confirmed(bare: World) -> None:
    first = ceremony(bare).until("send")
    bare.send(HOLDER, COMMITTEE, "openCeremony", *plan())
    first.does("register")
    for who, function, args in first.messages("confirm"):
        bare.send(HOLDER, COMMITTEE, "openCeremony", *plan())
        bare.send(who, COMMITTEE, function, *args)
    refused = Refusal("OpeningCommitteeCallerRefused", ZERO, address(HOLDER))
    assert bare.refusal(HOLDER, COMMITTEE, "openCeremony", *plan()) == refused
    council(bare, COMMITTEE, "openCeremony", *plan())


@pytest.mark.parametrize(
    ("k", "n"),
    [
        (0, 0),
        (0, 3),
        (1, 1),
        (1, 2),
        (2, 2),
        (3, 2),
        (2, 4),
        (3, 3),
        (3, 6),
        (8, 16),
        (16, 16),
        (255, 3),
        (2, 16),
        (128, 5),
    ],
)
def test_openCeremony__weak_threshold__plan_invalid(bare: World, k: int, n: int) -> None:
    assert refusal(bare, *plan(k, n)) == invalid("threshold")


@pytest.mark.parametrize(("k", "n"), [(9, 17), (17, 32), (2, 100), (2, 300)])
def test_openCeremony__too_many_members__plan_invalid(bare: World, k: int, n: int) -> None:
    assert refusal(bare, *plan(k, n)) == invalid("members")


@pytest.mark.parametrize(("k", "n"), [(2, 3), (3, 4), (3, 5), (4, 5), (4, 7), (9, 16), (15, 16)])
def test_openCeremony__enough_of_many__opens(bare: World, k: int, n: int) -> None:
    council(bare, COMMITTEE, "openCeremony", *plan(k, n))


@pytest.mark.parametrize("seat", [1, 2, 3])
def test_openCeremony__inactive_member__plan_invalid(bare: World, seat: int) -> None:
    say(bare, ("setInactive", MEMBERS[seat - 1], True))
    assert refusal(bare, *plan()) == invalid("members")


@pytest.mark.parametrize("places", [(0, 1), (0, 2), (1, 2)])
def test_openCeremony__member_with_two_seats__plan_invalid(bare: World, places: tuple[int, int]) -> None:
    members = list(MEMBERS[:3])
    members[places[1]] = members[places[0]]
    assert refusal(bare, 2, members, ZERO, []) == invalid("members")


@pytest.mark.parametrize(
    ("k", "n", "group", "refused"),
    [
        (2, 3, (1, 2), (1, 2, 1)),
        (2, 3, (2, 3), (2, 2, 1)),
        (3, 5, (1, 2), None),
        (3, 5, (1, 2, 3), (1, 3, 2)),
        (3, 5, (2, 3, 5), (2, 3, 2)),
        (4, 7, (1, 2, 3), None),
        (4, 7, (4, 5, 6, 7), (4, 4, 3)),
        (4, 5, (1, 5), (1, 2, 1)),
        (15, 16, (7, 16), (7, 2, 1)),
        (9, 16, (1, 2, 3, 4, 5, 6, 7), None),
        (9, 16, (9, 10, 11, 12, 13, 14, 15, 16), (9, 8, 7)),
    ],
)
def test_openCeremony__seats_of_one_body__dependent_from_the_limit_on(
    bare: World, k: int, n: int, group: tuple[int, ...], refused: tuple[int, ...] | None
) -> None:
    top = MEMBERS[group[0] - 1]
    say(bare, *(("setSuperior", MEMBERS[seat - 1], top) for seat in group[1:]))
    if refused is None:
        council(bare, COMMITTEE, "openCeremony", *plan(k, n))
    else:
        assert refusal(bare, *plan(k, n)) == Refusal("OpeningCommitteeSeatsDependent", *refused)


def test_openCeremony__two_bodies_below_one_that_has_no_seat__dependent(bare: World) -> None:
    say(bare, ("setSuperior", MEMBERS[0], MEMBERS[9]), ("setSuperior", MEMBERS[2], MEMBERS[9]))
    assert refusal(bare, *plan()) == Refusal("OpeningCommitteeSeatsDependent", 1, 2, 1)


@pytest.mark.parametrize("dealers", [(1,), (1, 2), (0,)])
def test_openCeremony__dealers_without_a_parent__plan_invalid(bare: World, dealers: tuple[int, ...]) -> None:
    assert refusal(bare, *plan(dealers=dealers)) == invalid("dealers")


def test_openCeremony__unknown_parent__keyset_not_found(bare: World) -> None:
    found = refusal(bare, *plan(parent=b"\1" * 32, dealers=(1, 2)))
    assert found == Refusal("OpeningCommitteeKeysetNotFound", b"\1" * 32)


def test_openCeremony__parent_not_confirmed__keyset_incomplete(bare: World) -> None:
    first = ceremony(bare).until("register")
    for confirmed, (who, function, args) in enumerate(first.messages("confirm")):
        found = refusal(bare, *plan(parent=first.committee.id, dealers=(1, 2)))
        assert found == Refusal("OpeningCommitteeKeysetIncomplete", first.committee.id, 3, confirmed)
        bare.send(who, COMMITTEE, function, *args)
    council(bare, COMMITTEE, "openCeremony", *plan(parent=first.committee.id, dealers=(1, 2)))


def test_openCeremony__parent_reshared__plan_invalid(world: World, committee: Committee) -> None:
    child = form(world, 2, SEATS[3:6], parent=committee)
    assert refusal(world, *plan(parent=committee.id, dealers=(1, 2))) == invalid("parent")
    council(world, COMMITTEE, "openCeremony", *plan(parent=child.id, dealers=(1, 2)))


@pytest.mark.parametrize(
    "dealers", [(), (1,), (1, 2, 3), (2, 1), (1, 1), (0, 1), (1, 4), (3, 4), (255, 1), (1, 255)]
)
def test_openCeremony__other_dealers__plan_invalid(
    world: World, committee: Committee, dealers: tuple[int, ...]
) -> None:
    assert refusal(world, *plan(3, 5, committee.id, dealers)) == invalid("dealers")


@pytest.mark.parametrize("dealers", [(1, 2), (1, 3), (2, 3)])
def test_openCeremony__k_dealers__opens(world: World, committee: Committee, dealers: tuple[int, ...]) -> None:
    council(world, COMMITTEE, "openCeremony", *plan(3, 5, committee.id, dealers))


def test_openCeremony__several_faults__refused_in_order(bare: World) -> None:
    members = [*MEMBERS, member("seat 17")]
    say(bare, ("setInactive", members[0], True), ("setSuperior", members[1], members[2]))
    found = bare.refusal("stranger", COMMITTEE, "openCeremony", 1, members, b"\1" * 32, [9])
    assert found == Refusal("OpeningCommitteeCallerRefused", ZERO, address("stranger"))
    assert refusal(bare, 1, members, b"\1" * 32, [9]) == invalid("members")
    assert refusal(bare, 1, members[:3], b"\1" * 32, [9]) == invalid("threshold")
    assert refusal(bare, 2, members[:3], b"\1" * 32, [9]) == invalid("members")
    say(bare, ("setInactive", members[0], False))
    dependent = Refusal("OpeningCommitteeSeatsDependent", 2, 2, 1)
    assert refusal(bare, 2, members[:3], b"\1" * 32, [9]) == dependent
    say(bare, ("setSuperior", members[1], ZERO))
    assert refusal(bare, 2, members[:3], b"\1" * 32, [9]) == Refusal(
        "OpeningCommitteeKeysetNotFound", b"\1" * 32
    )
    assert refusal(bare, 2, members[:3], ZERO, [9]) == invalid("dealers")


def test_openCeremony__valid__counts_and_tells(world: World, committee: Committee) -> None:
    at = world.addresses[COMMITTEE]
    for ordinal, args in ((2, plan(2, 3)), (3, plan(2, 3)), (4, plan(3, 5, committee.id, (1, 3)))):
        data = council(world, COMMITTEE, "openCeremony", *args)
        k, members, parent, dealers = args
        id = Plan(CHAIN_ID, at, ordinal, k, tuple(members), parent, tuple(dealers)).ceremony_id
        assert (data.event.name, data.event.args) == (
            "CeremonyOpened",
            {
                "ceremonyId": id,
                "threshold": k,
                "members": tuple(members),
                "parent": parent,
                "dealers": tuple(dealers),
            },
        )
        assert world.read(COMMITTEE, "ceremonies") == ordinal
    assert world.read(COMMITTEE, "authority") == world.addresses[STAND_IN]
