"""askExplanation.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotTerms
from tests.contracts.awards import DECISION, DESK, Lot, Opened, opened, sealed_tender
from tests.contracts.tenders import UNKNOWN
from tests.contracts.world import ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm

BETA_INDEX = (1).to_bytes(32, "big")


def refusal(
    tender: Opened, *, who: str = "officer", id: bytes | None = None, lot: int = 1, index: int = 1,
    document: bytes = DECISION, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Asks beta, whose index is 1; all is well but for the changes."""
    return tender.world.refusal(who, DESK, "askExplanation", id or tender.id, lot, index, document, at=at)


@pytest.mark.parametrize("who", ["approver", "admin", "officer2", "beta", "authority", "stranger"])
def test_ask_explanation__other_role_or_buyer__role_missing(low: Opened, who: str) -> None:
    assert refusal(low, who=who) == Refusal("AwardDeskRoleMissing", label("OFFICER"), address(who))


def test_ask_explanation__before_and_after_the_ranking__refused_in_turn(world: World) -> None:
    bids = {"acme": 1_000, "beta": 100}
    tender = sealed_tender(world, bids)
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 2)
    tender = opened(world, bids)
    assert refusal(tender) == Refusal("AwardDeskNotTallied", tender.id, 1)
    tender.tally()
    assert refusal(tender) == Refusal("AwardDeskNotRanked", tender.id, 1)
    tender.rank("beta", "acme")
    tender.disqualify("beta")
    tender.award("acme")
    assert refusal(tender) == Refusal("AwardDeskLotStatusWrong", tender.id, 1, Lot.STANDSTILL)


def test_ask_explanation__asked_again__only_once(low: Opened) -> None:
    until = low.ask_explanation("beta")
    expected = Refusal("AwardDeskOnlyOnce", low.id, label("question"), BETA_INDEX)
    for at in (None, until, until + 1):
        assert refusal(low, at=at) == expected


def test_ask_explanation__of_two_lots__once_each(world: World) -> None:
    bids = {"acme": (1_000, 1_000), "beta": (100, 100)}
    tender = opened(world, bids, lots=[LotTerms(1_000)] * 2).ready().ready(lot=2)
    tender.ask_explanation("beta", lot=2)
    tender.ask_explanation("beta", lot=1)


def test_ask_explanation__several_faults__refused_in_order(world: World, ranked: Opened, low: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "lot": 2, "who": "stranger", "index": 0, "document": ZERO}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": ranked.id}),
        (Refusal("TenderBoardLotNotFound", ranked.id, 2), {"lot": 1}),
        (Refusal("AwardDeskRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("AwardDeskNotCandidate", ranked.id, 1, 0), {"index": 1}),
        (Refusal("AwardDeskNotLow", ranked.id, 1, 1), {"id": low.id}),
        (Refusal("AwardDeskHashZero", label("documentHash")), {}),
    ]
    for expected, repair in steps:
        assert refusal(ranked, **call) == expected
        call |= repair
    low.ask_explanation("beta")
    assert refusal(low, **call) == Refusal("AwardDeskOnlyOnce", low.id, label("question"), BETA_INDEX)


def test_ask_explanation__valid__stores_and_tells(low: Opened) -> None:
    before = low.facts()
    receipt = low.send("officer", "askExplanation", 1, 1, DECISION)
    until = receipt.time + 3
    assert (receipt.event.name, receipt.event.args) == (
        "ExplanationAsked",
        {"id": low.id, "lot": 1, "index": 1, "documentHash": DECISION, "until": until},
    )
    assert low.read("explanationOf", 1, 1) == (until, False)
    assert low.facts() == before
