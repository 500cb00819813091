"""The council's acts within their budgets."""

from __future__ import annotations

import pytest

from chain.types import DecisionClass
from tests.contracts.proposals import COUNCIL, open_of, seats, wait
from tests.contracts.world import World
from tests.gas.council import EXECUTE, PROPOSE, TRANSACTION, VOTE, council

pytestmark = pytest.mark.evm


@pytest.fixture
def found(world: World) -> dict[str, int]:
    """Act -> gas."""
    return council(world)


def test_gas__propose_one_call__within_the_budget(found: dict[str, int]) -> None:
    acts = {act: gas for act, gas in found.items() if act.startswith("propose") and ": 1 call" in act}
    assert len(acts) == 4
    assert {act: gas for act, gas in acts.items() if gas > PROPOSE} == {}


def test_gas__vote__within_the_budget(found: dict[str, int]) -> None:
    acts = {act: gas for act, gas in found.items() if act.startswith("vote")}
    assert len(acts) == 2
    assert {act: gas for act, gas in acts.items() if gas > VOTE} == {}


def test_gas__vote_after_many_changes_of_seats__within_the_budget(world: World) -> None:
    opened = open_of(world, DecisionClass.MEMBERSHIP)
    wait(world, opened.start + 1)
    sectors = seats(world, (16, 16, 16, 16))
    assert world.send("delegate1", COUNCIL, "castVote", opened.id, 1).gas <= VOTE
    later = open_of(world, DecisionClass.MEMBERSHIP, "another text")
    wait(world, later.start)
    assert world.send(sectors[3][15], COUNCIL, "castVote", later.id, 1).gas <= VOTE


def test_gas__execute__within_the_budget_without_its_call(found: dict[str, int]) -> None:
    call = found["change a member's kinds as the authority, without a proposal"] - TRANSACTION
    assert found["execute: 1 call, which changes a member's kinds"] - call <= EXECUTE
