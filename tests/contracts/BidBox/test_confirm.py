"""confirm.tree"""

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
from tests.contracts.world import ZERO, Refusal, World, address

pytestmark = pytest.mark.evm


def refusal(
    world: World, window: Window, *, who: str = "acme", id: bytes | None = None, terms: bytes | None = None, at: int | None = None
) -> Refusal:  # fmt: skip
    """Confirms; all is well but for the changes."""
    return world.refusal(who, BOX, "confirm", id or window.id, terms or window.terms_hash, at=at)


@pytest.fixture
def amended(world: World, window: Window) -> Window:
    """The tender after an addendum; acme and beta have bid before it."""
    submitted(world, window, "acme", "beta")
    return window.amended(world)


def test_confirm__unknown_tender__unknown(world: World, amended: Window) -> None:
    assert refusal(world, amended, id=UNKNOWN) == Refusal("BidBoxUnknown", UNKNOWN)


def test_confirm__stopped__stopped(world: World, amended: Window) -> None:
    amended.put(world, stopped=True)
    assert refusal(world, amended) == Refusal("BidBoxStopped", amended.id)


def test_confirm__around_the_deadline__closed_from_it(world: World, amended: Window) -> None:
    with world.undone():
        world.send("acme", BOX, "confirm", amended.id, amended.terms_hash, at=amended.closes_at - 1)
    for after in (0, 1):
        closed = Refusal("BidBoxClosed", amended.id, amended.closes_at)
        assert refusal(world, amended, at=amended.closes_at + after) == closed


def test_confirm__after_the_first_share__locked(world: World, committee: Committee, window: Window) -> None:
    reopened = locked_open(world, window, committee, submitted(world, window, "acme"))
    assert refusal(world, reopened.amended(world)) == Refusal("BidBoxLocked", window.id)


@pytest.mark.parametrize("who", ["stranger", "seat 1", "deployer"])
def test_confirm__no_supplier__bidder_refused(world: World, amended: Window, who: str) -> None:
    assert refusal(world, amended, who=who) == Refusal("BidBoxBidderRefused", amended.id, address(who))


def test_confirm__supplier_that_may_bid_no_more__bidder_refused(world: World, amended: Window) -> None:
    say(world, ("setIneligible", supplier("acme"), True))
    assert refusal(world, amended) == Refusal("BidBoxBidderRefused", amended.id, address("acme"))


def test_confirm__no_bid__not_sealed_though_another_has_the_first_place(
    world: World, amended: Window
) -> None:
    assert refusal(world, amended, who="gama") == Refusal("BidBoxNotSealed", amended.id, address("gama"))


def test_confirm__withdrawn__not_sealed(world: World, amended: Window) -> None:
    world.send("beta", BOX, "withdraw", amended.id)
    assert refusal(world, amended, who="beta") == Refusal("BidBoxNotSealed", amended.id, address("beta"))


def test_confirm__other_terms__terms_stale(world: World, window: Window, amended: Window) -> None:
    for got in (window.terms_hash, ZERO[:31] + b"\1"):
        expected = Refusal("BidBoxTermsStale", amended.id, amended.terms_hash, got)
        assert refusal(world, amended, terms=got) == expected


def test_confirm__bound_already__already_confirmed(world: World, amended: Window) -> None:
    submit(world, sealed(world, amended, "acme", version=2))
    assert refusal(world, amended) == Refusal("BidBoxAlreadyConfirmed", amended.id, 0)
    world.send("beta", BOX, "confirm", amended.id, amended.terms_hash)
    assert refusal(world, amended, who="beta") == Refusal("BidBoxAlreadyConfirmed", amended.id, 1)


def test_confirm__several_faults__refused_in_order(
    world: World, committee: Committee, window: Window
) -> None:
    reopened = locked_open(world, window, committee, submitted(world, window, "acme"))
    reopened.put(world, stopped=True, closes_at=window.closes_at)
    wrong = b"\1" * 32
    assert refusal(world, window, who="stranger", id=UNKNOWN, terms=wrong) == Refusal(
        "BidBoxUnknown", UNKNOWN
    )
    assert refusal(world, window, who="stranger", terms=wrong) == Refusal("BidBoxStopped", window.id)
    reopened.put(world, closes_at=window.closes_at)
    closed = Refusal("BidBoxClosed", window.id, window.closes_at)
    assert refusal(world, window, who="stranger", terms=wrong) == closed
    reopened.put(world)
    assert refusal(world, window, who="stranger", terms=wrong) == Refusal("BidBoxLocked", window.id)


def test_confirm__several_faults_of_the_bid__refused_in_order(world: World, window: Window) -> None:
    wrong = b"\1" * 32
    refused = Refusal("BidBoxBidderRefused", window.id, address("stranger"))
    assert refusal(world, window, who="stranger", terms=wrong) == refused
    not_sealed = Refusal("BidBoxNotSealed", window.id, address("acme"))
    assert refusal(world, window, terms=wrong) == not_sealed
    submitted(world, window, "acme")
    assert refusal(world, window, terms=wrong) == Refusal(
        "BidBoxTermsStale", window.id, window.terms_hash, wrong
    )
    assert refusal(world, window) == Refusal("BidBoxAlreadyConfirmed", window.id, 0)


@pytest.mark.parametrize("who", ["acme", "acme2"])
def test_confirm__valid__binds_and_tells(world: World, amended: Window, who: str) -> None:
    assert [world.read(BOX, "liveBids", amended.id, version) for version in (1, 2)] == [2, 0]
    receipt = world.send(who, BOX, "confirm", amended.id, amended.terms_hash)
    assert (receipt.event.name, receipt.event.args) == (
        "BidConfirmed",
        {"tenderId": amended.id, "bidder": address("acme"), "version": 1, "index": 0, "termsVersion": 2},
    )
    assert world.read(BOX, "bid", amended.id, 0) == (address("acme").lower(), 1, 1, 2, 1)
    assert world.read(BOX, "bid", amended.id, 1) == (address("beta").lower(), 1, 2, 1, 1)
    assert [world.read(BOX, "liveBids", amended.id, version) for version in (1, 2)] == [0, 1]


def test_confirm__after_each_of_two_addenda__binds_to_the_last(world: World, amended: Window) -> None:
    world.send("acme", BOX, "confirm", amended.id, amended.terms_hash)
    last = amended.amended(world)
    for who, index in (("acme", 0), ("beta", 1)):
        event = world.send(who, BOX, "confirm", last.id, last.terms_hash).event
        assert (event.args["index"], event.args["termsVersion"]) == (index, 3)
    assert [world.read(BOX, "liveBids", last.id, version) for version in (1, 2, 3)] == [0, 0, 2]
