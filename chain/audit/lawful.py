"""Was each recorded act allowed? Every event is held against ``chain.rules`` with the facts that the events before it left.

Contracts decide and auditors cannot run them from a file; but what their events say can be judged: who acted, in which status, with
which terms, hashes, numbers and times.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chain.audit.act import LOST, Act, supplier_facts
from chain.audit.actor import Actor, Indirect, actor_of, indirect_of
from chain.audit.agreements import Agreements
from chain.audit.awards import checks as awards
from chain.audit.complaints import CHECKS as COMPLAINTS
from chain.audit.complaints import cancellation_of, is_independent
from chain.audit.decided import Change, Decided
from chain.audit.evaluations import Evaluations, panel_of
from chain.audit.four_eyes import FourEyes
from chain.audit.place import Place
from chain.audit.receipt import Verified
from chain.audit.sealed.bids import Bids
from chain.audit.sealed.book import Book
from chain.audit.sealed.ceremonies import Ceremonies
from chain.audit.sealed.early import early_share
from chain.audit.sealed.openings import Openings
from chain.audit.sealed.pairs import Pairs
from chain.audit.sealed.verdict import BoxReport, box_report, committee_warnings
from chain.errors.audit import AuditRefusal
from chain.errors.base import LicitaError
from chain.recorder.index import blocks as index
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import (
    idx_account,
    idx_citizen,
    idx_lot,
    idx_member,
    idx_person,
    idx_procedure,
    idx_question,
    idx_supplier,
    idx_tender,
)
from chain.rules.deadlines import TICK
from chain.rules.hashes import asker_tag, member_id, terms_hash
from chain.rules.registry import (
    check_debar,
    check_enrol_citizen,
    check_lift_debarment,
    independent,
    is_active,
)
from chain.rules.tenders import (
    DESKS,
    answered_deadline,
    check_amend,
    check_answer,
    check_ask,
    check_cancel,
    check_consent,
    check_disclose_asker,
    check_note,
    check_publish,
    check_replace_review_body,
    clock_of,
    needs_consent,
    require_asker,
)
from chain.types import (
    Event,
    Kind,
    LotFailure,
    Procedure,
    Role,
    TenderFacts,
    Terms,
    from_hex,
    to_hex,
    unpadded,
)

__all__ = ["Lawful"]

_Check = Callable[[Act], None]


class Lawful:
    """Takes events in chain order. ``whole`` is False where only the events that explain one tender are there."""

    def __init__(self, chain_id: int, whole: bool = True) -> None:
        self._rows = MemoryRows()
        self._decided = Decided(self._rows)
        self._whole = whole
        self._book = Book(chain_id)
        self._pairs = Pairs()
        self._openings = Openings(self._book, self._pairs)
        self._four_eyes = FourEyes(chain_id, self._pairs)
        self._transaction = ""
        self._indirect: dict[tuple[str, str, str], Indirect] = {}
        self._evaluations = Evaluations(chain_id)
        self._checks: dict[str, _Check] = {
            "TenderPublished": self._published,
            "QuestionAsked": self._asked,
            "AskerDisclosed": self._disclosed,
            "NoteRecorded": self._noted,
            **_CHECKS,
            **awards(self._evaluations.votes),
            **COMPLAINTS,
            **Agreements().checks,
            **self._four_eyes.checks,
            **Ceremonies(self._book, self._pairs).checks,
            **Bids(self._book, self._pairs).checks,
            **self._openings.checks,
        }
        self._records: set[tuple[str, str]] = set()
        self._tags: dict[tuple[int, bytes, str], int] = {}
        self._questions: Counter[tuple[int, bytes]] = Counter()
        self._notes: Counter[tuple[int, str]] = Counter()
        self._tenders = 0

    @property
    def changes(self) -> Sequence[Change]:
        """Every privileged change so far, with the resolution that decided it."""
        return self._decided.changes

    def founded_by(self, founder: str) -> None:
        """Who may open ceremonies until a keyset is confirmed, as the constructor of OpeningCommittee was told; nobody by default."""
        self._book.founder = self._decided.founder = founder

    def close(self) -> None:
        """After the last event of a block. Raises AuditRefusal ``undecided`` for a privileged change that no resolution made,
        ``event-<name>:alone`` for an event without its other half."""
        self._pairs.close()
        self._openings.close()
        self._decided.close()
        self._keep(self._decided.indirect)
        self._decided.indirect.clear()

    def refused(self, one: Verified, block: int, time: int) -> None:
        """A transaction that the contracts refused: what it gives away is remembered."""
        early = early_share(one, block, time, self._rows, self._book)
        if early is not None:
            self._book.note(early)

    def indirect(self) -> list[str]:
        """Acts that no account signed directly: a contract acted for it."""
        return [each.text for each in self._indirect.values()]

    def _keep(self, found: Iterable[Indirect]) -> None:
        """Each act once, also where it makes several events of a name."""
        for each in found:
            self._indirect.setdefault((each.transaction, each.event, each.who), each)

    def box_report(self, tender: int, now: int) -> BoxReport | None:
        """What became of the bids of a tender; None where it takes none."""
        return box_report(self._book, self._rows, tender, now)

    def committee_warnings(self) -> list[str]:
        """What is wrong with ceremonies, though it made no key that anything is sealed to."""
        return committee_warnings(self._book, self._rows)

    def apply(
        self, event: Event, sender: str, place: Place, created: bool = False, call: bytes | None = b""
    ) -> None:
        """Refuses an event that the rules do not allow at this point; ``created``: of a constructor; ``call``: what the sender signed,
        where its transaction calls the event's own contract; None where it calls another, which then acted for somebody.

        Raises AuditRefusal ``event-<name>:<argument>``, ``event-<name>:unknown``, ``event-<name>:known``, ``event-<name>:alone``,
        ``event-<name>:call``, ``opening-secret``, ``undecided``, or ``unlawful-<error>`` with the contract's own refusal.
        """
        self._pairs.follow(event)
        _require_tick(event, self._rows, place, not self._whole or created)
        if event.transaction != self._transaction:
            self._openings.close()
            self._transaction = event.transaction
        act = Act(event, sender, self._rows, place, self._whole, call)
        actor = None if created or act.is_direct else actor_of(act, self._book)
        if actor is not None:
            approver = self._four_eyes.approver()
            actor = actor if approver is None else Actor(approver, approver)
            act.sender = actor.account
        taken = self._four_eyes.taken(act)
        act.signing = taken
        try:
            # Council and panel each cast votes.
            checks = self._evaluations.checks if event.contract == "EvaluationDesk" else self._checks
            if (check := checks.get(event.name)) is not None:
                check(act)
            if event.name == "VotesTaken":
                taken.pass_on()
            taken.close()
            if self._whole:
                self._decided.apply(act, created)
        except LicitaError as error:
            if isinstance(error, AuditRefusal):
                raise
            raise place.refusal(
                f"unlawful-{error.error}", "an act that the rules allow", str(error)
            ) from error
        except UnicodeError as error:
            raise place.refusal(f"event-{event.name}:text", "codes of ASCII letters", str(error)) from error
        if actor is not None:
            self._keep([indirect_of(act, actor.who, sender)])
        _reduce(event, self._rows)

    def _published(self, act: Act) -> None:
        terms, buyer, record = Terms.from_args(act.args["terms"]), act.args["buyer"], act.args["recordId"]
        act.new(idx_tender, act.number)
        if self._whole:
            act.must("id", f"0x{self._tenders + 1:064x}")
        row = act.rows.get(idx_procedure, terms.procedure, terms.procedure_version)
        caller = act.caller()
        check_publish(
            caller, from_hex(record), terms, len(act.text()), recorded=int((buyer, record) in self._records),
            procedure=None if row is None else procedure_in(row), retired=row is not None and bool(row["retired"]),
            keyset=act.keyset(terms.keyset_id), keyset_dependent=act.dependent_seat(terms.keyset_id, buyer),
            review_body_fits=act.review_body_fits(buyer, terms), now=act.now, panel=panel_of(act, terms, from_hex(buyer)),
            signing=act.signing,
        )  # fmt: skip
        act.must("buyer", to_hex(caller.person.member))
        act.hashed("termsHash", terms_hash(terms, act.text()))
        self._records.add((buyer, record))
        self._tenders = act.number

    def _asked(self, act: Act) -> None:
        facts, procedure = act.tender()
        asker, is_desk = _asker(act, facts)
        tag = (act.number, DESKS if is_desk else asker, act.args["tag"])
        check_ask(
            act.caller(), act.number, facts, procedure, from_hex(act.args["tag"]), len(act.text()), asked=self._tags.get(tag, 0),
            questions=self._questions[act.number, asker], desks=self._questions[act.number, DESKS], clock=act.clock,
        )  # fmt: skip
        act.must("question", facts.questions + 1)
        act.must("supplier", to_hex(asker))
        self._tags[tag] = facts.questions + 1
        self._questions[act.number, asker] += 1
        if is_desk:
            self._questions[act.number, DESKS] += 1

    def _disclosed(self, act: Act) -> None:
        facts, procedure = act.tender()
        number, supplier, salt = (
            act.args["question"],
            from_hex(act.args["supplier"]),
            from_hex(act.args["salt"]),
        )
        question = act.rows.get(idx_question, act.number, number)
        tag = to_hex(asker_tag(self._book.chain_id, act.event.address, act.number, supplier, salt))
        is_supplier = act.rows.get(idx_supplier, act.args["supplier"]) is not None
        check_disclose_asker(
            act.caller(), act.number, facts, procedure, number,
            is_known=question is not None and question["disclosed_at"] is not None,
            fits=self._tags.get((act.number, DESKS, tag), 0) == number and is_supplier, clock=act.clock,
        )  # fmt: skip
        act.must("by", to_hex(_asker(act, facts)[0]))

    def _noted(self, act: Act) -> None:
        facts = act.tender()[0]
        member, record = act.args["member"], act.args["recordId"]
        caller = act.caller()
        check_note(
            caller, act.number, facts, from_hex(record), len(act.text()), recorded=int((member, record) in self._records),
            notes=self._notes[act.number, member], now=act.now,
        )  # fmt: skip
        act.must("member", to_hex(caller.person.member))
        act.must("note", self._notes[act.number, ""] + 1)
        self._records.add((member, record))
        self._notes[act.number, member] += 1
        self._notes[act.number, ""] += 1


def _asker(act: Act, facts: TenderFacts) -> tuple[bytes, bool]:
    """The supplier or the desk's member that the sender asks for, and whether it is a desk. Raises TenderBoardRoleMissing."""
    caller = act.caller()
    is_desk = require_asker(caller, facts.buyer, act.now)
    return (caller.person.member if is_desk else act.supplier()), is_desk


