"""withdraw.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import (
    BOX,
    UNKNOWN,
    Committee,
    Window,
    locked_open,
    say,
    sealed,
    submit,
    submitted,
    supplier,
)
from tests.contracts.world import Refusal, World, address

pytestmark = pytest.mark.evm


def refusal(world: World, id: bytes, who: str = "acme", at: int | None = None) -> Refusal:
    """Withdraws."""
    return world.refusal(who, BOX, "withdraw", id, at=at)


def test_withdraw__unknown_tender__unknown(world: World) -> None:
    assert refusal(world, UNKNOWN) == Refusal("BidBoxUnknown", UNKNOWN)


def test_withdraw__stopped__stopped(world: World, window: Window) -> None:
    submitted(world, window, "acme")
    window.put(world, stopped=True)
    assert refusal(world, window.id) == Refusal("BidBoxStopped", window.id)


def test_withdraw__around_the_deadline__closed_from_it(world: World, window: Window) -> None:
    submitted(world, window, "acme")
    with world.undone():
        world.send("acme", BOX, "withdraw", window.id, at=window.closes_at - 1)
    for after in (0, 1):
        closed = Refusal("BidBoxClosed", window.id, window.closes_at)
        assert refusal(world, window.id, at=window.closes_at + after) == closed


def test_withdraw__after_the_first_share__locked(world: World, committee: Committee, window: Window) -> None:
    locked_open(world, window, committee, submitted(world, window, "acme"))
    for who in ("acme", "beta", "stranger"):
        assert refusal(world, window.id, who) == Refusal("BidBoxLocked", window.id)


@pytest.mark.parametrize("who", ["stranger", "seat 1", "deployer"])
def test_withdraw__no_supplier__bidder_refused(world: World, window: Window, who: str) -> None:
    submitted(world, window, "acme")
    assert refusal(world, window.id, who) == Refusal("BidBoxBidderRefused", window.id, address(who))


def test_withdraw__no_bid__not_sealed_though_another_has_the_first_place(
    world: World, window: Window
) -> None:
    submitted(world, window, "acme")
    assert refusal(world, window.id, "beta") == Refusal("BidBoxNotSealed", window.id, address("beta"))


@pytest.mark.parametrize("who", ["acme", "acme2"])
def test_withdraw__twice__not_sealed(world: World, window: Window, who: str) -> None:
    submitted(world, window, "acme")
    world.send("acme", BOX, "withdraw", window.id)
    assert refusal(world, window.id, who) == Refusal("BidBoxNotSealed", window.id, address(who))


@pytest.mark.parametrize("who", ["acme", "acme2"])
def test_withdraw__valid__marks_and_tells(world: World, window: Window, who: str) -> None:
    submitted(world, window, "beta", "acme")
    event = world.send(who, BOX, "withdraw", window.id).event
    assert (event.name, event.args) == (
        "BidWithdrawn",
        {"tenderId": window.id, "bidder": address("acme"), "version": 1, "index": 1},
    )
    assert world.read(BOX, "bid", window.id, 1) == (address("acme").lower(), 1, 2, 1, 2)
    assert world.read(BOX, "liveBids", window.id, 1) == 1
    assert world.read(BOX, "placeOf", window.id, supplier("acme")) == 2
    assert world.read(BOX, "box", window.id)[:2] == (2, 2)


def test_withdraw__supplier_that_may_bid_no_more__withdraws(world: World, window: Window) -> None:
    submitted(world, window, "acme")
    say(world, ("setIneligible", supplier("acme"), True))
    assert world.send("acme", BOX, "withdraw", window.id).event.args["index"] == 0


def test_withdraw__bid_on_old_terms__counts_them_down(world: World, window: Window) -> None:
    submitted(world, window, "acme", "beta")
    amended = window.amended(world)
    submit(world, sealed(world, amended, "beta", version=2))
    world.send("acme", BOX, "withdraw", window.id)
    assert [world.read(BOX, "liveBids", window.id, version) for version in (1, 2)] == [0, 1]


def test_withdraw__after_an_addendum_that_nobody_confirmed__counts_down_until_one_does(
    world: World, window: Window
) -> None:
    submitted(world, window, "acme", "beta", "gama")
    amended = window.amended(world)
    world.send("acme", BOX, "withdraw", window.id)
    assert [world.read(BOX, "liveBids", window.id, version) for version in (1, 2)] == [2, 0]
    world.send("beta", BOX, "confirm", window.id, amended.terms_hash)
    assert [world.read(BOX, "liveBids", window.id, version) for version in (1, 2)] == [0, 1]
    world.send("gama", BOX, "withdraw", window.id)
    assert [world.read(BOX, "liveBids", window.id, version) for version in (1, 2)] == [0, 1]
    world.send("beta", BOX, "withdraw", window.id)
    assert [world.read(BOX, "liveBids", window.id, version) for version in (1, 2)] == [0, 0]
