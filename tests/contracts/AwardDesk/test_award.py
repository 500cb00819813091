"""award.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotTerms
from tests.contracts.awards import (
    DECISION,
    DESK,
    Lot,
    Offer,
    Opened,
    Reason,
    opened,
    sealed_tender,
    supplier_of,
)
from tests.contracts.tenders import UNKNOWN, Status, status
from tests.contracts.world import ACME, BETA, DAY, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

FIRST: Offer = (1, bytes(32), (900,))


def refusal(
    tender: Opened, bid: str = "beta", *, who: str = "officer", id: bytes | None = None, lot: int = 1,
    supplier: bytes | None = None, offer: Offer | None = None, document: bytes = DECISION, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Awards; all is well but for the changes."""
    args = (id or tender.id, lot, supplier or supplier_of(bid), offer or tender.offer(bid), document)
    return tender.world.refusal(who, DESK, "award", *args, at=at)


def test_award__unknown_tender_or_lot__not_found(ranked: Opened) -> None:
    assert refusal(ranked, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)
    for lot in (0, 2):
        expected = Refusal("TenderBoardLotNotFound", ranked.id, lot)
        assert refusal(ranked, lot=lot, who="stranger") == expected


@pytest.mark.parametrize("who", ["admin", "officer2", "approver2", "beta", "authority", "stranger"])
def test_award__other_role_or_buyer__role_missing(ranked: Opened, who: str) -> None:
    assert refusal(ranked, who=who) == Refusal("AwardDeskRoleMissing", label("OFFICER"), address(who))


def test_award__supplier_not_active__ineligible_until_it_is(world: World, ranked: Opened) -> None:
    world.send("registrar", "SupplierRegistry", "setActive", BETA, False)
    assert refusal(ranked) == Refusal("AwardDeskIneligible", ranked.id, BETA, label("INACTIVE"))
    world.send("registrar", "SupplierRegistry", "setActive", BETA, True)
    ranked.award("beta")


def test_award__supplier_debarred__ineligible_until_its_end(world: World, ranked: Opened) -> None:
    until = world.time + 50
    world.send("reviewer", "SupplierRegistry", "debar", BETA, until, hash_of("order"))
    expected = Refusal("AwardDeskIneligible", ranked.id, BETA, label("DEBARRED"))
    assert refusal(ranked, at=until - 1) == expected
    for after in (0, 1):
        with world.undone():
            ranked.award("beta", at=until + after)


def test_award__declaration_old__ineligible_after_its_year(world: World, ranked: Opened) -> None:
    declared = world.facts("SupplierRegistry", "supplierFacts", BETA)["ownersAt"]
    for at in (-1, 0):
        with world.undone():
            ranked.award("beta", at=declared + 365 * DAY + at)
    expected = Refusal("AwardDeskIneligible", ranked.id, BETA, label("OWNERS_STALE"))
    assert refusal(ranked, at=declared + 365 * DAY + 1) == expected


def test_award__unknown_supplier__ineligible(ranked: Opened) -> None:
    expected = Refusal("AwardDeskIneligible", ranked.id, hash_of("nobody"), label("INACTIVE"))
    assert refusal(ranked, supplier=hash_of("nobody")) == expected


def test_award__bids_not_open__not_opened(world: World) -> None:
    tender = sealed_tender(world, {"beta": 900})
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 1)


def test_award__not_counted_nor_ranked_to_the_end__refused_in_turn(world: World) -> None:
    tender = opened(world, {"acme": 1_000, "beta": 900, "gama": 950})
    assert refusal(tender) == Refusal("AwardDeskNotTallied", tender.id, 1)
    tender.tally()
    assert refusal(tender) == Refusal("AwardDeskNotRanked", tender.id, 1)
    tender.rank("beta", "gama")
    assert refusal(tender) == Refusal("AwardDeskRankIncomplete", tender.id, 1, 3, 2)
    tender.rank("acme")
    tender.award("beta")


