"""suspend.tree"""

from __future__ import annotations

import pytest

from tests.contracts.awards import GAP, counting_outages, outage, ticks
from tests.contracts.bids import submission
from tests.contracts.ComplaintDesk.test_execute import amend, upheld
from tests.contracts.complaints import ORDER, Case, Remedy, Stage, about_award, about_terms, in_bidding
from tests.contracts.tenders import UNKNOWN, Lot, Status, ask, cancel, publish
from tests.contracts.world import BUYER, REVIEW, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

BOTH = pytest.mark.parametrize("function", ["suspend", "resume"])


def suspended(world: World, function: str) -> Case:
    """A tender of which `function` may be called."""
    case = about_terms(world)
    if function == "resume":
        case.suspend()
    return case


@BOTH
def test_suspend__unknown__not_found(world: World, function: str) -> None:
    case = suspended(world, function)
    expected = Refusal("TenderBoardNotFound", UNKNOWN)
    assert case.refusal("reviewer", function, UNKNOWN, ORDER) == expected


@BOTH
@pytest.mark.parametrize("who", ["officer", "acme", "auditor", "authority", "stranger"])
def test_suspend__other_role__role_missing(world: World, function: str, who: str) -> None:
    case = suspended(world, function)
    expected = Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address(who))
    assert case.refusal(who, function, case.id, ORDER) == expected


@BOTH
def test_suspend__no_review_body__role_missing(world: World, function: str) -> None:
    about_terms(world)
    tender = publish(world)
    expected = Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address("reviewer"))
    assert Case(world, tender).refusal("reviewer", function, tender.id, ORDER) == expected


@BOTH
def test_suspend__dependent_body__role_conflict(world: World, function: str) -> None:
    case = suspended(world, function)
    world.send("authority", "MemberRegistry", "setSuperior", REVIEW, BUYER)
    expected = Refusal("ComplaintDeskRoleConflict", label("REVIEWER"), address("reviewer"))
    assert case.refusal("reviewer", function, case.id, ORDER) == expected


def test_suspend__suspended_or_at_its_end__status_wrong(world: World) -> None:
    case = about_terms(world)
    case.suspend()
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.SUSPENDED)
    assert case.refusal("reviewer", "suspend", case.id, ZERO) == expected
    case.resume()
    end = case.read("endOf", cancel(world, case.tender))
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED)
    assert case.refusal("reviewer", "suspend", case.id, ORDER, at=end) == expected


def test_resume__not_suspended__status_wrong(world: World) -> None:
    case = about_terms(world)
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.ENQUIRIES)
    assert case.refusal("reviewer", "resume", case.id, ZERO) == expected


def test_suspend__sixteen_times__pauses_full_and_cancelled_only_by_lot(world: World) -> None:
    case = about_terms(world)
    for _ in range(16):
        case.suspend()
        case.resume()
    assert case.watch()["pauses"] == len(case.pauses()) == 16
    expected = Refusal("TenderBoardPausesFull", case.id)
    assert case.refusal("reviewer", "suspend", case.id, ZERO) == expected
    decision = (case.id, 0, 9, ZERO)
    assert world.refusal("officer", "TenderBoard", "cancel", *decision) == expected
    only_lot = (case.id, 1, 9, ZERO)
    assert world.refusal("officer", "TenderBoard", "cancel", *only_lot) == expected
    assert case.window()["closesAt"] == case.tender.deadline + sum(
        end - start for start, end in case.pauses()
    )
    # An order of the review body needs no room: it is not undone.
    case.execute(upheld(case, Remedy.CANCEL_TENDER))


@BOTH
def test_suspend__no_document__hash_zero(world: World, function: str) -> None:
    case = suspended(world, function)
    expected = Refusal("ComplaintDeskHashZero", label("documentHash"))
    assert case.refusal("reviewer", function, case.id, ZERO) == expected


@BOTH
def test_suspend__valid__stores_and_tells(world: World, function: str) -> None:
    case = suspended(world, function)
    before = case.watch()
    receipt = case.send("reviewer", function, case.id, ORDER)
    name = {"suspend": "TenderSuspended", "resume": "TenderResumed"}[function]
    told = {"tenderId": case.id, "documentHash": ORDER}
    assert (receipt.event.name, receipt.event.args) == (name, told)
    if function == "suspend":
        assert case.watch() == before | {"suspendedAt": receipt.time}
        assert case.facts()["watched"]
        assert case.pauses() == []
    else:
        began = before["suspendedAt"]
        assert case.watch() == before | {"suspendedAt": 0, "paused": receipt.time - began, "pauses": 1}
        assert case.pauses() == [(began, receipt.time)]


