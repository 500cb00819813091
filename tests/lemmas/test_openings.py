"""Numbers that are not reduced, given to openPage: refused by name before any sum is made of them. A test, not a proof.

`Secp256k1.sum` reverts without a name where its first point is not reduced (tests/lemmas/Symbolic.sol). What openPage adds up is known
by its address before, so such a point would have to have the address of a true one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from chain.sealing.group import N, P
from tests.contracts.sealing import COMMITTEE, Committee, form, founded, opening, post, sealed, submit, tender
from tests.contracts.world import Node, Refusal, World, address

pytestmark = pytest.mark.evm

SEATS = (1, 2)
FACTORS, BIDS = 4, 6
PRODUCTS, INVERSES = 3, 4
EDGES = (0, 1, N, P - 1, P, P + 1, 2**256 - 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """BidBox and OpeningCommittee with a stand-in for what is around them."""
    node = Node(tmp_path_factory.mktemp("openings"))
    yield founded(node)
    node.stop()


@pytest.fixture(scope="module")
def good(world: World) -> list[Any]:
    """Arguments of an openPage that holds: one bid, seats 1 and 2, whose factors are 2 and N - 1."""
    committee: Committee = form(world)
    window = tender(world, committee)
    bid = sealed(world, window)
    submit(world, bid)
    for seat in SEATS:
        post(world, window, committee, seat, [bid], at=max(world.time + 1, window.open_from))
    arguments = opening(window, committee, SEATS, [bid])
    assert arguments[FACTORS] == [2, N - 1]
    return arguments


def refusal(world: World, arguments: list[Any]) -> Refusal:
    """What openPage refuses with; a revert without a name fails the test."""
    return world.refusal("anyone", COMMITTEE, "openPage", *arguments)


def with_entry(good: list[Any], place: int, values: list[Any]) -> list[Any]:
    changed = deepcopy(good)
    changed[BIDS] = [(*good[BIDS][0][:place], values, *good[BIDS][0][place + 1 :])]
    return changed


def test_open_page__product_not_reduced__is_refused_before_the_sum(world: World, good: list[Any]) -> None:
    dice = random.Random("licita/openings")
    for place in range(len(SEATS)):
        x, y = good[BIDS][0][PRODUCTS][place]
        points = [(edge, y) for edge in EDGES] + [(x, edge) for edge in EDGES]
        points += [
            ((x + P) % 2**256, y),
            (x, (y + P) % 2**256),
            (dice.getrandbits(256), dice.getrandbits(256)),
        ]
        for point in points:
            products = list(good[BIDS][0][PRODUCTS])
            products[place] = point
            found = refusal(world, with_entry(good, PRODUCTS, products))
            assert found == Refusal("OpeningCommitteeCombinationInvalid", good[0], 0, SEATS[place])


def test_open_page__inverse_that_is_none__is_refused(world: World, good: list[Any]) -> None:
    right = good[BIDS][0][INVERSES][0]
    for wrong in (*EDGES, right + 1, P - right):
        found = refusal(world, with_entry(good, INVERSES, [wrong]))
        assert found == Refusal("OpeningCommitteeSumInvalid", good[0], 0, SEATS[1])


def test_open_page__factor_that_is_another_number__is_refused(world: World, good: list[Any]) -> None:
    for place, right in enumerate(good[FACTORS]):
        for wrong in {0, 1, 3, N, N + 1, N - 2, 2**256 - 1, N - right} - {right}:
            changed = deepcopy(good)
            changed[FACTORS][place] = wrong
            assert refusal(world, changed) == Refusal("OpeningCommitteeFactorInvalid", good[0], SEATS[place])


def test_open_page__factor_plus_the_order__is_the_same_factor(world: World, good: list[Any]) -> None:
    changed = deepcopy(good)
    changed[FACTORS][0] += N
    same = [world.node.ask("eth_call", call(world, each), "latest") for each in (good, changed)]
    assert same[0]["result"] == same[1]["result"] == "0x"


def call(world: World, arguments: list[Any]) -> dict[str, str]:
    return world.as_call("anyone", COMMITTEE, "openPage", *arguments) | {"from": address("anyone")}
