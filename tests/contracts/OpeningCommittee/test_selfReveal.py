"""selfReveal.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.sealing.group import N, P, multiply
from chain.sealing.opening import open_with
from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    UNKNOWN,
    Bid,
    Committee,
    Window,
    open_page,
    post,
    record,
    sealed,
    submit,
    submitted,
    tender,
)
from tests.contracts.world import ZERO, Refusal, World, address

pytestmark = pytest.mark.evm

ID, ENVELOPE, INDEX, R, S, U, BODY, WORDS = range(8)


@pytest.fixture
def bids(world: World, window: Window) -> list[Bid]:
    """Two bids; the fallback is about to begin."""
    found = submitted(world, window, "acme", "beta")
    world.move_to(window.fallback_from - 1)
    return found


def refusal(world: World, bid: Bid, changes: dict[int, Any] | None = None, at: int | None = None) -> Refusal:
    """Reveals; all is well but for the changes, by place."""
    given = [(changes or {}).get(place, value) for place, value in enumerate(bid.revealed())]
    return world.refusal("anyone", COMMITTEE, "selfReveal", *given, at=at)


def test_selfReveal__stopped__stopped(world: World, window: Window, bids: list[Bid]) -> None:
    window.put(world, stopped=True)
    assert refusal(world, bids[0]) == Refusal("OpeningCommitteeStopped", window.id)


@pytest.mark.parametrize("later", ["fallbackFrom", "closesAt"])
def test_selfReveal__around_the_fallback__too_early_before(
    world: World, window: Window, bids: list[Bid], later: str
) -> None:
    at = window.fallback_from + 500
    if later == "fallbackFrom":
        window.put(world, fallback_from=at)
    else:
        window.put(world, closes_at=at)
    for before in (1, 2, 400):
        with world.undone():
            found = refusal(world, bids[0], at=at - before)
            assert found == Refusal("OpeningCommitteeFallbackTooEarly", window.id, at)
    for after in (0, 1):
        with world.undone():
            world.send("anyone", COMMITTEE, "selfReveal", *bids[0].revealed(), at=at + after)


def test_selfReveal__around_the_end__too_late_from_it(world: World, window: Window, bids: list[Bid]) -> None:
    with world.undone():
        world.send("anyone", COMMITTEE, "selfReveal", *bids[0].revealed(), at=window.void_from - 1)
    for after in (0, 1):
        expected = Refusal("OpeningCommitteeTooLate", window.id, 0, window.void_from)
        assert refusal(world, bids[0], at=window.void_from + after) == expected


def test_selfReveal__unknown_tender__keyset_not_found(world: World, bids: list[Bid]) -> None:
    assert refusal(world, bids[0], {ID: UNKNOWN}) == Refusal("OpeningCommitteeKeysetNotFound", ZERO)


@pytest.mark.parametrize("envelope", [1, 255])
def test_selfReveal__another_envelope__phase_not_reached(
    world: World, window: Window, bids: list[Bid], envelope: int
) -> None:
    expected = Refusal("OpeningCommitteePhaseNotReached", window.id, envelope, 0)
    assert refusal(world, bids[0], {ENVELOPE: envelope}) == expected


@pytest.mark.parametrize("index", [2, 31, 32, 65_535])
def test_selfReveal__no_such_bid__entry_not_sealed(
    world: World, window: Window, bids: list[Bid], index: int
) -> None:
    expected = Refusal("OpeningCommitteeEntryNotSealed", window.id, index)
    assert refusal(world, bids[0], {INDEX: index}) == expected


def test_selfReveal__withdrawn_or_lapsed__entry_not_sealed(world: World, window: Window) -> None:
    old = submitted(world, window, "acme", "beta", "gama")
    world.send("acme", BOX, "withdraw", window.id)
    amended = window.amended(world)
    world.send("gama", BOX, "confirm", window.id, amended.terms_hash)
    world.move_to(window.fallback_from)
    for index in (0, 1):
        assert refusal(world, old[index]) == Refusal("OpeningCommitteeEntryNotSealed", window.id, index)
    world.send("gama", COMMITTEE, "selfReveal", *old[2].revealed())


def test_selfReveal__opened_by_committee_or_bidder__entry_not_sealed(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    world.move_to(window.fallback_from)
    world.send("acme", COMMITTEE, "selfReveal", *bids[0].revealed())
    assert refusal(world, bids[0]) == Refusal("OpeningCommitteeEntryNotSealed", window.id, 0)
    for seat in (1, 2):
        post(world, window, committee, seat, bids)
    open_page(world, window, committee, (1, 2), bids)
    for bid in bids:
        assert refusal(world, bid) == Refusal("OpeningCommitteeEntryNotSealed", window.id, bid.index)


def test_selfReveal__no_live_bid__refused_and_not_locked(world: World, window: Window) -> None:
    bid = submitted(world, window, "acme")[0]
    world.send("acme", BOX, "withdraw", window.id)
    found = refusal(world, bid, at=window.fallback_from)
    assert found == Refusal("OpeningCommitteeEntryNotSealed", window.id, 0)
    assert world.read(BOX, "box", window.id)[6] is False


def test_selfReveal__other_numbers__reveal_mismatch(
    world: World, committee: Committee, window: Window, bids: list[Bid]
) -> None:
    mine, theirs = bids[0].revealed(), bids[1].revealed()
    x, y = mine[S]
    expected = Refusal("OpeningCommitteeRevealMismatch", window.id, 0)
    for changes in (
        {R: theirs[R]},
        {R: 0},
        {R: N},
        {R: mine[R] + 1},
        {R: N - mine[R]},
        {R: 2**256 - 1},
        {S: theirs[S]},
        {S: (x, P - y)},
        {S: (0, 0)},
        {S: (2**256 - 1, 2**256 - 1)},
        {S: multiply(5).as_tuple()},
        {U: theirs[U]},
        {U: (0, 0)},
        {R: theirs[R], U: theirs[U]},
        {R: theirs[R], S: theirs[S]},
        {R: 1, U: multiply(1).as_tuple(), S: (0, 0)},
    ):
        assert refusal(world, bids[0], changes) == expected
    assert committee.k == 2


def test_selfReveal__not_what_was_sealed__entry_wrong(world: World, window: Window, bids: list[Bid]) -> None:
    mine, theirs = bids[0].revealed(), bids[1].revealed()
    words = mine[WORDS]
    own = 424242
    lies: tuple[dict[int, Any], ...] = (
        {R: theirs[R], S: theirs[S], U: theirs[U]},
        {R: own, S: multiply(own, window.pk).as_tuple(), U: multiply(own).as_tuple()},
        {BODY: theirs[BODY]},
        {BODY: ZERO},
        {WORDS: theirs[WORDS]},
        {WORDS: [words[0], words[1] ^ 1]},
        {WORDS: words[:1]},
        {WORDS: []},
        {WORDS: [*words, 0]},
        {WORDS: words[::-1]},
    )
    for changes in lies:
        assert refusal(world, bids[0], changes) == Refusal("OpeningCommitteeEntryWrong", window.id, 0)


def test_selfReveal__old_version__entry_wrong(world: World, window: Window) -> None:
    old = submitted(world, window, "acme")[0]
    submit(world, sealed(world, window, version=2))
    found = refusal(world, old, at=window.fallback_from)
    assert found == Refusal("OpeningCommitteeEntryWrong", window.id, 0)


def test_selfReveal__several_faults__refused_in_order(world: World, window: Window, bids: list[Bid]) -> None:
    state: dict[str, Any] = {"stopped": True, "fallback_from": window.fallback_from + 900, "void_from": 1}
    window.put(world, **state)
    good = bids[0].revealed()
    call: dict[int, Any] = {ENVELOPE: 1, INDEX: 5, R: 0, WORDS: []}
    steps: list[tuple[Refusal, dict[str, Any], dict[int, Any]]] = [
        (Refusal("OpeningCommitteeStopped", window.id), {"stopped": False}, {}),
        (
            Refusal("OpeningCommitteeFallbackTooEarly", window.id, window.fallback_from + 900),
            {"fallback_from": window.fallback_from},
            {},
        ),
        (Refusal("OpeningCommitteeTooLate", window.id, 1, 1), {"void_from": window.void_from}, {}),
        (Refusal("OpeningCommitteePhaseNotReached", window.id, 1, 0), {}, {ENVELOPE: 0}),
        (Refusal("OpeningCommitteeEntryNotSealed", window.id, 5), {}, {INDEX: 0}),
        (Refusal("OpeningCommitteeRevealMismatch", window.id, 0), {}, {R: good[R]}),
        (Refusal("OpeningCommitteeEntryWrong", window.id, 0), {}, {}),
    ]
    for expected, repaired, changed in steps:
        assert refusal(world, bids[0], call) == expected
        state |= repaired
        if repaired:
            window.put(world, **state)
        call |= changed
    world.send("anyone", COMMITTEE, "selfReveal", *good)


@pytest.mark.parametrize("who", ["acme", "stranger", "seat 1"])
def test_selfReveal__valid__opens_and_tells(world: World, window: Window, bids: list[Bid], who: str) -> None:
    for bid, name in zip(bids, ("acme", "beta"), strict=True):
        part = bid.parts[0]
        inside = open_with(part.secret, part.context, part.envelope)
        events = world.send(who, COMMITTEE, "selfReveal", *bid.revealed()).events
        locked = [] if bid.index else [("BoxLocked", {"tenderId": window.id, "bids": 2, "live": 2})]
        assert [(event.name, event.args) for event in events] == [
            *locked,
            (
                "BidSelfRevealed",
                {"tenderId": window.id, "envelope": 0, "index": bid.index, "r": part.r.number},
            ),
            (
                "BidOpened",
                {
                    "tenderId": window.id,
                    "envelope": 0,
                    "bidder": address(name),
                    "index": bid.index,
                    "version": 1,
                    "s": part.secret.as_tuple(),
                    "docCommit": inside.doc_commit,
                    "amounts": (100,),
                },
            ),
        ]
        assert world.read(COMMITTEE, "openingOf", window.id, 0, bid.index) == record(bid)
        assert world.read(COMMITTEE, "openedBids", window.id, 0) == bid.index + 1


def test_selfReveal__committee_that_has_lost_its_keys__all_bids_still_open(
    world: World, committee: Committee
) -> None:
    window = tender(world, committee, lots=32)
    bids = submitted(world, window, "acme", "beta", "gama")
    world.move_to(window.fallback_from)
    for bid in bids:
        world.send(bid.who, COMMITTEE, "selfReveal", *bid.revealed())
    assert world.read(COMMITTEE, "openedBids", window.id, 0) == world.read(BOX, "liveBids", window.id, 1) == 3
