"""Routes of the agreements: draft, signatures, changes, deliveries, payments, ratings, the end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.agreements import queries
from api.agreements import service as acts
from api.agreements.schemas import (
    AgreementBody,
    AgreementIn,
    AgreementRowBody,
    ChangeBody,
    ChangeIn,
    EvidenceIn,
    MilestoneBody,
    PaymentBody,
    PaymentIn,
    RatingBody,
    RatingIn,
    ReasonIn,
    SignatureIn,
    TerminationIn,
)
from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.fields import Organisation
from api.pages import ListOf
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.contracts import (
    AgreementBookNotFound,
    AwardDeskLotStatusWrong,
    ComplaintDeskOpen,
    TenderBoardLotNotFound,
    TenderBoardNotFound,
    TenderBoardStatusWrong,
)
from chain.errors.money import MoneyDecimals, MoneyInvalid
from chain.errors.opening import AmountCurrencyOther
from chain.errors.recorder import CursorInvalid
from chain.errors.service import (
    AgreementChangeEnded,
    AgreementChangeNotFound,
    AgreementPaymentNotFound,
    DocumentNotFound,
    PreconditionFailed,
    PreconditionRequired,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["agreements"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the agreement.")]
Tender = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
Lot = Annotated[int, Path(alias="n", ge=1, le=255, description="Number of the lot, from 1.")]
Change = Annotated[int, Path(alias="n", ge=1, le=2**53 - 1, description="Number of the change, from 1.")]
Milestone = Annotated[int, Path(alias="m", ge=1, le=255, description="Number of the milestone, from 1.")]
Payment = Annotated[int, Path(alias="p", ge=1, le=65_535, description="Number of the payment, from 1.")]
OfTender = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Only those of this tender.")]
OfBuyer = Annotated[
    Organisation | None, Query(description="Only those of this buyer: 0x id of the member or org-id.")
]
OfSupplier = Annotated[
    Organisation | None, Query(description="Only those of this supplier: 0x id or org-id.")
]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_AMOUNT = (AmountCurrencyOther, MoneyDecimals, MoneyInvalid)
_BOOK = (
    *component("AgreementBook"), *component("FourEyes"), AwardDeskLotStatusWrong, ComplaintDeskOpen, TenderBoardLotNotFound,
    TenderBoardNotFound, TenderBoardStatusWrong,
)  # fmt: skip
_CHANGED = (*_BOOK, AgreementChangeNotFound, AgreementChangeEnded)
_PLAIN = write_responses(*_BOOK)
_HELD = write_responses(*_BOOK, DocumentNotFound)
_DRAFTED = write_responses(*_BOOK, *_AMOUNT, DocumentNotFound)
_SIGNED = write_responses(*_BOOK, *component("SupplierRegistry"))
_PROPOSED = write_responses(*_BOOK, *_AMOUNT, DocumentNotFound, PreconditionFailed, PreconditionRequired)
_WAITING = write_responses(*_CHANGED)
_PAID = write_responses(*_BOOK, *_AMOUNT)
_REVERSED = write_responses(*_BOOK, AgreementPaymentNotFound, DocumentNotFound)
_KNOWN = read_responses(AgreementBookNotFound)
_PAGED = read_responses(AgreementBookNotFound, CursorInvalid)


@router.get("/agreements", operation_id="agreements_list", responses=read_responses(CursorInvalid))
def list_agreements(
    service: TheService, caller: Reader, tender: OfTender = None, buyer: OfBuyer = None, supplier: OfSupplier = None,
    after: After = None, limit: Limit = 100,
) -> ListOf[AgreementRowBody]:  # fmt: skip
    """Agreements in the order of their drafts; drafts and what was dropped too."""
    return queries.agreements(service, tender, buyer, supplier, after, limit)


@router.get("/agreements/{id}", operation_id="agreements_read", responses=_KNOWN)
def read(service: TheService, caller: Reader, number: Number) -> AgreementBody:
    """An agreement: its value and what moved it, what is due and paid, who signs next, what can be done and what blocks it."""
    return queries.agreement(service, number)


@router.get("/agreements/{id}/milestones", operation_id="agreements_milestones", responses=_KNOWN)
def list_milestones(service: TheService, caller: Reader, number: Number) -> ListOf[MilestoneBody]:
    """The deliveries and payments that were agreed, in order."""
    return queries.milestones(service, number)


@router.get("/agreements/{id}/payments", operation_id="agreements_payments", responses=_PAGED)
def list_payments(
    service: TheService, caller: Reader, number: Number, after: After = None, limit: Limit = 100
) -> ListOf[PaymentBody]:
    """Payments in the order in which they were recorded; those that were reversed too."""
    return queries.payments(service, number, after, limit)


@router.get("/agreements/{id}/changes", operation_id="agreements_changes", responses=_PAGED)
def list_changes(
    service: TheService, caller: Reader, number: Number, after: After = None, limit: Limit = 100
) -> ListOf[ChangeBody]:
    """Changes in the order in which they were proposed; those that were dropped too."""
    return queries.changes(service, number, after, limit)


@router.get("/agreements/{id}/ratings", operation_id="agreements_ratings", responses=_KNOWN)
def list_ratings(service: TheService, caller: Reader, number: Number) -> ListOf[RatingBody]:
    """Ratings of the works, by who gave them."""
    return queries.ratings(service, number)


@router.post(
    "/agreements", operation_id="agreements_draft", status_code=202, responses=_DRAFTED | MADE,
    openapi_extra=json_body(AgreementIn),
)  # fmt: skip
async def draft(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[AgreementIn, Depends(body_of(AgreementIn))],
) -> Response:  # fmt: skip
    """Draft the agreement about a lot whose award is final; it replaces the draft before. Role: OFFICER of the buyer, who with
    four eyes proposes it where the buyer signed that draft."""
    done = await acts.draft(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/agreements/{id}/signatures", operation_id="agreements_sign", status_code=202,
    responses=_SIGNED | DONE, openapi_extra=json_body(SignatureIn),
)  # fmt: skip
async def sign(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[SignatureIn, Depends(body_of(SignatureIn))],
) -> Response:  # fmt: skip
    """Sign a draft; with both signatures the agreement is active. Role: an account of the supplier; OFFICER or APPROVER of the buyer (four
    eyes: OFFICER).
    """
    done = await acts.sign(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/changes", operation_id="agreements_propose_change", status_code=202,
    responses=_PROPOSED | DONE, openapi_extra=json_body(ChangeIn),
)  # fmt: skip
async def propose_change(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[ChangeIn, Depends(body_of(ChangeIn))],
) -> Response:  # fmt: skip
    """Propose a change of the version that If-Match names, one at a time. A supplier signs it with that, and so does a buyer without four
    eyes. Role: OFFICER of the buyer; an account of the supplier.
    """
    done = await acts.propose_change(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/changes/{n}/signatures", operation_id="agreements_sign_change", status_code=202,
    responses=_WAITING | DONE, openapi_extra=json_body(SignatureIn),
)  # fmt: skip
async def sign_change(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, change: Change,
    body: Annotated[SignatureIn, Depends(body_of(SignatureIn))],
) -> Response:  # fmt: skip
    """Sign the change that waits; with both signatures it is in effect. Role: as for the signature of a draft."""
    done = await acts.sign_change(service, caller, act, number, change, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/changes/{n}/withdrawal", operation_id="agreements_drop_change", status_code=202,
    responses=_WAITING | DONE, openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def drop_change(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, change: Change,
    nothing: Nothing,
) -> Response:  # fmt: skip
    """Take back, or turn down, the change that waits. Role: OFFICER of the buyer, who with four eyes proposes it where the buyer signed it;
    an account of the supplier."""
    done = await acts.drop_change(service, caller, act, number, change)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/milestones/{m}/delivery", operation_id="agreements_deliver", status_code=202,
    responses=_PLAIN | DONE, openapi_extra=json_body(EvidenceIn),
)  # fmt: skip
async def deliver(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, milestone: Milestone,
    body: Annotated[EvidenceIn, Depends(body_of(EvidenceIn))],
) -> Response:  # fmt: skip
    """Say that a delivery was made. Role: an account of the supplier."""
    done = await acts.deliver(service, caller, act, number, milestone, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/milestones/{m}/acceptance", operation_id="agreements_accept", status_code=202,
    responses=_HELD | DONE, openapi_extra=json_body(ReasonIn),
)  # fmt: skip
async def accept(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, milestone: Milestone,
    body: Annotated[ReasonIn, Depends(body_of(ReasonIn))],
) -> Response:  # fmt: skip
    """Accept what was delivered. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.accept(service, caller, act, number, milestone, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/milestones/{m}/refusal", operation_id="agreements_refuse", status_code=202,
    responses=_HELD | DONE, openapi_extra=json_body(ReasonIn),
)  # fmt: skip
async def refuse(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, milestone: Milestone,
    body: Annotated[ReasonIn, Depends(body_of(ReasonIn))],
) -> Response:  # fmt: skip
    """Refuse what was delivered; it may be delivered again. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.refuse(service, caller, act, number, milestone, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/payments", operation_id="agreements_pay", status_code=202,
    responses=_PAID | DONE, openapi_extra=json_body(PaymentIn),
)  # fmt: skip
async def record_payment(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[PaymentIn, Depends(body_of(PaymentIn))],
) -> Response:  # fmt: skip
    """Record a payment that was made in the bank, also after the end of the agreement.

    Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER).
    """
    done = await acts.record_payment(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/payments/{p}/reversal", operation_id="agreements_reverse", status_code=202,
    responses=_REVERSED | DONE, openapi_extra=json_body(ReasonIn),
)  # fmt: skip
async def reverse_payment(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, payment: Payment,
    body: Annotated[ReasonIn, Depends(body_of(ReasonIn))],
) -> Response:  # fmt: skip
    """Record that a payment did not arrive, or came back; its reference stays used.

    Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER).
    """
    done = await acts.reverse_payment(service, caller, act, number, payment, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/completion", operation_id="agreements_complete", status_code=202,
    responses=_HELD | DONE, openapi_extra=json_body(ReasonIn),
)  # fmt: skip
async def complete(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[ReasonIn, Depends(body_of(ReasonIn))],
) -> Response:  # fmt: skip
    """End an agreement all of whose deliveries were accepted. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.complete(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/termination", operation_id="agreements_terminate", status_code=202,
    responses=_HELD | DONE, openapi_extra=json_body(TerminationIn),
)  # fmt: skip
async def terminate(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[TerminationIn, Depends(body_of(TerminationIn))],
) -> Response:  # fmt: skip
    """End an agreement before that. Mutual: one side proposes, the other does it with the same document.

    Role: `mutual`: as for the signature of a draft; `supplierDefault`, `forceMajeure`: OFFICER or APPROVER of the buyer (four eyes:
    OFFICER); `buyerDefault`, `ordered`: REVIEWER of the tender's review body.
    """
    done = await acts.terminate(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/agreements/{id}/ratings", operation_id="agreements_rate", status_code=202,
    responses=_PLAIN | DONE, openapi_extra=json_body(RatingIn),
)  # fmt: skip
async def rate(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[RatingIn, Depends(body_of(RatingIn))],
) -> Response:  # fmt: skip
    """Rate works that were accepted, once, within a year of the last acceptance. Role: WITNESS, once for its organisation; an enrolled
    citizen.
    """
    done = await acts.rate(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/tenders/{id}/lots/{n}/pass-over", operation_id="agreements_pass_over", status_code=202,
    responses=_PLAIN | DONE, openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def pass_over(
    request: Request, service: TheService, caller: Writer, act: TheAct, tender: Tender, lot: Lot,
    nothing: Nothing,
) -> Response:  # fmt: skip
    """Put out the candidate that did not sign in time what the buyer had signed; the next in the ranking follows. Role: anybody."""
    done = await acts.pass_over(service, caller, act, tender, lot)
    return await answer(service, request, act, done)
