"""setTarget.tree"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chain.types import Kind, Sector
from tests.contracts.validators import (
    REGISTRY,
    Validator,
    by_sector,
    decide,
    even,
    harnessed,
    in_force,
    in_order,
    nodes,
    operators,
    prove,
    sector_limit,
    set_hash,
    set_target,
    suspend,
    validators_of,
    without,
)
from tests.contracts.world import (
    BUYER,
    SEATS,
    VALIDATORS,
    ZERO,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm


def refusal(world: World, target: Sequence[Validator], seq: int = 0) -> Refusal:
    """What `setTarget` refuses with, and `checkTarget` before it."""
    foretold = world.refused_read(REGISTRY, "checkTarget", seq, target)
    found = world.refusal("authority", REGISTRY, "setTarget", seq, target)
    assert found == foretold
    return found


PUBLIC, INDUSTRY = (next(each for each in VALIDATORS if each[1] == seat) for seat in SEATS[:2])
"""Of the founding set."""


def instead(gone: Validator, *come: Validator) -> list[Validator]:
    """The founding set with others in place of one."""
    return in_order([*without(VALIDATORS, gone), *come])


@pytest.mark.parametrize("who", ["delegate1", "operator", "admin", "stranger"])
def test_set_target__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("ValidatorRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert world.refusal(who, REGISTRY, "setTarget", 9, []) == expected


def test_check_target__anybody__answers_without_the_role(world: World) -> None:
    target = in_order([*VALIDATORS, *validators_of(world, Sector.PUBLIC, Sector.INDUSTRY)])
    assert world.read(REGISTRY, "checkTarget", 0, target) == ()


@pytest.mark.parametrize("seq", [1, 2, 2**64 - 1])
def test_set_target__other_decision__version_wrong(world: World, seq: int) -> None:
    assert refusal(world, [], seq) == Refusal("ValidatorRegistryVersionWrong", 0, seq)


def test_set_target__in_force_unproved__unproved_also_for_the_way_back(world: World) -> None:
    own = harnessed(world)
    target = in_order([*VALIDATORS, *validators_of(own, Sector.PUBLIC, Sector.INDUSTRY)])
    set_target(own, 0, target)
    for next_one in ([], target, VALIDATORS):
        assert refusal(own, next_one, 1) == Refusal("ValidatorRegistryUnproved", 1)
    prove(own, target)
    set_target(own, 1, VALIDATORS)


def test_set_target__the_set_in_force__unchanged(world: World) -> None:
    assert refusal(world, VALIDATORS) == Refusal("ValidatorRegistryUnchanged", label("target"))


@pytest.mark.parametrize("size", [0, 1, 3])
def test_set_target__fewer_than_four__size_invalid(world: World, size: int) -> None:
    expected = Refusal("ValidatorRegistrySizeInvalid", 4, 32, size)
    assert refusal(world, VALIDATORS[:size]) == expected


def test_set_target__thirty_two_and_one_more__size_invalid(world: World) -> None:
    founding = even(world, 31)
    own = harnessed(world, founding)
    more = validators_of(own, Sector.ACADEMIA, Sector.PUBLIC)
    assert refusal(own, in_order([*founding, *more])) == Refusal("ValidatorRegistrySizeInvalid", 4, 32, 33)
    set_target(own, 0, in_order([*founding, more[0]]))


def test_set_target__zero_twice_or_out_of_order__order_wrong_at_the_place(world: World) -> None:
    extra = nodes([BUYER])[0]
    a, b, c, d = VALIDATORS
    for target, index in (
        ([(ZERO_ADDRESS, BUYER), a, b, c], 0),
        ([a, a, b, c], 1),
        ([b, a, c, d], 1),
        ([a, b, d, c], 3),
        ([*VALIDATORS, d], 4),
        ([(b[0], BUYER), a, extra, d], 1),
    ):
        assert refusal(world, target) == Refusal("ValidatorRegistryOrderWrong", index)


def test_set_target__same_address_for_two_members__order_wrong(world: World) -> None:
    other = (VALIDATORS[3][0], operators(world, [Sector.PUBLIC])[0])
    assert refusal(world, [*VALIDATORS, other]) == Refusal("ValidatorRegistryOrderWrong", 4)


@pytest.mark.parametrize("what", ["unknown", "zero", "no operator", "suspended", "expelled", "withdrawn"])
def test_set_target__member_of_a_newcomer__member_invalid(world: World, what: str) -> None:
    member = operators(world, [Sector.PUBLIC])[0]
    if what == "suspended":
        suspend(world, member)
    if what == "expelled":
        world.send("authority", "MemberRegistry", "expel", member)
    if what == "withdrawn":
        world.send("authority", "MemberRegistry", "setKinds", member, int(Kind.BUYER))
    member = {"unknown": hash_of("nobody"), "zero": ZERO, "no operator": BUYER}.get(what, member)
    target = instead(PUBLIC, *nodes([member]))
    assert refusal(world, target) == Refusal("ValidatorRegistryMemberInvalid", member)


def test_set_target__suspension_over__decides(world: World) -> None:
    member = operators(world, [Sector.PUBLIC])[0]
    until = world.time + 50
    world.send("authority", "MemberRegistry", "suspendNow", member, until)
    target = instead(PUBLIC, *nodes([member]))
    expected = Refusal("ValidatorRegistryMemberInvalid", member)
    assert world.refusal("authority", REGISTRY, "setTarget", 0, target, at=until - 1) == expected
    world.send("authority", REGISTRY, "setTarget", 0, target, at=until)


def test_set_target__member_in_force_suspended__others_may_change(world: World) -> None:
    suspend(world, SEATS[1])
    newcomer = validators_of(world, Sector.PUBLIC)
    set_target(world, 0, instead(PUBLIC, *newcomer))


def test_set_target__inactive_member_with_a_new_address__member_invalid(world: World) -> None:
    """What stays is an address and its member: neither comes anew."""
    suspend(world, SEATS[1])
    moved = instead(INDUSTRY, *nodes([SEATS[1]]))
    assert refusal(world, moved) == Refusal("ValidatorRegistryMemberInvalid", SEATS[1])


def test_set_target__address_given_to_an_inactive_member__member_invalid(world: World) -> None:
    member = operators(world, [Sector.PUBLIC])[0]
    suspend(world, member)
    given = instead(PUBLIC, (PUBLIC[0], member))
    assert refusal(world, given) == Refusal("ValidatorRegistryMemberInvalid", member)


def test_set_target__three_members_left_at_once__replaced_one_after_another(world: World) -> None:
    founding = even(world, 8)
    own = harnessed(world, founding)
    gone = founding[:3]
    for _, member in gone:
        own.send("authority", "MemberRegistry", "expel", member)
    present = founding
    for left, come in zip(gone, replacements(own, gone), strict=True):
        present = in_order([*without(present, left), come])
        decide(own, present)
    assert in_force(own) == present


def chained(world: World, *lengths: int) -> list[bytes]:
    """Members, each under the one before. `setSuperior` follows what is above, so chains of a few can be joined to a longer one."""
    members = operators(world, [Sector.PUBLIC] * sum(lengths))
    joints = {sum(lengths[:place]) for place in range(len(lengths))}
    links = [place for place in range(1, len(members)) if place not in joints]
    for place in [*links, *sorted(joints - {0})]:
        world.send("authority", "MemberRegistry", "setSuperior", members[place], members[place - 1])
    return members


def test_set_target__more_superiors_than_are_followed__member_invalid(world: World) -> None:
    """What is found as the top of each is not the top: dependent members would count as several."""
    members = chained(world, 6, 6)
    tops = [world.read("MemberRegistry", "topOf", each) for each in members]
    assert [reached for _, reached in tops] == [True] * 9 + [False] * 3
    assert len({top for top, _ in tops}) > 1
    for member in members[9:]:
        found = refusal(world, instead(PUBLIC, *nodes([member])))
        assert found == Refusal("ValidatorRegistryMemberInvalid", member)
    set_target(world, 0, instead(PUBLIC, *nodes([members[8]])))


def test_set_target__superiors_put_above_one_that_stays__member_invalid(world: World) -> None:
    upper, lower = chained(world, 6), chained(world, 6)
    bottom = nodes([lower[5]])[0]
    own = harnessed(world, instead(PUBLIC, bottom))
    target = without(instead(PUBLIC, bottom, *validators_of(own, Sector.INDUSTRY)), INDUSTRY)
    own.send("authority", "MemberRegistry", "setSuperior", lower[0], upper[5])
    assert refusal(own, target) == Refusal("ValidatorRegistryMemberInvalid", lower[5])
    own.send("authority", "MemberRegistry", "setSuperior", lower[0], ZERO)
    set_target(own, 0, target)


@pytest.mark.parametrize("size", [6, 7])
def test_set_target__two_of_a_member_below_eight__member_over(world: World, size: int) -> None:
    founding = even(world, size)
    own = harnessed(world, founding)
    one, other = by_sector(own, founding)[Sector.PUBLIC]
    target = in_order([*without(founding, other), *nodes([one[1]])])
    assert refusal(own, target) == Refusal("ValidatorRegistryMemberOver", one[1], 1, 2)


def test_set_target__two_of_a_member_from_eight_on__decides_and_three_are_member_over(world: World) -> None:
    founding = even(world, 8)
    own = harnessed(world, founding)
    sectors = by_sector(own, founding)
    one, other = sectors[Sector.PUBLIC]
    two = in_order([*without(founding, other), *nodes([one[1]])])
    decide(own, two)
    nine = in_order([*two, *nodes([one[1]])])
    assert refusal(own, nine, 1) == Refusal("ValidatorRegistryMemberOver", one[1], 2, 3)
    seven = without(two, sectors[Sector.ACADEMIA][0])
    assert refusal(own, seven, 1) == Refusal("ValidatorRegistryMemberOver", one[1], 1, 2)


@pytest.mark.parametrize("relation", ["above", "shared", "far"])
def test_set_target__dependent_members_below_eight__count_as_one(world: World, relation: str) -> None:
    """One above the other, both under a third, or one of them at some distance; their sectors do not matter."""
    newcomer = validators_of(world, Sector.INDUSTRY)[0]
    top, middle = operators(world, [Sector.ACADEMIA] * 2)
    pairs = {
        "above": [(newcomer[1], SEATS[0])],
        "shared": [(newcomer[1], top), (SEATS[0], top)],
        "far": [(newcomer[1], middle), (middle, top), (SEATS[0], top)],
    }[relation]
    target = instead(INDUSTRY, newcomer)
    assert world.read(REGISTRY, "checkTarget", 0, target) == ()
    for below, above in pairs:
        world.send("authority", "MemberRegistry", "setSuperior", below, above)
    later = in_order([newcomer, PUBLIC])[1]
    assert refusal(world, target) == Refusal("ValidatorRegistryMemberOver", later[1], 1, 2)


def test_set_target__dependent_members_from_eight_on__two_and_not_three(world: World) -> None:
    founding = even(world, 9)
    own = harnessed(world, founding)
    target = in_order([*founding, *validators_of(own, Sector.CIVIL_SOCIETY)])
    sectors = by_sector(own, founding)
    dependent = [sectors[sector][0] for sector in (Sector.PUBLIC, Sector.INDUSTRY, Sector.ACADEMIA)]
    (_, a), (_, b), (_, above) = dependent
    own.send("authority", "MemberRegistry", "setSuperior", a, above)
    assert own.read(REGISTRY, "checkTarget", 0, target) == ()
    own.send("authority", "MemberRegistry", "setSuperior", b, above)
    last = in_order(dependent)[2]
    assert refusal(own, target) == Refusal("ValidatorRegistryMemberOver", last[1], 2, 3)


@pytest.mark.parametrize(
    ("size", "limit"), [(4, 1), (6, 2), (7, 2), (8, 2), (9, 3), (10, 3), (11, 3), (12, 4)]
)
def test_set_target__sector_at_its_cap_and_over_it__sector_over(world: World, size: int, limit: int) -> None:
    founding = even(world, size)
    own = harnessed(world, founding)
    here = by_sector(own, founding)[Sector.CIVIL_SOCIETY]
    others = without(founding, *here)

    def with_more(count: int) -> list[Validator]:
        return in_order([*others[count:], *here, *validators_of(own, *[Sector.CIVIL_SOCIETY] * count)])

    expected = Refusal("ValidatorRegistrySectorOver", int(Sector.CIVIL_SOCIETY), limit, limit + 1)
    assert limit == sector_limit(size)
    assert refusal(own, with_more(limit + 1 - len(here))) == expected
    at_the_cap = with_more(limit - len(here))
    if at_the_cap != founding:
        set_target(own, 0, at_the_cap)


@pytest.mark.parametrize("sector", Sector)
def test_set_target__five_for_four_sectors__sector_over_from_either_side(
    world: World, sector: Sector
) -> None:
    own = harnessed(world)
    five = in_order([*VALIDATORS, *validators_of(own, sector)])
    assert refusal(own, five) == Refusal("ValidatorRegistrySectorOver", int(sector), 1, 2)
    six = in_order([*five, *validators_of(own, Sector((sector + 1) % 4))])
    decide(own, six)
    assert refusal(own, five, 1) == Refusal("ValidatorRegistrySectorOver", int(sector), 1, 2)


def replacements(world: World, gone: Sequence[Validator]) -> list[Validator]:
    """Others of the same sectors, in the same order."""
    sectors = [world.facts("MemberRegistry", "memberFacts", member)["sector"] for _, member in gone]
    return [validators_of(world, Sector(sector))[0] for sector in sectors]


STEPS: dict[str, tuple[int, int, int]] = {
    "two come": (2, 0, 2),
    "one replaced": (1, 1, 2),
    "two go": (0, 2, 2),
    "three come": (3, 0, 3),
    "one replaced, one comes": (2, 1, 3),
    "two replaced": (2, 2, 4),
}
"""how many come, how many go, how many differ"""


@pytest.mark.parametrize("step", STEPS)
def test_set_target__how_many_differ__at_most_two(world: World, step: str) -> None:
    come, go, differ = STEPS[step]
    founding = even(world, 8)
    own = harnessed(world, founding)
    sectors = by_sector(own, founding)
    gone = [sectors[Sector(sector)][0] for sector in range(go)]
    more = replacements(own, gone)[:come]
    more += validators_of(own, *list(Sector)[go : go + come - len(more)])
    target = in_order([*without(founding, *gone), *more])
    if differ > 2:
        assert refusal(own, target) == Refusal("ValidatorRegistryStepTooLarge", 2, differ)
    else:
        set_target(own, 0, target)
        assert in_force(own) == target


def test_set_target__several_steps_without_proof_between__unproved(world: World) -> None:
    """Two steps of two are no step of four, and a cap is not passed by two of them."""
    own = harnessed(world)
    six = in_order([*VALIDATORS, *validators_of(own, Sector.PUBLIC, Sector.INDUSTRY)])
    set_target(own, 0, six)
    seven = in_order([*six, *validators_of(own, Sector.ACADEMIA)])
    assert refusal(own, seven, 1) == Refusal("ValidatorRegistryUnproved", 1)


def test_set_target__valid__stores_numbers_and_tells(world: World) -> None:
    own = harnessed(world)
    target = in_order([*VALIDATORS, *validators_of(own, Sector.PUBLIC, Sector.INDUSTRY)])
    for seq, present in ((1, target), (2, VALIDATORS), (3, target)):
        event = set_target(own, seq - 1, present).event
        shown = tuple((node.lower(), member) for node, member in present)
        assert (event.name, event.args) == ("ValidatorsTargeted", {"seq": seq, "validators": shown})
        assert in_force(own) == present
        assert own.read(REGISTRY, "setHash") == set_hash([node for node, _ in present])
        assert [own.read(REGISTRY, each) for each in ("seq", "lastSeq")] == [seq, seq]
        assert own.read(REGISTRY, "isProved") is False
        prove(own, present)
        assert own.read(REGISTRY, "isProved") is True


def test_set_target__same_addresses_for_other_members__stays_proved(world: World) -> None:
    """The engine has nothing to change: the rules of members and sectors alone decide."""
    heir = operators(world, [Sector.PUBLIC])[0]
    set_target(world, 0, instead(PUBLIC, (PUBLIC[0], heir)))
    assert world.read(REGISTRY, "isProved") is True
    other = operators(world, [Sector.INDUSTRY])[0]
    crowded = instead(PUBLIC, (PUBLIC[0], other))
    assert refusal(world, crowded, 1) == Refusal("ValidatorRegistrySectorOver", int(Sector.INDUSTRY), 1, 2)


def test_set_target__several_faults__refused_in_order(world: World) -> None:
    own = harnessed(world)
    suspended = operators(own, [Sector.INDUSTRY])[0]
    suspend(own, suspended)
    crowd = validators_of(own, Sector.PUBLIC, Sector.PUBLIC)
    kept = without(VALIDATORS, INDUSTRY)
    assert refusal(own, [], 1) == Refusal("ValidatorRegistryVersionWrong", 0, 1)
    assert refusal(own, [kept[0]] * 3) == Refusal("ValidatorRegistrySizeInvalid", 4, 32, 3)
    unordered = [*in_order([*kept, *nodes([suspended])]), VALIDATORS[0]]
    assert refusal(own, unordered) == Refusal("ValidatorRegistryOrderWrong", 4)
    inactive = in_order([*kept, *nodes([suspended])])
    assert refusal(own, inactive) == Refusal("ValidatorRegistryMemberInvalid", suspended)
    assert refusal(own, in_order([*kept, *crowd])) == Refusal("ValidatorRegistrySectorOver", 0, 1, 2)
