"""All reads of the index. Synchronous, safe in any thread; each call sees one state of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select, tuple_

from chain.recorder.index import council_reads
from chain.recorder.index.act_reads import ActIndex
from chain.recorder.index.agreement_reads import AgreementIndex
from chain.recorder.index.award_reads import AwardIndex
from chain.recorder.index.bulk_reads import BulkIndex
from chain.recorder.index.complaint_reads import ComplaintIndex
from chain.recorder.index.council_reads import CouncilIndex
from chain.recorder.index.cursor import Cursor, id_in, number_in
from chain.recorder.index.digest import digest
from chain.recorder.index.evaluation_reads import EvaluationIndex
from chain.recorder.index.procedure_book import clock_in
from chain.recorder.index.rows import stored_row
from chain.recorder.index.sealing_reads import SealingIndex
from chain.recorder.index.turn import (
    Found,
    citizen_row,
    event_row,
    listed_tender,
    member_row,
    note_row,
    person_row,
    procedure_row,
    question_row,
    release_row,
    supplier_row,
    tender_row,
)
from chain.recorder.index.views import (
    CitizenRow,
    EventRow,
    Head,
    ListedTender,
    MemberRow,
    NoteRow,
    Page,
    PersonRow,
    ProcedureRow,
    QuestionRow,
    ReleaseRow,
    SupplierRow,
    TenderRow,
)
from chain.recorder.publish import ContentCheck, Publisher
from chain.recorder.schema import (
    idx_account,
    idx_block,
    idx_cancellation,
    idx_citizen,
    idx_due,
    idx_log,
    idx_member,
    idx_note,
    idx_person,
    idx_procedure,
    idx_process,
    idx_question,
    idx_release,
    idx_supplier,
    idx_tender,
    idx_tx,
)
from chain.recorder.store import Store
from chain.rules.deadlines import Clock
from chain.rules.registry import may
from chain.rules.tenders import tender_status
from chain.transactions import checksum
from chain.types import Procedure, TenderStatus

__all__ = ["Index"]

T = TypeVar("T")


class Index:
    """What the blocks say. ``after`` that is no cursor: CursorInvalid; database away: StorageBusy, StorageFailed."""

    def __init__(self, store: Store, publisher: Publisher | None, check: ContentCheck) -> None:
        self._store = store
        self._publisher = publisher
        self._check = check
        self.council = CouncilIndex(store)
        self.sealing = SealingIndex(store)
        self.awarding = AwardIndex(store)
        self.complaining = ComplaintIndex(store)
        self.agreeing = AgreementIndex(store)
        self.bulk = BulkIndex(store)
        self.evaluating = EvaluationIndex(store)
        self.signing = ActIndex(store)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All reads of this thread inside see one state of the database, and begin it once. Nothing is awaited inside."""
        with self._store.read():
            yield

    # Blocks

    def head(self) -> Head | None:
        """The last indexed block, None before the first."""
        with self._store.read() as connection:
            return _head(connection)

    def now(self) -> int:
        """Time of the last indexed block, 0 before the first."""
        head = self.head()
        return 0 if head is None else head.time

    def clock(self) -> Clock:
        """Head time, with the outages that lengthen ends."""
        return clock_in(self._one, self.now())

    def block_time(self, number: int) -> int | None:
        """Time of an indexed block."""
        row = self._one(idx_block, number)
        return None if row is None else int(row["time"])

    # Members and suppliers

    def member(self, id: str) -> MemberRow | None:
        """A member by its 0x id."""
        return self._as(member_row, self._one(idx_member, id))

    def members(self, after: str | None = None, limit: int = 100) -> Page[MemberRow]:
        """Members by id; the cursor is the id."""
        return self._by_key(idx_member, member_row, after, limit)

    def people(self, member: str) -> list[PersonRow]:
        """People of a member by address."""
        with self._store.read() as connection:
            query = select(idx_person).where(idx_person.c.member == member).order_by(idx_person.c.address)
            return [person_row(row) for row in connection.execute(query).mappings()]

    def person(self, address: str) -> PersonRow | None:
        """The person with this checksum address."""
        return self._as(person_row, self._one(idx_person, address))

    def supplier(self, id: str) -> SupplierRow | None:
        """A supplier by its 0x id."""
        return self._as(supplier_row, self._one(idx_supplier, id))

    def suppliers(self, after: str | None = None, limit: int = 100) -> Page[SupplierRow]:
        """Suppliers by id; the cursor is the id."""
        return self._by_key(idx_supplier, supplier_row, after, limit)

    def supplier_of(self, address: str) -> SupplierRow | None:
        """The supplier with this account (checksum address)."""
        with self._store.read() as connection:
            row = connection.execute(_SUPPLIER_OF, {"its_address": address}).mappings().first()
            return self._as(supplier_row, row)

    def citizen(self, address: str) -> CitizenRow | None:
        """The citizen with this address, in whatever case."""
        return self._as(citizen_row, self._one(idx_citizen, checksum(address)))

    # Procedures and tenders

    def procedure(self, code: str, version: int) -> ProcedureRow | None:
        """A procedure version, retired or not."""
        return self._as(procedure_row, self._one(idx_procedure, code, version))

    def procedures(self) -> list[ProcedureRow]:
        """Every version by code and number."""
        with self._store.read() as connection:
            return [procedure_row(row) for row in connection.execute(_PROCEDURES).mappings()]

    def newest_procedure(self, code: str) -> ProcedureRow | None:
        """The last version of a code that is not retired."""
        with self._store.read() as connection:
            query = select(idx_procedure).where(idx_procedure.c.code == code, idx_procedure.c.retired == 0)
            return self._as(
                procedure_row,
                connection.execute(query.order_by(idx_procedure.c.version.desc())).mappings().first(),
            )

    def tender(self, number: int) -> TenderRow | None:
        """A tender by its number."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_tender, _bounded(number))
            return None if row is None else _tender(connection, row)

    def tenders(
        self, after: str | None = None, limit: int = 100, buyer: str | None = None
    ) -> Page[ListedTender]:
        """Tenders, newest first; ``buyer``: a member's 0x id."""
        query = select(*_LISTED).order_by(idx_tender.c.number.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(idx_tender.c.number < number_in(after))
        if buyer is not None:
            query = query.where(idx_tender.c.buyer == buyer)
        with self._store.read() as connection:
            rows = connection.execute(query).mappings().all()
        items = [listed_tender(row) for row in rows[:limit]]
        return Page(items, str(items[-1].number) if len(rows) > limit else None)

    def recorded(self, buyer: str, record_id: str) -> TenderRow | None:
        """The tender that a member published under a record id (0x): what ``TenderBoardAlreadyRecorded`` points at."""
        named = {"its_buyer": buyer, "its_record": record_id}
        with self._store.read() as connection:
            row = connection.execute(_RECORDED, named).mappings().first()
            return None if row is None else _tender(connection, row)

    def questions(self, tender: int) -> list[QuestionRow]:
        """Questions of a tender by number; at most 500."""
        query = (
            select(idx_question)
            .where(idx_question.c.tender == _bounded(tender))
            .order_by(idx_question.c.question)
        )
        with self._store.read() as connection:
            return [question_row(row) for row in connection.execute(query).mappings()]

    def question(self, tender: int, number: int) -> QuestionRow | None:
        """A question by its number."""
        return self._as(question_row, self._one(idx_question, tender, number))

    def notes(self, tender: int) -> list[NoteRow]:
        """Notes of a tender by number; at most 50 of a member."""
        query = select(idx_note).where(idx_note.c.tender == _bounded(tender)).order_by(idx_note.c.note)
        with self._store.read() as connection:
            return [note_row(row) for row in connection.execute(query).mappings()]

    def noted(self, member: str, record_id: str) -> NoteRow | None:
        """The note that a member recorded under a record id (0x)."""
        query = select(idx_note).where(idx_note.c.member == member, idx_note.c.record_id == record_id)
        with self._store.read() as connection:
            return self._as(note_row, connection.execute(query).mappings().first())

    def status(self, row: TenderRow, clock: Clock | None = None) -> TenderStatus:
        """Status, derived; ``clock``: None is head time."""
        return self.statuses([row], clock or self.clock())[0]

    def statuses(self, rows: Sequence[ListedTender], clock: Clock) -> list[TenderStatus]:
        """Statuses of many tenders; each procedure is read once."""
        known: dict[tuple[str, int], Procedure] = {}
        found = []
        for row in rows:
            key = (row.facts.procedure, row.facts.procedure_version)
            if key not in known:
                procedure = self.procedure(*key)
                assert procedure is not None, "the contract takes an adopted procedure only"
                known[key] = procedure.procedure
            found.append(tender_status(row.facts, known[key], clock))
        return found

    def next_due(self) -> int | None:
        """When time alone changes a tender or a proposal next; None where nothing is due."""
        with self._store.read() as connection:
            head = _head(connection)
            at: int | None = connection.scalar(select(func.min(idx_due.c.at)))
            proposal = council_reads.next_due(connection, 0 if head is None else head.time)
        return min((each for each in (at, proposal) if each is not None), default=None)

    # The feed

    def events(
        self, after: str | None = None, limit: int = 100, type: str | None = None, tender: int | None = None
    ) -> Page[EventRow]:
        """Rows in chain order; ``next`` leads past all that was looked at, filtered rows too, and never back."""
        query = select(idx_log)
        if type is not None:
            query = query.where(idx_log.c.name == type)
        if tender is not None:
            query = query.where(idx_log.c.tender == _bounded(tender))
        place = None if after is None else Cursor.parse(after)
        with self._store.read() as connection:
            return self._feed(
                connection, query, (idx_log.c.block, idx_log.c.tx, idx_log.c.log), place, limit, event_row
            )

    def events_of(self, transaction: str) -> list[EventRow]:
        """What one transaction did, in log order."""
        query = (
            select(idx_log)
            .where(idx_log.c.transaction == transaction)
            .order_by(idx_log.c.block, idx_log.c.tx, idx_log.c.log)
        )
        with self._store.read() as connection:
            return [event_row(row) for row in connection.execute(query).mappings()]

    # Releases

    def senders(self, transactions: Sequence[str]) -> dict[str, str]:
        """Who sent these transactions (0x hashes): checksum addresses by hash."""
        query = select(idx_tx.c.hash, idx_tx.c.sender).where(idx_tx.c.hash.in_(transactions))
        with self._store.read() as connection:
            return {row["hash"]: row["sender"] for row in connection.execute(query).mappings()}

    def release(self, ocid: str, id: str) -> ReleaseRow | None:
        """One stored release."""
        query = select(idx_release).where(idx_release.c.ocid == ocid, idx_release.c.id == id)
        with self._store.read() as connection:
            return self._as(release_row, connection.execute(query).mappings().first())

    def releases(self, ocid: str) -> list[ReleaseRow]:
        """Releases of a process, oldest first."""
        query = select(idx_release).where(idx_release.c.ocid == ocid).order_by(idx_release.c.block)
        with self._store.read() as connection:
            return [release_row(row) for row in connection.execute(query).mappings()]

    def releases_page(self, after: str | None = None, limit: int = 100) -> Page[ReleaseRow]:
        """Releases in chain order; cursor ``block.tender``; a full page never changes."""
        place = None if after is None else Cursor.parse_pair(after)
        keys = (idx_release.c.block, idx_release.c.tender)
        with self._store.read() as connection:
            return self._feed(connection, select(idx_release), keys, place, limit, release_row)

    def records_page(self, after: str | None = None, limit: int = 100) -> Page[str]:
        """ocids by their last change, the longest unchanged first; cursor ``block.tender``."""
        place = None if after is None else Cursor.parse_pair(after)
        query = select(idx_process).where(idx_process.c.ocid != "")
        keys = (idx_process.c.released_block, idx_process.c.tender)
        with self._store.read() as connection:
            return self._feed(connection, query, keys, place, limit, lambda row: str(row["ocid"]))

    def digest(self, block: int | None = None) -> str:
        """sha256 (hex) of all rows as of a block, the head by default: equal on every node that has it."""
        with self._store.read() as connection:
            return digest(connection, block, self._publisher, self._check)

    def may(self, address: str, roles: int) -> bool:
        """Whether this person may act in one of ``roles`` (bits of Role) at head time, as MemberRegistry.may."""
        person = self.person(address)
        member = None if person is None else self.member(person.member)
        if person is None or member is None:
            return False
        return may(person, member, roles, self.now())

    def _one(self, table: Table, *key: Any) -> Found | None:
        with self._store.read() as connection:
            return stored_row(connection, table, *map(_bounded, key))

    def _by_key(self, table: Table, turn: Callable[[Found], T], after: str | None, limit: int) -> Page[T]:
        query = select(table).order_by(table.c.id).limit(limit + 1)
        if after is not None:
            query = query.where(table.c.id > id_in(after))
        with self._store.read() as connection:
            rows = connection.execute(query).mappings().all()
        items = [turn(row) for row in rows[:limit]]
        return Page(items, rows[limit - 1]["id"] if len(rows) > limit else None)

    @staticmethod
    def _feed(
        connection: Connection,
        query: Select[Any],
        keys: Sequence[ColumnElement[Any]],
        after: Cursor | None,
        limit: int,
        turn: Callable[[Found], T],
    ) -> Page[T]:
        """The rows after a place. ``next`` is the last row's place, on the last page the end of the head; it never goes back."""
        if after is not None:
            query = query.where(tuple_(*keys) > tuple_(*after.parts(len(keys))))
        rows = connection.execute(query.order_by(*keys).limit(limit)).mappings().all()
        if len(rows) == limit:
            last = Cursor.of(rows[-1][key] for key in keys)
        else:
            head = _head(connection)
            last = Cursor.whole(0 if head is None else head.block)
        return Page([turn(row) for row in rows], str(last if after is None else max(last, after)))

    @staticmethod
    def _as(turn: Callable[[Found], T], row: Found | None) -> T | None:
        return None if row is None else turn(row)


# What every write asks. Made once: a statement costs more to build than to run.
_HEAD = select(idx_block).where(idx_block.c.number == select(func.max(idx_block.c.number)).scalar_subquery())
_PROCEDURES = select(idx_procedure).order_by(*idx_procedure.primary_key)
_SUPPLIER_OF = (
    select(idx_supplier)
    .join(idx_account, idx_account.c.supplier == idx_supplier.c.id)
    .where(idx_account.c.address == bindparam("its_address"))
)
# The other columns, most of them JSON, are not shown in lists: to read them costs more than the rest.
_LISTED = [
    idx_tender.c[name]
    for name in ("number", "facts", "json", "reasons", "buyer", "published_at", "content_ok")
]
_RECORDED = select(idx_tender).where(
    idx_tender.c.buyer == bindparam("its_buyer"), idx_tender.c.record_id == bindparam("its_record")
)
_CANCELLATIONS = (
    select(idx_cancellation)
    .where(idx_cancellation.c.tender == bindparam("its_tender"))
    .order_by(idx_cancellation.c.lot)
)


def _head(connection: Connection) -> Head | None:
    row = connection.execute(_HEAD).mappings().first()
    return None if row is None else Head(row["number"], row["hash"], row["time"])


def _tender(connection: Connection, row: Found) -> TenderRow:
    cancellations = connection.execute(_CANCELLATIONS, {"its_tender": row["number"]})
    return tender_row(row, cancellations.mappings().all())


def _bounded(value: Any) -> Any:
    """A number that no column can hold is no row's."""
    return -1 if isinstance(value, int) and not -(2**63) <= value < 2**63 else value
