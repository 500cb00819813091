"""openPage.tree"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from chain.sealing.group import N, multiply, number
from chain.sealing.opening import open_with
from chain.sealing.tdh2 import factors
from tests.contracts.sealing import (
    COMMITTEE,
    NO_OFFER,
    SEATS,
    UNKNOWN,
    Bid,
    Committee,
    Window,
    draw,
    firms,
    form,
    open_page,
    opening,
    post,
    record,
    resealed,
    sealed,
    submit,
    submitted,
    tender,
    with_part,
)
from tests.contracts.world import ZERO, Refusal, World, address

pytestmark = pytest.mark.evm

ID, ENVELOPE, PAGE, CHOSEN, FACTORS, POINTS, BIDS = range(7)
U, BODY, WORDS, PRODUCTS, INVERSES = range(5)
"""Places in the arguments of openPage, and in an entry."""

NOTHING: tuple[Any, ...] = ((0, 0), ZERO, [], [], [])
"""An entry without anything."""


@pytest.fixture
def three(bare: World) -> Committee:
    """Three of five."""
    return form(bare, 3, SEATS[:5])


@pytest.fixture
def posted(bare: World, three: Committee) -> tuple[Window, list[Bid]]:
    """A tender of two lots with two bids, of which seats 1, 2, 4 and 5 have posted shares."""
    window = tender(bare, three, lots=2)
    bids = submitted(bare, window, "acme", "beta")
    for seat in (1, 2, 4, 5):
        post(bare, window, three, seat, bids, at=max(bare.time + 1, window.open_from))
    return window, bids


@pytest.fixture
def good(three: Committee, posted: tuple[Window, list[Bid]]) -> list[Any]:
    """The arguments that open them with seats 1, 2, 4."""
    return opening(posted[0], three, (1, 2, 4), posted[1])


def refusal(
    world: World, good: list[Any], changes: dict[int, Any] | None = None, at: int | None = None
) -> Refusal:
    """Opens; all is well but for the changes, by place."""
    given = [(changes or {}).get(place, value) for place, value in enumerate(good)]
    return world.refusal("anyone", COMMITTEE, "openPage", *given, at=at)


def entry(good: list[Any], index: int, place: int, value: Any) -> dict[int, Any]:
    """Another value in one of the entries."""
    bids = list(good[BIDS])
    bids[index] = (*bids[index][:place], value, *bids[index][place + 1 :])
    return {BIDS: bids}


def test_openPage__stopped__stopped(bare: World, posted: tuple[Window, list[Bid]], good: list[Any]) -> None:
    posted[0].put(bare, stopped=True)
    assert refusal(bare, good) == Refusal("OpeningCommitteeStopped", posted[0].id)


def test_openPage__around_the_end__too_late_from_it(
    bare: World, posted: tuple[Window, list[Bid]], good: list[Any]
) -> None:
    window = posted[0]
    with bare.undone():
        bare.send("anyone", COMMITTEE, "openPage", *good, at=window.void_from - 1)
    for after in (0, 1):
        expected = Refusal("OpeningCommitteeTooLate", window.id, 0, window.void_from)
        assert refusal(bare, good, at=window.void_from + after) == expected


def test_openPage__unknown_tender__keyset_not_found(bare: World, good: list[Any]) -> None:
    assert refusal(bare, good, {ID: UNKNOWN}) == Refusal("OpeningCommitteeKeysetNotFound", ZERO)


@pytest.mark.parametrize("envelope", [1, 255])
def test_openPage__another_envelope__phase_not_reached(bare: World, good: list[Any], envelope: int) -> None:
    expected = Refusal("OpeningCommitteePhaseNotReached", good[ID], envelope, 0)
    assert refusal(bare, good, {ENVELOPE: envelope}) == expected


def test_openPage__keyset_unknown__keyset_not_found(
    bare: World, posted: tuple[Window, list[Bid]], good: list[Any]
) -> None:
    posted[0].put(bare, keyset_id=b"\1" * 32)
    assert refusal(bare, good) == Refusal("OpeningCommitteeKeysetNotFound", b"\1" * 32)


@pytest.mark.parametrize(
    "seats",
    [
        (),
        (1,),
        (1, 2),
        (1, 2, 4, 5),
        (1, 1, 2),
        (1, 2, 2),
        (2, 1, 4),
        (4, 2, 1),
        (1, 4, 2),
        (5, 5, 5),
        (0, 0, 1),
    ],
)
def test_openPage__not_k_rising_seats__seats_wrong(
    bare: World, good: list[Any], seats: tuple[int, ...]
) -> None:
    count = len(seats)
    changes = {CHOSEN: list(seats), FACTORS: [1] * count, POINTS: [good[POINTS][0]] * count}
    assert refusal(bare, good, changes) == Refusal("OpeningCommitteeSeatsWrong", good[ID], 3, count)


@pytest.mark.parametrize("place", [FACTORS, POINTS])
@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_openPage__other_number_of_factors_or_lists__seats_wrong(
    bare: World, good: list[Any], place: int, count: int
) -> None:
    changes = {place: (good[place] * 2)[:count]}
    assert refusal(bare, good, changes) == Refusal("OpeningCommitteeSeatsWrong", good[ID], 3, 3)


def test_openPage__k_less_one_of_the_shares__seats_wrong_however_they_are_combined(
    bare: World, three: Committee, posted: tuple[Window, list[Bid]]
) -> None:
    window, bids = posted
    for seats in ((1, 2), (1, 4), (2, 5)):
        args = opening(window, three, seats, bids)
        assert refusal(bare, args) == Refusal("OpeningCommitteeSeatsWrong", window.id, 3, 2)


@pytest.mark.parametrize("seats", [(1, 2, 3), (1, 3, 4), (2, 3, 5), (0, 1, 2), (1, 2, 6), (1, 2, 255)])
def test_openPage__seat_has_not_posted__shares_missing(
    bare: World, good: list[Any], seats: tuple[int, ...]
) -> None:
    missing = next(seat for seat in seats if seat not in (1, 2, 4, 5))
    lists = {seat: good[POINTS][place] for place, seat in enumerate((1, 2, 4))}
    if 5 in seats:
        return
    changes = {CHOSEN: list(seats), POINTS: [lists.get(seat, good[POINTS][0]) for seat in seats]}
    assert refusal(bare, good, changes) == Refusal("OpeningCommitteeSharesMissing", good[ID], 0, missing)


LISTS: dict[str, Callable[[list[list[int]]], list[list[int]]]] = {
    "another seat's": lambda lists: [lists[0], lists[0], lists[2]],
    "changed": lambda lists: [lists[0], [lists[1][0] ^ 1, *lists[1][1:]], lists[2]],
    "empty": lambda lists: [lists[0], [], lists[2]],
    "cut": lambda lists: [lists[0], lists[1][:-1], lists[2]],
    "of the first bid alone": lambda lists: [lists[0], lists[1][:2], lists[2]],
    "longer": lambda lists: [lists[0], [*lists[1], 0], lists[2]],
    "in another order": lambda lists: [lists[0], [*lists[1][2:], *lists[1][:2]], lists[2]],
}


@pytest.mark.parametrize("lie", LISTS)
def test_openPage__not_the_posted_list__shares_missing(bare: World, good: list[Any], lie: str) -> None:
    found = refusal(bare, good, {POINTS: LISTS[lie](good[POINTS])})
    assert found == Refusal("OpeningCommitteeSharesMissing", good[ID], 0, 2)


@pytest.mark.parametrize("page", [1, 2**255, 2**256 - 1])
def test_openPage__another_page__shares_missing(bare: World, good: list[Any], page: int) -> None:
    expected = Refusal("OpeningCommitteeSharesMissing", good[ID], page, 1)
    assert refusal(bare, good, {PAGE: page}) == expected
    assert refusal(bare, good, {PAGE: page, BIDS: []}) == expected


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("value", [0, 1, N, 2**256 - 1])
def test_openPage__other_factor__factor_invalid(bare: World, good: list[Any], place: int, value: int) -> None:
    lagrange = list(good[FACTORS])
    lagrange[place] = value
    found = refusal(bare, good, {FACTORS: lagrange})
    assert found == Refusal("OpeningCommitteeFactorInvalid", good[ID], (1, 2, 4)[place])


def test_openPage__factors_of_other_seats__factor_invalid(bare: World, good: list[Any]) -> None:
    found = refusal(bare, good, {FACTORS: list(factors((1, 2, 5)))})
    assert found == Refusal("OpeningCommitteeFactorInvalid", good[ID], 1)


@pytest.mark.parametrize("count", [0, 1, 3, 33])
def test_openPage__other_number_of_entries__entry_count_wrong(
    bare: World, good: list[Any], count: int
) -> None:
    changes = {BIDS: [good[BIDS][0]] * count}
    assert refusal(bare, good, changes) == Refusal("OpeningCommitteeEntryCountWrong", good[ID], 0, 2, count)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("index", [0, 1])
def test_openPage__other_product__combination_invalid(
    bare: World, good: list[Any], index: int, place: int
) -> None:
    own = good[BIDS][index][PRODUCTS]
    x, y = own[place]
    for wrong in (own[(place + 1) % 3], multiply(7).as_tuple(), (x, y + 1), (0, 0), (2**256 - 1, 2**256 - 1)):
        products = [*own[:place], wrong, *own[place + 1 :]]
        found = refusal(bare, good, entry(good, index, PRODUCTS, products))
        assert found == Refusal("OpeningCommitteeCombinationInvalid", good[ID], index, (1, 2, 4)[place])


@pytest.mark.parametrize("count", [0, 1, 2, 4, 16])
def test_openPage__other_number_of_products__combination_invalid(
    bare: World, good: list[Any], count: int
) -> None:
    products = (good[BIDS][1][PRODUCTS] * 6)[:count]
    found = refusal(bare, good, entry(good, 1, PRODUCTS, products))
    assert found == Refusal("OpeningCommitteeCombinationInvalid", good[ID], 1, 0)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("index", [0, 1])
def test_openPage__other_inverse__sum_invalid(bare: World, good: list[Any], index: int, place: int) -> None:
    own = good[BIDS][index][INVERSES]
    for wrong in (0, own[place] + 1, own[1 - place], 2**256 - 1):
        inverses = [*own[:place], wrong, *own[place + 1 :]]
        found = refusal(bare, good, entry(good, index, INVERSES, inverses))
        assert found == Refusal("OpeningCommitteeSumInvalid", good[ID], index, (2, 4)[place])


@pytest.mark.parametrize("count", [0, 1, 3, 16])
def test_openPage__other_number_of_inverses__sum_invalid(bare: World, good: list[Any], count: int) -> None:
    inverses = (good[BIDS][0][INVERSES] * 8)[:count]
    found = refusal(bare, good, entry(good, 0, INVERSES, inverses))
    assert found == Refusal("OpeningCommitteeSumInvalid", good[ID], 0, 0)


@pytest.mark.parametrize("index", [0, 1])
def test_openPage__not_what_was_sealed__entry_wrong(bare: World, good: list[Any], index: int) -> None:
    own, other = good[BIDS][index], good[BIDS][1 - index]
    words = own[WORDS]
    for place, wrong in (
        (U, other[U]),
        (U, (0, 0)),
        (BODY, other[BODY]),
        (BODY, ZERO),
        (WORDS, other[WORDS]),
        (WORDS, [words[0], words[1] ^ 1, words[2]]),
        (WORDS, [words[0] ^ 1, *words[1:]]),
        (WORDS, words[:-1]),
        (WORDS, words[:1]),
        (WORDS, []),
        (WORDS, [*words, 0]),
        (WORDS, words * 20),
        (WORDS, [words[0], words[2], words[1]]),
    ):
        found = refusal(bare, good, entry(good, index, place, wrong))
        assert found == Refusal("OpeningCommitteeEntryWrong", good[ID], index)


def test_openPage__words_moved_into_the_body_hash__entry_wrong(bare: World, good: list[Any]) -> None:
    words = good[BIDS][0][WORDS]
    bids = [(good[BIDS][0][U], words[-1].to_bytes(32, "big"), words[:-1], *good[BIDS][0][3:]), good[BIDS][1]]
    assert refusal(bare, good, {BIDS: bids}) == Refusal("OpeningCommitteeEntryWrong", good[ID], 0)


def test_openPage__again__page_done_whatever_the_entries(
    bare: World, three: Committee, good: list[Any]
) -> None:
    bare.send("anyone", COMMITTEE, "openPage", *good)
    done = Refusal("OpeningCommitteePageDone", good[ID], 0)
    assert refusal(bare, good) == done
    assert refusal(bare, good, {BIDS: [NOTHING] * 2}) == done
    assert refusal(bare, good, {BIDS: []}) == Refusal("OpeningCommitteeEntryCountWrong", good[ID], 0, 2, 0)
    assert three.k == 3


def test_openPage__several_faults__refused_in_order(
    bare: World, three: Committee, posted: tuple[Window, list[Bid]], good: list[Any]
) -> None:
    window = posted[0]
    state: dict[str, Any] = {"stopped": True, "void_from": 1, "keyset_id": b"\1" * 32}
    window.put(bare, **state)
    first, second = good[BIDS]
    call: dict[int, Any] = {ENVELOPE: 1, CHOSEN: [4, 3, 1], FACTORS: [0] * 3, POINTS: [[]] * 3, BIDS: []}
    steps: list[tuple[Refusal, dict[str, Any], dict[int, Any]]] = [
        (Refusal("OpeningCommitteeStopped", window.id), {"stopped": False}, {}),
        (Refusal("OpeningCommitteeTooLate", window.id, 1, 1), {"void_from": window.void_from}, {}),
        (Refusal("OpeningCommitteePhaseNotReached", window.id, 1, 0), {}, {ENVELOPE: 0}),
        (Refusal("OpeningCommitteeKeysetNotFound", b"\1" * 32), {"keyset_id": three.id}, {}),
        (Refusal("OpeningCommitteeSeatsWrong", window.id, 3, 3), {}, {CHOSEN: [1, 2, 4]}),
        (Refusal("OpeningCommitteeSharesMissing", window.id, 0, 1), {}, {POINTS: good[POINTS]}),
        (Refusal("OpeningCommitteeFactorInvalid", window.id, 1), {}, {FACTORS: good[FACTORS]}),
        (Refusal("OpeningCommitteeEntryCountWrong", window.id, 0, 2, 0), {}, {BIDS: [NOTHING, second]}),
        (
            Refusal("OpeningCommitteeCombinationInvalid", window.id, 0, 0),
            {},
            {BIDS: [(*NOTHING[:3], first[PRODUCTS], []), second]},
        ),
        (
            Refusal("OpeningCommitteeSumInvalid", window.id, 0, 0),
            {},
            {BIDS: [(*NOTHING[:3], *first[3:]), second]},
        ),
        (Refusal("OpeningCommitteeEntryWrong", window.id, 0), {}, {BIDS: [first, second]}),
    ]
    for expected, repaired, changed in steps:
        assert refusal(bare, good, call) == expected
        state |= repaired
        if repaired:
            window.put(bare, **state)
        call |= changed
    bare.send("anyone", COMMITTEE, "openPage", *good)


def test_openPage__any_three_of_five__open_the_same(
    bare: World, three: Committee, posted: tuple[Window, list[Bid]]
) -> None:
    window, bids = posted
    post(bare, window, three, 3, bids)
    found = []
    for seats in combinations(range(1, 6), 3):
        with bare.undone():
            found.append(open_page(bare, window, three, seats, bids).events)
    assert len(found) == 10
    assert all(events == found[0] for events in found)


def test_openPage__valid__opens_and_tells(
    bare: World, three: Committee, posted: tuple[Window, list[Bid]]
) -> None:
    window, bids = posted
    events = open_page(bare, window, three, (1, 4, 5), bids).events
    for index, (event, bid, who) in enumerate(zip(events, bids, ("acme", "beta"), strict=True)):
        part = bid.parts[0]
        inside = open_with(part.secret, part.context, part.envelope)
        assert inside.amounts == (100, 101)
        assert (event.name, event.args) == (
            "BidOpened",
            {
                "tenderId": window.id,
                "envelope": 0,
                "bidder": address(who),
                "index": index,
                "version": 1,
                "s": part.secret.as_tuple(),
                "docCommit": inside.doc_commit,
                "amounts": (100, 101),
            },
        )
        assert bare.read(COMMITTEE, "openingOf", window.id, 0, index) == record(bid) == inside.record
    assert bare.read(COMMITTEE, "openedBids", window.id, 0) == 2
    assert bare.read(COMMITTEE, "openingOf", window.id, 0, 2) == ZERO


@pytest.mark.parametrize("amount", [0, 1, 2**128 - 1, 2**128, 2**255, NO_OFFER])
def test_openPage__any_amount__comes_out_as_it_was_sealed(
    world: World, committee: Committee, window: Window, amount: int
) -> None:
    bid = sealed(world, window)
    strange = with_part(bid, resealed(bid.parts[0], head=[7, amount]))
    submit(world, strange)
    for seat in (2, 3):
        post(world, window, committee, seat, [strange], at=max(world.time + 1, window.open_from))
    event = open_page(world, window, committee, (2, 3), [strange]).event
    assert (number(event.args["docCommit"]), event.args["amounts"]) == (7, (amount,))


def test_openPage__garbage_body__amounts_open(world: World, committee: Committee, window: Window) -> None:
    bid = sealed(world, window, amounts=[None])
    garbage = with_part(bid, resealed(bid.parts[0], body=b"".join(draw(16) for _ in range(65))))
    submit(world, garbage)
    for seat in (1, 3):
        post(world, window, committee, seat, [garbage], at=max(world.time + 1, window.open_from))
    assert open_page(world, window, committee, (1, 3), [garbage]).event.args["amounts"] == (NO_OFFER,)


def test_openPage__thirty_two_lots_and_as_many_bids__open(world: World, committee: Committee) -> None:
    window = tender(world, committee, lots=32, period=10_000)
    bids = submitted(world, window, *firms(world, 32))
    for seat in (1, 2):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    events = open_page(world, window, committee, (1, 2), bids).events
    assert [event.args["amounts"] for event in events] == [tuple(range(100, 132))] * 32
    assert world.read(COMMITTEE, "openedBids", window.id, 0) == 32


def test_openPage__two_pages__each_by_itself(world: World, committee: Committee) -> None:
    window = tender(world, committee, period=10_000)
    bids = submitted(world, window, *firms(world, 34))
    world.move_to(window.open_from)
    for page, part in ((1, bids[32:]), (0, bids[:32])):
        for seat in (1, 3):
            post(world, window, committee, seat, part, page=page)
        events = open_page(world, window, committee, (1, 3), part, page=page).events
        assert [event.args["index"] for event in events] == [bid.index for bid in part]
    assert world.read(COMMITTEE, "openedBids", window.id, 0) == 34


def test_openPage__one_bid_revealed_meanwhile__is_passed_over(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta", "gama")
    for seat in (1, 2):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    args = opening(window, committee, (1, 2), bids)
    world.send("beta", COMMITTEE, "selfReveal", *bids[1].revealed(), at=window.fallback_from)
    without = opening(window, committee, (1, 2), [bids[0], bids[2]])
    expected = Refusal("OpeningCommitteeEntryCountWrong", window.id, 0, 3, 2)
    assert refusal(world, [*args[:BIDS], without[BIDS]]) == expected
    given = [args[BIDS][0], NOTHING, args[BIDS][2]]
    events = world.send("anyone", COMMITTEE, "openPage", *args[:BIDS], given).events
    assert [event.args["index"] for event in events] == [0, 2]
    assert world.read(COMMITTEE, "openedBids", window.id, 0) == 3
    assert refusal(world, args) == Refusal("OpeningCommitteePageDone", window.id, 0)


def test_openPage__all_revealed__page_done(world: World, committee: Committee, window: Window) -> None:
    bids = submitted(world, window, "acme", "beta")
    for seat in (1, 2):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    world.move_to(window.fallback_from)
    for bid in bids:
        world.send("anyone", COMMITTEE, "selfReveal", *bid.revealed())
    args = opening(window, committee, (1, 2), bids)
    assert refusal(world, args) == Refusal("OpeningCommitteePageDone", window.id, 0)
