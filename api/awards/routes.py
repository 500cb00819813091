"""Routes of the awards: counting, ranking, requests, decisions, lot by lot."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import Reader, Writer
from api.awards import queries
from api.awards import service as acts
from api.awards.schemas import (
    AwardIn,
    DisqualificationIn,
    DropIn,
    LotStateBody,
    PaperIn,
    PlaceBody,
    RequestIn,
    SecurityBody,
    SecurityIn,
)
from api.deps import Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.writes import DONE, NothingIn, TheAct, answer, write_responses
from chain.errors.contracts import (
    EvaluationDeskVoteMissing,
    EvaluationDeskVotesShort,
    TenderBoardLotNotFound,
    TenderBoardNotFound,
    TenderBoardStatusWrong,
)
from chain.errors.service import BidNotFound, DocumentNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/tenders/{id}", tags=["awards"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
LotNumber = Annotated[int, Path(alias="n", ge=1, le=255, description="Number of the lot, from 1.")]
Index = Annotated[
    int, Path(alias="index", ge=0, le=65_535, description="Place of the bid in the tender, from 0.")
]
From = Annotated[int, Query(alias="after", ge=0, le=65_535, description="`next` of the page before.")]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_DESK = (*component("AwardDesk"), TenderBoardNotFound, TenderBoardLotNotFound, TenderBoardStatusWrong)
_COMPUTED = write_responses(*_DESK)
_DROPPED = write_responses(*_DESK, BidNotFound)
_DECIDED = write_responses(*_DESK, BidNotFound, DocumentNotFound)
_VOTED = write_responses(
    *_DESK, EvaluationDeskVotesShort, EvaluationDeskVoteMissing, BidNotFound, DocumentNotFound
)
_TENDER = read_responses(TenderBoardNotFound)
_LOT = read_responses(TenderBoardNotFound, TenderBoardLotNotFound)


@router.get("/lots", operation_id="awards_lots", responses=_TENDER)
def lots(service: TheService, caller: Reader, number: Number) -> ListOf[LotStateBody]:
    """The lots of a tender: how far each is counted, ranked and decided."""
    return queries.lots(service, number)


@router.get("/lots/{n}", operation_id="awards_lot", responses=_LOT)
def lot(service: TheService, caller: Reader, number: Number, place: LotNumber) -> LotStateBody:
    """A lot: its status, its award, decisions and requests."""
    return queries.lot(service, number, place)


@router.get("/lots/{n}/ranking", operation_id="awards_ranking", responses=_LOT)
def ranking(
    service: TheService, caller: Reader, number: Number, place: LotNumber, after: From = 0, limit: Limit = 100
) -> ListOf[PlaceBody]:
    """The ranking of a lot: price, who is abnormally low, who is out and why."""
    return queries.ranking(service, number, place, after, limit)


@router.get(
    "/bids/{index}/security",
    operation_id="awards_security",
    responses=read_responses(TenderBoardNotFound, BidNotFound),
)
def security(service: TheService, caller: Reader, number: Number, bid: Index) -> SecurityBody:
    """What became of a bid's security."""
    return queries.security(service, number, bid)


