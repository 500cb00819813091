"""enforce.tree"""

from __future__ import annotations

import pytest

from tests.contracts.ComplaintDesk.test_execute import LONG, amend, upheld
from tests.contracts.complaints import ORDER, Remedy, Stage, State, about_award, about_terms, in_bidding
from tests.contracts.tenders import Lot, Status, lot_status
from tests.contracts.world import BUYER, REVIEW, ZERO, Refusal, World, address, label, lots

pytestmark = pytest.mark.evm


def test_enforce__unknown__not_found(world: World) -> None:
    assert about_terms(world).refusal("reviewer", "enforce", 1, ORDER) == Refusal("ComplaintDeskNotFound", 1)


@pytest.mark.parametrize("who", ["officer", "acme", "auditor", "authority", "stranger"])
def test_enforce__other_role__role_missing(world: World, who: str) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.CANCEL_TENDER)
    expected = Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address(who))
    assert case.refusal(who, "enforce", number, ORDER) == expected


def test_enforce__dependent_body__role_conflict(world: World) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.CANCEL_TENDER)
    world.send("authority", "MemberRegistry", "setSuperior", BUYER, REVIEW)
    expected = Refusal("ComplaintDeskRoleConflict", label("REVIEWER"), address("reviewer"))
    assert case.refusal("reviewer", "enforce", number, ORDER) == expected


def test_enforce__not_upheld__status_wrong(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    expected = Refusal("ComplaintDeskStatusWrong", number, State.FILED)
    assert case.refusal("reviewer", "enforce", number, ORDER) == expected


def test_enforce__tender_at_its_end__status_wrong(world: World) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.AMEND)
    case.cancel()
    world.move_to(world.time + 30)
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED)
    assert case.refusal("reviewer", "enforce", number, ORDER) == expected


def test_enforce__before_its_time__remedy_not_due(world: World) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.CANCEL_TENDER)
    due = case.complaint(number)["due"]
    expected = Refusal("ComplaintDeskRemedyNotDue", number, due)
    assert case.refusal("reviewer", "enforce", number, ZERO, at=due - 1) == expected
    for after in (0, 1):
        with world.undone():
            case.send("reviewer", "enforce", number, ORDER, at=due + after)
    missing = Refusal("ComplaintDeskHashZero", label("documentHash"))
    assert case.refusal("reviewer", "enforce", number, ZERO, at=due) == missing


def test_enforce__suspended_meanwhile__the_buyer_has_its_time(world: World) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.CANCEL_TENDER)
    due = case.complaint(number)["due"]
    began = case.suspend()
    found = case.refusal("reviewer", "enforce", number, ORDER, at=due + 100)
    assert found == Refusal("ComplaintDeskRemedyNotDue", number, due + world.time - began)
    ended = case.resume()
    end = due + ended - began
    found = case.refusal("reviewer", "enforce", number, ORDER, at=end - 1)
    assert found == Refusal("ComplaintDeskRemedyNotDue", number, end)
    case.send("reviewer", "enforce", number, ORDER, at=end)


@pytest.mark.parametrize("lot", [0, 1])
def test_enforce__no_addendum__cancelled(world: World, lot: int) -> None:
    case = about_terms(world, setup=lots(2))
    number = upheld(case, Remedy.AMEND, lot=lot)
    due = case.complaint(number)["due"]
    receipt = case.send("reviewer", "enforce", number, ORDER, at=due)
    told = {"tenderId": case.id, "complaint": number, "remedy": Remedy.CANCEL_TENDER, "documentHash": ORDER}
    assert (receipt.event.name, receipt.event.args) == ("ComplaintRemedied", told)
    assert (case.state(number), case.watch()["amends"]) == (State.REMEDIED, 0)
    assert lot_status(world, case.tender, 1) == Lot.CANCELLED
    assert case.status() == (Status.CANCELLED if lot == 0 else Status.ENQUIRIES)


def test_enforce__held_for_want_of_the_addendum__cancelled(world: World) -> None:
    case = in_bidding(world)
    number = upheld(case, Remedy.AMEND)
    world.move_to(case.tender.deadline + 50)
    assert case.status() == Status.HELD
    case.send("reviewer", "enforce", number, ORDER)
    assert case.status() == Status.CANCELLED


def test_enforce__addendum_came__nothing_more(world: World) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.AMEND)
    amend(case, case.tender.deadline)
    due = case.complaint(number)["due"]
    receipt = case.send("reviewer", "enforce", number, ORDER, at=due)
    assert receipt.event.args["remedy"] == Remedy.AMEND
    assert case.status() == Status.ENQUIRIES


def test_enforce__award__falls_without_the_buyer(world: World) -> None:
    case = about_award(world, **LONG)
    case.awarding.award("beta")
    number = upheld(case, Remedy.CANCEL_AWARD, "acme", Stage.AWARD, 1)
    end = case.awarding.facts()["standstillEnds"]
    world.move_to(end + 1_000)
    assert case.awarding.stage() == Lot.STANDSTILL
    case.send("reviewer", "enforce", number, ORDER)
    assert case.awarding.stage() == Lot.RANKED
