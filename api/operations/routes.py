"""Routes of the operations: what became of one's own requests."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.auth import Author
from api.deps import After, Limit, TheService
from api.errors import read_responses
from api.operations import queries
from api.pages import ListOf
from api.writes import OperationBody
from chain.errors.recorder import CursorInvalid, OperationNotFound
from chain.errors.service import ScopeMissing, TokenMissing

__all__ = ["router"]

router = APIRouter(prefix="/v1/operations", tags=["operations"])

_PRIVATE = {"Cache-Control": "no-store"}


@router.get(
    "", operation_id="operations_list", responses=read_responses(CursorInvalid, ScopeMissing, TokenMissing)
)
async def list_operations(
    response: Response, service: TheService, caller: Author, after: After = None, limit: Limit = 100
) -> ListOf[OperationBody]:
    """Operations of your account, newest first."""
    response.headers.update(_PRIVATE)
    return await queries.page(service, caller, after, limit)


@router.get(
    "/{id}",
    operation_id="operations_read",
    responses=read_responses(OperationNotFound, ScopeMissing, TokenMissing),
)
async def read(
    response: Response,
    service: TheService,
    caller: Author,
    id: Annotated[str, Path(max_length=64, description="Id of the operation.")],
) -> OperationBody:
    """One operation of your account."""
    response.headers.update(_PRIVATE)
    return await queries.operation(service, caller, id)
