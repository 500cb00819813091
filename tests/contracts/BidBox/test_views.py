"""views.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import (
    BOX,
    UNKNOWN,
    Committee,
    Window,
    council,
    firms,
    open_page,
    post,
    sealed,
    submit,
    submitted,
    supplier,
    tender,
)
from tests.contracts.world import ZERO, ZERO_ADDRESS, World, address

pytestmark = pytest.mark.evm

NO_ENTRY = (0, ZERO_ADDRESS, 0, ZERO, ZERO)


def test_views__unknown_tender__zero(world: World) -> None:
    assert world.read(BOX, "box", UNKNOWN) == (0, 0, 0, 0, 0, 0, False)
    assert world.read(BOX, "bid", UNKNOWN, 0) == (ZERO_ADDRESS, 0, 0, 0, 0)
    assert world.read(BOX, "placeOf", UNKNOWN, supplier("acme")) == 0
    assert world.read(BOX, "liveBids", UNKNOWN, 0) == 0
    assert world.read(BOX, "usedPoint", 1) is False
    assert world.read(BOX, "entry", UNKNOWN, 0, 0) == NO_ENTRY
    assert world.read(BOX, "page", UNKNOWN, 0, 0) == ()


def test_page_and_entry__not_locked__nothing(world: World, window: Window) -> None:
    submitted(world, window, "acme")
    assert world.read(BOX, "page", window.id, 0, 0) == ()
    assert world.read(BOX, "entry", window.id, 0, 0) == NO_ENTRY


def test_page__locked__live_envelopes_of_its_indexes(
    world: World, committee: Committee, window: Window
) -> None:
    names = firms(world, 70)
    bids = submitted(world, window, *names)
    for index in (0, 31, 40, 69):
        world.send(names[index], BOX, "withdraw", window.id)
    live = [index for index in range(70) if index not in (0, 31, 40, 69)]
    first = [bids[index] for index in live if index < 32]
    post(world, window, committee, 1, first, at=window.open_from)
    for number in range(3):
        page = world.read(BOX, "page", window.id, 0, number)
        assert [each[0] for each in page] == [index for index in live if index // 32 == number]
        for index, bidder, version, seal, context in page:
            part = bids[index].parts[0]
            assert (bidder, version, seal, context) == (
                address(names[index]).lower(), 1, part.seal_hash, part.context.ctx,
            )  # fmt: skip
            assert world.read(BOX, "entry", window.id, 0, index) == (index, bidder, version, seal, context)
    for index in (0, 31, 69, 70, 65_535):
        assert world.read(BOX, "entry", window.id, 0, index) == NO_ENTRY


@pytest.mark.parametrize("number", [1, 2047, 2048, 65_535, 2**251, 2**255, 2**256 - 1])
def test_page__beyond_the_last__nothing_and_no_panic(
    world: World, committee: Committee, window: Window, number: int
) -> None:
    post(world, window, committee, 1, submitted(world, window, "acme"), at=window.open_from)
    assert world.read(BOX, "page", window.id, 0, number) == ()


def test_page__lapsed_bid__left_out(world: World, committee: Committee, window: Window) -> None:
    submitted(world, window, "acme", "beta")
    amended = window.amended(world)
    bid = sealed(world, amended, "beta", version=2)
    submit(world, bid)
    post(world, amended, committee, 1, [bid], at=window.open_from)
    assert [each[0] for each in world.read(BOX, "page", window.id, 0, 0)] == [1]
    assert world.read(BOX, "entry", window.id, 0, 0) == NO_ENTRY


def test_liveBids__some_excluded__left_out_and_no_other_terms_count(
    world: World, committee: Committee
) -> None:
    window = tender(world, committee, envelopes=2)
    submitted(world, window, "acme", "beta", "gama")
    amended = window.amended(world)
    live = [sealed(world, amended, who, version=2) for who in ("acme", "beta")]
    for bid in live:
        submit(world, bid)
    for seat in (1, 2):
        post(world, amended, committee, seat, live, at=max(world.time + 1, window.open_from))
    open_page(world, amended, committee, (1, 2), live)
    council(world, BOX, "releaseEnvelope", window.id, [0, 1])
    assert [world.read(BOX, "liveBids", window.id, version) for version in (0, 1, 2, 3)] == [0] * 4
