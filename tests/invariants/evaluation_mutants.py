"""Contracts with one thing of evaluations changed: each breaks an invariant of README.md, and the walk has to say where."""

from __future__ import annotations

from tests.invariants.award_mutants import Mutant

__all__ = ["FIRST", "MUTANTS"]

DESK, AWARD, COMPLAINTS = "EvaluationDesk", "AwardDesk", "ComplaintDesk"
MUTANTS: dict[Mutant, str] = {
    # A copied commitment, a round in which somebody stopped half-way, votes that are used twice, a price of a bid that failed, a score
    # that is not rounded down.
    Mutant(33, DESK, "require(commitment == scores.commitment,", "require(scores.commitment != 0,"): "revealScores",
    Mutant(33, DESK, "facts.begun == facts.complete && _has(", "_has("): "decideTechnical",
    Mutant(34, DESK, "delete _votes[id][act];", ""): "votes",
    Mutant(35, DESK, "new uint16[](facts.failed);", "new uint16[](0);"): "releasePrices",
    Mutant(
        36, DESK, "criteria[k].weightBps * ((sum * SCALE) / (evaluators * criteria[k].maxPoints));",
        "(criteria[k].weightBps * sum * SCALE) / (evaluators * criteria[k].maxPoints);",
    ): "lot",
    # 33: scores are fixed before any is known
    Mutant(33, DESK, "block.timestamp >= from && block.timestamp < until;", "block.timestamp < until;"): "revealScores",
    Mutant(
        33, DESK, "bool due = block.timestamp < until && facts.begun == 0;",
        "bool due = block.timestamp <= until && facts.begun == 0;",
    ): "commitScores",
    Mutant(33, DESK, "require(page == scores.pages && page < pages,", "require(page < pages,"): "revealScores",
    Mutant(33, DESK, "return !_has(facts.complete, seat) && !_suffices(facts, procedure);", "return !_suffices(facts, procedure);"):
        "replaceEvaluator",
    # 34: more than half of the panel, and the independent one, on this very act, once
    Mutant(34, DESK, "tender.panel / 2 + 1;", "tender.panel / 2;"): "decideTechnical",
    Mutant(34, DESK, "if (!_has(votes.yes | votes.no, 0)) {", "if (votes.calledAt == 0) {"): "decideTechnical",
    Mutant(34, DESK, "(votes.sitting, votes.yes, votes.no) = (facts.sitting, 0, 0);", "votes.sitting = facts.sitting;"): "decideTechnical",
    Mutant(34, DESK, "if (votes.results != facts.results)", "if (votes.calledAt == 0)"): "callVote",
    Mutant(34, AWARD, "if (tender.panel != 0) _evaluation", "if (tender.panel == 0) _evaluation"): "award",
    # 35: no price before its time, none of a bid that failed
    Mutant(
        35, DESK, "_complaints.clearFrom(id, 0, ComplaintStage.Technical, facts.standstillEnds);",
        "_complaints.endOf(id, facts.standstillEnds);",
    ): "window",
    Mutant(35, DESK, "_after(id, plan.standstillEnds, procedure.openingDelay);", "plan.standstillEnds;"): "window",
    Mutant(35, DESK, "(facts.standstillEnds, facts.failed) = (0, 0);", "facts.failed = 0;"): "evaluation",
    Mutant(35, COMPLAINTS, "due = ends != 0 && lot == 0;", "due = ends != 0;"): "file",
    # 36: by points the ranking follows from scores and prices alone
    Mutant(36, DESK, "score += left * ((min * SCALE) / price);", "score += (left * min * SCALE) / price;"): "lot",
    Mutant(36, DESK, "require(points <= most,", "require(points <= most + 1,"): "revealScores",
    Mutant(36, DESK, "if (rescore) _begin(facts);", ""): "evaluation",
    Mutant(36, AWARD, "(points ? key <= facts.first : price == facts.min)", "price == facts.min"): "rank",
}  # fmt: skip
"""What the contract and the rules first differ in. A passage that is not in its source exactly once fails the test."""

FIRST = tuple(MUTANTS)[:5]
"""One an invariant at least: each costs the compiler some seconds."""
