"""findings.tree"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.money import Money
from chain.procurement.agreed import History
from chain.rules.tenders import NEVER
from chain.types import AgreementFacts, ComplaintStage, LotTerms, MilestoneFacts, moment
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    PAPER,
    PLAN,
    VALUE,
    Agreed,
    Cause,
    Reason,
    State,
    awarded,
    drafted,
    signed,
    terms_of,
)
from tests.contracts.awards import Lot, Opened, counting_outages, opened, outage, procedure, put_out, ticks
from tests.contracts.bids import sealed_bid, submission
from tests.contracts.complaints import Case, Remedy, Stage
from tests.contracts.world import ACME, BUYER, DAY, REVIEW, ZERO, Refusal, World, address, hash_of

pytestmark = pytest.mark.evm

TWO_LOTS = {"acme": (VALUE, VALUE), "beta": (1_200, 1_200)}


# An outage that is told late


def silent(world: World) -> tuple[Opened, Agreed, int]:
    """An award whose standstill ends between the last tick and a signature of the buyer within a minute of it."""
    made = awarded(
        world, TWO_LOTS, lots=[LotTerms(2_000)] * 2, standstill=5_000, complaint_window=5_000, signing_period=5_000, only=[1]
    )  # fmt: skip
    counting_outages(world)
    end = made.facts(1)["standstillEnds"]
    ticks(world, end - 20 - 61)
    world.send("stranger", "ProcedureBook", "tick", at=end - 20)
    world.move_to(end + 1)
    draft = drafted(world, made=made)
    draft.sign("officer")
    return made, draft, end


def test_outage_told_late__both_signed__the_award_is_no_more_complained_about(world: World) -> None:
    made, draft, end = silent(world)
    draft.sign("acme")
    case = Case(world, made.tender, made)
    world.move_to(end + 1_000)
    # The standstill would end later now, by the silence that began before its end.
    assert world.read("ComplaintDesk", "endOf", made.id, end) > world.time
    found = case.refused_filing("beta", Stage.AWARD, 1)
    assert found == Refusal("ComplaintDeskStageWrong", made.id, int(ComplaintStage.AWARD))
    assert (draft.state(), made.stage(1)) == (State.ACTIVE, Lot.SIGNED)


def test_outage_told_late__one_signed__is_in_standstill_again(world: World) -> None:
    made, draft, end = silent(world)
    world.move_to(end + 1_000)
    assert made.stage(1) == Lot.STANDSTILL
    assert draft.refusal("acme", "sign", DOCUMENT).name == "AgreementBookNotFinal"
    number = Case(world, made.tender, made).file("beta", Stage.AWARD, 1)
    assert draft.refusal("acme", "sign", DOCUMENT) == Refusal("ComplaintDeskOpen", number)


def stale(world: World) -> tuple[Opened, Agreed]:
    """The draft of an award that was complained about and cancelled after it; the lot is awarded to another."""
    made, draft, end = silent(world)
    outage(world, end + 1_000)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.AWARD, 1)
    case.uphold(number, Remedy.CANCEL_AWARD)
    case.execute(number)
    made.disqualify("acme", lot=1)
    made.award("beta", lot=1)
    ticks(world, world.read(BOOK, "signingOf", made.id, 1)[0] + 61)
    assert (made.stage(1), draft.state()) == (Lot.FINAL, State.DRAFT)
    return made, draft


def test_outage_told_late__award_cancelled__who_lost_it_does_not_sign(world: World) -> None:
    made, draft = stale(world)
    assert draft.refusal("acme", "sign", DOCUMENT) == Refusal("AgreementBookPartyWrong", 1, ACME)
    drafted(world, made=made, who="beta").sign("beta")
    assert (draft.state(), made.stage(1)) == (State.DROPPED, Lot.FINAL)


def test_outage_told_late__award_cancelled__the_next_one_was_offered_nothing(world: World) -> None:
    made, _ = stale(world)
    ticks(world, world.read(BOOK, "signingOf", made.id, 1)[1] + 10)
    found = world.refusal("stranger", BOOK, "passOver", made.id, 1)
    assert (found.name, found.args[3]) == ("AgreementBookOfferedLate", 0)


# A lot whose cancellation is undone


def undone(case: Case, draft: Agreed, at: int) -> int:
    """The lot is proposed to be cancelled, and the cancellation undone at a time; seconds that are left to sign then."""
    case.cancel(2, at=draft.world.time + 10)
    number = case.file("acme", Stage.CANCELLATION, 2)
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    case.execute(number, at=at)
    return int(draft.world.read(BOOK, "signingOf", draft.made.id, 2)[1] - draft.world.time)


@pytest.mark.parametrize("complained", [True, False])
def test_undone_cancellation__time_to_sign__is_given_back(world: World, complained: bool) -> None:
    made = awarded(world, TWO_LOTS, lots=[LotTerms(2_000)] * 2, signing_period=1_000)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.AWARD, 2) if complained else 0
    world.move_to(made.facts(2)["standstillEnds"] + 5_000 * complained + 5)
    if complained:
        case.dismiss(number)
    draft = drafted(world, made=made, lot=2)
    draft.sign("officer")
    ends = world.read(BOOK, "signingOf", made.id, 2)[1]
    proposed = world.time + 10
    left = undone(case, draft, proposed + 2_000)
    assert left == ends - proposed and made.stage(2) == Lot.FINAL
    draft.sign("acme")
    assert draft.state() == State.ACTIVE


# The supplier's half


def test_outage_in_the_first_half__who_was_offered_it_late__is_not_passed_over(world: World) -> None:
    made = awarded(world, {"acme": VALUE, "beta": 1_200}, signing_period=15 * DAY)
    world.move_to(made.facts()["standstillEnds"] + 1)
    draft = drafted(world, made=made)
    counting_outages(world)
    begins, ends = world.read(BOOK, "signingOf", made.id, 1)
    half = begins + 15 * DAY // 2
    ticks(world, half - 3_600)
    away = outage(world, half + 6 * DAY)
    at = away.end + 1_800
    assert world.read(BOOK, "signingOf", made.id, 1) == (begins, ends)
    world.send("stranger", "ProcedureBook", "tick", at=at - 1)
    draft.sign("officer", at=at)
    ticks(world, ends - 1)
    found = world.refusal("stranger", BOOK, "passOver", made.id, 1, at=ends)
    assert found == Refusal("AgreementBookOfferedLate", made.id, 1, ends - 15 * DAY // 2, at)


# Both sides


@pytest.mark.parametrize("own", [BUYER, REVIEW], ids=["the buyer", "the review body"])
def test_bid__of_who_buys_or_reviews__is_refused(world: World, own: bytes) -> None:
    world.send("registrar", "SupplierRegistry", "register", own, [address("own")], "{}")
    world.send("own", "SupplierRegistry", "declareOwners", 1, hash_of("owners"))
    tender = put_out(world, procedure(world), review_body=REVIEW)
    bid = submission(tender, sealed_bid(world, tender, "own", [VALUE], 1, b"{}"))
    found = world.refusal("own", "BidBox", "submit", *bid)
    assert found == Refusal("BidBoxBidderRefused", tender.id, address("own"))
    assert world.read("TenderBoard", "bidderOf", tender.id, address("own")) == ZERO
    other = put_out(world, procedure(world), review_body=ZERO)
    assert world.read("TenderBoard", "bidderOf", other.id, address("own")) == (own if own == REVIEW else ZERO)


# A supplier that is debarred


def test_debarred_supplier__change_by_which_the_value_grows__is_not_signed(world: World) -> None:
    agreed = signed(world)
    agreed.propose(VALUE + 200)
    until = world.time + DAY
    world.send("reviewer", "SupplierRegistry", "debar", agreed.supplier, until, hash_of("order"))
    refused = Refusal("SupplierRegistryDebarred", agreed.supplier, until)
    assert agreed.refusal("acme", "signChange", agreed.waiting()) == refused
    agreed.send("officer", "dropChange", agreed.waiting())
    agreed.propose(VALUE + 200, "acme")
    assert agreed.refusal("officer", "signChange", agreed.waiting()) == refused
    agreed.send("officer", "dropChange", agreed.waiting())
    for value, reason in ((VALUE, Reason.DURATION), (VALUE - 100, Reason.REDUCTION)):
        agreed.propose(value, reason=reason, extension=1)
        agreed.send("acme", "signChange", agreed.waiting())
    assert agreed.facts()["value"] == VALUE - 100


# After the end


def test_terminated__what_was_delivered_before__is_judged_and_paid(world: World) -> None:
    agreed = signed(world)
    agreed.deliver(1, 2)
    agreed.send("officer", "terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    agreed.send("officer", "accept", 2, PAPER)
    agreed.send("officer", "recordPayment", agreed.payment(4, 667).as_tuple())
    agreed.send("officer", "refuse", 1, PAPER)
    assert agreed.facts()["paid"] == 667
    found = agreed.refusal("acme", "deliver", 1, PAPER)
    assert found == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)
    assert agreed.refusal("officer", "accept", 1, PAPER).name == "AgreementBookMilestoneStatusWrong"


# Names, gas


def test_exhausted_lot__draft__is_refused_by_the_status_of_the_lot(world: World) -> None:
    made = opened(world, {"acme": VALUE}, body=REVIEW)
    made.ready()
    made.disqualify("acme")
    assert made.stage() == Lot.STANDSTILL and made.facts()["price"] == 0
    written = replace(terms_of(made), value=1).as_tuple()
    found = world.refusal("officer", BOOK, "draft", made.id, 1, 0, written)
    assert found == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.STANDSTILL)


def test_sign__after_16_pauses__is_within_its_budget(world: World) -> None:
    draft = drafted(world, signing_period=10_000)
    case = Case(world, draft.made.tender, draft.made)
    for _ in range(16):
        case.suspend()
        case.resume()
    assert draft.sign("officer").gas < 200_000
    assert draft.sign("acme").gas < 200_000


def test_due__beyond_40_bits_with_an_extension__is_the_last_time(world: World) -> None:
    agreed = signed(world)
    agreed.change(extension=1)
    stored = [
        MilestoneFacts.from_tuple(world.read(BOOK, "milestoneOf", 1, number))
        for number in range(1, len(PLAN) + 1)
    ]
    assert stored[0].due == NEVER
    facts = AgreementFacts.from_tuple(world.read(BOOK, "agreementFacts", 1))
    shown = History([], lambda minor: Money.from_minor(minor, "MXN", 2)).milestones(facts, stored)
    assert shown[0].due == moment(NEVER)
