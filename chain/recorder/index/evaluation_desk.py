"""Scores, votes, evaluators and technical results, from the events of EvaluationDesk: what each makes of its tender."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields, replace

from chain.recorder.index.content import dump, load
from chain.recorder.index.facts import facts_of, move, tender_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import (
    idx_ballot,
    idx_box,
    idx_envelope,
    idx_evaluation,
    idx_opinion,
    idx_result,
    idx_score,
    idx_tender,
)
from chain.rules.evaluation import PAGE, Points, committed, decided, redone, replaced, revealed, voted
from chain.rules.panels import MAX_PANEL
from chain.types import EvaluationFacts, Event, PanelVote, Terms, seats_of

__all__ = [
    "REDUCERS",
    "ballot_in",
    "evaluation_facts",
    "evaluation_row",
    "points_in",
    "redo",
    "scored_in",
    "words_in",
]


def evaluation_facts(row: Row) -> EvaluationFacts:
    """The stored facts of an evaluation, as ``idx_evaluation`` has them."""
    return EvaluationFacts(**load(row["facts"]))


def evaluation_row(tender: int, rows: Rows) -> Row:
    """The row of a tender's evaluation, of which nothing may have happened yet."""
    return rows.get(idx_evaluation, tender) or {
        "tender": tender, "facts": dump(asdict(EvaluationFacts())), "replaced": "{}",
    }  # fmt: skip


def ballot_in(row: Row | None) -> PanelVote:
    """The votes on an act as they are stored; all zero where nobody called for any."""
    if row is None:
        return PanelVote()
    return PanelVote(**{field.name: row[field.name] for field in fields(PanelVote)})


def points_in(tender: int, rows: Rows) -> Points | None:
    """What bids are ranked by besides the price: the points of the present round; None where the lowest price wins."""
    row = rows.get(idx_tender, tender)
    assert row is not None, "a tender is published before anything else happens to it"
    criteria = Terms.from_args(load(row["terms"])).setup.criteria
    if not criteria:
        return None
    facts = evaluation_facts(evaluation_row(tender, rows))
    return Points(criteria, len(seats_of(facts.complete)), words_in(tender, facts.round, rows))


def words_in(tender: int, round: int, rows: Rows) -> dict[int, int]:
    """EvaluationDesk.pointsOf: points over all evaluators in a round, by index of a bid."""
    sums: Counter[int] = Counter()
    for seat in range(MAX_PANEL):
        if (row := rows.get(idx_score, tender, round, seat)) is not None:
            sums.update({int(index): int(word) for index, word in load(row["words"]).items()})
    return dict(sums)


def scored_in(tender: int, page: int, rows: Rows) -> list[int]:
    """Indexes of the bids of a page of scores: those whose technical envelope is open."""
    box = rows.get(idx_box, tender)
    assert box is not None, "the contract takes scores of opened bids"
    indexes = range(page * PAGE, min((page + 1) * PAGE, box["bids"]))
    found = ((index, rows.get(idx_envelope, tender, index, 0)) for index in indexes)
    return [index for index, row in found if row is not None and row["opening"]]


def redo(event: Event, rows: Rows, *, rescore: bool) -> None:
    """EvaluationDesk.redo: the technical result falls, and with it the scores where they are to be given anew."""
    facts, tender = _facts(event, rows), tender_in(event)
    row = rows.get(idx_result, tender, facts.results)
    assert row is not None, "the contract remedies what was decided"
    rows.put(idx_result, row | {"undone_at": event.time})
    _put(event, rows, redone(facts, event.time, rescore=rescore))
    known = facts_of(event, rows)
    # Every technical envelope was open.
    move(event, rows, replace(known, technical_ends=0, technical_failed=0, opened_bids=known.live_bids))


# Scores


def _committed(event: Event, rows: Rows) -> None:
    args, facts = event.args, _facts(event, rows)
    _put(event, rows, committed(facts, args["seat"], event.time))
    rows.put(idx_score, {
        "tender": tender_in(event), "round": args["round"], "seat": args["seat"], "evaluator": args["evaluator"],
        "commitment": args["commitment"], "committed_at": event.time, "pages": 0, "words": "{}", "revealed_at": 0,
        "transaction": event.transaction,
    })  # fmt: skip
    move(event, rows, facts_of(event, rows))


