"""Routes of the proposals."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.fields import Organisation
from api.pages import ListOf, unchanged
from api.proposals import queries
from api.proposals import service as acts
from api.proposals.schemas import (
    ProposalBody,
    ProposalIn,
    ProposalRowBody,
    ReportIn,
    State,
    VoteIn,
    WhyBody,
)
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.chain import CallInvalid
from chain.errors.contracts import CouncilNotFound
from chain.errors.council import (
    MemberUnknown,
    PhraseInvalid,
    PhraseUnknown,
    ValidatorAbsent,
    ValidatorPresent,
)
from chain.errors.recorder import CursorInvalid
from chain.errors.service import DocumentNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/proposals", tags=["proposals"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the proposal.")]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_COUNCIL = component("Council")
_PROPOSE = write_responses(
    *_COUNCIL, *component("ValidatorRegistry"), CallInvalid, DocumentNotFound, MemberUnknown, PhraseInvalid, PhraseUnknown, ValidatorAbsent,
    ValidatorPresent,
)  # fmt: skip
_STEP = write_responses(*_COUNCIL)
_REPORT = write_responses(*_COUNCIL, *component("Consultation"), DocumentNotFound)
# What the calls of a proposal are refused for is what its execution is refused for.
_EXECUTE = write_responses(
    *_COUNCIL, *component("ApplicationRegistry"), *component("MemberRegistry"), *component("NetworkPermissions"),
    *component("ProcedureBook"), *component("ValidatorRegistry"),
)  # fmt: skip


@router.post(
    "", operation_id="proposals_propose", status_code=202, responses=_PROPOSE | MADE,
    openapi_extra=json_body(ProposalIn),
)  # fmt: skip
async def propose(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[ProposalIn, Depends(body_of(ProposalIn))],
) -> Response:  # fmt: skip
    """Open a proposal; of an urgent one, its confirmation has the next number. Role: DELEGATE of a member of the council."""
    done = await acts.propose(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/{id}/votes", operation_id="proposals_vote", status_code=202, responses=_STEP | DONE,
    openapi_extra=json_body(VoteIn),
)  # fmt: skip
async def vote(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[VoteIn, Depends(body_of(VoteIn))],
) -> Response:  # fmt: skip
    """Vote for your member, once. Role: DELEGATE of a member that had a seat when the vote began."""
    done = await acts.vote(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/report", operation_id="proposals_report", status_code=202, responses=_REPORT | DONE,
    openapi_extra=json_body(ReportIn),
)  # fmt: skip
async def report(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[ReportIn, Depends(body_of(ReportIn))],
) -> Response:  # fmt: skip
    """Publish the report that answers the comments. Role: DELEGATE of the member that proposed."""
    done = await acts.report(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/queue", operation_id="proposals_queue", status_code=202, responses=_STEP | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def queue(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, body: Nothing
) -> Response:
    """Schedule an approved proposal: its delay begins."""
    done = await acts.queue(service, caller, act, number)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/execution", operation_id="proposals_execute", status_code=202, responses=_EXECUTE | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def execute(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, body: Nothing
) -> Response:
    """Execute a proposal after its delay: all of its calls or none."""
    done = await acts.execute(service, caller, act, number)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/cancellation", operation_id="proposals_cancel", status_code=202, responses=_STEP | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def cancel(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, body: Nothing
) -> Response:
    """Cancel a proposal while it is in consultation. Role: DELEGATE of the member that proposed."""
    done = await acts.cancel(service, caller, act, number)
    return await answer(service, request, act, done)


@router.get("", operation_id="proposals_list", responses=read_responses(CursorInvalid))
def list_proposals(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100,
    state: Annotated[State | None, Query(description="Only those in this state; a page may then hold fewer rows than its limit.")] = None,
    member: Annotated[Organisation | None, Query(description="Only those of this member: 0x id or org-id.")] = None,
) -> ListOf[ProposalRowBody]:  # fmt: skip
    """Proposals, newest first."""
    return queries.page(service, after, limit, state, member)


@router.get(
    "/{id}", operation_id="proposals_read", responses=read_responses(CouncilNotFound), response_model=ProposalBody
)  # fmt: skip
async def read(
    request: Request, response: Response, service: TheService, caller: Reader, number: Number
) -> Any:
    """A proposal: its calls in words, its votes, its state at head time."""
    body, tag = await asyncio.to_thread(queries.proposal, service, number)
    return unchanged(request, response, tag) or body


@router.get("/{id}/why", operation_id="proposals_why", responses=read_responses(CouncilNotFound))
def why(service: TheService, caller: Reader, number: Number) -> WhyBody:
    """What a proposal waits for, in words."""
    return queries.why(service, number)
