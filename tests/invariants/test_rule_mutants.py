"""The invariants of bids, tenders and the council are no empty words: a contract that breaks one is caught by its number, those of record
by none."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.contracts.world import World
from tests.invariants import bid_stories, council_stories, tender_stories
from tests.invariants.award_facts import Broken
from tests.invariants.award_mutants import Mutant, compiled, in_place
from tests.invariants.rule import Rule
from tests.invariants.rule_mutants import FIRST, MUTANTS

pytestmark = pytest.mark.evm

CHOSEN = MUTANTS if settings.default.max_examples > 100 else FIRST
"""All under the profile `long`."""

STORIES = {**bid_stories.STORIES, **tender_stories.STORIES, **council_stories.STORIES}


@pytest.fixture(scope="module")
def codes() -> dict[Mutant, bytes]:
    """Of the mutants."""
    return compiled(CHOSEN)


@pytest.mark.parametrize("number", sorted(STORIES))
def test_story__contracts_of_record__invariant_holds(network: World, number: int) -> None:
    with network.undone():
        STORIES[number](Rule(number, network))


@pytest.mark.timeout(3_600)  # the first one compiles them
@pytest.mark.parametrize("mutant", CHOSEN, ids=str)
def test_story__contract_with_one_passage_changed__broken_by_number(
    network: World, codes: dict[Mutant, bytes], mutant: Mutant
) -> None:
    with in_place(network, mutant.contract, codes[mutant]), pytest.raises(Broken) as caught:
        STORIES[mutant.number](Rule(mutant.number, network))
    assert caught.value.numbers == {mutant.number}


def test_mutants__each_story__has_one_whose_passage_is_there() -> None:
    assert {mutant.number for mutant in FIRST} == set(STORIES)
    assert all(mutant.source for mutant in MUTANTS)
