"""disqualify.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotFailure, LotTerms
from tests.contracts.awards import DECISION, DESK, NOWHERE, Lot, Opened, Reason, opened, sealed_tender
from tests.contracts.tenders import UNKNOWN, Status, status
from tests.contracts.world import ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm


def refusal(
    tender: Opened, *, who: str = "officer", id: bytes | None = None, lot: int = 1, index: int = 1,
    reason: int = Reason.NOT_QUALIFIED, document: bytes = DECISION, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Disqualifies beta, whose index is 1; all is well but for the changes."""
    args = (id or tender.id, lot, index, int(reason), document)
    return tender.world.refusal(who, DESK, "disqualify", *args, at=at)


def test_disqualify__unknown_tender_or_lot__not_found(ranked: Opened) -> None:
    assert refusal(ranked, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)
    found = refusal(ranked, lot=2, who="stranger")
    assert found == Refusal("TenderBoardLotNotFound", ranked.id, 2)


@pytest.mark.parametrize("who", ["admin", "officer2", "approver2", "beta", "authority", "stranger"])
def test_disqualify__other_role_or_buyer__role_missing(ranked: Opened, who: str) -> None:
    assert refusal(ranked, who=who) == Refusal("AwardDeskRoleMissing", label("OFFICER"), address(who))


def test_disqualify__before_a_ranking__refused_in_turn(world: World) -> None:
    bids = {"acme": 1_000, "beta": 900}
    tender = sealed_tender(world, bids)
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 2)
    tender = opened(world, bids)
    assert refusal(tender) == Refusal("AwardDeskNotTallied", tender.id, 1)
    tender.tally()
    assert refusal(tender) == Refusal("AwardDeskNotRanked", tender.id, 1)
    tender.rank("beta")
    assert refusal(tender) == Refusal("AwardDeskRankIncomplete", tender.id, 1, 2, 1)


def test_disqualify__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"acme": None, "beta": 0})
    tender.tally()
    assert refusal(tender) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_disqualify__awarded__lot_status_wrong(ranked: Opened) -> None:
    ranked.award("beta")
    assert refusal(ranked) == Refusal("AwardDeskLotStatusWrong", ranked.id, 1, Lot.STANDSTILL)


def test_disqualify__not_the_candidate__not_candidate(ranked: Opened) -> None:
    for index in (0, 2, 3, NOWHERE):
        assert refusal(ranked, index=index) == Refusal("AwardDeskNotCandidate", ranked.id, 1, index)
    ranked.disqualify("beta")
    assert refusal(ranked) == Refusal("AwardDeskNotCandidate", ranked.id, 1, 1)


def test_disqualify__not_low__not_low(ranked: Opened) -> None:
    found = refusal(ranked, reason=Reason.ABNORMALLY_LOW)
    assert found == Refusal("AwardDeskNotLow", ranked.id, 1, 1)


def test_disqualify__low_and_nobody_asked__explanation_missing(low: Opened) -> None:
    found = refusal(low, reason=Reason.ABNORMALLY_LOW)
    assert found == Refusal("AwardDeskExplanationMissing", low.id, 1, 1)


def test_disqualify__low_and_time_to_explain__window_open_until_its_end(world: World, low: Opened) -> None:
    until = low.ask_explanation("beta")
    found = refusal(low, reason=Reason.ABNORMALLY_LOW, at=until - 1)
    assert found == Refusal("AwardDeskWindowOpen", low.id, until)
    for after in (0, 1):
        with world.undone():
            low.disqualify("beta", reason=Reason.ABNORMALLY_LOW, at=until + after)


def test_disqualify__low_and_explained__at_once(low: Opened) -> None:
    until = low.ask_explanation("beta")
    low.send("beta", "explain", 1, 1, hash_of("why"))
    assert low.disqualify("beta", reason=Reason.ABNORMALLY_LOW).time < until


def test_disqualify__low_for_another_reason__needs_no_explanation(low: Opened) -> None:
    low.disqualify("beta", reason=Reason.NON_RESPONSIVE)


