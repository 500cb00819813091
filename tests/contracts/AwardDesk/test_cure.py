"""cure.tree"""

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
from tests.contracts.world import BETA, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

PAPER = hash_of("paper")


def refusal(
    tender: Opened, *, who: str = "beta", id: bytes | None = None, index: int = 1, document: bytes = PAPER, at: int | None = None
) -> Refusal:  # fmt: skip
    """Cures as beta, whose index is 1; all is well but for the changes."""
    return tender.world.refusal(who, DESK, "cure", id or tender.id, index, document, at=at)


@pytest.mark.parametrize("who", ["acme", "gama", "officer", "authority", "stranger"])
def test_cure__another__role_missing(ranked: Opened, who: str) -> None:
    ranked.ask_curing("beta")
    assert refusal(ranked, who=who) == Refusal("AwardDeskRoleMissing", label("SUPPLIER"), address(who))


def test_cure__bids_not_open__not_opened(world: World) -> None:
    tender = sealed_tender(world, {"acme": 1, "beta": 2})
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 2)


def test_cure__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"acme": None, "beta": None})
    tender.ask_curing("beta")
    tender.tally()
    assert refusal(tender) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_cure__twice__only_once(ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    ranked.send("beta", "cure", 1, PAPER)
    expected = Refusal("AwardDeskOnlyOnce", ranked.id, label("cure"), (1).to_bytes(32, "big"))
    for at in (None, until):
        assert refusal(ranked, at=at) == expected


def test_cure__nobody_asked__window_closed(ranked: Opened) -> None:
    ranked.ask_curing("gama")
    assert refusal(ranked) == Refusal("AwardDeskWindowClosed", ranked.id, 0)


def test_cure__around_the_end__window_closed_from_it(world: World, ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    with world.undone():
        ranked.send("beta", "cure", 1, PAPER, at=until - 1)
    for after in (0, 1):
        assert refusal(ranked, at=until + after) == Refusal("AwardDeskWindowClosed", ranked.id, until)


def test_cure__outage_in_the_window__has_its_longer_end_and_decisions_wait(world: World) -> None:
    tender = opened(world, {"acme": 1_000, "beta": 900}, curing_window=1_000).ready()
    counting_outages(world)
    until = tender.ask_curing("beta", at=world.time + 60)
    end = until + 500
    longer = end_of([outage(world, end)], until)
    ticks(world, longer - 2)
    with world.undone():
        tender.send("beta", "cure", 1, PAPER, at=longer - 1)
    found = tender.refusal("officer", "award", 1, BETA, tender.offer("beta"), DECISION, at=longer - 1)
    assert found == Refusal("AwardDeskWindowOpen", tender.id, longer)
    assert refusal(tender, at=longer) == Refusal("AwardDeskWindowClosed", tender.id, longer)
    tender.award("beta")


def test_cure__several_faults__refused_in_order(ranked: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "who": "stranger", "document": ZERO}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": ranked.id}),
        (Refusal("AwardDeskRoleMissing", label("SUPPLIER"), address("stranger")), {"who": "beta"}),
        (Refusal("AwardDeskWindowClosed", ranked.id, 0), {}),
    ]
    for expected, repair in steps:
        assert refusal(ranked, **call) == expected
        call |= repair
    ranked.ask_curing("beta")
    assert refusal(ranked, **call) == Refusal("AwardDeskHashZero", label("documentHash"))


def test_cure__valid__stores_and_tells(ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    event = ranked.send("beta", "cure", 1, PAPER).event
    assert (event.name, event.args) == ("BidCured", {"id": ranked.id, "index": 1, "documentHash": PAPER})
    assert ranked.read("curingOf", 1) == (until, True)
    ranked.ask_curing("acme")
    ranked.send("acme2", "cure", 0, PAPER)
