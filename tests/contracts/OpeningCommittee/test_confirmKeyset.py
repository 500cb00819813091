"""confirmKeyset.tree"""

from __future__ import annotations

import pytest

from chain.sealing.group import N, multiply
from tests.contracts.OpeningCommittee.steps import LIFE, born, refused
from tests.contracts.sealing import (
    COMMITTEE,
    SEATS,
    Committee,
    ceremony,
    council,
    form,
    say,
)
from tests.contracts.world import HOLDER, ZERO, Refusal, World, address

pytestmark = pytest.mark.evm


def test_confirmKeyset__unknown__keyset_not_found(bare: World) -> None:
    for id in (ZERO, b"\1" * 32):
        found = bare.refusal("seat 1", COMMITTEE, "confirmKeyset", id, 1, 1, 1)
        assert found == Refusal("OpeningCommitteeKeysetNotFound", id)


@pytest.mark.parametrize("who", ["stranger", "acme", "deployer", "seat 2", "seat 9"])
def test_confirmKeyset__by_another__not_member(bare: World, who: str) -> None:
    opened = ceremony(bare).until("register")
    found = bare.refusal(who, COMMITTEE, "confirmKeyset", opened.committee.id, 1, 1, 1)
    assert found == Refusal("OpeningCommitteeNotMember", opened.committee.id, 1, address(who))


@pytest.mark.parametrize("seat", [0, 4, 17, 255])
def test_confirmKeyset__no_such_seat__not_member(bare: World, seat: int) -> None:
    opened = ceremony(bare).until("register")
    found = bare.refusal("seat 1", COMMITTEE, "confirmKeyset", opened.committee.id, seat, 1, 1)
    assert found == Refusal("OpeningCommitteeNotMember", opened.committee.id, seat, address("seat 1"))


def test_confirmKeyset__suspended__not_member(bare: World) -> None:
    opened = ceremony(bare).until("register")
    say(bare, ("setSuspended", address("seat 1"), True))
    who, function, args = opened.messages("confirm")[0]
    found = bare.refusal(who, COMMITTEE, function, *args)
    assert found == Refusal("OpeningCommitteeNotMember", opened.committee.id, 1, address("seat 1"))


def test_confirmKeyset__around_the_end_of_the_ceremonys_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("register")
    end = born(bare, opened) + LIFE
    who, function, args = opened.messages("confirm")[0]
    with bare.undone():
        bare.send(who, COMMITTEE, function, *args, at=end - 1)
    for after in (0, 1):
        assert bare.refusal(who, COMMITTEE, function, *args, at=end + after) == refused(opened, "confirm")


def test_confirmKeyset__another_keyset_of_the_ceremony_is_confirmed__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("register")
    id, pk, keys = opened.registered_with
    false = [*keys[:2], multiply(7).as_tuple()]
    event = bare.send("stranger", COMMITTEE, "registerKeyset", id, pk, false).event
    opened.does("confirm")
    found = bare.refusal("seat 1", COMMITTEE, "confirmKeyset", event.args["keysetId"], 1, 1, 1)
    assert found == refused(opened, "confirm")


def test_confirmKeyset__parent_was_reshared_otherwise__step_refused(
    world: World, committee: Committee
) -> None:
    one = ceremony(world, 2, SEATS[3:6], parent=committee).until("register")
    two = ceremony(world, 2, SEATS[6:9], parent=committee, dealers=(2, 3)).until("register")
    for who, function, args in two.messages("confirm")[:2]:
        world.send(who, COMMITTEE, function, *args)
    one.does("confirm")
    who, function, args = two.messages("confirm")[2]
    assert world.refusal(who, COMMITTEE, function, *args) == refused(two, "confirm")
    assert world.read(COMMITTEE, "acting", committee.id) == one.committee.id
    assert world.read(COMMITTEE, "acting", two.committee.id) == two.committee.id
    incomplete = Refusal("OpeningCommitteeKeysetIncomplete", two.committee.id, 3, 2)
    assert world.refused_read(COMMITTEE, "requireUsable", two.committee.id) == incomplete


def test_confirmKeyset__retired_before__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("register")
    council(bare, COMMITTEE, "retireKeyset", opened.committee.id)
    who, function, args = opened.messages("confirm")[0]
    assert bare.refusal(who, COMMITTEE, function, *args) == refused(opened, "confirm")


def test_confirmKeyset__second_ceremony_of_the_founder__step_refused_once_a_keyset_is_confirmed(
    bare: World,
) -> None:
    second = ceremony(bare, ahead=1)
    third = ceremony(bare, ahead=2)
    first = ceremony(bare).until("open")
    second.does("open")
    council(bare, COMMITTEE, "openCeremony", *third.opened_with)
    for opened in (second, third, first):
        for step in ("join", "commit", "publish", "send", "register"):
            opened.does(step)
    for who, function, args in second.messages("confirm")[:2]:
        bare.send(who, COMMITTEE, function, *args)
    first.does("confirm")
    who, function, args = second.messages("confirm")[2]
    assert bare.refusal(who, COMMITTEE, function, *args) == refused(second, "confirm")
    third.does("confirm")
    assert bare.read(COMMITTEE, "requireUsable", third.committee.id) == ()


