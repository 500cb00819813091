"""resharing.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    SEATS,
    Committee,
    Window,
    form,
    open_page,
    opening,
    post,
    posting,
    sealed,
    submit,
    submitted,
    tender,
)
from tests.contracts.world import Refusal, World, address

pytestmark = pytest.mark.evm


def test_resharing__before_the_opening__the_new_seats_open(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    child = form(world, 3, SEATS[3:8], parent=committee, dealers=(2, 3))
    late = sealed(world, window, "gama", index=2)
    submit(world, late)
    bids.append(late)
    world.move_to(window.open_from)
    for seat in (1, 2, 3):
        old = posting(window, committee, seat, bids)
        found = world.refusal(committee.by(seat), COMMITTEE, "postShares", *old)
        assert found == Refusal("OpeningCommitteeNotMember", child.id, seat, address(committee.by(seat)))
    for seat in (2, 3, 5):
        event = post(world, window, child, seat, bids).events[-1]
        assert event.args["keysetId"] == child.id
    assert world.read(BOX, "entry", window.id, 0, 0)[4] == bids[0].parts[0].context.ctx
    assert bids[0].parts[0].context.keyset_id == committee.id
    events = open_page(world, window, child, (2, 3, 5), bids).events
    assert [event.args["amounts"] for event in events] == [(100,)] * 3


def test_resharing__two_seats_stay_with_new_keys__old_shares_are_refused(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme")
    child = form(world, 2, SEATS[:3], parent=committee)
    old = posting(window, committee, 1, bids)
    found = world.refusal("seat 1", COMMITTEE, "postShares", *old, at=window.open_from)
    assert found == Refusal("OpeningCommitteeShareInvalid", window.id, 0, 1)
    for seat in (1, 3):
        post(world, window, child, seat, bids)
    open_page(world, window, child, (1, 3), bids)


def test_resharing__twice__only_the_last_seats_open(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme")
    middle = form(world, 2, SEATS[3:6], parent=committee)
    last = form(world, 3, SEATS[6:11], parent=middle, dealers=(1, 3))
    args = posting(window, middle, 1, bids)
    found = world.refusal(middle.by(1), COMMITTEE, "postShares", *args, at=window.open_from)
    assert found == Refusal("OpeningCommitteeNotMember", last.id, 1, address(middle.by(1)))
    for seat in (1, 4, 5):
        post(world, window, last, seat, bids)
    open_page(world, window, last, (1, 4, 5), bids)


def test_resharing__one_old_seat_had_posted__does_not_mix_and_k_new_open(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    post(world, window, committee, 1, bids, at=window.open_from)
    child = form(world, 2, SEATS[3:6], parent=committee)
    post(world, window, child, 2, bids)
    old, new = opening(window, committee, (1, 2), bids), opening(window, child, (1, 2), bids)
    mixed = [*old[:5], [old[5][0], new[5][1]], new[6]]
    found = world.refusal("anyone", COMMITTEE, "openPage", *mixed)
    assert found == Refusal("OpeningCommitteeSharesMissing", window.id, 0, 2)
    found = world.refusal("anyone", COMMITTEE, "openPage", *new)
    assert found.name == "OpeningCommitteeSharesMissing"
    found = world.refusal("anyone", COMMITTEE, "openPage", *old)
    assert found == Refusal("OpeningCommitteeSharesMissing", window.id, 0, 2)
    post(world, window, child, 3, bids)
    open_page(world, window, child, (2, 3), bids)


def test_resharing__k_old_seats_had_posted__their_shares_still_open(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    for seat in (1, 3):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    form(world, 3, SEATS[3:8], parent=committee)
    open_page(world, window, committee, (1, 3), bids)


def test_resharing__both_committees_have_posted__either_opens(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    for seat in (1, 2):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    child = form(world, 3, SEATS[3:8], parent=committee)
    for seat in (1, 2):
        post(world, window, child, seat, bids)
    with world.undone():
        post(world, window, child, 3, bids)
        open_page(world, window, child, (1, 2, 3), bids)
    open_page(world, window, committee, (1, 2), bids)


def test_resharing__new_tender__belongs_to_the_new_keyset(world: World, committee: Committee) -> None:
    child = form(world, 2, SEATS[3:6], parent=committee)
    window = tender(world, child)
    bids = submitted(world, window, "acme")
    for seat in (1, 2):
        post(world, window, child, seat, bids, at=max(world.time + 1, window.open_from))
    open_page(world, window, child, (1, 2), bids)
    assert world.read(BOX, "entry", window.id, 0, 0)[4] == bids[0].parts[0].context.ctx
    assert bids[0].parts[0].context.keyset_id == child.id
