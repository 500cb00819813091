"""Rows of the idx tables as the views that readers get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.recorder.index.content import load
from chain.recorder.index.cursor import Cursor
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.tender_board import is_readable
from chain.recorder.index.views import (
    CancellationRow,
    CitizenRow,
    EventRow,
    ListedTender,
    MemberRow,
    NoteRow,
    PersonRow,
    ProcedureRow,
    QuestionRow,
    ReleaseRow,
    SupplierRow,
    TenderRow,
)
from chain.recorder.schema import END
from chain.types import Terms

__all__ = [
    "Found", "cancellation_row", "citizen_row", "event_row", "listed_tender", "member_row", "note_row", "person_row", "procedure_row",
    "question_row", "release_row", "supplier_row", "tender_row",
]  # fmt: skip

Found = Mapping[Any, Any]
"""A row as the database or a replay gives it."""


def member_row(row: Found) -> MemberRow:
    """Of idx_member."""
    values = dict(row)
    seats = tuple((at, seat) for at, seat in load(values.pop("seats")))
    return MemberRow(left=bool(values.pop("left_at")), seats=seats, **values)


def person_row(row: Found) -> PersonRow:
    """Of idx_person."""
    return PersonRow(**row)


def supplier_row(row: Found) -> SupplierRow:
    """Of idx_supplier."""
    content_ok = bool(row["content_ok"])
    return SupplierRow(
        row["id"], bool(row["active"]), row["version"], tuple(load(row["accounts"])), row["owners_at"], row["owners_hash"],
        row["debarred_until"], load(row["json"]) if content_ok else {}, content_ok, tuple(load(row["reasons"])), row["block"],
    )  # fmt: skip


def citizen_row(row: Found) -> CitizenRow:
    """Of idx_citizen."""
    return CitizenRow(**row)


def procedure_row(row: Found) -> ProcedureRow:
    """Of idx_procedure."""
    return ProcedureRow(procedure_in(row), row["json"], bool(row["retired"]), row["block"])


def cancellation_row(row: Found) -> CancellationRow:
    """Of idx_cancellation."""
    return CancellationRow(**{name: value for name, value in row.items() if name != "tender"})


def listed_tender(row: Found) -> ListedTender:
    """Of what lists show of idx_tender."""
    return ListedTender(**_listed(row, _read(row["json"], tuple(load(row["reasons"])))))


def tender_row(row: Found, cancellations: Sequence[Found]) -> TenderRow:
    """Of idx_tender, with its rows of idx_cancellation by lot."""
    reasons = tuple(load(row["reasons"]))
    tender = _read(row["json"], reasons)
    return TenderRow(
        **_listed(row, tender), terms=Terms.from_args(load(row["terms"])), tender=tender,
        good=tender if row["content_ok"] else load(row["good"] or "{}"), text=row["json"], record_id=row["record_id"],
        published_block=row["block"], transaction=row["transaction"], reasons=reasons,
        last_cursor=str(Cursor(row["last_block"], row["last_tx"], row["last_log"])),
        cancellations=tuple(cancellation_row(each) for each in cancellations),
    )  # fmt: skip


def _read(text: str, reasons: Sequence[str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = load(text) if is_readable(reasons) else {}
    return found


def _listed(row: Found, tender: Mapping[str, Any]) -> dict[str, Any]:
    title = tender.get("title")
    return {
        "number": row["number"], "facts": facts_from(row["facts"]), "title": title if isinstance(title, str) else "",
        "buyer": row["buyer"], "published_at": row["published_at"], "content_ok": bool(row["content_ok"]),
    }  # fmt: skip


def question_row(row: Found) -> QuestionRow:
    """Of idx_question; a text that is no canonical object reads as {}."""
    reasons = tuple(load(row["reasons"]))
    broken = any(reason.startswith("answer: ") for reason in reasons)
    answer = None if row["answer"] is None else {} if broken else load(row["answer"])
    question = load(row["json"]) if all(reason.startswith("answer: ") for reason in reasons) else {}
    return QuestionRow(
        row["tender"], row["question"], row["supplier"], row["desk"], row["tag"], question, row["asked_at"], answer, row["answered_at"],
        row["disclosed_at"], row["disclosed_by"], bool(row["content_ok"]), reasons, row["cursor"],
    )  # fmt: skip


def note_row(row: Found) -> NoteRow:
    """Of idx_note."""
    reasons = tuple(load(row["reasons"]))
    return NoteRow(
        row["tender"], row["note"], row["member"], row["record_id"], load(row["json"]) if is_readable(reasons) else {},
        row["noted_at"], row["transaction"], bool(row["content_ok"]), reasons,
    )  # fmt: skip


def event_row(row: Found) -> EventRow:
    """Of idx_log."""
    derived = row["tx"] == END
    return EventRow(
        str(Cursor(row["block"], row["tx"], row["log"])), row["name"], row["contract"], row["tender"], row["block"], row["time"],
        row["transaction"] or None, None if derived else row["tx"], None if derived else row["log"], load(row["args"]),
        bool(row["content_ok"]), tuple(load(row["reasons"])), derived,
    )  # fmt: skip


def release_row(row: Found) -> ReleaseRow:
    """Of idx_release."""
    return ReleaseRow(
        row["ocid"], row["id"], row["tender"], row["block"], row["date"], row["data"].encode(), f"{row['block']}.{row['tender']}"
    )  # fmt: skip
