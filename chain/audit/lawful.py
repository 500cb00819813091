"""Was each recorded act allowed? Every event is held against ``chain.rules`` with the facts that the events before it left.

Contracts decide and auditors cannot run them from a file; but what their events say can be judged: who acted, in which status, with
which terms, hashes, numbers and times.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chain.audit.place import Place
from chain.errors.audit import AuditRefusal
from chain.errors.base import LicitaError
from chain.recorder.index import member_registry, procedure_book, supplier_registry, tender_board
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.schema import (
    idx_account,
    idx_cancellation,
    idx_member,
    idx_person,
    idx_procedure,
    idx_question,
    idx_supplier,
    idx_tender,
)
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.hashes import member_id, terms_hash
from chain.rules.registry import independent, is_active
from chain.rules.tenders import (
    Caller,
    answered_deadline,
    check_amend,
    check_answer,
    check_ask,
    check_cancel,
    check_publish,
    deadline_of,
)
from chain.types import ZERO32, Event, Kind, Procedure, TenderFacts, Terms, from_hex, unpadded

__all__ = ["Lawful"]

_LOST = "\ufffd"  # stands for bytes of an event that are no text
_Check = Callable[["_Act"], None]


class _Act:
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
        body = "0x" + terms.review_body.hex()
        superiors = {from_hex(row["id"]): from_hex(row["superior"]) for row in self.rows.all(idx_member)}
        active = is_active(self.member(body), Kind.REVIEW_BODY, self.now)
        return active and independent(terms.review_body, from_hex(buyer), superiors)

    def text(self, name: str = "json") -> bytes:
        """Bytes of a text; where some were no UTF-8, at least as few as there were."""
        return str(self.args[name]).replace(_LOST, "?").encode()

    def hashed(self, name: str, expected: bytes) -> None:
        """Refuse another hash than that of the text, where the text is whole."""
        if _LOST not in self.args["json"]:
            self.must(name, "0x" + expected.hex())


def _person(row: Row | None) -> PersonFacts:
    if row is None:
        return PersonFacts()
    member = from_hex(row["member"])
    return PersonFacts(member, row["roles"], row["mandate_end"], row["suspended_until"], row["recoveries"])


class Lawful:
    """Takes events in chain order. ``whole`` is False where only the events that explain one tender are there."""

    def __init__(self, whole: bool = True) -> None:
        self._rows = MemoryRows()
        self._whole = whole
        self._records: set[tuple[str, str]] = set()
        self._tags: set[tuple[int, str, str]] = set()
        self._questions: Counter[tuple[int, str]] = Counter()
        self._tenders = 0

    def apply(self, event: Event, sender: str, place: Place) -> None:
        """Refuses an event that the rules do not allow at this point.

        Raises AuditRefusal ``event-<name>:<argument>``, ``event-<name>:unknown``, ``event-<name>:known`` or ``unlawful-<error>`` with
        the contract's own refusal.
        """
        act = _Act(event, sender, self._rows, place, self._whole)
        try:
            if event.name == "TenderPublished":
                self._published(act)
            elif event.name == "QuestionAsked":
                self._asked(act)
            else:
                _CHECKS[event.name](act)
        except LicitaError as error:
            if isinstance(error, AuditRefusal):
                raise
            raise place.refusal(
                f"unlawful-{error.error}", "an act that the rules allow", str(error)
            ) from error
        except UnicodeError as error:
            raise place.refusal(f"event-{event.name}:text", "codes of ASCII letters", str(error)) from error
        _reduce(event, self._rows)

    def _published(self, act: _Act) -> None:
        terms, buyer, record = Terms.from_args(act.args["terms"]), act.args["buyer"], act.args["recordId"]
        act.new(idx_tender, act.number)
        if self._whole:
            act.must("id", f"0x{self._tenders + 1:064x}")
        row = act.rows.get(idx_procedure, terms.procedure, terms.procedure_version)
        caller = act.caller()
        check_publish(
            caller, from_hex(record), terms, len(act.text()), recorded=int((buyer, record) in self._records),
            procedure=None if row is None else procedure_in(row), retired=row is not None and bool(row["retired"]),
            review_body_fits=act.review_body_fits(buyer, terms), now=act.now,
        )  # fmt: skip
        act.must("buyer", "0x" + caller.person.member.hex())
        act.hashed("termsHash", terms_hash(terms, act.text()))
        self._records.add((buyer, record))
        self._tenders = act.number

    def _asked(self, act: _Act) -> None:
        facts, procedure = act.tender()
        supplier = act.known(idx_account, act.sender)["supplier"]
        tag = (act.number, supplier, act.args["tag"])
        size, asked = len(act.text()), int(tag in self._tags)
        check_ask(
            act.caller(),
            act.number,
            facts,
            procedure,
            from_hex(act.args["tag"]),
            size,
            asked=asked,
            questions=self._questions[act.number, supplier],
            now=act.now,
        )
        act.must("question", facts.questions + 1)
        act.must("supplier", supplier)
        self._questions[act.number, supplier] += 1
        self._tags.add(tag)


def _amended(act: _Act) -> None:
    facts, procedure = act.tender()
    terms = Terms.from_args(act.args["terms"])
    check_amend(act.caller(), act.number, facts, procedure, facts.terms_hash, terms, act.text(), now=act.now)
    act.must("termsVersion", facts.terms_version + 1)
    act.hashed("termsHash", terms_hash(terms, act.text()))


def _answered(act: _Act) -> None:
    facts, procedure = act.tender()
    question = act.rows.get(idx_question, act.number, act.args["question"])
    answered = question is not None and question["answer"] is not None
    check_answer(
        act.caller(),
        act.number,
        facts,
        procedure,
        act.args["question"],
        len(act.text()),
        answered=answered,
        now=act.now,
    )
    act.must("deadline", deadline_of(answered_deadline(facts, procedure, act.now)))


def _cancelled(act: _Act) -> None:
    facts, procedure = act.tender()
    args, lot = act.args, act.args["lot"]
    before = act.rows.get(idx_cancellation, act.number, lot) if lot else None
    check_cancel(
        act.caller(), act.number, facts, procedure, lot, args["reason"], from_hex(args["documentHash"]),
        lot_cancels_at=0 if before is None else before["cancels_at"], now=act.now,
    )  # fmt: skip
    act.must("cancelsAt", deadline_of(act.now + procedure.cancel_window))


def _admitted(act: _Act) -> None:
    act.new(idx_member, act.args["member"])
    act.must("member", "0x" + member_id(act.args["orgId"]).hex())


def _of_member(act: _Act) -> None:
    act.known(idx_member, act.args["member"])


def _person_added(act: _Act) -> None:
    _of_member(act)
    if act.whole:
        act.new(idx_person, act.args["account"])


def _person_removed(act: _Act) -> None:
    act.must("member", act.known(idx_person, act.args["account"])["member"])


def _of_supplier(act: _Act) -> None:
    supplier = act.known(idx_supplier, act.args["id"])
    if "version" in act.args:
        act.must("version", supplier["version"] + 1)


def _adopted(act: _Act) -> None:
    code, version = unpadded(act.args["code"]), act.args["version"]
    act.new(idx_procedure, code, version)
    if version != 1:
        act.known(idx_procedure, code, version - 1)
    procedure = Procedure.from_args(act.args["procedure"])
    if (procedure.code, procedure.version) != (code, version):
        raise act.place.refusal(
            "event-ProcedureAdopted:procedure", f"{code} {version}", f"{procedure.code} {procedure.version}"
        )
    if _LOST not in act.args["json"] and procedure.text_hash != hashlib.sha256(act.text()).digest():
        raise act.place.refusal(
            "event-ProcedureAdopted:textHash", hashlib.sha256(act.text()).digest(), procedure.text_hash
        )


def _retired(act: _Act) -> None:
    act.known(idx_procedure, unpadded(act.args["code"]), act.args["version"])


_CHECKS: dict[str, _Check] = {
    "MemberAdmitted": _admitted,
    "MemberSectorSet": _of_member,
    "MemberKindsSet": _of_member,
    "MemberSuperiorSet": _of_member,
    "MemberSuspended": _of_member,
    "MemberExpelled": _of_member,
    "PersonAdded": _person_added,
    "PersonRemoved": _person_removed,
    "SupplierRegistered": lambda act: act.new(idx_supplier, act.args["id"]),
    "SupplierActiveSet": _of_supplier,
    "SupplierAccountsSet": _of_supplier,
    "SupplierOwnersDeclared": _of_supplier,
    "ProcedureAdopted": _adopted,
    "ProcedureRetired": _retired,
    "TenderAmended": _amended,
    "QuestionAnswered": _answered,
    "CancellationProposed": _cancelled,
}


def _nothing(event: Event, tender: Mapping[str, Any] | None) -> Sequence[str]:
    """Texts are judged where rows and releases are made."""
    return ()


def _reduce(event: Event, rows: MemoryRows) -> None:
    """What the event changes, by the index's own reducers."""
    if event.contract == "TenderBoard":
        tender_board.REDUCERS[event.name](event, rows, _nothing)
        return
    for reducers in (member_registry.REDUCERS, supplier_registry.REDUCERS, procedure_book.REDUCERS):
        if event.name in reducers:
            reducers[event.name](event, rows)
