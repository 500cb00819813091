"""Procedures as the API shows them."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from pydantic.alias_generators import to_camel

from api.deps import Service
from api.pages import ListOf, listed
from api.procedures.schemas import ProcedureBody, ProcedureRowBody
from chain.errors.contracts import ProcedureBookNotFound
from chain.recorder.index.views import ProcedureRow
from chain.types import Procedure

__all__ = ["page", "procedure"]

_VALUES = [field.name for field in fields(Procedure)][4:]


def procedure(service: Service, code: str, version: int) -> ProcedureBody:
    """A procedure version. Raises ProcedureBookNotFound."""
    row = service.index.procedure(code, version)
    if row is None:
        raise ProcedureBookNotFound(code, version)
    values = {to_camel(name): getattr(row.procedure, name) for name in _VALUES}
    return ProcedureBody(**_short(row), block=row.block, values=values, text=json.loads(row.text))


def page(service: Service) -> ListOf[ProcedureRowBody]:
    """Every version of every procedure, by code and number."""
    return listed(service, [ProcedureRowBody(**_short(row)) for row in service.index.procedures()], None)


def _short(row: ProcedureRow) -> dict[str, Any]:
    return {
        "code": row.procedure.code, "version": row.procedure.version, "sandbox": row.procedure.sandbox, "retired": row.retired,
        "text_hash": "0x" + row.procedure.text_hash.hex(),
    }  # fmt: skip
