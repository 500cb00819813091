"""removeNow.tree: a validator taken out at once, and back by itself"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chain.types import Sector
from tests.contracts.validators import (
    REGISTRY,
    Validator,
    by_sector,
    even,
    harnessed,
    in_force,
    in_order,
    nodes,
    prove,
    set_target,
    suspend,
    validators_of,
    without,
)
from tests.contracts.world import DAY, VALIDATORS, Receipt, Refusal, World, address, label

pytestmark = pytest.mark.evm


def remove(world: World, gone: Validator, seq: int = 0, after: int = DAY) -> Receipt:
    """Removes a validator until ``after`` seconds from its block."""
    return world.send("authority", REGISTRY, "removeNow", seq, gone[0], world.time + 1 + after)


def refusal(world: World, node: str, *, seq: int = 0, after: int = DAY) -> Refusal:
    """What `removeNow` refuses with, and `checkRemoval` in the same second."""
    world.move_to(world.time + 1)
    until = world.time + after
    foretold = world.refused_read(REGISTRY, "checkRemoval", seq, node, until)
    found = world.refusal("authority", REGISTRY, "removeNow", seq, node, until + 1)
    assert found == foretold
    return found


def seven(world: World) -> tuple[World, list[Validator]]:
    """A registry with a set of which one may go."""
    founding = even(world, 7)
    return harnessed(world, founding), founding


def course(world: World, *instants: int) -> list[tuple[int, Sequence[Validator], bool]]:
    """Decision and set in force, and whether it is proved, at each instant."""
    found = []
    for instant in instants:
        world.move_to(instant)
        found.append((world.read(REGISTRY, "seq"), in_force(world), world.read(REGISTRY, "isProved")))
    return found


@pytest.mark.parametrize("who", ["delegate1", "operator", "admin", "stranger"])
def test_remove_now__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("ValidatorRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert world.refusal(who, REGISTRY, "removeNow", 9, address("nobody"), 0) == expected


def test_check_removal__anybody__answers_without_the_role(world: World) -> None:
    own, founding = seven(world)
    assert own.read(REGISTRY, "checkRemoval", 0, founding[0][0], own.time + DAY) == ()


@pytest.mark.parametrize("who", ["nobody", "authority"])
def test_remove_now__no_validator__not_found(world: World, who: str) -> None:
    expected = Refusal("ValidatorRegistryNotFound", address(who))
    assert refusal(world, address(who), seq=9, after=0) == expected


def test_remove_now__other_decision__version_wrong(world: World) -> None:
    own, founding = seven(world)
    expected = Refusal("ValidatorRegistryVersionWrong", 0, 1)
    assert refusal(own, founding[0][0], seq=1, after=0) == expected


def test_remove_now__in_force_unproved__unproved(world: World) -> None:
    own, founding = seven(world)
    set_target(own, 0, in_order([*founding, *validators_of(own, Sector.ACADEMIA)]))
    expected = Refusal("ValidatorRegistryUnproved", 1)
    assert refusal(own, founding[0][0], seq=1, after=0) == expected


def test_remove_now__another_removal_runs__unproved_then_removal_running(world: World) -> None:
    own, founding = seven(world)
    until = remove(own, founding[0], after=50).event.args["until"]
    second = founding[1][0]
    assert refusal(own, second, seq=1) == Refusal("ValidatorRegistryUnproved", 1)
    prove(own, founding[1:])
    assert refusal(own, second, seq=1, after=0) == Refusal("ValidatorRegistryRemovalRunning", until)
    assert refusal(own, founding[0][0], seq=1) == Refusal("ValidatorRegistryNotFound", founding[0][0])
    own.move_to(until - 1)
    expected = Refusal("ValidatorRegistryUnproved", 0)
    args = (0, second, until + DAY)
    assert own.refusal("authority", REGISTRY, "removeNow", *args, at=until) == expected
    prove(own, founding)
    own.send("authority", REGISTRY, "removeNow", *args)


def test_remove_now__near_its_bounds__removal_invalid_outside(world: World) -> None:
    own, founding = seven(world)
    node, now = founding[0][0], own.time + 1
    for until in (0, now - 1, now, now + 30 * DAY + 1):
        with own.undone():
            expected = Refusal("ValidatorRegistryRemovalInvalid", now, now + 30 * DAY, until)
            assert own.refusal("authority", REGISTRY, "removeNow", 0, node, until) == expected
    for until in (now + 1, now + 30 * DAY - 1, now + 30 * DAY):
        with own.undone():
            own.send("authority", REGISTRY, "removeNow", 0, node, until)
            assert own.read(REGISTRY, "removedUntil") == until
    for until in (own.time, own.time + 30 * DAY + 1):
        expected = Refusal("ValidatorRegistryRemovalInvalid", own.time, own.time + 30 * DAY, until)
        assert own.refused_read(REGISTRY, "checkRemoval", 0, node, until) == expected


@pytest.mark.parametrize("place", range(4))
def test_remove_now__one_of_four__size_invalid(world: World, place: int) -> None:
    expected = Refusal("ValidatorRegistrySizeInvalid", 4, 32, 3)
    assert refusal(world, VALIDATORS[place][0]) == expected


def test_remove_now__one_of_six__sector_over(world: World) -> None:
    """Five of four sectors never fit."""
    founding = even(world, 6)
    own = harnessed(world, founding)
    sectors = by_sector(own, founding)
    first = in_order([sectors[Sector.PUBLIC][1], sectors[Sector.INDUSTRY][1]])[0]
    crowded = Sector.PUBLIC if first in sectors[Sector.PUBLIC] else Sector.INDUSTRY
    for sector, over in (
        (Sector.PUBLIC, Sector.INDUSTRY),
        (Sector.INDUSTRY, Sector.PUBLIC),
        (Sector.ACADEMIA, crowded),
    ):
        expected = Refusal("ValidatorRegistrySectorOver", int(over), 1, 2)
        assert refusal(own, sectors[sector][0][0]) == expected


def test_remove_now__two_of_a_member_left_among_seven__member_over(world: World) -> None:
    founding = even(world, 8)
    sectors = by_sector(world, founding)
    one, other = sectors[Sector.PUBLIC]
    eight = in_order([*without(founding, other), *nodes([one[1]])])
    own = harnessed(world, eight)
    expected = Refusal("ValidatorRegistryMemberOver", one[1], 1, 2)
    assert refusal(own, sectors[Sector.ACADEMIA][0][0]) == expected
    remove(own, one)


def test_remove_now__others_suspended_or_left__removes(world: World) -> None:
    own, founding = seven(world)
    suspend(own, founding[0][1])
    suspend(own, founding[1][1])
    own.send("authority", "MemberRegistry", "expel", founding[2][1])
    remove(own, founding[0])
    assert in_force(own) == founding[1:]


@pytest.mark.parametrize("place", [0, 3, 6])
def test_remove_now__valid__numbers_and_tells_and_the_set_is_in_force(world: World, place: int) -> None:
    own, founding = seven(world)
    gone = founding[place]
    left = without(founding, gone)
    receipt = remove(own, gone)
    until = receipt.time + DAY
    assert (receipt.event.name, receipt.event.args) == (
        "ValidatorRemoved",
        {
            "seq": 1,
            "node": gone[0],
            "until": until,
            "validators": tuple((node.lower(), member) for node, member in left),
        },
    )
    assert in_force(own) == left
    assert [own.read(REGISTRY, each) for each in ("seq", "lastSeq", "removedUntil")] == [1, 1, until]
    assert own.read(REGISTRY, "isProved") is False


def test_remove_now__proved_and_over__the_set_before_returns_unproved(world: World) -> None:
    own, founding = seven(world)
    until = remove(own, founding[0], after=50).event.args["until"]
    prove(own, founding[1:])
    assert course(own, until - 1, until, until + 1) == [
        (1, founding[1:], True),
        (0, founding, False),
        (0, founding, False),
    ]
    assert own.read(REGISTRY, "lastSeq") == 1
    prove(own, founding)
    target = in_order([*founding, *validators_of(own, Sector.ACADEMIA)])
    assert set_target(own, 0, target).event.args["seq"] == 2


def test_remove_now__never_proved_and_over__the_set_before_is_still_proved(world: World) -> None:
    """The engine did not follow, so there is nothing to take back."""
    own, founding = seven(world)
    until = remove(own, founding[0], after=50).event.args["until"]
    assert course(own, until - 1, until) == [(1, founding[1:], False), (0, founding, True)]


def test_set_target__removal_runs_unproved__unproved(world: World) -> None:
    own, founding = seven(world)
    remove(own, founding[0])
    expected = Refusal("ValidatorRegistryUnproved", 1)
    assert own.refusal("authority", REGISTRY, "setTarget", 1, founding[1:]) == expected


def test_set_target__the_interim_set__stands_for_good_and_stays_proved(world: World) -> None:
    own, founding = seven(world)
    until = remove(own, founding[0], after=50).event.args["until"]
    prove(own, founding[1:])
    set_target(own, 1, founding[1:])
    assert own.read(REGISTRY, "removedUntil") == 0
    assert course(own, until - 1, until, until + 1) == [(2, founding[1:], True)] * 3


def test_set_target__the_set_before_the_removal__takes_it_back(world: World) -> None:
    own, founding = seven(world)
    until = remove(own, founding[0], after=50).event.args["until"]
    prove(own, founding[1:])
    set_target(own, 1, founding)
    assert course(own, until - 1, until) == [(2, founding, False)] * 2


def test_set_target__interim_set_with_a_replacement__steps_count_from_the_interim_set(world: World) -> None:
    own, founding = seven(world)
    sectors = by_sector(own, founding)
    gone = sectors[Sector.PUBLIC][0]
    left = without(founding, gone)
    remove(own, gone)
    prove(own, left)
    eight = in_order([*left, *validators_of(own, Sector.PUBLIC, Sector.ACADEMIA)])
    set_target(own, 1, eight)
    prove(own, eight)
    nine = in_order([*eight, *validators_of(own, Sector.INDUSTRY)])
    assert own.read(REGISTRY, "checkTarget", 2, nine) == ()


def test_set_target__set_before_and_two_more__step_too_large_while_the_removal_runs(world: World) -> None:
    own, founding = seven(world)
    gone = by_sector(own, founding)[Sector.PUBLIC][0]
    remove(own, gone)
    prove(own, without(founding, gone))
    target = in_order([*founding, *validators_of(own, Sector.ACADEMIA, Sector.INDUSTRY)])
    expected = Refusal("ValidatorRegistryStepTooLarge", 2, 3)
    assert own.refusal("authority", REGISTRY, "setTarget", 1, target) == expected
