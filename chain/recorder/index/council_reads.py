"""All reads of the council's part of the index: ``index.council``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, case, func, select

from chain.recorder.index.content import load
from chain.recorder.index.council_turn import (
    application_row,
    batch_row,
    comment_row,
    hidden_row,
    node_row,
    proposal_row,
    validators_row,
    vote_row,
)
from chain.recorder.index.council_views import (
    ApplicationRow,
    BatchRow,
    CommentRow,
    HiddenRow,
    NodeRow,
    ProposalRow,
    ValidatorsRow,
    VoteRow,
)
from chain.recorder.index.cursor import number_in
from chain.recorder.index.member_registry import seats_at
from chain.recorder.index.rows import stored_row
from chain.recorder.index.views import Page
from chain.recorder.schema import (
    idx_application,
    idx_batch,
    idx_class,
    idx_comment,
    idx_council,
    idx_finding,
    idx_hidden,
    idx_node,
    idx_proposal,
    idx_rules,
    idx_validators,
    idx_vote,
)
from chain.recorder.store import Store
from chain.rules.council import EXPIRY, Seats
from chain.types import ClassRules, DecisionClass, to_hex

__all__ = ["CouncilIndex", "next_due"]

T = TypeVar("T")
_LARGEST = 2**62


class CouncilIndex:
    """What the blocks say of the council. Numbers name proposals and applications; lists go newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # Proposals

    def proposal(self, number: int) -> ProposalRow | None:
        """A proposal by its number."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_proposal, _bounded(number))
            return None if row is None else proposal_row(row)

    def proposals(
        self, after: str | None = None, limit: int = 100, member: str | None = None
    ) -> Page[ProposalRow]:
        """Proposals, newest first; ``member``: the proposer's, 0x id."""
        query = select(idx_proposal)
        if member is not None:
            query = query.where(idx_proposal.c.member == member)
        return self._newest(query, idx_proposal.c.number, proposal_row, after, limit)

    def count(self) -> int:
        """Number of proposals; the last number."""
        with self._store.read() as connection:
            return int(connection.scalar(select(func.max(idx_proposal.c.number))) or 0)

    def by_description(self, description: str) -> list[ProposalRow]:
        """Proposals with this very description."""
        return self._all(
            select(idx_proposal)
            .where(idx_proposal.c.description == description)
            .order_by(idx_proposal.c.number),
            proposal_row,
        )

    def votes(self, proposal: int) -> list[VoteRow]:
        """Votes on a proposal, in the order they were cast."""
        query = select(idx_vote).where(idx_vote.c.proposal == _bounded(proposal))
        return self._all(query.order_by(idx_vote.c.at, idx_vote.c.member), vote_row)

    def comments(self, proposal: int) -> list[CommentRow]:
        """Comments of organisations on a proposal, by number."""
        query = select(idx_comment).where(idx_comment.c.proposal == _bounded(proposal))
        return self._all(query.order_by(idx_comment.c.comment), comment_row)

    def recorded_comment(self, organisation: str, record_id: str) -> CommentRow | None:
        """The comment that an organisation recorded under this id (0x)."""
        query = select(idx_comment).where(
            idx_comment.c.organisation == organisation, idx_comment.c.record_id == record_id
        )
        return next(iter(self._all(query, comment_row)), None)

    def batches(self, proposal: int, member: str | None = None) -> list[BatchRow]:
        """Anchored batches of a proposal, of one member or of all."""
        query = select(idx_batch).where(idx_batch.c.proposal == _bounded(proposal))
        if member is not None:
            query = query.where(idx_batch.c.member == member)
        return self._all(query.order_by(idx_batch.c.member, idx_batch.c.batch), batch_row)

    def hidden(self, proposal: int) -> list[HiddenRow]:
        """Texts of a proposal's comments that are hidden."""
        query = select(idx_hidden).where(idx_hidden.c.proposal == _bounded(proposal))
        return self._all(query.order_by(idx_hidden.c.text_hash), hidden_row)

    # Seats and rules

    def seats(self, time: int) -> Seats:
        """Seats by sector as they were at a time."""
        with self._store.read() as connection:
            return seats_at(stored_row(connection, idx_council, 0), time)

    def rules(self) -> dict[DecisionClass, ClassRules]:
        """What each class takes now."""
        with self._store.read() as connection:
            rows = connection.execute(select(idx_rules).order_by(idx_rules.c.decision)).mappings()
            return {DecisionClass(row["decision"]): ClassRules.from_args(load(row["rules"])) for row in rows}

    def class_of(self, target: str, selector: bytes) -> DecisionClass:
        """Class of a call; CHARTER where nobody set one."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_class, target, to_hex(selector))
            return DecisionClass.CHARTER if row is None else DecisionClass(row["decision"])

    # What runs on the network

    def validators(self) -> list[ValidatorsRow]:
        """Decisions on validators by number."""
        return self._all(select(idx_validators).order_by(idx_validators.c.seq), validators_row)

    def nodes(self) -> list[NodeRow]:
        """Permitted nodes by key."""
        return self._all(select(idx_node).order_by(idx_node.c.key), node_row)

    def application(self, number: int) -> ApplicationRow | None:
        """An application by its number."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_application, _bounded(number))
            return None if row is None else _application(connection, row)

    def applications(self, after: str | None = None, limit: int = 100) -> Page[ApplicationRow]:
        """Applications, newest first."""
        query = select(idx_application)
        with self._store.read() as connection:
            return self._newest(
                query, idx_application.c.number, lambda row: _application(connection, row), after, limit
            )

    def recorded_application(self, organisation: str, record_id: str) -> ApplicationRow | None:
        """The application that an organisation recorded under this id (0x)."""
        query = select(idx_application).where(
            idx_application.c.organisation == organisation, idx_application.c.record_id == record_id
        )
        with self._store.read() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else _application(connection, row)

    def _newest(
        self, query: Select[Any], number: Any, turn: Callable[[Any], T], after: str | None, limit: int
    ) -> Page[T]:
        if after is not None:
            query = query.where(number < number_in(after))
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(number.desc()).limit(limit + 1)).mappings().all()
        items = [turn(row) for row in rows[:limit]]
        return Page(items, str(rows[limit - 1]["number"]) if len(rows) > limit else None)

    def _all(self, query: Select[Any], turn: Callable[[Any], T]) -> list[T]:
        with self._store.read() as connection:
            return [turn(row) for row in connection.execute(query).mappings()]


