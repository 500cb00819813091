"""explain.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.rules.deadlines import end_of
from tests.contracts.awards import (
    DESK,
    Lot,
    Opened,
    Reason,
    counting_outages,
    opened,
    outage,
    sealed_tender,
    ticks,
)
from tests.contracts.tenders import UNKNOWN
from tests.contracts.world import ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

WHY = hash_of("why")


def refusal(
    tender: Opened, *, who: str = "beta", id: bytes | None = None, lot: int = 1, index: int = 1, document: bytes = WHY,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Explains as beta, whose index is 1; all is well but for the changes."""
    return tender.world.refusal(who, DESK, "explain", id or tender.id, lot, index, document, at=at)


@pytest.mark.parametrize("who", ["acme", "gama", "officer", "authority", "stranger"])
def test_explain__another__role_missing(low: Opened, who: str) -> None:
    low.ask_explanation("beta")
    assert refusal(low, who=who) == Refusal("AwardDeskRoleMissing", label("SUPPLIER"), address(who))


@pytest.mark.parametrize("index", [0, 2, 3, 65_534, 65_535])
def test_explain__for_another_bid__role_missing(low: Opened, index: int) -> None:
    found = refusal(low, index=index)
    assert found == Refusal("AwardDeskRoleMissing", label("SUPPLIER"), address("beta"))


def test_explain__before_and_after_the_ranking__refused_in_turn(world: World) -> None:
    bids = {"acme": 1_000, "beta": 100}
    tender = sealed_tender(world, bids)
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 2)
    tender = opened(world, bids)
    assert refusal(tender) == Refusal("AwardDeskNotTallied", tender.id, 1)
    tender.tally()
    assert refusal(tender) == Refusal("AwardDeskNotRanked", tender.id, 1)
    tender.rank("beta", "acme")
    tender.ask_explanation("beta")
    with world.undone():
        tender.disqualify("beta")
        assert refusal(tender) == Refusal("AwardDeskNotCandidate", tender.id, 1, 1)
    tender.send("beta", "explain", 1, 1, WHY)
    tender.award("beta")
    assert refusal(tender) == Refusal("AwardDeskLotStatusWrong", tender.id, 1, Lot.STANDSTILL)


def test_explain__twice__only_once(low: Opened) -> None:
    until = low.ask_explanation("beta")
    low.send("beta", "explain", 1, 1, WHY)
    expected = Refusal("AwardDeskOnlyOnce", low.id, label("explanation"), (1).to_bytes(32, "big"))
    for at in (None, until):
        assert refusal(low, at=at) == expected


def test_explain__nobody_asked__window_closed(low: Opened) -> None:
    assert refusal(low) == Refusal("AwardDeskWindowClosed", low.id, 0)


def test_explain__around_the_end__window_closed_from_it(world: World, low: Opened) -> None:
    until = low.ask_explanation("beta")
    with world.undone():
        low.send("beta", "explain", 1, 1, WHY, at=until - 1)
    for after in (0, 1):
        assert refusal(low, at=until + after) == Refusal("AwardDeskWindowClosed", low.id, until)


def test_explain__outage_in_the_window__has_its_longer_end(world: World) -> None:
    tender = opened(world, {"acme": 1_000, "beta": 100}, explanation_window=1_000).ready()
    counting_outages(world)
    until = tender.ask_explanation("beta", at=world.time + 60)
    end = until + 500
    longer = end_of([outage(world, end)], until)
    ticks(world, longer - 2)
    assert longer == end + 3_600
    with world.undone():
        tender.send("beta", "explain", 1, 1, WHY, at=longer - 1)
    found = tender.refusal("officer", "disqualify", 1, 1, int(Reason.ABNORMALLY_LOW), WHY, at=longer - 1)
    assert found == Refusal("AwardDeskWindowOpen", tender.id, longer)
    assert refusal(tender, at=longer) == Refusal("AwardDeskWindowClosed", tender.id, longer)
    tender.disqualify("beta", reason=Reason.ABNORMALLY_LOW)


def test_explain__several_faults__refused_in_order(world: World, low: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "lot": 2, "who": "stranger", "document": ZERO}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": low.id}),
        (Refusal("TenderBoardLotNotFound", low.id, 2), {"lot": 1}),
        (Refusal("AwardDeskRoleMissing", label("SUPPLIER"), address("stranger")), {"who": "beta"}),
        (Refusal("AwardDeskWindowClosed", low.id, 0), {}),
    ]
    for expected, repair in steps:
        assert refusal(low, **call) == expected
        call |= repair
    low.ask_explanation("beta")
    assert refusal(low, **call) == Refusal("AwardDeskHashZero", label("documentHash"))


def test_explain__valid__stores_and_tells(low: Opened) -> None:
    until = low.ask_explanation("beta")
    before = low.facts()
    event = low.send("beta", "explain", 1, 1, WHY).event
    assert (event.name, event.args) == (
        "BidExplained",
        {"id": low.id, "lot": 1, "index": 1, "documentHash": WHY},
    )
    assert low.read("explanationOf", 1, 1) == (until, True)
    assert low.facts() == before


def test_explain__another_account_of_the_supplier__goes_through(world: World) -> None:
    tender = opened(world, {"acme": 100, "beta": 1_000}).ready()
    tender.ask_explanation("acme")
    tender.send("acme2", "explain", 1, 0, WHY)
