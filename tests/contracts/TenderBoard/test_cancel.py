"""cancel.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.tenders import UNKNOWN, Lot, Status, Tender, ask, cancel, lot_status, publish, status
from tests.contracts.world import ZERO, Refusal, World, address, hash_of, label, lots

pytestmark = pytest.mark.evm

WINDOW = 3


def refusal(
    world: World, tender: Tender, *, who: str = "officer", id: bytes | None = None, lot: int = 0, reason: int = 1,
    document: bytes | None = None, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Cancels; all is well but for the changes."""
    decision = hash_of("decision") if document is None else document
    return world.refusal(who, "TenderBoard", "cancel", id or tender.id, lot, reason, decision, at=at)


def test_cancel__unknown_tender__not_found(world: World, tender: Tender) -> None:
    assert refusal(world, tender, id=UNKNOWN, lot=9, who="stranger") == Refusal(
        "TenderBoardNotFound", UNKNOWN
    )


@pytest.mark.parametrize("lot", [2, 255])
def test_cancel__unknown_lot__lot_not_found(world: World, tender: Tender, lot: int) -> None:
    assert refusal(world, tender, lot=lot, who="stranger") == Refusal(
        "TenderBoardLotNotFound", tender.id, lot
    )


@pytest.mark.parametrize("who", ["admin", "officer2", "approver2", "acme", "authority", "stranger"])
def test_cancel__other_role__role_missing(world: World, tender: Tender, who: str) -> None:
    assert refusal(world, tender, who=who) == Refusal(
        "TenderBoardRoleMissing", label("OFFICER"), address(who)
    )


@pytest.mark.parametrize("lot", [0, 1])
def test_cancel__cancelling_and_cancelled__status_wrong(world: World, tender: Tender, lot: int) -> None:
    end = cancel(world, tender)
    for at, found in ((end - 1, Status.CANCELLING), (end, Status.CANCELLED)):
        assert refusal(world, tender, lot=lot, at=at) == Refusal("TenderBoardStatusWrong", tender.id, found)


@pytest.mark.parametrize("lot", [0, 1])
def test_cancel__failed__status_wrong(world: World, tender: Tender, lot: int) -> None:
    expected = Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)
    assert refusal(world, tender, lot=lot, at=tender.deadline) == expected


def test_cancel__lot_cancelling_and_cancelled__status_wrong(world: World) -> None:
    tender = publish(world, setup=lots(2))
    end = cancel(world, tender, 2)
    for at in (end - 1, end, end + 1):
        assert refusal(world, tender, lot=2, at=at) == Refusal(
            "TenderBoardStatusWrong", tender.id, Status.ENQUIRIES
        )


def test_cancel__no_document__hash_zero(world: World, tender: Tender) -> None:
    assert refusal(world, tender, document=ZERO) == Refusal("TenderBoardHashZero", label("documentHash"))


@pytest.mark.parametrize("reason", [0, 6, 255])
def test_cancel__unknown_reason__reason_invalid(world: World, tender: Tender, reason: int) -> None:
    assert refusal(world, tender, reason=reason) == Refusal("TenderBoardReasonInvalid", tender.id, reason)


def test_cancel__several_faults__refused_in_order(world: World, tender: Tender) -> None:
    call: dict[str, Any] = {
        "id": UNKNOWN, "who": "stranger", "lot": 2, "document": ZERO, "reason": 6, "at": tender.deadline,
    }  # fmt: skip
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardLotNotFound", tender.id, 2), {"lot": 1}),
        (Refusal("TenderBoardRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED), {"at": world.time + 1}),
        (Refusal("TenderBoardHashZero", label("documentHash")), {"document": hash_of("decision")}),
        (Refusal("TenderBoardReasonInvalid", tender.id, 6), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(world, tender, **call) == expected
        call |= repair


@pytest.mark.parametrize(
    ("who", "reason"), [("officer", 1), ("approver", 2), ("officer", 3), ("officer", 4), ("officer", 5)]
)
def test_cancel__whole_tender__stores_and_tells(world: World, who: str, reason: int) -> None:
    tender = publish(world, setup=lots(2))
    before = world.facts("TenderBoard", "tenderFacts", tender.id)
    receipt = world.send(who, "TenderBoard", "cancel", tender.id, 0, reason, hash_of("decision"))
    end = receipt.time + WINDOW
    assert (receipt.event.name, receipt.event.args) == (
        "CancellationProposed",
        {"id": tender.id, "lot": 0, "reason": reason, "documentHash": hash_of("decision"), "cancelsAt": end},
    )
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == before | {
        "cancelsAt": end,
        "reason": reason,
        "stoppedAt": receipt.time,
    }
    found = world.facts("TenderBoard", "cancellation", tender.id, 0)
    assert found == {"proposedAt": receipt.time, "cancelsAt": end}
    for at, expected, of_lot in (
        (end - 1, Status.CANCELLING, Lot.CANCELLING),
        (end, Status.CANCELLED, Lot.CANCELLED),
        (end + 1, Status.CANCELLED, Lot.CANCELLED),
        (tender.deadline + 1, Status.CANCELLED, Lot.CANCELLED),
    ):
        world.move_to(at)
        assert (status(world, tender), lot_status(world, tender, 1), lot_status(world, tender, 2)) == (
            expected,
            of_lot,
            of_lot,
        )


def test_cancel__one_lot__stores_and_tells(world: World) -> None:
    tender = publish(world, setup=lots(2))
    before = world.facts("TenderBoard", "tenderFacts", tender.id)
    receipt = world.send("approver", "TenderBoard", "cancel", tender.id, 2, 4, hash_of("decision"))
    end = receipt.time + WINDOW
    assert receipt.event.args == {
        "id": tender.id, "lot": 2, "reason": 4, "documentHash": hash_of("decision"), "cancelsAt": end,
    }  # fmt: skip
    found = world.facts("TenderBoard", "cancellation", tender.id, 2)
    assert found == {"proposedAt": receipt.time, "cancelsAt": end}
    assert world.facts("TenderBoard", "cancellation", tender.id, 0)["proposedAt"] == 0
    changes = {"lotsCancelled": 1, "lotsCancelledAt": end, "reason": 4}
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == before | changes
    for at, expected in ((end - 1, Lot.CANCELLING), (end, Lot.CANCELLED), (end + 1, Lot.CANCELLED)):
        world.move_to(at)
        assert (status(world, tender), lot_status(world, tender, 1)) == (Status.ENQUIRIES, Lot.WAITING)
        assert lot_status(world, tender, 2) == expected


@pytest.mark.parametrize("at", [-1, 0, 1])
def test_cancel__held__cancels_around_the_deadline(world: World, tender: Tender, at: int) -> None:
    ask(world, tender)
    end = cancel(world, tender, at=tender.deadline + at)
    assert status(world, tender) == Status.CANCELLING
    world.move_to(end)
    assert status(world, tender) == Status.CANCELLED
