"""Routes of the openings: of a tender's bids, of the committees that open them."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.fields import Hash
from api.openings import queries
from api.openings import service as acts
from api.openings.schemas import (
    BoxesIn,
    CeremonyBody,
    CommitmentIn,
    ComplaintAnswerIn,
    DealerComplaintIn,
    DealingIn,
    JoinIn,
    KeysetBody,
    KeysetIn,
    NoticeBody,
    OpeningBody,
    PageBody,
    PageIn,
    RevealIn,
    SeatProofIn,
    SharesIn,
)
from api.pages import ListOf, unchanged
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.contracts import (
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteePhaseNotReached,
    OpeningCommitteeTooEarly,
    TenderBoardNotFound,
)
from chain.errors.recorder import CursorInvalid
from chain.errors.sealing import (
    KeysetMismatch,
    PackedShareInvalid,
    PointAtInfinity,
    PointInvalid,
    SeatsInvalid,
    TranscriptIncomplete,
)
from chain.errors.service import CeremonyNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["openings"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
PageNumber = Annotated[int, Path(alias="n", ge=0, le=2047, description="32 indexes of bids, from 0.")]
Envelope = Annotated[int, Query(ge=0, le=1, description="Which envelope of the bids.")]
Ceremony = Annotated[Hash, Path(alias="id", description="Id of the ceremony.")]
Keyset = Annotated[Hash, Path(alias="id", description="Id of the keyset.")]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_COMMITTEE = component("OpeningCommittee")
_OPEN = write_responses(
    *_COMMITTEE, TenderBoardNotFound, PackedShareInvalid, PointAtInfinity, PointInvalid, SeatsInvalid
)
_CEREMONY = write_responses(*_COMMITTEE, CeremonyNotFound)
_REGISTER = write_responses(
    *_COMMITTEE, CeremonyNotFound, KeysetMismatch, PointAtInfinity, PointInvalid, TranscriptIncomplete
)
_KEYSET = write_responses(*_COMMITTEE)
_TENDER = read_responses(TenderBoardNotFound, OpeningCommitteeKeysetNotFound)


# The opening of a tender


@router.get(
    "/tenders/{id}/notice", operation_id="openings_notice", responses=_TENDER, response_model=NoticeBody
)
async def notice(request: Request, service: TheService, caller: Reader, number: Number) -> Any:
    """What a bidder seals with, also off line: the committee's keys, the terms' hash, the lots."""
    data = await asyncio.to_thread(queries.notice, service, number)
    made = Response(data, media_type="application/json")
    return unchanged(request, made, hashlib.sha256(data).hexdigest()) or made


@router.get(
    "/tenders/{id}/opening", operation_id="openings_read", responses=_TENDER, response_model=OpeningBody
)
async def opening(
    request: Request, response: Response, service: TheService, caller: Reader, number: Number
) -> Any:
    """The opening of a tender: its times, who posted what, which pages are open, what is missing."""
    body, tag = await asyncio.to_thread(queries.opening, service, number)
    return unchanged(request, response, tag) or body


@router.get(
    "/tenders/{id}/pages/{n}", operation_id="openings_page", response_model=PageBody,
    responses=read_responses(
        TenderBoardNotFound, OpeningCommitteeKeysetNotFound, OpeningCommitteeTooEarly, OpeningCommitteePhaseNotReached
    ),
)  # fmt: skip
async def page(
    request: Request, response: Response, service: TheService, caller: Reader, number: Number, place: PageNumber,
    envelope: Envelope = 0,
) -> Any:  # fmt: skip
    """A page of the opening: what a share of each live bid is made from. Refused before shares are taken."""
    body, tag = await asyncio.to_thread(queries.page, service, number, place, envelope)
    return unchanged(request, response, tag) or body


@router.post(
    "/tenders/{id}/shares", operation_id="openings_share", status_code=202, responses=_OPEN | DONE,
    openapi_extra=json_body(SharesIn),
)  # fmt: skip
async def share(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[SharesIn, Depends(body_of(SharesIn))],
) -> Response:  # fmt: skip
    """Post your seat's shares of a page; refused until a block period after the opening. Role: OPENER of the member with the seat."""
    done = await acts.share(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/tenders/{id}/pages/{n}", operation_id="openings_open_page", status_code=202, responses=_OPEN | DONE,
    openapi_extra=json_body(PageIn),
)  # fmt: skip
async def open_page(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, place: PageNumber,
    body: Annotated[PageIn, Depends(body_of(PageIn))],
) -> Response:  # fmt: skip
    """Open the bids of a page with the shares that were posted: the contract checks and decrypts."""
    done = await acts.open_page(service, caller, act, number, place, body)
    return await answer(service, request, act, done)


@router.post(
    "/tenders/{id}/self-reveal", operation_id="openings_reveal", status_code=202, responses=_OPEN | DONE,
    openapi_extra=json_body(RevealIn),
)  # fmt: skip
async def reveal(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[RevealIn, Depends(body_of(RevealIn))],
) -> Response:  # fmt: skip
    """Open one bid with the number that its bidder kept, where the committee did not in time."""
    done = await acts.reveal(service, caller, act, number, body)
    return await answer(service, request, act, done)


# Keysets


