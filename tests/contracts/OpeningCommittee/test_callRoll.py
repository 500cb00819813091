"""callRoll.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import COMMITTEE, SEATS, Committee, ceremony, council, form
from tests.contracts.world import ZERO, Refusal, World

pytestmark = pytest.mark.evm

PERIOD = 28 * 86_400


def test_callRoll__unknown__keyset_not_found(world: World) -> None:
    for id in (ZERO, b"\1" * 32):
        assert world.refusal("anyone", COMMITTEE, "callRoll", id) == Refusal(
            "OpeningCommitteeKeysetNotFound", id
        )


def test_callRoll__not_confirmed__keyset_incomplete(bare: World) -> None:
    opened = ceremony(bare).until("register")
    found = bare.refusal("anyone", COMMITTEE, "callRoll", opened.committee.id)
    assert found == Refusal("OpeningCommitteeKeysetIncomplete", opened.committee.id, 3, 0)


def test_callRoll__reshared__keyset_not_allowed(world: World, committee: Committee) -> None:
    child = form(world, 2, SEATS[3:6], parent=committee)
    found = world.refusal("anyone", COMMITTEE, "callRoll", committee.id, at=world.time + PERIOD)
    assert found == Refusal("OpeningCommitteeKeysetNotAllowed", committee.id)
    world.send("anyone", COMMITTEE, "callRoll", child.id)


def test_callRoll__retired__is_called(world: World, committee: Committee) -> None:
    council(world, COMMITTEE, "retireKeyset", committee.id)
    world.send("anyone", COMMITTEE, "callRoll", committee.id, at=world.time + PERIOD)


def test_callRoll__around_28_days__too_early_before(world: World, committee: Committee) -> None:
    for round_ in (1, 2, 3):
        due = world.facts(COMMITTEE, "keyset", committee.id)["rolledAt"] + PERIOD
        if world.time < due - 1:
            found = world.refusal("anyone", COMMITTEE, "callRoll", committee.id, at=due - 1)
            assert found == Refusal("OpeningCommitteeRollTooEarly", committee.id, due)
        with world.undone():
            world.send("anyone", COMMITTEE, "callRoll", committee.id, at=due + 1)
        event = world.send("stranger", COMMITTEE, "callRoll", committee.id, at=due).event
        assert (event.name, event.args) == ("RollCalled", {"keysetId": committee.id, "round": round_})
        facts = world.facts(COMMITTEE, "keyset", committee.id)
        assert (facts["round"], facts["rolledAt"], facts["answers"]) == (round_, due, 0)


def test_callRoll__long_after__the_next_is_28_days_from_then(world: World, committee: Committee) -> None:
    world.send("anyone", COMMITTEE, "callRoll", committee.id, at=world.time + 10 * PERIOD)
    found = world.refusal("anyone", COMMITTEE, "callRoll", committee.id)
    assert found == Refusal("OpeningCommitteeRollTooEarly", committee.id, world.time - 1 + PERIOD)
