"""uphold.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotTerms
from tests.contracts.complaints import ORDER, Case, Remedy, Stage, State, about_award, about_terms, in_bidding
from tests.contracts.tenders import Status
from tests.contracts.world import BUYER, REVIEW, ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm

LONG = {"standstill": 500, "complaint_window": 500}


def refusal(
    case: Case, number: int, remedy: int, place: int = 0, *, who: str = "reviewer", document: bytes = ORDER
) -> Refusal:
    """All is well but for what is given."""
    return case.refusal(who, "uphold", number, int(remedy), place, document)


def on(world: World, stage: Stage) -> tuple[Case, int]:
    """A case with an admitted complaint."""
    if stage is Stage.TERMS:
        case = about_terms(world)
        number = case.file()
    elif stage is Stage.CANCELLATION:
        case = about_award(world)
        case.cancel()
        number = case.file("acme", stage)
    elif stage is Stage.OMISSION:
        case = about_award(world, decision_period=1)
        number = case.file("acme", stage, 1)
    else:
        case = about_award(world, **LONG)
        case.awarding.disqualify("beta")
        case.awarding.award("gama")
        number = case.file("acme", stage, 1)
    case.admit(number)
    return case, number


def test_uphold__unknown__not_found(world: World) -> None:
    assert refusal(about_terms(world), 1, 1) == Refusal("ComplaintDeskNotFound", 1)


@pytest.mark.parametrize("who", ["acme", "officer", "auditor", "authority", "stranger"])
def test_uphold__other_role__role_missing(world: World, who: str) -> None:
    case, number = on(world, Stage.TERMS)
    expected = Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address(who))
    assert refusal(case, number, Remedy.AMEND, who=who) == expected


def test_uphold__dependent_body__role_conflict(world: World) -> None:
    case, number = on(world, Stage.TERMS)
    world.send("authority", "MemberRegistry", "setSuperior", BUYER, REVIEW)
    expected = Refusal("ComplaintDeskRoleConflict", label("REVIEWER"), address("reviewer"))
    assert refusal(case, number, Remedy.AMEND) == expected


def test_uphold__not_admitted_or_done__status_wrong(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    assert refusal(case, number, Remedy.AMEND) == Refusal("ComplaintDeskStatusWrong", number, State.FILED)
    case.uphold(number, Remedy.AMEND)
    assert refusal(case, number, Remedy.AMEND) == Refusal("ComplaintDeskStatusWrong", number, State.UPHELD)


def test_uphold__tender_at_its_end__status_wrong(world: World) -> None:
    case, number = on(world, Stage.TERMS)
    case.cancel()
    world.move_to(world.time + 3)
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED)
    assert refusal(case, number, Remedy.AMEND) == expected
    case.send("reviewer", "dismiss", number, ORDER)


def test_uphold__no_document__hash_zero(world: World) -> None:
    case, number = on(world, Stage.TERMS)
    expected = Refusal("ComplaintDeskHashZero", label("documentHash"))
    assert refusal(case, number, 9, document=ZERO) == expected


FITTING = {
    Stage.TERMS: {Remedy.AMEND, Remedy.CANCEL_TENDER},
    Stage.AWARD: {Remedy.CANCEL_TENDER, Remedy.CANCEL_AWARD, Remedy.RESTORE_BID},
    Stage.CANCELLATION: {Remedy.UNDO_CANCELLATION},
    Stage.OMISSION: {Remedy.CANCEL_TENDER},
}


@pytest.mark.parametrize("stage", FITTING)
def test_uphold__each_remedy__fits_its_stage_alone(world: World, stage: Stage) -> None:
    case, number = on(world, stage)
    passed = set()
    for remedy in (*Remedy, 8, 255):
        with world.undone():
            if remedy in FITTING[stage]:
                case.send("reviewer", "uphold", number, int(remedy), 0, ORDER)
                passed.add(remedy)
            else:
                expected = Refusal("ComplaintDeskRemedyInvalid", number, remedy)
                assert refusal(case, number, remedy) == expected
    assert passed == FITTING[stage]


def test_uphold__a_place_that_is_not_out_or_none_wanted__remedy_invalid(world: World) -> None:
    case, number = on(world, Stage.AWARD)
    for place in (1, 2, 3, 65_535):
        expected = Refusal("ComplaintDeskRemedyInvalid", number, Remedy.RESTORE_BID)
        assert refusal(case, number, Remedy.RESTORE_BID, place) == expected
    for remedy in (Remedy.CANCEL_AWARD, Remedy.CANCEL_TENDER):
        assert refusal(case, number, remedy, 1) == Refusal("ComplaintDeskRemedyInvalid", number, remedy)


def test_uphold__several_faults__refused_in_order(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("ComplaintDeskNotFound", 7), {"number": number}),
        (Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address("officer")), {"who": "reviewer"}),
        (Refusal("ComplaintDeskStatusWrong", number, State.FILED), {"admit": True}),
        (Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED), {"back": True}),
        (Refusal("ComplaintDeskHashZero", label("documentHash")), {"document": ORDER}),
        (Refusal("ComplaintDeskRemedyInvalid", number, 9), {}),
    ]
    call: dict[str, Any] = {"number": 7, "who": "officer", "document": ZERO, "admit": False, "back": False}
    for expected, repair in steps:
        with world.undone():
            if call["admit"]:
                case.admit(number)
            if not call["back"]:
                case.cancel()
                world.move_to(world.time + 3)
            assert refusal(case, call["number"], 9, who=call["who"], document=call["document"]) == expected
        call |= repair


@pytest.mark.parametrize("place", [0, 1])
def test_uphold__valid__stores_tells_and_stays_open(world: World, place: int) -> None:
    bids = {"acme": 9, "beta": 8, "gama": 7}
    case = about_award(world, bids, lots=[LotTerms(100)], remedy_period=77, **LONG)
    case.awarding.disqualify("gama")
    case.awarding.disqualify("beta")
    case.awarding.award("acme")
    number = case.file("gama", Stage.AWARD, 1)
    case.admit(number)
    stored = case.complaint(number)
    receipt = case.send("reviewer", "uphold", number, int(Remedy.RESTORE_BID), place, ORDER)
    due = receipt.time + 77
    assert (receipt.event.name, receipt.event.args) == (
        "ComplaintUpheld",
        {
            "tenderId": case.id, "complaint": number, "remedy": Remedy.RESTORE_BID, "place": place, "documentHash": ORDER, "due": due,
        },
    )  # fmt: skip
    changes = {"status": State.UPHELD, "remedy": Remedy.RESTORE_BID, "place": place, "due": due}
    assert case.complaint(number) == stored | changes
    assert case.queue(Stage.AWARD, 1)["open"] == 1
    assert case.watch()["amends"] == 0


def test_uphold__amend__remembers_the_terms(world: World) -> None:
    case = in_bidding(world)
    number = case.file()
    case.uphold(number, Remedy.AMEND)
    assert case.complaint(number)["termsVersion"] == 1
    assert {name: case.watch()[name] for name in ("amends", "amendVersion")} == {
        "amends": 1,
        "amendVersion": 1,
    }
