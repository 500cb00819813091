"""Comments as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from api.archive import text_of
from api.comments.schemas import CommentBody
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from chain.errors import LicitaError
from chain.errors.contracts import ConsultationAlreadyRecorded, ConsultationNotFound
from chain.recorder import Index
from chain.recorder.index.council_views import CommentRow

__all__ = ["first_record", "page", "require_proposal"]


def page(service: Service, number: int) -> ListOf[CommentBody]:
    """All comments on a proposal, oldest first. Raises ConsultationNotFound."""
    require_proposal(service, number)
    hidden = {row.text_hash[2:]: row.reason_hash[2:] for row in service.index.council.hidden(number)}
    rows = [_comment(service, row, hidden) for row in service.index.council.comments(number)]
    return listed(service, rows, None)


def require_proposal(service: Service, number: int) -> None:
    """Raises ConsultationNotFound."""
    if service.index.council.proposal(number) is None:
        raise ConsultationNotFound(number)


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


def _comment(service: Service, row: CommentRow, hidden: Mapping[str, str]) -> CommentBody:
    sha256 = row.text_hash[2:]
    return CommentBody(
        kind="organisation", number=row.number, serial=None, organisation=row.organisation,
        org_id=org_id_of(service, row.organisation), text_sha256=sha256,
        text=None if sha256 in hidden else text_of(service.documents, sha256), hidden_for=hidden.get(sha256), at=time_text(row.at),
        batch=None,
    )  # fmt: skip
