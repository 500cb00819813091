"""Validators, nodes and applications, from the events of ValidatorRegistry, NetworkPermissions and ApplicationRegistry."""

from __future__ import annotations

from chain.recorder.index.content import dump
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_application, idx_finding, idx_node, idx_validators
from chain.types import Event, NodeKind

__all__ = ["APPLICATIONS", "NODES", "VALIDATORS"]

_NO_HASH = "0x" + "00" * 32


def _targeted(event: Event, rows: Rows) -> None:
    founding = event.time if int(event.args["seq"]) == 0 else 0
    _decide(event, rows, removed="", until=0, proved_at=founding)


def _removed(event: Event, rows: Rows) -> None:
    _decide(event, rows, removed=event.args["node"], until=event.args["until"], proved_at=0)


def _decide(event: Event, rows: Rows, **values: object) -> None:
    row = {
        "seq": int(event.args["seq"]), "validators": dump(event.args["validators"]), "at": event.time, "proved_by": "",
        "block": event.block,
    }  # fmt: skip
    rows.put(idx_validators, row | values)


def _proved(event: Event, rows: Rows) -> None:
    row = rows.get(idx_validators, int(event.args["seq"]))
    assert row is not None, "the contract proves decisions only"
    rows.put(idx_validators, row | {"proved_at": event.time, "proved_by": event.args["blockHash"]})


def _node_set(event: Event, rows: Rows) -> None:
    args = event.args
    if args["kind"] == NodeKind.NONE:
        rows.drop(idx_node, args["key"])
    else:
        rows.put(
            idx_node,
            {"key": args["key"], "member": args["member"], "kind": args["kind"], "block": event.block},
        )


def _submitted(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_application, {
        "number": int(args["id"]), "organisation": args["organisation"], "record_id": args["recordId"], "use_case": args["useCase"],
        "name": args["name"], "codes": dump(args["codeHashes"]), "source_hash": args["sourceHash"], "contact": args["contact"],
        "sectors": 0, "sealed_until": 0, "suspended_until": 0, "refused": 0, "revoked": 0, "reason_hash": _NO_HASH,
        "submitted_at": event.time, "block": event.block,
    })  # fmt: skip


def _reviewed(event: Event, rows: Rows) -> None:
    args, row = event.args, _application(event, rows)
    rows.put(idx_application, row | {"sectors": row["sectors"] | 1 << args["sector"]})
    rows.put(idx_finding, {
        "application": row["number"], "member": args["member"], "sector": args["sector"], "checklist_hash": args["checklistHash"],
        "passed": args["passed"], "failed": args["failed"], "at": event.time,
    })  # fmt: skip


def _application(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_application, int(event.args["id"]))
    assert row is not None, "an application is submitted before anything else happens to it"
    return row


def _change(event: Event, rows: Rows, **values: object) -> None:
    rows.put(idx_application, _application(event, rows) | values | {"block": event.block})


VALIDATORS = {"ValidatorRemoved": _removed, "ValidatorsProved": _proved, "ValidatorsTargeted": _targeted}
NODES = {"NodeSet": _node_set}
APPLICATIONS = {
    "ApplicationRefused": lambda e, rows: _change(e, rows, refused=1, reason_hash=e.args["reasonHash"]),
    "ApplicationRevoked": lambda e, rows: _change(e, rows, revoked=1, reason_hash=e.args["reasonHash"]),
    "ApplicationSealed": lambda e, rows: _change(e, rows, sealed_until=e.args["until"]),
    "ApplicationSubmitted": _submitted,
    "ApplicationSuspended": lambda e, rows: _change(e, rows, suspended_until=e.args["until"]),
    "FindingsRecorded": _reviewed,
}
