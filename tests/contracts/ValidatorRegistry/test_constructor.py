"""constructor.tree"""

from __future__ import annotations

import pytest

from chain.types import Sector
from tests.contracts.validators import REGISTRY, even, in_force, set_hash, validators_of
from tests.contracts.world import (
    BUYER,
    VALIDATORS,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    wiring,
)

pytestmark = pytest.mark.evm


def test_constructor__valid__founding_set_is_decision_0_and_proved(world: World) -> None:
    assert in_force(world) == VALIDATORS
    assert [world.read(REGISTRY, each) for each in ("seq", "lastSeq", "removedUntil")] == [0, 0, 0]
    assert world.read(REGISTRY, "setHash") == set_hash([node for node, _ in VALIDATORS])
    assert world.read(REGISTRY, "isProved") is True
    assert world.read(REGISTRY, "authority") == address("authority")


@pytest.mark.parametrize("size", [4, 6, 32])
def test_constructor__valid__tells_the_set(world: World, size: int) -> None:
    founding = even(world, size)
    event = world.deploy(REGISTRY, wiring(world.addresses), founding).event
    shown = tuple((node.lower(), member) for node, member in founding)
    assert (event.name, event.args) == ("ValidatorsTargeted", {"seq": 0, "validators": shown})


@pytest.mark.parametrize("size", [0, 3, 33])
def test_constructor__size__size_invalid(world: World, size: int) -> None:
    found = world.refused_deployment(REGISTRY, wiring(world.addresses), even(world, size))
    assert found == Refusal("ValidatorRegistrySizeInvalid", 4, 32, size)


def test_constructor__rule_broken__refused_as_a_target(world: World) -> None:
    wired = wiring(world.addresses)
    crowded = validators_of(world, Sector.PUBLIC, Sector.PUBLIC, Sector.INDUSTRY, Sector.ACADEMIA)
    for founding, expected in (
        ([(ZERO_ADDRESS, BUYER), *VALIDATORS], Refusal("ValidatorRegistryOrderWrong", 0)),
        ([*VALIDATORS[:3], (VALIDATORS[3][0], BUYER)], Refusal("ValidatorRegistryMemberInvalid", BUYER)),
        (crowded, Refusal("ValidatorRegistrySectorOver", int(Sector.PUBLIC), 1, 2)),
    ):
        assert world.refused_deployment(REGISTRY, wired, founding) == expected
