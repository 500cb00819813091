"""Routes of the comments on proposals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.auth import AccountCaller, Commenter, Reader, Writer
from api.comments import queries
from api.comments import service as acts
from api.comments.schemas import BatchesBody, CommentBody, CommentIn, HidingIn, ReceiptBody
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.writes import DONE, OperationBody, Responses, TheAct, answer, open_write_responses, write_responses
from chain.errors.consultation import (
    CommentCharacterRefused,
    CommentEmpty,
    CommentsClosed,
    CommentTextInvalid,
    CommentTooLong,
)
from chain.errors.contracts import ConsultationNotFound
from chain.errors.recorder import CursorInvalid, SignerUnavailable
from chain.errors.service import BatchesNotFound, CommentNotFound, CommentsUnavailable, DocumentNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/proposals/{id}", tags=["comments"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the proposal.")]
Serial = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="Serial of the comment.")]

_CONSULTATION = component("Consultation")
_COMMENT = open_write_responses(
    *_CONSULTATION, CommentCharacterRefused, CommentEmpty, CommentTextInvalid, CommentTooLong, CommentsClosed, CommentsUnavailable,
    SignerUnavailable,
)  # fmt: skip
_HIDE = write_responses(*_CONSULTATION, DocumentNotFound)
_MADE: Responses = {
    201: {
        "model": OperationBody | ReceiptBody,
        "description": "With a token: in a block. Without: the receipt, whose bytes are the file that is verified.",
    }
}


@router.post(
    "/comments", operation_id="comments_make", status_code=202, responses=_COMMENT | _MADE,
    openapi_extra=json_body(CommentIn),
)  # fmt: skip
async def comment(
    request: Request, service: TheService, caller: Commenter, act: TheAct, number: Number,
    body: Annotated[CommentIn, Depends(body_of(CommentIn))],
) -> Response:  # fmt: skip
    """Comment on a proposal in consultation: for your organisation with a token, else as a citizen, who gets a receipt."""
    if not isinstance(caller, AccountCaller):
        return await acts.take(service, act, number, body)
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


@router.get(
    "/comments", operation_id="comments_list", responses=read_responses(ConsultationNotFound, CursorInvalid)
)
def list_comments(
    service: TheService, caller: Reader, number: Number, after: After = None, limit: Limit = 100
) -> ListOf[CommentBody]:
    """Comments on a proposal, oldest first."""
    return queries.page(service, number, after, limit)


@router.get(
    "/comments/batches", operation_id="comments_batches",
    responses=read_responses(BatchesNotFound) | {200: {"model": BatchesBody}},
)  # fmt: skip
def batches(service: TheService, caller: Reader, number: Number) -> Response:
    """The anchored batches with the hashes of their comments: what proves that a comment was left out."""
    return Response(service.citizens.batches(number).to_bytes(), media_type="application/json")


@router.get(
    "/comments/{serial}/receipt", operation_id="comments_receipt",
    responses=read_responses(CommentNotFound) | {200: {"model": ReceiptBody}},
)  # fmt: skip
def receipt(service: TheService, caller: Reader, number: Number, serial: Serial) -> Response:
    """The receipt of a citizen's comment, complete once its batch is on the chain; kept as it comes, it is verified offline."""
    return Response(service.citizens.receipt(number, serial).to_bytes(), media_type="application/json")