def test_suspend__in_bidding__stands_still_and_goes_on(world: World) -> None:
    case = in_bidding(world)
    made = case.awarding
    began = case.suspend()
    left = case.tender.deadline - began
    world.move_to(began + 500)
    assert case.status() == Status.SUSPENDED
    window = case.window()
    assert (window["stopped"], window["closesAt"]) == (True, world.time + left)
    assert (window["openFrom"], window["fallbackFrom"]) == (world.time + left + 1, world.time + left + 31)
    bid = submission(case.tender, made.sealed["acme"])
    assert world.refusal("acme", "BidBox", "submit", *bid) == Refusal("BidBoxStopped", case.id)
    amended = (case.id, case.tender.hash, case.tender.terms.as_tuple(), "{}")
    found = world.refusal("officer", "TenderBoard", "amend", *amended)
    assert found == Refusal("TenderBoardStatusWrong", case.id, Status.SUSPENDED)
    found = world.refusal("acme", "TenderBoard", "ask", case.id, label("tag"), "{}")
    assert found == Refusal("TenderBoardStatusWrong", case.id, Status.SUSPENDED)
    case.file("acme")
    case.dismiss(1)
    ended = case.resume()
    end = case.tender.deadline + ended - began
    for at, expected in ((end - 4, Status.ENQUIRIES), (end - 3, Status.TENDERING), (end - 1, Status.TENDERING), (end, Status.SEALED),
                         (end + 1, Status.OPENING), (end + 31, Status.FALLBACK), (end + 61, Status.FAILED)):  # fmt: skip
        world.move_to(at)
        assert case.status() == expected


def test_suspend__an_answer_meanwhile__leaves_its_cutoff_after_it(world: World) -> None:
    case = about_terms(world)
    ask(world, case.tender)
    began = case.suspend(at=case.tender.deadline - 1)
    receipt = world.send("officer", "TenderBoard", "answer", case.id, 1, "{}", at=began + 100)
    # One second is what was left, and what an answer leaves.
    assert receipt.event.args["deadline"] == case.tender.deadline
    ended = case.resume()
    assert case.window()["closesAt"] == ended + 1


def test_suspend__an_addendum_after_it__names_a_time_and_keeps_it(world: World) -> None:
    case = about_terms(world)
    began = case.suspend()
    ended = case.resume(at=began + 1_000)
    shifted = case.tender.deadline + ended - began
    with world.undone():
        args = (case.id, case.tender.hash, case.tender.terms.as_tuple(), "{}")
        found = world.refusal("officer", "TenderBoard", "amend", *args)
        assert found == Refusal("TenderBoardDeadlineEarlier", case.id, shifted, case.tender.deadline)
    amend(case, shifted + 50)
    assert case.window()["closesAt"] == shifted + 50
    assert case.facts()["deadline"] == case.tender.deadline + 50


@pytest.mark.parametrize("after", [0, 1, 30, 31, 45, 60])
def test_suspend__at_any_time_of_the_opening__each_end_that_ran_is_later(world: World, after: int) -> None:
    case = in_bidding(world)
    end = case.tender.deadline
    began = case.suspend(at=end + after)
    pause = case.resume(at=began + 10_000) - began
    found = [case.window()[name] for name in ("closesAt", "openFrom", "fallbackFrom", "voidFrom")]
    plain = [end, end + 1, end + 31, end + 61]
    assert found == [at + pause if at > began else at for at in plain]


def test_suspend__in_standstill__final_and_lapsed_later(world: World) -> None:
    case = about_award(world, signing_period=100, standstill=50, complaint_window=40)
    end = case.awarding.award("beta").time + 50
    began = case.suspend()
    world.move_to(end + 10)
    assert case.awarding.stage() == Lot.STANDSTILL
    found = case.awarding.refusal("officer", "disqualify", 1, 0, 2, hash_of("x"))
    assert found == Refusal("TenderBoardStatusWrong", case.id, Status.SUSPENDED)
    pause = case.resume() - began
    late = Refusal("ComplaintDeskTooLate", case.id, end - 10 + pause)
    assert case.refused_filing("acme", Stage.AWARD, 1, at=end - 10 + pause) == late
    for at, expected in ((end + pause - 1, Lot.STANDSTILL), (end + pause, Lot.FINAL)):
        world.move_to(at)
        assert case.awarding.stage() == expected
    again = case.suspend()
    assert case.awarding.stage() == Lot.STANDSTILL
    pause += case.resume(at=again + 777) - again
    for at, expected in ((end + pause + 99, Lot.FINAL), (end + pause + 100, Lot.LAPSED)):
        world.move_to(at)
        assert case.awarding.stage() == expected
    case.suspend()
    assert case.awarding.stage() == Lot.LAPSED


