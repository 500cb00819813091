"""What complaints need to know of a network, read live from a node or from an index."""

from __future__ import annotations

from typing import Protocol

from chain.bindings import complaint_desk
from chain.procurement.session import Session
from chain.recorder import Index
from chain.rules import tender_id
from chain.rules.tenders import queue_of
from chain.types import ComplaintFacts, ComplaintStage, ComplaintStatus, to_hex

__all__ = ["Complaints", "IndexedComplaints", "LiveComplaints"]


class Complaints(Protocol):
    """Reading only. Numbers name complaints, over all tenders."""

    def complaint(self, number: int) -> ComplaintFacts | None:
        """Stored facts of a complaint."""

    def recorded(self, supplier: bytes, record: bytes) -> int:
        """Complaint that a supplier recorded under this id, 0 if none."""

    def open_of(self, number: int, supplier: bytes, lot: int, stage: ComplaintStage) -> int:
        """The supplier's open complaint about a lot of a tender (0: the whole) and a stage, 0 if none."""


class IndexedComplaints:
    """What an index says (protocol ``Complaints``)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def complaint(self, number: int) -> ComplaintFacts | None:
        """Stored facts of a complaint."""
        row = self._index.complaining.complaint(number)
        return None if row is None else row.facts

    def recorded(self, supplier: bytes, record: bytes) -> int:
        """Complaint that a supplier recorded under this id, 0 if none."""
        row = self._index.complaining.recorded(to_hex(supplier), to_hex(record))
        return 0 if row is None else row.number

    def open_of(self, number: int, supplier: bytes, lot: int, stage: ComplaintStage) -> int:
        """The supplier's open complaint about a lot of a tender (0: the whole) and a stage, 0 if none."""
        tender = self._index.tender(number)
        for each in () if tender is None else queue_of(tender.facts, lot, stage).open:
            facts = self.complaint(each)
            if facts is not None and facts.supplier == supplier:
                return each
        return 0


class LiveComplaints:
    """What a session's network says at its head (protocol ``Complaints``)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def complaint(self, number: int) -> ComplaintFacts | None:
        """Stored facts of a complaint."""
        if not 0 < number < 2**256:
            return None
        facts = ComplaintFacts.from_tuple(self._session.read(complaint_desk.complaint_facts(number)))
        return None if facts.status is ComplaintStatus.NONE else facts

    def recorded(self, supplier: bytes, record: bytes) -> int:
        """Complaint that a supplier recorded under this id, 0 if none."""
        return self._session.read(complaint_desk.record_of(supplier, record))

    def open_of(self, number: int, supplier: bytes, lot: int, stage: ComplaintStage) -> int:
        """The supplier's open complaint about a lot of a tender (0: the whole) and a stage, 0 if none."""
        return self._session.read(complaint_desk.open_of(tender_id(number), supplier, lot, int(stage)))
