"""sendDealing.tree"""

from __future__ import annotations

import pytest

from tests.contracts.OpeningCommittee.steps import LIFE, born, fail, refused, strangers
from tests.contracts.sealing import COMMITTEE, SEATS, Committee, ceremony
from tests.contracts.world import Refusal, World, label

pytestmark = pytest.mark.evm

BOXES = b"\7" * 240


def test_sendDealing__by_another__caller_refused(bare: World) -> None:
    strangers(bare, ceremony(bare).until("publish"), "sendDealing", BOXES)


def test_sendDealing__before_all_are_published__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("commit")
    for who, function, args in opened.messages("publish"):
        found = bare.refusal("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES)
        assert found == refused(opened, "send")
        bare.send(who, COMMITTEE, function, *args)
    bare.send("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES)


def test_sendDealing__again__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    assert bare.refusal("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES) == refused(opened, "send")


def test_sendDealing__around_the_end_of_its_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("publish")
    end = born(bare, opened) + LIFE
    with bare.undone():
        bare.send("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES, at=end - 1)
    for after in (0, 1):
        found = bare.refusal("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES, at=end + after)
        assert found == refused(opened, "send")


def test_sendDealing__after_a_complaint__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("publish")
    bare.send("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES)
    fail(bare, opened)
    assert bare.refusal("seat 2", COMMITTEE, "sendDealing", opened.id, 2, BOXES) == refused(opened, "send")


@pytest.mark.parametrize("length", [0, 1, 80, 160, 239, 241, 320])
def test_sendDealing__other_length__plan_invalid(bare: World, length: int) -> None:
    opened = ceremony(bare).until("publish")
    found = bare.refusal("seat 1", COMMITTEE, "sendDealing", opened.id, 1, bytes(length))
    assert found == Refusal("OpeningCommitteePlanInvalid", label("boxes"))


def test_sendDealing__resharing__a_box_for_each_new_seat(world: World, committee: Committee) -> None:
    opened = ceremony(world, 3, SEATS[3:8], parent=committee, dealers=(1, 3)).until("publish")
    found = world.refusal("seat 1", COMMITTEE, "sendDealing", opened.id, 1, BOXES)
    assert found == Refusal("OpeningCommitteePlanInvalid", label("boxes"))
    opened.does("send")


def test_sendDealing__valid__tells(bare: World) -> None:
    opened = ceremony(bare).until("publish")
    for dealer in (3, 1, 2):
        event = bare.send(opened.by(dealer), COMMITTEE, "sendDealing", opened.id, dealer, BOXES).event
        assert (event.name, event.args) == (
            "DealingSent",
            {"ceremonyId": opened.id, "dealer": dealer, "boxes": BOXES},
        )
