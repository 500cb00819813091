"""gas.tree: the budgets of the sealing, with a stand-in for TenderBoard; ``measured`` prints what is measured.

The real TenderBoard's window comes on top of each figure: tests/gas holds these.
"""

from __future__ import annotations

import pytest

from tests.contracts.OpeningCommittee.measured import COMMITTEES, measured
from tests.contracts.sealing import founded
from tests.contracts.world import GAS, Node

pytestmark = pytest.mark.evm

BUDGETS = {
    "submit, the 101st, 1 lots": 340_000,
    "submit in place of a bid, 1 lots": 340_000,
    "withdraw": 80_000,
    "confirm, the first": 80_000,
    "confirm": 80_000,
    "selfReveal, the first": 140_000,
    "selfReveal": 140_000,
    "roll answer, the first": 60_000,
    "roll answer": 60_000,
    "ceremony 2-of-3, all calls": 2_000_000,
    "ceremony 3-of-5, all calls": 3_000_000,
    "resharing 3-of-5 to 4-of-7, all calls": 3_500_000,
    "release, for each excluded bid": 7_000,
    "submit, two envelopes, the first, 3 lots": 2 * 340_000,
}
BUDGETS |= {
    f"submit, the {which}, {lots} lots": 340_000
    for which in ("first of a tender", "second")
    for lots in (1, 3, 32)
}
for _k, _n in COMMITTEES:
    for _lots in (1, 3, 32):
        _words = f"{_k}-of-{_n}, {_lots} lots"
        BUDGETS[f"share, a bid of a full page, {_words}"] = 38_000
        BUDGETS[f"share, a bid of a full page, the first that locks the box, {_words}"] = 38_000
        BUDGETS[f"open, a bid of a full page, {_words}"] = 100_000 + 2_000 * max(0, _lots - 3)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Act -> gas, measured once on a node of its own."""
    node = Node(tmp_path_factory.mktemp("gas"))
    try:
        return measured(founded(node))
    finally:
        node.stop()


@pytest.mark.parametrize("act", BUDGETS)
def test_gas__each_act__within_its_budget(figures: dict[str, int], act: str) -> None:
    assert figures[act] <= BUDGETS[act]


def test_gas__submit__the_same_at_100_bids(figures: dict[str, int]) -> None:
    assert abs(figures["submit, the 101st, 1 lots"] - figures["submit, the second, 1 lots"]) < 500


@pytest.mark.parametrize("act", ["share", "open"])
def test_gas__for_each_bid__the_same_on_every_page(figures: dict[str, int], act: str) -> None:
    first = figures[f"{act}, a bid of a full page, 2-of-3, 1 lots"]
    fourth = figures[f"{act}, a bid of the full fourth page, 2-of-3, 1 lots"]
    assert abs(first - fourth) < 100


@pytest.mark.parametrize("size", COMMITTEES)
def test_gas__share__the_same_for_any_committee_and_lots(
    figures: dict[str, int], size: tuple[int, int]
) -> None:
    k, n = size
    found = [figures[f"share, a bid of a full page, {k}-of-{n}, {lots} lots"] for lots in (1, 3, 32)]
    assert max(found) - min(found) < 100


def test_gas__largest_opening__fits_a_transaction(figures: dict[str, int]) -> None:
    largest = max(gas for act, gas in figures.items() if act.startswith("open, a full page"))
    assert largest == figures["open, a full page, 5-of-9, 32 lots"] < GAS // 3
