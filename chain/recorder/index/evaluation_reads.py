"""All reads of evaluations in the index: ``index.evaluating``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Select, select

from chain.recorder.index.content import load
from chain.recorder.index.evaluation_desk import ballot_in, evaluation_facts
from chain.recorder.index.evaluation_views import (
    BallotRow,
    EvaluationRow,
    OpinionRow,
    ReplacementRow,
    ResultRow,
    ScoresRow,
)
from chain.recorder.index.rows import stored_row
from chain.recorder.schema import idx_ballot, idx_evaluation, idx_opinion, idx_result, idx_score
from chain.recorder.store import Store
from chain.types import DisqualificationReason

__all__ = ["EvaluationIndex"]

T = TypeVar("T")


class EvaluationIndex:
    """What the blocks say of evaluations. Numbers name tenders, bids are named by their index from 0, evaluators by their seat."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def evaluation(self, tender: int) -> EvaluationRow:
        """A tender's evaluation; all zero where nothing of it happened."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_evaluation, tender)
        if row is None:
            return EvaluationRow(tender)
        replaced = {
            int(seat): ReplacementRow(int(seat), **each) for seat, each in load(row["replaced"]).items()
        }
        return EvaluationRow(tender, evaluation_facts(row), replaced)

    def scores(self, tender: int, round: int | None = None) -> list[ScoresRow]:
        """Scores that were committed, by round and seat; of one round, or of all."""
        query = select(idx_score).where(idx_score.c.tender == tender)
        if round is not None:
            query = query.where(idx_score.c.round == round)
        return self._all(query.order_by(idx_score.c.round, idx_score.c.seat), _scores)

    def points(self, tender: int) -> dict[int, int]:
        """Points of the bids in the present round, over all evaluators, by index; bits as in ``ScoresRow.words``."""
        sums: Counter[int] = Counter()
        for each in self.scores(tender, self.evaluation(tender).facts.round):
            sums.update(each.words)
        return dict(sums)

    def results(self, tender: int) -> list[ResultRow]:
        """Technical results in order; the last stands unless it was undone."""
        query = select(idx_result).where(idx_result.c.tender == tender)
        return self._all(query.order_by(idx_result.c.result), _result)

    def result(self, tender: int) -> ResultRow | None:
        """The technical result that stands, None where none does."""
        return next((each for each in reversed(self.results(tender)) if not each.undone_at), None)

    def ballots(self, tender: int) -> list[BallotRow]:
        """Acts that the panel is asked to vote on, in the order of the calls."""
        query = select(idx_ballot).where(idx_ballot.c.tender == tender)
        return self._all(query.order_by(idx_ballot.c.called_at, idx_ballot.c.act), _ballot)

    def ballot(self, tender: int, act: str) -> BallotRow | None:
        """The votes on one act (0x), None where none are called for."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_ballot, tender, act)
        return None if row is None else _ballot(row)

    def opinions(self, tender: int, taken: str | None = None) -> list[OpinionRow]:
        """Votes in chain order; ``taken``: those alone that the act of a transaction (0x hash) used."""
        query = select(idx_opinion).where(idx_opinion.c.tender == tender)
        if taken is not None:
            query = query.where(idx_opinion.c.taken == taken)
        return self._all(query.order_by(idx_opinion.c.block, idx_opinion.c.tx, idx_opinion.c.log), _opinion)

    def _all(self, query: Select[Any], turn: Callable[[Mapping[Any, Any]], T]) -> list[T]:
        with self._store.read() as connection:
            return [turn(row) for row in connection.execute(query).mappings()]


def _scores(row: Mapping[Any, Any]) -> ScoresRow:
    words = {int(index): int(word) for index, word in load(row["words"]).items()}
    return ScoresRow(**{**row, "words": words})


def _result(row: Mapping[Any, Any]) -> ResultRow:
    failed = {index: DisqualificationReason(reason) for index, reason in load(row["failed"])}
    return ResultRow(**{**row, "failed": failed})


def _ballot(row: Mapping[Any, Any]) -> BallotRow:
    return BallotRow(row["tender"], row["act"], ballot_in(dict(row)))


def _opinion(row: Mapping[Any, Any]) -> OpinionRow:
    return OpinionRow(**{**row, "support": bool(row["support"])})
