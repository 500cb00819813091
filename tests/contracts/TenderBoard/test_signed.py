"""signed.tree"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from chain.types import LotTerms
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    PAPER,
    Agreed,
    Cause,
    State,
    awarded,
    drafted,
    final,
    signed,
)
from tests.contracts.awards import Lot, Opened, revealed, sealed_tender
from tests.contracts.complaints import ORDER, Case, Remedy, Stage, about_award
from tests.contracts.complaints import State as Complaint
from tests.contracts.tenders import Status, ask, status
from tests.contracts.world import ACME, REVIEW, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

LOTS = [LotTerms(9_000)] * 3
THREE = {"acme": (10, 20, 30), "beta": (11, 21, 31)}
LONG = {"standstill": 20, "complaint_window": 20, "cancel_window": 20, "signing_period": 500}


def stages(made: Opened) -> list[Lot]:
    """Of all lots."""
    return [made.stage(lot) for lot in range(1, len(made.tender.terms.setup.lots) + 1)]


def cancelling(made: Opened, lot: int) -> Refusal:
    """What refuses a cancellation by the buyer."""
    return made.world.refusal("officer", "TenderBoard", "cancel", made.id, lot, 1, hash_of("decision"))


def called_off(made: Opened, lot: int) -> int:
    """A lot is cancelled with the review body's consent; the end of its window."""
    Case(made.world, made.tender, made).cancel(lot)
    args = (made.id, lot, hash_of("consent"))
    return int(made.world.send("reviewer", "TenderBoard", "consentCancel", *args).event.args["cancelsAt"])


def exhausted(made: Opened, lot: int) -> int:
    """Nobody is left; the end of its standstill."""
    for who in made.in_order(lot):
        end = made.disqualify(who, lot=lot).time + made.procedure.standstill
    return end


def sign(made: Opened, lot: int) -> Agreed:
    """What was awarded."""
    return signed(made.world, made=made, lot=lot)


@pytest.mark.parametrize("who", ["officer", "authority", "complaints", "awards", "evaluations", "stranger"])
def test_mark_signed__not_agreement_book__role_missing(world: World, who: str) -> None:
    made = final(world)
    expected = Refusal("TenderBoardRoleMissing", label("AGREEMENT_BOOK"), address(who))
    assert world.refusal(who, "TenderBoard", "markSigned", made.id, 1) == expected


def test_lot_status__signed__before_anything_else(world: World) -> None:
    made = final(world, THREE, lots=LOTS, **LONG)
    sign(made, 2)
    assert stages(made) == [Lot.FINAL, Lot.SIGNED, Lot.FINAL]
    assert (world.facts("TenderBoard", "tenderFacts", made.id)["signedLots"], status(world, made.tender)) == (
        0b10,
        Status.AWARDING,
    )
    case = Case(world, made.tender, made)
    case.suspend()
    assert stages(made) == [Lot.STANDSTILL, Lot.SIGNED, Lot.STANDSTILL]
    case.resume()
    world.move_to(world.time + 10**6)
    assert stages(made) == [Lot.LAPSED, Lot.SIGNED, Lot.LAPSED]


def test_lot_status__32_lots__each_its_own_bit(world: World) -> None:
    made = awarded(
        world,
        {"acme": [9] * 32},
        lots=[LotTerms(9)] * 32,
        only=(1, 17, 32),
        standstill=40,
        signing_period=500,
    )
    world.move_to(made.facts(32)["standstillEnds"])
    for lot in (32, 1, 17):
        sign(made, lot)
    facts = world.facts("TenderBoard", "tenderFacts", made.id)
    assert (facts["lotsSigned"], facts["signedLots"]) == (3, 1 << 31 | 1 << 16 | 1)
    assert [lot for lot, found in enumerate(stages(made), 1) if found == Lot.SIGNED] == [1, 17, 32]
    assert cancelling(made, 32) == Refusal("TenderBoardAlreadySigned", made.id, 32)
    assert cancelling(made, 0) == Refusal("TenderBoardAlreadySigned", made.id, 1)


def test_award_desk__signed__decides_nothing_more(world: World) -> None:
    made = final(world, THREE, lots=LOTS, only=(1,), **LONG)
    sign(made, 1)
    wrong = Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.SIGNED)
    calls = {
        "award": (1, ACME, made.offer("acme"), DOCUMENT), "disqualify": (1, made.index("acme"), 1, DOCUMENT),
        "askExplanation": (1, made.index("acme"), DOCUMENT), "tally": (1, made.setup, 0, made.offers()),
        "rank": (1, made.setup, made.offers()),
    }  # fmt: skip
    for function, rest in calls.items():
        assert made.refusal("officer", function, *rest) == wrong
    made.award("acme", lot=2)


