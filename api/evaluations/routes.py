"""Routes of the evaluation: scores, votes, the technical result, the release of prices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.auth import Reader, Writer
from api.deps import TheService, body_of, json_body
from api.errors import component, read_responses
from api.evaluations import queries
from api.evaluations import service as acts
from api.evaluations.schemas import (
    EvaluationBody,
    EvaluatorIn,
    PanelCallIn,
    PanelVoteIn,
    PanelVotesBody,
    ScoreCommitmentIn,
    ScoresIn,
    TechnicalIn,
)
from api.pages import ListOf
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.contracts import (
    TenderBoardLotNotFound,
    TenderBoardNotFound,
    TenderBoardPanelInvalid,
    TenderBoardRoleConflict,
    TenderBoardRoleMissing,
    TenderBoardStatusWrong,
)
from chain.errors.evaluation import VotesNotFound
from chain.errors.service import BidNotFound, DocumentNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/tenders/{id}", tags=["evaluations"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
ActHash = Annotated[
    str, Path(alias="act", pattern=r"^0x[0-9a-f]{64}$", description="Hash of the act that is voted on.")
]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_DESK = (*component("EvaluationDesk"), TenderBoardNotFound, TenderBoardStatusWrong)
_SCORED = write_responses(*_DESK)
_VOTED = write_responses(*_DESK, DocumentNotFound)
_CALLED = write_responses(
    *_DESK, *component("AwardDesk"), TenderBoardLotNotFound, BidNotFound, DocumentNotFound
)
_REPLACED = write_responses(
    *_DESK, TenderBoardPanelInvalid, TenderBoardRoleConflict, TenderBoardRoleMissing, *component("OpeningCommittee"), DocumentNotFound
)  # fmt: skip
_RELEASED = write_responses(*_DESK, *component("BidBox"))
_TENDER = read_responses(TenderBoardNotFound)


@router.get("/evaluation", operation_id="evaluations_show", responses=_TENDER)
def show(service: TheService, caller: Reader, number: Number) -> EvaluationBody:
    """How far the evaluation is: round, windows, who committed and revealed, points, the technical result."""
    return queries.evaluation(service, number)


@router.get("/votes", operation_id="evaluations_votes", responses=_TENDER)
def votes(service: TheService, caller: Reader, number: Number) -> ListOf[PanelVotesBody]:
    """Every act that the panel was called to vote on, with each vote; what the act would do is shown to the buyer and the panel."""
    return queries.votes(service, caller, number)


@router.get(
    "/votes/{act}",
    operation_id="evaluations_votes_on",
    responses=read_responses(TenderBoardNotFound, VotesNotFound),
)
def votes_on(service: TheService, caller: Reader, number: Number, act: ActHash) -> PanelVotesBody:
    """The votes on one act."""
    return queries.votes_on(service, caller, number, act)


@router.post(
    "/scores", operation_id="evaluations_commit", status_code=202, responses=_SCORED | DONE,
    openapi_extra=json_body(ScoreCommitmentIn),
)  # fmt: skip
async def commit(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[ScoreCommitmentIn, Depends(body_of(ScoreCommitmentIn))],
) -> Response:  # fmt: skip
    """Commit your scores by their hash; the first commitment opens the time for all. Role: EVALUATOR in its seat."""
    return await answer(service, request, act, await acts.commit(service, caller, act, number, body))


@router.post(
    "/reveals", operation_id="evaluations_reveal", status_code=202, responses=_SCORED | DONE,
    openapi_extra=json_body(ScoresIn),
)  # fmt: skip
async def reveal(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[ScoresIn, Depends(body_of(ScoresIn))],
) -> Response:  # fmt: skip
    """Reveal the next page of your scores, once the time to commit is over. Role: EVALUATOR in its seat."""
    return await answer(service, request, act, await acts.reveal(service, caller, act, number, body))


@router.post(
    "/votes/calls", operation_id="evaluations_call", status_code=202, responses=_CALLED | MADE,
    openapi_extra=json_body(PanelCallIn),
)  # fmt: skip
async def call_vote(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[PanelCallIn, Depends(body_of(PanelCallIn))],
) -> Response:  # fmt: skip
    """Call the panel to vote on a decision; Location names the act. Role: OFFICER of the buyer."""
    done = await acts.call_vote(service, caller, act, number, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/votes", operation_id="evaluations_vote", status_code=202, responses=_VOTED | DONE,
    openapi_extra=json_body(PanelVoteIn),
)  # fmt: skip
async def vote(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[PanelVoteIn, Depends(body_of(PanelVoteIn))],
) -> Response:  # fmt: skip
    """Vote on an act, once; dissent is public. Role: EVALUATOR in its seat."""
    return await answer(service, request, act, await acts.vote(service, caller, act, number, body))


@router.post(
    "/technical", operation_id="evaluations_decide", status_code=202, responses=_VOTED | DONE,
    openapi_extra=json_body(TechnicalIn),
)  # fmt: skip
async def decide_technical(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[TechnicalIn, Depends(body_of(TechnicalIn))],
) -> Response:  # fmt: skip
    """Decide which bids fail, before any price; the time to complain begins. Role: OFFICER or APPROVER of the buyer."""
    done = await acts.decide_technical(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/evaluators", operation_id="evaluations_replace", status_code=202, responses=_REPLACED | DONE,
    openapi_extra=json_body(EvaluatorIn),
)  # fmt: skip
async def replace_evaluator(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[EvaluatorIn, Depends(body_of(EvaluatorIn))],
) -> Response:  # fmt: skip
    """Put another in the seat of a silent evaluator; a new round begins for all. Role: OFFICER or APPROVER of the buyer."""
    done = await acts.replace_evaluator(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/prices", operation_id="evaluations_release", status_code=202, responses=_RELEASED | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def release_prices(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, nothing: Nothing
) -> Response:
    """Have the prices of the bids that passed opened by the committee. Role: anybody."""
    return await answer(service, request, act, await acts.release_prices(service, caller, act, number))
