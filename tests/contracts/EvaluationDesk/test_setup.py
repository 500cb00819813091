"""setup.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Criterion, Kind, LotTerms, Role, Sector, Setup
from tests.contracts.awards import procedure
from tests.contracts.evaluation import BY_POINTS, CRITERIA, PANEL, evaluated, seated
from tests.contracts.tenders import record
from tests.contracts.world import DAY, REVIEW, ZERO, Refusal, World, address, label, member_id, terms

pytestmark = pytest.mark.evm

ID = bytes(32)
LOT = (LotTerms(100_000),)
EVALUATOR = label("EVALUATOR")
MOST = 9_362


def seats(*names: str) -> tuple[str, ...]:
    return tuple(address(who) for who in names)


def refusal(world: World, setup: Setup, weight: int = 6_000, body: bytes = ZERO, **changes: Any) -> Refusal:
    kept = procedure(world, **{**BY_POINTS, **changes})
    seated(world)
    given = terms(
        world.time + 100,
        setup=setup,
        procedure_version=kept.version,
        price_weight_bps=weight,
        review_body=body,
    )
    return world.refusal("officer", "TenderBoard", "publish", record(), given.as_tuple(), "{}")


def org(world: World, name: str, kinds: int, role: int, above: bytes = ZERO) -> bytes:
    """Another organisation, with a person called ``name`` in that role."""
    data = (f"TEST-{name}", name, int(Sector.CIVIL_SOCIETY), kinds, above)
    world.send("authority", "MemberRegistry", "admit", data, address(f"admin of {name}"), world.time + DAY)
    person = (address(name), role, world.time + DAY)
    world.send(f"admin of {name}", "MemberRegistry", "addPerson", *person)
    return member_id(f"TEST-{name}")


@pytest.mark.parametrize("count", [0, 33])
def test_lots__none_or_too_many__lots_invalid(world: World, count: int) -> None:
    found = refusal(world, Setup(LOT * count, CRITERIA, seats(*PANEL)))
    assert found == Refusal("TenderBoardLotsInvalid", ID, 32, count)


def test_lots__without_a_ceiling_that_binds__ceiling_missing(world: World) -> None:
    found = refusal(world, Setup((*LOT, LotTerms(0)), CRITERIA, seats(*PANEL)))
    assert found == Refusal("TenderBoardCeilingMissing", ID, 2)


@pytest.mark.parametrize(("criteria", "weight"), [((), 9_999), ((Criterion("quality", 3_000, 100),), 7_000)])
def test_lowest_price__weights_of_points__weights_invalid(
    world: World, criteria: tuple[Criterion, ...], weight: int
) -> None:
    found = refusal(world, Setup(LOT, criteria, seats(*PANEL)), weight, award_rule=0)
    assert found.name == "TenderBoardWeightsInvalid"


@pytest.mark.parametrize(
    ("criteria", "weight", "total"),
    [((), 10_000, 10_000), (CRITERIA, 6_001, 10_001), (CRITERIA, 5_999, 9_999),
     (tuple(Criterion(f"c{place}", 1, 10) for place in range(17)), 9_983, 9_983)],
)  # fmt: skip
def test_points__criteria_do_not_fit__weights_invalid(
    world: World, criteria: tuple[Criterion, ...], weight: int, total: int
) -> None:
    found = refusal(world, Setup(LOT, criteria, seats(*PANEL)), weight)
    assert found == Refusal("TenderBoardWeightsInvalid", ID, total)


@pytest.mark.parametrize(("weight", "most"), [(0, 10), (1_000, 0), (1_000, MOST + 1)])
def test_points__criterion_that_scores_nothing__points_invalid(world: World, weight: int, most: int) -> None:
    setup = Setup(LOT, (CRITERIA[0], Criterion("term", weight, most)), seats(*PANEL))
    assert refusal(world, setup) == Refusal("EvaluationDeskPointsInvalid", ID, 1, MOST, most)


def test_points__most_criteria_and_points__published(world: World) -> None:
    criteria = tuple(Criterion(f"c{place}", 500, MOST) for place in range(16))
    made = evaluated(world, {"acme": 1_000}, criteria=criteria)
    assert made.tender.terms.price_weight_bps == 2_000


@pytest.mark.parametrize("count", [0, 1, 2, 4, 8, 9])
def test_panel__of_a_wrong_size__panel_invalid(world: World, count: int) -> None:
    others = [f"evaluator{place}" for place in range(count)]
    seated(world, *others)
    found = refusal(world, Setup(LOT, CRITERIA, seats(*others)))
    assert found == Refusal("TenderBoardPanelInvalid", ID, 3, count)


def test_panel__smaller_than_the_procedure_asks_for__panel_invalid(world: World) -> None:
    found = refusal(world, Setup(LOT, CRITERIA, seats(*PANEL)), min_evaluators=3)
    assert found == Refusal("TenderBoardPanelInvalid", ID, 4, 3)


def test_panel__somebody_twice__panel_invalid(world: World) -> None:
    found = refusal(world, Setup(LOT, CRITERIA, seats("evaluator", "judge", "judge")))
    assert found == Refusal("TenderBoardPanelInvalid", ID, 3, 2)


@pytest.mark.parametrize("who", ["stranger", "officer", "witness", "opener"])
@pytest.mark.parametrize("seat", [0, 2])
def test_panel__no_evaluator__role_missing(world: World, who: str, seat: int) -> None:
    panel = [*PANEL]
    panel[seat] = who
    found = refusal(world, Setup(LOT, CRITERIA, seats(*panel)))
    assert found == Refusal("TenderBoardRoleMissing", EVALUATOR, address(who))


def test_panel__evaluator_of_another_buyer__role_missing(world: World) -> None:
    world.send(
        "admin2", "MemberRegistry", "addPerson", address("judge9"), int(Role.EVALUATOR), world.time + DAY
    )
    found = refusal(world, Setup(LOT, CRITERIA, seats("evaluator", "judge", "judge9")))
    assert found == Refusal("TenderBoardRoleMissing", EVALUATOR, address("judge9"))


def test_panel__buyers_own_in_the_independent_seat__role_missing(world: World) -> None:
    found = refusal(world, Setup(LOT, CRITERIA, seats("judge", "evaluator", "judge2")))
    assert found == Refusal("TenderBoardRoleMissing", EVALUATOR, address("judge"))


def test_panel__independent_seat_under_the_buyer__role_conflict(world: World) -> None:
    org(world, "INSTITUTE", Kind.EVALUATION, Role.EVALUATOR, above=member_id("MX-RFC-BUYER"))
    found = refusal(world, Setup(LOT, CRITERIA, seats("INSTITUTE", "judge", "judge2")))
    assert found == Refusal("TenderBoardRoleConflict", EVALUATOR, address("INSTITUTE"))


def test_panel__independent_seat_of_a_witness__published(world: World) -> None:
    org(world, "OBSERVERS", Kind.WITNESS, Role.EVALUATOR)
    made = evaluated(world, {"acme": 1_000}, panel=("OBSERVERS", "judge", "judge2"))
    assert made.world.facts("TenderBoard", "tenderFacts", made.id)["panel"] == 3


def test_panel__witness_in_another_seat__role_missing(world: World) -> None:
    org(world, "OBSERVERS", Kind.WITNESS, Role.EVALUATOR)
    found = refusal(world, Setup(LOT, CRITERIA, seats("evaluator", "OBSERVERS", "judge2")))
    assert found == Refusal("TenderBoardRoleMissing", EVALUATOR, address("OBSERVERS"))


def test_panel__organisation_reviews__role_conflict(world: World) -> None:
    body = org(world, "TRIBUNAL", Kind.EVALUATION | Kind.REVIEW_BODY, Role.EVALUATOR)
    setup = Setup(LOT, CRITERIA, seats("TRIBUNAL", "judge", "judge2"))
    found = refusal(world, setup, body=body)
    assert found == Refusal("TenderBoardRoleConflict", EVALUATOR, address("TRIBUNAL"))
    published = terms(
        world.time + 100, setup=setup, procedure_version=2, price_weight_bps=6_000, review_body=REVIEW
    )
    world.send("officer", "TenderBoard", "publish", record(), published.as_tuple(), "{}")


def test_panel__organisation_opens__seats_dependent(world: World) -> None:
    org(world, "LAB", Kind.EVALUATION, Role.EVALUATOR, above=member_id("TEST-OPENING2"))
    found = refusal(world, Setup(LOT, CRITERIA, seats("LAB", "judge", "judge2")))
    assert found == Refusal("OpeningCommitteeSeatsDependent", 2, 1, 0)


@pytest.mark.parametrize("others", [0, 2, 4])
def test_setup__valid__kept(world: World, others: int) -> None:
    more = [f"evaluator{place}" for place in range(others)]
    seated(world, *more)
    made = evaluated(world, {"acme": 1_000}, panel=(*PANEL, *more))
    facts = world.facts("TenderBoard", "tenderFacts", made.id)
    assert (facts["envelopes"], facts["panel"]) == (2, 3 + others)


def test_amend__other_panel__seats_the_new_one(world: World) -> None:
    made = evaluated(world, {"acme": 1_000})
    seated(world, "evaluator5", "evaluator6")
    setup = Setup(LOT, CRITERIA, seats("evaluator5", "evaluator6", "judge", "judge2", "evaluator"))
    changed = terms(
        made.tender.deadline, setup=setup, procedure_version=made.procedure.version, price_weight_bps=6_000
    )
    world.send("officer", "TenderBoard", "amend", made.id, made.tender.hash, changed.as_tuple(), "{}")
    assert world.facts("TenderBoard", "tenderFacts", made.id)["panel"] == 5
    again = Setup(LOT, CRITERIA, seats("evaluator5"))
    wrong = terms(
        made.tender.deadline, setup=again, procedure_version=made.procedure.version, price_weight_bps=6_000
    )
    current = world.facts("TenderBoard", "tenderFacts", made.id)["termsHash"]
    found = world.refusal("officer", "TenderBoard", "amend", made.id, current, wrong.as_tuple(), "{}")
    assert found == Refusal("TenderBoardPanelInvalid", made.id, 3, 1)
