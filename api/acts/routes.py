"""Routes of the acts that take two accounts of a buyer: what was proposed, and its approval."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.acts import queries
from api.acts import service as approvals
from api.acts.schemas import ActBody
from api.auth import Author, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.recorder import CursorInvalid
from chain.errors.service import ActNotFound, DocumentNotFound, ScopeMissing, TokenMissing

__all__ = ["router"]

router = APIRouter(prefix="/v1/acts", tags=["acts"])

Name = Annotated[
    str,
    Path(
        alias="act", pattern="^0x[0-9a-f]{64}$", description="Hash of the act.", examples=["0x" + "ab" * 32]
    ),
]
_PRIVATE = {"Cache-Control": "no-store"}
_APPROVED = write_responses(
    *component("FourEyes"), *component("TenderBoard"), *component("AwardDesk"), *component("ComplaintDesk"), *component("AgreementBook"),
    *component("ProcedureBook"), *component("OpeningCommittee"), ActNotFound, DocumentNotFound,
)  # fmt: skip


@router.get("", operation_id="acts_list", responses=read_responses(CursorInvalid, ScopeMissing, TokenMissing))
def list_acts(
    response: Response, service: TheService, caller: Author, after: After = None, limit: Limit = 100
) -> ListOf[ActBody]:
    """Acts that officers of your organisation proposed here, newest first."""
    response.headers.update(_PRIVATE)
    return queries.acts(service, caller, after, limit)


@router.get(
    "/{act}", operation_id="acts_read", responses=read_responses(ActNotFound, ScopeMissing, TokenMissing)
)
def read(response: Response, service: TheService, caller: Author, name: Name) -> ActBody:
    """One act of your organisation: what exactly is signed, who proposed it, whether you can approve it."""
    response.headers.update(_PRIVATE)
    return queries.act(service, caller, name)


@router.post(
    "/{act}/approval", operation_id="acts_approve", status_code=202, responses=_APPROVED | DONE | MADE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def approve(
    request: Request, service: TheService, caller: Writer, act: TheAct, name: Name,
    nothing: Annotated[NothingIn, Depends(body_of(NothingIn))],
) -> Response:  # fmt: skip
    """Do what was proposed: exactly that call is sent. Role: an APPROVER of the buyer who did not propose it."""
    done = await approvals.approve(service, caller, act, name)
    return await answer(service, request, act, done, created=done.operation.function in ("publish", "draft"))
