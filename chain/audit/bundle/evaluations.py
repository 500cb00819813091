"""What a tender's panel scored, voted and decided, in words and as JSON, from replayed rows: each act was held against the rules on the
way, and each score that its evaluator signed against what it had committed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from chain.audit.sealed.book import shown_time
from chain.recorder.index.content import load
from chain.recorder.index.evaluation_desk import evaluation_facts, evaluation_row
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import (
    idx_decision,
    idx_member,
    idx_opinion,
    idx_person,
    idx_result,
    idx_score,
    idx_tender,
)
from chain.rules.evaluation import BEST, points_of
from chain.types import DisqualificationReason, TenderFacts, Terms

__all__ = ["evaluation_of", "said_of_evaluation", "score_text"]

_NOTHING = "0x" + "00" * 32
_ELSEWHERE = (0, 0, "an act of another contract")


def score_text(score: int) -> str:
    """A score as a part of one, all its digits."""
    return f"{Decimal(score) / BEST:.10f}"


def evaluation_of(rows: MemoryRows, tender: int, facts: TenderFacts) -> Mapping[str, Any] | None:
    """As JSON; bids count from 1, as in the rest of the report, seats from 0. None where there is no panel."""
    if not facts.panel:
        return None
    terms, evaluation = _terms(rows, tender), evaluation_row(tender, rows)
    return {
        "panel": list(_panel(rows, terms, load(evaluation["replaced"]))),
        "price_weight_bps": terms.price_weight_bps,
        "criteria": [
            {"id": each.id, "weight_bps": each.weight_bps, "max_points": each.max_points} for each in terms.setup.criteria
        ],
        "round": evaluation_facts(evaluation).round,
        "scores": [_scores(rows, each, len(terms.setup.criteria)) for each in _of(rows, idx_score, tender)],
        "results": [_result(each) for each in _of(rows, idx_result, tender)],
        "votes": list(_votes(rows, tender)),
    }  # fmt: skip


def said_of_evaluation(evaluation: Mapping[str, Any] | None) -> Iterator[str]:
    """A sentence for the panel, each evaluator's scores, each result, and each vote that decided."""
    if evaluation is None:
        return
    seats = ", ".join(f"{each['seat']} {each['account']} ({each['member']})" for each in evaluation["panel"])
    yield f"panel of {len(evaluation['panel'])}, seat 0 independent: {seats}"
    criteria = [
        f"{each['id']} {each['weight_bps']} bps, {each['max_points']} points"
        for each in evaluation["criteria"]
    ]
    if criteria:
        yield (
            f"weights: price {evaluation['price_weight_bps']} bps; {'; '.join(criteria)}; scores that evaluators signed themselves are "
            "those that they committed to"
        )
    for each in evaluation["scores"]:
        points = "; ".join(
            f"bid {bid}: {', '.join(map(str, found))}" for bid, found in each["points"].items()
        )
        held = f"revealed: {points}" if points else "never revealed"
        void = "" if each["round"] == evaluation["round"] else ", void since"
        yield f"round {each['round'] + 1}, seat {each['seat']}{void}: scores committed at {each['committed']}, {held}"
    for each in evaluation["results"]:
        failed = ", ".join(f"bid {out['bid']} for {out['why']}" for out in each["failed"]) or "no bid"
        undone = "" if each["undone"] is None else f"; undone at {each['undone']} by a complaint"
        yield f"technical result {each['result']} at {each['time']}: {failed} failed, decision sha256 {each['document']}{undone}"
    yield from map(_vote_said, evaluation["votes"])


def _vote_said(vote: Mapping[str, Any]) -> str:
    at = "" if vote["time"] is None else f" at {vote['time']}"
    parts = [
        f"{vote['decision']}{at}: seats {_listed(vote['in_favour'])} of the panel in favour of this very call"
    ]
    parts += [f"against: seat {no['seat']}{_opinion(no['opinion'])}" for no in vote["against"]]
    parts += [f"silent: seats {_listed(vote['silent'])}"] if vote["silent"] else []
    return "; ".join(parts)