@router.post(
    "/lots/{n}/tally", operation_id="awards_tally", status_code=202, responses=_COMPUTED | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def tally(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    nothing: Nothing,
) -> Response:  # fmt: skip
    """Count the next 128 bids of a lot: offers, and those that may win. Role: anybody."""
    done = await acts.tally(service, caller, act, number, place)
    return await answer(service, request, act, done)


@router.post(
    "/lots/{n}/ranking", operation_id="awards_rank", status_code=202, responses=_COMPUTED | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def rank(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    nothing: Nothing,
) -> Response:  # fmt: skip
    """Rank the next 128 bids of a lot, lowest price first; the contract checks each. Role: anybody."""
    done = await acts.rank(service, caller, act, number, place)
    return await answer(service, request, act, done)


@router.post(
    "/lots/{n}/awards", operation_id="awards_award", status_code=202, responses=_VOTED | DONE,
    openapi_extra=json_body(AwardIn),
)  # fmt: skip
async def award(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    body: Annotated[AwardIn, Depends(body_of(AwardIn))],
) -> Response:  # fmt: skip
    """Award the lot to its candidate; the standstill begins. A panel votes on that very call before.

    Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER).
    """
    done = await acts.award(service, caller, act, number, place, body)
    return await answer(service, request, act, done)


@router.post(
    "/lots/{n}/disqualifications", operation_id="awards_disqualify", status_code=202, responses=_VOTED | DONE,
    openapi_extra=json_body(DisqualificationIn),
)  # fmt: skip
async def disqualify(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    body: Annotated[DisqualificationIn, Depends(body_of(DisqualificationIn))],
) -> Response:  # fmt: skip
    """Put the candidate of the lot out; the next one follows. A panel votes on that very call before.

    Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER).
    """
    done = await acts.disqualify(service, caller, act, number, place, body)
    return await answer(service, request, act, done)


@router.post(
    "/lots/{n}/drops", operation_id="awards_drop", status_code=202, responses=_DROPPED | DONE,
    openapi_extra=json_body(DropIn),
)  # fmt: skip
async def drop(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    body: Annotated[DropIn, Depends(body_of(DropIn))],
) -> Response:  # fmt: skip
    """Put out the candidate whose supplier may not be awarded now. Role: anybody."""
    done = await acts.drop(service, caller, act, number, place, body)
    return await answer(service, request, act, done)


@router.post(
    "/lots/{n}/requests", operation_id="awards_ask_explanation", status_code=202, responses=_DECIDED | DONE,
    openapi_extra=json_body(RequestIn),
)  # fmt: skip
async def ask_explanation(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    body: Annotated[RequestIn, Depends(body_of(RequestIn))],
) -> Response:  # fmt: skip
    """Ask the candidate to explain its abnormally low price. Role: OFFICER of the buyer."""
    done = await acts.ask_explanation(service, caller, act, number, place, body)
    return await answer(service, request, act, done)


@router.post(
    "/lots/{n}/replies", operation_id="awards_explain", status_code=202, responses=_COMPUTED | DONE,
    openapi_extra=json_body(RequestIn),
)  # fmt: skip
async def explain(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: LotNumber,
    body: Annotated[RequestIn, Depends(body_of(RequestIn))],
) -> Response:  # fmt: skip
    """Explain the price of your bid. Role: an account of its supplier."""
    done = await acts.explain(service, caller, act, number, place, body)
    return await answer(service, request, act, done)


@router.post(
    "/bids/{index}/requests", operation_id="awards_ask_curing", status_code=202, responses=_DECIDED | DONE,
    openapi_extra=json_body(PaperIn),
)  # fmt: skip
async def ask_curing(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, bid: Index,
    body: Annotated[PaperIn, Depends(body_of(PaperIn))],
) -> Response:  # fmt: skip
    """Ask a bidder to cure a formal defect of its bid, once. Role: OFFICER of the buyer."""
    done = await acts.ask_curing(service, caller, act, number, bid, body)
    return await answer(service, request, act, done)


@router.post(
    "/bids/{index}/replies", operation_id="awards_cure", status_code=202, responses=_COMPUTED | DONE,
    openapi_extra=json_body(PaperIn),
)  # fmt: skip
async def cure(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, bid: Index,
    body: Annotated[PaperIn, Depends(body_of(PaperIn))],
) -> Response:  # fmt: skip
    """Cure the defect of your bid. Role: an account of its supplier."""
    done = await acts.cure(service, caller, act, number, bid, body)
    return await answer(service, request, act, done)


@router.post(
    "/bids/{index}/security", operation_id="awards_record_security", status_code=202, responses=_COMPUTED | DONE,
    openapi_extra=json_body(SecurityIn),
)  # fmt: skip
async def record_security(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, bid: Index,
    body: Annotated[SecurityIn, Depends(body_of(SecurityIn))],
) -> Response:  # fmt: skip
    """Record what became of a bid's security. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.record_security(service, caller, act, number, bid, body)
    return await answer(service, request, act, done)


@router.post(
    "/extension", operation_id="awards_extend", status_code=202, responses=_DECIDED | DONE,
    openapi_extra=json_body(PaperIn),
)  # fmt: skip
async def extend(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[PaperIn, Depends(body_of(PaperIn))],
) -> Response:  # fmt: skip
    """Double the time for decisions on the tender, once. Role: OFFICER of the buyer."""
    done = await acts.extend(service, caller, act, number, body)
    return await answer(service, request, act, done)
