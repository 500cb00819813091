"""decideTechnical.tree"""

from __future__ import annotations

import pytest

from chain.types import DisqualificationReason
from tests.contracts.complaints import ORDER
from tests.contracts.evaluation import (
    EVALUATION,
    PANEL,
    RESULT,
    Evaluated,
    act_of,
    evaluated,
    seated,
    technical,
)
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import UNKNOWN, Lot, Status
from tests.contracts.world import REVIEW, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

POINTS = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}
Reason = DisqualificationReason


def scored(world: World, **options: object) -> Evaluated:
    return technical(world, **options).score(*[POINTS] * 3)


def plain(world: World, **options: object) -> Evaluated:
    """Two envelopes, the lowest price, no panel: the officer alone decides."""
    return technical(world, panel=(), criteria=(), award_rule=0, min_evaluators=0, **options)


def test_decide__unknown_tender__not_found(world: World) -> None:
    found = world.refusal("officer", EVALUATION, "decideTechnical", UNKNOWN, [], [], RESULT)
    assert found == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize(
    "who", ["officer2", "approver2", "evaluator", "judge", "admin", "acme", "reviewer", "stranger"]
)
def test_decide__not_of_the_buyer__role_missing(world: World, who: str) -> None:
    made = scored(world)
    found = made.refused(who, "decideTechnical", *made.result())
    assert found == Refusal("EvaluationDeskRoleMissing", label("OFFICER"), address(who))


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_decide__either_of_the_two__decides(world: World, who: str) -> None:
    made = plain(world)
    made.ask(who, "decideTechnical", *made.result("gama"))
    assert made.status() == Status.TECHNICAL_STANDSTILL


def test_decide__four_eyes__the_approver_what_another_proposed(world: World) -> None:
    made = plain(world, four_eyes=True)
    act = Act(world, EVALUATION, "decideTechnical", (made.id, *made.result("gama")))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    assert act.refusal("officer") == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    receipt = act.approve()
    assert [each.name for each in receipt.events] == ["ActApproved", "TechnicalDecided"]
    assert made.status() == Status.TECHNICAL_STANDSTILL


def test_decide__sealed__not_opened(world: World) -> None:
    made = evaluated(world, {"acme": 1_000, "beta": 900})
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("EvaluationDeskNotOpened", made.id, 2)


def test_decide__again__status_wrong(world: World) -> None:
    made = plain(world)
    made.ask("officer", "decideTechnical", *made.result())
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL_STANDSTILL)


def test_decide__nobody_scored__score_not_due(world: World) -> None:
    made = technical(world)
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("EvaluationDeskScoreNotDue", made.id, 0, 2**40 - 1)


@pytest.mark.parametrize(("late", "refused"), [(-1, True), (0, False)])
def test_decide__one_of_five_silent__waits_for_the_end_of_revealing(
    world: World, late: int, refused: bool
) -> None:
    seated(world, "evaluator5", "evaluator6")
    made = technical(world, panel=(*PANEL, "evaluator5", "evaluator6"), score_period=20)
    for seat in range(4):
        made.commit(seat, POINTS)
    made.to_reveal()
    for seat in range(4):
        made.reveal(seat, POINTS)
    ends = made.evaluation()["startedAt"] + 40
    act = act_of(world, EVALUATION, "decideTechnical", made.id, *made.result())
    made.vote(act, seat0=True, seat1=True, seat2=True)
    if refused:
        found = made.refused("officer", "decideTechnical", *made.result(), at=ends + late)
        assert found == Refusal("EvaluationDeskScoreNotDue", made.id, 0, ends)
    else:
        made.ask("officer", "decideTechnical", *made.result(), at=ends + late)


@pytest.mark.parametrize(("seats", "got"), [((0, 1), 1), ((1, 2), 2), ((0,), 0)])
def test_decide__too_few_scores__scores_short(world: World, seats: tuple[int, ...], got: int) -> None:
    made = technical(world)
    for seat in seats:
        made.commit(seat, POINTS)
    made.to_reveal()
    for seat in seats:
        made.reveal(seat, POINTS)
    ends = made.evaluation()["startedAt"] + 10
    found = made.refused("officer", "decideTechnical", *made.result(), at=ends)
    assert found == Refusal("EvaluationDeskScoresShort", made.id, 2, got)


def test_decide__somebody_revealed_a_part__scores_short(world: World) -> None:
    """Who saw what the others gave and stopped in the middle spoils the round, and is known by it."""
    seated(world, "evaluator5", "evaluator6")
    bids = {f"firm{place}": 1_000 + place for place in range(17)}
    points = dict.fromkeys(bids, (1, 1))
    made = technical(world, bids, panel=(*PANEL, "evaluator5", "evaluator6"), score_period=30)
    for seat in range(5):
        made.commit(seat, points)
    made.to_reveal()
    for seat in range(4):
        made.reveal(seat, points)
    made.ask("evaluator6", "revealScores", *made.revelation(4, points))
    ends = made.evaluation()["startedAt"] + 60
    found = made.refused("officer", "decideTechnical", *made.result(), at=ends)
    assert found == Refusal("EvaluationDeskScoresShort", made.id, 2, 3)


def test_decide__without_votes__votes_short(world: World) -> None:
    made = scored(world)
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("EvaluationDeskVotesShort", made.id, 2, 0)


