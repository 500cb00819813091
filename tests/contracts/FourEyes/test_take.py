"""take.tree"""

from __future__ import annotations

import pytest

from chain.rules.deadlines import end_of
from chain.types import Role
from tests.contracts.awards import GAP, counting_outages, outage, ticks
from tests.contracts.four_eyes import DESK, LIFE, NONE, act_of, add, both
from tests.contracts.world import BUYER, BUYER2, DAY, Receipt, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

CALL = hash_of("calldata")
TAKERS = ("board", "awards", "complaints")


def act(who: str = "board", call: bytes = CALL) -> bytes:
    """The act that this contract takes."""
    return act_of(address(who), call)


def propose(world: World, who: str = "officer", taker: str = "board") -> int:
    """Proposes the act; the stored end."""
    return world.send(who, DESK, "propose", act(taker)).time + LIFE


def take(
    world: World,
    signer: str = "approver",
    taker: str = "board",
    member: bytes = BUYER,
    at: int | None = None,
) -> Receipt:
    """As the contract does while ``signer`` calls it."""
    return world.send(taker, DESK, "take", member, address(signer), CALL, at=at)


def refusal(
    world: World,
    signer: str = "approver",
    taker: str = "board",
    member: bytes = BUYER,
    call: bytes = CALL,
    at: int | None = None,
) -> Refusal:
    """What refuses that."""
    return world.refusal(taker, DESK, "take", member, address(signer), call, at=at)


@pytest.mark.parametrize("taker", TAKERS)
def test_take__proposed__forgotten_and_told(world: World, taker: str) -> None:
    propose(world, taker=taker)
    receipt = take(world, taker=taker)
    assert receipt.event.name == "ActApproved"
    assert receipt.event.args == {"member": BUYER, "act": act(taker), "approver": address("approver")}
    assert world.read(DESK, "proposalOf", BUYER, act(taker)) == NONE


@pytest.mark.parametrize(
    "who", ["officer", "approver", "admin", "authority", "council", "openings", "stranger"]
)
def test_take__other_caller__role_missing(world: World, who: str) -> None:
    """Else an officer could make an event say that somebody approved what nobody did."""
    world.send("officer", DESK, "propose", act(who))
    assert refusal(world, taker=who) == Refusal("FourEyesRoleMissing", label("CONTRACT"), address(who))


@pytest.mark.parametrize("who", ["officer", "approver2", "admin", "acme", "stranger"])
def test_take__no_approver_of_the_member__role_missing(world: World, who: str) -> None:
    propose(world)
    expected = Refusal("FourEyesRoleMissing", label("APPROVER"), address(who))
    assert refusal(world, who) == expected


def test_take__nobody_proposed_it__not_proposed(world: World) -> None:
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())


def test_take__proposed_by_another_member__not_proposed(world: World) -> None:
    propose(world, "officer2")
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())
    assert take(world, "approver2", member=BUYER2).event.args["member"] == BUYER2


def test_take__proposed_for_another_contract__not_proposed(world: World) -> None:
    propose(world)
    for taker in ("awards", "complaints"):
        assert refusal(world, taker=taker) == Refusal("FourEyesActNotProposed", act(taker))
    take(world)


def test_take__other_call__not_proposed(world: World) -> None:
    propose(world)
    other = hash_of("other calldata")
    assert refusal(world, call=other) == Refusal("FourEyesActNotProposed", act(call=other))


def test_take__the_call_hash_itself_proposed__not_proposed(world: World) -> None:
    """The act names contract and chain."""
    world.send("officer", DESK, "propose", CALL)
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())


def test_take__taken_before__not_proposed_until_it_is_again(world: World) -> None:
    propose(world)
    take(world)
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())
    propose(world)
    take(world)


def test_take__the_proposer_was_removed__not_proposed(world: World) -> None:
    propose(world)
    world.send("admin", "MemberRegistry", "removePerson", address("officer"))
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())


def test_take__the_proposer_rotated_to_another_account__not_proposed(world: World) -> None:
    """Who proposed may be an approver under its next account."""
    both(world)
    world.send("both", DESK, "propose", act())
    world.send("admin", "MemberRegistry", "rotatePerson", address("both"), address("next"))
    assert refusal(world, "next") == Refusal("FourEyesActNotProposed", act())


def test_take__the_proposer_went_to_another_buyer__not_proposed(world: World) -> None:
    propose(world)
    world.send("admin", "MemberRegistry", "removePerson", address("officer"))
    add(world, "officer", Role.OFFICER, admin="admin2")
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())


def test_take__the_proposer_is_suspended__not_proposed_meanwhile(world: World) -> None:
    propose(world)
    until = world.time + DAY
    world.send("authority", "MemberRegistry", "suspendPerson", address("officer"), until)
    assert refusal(world, at=until - 1) == Refusal("FourEyesActNotProposed", act())
    assert take(world, at=until).event.name == "ActApproved"


def test_take__a_second_before_its_end__taken(world: World) -> None:
    end = propose(world)
    assert take(world, at=end - 1).event.name == "ActApproved"


@pytest.mark.parametrize("late", [0, 1])
def test_take__from_its_end_on__expired(world: World, late: int) -> None:
    end = propose(world)
    assert refusal(world, at=end + late) == Refusal("FourEyesActExpired", act(), end)


def test_take__outage_before_its_end__taken_to_the_end_that_is_told(world: World) -> None:
    counting_outages(world)
    stored = propose(world)
    ticks(world, stored - 3 * GAP)
    end = end_of([outage(world, stored - GAP)], stored)
    assert end > stored
    ticks(world, end - 2)
    with world.undone():
        assert take(world, at=end - 1).event.name == "ActApproved"
    assert refusal(world, at=end) == Refusal("FourEyesActExpired", act(), end)


def test_take__by_who_proposed_it__same_signer(world: World) -> None:
    both(world)
    world.send("both", DESK, "propose", act())
    assert refusal(world, "both") == Refusal("FourEyesActSameSigner", address("both"))
    take(world)


def test_take__several_faults__refused_in_order(world: World) -> None:
    both(world)
    end = world.send("both", DESK, "propose", act()).time + LIFE
    with world.undone():
        assert refusal(world, "both", at=end - 1) == Refusal("FourEyesActSameSigner", address("both"))
    assert refusal(world, "stranger", "stranger", at=end).args[0] == label("CONTRACT")
    assert refusal(world, "stranger").args[0] == label("APPROVER")
    assert refusal(world, "both") == Refusal("FourEyesActExpired", act(), end)
    world.send("admin", "MemberRegistry", "removePerson", address("both"))
    assert refusal(world) == Refusal("FourEyesActNotProposed", act())
