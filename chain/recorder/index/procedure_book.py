"""Procedure versions, from the events of ProcedureBook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chain.recorder.index.content import dump, load, read_object
from chain.recorder.index.rows import Rows
from chain.recorder.schema import idx_procedure
from chain.types import Event, Procedure, unpadded

__all__ = ["REDUCERS", "procedure_in"]


def procedure_in(row: Mapping[Any, Any]) -> Procedure:
    """The procedure of a row of idx_procedure."""
    return _procedure(row["args"])


@lru_cache(maxsize=256)
def _procedure(args: str) -> Procedure:
    """Versions are few and every tender has one."""
    return Procedure.from_args(load(args))


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


REDUCERS = {"ProcedureAdopted": _adopted, "ProcedureRetired": _retired}
