"""joinCeremony.tree"""

from __future__ import annotations

import pytest

from tests.contracts.OpeningCommittee.steps import LIFE, born, fail, refused, strangers
from tests.contracts.sealing import COMMITTEE, SEATS, Committee, ceremony, draw, say
from tests.contracts.world import ZERO, Refusal, World, address

pytestmark = pytest.mark.evm

KEY = b"\7" * 32


def test_joinCeremony__by_another__caller_refused(bare: World) -> None:
    strangers(bare, ceremony(bare).until("open"), "joinCeremony", KEY)


def test_joinCeremony__without_a_key__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("open")
    assert bare.refusal("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, ZERO) == refused(opened, "join")


def test_joinCeremony__again__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("open")
    bare.send("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, KEY)
    for key in (KEY, draw(32)):
        found = bare.refusal("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, key)
        assert found == refused(opened, "join")


def test_joinCeremony__around_the_end_of_its_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("open")
    end = born(bare, opened) + LIFE
    with bare.undone():
        bare.send("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, KEY, at=end - 1)
    for after in (0, 1):
        found = bare.refusal("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, KEY, at=end + after)
        assert found == refused(opened, "join")


def test_joinCeremony__failed_or_done__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    with bare.undone():
        fail(bare, opened)
        assert bare.refusal("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, KEY) == refused(opened, "join")
    opened.does("register").does("confirm")
    assert bare.refusal("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, KEY) == refused(opened, "join")


def test_joinCeremony__resharing__new_seats_join_and_old_do_not(world: World, committee: Committee) -> None:
    opened = ceremony(world, 2, SEATS[3:6], parent=committee).until("open")
    found = world.refusal("seat 1", COMMITTEE, "joinCeremony", opened.id, 1, KEY)
    assert found == Refusal("OpeningCommitteeCallerRefused", opened.id, address("seat 1"))
    assert world.send("seat 4", COMMITTEE, "joinCeremony", opened.id, 1, KEY).event.args["seat"] == 1


def test_joinCeremony__each_account_of_the_member__joins(bare: World) -> None:
    opened = ceremony(bare).until("open")
    say(bare, ("setMember", address("colleague"), opened.plan.members[1]))
    event = bare.send("colleague", COMMITTEE, "joinCeremony", opened.id, 2, KEY).event
    assert (event.name, event.args) == ("CeremonyJoined", {"ceremonyId": opened.id, "seat": 2, "boxKey": KEY})