def _amended(act: Act) -> None:
    facts, procedure = act.tender()
    terms = Terms.from_args(act.args["terms"])
    check_amend(
        act.caller(), act.number, facts, procedure, facts.terms_hash, terms, act.text(), clock=act.clock,
        panel=panel_of(act, terms, facts.buyer), signing=act.signing,
    )  # fmt: skip
    act.must("termsVersion", facts.terms_version + 1)
    act.hashed("termsHash", terms_hash(terms, act.text()))


def _answered(act: Act) -> None:
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
        clock=act.clock,
    )
    act.must("deadline", answered_deadline(facts, procedure, act.clock))


def _cancelled(act: Act) -> None:
    facts, procedure = act.tender()
    args, lot = act.args, act.args["lot"]
    row = act.rows.get(idx_lot, act.number, lot)
    failed = row is not None and lot_facts_from(row["facts"]).failure is not LotFailure.NONE
    check_cancel(
        act.caller(), act.number, facts, procedure, lot, args["reason"], from_hex(args["documentHash"]),
        own=cancellation_of(act, lot), lot_failed=failed, clock=act.clock, signing=act.signing,
    )  # fmt: skip
    waits = needs_consent(facts, procedure, act.clock)
    act.must("cancelsAt", 0 if waits else clock_of(facts, act.clock).time + procedure.cancel_window)


