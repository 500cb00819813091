"""Lots, criteria, weights and panel of terms: what EvaluationDesk.requireSetup refuses, in the order in which it does, under the names of
TenderBoard, whose terms they are. A seat is a place in the panel, 0 the independent one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.errors.contracts import (
    EvaluationDeskPointsInvalid,
    TenderBoardCeilingMissing,
    TenderBoardLotsInvalid,
    TenderBoardPanelInvalid,
    TenderBoardRoleConflict,
    TenderBoardRoleMissing,
    TenderBoardWeightsInvalid,
)
from chain.rules.facts import MemberFacts, PersonFacts
from chain.rules.openings import require_independent
from chain.rules.registry import is_active, may
from chain.types import ZERO32, Criterion, Kind, Procedure, Role, Terms

__all__ = [
    "MAX_CRITERIA",
    "MAX_PANEL",
    "MAX_POINTS",
    "Evaluator",
    "check_evaluator",
    "check_setup",
    "votes_needed",
]

MAX_PANEL = 7
"""Seats of a panel; there is none, or an odd number from 3 on."""

MAX_CRITERIA = 16
MAX_POINTS = (2**16 - 1) // MAX_PANEL
"""Of a criterion: those of a whole panel fit in 16 bits."""

_WHOLE = 10_000  # basis points


@dataclass(frozen=True)
class Evaluator:
    """An account in a panel, or one that acts as if. ``bids``: whether its organisation has a bid in the tender; ``independent``: of the
    buyer; ``keyset_dependent``: the first seat of the tender's committee whose member depends on its organisation, 0 if none."""

    address: str
    person: PersonFacts = field(default_factory=PersonFacts)
    member: MemberFacts = field(default_factory=MemberFacts)
    bids: bool = False
    independent: bool = True
    keyset_dependent: int = 0


def votes_needed(panel: int) -> int:
    """More than half of so many seats."""
    return panel // 2 + 1


def check_setup(
    number: int, buyer: bytes, terms: Terms, procedure: Procedure, panel: Mapping[str, Evaluator], now: int
) -> None:
    """EvaluationDesk.requireSetup; ``panel``: what is known of its accounts, by address, of others nothing.

    Raises TenderBoardLotsInvalid, -CeilingMissing, EvaluationDeskPointsInvalid, TenderBoardWeightsInvalid, -PanelInvalid, and what
    ``check_evaluator`` raises.
    """
    setup = terms.setup
    if not 0 < len(setup.lots) <= procedure.max_lots:
        raise TenderBoardLotsInvalid(number, procedure.max_lots, len(setup.lots))
    for place, lot in enumerate(setup.lots, 1):
        if procedure.ceiling_binding and lot.ceiling == 0:
            raise TenderBoardCeilingMissing(number, place)
    _require_criteria(number, setup.criteria, terms.price_weight_bps, procedure.award_rule)
    seats = len(setup.panel)
    least = procedure.min_evaluators + 1 if procedure.min_evaluators else 0
    is_odd = seats == 0 or (seats % 2 == 1 and 1 < seats <= MAX_PANEL)
    if not is_odd or seats < least:
        raise TenderBoardPanelInvalid(number, least, seats)
    for seat, address in enumerate(setup.panel):
        if address in setup.panel[:seat]:
            raise TenderBoardPanelInvalid(number, seats, seat)
        check_evaluator(number, seat, panel.get(address, Evaluator(address)), buyer, terms.review_body, now)


def check_evaluator(
    number: int, seat: int, evaluator: Evaluator, buyer: bytes, review_body: bytes, now: int
) -> None:
    """Who may sit in a seat. Seat 0: of an organisation of evaluators or witnesses, independent of the buyer; the others: of one of
    evaluators, or the buyer's. Raises TenderBoardRoleMissing, -RoleConflict, OpeningCommitteeSeatsDependent."""
    member = evaluator.person.member
    fits = member != ZERO32 and may(evaluator.person, evaluator.member, Role.EVALUATOR, now)
    if fits and (seat == 0 or member != buyer):
        kinds = (Kind.EVALUATION, Kind.WITNESS) if seat == 0 else (Kind.EVALUATION,)
        fits = any(is_active(evaluator.member, kind, now) for kind in kinds)
    if not fits:
        raise TenderBoardRoleMissing("EVALUATOR", evaluator.address)
    if member == review_body or evaluator.bids or (seat == 0 and not evaluator.independent):
        raise TenderBoardRoleConflict("EVALUATOR", evaluator.address)
    if member != buyer:
        require_independent(evaluator.keyset_dependent)


def _require_criteria(number: int, criteria: tuple[Criterion, ...], weights: int, award_rule: int) -> None:
    # Where the lowest price wins there are none; by points there is one at least.
    fits = 0 < len(criteria) <= MAX_CRITERIA if award_rule else not criteria
    for place, criterion in enumerate(criteria if fits else ()):
        if not 0 < criterion.max_points <= MAX_POINTS or not criterion.weight_bps:
            raise EvaluationDeskPointsInvalid(number, place, MAX_POINTS, criterion.max_points)
        weights += criterion.weight_bps
    if not fits or weights != _WHOLE:
        raise TenderBoardWeightsInvalid(number, weights)