def test_award__awarded__lot_status_wrong(world: World, ranked: Opened) -> None:
    end = ranked.award("beta").time + 3
    for at, expected in (
        (end - 1, Lot.STANDSTILL), (end, Lot.FINAL), (end + 59, Lot.FINAL), (end + 60, Lot.LAPSED), (end + 61, Lot.LAPSED),
    ):  # fmt: skip
        assert refusal(ranked, at=at) == Refusal("AwardDeskLotStatusWrong", ranked.id, 1, expected)


def test_award__failed_or_cancelled__lot_status_wrong(world: World) -> None:
    lots = [LotTerms(9)] * 3
    tender = opened(world, {"beta": (1, None, 1)}, lots=lots, cancelled=[1], cancel_window=40)
    tender.tally(2)
    for lot, expected in ((1, Lot.CANCELLING), (2, Lot.FAILED)):
        found = refusal(tender, lot=lot)
        assert found == Refusal("AwardDeskLotStatusWrong", tender.id, lot, expected)
    found = refusal(tender, at=tender.tender.deadline + 40)
    assert found == Refusal("AwardDeskLotStatusWrong", tender.id, 1, Lot.CANCELLED)


def test_award__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"beta": None})
    tender.tally()
    assert refusal(tender) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_award__not_the_candidate__not_candidate(ranked: Opened) -> None:
    for who in ("gama", "acme"):
        expected = Refusal("AwardDeskNotCandidate", ranked.id, 1, ranked.index(who))
        assert refusal(ranked, who) == expected
    foreign: Offer = (65_535, bytes(32), (1,))
    assert refusal(ranked, offer=foreign) == Refusal("AwardDeskNotCandidate", ranked.id, 1, 65_535)
    ranked.disqualify("beta")
    assert refusal(ranked) == Refusal("AwardDeskNotCandidate", ranked.id, 1, 1)
    ranked.award("gama")


def test_award__low_price__explanation_missing_until_it_is_given(world: World, low: Opened) -> None:
    expected = Refusal("AwardDeskExplanationMissing", low.id, 1, 1)
    assert refusal(low) == expected
    until = low.ask_explanation("beta")
    for at in (until - 1, until, until + 1):
        with world.undone():
            assert refusal(low, at=at) == expected
    low.send("beta", "explain", 1, 1, hash_of("why"))
    low.award("beta")


