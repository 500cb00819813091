"""outages.tree"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.rules.deadlines import GRACE, GUARD, MOST, Outage, end_of
from tests.contracts.world import (
    DAY,
    SANDBOX_MARK,
    Refusal,
    World,
    address,
    hash_of,
    label,
    sandbox,
    terms,
    text_of,
    wiring,
)

pytestmark = pytest.mark.evm

BOOK = "ProcedureBook"
GAP = 900
HOUR = 3600


@pytest.fixture
def counting(world: World) -> Iterator[World]:
    """The network with a book of its own that counts outages."""
    before = dict(world.addresses)
    receipt = world.deploy(BOOK, address("authority"), GAP, [sandbox().as_tuple()], [text_of()])
    assert receipt.created is not None
    world.addresses[BOOK] = receipt.created
    yield world
    world.addresses |= before


def tick(world: World, at: int | None = None) -> None:
    world.send("stranger", BOOK, "tick", at=at)


def silence(world: World, start: int, end: int) -> None:
    """An outage."""
    assert end - start > GAP
    for when in range(world.time + GAP, start, GAP):
        tick(world, when)
    tick(world, start)
    tick(world, end)


def recorded(world: World) -> list[tuple[int, int]]:
    count, _ = world.read(BOOK, "outages")
    return [world.read(BOOK, "outageAt", index) for index in range(count)]


def test_constructor__no_gap_and_no_sandbox__hash_zero(world: World) -> None:
    args = (address("authority"), 0, [], [])
    world.deploy(BOOK, *args)
    world.node.rpc("anvil_setCode", SANDBOX_MARK, "0x")
    assert world.refused_deployment(BOOK, *args) == Refusal("ProcedureBookHashZero", label("outageGap"))
    world.deploy(BOOK, address("authority"), 1, [], [])


def test_constructor__with_a_gap__tells_it(world: World) -> None:
    event = world.deploy(BOOK, address("authority"), GAP, [], []).event
    assert (event.name, event.args) == ("OutagesCounted", {"gap": GAP, "start": world.time})
    assert world.deploy(BOOK, address("authority"), 0, [], []).events == ()


def test_constructor__with_a_gap__last_tick_is_its_own_time(counting: World) -> None:
    assert counting.read(BOOK, "outages") == (0, counting.time)
    assert counting.read(BOOK, "outageGap") == GAP


def test_tick__time_is_moved_by_hand__does_nothing(world: World) -> None:
    before = world.read(BOOK, "outages")
    assert world.send("stranger", BOOK, "tick", at=world.time + 10 * DAY).events == ()
    assert world.read(BOOK, "outages") == before
    assert world.read(BOOK, "deadlineOf", world.time + 5) == world.time + 5


@pytest.mark.parametrize("after, kept", [(59, False), (60, True), (GAP, True)])
def test_tick__within_the_gap__kept_once_a_minute(counting: World, after: int, kept: bool) -> None:
    start = counting.time
    receipt = counting.send("stranger", BOOK, "tick", at=start + after)
    told = [(event.name, event.args) for event in receipt.events]
    assert told == ([("Ticked", {"time": start + after})] if kept else [])
    assert counting.read(BOOK, "outages") == (0, counting.time if kept else start)


def test_tick__beyond_the_gap__is_an_outage(counting: World) -> None:
    start = counting.time
    event = counting.send("stranger", BOOK, "tick", at=start + GAP + 1).event
    assert (event.name, event.args) == (
        "OutageRecorded",
        {"index": 0, "start": start, "end": start + GAP + 1},
    )
    assert counting.read(BOOK, "outages") == (1, start + GAP + 1)
    assert recorded(counting) == [(start, start + GAP + 1)]
    assert counting.read(BOOK, "outageAt", 1) == (0, 0)
    assert counting.send("stranger", BOOK, "tick").events == ()


@pytest.mark.parametrize(
    "contract, who, function, args",
    [
        ("SupplierRegistry", "registrar", "register", lambda w: (hash_of("firm"), [address("new")], "{}")),
        ("TenderBoard", "officer", "publish", lambda w: (b"\1" * 32, terms(w.time + DAY).as_tuple(), "{}")),
    ],
)
def test_tick__by_an_act__records_the_outage_before_it(
    counting: World, contract: str, who: str, function: str, args: Callable[[World], tuple[Any, ...]]
) -> None:
    receipt = counting.deploy(contract, wiring(counting.addresses))
    assert receipt.created is not None
    counting.addresses[contract] = receipt.created
    start, _ = counting.time, tick(counting, counting.time + 60)
    receipt = counting.send(who, contract, function, *args(counting), at=start + 60 + GAP + 1)
    assert receipt.events[0].args == {"index": 0, "start": start + 60, "end": start + 60 + GAP + 1}
    assert len(receipt.events) == 2


@pytest.mark.parametrize(
    "start, end, base, wanted",
    [
        (HOUR, 2 * HOUR, HOUR, HOUR),  # began at the end
        (HOUR, 2 * HOUR, HOUR + 1, 3 * HOUR),  # a second of it was lost: an hour is left after it
        (HOUR, 2 * HOUR, 2 * HOUR, 3 * HOUR),  # reaches up to the end: all of it was lost
        (HOUR, 2 * HOUR, 10 * HOUR, 11 * HOUR),
        (HOUR, 4 * HOUR, 2 * HOUR, 5 * HOUR),  # over the end: the hour that was lost, from its end on
        (HOUR, 4 * HOUR, 4 * HOUR, 7 * HOUR),
        (HOUR, 2 * HOUR, 2 * HOUR + DAY, 2 * HOUR + DAY),  # all of it before the last day
        (HOUR, 2 * HOUR, 2 * HOUR + DAY - 60, 2 * HOUR + DAY),  # a minute of it in the last day
        (HOUR, 3 * DAY, 3 * DAY + HOUR, 4 * DAY),  # of the last day only: no outage gives more than a day
    ],
)
def test_deadline_of__one_outage__lengthens_what_it_took(
    counting: World, start: int, end: int, base: int, wanted: int
) -> None:
    zero = counting.time
    silence(counting, zero + start, zero + end)
    assert counting.read(BOOK, "deadlineOf", zero + base) == zero + wanted
    assert end_of([Outage(zero + start, zero + end)], zero + base) == zero + wanted


def test_deadline_of__silence_that_nobody_told__counts(counting: World) -> None:
    start = counting.time
    counting.move_to(start + GAP)
    assert counting.read(BOOK, "deadlineOf", start + HOUR) == start + HOUR
    counting.move_to(start + GAP + 1)
    assert counting.read(BOOK, "deadlineOf", start + HOUR) == start + HOUR + GAP + 1
    counting.move_to(start + 2 * HOUR)
    assert counting.read(BOOK, "deadlineOf", start + HOUR) == start + 3 * HOUR
    tick(counting, start + 2 * HOUR + 1)
    assert counting.read(BOOK, "deadlineOf", start + HOUR) == start + 3 * HOUR + 1


def test_deadline_of__many_outages__32_at_most_and_within_its_gas(counting: World) -> None:
    start = counting.time
    for number in range(1, 41):
        tick(counting, start + number * (GAP + 1))
    base = start + 20 * (GAP + 1)
    outages = [Outage(*each) for each in recorded(counting)]
    found = counting.read(BOOK, "deadlineOf", base)
    assert found == end_of(outages, base)
    limited = end_of(outages[:MOST], base)
    assert found == limited < base + 41 * DAY
    call = counting.as_call("stranger", BOOK, "deadlineOf", base)
    assert int(counting.node.rpc("eth_estimateGas", call), 16) - 21_000 <= 120_000


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Outage], int, int]:
    """Outages in order of time, and two bases."""
    now, outages = 10 * DAY, []
    for _ in range(draw(st.integers(0, 40))):
        start = now + draw(st.integers(0, 2 * DAY))
        now = start + draw(st.integers(GAP + 1, 3 * DAY))
        outages.append(Outage(start, now))
    one, two = (draw(st.integers(9 * DAY, now + 2 * DAY)) for _ in range(2))
    return outages, min(one, two), max(one, two)


@given(stories())
@settings(max_examples=500, deadline=None)
def test_end_of__a_later_base__has_no_earlier_end(story: tuple[Sequence[Outage], int, int]) -> None:
    outages, earlier, later = story
    assert earlier <= end_of(outages, earlier) <= end_of(outages, later)


@given(stories())
@settings(max_examples=500, deadline=None)
def test_end_of__any_story__bounded_and_with_its_grace(story: tuple[Sequence[Outage], int, int]) -> None:
    outages, base, _ = story
    end = end_of(outages, base)
    applied = [each for each in outages if each.start < end and each.end > base - GUARD][:MOST]
    lasted = sum(each.end - each.start for each in applied)
    assert end <= base + 2 * lasted + MOST * GRACE
    for each in applied:
        assert not each.start < end < each.end + GRACE or len(applied) == MOST