def _consented(act: Act) -> None:
    facts, procedure = act.tender()
    lot = act.args["lot"]
    check_consent(
        act.caller(), act.number, facts, procedure, lot, from_hex(act.args["documentHash"]), own=cancellation_of(act, lot),
        independent=is_independent(act, facts), clock=act.clock,
    )  # fmt: skip
    act.must("cancelsAt", clock_of(facts, act.clock).time + procedure.cancel_window)


def _review_body_replaced(act: Act) -> None:
    """That the authority did it is judged with the resolutions."""
    facts, procedure = act.tender()
    body = from_hex(act.args["reviewBody"])
    active = is_active(act.member(act.args["reviewBody"]), Kind.REVIEW_BODY, act.now)
    fits = active and independent(body, facts.buyer, act.superiors())
    check_replace_review_body(
        act.sender, True, act.number, facts, procedure, body, fits=fits, clock=act.clock
    )


def _admitted(act: Act) -> None:
    act.new(idx_member, act.args["member"])
    act.must("member", to_hex(member_id(act.args["orgId"])))


def _of_member(act: Act) -> None:
    act.known(idx_member, act.args["member"])


def _person_added(act: Act) -> None:
    _of_member(act)
    if act.whole:
        act.new(idx_person, act.args["account"])


def _of_person(act: Act) -> None:
    act.must("member", act.known(idx_person, act.args["account"])["member"])


def _rotated(act: Act) -> None:
    _of_person(act)
    if act.whole:
        act.new(idx_person, act.args["successor"])


def _of_supplier(act: Act) -> None:
    supplier = act.known(idx_supplier, act.args["id"])
    if "version" in act.args:
        act.must("version", supplier["version"] + 1)


def _debarred(act: Act) -> None:
    """Who may order it is judged with the resolutions: the authority may, too."""
    supplier, args = act.known(idx_supplier, act.args["id"]), act.args
    document = from_hex(args["documentHash"])
    check_debar(
        act.sender, True, from_hex(args["id"]), supplier_facts(supplier), args["until"], document, act.now
    )


