"""Routes of the tenders."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import Reader, Writer
from api.deps import After, Limit, TheService, body_of, json_body, read_json
from api.errors import component, read_responses
from api.pages import ListOf, unchanged
from api.tenders import queries
from api.tenders import service as acts
from api.tenders.schemas import (
    AmendmentIn,
    AnswerIn,
    AskerIn,
    CancellationIn,
    NoteBody,
    NoteIn,
    QuestionBody,
    QuestionIn,
    TenderBody,
    TenderIn,
    TenderRowBody,
    TimelineBody,
)
from api.tenders.timeline import timeline as told
from api.writes import DONE, MADE, TheAct, answer, write_responses
from chain.errors.contracts import (
    EvaluationDeskPointsInvalid,
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteeSeatsDependent,
    TenderBoardNotFound,
    TenderBoardQuestionNotFound,
)
from chain.errors.procurement import DocumentHashWrong, ReasonUnknown
from chain.errors.recorder import CursorInvalid
from chain.errors.service import DocumentNotFound, PreconditionFailed, PreconditionRequired

__all__ = ["router"]

router = APIRouter(prefix="/v1/tenders", tags=["tenders"])

Number = Annotated[int, Path(alias="id", ge=1, le=2**53 - 1, description="Number of the tender.")]
Asked = Annotated[int, Path(alias="n", ge=1, le=65_535, description="Number of the question.")]
Raw = Annotated[Mapping[str, Any], Depends(read_json)]

_BOARD = component("TenderBoard")
_TEXT = component("Import")
_PANEL = (EvaluationDeskPointsInvalid, OpeningCommitteeSeatsDependent)
_PUBLISH = write_responses(
    *_BOARD,
    *_PANEL,
    *_TEXT,
    *component("ProcedureBook"),
    OpeningCommitteeKeysetNotFound,
    DocumentNotFound,
    *component("Terms"),
)
_AMEND = write_responses(
    *_BOARD,
    *_PANEL,
    *_TEXT,
    *component("Terms"),
    DocumentNotFound,
    PreconditionFailed,
    PreconditionRequired,
)
_ENQUIRE = write_responses(*_BOARD, *_TEXT)
_DISCLOSE = write_responses(*_BOARD)
_NOTE = write_responses(*_BOARD, *_TEXT, DocumentNotFound)
_CANCEL = write_responses(*_BOARD, DocumentHashWrong, DocumentNotFound, ReasonUnknown)


@router.post(
    "",
    operation_id="tenders_publish",
    status_code=202,
    responses=_PUBLISH | MADE,
    openapi_extra=json_body(TenderIn),
)
async def publish(request: Request, service: TheService, caller: Writer, act: TheAct, body: Raw) -> Response:
    """Publish a tender of your organisation from an OCDS document. Role: OFFICER or APPROVER of a buying member (four eyes: OFFICER)."""
    done = await acts.publish(service, caller, act, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/{id}/amendments", operation_id="tenders_amend", status_code=202, responses=_AMEND | DONE,
    openapi_extra=json_body(AmendmentIn),
)  # fmt: skip
async def amend(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, body: Raw
) -> Response:
    """Replace the terms; If-Match names the termsHash it replaces. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.amend(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/enquiries", operation_id="tenders_ask", status_code=202, responses=_ENQUIRE | MADE,
    openapi_extra=json_body(QuestionIn),
)  # fmt: skip
async def ask(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[QuestionIn, Depends(body_of(QuestionIn))],
) -> Response:  # fmt: skip
    """Ask a question in public; an enquiry desk asks with `tag` for a supplier that it does not name.

    Role: an active supplier; REGISTRAR of another member than the buyer.
    """
    done = await acts.ask(service, caller, act, number, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/{id}/enquiries/{n}/answer", operation_id="tenders_answer", status_code=202, responses=_ENQUIRE | DONE,
    openapi_extra=json_body(AnswerIn),
)  # fmt: skip
async def answer_question(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, asked: Asked,
    body: Annotated[AnswerIn, Depends(body_of(AnswerIn))],
) -> Response:  # fmt: skip
    """Answer a question, once; a late answer moves the deadline. Role: OFFICER of the buyer."""
    done = await acts.answer_question(service, caller, act, number, asked, body)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/enquiries/{n}/asker", operation_id="tenders_disclose_asker", status_code=202, responses=_DISCLOSE | DONE,
    openapi_extra=json_body(AskerIn),
)  # fmt: skip
async def disclose_asker(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number, asked: Asked,
    body: Annotated[AskerIn, Depends(body_of(AskerIn))],
) -> Response:  # fmt: skip
    """Prove who asked through an enquiry desk, once bidding is over.

    Role: an active supplier; REGISTRAR of another member than the buyer.
    """
    done = await acts.disclose_asker(service, caller, act, number, asked, body)
    return await answer(service, request, act, done)


