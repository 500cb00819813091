"""execute.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotFailure, LotTerms
from tests.contracts.complaints import (
    NEVER,
    ORDER,
    Case,
    Remedy,
    Stage,
    State,
    about_award,
    about_terms,
    in_bidding,
)
from tests.contracts.tenders import Lot, Status, ask, lot_status, terms_hash
from tests.contracts.world import ZERO, Refusal, World, address, hash_of, label, lots, terms

pytestmark = pytest.mark.evm

LONG = {"standstill": 500, "complaint_window": 400}


def upheld(
    case: Case, remedy: Remedy, who: str = "acme", stage: Stage = Stage.TERMS, lot: int = 0, place: int = 0
) -> int:
    """A complaint that was upheld."""
    number = case.file(who, stage, lot)
    case.uphold(number, remedy, place)
    return number


def amend(case: Case, deadline: int, **options: Any) -> None:
    """New terms with another deadline."""
    new, json = (
        terms(deadline, review_body=case.tender.terms.review_body, setup=case.tender.terms.setup),
        '{"title":"New"}',
    )
    expected = case.facts()["termsHash"]
    case.world.send("officer", "TenderBoard", "amend", case.id, expected, new.as_tuple(), json, **options)
    assert case.facts()["termsHash"] == terms_hash(new, json)


def test_execute__unknown__not_found(world: World) -> None:
    assert about_terms(world).refusal("officer", "execute", 1) == Refusal("ComplaintDeskNotFound", 1)


@pytest.mark.parametrize("who", ["admin", "officer2", "reviewer", "acme", "authority", "stranger"])
def test_execute__other_role__role_missing(world: World, who: str) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.CANCEL_TENDER)
    expected = Refusal("ComplaintDeskRoleMissing", label("OFFICER"), address(who))
    assert case.refusal(who, "execute", number) == expected


def test_execute__not_upheld__status_wrong(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    for state in (State.FILED, State.ADMITTED):
        assert case.refusal("officer", "execute", number) == Refusal(
            "ComplaintDeskStatusWrong", number, state
        )
        if state is State.FILED:
            case.admit(number)
    case.send("reviewer", "uphold", number, int(Remedy.CANCEL_TENDER), 0, ORDER)
    case.execute(number)
    expected = Refusal("ComplaintDeskStatusWrong", number, State.REMEDIED)
    assert case.refusal("officer", "execute", number) == expected


def test_execute__tender_at_its_end__status_wrong(world: World) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.AMEND)
    case.cancel()
    world.move_to(world.time + 3)
    expected = Refusal("TenderBoardStatusWrong", case.id, Status.CANCELLED)
    assert case.refusal("officer", "execute", number) == expected


def test_execute__no_addendum_since__remedy_not_due(world: World) -> None:
    case = about_terms(world)
    amend(case, case.tender.deadline)
    number = upheld(case, Remedy.AMEND)
    expected = Refusal("ComplaintDeskRemedyNotDue", number, NEVER)
    assert case.refusal("officer", "execute", number) == expected


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_execute__amended_before_the_deadline__closed(world: World, who: str) -> None:
    case = about_terms(world)
    number = upheld(case, Remedy.AMEND)
    amend(case, case.tender.deadline)
    receipt = case.send(who, "execute", number)
    told = {"tenderId": case.id, "complaint": number, "remedy": Remedy.AMEND, "documentHash": ZERO}
    assert (receipt.event.name, receipt.event.args) == ("ComplaintRemedied", told)
    assert case.state(number) == State.REMEDIED
    assert case.queue(Stage.TERMS) == {"last": 0, "open": 0, "closedAt": receipt.time}
    assert case.watch()["amends"] == 0


def test_execute__amended_after_the_deadline__once_and_bidding_goes_on(world: World) -> None:
    case = in_bidding(world)
    number = case.file()
    end = case.tender.deadline
    world.move_to(end + 10)
    assert case.status() == Status.HELD
    new = terms(
        end + 100, review_body=case.tender.terms.review_body, setup=case.tender.terms.setup
    ).as_tuple()
    args = (case.id, case.tender.hash, new, "{}")
    assert world.refusal("officer", "TenderBoard", "amend", *args) == Refusal(
        "TenderBoardClosed", case.id, end
    )
    case.uphold(number, Remedy.AMEND)
    assert case.window()["openFrom"] == NEVER
    amend(case, end + 100)
    assert case.status() == Status.ENQUIRIES
    with world.undone():
        # The second addendum is an ordinary one: not after the new deadline.
        again = (case.id, case.facts()["termsHash"], new, '{"a":1}')
        found = world.refusal("officer", "TenderBoard", "amend", *again, at=end + 100)
        assert found == Refusal("TenderBoardClosed", case.id, end + 100)
        assert case.status() == Status.HELD
        case.execute(number)
        # Nobody confirmed its bid.
        assert case.status() == Status.FAILED
    case.execute(number)
    for who in ("acme", "beta"):
        world.send(who, "BidBox", "confirm", case.id, case.facts()["termsHash"])
    world.move_to(end + 100)
    assert case.status() == Status.SEALED
    assert case.window()["openFrom"] == end + 101


def test_execute__cancel_tender__cancelled_at_once(world: World) -> None:
    case = about_terms(world, setup=lots(2))
    number = upheld(case, Remedy.CANCEL_TENDER)
    receipt = case.execute(number)
    assert case.status() == Status.CANCELLED
    assert [lot_status(world, case.tender, lot) for lot in (1, 2)] == [Lot.CANCELLED] * 2
    facts = case.facts()
    assert [facts[name] for name in ("cancelsAt", "stoppedAt", "reason")] == [receipt.time, receipt.time, 5]
    assert [event.name for event in receipt.events] == ["ComplaintRemedied"]


def test_execute__cancel_lot__cancelled_at_once_and_the_last_fails_the_tender(world: World) -> None:
    case = about_terms(world, setup=lots(2))
    first, second = (upheld(case, Remedy.CANCEL_TENDER, lot=lot) for lot in (1, 2))
    at = case.execute(first).time
    assert lot_status(world, case.tender, 1) == Lot.CANCELLED
    assert world.facts("TenderBoard", "cancellation", case.id, 1) == {"proposedAt": at, "cancelsAt": at}
    assert case.status() == Status.ENQUIRIES
    case.execute(second)
    assert case.status() == Status.FAILED
    assert lot_status(world, case.tender, 2) == Lot.CANCELLED


def test_execute__cancel_what_waits_for_consent__cancelled_at_once(world: World) -> None:
    bids = {"acme": (9, 9), "beta": (8, 8)}
    case = about_award(world, bids, lots=[LotTerms(9)] * 2, **LONG)
    case.awarding.award("beta")
    case.cancel(1)
    assert case.facts()["consentsDue"] == 1
    case.execute(upheld(case, Remedy.CANCEL_TENDER, "acme", Stage.AWARD, 1))
    assert case.facts()["consentsDue"] == 0
    assert lot_status(world, case.tender, 1) == Lot.CANCELLED


def test_execute__cancel_award__ranked_again_and_awarded_anew(world: World) -> None:
    case = about_award(world, **LONG)
    case.awarding.award("beta")
    number = upheld(case, Remedy.CANCEL_AWARD, "acme", Stage.AWARD, 1)
    before = case.awarding.facts()
    case.execute(number)
    assert case.awarding.facts() == before | {"price": 0, "standstillEnds": 0}
    assert case.awarding.stage() == Lot.RANKED
    case.awarding.disqualify("beta")
    end = case.awarding.award("gama").time + 400
    case.file("acme", Stage.AWARD, 1, at=end - 1)


def test_execute__award_cancelled_by_another_complaint__nothing_more(world: World) -> None:
    case = about_award(world, **LONG)
    case.awarding.award("beta")
    first = case.file("acme", Stage.AWARD, 1)
    second = case.file("gama", Stage.AWARD, 1)
    for number in (first, second):
        case.uphold(number, Remedy.CANCEL_AWARD)
    case.execute(first)
    found = case.awarding.refusal("officer", "disqualify", 1, case.awarding.index("beta"), 2, hash_of("x"))
    assert found == Refusal("ComplaintDeskOpen", second)
    case.execute(second)
    case.awarding.disqualify("beta")


def test_execute__restore_bid__in_again_and_then_the_others_follow(world: World) -> None:
    bids = {"acme": 1, "beta": 2, "gama": 3, "delta": 4, "zeta": 5}
    case = about_award(world, bids, **LONG)
    made = case.awarding
    for who in ("acme", "beta", "gama"):
        made.disqualify(who)
    made.award("delta")
    numbers = [
        upheld(case, Remedy.RESTORE_BID, who, Stage.AWARD, 1, place)
        for who, place in (("gama", 2), ("acme", 0))
    ]
    assert [made.read("isOut", 1, place) for place in range(5)] == [True, True, True, False, False]
    before = made.facts()
    case.execute(numbers[0])
    assert made.facts() == before | {"price": 0, "standstillEnds": 0, "head": 2, "restored": 1}
    case.execute(numbers[1])
    assert made.facts() == before | {"price": 0, "standstillEnds": 0, "head": 0, "restored": 2}
    assert [made.read("isOut", 1, place) for place in range(5)] == [False, True, False, False, False]
    seen = []
    for who in ("acme", "gama", "delta"):
        assert made.stage() == Lot.RANKED
        made.disqualify(who)
        facts = made.facts()
        seen.append((facts["head"], facts["reached"], facts["restored"]))
    assert seen == [(2, 3, 1), (3, 3, 0), (4, 4, 0)]
    made.award("zeta")


def test_execute__restore_bid_that_another_complaint_restored__once(world: World) -> None:
    case = about_award(world, **LONG)
    case.awarding.disqualify("beta")
    case.awarding.award("gama")
    numbers = [upheld(case, Remedy.RESTORE_BID, who, Stage.AWARD, 1) for who in ("acme", "beta")]
    for number in numbers:
        case.execute(number)
    assert (case.awarding.facts()["head"], case.awarding.facts()["restored"]) == (0, 1)
    case.awarding.award("beta")


def test_execute__restore_bid_of_an_exhausted_lot__not_failed_any_more(world: World) -> None:
    case = about_award(world, {"acme": 1, "beta": 2}, **LONG)
    for who in ("acme", "beta"):
        case.awarding.disqualify(who)
    assert case.awarding.read("failedLots")[0] == 1
    case.execute(upheld(case, Remedy.RESTORE_BID, "beta", Stage.AWARD, 1, 1))
    facts = case.awarding.facts()
    assert (facts["failure"], facts["head"], facts["standstillEnds"]) == (LotFailure.NONE, 1, 0)
    assert case.awarding.read("failedLots")[0] == 0
    assert case.awarding.stage() == Lot.RANKED
    case.awarding.award("beta")


def test_execute__far_places_restored__found_again(world: World) -> None:
    """Places of three words of 256."""
    names = [f"firm {number}" for number in range(3)]
    case = about_award(world, {who: number + 1 for number, who in enumerate(names)}, **LONG)
    for who in names[:2]:
        case.awarding.disqualify(who)
    case.awarding.award(names[2])
    case.execute(upheld(case, Remedy.RESTORE_BID, names[1], Stage.AWARD, 1, 1))
    case.awarding.disqualify(names[1])
    assert case.awarding.facts()["head"] == 2
    case.awarding.disqualify(names[2])
    assert case.awarding.facts()["failure"] == LotFailure.EXHAUSTED


def test_execute__undo_cancellation__goes_on_and_every_end_is_later(world: World) -> None:
    case = in_bidding(world)
    began = case.cancel().time
    number = case.file("acme", Stage.CANCELLATION)
    world.move_to(began + 5_000)
    assert case.status() == Status.CANCELLING
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    ended = case.execute(number).time
    assert case.pauses() == [(began, ended)]
    end = case.tender.deadline + ended - began
    assert case.window()["closesAt"] == world.read("TenderBoard", "closesAt", case.id) == end
    assert case.facts()["deadline"] == case.tender.deadline
    assert [case.facts()[name] for name in ("cancelsAt", "stoppedAt")] == [0, 0]
    assert case.watch() == {
        "suspendedAt": 0,
        "paused": ended - began,
        "pauses": 1,
        "amends": 0,
        "amendVersion": 0,
    }
    for at, expected in (
        (end - 4, Status.ENQUIRIES),
        (end - 3, Status.TENDERING),
        (end - 1, Status.TENDERING),
        (end, Status.SEALED),
    ):
        world.move_to(at)
        assert case.status() == expected
    assert case.window()["openFrom"] == end + 1


def test_execute__undo_cancellation_of_a_lot__its_ends_are_later(world: World) -> None:
    bids = {"acme": (9, 9), "beta": (8, 8)}
    case = about_award(world, bids, lots=[LotTerms(9)] * 2, signing_period=60, **LONG)
    case.awarding.award("beta")
    end = case.awarding.award("beta", lot=2).time + 500
    began = case.cancel(2).time
    number = case.file("acme", Stage.CANCELLATION, 2)
    world.move_to(began + 100)
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    ended = case.execute(number).time
    assert case.pauses() == []
    assert world.facts("TenderBoard", "cancellation", case.id, 2) == {"proposedAt": 0, "cancelsAt": 0}
    facts = case.facts()
    assert [facts[name] for name in ("lotsCancelled", "lotsCancelledAt", "consentsDue", "stoppedAt")] == [
        0,
        0,
        0,
        0,
    ]
    later = end + ended - began
    assert case.awarding.facts(2)["standstillEnds"] == later
    assert case.awarding.facts(1)["standstillEnds"] == end - 1
    for at, expected in (
        (later - 1, Lot.STANDSTILL),
        (later, Lot.FINAL),
        (later + 59, Lot.FINAL),
        (later + 60, Lot.LAPSED),
    ):
        world.move_to(at)
        assert case.awarding.stage(2) == expected


def test_execute__undo_cancellation_twice__the_second_changes_nothing_more(world: World) -> None:
    case = in_bidding(world)
    case.cancel()
    numbers = [case.file(who, Stage.CANCELLATION) for who in ("acme", "beta")]
    for number in numbers:
        case.uphold(number, Remedy.UNDO_CANCELLATION)
    case.execute(numbers[0])
    facts, pauses, closes = case.facts(), case.pauses(), case.window()["closesAt"]
    status = case.status()
    case.execute(numbers[1])
    assert (case.facts(), case.pauses(), case.window()["closesAt"]) == (facts, pauses, closes)
    assert case.status() == status


@pytest.mark.parametrize("consented", [True, False])
def test_execute__undo_cancellation_of_a_lot_twice__other_lots_are_left_alone(
    world: World, consented: bool
) -> None:
    bids = {"acme": (9, 9, 9), "beta": (8, 8, 8)}
    case = about_award(world, bids, lots=[LotTerms(9)] * 3, signing_period=60, **LONG)
    case.awarding.award("beta", lot=2)
    for lot in (1, 2):
        case.cancel(lot)
        if consented:
            world.send("reviewer", "TenderBoard", "consentCancel", case.id, lot, ORDER)
    numbers = [case.file(who, Stage.CANCELLATION, 2) for who in ("acme", "beta")]
    for number in numbers:
        case.uphold(number, Remedy.UNDO_CANCELLATION)
    case.execute(numbers[0])
    facts, lots = case.facts(), [case.awarding.facts(lot) for lot in (1, 2, 3)]
    assert (facts["lotsCancelled"], facts["consentsDue"]) == (1, int(not consented))
    world.move_to(world.time + 100)
    case.execute(numbers[1])
    assert (case.facts(), [case.awarding.facts(lot) for lot in (1, 2, 3)]) == (facts, lots)
    assert case.awarding.stage(1) == (Lot.CANCELLED if consented else Lot.CANCELLING)


def test_execute__undo_cancellation_of_a_lot_in_its_signing_period__that_is_longer(world: World) -> None:
    bids = {"acme": (9, 9), "beta": (8, 8)}
    changes = {"standstill": 5, "complaint_window": 5, "signing_period": 1_000}
    case = about_award(world, bids, lots=[LotTerms(9)] * 2, **changes)
    end = case.awarding.award("beta", lot=2).time + 5
    began = case.cancel(2, at=end + 10).time
    number = case.file("acme", Stage.CANCELLATION, 2)
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    ended = case.execute(number, at=began + 300).time
    assert case.awarding.facts(2)["standstillEnds"] == end
    later = end + 1_000 + ended - began
    for at, expected in ((later - 1, Lot.FINAL), (later, Lot.LAPSED)):
        world.move_to(at)
        assert case.awarding.stage(2) == expected


def test_execute__undo_cancellation_of_a_lot_whose_candidate_explains__it_has_longer(world: World) -> None:
    bids = {"acme": (100, 9), "beta": (1_000, 8)}
    case = about_award(world, bids, lots=[LotTerms(5_000)] * 2, explanation_window=200)
    until = case.awarding.ask_explanation("acme")
    began = case.cancel(1).time
    number = case.file("beta", Stage.CANCELLATION, 1)
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    ended = case.execute(number, at=began + 150).time
    later = until + ended - began
    case.awarding.send("acme", "explain", 1, case.awarding.index("acme"), hash_of("why"), at=later - 1)


def test_execute__undo_cancellation_of_all_lots_one_by_one__the_tender_goes_on_where_it_stood(
    world: World,
) -> None:
    case = in_bidding(world, {"acme": (9, 9)}, lots=[LotTerms(9)] * 2)
    case.cancel(1)
    began = case.cancel(2).time
    assert case.facts()["stoppedAt"] == began
    number = case.file("acme", Stage.CANCELLATION, 2)
    world.move_to(began + 1_000)
    assert case.status() == Status.CANCELLING
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    ended = case.execute(number).time
    assert case.pauses() == [(began, ended)]
    assert case.status() == Status.ENQUIRIES
    assert case.window()["closesAt"] == case.tender.deadline + ended - began


def test_execute__undo_cancellation_that_was_suspended__one_pause_from_where_it_began(world: World) -> None:
    case = in_bidding(world)
    with world.undone():
        began = case.suspend()
        world.move_to(world.time + 10)
        case.cancel()
        number = case.file("acme", Stage.CANCELLATION)
        world.move_to(world.time + 10)
        case.resume()
        case.uphold(number, Remedy.UNDO_CANCELLATION)
        ended = case.execute(number).time
        assert case.pauses() == [(began, ended)]
    began = case.cancel().time
    number = case.file("acme", Stage.CANCELLATION)
    world.move_to(world.time + 10)
    case.suspend()
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    undone = case.execute(number).time
    assert (case.pauses(), case.watch()["suspendedAt"]) == ([(began, undone)], undone)
    assert case.status() == Status.SUSPENDED
    ended = case.resume(at=undone + 500)
    assert case.pauses() == [(began, undone), (undone, ended)]
    assert case.window()["closesAt"] == case.tender.deadline + ended - began


def test_execute__a_question_and_a_complaint_are_open__held_until_both_are_done(world: World) -> None:
    case = about_terms(world)
    ask(world, case.tender)
    number = case.file()
    world.move_to(case.tender.deadline + 1)
    world.send("officer", "TenderBoard", "answer", case.id, 1, "{}")
    assert case.status() == Status.TENDERING
    world.move_to(world.time + 5)
    assert case.status() == Status.HELD
    case.dismiss(number)
    assert case.status() == Status.FAILED
