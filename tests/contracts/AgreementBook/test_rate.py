"""rate.tree; what it makes of a supplier: SupplierRegistry/rate.tree"""

from __future__ import annotations

import pytest

from chain.rules.deadlines import end_of
from chain.types import Kind, Role, Sector
from tests.contracts.agreements import BOOK, PAPER, Agreed, Cause, missing, signed
from tests.contracts.awards import counting_outages, outage, ticks
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    DAY,
    MANDATE_END,
    Refusal,
    World,
    address,
    hash_of,
    label,
    member_id,
)

pytestmark = pytest.mark.evm

YEAR = 365 * DAY
WITNESSES = member_id("TEST-WITNESS")
PEOPLE = [
    "officer",
    "approver",
    "admin",
    "acme",
    "acme2",
    "beta",
    "reviewer",
    "auditor",
    "evaluator",
    "registrar",
    "authority",
    "stranger",
]


@pytest.fixture
def agreed(world: World) -> Agreed:
    """The first delivery was accepted; ana and ben are citizens."""
    for who in ("ana", "ben"):
        world.send("registrar", "SupplierRegistry", "enrolCitizen", address(who))
    return signed(world).accept(1)


def add_witness(world: World, name: str, admin: str = "witness") -> str:
    """One more person of the same organisation."""
    world.send(admin, "MemberRegistry", "addPerson", address(name), int(Role.WITNESS), MANDATE_END)
    return name


def admit(world: World, org_id: str, name: str, superior: bytes = bytes(32)) -> bytes:
    """Another organisation of witnesses; its only witness is ``name``."""
    data = (org_id, name, int(Sector.CIVIL_SOCIETY), int(Kind.WITNESS), superior)
    world.send("authority", "MemberRegistry", "admit", data, address(f"admin of {name}"), MANDATE_END)
    add_witness(world, name, f"admin of {name}")
    return member_id(org_id)


def ratings(world: World, supplier: bytes = ACME) -> tuple[int, ...]:
    """Number and sum of witnesses, number and sum of citizens."""
    return tuple(world.read("SupplierRegistry", "ratingsOf", supplier))


def conflict(who: str) -> Refusal:
    """Of who stands on a side."""
    return Refusal("AgreementBookRoleConflict", label("WITNESS"), address(who))


def test_rate__unknown_agreement__not_found(world: World, agreed: Agreed) -> None:
    assert world.refusal("stranger", BOOK, "rate", 2, 9) == Refusal("AgreementBookNotFound", 2)


@pytest.mark.parametrize("who", PEOPLE)
def test_rate__neither_witness_nor_citizen__role_missing(agreed: Agreed, who: str) -> None:
    assert agreed.refusal(who, "rate", 9) == missing(who, "WITNESS")


def test_rate__witness_that_depends_on_the_buyer__role_conflict(world: World, agreed: Agreed) -> None:
    admit(world, "TEST-NEAR", "near", BUYER)
    assert agreed.refusal("near", "rate", 9) == conflict("near")


def test_rate__witness_of_the_payer_or_the_supplier__role_conflict(world: World) -> None:
    payer = admit(world, "TEST-PAYER", "paying")
    agreed = signed(world, terms={"payer": payer}).accept(1)
    assert agreed.refusal("paying", "rate", 9) == conflict("paying")
    agreed.send("witness", "rate", 3)
    # The founding suppliers' ids are those of members that may still come.
    assert admit(world, "TEST-ACME", "insider") == ACME
    assert agreed.refusal("insider", "rate", 3) == conflict("insider")


def test_rate__nothing_accepted__closed(world: World, agreed: Agreed) -> None:
    fresh = signed(world)
    fresh.deliver(1)
    for who in ("ana", "witness"):
        assert fresh.refusal(who, "rate", 9) == Refusal("AgreementBookRatingClosed", fresh.number, 0)
    fresh.send("officer", "refuse", 1, PAPER)
    fresh.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    assert fresh.refusal("ana", "rate", 3) == Refusal("AgreementBookRatingClosed", fresh.number, 0)


@pytest.mark.parametrize("who", ["witness", "ana"])
def test_rate__end_of_the_year__inside_alone(world: World, agreed: Agreed, who: str) -> None:
    end = agreed.facts()["acceptedAt"] + YEAR
    with world.undone():
        agreed.send(who, "rate", 3, at=end - 1)
    for after in (0, 1, YEAR):
        with world.undone():
            found = agreed.refusal(who, "rate", 3, at=end + after)
            assert found == Refusal("AgreementBookRatingClosed", 1, end)
    # A later acceptance begins it anew.
    world.move_to(end)
    agreed.accept(2)
    agreed.send(who, "rate", 3)