@router.post(
    "/{id}/notes", operation_id="tenders_note", status_code=202, responses=_NOTE | MADE, openapi_extra=json_body(NoteIn)
)  # fmt: skip
async def note(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[NoteIn, Depends(body_of(NoteIn))],
) -> Response:  # fmt: skip
    """Record a public remark on a tender, whatever its status. Role: AUDITOR or WITNESS."""
    done = await acts.note(service, caller, act, number, body)
    return await answer(service, request, act, done, created=True)


@router.post(
    "/{id}/cancellation", operation_id="tenders_cancel", status_code=202, responses=_CANCEL | DONE,
    openapi_extra=json_body(CancellationIn),
)  # fmt: skip
async def cancel(
    request: Request, service: TheService, caller: Writer, act: TheAct, number: Number,
    body: Annotated[CancellationIn, Depends(body_of(CancellationIn))],
) -> Response:  # fmt: skip
    """Begin to cancel a lot or the whole tender. Role: OFFICER or APPROVER of the buyer (four eyes: OFFICER)."""
    done = await acts.cancel(service, caller, act, number, body)
    return await answer(service, request, act, done)


@router.get("", operation_id="tenders_list", responses=read_responses(CursorInvalid))
def list_tenders(
    service: TheService, caller: Reader, after: After = None, limit: Limit = 100,
    buyer: Annotated[str | None, Query(max_length=66, description="Only those of this member (0x id).")] = None,
) -> ListOf[TenderRowBody]:  # fmt: skip
    """Tenders, newest first."""
    return queries.page(service, after, limit, buyer)


@router.get(
    "/{id}",
    operation_id="tenders_read",
    responses=read_responses(TenderBoardNotFound),
    response_model=TenderBody,
)
async def read(
    request: Request, response: Response, service: TheService, caller: Reader, number: Number
) -> Any:
    """A tender with its terms, its status at head time and its OCDS text."""
    body, tag = await asyncio.to_thread(queries.tender, service, number)
    return unchanged(request, response, tag) or body


@router.get(
    "/{id}/enquiries", operation_id="tenders_questions", responses=read_responses(TenderBoardNotFound)
)
def list_questions(service: TheService, caller: Reader, number: Number) -> ListOf[QuestionBody]:
    """All questions and answers of a tender; at most 500."""
    return queries.questions(service, number)


@router.get(
    "/{id}/enquiries/{n}", operation_id="tenders_question",
    responses=read_responses(TenderBoardNotFound, TenderBoardQuestionNotFound),
)  # fmt: skip
def read_question(service: TheService, caller: Reader, number: Number, asked: Asked) -> QuestionBody:
    """One question and, once there is one, its answer."""
    return queries.question(service, number, asked)


@router.get("/{id}/notes", operation_id="tenders_notes", responses=read_responses(TenderBoardNotFound))
def list_notes(service: TheService, caller: Reader, number: Number) -> ListOf[NoteBody]:
    """All remarks of audit offices and social witnesses on a tender; at most 50 of a member."""
    return queries.notes(service, number)


@router.get(
    "/{id}/timeline",
    operation_id="tenders_timeline",
    responses=read_responses(TenderBoardNotFound, CursorInvalid),
)
def timeline(
    service: TheService, caller: Reader, number: Number, after: After = None, limit: Limit = 100
) -> TimelineBody:
    """What happened to a tender and who did it, in chain order; what can be done now, by whom, until when, and why not yet."""
    return told(service, number, after, limit)
