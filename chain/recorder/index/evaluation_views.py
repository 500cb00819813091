"""What the index answers with about evaluations: frozen rows. Ids and hashes are ``0x`` hex, times unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.types import DisqualificationReason, EvaluationFacts, PanelVote

__all__ = ["BallotRow", "EvaluationRow", "OpinionRow", "ReplacementRow", "ResultRow", "ScoresRow"]


@dataclass(frozen=True)
class ReplacementRow:
    """Who sits in a seat instead of whom the terms name; ``document``: hash of the decision."""

    seat: int
    evaluator: str
    document: str
    at: int
    transaction: str


@dataclass(frozen=True)
class EvaluationRow:
    """A tender's evaluation; ``replaced``: by seat, the last one that took it."""

    tender: int
    facts: EvaluationFacts = field(default_factory=EvaluationFacts)
    replaced: Mapping[int, ReplacementRow] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoresRow:
    """An evaluator's scores in a round; ``words``: by index of the bid, the points for criterion k in bits 16 k to 16 k + 15, as far as
    ``pages`` were revealed."""

    tender: int
    round: int
    seat: int
    evaluator: str
    commitment: str
    committed_at: int
    pages: int
    words: Mapping[int, int]
    revealed_at: int
    transaction: str


@dataclass(frozen=True)
class BallotRow:
    """The votes on an act that was called for and not done yet."""

    tender: int
    act: str
    votes: PanelVote


@dataclass(frozen=True)
class OpinionRow:
    """A vote; ``opinion_hash``: of the evaluator's opinion, 32 zero bytes = none; ``taken``: transaction of the act that it decided, ""
    while it decided none."""

    tender: int
    block: int
    tx: int
    log: int
    act: str
    sitting: int
    seat: int
    evaluator: str
    support: bool
    opinion_hash: str
    at: int
    transaction: str
    taken: str


@dataclass(frozen=True)
class ResultRow:
    """A technical result, counted from 1; ``failed``: index of a bid -> why; ``undone_at`` 0 while it stands."""

    tender: int
    result: int
    round: int
    failed: Mapping[int, DisqualificationReason]
    document_hash: str
    standstill_ends: int
    decided_at: int
    block: int
    transaction: str
    undone_at: int