def test_confirmKeyset__again__round_answered(bare: World) -> None:
    opened = ceremony(bare).until("register")
    who, function, args = opened.messages("confirm")[0]
    bare.send(who, COMMITTEE, function, *args)
    found = bare.refusal(who, COMMITTEE, function, *args[:2], 1, 1)
    assert found == Refusal("OpeningCommitteeRoundAnswered", opened.committee.id, 1, 0)


def test_confirmKeyset__proof_of_something_else__key_proof_invalid(bare: World) -> None:
    opened = ceremony(bare).until("register")
    other = ceremony(bare, ahead=1).committee
    own = opened.committee
    c, z = own.answer(1, 0)
    for proof in (
        own.answer(2, 0), own.answer(1, 1), other.answer(1, 0), (c, (z + 1) % N), (0, z), (c, 0), (c + N if c + N < 2**256 else N, z),
        (c, N), (2**256 - 1, 2**256 - 1), (0, 0),
    ):  # fmt: skip
        found = bare.refusal("seat 1", COMMITTEE, "confirmKeyset", own.id, 1, *proof)
        assert found == Refusal("OpeningCommitteeKeyProofInvalid", own.id, 1)


def test_confirmKeyset__false_keys__no_honest_seat_can_confirm(bare: World) -> None:
    opened = ceremony(bare).until("send")
    id, pk, keys = opened.registered_with
    false = bare.send("stranger", COMMITTEE, "registerKeyset", id, pk, keys[::-1]).event.args["keysetId"]
    for seat in (1, 3):
        proof = opened.committee.answer(seat, 0)
        found = bare.refusal(f"seat {seat}", COMMITTEE, "confirmKeyset", false, seat, *proof)
        assert found == Refusal("OpeningCommitteeKeyProofInvalid", false, seat)


def test_confirmKeyset__each_seat__usable_with_the_last_and_the_founder_powerless(bare: World) -> None:
    opened = ceremony(bare).until("register")
    messages = opened.messages("confirm")
    for number, place in enumerate((2, 0, 1), 1):
        who, function, args = messages[place]
        receipt = bare.send(who, COMMITTEE, function, *args)
        seat = {"keysetId": opened.committee.id, "seat": place + 1}
        confirmed = {"keysetId": opened.committee.id, "parent": ZERO}
        expected = [("KeysetSeatConfirmed", seat), ("KeysetConfirmed", confirmed)]
        assert [(event.name, event.args) for event in receipt.events] == expected[: 1 + (number == 3)]
        assert bare.read(COMMITTEE, "founded") is (number == 3)
        usable = bare.attempt(COMMITTEE, "requireUsable", opened.committee.id)
        assert usable == (
            () if number == 3 else Refusal("OpeningCommitteeKeysetIncomplete", opened.committee.id, 3, number)
        )
        assert bare.read(COMMITTEE, "answered", opened.committee.id, 0) == (0b100, 0b101, 0b111)[number - 1]
    facts = bare.facts(COMMITTEE, "keyset", opened.committee.id)
    assert (facts["confirmed"], facts["rolledAt"], facts["ended"]) == (3, bare.time, False)
    plan = opened.opened_with
    refusal = Refusal("OpeningCommitteeCallerRefused", ZERO, address(HOLDER))
    assert bare.refusal(HOLDER, COMMITTEE, "openCeremony", *plan) == refusal


def test_confirmKeyset__resharing_twice__the_last_acts_for_all(world: World, committee: Committee) -> None:
    child = form(world, 3, SEATS[3:8], parent=committee, dealers=(1, 3))
    assert child.pk == committee.pk
    grandchild = form(world, 2, SEATS[:3], parent=child, dealers=(1, 2, 5))
    assert grandchild.pk == committee.pk
    assert {world.read(COMMITTEE, "acting", each.id) for each in (committee, child, grandchild)} == {
        grandchild.id
    }
    for each in (committee, child):
        found = world.refused_read(COMMITTEE, "requireUsable", each.id)
        assert found == Refusal("OpeningCommitteeKeysetNotAllowed", each.id)
    assert world.read(COMMITTEE, "requireUsable", grandchild.id) == ()
    other = form(world, 2, SEATS[9:12])
    assert world.read(COMMITTEE, "acting", other.id) == other.id
    assert world.read(COMMITTEE, "acting", b"\1" * 32) == b"\1" * 32
    event = grandchild.id, child.id
    assert world.facts(COMMITTEE, "keyset", event[0])["parent"] == event[1]


@pytest.mark.parametrize("retired_after", ["open", "register"])
def test_confirmKeyset__parent_retired__the_new_keyset_is_retired(
    world: World, committee: Committee, retired_after: str
) -> None:
    if retired_after == "open":
        council(world, COMMITTEE, "retireKeyset", committee.id)
    opened = ceremony(world, 2, SEATS[3:6], parent=committee).until("register")
    if retired_after == "register":
        council(world, COMMITTEE, "retireKeyset", committee.id)
    opened.does("confirm")
    child = opened.committee
    assert world.read(COMMITTEE, "acting", committee.id) == child.id
    assert world.facts(COMMITTEE, "keyset", child.id)["ended"] is True
    found = world.refused_read(COMMITTEE, "requireUsable", child.id)
    assert found == Refusal("OpeningCommitteeKeysetNotAllowed", child.id)
