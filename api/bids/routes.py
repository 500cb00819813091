"""Routes of the bids."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import Reader, Writer
from api.bids import queries
from api.bids import service as acts
from api.bids.schemas import BidBody, BidIn, BidRowBody
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf, unchanged
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.contracts import TenderBoardNotFound
from chain.errors.recorder import CursorInvalid
from chain.errors.sealing import BodyFrameInvalid, BodyUnreadable, DocumentMismatch, PointAtInfinity
from chain.errors.service import BidDocumentSealed, BidNotFound, PreconditionFailed, PreconditionRequired

__all__ = ["router"]

router = APIRouter(prefix="/v1/tenders/{id}/bids", tags=["bids"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
Index = Annotated[int, Path(ge=0, le=65_535, description="Place of the bid in the tender, from 0.")]
Envelope = Annotated[
    int, Query(ge=0, le=1, description="Which envelope; prices are in the last one the tender has.")
]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_BOX = component("BidBox")
_SUBMIT = write_responses(*_BOX, PointAtInfinity)
_CONFIRM = write_responses(*_BOX, PreconditionFailed, PreconditionRequired)
_WITHDRAW = write_responses(*_BOX)
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document, byte for byte as it was sealed.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post(
    "", operation_id="bids_submit", status_code=202, responses=_SUBMIT | MADE, openapi_extra=json_body(BidIn)
)  # fmt: skip
async def submit(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[BidIn, Depends(body_of(BidIn))],
) -> Response:  # fmt: skip
    """Submit a bid as it was sealed; a further one replaces the supplier's bid. Role: an account of an eligible supplier."""
    done = await acts.submit(service, caller, act, number, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/confirmation", operation_id="bids_confirm", status_code=202, responses=_CONFIRM | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def confirm(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, body: Nothing
) -> Response:
    """Keep your supplier's bid under an addendum; If-Match names the termsHash of it. Role: an account of an eligible supplier."""
    done = await acts.confirm(service, caller, act, number)
    return await answer(service, request, act, done)


@router.post(
    "/withdrawal", operation_id="bids_withdraw", status_code=202, responses=_WITHDRAW | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def withdraw(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, body: Nothing
) -> Response:
    """Withdraw your supplier's bid: it is never opened. Role: an account of the supplier."""
    done = await acts.withdraw(service, caller, act, number)
    return await answer(service, request, act, done)


@router.get("", operation_id="bids_list", responses=read_responses(TenderBoardNotFound, CursorInvalid))
def list_bids(
    service: TheService, caller: Reader, number: Number, after: After = None, limit: Limit = 100,
    supplier: Annotated[
        str | None, Query(pattern=r"^0x[0-9a-f]{64}$", description="Only the bid of this supplier (0x id).")
    ] = None,
    account: Annotated[
        str | None,
        Query(pattern=r"^0x[0-9a-fA-F]{40}$", description="Only the bid of the supplier that this account acts for."),
    ] = None,
) -> ListOf[BidRowBody]:  # fmt: skip
    """Bids by index: accounts, versions and times, and once they are open prices, per lot."""
    return queries.page(service, number, after, limit, supplier, account)


@router.get(
    "/{index}", operation_id="bids_read", responses=read_responses(TenderBoardNotFound, BidNotFound), response_model=BidBody
)  # fmt: skip
async def read(
    request: Request, response: Response, service: TheService, caller: Reader, number: Number, index: Index
) -> Any:
    """A bid with its envelopes as they were sealed, and once they are open what came out of them."""
    body, tag = await asyncio.to_thread(queries.bid, service, number, index)
    return unchanged(request, response, tag) or body


@router.get(
    "/{index}/document", operation_id="bids_document", response_class=Response,
    responses=read_responses(
        TenderBoardNotFound, BidNotFound, BidDocumentSealed, BodyFrameInvalid, BodyUnreadable, DocumentMismatch
    )
    | _DOCUMENT,
)  # fmt: skip
async def document(
    request: Request,
    service: TheService,
    caller: Reader,
    number: Number,
    index: Index,
    envelope: Envelope = 0,
) -> Response:
    """The document of an open envelope, decrypted with what the opening made public."""
    data = await asyncio.to_thread(queries.document, service, number, index, envelope)
    made = Response(data, media_type="application/json")
    return unchanged(request, made, hashlib.sha256(data).hexdigest()) or made
