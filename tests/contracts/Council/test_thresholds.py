"""thresholds.tree: each class at its exact thresholds, over seats in unequal numbers"""

from __future__ import annotations

import pytest

from chain.types import DecisionClass, ProposalState
from tests.contracts.proposals import COUNCIL, approve, open_of, queue, seats, state
from tests.contracts.world import Refusal, World

pytestmark = pytest.mark.evm

Sectors = tuple[int, int, int, int]
EMERGENCY, ROUTINE, VALIDATOR, MEMBERSHIP, CHARTER = DecisionClass
EQUAL, THREES, FOURS = (1, 1, 1, 1), (3, 3, 3, 3), (4, 4, 2, 2)

ROWS: list[tuple[DecisionClass, Sectors, Sectors, bool]] = [
    # More than half of all seats, from wherever they are.
    (ROUTINE, EQUAL, (1, 1, 0, 0), False),
    (ROUTINE, EQUAL, (0, 1, 1, 1), True),
    (ROUTINE, (3, 2, 2, 1), (3, 1, 0, 0), False),
    (ROUTINE, (3, 2, 2, 1), (3, 2, 0, 0), True),
    (ROUTINE, (4, 1, 1, 1), (3, 0, 0, 0), False),
    (ROUTINE, (4, 1, 1, 1), (4, 0, 0, 0), True),
    (ROUTINE, (4, 1, 1, 1), (0, 1, 1, 1), False),
    # More than half of all seats, and a majority of the seats of two sectors.
    *(
        (decision, all_seats, yes, expected)
        for decision in (VALIDATOR, MEMBERSHIP)
        for all_seats, yes, expected in (
            (EQUAL, (1, 1, 0, 0), False),
            (EQUAL, (1, 0, 1, 1), True),
            ((5, 1, 1, 1), (5, 0, 0, 0), False),
            ((5, 1, 1, 1), (4, 0, 1, 0), True),
            ((5, 1, 1, 1), (3, 1, 0, 0), False),
            ((5, 1, 1, 1), (2, 1, 1, 1), True),
            (FOURS, (3, 3, 0, 0), False),
            (FOURS, (4, 2, 1, 0), False),
            (FOURS, (4, 2, 0, 1), False),
            (FOURS, (4, 2, 1, 1), False),
            (FOURS, (4, 3, 0, 0), True),
            (FOURS, (3, 2, 2, 0), True),
        )
    ),
    # Two thirds of all seats, and a majority of the seats of three sectors.
    (CHARTER, EQUAL, (1, 1, 0, 0), False),
    (CHARTER, EQUAL, (1, 1, 1, 0), True),
    (CHARTER, (2, 2, 2, 2), (2, 2, 1, 0), False),
    (CHARTER, (2, 2, 2, 2), (2, 2, 1, 1), False),
    (CHARTER, (2, 2, 2, 2), (2, 2, 2, 0), True),
    (CHARTER, THREES, (2, 2, 2, 1), False),
    (CHARTER, THREES, (2, 2, 2, 2), True),
    (CHARTER, THREES, (3, 3, 1, 1), False),
    (CHARTER, THREES, (3, 3, 2, 0), True),
    (CHARTER, (6, 2, 2, 2), (6, 2, 0, 0), False),
    (CHARTER, (6, 2, 2, 2), (6, 2, 1, 1), False),
    (CHARTER, (6, 2, 2, 2), (3, 2, 2, 1), False),
    (CHARTER, (6, 2, 2, 2), (3, 2, 2, 2), True),
    (CHARTER, (6, 2, 2, 2), (4, 2, 2, 0), True),
    # Two thirds of all seats, one of them in each of three sectors.
    (EMERGENCY, EQUAL, (1, 1, 0, 0), False),
    (EMERGENCY, EQUAL, (0, 1, 1, 1), True),
    (EMERGENCY, THREES, (3, 3, 1, 0), False),
    (EMERGENCY, THREES, (3, 3, 2, 0), True),
    (EMERGENCY, THREES, (3, 3, 1, 1), True),
    (EMERGENCY, (6, 2, 2, 2), (6, 2, 0, 0), False),
    (EMERGENCY, (6, 2, 2, 2), (6, 1, 1, 0), True),
    (EMERGENCY, (5, 5, 1, 1), (5, 5, 0, 0), False),
    (EMERGENCY, (5, 5, 1, 1), (5, 2, 0, 0), False),
    (EMERGENCY, (5, 5, 1, 1), (5, 2, 1, 0), True),
]
"""Class, seats by sector, those of them in favour, whether it is approved."""


@pytest.mark.parametrize(("decision", "all_seats", "yes", "expected"), ROWS)
def test_threshold__seats_in_favour__approved_or_defeated(
    world: World, decision: DecisionClass, all_seats: Sectors, yes: Sectors, expected: bool
) -> None:
    sectors = seats(world, all_seats)
    opened = open_of(world, decision)
    voters = [who for delegates, count in zip(sectors, yes, strict=True) for who in delegates[:count]]
    approve(world, opened, voters)
    assert world.read(COUNCIL, "approved", opened.id) is expected
    if expected:
        assert state(world, opened) is ProposalState.SUCCEEDED
        queue(world, opened)
    else:
        found = world.refusal("stranger", COUNCIL, "queue", *opened.proposal.key)
        assert found == Refusal("CouncilStatusWrong", opened.id, ProposalState.DEFEATED)


@pytest.mark.parametrize("decision", DecisionClass)
def test_threshold__rows__one_seat_less_is_refused_for_each_class(decision: DecisionClass) -> None:
    """The table holds for each class a pair that differs by one seat, on the two sides of its threshold."""
    of_class = [row for row in ROWS if row[0] is decision]
    good = [row for row in of_class if row[3]]
    bad = [row for row in of_class if not row[3]]
    assert any(
        seats_a == seats_b and sum(abs(a - b) for a, b in zip(yes_a, yes_b, strict=True)) == 1
        for _, seats_a, yes_a, _ in good
        for _, seats_b, yes_b, _ in bad
    )


@pytest.mark.parametrize(
    ("all_seats", "expected"), [(EQUAL, 3), ((3, 2, 2, 1), 5), ((4, 1, 1, 1), 4), (THREES, 7)]
)
def test_quorum__of_a_routine_proposal__more_than_half(
    world: World, all_seats: Sectors, expected: int
) -> None:
    seats(world, all_seats)
    assert world.read(COUNCIL, "quorum", world.time) == expected
