"""Proposals, votes and what they take, from the events of Council; the timelock's own events are kept in the log alone."""

from __future__ import annotations

from typing import Any

from chain.recorder.index.content import dump, load, read_object
from chain.recorder.index.member_registry import seat_at
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_class, idx_member, idx_person, idx_proposal, idx_rules, idx_vote
from chain.types import Event, Vote

__all__ = ["REDUCERS"]

_NO_HASH = "0x" + "00" * 32


def _rules_set(event: Event, rows: Rows) -> None:
    rows.put(idx_rules, {"decision": event.args["decision"], "rules": dump(event.args["rules"])})


def _class_set(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(
        idx_class, {"target": args["target"], "selector": args["selector"], "decision": args["decision"]}
    )


def _created(event: Event, rows: Rows) -> tuple[str, ...]:
    """The Governor's own event; ResolutionOpened follows with the rest."""
    args = event.args
    person = rows.get(idx_person, args["proposer"])
    assert person is not None, "the contract takes proposals of delegates only"
    _, reasons = read_object(args["description"])
    calls = [
        {"target": target, "data": data}
        for target, data in zip(args["targets"], args["calldatas"], strict=True)
    ]
    rows.put(idx_proposal, {
        "number": int(args["proposalId"]), "proposer": args["proposer"], "member": person["member"], "decision": 0, "rules": "{}",
        "report_needed": 0, "confirms": 0, "calls": dump(calls), "description": args["description"], "content_ok": int(not reasons),
        "reasons": dump(reasons), "proposed_at": event.time, "vote_start": int(args["voteStart"]), "vote_end": int(args["voteEnd"]),
        "in_favour": "[0,0,0,0]", "against": 0, "abstained": 0, "eta": 0, "executed_at": 0, "cancelled_at": 0, "report": _NO_HASH,
        "comments": 0, "confirmed": 0, "block": event.block, "transaction": event.transaction,
    })  # fmt: skip
    return reasons


def _opened(event: Event, rows: Rows) -> None:
    args = event.args
    _change(rows, args["id"], decision=args["decision"], rules=dump(args["rules"]), report_needed=int(args["reportNeeded"]),
            confirms=int(args["confirms"]))  # fmt: skip


def _voted(event: Event, rows: Rows) -> None:
    args, row = event.args, _proposal(rows, event.args["proposalId"])
    person = rows.get(idx_person, args["voter"])
    member = None if person is None else rows.get(idx_member, person["member"])
    assert person is not None and member is not None, "the contract takes votes of delegates only"
    support = args["support"]
    if support == Vote.FOR:
        in_favour = load(row["in_favour"])
        in_favour[seat_at(member, row["vote_start"]) - 1] += 1
        row = row | {"in_favour": dump(in_favour)}
    else:
        counted = "against" if support == Vote.AGAINST else "abstained"
        row = row | {counted: row[counted] + 1}
    rows.put(idx_proposal, row)
    rows.put(idx_vote, {
        "proposal": row["number"], "member": person["member"], "voter": args["voter"], "support": support, "reason": args["reason"],
        "at": event.time, "transaction": event.transaction,
    })  # fmt: skip


def _proposal(rows: Rows, number: Any) -> Row:
    row = rows.get(idx_proposal, int(number))
    assert row is not None, "the contract opens a proposal before anything else happens to it"
    return row


def _change(rows: Rows, number: Any, **values: object) -> None:
    rows.put(idx_proposal, _proposal(rows, number) | values)


REDUCERS = {
    "CallClassSet": _class_set,
    "ClassRulesSet": _rules_set,
    "ProposalCanceled": lambda event, rows: _change(rows, event.args["proposalId"], cancelled_at=event.time),
    "ProposalCreated": _created,
    "ProposalExecuted": lambda event, rows: _change(rows, event.args["proposalId"], executed_at=event.time),
    "ProposalQueued": lambda event, rows: _change(
        rows, event.args["proposalId"], eta=int(event.args["etaSeconds"])
    ),
    "ResolutionOpened": _opened,
    "UrgencyConfirmed": lambda event, rows: _change(rows, event.args["id"], confirmed=event.time),
    "VoteCast": _voted,
}