def test_decide__other_result_than_was_voted_on__votes_short(world: World) -> None:
    made = scored(world)
    act = act_of(world, EVALUATION, "decideTechnical", made.id, *made.result("gama"))
    made.vote(act, seat0=True, seat1=True, seat2=True)
    for wrong in (made.result(), made.result("acme"), made.result("gama", reason=Reason.NON_RESPONSIVE)):
        found = made.refused("officer", "decideTechnical", *wrong)
        assert found == Refusal("EvaluationDeskVotesShort", made.id, 2, 0)


def test_decide__hash_zero__refused(world: World) -> None:
    made = plain(world)
    found = made.refused("officer", "decideTechnical", [], [], ZERO)
    assert found == Refusal("EvaluationDeskHashZero", label("documentHash"))


@pytest.mark.parametrize(("failed", "reasons"), [([0], []), ([], [9]), ([0, 1], [9])])
def test_decide__more_bids_than_reasons__page_invalid(
    world: World, failed: list[int], reasons: list[int]
) -> None:
    made = plain(world)
    found = made.refused("officer", "decideTechnical", failed, reasons, RESULT)
    assert found == Refusal("EvaluationDeskPageInvalid", len(failed), len(reasons))


@pytest.mark.parametrize(
    ("failed", "index"), [([0, 0], 0), ([1, 0], 0), ([3], 3), ([65_535], 65_535), ([0, 1, 2, 3], 3)]
)
def test_decide__no_such_bid_or_twice__bid_invalid(world: World, failed: list[int], index: int) -> None:
    made = plain(world)
    found = made.refused("officer", "decideTechnical", failed, [9] * len(failed), RESULT)
    assert found == Refusal("EvaluationDeskBidInvalid", made.id, index)


@pytest.mark.parametrize("reason", [0, Reason.ABNORMALLY_LOW, Reason.REFUSED_TO_SIGN, 10, 255])
def test_decide__reason_of_another_act__reason_invalid(world: World, reason: int) -> None:
    made = plain(world)
    found = made.refused("officer", "decideTechnical", *made.result("beta", reason=reason))
    assert found == Refusal("EvaluationDeskReasonInvalid", made.id, reason)


@pytest.mark.parametrize(("late", "refused"), [(-1, True), (0, False)])
def test_decide__bid_that_may_be_cured__window_open(world: World, late: int, refused: bool) -> None:
    made = plain(world)
    until = made.ask_curing("beta")
    if refused:
        found = made.refused("officer", "decideTechnical", *made.result("beta"), at=until + late)
        assert found == Refusal("EvaluationDeskWindowOpen", made.id, until)
    else:
        made.ask("officer", "decideTechnical", *made.result("beta"), at=until + late)


def test_decide__cured_or_asked_and_passing__decided(world: World) -> None:
    made = plain(world)
    made.ask_curing("beta")
    made.ask_curing("acme")
    made.send("beta", "cure", made.index("beta"), hash_of("paper"))
    made.ask("officer", "decideTechnical", *made.result("beta"))
    assert made.view("isFailed", made.index("beta"))


def test_decide__valid__told_and_kept(world: World) -> None:
    made = scored(world)
    receipt = made.decide("gama")
    taken, told = receipt.events
    assert (taken.name, told.name) == ("VotesTaken", "TechnicalDecided")
    ends = receipt.time + made.procedure.complaint_window
    assert list(told.args.values()) == [made.id, 0, (2,), (Reason.TECHNICAL_FAILED,), RESULT, ends]
    facts = made.evaluation()
    assert (facts["standstillEnds"], facts["failed"], facts["results"]) == (ends, 1, 1)
    assert [made.view("isFailed", index) for index in range(4)] == [False, False, True, False]
    assert made.status() == Status.TECHNICAL_STANDSTILL


@pytest.mark.parametrize(
    ("late", "status"),
    [(-1, Status.TECHNICAL_STANDSTILL), (0, Status.SEALED), (1, Status.OPENING), (30, Status.OPENING), (31, Status.FALLBACK),
     (60, Status.FALLBACK), (61, Status.FAILED)],
)  # fmt: skip
def test_decide__time_passes__status_of_the_prices(world: World, late: int, status: Status) -> None:
    made = plain(world)
    ends = made.ask("officer", "decideTechnical", *made.result()).events[-1].args["standstillEnds"]
    world.move_to(ends + late)
    assert made.status() == status
    window = made.window()
    assert [window[name] - ends for name in ("openFrom", "fallbackFrom", "voidFrom")] == [1, 31, 61]


def test_decide__every_bid_failed__each_lot_fails(world: World) -> None:
    made = plain(world)
    made.ask("officer", "decideTechnical", *made.result("acme", "beta", "gama"))
    made.to_prices()
    assert made.status() == Status.AWARDING
    made.send("stranger", "tally", 1, made.setup, 0, [])
    assert made.stage() == Lot.FAILED
    assert made.status() == Status.FAILED


def test_decide__undone_by_nobody__results_of_a_suspended_tender_wait(world: World) -> None:
    made = plain(world, body=REVIEW)
    world.send("reviewer", "ComplaintDesk", "suspend", made.id, ORDER)
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.SUSPENDED)


def test_decide__asked_to_cure_and_passing__cures_while_the_prices_wait(world: World) -> None:
    made = plain(world, curing_window=20)
    until = made.ask_curing("beta")
    made.ask("officer", "decideTechnical", *made.result("gama"))
    assert made.status() == Status.TECHNICAL_STANDSTILL
    made.send("beta", "cure", made.index("beta"), hash_of("paper"), at=until - 1)
    assert made.read("curingOf", made.index("beta")) == (until, True)
