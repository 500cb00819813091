"""Tenders as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from api.sealed import sealed_of, when
from api.tenders.schemas import (
    CancellationBody,
    LotBody,
    NoteBody,
    QuestionBody,
    TenderBody,
    TenderRowBody,
)
from chain.errors import LicitaError
from chain.errors.contracts import (
    TenderBoardAlreadyRecorded,
    TenderBoardNotFound,
    TenderBoardQuestionNotFound,
)
from chain.recorder import Index
from chain.recorder.index.views import CancellationRow, ListedTender, NoteRow, QuestionRow, TenderRow
from chain.rules.deadlines import Clock
from chain.rules.tenders import MAX_QUESTIONS, clock_of
from chain.types import CancellationReason, TenderStatus, Terms

__all__ = ["first_record", "notes", "page", "question", "questions", "tender", "tender_row"]


def tender_row(service: Service, number: int) -> TenderRow:
    """The row of a tender. Raises TenderBoardNotFound."""
    row = service.index.tender(number)
    if row is None:
        raise TenderBoardNotFound(number)
    return row


def tender(service: Service, number: int) -> tuple[TenderBody, str]:
    """A tender and its ETag, which is equal on every node. Raises TenderBoardNotFound."""
    row = tender_row(service, number)
    terms = row.terms
    clock = service.index.clock()
    short, sealed = _short(service, row, service.index.status(row, clock), clock), sealed_of(service, row)
    body = TenderBody(
        **short.model_dump(), **_terms(terms), open_from=when(sealed.due.open_from), opens_at=when(sealed.opens_at),
        fallback_from=when(sealed.due.fallback_from), void_from=when(sealed.due.void_from),
        live_bids=row.facts.live_bids if sealed.is_counted else None, opened_bids=row.facts.opened_bids if sealed.is_counted else None,
        lots=[LotBody(number=n, ceiling=str(lot.ceiling), market_mean=str(lot.market_mean)) for n, lot in enumerate(terms.setup.lots, 1)],
        questions=row.facts.questions, open_questions=row.facts.open_questions,
        cancellations=[
            _cancellation(item, clock_of(row.facts, service.index.clock())) for item in row.cancellations
        ],
        published_block=row.published_block, transaction=row.transaction, reasons=list(row.reasons), tender=dict(row.tender),
    )  # fmt: skip
    return body, f"{row.last_cursor}-{short.status}"


def page(service: Service, after: str | None, limit: int, buyer: str | None) -> ListOf[TenderRowBody]:
    """Tenders, newest first. Raises CursorInvalid."""
    with service.index.at_once():
        found, clock = service.index.tenders(after, limit, buyer), service.index.clock()
        statuses = service.index.statuses(found.items, clock)
        bodies = [
            _short(service, row, status, clock) for row, status in zip(found.items, statuses, strict=True)
        ]
        return listed(service, bodies, found.next)


def questions(service: Service, number: int) -> ListOf[QuestionBody]:
    """All questions of a tender; at most 500. Raises TenderBoardNotFound."""
    tender_row(service, number)
    return listed(service, [_question(row) for row in service.index.questions(number)], None)


def question(service: Service, number: int, asked: int) -> QuestionBody:
    """One question. Raises TenderBoardNotFound, TenderBoardQuestionNotFound."""
    tender_row(service, number)
    row = service.index.question(number, asked)
    if row is None:
        raise TenderBoardQuestionNotFound(number, asked)
    return _question(row)


def notes(service: Service, number: int) -> ListOf[NoteBody]:
    """All notes on a tender; at most 50 of a member. Raises TenderBoardNotFound."""
    tender_row(service, number)
    return listed(service, [_note(service, row) for row in service.index.notes(number)], None)


def first_record(request: Request, error: LicitaError) -> dict[str, Any]:
    """What a repeated act made the first time, as a member of the problem: after a lost database the contract still knows it."""
    if not isinstance(error, TenderBoardAlreadyRecorded):
        return {}
    index: Index = request.app.state.service.index
    tender = request.path_params.get("id")
    if tender is None:
        found = index.tender(error.id)
        return (
            {"first": {"resource": f"/v1/tenders/{error.id}", "transaction": found.transaction}}
            if found
            else {}
        )
    if request.url.path.endswith("/notes"):
        return _first_note(index, int(tender), error)
    for event in index.events(None, MAX_QUESTIONS, "QuestionAsked", int(tender)).items:
        if event.args["question"] == error.id:
            resource = f"/v1/tenders/{tender}/enquiries/{error.id}"
            return {"first": {"resource": resource, "transaction": event.transaction}}
    return {}


def _first_note(index: Index, tender: int, error: TenderBoardAlreadyRecorded) -> dict[str, Any]:
    for row in index.notes(tender):
        if (row.record_id, row.number) == (error.record_id, error.id):
            return {"first": {"resource": f"/v1/tenders/{tender}/notes", "transaction": row.transaction}}
    return {}


def _short(service: Service, row: ListedTender, status: TenderStatus, clock: Clock) -> TenderRowBody:
    closes = clock_of(row.facts, clock).end_of(row.facts.deadline)
    return TenderRowBody(
        id=row.number, ocid=service.network.publication.ocid(row.number),
        title=row.title, status=status.word,
        deadline=time_text(closes), buyer=row.buyer, terms_hash="0x" + row.facts.terms_hash.hex(),
        terms_version=row.facts.terms_version, published_at=time_text(row.published_at), content_ok=row.content_ok,
    )  # fmt: skip


def _terms(terms: Terms) -> Mapping[str, Any]:
    hashes = ("keyset_id", "review_body", "plan_ref", "documents_hash")
    plain = ("procedure", "procedure_version", "currency", "exponent", "price_weight_bps")
    return {name: getattr(terms, name) for name in plain} | {
        name: "0x" + getattr(terms, name).hex() for name in hashes
    }


def _cancellation(row: CancellationRow, clock: Clock) -> CancellationBody:
    ends = time_text(clock.end_of(row.cancels_at)) if row.cancels_at else None
    return CancellationBody(
        lot=row.lot, reason=CancellationReason(row.reason).word, document=row.document_hash.removeprefix("0x"),
        cancels_at=ends, proposed_at=time_text(row.proposed_at), transaction=row.transaction,
    )  # fmt: skip


def _question(row: QuestionRow) -> QuestionBody:
    asked, answered = row.question, row.answer or {}
    return QuestionBody(
        number=row.number, title=_text(asked, "title") or "", description=_text(asked, "description") or "",
        related_lot=_text(asked, "relatedLot"), related_item=_text(asked, "relatedItem"), supplier=row.supplier,
        desk=row.desk or None, tag=row.tag, asked_at=time_text(row.asked_at), answer=_text(answered, "answer"),
        answered_at=None if row.answered_at is None else time_text(row.answered_at),
        disclosed_at=None if row.disclosed_at is None else time_text(row.disclosed_at), disclosed_by=row.disclosed_by or None,
        content_ok=row.content_ok, reasons=list(row.reasons),
    )  # fmt: skip


def _note(service: Service, row: NoteRow) -> NoteBody:
    return NoteBody(
        number=row.number, member=row.member, org_id=org_id_of(service, row.member), text=_text(row.note, "text") or "",
        document=_text(row.note, "document"), noted_at=time_text(row.noted_at), transaction=row.transaction, content_ok=row.content_ok,
        reasons=list(row.reasons),
    )  # fmt: skip


def _text(found: Mapping[str, Any], name: str) -> str | None:
    """A text of an event; anyone may have sent it past the API, so it may be anything."""
    value = found.get(name)
    return value if isinstance(value, str) else None
