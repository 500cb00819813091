"""consentCancel.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotTerms
from tests.contracts.awards import opened, revealed
from tests.contracts.complaints import Case, Stage, about_award, about_terms, in_bidding
from tests.contracts.tenders import UNKNOWN, Lot, Status, lot_status
from tests.contracts.world import BUYER, REVIEW, ZERO, Receipt, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

CONSENT = hash_of("consent")
WINDOW = 3


def consent(case: Case, lot: int = 0, **options: Any) -> Receipt:
    """As the reviewer."""
    return case.world.send("reviewer", "TenderBoard", "consentCancel", case.id, lot, CONSENT, **options)


def refusal(
    case: Case, lot: int = 0, *, who: str = "reviewer", id: bytes | None = None, document: bytes = CONSENT, at: int | None = None
) -> Refusal:  # fmt: skip
    """All is well but for the changes."""
    return case.world.refusal(who, "TenderBoard", "consentCancel", id or case.id, lot, document, at=at)


def two_lots(world: World) -> Case:
    """Both are awarded; time to complain is long."""
    bids = {"acme": (9, 9), "beta": (8, 8)}
    case = about_award(world, bids, lots=[LotTerms(9)] * 2, standstill=500, complaint_window=500)
    for lot in (1, 2):
        case.awarding.award("beta", lot=lot)
    return case


def test_consent__unknown_tender_or_lot__not_found(world: World) -> None:
    case = about_award(world)
    assert refusal(case, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)
    assert refusal(case, 2, who="stranger") == Refusal("TenderBoardLotNotFound", case.id, 2)


@pytest.mark.parametrize("who", ["officer", "acme", "auditor", "authority", "stranger"])
def test_consent__other_role__role_missing(world: World, who: str) -> None:
    case = about_award(world)
    case.cancel()
    expected = Refusal("TenderBoardRoleMissing", label("REVIEWER"), address(who))
    assert refusal(case, who=who) == expected


def test_consent__dependent_body__role_conflict(world: World) -> None:
    case = about_award(world)
    case.cancel()
    world.send("authority", "MemberRegistry", "setSuperior", REVIEW, BUYER)
    assert refusal(case) == Refusal("TenderBoardRoleConflict", label("REVIEWER"), address("reviewer"))


def test_consent__nothing_waits_for_it__status_wrong(world: World) -> None:
    case = two_lots(world)
    for lot in (0, 1):
        assert refusal(case, lot) == Refusal("TenderBoardStatusWrong", case.id, Status.AWARDING)
    case.cancel(1)
    for lot in (0, 2):
        assert refusal(case, lot) == Refusal("TenderBoardStatusWrong", case.id, Status.AWARDING)
    consent(case, 1)
    assert refusal(case, 1) == Refusal("TenderBoardStatusWrong", case.id, Status.AWARDING)
    case.cancel()
    end = consent(case).events[-1].args["cancelsAt"]
    assert refusal(case) == Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLING)
    assert refusal(case, at=end) == Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED)


def test_consent__not_needed_before_the_opening__status_wrong(world: World) -> None:
    case = about_terms(world)
    case.cancel()
    assert refusal(case) == Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLING)


def test_consent__tender_failed_meanwhile__status_wrong(world: World) -> None:
    case = in_bidding(world, {"acme": (9, 9)}, lots=[LotTerms(9)] * 2)
    opens = case.window()
    case.cancel(1, at=opens["openFrom"])
    assert case.facts()["consentsDue"] == 1
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.FAILED)
    assert refusal(case, 1, at=opens["voidFrom"]) == expected
    assert lot_status(world, case.tender, 1) == Lot.FAILED


def test_consent__open_complaint_about_the_award__barred(world: World) -> None:
    case = two_lots(world)
    case.cancel(1)
    number = case.file("acme", Stage.AWARD, 1)
    assert refusal(case, 1) == Refusal("TenderBoardCancelBarred", case.id, number)
    case.send("acme", "withdraw", number)
    consent(case, 1)


def test_consent__no_document__hash_zero(world: World) -> None:
    case = about_award(world)
    case.cancel()
    assert refusal(case, document=ZERO) == Refusal("TenderBoardHashZero", label("documentHash"))


def test_consent__whole_tender__the_window_begins(world: World) -> None:
    case = about_award(world)
    receipt = case.cancel()
    assert receipt.event.args["cancelsAt"] == 0
    assert case.facts()["consentDue"]
    assert world.facts("TenderBoard", "cancellation", case.id, 0) == {
        "proposedAt": receipt.time,
        "cancelsAt": 0,
    }
    world.move_to(world.time + 10_000)
    assert case.status() == Status.CANCELLING
    before = case.facts()
    told = consent(case)
    end = told.time + WINDOW
    args = {"id": case.id, "lot": 0, "documentHash": CONSENT, "cancelsAt": end}
    assert (told.event.name, told.event.args) == ("CancellationConsented", args)
    assert case.facts() == before | {"consentDue": False, "cancelsAt": end}
    for at, expected in ((end - 1, Status.CANCELLING), (end, Status.CANCELLED), (end + 1, Status.CANCELLED)):
        world.move_to(at)
        assert case.status() == expected


def test_consent__lots_one_by_one__the_tender_fails_with_the_last(world: World) -> None:
    case = two_lots(world)
    for lot in (1, 2):
        case.cancel(lot)
    assert case.facts()["consentsDue"] == 2
    consent(case, 1)
    world.move_to(world.time + 100)
    assert (case.status(), lot_status(world, case.tender, 1)) == (Status.CANCELLING, Lot.CANCELLED)
    end = consent(case, 2).events[-1].args["cancelsAt"]
    for at, expected in ((end - 1, Status.CANCELLING), (end, Status.FAILED)):
        world.move_to(at)
        assert case.status() == expected


@pytest.mark.parametrize("stage", [Stage.CANCELLATION, Stage.AWARD])
def test_consent__complaint_in_the_window__bars_the_effect(world: World, stage: Stage) -> None:
    case = two_lots(world)
    case.cancel(1)
    end = consent(case, 1).events[-1].args["cancelsAt"]
    number = case.file("acme", stage, 1)
    world.move_to(end + 50)
    assert lot_status(world, case.tender, 1) == Lot.CANCELLING
    case.dismiss(number)
    assert lot_status(world, case.tender, 1) == Lot.CANCELLED


@pytest.mark.parametrize("stage", [Stage.CANCELLATION, Stage.AWARD])
def test_consent__complaint_about_the_whole__bars_the_effect(world: World, stage: Stage) -> None:
    case = two_lots(world)
    case.cancel()
    end = consent(case).events[-1].args["cancelsAt"]
    number = case.file("acme", stage, int(stage is Stage.AWARD))
    world.move_to(end + 50)
    assert case.status() == Status.CANCELLING
    case.dismiss(number)
    assert case.status() == Status.CANCELLED


def test_cancel__open_complaint_about_an_award__cancel_barred(world: World) -> None:
    case = two_lots(world)
    first = case.file("acme", Stage.AWARD, 2)
    decision = hash_of("decision")
    for lot in (0, 2):
        found = world.refusal("officer", "TenderBoard", "cancel", case.id, lot, 9, ZERO)
        assert found == Refusal("TenderBoardCancelBarred", case.id, first)
    with world.undone():
        world.send("officer", "TenderBoard", "cancel", case.id, 1, 1, decision)
    second = case.file("acme", Stage.AWARD, 1)
    found = world.refusal("officer", "TenderBoard", "cancel", case.id, 0, 1, decision)
    assert found == Refusal("TenderBoardCancelBarred", case.id, second)


def test_cancel__lot_that_failed__lot_status_wrong(world: World) -> None:
    bids = {"acme": (9, None), "beta": (8, None)}
    case = in_bidding(world, bids, lots=[LotTerms(9)] * 2)
    made = case.awarding
    revealed(made)
    made.tally(2)
    expected = Refusal("AwardDeskLotStatusWrong", case.id, 2, Lot.FAILED)
    assert world.refusal("officer", "TenderBoard", "cancel", case.id, 2, 1, hash_of("x")) == expected


def test_cancel__opening_without_a_review_body__status_wrong(world: World) -> None:
    made = opened(world, {"acme": 9})
    found = world.refusal("officer", "TenderBoard", "cancel", made.id, 0, 1, hash_of("x"))
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.AWARDING)
    world.send("authority", "TenderBoard", "replaceReviewBody", made.id, REVIEW)
    world.send("officer", "TenderBoard", "cancel", made.id, 0, 1, hash_of("x"))