@router.get("/keysets", operation_id="keysets_list", responses=read_responses(CursorInvalid))
def list_keysets(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> ListOf[KeysetBody]:
    """Keysets, the oldest first."""
    return queries.keysets(service, after, limit)


@router.get(
    "/keysets/{id}", operation_id="keysets_read", responses=read_responses(OpeningCommitteeKeysetNotFound),
    response_model=KeysetBody,
)  # fmt: skip
async def read_keyset(
    request: Request, response: Response, service: TheService, caller: Reader, id: Keyset
) -> Any:
    """A keyset: its keys by seat, who confirmed it, who answered the last roll."""
    body, tag = await asyncio.to_thread(queries.keyset, service, id)
    return unchanged(request, response, tag) or body


@router.post(
    "/keysets", operation_id="keysets_register", status_code=202, responses=_REGISTER | MADE,
    openapi_extra=json_body(KeysetIn),
)  # fmt: skip
async def register(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[KeysetIn, Depends(body_of(KeysetIn))],
) -> Response:  # fmt: skip
    """Register the keys that a finished ceremony gives; its seats confirm them."""
    done = await acts.register(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/keysets/{id}/confirmation", operation_id="keysets_confirm", status_code=202, responses=_KEYSET | DONE,
    openapi_extra=json_body(SeatProofIn),
)  # fmt: skip
async def confirm(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Keyset,
    body: Annotated[SeatProofIn, Depends(body_of(SeatProofIn))],
) -> Response:  # fmt: skip
    """Confirm a keyset for your seat, after recomputing it. Role: OPENER of the member with the seat."""
    done = await acts.confirm(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/keysets/{id}/rolls", operation_id="keysets_call_roll", status_code=202, responses=_KEYSET | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def call_roll(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Keyset, body: Nothing
) -> Response:
    """Call the roll of a keyset, every 28 days at most: its seats prove that they hold their shares."""
    done = await acts.call_roll(service, caller, act, id)
    return await answer(service, request, act, done)


@router.post(
    "/keysets/{id}/rolls/answer", operation_id="keysets_answer_roll", status_code=202, responses=_KEYSET | DONE,
    openapi_extra=json_body(SeatProofIn),
)  # fmt: skip
async def answer_roll(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Keyset,
    body: Annotated[SeatProofIn, Depends(body_of(SeatProofIn))],
) -> Response:  # fmt: skip
    """Answer the last roll for your seat. Role: OPENER of the member with the seat."""
    done = await acts.answer_roll(service, caller, act, id, body)
    return await answer(service, request, act, done)


# Ceremonies


@router.get("/ceremonies", operation_id="ceremonies_list", responses=read_responses(CursorInvalid))
def list_ceremonies(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> ListOf[CeremonyBody]:
    """Ceremonies in the order they were opened."""
    return queries.ceremonies(service, after, limit)


@router.get(
    "/ceremonies/{id}", operation_id="ceremonies_read", responses=read_responses(CeremonyNotFound),
    response_model=CeremonyBody,
)  # fmt: skip
async def read_ceremony(
    request: Request, response: Response, service: TheService, caller: Reader, id: Ceremony
) -> Any:
    """A ceremony with all that was said in it, and the step that is due."""
    body, tag = await asyncio.to_thread(queries.ceremony, service, id)
    return unchanged(request, response, tag) or body


@router.post(
    "/ceremonies/{id}/join", operation_id="ceremonies_join", status_code=202, responses=_CEREMONY | DONE,
    openapi_extra=json_body(JoinIn),
)  # fmt: skip
async def join(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Ceremony,
    body: Annotated[JoinIn, Depends(body_of(JoinIn))],
) -> Response:  # fmt: skip
    """Join with a fresh key for your seat's boxes. Role: OPENER of the member with the seat."""
    done = await acts.join(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/ceremonies/{id}/commitment", operation_id="ceremonies_commit", status_code=202, responses=_CEREMONY | DONE,
    openapi_extra=json_body(CommitmentIn),
)  # fmt: skip
async def commit(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Ceremony,
    body: Annotated[CommitmentIn, Depends(body_of(CommitmentIn))],
) -> Response:  # fmt: skip
    """Commit to your dealing before anybody shows one. Role: OPENER of the dealing member."""
    done = await acts.commit(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/ceremonies/{id}/dealing", operation_id="ceremonies_deal", status_code=202, responses=_CEREMONY | DONE,
    openapi_extra=json_body(DealingIn),
)  # fmt: skip
async def deal(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Ceremony,
    body: Annotated[DealingIn, Depends(body_of(DealingIn))],
) -> Response:  # fmt: skip
    """Publish your dealing, once all joined and committed. Role: OPENER of the dealing member."""
    done = await acts.deal(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/ceremonies/{id}/boxes", operation_id="ceremonies_send_boxes", status_code=202, responses=_CEREMONY | DONE,
    openapi_extra=json_body(BoxesIn),
)  # fmt: skip
async def send_boxes(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Ceremony,
    body: Annotated[BoxesIn, Depends(body_of(BoxesIn))],
) -> Response:  # fmt: skip
    """Send the dealt values, boxed, once all dealings are published. Role: OPENER of the dealing member."""
    done = await acts.send_boxes(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/ceremonies/{id}/complaint", operation_id="ceremonies_complain", status_code=202, responses=_CEREMONY | DONE,
    openapi_extra=json_body(DealerComplaintIn),
)  # fmt: skip
async def complain(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Ceremony,
    body: Annotated[DealerComplaintIn, Depends(body_of(DealerComplaintIn))],
) -> Response:  # fmt: skip
    """End the ceremony: a dealer's box is unreadable or its value wrong. Role: OPENER of the member with the seat."""
    done = await acts.complain(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/ceremonies/{id}/answer", operation_id="ceremonies_answer_complaint", status_code=202, responses=_CEREMONY | DONE,
    openapi_extra=json_body(ComplaintAnswerIn),
)  # fmt: skip
async def answer_complaint(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Ceremony,
    body: Annotated[ComplaintAnswerIn, Depends(body_of(ComplaintAnswerIn))],
) -> Response:  # fmt: skip
    """Answer a complaint by showing the value it is about, once. Role: OPENER of the dealing member."""
    done = await acts.answer_complaint(service, caller, act, id, body)
    return await answer(service, request, act, done)
