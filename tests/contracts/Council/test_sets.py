"""sets.tree: sets of validators, looked at when they are proposed and again when they are executed"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.types import CONTRACTS, DecisionClass, Kind, ProposalState, Sector
from tests.contracts.proposals import (
    COUNCIL,
    Proposal,
    approve,
    call,
    execute,
    pass_through,
    proposal,
    propose,
    propose_urgently,
    queue,
    ready,
    refused_step,
    state,
    wait,
)
from tests.contracts.world import (
    BUYER,
    DAY,
    HOLDER,
    MANDATE_END,
    SEATS,
    VALIDATORS,
    ZERO,
    Refusal,
    World,
    address,
    calldata_selector,
    classes,
    created_address,
    label,
    member_id,
    wiring,
)

pytestmark = pytest.mark.evm

MEMBERSHIP, CHARTER = DecisionClass.MEMBERSHIP, DecisionClass.CHARTER
MEMBERS, REGISTRY = "MemberRegistry", "ValidatorRegistry"


def moved(place: int = 0) -> list[tuple[str, bytes]]:
    """The founding set with another node for one of its members."""
    kept = [pair for number, pair in enumerate(VALIDATORS) if number != place]
    return ordered([*kept, (address("another node"), VALIDATORS[place][1])])


def ordered(validators: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return sorted(validators, key=lambda pair: int(pair[0], 16))


BAD_TARGETS: dict[str, tuple[int, list[tuple[str, bytes]], Refusal]] = {
    "another version": (1, moved(), Refusal("ValidatorRegistryVersionWrong", 0, 1)),
    "the present set": (0, VALIDATORS, Refusal("ValidatorRegistryUnchanged", label("target"))),
    "too few": (0, VALIDATORS[:3], Refusal("ValidatorRegistrySizeInvalid", 4, 32, 3)),
    "not in order": (0, moved()[::-1], Refusal("ValidatorRegistryOrderWrong", 1)),
    "no operator": (
        0,
        [*VALIDATORS[:3], (VALIDATORS[3][0], BUYER)],
        Refusal("ValidatorRegistryMemberInvalid", BUYER),
    ),
    "two of a member": (
        0,
        [*VALIDATORS[:3], (VALIDATORS[3][0], VALIDATORS[2][1])],
        Refusal("ValidatorRegistryMemberOver", VALIDATORS[2][1], 1, 2),
    ),
    "two of a sector": (
        0,
        [(node, member_id("TEST-NODES") if member == SEATS[2] else member) for node, member in VALIDATORS],
        Refusal("ValidatorRegistrySectorOver", 3, 1, 2),
    ),
    "too many at once": (
        0,
        ordered(
            [*VALIDATORS[2:], (address("new 1"), VALIDATORS[0][1]), (address("new 2"), VALIDATORS[1][1])]
        ),
        Refusal("ValidatorRegistryStepTooLarge", 2, 4),
    ),
}


@pytest.mark.parametrize("fault", BAD_TARGETS)
def test_propose__target_that_breaks_a_rule__refused_as_the_registry_does(world: World, fault: str) -> None:
    seq, target, expected = BAD_TARGETS[fault]
    given = Proposal((*proposal(world, MEMBERSHIP).calls, call(world, REGISTRY, "setTarget", seq, target)))
    assert world.refusal("delegate1", COUNCIL, "propose", *given.content) == expected
    assert world.refusal("authority", REGISTRY, "setTarget", seq, target) == expected


@pytest.mark.parametrize(
    ("validator", "after", "expected"),
    [
        ("stranger", DAY, Refusal("ValidatorRegistryNotFound", address("stranger"))),
        ("node1", 0, None),
        ("node1", 31 * DAY, None),
        ("node1", DAY, Refusal("ValidatorRegistrySizeInvalid", 4, 32, 3)),
    ],
)
def test_propose_urgently__removal_that_breaks_a_rule__refused_as_the_registry_does(
    world: World, validator: str, after: int, expected: Refusal | None
) -> None:
    now = world.time + 1
    until = now + after
    if expected is None:
        expected = Refusal("ValidatorRegistryRemovalInvalid", now, now + 30 * DAY, until)
    urgent = Proposal((call(world, REGISTRY, "removeNow", 0, address(validator), until),))
    confirmation = proposal(world, MEMBERSHIP)
    content = (urgent.content, confirmation.content)
    assert world.refusal("delegate1", COUNCIL, "proposeUrgently", *content, at=now) == expected


@pytest.mark.parametrize("function", ["setTarget", "removeNow"])
@pytest.mark.parametrize("rest", [b"", b"\xff" * 31, b"\xff" * 96])
def test_propose__validators_that_do_not_decode__failed_call(
    world: World, function: str, rest: bytes
) -> None:
    given = Proposal(((world.addresses[REGISTRY], calldata_selector(REGISTRY, function) + rest),))
    assert world.refusal("delegate1", COUNCIL, "propose", *given.content) == Refusal("FailedCall")


def test_propose__other_call_to_the_validators__not_looked_at(world: World) -> None:
    given = Proposal((call(world, REGISTRY, "proveSet", 9, b"no header"),))
    assert propose(world, given).decision is CHARTER


def test_execute__target__set(world: World) -> None:
    target = moved()
    opened = ready(world, call(world, REGISTRY, "setTarget", 0, target))
    assert opened.decision is DecisionClass.VALIDATOR
    execute(world, opened)
    found = [(address_of, member) for address_of, member in world.read(REGISTRY, "validators")]
    assert found == [(node.lower(), member) for node, member in target]


def test_execute__target_that_became_wrong__nothing_is_done(world: World) -> None:
    kinds = call(world, MEMBERS, "setKinds", BUYER, int(Kind.BUYER | Kind.EVALUATION))
    opened = ready(world, kinds, call(world, REGISTRY, "setTarget", 0, moved()))
    before = world.facts(MEMBERS, "memberFacts", BUYER)
    with world.undone():
        world.send("authority", MEMBERS, "suspend", SEATS[2], world.time + DAY)
        assert refused_step(world, opened, "execute") == Refusal("ValidatorRegistryMemberInvalid", SEATS[2])
        assert world.facts(MEMBERS, "memberFacts", BUYER) == before
    world.send("authority", REGISTRY, "setTarget", 0, moved(1))
    assert refused_step(world, opened, "execute") == Refusal("ValidatorRegistryVersionWrong", 1, 0)
    assert state(world, opened) is ProposalState.QUEUED


def test_execute__two_targets_in_one_proposal__refused_when_proposed(world: World) -> None:
    calls = (call(world, REGISTRY, "setTarget", seq, moved(seq)) for seq in (0, 1))
    found = world.refusal("delegate1", COUNCIL, "propose", *Proposal(tuple(calls)).content)
    assert found == Refusal("ValidatorRegistryVersionWrong", 0, 1)


@pytest.fixture
def seven(world: World) -> World:
    """A council of its own over seven validators: the fewest of which one can be removed."""
    more = []
    for sector in (Sector.PUBLIC, Sector.INDUSTRY, Sector.CIVIL_SOCIETY):
        org_id = f"operator {sector.name}"
        data = (org_id, org_id, int(sector), int(Kind.OPERATOR), ZERO)
        world.send("authority", MEMBERS, "admit", data, address(f"admin of {org_id}"), MANDATE_END)
        more.append((address(f"node of {org_id}"), member_id(org_id)))
    names = ("CouncilTimelock", COUNCIL, REGISTRY)
    made = {
        name: created_address(address(HOLDER), len(CONTRACTS) + place) for place, name in enumerate(names)
    }
    other = replace(world, addresses=world.addresses | made)
    wired = wiring(other.addresses)
    other.deploy("CouncilTimelock", made[COUNCIL])
    other.deploy(COUNCIL, wired, *classes(other.addresses))
    other.deploy(REGISTRY, wired, ordered([*VALIDATORS, *more]))
    return other


def test_execute__removal__removed_for_a_time(seven: World) -> None:
    until = seven.time + 20 * DAY
    urgent = Proposal((call(seven, REGISTRY, "removeNow", 0, address("node0"), until),))
    opened, _ = propose_urgently(seven, urgent, proposal(seven, MEMBERSHIP))
    receipt = pass_through(seven, opened)
    assert (receipt.events[0].name, receipt.events[0].args["node"]) == ("ValidatorRemoved", address("node0"))
    assert len(seven.read(REGISTRY, "validators")) == 6
    wait(seven, until)
    assert len(seven.read(REGISTRY, "validators")) == 7


def test_execute__removal_that_became_wrong__stays_queued(seven: World) -> None:
    until = seven.time + 20 * DAY
    urgent = Proposal((call(seven, REGISTRY, "removeNow", 0, address("node0"), until),))
    opened, _ = propose_urgently(seven, urgent, proposal(seven, MEMBERSHIP))
    approve(seven, opened)
    queue(seven, opened)
    with seven.undone():
        present = seven.read(REGISTRY, "validators")
        fewer = [each for each in present if each[0] != address("node1").lower()]
        seven.send(seven.addresses["CouncilTimelock"], REGISTRY, "setTarget", 0, fewer)
        assert refused_step(seven, opened, "execute") == Refusal("ValidatorRegistryVersionWrong", 1, 0)
        assert state(seven, opened) is ProposalState.QUEUED
    execute(seven, opened)
