"""Routes of the applications."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.applications import queries
from api.applications import service as acts
from api.applications.schemas import ApplicationBody, ApplicationIn, ApplicationRowBody, FindingsIn
from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.writes import DONE, MADE, TheAct, answer, write_responses
from chain.errors.contracts import ApplicationRegistryNotFound
from chain.errors.recorder import CursorInvalid

__all__ = ["router"]

router = APIRouter(prefix="/v1/applications", tags=["applications"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the application.")]

_WRITE = write_responses(*component("ApplicationRegistry"))


@router.post(
    "", operation_id="applications_submit", status_code=202, responses=_WRITE | MADE,
    openapi_extra=json_body(ApplicationIn),
)  # fmt: skip
async def submit(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[ApplicationIn, Depends(body_of(ApplicationIn))],
) -> Response:  # fmt: skip
    """Submit an application for the seal. Role: a person of an active member or supplier."""
    done = await acts.submit(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/{id}/findings", operation_id="applications_review", status_code=202, responses=_WRITE | DONE,
    openapi_extra=json_body(FindingsIn),
)  # fmt: skip
async def review(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[FindingsIn, Depends(body_of(FindingsIn))],
) -> Response:  # fmt: skip
    """Record what your organisation found, once. Role: EVALUATOR of another organisation than the submitter's."""
    done = await acts.record_findings(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.get("", operation_id="applications_list", responses=read_responses(CursorInvalid))
def list_applications(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> ListOf[ApplicationRowBody]:
    """Applications, newest first."""
    return queries.page(service, after, limit)


@router.get("/{id}", operation_id="applications_read", responses=read_responses(ApplicationRegistryNotFound))
def read(service: TheService, caller: Reader, number: Number) -> ApplicationBody:
    """An application with what reviewers found, its status at head time."""
    return queries.application(service, number)
