"""Complaints and orders as the API shows them."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from api.complaints.schemas import ComplaintBody, ComplaintStepBody, OrderBody
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from chain.errors import LicitaError
from chain.errors.contracts import ComplaintDeskAlreadyRecorded, ComplaintDeskNotFound, TenderBoardNotFound
from chain.recorder import Index
from chain.recorder.index.complaint_views import ComplaintRow
from chain.rules.tenders import clock_of
from chain.types import Remedy, to_hex

__all__ = ["complaint", "complaints", "first_record", "orders"]


def complaints(service: Service, tender: int | None, after: str | None, limit: int) -> ListOf[ComplaintBody]:
    """Complaints in the order of filing. Raises CursorInvalid."""
    with service.index.at_once():
        page = service.index.complaining.complaints(tender, after, limit)
        return listed(service, [_complaint(service, row) for row in page.items], page.next)


def complaint(service: Service, number: int) -> ComplaintBody:
    """One complaint. Raises ComplaintDeskNotFound."""
    with service.index.at_once():
        row = service.index.complaining.complaint(number)
        if row is None:
            raise ComplaintDeskNotFound(number)
        return _complaint(service, row)


def orders(service: Service, tender: int) -> ListOf[OrderBody]:
    """Orders to suspend a tender, in order. Raises TenderBoardNotFound."""
    with service.index.at_once():
        if service.index.tender(tender) is None:
            raise TenderBoardNotFound(tender)
        rows = service.index.complaining.orders(tender)
        bodies = [
            OrderBody(
                suspended_at=time_text(row.suspended_at), document=row.document_hash.removeprefix("0x"), transaction=row.transaction,
                resumed_at=time_text(row.resumed_at) if row.resumed_at else None, resumption=row.resumption.removeprefix("0x") or None,
            )
            for row in rows
        ]  # fmt: skip
        return listed(service, bodies, None)


def first_record(request: Request, error: LicitaError) -> dict[str, Any]:
    """What a repeated complaint made the first time, as a member of the problem: after a lost database the contract still knows it."""
    if not isinstance(error, ComplaintDeskAlreadyRecorded):
        return {}
    index: Index = request.app.state.service.index
    row = index.complaining.complaint(error.complaint)
    if row is None:
        return {}
    return {"first": {"resource": f"/v1/complaints/{row.number}", "transaction": row.transaction}}


def _complaint(service: Service, row: ComplaintRow) -> ComplaintBody:
    facts = row.facts
    tender = service.index.tender(facts.tender)
    assert tender is not None, "complaints are about tenders that there are"
    due = clock_of(tender.facts, service.index.clock()).end_of(facts.due) if facts.status.is_open else None
    bid = None
    if facts.remedy is Remedy.RESTORE_BID:
        bid = service.index.awarding.lot(facts.tender, facts.lot).ranking[facts.place]
    return ComplaintBody(
        number=row.number, tender=facts.tender, lot=facts.lot or None, stage=facts.stage.word, status=facts.status.word,
        open=facts.status.is_open, supplier=to_hex(facts.supplier), org_id=org_id_of(service, to_hex(facts.supplier)),
        document=row.document_hash.removeprefix("0x"), filed_at=time_text(row.filed_at), transaction=row.transaction,
        due=None if due is None else time_text(due), remedy=facts.remedy.word if facts.remedy else None, bid=bid,
        steps=[
            ComplaintStepBody(
                status=each.status.word, at=time_text(each.at), document=each.document.removeprefix("0x") or None,
                transaction=each.transaction,
            )
            for each in row.steps
        ],
    )  # fmt: skip
