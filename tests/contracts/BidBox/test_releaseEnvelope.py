"""releaseEnvelope.tree"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    Bid,
    Committee,
    Window,
    council,
    council_refusal,
    open_page,
    opening,
    post,
    posting,
    record,
    sealed,
    submit,
    submitted,
    tender,
)
from tests.contracts.world import Receipt, Refusal, World, address

pytestmark = pytest.mark.evm


@pytest.fixture
def double(world: World, committee: Committee) -> Window:
    """A tender with two envelopes and three lots."""
    return tender(world, committee, envelopes=2, lots=3)


def opened(world: World, window: Window, committee: Committee, bids: Sequence[Bid]) -> None:
    """Envelope 0 is open."""
    for seat in (1, 2):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    open_page(world, window, committee, (1, 2), bids)


def release(world: World, window: Window, *excluded: int, at: int | None = None) -> Receipt:
    """By the desk."""
    return council(world, BOX, "releaseEnvelope", window.id, list(excluded), at=at)


def refusal(world: World, window: Window, *excluded: int, at: int | None = None) -> Refusal:
    """What refuses it."""
    found: Refusal = council_refusal(world, BOX, "releaseEnvelope", window.id, list(excluded), at=at)
    return found


@pytest.mark.parametrize("who", ["stranger", "acme", "seat 1", "deployer"])
def test_releaseEnvelope__by_another__caller_refused(world: World, double: Window, who: str) -> None:
    found = world.refusal(who, BOX, "releaseEnvelope", double.id, [])
    assert found == Refusal("BidBoxCallerRefused", address(who))


def test_releaseEnvelope__by_the_committee__caller_refused(world: World, double: Window) -> None:
    who = world.addresses[COMMITTEE]
    assert world.refusal(who, BOX, "releaseEnvelope", double.id, []) == Refusal("BidBoxCallerRefused", who)


def test_releaseEnvelope__step_by_step__refused_until_all_is_opened(
    world: World, committee: Committee, double: Window
) -> None:
    not_due = Refusal("BidBoxReleaseRefused", double.id, 0)
    bids = submitted(world, double, "acme", "beta")
    assert refusal(world, double) == not_due
    assert refusal(world, double, at=double.open_from) == not_due
    post(world, double, committee, 1, bids)
    assert refusal(world, double) == not_due
    post(world, double, committee, 2, bids)
    assert refusal(world, double, 0, 1) == not_due
    open_page(world, double, committee, (1, 2), bids)
    with world.undone():
        release(world, double)
    release(world, double, 0)
    for excluded in ((), (1,), (0,)):
        assert refusal(world, double, *excluded) == Refusal("BidBoxReleaseRefused", double.id, 1)


def test_releaseEnvelope__one_of_two_pages_opened__release_refused(
    world: World, committee: Committee, double: Window
) -> None:
    bids = submitted(world, double, "acme", "beta")
    reveal = bids[0].revealed()
    world.send("anyone", COMMITTEE, "selfReveal", *reveal, at=double.fallback_from)
    assert refusal(world, double) == Refusal("BidBoxReleaseRefused", double.id, 0)
    world.send("anyone", COMMITTEE, "selfReveal", *bids[1].revealed())
    release(world, double)


def test_releaseEnvelope__stopped__release_refused(
    world: World, committee: Committee, double: Window
) -> None:
    opened(world, double, committee, submitted(world, double, "acme"))
    double.put(world, stopped=True)
    assert refusal(world, double) == Refusal("BidBoxReleaseRefused", double.id, 0)


def test_releaseEnvelope__one_envelope__release_refused(
    world: World, committee: Committee, window: Window
) -> None:
    opened(world, window, committee, submitted(world, window, "acme"))
    assert refusal(world, window) == Refusal("BidBoxReleaseRefused", window.id, 0)


def test_releaseEnvelope__around_the_opening_of_the_prices__refused_before_it(
    world: World, committee: Committee, double: Window
) -> None:
    opened(world, double, committee, submitted(world, double, "acme"))
    later = double.put(world, open_from=world.time + 1000)
    assert refusal(world, double, at=later.open_from - 1) == Refusal("BidBoxReleaseRefused", double.id, 0)
    for after in (0, 1):
        with world.undone():
            release(world, double, at=later.open_from + after)


def test_releaseEnvelope__excluded_not_live__not_live(
    world: World, committee: Committee, double: Window
) -> None:
    submitted(world, double, "acme", "beta", "gama", "delta")
    world.send("beta", BOX, "withdraw", double.id)
    amended = double.amended(world)
    live = [sealed(world, amended, "acme", version=2), sealed(world, amended, "delta", version=2)]
    for bid in live:
        submit(world, bid)
    opened(world, amended, committee, live)
    for index in (1, 2, 4, 65_535):
        assert refusal(world, double, 0, index) == Refusal("BidBoxNotLive", double.id, index)
    assert refusal(world, double, 0, 3, 0) == Refusal("BidBoxNotLive", double.id, 0)
    release(world, double, 3)


@pytest.mark.parametrize("excluded", [(), (0,), (1,), (2, 0), (0, 1, 2)])
def test_releaseEnvelope__valid__stores_and_tells(
    world: World, committee: Committee, double: Window, excluded: tuple[int, ...]
) -> None:
    bids = submitted(world, double, "acme", "beta", "gama")
    opened(world, double, committee, bids)
    assert world.read(BOX, "page", double.id, 1, 0)[0][1] == address("acme").lower()
    event = release(world, double, *excluded).event
    assert (event.contract, event.name) == (BOX, "EnvelopeReleased")
    assert event.args == {"tenderId": double.id, "envelope": 1, "excluded": excluded}
    assert world.read(BOX, "box", double.id) == (3, 3, 3, len(excluded), 1, 1, True)
    assert world.read(BOX, "liveBids", double.id, 1) == 3 - len(excluded)
    left = [index for index in range(3) if index not in excluded]
    assert [each[0] for each in world.read(BOX, "page", double.id, 0, 0)] == [0, 1, 2]
    assert [each[0] for each in world.read(BOX, "page", double.id, 1, 0)] == left
    for index in range(3):
        assert world.read(BOX, "bid", double.id, index)[4] == (3 if index in excluded else 1)
        entry = world.read(BOX, "entry", double.id, 1, index)
        assert (entry[1] == "0x" + "00" * 20) == (index in excluded)


def test_releaseEnvelope__some_excluded__prices_of_the_others_open(
    world: World, committee: Committee, double: Window
) -> None:
    bids = submitted(world, double, "acme", "beta", "gama")
    opened(world, double, committee, bids)
    early = posting(double, committee, 1, bids, envelope=1)
    found = world.refusal(committee.by(1), COMMITTEE, "postShares", *early)
    assert found == Refusal("OpeningCommitteePhaseNotReached", double.id, 1, 0)
    release(world, double, 1)
    found = world.refusal(committee.by(1), COMMITTEE, "postShares", *early)
    assert found == Refusal("OpeningCommitteeShareCountWrong", double.id, 0, 2, 3)
    late = posting(double, committee, 3, bids)
    found = world.refusal(committee.by(3), COMMITTEE, "postShares", *late)
    assert found == Refusal("OpeningCommitteePhaseNotReached", double.id, 0, 1)
    left = [bids[0], bids[2]]
    for seat in (1, 3):
        post(world, double, committee, seat, left, envelope=1)
    events = open_page(world, double, committee, (1, 3), left, envelope=1).events
    assert [(event.args["index"], event.args["amounts"]) for event in events] == [
        (0, (100, 101, 102)),
        (2, (100, 101, 102)),
    ]
    assert world.read(COMMITTEE, "openingOf", double.id, 1, 0) == record(bids[0], 1)
    assert world.read(COMMITTEE, "openingOf", double.id, 0, 0) == record(bids[0], 0)
    assert world.read(COMMITTEE, "openingOf", double.id, 1, 1) == bytes(32)
    assert [world.read(COMMITTEE, "openedBids", double.id, envelope) for envelope in (0, 1)] == [3, 2]


def test_releaseEnvelope__all_excluded__no_price_opens(
    world: World, committee: Committee, double: Window
) -> None:
    bids = submitted(world, double, "acme", "beta")
    opened(world, double, committee, bids)
    release(world, double, 1, 0)
    for given in (bids, []):
        args = posting(double, committee, 1, given, envelope=1)
        found = world.refusal(committee.by(1), COMMITTEE, "postShares", *args)
        assert found == Refusal("OpeningCommitteeShareCountWrong", double.id, 0, 0, len(given))
    args = tuple(opening(double, committee, (1, 2), bids, envelope=1))
    found = world.refusal("anyone", COMMITTEE, "openPage", *args)
    assert found == Refusal("OpeningCommitteeSharesMissing", double.id, 0, 1)
    found = world.refusal("acme", COMMITTEE, "selfReveal", *bids[0].revealed(1), at=double.fallback_from)
    assert found == Refusal("OpeningCommitteeEntryNotSealed", double.id, 0)