def test_award__time_to_cure__window_open_until_its_end(world: World, ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    assert refusal(ranked, at=until - 1) == Refusal("AwardDeskWindowOpen", ranked.id, until)
    for after in (0, 1):
        with world.undone():
            ranked.award("beta", at=until + after)


def test_award__cured__before_the_end_of_the_window(ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    ranked.send("beta", "cure", 1, hash_of("cure"))
    assert ranked.award("beta").time < until


def test_award__another_may_cure__goes_on(ranked: Opened) -> None:
    ranked.ask_curing("gama")
    ranked.award("beta")


def test_award__another_suppliers_bid__offer_mismatch(ranked: Opened) -> None:
    assert refusal(ranked, supplier=ACME) == Refusal("AwardDeskOfferMismatch", ranked.id, 1)


def test_award__offer_falsified__offer_mismatch(ranked: Opened) -> None:
    index, commitment, _ = ranked.offer("beta")
    for offer in ((index, commitment, (901,)), (index, commitment, ()), (index, bytes(32), (900,))):
        assert refusal(ranked, offer=offer) == Refusal("AwardDeskOfferMismatch", ranked.id, 1)


def test_award__no_document__hash_zero(ranked: Opened) -> None:
    assert refusal(ranked, document=ZERO) == Refusal("AwardDeskHashZero", label("documentHash"))


def test_award__several_faults__refused_in_order(world: World) -> None:
    bids = {"acme": 1_000, "beta": 100, "gama": 950}
    tender = sealed_tender(world, bids)
    call: dict[str, Any] = {
        "id": UNKNOWN, "lot": 2, "who": "stranger", "supplier": hash_of("nobody"), "document": ZERO,
        "offer": (2, bytes(32), (7,)),
    }  # fmt: skip
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardLotNotFound", tender.id, 2), {"lot": 1}),
        (Refusal("AwardDeskRoleMissing", label("OFFICER"), address("stranger")), {"who": "approver"}),
        (Refusal("AwardDeskIneligible", tender.id, hash_of("nobody"), label("INACTIVE")), {"supplier": ACME}),
        (Refusal("AwardDeskNotOpened", tender.id, 3), {}),
    ]
    for expected, repair in steps:
        assert refusal(tender, **call) == expected
        call |= repair
    tender = opened(world, bids)
    tender.tally()
    call["id"] = tender.id
    assert refusal(tender, **call) == Refusal("AwardDeskNotRanked", tender.id, 1)
    tender.rank("beta", "gama", "acme")
    until = tender.ask_curing("beta")
    assert refusal(tender, **call) == Refusal("AwardDeskNotCandidate", tender.id, 1, 2)
    call["offer"] = FIRST
    assert refusal(tender, **call, at=until - 1) == Refusal("AwardDeskExplanationMissing", tender.id, 1, 1)
    tender = opened(world, bids).ready()
    call["id"] = tender.id
    tender.ask_explanation("beta")
    tender.send("beta", "explain", 1, 1, hash_of("why"))
    until = tender.ask_curing("beta")
    assert refusal(tender, **call) == Refusal("AwardDeskWindowOpen", tender.id, until)
    tender.send("beta", "cure", 1, hash_of("cure"))
    for repair in ({"supplier": BETA}, {"offer": tender.offer("beta")}):
        assert refusal(tender, **call) == Refusal("AwardDeskOfferMismatch", tender.id, 1)
        call |= repair
    assert refusal(tender, **call) == Refusal("AwardDeskHashZero", label("documentHash"))


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_award__valid__stores_and_tells(world: World, ranked: Opened, who: str) -> None:
    before = ranked.facts()
    receipt = ranked.send(who, "award", 1, BETA, ranked.offer("beta"), DECISION)
    assert (receipt.event.name, receipt.event.args) == (
        "LotAwarded",
        {"id": ranked.id, "lot": 1, "index": 1, "supplier": BETA, "price": 900, "documentHash": DECISION},
    )
    end = receipt.time + 3
    assert ranked.facts() == before | {"price": 900, "standstillEnds": end, "signingPeriod": 60}
    assert status(world, ranked.tender) == Status.AWARDING


def test_award__lots__each_by_itself(world: World) -> None:
    lots = [LotTerms(100_000)] * 3
    tender = opened(world, {"acme": (5, 9, 7), "beta": (6, 8, None)}, lots=lots)
    for lot in (1, 2, 3):
        tender.ready(lot=lot)
    assert [tender.ranking(lot) for lot in (1, 2, 3)] == [[0, 1], [1, 0], [0]]
    tender.award("beta", lot=2)
    assert [tender.stage(lot) for lot in (1, 2, 3)] == [Lot.RANKED, Lot.STANDSTILL, Lot.RANKED]
    tender.disqualify("acme", lot=1, reason=Reason.CONFLICT)
    tender.award("beta", lot=1)
    tender.award("acme", lot=3)
    assert [tender.facts(lot)["price"] for lot in (1, 2, 3)] == [6, 8, 7]


def test_award__calls_of_the_desk__to_the_networks_contracts_and_none_changes_but_the_tick(
    world: World, ranked: Opened
) -> None:
    """No contract of anybody else is called, so that nothing is entered twice."""
    names = {at.lower(): name for name, at in world.addresses.items()}
    calls = {
        "award": ("officer", 1, BETA, ranked.offer("beta"), DECISION),
        "disqualify": ("officer", 1, 1, int(Reason.CONFLICT), DECISION),
        "askCuring": ("officer", 1, DECISION),
        "recordSecurity": ("officer", 1, 1, DECISION),
    }
    for function, (who, *args) in calls.items():
        call = world.as_call(str(who), DESK, function, ranked.id, *args)
        traced = world.node.rpc("debug_traceCall", call, "latest", {"tracer": "callTracer"})
        assert "error" not in traced
        made = [(each["type"], names[each["to"]]) for each in traced["calls"]]
        assert [to for kind, to in made if kind != "STATICCALL"] == ["ProcedureBook"]
