"""rate.tree"""

from __future__ import annotations

import pytest

from tests.contracts.world import ACME, BETA, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

BOOK = "SupplierRegistry"


def ratings(world: World, supplier: bytes = ACME) -> dict[str, int]:
    """Struct Ratings by name."""
    return world.facts(BOOK, "ratingsOf", supplier)


@pytest.mark.parametrize(
    "who", ["registrar", "reviewer", "authority", "witness", "awards", "acme", "stranger"]
)
def test_rate__not_agreement_book__role_missing(world: World, who: str) -> None:
    expected = Refusal("SupplierRegistryRoleMissing", label("AGREEMENT_BOOK"), address(who))
    assert world.refusal(who, BOOK, "rate", ACME, True, 5) == expected


def test_rate__witnesses_and_citizens__counted_apart(world: World) -> None:
    kept = world.facts(BOOK, "supplierFacts", ACME)
    found = {"witnesses": 0, "witnessSum": 0, "citizens": 0, "citizenSum": 0}
    assert ratings(world) == ratings(world, hash_of("nobody")) == found
    for citizen, rating in ((True, 5), (True, 1), (False, 3), (True, 2), (False, 1)):
        receipt = world.send("agreements", BOOK, "rate", ACME, citizen, rating)
        assert receipt.events == ()
        which = "citizen" if citizen else "witness"
        found[f"{which}s" if citizen else "witnesses"] += 1
        found[f"{which}Sum"] += rating
        assert ratings(world) == found
    assert ratings(world, BETA) == dict.fromkeys(found, 0)
    assert world.facts(BOOK, "supplierFacts", ACME) == kept
    assert world.read(BOOK, "isEligible", ACME) is False
    world.send("acme", BOOK, "declareOwners", 1, hash_of("owners"))
    assert world.read(BOOK, "isEligible", ACME) is True
