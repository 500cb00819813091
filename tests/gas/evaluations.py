"""Gas of scores, votes and technical results: full pages, the most criteria and seats; and by the number of bids."""

from __future__ import annotations

from chain.types import Criterion, LotTerms, Setup
from tests.contracts.awards import DECISION, procedure, supplier_of
from tests.contracts.evaluation import (
    BY_POINTS,
    EVALUATION,
    OPINION,
    PANEL,
    act_of,
    seated,
    technical,
    voting,
)
from tests.contracts.tenders import record
from tests.contracts.world import World, address, hash_of, terms

__all__ = ["BUDGETS", "MANY", "RANK_BY_POINTS", "evaluations"]

MANY = 1_000
"""The most bids of two envelopes."""
RANK_BY_POINTS = 5_250_000
"""Of a page of 128 bids with 16 criteria."""
BUDGETS = {
    "commit scores": 200_000, "scores of 16 bids revealed": 1_000_000, "call for votes": 125_000, "evaluators vote, ": 150_000,
    "replace an evaluator": 350_000, "decide the technical result": 250_000, "release prices: ": 200_000,
    "award after votes": 250_000,
}  # fmt: skip
"""Of an act by how its name begins."""

_CRITERIA = tuple(Criterion(f"c{place}", 500, 9_362) for place in range(16))
_PANEL = (*PANEL, "evaluator4", "evaluator5", "evaluator6", "evaluator7")


def evaluations(world: World) -> dict[str, int]:
    """Everything that EvaluationDesk does, and what it adds to a tender."""
    found: dict[str, int] = {}
    for part in (_terms, _scores, _most, _award):
        with world.undone():
            found |= part(world)
    return found


def _terms(world: World) -> dict[str, int]:
    kept = procedure(world, **BY_POINTS)
    seated(world, *_PANEL[3:])
    found = {}
    for seats, criteria in ((3, 1), (7, 1), (3, 16)):
        named = Setup(
            (LotTerms(100_000),), _criteria(criteria), tuple(address(who) for who in _PANEL[:seats])
        )
        given = terms(world.time + 100, setup=named, procedure_version=kept.version, price_weight_bps=2_000)
        receipt = world.send("officer", "TenderBoard", "publish", record(), given.as_tuple(), "{}")
        found[f"publish with a panel of {seats} and {criteria} criteria"] = receipt.gas
    return found


def _criteria(count: int) -> tuple[Criterion, ...]:
    return tuple(Criterion(f"c{place}", 8_000 // count, 100) for place in range(count))


def _scores(world: World) -> dict[str, int]:
    """The last of seven evaluators, 16 criteria, a page of 16 bids."""
    seated(world, *_PANEL[3:])
    bids = {f"firm {number}": 1_000 + number for number in range(16)}
    made = technical(world, bids, panel=_PANEL, criteria=_CRITERIA, score_period=50)
    points = dict.fromkeys(bids, (9362,) * 16)
    found = {}
    for seat in range(7):
        found["commit scores, the " + ("first" if seat == 0 else "next")] = made.commit(seat, points).gas
    made.to_reveal()
    for seat in range(7):
        found["scores of 16 bids revealed, the " + ("first" if seat == 0 else "next")] = made.reveal(
            seat, points
        ).gas
    args = made.result("firm 3")
    act = act_of(world, EVALUATION, "decideTechnical", made.id, *args)
    found["call for votes"] = made.ask("officer", "callVote", act).gas
    for seat in (0, 1, 2, 3):
        receipt = made.ask(_PANEL[seat], "vote", made.setup, seat, act, True, OPINION)
        found["evaluators vote, the " + ("first" if seat == 0 else "next")] = receipt.gas
    with world.undone():
        other = hash_of("other act")
        made.vote(other, seat0=True)
        world.move_to(world.time + 50)
        seated(world, "evaluator8")
        change = (made.setup, 6, address("evaluator8"), other, DECISION)
        found["replace an evaluator, panel of 7"] = made.ask("officer", "replaceEvaluator", *change).gas
    found["decide the technical result: 16 bids, 1 failed"] = made.ask(
        "officer", "decideTechnical", *args
    ).gas
    made.to_prices()
    found["release prices: 16 bids, 1 failed"] = made.release().gas
    return found


def _most(world: World) -> dict[str, int]:
    """1,000 bids, of which all but 128 fail."""
    bids = {f"firm {number}": 1_000 + number for number in range(MANY)}
    made = technical(world, bids, criteria=_CRITERIA, score_period=1_000)
    points = dict.fromkeys(bids, (100,) * 16)
    made.score(points, points, points)
    passing = list(bids)[:128]
    args = made.result(*list(bids)[128:])
    made.vote(act_of(world, EVALUATION, "decideTechnical", made.id, *args), seat0=True, seat1=True)
    found = {f"fail {MANY - 128} of {MANY} bids": made.ask("officer", "decideTechnical", *args).gas}
    made.to_prices()
    found[f"release prices of 128 of {MANY} bids"] = made.release().gas
    made.sealed = {who: made.sealed[who] for who in passing}
    made.open_released()
    made.tally()
    found["rank 128 bids by points: 16 criteria"] = made.rank(*passing).gas
    return found


def _award(world: World) -> dict[str, int]:
    made = voting(world)
    award = (1, supplier_of("beta"), made.offer("beta"), DECISION)
    made.vote(act_of(world, "AwardDesk", "award", made.id, *award), seat0=True, seat1=True, seat2=False)
    return {"award after votes": made.award("beta").gas}
