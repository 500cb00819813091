"""The feed of events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import Reader
from api.deps import After, Limit, TheService
from api.errors import read_responses
from api.feed import EventBody, feed
from api.pages import ListOf
from chain.errors.recorder import CursorInvalid

__all__ = ["router"]

router = APIRouter(prefix="/v1/events", tags=["events"])


@router.get("", operation_id="events_list", responses=read_responses(CursorInvalid))
def list_events(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100,
    type: Annotated[str | None, Query(max_length=64, description="Only this type, e.g. TenderPublished.")] = None,
    tender: Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Only those of this tender.")] = None,
) -> ListOf[EventBody]:  # fmt: skip
    """All events in chain order, without gaps: pass `next` as `after` to go on, at any node of the network."""
    return feed(service, after, limit, type, tender)
