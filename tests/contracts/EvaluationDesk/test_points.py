"""points.tree"""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chain.types import Criterion
from tests.contracts.evaluation import CRITERIA, EVALUATION, PANEL, Evaluated, act_of, seated, technical
from tests.contracts.world import Refusal, World

pytestmark = pytest.mark.evm

POINTS = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}
TOP = 10**10 + 1


def key_of(
    price: int, least: int, sums: tuple[int, ...], evaluators: int, criteria: tuple[Criterion, ...] = CRITERIA
) -> int:
    """Section 6 of the specification, a second time."""
    weight = 10_000 - sum(each.weight_bps for each in criteria)
    score = weight * (least * 10**6 // price)
    for total, each in zip(sums, criteria, strict=True):
        score += each.weight_bps * (total * 10**6 // (evaluators * each.max_points))
    return TOP - score


def priced(
    world: World,
    bids: dict[str, int] | None = None,
    points: dict[str, tuple[int, ...]] | None = None,
    **options: object,
) -> Evaluated:
    given = points or POINTS
    made = technical(world, bids, **options).score(given, given, given)
    made.decide()
    return made.open_prices()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(price=st.integers(1, 2**128 - 1), part=st.integers(1, 10**6))
def test_key__any_price__as_the_specification_says(world_by_points: Evaluated, price: int, part: int) -> None:
    made = world_by_points
    least = max(1, price * part // 10**6)
    criteria = made.setup[1]
    for who, (quality, term) in POINTS.items():
        found = made.view("keyOf", criteria, made.index(who), price, least)
        assert found == key_of(price, least, (3 * quality, 3 * term), 3)


@pytest.fixture
def world_by_points(world: World) -> Evaluated:
    return priced(world)


def test_key__everything_best__one(world: World) -> None:
    made = priced(world, {"acme": 900}, {"acme": (100, 10)})
    assert made.view("keyOf", made.setup[1], 0, 900, 900) == 1


def test_key__nothing_and_far_too_dear__the_most(world: World) -> None:
    made = priced(world, {"acme": 900}, {"acme": (0, 0)})
    assert made.view("keyOf", made.setup[1], 0, 2**128 - 1, 1) == TOP


def test_rank__by_points__dearer_one_first_and_every_other_order_refused(world: World) -> None:
    made = priced(world)
    made.tally()
    for order in permutations(("acme", "beta", "gama")):
        if order == ("acme", "beta", "gama"):
            continue
        found = made.refusal("stranger", "rank", 1, made.setup, [made.offer(who) for who in order])
        assert found.name == "AwardDeskOrderWrong"
    made.rank("acme", "beta", "gama")
    assert made.ranking() == [0, 1, 2]
    assert made.facts()["first"] == key_of(1_000, 900, (240, 24), 3)
    assert made.facts()["last"] == key_of(950, 900, (30, 3), 3)


def test_rank__equal_points_and_price__the_earlier_first(world: World) -> None:
    same = dict.fromkeys(POINTS, (50, 5))
    made = priced(world, {"acme": 900, "beta": 900, "gama": 900}, same)
    made.tally()
    found = made.refusal(
        "stranger", "rank", 1, made.setup, [made.offer(who) for who in ("beta", "acme", "gama")]
    )
    assert found == Refusal("AwardDeskOrderWrong", made.id, 1, 1)
    made.rank("acme", "beta", "gama")
    assert made.ranking() == [0, 1, 2]


def test_rank__a_part_that_left_the_first_out__begun_anew(world: World) -> None:
    made = priced(world)
    made.tally()
    made.rank("beta", "gama")
    made.rank("acme", "beta", "gama")
    assert made.ranking() == [0, 1, 2]


def test_rank__a_part_that_left_another_out__begun_anew_at_the_same_first(world: World) -> None:
    made = priced(world)
    made.tally()
    made.rank("acme", "gama")
    found = made.refusal("stranger", "rank", 1, made.setup, [made.offer("beta")])
    assert found == Refusal("AwardDeskOrderWrong", made.id, 1, 2)
    made.rank("acme", "beta", "gama")
    assert made.ranking() == [0, 1, 2]


def test_rank__by_points__no_price_is_low_beside_the_next(world: World) -> None:
    made = priced(world, {"acme": 500, "beta": 999, "gama": 1_000}, low_mean_bps=0, low_next_bps=3_000)
    made.ready("acme", "beta", "gama")
    assert made.low() == []


def test_rank__by_points__low_beside_the_mean(world: World) -> None:
    made = priced(world, {"acme": 500, "beta": 999, "gama": 1_000}, low_mean_bps=4_000)
    made.ready("acme", "beta", "gama")
    assert made.low() == [0]


def test_rank__price_that_failed__counts_nowhere(world: World) -> None:
    made = technical(world).score(POINTS, POINTS, POINTS)
    made.decide("beta")
    made.open_prices()
    made.ready("acme", "gama")
    facts = made.facts()
    assert (facts["min"], facts["sum"], facts["admissible"]) == (950, 1_950, 2)
    assert facts["first"] == key_of(1_000, 950, (240, 24), 3)


def test_rank__lowest_price_in_two_envelopes__by_price(world: World) -> None:
    made = technical(world, criteria=(), award_rule=0)
    made.decide("beta")
    made.open_prices()
    made.ready("gama", "acme")
    assert made.ranking() == [2, 0]


def test_rank__average_of_those_who_scored(world: World) -> None:
    """Four of five scored: their points are taken by four."""
    seated(world, "evaluator5", "evaluator6")
    made = technical(world, panel=(*PANEL, "evaluator5", "evaluator6"), score_period=20)
    given = [{who: (quality + seat, term) for who, (quality, term) in POINTS.items()} for seat in range(4)]
    for seat in range(4):
        made.commit(seat, given[seat])
    made.to_reveal()
    for seat in range(4):
        made.reveal(seat, given[seat])
    made.vote(
        act_of(world, EVALUATION, "decideTechnical", made.id, *made.result()),
        seat0=True,
        seat1=True,
        seat2=True,
    )
    made.ask("officer", "decideTechnical", *made.result(), at=made.evaluation()["startedAt"] + 40)
    made.open_prices()
    found = made.view("keyOf", made.setup[1], 1, 900, 900)
    assert found == key_of(900, 900, (4 * 50 + 6, 4 * 5), 4)
