"""What evaluations need to know of a network, read live from a node or from an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from chain.bindings import evaluation_desk
from chain.procurement.facts import Facts
from chain.procurement.session import Session
from chain.recorder import Index
from chain.rules import tender_id
from chain.rules.evaluation import Points, Sealed, votes_now
from chain.rules.panels import MAX_PANEL, Evaluator
from chain.transactions import Call
from chain.types import EvaluationFacts, PanelVote, Terms, from_hex, seats_of, to_hex

__all__ = [
    "ALL_FOR",
    "Evaluations",
    "IndexedEvaluations",
    "LiveEvaluations",
    "evaluator_of",
    "points_in",
    "votes_on",
]

ALL_FOR = PanelVote(1, yes=2**MAX_PANEL - 1)
"""As if the whole panel were for an act: what else refuses it is looked at before the panel is called to vote."""


class Evaluations(Protocol):
    """Reading only. Numbers name tenders, bids are named by their index, seats count from 0; what is not there is zero or empty."""

    def evaluation(self, number: int) -> EvaluationFacts:
        """Stored facts of a tender's evaluation."""

    def replaced(self, number: int) -> Mapping[int, str]:
        """Who sits in a seat instead of whom the terms name, by seat."""

    def scores(self, number: int, round: int, seat: int) -> Sealed:
        """What a seat committed to in a round, and how much of it is revealed."""

    def words(self, number: int) -> Mapping[int, int]:
        """Points in the present round, over all evaluators, by index of the bid."""

    def opened(self, number: int) -> frozenset[int]:
        """Bids whose technical envelope is open."""

    def votes(self, number: int, act: bytes) -> PanelVote:
        """The votes on an act as they are stored."""

    def called(self, number: int) -> Mapping[bytes, PanelVote]:
        """The same of every act that the panel was called to vote on and that is not done."""


class IndexedEvaluations:
    """What an index says (protocol ``Evaluations``)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def evaluation(self, number: int) -> EvaluationFacts:
        """Stored facts of a tender's evaluation."""
        return self._index.evaluating.evaluation(number).facts

    def replaced(self, number: int) -> Mapping[int, str]:
        """Who sits in a seat instead of whom the terms name, by seat."""
        rows = self._index.evaluating.evaluation(number).replaced
        return {seat: row.evaluator for seat, row in rows.items()}

    def scores(self, number: int, round: int, seat: int) -> Sealed:
        """What a seat committed to in a round, and how much of it is revealed."""
        found = (row for row in self._index.evaluating.scores(number, round) if row.seat == seat)
        return next((Sealed(from_hex(row.commitment), row.pages) for row in found), Sealed())

    def words(self, number: int) -> Mapping[int, int]:
        """Points in the present round, over all evaluators, by index of the bid."""
        return self._index.evaluating.points(number)

    def opened(self, number: int) -> frozenset[int]:
        """Bids whose technical envelope is open."""
        return frozenset(self._index.awarding.offers(number, 0))

    def votes(self, number: int, act: bytes) -> PanelVote:
        """The votes on an act as they are stored."""
        row = self._index.evaluating.ballot(number, to_hex(act))
        return PanelVote() if row is None else row.votes

    def called(self, number: int) -> Mapping[bytes, PanelVote]:
        """The same of every act that the panel was called to vote on and that is not done."""
        return {from_hex(row.act): row.votes for row in self._index.evaluating.ballots(number)}


class LiveEvaluations:
    """What a session's network says at its head (protocol ``Evaluations``)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def evaluation(self, number: int) -> EvaluationFacts:
        """Stored facts of a tender's evaluation."""
        return EvaluationFacts.from_tuple(
            self._session.read(evaluation_desk.evaluation_of(tender_id(number)))
        )

    def replaced(self, number: int) -> Mapping[int, str]:
        """Who sits in a seat instead of whom the terms name, by seat."""
        replaced = self._session.events("EvaluationDesk", ("EvaluatorReplaced",), tender_id(number))
        return {event.args["seat"]: event.args["evaluator"] for event in replaced}

    def scores(self, number: int, round: int, seat: int) -> Sealed:
        """What a seat committed to in a round, and how much of it is revealed."""
        return Sealed(*self._session.read(evaluation_desk.scores_of(tender_id(number), round, seat)))

    def words(self, number: int) -> Mapping[int, int]:
        """Points in the present round, over all evaluators, by index of the bid."""
        read, id = self._session.read, tender_id(number)
        return {index: read(evaluation_desk.points_of(id, index)) for index in self.opened(number)}

    def opened(self, number: int) -> frozenset[int]:
        """Bids whose technical envelope is open."""
        opened = self._session.events("OpeningCommittee", ("BidOpened",), tender_id(number))
        return frozenset(event.args["index"] for event in opened if event.args["envelope"] == 0)

    def votes(self, number: int, act: bytes) -> PanelVote:
        """The votes on an act as they are stored."""
        return PanelVote.from_tuple(self._session.read(evaluation_desk.votes_on(tender_id(number), act)))

    def called(self, number: int) -> Mapping[bytes, PanelVote]:
        """The same of every act that the panel was called to vote on and that is not done."""
        events = self._session.events("EvaluationDesk", ("VoteCalled",), tender_id(number))
        acts = dict.fromkeys(from_hex(event.args["act"]) for event in events)
        votes = {act: self.votes(number, act) for act in acts}
        return {act: found for act, found in votes.items() if found.called_at}


def evaluator_of(facts: Facts, account: str, buyer: bytes, keyset_id: bytes, number: int = 0) -> Evaluator:
    """What is known of an account as an evaluator of a buyer's tender; ``number`` 0: of one that is not published yet."""
    known = facts.caller(account)
    member = known.person.member
    bids = number != 0 and facts.has_bid(number, member)
    independent = facts.independent(member, buyer)
    dependent = facts.dependent_seat(keyset_id, member)
    return Evaluator(account, known.person, known.member, bids, independent, dependent)


def votes_on(facts: Facts, evaluations: Evaluations, number: int, call: Call) -> PanelVote:
    """The votes on a call, as they count now."""
    return votes_now(evaluations.evaluation(number), evaluations.votes(number, facts.act(call)))


def points_in(evaluations: Evaluations, number: int, terms: Terms) -> Points | None:
    """What bids are ranked by besides the price; None where the lowest price wins."""
    criteria = terms.setup.criteria
    if not criteria:
        return None
    complete = seats_of(evaluations.evaluation(number).complete)
    return Points(criteria, len(complete), evaluations.words(number))
