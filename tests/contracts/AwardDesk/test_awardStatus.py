"""awardStatus.tree; and what awards make of a tender: tenderStatus.tree, lotStatus, cancel.tree"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chain.rules.deadlines import end_of
from chain.types import LotTerms
from tests.contracts.awards import GAP, Lot, Opened, counting_outages, opened, outage, ticks
from tests.contracts.tenders import Status, status
from tests.contracts.world import Receipt, Refusal, World, hash_of

pytestmark = pytest.mark.evm

TWO = [LotTerms(1_000)] * 2


def course(tender: Opened, *instants: int, lot: int = 1) -> list[Lot]:
    """Status of a lot at each instant."""
    found = []
    for instant in instants:
        tender.world.move_to(instant)
        found.append(tender.stage(lot))
    return found


def cancelling(tender: Opened, lot: int, at: int | None = None) -> Refusal:
    """What refuses a cancellation."""
    return tender.world.refusal(
        "officer", "TenderBoard", "cancel", tender.id, lot, 1, hash_of("decision"), at=at
    )


def test_award_status__step_by_step__as_the_facts_say(world: World) -> None:
    tender = opened(world, {"acme": 1_000, "beta": 900})
    assert tender.stage() == Lot.WAITING
    tender.tally()
    assert tender.stage() == Lot.WAITING
    tender.rank("beta")
    assert tender.stage() == Lot.WAITING
    tender.rank("acme")
    assert tender.stage() == Lot.RANKED
    tender.disqualify("beta")
    assert tender.stage() == Lot.RANKED
    end = tender.award("acme").time + 3
    assert course(tender, end - 1, end, end + 1, end + 59, end + 60, end + 61, end + 10**8) == [
        Lot.STANDSTILL, Lot.FINAL, Lot.FINAL, Lot.FINAL, Lot.LAPSED, Lot.LAPSED, Lot.LAPSED,
    ]  # fmt: skip
    assert status(world, tender.tender) == Status.AWARDING


def test_award_status__no_standstill__final_at_once(world: World) -> None:
    tender = opened(world, {"acme": 1_000}, standstill=0, complaint_window=0).ready()
    tender.award("acme")
    assert tender.stage() == Lot.FINAL


def test_award_status__outage_in_the_standstill__lasts_to_its_longer_end(world: World) -> None:
    tender = opened(world, {"acme": 1_000}, standstill=1_000, signing_period=2_000).ready()
    counting_outages(world)
    base = tender.award("acme", at=world.time + 60).time + 1_000
    outages = [outage(world, base + 500)]
    longer = end_of(outages, base)
    lapses = end_of(outages, longer + 2_000)
    assert longer == base + 500 + 3_600
    for end, before, after in ((longer, Lot.STANDSTILL, Lot.FINAL), (lapses, Lot.FINAL, Lot.LAPSED)):
        ticks(world, end - 2)
        assert course(tender, end - 1, end, end + 1) == [before, after, after]


def test_award_status__silence_that_nobody_told__lengthens_the_standstill(world: World) -> None:
    tender = opened(world, {"acme": 1_000}, standstill=1_000).ready()
    counting_outages(world)
    award = tender.award("acme", at=world.time + 60).time
    assert course(tender, award + GAP, award + 1_000, award + 5_000) == [Lot.STANDSTILL] * 3


def test_award_status__outage_in_the_standstill_of_an_exhausted_lot__tender_fails_at_its_longer_end(
    world: World,
) -> None:
    tender = opened(world, {"acme": 1_000}, standstill=1_000).ready()
    counting_outages(world)
    base = tender.disqualify("acme", at=world.time + 60).time + 1_000
    longer = end_of([outage(world, base + 500)], base)
    ticks(world, longer - 1)
    assert (tender.stage(), status(world, tender.tender)) == (Lot.STANDSTILL, Status.AWARDING)
    world.move_to(longer)
    assert (tender.stage(), status(world, tender.tender)) == (Lot.FAILED, Status.FAILED)


def test_failed_lots__each_way_to_fail__tender_fails_with_the_last(world: World) -> None:
    lots = [LotTerms(1_000)] * 3
    bids = {"acme": (None, 2_000, 500), "beta": (None, 3_000, 400)}
    tender = opened(world, bids, lots=lots)
    for lot, count in ((1, 1), (2, 2)):
        tender.tally(lot)
        assert tender.read("failedLots") == (count, 0)
        assert (tender.stage(lot), status(world, tender.tender)) == (Lot.FAILED, Status.AWARDING)
    tender.ready(lot=3)
    tender.disqualify("beta", lot=3)
    assert tender.read("failedLots") == (2, 0)
    end = tender.disqualify("acme", lot=3).time + 3
    assert tender.read("failedLots") == (3, end)
    for at, expected in ((end - 1, Status.AWARDING), (end, Status.FAILED), (end + 1, Status.FAILED)):
        world.move_to(at)
        assert status(world, tender.tender) == expected
    assert [tender.stage(lot) for lot in (1, 2, 3)] == [Lot.FAILED] * 3


def test_failed_lots__two_exhausted__the_later_standstill_counts(world: World) -> None:
    tender = opened(world, {"acme": (5, 6)}, lots=TWO).ready().ready(lot=2)
    first = tender.disqualify("acme", lot=2).time + 3
    last = tender.disqualify("acme", lot=1, at=first + 10).time + 3
    assert tender.read("failedLots") == (2, last)
    for at, expected in ((last - 1, Status.AWARDING), (last, Status.FAILED)):
        world.move_to(at)
        assert status(world, tender.tender) == expected


def test_failed_lots__one_awarded__tender_goes_on(world: World) -> None:
    tender = opened(world, {"acme": (5, 6)}, lots=TWO).ready().ready(lot=2)
    tender.award("acme", lot=1)
    end = tender.disqualify("acme", lot=2).time + 3
    world.move_to(end + 1_000)
    assert [tender.stage(lot) for lot in (1, 2)] == [Lot.LAPSED, Lot.FAILED]
    assert status(world, tender.tender) == Status.AWARDING


@pytest.mark.parametrize("window", [10, 60])
def test_failed_lots__the_others_cancelled__tender_fails_when_every_window_is_over(
    world: World, window: int
) -> None:
    """The window of the cancelled lot ends before the other one fails, or after it."""
    tender = opened(world, {"acme": (5, 2_000)}, lots=TWO, cancelled=[1], cancel_window=window)
    cancelled_at = tender.tender.deadline + window
    tender.tally(2)
    failed_at = world.time
    assert tender.read("failedLots") == (1, 0)
    if window == 60:
        assert failed_at < cancelled_at
        world.move_to(cancelled_at - 1)
        assert (tender.stage(1), tender.stage(2)) == (Lot.CANCELLING, Lot.FAILED)
        assert status(world, tender.tender) == Status.AWARDING
        world.move_to(cancelled_at)
    assert status(world, tender.tender) == Status.FAILED
    assert [tender.stage(lot) for lot in (1, 2)] == [Lot.CANCELLED, Lot.FAILED]


def test_failed_lots__cancelled_lot__is_not_counted_twice(world: World) -> None:
    """Lot 1 is cancelled and cannot fail besides, so that lot 2 alone keeps the tender alive."""
    tender = opened(world, {"acme": (None, 5)}, lots=TWO, cancelled=[1], cancel_window=10)
    found = tender.refusal("stranger", "tally", 1, tender.setup, 0, tender.offers())
    assert found == Refusal("AwardDeskLotStatusWrong", tender.id, 1, Lot.CANCELLED)
    tender.ready(lot=2)
    assert tender.read("failedLots") == (0, 0)
    assert status(world, tender.tender) == Status.AWARDING
    tender.award("acme", lot=2)


def test_cancel__while_awarding__status_wrong_at_every_step(world: World) -> None:
    bids = {"acme": (1_000, 2_000), "beta": (900, 2_000)}
    tender = opened(world, bids, lots=TWO)
    expected = Refusal("TenderBoardStatusWrong", tender.id, Status.AWARDING)
    steps: tuple[Callable[[], Receipt], ...] = (
        lambda: tender.tally(2),
        lambda: tender.tally(1),
        lambda: tender.rank("beta", "acme"),
        lambda: tender.disqualify("beta"),
        lambda: tender.award("acme"),
    )
    for step in steps:
        step()
        for lot in (0, 1, 2):
            assert cancelling(tender, lot) == expected
    for at in (world.time + 3, world.time + 100):
        for lot in (0, 1, 2):
            assert cancelling(tender, lot, at + lot) == expected


def test_cancel__failed_by_its_lots__status_wrong(world: World) -> None:
    tender = opened(world, {"acme": 2_000}, lots=[LotTerms(1_000)])
    tender.tally()
    for lot in (0, 1):
        assert cancelling(tender, lot) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)
