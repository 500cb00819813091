"""dropIneligible.tree"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chain.types import LotFailure
from tests.contracts.awards import DESK, NOWHERE, Lot, Opened, opened, sealed_tender, supplier_of
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import ACME, BETA, DAY, Refusal, World, hash_of, label

pytestmark = pytest.mark.evm


def refusal(
    tender: Opened, *, id: bytes | None = None, lot: int = 1, supplier: bytes = BETA, at: int | None = None
) -> Refusal:
    """Drops beta; all is well but for the changes."""
    return tender.world.refusal("stranger", DESK, "dropIneligible", id or tender.id, lot, supplier, at=at)


def deactivate(world: World, who: str = "beta") -> None:
    """The supplier is not active any more."""
    world.send("registrar", "SupplierRegistry", "setActive", supplier_of(who), False)


def debar(world: World) -> None:
    """beta is debarred for a day."""
    world.send("reviewer", "SupplierRegistry", "debar", BETA, world.time + DAY, hash_of("order"))


def grow_old(world: World) -> None:
    """beta's declaration is a year and a second old."""
    declared = world.facts("SupplierRegistry", "supplierFacts", BETA)["ownersAt"]
    world.move_to(declared + 365 * DAY)


def test_drop__unknown_tender_or_lot__not_found(ranked: Opened) -> None:
    assert refusal(ranked, id=UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)
    assert refusal(ranked, lot=2) == Refusal("TenderBoardLotNotFound", ranked.id, 2)


def test_drop__before_a_ranking__refused_in_turn(world: World) -> None:
    bids = {"acme": 1_000, "beta": 900}
    tender = sealed_tender(world, bids)
    deactivate(world)
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 2)
    world.send("registrar", "SupplierRegistry", "setActive", BETA, True)
    tender = opened(world, bids)
    deactivate(world)
    assert refusal(tender) == Refusal("AwardDeskNotTallied", tender.id, 1)
    tender.tally()
    assert refusal(tender) == Refusal("AwardDeskNotRanked", tender.id, 1)
    tender.rank("beta")
    assert refusal(tender) == Refusal("AwardDeskRankIncomplete", tender.id, 1, 2, 1)
    tender.rank("acme")
    tender.send("stranger", "dropIneligible", 1, BETA)


def test_drop__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"beta": None})
    tender.tally()
    deactivate(world)
    assert refusal(tender) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_drop__awarded__lot_status_wrong(world: World, ranked: Opened) -> None:
    ranked.award("beta")
    deactivate(world)
    assert refusal(ranked) == Refusal("AwardDeskLotStatusWrong", ranked.id, 1, Lot.STANDSTILL)


def test_drop__not_the_candidate_or_no_bidder__not_candidate(world: World, ranked: Opened) -> None:
    deactivate(world, "acme")
    assert refusal(ranked, supplier=ACME) == Refusal("AwardDeskNotCandidate", ranked.id, 1, 0)
    found = refusal(ranked, supplier=hash_of("nobody"))
    assert found == Refusal("AwardDeskNotCandidate", ranked.id, 1, NOWHERE)


def test_drop__eligible__still_eligible(ranked: Opened) -> None:
    assert refusal(ranked) == Refusal("AwardDeskStillEligible", ranked.id, BETA)


def test_drop__eligible_again__still_eligible(world: World, ranked: Opened) -> None:
    debar(world)
    end = world.time + DAY - 1
    with world.undone():
        ranked.send("stranger", "dropIneligible", 1, BETA, at=end - 1)
    for after in (0, 1):
        assert refusal(ranked, at=end + after) == Refusal("AwardDeskStillEligible", ranked.id, BETA)


def test_drop__several_faults__refused_in_order(ranked: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "lot": 2, "supplier": ACME}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": ranked.id}),
        (Refusal("TenderBoardLotNotFound", ranked.id, 2), {"lot": 1}),
        (Refusal("AwardDeskNotCandidate", ranked.id, 1, 0), {"supplier": BETA}),
        (Refusal("AwardDeskStillEligible", ranked.id, BETA), {}),
    ]
    for expected, repair in steps:
        assert refusal(ranked, **call) == expected
        call |= repair


@pytest.mark.parametrize(
    ("change", "cause"), [(deactivate, "INACTIVE"), (debar, "DEBARRED"), (grow_old, "OWNERS_STALE")]
)
def test_drop__each_cause__stores_and_tells(
    world: World, ranked: Opened, change: Callable[[World], None], cause: str
) -> None:
    change(world)
    before = ranked.facts()
    event = ranked.send("stranger", "dropIneligible", 1, BETA).event
    assert (event.name, event.args) == (
        "BidDropped",
        {"id": ranked.id, "lot": 1, "index": 1, "supplier": BETA, "cause": label(cause)},
    )
    assert ranked.facts() == before | {"head": 1, "reached": 1}


def test_drop__time_to_cure__at_once(world: World, ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    deactivate(world)
    assert ranked.send("stranger", "dropIneligible", 1, BETA).time < until


def test_drop__the_last__exhausted(world: World) -> None:
    tender = opened(world, {"beta": 900}).ready()
    deactivate(world)
    end = tender.send("stranger", "dropIneligible", 1, BETA).time + 3
    assert tender.facts()["failure"] == LotFailure.EXHAUSTED
    assert tender.read("failedLots") == (1, end)
    assert tender.stage() == Lot.STANDSTILL
