"""Routes of the members."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import Reader
from api.deps import After, Limit, TheService
from api.errors import read_responses
from api.members import queries
from api.members.schemas import MemberBody, MemberRowBody
from api.pages import ListOf
from chain.errors.recorder import CursorInvalid
from chain.errors.service import MemberNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/members", tags=["members"])

Id = Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{64}$", description="Id of the member.")]


@router.get("", operation_id="members_list", responses=read_responses(CursorInvalid))
def list_members(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> ListOf[MemberRowBody]:
    """Member organisations by id."""
    return queries.page(service, after, limit)


@router.get("/{id}", operation_id="members_read", responses=read_responses(MemberNotFound))
def read(service: TheService, caller: Reader, id: Id) -> MemberBody:
    """A member organisation with its people and their mandates."""
    return queries.member(service, id)
