"""propose.tree"""

from __future__ import annotations

import pytest

from chain.rules.deadlines import end_of
from chain.types import Role
from tests.contracts.awards import GAP, counting_outages, outage, ticks
from tests.contracts.four_eyes import DESK, LIFE, NONE, add
from tests.contracts.world import BUYER, BUYER2, DAY, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

ACT = hash_of("act")
PROPOSED = Refusal("FourEyesActAlreadyProposed", ACT)


def test_propose__valid__kept_and_told(world: World) -> None:
    receipt = world.send("officer", DESK, "propose", ACT)
    until = receipt.time + LIFE
    assert receipt.event.name == "ActProposed"
    assert receipt.event.args == {"member": BUYER, "act": ACT, "proposer": address("officer"), "until": until}
    assert world.read(DESK, "proposalOf", BUYER, ACT) == (address("officer"), until)
    assert world.read(DESK, "proposalOf", BUYER2, ACT) == NONE


@pytest.mark.parametrize(
    "who", ["approver", "approver2", "admin", "acme", "reviewer", "authority", "stranger"]
)
def test_propose__no_officer__role_missing(world: World, who: str) -> None:
    found = world.refusal(who, DESK, "propose", ACT)
    assert found == Refusal("FourEyesRoleMissing", label("OFFICER"), address(who))


def test_propose__officer_of_a_member_that_is_suspended__role_missing(world: World) -> None:
    world.send("authority", "MemberRegistry", "suspend", BUYER, world.time + DAY)
    found = world.refusal("officer", DESK, "propose", ACT)
    assert found == Refusal("FourEyesRoleMissing", label("OFFICER"), address("officer"))


def test_propose__zero__hash_zero(world: World) -> None:
    assert world.refusal("officer", DESK, "propose", ZERO) == Refusal("FourEyesHashZero", label("act"))


def test_propose__again_before_its_end__already_proposed(world: World) -> None:
    end = world.send("officer", DESK, "propose", ACT).time + LIFE
    add(world, "colleague", Role.OFFICER)
    for who in ("officer", "colleague"):
        assert world.refusal(who, DESK, "propose", ACT) == PROPOSED
    assert world.refusal("officer", DESK, "propose", ACT, at=end - 1) == PROPOSED


@pytest.mark.parametrize("late", [0, 1])
def test_propose__again_from_its_end_on__proposed_anew(world: World, late: int) -> None:
    end = world.send("officer", DESK, "propose", ACT).time + LIFE
    add(world, "colleague", Role.OFFICER)
    assert world.send("colleague", DESK, "propose", ACT, at=end + late).event.name == "ActProposed"
    assert world.read(DESK, "proposalOf", BUYER, ACT) == (address("colleague"), end + late + LIFE)


def test_propose__outage_before_its_end__blocks_to_the_end_that_is_told(world: World) -> None:
    counting_outages(world)
    stored = world.send("officer", DESK, "propose", ACT).time + LIFE
    ticks(world, stored - 3 * GAP)
    silence = outage(world, stored - GAP)
    end = end_of([silence], stored)
    assert end > stored
    ticks(world, end - 2)
    assert world.refusal("officer", DESK, "propose", ACT, at=end - 1) == PROPOSED
    assert world.send("officer", DESK, "propose", ACT, at=end).events[-1].name == "ActProposed"


def test_propose__the_proposer_lost_the_role__proposed_anew(world: World) -> None:
    """Else one who left would block the act of a buyer for a month."""
    add(world, "colleague", Role.OFFICER)
    world.send("officer", DESK, "propose", ACT)
    world.send("admin", "MemberRegistry", "removePerson", address("officer"))
    receipt = world.send("colleague", DESK, "propose", ACT)
    assert world.read(DESK, "proposalOf", BUYER, ACT) == (address("colleague"), receipt.time + LIFE)


def test_propose__the_same_act_of_two_members__each_has_its_own(world: World) -> None:
    ends = {who: world.send(who, DESK, "propose", ACT).time + LIFE for who in ("officer2", "officer")}
    for who, member in (("officer", BUYER), ("officer2", BUYER2)):
        assert world.read(DESK, "proposalOf", member, ACT) == (address(who), ends[who])
        assert world.refusal(who, DESK, "propose", ACT) == PROPOSED
