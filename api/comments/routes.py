"""Routes of the comments on proposals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.auth import Reader, Writer
from api.comments import queries
from api.comments import service as acts
from api.comments.schemas import CommentBody, CommentIn, HidingIn
from api.deps import TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.writes import DONE, MADE, TheAct, answer, write_responses
from chain.errors.contracts import ConsultationNotFound
from chain.errors.service import DocumentNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/proposals/{id}", tags=["comments"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the proposal.")]

_CONSULTATION = component("Consultation")
_COMMENT = write_responses(*_CONSULTATION)
_HIDE = write_responses(*_CONSULTATION, DocumentNotFound)


@router.post(
    "/comments", operation_id="comments_make", status_code=202, responses=_COMMENT | MADE,
    openapi_extra=json_body(CommentIn),
)  # fmt: skip
async def comment(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[CommentIn, Depends(body_of(CommentIn))],
) -> Response:  # fmt: skip
    """Comment on a proposal in consultation, for your organisation. Role: a person of an active member or supplier."""
    done = await acts.comment(service, caller, act, number, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/hidings", operation_id="comments_hide", status_code=202, responses=_HIDE | DONE,
    openapi_extra=json_body(HidingIn),
)  # fmt: skip
async def hide(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[HidingIn, Depends(body_of(HidingIn))],
) -> Response:  # fmt: skip
    """Hide the text of a comment for a published reason; its hash stays. Role: AUDITOR."""
    done = await acts.hide(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.get("/comments", operation_id="comments_list", responses=read_responses(ConsultationNotFound))
def list_comments(service: TheService, caller: Reader, number: Number) -> ListOf[CommentBody]:
    """All comments on a proposal, oldest first."""
    return queries.page(service, number)
