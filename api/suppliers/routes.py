"""Routes of the suppliers and citizens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.fields import Address, Organisation
from api.pages import ListOf
from api.suppliers import queries
from api.suppliers import service as acts
from api.suppliers.schemas import (
    AccountsIn,
    CitizenBody,
    CitizenIn,
    DebarmentIn,
    LiftingIn,
    OwnersIn,
    StatusIn,
    SupplierBody,
    SupplierIn,
    SupplierRecordBody,
)
from api.writes import DONE, MADE, TheAct, answer, write_responses
from chain.errors.contracts import SupplierRegistryNotFound
from chain.errors.procurement import AccountFormWrong, DocumentHashWrong, OrgIdWrong
from chain.errors.recorder import CursorInvalid
from chain.errors.service import CitizenNotFound, DocumentNotFound, PreconditionFailed, PreconditionRequired

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["suppliers"])

Id = Annotated[Organisation, Path(description="Id of the supplier: 0x id or org-id.")]
Account = Annotated[Address, Path(description="Account of a citizen.")]

_REGISTRY = (*component("SupplierRegistry"), AccountFormWrong, DocumentHashWrong, OrgIdWrong)
_PLAIN = write_responses(*_REGISTRY)
_ORDERED = write_responses(*_REGISTRY, DocumentNotFound)
_NUMBERED = write_responses(*_REGISTRY, PreconditionFailed, PreconditionRequired)


@router.post(
    "/suppliers",
    operation_id="suppliers_register",
    status_code=202,
    responses=_PLAIN | MADE,
    openapi_extra=json_body(SupplierIn),
)
async def register(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[SupplierIn, Depends(body_of(SupplierIn))],
) -> Response:  # fmt: skip
    """Register a supplier; it is active from then on. Role: REGISTRAR."""
    done = await acts.register(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/suppliers/{id}/status", operation_id="suppliers_set_status", status_code=202, responses=_PLAIN | DONE,
    openapi_extra=json_body(StatusIn),
)  # fmt: skip
async def set_status(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Id,
    body: Annotated[StatusIn, Depends(body_of(StatusIn))],
) -> Response:  # fmt: skip
    """Activate or deactivate a supplier. Role: REGISTRAR."""
    done = await acts.set_status(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/accounts", operation_id="suppliers_set_accounts", status_code=202, responses=_NUMBERED | DONE,
    openapi_extra=json_body(AccountsIn),
)  # fmt: skip
async def set_accounts(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[AccountsIn, Depends(body_of(AccountsIn))],
) -> Response:  # fmt: skip
    """Replace the accounts of your supplier; If-Match names its version. Role: an account of it."""
    done = await acts.set_accounts(service, caller, act, body)
    return await answer(service, request, act, done)


@router.post(
    "/owners", operation_id="suppliers_declare_owners", status_code=202, responses=_NUMBERED | DONE,
    openapi_extra=json_body(OwnersIn),
)  # fmt: skip
async def declare_owners(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[OwnersIn, Depends(body_of(OwnersIn))],
) -> Response:  # fmt: skip
    """Declare the owners of your supplier; If-Match names its version. Role: an account of it."""
    done = await acts.declare_owners(service, caller, act, body)
    return await answer(service, request, act, done)


@router.post(
    "/suppliers/{id}/debarment", operation_id="suppliers_debar", status_code=202, responses=_ORDERED | DONE,
    openapi_extra=json_body(DebarmentIn),
)  # fmt: skip
async def debar(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Id,
    body: Annotated[DebarmentIn, Depends(body_of(DebarmentIn))],
) -> Response:  # fmt: skip
    """Debar a supplier until a time, at most five years on. Role: REVIEWER."""
    done = await acts.debar(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/suppliers/{id}/debarment/lifting", operation_id="suppliers_lift_debarment", status_code=202,
    responses=_ORDERED | DONE, openapi_extra=json_body(LiftingIn),
)  # fmt: skip
async def lift_debarment(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Id,
    body: Annotated[LiftingIn, Depends(body_of(LiftingIn))],
) -> Response:  # fmt: skip
    """Lift the debarment of a supplier before its end, whoever ordered it. Role: REVIEWER."""
    done = await acts.lift(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/citizens", operation_id="citizens_enrol", status_code=202, responses=_PLAIN | MADE,
    openapi_extra=json_body(CitizenIn),
)  # fmt: skip
async def enrol_citizen(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[CitizenIn, Depends(body_of(CitizenIn))],
) -> Response:  # fmt: skip
    """Enrol an account as a citizen's, for good; it can act for no organisation then. Role: REGISTRAR."""
    done = await acts.enrol(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.get("/citizens/{address}", operation_id="citizens_read", responses=read_responses(CitizenNotFound))
def read_citizen(service: TheService, caller: Reader, address: Account) -> CitizenBody:
    """Whether an account is a citizen's."""
    return queries.citizen(service, address)


@router.get("/suppliers", operation_id="suppliers_list", responses=read_responses(CursorInvalid))
def list_suppliers(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> ListOf[SupplierBody]:
    """Suppliers by id."""
    return queries.page(service, after, limit)


@router.get(
    "/suppliers/{id}", operation_id="suppliers_read", responses=read_responses(SupplierRegistryNotFound)
)
def read(service: TheService, caller: Reader, id: Id) -> SupplierRecordBody:
    """A supplier: its state, accounts and public data; what its agreements add up to."""
    return queries.supplier(service, id)