def test_cancel__signed_lot_or_tender_with_one__already_signed(world: World) -> None:
    made = final(world, THREE, lots=LOTS, **LONG)
    for lot in (3, 2):
        sign(made, lot)
        assert cancelling(made, lot) == Refusal("TenderBoardAlreadySigned", made.id, lot)
        assert cancelling(made, 0) == Refusal("TenderBoardAlreadySigned", made.id, lot)
    end = called_off(made, 1)
    assert stages(made) == [Lot.CANCELLING, Lot.SIGNED, Lot.SIGNED]
    for at, expected in ((end - 1, Status.AWARDING), (end, Status.COMPLETE), (end + 1, Status.COMPLETE)):
        world.move_to(at)
        assert status(world, made.tender) == expected
    assert stages(made) == [Lot.CANCELLED, Lot.SIGNED, Lot.SIGNED]
    for lot in (0, 1, 2):
        assert cancelling(made, lot) == Refusal("TenderBoardStatusWrong", made.id, Status.COMPLETE)


def test_cancel__several_faults__refused_in_order(world: World) -> None:
    made = final(world, THREE, lots=LOTS, **LONG)
    sign(made, 2)
    call = ("TenderBoard", "cancel", made.id)
    expected = Refusal("TenderBoardRoleMissing", label("OFFICER"), address("acme"))
    assert world.refusal("acme", *call, 2, 0, bytes(32)) == expected
    assert world.refusal("officer", *call, 2, 0, bytes(32)) == Refusal("TenderBoardAlreadySigned", made.id, 2)
    assert world.refusal("officer", *call, 1, 0, bytes(32)) == Refusal(
        "TenderBoardHashZero", label("documentHash")
    )


ENDS = ("signed", "failed", "cancelled")


@pytest.mark.parametrize(
    "ends", [ends for ends in product(ENDS, repeat=2) if len(set(ends)) > 1 or ends[0] == "signed"]
)
def test_tender_status__lots_that_end_each_way__complete_with_a_signed_one(
    world: World, ends: tuple[str, str]
) -> None:
    """In whichever order: with the last of them, once every window is over."""
    bids = {"acme": (10, 20), "beta": (11, 21)}
    to_sign = [lot for lot, end in enumerate(ends, 1) if end == "signed"]
    given: dict[str, Any] = {"lots": LOTS[:2], **LONG}
    made = (
        final(world, bids, only=to_sign, **given) if to_sign else about_award(world, bids, **given).awarding
    )
    over = world.time
    for lot, end in enumerate(ends, 1):
        assert status(world, made.tender) == Status.AWARDING
        if end == "signed":
            sign(made, lot)
            over = max(over, world.time)
        else:
            over = max(over, exhausted(made, lot) if end == "failed" else called_off(made, lot))
    expected = Status.COMPLETE if to_sign else Status.FAILED
    if over > world.time + 1:
        world.move_to(over - 1)
        assert status(world, made.tender) == Status.AWARDING
        world.move_to(over)
    assert status(world, made.tender) == expected
    assert stages(made) == [Lot[end.upper()] for end in ends]
    world.move_to(world.time + 10**6)
    assert status(world, made.tender) == expected


def test_tender_status__every_lot_signed__complete_at_once_and_for_ever(world: World) -> None:
    made = final(world, THREE, lots=LOTS, **LONG)
    for lot in (1, 2, 3):
        assert status(world, made.tender) == Status.AWARDING
        agreed = sign(made, lot)
    assert status(world, made.tender) == Status.COMPLETE
    agreed.send("reviewer", "terminate", int(Cause.ORDERED), PAPER)
    assert status(world, made.tender) == Status.COMPLETE
    wrong = Refusal("TenderBoardStatusWrong", made.id, Status.COMPLETE)
    case = Case(world, made.tender, made)
    assert case.refusal("reviewer", "suspend", case.id, ORDER) == wrong
    for stage, lot in ((Stage.AWARD, 1), (Stage.OMISSION, 0), (Stage.TERMS, 0)):
        assert case.refused_filing("beta", stage, lot) == wrong
    assert made.refusal("officer", "disqualify", 1, 0, 1, DOCUMENT) == wrong


