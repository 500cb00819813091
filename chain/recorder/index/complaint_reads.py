"""All reads of complaints in the index: ``index.complaining``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from chain.recorder.index.complaint_desk import complaint_facts
from chain.recorder.index.complaint_views import ComplaintRow, ComplaintStep, OrderRow
from chain.recorder.index.content import load
from chain.recorder.index.cursor import number_in
from chain.recorder.index.rows import stored_row
from chain.recorder.index.views import Page
from chain.recorder.schema import idx_complaint, idx_halt
from chain.recorder.store import Store
from chain.types import ComplaintStatus

__all__ = ["ComplaintIndex"]

_NONE = "0x" + "00" * 32
_LARGEST = 2**62


class ComplaintIndex:
    """What the blocks say of complaints; numbers name them, over all tenders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def complaint(self, number: int) -> ComplaintRow | None:
        """A complaint by its number."""
        if not 0 < number < _LARGEST:
            return None
        with self._store.read() as connection:
            row = stored_row(connection, idx_complaint, number)
        return None if row is None else _complaint(row)

    def complaints(
        self, tender: int | None = None, after: str | None = None, limit: int = 100
    ) -> Page[ComplaintRow]:
        """Complaints in the order of filing, of one tender or of all. Raises CursorInvalid."""
        query = select(idx_complaint).order_by(idx_complaint.c.number)
        if tender is not None:
            query = query.where(idx_complaint.c.tender == tender)
        if after is not None:
            query = query.where(idx_complaint.c.number > number_in(after))
        with self._store.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).mappings().all()
        items = [_complaint(row) for row in rows[:limit]]
        return Page(items, str(items[-1].number) if len(rows) > limit else None)

    def recorded(self, supplier: str, record_id: str) -> ComplaintRow | None:
        """The complaint that a supplier (0x id) recorded under a record id (0x)."""
        query = select(idx_complaint).where(
            idx_complaint.c.supplier == supplier, idx_complaint.c.record_id == record_id
        )
        with self._store.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _complaint(row)

    def orders(self, tender: int) -> list[OrderRow]:
        """Orders to suspend a tender, in order."""
        query = select(idx_halt).where(idx_halt.c.tender == tender).order_by(idx_halt.c.place)
        with self._store.read() as connection:
            return [_order(row) for row in connection.execute(query).mappings()]


def _complaint(row: Mapping[Any, Any]) -> ComplaintRow:
    steps = tuple(
        ComplaintStep(
            ComplaintStatus(step["status"]), step["at"], "" if step["document"] == _NONE else step["document"], step["transaction"]
        )
        for step in load(row["steps"])
    )  # fmt: skip
    return ComplaintRow(
        row["number"], complaint_facts(dict(row)), row["record_id"], row["document_hash"], row["filed_at"], row["transaction"], steps
    )  # fmt: skip


def _order(row: Mapping[Any, Any]) -> OrderRow:
    return OrderRow(
        row["tender"], row["suspended_at"], row["document_hash"], row["transaction"], row["resumed_at"], row["resumption"]
    )  # fmt: skip
