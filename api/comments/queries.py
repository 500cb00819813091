"""Comments as the API shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.archive import text_of
from api.comments.schemas import CommentBody
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from chain.errors import LicitaError
from chain.errors.contracts import ConsultationAlreadyRecorded, ConsultationNotFound
from chain.errors.recorder import CursorInvalid
from chain.recorder import Index
from chain.recorder.comments import CommentRecord
from chain.recorder.index.council_views import CommentRow

__all__ = ["first_record", "page"]

_ORGANISATION, _CITIZEN = 0, 1
_CURSOR = re.compile(r"([0-9]{1,12})\.([01])\.([0-9]{1,12})")


@dataclass(frozen=True, order=True)
class _Place:
    """Where a comment stands among all: by time, those on the chain first, in the order in which they came."""

    at: int
    kind: int
    number: int

    @classmethod
    def parse(cls, text: str) -> _Place:
        match = _CURSOR.fullmatch(text)
        if match is None:
            raise CursorInvalid(text[:80])
        return cls(int(match[1]), int(match[2]), int(match[3]))

    @property
    def among_citizens(self) -> tuple[int, int]:
        """The comment of a citizen after which all others come later than this place: (time, number)."""
        return self.at, self.number if self.kind == _CITIZEN else 0

    def __str__(self) -> str:
        return f"{self.at}.{self.kind}.{self.number}"


def page(service: Service, number: int, after: str | None, limit: int) -> ListOf[CommentBody]:
    """Comments on a proposal, oldest first. Raises ConsultationNotFound, CursorInvalid."""
    if service.index.council.proposal(number) is None:
        raise ConsultationNotFound(number)
    place = None if after is None else _Place.parse(after)
    hidden = {row.text_hash[2:]: row.reason_hash[2:] for row in service.index.council.hidden(number)}
    known: list[tuple[_Place, CommentRow | CommentRecord]] = [
        *_organisations(service.index.council.comments(number), place),
        *_citizens(service, number, place, limit + 1),
    ]
    known.sort(key=lambda pair: pair[0])
    shown = known[:limit]
    items = [_body(service, row, hidden) for _, row in shown]
    return listed(service, items, str(shown[-1][0]) if len(known) > limit else None)


def first_record(request: Request, error: LicitaError) -> dict[str, Any]:
    """The comment that a repeated act made the first time, as a member of the problem."""
    if not isinstance(error, ConsultationAlreadyRecorded):
        return {}
    index: Index = request.app.state.service.index
    proposal = int(request.path_params["id"])
    for row in index.council.comments(proposal):
        if (row.record_id, row.number) == (error.record_id, error.id):
            resource = f"/v1/proposals/{proposal}/comments"
            return {"first": {"resource": resource, "transaction": row.transaction}}
    return {}


def _organisations(rows: Iterable[CommentRow], after: _Place | None) -> Iterable[tuple[_Place, CommentRow]]:
    placed = ((_Place(row.at, _ORGANISATION, row.number), row) for row in rows)
    return (pair for pair in placed if after is None or pair[0] > after)


def _citizens(
    service: Service, number: int, after: _Place | None, limit: int
) -> Iterable[tuple[_Place, CommentRecord]]:
    last = None if after is None else after.among_citizens
    rows = service.citizens.store.read(lambda book: book.listed(number, last, limit))
    return ((_Place(row.received_at, _CITIZEN, row.seq), row) for row in rows)


def _body(service: Service, row: CommentRow | CommentRecord, hidden: Mapping[str, str]) -> CommentBody:
    if isinstance(row, CommentRecord):
        return CommentBody(
            kind="citizen", number=None, serial=row.serial, organisation=None, org_id=None, text_sha256=row.text_sha256,
            text=None if row.text_sha256 in hidden else row.text, hidden_for=hidden.get(row.text_sha256),
            at=time_text(row.received_at), batch=row.batch,
        )  # fmt: skip
    sha256 = row.text_hash[2:]
    return CommentBody(
        kind="organisation", number=row.number, serial=None, organisation=row.organisation,
        org_id=org_id_of(service, row.organisation), text_sha256=sha256,
        text=None if sha256 in hidden else text_of(service.texts, sha256), hidden_for=hidden.get(sha256), at=time_text(row.at),
        batch=None,
    )  # fmt: skip
