"""answerRoll.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import COMMITTEE, SEATS, Committee, ceremony, form, say
from tests.contracts.world import ZERO, Refusal, World, address

pytestmark = pytest.mark.evm

PERIOD = 28 * 86_400


def call(world: World, committee: Committee) -> None:
    """The next round begins."""
    due = world.facts(COMMITTEE, "keyset", committee.id)["rolledAt"] + PERIOD
    world.send("anyone", COMMITTEE, "callRoll", committee.id, at=due)


def test_answerRoll__unknown__keyset_not_found(world: World) -> None:
    for id in (ZERO, b"\1" * 32):
        found = world.refusal("seat 1", COMMITTEE, "answerRoll", id, 1, 1, 1)
        assert found == Refusal("OpeningCommitteeKeysetNotFound", id)


def test_answerRoll__not_confirmed__keyset_incomplete(bare: World) -> None:
    opened = ceremony(bare).until("register")
    found = bare.refusal("stranger", COMMITTEE, "answerRoll", opened.committee.id, 9, 1, 1)
    assert found == Refusal("OpeningCommitteeKeysetIncomplete", opened.committee.id, 3, 0)


@pytest.mark.parametrize(
    ("who", "seat"), [("stranger", 1), ("seat 2", 1), ("seat 1", 0), ("seat 1", 4), ("seat 4", 4)]
)
def test_answerRoll__by_another__not_member(world: World, committee: Committee, who: str, seat: int) -> None:
    call(world, committee)
    found = world.refusal(who, COMMITTEE, "answerRoll", committee.id, seat, 1, 1)
    assert found == Refusal("OpeningCommitteeNotMember", committee.id, seat, address(who))


def test_answerRoll__suspended__not_member_until_it_ends(world: World, committee: Committee) -> None:
    call(world, committee)
    say(world, ("setSuspended", address("seat 1"), True))
    args = (committee.id, 1, *committee.answer(1, 1))
    found = world.refusal("seat 1", COMMITTEE, "answerRoll", *args)
    assert found == Refusal("OpeningCommitteeNotMember", committee.id, 1, address("seat 1"))
    say(world, ("setSuspended", address("seat 1"), False))
    world.send("seat 1", COMMITTEE, "answerRoll", *args)


def test_answerRoll__no_roll_was_called__round_answered_with_the_confirmation(
    world: World, committee: Committee
) -> None:
    found = world.refusal("seat 1", COMMITTEE, "answerRoll", committee.id, 1, *committee.answer(1, 0))
    assert found == Refusal("OpeningCommitteeRoundAnswered", committee.id, 1, 0)


def test_answerRoll__again__round_answered(world: World, committee: Committee) -> None:
    call(world, committee)
    args = (committee.id, 1, *committee.answer(1, 1))
    world.send("seat 1", COMMITTEE, "answerRoll", *args)
    for again in (args, (committee.id, 1, 0, 0)):
        found = world.refusal("seat 1", COMMITTEE, "answerRoll", *again)
        assert found == Refusal("OpeningCommitteeRoundAnswered", committee.id, 1, 1)


def test_answerRoll__proof_of_something_else__key_proof_invalid(world: World, committee: Committee) -> None:
    other = form(world, 2, SEATS[3:6])
    call(world, committee)
    for proof in (
        committee.answer(1, 0),
        committee.answer(1, 2),
        committee.answer(2, 1),
        other.answer(1, 1),
        (0, 0),
    ):
        found = world.refusal("seat 1", COMMITTEE, "answerRoll", committee.id, 1, *proof)
        assert found == Refusal("OpeningCommitteeKeyProofInvalid", committee.id, 1)


def test_answerRoll__rounds__the_last_is_counted_and_told(world: World, committee: Committee) -> None:
    for round_, seats in ((1, (2, 3)), (2, (1,)), (3, (3, 1, 2))):
        call(world, committee)
        for seat in seats:
            args = (committee.id, seat, *committee.answer(seat, round_))
            event = world.send(f"seat {seat}", COMMITTEE, "answerRoll", *args).event
            assert (event.name, event.args) == (
                "RollAnswered",
                {"keysetId": committee.id, "seat": seat, "round": round_},
            )
        bits = sum(1 << seat - 1 for seat in seats)
        assert world.read(COMMITTEE, "answered", committee.id, round_) == bits
        for other in (0, round_ - 1, round_ + 1):
            assert world.read(COMMITTEE, "answered", committee.id, other) == 0


def test_answerRoll__after_the_keyset_was_reshared__still_answers(world: World, committee: Committee) -> None:
    call(world, committee)
    form(world, 2, SEATS[3:6], parent=committee)
    world.send("seat 2", COMMITTEE, "answerRoll", committee.id, 2, *committee.answer(2, 1))
