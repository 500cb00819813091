"""Gas of counting, ranking and deciding: full pages, all of whose bids are low; and by the number of bids, of which none should depend."""

from __future__ import annotations

from typing import Any

from chain.types import LotTerms, SecurityStatus
from tests.contracts.awards import DECISION, Opened, Reason, opened, supplier_of
from tests.contracts.world import World, hash_of

__all__ = ["BUDGETS", "COUNTS", "PAGE_BUDGET", "awards"]

PAGE_BUDGET = 2_000_000
COUNTS = (1, 100, 1_000)
BUDGETS = {
    "award": 200_000, "disqualify": 175_000, "drop": 175_000, "ask for an explanation": 150_000, "explain": 150_000,
    "ask for a cure": 150_000, "cure": 100_000, "extend the decisions": 150_000, "record a security": 150_000,
}  # fmt: skip
"""Of an act by how its name begins."""

_RICH = 2**127
_LOW: dict[str, Any] = {"low_mean_bps": 0, "low_next_bps": 3_000, "market_under_bps": 1}


def awards(world: World) -> dict[str, int]:
    """Everything that AwardDesk does."""
    found: dict[str, int] = {}
    for count in (1, 8):
        with world.undone():
            found |= _pages(world, f"{count} lots", count, count)
    with world.undone():
        found |= _pages(world, "32 lots, one offer each", 32, 1)
    for count in COUNTS:
        with world.undone():
            found |= _by_number(world, count)
    return found | _acts(world)


def _pages(world: World, what: str, lots: int, offers: int) -> dict[str, int]:
    """Each price half again the one before and under the market: every mark there is, in a page of 128."""
    names = [f"firm {number}" for number in range(128)]
    prices = {who: 3**number // 2**number + 1_000 for number, who in enumerate(names)}
    bids = {who: [price] * offers + [None] * (lots - offers) for who, price in prices.items()}
    tender = opened(world, bids, lots=[LotTerms(_RICH, _RICH)] * lots, **_LOW)
    tallied = tender.tally().gas
    return {f"count 128 bids: {what}": tallied, f"rank 128 bids: {what}": tender.rank(*names).gas}


def _by_number(world: World, count: int) -> dict[str, int]:
    """The bid that decides is the last that came."""
    bids = {f"firm {number}": 90_000 - number for number in range(count)}
    tender = opened(world, bids, low_mean_bps=0, low_next_bps=0).ready()
    first, name = tender.in_order()[0], f"of {count} bids"
    found = {}
    with world.undone():
        found[f"award the first {name}"] = tender.award(first).gas
    world.send("registrar", "SupplierRegistry", "setActive", supplier_of(first), False)
    with world.undone():
        found[f"disqualify the first {name}"] = tender.disqualify(first).gas
    found[f"drop the first {name}"] = tender.send("stranger", "dropIneligible", 1, supplier_of(first)).gas
    return found


def _acts(world: World) -> dict[str, int]:
    bids = {"acme": [100] * 32, "beta": [1_000] * 32}
    tender: Opened = opened(world, bids, lots=[LotTerms(1_000)] * 32, decision_period=1_000)
    tender.ready()

    def gas(who: str, function: str, *args: Any) -> int:
        return tender.send(who, function, *args).gas

    held, released = int(SecurityStatus.HELD), int(SecurityStatus.RELEASED)
    found = {
        "extend the decisions": gas("officer", "extendDecision", DECISION),
        "ask for an explanation": gas("officer", "askExplanation", 1, 0, DECISION),
        "explain": gas("acme", "explain", 1, 0, hash_of("why")),
        "ask for a cure": gas("officer", "askCuring", 0, DECISION),
        "cure": gas("acme", "cure", 0, hash_of("paper")),
        "record a security, held": gas("officer", "recordSecurity", 0, held, DECISION),
        "record a security, released": gas("officer", "recordSecurity", 0, released, DECISION),
    }
    with world.undone():
        found["award a low price, explained and cured: 32 lots"] = tender.award("acme").gas
    found["disqualify a low price, explained and cured"] = tender.disqualify(
        "acme", reason=Reason.ABNORMALLY_LOW
    ).gas
    found["disqualify the last: 32 lots"] = tender.disqualify("beta").gas
    return found
