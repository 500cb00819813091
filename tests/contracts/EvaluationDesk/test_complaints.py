"""complaints.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.awards import DECISION, supplier_of
from tests.contracts.complaints import NO_OFFER_SHOWN, ORDER, REASONS, Remedy, Stage, about_terms
from tests.contracts.evaluation import EVALUATION, Evaluated, act_of, technical
from tests.contracts.tenders import Status, record
from tests.contracts.world import REVIEW, Receipt, Refusal, World, address, label

pytestmark = pytest.mark.evm

POINTS = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}
DESK = "ComplaintDesk"


def decided(world: World, *failed: str) -> Evaluated:
    made = technical(world, body=REVIEW).score(POINTS, POINTS, POINTS)
    made.decide(*failed)
    return made


def filing(
    made: Evaluated, who: str, shown: Any, *, lot: int = 0, stage: int = Stage.TECHNICAL
) -> tuple[Any, ...]:
    return record(), made.id, lot, int(stage), REASONS, shown


def file(made: Evaluated, who: str = "gama", **options: Any) -> int:
    receipt = made.world.send(who, DESK, "file", *filing(made, who, made.shown(who)), **options)
    return int(receipt.events[-1].args["complaint"])


def refused(made: Evaluated, who: str = "gama", shown: Any = None, **options: Any) -> Refusal:
    at = options.pop("at", None)
    args = filing(made, who, made.shown(who) if shown is None else shown, **options)
    return made.world.refusal(who, DESK, "file", *args, at=at)


def upheld(made: Evaluated, remedy: Remedy, who: str = "gama") -> int:
    complaint = file(made, who)
    made.world.send("reviewer", DESK, "admit", complaint, ORDER)
    made.world.send("reviewer", DESK, "uphold", complaint, int(remedy), 0, ORDER)
    return complaint


def execute(made: Evaluated, complaint: int) -> Receipt:
    return made.world.send("officer", DESK, "execute", complaint)


def test_file__no_result__stage_wrong(world: World) -> None:
    made = technical(world, body=REVIEW)
    assert refused(made) == Refusal("ComplaintDeskStageWrong", made.id, Stage.TECHNICAL)


def test_file__about_a_lot__stage_wrong(world: World) -> None:
    made = decided(world, "gama")
    assert refused(made, lot=1) == Refusal("ComplaintDeskStageWrong", made.id, Stage.TECHNICAL)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_file__around_the_end__by_the_second(world: World, late: int) -> None:
    made = decided(world, "gama")
    ends = made.evaluation()["standstillEnds"]
    if late < 0:
        file(made, at=ends + late)
    else:
        assert refused(made, at=ends + late) == Refusal("ComplaintDeskTooLate", made.id, ends)


def test_file__not_what_its_technical_envelope_showed__no_standing(world: World) -> None:
    made = decided(world, "gama")
    index, commitment, _ = made.shown("gama")
    wrong = [
        NO_OFFER_SHOWN,
        made.shown("acme"),
        made.offer("gama"),
        (index, commitment, (1,)),
        (1, commitment, ()),
    ]
    for shown in wrong:
        assert refused(made, shown=shown) == Refusal("ComplaintDeskNoStanding", made.id, address("gama"))


def test_file__valid__prices_wait(world: World) -> None:
    made = decided(world, "gama")
    file(made)
    world.move_to(world.time + 1_000)
    assert (made.status(), made.window()["openFrom"]) == (Status.TECHNICAL_STANDSTILL, 2**40 - 1)


@pytest.mark.parametrize(
    "remedy", [Remedy.AMEND, Remedy.CANCEL_AWARD, Remedy.RESTORE_BID, Remedy.UNDO_CANCELLATION]
)
def test_uphold__remedy_of_another_stage__remedy_invalid(world: World, remedy: Remedy) -> None:
    made = decided(world, "gama")
    complaint = file(made)
    world.send("reviewer", DESK, "admit", complaint, ORDER)
    found = world.refusal("reviewer", DESK, "uphold", complaint, int(remedy), 0, ORDER)
    assert found == Refusal("ComplaintDeskRemedyInvalid", complaint, remedy)


@pytest.mark.parametrize("remedy", [Remedy.REDO_TECHNICAL, Remedy.RESCORE])
def test_uphold__remedy_of_scores_about_terms__remedy_invalid(world: World, remedy: Remedy) -> None:
    case = about_terms(world)
    complaint = case.file()
    case.admit(complaint)
    found = case.refusal("reviewer", "uphold", complaint, int(remedy), 0, ORDER)
    assert found == Refusal("ComplaintDeskRemedyInvalid", complaint, remedy)


def test_execute__redo__result_falls_and_scores_stand(world: World) -> None:
    made = decided(world, "gama")
    receipt = execute(made, upheld(made, Remedy.REDO_TECHNICAL))
    assert [each.name for each in receipt.events] == ["ComplaintRemedied"]
    assert made.status() == Status.TECHNICAL
    assert not made.view("isFailed", made.index("gama"))
    facts = made.evaluation()
    assert (facts["round"], facts["complete"], facts["standstillEnds"], facts["failed"]) == (0, 7, 0, 0)
    made.decide("beta")
    assert [made.view("isFailed", index) for index in range(3)] == [False, True, False]
    made.open_prices().ready("acme", "gama")


def test_execute__rescore__new_round(world: World) -> None:
    made = decided(world, "gama")
    receipt = execute(made, upheld(made, Remedy.RESCORE))
    facts = made.evaluation()
    assert (facts["round"], facts["roundAt"], facts["complete"], facts["standstillEnds"]) == (
        1,
        receipt.time,
        0,
        0,
    )
    assert made.view("pointsOf", 0) == 0
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("EvaluationDeskScoreNotDue", made.id, 0, 2**40 - 1)
    made.round = 1
    better = {"acme": (1, 1), "beta": (100, 10), "gama": (2, 2)}
    made.score(better, better, better)
    made.decide()
    made.open_prices().ready("beta", "gama", "acme")


def test_enforce__rescore__after_the_time_for_the_remedy(world: World) -> None:
    made = decided(world, "gama")
    complaint = upheld(made, Remedy.RESCORE)
    due = world.facts(DESK, "complaintFacts", complaint)["due"]
    world.send("reviewer", DESK, "enforce", complaint, ORDER, at=due)
    assert made.evaluation()["round"] == 1


def test_execute__one_of_two_complaints__the_other_still_bars_the_prices(world: World) -> None:
    made = decided(world, "gama", "beta")
    other = file(made, "beta")
    execute(made, upheld(made, Remedy.REDO_TECHNICAL))
    made.decide("gama")
    world.move_to(world.time + 100)
    assert made.status() == Status.TECHNICAL_STANDSTILL
    world.send("beta", DESK, "withdraw", other)
    made.open_prices().ready("acme", "beta")


def test_execute__cancel__whole_tender(world: World) -> None:
    made = decided(world, "gama")
    execute(made, upheld(made, Remedy.CANCEL_TENDER))
    assert made.status() == Status.CANCELLED


@pytest.mark.parametrize("who", ["officer", "approver", "reviewer", "authority", "openings", "stranger"])
@pytest.mark.parametrize("rescore", [True, False])
def test_redo__by_another__role_missing(world: World, who: str, rescore: bool) -> None:
    made = decided(world)
    found = made.refused(who, "redo", rescore)
    assert found == Refusal("EvaluationDeskRoleMissing", label("COMPLAINT_DESK"), address(who))


def test_file__about_an_award__shown_by_the_price(world: World) -> None:
    made = decided(world)
    made.open_prices().ready("acme", "beta", "gama")
    award = (1, supplier_of("acme"), made.offer("acme"), DECISION)
    made.vote(act_of(world, "AwardDesk", "award", made.id, *award), seat0=True, seat1=True)
    made.award("acme")
    wrong = refused(made, stage=Stage.AWARD, lot=1, shown=made.shown("gama"))
    assert wrong == Refusal("ComplaintDeskNoStanding", made.id, address("gama"))
    world.send("gama", DESK, "file", *filing(made, "gama", made.offer("gama"), lot=1, stage=Stage.AWARD))


@pytest.mark.parametrize("late", [-1, 0])
def test_file__result_overdue__omission_without_a_lot(world: World, late: int) -> None:
    made = technical(world, body=REVIEW, decision_period=100)
    due = made.window()["openFrom"] + 100
    args = filing(made, "gama", NO_OFFER_SHOWN, stage=Stage.OMISSION)
    if late < 0:
        found = world.refusal("gama", DESK, "file", *args, at=due + late)
        assert found == Refusal("ComplaintDeskStageWrong", made.id, Stage.OMISSION)
    else:
        world.send("gama", DESK, "file", *args, at=due + late)
        made.score(POINTS, POINTS, POINTS)
        made.decide()
        assert made.ask("stranger", "releasePrices", at=made.window()["openFrom"]).event.contract == "BidBox"
    assert world.read(EVALUATION, "isFailed", made.id, 0) is False
