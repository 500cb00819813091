"""requireUsable.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    SEATS,
    STAND_IN,
    Committee,
    Window,
    ceremony,
    council,
    form,
    member,
    say,
)
from tests.contracts.world import ZERO, Refusal, World

pytestmark = pytest.mark.evm


def usable(world: World, id: bytes) -> object:
    """() or the refusal."""
    return world.attempt(COMMITTEE, "requireUsable", id)


def test_requireUsable__unknown__keyset_not_found(world: World) -> None:
    for id in (ZERO, b"\1" * 32):
        assert usable(world, id) == Refusal("OpeningCommitteeKeysetNotFound", id)


def test_requireUsable__a_seat_is_missing__keyset_incomplete(bare: World) -> None:
    opened = ceremony(bare, 3, SEATS[:5]).until("register")
    for confirmed, (who, function, args) in enumerate(opened.messages("confirm")):
        expected = Refusal("OpeningCommitteeKeysetIncomplete", opened.committee.id, 5, confirmed)
        assert usable(bare, opened.committee.id) == expected
        bare.send(who, COMMITTEE, function, *args)
    assert usable(bare, opened.committee.id) == ()


def test_requireUsable__retired_or_reshared__keyset_not_allowed(world: World, committee: Committee) -> None:
    not_allowed = Refusal("OpeningCommitteeKeysetNotAllowed", committee.id)
    with world.undone():
        council(world, COMMITTEE, "retireKeyset", committee.id)
        assert usable(world, committee.id) == not_allowed
    form(world, 2, SEATS[3:6], parent=committee)
    assert usable(world, committee.id) == not_allowed


def test_requireUsable__member_suspended_afterwards__usable(world: World, committee: Committee) -> None:
    say(world, ("setInactive", member("seat 1"), True))
    assert usable(world, committee.id) == ()


def test_requireUsable__tender_on_a_keyset_that_is_not__refused_at_publication(
    world: World, committee: Committee, window: Window
) -> None:
    council(world, COMMITTEE, "retireKeyset", committee.id)
    found = world.refusal(
        "anyone", STAND_IN, "setWindow", window.id, window.as_tuple(), world.addresses[COMMITTEE]
    )
    assert found == Refusal("OpeningCommitteeKeysetNotAllowed", committee.id)
    assert world.read(BOX, "box", window.id)[0] == 0


def test_requireIndependent__member_of_the_committee__seats_dependent(
    world: World, committee: Committee
) -> None:
    for seat in (1, 2, 3):
        found = world.attempt(COMMITTEE, "requireIndependent", committee.id, member(f"seat {seat}"))
        assert found == Refusal("OpeningCommitteeSeatsDependent", seat, 1, 0)
    assert world.read(COMMITTEE, "requireIndependent", committee.id, member("seat 4")) == ()
    say(world, ("setSuperior", member("seat 2"), member("seat 4")))
    found = world.attempt(COMMITTEE, "requireIndependent", committee.id, member("seat 4"))
    assert found == Refusal("OpeningCommitteeSeatsDependent", 2, 1, 0)
    assert world.read(COMMITTEE, "requireIndependent", b"\1" * 32, member("seat 4")) == ()