def _revealed(event: Event, rows: Rows) -> None:
    args, facts, tender = event.args, _facts(event, rows), tender_in(event)
    row, box = rows.get(idx_score, tender, args["round"], args["seat"]), rows.get(idx_box, tender)
    assert row is not None and box is not None, "the contract takes what was committed to"
    page = int(args["page"])
    words = dict(zip(map(str, scored_in(tender, page, rows)), args["words"], strict=True))
    rows.put(
        idx_score,
        row | {"pages": page + 1, "words": dump(load(row["words"]) | words), "revealed_at": event.time},
    )
    _put(event, rows, revealed(facts, args["seat"], is_last=(page + 1) * PAGE >= box["bids"]))
    move(event, rows, facts_of(event, rows))


def _replaced(event: Event, rows: Rows) -> None:
    """What was voted is void, and what was scored where the round is a new one."""
    args, row, facts = event.args, evaluation_row(tender_in(event), rows), _facts(event, rows)
    seat = {
        "evaluator": args["evaluator"], "document": args["documentHash"], "at": event.time, "transaction": event.transaction,
    }  # fmt: skip
    rows.put(idx_evaluation, row | {"replaced": dump(load(row["replaced"]) | {str(args["seat"]): seat})})
    _put(event, rows, replaced(facts, event.time, silent_in_scores=args["round"] != facts.round))
    move(event, rows, facts_of(event, rows))


# Votes


def _called(event: Event, rows: Rows) -> None:
    facts = _facts(event, rows)
    votes = PanelVote(event.time, facts.sitting, facts.results)
    rows.put(
        idx_ballot,
        {"tender": tender_in(event), "act": event.args["act"], **asdict(votes), "opinions": "{}"},
    )
    move(event, rows, facts_of(event, rows))


def _cast(event: Event, rows: Rows) -> None:
    args, tender, facts = event.args, tender_in(event), _facts(event, rows)
    row = rows.get(idx_ballot, tender, args["act"])
    assert row is not None, "the contract takes votes that were called for"
    # What was voted in an earlier sitting is void.
    opinions = load(row["opinions"]) if row["sitting"] == args["sitting"] else {}
    opinions |= {str(args["seat"]): [event.block, event.tx_index, event.log_index]}
    votes = voted(facts, ballot_in(row), args["seat"], support=args["support"])
    rows.put(idx_ballot, row | asdict(votes) | {"opinions": dump(opinions)})
    rows.put(idx_opinion, {
        "tender": tender, "block": event.block, "tx": event.tx_index, "log": event.log_index, "act": args["act"],
        "sitting": args["sitting"], "seat": args["seat"], "evaluator": args["evaluator"], "support": int(args["support"]),
        "opinion_hash": args["opinionHash"], "at": event.time, "transaction": event.transaction, "taken": "",
    })  # fmt: skip
    move(event, rows, facts_of(event, rows))


def _taken(event: Event, rows: Rows) -> None:
    """The act is done in this very transaction: its votes are used up."""
    tender, act = tender_in(event), event.args["act"]
    row = rows.get(idx_ballot, tender, act)
    assert row is not None, "the contract uses votes that were cast"
    for place in load(row["opinions"]).values():
        opinion = rows.get(idx_opinion, tender, *place)
        assert opinion is not None, "each vote has its opinion"
        rows.put(idx_opinion, opinion | {"taken": event.transaction})
    rows.drop(idx_ballot, tender, act)
    move(event, rows, facts_of(event, rows))


# Results


def _decided(event: Event, rows: Rows) -> None:
    """From now on the envelopes with the prices are due, and none of them is open."""
    args, facts = event.args, _facts(event, rows)
    failed, ends = len(args["failed"]), args["standstillEnds"]
    facts = decided(facts, failed, ends)
    _put(event, rows, facts)
    rows.put(idx_result, {
        "tender": tender_in(event), "result": facts.results, "round": args["round"],
        "failed": dump([list(each) for each in zip(args["failed"], args["reasons"], strict=True)]), "document_hash": args["documentHash"],
        "standstill_ends": ends, "decided_at": event.time, "block": event.block, "transaction": event.transaction, "undone_at": 0,
    })  # fmt: skip
    known = facts_of(event, rows)
    move(event, rows, replace(known, technical_ends=ends, technical_failed=failed, opened_bids=0))


# Rows


def _facts(event: Event, rows: Rows) -> EvaluationFacts:
    return evaluation_facts(evaluation_row(tender_in(event), rows))


def _put(event: Event, rows: Rows, facts: EvaluationFacts) -> None:
    rows.put(idx_evaluation, evaluation_row(tender_in(event), rows) | {"facts": dump(asdict(facts))})


REDUCERS = {
    "ScoresCommitted": _committed,
    "ScoresRevealed": _revealed,
    "EvaluatorReplaced": _replaced,
    "VoteCalled": _called,
    "VoteCast": _cast,
    "VotesTaken": _taken,
    "TechnicalDecided": _decided,
}