def test_suspend__bidders_were_asked__they_have_as_long(world: World) -> None:
    case = about_award(
        world, {"acme": 1_000, "beta": 100, "gama": 950}, explanation_window=100, curing_window=100
    )
    explains, cures = case.awarding.ask_explanation("beta"), case.awarding.ask_curing("beta")
    began = case.suspend()
    pause = case.resume(at=began + 500) - began
    with world.undone():
        found = case.awarding.refusal("beta", "explain", 1, 1, hash_of("x"), at=explains + pause)
        assert found == Refusal("AwardDeskWindowClosed", case.id, explains + pause)
    found = case.awarding.refusal("officer", "disqualify", 1, 1, 2, hash_of("x"), at=cures + pause - 1)
    assert found == Refusal("AwardDeskWindowOpen", case.id, cures + pause)
    case.awarding.disqualify("beta", at=cures + pause)


def test_suspend__while_a_decision_is_due__extended_and_overdue_later(world: World) -> None:
    case = about_award(world, decision_period=100)
    due = case.window()["openFrom"] + 100
    began = case.suspend()
    pause = case.resume(at=began + 500) - began
    with world.undone():
        found = case.awarding.refusal("officer", "extendDecision", hash_of("x"), at=due + pause)
        assert found == Refusal("AwardDeskWindowClosed", case.id, due + pause)
    wrong = Refusal("ComplaintDeskStageWrong", case.id, Stage.OMISSION)
    assert case.refused_filing("acme", Stage.OMISSION, 1, at=due + pause - 1) == wrong
    case.file("acme", Stage.OMISSION, 1, at=due + pause)


def test_suspend__while_being_cancelled__the_window_is_later(world: World) -> None:
    case = about_terms(world)
    end = cancel(world, case.tender)
    began = case.suspend()
    assert case.status() == Status.SUSPENDED
    pause = case.resume(at=began + 500) - began
    for at, expected in ((end + pause - 1, Status.CANCELLING), (end + pause, Status.CANCELLED)):
        world.move_to(at)
        assert case.status() == expected


def test_suspend__cancelled_meanwhile__the_window_begins_after_it(world: World) -> None:
    case = about_terms(world)
    case.suspend()
    base = cancel(world, case.tender)
    assert case.refusal("officer", "execute", 1) == Refusal("ComplaintDeskNotFound", 1)
    again = (case.id, 0, 1, hash_of("x"))
    found = world.refusal("officer", "TenderBoard", "cancel", *again)
    assert found == Refusal("TenderBoardStatusWrong", case.id, Status.SUSPENDED)
    assert base == case.watch()["suspendedAt"] + 3
    ended = case.resume(at=world.time + 500)
    for at, expected in ((ended + 2, Status.CANCELLING), (ended + 3, Status.CANCELLED)):
        world.move_to(at)
        assert case.status() == expected


def test_suspend__twice__what_is_over_stays_over(world: World) -> None:
    case = in_bidding(world)
    end = case.tender.deadline
    began = case.suspend(at=end - 10)
    first = case.resume(at=began + 100) - began
    again = case.suspend(at=end + first + 40)
    second = case.resume(at=again + 1_000) - again
    found = [case.window()[name] for name in ("closesAt", "openFrom", "fallbackFrom", "voidFrom")]
    assert found == [end + first, end + first + 1, end + first + 31, end + first + 61 + second]


def test_suspend__outages_before_within_and_after__each_counts_once(world: World) -> None:
    case = about_terms(world, period=200_000)
    counting_outages(world)
    end = case.tender.deadline
    ticks(world, end - 2_000)
    silent = outage(world, end - 500)
    first = case.window()["closesAt"]
    assert first == max(end + 1_500, silent.end + 3_600)
    # An act a minute after the last says that the network is there: the outage begins with the order.
    began = case.suspend(at=world.time + 60)
    outage(world, began + 5_000)
    ended = case.resume()
    assert case.window()["closesAt"] == first + ended - began
    later = first + ended - began
    ticks(world, later - 1_000)
    last = outage(world, later + 100)
    lost = later - last.start
    assert case.window()["closesAt"] == max(last.end + lost, last.end + 3_600)
    assert silent.end - silent.start > GAP


def test_suspend__views__say_the_tenders_own_time(world: World) -> None:
    case = about_terms(world)
    began = case.suspend()
    world.move_to(began + 100)
    assert case.read("timeOf") == began
    assert case.read("endOf", began) == began
    assert case.read("endOf", began + 1) == began + 101
    assert case.read("endAfter", began + 50, 7) == world.time + 7
    assert case.read("endAfter", world.time + 1_000, 7) == world.time + 1_007
    ended = case.resume()
    world.move_to(ended + 10)
    assert case.read("timeOf") == began + 10
    assert case.read("endOf", began) == began
    assert case.read("endOf", began + 1) == ended + 1
    assert case.read("endAfter", began + 50, 7) == ended + 7
    assert case.read("endAfter", ended, 7) == ended + 7
    assert case.read("endAfter", began - 5, 5) == began
    assert case.read("endAfter", began - 5, 6) == ended + 1
