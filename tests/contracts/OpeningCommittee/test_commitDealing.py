"""commitDealing.tree"""

from __future__ import annotations

import pytest

from tests.contracts.OpeningCommittee.steps import LIFE, born, fail, refused, strangers
from tests.contracts.sealing import COMMITTEE, SEATS, Committee, ceremony, form
from tests.contracts.world import ZERO, Refusal, World, address

pytestmark = pytest.mark.evm

HASH = b"\7" * 32


def test_commitDealing__by_another__caller_refused(bare: World) -> None:
    strangers(bare, ceremony(bare).until("open"), "commitDealing", HASH)


def test_commitDealing__without_a_commitment__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("open")
    found = bare.refusal("seat 1", COMMITTEE, "commitDealing", opened.id, 1, ZERO)
    assert found == refused(opened, "commit")


def test_commitDealing__again__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("open")
    bare.send("seat 1", COMMITTEE, "commitDealing", opened.id, 1, HASH)
    for commitment in (HASH, b"\1" * 32):
        found = bare.refusal("seat 1", COMMITTEE, "commitDealing", opened.id, 1, commitment)
        assert found == refused(opened, "commit")


def test_commitDealing__around_the_end_of_its_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("join")
    end = born(bare, opened) + LIFE
    with bare.undone():
        bare.send("seat 1", COMMITTEE, "commitDealing", opened.id, 1, HASH, at=end - 1)
    for after in (0, 1):
        found = bare.refusal("seat 1", COMMITTEE, "commitDealing", opened.id, 1, HASH, at=end + after)
        assert found == refused(opened, "commit")


def test_commitDealing__failed_or_done__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    with bare.undone():
        fail(bare, opened)
        found = bare.refusal("seat 2", COMMITTEE, "commitDealing", opened.id, 2, HASH)
        assert found == refused(opened, "commit")
    opened.does("register").does("confirm")
    assert bare.refusal("seat 2", COMMITTEE, "commitDealing", opened.id, 2, HASH) == refused(opened, "commit")


def test_commitDealing__before_the_joins__commits_and_tells(bare: World) -> None:
    opened = ceremony(bare).until("open")
    event = bare.send("seat 3", COMMITTEE, "commitDealing", opened.id, 3, HASH).event
    assert (event.name, event.args) == (
        "DealingCommitted",
        {"ceremonyId": opened.id, "dealer": 3, "commitment": HASH},
    )


def test_commitDealing__resharing__only_the_named_seats_of_the_parent(
    world: World, committee: Committee
) -> None:
    parent = form(world, 3, SEATS[3:8])
    opened = ceremony(world, 2, SEATS[:3], parent=parent, dealers=(1, 3, 4)).until("open")
    for dealer in (0, 2, 5, 6):
        who = SEATS[2 + dealer]
        found = world.refusal(who, COMMITTEE, "commitDealing", opened.id, dealer, HASH)
        assert found == Refusal("OpeningCommitteeCallerRefused", opened.id, address(who))
    found = world.refusal(committee.by(1), COMMITTEE, "commitDealing", opened.id, 1, HASH)
    assert found == Refusal("OpeningCommitteeCallerRefused", opened.id, address("seat 1"))
    for dealer in (4, 1, 3):
        event = world.send(SEATS[2 + dealer], COMMITTEE, "commitDealing", opened.id, dealer, HASH).event
        assert event.args["dealer"] == dealer
