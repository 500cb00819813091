"""Acts that take two accounts of a buyer, from the events of FourEyes: the last time that each was proposed, and who approved it."""

from __future__ import annotations

from chain.recorder.index.rows import Rows
from chain.recorder.schema import idx_act
from chain.types import Event

__all__ = ["REDUCERS"]


def _proposed(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_act, {
        "member": args["member"], "act": args["act"], "proposer": args["proposer"], "until": args["until"], "proposed_at": event.time,
        "proposal": event.transaction, "approver": "", "approved_at": 0, "approval": "",
    })  # fmt: skip


def _approved(event: Event, rows: Rows) -> None:
    args = event.args
    row = rows.get(idx_act, args["member"], args["act"])
    assert row is not None, "the contract takes what was proposed"
    done = {"approver": args["approver"], "approved_at": event.time, "approval": event.transaction}
    rows.put(idx_act, row | done)


REDUCERS = {"ActProposed": _proposed, "ActApproved": _approved}