def next_due(connection: Connection, now: int) -> int | None:
    """When time alone changes a proposal next: the vote begins or ends, a delay is over, what was not done expires.

    Whether a vote was lost is not asked: an end of what can no longer be done may be named too.
    """
    table = idx_proposal
    at = case(
        (table.c.vote_start >= now, table.c.vote_start + 1),
        (table.c.vote_end >= now, table.c.vote_end + 1),
        (table.c.eta > now, table.c.eta),
        ((table.c.eta == 0) & (table.c.vote_end + EXPIRY >= now), table.c.vote_end + EXPIRY + 1),
        ((table.c.eta > 0) & (table.c.eta + EXPIRY > now), table.c.eta + EXPIRY),
        else_=_LARGEST,
    )
    open_ones = (table.c.executed_at == 0) & (table.c.cancelled_at == 0)
    found: int | None = connection.scalar(select(func.min(at)).where(open_ones))
    return None if found in (None, _LARGEST) else found


def _application(connection: Connection, row: Any) -> ApplicationRow:
    query = (
        select(idx_finding).where(idx_finding.c.application == row["number"]).order_by(idx_finding.c.member)
    )
    findings: Sequence[Any] = connection.execute(query).mappings().all()
    return application_row(row, findings)


def _bounded(number: int) -> int:
    """A number that no column can hold is no row's."""
    return number if 0 <= number < _LARGEST else -1
