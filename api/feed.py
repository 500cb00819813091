"""Events as the API shows them: the feed and the timeline of a tender are the same rows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.deps import Service
from api.pages import ListOf, Shown, listed, time_text

__all__ = ["EventBody", "feed"]


class EventBody(Shown):
    """An event of a block, or a change that time alone made (then without transaction)."""

    cursor: str = Field(
        description="`block.tx.log`, or `block.end.k` where time alone made it.", examples=["12.0.1"]
    )
    type: str = Field(examples=["TenderPublished"])
    contract: str = Field(examples=["TenderBoard"])
    tender: int | None
    block: int
    time: str
    transaction: str | None
    log_index: int | None
    args: dict[str, Any] = Field(
        description="Arguments: bytes as 0x hex, integers above 48 bits as decimal text."
    )
    content_ok: bool
    reasons: list[str]
    derived: bool


def feed(
    service: Service, after: str | None, limit: int, type: str | None = None, tender: int | None = None
) -> ListOf[EventBody]:
    """A page in chain order; ``next`` is never null and leads past filtered rows. Raises CursorInvalid."""
    page = service.index.events(after, limit, type, tender)
    rows = [
        EventBody(
            cursor=row.cursor, type=row.type, contract=row.contract, tender=row.tender, block=row.block, time=time_text(row.time),
            transaction=row.transaction, log_index=row.log_index, args=dict(row.args), content_ok=row.content_ok,
            reasons=list(row.reasons), derived=row.derived,
        )
        for row in page.items
    ]  # fmt: skip
    return listed(service, rows, page.next)
