"""replaceEvaluator.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.evaluation import (
    EVALUATION,
    OPINION,
    PANEL,
    SCORE_PERIOD,
    Evaluated,
    act_of,
    evaluated,
    seated,
    technical,
    voting,
)
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import ZERO, Receipt, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

POINTS = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}
ORDER, ACT = hash_of("replaced"), hash_of("any act")
NEW = "evaluator5"


def arguments(
    made: Evaluated, seat: int, who: str = NEW, act: bytes = ZERO, document: bytes = ORDER
) -> tuple[Any, ...]:
    seated(made.world, NEW)
    return made.setup, seat, address(who), act, document


def replaced(made: Evaluated, seat: int, who: str = NEW, act: bytes = ZERO, **options: Any) -> Receipt:
    return made.ask("officer", "replaceEvaluator", *arguments(made, seat, who, act), **options)


def refusal(made: Evaluated, seat: int, who: str = NEW, act: bytes = ZERO, **options: Any) -> Refusal:
    return made.refused("officer", "replaceEvaluator", *arguments(made, seat, who, act), **options)


def silent(world: World, *seats: int, **options: Any) -> Evaluated:
    """The time to commit is over, and those seats said nothing."""
    made = technical(world, **options)
    for seat in range(3):
        if seat not in seats:
            made.commit(seat, POINTS)
    made.to_reveal()
    return made


def test_replace__unknown_tender__not_found(world: World) -> None:
    made = silent(world, 2)
    found = world.refusal("officer", EVALUATION, "replaceEvaluator", UNKNOWN, *arguments(made, 2))
    assert found == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("who", ["officer2", "evaluator", "judge", "acme", "reviewer", "stranger"])
def test_replace__not_of_the_buyer__role_missing(world: World, who: str) -> None:
    made = silent(world, 2)
    found = made.refused(who, "replaceEvaluator", *arguments(made, 2))
    assert found == Refusal("EvaluationDeskRoleMissing", label("OFFICER"), address(who))


def test_replace__four_eyes__what_another_proposed(world: World) -> None:
    made = technical(world, four_eyes=True)
    made.commit(0, POINTS)
    made.commit(1, POINTS)
    made.to_reveal()
    act = Act(world, EVALUATION, "replaceEvaluator", (made.id, *arguments(made, 2)))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    act.approve()
    assert made.view("replacementOf", 2) == address(NEW)


def test_replace__other_setup_or_seat__refused(world: World) -> None:
    made = silent(world, 2)
    lots, criteria, panel = made.setup
    _, *rest = arguments(made, 2)
    found = made.refused("officer", "replaceEvaluator", (lots, criteria, panel[::-1]), *rest)
    assert found == Refusal("EvaluationDeskSetupMismatch", made.id)
    assert refusal(made, 3) == Refusal("EvaluationDeskNoPanel", made.id)


def test_replace__sealed__not_opened(world: World) -> None:
    made = evaluated(world, {"acme": 1_000})
    assert refusal(made, 2) == Refusal("EvaluationDeskNotOpened", made.id, 1)


def test_replace__after_the_result__status_wrong(world: World) -> None:
    made = technical(world).score(POINTS, POINTS, POINTS)
    arguments(made, 2)
    made.decide()
    assert refusal(made, 2) == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL_STANDSTILL)
    act = refusal(made, 2, act=ACT)
    assert act == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL_STANDSTILL)


@pytest.mark.parametrize(("late", "refused"), [(-1, True), (0, False)])
def test_replace__nobody_committed__after_score_period(world: World, late: int, refused: bool) -> None:
    made = technical(world, score_period=200)
    at = made.window()["voidFrom"] + 200 + late
    if refused:
        assert refusal(made, 0, at=at) == Refusal("EvaluationDeskPanelSufficient", made.id)
    else:
        replaced(made, 0, at=at)
        # It has as long again.
        assert refusal(made, 1, "judge5", at=at + 199) == Refusal("EvaluationDeskPanelSufficient", made.id)


@pytest.mark.parametrize("late", [-1, 0])
def test_replace__did_not_commit__once_the_window_is_over(world: World, late: int) -> None:
    made = technical(world)
    arguments(made, 2)
    made.commit(0, POINTS)
    made.commit(1, POINTS)
    at = made.evaluation()["startedAt"] + SCORE_PERIOD + late
    if late < 0:
        assert refusal(made, 2, at=at) == Refusal("EvaluationDeskPanelSufficient", made.id)
    else:
        assert replaced(made, 2, at=at).event.args["round"] == 1


def test_replace__committed__refused_until_it_does_not_reveal(world: World) -> None:
    made = silent(world, score_period=20)
    arguments(made, 2)
    made.reveal(0, POINTS)
    made.reveal(1, POINTS)
    ends = made.evaluation()["startedAt"] + 40
    enough = Refusal("EvaluationDeskPanelSufficient", made.id)
    assert refusal(made, 2) == enough
    assert refusal(made, 2, at=ends - 1) == enough
    assert refusal(made, 1, at=ends) == enough
    replaced(made, 2, at=ends + 1)


def test_replace__silent_where_the_others_suffice__refused(world: World) -> None:
    seated(world, "evaluator6", "evaluator7")
    made = technical(world, panel=(*PANEL, "evaluator6", "evaluator7"), score_period=20)
    for seat in range(4):
        made.commit(seat, POINTS)
    made.to_reveal()
    enough = Refusal("EvaluationDeskPanelSufficient", made.id)
    assert refusal(made, 4) == enough
    for seat in range(3):
        made.reveal(seat, POINTS)
    ends = made.evaluation()["startedAt"] + 40
    assert refusal(made, 4, at=ends) == enough
    assert refusal(made, 3, at=ends + 1) == enough


def test_replace__independent_one_silent__replaced_by_an_independent_one(world: World) -> None:
    made = silent(world, 0)
    assert refusal(made, 1) == Refusal("EvaluationDeskPanelSufficient", made.id)
    seated(world, NEW)
    assert refusal(made, 0, "judge9").name == "TenderBoardRoleMissing"
    replaced(made, 0)
    assert made.view("replacementOf", 0) == address(NEW)


@pytest.mark.parametrize("who", PANEL)
def test_replace__by_one_of_the_panel__panel_invalid(world: World, who: str) -> None:
    made = silent(world, 2)
    assert refusal(made, 2, who) == Refusal("TenderBoardPanelInvalid", made.id, 3, PANEL.index(who))


def test_replace__by_who_was_replaced_in_that_seat__allowed_once_silent_again(world: World) -> None:
    made = silent(world, 2)
    replaced(made, 2)
    assert refusal(made, 2) == Refusal("EvaluationDeskPanelSufficient", made.id)
    world.move_to(int(made.window()["voidFrom"]) + SCORE_PERIOD)
    replaced(made, 2, "judge2")


@pytest.mark.parametrize("who", ["stranger", "officer", "opener", "witness"])
def test_replace__by_no_evaluator__role_missing(world: World, who: str) -> None:
    made = silent(world, 2)
    assert refusal(made, 2, who) == Refusal("TenderBoardRoleMissing", label("EVALUATOR"), address(who))


def test_replace__hash_zero__refused(world: World) -> None:
    made = silent(world, 2)
    found = made.refused("officer", "replaceEvaluator", *arguments(made, 2, document=ZERO))
    assert found == Refusal("EvaluationDeskHashZero", label("documentHash"))


def test_replace__for_scores__all_score_anew_and_the_old_one_is_out(world: World) -> None:
    made = silent(world, 2)
    made.reveal(0, POINTS)
    receipt = replaced(made, 2)
    assert receipt.event.name == "EvaluatorReplaced"
    assert list(receipt.event.args.values()) == [made.id, 2, address(NEW), 1, ORDER]
    facts = made.evaluation()
    assert (facts["round"], facts["roundAt"], facts["sitting"]) == (1, receipt.time, 1)
    assert (facts["startedAt"], facts["committed"], facts["begun"], facts["complete"]) == (0, 0, 0, 0)
    assert made.view("pointsOf", 0) == 0
    found = made.refused("judge2", "commitScores", made.setup, 2, ACT)
    assert found == Refusal("EvaluationDeskRoleMissing", label("EVALUATOR"), address("judge2"))
    made.panel, made.round = ("evaluator", "judge", NEW), 1
    made.score(POINTS, POINTS, POINTS)
    made.decide("gama")
    made.open_prices().ready("acme", "beta")


def test_replace__commitment_of_the_round_before__reveals_nothing(world: World) -> None:
    made = silent(world, 2)
    old = made.revelation(0, POINTS)
    kept = made.view("scoresOf", 0, 0)[0]
    replaced(made, 2)
    made.ask("evaluator", "commitScores", made.setup, 0, kept)
    made.to_reveal()
    found = made.refused("evaluator", "revealScores", *old)
    assert found == Refusal("EvaluationDeskScoreMismatch", made.id, address("evaluator"))


@pytest.mark.parametrize(("late", "refused"), [(-1, True), (0, False)])
def test_replace__silent_in_a_vote__after_score_period(world: World, late: int, refused: bool) -> None:
    made = voting(world)
    arguments(made, 2)
    made.vote(ACT, seat0=True, seat1=False)
    at = made.view("votesOn", ACT)[0] + SCORE_PERIOD + late
    if refused:
        assert refusal(made, 2, act=ACT, at=at) == Refusal("EvaluationDeskPanelSufficient", made.id)
    else:
        receipt = replaced(made, 2, act=ACT, at=at)
        assert (receipt.event.args["round"], made.evaluation()["sitting"]) == (0, 1)


def test_replace__nobody_called__refused(world: World) -> None:
    made = voting(world)
    world.move_to(world.time + 100)
    enough = Refusal("EvaluationDeskPanelSufficient", made.id)
    assert refusal(made, 2, act=ACT) == enough
    assert refusal(made, 2) == Refusal("TenderBoardStatusWrong", made.id, Status.AWARDING)


@pytest.mark.parametrize("support", [True, False])
def test_replace__the_others_decided__refused(world: World, support: bool) -> None:
    made = voting(world)
    arguments(made, 2)
    made.vote(ACT, seat0=support, seat1=support)
    world.move_to(world.time + SCORE_PERIOD)
    assert refusal(made, 2, act=ACT) == Refusal("EvaluationDeskPanelSufficient", made.id)


def test_replace__voted__refused(world: World) -> None:
    made = voting(world)
    arguments(made, 2)
    made.vote(ACT, seat0=False, seat1=True)
    world.move_to(world.time + SCORE_PERIOD)
    for seat in (0, 1):
        assert refusal(made, seat, act=ACT) == Refusal("EvaluationDeskPanelSufficient", made.id)


def test_replace__for_a_vote__all_vote_anew(world: World) -> None:
    made = voting(world)
    arguments(made, 2)
    made.vote(ACT, seat0=False, seat1=True)
    called = made.view("votesOn", ACT)[0]
    receipt = replaced(made, 2, act=ACT, at=called + SCORE_PERIOD)
    made.panel = ("evaluator", "judge", NEW)
    found = made.refused("judge2", "vote", made.setup, 2, ACT, True, OPINION)
    assert found == Refusal("EvaluationDeskRoleMissing", label("EVALUATOR"), address("judge2"))
    made.vote(ACT, seat1=True)
    assert tuple(made.view("votesOn", ACT)) == (receipt.time, 1, 0, 0b10, 0)
    # Silence counts from the replacement on.
    enough = Refusal("EvaluationDeskPanelSufficient", made.id)
    assert refusal(made, 0, "evaluator6", act=ACT, at=receipt.time + SCORE_PERIOD - 1) == enough


def test_replace__for_a_vote_on_the_result__scores_stand(world: World) -> None:
    made = technical(world).score(POINTS, POINTS, POINTS)
    arguments(made, 2)
    act = act_of(world, EVALUATION, "decideTechnical", made.id, *made.result("gama"))
    made.vote(act, seat0=True)
    world.move_to(world.time + SCORE_PERIOD)
    replaced(made, 2, act=act)
    made.panel = ("evaluator", "judge", NEW)
    made.decide("gama")
    made.open_prices().ready("acme", "beta")


def test_replace__while_awarding__points_of_the_ranking_stand(world: World) -> None:
    """Whoever is silent when it is voted on an award takes nobody's points away."""
    made = technical(world).score(POINTS, POINTS, POINTS)
    made.decide()
    made.open_prices()
    arguments(made, 2)
    made.vote(ACT, seat0=True)
    world.move_to(world.time + SCORE_PERIOD)
    replaced(made, 2, act=ACT)
    made.ready("acme", "beta", "gama")
    assert made.ranking() == [0, 1, 2]
