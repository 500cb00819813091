"""Routes of the procedures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import Reader
from api.deps import TheService
from api.errors import read_responses
from api.pages import ListOf
from api.procedures import queries
from api.procedures.schemas import ProcedureBody, ProcedureRowBody
from chain.errors.contracts import ProcedureBookNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/procedures", tags=["procedures"])


@router.get("", operation_id="procedures_list", responses=read_responses())
def list_procedures(service: TheService, caller: Reader) -> ListOf[ProcedureRowBody]:
    """Every version of every procedure that was adopted on this network."""
    return queries.page(service)


@router.get(
    "/{code}/{version}", operation_id="procedures_read", responses=read_responses(ProcedureBookNotFound)
)
def read(
    service: TheService, caller: Reader,
    code: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,16}$")], version: Annotated[int, Path(ge=1, le=65_535)],
) -> ProcedureBody:  # fmt: skip
    """A procedure version: each value, and its legal source."""
    return queries.procedure(service, code, version)
