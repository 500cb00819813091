"""complain.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.OpeningCommittee.steps import LIFE, born, fail, refused, strangers
from tests.contracts.sealing import COMMITTEE, SEATS, Ceremony, Committee, ceremony
from tests.contracts.world import Refusal, World, address

pytestmark = pytest.mark.evm


def test_complain__by_another__caller_refused(bare: World) -> None:
    strangers(bare, ceremony(bare).until("send"), "complain", 2)


@pytest.mark.parametrize("step", ["open", "join", "commit", "publish"])
def test_complain__nothing_was_sent__step_refused(bare: World, step: str) -> None:
    opened = ceremony(bare).until(step)
    assert bare.refusal("seat 1", COMMITTEE, "complain", opened.id, 1, 2) == refused(opened, "complain")


def test_complain__of_a_dealer_that_has_not_sent__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("publish")
    who, function, args = opened.messages("send")[1]
    bare.send(who, COMMITTEE, function, *args)
    assert bare.refusal("seat 3", COMMITTEE, "complain", opened.id, 3, 1) == refused(opened, "complain")
    bare.send("seat 3", COMMITTEE, "complain", opened.id, 3, 2)


@pytest.mark.parametrize("dealer", [0, 4, 17, 255])
def test_complain__of_no_dealer__step_refused(bare: World, dealer: int) -> None:
    opened = ceremony(bare).until("send")
    found = bare.refusal("seat 1", COMMITTEE, "complain", opened.id, 1, dealer)
    assert found == refused(opened, "complain")


def test_complain__again_or_when_done__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    with bare.undone():
        fail(bare, opened)
        for seat, dealer in ((2, 1), (3, 2)):
            found = bare.refusal(f"seat {seat}", COMMITTEE, "complain", opened.id, seat, dealer)
            assert found == refused(opened, "complain")
    opened.does("register").does("confirm")
    assert bare.refusal("seat 2", COMMITTEE, "complain", opened.id, 2, 1) == refused(opened, "complain")


def test_complain__around_the_end_of_its_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("send")
    end = born(bare, opened) + LIFE
    with bare.undone():
        bare.send("seat 2", COMMITTEE, "complain", opened.id, 2, 1, at=end - 1)
    for after in (0, 1):
        found = bare.refusal("seat 2", COMMITTEE, "complain", opened.id, 2, 1, at=end + after)
        assert found == refused(opened, "complain")


def steps(opened: Ceremony) -> dict[str, tuple[str, str, tuple[Any, ...]]]:
    """The first message of each step."""
    return {
        step: opened.messages(step)[0]
        for step in ("join", "commit", "publish", "send", "register", "confirm")
    }


@pytest.mark.parametrize("confirmed", [0, 1, 2])
def test_complain__valid__ends_the_ceremony_and_tells(bare: World, confirmed: int) -> None:
    opened = ceremony(bare).until("register")
    for who, function, args in opened.messages("confirm")[:confirmed]:
        bare.send(who, COMMITTEE, function, *args)
    event = bare.send("seat 3", COMMITTEE, "complain", opened.id, 3, 2).event
    assert (event.name, event.args) == (
        "CeremonyFailed",
        {"ceremonyId": opened.id, "seat": 3, "dealer": 2},
    )
    for step, (who, function, args) in steps(opened).items():
        assert bare.refusal(who, COMMITTEE, function, *args) == refused(opened, step)
    found = bare.refused_read(COMMITTEE, "requireUsable", opened.committee.id)
    assert found == Refusal("OpeningCommitteeKeysetIncomplete", opened.committee.id, 3, confirmed)
    ceremony(bare).until("confirm")


def test_complain__resharing__new_seats_of_old_dealers(world: World, committee: Committee) -> None:
    opened = ceremony(world, 2, SEATS[3:6], parent=committee, dealers=(1, 3)).until("send")
    found = world.refusal("seat 1", COMMITTEE, "complain", opened.id, 1, 3)
    assert found == Refusal("OpeningCommitteeCallerRefused", opened.id, address("seat 1"))
    assert world.refusal("seat 4", COMMITTEE, "complain", opened.id, 1, 2) == refused(opened, "complain")
    world.send("seat 4", COMMITTEE, "complain", opened.id, 1, 3)
    world.send("seat 3", COMMITTEE, "answerComplaint", opened.id, 3, 1, 5)
    assert world.read(COMMITTEE, "acting", committee.id) == committee.id
