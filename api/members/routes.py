"""Routes of the members and of their people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body
from api.errors import component, read_responses
from api.fields import Address, Organisation
from api.members import queries
from api.members import service as acts
from api.members.schemas import BuyerBody, MemberBody, MemberRowBody, PersonIn, RotationIn
from api.pages import ListOf
from api.writes import DONE, MADE, NothingIn, TheAct, answer, write_responses
from chain.errors.recorder import CursorInvalid
from chain.errors.service import MemberNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["members"])

Id = Annotated[Organisation, Path(description="Id of the member: 0x id or org-id.")]
Account = Annotated[Address, Path(description="Account of a person.")]
Nothing = Annotated[NothingIn, Depends(body_of(NothingIn))]

_WRITE = write_responses(*component("MemberRegistry"), MemberNotFound)


@router.post(
    "/members/{id}/people", operation_id="members_add_person", status_code=202, responses=_WRITE | MADE,
    openapi_extra=json_body(PersonIn),
)  # fmt: skip
async def add_person(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Id,
    body: Annotated[PersonIn, Depends(body_of(PersonIn))],
) -> Response:  # fmt: skip
    """Add an account to your organisation, with roles and the end of its mandate. Role: ADMIN of it."""
    done = await acts.add(service, caller, act, id, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/members/{id}/people/{address}/removal", operation_id="members_remove_person", status_code=202,
    responses=_WRITE | DONE, openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def remove_person(
    request: Request,
    service: TheService,
    caller: Writer,
    act: TheAct,
    id: Id,
    address: Account,
    body: Nothing,
) -> Response:
    """Remove an account from your organisation. Role: ADMIN of it."""
    done = await acts.remove(service, caller, act, id, address)
    return await answer(service, request, act, done)


@router.post(
    "/members/{id}/rotations", operation_id="members_rotate_person", status_code=202, responses=_WRITE | DONE,
    openapi_extra=json_body(RotationIn),
)  # fmt: skip
async def rotate_person(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Id,
    body: Annotated[RotationIn, Depends(body_of(RotationIn))],
) -> Response:  # fmt: skip
    """Move all that an account of your organisation is to another account. Role: ADMIN of it."""
    done = await acts.rotate(service, caller, act, id, body)
    return await answer(service, request, act, done)


@router.post(
    "/members/{id}/resignation", operation_id="members_resign", status_code=202, responses=_WRITE | DONE,
    openapi_extra=json_body(NothingIn),
)  # fmt: skip
async def resign(
    request: Request, service: TheService, caller: Writer, act: TheAct, id: Id, body: Nothing
) -> Response:
    """End the membership of your organisation for good. Role: ADMIN of it."""
    done = await acts.resign(service, caller, act, id)
    return await answer(service, request, act, done)


@router.get("/members", operation_id="members_list", responses=read_responses(CursorInvalid))
def list_members(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> ListOf[MemberRowBody]:
    """Member organisations by id."""
    return queries.page(service, after, limit)


@router.get("/members/{id}", operation_id="members_read", responses=read_responses(MemberNotFound))
def read(service: TheService, caller: Reader, id: Id) -> MemberBody:
    """A member organisation with its people and their mandates."""
    return queries.member(service, id)


@router.get("/buyers/{id}", operation_id="members_read_buyer", responses=read_responses(MemberNotFound))
def read_buyer(service: TheService, caller: Reader, id: Id) -> BuyerBody:
    """A member organisation as a buyer: what its agreements add up to."""
    return queries.buyer(service, id)