def test_disqualify__time_to_cure__window_open_until_its_end(world: World, ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    with world.undone():
        ranked.send("beta", "cure", 1, hash_of("cure"))
        assert ranked.disqualify("beta").time < until
    assert refusal(ranked, at=until - 1) == Refusal("AwardDeskWindowOpen", ranked.id, until)
    for after in (0, 1):
        with world.undone():
            ranked.disqualify("beta", at=until + after)


def test_disqualify__no_document__hash_zero(ranked: Opened) -> None:
    assert refusal(ranked, document=ZERO) == Refusal("AwardDeskHashZero", label("documentHash"))


@pytest.mark.parametrize("reason", [0, Reason.REFUSED_TO_SIGN, Reason.TECHNICAL_FAILED, 10, 255])
def test_disqualify__another_acts_reason_or_none__reason_invalid(ranked: Opened, reason: int) -> None:
    assert refusal(ranked, reason=reason) == Refusal("AwardDeskReasonInvalid", ranked.id, reason)


def test_disqualify__several_faults__refused_in_order(world: World, ranked: Opened, low: Opened) -> None:
    call: dict[str, Any] = {
        "id": UNKNOWN, "lot": 2, "who": "stranger", "index": 0, "document": ZERO, "reason": Reason.ABNORMALLY_LOW,
    }  # fmt: skip
    until = ranked.ask_curing("beta")
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": ranked.id}),
        (Refusal("TenderBoardLotNotFound", ranked.id, 2), {"lot": 1}),
        (Refusal("AwardDeskRoleMissing", label("OFFICER"), address("stranger")), {"who": "approver"}),
        (Refusal("AwardDeskNotCandidate", ranked.id, 1, 0), {"index": 1}),
        (Refusal("AwardDeskNotLow", ranked.id, 1, 1), {"id": low.id}),
        (Refusal("AwardDeskExplanationMissing", low.id, 1, 1), {"id": ranked.id, "reason": 255}),
        (Refusal("AwardDeskWindowOpen", ranked.id, until), {"at": until}),
        (Refusal("AwardDeskHashZero", label("documentHash")), {"document": DECISION}),
        (Refusal("AwardDeskReasonInvalid", ranked.id, 255), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(ranked, **call) == expected
        call |= repair


@pytest.mark.parametrize("who", ["officer", "approver"])
@pytest.mark.parametrize("reason", [reason for reason in Reason if 0 < reason < Reason.REFUSED_TO_SIGN])
def test_disqualify__each_reason__stores_and_tells(low: Opened, who: str, reason: Reason) -> None:
    low.ask_explanation("beta")
    low.send("beta", "explain", 1, 1, hash_of("why"))
    before = low.facts()
    event = low.send(who, "disqualify", 1, 1, int(reason), DECISION).event
    assert (event.name, event.args) == (
        "BidDisqualified",
        {"id": low.id, "lot": 1, "index": 1, "reason": reason, "documentHash": DECISION},
    )
    assert low.facts() == before | {"head": 1, "reached": 1}
    assert low.stage() == Lot.RANKED
    low.award("gama")


def test_disqualify__the_last__standstill_and_then_failed(world: World, ranked: Opened) -> None:
    for who in ("beta", "gama"):
        ranked.disqualify(who)
    receipt = ranked.disqualify("acme")
    end = receipt.time + 3
    facts = ranked.facts()
    assert [facts[name] for name in ("head", "failure", "price", "standstillEnds")] == [
        3, LotFailure.EXHAUSTED, 0, end,
    ]  # fmt: skip
    assert ranked.read("failedLots") == (1, end)
    for at, of_lot, of_tender in (
        (end - 1, Lot.STANDSTILL, Status.AWARDING), (end, Lot.FAILED, Status.FAILED), (end + 1, Lot.FAILED, Status.FAILED),
    ):  # fmt: skip
        world.move_to(at)
        assert (ranked.stage(), status(world, ranked.tender)) == (of_lot, of_tender)


def test_disqualify__exhausted__lot_status_wrong(world: World) -> None:
    tender = opened(world, {"acme": (5, 6), "beta": (None, 5)}, lots=[LotTerms(9)] * 2)
    tender.ready()
    end = tender.disqualify("acme").time + 3
    for at, expected in ((end - 1, Lot.STANDSTILL), (end, Lot.FAILED), (end + 1, Lot.FAILED)):
        assert refusal(tender, index=0, at=at) == Refusal("AwardDeskLotStatusWrong", tender.id, 1, expected)
