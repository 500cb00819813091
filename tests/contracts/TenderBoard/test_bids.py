"""bids.tree; and what bids and their opening make of a tender: tenderStatus.tree, cancel.tree"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.bids import Box, close, declare, open_page, post
from tests.contracts.tenders import UNKNOWN, Lot, Status, Tender, ask, cancel, lot_status, publish, status
from tests.contracts.world import (
    ACME,
    BETA,
    DAY,
    KEYSET,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    lots,
    sandbox,
    terms,
    text_of,
)

pytestmark = pytest.mark.evm

NEVER = 2**40 - 1


@pytest.fixture
def box(world: World, tender: Tender) -> Box:
    """A tender with two sealed bids."""
    declare(world, "acme", "beta")
    made = Box(world, tender)
    for who in ("acme", "beta"):
        made.submit(who)
    return made


def window(world: World, tender: Tender) -> dict[str, Any]:
    """bidWindow by name."""
    found: dict[str, Any] = world.facts("TenderBoard", "bidWindow", tender.id)
    return found


def course(box: Box, *instants: int) -> Iterator[Status]:
    """Status at each instant."""
    for instant in instants:
        box.world.move_to(instant)
        yield status(box.world, box.tender)


def test_status__two_bids_and_nobody_opens__sealed_opening_fallback_failed(box: Box) -> None:
    end = box.tender.deadline
    opens, falls, voids = end + 1, end + 31, end + 61
    found = list(course(box, end - 1, end, opens, falls - 1, falls, voids - 1, voids, voids + DAY))
    assert found == [
        Status.TENDERING, Status.SEALED, Status.OPENING, Status.OPENING, Status.FALLBACK, Status.FALLBACK, Status.FAILED, Status.FAILED,
    ]  # fmt: skip


def test_status__every_bid_open__awarding_for_good(box: Box) -> None:
    close(box)
    for seat in (1, 3):
        post(box, seat)
        assert status(box.world, box.tender) == Status.OPENING
    open_page(box, 1, 3)
    assert list(course(box, box.world.time + 1, box.tender.deadline + 61)) == [Status.AWARDING] * 2
    assert lot_status(box.world, box.tender, 1) == Lot.WAITING


def test_status__withdrawn_before_the_deadline__too_few_bids(world: World, tender: Tender) -> None:
    declare(world, "acme")
    box = Box(world, tender)
    box.submit("acme")
    box.withdraw("acme")
    assert list(course(box, tender.deadline)) == [Status.FAILED]


def test_status__not_confirmed_after_an_addendum__too_few_bids(box: Box) -> None:
    world, tender = box.world, box.tender
    new = terms(tender.deadline, items=2).as_tuple()
    world.send("officer", "TenderBoard", "amend", tender.id, tender.hash, new, "{}")
    assert list(course(box, tender.deadline)) == [Status.FAILED]


def test_status__question_open_at_the_deadline__held_and_then_bids_again(world: World) -> None:
    patient = sandbox(2, answer_cutoff=3)
    world.send("authority", "ProcedureBook", "adopt", patient.as_tuple(), text_of())
    tender = publish(world, procedure_version=2)
    declare(world, "acme")
    box = Box(world, tender)
    box.submit("acme")
    ask(world, tender)
    assert list(course(box, tender.deadline, tender.deadline + 100)) == [Status.HELD] * 2
    assert [window(world, tender)[name] for name in ("openFrom", "fallbackFrom", "voidFrom")] == [NEVER] * 3
    world.send("officer", "TenderBoard", "answer", tender.id, 1, "{}")
    box.submit("acme", 80_000)
    assert status(world, tender) == Status.TENDERING
    assert window(world, tender)["closesAt"] == world.time + 2
    assert list(course(box, world.time + 2)) == [Status.SEALED]


@pytest.mark.parametrize("after", [1, 31])
def test_cancel__while_bids_are_opened__status_wrong(box: Box, after: int) -> None:
    world, tender = box.world, box.tender
    world.move_to(tender.deadline + after - 1)
    expected = Status.OPENING if after == 1 else Status.FALLBACK
    for lot in (0, 1):
        args = (tender.id, lot, 1, hash_of("decision"))
        assert world.refusal("officer", "TenderBoard", "cancel", *args) == Refusal(
            "TenderBoardStatusWrong", tender.id, expected
        )


def test_cancel__after_the_opening__status_wrong(box: Box) -> None:
    close(box)
    for seat in (1, 2):
        post(box, seat)
    open_page(box)
    args = (box.tender.id, 0, 1, hash_of("decision"))
    expected = Refusal("TenderBoardStatusWrong", box.tender.id, Status.AWARDING)
    assert box.world.refusal("officer", "TenderBoard", "cancel", *args) == expected


def test_cancel__one_second_before_the_opening__bids_stay_sealed(box: Box) -> None:
    cancel(box.world, box.tender, at=box.tender.deadline)
    assert window(box.world, box.tender)["stopped"] is True
    assert list(course(box, box.tender.deadline + 3, box.tender.deadline + 61)) == [Status.CANCELLED] * 2


def test_lot_status__opening_failed__cancelled_only_where_the_window_ended_before(world: World) -> None:
    tender = publish(world, setup=lots(2))
    declare(world, "acme")
    box = Box(world, tender)
    box.submit("acme", 1, 2)
    cancel(world, tender, 1, at=tender.deadline - 1)
    assert list(course(box, tender.deadline + 61)) == [Status.FAILED]
    assert [lot_status(world, tender, lot) for lot in (1, 2)] == [Lot.CANCELLED, Lot.FAILED]


def test_window__of_a_tender__what_terms_and_procedure_say(box: Box) -> None:
    end = box.tender.deadline
    assert window(box.world, box.tender) == {
        "keysetId": KEYSET, "termsHash": box.tender.hash, "termsVersion": 1, "closesAt": end, "openFrom": end + 1,
        "fallbackFrom": end + 31, "voidFrom": end + 61, "envelopes": 1, "lots": 1, "bodyBlocks": 16, "maxBids": 0, "stopped": False,
    }  # fmt: skip


def test_window__unknown__all_zero(world: World) -> None:
    found = world.facts("TenderBoard", "bidWindow", UNKNOWN)
    assert set(found.values()) == {0, ZERO}


def test_sealed_to__a_tender_and_none__keyset_and_version_of_the_terms(box: Box) -> None:
    assert box.world.read("TenderBoard", "sealedTo", box.tender.id) == (KEYSET, 1)
    assert box.world.read("TenderBoard", "sealedTo", UNKNOWN) == (ZERO, 0)


def test_window__every_lot_being_cancelled__stopped_at_once(world: World) -> None:
    tender = publish(world, setup=lots(2))
    stopped = []
    for lot in (1, 2):
        cancel(world, tender, lot)
        stopped.append(window(world, tender)["stopped"])
    assert stopped == [False, True]


def test_window__too_few_bids__stopped_from_the_deadline_on(world: World, tender: Tender) -> None:
    stopped = []
    for instant in (tender.deadline - 1, tender.deadline):
        world.move_to(instant)
        stopped.append(window(world, tender)["stopped"])
    assert stopped == [False, True]


def test_bidder__declared_owners__the_supplier_for_each_account_until_it_is_old(
    world: World, tender: Tender
) -> None:
    def bidder(who: str) -> bytes:
        found: bytes = world.read("TenderBoard", "bidderOf", tender.id, address(who))
        return found

    assert bidder("acme") == ZERO
    declare(world, "acme")
    declared = world.time
    assert [bidder(who) for who in ("acme", "acme2", "beta", "officer", "stranger")] == [
        ACME,
        ACME,
        ZERO,
        ZERO,
        ZERO,
    ]
    declare(world, "beta")
    assert bidder("beta") == BETA
    assert world.read("TenderBoard", "bidderOf", UNKNOWN, address("acme")) == ZERO
    world.move_to(declared + 365 * DAY)
    assert bidder("acme") == ACME
    world.move_to(declared + 365 * DAY + 1)
    assert bidder("acme") == ZERO


def test_bidder__not_active__nobody(world: World, tender: Tender) -> None:
    declare(world, "acme")
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    assert world.read("TenderBoard", "bidderOf", tender.id, address("acme")) == ZERO
    assert world.read("SupplierRegistry", "isEligible", ACME) is False
