"""debarment.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.bids import Box, declare, submission
from tests.contracts.tenders import ask, publish
from tests.contracts.world import (
    ACME,
    BETA,
    DAY,
    REVIEW,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    terms,
)

pytestmark = pytest.mark.evm

REGISTRY = "SupplierRegistry"
NEW, ORDER = hash_of("new firm"), hash_of("order")
YEARS = 5 * 365 * DAY
UNCHANGED = Refusal("SupplierRegistryUnchanged", label("debarredUntil"))
NO_DOCUMENT = Refusal("SupplierRegistryHashZero", label("documentHash"))
CALLS: dict[str, tuple[Any, ...]] = {"debar": (0, ZERO), "liftDebarment": (ZERO,)}
"""Function -> what stands after the id; all of it is wrong."""


def debar(world: World, until: int, who: str = "reviewer", id: bytes = ACME) -> None:
    world.send(who, REGISTRY, "debar", id, until, ORDER)


def until_of(world: World, id: bytes = ACME) -> int:
    found: int = world.facts(REGISTRY, "supplierFacts", id)["debarredUntil"]
    return found


@pytest.mark.parametrize("function", CALLS)
def test_orders__unknown__not_found(world: World, function: str) -> None:
    expected = Refusal("SupplierRegistryNotFound", NEW)
    assert world.refusal("stranger", REGISTRY, function, NEW, *CALLS[function]) == expected


@pytest.mark.parametrize(
    "who", ["registrar", "officer", "auditor", "delegate1", "council", "acme", "beta", "stranger"]
)
@pytest.mark.parametrize("function", CALLS)
def test_orders__other_role__role_missing(world: World, function: str, who: str) -> None:
    expected = Refusal("SupplierRegistryRoleMissing", label("REVIEWER"), address(who))
    assert world.refusal(who, REGISTRY, function, ACME, *CALLS[function]) == expected


@pytest.mark.parametrize("function", CALLS)
def test_orders__review_body_suspended__role_missing(world: World, function: str) -> None:
    world.send("authority", "MemberRegistry", "suspend", REVIEW, world.time + 50)
    expected = Refusal("SupplierRegistryRoleMissing", label("REVIEWER"), address("reviewer"))
    assert world.refusal("reviewer", REGISTRY, function, ACME, *CALLS[function]) == expected


def test_debar__present_end__unchanged(world: World) -> None:
    assert world.refusal("reviewer", REGISTRY, "debar", ACME, 0, ZERO) == UNCHANGED
    until = world.time + 10
    debar(world, until)
    for at in (until - 1, until + 1):
        assert world.refusal("authority", REGISTRY, "debar", ACME, until, ZERO, at=at) == UNCHANGED


def test_debar__no_document__hash_zero(world: World) -> None:
    assert world.refusal("reviewer", REGISTRY, "debar", ACME, 1, ZERO) == NO_DOCUMENT


def test_debar__end_near_its_bounds__debarment_invalid_outside(world: World) -> None:
    at = world.time + 10
    for until in (1, at - 1, at, at + YEARS + 1, 2**40 - 1):
        with world.undone():
            expected = Refusal("SupplierRegistryDebarmentInvalid", until)
            assert world.refusal("reviewer", REGISTRY, "debar", ACME, until, ORDER, at=at) == expected
    for until in (at + 1, at + YEARS):
        with world.undone():
            world.send("reviewer", REGISTRY, "debar", ACME, until, ORDER, at=at)
            assert until_of(world) == until


@pytest.mark.parametrize("who", ["reviewer", "authority"])
def test_debar__valid__stores_and_tells(world: World, who: str) -> None:
    before = world.facts(REGISTRY, "supplierFacts", ACME)
    until = world.time + DAY
    event = world.send(who, REGISTRY, "debar", ACME, until, ORDER).event
    assert (event.name, event.args) == (
        "SupplierDebarred",
        {"id": ACME, "until": until, "documentHash": ORDER},
    )
    assert world.facts(REGISTRY, "supplierFacts", ACME) == before | {"debarredUntil": until}
    assert until_of(world, BETA) == 0


@pytest.mark.parametrize(("first", "second"), [("reviewer", "authority"), ("authority", "reviewer")])
def test_debar__debarred__last_order_stands_longer_or_shorter(world: World, first: str, second: str) -> None:
    start = world.time
    debar(world, start + 10 * DAY, first)
    for until in (start + 20 * DAY, start + DAY):
        debar(world, until, second)
        assert until_of(world) == until


def test_debar__inactive_supplier__debarred_when_it_returns(world: World) -> None:
    world.send("registrar", REGISTRY, "setActive", ACME, False)
    until = world.time + DAY
    debar(world, until)
    world.send("registrar", REGISTRY, "setActive", ACME, True)
    assert world.refused_read(REGISTRY, "requireEligible", ACME) == Refusal(
        "SupplierRegistryDebarred", ACME, until
    )


def test_debar__ends__eligible_from_that_second_on(world: World) -> None:
    world.send("acme", REGISTRY, "declareOwners", 1, NEW)
    until = world.time + 10
    debar(world, until)
    seen = []
    for at in (until - 1, until, until + 1):
        world.move_to(at)
        seen.append(world.read(REGISTRY, "isEligible", ACME))
    assert seen == [False, True, True]


def test_debar__between_two_bids__the_second_is_refused_until_it_ends(world: World) -> None:
    declare(world, "acme")
    tender = publish(world)
    box = Box(world, tender)
    box.submit("acme")
    until = world.time + 5
    debar(world, until)
    refused = Refusal("BidBoxBidderRefused", tender.id, address("acme"))
    again = submission(tender, box.seal("acme"))
    assert world.refusal("acme", "BidBox", "submit", *again, at=until - 1) == refused
    for at in (until, until + 1):
        with world.undone():
            assert world.send("acme", "BidBox", "submit", *again, at=at).event.args["version"] == 2


def test_debar__with_a_bid__confirms_none_until_it_ends_and_may_ask_and_withdraw(world: World) -> None:
    declare(world, "acme")
    tender = publish(world)
    Box(world, tender).submit("acme")
    until = world.time + 10
    debar(world, until)
    ask(world, tender)
    changed, json = terms(tender.deadline, items=2), "{}"
    world.send("officer", "TenderBoard", "amend", tender.id, tender.hash, changed.as_tuple(), json)
    amended = world.facts("TenderBoard", "tenderFacts", tender.id)["termsHash"]
    refused = Refusal("BidBoxBidderRefused", tender.id, address("acme"))
    with world.undone():
        assert world.send("acme", "BidBox", "withdraw", tender.id).event.name == "BidWithdrawn"
    assert world.refusal("acme", "BidBox", "confirm", tender.id, amended, at=until - 1) == refused
    for at in (until, until + 1):
        with world.undone():
            confirmed = world.send("acme", "BidBox", "confirm", tender.id, amended, at=at)
            assert confirmed.event.name == "BidConfirmed"


def test_lift__not_debarred_now__unchanged(world: World) -> None:
    assert world.refusal("reviewer", REGISTRY, "liftDebarment", ACME, ZERO) == UNCHANGED
    until = world.time + 10
    debar(world, until)
    assert world.refusal("reviewer", REGISTRY, "liftDebarment", ACME, ZERO, at=until - 1) == NO_DOCUMENT
    for at in (until, until + 1):
        assert world.refusal("reviewer", REGISTRY, "liftDebarment", ACME, ORDER, at=at) == UNCHANGED


@pytest.mark.parametrize(
    ("first", "second"), [("reviewer", "authority"), ("authority", "reviewer"), ("reviewer", "reviewer")]
)
def test_lift__debarred__eligible_at_once_and_debarred_again(world: World, first: str, second: str) -> None:
    world.send("acme", REGISTRY, "declareOwners", 1, NEW)
    until = world.time + DAY
    debar(world, until, first)
    event = world.send(second, REGISTRY, "liftDebarment", ACME, ORDER).event
    assert (event.name, event.args) == ("SupplierDebarmentLifted", {"id": ACME, "documentHash": ORDER})
    assert world.read(REGISTRY, "isEligible", ACME) and until_of(world) == 0
    debar(world, until, first)
    assert not world.read(REGISTRY, "isEligible", ACME)
