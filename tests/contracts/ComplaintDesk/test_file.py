"""file.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotTerms
from tests.contracts.complaints import (
    ALL,
    NO_OFFER_SHOWN,
    REASONS,
    Case,
    Remedy,
    Stage,
    State,
    about_award,
    about_terms,
    in_bidding,
)
from tests.contracts.tenders import UNKNOWN, Status, ask, publish, record
from tests.contracts.world import (
    ACME,
    BUYER,
    DAY,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    lots,
)

pytestmark = pytest.mark.evm


def test_file__unknown_tender_or_lot__not_found(world: World) -> None:
    case = about_terms(world)
    assert case.refused_filing("stranger", id=UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)
    assert case.refused_filing("stranger", lot=2) == Refusal("TenderBoardLotNotFound", case.id, 2)


@pytest.mark.parametrize("who", ["officer", "reviewer", "registrar", "authority", "stranger"])
def test_file__no_supplier__role_missing(world: World, who: str) -> None:
    case = about_terms(world)
    expected = Refusal("ComplaintDeskRoleMissing", label("SUPPLIER"), address(who))
    assert case.refused_filing(who) == expected


def test_file__buyer_that_is_a_supplier__role_conflict(world: World) -> None:
    case = about_terms(world)
    world.send("registrar", "SupplierRegistry", "register", BUYER, [address("shop")], "{}")
    expected = Refusal("ComplaintDeskRoleConflict", label("SUPPLIER"), address("shop"))
    assert case.refused_filing("shop") == expected


def test_file__repeated__already_recorded(world: World) -> None:
    case, given = about_terms(world), record()
    args = case.arguments("acme", Stage.TERMS, 0, REASONS, given, None, None)
    world.send("acme", "ComplaintDesk", "file", *args)
    expected = Refusal("ComplaintDeskAlreadyRecorded", given, 1)
    assert case.refused_filing("acme", given=given) == expected
    assert case.refused_filing("acme2", Stage.OMISSION, 1, given=given) == expected
    # Another supplier's records are its own.
    world.send("beta", "ComplaintDesk", "file", *args)
    assert world.read("ComplaintDesk", "recordOf", ACME, given) == 1


def test_file__supplier_ineligible__as_the_registry_says(world: World) -> None:
    case = about_terms(world)
    with world.undone():
        world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
        assert case.refused_filing() == Refusal("SupplierRegistryInactive", ACME)
    with world.undone():
        until = world.time + DAY
        world.send("reviewer", "SupplierRegistry", "debar", ACME, until, hash_of("order"))
        assert case.refused_filing() == Refusal("SupplierRegistryDebarred", ACME, until)
    declared = world.facts("SupplierRegistry", "supplierFacts", ACME)["ownersAt"]
    expected = Refusal("SupplierRegistryOwnersStale", ACME, declared)
    assert case.refused_filing(at=declared + 365 * DAY + 1) == expected


@pytest.mark.parametrize("stage", [0, 6, 255])
def test_file__no_stage__stage_wrong(world: World, stage: int) -> None:
    case = about_terms(world)
    assert case.refused_filing(stage=stage) == Refusal("ComplaintDeskStageWrong", case.id, stage)


@pytest.mark.parametrize("stage", [Stage.AWARD, Stage.CANCELLATION, Stage.OMISSION])
def test_file__never_bid__no_standing(world: World, stage: Stage) -> None:
    case = in_bidding(world, {"acme": 1_000})
    expected = Refusal("ComplaintDeskNoStanding", case.id, address("beta"))
    world.send("beta", "SupplierRegistry", "declareOwners", 1, hash_of("owners"))
    assert case.refused_filing("beta", stage, 1) == expected


def test_file__award_with_another_offer__no_standing(world: World) -> None:
    case = about_award(
        world,
        {"acme": (1_000, None), "beta": (900, 5)},
        lots=[LotTerms(9_000)] * 2,
        standstill=99,
        complaint_window=99,
    )
    case.awarding.award("beta")
    case.awarding.award("beta", lot=2)
    index, commitment, amounts = case.awarding.offer("acme")
    expected = Refusal("ComplaintDeskNoStanding", case.id, address("acme"))
    for offer in (
        NO_OFFER_SHOWN,
        (index + 1, commitment, amounts),
        (index, commitment, (1, *amounts[1:])),
        (index, ZERO, amounts),
        case.awarding.offer("beta"),
    ):
        assert case.refused_filing("acme", Stage.AWARD, 1, offer=offer) == expected
    # It offered for the first lot only.
    assert case.refused_filing("acme", Stage.AWARD, 2) == expected
    case.file("acme", Stage.AWARD, 1)


def test_file__cancellation_with_a_bid_that_is_not_live__no_standing(world: World) -> None:
    case = in_bidding(world, withdrawn=["gama"])
    case.cancel()
    expected = Refusal("ComplaintDeskNoStanding", case.id, address("gama"))
    assert case.refused_filing("gama", Stage.CANCELLATION) == expected
    case.file("acme", Stage.CANCELLATION)


def test_file__cancellation_with_a_bid_on_earlier_terms__no_standing(world: World) -> None:
    case = in_bidding(world)
    new = case.tender.terms.as_tuple()
    args = (case.id, case.tender.hash, new, '{"title":"New"}')
    world.send("officer", "TenderBoard", "amend", *args)
    case.cancel()
    expected = Refusal("ComplaintDeskNoStanding", case.id, address("acme"))
    assert case.refused_filing("acme", Stage.CANCELLATION) == expected


def test_file__open_one_about_the_same__duplicate(world: World) -> None:
    case = about_terms(world, setup=lots(2))
    first = case.file("acme", lot=1)
    assert case.refused_filing("acme2", lot=1) == Refusal("ComplaintDeskDuplicate", first)
    assert (case.file("acme", lot=2), case.file("acme"), case.file("beta", lot=1)) == (2, 3, 4)
    case.send("acme", "withdraw", first)
    assert case.file("acme", lot=1) == 5


def test_file__tender_at_its_end__status_wrong(world: World) -> None:
    case = in_bidding(world)
    end = case.cancel().events[-1].args["cancelsAt"]
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED)
    assert case.refused_filing("acme", Stage.CANCELLATION, at=end) == expected
    assert case.refused_filing("acme", Stage.TERMS) == expected


def test_file__terms__until_the_deadline(world: World) -> None:
    case = in_bidding(world)
    end = case.tender.deadline
    for at in (end, end + 1):
        with world.undone():
            expected = Refusal("ComplaintDeskTooLate", case.id, end)
            assert case.refused_filing(at=at) == expected
    case.file(at=end - 1)


def test_file__award__from_the_decision_to_the_end_of_its_window(world: World) -> None:
    case = about_award(world, standstill=50, complaint_window=40)
    expected = Refusal("ComplaintDeskStageWrong", case.id, Stage.AWARD)
    assert case.refused_filing("acme", Stage.AWARD, 1) == expected
    end = case.awarding.award("beta").time + 40
    assert case.refused_filing("acme", Stage.AWARD, 0) == expected
    for at in (end, end + 1):
        with world.undone():
            late = Refusal("ComplaintDeskTooLate", case.id, end)
            assert case.refused_filing("acme", Stage.AWARD, 1, at=at) == late
    case.file("acme", Stage.AWARD, 1, at=end - 1)


def test_file__award_of_an_exhausted_lot__in_its_window(world: World) -> None:
    case = about_award(world, {"acme": 1_000, "beta": 900}, standstill=50, complaint_window=40)
    for who in ("beta", "acme"):
        case.awarding.disqualify(who)
    case.file("acme", Stage.AWARD, 1)


def test_file__award_of_a_lot_that_was_cancelled__stage_wrong(world: World) -> None:
    case = about_award(
        world, {"acme": (9, 9), "beta": (8, 8)}, lots=[LotTerms(9)] * 2, standstill=90, complaint_window=90
    )
    case.awarding.award("beta")
    case.cancel(1)
    world.send("reviewer", "TenderBoard", "consentCancel", case.id, 1, hash_of("consent"))
    world.move_to(world.time + 3)
    expected = Refusal("ComplaintDeskStageWrong", case.id, Stage.AWARD)
    assert case.refused_filing("acme", Stage.AWARD, 1) == expected


@pytest.mark.parametrize("lot", [0, 1])
def test_file__cancellation__from_its_proposal_to_the_end_of_its_window(world: World, lot: int) -> None:
    case = in_bidding(world, {"acme": (9, 9)}, lots=[LotTerms(9)] * 2)
    expected = Refusal("ComplaintDeskStageWrong", case.id, Stage.CANCELLATION)
    assert case.refused_filing("acme", Stage.CANCELLATION, lot) == expected
    end = case.cancel(lot).events[-1].args["cancelsAt"]
    other = 1 - lot
    assert case.refused_filing("acme", Stage.CANCELLATION, other) == expected
    with world.undone():
        case.file("acme", Stage.CANCELLATION, lot, at=end - 1)
    if lot:
        late = Refusal("ComplaintDeskTooLate", case.id, end)
        assert case.refused_filing("acme", Stage.CANCELLATION, lot, at=end) == late


def test_file__cancellation_that_waits_for_consent__at_any_time(world: World) -> None:
    case = about_award(world)
    case.cancel()
    case.file("acme", Stage.CANCELLATION, at=world.time + 10_000)


def test_file__omission_of_an_answer__from_its_cutoff_on(world: World) -> None:
    case = in_bidding(world)
    assert case.refused_filing("acme", Stage.OMISSION) == Refusal(
        "ComplaintDeskStageWrong", case.id, Stage.OMISSION
    )
    ask(world, case.tender)
    due = case.tender.deadline - 1
    wrong = Refusal("ComplaintDeskStageWrong", case.id, Stage.OMISSION)
    assert case.refused_filing("acme", Stage.OMISSION, at=due - 1) == wrong
    for after in (0, 1, 2):
        with world.undone():
            case.file("acme", Stage.OMISSION, at=due + after)
    world.send("officer", "TenderBoard", "answer", case.id, 1, "{}", at=due)
    assert case.refused_filing("acme", Stage.OMISSION) == wrong


def test_file__omission_of_a_decision__from_its_end_on(world: World) -> None:
    case = about_award(world, decision_period=50)
    due = case.window()["openFrom"] + 50
    wrong = Refusal("ComplaintDeskStageWrong", case.id, Stage.OMISSION)
    assert case.refused_filing("acme", Stage.OMISSION, 1, at=due - 1) == wrong
    for after in (0, 1):
        with world.undone():
            case.file("acme", Stage.OMISSION, 1, at=due + after)
    with world.undone():
        case.awarding.award("beta", at=due)
        assert case.refused_filing("acme", Stage.OMISSION, 1) == wrong
    with world.undone():
        case.cancel(1, at=due)
        assert case.refused_filing("acme", Stage.OMISSION, 1) == wrong


def test_file__omission_of_a_decision_whose_time_was_extended__from_its_later_end_on(world: World) -> None:
    case = about_award(world, decision_period=50)
    case.awarding.send("officer", "extendDecision", hash_of("why"))
    due = case.window()["openFrom"] + 100
    wrong = Refusal("ComplaintDeskStageWrong", case.id, Stage.OMISSION)
    assert case.refused_filing("acme", Stage.OMISSION, 1, at=due - 1) == wrong
    case.file("acme", Stage.OMISSION, 1, at=due)


def test_file__no_review_body__review_body_invalid(world: World) -> None:
    about_terms(world)
    case = Case(world, publish(world))
    assert case.refused_filing() == Refusal("TenderBoardReviewBodyInvalid", case.id, ZERO)


def test_file__nothing_given__hash_zero(world: World) -> None:
    case = about_terms(world)
    assert case.refused_filing(given=ZERO) == Refusal("ComplaintDeskHashZero", label("recordId"))
    assert case.refused_filing(document=ZERO) == Refusal("ComplaintDeskHashZero", label("documentHash"))


def test_file__several_faults__refused_in_order(world: World) -> None:
    case = in_bidding(world, {"acme": 1_000})
    world.send("beta", "SupplierRegistry", "declareOwners", 1, hash_of("owners"))
    open_one = case.file("acme")
    end = case.tender.deadline
    call: dict[str, Any] = {
        "id": UNKNOWN, "lot": 9, "who": "officer", "stage": 9, "given": ZERO, "document": ZERO, "at": end,
    }  # fmt: skip
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": None}),
        (Refusal("TenderBoardLotNotFound", case.id, 9), {"lot": 0}),
        (Refusal("ComplaintDeskRoleMissing", label("SUPPLIER"), address("officer")), {"who": "beta"}),
        (Refusal("ComplaintDeskStageWrong", case.id, 9), {"stage": Stage.OMISSION}),
        (Refusal("ComplaintDeskNoStanding", case.id, address("beta")), {"who": "acme", "stage": Stage.TERMS}),
        (Refusal("ComplaintDeskDuplicate", open_one), {"who": "beta"}),
        (Refusal("ComplaintDeskTooLate", case.id, end), {"at": None}),
        (Refusal("ComplaintDeskHashZero", label("recordId")), {"given": record()}),
        (Refusal("ComplaintDeskHashZero", label("documentHash")), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert case.refused_filing(**call) == expected
        call |= repair


@pytest.mark.parametrize("who", ["acme", "acme2"])
def test_file__valid__stores_tells_and_counts(world: World, who: str) -> None:
    case, given = about_terms(world, setup=lots(2)), record()
    assert not case.facts()["watched"]
    args = case.arguments(who, Stage.TERMS, 2, REASONS, given, None, None)
    receipt = world.send(who, "ComplaintDesk", "file", *args)
    due = receipt.time + 30
    assert (receipt.event.name, receipt.event.args) == (
        "ComplaintFiled",
        {
            "tenderId": case.id, "complaint": 1, "supplier": ACME, "lot": 2, "stage": Stage.TERMS, "recordId": given,
            "documentHash": REASONS, "due": due,
        },
    )  # fmt: skip
    assert case.complaint(1) == {
        "tenderId": case.id, "supplier": ACME, "lot": 2, "stage": Stage.TERMS, "status": State.FILED, "remedy": 0, "place": 0,
        "termsVersion": 0, "due": due, "previous": 0, "next": 0,
    }  # fmt: skip
    assert case.facts()["watched"]
    assert case.queue(Stage.TERMS, 2) == {"last": 1, "open": 1, "closedAt": 0}
    assert case.queue(Stage.TERMS) == {"last": 0, "open": 1, "closedAt": 0}
    assert case.read("openOf", ACME, 2, int(Stage.TERMS)) == 1
    assert world.read("ComplaintDesk", "complaintCount") == 1


def test_file__several_and_closed_in_any_order__the_latest_open_one_bars(world: World) -> None:
    case = about_award(
        world, {"acme": 9, "beta": 8, "gama": 7, "delta": 6}, standstill=90, complaint_window=90
    )
    case.awarding.award("delta")
    numbers = [case.file(who, Stage.AWARD, 1) for who in ("acme", "beta", "gama", "delta")]
    left = list(numbers)
    for number, who in ((2, "beta"), (4, "delta"), (1, "acme"), (3, "gama")):
        last = left[-1]
        expected = Refusal("ComplaintDeskOpen", last)
        assert world.refused_read("ComplaintDesk", "requireClear", case.id, 1, int(Stage.AWARD)) == expected
        case.send(who, "withdraw", number)
        left.remove(number)
        found = case.queue(Stage.AWARD, 1)
        assert found == {"last": left[-1] if left else 0, "open": len(left), "closedAt": world.time}
        assert case.queue(Stage.AWARD, ALL)["open"] == len(left)
    assert case.read("requireClear", 1, int(Stage.AWARD)) == ()
    assert [case.state(number) for number in numbers] == [State.WITHDRAWN] * 4
    assert case.complaint(1)["remedy"] == Remedy.NONE
