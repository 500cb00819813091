"""Routes of the complaints: filing, review, remedies; suspension and the consent to cancellations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import Reader, Writer
from api.complaints import queries
from api.complaints import service as acts
from api.complaints.schemas import ComplaintBody, ComplaintIn, ConsentIn, DecisionIn, OrderBody, OrderIn
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.contracts import ComplaintDeskNotFound, TenderBoardNotFound
from chain.errors.recorder import CursorInvalid
from chain.errors.service import DocumentNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["complaints"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the complaint.")]
Tender = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
OfTender = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Only those about this tender.")]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_BOARD = component("TenderBoard")
_DESK = (*component("ComplaintDesk"), *_BOARD)
_PLAIN = write_responses(*_DESK)
_REASONED = write_responses(*_DESK, DocumentNotFound)
_FILED = write_responses(*_DESK, *component("SupplierRegistry"), DocumentNotFound)
_ORDERED = write_responses(*_DESK, DocumentNotFound)
_CONSENTED = write_responses(*_BOARD, DocumentNotFound)


@router.get("/complaints", operation_id="complaints_list", responses=read_responses(CursorInvalid))
def list_complaints(
    service: TheService, caller: Reader, tender: OfTender = None, after: After = None, limit: Limit = 100
) -> ListOf[ComplaintBody]:
    """Complaints in the order of filing."""
    return queries.complaints(service, tender, after, limit)


@router.get(
    "/complaints/{id}", operation_id="complaints_read", responses=read_responses(ComplaintDeskNotFound)
)
def read(service: TheService, caller: Reader, number: Number) -> ComplaintBody:
    """A complaint: what it is about, how far it is, what it obliges to."""
    return queries.complaint(service, number)


@router.get(
    "/tenders/{id}/suspensions",
    operation_id="complaints_orders",
    responses=read_responses(TenderBoardNotFound),
)
def list_orders(service: TheService, caller: Reader, tender: Tender) -> ListOf[OrderBody]:
    """Orders that the tender stands still, in order."""
    return queries.orders(service, tender)


@router.post(
    "/complaints", operation_id="complaints_file", status_code=202, responses=_FILED | MADE,
    openapi_extra=json_body(ComplaintIn),
)  # fmt: skip
async def file(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[ComplaintIn, Depends(body_of(ComplaintIn))],
) -> Response:  # fmt: skip
    """Complain; what the complaint is about stands still meanwhile. Role: an account of a supplier with standing."""
    done = await acts.file(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/complaints/{id}/withdrawal", operation_id="complaints_withdraw", status_code=202, responses=_PLAIN | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def withdraw(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    nothing: Nothing,
) -> Response:  # fmt: skip
    """Take your complaint back before it is decided. Role: an account of its supplier."""
    done = await acts.withdraw(service, caller, act, number)
    return await answer(service, request, act, done)


@router.post(
    "/complaints/{id}/admission", operation_id="complaints_admit", status_code=202, responses=_REASONED | DONE,
    openapi_extra=json_body(OrderIn),
)  # fmt: skip
async def admit(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[OrderIn, Depends(body_of(OrderIn))],
) -> Response:  # fmt: skip
    """Take a complaint in for review. Role: REVIEWER of the tender's review body."""
    done = await acts.admit(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/complaints/{id}/decision", operation_id="complaints_decide", status_code=202, responses=_REASONED | DONE,
    openapi_extra=json_body(DecisionIn),
)  # fmt: skip
async def decide(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[DecisionIn, Depends(body_of(DecisionIn))],
) -> Response:  # fmt: skip
    """Reject a filed complaint; dismiss or uphold an admitted one. Role: REVIEWER of the tender's review body."""
    done = await acts.decide(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/complaints/{id}/execution", operation_id="complaints_execute", status_code=202, responses=_PLAIN | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def execute(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    nothing: Nothing,
) -> Response:  # fmt: skip
    """Apply the remedy; of an ordered addendum, once it is made. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.execute(service, caller, act, number)
    return await answer(service, request, act, done)


@router.post(
    "/complaints/{id}/enforcement", operation_id="complaints_enforce", status_code=202, responses=_REASONED | DONE,
    openapi_extra=json_body(OrderIn),
)  # fmt: skip
async def enforce(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[OrderIn, Depends(body_of(OrderIn))],
) -> Response:  # fmt: skip
    """Apply the remedy that the buyer did not in its time. Role: REVIEWER of the tender's review body."""
    done = await acts.enforce(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/tenders/{id}/suspension", operation_id="complaints_suspend", status_code=202, responses=_ORDERED | DONE,
    openapi_extra=json_body(OrderIn),
)  # fmt: skip
async def suspend(
    request: Request, service: TheService, caller: Writer, act: TheAct, tender: Tender,
    body: Annotated[OrderIn, Depends(body_of(OrderIn))],
) -> Response:  # fmt: skip
    """Order that the tender stands still. Role: REVIEWER of its review body."""
    done = await acts.suspend(service, caller, act, tender, body)
    return await answer(service, request, act, done)


@router.post(
    "/tenders/{id}/resumption", operation_id="complaints_resume", status_code=202, responses=_ORDERED | DONE,
    openapi_extra=json_body(OrderIn),
)  # fmt: skip
async def resume(
    request: Request, service: TheService, caller: Writer, act: TheAct, tender: Tender,
    body: Annotated[OrderIn, Depends(body_of(OrderIn))],
) -> Response:  # fmt: skip
    """End that order; ends that were running are later by its duration. Role: REVIEWER of the tender's review body."""
    done = await acts.resume(service, caller, act, tender, body)
    return await answer(service, request, act, done)


@router.post(
    "/tenders/{id}/cancellation/consent", operation_id="complaints_consent", status_code=202, responses=_CONSENTED | DONE,
    openapi_extra=json_body(ConsentIn),
)  # fmt: skip
async def consent(
    request: Request, service: TheService, caller: Writer, act: TheAct, tender: Tender,
    body: Annotated[ConsentIn, Depends(body_of(ConsentIn))],
) -> Response:  # fmt: skip
    """Consent to a cancellation that was begun after the opening. Role: REVIEWER of the tender's review body."""
    done = await acts.consent(service, caller, act, tender, body)
    return await answer(service, request, act, done)