def _listed(seats: Sequence[int]) -> str:
    return ", ".join(map(str, seats))


def _terms(rows: MemoryRows, tender: int) -> Terms:
    row = rows.get(idx_tender, tender)
    assert row is not None, "the tender was published"
    return Terms.from_args(load(row["terms"]))


def _opinion(digest: str | None) -> str:
    return "" if digest is None else f" (opinion sha256 {digest})"


def _of(rows: MemoryRows, table: Any, tender: int) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows.all(table) if row["tender"] == tender)


def _panel(
    rows: MemoryRows, terms: Terms, replaced: Mapping[str, Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    for seat, named in enumerate(terms.setup.panel):
        new = replaced.get(str(seat))
        account = named if new is None else new["evaluator"]
        yield {
            "seat": seat, "account": account, "member": _member(rows, account), "named": named,
            "since": None if new is None else shown_time(new["at"]),
        }  # fmt: skip


def _member(rows: MemoryRows, account: str) -> str | None:
    """Org-id of the member that the account is of now."""
    person = rows.get(idx_person, account)
    member = None if person is None else rows.get(idx_member, person["member"])
    return None if member is None else str(member["org_id"])


def _scores(rows: MemoryRows, row: Mapping[str, Any], criteria: int) -> Mapping[str, Any]:
    words = {int(index): int(word) for index, word in load(row["words"]).items()}
    points = {str(index + 1): list(points_of(words[index], criteria)) for index in sorted(words)}
    return {
        "round": row["round"], "seat": row["seat"], "account": row["evaluator"], "commitment": row["commitment"],
        "committed": shown_time(row["committed_at"]), "points": points,
    }  # fmt: skip


def _result(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "result": row["result"], "round": row["round"], "time": shown_time(row["decided_at"]),
        "failed": [{"bid": index + 1, "why": DisqualificationReason(reason).word} for index, reason in load(row["failed"])],
        "document": row["document_hash"].removeprefix("0x"), "undone": shown_time(row["undone_at"]) if row["undone_at"] else None,
    }  # fmt: skip


def _votes(rows: MemoryRows, tender: int) -> Iterator[Mapping[str, Any]]:
    """Those that decided, by act, in the order in which the acts were done."""
    used: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in _of(rows, idx_opinion, tender):
        if row["taken"]:
            used.setdefault((row["taken"], row["act"]), []).append(row)
    done, seats = _done(rows, tender), range(len(_terms(rows, tender).setup.panel))
    for (transaction, act), cast in sorted(used.items(), key=lambda each: done.get(each[0][0], _ELSEWHERE)):
        at, _, said = done.get(transaction, _ELSEWHERE)
        by_seat = {row["seat"]: row for row in cast}
        yield {
            "decision": said, "time": shown_time(at) if at else None, "act": act, "transaction": transaction,
            "in_favour": [seat for seat in seats if seat in by_seat and by_seat[seat]["support"]],
            "against": [
                {"seat": seat, "account": by_seat[seat]["evaluator"], "opinion": _digest(by_seat[seat]["opinion_hash"])}
                for seat in seats if seat in by_seat and not by_seat[seat]["support"]
            ],
            "silent": [seat for seat in seats if seat not in by_seat],
        }  # fmt: skip


def _digest(hash: str) -> str | None:
    return None if hash == _NOTHING else hash.removeprefix("0x")


def _done(rows: MemoryRows, tender: int) -> dict[str, tuple[int, int, str]]:
    """Transaction -> (time, block, what was decided by it)."""
    found: dict[str, tuple[int, int, str]] = {}
    acts = [(row, f"technical result {row['result']}") for row in _of(rows, idx_result, tender)]
    acts += [
        (row, f"lot {row['lot']}: bid {row['bid'] + 1} {row['kind']}")
        for row in _of(rows, idx_decision, tender)
        if row["kind"] in ("awarded", "disqualified")
    ]
    for row, said in acts:
        before = found.get(row["transaction"])
        at = row["at"] if "at" in row else row["decided_at"]
        found[row["transaction"]] = (at, row["block"], said if before is None else f"{before[2]}, {said}")
    return found
