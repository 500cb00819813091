"""One event with who caused it and what is known before it: what the checks of chain.audit.lawful look at."""

from __future__ import annotations

from typing import Any

from chain.audit.place import Place
from chain.recorder.index import tender_board
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.schema import idx_account, idx_member, idx_person, idx_procedure, idx_supplier, idx_tender
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.registry import independent, is_active
from chain.rules.tenders import Caller
from chain.types import ZERO32, Event, Kind, Procedure, TenderFacts, Terms, from_hex, to_hex

__all__ = ["LOST", "Act"]

LOST = "\ufffd"
"""Stands for bytes of an event that are no text."""


class Act:
    """One event with who sent its transaction, what is known, and where it stands."""

    def __init__(self, event: Event, sender: str, rows: MemoryRows, place: Place, whole: bool) -> None:
        self.event, self.args, self.now = event, event.args, event.time
        self.sender, self.rows, self.place, self.whole = sender, rows, place, whole

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
    def number(self) -> int:
        return tender_board.tender_in(self.event)

    def tender(self) -> tuple[TenderFacts, Procedure]:
        """The tender and its procedure."""
        facts = facts_from(self.known(idx_tender, self.number)["facts"])
        return facts, procedure_in(self.known(idx_procedure, facts.procedure, facts.procedure_version))

    def caller(self) -> Caller:
        """The sender as the registries know it."""
        person = self.rows.get(idx_person, self.sender)
        account = self.rows.get(idx_account, self.sender)
        supplier = None if account is None else self.rows.get(idx_supplier, account["supplier"])
        return Caller(
            self.sender,
            _person(person),
            MemberFacts() if person is None else self.member(person["member"]),
            SupplierFacts()
            if supplier is None
            else SupplierFacts(exists=True, active=bool(supplier["active"])),
        )

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

    def review_body_fits(self, buyer: str, terms: Terms) -> bool:
        """Whether the review body, if there is one, is active and independent of the buyer."""
        if terms.review_body == ZERO32:
            return True
        body = to_hex(terms.review_body)
        superiors = {from_hex(row["id"]): from_hex(row["superior"]) for row in self.rows.all(idx_member)}
        active = is_active(self.member(body), Kind.REVIEW_BODY, self.now)
        return active and independent(terms.review_body, from_hex(buyer), superiors)

    def text(self, name: str = "json") -> bytes:
        """Bytes of a text; where some were no UTF-8, at least as few as there were."""
        return str(self.args[name]).replace(LOST, "?").encode()

    def hashed(self, name: str, expected: bytes) -> None:
        """Refuse another hash than that of the text, where the text is whole."""
        if LOST not in self.args["json"]:
            self.must(name, to_hex(expected))


def _person(row: Row | None) -> PersonFacts:
    if row is None:
        return PersonFacts()
    member = from_hex(row["member"])
    return PersonFacts(member, row["roles"], row["mandate_end"], row["suspended_until"], row["recoveries"])
