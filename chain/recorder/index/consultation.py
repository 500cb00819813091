"""Comments, batches, reports and hidden texts, from the events of Consultation."""

from __future__ import annotations

from chain.recorder.index.rows import Rows
from chain.recorder.schema import idx_batch, idx_comment, idx_hidden, idx_proposal
from chain.types import Event

__all__ = ["REDUCERS"]


def _commented(event: Event, rows: Rows) -> None:
    args, proposal = event.args, int(event.args["proposal"])
    rows.put(idx_comment, {
        "proposal": proposal, "comment": int(args["comment"]), "organisation": args["organisation"], "record_id": args["recordId"],
        "text_hash": args["textHash"], "at": event.time, "transaction": event.transaction,
    })  # fmt: skip
    _add(rows, proposal, 1)


def _anchored(event: Event, rows: Rows) -> None:
    args, proposal = event.args, int(event.args["proposal"])
    rows.put(idx_batch, {
        "proposal": proposal, "member": args["member"], "batch": args["batch"], "root": args["root"], "comments": args["comments"],
        "at": event.time, "block": event.block, "transaction": event.transaction,
    })  # fmt: skip
    _add(rows, proposal, args["comments"])


def _reported(event: Event, rows: Rows) -> None:
    _change(rows, int(event.args["proposal"]), report=event.args["reportHash"])


def _hidden(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_hidden, {
        "proposal": int(args["proposal"]), "text_hash": args["textHash"], "reason_hash": args["reasonHash"], "at": event.time
    })  # fmt: skip


def _add(rows: Rows, proposal: int, comments: int) -> None:
    row = rows.get(idx_proposal, proposal)
    assert row is not None, "the contract takes comments on proposals only"
    rows.put(idx_proposal, row | {"comments": row["comments"] + comments})


def _change(rows: Rows, proposal: int, **values: object) -> None:
    row = rows.get(idx_proposal, proposal)
    assert row is not None, "the contract takes reports on proposals only"
    rows.put(idx_proposal, row | values)


REDUCERS = {
    "BatchAnchored": _anchored,
    "Commented": _commented,
    "ReportPublished": _reported,
    "TextHidden": _hidden,
}
