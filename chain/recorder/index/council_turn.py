"""Rows of the council's idx tables as the views that readers get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.recorder.index.content import load, read_object
from chain.recorder.index.council_views import (
    ApplicationRow,
    BatchRow,
    CallRow,
    CommentRow,
    FindingRow,
    HiddenRow,
    NodeRow,
    ProposalRow,
    ValidatorsRow,
    VoteRow,
)
from chain.rules.applications import ApplicationFacts
from chain.types import ClassRules, DecisionClass, Resolution, from_hex

__all__ = [
    "application_row", "batch_row", "comment_row", "finding_row", "hidden_row", "node_row", "proposal_row", "resolution_in",
    "validators_row", "vote_row",
]  # fmt: skip

Found = Mapping[Any, Any]


def resolution_in(row: Found) -> Resolution:
    """The stored facts of a row of idx_proposal."""
    rules, (first, second, third, fourth) = ClassRules.from_args(load(row["rules"])), load(row["in_favour"])
    return Resolution(
        from_hex(row["member"]), DecisionClass(row["decision"]), rules.delay, rules.numerator, rules.denominator, rules.strict,
        rules.sectors, rules.majority, bool(row["report_needed"]), row["vote_start"], row["vote_end"],
        (first, second, third, fourth), row["against"], row["abstained"], row["eta"], bool(row["executed_at"]),
        bool(row["cancelled_at"]),
    )  # fmt: skip


def proposal_row(row: Found) -> ProposalRow:
    """Of idx_proposal."""
    text, _ = read_object(row["description"])
    calls = tuple(CallRow(call["target"], from_hex(call["data"])) for call in load(row["calls"]))
    return ProposalRow(
        row["number"], resolution_in(row), row["proposer"], row["member"], calls, row["description"], text or {},
        bool(row["content_ok"]), row["confirms"], row["confirmed"], row["proposed_at"], row["executed_at"], row["cancelled_at"],
        row["report"], row["comments"], row["block"], row["transaction"],
    )  # fmt: skip


def vote_row(row: Found) -> VoteRow:
    """Of idx_vote."""
    return VoteRow(**row)


def comment_row(row: Found) -> CommentRow:
    """Of idx_comment."""
    values = dict(row)
    return CommentRow(number=values.pop("comment"), **values)


def batch_row(row: Found) -> BatchRow:
    """Of idx_batch."""
    return BatchRow(**row)


def hidden_row(row: Found) -> HiddenRow:
    """Of idx_hidden."""
    return HiddenRow(**row)


def validators_row(row: Found) -> ValidatorsRow:
    """Of idx_validators."""
    listed = tuple((each["node"], each["member"]) for each in load(row["validators"]))
    return ValidatorsRow(
        row["seq"], listed, row["removed"], row["until"], row["at"], row["proved_at"], row["proved_by"], row["block"]
    )  # fmt: skip


def node_row(row: Found) -> NodeRow:
    """Of idx_node."""
    return NodeRow(**row)


def finding_row(row: Found) -> FindingRow:
    """Of idx_finding."""
    return FindingRow(**row)


def application_row(row: Found, findings: Sequence[Found]) -> ApplicationRow:
    """Of idx_application, with its rows of idx_finding."""
    facts = ApplicationFacts(
        from_hex(row["organisation"]), row["sectors"], row["sealed_until"], row["suspended_until"], bool(row["refused"]),
        bool(row["revoked"]),
    )  # fmt: skip
    return ApplicationRow(
        row["number"], facts, row["use_case"], row["name"], tuple(load(row["codes"])), row["source_hash"], row["contact"],
        row["reason_hash"], row["submitted_at"], row["block"], tuple(finding_row(each) for each in findings),
    )  # fmt: skip