def test_rate__outage_at_the_end_of_the_year__to_its_longer_end(world: World, agreed: Agreed) -> None:
    end = agreed.facts()["acceptedAt"] + YEAR
    counting_outages(world)
    longer = end_of([outage(world, end - 2_000), outage(world, end + 100)], end)
    assert longer > end + 3_600
    ticks(world, longer - 2)
    with world.undone():
        agreed.send("ana", "rate", 3, at=longer - 1)
    for after in (0, 1):
        with world.undone():
            found = agreed.refusal("ana", "rate", 3, at=longer + after)
            assert found == Refusal("AgreementBookRatingClosed", 1, longer)


def test_rate__twice__rated_twice(world: World, agreed: Agreed) -> None:
    colleague = add_witness(world, "colleague")
    for first, again in (("ana", "ana"), ("witness", "witness"), ("witness", colleague)):
        with world.undone():
            agreed.send(first, "rate", 3)
            for rating in (1, 0):
                found = agreed.refusal(again, "rate", rating)
                assert found == Refusal("AgreementBookRatedTwice", 1, address(again))


def test_rate__witness_that_changes_its_account__rated_twice(world: World, agreed: Agreed) -> None:
    add_witness(world, "first")
    agreed.send("first", "rate", 5)
    world.send("witness", "MemberRegistry", "rotatePerson", address("first"), address("second"))
    assert agreed.refusal("second", "rate", 5) == Refusal("AgreementBookRatedTwice", 1, address("second"))


@pytest.mark.parametrize("rating", [0, 6, 255])
def test_rate__not_1_to_5__rating_invalid(agreed: Agreed, rating: int) -> None:
    for who in ("witness", "ana"):
        assert agreed.refusal(who, "rate", rating) == Refusal("AgreementBookRatingInvalid", 1, rating)


def test_rate__several_faults__refused_in_order(world: World, agreed: Agreed) -> None:
    fresh = signed(world)
    admit(world, "TEST-NEAR", "near", BUYER)
    assert fresh.refusal("near", "rate", 9) == conflict("near")
    assert fresh.refusal("witness", "rate", 9) == Refusal("AgreementBookRatingClosed", 2, 0)
    agreed.send("witness", "rate", 3)
    end = agreed.facts()["acceptedAt"] + YEAR
    with world.undone():
        assert agreed.refusal("witness", "rate", 9, at=end) == Refusal("AgreementBookRatingClosed", 1, end)
    assert agreed.refusal("witness", "rate", 9) == Refusal("AgreementBookRatedTwice", 1, address("witness"))


@pytest.mark.parametrize(("who", "citizen"), [("witness", False), ("ana", True)])
@pytest.mark.parametrize("rating", [1, 5])
def test_rate__valid__counted_and_told(
    world: World, agreed: Agreed, who: str, citizen: bool, rating: int
) -> None:
    before = agreed.facts()
    receipt = agreed.send(who, "rate", rating)
    assert (receipt.event.contract, receipt.event.name, receipt.event.args) == (
        BOOK,
        "AgreementRated",
        {
            "tenderId": agreed.made.id,
            "agreement": 1,
            "rater": address(who),
            "citizen": citizen,
            "rating": rating,
        },
    )
    assert agreed.facts() == before
    assert ratings(world) == ((0, 0, 1, rating) if citizen else (1, rating, 0, 0))
    assert ratings(world, BETA) == (0, 0, 0, 0)
    rater = bytes(12) + bytes.fromhex(address(who)[2:]) if citizen else WITNESSES
    assert agreed.read("hasRated", rater) is True
    assert agreed.read("hasRated", hash_of("nobody")) is False


@pytest.mark.parametrize("end", ["completed", "terminated"])
def test_rate__after_the_end__all_the_same(world: World, agreed: Agreed, end: str) -> None:
    if end == "completed":
        agreed.accept(2).buyer("complete", PAPER)
    else:
        agreed.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    agreed.send("ben", "rate", 1)


def test_rate__another_agreement__once_each(world: World, agreed: Agreed) -> None:
    agreed.send("ana", "rate", 5)
    second = signed(world).accept(1)
    second.send("ana", "rate", 2)
    second.send("ben", "rate", 1)
    agreed.send("witness", "rate", 4)
    assert ratings(world) == (1, 4, 3, 8)
