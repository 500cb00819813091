"""Procedure versions, and the outages of the network, from the events of ProcedureBook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from chain.recorder.index.content import dump, load, read_object
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_clock, idx_outage, idx_procedure
from chain.rules.deadlines import Clock, Outage, Outages
from chain.types import Event, Procedure, unpadded

__all__ = ["REDUCERS", "clock_in", "procedure_in"]


def procedure_in(row: Mapping[Any, Any]) -> Procedure:
    """The procedure of a row of idx_procedure."""
    return _procedure(row["args"])


@lru_cache(maxsize=256)
def _procedure(args: str) -> Procedure:
    """Versions are few and every tender has one."""
    return Procedure.from_args(load(args))


def clock_in(get: Callable[..., Mapping[Any, Any] | None], now: int) -> Clock:
    """The time, with what the index knows of outages; ``get``: the row of a table by its key."""
    row = get(idx_clock, 0)
    if row is None:
        return Clock(now)

    def outage(number: int) -> Outage:
        found = get(idx_outage, number)
        assert found is not None, "as many are kept as are counted"
        return Outage(found["start"], found["end"])

    return Clock(now, row["gap"], row["last_tick"], Outages(row["outages"], outage))


def _counted(event: Event, rows: Rows) -> None:
    rows.put(idx_clock, {"id": 0, "gap": event.args["gap"], "last_tick": event.args["start"], "outages": 0})


def _ticked(event: Event, rows: Rows) -> None:
    rows.put(idx_clock, _clock(rows) | {"last_tick": event.args["time"]})


def _outage(event: Event, rows: Rows) -> None:
    row, start, end = _clock(rows), event.args["start"], event.args["end"]
    rows.put(idx_outage, {"number": row["outages"], "start": start, "end": end})
    rows.put(idx_clock, row | {"last_tick": end, "outages": row["outages"] + 1})


def _clock(rows: Rows) -> Row:
    row = rows.get(idx_clock, 0)
    assert row is not None, "the contract counts no outages before it says that it does"
    return row


def _adopted(event: Event, rows: Rows) -> tuple[str, ...]:
    args = event.args
    _, reasons = read_object(args["json"])
    rows.put(idx_procedure, {
        "code": unpadded(args["code"]), "version": args["version"], "args": dump(args["procedure"]), "json": args["json"],
        "retired": 0, "block": event.block,
    })  # fmt: skip
    return reasons


def _retired(event: Event, rows: Rows) -> None:
    row = rows.get(idx_procedure, unpadded(event.args["code"]), event.args["version"])
    assert row is not None, "the contract adopts a version before it retires it"
    rows.put(idx_procedure, row | {"retired": 1})


REDUCERS = {
    "ProcedureAdopted": _adopted, "ProcedureRetired": _retired, "OutagesCounted": _counted, "Ticked": _ticked, "OutageRecorded": _outage,
}  # fmt: skip
