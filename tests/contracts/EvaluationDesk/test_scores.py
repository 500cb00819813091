"""scores.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Kind, Role
from tests.contracts.bids import reveal_of, sealed_bid, submission
from tests.contracts.complaints import ORDER
from tests.contracts.evaluation import (
    EVALUATION,
    SALT,
    SCORE_PERIOD,
    Evaluated,
    commitment_of,
    evaluated,
    page_hash,
    technical,
    word_of,
)
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import BUYER, DAY, REVIEW, ZERO, Refusal, World, address, hash_of, label, member_id

pytestmark = pytest.mark.evm

POINTS = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}
NEVER = 2**40 - 1
EVALUATOR = label("EVALUATOR")


def committing(made: Evaluated, who: str = "evaluator", seat: int = 0, **options: Any) -> Refusal:
    setup = options.pop("setup", made.setup)
    id = options.pop("id", made.id)
    commitment = options.pop("commitment", hash_of("any"))
    return made.world.refusal(who, EVALUATION, "commitScores", id, setup, seat, commitment, **options)


def committed(world: World, *seats: int) -> Evaluated:
    """Those seats committed to `POINTS`."""
    made = technical(world)
    for seat in seats:
        made.commit(seat, POINTS)
    return made


def test_commit__unknown_tender__not_found(world: World) -> None:
    made = technical(world)
    assert committing(made, id=UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)


def test_commit__other_setup__setup_mismatch(world: World) -> None:
    made = technical(world)
    lots, criteria, panel = made.setup
    for setup in ((lots, criteria, panel[::-1]), (lots, criteria[:1], panel)):
        assert committing(made, setup=setup) == Refusal("EvaluationDeskSetupMismatch", made.id)


@pytest.mark.parametrize(
    ("who", "seat"), [("officer", 0), ("judge", 0), ("evaluator", 1), ("evaluator", 3), ("acme", 0), ("evaluator", 255)]
)  # fmt: skip
def test_commit__not_in_that_seat__role_missing(world: World, who: str, seat: int) -> None:
    made = technical(world)
    assert committing(made, who, seat) == Refusal("EvaluationDeskRoleMissing", EVALUATOR, address(who))


def test_commit__no_evaluator_any_more__role_missing(world: World) -> None:
    made = technical(world)
    world.send("admin", "MemberRegistry", "removePerson", address("judge"))
    assert committing(made, "judge", 1) == Refusal("EvaluationDeskRoleMissing", EVALUATOR, address("judge"))


def test_commit__its_organisation_bids__role_conflict(world: World) -> None:
    """Of an organisation that came to be a supplier after the terms named its evaluator."""
    made = evaluated(world, {"beta": 900})
    university = member_id("TEST-UNIVERSITY")
    world.send("registrar", "SupplierRegistry", "register", university, [address("lab")], "{}")
    world.send("lab", "SupplierRegistry", "declareOwners", 1, hash_of("owners"))
    mine = [
        sealed_bid(world, made.tender, "lab", (), envelope=0),
        sealed_bid(world, made.tender, "lab", (800,), envelope=1),
    ]
    world.send("lab", "BidBox", "submit", *submission(made.tender, *mine))
    world.move_to(int(made.window()["fallbackFrom"]))
    for who, index, each in (("beta", 0, made.first["beta"]), ("lab", 1, mine[0])):
        world.send(who, "OpeningCommittee", "selfReveal", *reveal_of(made.tender, index, each))
    assert made.status() == Status.TECHNICAL
    assert committing(made) == Refusal("EvaluationDeskRoleConflict", EVALUATOR, address("evaluator"))


def test_commit__independent_seat_came_under_the_buyer__role_conflict(world: World) -> None:
    made = technical(world)
    world.send("authority", "MemberRegistry", "setSuperior", member_id("TEST-UNIVERSITY"), BUYER)
    assert committing(made) == Refusal("EvaluationDeskRoleConflict", EVALUATOR, address("evaluator"))


def test_commit__its_organisation_reviews_by_now__role_conflict(world: World) -> None:
    made = technical(world, body=REVIEW)
    university = member_id("TEST-UNIVERSITY")
    kinds = int(Kind.EVALUATION | Kind.REVIEW_BODY)
    world.send("authority", "MemberRegistry", "setKinds", university, kinds)
    world.send("authority", "TenderBoard", "replaceReviewBody", made.id, university)
    assert committing(made) == Refusal("EvaluationDeskRoleConflict", EVALUATOR, address("evaluator"))


def test_commit__envelopes_sealed__not_opened(world: World) -> None:
    made = evaluated(world, {"acme": 1_000, "beta": 900})
    assert committing(made) == Refusal("EvaluationDeskNotOpened", made.id, 2)


def test_commit__suspended__status_wrong(world: World) -> None:
    made = technical(world, body=REVIEW)
    world.send("reviewer", "ComplaintDesk", "suspend", made.id, ORDER)
    assert committing(made) == Refusal("TenderBoardStatusWrong", made.id, Status.SUSPENDED)


def test_commit__after_the_result__status_wrong(world: World) -> None:
    made = technical(world).score(*[POINTS] * 3)
    made.decide()
    assert committing(made) == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL_STANDSTILL)


def test_commit__lowest_price__score_not_due(world: World) -> None:
    made = technical(world, criteria=(), award_rule=0)
    assert committing(made) == Refusal("EvaluationDeskScoreNotDue", made.id, 0, 0)


@pytest.mark.parametrize(("late", "refused"), [(-1, False), (0, True), (1, True)])
def test_commit__around_the_end_of_the_window__by_the_second(world: World, late: int, refused: bool) -> None:
    made = committed(world, 0)
    began = made.evaluation()["startedAt"]
    at = began + SCORE_PERIOD + late
    if refused:
        expected = Refusal("EvaluationDeskScoreNotDue", made.id, began, began + SCORE_PERIOD)
        assert committing(made, "judge", 1, at=at) == expected
    else:
        made.commit(1, POINTS, at=at)
        assert made.evaluation()["committed"] == 0b11


def test_commit__twice__only_once(world: World) -> None:
    made = committed(world, 0)
    who = bytes.fromhex(address("evaluator")[2:]).rjust(32, b"\0")
    assert committing(made) == Refusal("EvaluationDeskOnlyOnce", made.id, label("commitment"), who)


def test_commit__zero__hash_zero(world: World) -> None:
    made = technical(world)
    assert committing(made, commitment=ZERO) == Refusal("EvaluationDeskHashZero", label("commitment"))


def test_commit__valid__kept_and_told(world: World) -> None:
    made = technical(world)
    receipt = made.commit(1, POINTS)
    told = receipt.event
    assert (told.name, told.args["seat"], told.args["evaluator"]) == ("ScoresCommitted", 1, address("judge"))
    facts = made.evaluation()
    assert (facts["startedAt"], facts["committed"], facts["begun"]) == (receipt.time, 0b10, 0)
    made.commit(0, POINTS)
    assert (made.evaluation()["startedAt"], made.evaluation()["committed"]) == (receipt.time, 0b11)
    kept = made.view("scoresOf", 0, 1)
    assert tuple(kept) == (told.args["commitment"], 0)


@pytest.mark.parametrize(
    ("late", "refused"), [(-1, True), (0, False), (SCORE_PERIOD - 1, False), (SCORE_PERIOD, True)]
)
def test_reveal__around_the_window__by_the_second(world: World, late: int, refused: bool) -> None:
    made = committed(world, 0)
    opens = made.evaluation()["startedAt"] + SCORE_PERIOD
    if refused:
        found = made.refused("evaluator", "revealScores", *made.revelation(0, POINTS), at=opens + late)
        assert found == Refusal("EvaluationDeskScoreNotDue", made.id, opens, opens + SCORE_PERIOD)
    else:
        made.reveal(0, POINTS, at=opens + late)
        assert made.evaluation()["complete"] == 0b1


def test_reveal__nobody_committed__score_not_due(world: World) -> None:
    made = technical(world)
    found = made.refused("evaluator", "revealScores", *made.revelation(0, POINTS))
    assert found == Refusal("EvaluationDeskScoreNotDue", made.id, NEVER, NEVER)


def test_reveal__other_scores_or_salt_or_none_committed__score_mismatch(world: World) -> None:
    made = committed(world, 0)
    made.to_reveal()
    expected = Refusal("EvaluationDeskScoreMismatch", made.id, address("evaluator"))
    better = {**POINTS, "acme": (100, 10)}
    assert made.refused("evaluator", "revealScores", *made.revelation(0, better)) == expected
    setup, seat, page, words, hashes, _ = made.revelation(0, POINTS)
    assert made.refused("evaluator", "revealScores", setup, seat, page, words, hashes, ZERO) == expected
    others = made.words(better)[0]
    assert made.refused("evaluator", "revealScores", setup, seat, page, others, hashes, SALT) == expected
    found = made.refused("judge", "revealScores", *made.revelation(1, POINTS))
    assert found == Refusal("EvaluationDeskScoreMismatch", made.id, address("judge"))


def test_reveal__what_another_committed_to__score_mismatch(world: World) -> None:
    """Whoever copies a commitment cannot show what is behind it, even once the other did."""
    made = committed(world, 0)
    copied = made.view("scoresOf", 0, 0)[0]
    made.ask("judge", "commitScores", made.setup, 1, copied)
    made.to_reveal()
    made.reveal(0, POINTS)
    found = made.refused("judge", "revealScores", *made.revelation(1, POINTS))
    assert found == Refusal("EvaluationDeskScoreMismatch", made.id, address("judge"))


@pytest.mark.parametrize("extra", [-1, 1])
def test_reveal__wrong_number_of_pages__page_invalid(world: World, extra: int) -> None:
    made = technical(world)
    words = made.words(POINTS)[0]
    hashes = [page_hash(words)] * (1 + extra)
    made.ask("evaluator", "commitScores", made.setup, 0, commitment_of(world, made.id, "evaluator", hashes))
    made.to_reveal()
    found = made.refused("evaluator", "revealScores", made.setup, 0, 0, words, hashes, SALT)
    assert found == Refusal("EvaluationDeskPageInvalid", 1, 1 + extra)


def test_reveal__page_again_or_beyond__page_invalid(world: World) -> None:
    made = committed(world, 0)
    made.to_reveal()
    setup, seat, _, words, hashes, salt = made.revelation(0, POINTS)
    found = made.refused("evaluator", "revealScores", setup, seat, 1, words, hashes, salt)
    assert found == Refusal("EvaluationDeskPageInvalid", 0, 1)
    made.reveal(0, POINTS)
    for page in (0, 1):
        found = made.refused("evaluator", "revealScores", setup, seat, page, words, hashes, salt)
        assert found == Refusal("EvaluationDeskPageInvalid", 1, page)


@pytest.mark.parametrize(("count", "limit"), [(2, 3), (4, 3), (0, 1)])
def test_reveal__wrong_number_of_words__page_invalid(world: World, count: int, limit: int) -> None:
    made = technical(world)
    words = [word_of(1, 1)] * count
    hashes = [page_hash(words)]
    made.ask("evaluator", "commitScores", made.setup, 0, commitment_of(world, made.id, "evaluator", hashes))
    made.to_reveal()
    found = made.refused("evaluator", "revealScores", made.setup, 0, 0, words, hashes, SALT)
    assert found == Refusal("EvaluationDeskPageInvalid", limit, count)


@pytest.mark.parametrize(
    ("word", "criterion", "most", "got"),
    [
        (word_of(101, 0), 0, 100, 101),
        (word_of(0, 11), 1, 10, 11),
        (word_of(1, 1, 1), 2, 0, 1),
        (1 << 255, 2, 0, 1 << 223),
    ],
)
def test_reveal__too_many_points__points_invalid(
    world: World, word: int, criterion: int, most: int, got: int
) -> None:
    made = technical(world)
    words = [word_of(1, 1), word, word_of(2, 2)]
    hashes = [page_hash(words)]
    made.ask("evaluator", "commitScores", made.setup, 0, commitment_of(world, made.id, "evaluator", hashes))
    made.to_reveal()
    found = made.refused("evaluator", "revealScores", made.setup, 0, 0, words, hashes, SALT)
    assert found == Refusal("EvaluationDeskPointsInvalid", made.id, criterion, most, got)


def test_reveal__two_pages__points_add_up(world: World) -> None:
    """18 bids, one of which was withdrawn: it has no word."""
    bids = {f"firm{place}": 1_000 + place for place in range(18)}
    made = technical(world, bids, score_period=20)
    scores = [{who: (place, seat) for place, who in enumerate(bids)} for seat in range(3)]
    for seat in range(3):
        made.commit(seat, scores[seat])
    made.to_reveal()
    receipt = made.ask("evaluator", "revealScores", *made.revelation(0, scores[0]))
    assert (receipt.event.name, len(receipt.event.args["words"])) == ("ScoresRevealed", 16)
    assert (made.evaluation()["begun"], made.evaluation()["complete"]) == (1, 0)
    made.ask("evaluator", "revealScores", *made.revelation(0, scores[0], 1))
    for seat in (1, 2):
        made.reveal(seat, scores[seat])
    assert (made.evaluation()["begun"], made.evaluation()["complete"]) == (7, 7)
    for place in range(18):
        assert made.view("pointsOf", place) == word_of(3 * place, 0 + 1 + 2)


def test_windows__suspended_meanwhile__end_later_by_that(world: World) -> None:
    made = technical(world, body=REVIEW)
    made.commit(0, POINTS)
    began = made.evaluation()["startedAt"]
    world.send("reviewer", "ComplaintDesk", "suspend", made.id, ORDER, at=began + 2)
    world.send("reviewer", "ComplaintDesk", "resume", made.id, ORDER, at=began + 102)
    made.commit(1, POINTS, at=began + SCORE_PERIOD + 99)
    opens = began + SCORE_PERIOD + 100
    found = committing(made, "judge2", 2, at=opens)
    assert found == Refusal("EvaluationDeskScoreNotDue", made.id, began, opens)
    made.reveal(0, POINTS, at=opens + 1)


def test_roles__of_a_person_whose_mandate_ended__role_missing(world: World) -> None:
    made = technical(world)
    person = (address("short"), int(Role.EVALUATOR), world.time + DAY)
    world.send("admin", "MemberRegistry", "addPerson", *person)
    assert committing(made, "short", 1) == Refusal("EvaluationDeskRoleMissing", EVALUATOR, address("short"))
