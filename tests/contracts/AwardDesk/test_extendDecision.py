"""extendDecision.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.rules.deadlines import end_of
from tests.contracts.awards import (
    DECISION,
    DESK,
    Opened,
    counting_outages,
    opened,
    outage,
    sealed_tender,
    ticks,
)
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import BUYER, ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm

PERIOD = 1_000


@pytest.fixture
def tender(world: World) -> Opened:
    """A thousand seconds to decide from the opening on."""
    return opened(world, {"acme": 1_000}, decision_period=PERIOD)


def due(tender: Opened) -> int:
    """The end of the period."""
    return tender.tender.deadline + 1 + PERIOD


def refusal(
    tender: Opened, *, who: str = "officer", id: bytes | None = None, document: bytes = DECISION, at: int | None = None
) -> Refusal:  # fmt: skip
    """Extends; all is well but for the changes."""
    return tender.world.refusal(who, DESK, "extendDecision", id or tender.id, document, at=at)


@pytest.mark.parametrize("who", ["approver", "admin", "officer2", "acme", "authority", "stranger"])
def test_extend__other_role_or_buyer__role_missing(tender: Opened, who: str) -> None:
    assert refusal(tender, who=who) == Refusal("AwardDeskRoleMissing", label("OFFICER"), address(who))


def test_extend__bids_not_open__not_opened(world: World) -> None:
    tender = sealed_tender(world, {"acme": 1_000})
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 1)


def test_extend__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"acme": None})
    tender.tally()
    assert refusal(tender) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_extend__twice__only_once(tender: Opened) -> None:
    tender.send("officer", "extendDecision", DECISION)
    expected = Refusal("AwardDeskOnlyOnce", tender.id, label("extension"), BUYER)
    for at in (None, due(tender), due(tender) + PERIOD):
        assert refusal(tender, at=at) == expected


def test_extend__around_the_end__window_closed_from_it(world: World, tender: Opened) -> None:
    with world.undone():
        tender.send("officer", "extendDecision", DECISION, at=due(tender) - 1)
    for after in (0, 1):
        found = refusal(tender, at=due(tender) + after)
        assert found == Refusal("AwardDeskWindowClosed", tender.id, due(tender))


def test_extend__outage_in_the_period__has_its_longer_end(world: World, tender: Opened) -> None:
    counting_outages(world)
    end = due(tender) + 50
    longer = end_of([outage(world, end)], due(tender))
    ticks(world, longer - 2)
    with world.undone():
        tender.send("officer", "extendDecision", DECISION, at=longer - 1)
    assert refusal(tender, at=longer) == Refusal("AwardDeskWindowClosed", tender.id, longer)


def test_extend__several_faults__refused_in_order(world: World, tender: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "who": "stranger", "document": ZERO, "at": due(tender)}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("AwardDeskRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("AwardDeskWindowClosed", tender.id, due(tender)), {"at": world.time + 1}),
        (Refusal("AwardDeskHashZero", label("documentHash")), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(tender, **call) == expected
        call |= repair


def test_extend__valid__stores_and_tells(tender: Opened) -> None:
    assert tender.read("isExtended") is False
    event = tender.send("officer", "extendDecision", DECISION).event
    assert (event.name, event.args) == (
        "DecisionExtended",
        {"id": tender.id, "documentHash": DECISION, "due": due(tender) + PERIOD},
    )
    assert tender.read("isExtended") is True


def test_extend__decided_late__goes_through(tender: Opened) -> None:
    """An overdue decision bars nothing."""
    tender.ready()
    tender.award("acme", at=due(tender) + 10 * PERIOD)
