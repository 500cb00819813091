"""askCuring.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.awards import DECISION, DESK, NOWHERE, Opened, opened, sealed_tender
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm


def refusal(
    tender: Opened, *, who: str = "officer", id: bytes | None = None, index: int = 1, document: bytes = DECISION,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Asks beta, whose index is 1; all is well but for the changes."""
    return tender.world.refusal(who, DESK, "askCuring", id or tender.id, index, document, at=at)


@pytest.mark.parametrize("who", ["approver", "admin", "officer2", "beta", "authority", "stranger"])
def test_ask_curing__other_role_or_buyer__role_missing(ranked: Opened, who: str) -> None:
    assert refusal(ranked, who=who) == Refusal("AwardDeskRoleMissing", label("OFFICER"), address(who))


def test_ask_curing__bids_not_open__not_opened(world: World) -> None:
    tender = sealed_tender(world, {"acme": 1, "beta": 2})
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 2)


def test_ask_curing__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"acme": None, "beta": None})
    tender.tally()
    assert refusal(tender) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_ask_curing__procedure_without__curing_not_allowed(world: World) -> None:
    tender = opened(world, {"acme": 1, "beta": 2}, curing_window=0)
    assert refusal(tender) == Refusal("AwardDeskCuringNotAllowed", tender.id)


def test_ask_curing__again__only_once(ranked: Opened) -> None:
    until = ranked.ask_curing("beta")
    expected = Refusal("AwardDeskOnlyOnce", ranked.id, label("curing"), (1).to_bytes(32, "big"))
    for at in (None, until, until + 1):
        assert refusal(ranked, at=at) == expected


def test_ask_curing__no_opened_bid__not_admissible(world: World) -> None:
    bids = {"acme": 1, "beta": 2}
    tender = opened(world, bids, withdrawn=["beta"])
    for index in (1, 2, NOWHERE):
        assert refusal(tender, index=index) == Refusal("AwardDeskNotAdmissible", tender.id, 0, index)


def test_ask_curing__several_faults__refused_in_order(world: World, ranked: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "who": "stranger", "index": 3, "document": ZERO}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": ranked.id}),
        (Refusal("AwardDeskRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("AwardDeskNotAdmissible", ranked.id, 0, 3), {"index": 1}),
        (Refusal("AwardDeskHashZero", label("documentHash")), {}),
    ]
    for expected, repair in steps:
        assert refusal(ranked, **call) == expected
        call |= repair
    ranked.ask_curing("beta")
    expected = Refusal("AwardDeskOnlyOnce", ranked.id, label("curing"), (1).to_bytes(32, "big"))
    assert refusal(ranked, **call) == expected


@pytest.mark.parametrize("counted", [False, True])
def test_ask_curing__valid__stores_and_tells(world: World, counted: bool) -> None:
    tender = opened(world, {"acme": 1_000, "beta": 900})
    if counted:
        tender.ready()
    receipt = tender.send("officer", "askCuring", 1, DECISION)
    until = receipt.time + 3
    assert (receipt.event.name, receipt.event.args) == (
        "CuringAsked",
        {"id": tender.id, "index": 1, "documentHash": DECISION, "until": until},
    )
    assert tender.read("curingOf", 1) == (until, False)
    assert tender.read("curingOf", 0) == (0, False)
