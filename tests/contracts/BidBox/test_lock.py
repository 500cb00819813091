"""lock.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    STAND_IN,
    Committee,
    Window,
    council_refusal,
    post,
    posting,
    sealed,
    submit,
    submitted,
)
from tests.contracts.world import Refusal, World, address

pytestmark = pytest.mark.evm


@pytest.mark.parametrize("who", ["stranger", "acme", "seat 1", "deployer"])
def test_lock__by_another__caller_refused(world: World, window: Window, who: str) -> None:
    assert world.refusal(who, BOX, "lock", window.id) == Refusal("BidBoxCallerRefused", address(who))


def test_lock__by_council_or_desk__caller_refused(world: World, window: Window) -> None:
    expected = Refusal("BidBoxCallerRefused", world.addresses[STAND_IN])
    assert council_refusal(world, BOX, "lock", window.id) == expected


def test_lock__again__locked(world: World, committee: Committee, window: Window) -> None:
    bids = submitted(world, window, "acme")
    post(world, window, committee, 1, bids, at=window.open_from)
    assert world.refusal(world.addresses[COMMITTEE], BOX, "lock", window.id) == Refusal(
        "BidBoxLocked", window.id
    )


def test_lock__at_the_first_share__fixes_what_is_live_and_tells(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta", "gama")
    amended = window.amended(world)
    late = sealed(world, amended, "beta", version=2)
    submit(world, late)
    world.send("gama", BOX, "withdraw", window.id)
    event = post(world, amended, committee, 1, [late], at=window.open_from).events[0]
    assert (event.contract, event.name) == (BOX, "BoxLocked")
    assert event.args == {"tenderId": window.id, "bids": 3, "live": 1}
    expected = (3, 4, 1, 0, 2, 0, True)
    assert world.read(BOX, "box", window.id) == expected
    amended.amended(world)
    assert world.read(BOX, "box", window.id) == expected
    page = world.read(BOX, "page", window.id, 0, 0)
    assert [(each[0], each[2], each[3], each[4]) for each in page] == [
        (1, 2, late.parts[0].seal_hash, late.parts[0].context.ctx)
    ]
    assert bids[1].version == 1


def test_lock__at_the_second_share__is_not_told_again(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme")
    first = post(world, window, committee, 1, bids, at=window.open_from)
    second = post(world, window, committee, 2, bids)
    assert [event.name for event in first.events] == ["BoxLocked", "SharesPosted"]
    assert [event.name for event in second.events] == ["SharesPosted"]


def test_lock__where_the_share_is_refused__does_not_happen(
    world: World, committee: Committee, window: Window
) -> None:
    submitted(world, window, "acme")
    empty = world.refusal(
        committee.by(1), COMMITTEE, "postShares", window.id, 0, 1, 1, [], at=window.open_from
    )
    assert empty == Refusal("OpeningCommitteeShareCountWrong", window.id, 1, 0, 0)
    assert world.read(BOX, "box", window.id)[6] is False


def test_lock__after_an_addendum_that_nobody_confirmed__nothing_is_live(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    window.amended(world)
    args = posting(window, committee, 1, bids)
    found = world.refusal(committee.by(1), COMMITTEE, "postShares", *args, at=window.open_from)
    assert found == Refusal("OpeningCommitteeShareCountWrong", window.id, 0, 0, 2)
    with world.undone():
        world.send(world.addresses[COMMITTEE], BOX, "lock", window.id)
        assert world.read(BOX, "box", window.id) == (2, 2, 0, 0, 2, 0, True)
