"""One event with who caused it and what is known before it: what the checks of chain.audit.lawful look at."""

from __future__ import annotations

from typing import Any

from chain.audit.place import Place
from chain.errors.chain import CallInvalid, CallUnknown
from chain.recorder.index.facts import facts_from, tender_in
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.index.sealing_turn import keyset_row
from chain.recorder.schema import (
    idx_account,
    idx_keyset,
    idx_member,
    idx_person,
    idx_procedure,
    idx_supplier,
    idx_tender,
)
from chain.rules.deadlines import Clock
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.four_eyes import NOT_PROPOSED, Signing
from chain.rules.openings import KeysetFacts
from chain.rules.registry import independent, is_active
from chain.rules.tenders import Caller
from chain.transactions import Call
from chain.types import ZERO32, Event, Kind, Procedure, Role, TenderFacts, Terms, from_hex, to_hex

__all__ = ["LOST", "Act", "supplier_facts"]

LOST = "\ufffd"
"""Stands for bytes of an event that are no text."""


class Act:
    """One event with who sent its transaction, what is known, and where it stands."""

    def __init__(
        self,
        event: Event,
        sender: str,
        rows: MemoryRows,
        place: Place,
        whole: bool,
        call: bytes | None = None,
    ) -> None:
        """``call``: what the sender signed, where its transaction calls the event's own contract; None where it calls another: then
        ``sender`` is who is taken to have acted, if anybody is (``chain.audit.actor``)."""
        self.event, self.args, self.now = event, event.args, event.time
        self.sender, self.rows, self.place, self.whole, self.call = sender, rows, place, whole, call
        self.signing: Signing = NOT_PROPOSED

    def must(self, name: str, expected: Any) -> None:
        """Refuse unless the event's argument is what it has to be."""
        if self.args[name] != expected:
            raise self.place.refusal(f"event-{self.event.name}:{name}", expected, self.args[name])

    def known(self, table: Any, *key: Any) -> Row:
        """The row that an event speaks of."""
        row = self.rows.get(table, *key)
        if row is None:
            raise self.place.refusal(
                f"event-{self.event.name}:unknown", "something recorded before", list(map(str, key))
            )
        return row

    def new(self, table: Any, *key: Any) -> None:
        """Refuse what was recorded before."""
        if self.rows.get(table, *key) is not None:
            raise self.place.refusal(f"event-{self.event.name}:known", "something new", list(map(str, key)))

    @property
    def is_direct(self) -> bool:
        """Whether the sender's own transaction calls the event's contract."""
        return self.call is not None

    def called(self, function: str) -> Call | None:
        """The call of the event's contract that the sender signed; None where it called another contract, which then acted for somebody.

        Raises AuditRefusal ``event-<name>:call`` for a call of another function.
        """
        if self.call is None:
            return None
        try:
            call = Call.as_read(self.event.contract, self.call)
        except (CallInvalid, CallUnknown) as error:
            raise self.place.refusal(f"event-{self.event.name}:call", function, str(error)) from error
        if call.function != function:
            raise self.place.refusal(f"event-{self.event.name}:call", function, call.function)
        return call

    @property
    def clock(self) -> Clock:
        """The time of the event, with the outages that were recorded by then."""
        return clock_in(self.rows.get, self.now)

    @property
    def number(self) -> int:
        """The tender that the event is about."""
        return tender_in(self.event)

    def tender(self) -> tuple[TenderFacts, Procedure]:
        """The tender and its procedure."""
        facts = facts_from(self.known(idx_tender, self.number)["facts"])
        return facts, procedure_in(self.known(idx_procedure, facts.procedure, facts.procedure_version))

    def caller(self) -> Caller:
        """The sender as the registries know it."""
        return self.caller_of(self.sender)

    def caller_of(self, address: str) -> Caller:
        """An account as the registries know it."""
        person = self.rows.get(idx_person, address)
        account = self.rows.get(idx_account, address)
        supplier = None if account is None else self.rows.get(idx_supplier, account["supplier"])
        return Caller(
            address,
            _person(person),
            MemberFacts() if person is None else self.member(person["member"]),
            supplier_facts(supplier),
            person is not None and self.rows.get(idx_supplier, person["member"]) is not None,
        )

    def opens_for(self, member: bytes) -> bool:
        """Whether the sender is an opener of this member, and its role counts."""
        return self.caller().runs(member, Role.OPENER, self.now)

    def has(self, role: Role) -> bool:
        """Whether the sender has the role for whatever member it is of, and it counts."""
        caller = self.caller()
        return caller.runs(caller.person.member, role, self.now)

    def supplier(self) -> bytes:
        """Supplier of the sender, 32 zero bytes if none."""
        account = self.rows.get(idx_account, self.sender)
        return ZERO32 if account is None else from_hex(account["supplier"])

    def person(self, account: str) -> PersonFacts:
        """What the registry says of an account; all zero where it says nothing."""
        return _person(self.rows.get(idx_person, account))

    def member(self, name: str) -> MemberFacts:
        row = self.rows.get(idx_member, name)
        if row is None:
            return MemberFacts()
        left, superior = bool(row["left_at"]), from_hex(row["superior"])
        return MemberFacts(
            row["sector"], row["kinds"], row["suspended_until"], row["recoveries"], True, left, superior
        )

    def organisation(self, member: str) -> str:
        """What a member calls itself, its id where it is not known."""
        row = self.rows.get(idx_member, member)
        return member if row is None else str(row["org_id"])

    def review_body_fits(self, buyer: str, terms: Terms) -> bool:
        """Whether the review body, if there is one, is active and independent of the buyer."""
        if terms.review_body == ZERO32:
            return True
        body = to_hex(terms.review_body)
        superiors = self.superiors()
        active = is_active(self.member(body), Kind.REVIEW_BODY, self.now)
        return active and independent(terms.review_body, from_hex(buyer), superiors)

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        row = self.rows.get(idx_keyset, to_hex(id))
        root = None if row is None else self.rows.get(idx_keyset, row["root"])
        return None if row is None else keyset_row(row, row["id"] if root is None else root["acting"]).facts

    def dependent_seat(self, id: bytes, member: str) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""
        found = self.keyset(id)
        members = found.members if found else ()
        superiors = self.superiors()
        return next(
            (
                seat
                for seat, each in enumerate(members, 1)
                if not independent(each, from_hex(member), superiors)
            ),
            0,
        )

    def superiors(self) -> dict[bytes, bytes]:
        """Member -> the one above it."""
        return {from_hex(row["id"]): from_hex(row["superior"]) for row in self.rows.all(idx_member)}

    def text(self, name: str = "json") -> bytes:
        """Bytes of a text; where some were no UTF-8, at least as few as there were."""
        return str(self.args[name]).replace(LOST, "?").encode()

    def hashed(self, name: str, expected: bytes) -> None:
        """Refuse another hash than that of the text, where the text is whole."""
        if LOST not in self.args["json"]:
            self.must(name, to_hex(expected))


def supplier_facts(row: Row | None) -> SupplierFacts:
    """Facts of a row of idx_supplier; all zero where there is none."""
    if row is None:
        return SupplierFacts()
    return SupplierFacts(
        True, bool(row["active"]), row["version"], owners_at=row["owners_at"], debarred_until=row["debarred_until"]
    )  # fmt: skip


def _person(row: Row | None) -> PersonFacts:
    if row is None:
        return PersonFacts()
    member = from_hex(row["member"])
    return PersonFacts(member, row["roles"], row["mandate_end"], row["suspended_until"], row["recoveries"])
