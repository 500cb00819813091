"""tenderStatus.tree; and the other views"""

from __future__ import annotations

import pytest

from tests.contracts.tenders import UNKNOWN, Lot, Status, Tender, ask, cancel, lot_status, publish, status
from tests.contracts.world import ACME, ZERO, Refusal, World, label, lots, sandbox, text_of

pytestmark = pytest.mark.evm

ENDS = (Status.CANCELLED, Status.FAILED)


def course(world: World, tender: Tender, *instants: int) -> list[Status]:
    """Status at each instant."""
    found = []
    for instant in instants:
        world.move_to(instant)
        found.append(status(world, tender))
    return found


def test_tender_status__unknown__none(world: World) -> None:
    assert world.read("TenderBoard", "tenderStatus", UNKNOWN) == Status.NONE
    assert world.read("TenderBoard", "tenderStatus", ZERO) == Status.NONE
    assert set(world.facts("TenderBoard", "tenderFacts", UNKNOWN).values()) == {0, ZERO, bytes(16), bytes(3)}


def test_tender_status__no_bids__enquiries_tendering_failed(world: World, tender: Tender) -> None:
    end = tender.deadline
    assert status(world, tender) == Status.ENQUIRIES
    assert course(world, tender, end - 4, end - 3, end - 2, end - 1, end, end + 1, end + 10**9) == [
        Status.ENQUIRIES, Status.TENDERING, Status.TENDERING, Status.TENDERING, Status.FAILED, Status.FAILED, Status.FAILED,
    ]  # fmt: skip


def test_tender_status__no_enquiry_cutoff__enquiries_until_the_deadline(world: World) -> None:
    free = sandbox(2, enquiry_cutoff=0, answer_cutoff=0)
    world.send("authority", "ProcedureBook", "adopt", free.as_tuple(), text_of())
    tender = publish(world, procedure_version=2)
    assert course(world, tender, tender.deadline - 1, tender.deadline) == [Status.ENQUIRIES, Status.FAILED]


def test_tender_status__open_question__held(world: World, tender: Tender) -> None:
    ask(world, tender)
    end = tender.deadline
    assert course(world, tender, end - 1, end, end + 1, end + 10**9) == [Status.TENDERING, *[Status.HELD] * 3]


def test_tender_status__cancelled_before_the_deadline__cancelled_for_ever(
    world: World, tender: Tender
) -> None:
    ask(world, tender)
    end = cancel(world, tender)
    assert course(world, tender, end - 1, end, end + 1, tender.deadline, tender.deadline + 10**9) == [
        Status.CANCELLING, *[Status.CANCELLED] * 4,
    ]  # fmt: skip


def test_tender_status__window_over_the_deadline__cancelling_until_its_end(
    world: World, tender: Tender
) -> None:
    end = cancel(world, tender, at=tender.deadline - 1)
    assert end == tender.deadline + 2
    assert course(world, tender, tender.deadline, end - 1, end) == [
        Status.CANCELLING,
        Status.CANCELLING,
        Status.CANCELLED,
    ]
    assert lot_status(world, tender, 1) == Lot.CANCELLED


def test_tender_status__window_of_zero__cancelled_at_once(world: World) -> None:
    free = sandbox(2, cancel_window=0)
    world.send("authority", "ProcedureBook", "adopt", free.as_tuple(), text_of())
    tender = publish(world, procedure_version=2)
    cancel(world, tender)
    assert status(world, tender) == Status.CANCELLED


def test_tender_status__all_lots_cancelled__failed_for_ever(world: World) -> None:
    tender = publish(world, setup=lots(2))
    ask(world, tender)
    cancel(world, tender, 1)
    end = cancel(world, tender, 2, at=world.time + 10)
    assert lot_status(world, tender, 1) == Lot.CANCELLED
    assert course(world, tender, end - 1, end, end + 1, tender.deadline + 1) == [
        Status.CANCELLING,
        *[Status.FAILED] * 3,
    ]
    assert [lot_status(world, tender, lot) for lot in (1, 2)] == [Lot.CANCELLED] * 2


def test_tender_status__held_and_all_lots_cancelled__failed_with_cancelled_lots(world: World) -> None:
    tender = publish(world, setup=lots(2))
    ask(world, tender)
    first = cancel(world, tender, 1, at=tender.deadline - 1)
    last = cancel(world, tender, 2, at=first + 5)
    seen = []
    for at in (last - 1, last, last + 1):
        world.move_to(at)
        seen.append((status(world, tender), lot_status(world, tender, 1), lot_status(world, tender, 2)))
    assert seen == [
        (Status.CANCELLING, Lot.CANCELLED, Lot.CANCELLING),
        (Status.FAILED, Lot.CANCELLED, Lot.CANCELLED),
        (Status.FAILED, Lot.CANCELLED, Lot.CANCELLED),
    ]


def test_lot_status__lot_cancelled_in_time__stays_cancelled(world: World) -> None:
    tender = publish(world, setup=lots(2))
    end = cancel(world, tender, 1)
    seen = []
    for at in (end - 1, end, tender.deadline - 1, tender.deadline, tender.deadline + 10):
        world.move_to(at)
        seen.append((lot_status(world, tender, 1), lot_status(world, tender, 2)))
    assert seen == [
        (Lot.CANCELLING, Lot.WAITING), (Lot.CANCELLED, Lot.WAITING), (Lot.CANCELLED, Lot.WAITING),
        (Lot.CANCELLED, Lot.FAILED), (Lot.CANCELLED, Lot.FAILED),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "found"), [(4, Lot.CANCELLED), (3, Lot.CANCELLED), (2, Lot.FAILED), (1, Lot.FAILED)]
)
def test_lot_status__window_near_the_deadline__the_first_end_stands(
    world: World, before: int, found: Lot
) -> None:
    tender = publish(world, setup=lots(2))
    end = cancel(world, tender, 1, at=tender.deadline - before)
    for at in (tender.deadline, tender.deadline + 1, end + 5):
        world.move_to(at)
        assert (status(world, tender), lot_status(world, tender, 1)) == (Status.FAILED, found)


def test_lot_status__lot_cancelled_then_tender__each_at_its_end(world: World) -> None:
    tender = publish(world, setup=lots(2))
    first = cancel(world, tender, 1)
    last = cancel(world, tender, at=first - 1)
    seen = []
    for at in (first, last):
        world.move_to(at)
        seen.append((lot_status(world, tender, 1), lot_status(world, tender, 2)))
    assert seen == [(Lot.CANCELLED, Lot.CANCELLING), (Lot.CANCELLED, Lot.CANCELLED)]


def test_lot_status__no_such_tender_or_lot__refused(world: World, tender: Tender) -> None:
    assert world.refused_read("TenderBoard", "lotStatus", UNKNOWN, 1) == Refusal(
        "TenderBoardNotFound", UNKNOWN
    )
    for lot in (0, 2):
        expected = Refusal("TenderBoardLotNotFound", tender.id, lot)
        assert world.refused_read("TenderBoard", "lotStatus", tender.id, lot) == expected


def test_closes_at__no_such_tender__not_found(world: World, tender: Tender) -> None:
    assert world.refused_read("TenderBoard", "closesAt", UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)
    assert world.read("TenderBoard", "closesAt", tender.id) == tender.deadline


def test_records__unknown__zero(world: World, tender: Tender) -> None:
    assert world.read("TenderBoard", "recordOf", label("nobody"), label("nothing")) == ZERO
    assert world.read("TenderBoard", "questionOf", tender.id, ACME, label("nothing")) == 0
    assert world.read("TenderBoard", "isAnswered", tender.id, 1) is False
