"""retireKeyset.tree"""

from __future__ import annotations

import pytest

from tests.contracts.sealing import (
    COMMITTEE,
    Committee,
    Window,
    ceremony,
    council,
    council_refusal,
    open_page,
    post,
    submitted,
)
from tests.contracts.world import HOLDER, ZERO, Refusal, World, address

pytestmark = pytest.mark.evm


def test_retireKeyset__unknown__keyset_not_found(world: World) -> None:
    for id in (ZERO, b"\1" * 32):
        not_found = Refusal("OpeningCommitteeKeysetNotFound", id)
        assert council_refusal(world, COMMITTEE, "retireKeyset", id) == not_found
        assert world.refusal("stranger", COMMITTEE, "retireKeyset", id) == not_found


@pytest.mark.parametrize("who", ["stranger", HOLDER, "seat 1", "acme"])
def test_retireKeyset__by_another__caller_refused(world: World, committee: Committee, who: str) -> None:
    found = world.refusal(who, COMMITTEE, "retireKeyset", committee.id)
    assert found == Refusal("OpeningCommitteeCallerRefused", committee.id, address(who))


def test_retireKeyset__again__keyset_not_allowed(world: World, committee: Committee) -> None:
    council(world, COMMITTEE, "retireKeyset", committee.id)
    not_allowed = Refusal("OpeningCommitteeKeysetNotAllowed", committee.id)
    assert council_refusal(world, COMMITTEE, "retireKeyset", committee.id) == not_allowed


def test_retireKeyset__valid__bars_new_tenders_and_tells(world: World, committee: Committee) -> None:
    assert world.read(COMMITTEE, "requireUsable", committee.id) == ()
    event = council(world, COMMITTEE, "retireKeyset", committee.id).event
    assert (event.name, event.args) == ("KeysetEnded", {"keysetId": committee.id})
    not_allowed = Refusal("OpeningCommitteeKeysetNotAllowed", committee.id)
    assert world.refused_read(COMMITTEE, "requireUsable", committee.id) == not_allowed


def test_retireKeyset__bids_are_sealed__they_still_open(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme")
    council(world, COMMITTEE, "retireKeyset", committee.id)
    for seat in (1, 2):
        post(world, window, committee, seat, bids, at=max(world.time + 1, window.open_from))
    open_page(world, window, committee, (1, 2), bids)


def test_retireKeyset__not_confirmed_yet__stays_retired(bare: World) -> None:
    opened = ceremony(bare).until("register")
    for who, function, args in opened.messages("confirm")[:2]:
        bare.send(who, COMMITTEE, function, *args)
    council(bare, COMMITTEE, "retireKeyset", opened.committee.id)
    who, function, args = opened.messages("confirm")[2]
    assert bare.refusal(who, COMMITTEE, function, *args).name == "OpeningCommitteeStepRefused"
    assert bare.facts(COMMITTEE, "keyset", opened.committee.id)["ended"] is True