@pytest.mark.parametrize("other", ["failed", "cancelled"])
def test_tender_status__complaint_about_the_other_lot__awarding_until_it_is_closed(
    world: World, other: str
) -> None:
    made = final(world, {"acme": (10, 20), "beta": (11, 21)}, lots=LOTS[:2], only=(1,), **LONG)
    sign(made, 1)
    end = exhausted(made, 2) if other == "failed" else called_off(made, 2)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.AWARD if other == "failed" else Stage.CANCELLATION, 2)
    world.move_to(end + 100)
    assert status(world, made.tender) == Status.AWARDING
    with world.undone():
        case.dismiss(number)
        assert status(world, made.tender) == Status.COMPLETE
    case.uphold(number, Remedy.RESTORE_BID if other == "failed" else Remedy.UNDO_CANCELLATION)
    case.execute(number)
    assert (status(world, made.tender), stages(made)) == (Status.AWARDING, [Lot.SIGNED, Lot.RANKED])
    world.move_to(made.award("acme", lot=2).time + 20)
    sign(made, 2)
    assert status(world, made.tender) == Status.COMPLETE


def test_order__to_cancel_a_signed_lot__already_signed_and_it_stays_upheld(world: World) -> None:
    """A complaint about a late decision bars nothing: what was decided and signed meanwhile stays."""
    made = awarded(world, THREE, lots=LOTS, only=(3,), decision_period=1, **LONG)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.OMISSION, 1)
    world.move_to(made.award("acme", lot=1).time + 20)
    agreed = sign(made, 1)
    case.uphold(number, Remedy.CANCEL_TENDER)
    already = Refusal("TenderBoardAlreadySigned", made.id, 1)
    assert case.refusal("officer", "execute", number) == already
    due = case.complaint(number)["due"]
    assert case.refusal("reviewer", "enforce", number, ORDER, at=due) == already
    assert (case.state(number), agreed.state(), made.stage(1)) == (Complaint.UPHELD, State.ACTIVE, Lot.SIGNED)
    # What the review body can order about an agreement is its end.
    agreed.send("reviewer", "terminate", int(Cause.ORDERED), PAPER)


def test_order__to_cancel_another_lot__the_signed_one_stays(world: World) -> None:
    made = final(world, THREE, lots=LOTS, only=(1,), **LONG)
    agreed = sign(made, 1)
    made.award("acme", lot=2)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.AWARD, 2)
    case.uphold(number, Remedy.CANCEL_TENDER)
    case.execute(number)
    assert stages(made) == [Lot.SIGNED, Lot.CANCELLED, Lot.RANKED]
    end = exhausted(made, 3)
    world.move_to(end)
    assert (status(world, made.tender), agreed.state()) == (Status.COMPLETE, State.ACTIVE)


def test_order__about_the_whole_tender__already_signed_by_the_first_signed_lot(world: World) -> None:
    """One that was filed in bidding about an answer that was late."""
    held = sealed_tender(world, {"acme": (10, 20)}, lots=LOTS[:2], body=REVIEW, answer_cutoff=2, **LONG)
    case = Case(world, held.tender, held)
    ask(world, held.tender)
    world.move_to(held.tender.deadline - 1)
    number = case.file("acme", Stage.OMISSION)
    world.send("officer", "TenderBoard", "answer", held.id, 1, "{}")
    made = revealed(held)
    for lot in (1, 2):
        made.ready(lot=lot)
    world.move_to(made.award("acme", lot=2).time + 20)
    sign(made, 2)
    case.uphold(number, Remedy.CANCEL_TENDER)
    assert case.refusal("officer", "execute", number) == Refusal("TenderBoardAlreadySigned", made.id, 2)
    assert status(world, made.tender) == Status.AWARDING


def test_complaint__about_an_award_that_is_signed__is_none(world: World) -> None:
    """The complaint window ends with the standstill at the latest; once it is signed there is no award to complain about."""
    made = final(world, {"acme": (10, 20), "beta": (11, 21)}, lots=LOTS[:2], **LONG)
    ends = made.facts(1)["standstillEnds"]
    case = Case(world, made.tender, made)
    assert case.refused_filing("beta", Stage.AWARD, 1) == Refusal("ComplaintDeskTooLate", made.id, ends)
    sign(made, 1)
    none = Refusal("ComplaintDeskStageWrong", made.id, Stage.AWARD)
    assert case.refused_filing("beta", Stage.AWARD, 1) == none
    case.suspend()
    case.resume(at=world.time + 1_000)
    assert case.refused_filing("beta", Stage.AWARD, 1) == none
    late = Refusal("ComplaintDeskStageWrong", made.id, Stage.OMISSION)
    assert case.refused_filing("beta", Stage.OMISSION, 1) == late
    assert case.refused_filing("beta", Stage.CANCELLATION, 1) == Refusal(
        "ComplaintDeskStageWrong", made.id, Stage.CANCELLATION
    )


def test_draft__value__is_the_price_of_its_lot(world: World) -> None:
    made = final(world, THREE, lots=LOTS, **LONG)
    assert [drafted(world, made=made, lot=lot).facts()["value"] for lot in (1, 2, 3)] == [10, 20, 30]
    assert world.read(BOOK, "agreementCount") == 3
