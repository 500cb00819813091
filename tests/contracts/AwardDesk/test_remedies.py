"""remedies.tree"""

from __future__ import annotations

from random import Random

import pytest

from tests.contracts.awards import Opened, opened
from tests.contracts.world import Refusal, World, address, label

pytestmark = pytest.mark.evm

MANY = 300
"""Bids whose places take two words of 256 bits."""


@pytest.mark.parametrize("who", ["authority", "officer", "reviewer", "stranger"])
def test_remedies__not_the_desk__role_missing(ranked: Opened, who: str) -> None:
    expected = Refusal("AwardDeskRoleMissing", label("COMPLAINT_DESK"), address(who))
    for function, args in (("cancelAward", (1,)), ("restoreBid", (1, 0)), ("prolong", (1, 1, 1))):
        assert ranked.refusal(who, function, *args) == expected


@pytest.mark.parametrize("who", ["authority", "officer", "acme", "complaints", "board", "stranger"])
def test_pass_over__not_agreement_book__role_missing(ranked: Opened, who: str) -> None:
    expected = Refusal("AwardDeskRoleMissing", label("AGREEMENT_BOOK"), address(who))
    assert ranked.refusal(who, "passOver", 1) == expected


def test_restore__places_far_apart__each_that_is_in_follows(world: World) -> None:
    names = [f"firm {number}" for number in range(MANY)]
    tender = opened(world, {who: number + 1 for number, who in enumerate(names)}).ready()
    out, draw = set(), Random(5)
    for place in range(270):
        tender.disqualify(names[place])
        out.add(place)
    for place in (*draw.sample(range(270), 6), 255, 256, 0):
        tender.send("complaints", "restoreBid", 1, place)
        out.discard(place)
        assert tender.facts()["head"] == min(set(range(MANY)) - out)
    for _ in range(12):
        head = tender.facts()["head"]
        tender.disqualify(names[head])
        out.add(head)
        assert tender.facts()["head"] == min(set(range(MANY)) - out)
        assert all(
            tender.read("isOut", 1, place) == (place in out) for place in (0, 255, 256, 269, head, 299)
        )