def _lifted(act: Act) -> None:
    """As for the debarment itself."""
    supplier, args = act.known(idx_supplier, act.args["id"]), act.args
    document = from_hex(args["documentHash"])
    check_lift_debarment(act.sender, True, from_hex(args["id"]), supplier_facts(supplier), document, act.now)


def _enrolled(act: Act) -> None:
    """The registrar's member is no part of what explains one tender."""
    account = act.args["account"]
    taken = any(act.rows.get(table, account) is not None for table in (idx_account, idx_citizen, idx_person))
    check_enrol_citizen(act.sender, act.has(Role.REGISTRAR) or not act.whole, account, taken)


def _adopted(act: Act) -> None:
    code, version = unpadded(act.args["code"]), act.args["version"]
    act.new(idx_procedure, code, version)
    if version != 1:
        act.known(idx_procedure, code, version - 1)
    procedure = Procedure.from_args(act.args["procedure"])
    if (procedure.code, procedure.version) != (code, version):
        raise act.place.refusal(
            "event-ProcedureAdopted:procedure", f"{code} {version}", f"{procedure.code} {procedure.version}"
        )
    if LOST not in act.args["json"] and procedure.text_hash != hashlib.sha256(act.text()).digest():
        raise act.place.refusal(
            "event-ProcedureAdopted:textHash", hashlib.sha256(act.text()).digest(), procedure.text_hash
        )


def _retired(act: Act) -> None:
    act.known(idx_procedure, unpadded(act.args["code"]), act.args["version"])


_TICKING = (
    "AgreementBook",
    "AwardDesk",
    "ComplaintDesk",
    "EvaluationDesk",
    "FourEyes",
    "SupplierRegistry",
    "TenderBoard",
)
"""Contracts whose acts tick before they look at the time."""


def _require_tick(event: Event, rows: MemoryRows, place: Place, is_free: bool) -> None:
    if is_free or event.contract not in _TICKING:
        return
    clock = clock_in(rows.get, event.time)
    if clock.gap and event.time - clock.last_tick >= TICK:
        raise place.refusal(f"event-{event.name}:tick", f"a tick since {event.time - TICK}", clock.last_tick)


def _counted(act: Act) -> None:
    if act.clock.gap or not act.args["gap"]:
        raise act.place.refusal("event-OutagesCounted:gap", "said once, by the constructor", act.args["gap"])
    act.must("start", act.now)


def _ticked(act: Act) -> None:
    clock = act.clock
    act.must("time", act.now)
    if not TICK <= act.now - clock.last_tick <= clock.gap:
        raise act.place.refusal(
            "event-Ticked:time", f"{TICK} to {clock.gap} s after {clock.last_tick}", act.now
        )


def _outage(act: Act) -> None:
    clock = act.clock
    act.must("index", str(len(clock.outages)))
    act.must("end", act.now)
    if not act.whole:  # without the ticks before it
        return
    act.must("start", clock.last_tick)
    if not clock.gap or act.now - clock.last_tick <= clock.gap:
        raise act.place.refusal("event-OutageRecorded:end", f"{clock.gap} s after {clock.last_tick}", act.now)


_CHECKS: dict[str, _Check] = {
    "OutagesCounted": _counted,
    "Ticked": _ticked,
    "OutageRecorded": _outage,
    "MemberAdmitted": _admitted,
    "MemberSectorSet": _of_member,
    "MemberKindsSet": _of_member,
    "MemberSuperiorSet": _of_member,
    "MemberSuspended": _of_member,
    "MemberExpelled": _of_member,
    "MemberRecovered": _of_member,
    "MemberResigned": _of_member,
    "PersonAdded": _person_added,
    "PersonRemoved": _of_person,
    "PersonRotated": _rotated,
    "PersonSuspended": _of_person,
    "SupplierRegistered": lambda act: act.new(idx_supplier, act.args["id"]),
    "SupplierActiveSet": _of_supplier,
    "SupplierAccountsSet": _of_supplier,
    "SupplierOwnersDeclared": _of_supplier,
    "SupplierDebarred": _debarred,
    "SupplierDebarmentLifted": _lifted,
    "CitizenEnrolled": _enrolled,
    "ProcedureAdopted": _adopted,
    "ProcedureRetired": _retired,
    "TenderAmended": _amended,
    "QuestionAnswered": _answered,
    "CancellationProposed": _cancelled,
    "CancellationConsented": _consented,
    "ReviewBodyReplaced": _review_body_replaced,
}


def _nothing(event: Event, tender: Mapping[str, Any] | None) -> Sequence[str]:
    """Texts are judged where rows and releases are made."""
    return ()


def _reduce(event: Event, rows: MemoryRows) -> None:
    """What the event changes, by the index's own reducers."""
    reduce = index.REDUCERS.get(event.contract, {}).get(event.name)
    if reduce is not None:
        reduce(event, rows, _nothing)
