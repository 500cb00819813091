"""Routes of the council."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Reader
from api.council import queries
from api.council.schemas import CouncilBody
from api.deps import TheService
from api.errors import read_responses

__all__ = ["router"]

router = APIRouter(prefix="/v1/council", tags=["council"])


@router.get("", operation_id="council_read", responses=read_responses())
def read(service: TheService, caller: Reader) -> CouncilBody:
    """Seats by sector, members with a seat, what each class of decision takes, and the forms of a proposal's calls."""
    return queries.council(service)
