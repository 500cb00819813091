"""chain/audit/lawful.py: an event that the rules do not allow is refused, at its place and by the contract's own name."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from chain.audit import Place
from chain.audit.lawful import Lawful
from chain.errors.audit import AuditRefusal
from chain.procurement.procedure import preset
from chain.rules.deadlines import GRACE
from chain.rules.hashes import asker_tag, documents_hash, member_id, terms_hash
from chain.rules.registry import MAX_DEBARMENT
from chain.types import ZERO32, Event, Kind, Procedure, Role, Terms, from_hex, padded
from tests.unit.sealed_story import FOUNDER, Story, account, events_of, local_committee, member, opener

pytestmark = pytest.mark.unit

START = 1_800_000_000
OFFICER, SUPPLIER, STRANGER, REVIEWER, REGISTRAR, CITIZEN = (f"0x{number:040X}" for number in range(1, 7))
PROCEDURE = preset("sandbox").version(1)
COMMITTEE = local_committee(2, 3)
Args = dict[str, Any]


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


ORDER = f"0x{7:064x}"
BUYER, ACME, REVIEW = (hexed(member_id(name)) for name in ("LICITA-BUYER", "LICITA-ACME", "LICITA-REVIEW"))


def procedure_args(procedure: Procedure) -> Args:
    values = {field.name: getattr(procedure, field.name) for field in fields(procedure)}
    return {**values, "code": hexed(padded(procedure.code, 16)), "text_hash": hexed(procedure.text_hash)}


def terms_args(deadline: int, **other: Any) -> Args:
    return {
        "procedure": hexed(padded("sandbox", 16)), "procedureVersion": 1, "currency": hexed(b"MXN"), "exponent": 2,
        "deadline": deadline, "keysetId": hexed(COMMITTEE.keyset.id), "reviewBody": hexed(ZERO32), "planRef": hexed(ZERO32),
        "documentsHash": hexed(documents_hash([])), "items": 1, "documents": 0, "priceWeightBps": 10_000,
        "setup": {"lots": [{"ceiling": "100", "marketMean": "0"}], "criteria": [], "panel": []}, **other,
    }  # fmt: skip


def with_terms(deadline: int, text: str = '{"title":"x"}', **other: Any) -> Args:
    terms = terms_args(deadline, **other)
    hashed = hexed(terms_hash(Terms.from_args(terms), text.encode()))
    return {"termsHash": hashed, "terms": terms, "json": text}


class Chain:
    """Events in order; ``act`` appends one that the sender caused at a time."""

    def __init__(self, whole: bool = True) -> None:
        self.lawful = Lawful(31337, whole)
        self.count = 0
        self.call: bytes | None = b""
        """What senders sign; None where another contract calls ours."""

    def act(self, sender: str, now: int, contract: str, name: str, /, **args: Any) -> None:
        """What happens at the start is what constructors do."""
        self.count += 1
        founding = now == START and contract in ("MemberRegistry", "ProcedureBook")
        event = Event(contract, name, args, self.count, now, f"0x{self.count:064x}", 0, 0, STRANGER)
        place = Place(self.count, f"items/{self.count}.json#/receipt/logs/0")
        self.lawful.apply(event, sender, place, founding, self.call)

    def committee(self) -> None:
        """The members that open bids, and the keyset that they made."""
        self.lawful.founded_by(FOUNDER)
        for seat in (1, 2, 3):
            id_, name = member(opener(seat)), opener(seat)
            opening = {"name": name, "sector": 0, "kinds": int(Kind.OPENING), "superior": hexed(ZERO32)}
            person = {"account": account(name), "roles": int(Role.OPENER), "mandateEnd": START + 100_000}
            self.act(STRANGER, START, "MemberRegistry", "MemberAdmitted", member=id_, orgId=name, **opening)
            self.act(STRANGER, START, "MemberRegistry", "PersonAdded", member=id_, **person)
        for event, step in events_of(Story().ceremony(START).steps):
            self.lawful.apply(event, step.sender, Place(event.block), step.created, step.call)
        self.count = 1_000

    def book(self, sender: str, now: int, name: str, /, **args: Any) -> None:
        self.act(sender, now, "ProcedureBook", name, **args)

    def board(self, sender: str, now: int, name: str, /, **args: Any) -> None:
        self.act(sender, now, "TenderBoard", name, **{"id": f"0x{1:064x}", **args})


@pytest.fixture
def chain() -> Chain:
    """A buyer with an officer, a supplier, the sandbox procedure."""
    chain = Chain()
    member = {"name": "Buyer", "sector": 0, "kinds": int(Kind.BUYER), "superior": hexed(ZERO32)}
    chain.act(
        STRANGER, START, "MemberRegistry", "MemberAdmitted", member=BUYER, orgId="LICITA-BUYER", **member
    )
    review = {**member, "kinds": int(Kind.REVIEW_BODY)}
    chain.act(
        STRANGER, START, "MemberRegistry", "MemberAdmitted", member=REVIEW, orgId="LICITA-REVIEW", **review
    )
    person = {"account": OFFICER, "roles": int(Role.ADMIN | Role.OFFICER), "mandateEnd": START + 100_000}
    chain.act(STRANGER, START, "MemberRegistry", "PersonAdded", member=BUYER, **person)
    adopted = {"code": hexed(padded("sandbox", 16)), "version": 1, "procedure": procedure_args(PROCEDURE)}
    chain.act(STRANGER, START, "ProcedureBook", "ProcedureAdopted", **adopted, json=preset("sandbox").text)
    registered = {"accounts": [SUPPLIER], "json": "{}"}
    chain.act(STRANGER, START, "SupplierRegistry", "SupplierRegistered", id=ACME, **registered)
    chain.committee()
    return chain


def published(chain: Chain, **edit: Any) -> None:
    args = {"buyer": BUYER, "recordId": f"0x{77:064x}", **with_terms(START + 1_000), **edit}
    chain.board(OFFICER, START, "TenderPublished", **args)


def amend(chain: Chain, **edit: Any) -> None:
    args = {"termsVersion": 2, **with_terms(START + 2_000), **edit}
    chain.board(OFFICER, START + 10, "TenderAmended", **args)


def ask(chain: Chain, sender: str = SUPPLIER, now: int = START + 20, **edit: Any) -> None:
    args = {"question": 1, "supplier": ACME, "tag": f"0x{5:064x}", "json": "{}", **edit}
    chain.board(sender, now, "QuestionAsked", **args)


def answer(chain: Chain, sender: str = OFFICER, now: int = START + 30, **edit: Any) -> None:
    args = {"question": 1, "deadline": START + 2_000, "json": "{}", **edit}
    chain.board(sender, now, "QuestionAnswered", **args)


def cancel(chain: Chain, now: int = START + 40, **edit: Any) -> None:
    cancels_at = now + PROCEDURE.cancel_window
    args = {"lot": 0, "reason": 1, "documentHash": f"0x{9:064x}", "cancelsAt": cancels_at, **edit}
    chain.board(OFFICER, now, "CancellationProposed", **args)


LIFE: list[Callable[[Chain], None]] = [published, amend, ask, answer, cancel]


def test_apply__whole_life_of_a_tender__is_lawful(chain: Chain) -> None:
    for step in LIFE:
        step(chain)


def test_apply__late_answer__moves_the_deadline_as_the_rules_compute(chain: Chain) -> None:
    for step in LIFE[:3]:
        step(chain)
    answer(chain, now=START + 2_500, deadline=START + 2_500 + PROCEDURE.answer_cutoff)
    published_again = with_terms(START + 9_000)
    with pytest.raises(AuditRefusal) as refused:
        chain.board(OFFICER, START + 2_600, "TenderAmended", termsVersion=3, **published_again)
    assert refused.value.rule == "unlawful-TenderBoardClosed"


def test_apply__text_that_is_no_utf_8__is_lawful_since_its_hash_cannot_be_told(chain: Chain) -> None:
    published(chain, termsHash=f"0x{1:064x}", json='{"title":"\ufffd"}')


UNLAWFUL: list[tuple[int, Callable[[Chain], None], str]] = [
    (0, lambda c: published(c, id=f"0x{2:064x}"), "event-TenderPublished:id"),
    (0, lambda c: published(c, buyer=ACME), "event-TenderPublished:buyer"),
    (0, lambda c: published(c, termsHash=f"0x{1:064x}"), "event-TenderPublished:termsHash"),
    (0, lambda c: published(c, json='{"title":"y"}'), "event-TenderPublished:termsHash"),
    (0, lambda c: published(c, recordId=hexed(ZERO32)), "unlawful-TenderBoardHashZero"),
    (0, lambda c: published(c, **with_terms(START + 1)), "unlawful-TenderBoardPeriodInvalid"),
    (0, lambda c: published(c, **with_terms(START + 400 * 86_400)), "unlawful-TenderBoardPeriodInvalid"),
    (0, lambda c: published(c, **with_terms(START + 900, priceWeightBps=1)), "unlawful-TenderBoardWeightsInvalid"),
    (0, lambda c: published(c, **with_terms(START + 900, procedureVersion=2)), "unlawful-ProcedureBookNotFound"),
    (0, lambda c: published(c, **with_terms(START + 900, reviewBody=BUYER)), "unlawful-TenderBoardReviewBodyInvalid"),
    (0, lambda c: published(c, **with_terms(START + 900) | {"json": ""}), "unlawful-TenderBoardJsonLength"),
    (0, amend, "event-TenderAmended:unknown"),
    (0, ask, "event-QuestionAsked:unknown"),
    (1, published, "event-TenderPublished:known"),
    (1, lambda c: published(c, id=f"0x{2:064x}"), "unlawful-TenderBoardAlreadyRecorded"),
    (1, lambda c: amend(c, termsVersion=3), "event-TenderAmended:termsVersion"),
    (1, lambda c: amend(c, termsHash=f"0x{1:064x}"), "event-TenderAmended:termsHash"),
    (1, lambda c: amend(c, **with_terms(START + 999)), "unlawful-TenderBoardDeadlineEarlier"),
    (1, lambda c: amend(c, **with_terms(START + 2_000, exponent=0)), "unlawful-TenderBoardFieldFrozen"),
    (1, lambda c: amend(c, **with_terms(START + 2_000, currency=hexed(b"USD"))), "unlawful-TenderBoardFieldFrozen"),
    (1, lambda c: amend(c, **with_terms(START + 2_000, reviewBody=REVIEW)), "unlawful-TenderBoardFieldFrozen"),
    (2, lambda c: amend(c, termsVersion=3), "unlawful-TenderBoardUnchanged"),
    (2, lambda c: ask(c, question=2), "event-QuestionAsked:question"),
    (2, lambda c: ask(c, supplier=hexed(ZERO32)), "event-QuestionAsked:supplier"),
    (2, lambda c: ask(c, sender=OFFICER), "unlawful-TenderBoardRoleMissing"),
    (2, lambda c: ask(c, now=START + 2_000 - PROCEDURE.enquiry_cutoff), "unlawful-TenderBoardEnquiriesClosed"),
    (2, lambda c: ask(c, json="x" * 5_000), "unlawful-TenderBoardJsonLength"),
    (3, lambda c: ask(c, question=2), "unlawful-TenderBoardAlreadyRecorded"),
    (3, lambda c: answer(c, sender=SUPPLIER), "unlawful-TenderBoardRoleMissing"),
    (3, lambda c: answer(c, question=2), "unlawful-TenderBoardQuestionNotFound"),
    (3, lambda c: answer(c, deadline=START + 2_001), "event-QuestionAnswered:deadline"),
    (4, answer, "unlawful-TenderBoardQuestionAnswered"),
    (4, lambda c: cancel(c, cancelsAt=START + 40), "event-CancellationProposed:cancelsAt"),
    (4, lambda c: cancel(c, lot=2), "unlawful-TenderBoardLotNotFound"),
    (4, lambda c: cancel(c, reason=9), "unlawful-TenderBoardReasonInvalid"),
    (4, lambda c: cancel(c, now=START + 3_000), "unlawful-TenderBoardStatusWrong"),
    (5, cancel, "unlawful-TenderBoardStatusWrong"),
]  # fmt: skip


DESK, DESK_CALLER, AUDIT, AUDITOR = (
    hexed(member_id("LICITA-DESK")),
    f"0x{5:040X}",
    hexed(member_id("LICITA-AUDIT")),
    f"0x{6:040X}",
)
SALT = f"0x{88:064x}"


def tag(salt: str = SALT) -> str:
    """Acme's; the events of these tests come from the address that ``Chain.act`` gives."""
    return hexed(asker_tag(31337, STRANGER, 1, from_hex(ACME), from_hex(salt)))


def desk(chain: Chain) -> None:
    """An enquiry desk and an audit office."""
    for id_, name, kind, account_, role in (
        (DESK, "LICITA-DESK", Kind.REGISTRAR, DESK_CALLER, Role.REGISTRAR),
        (AUDIT, "LICITA-AUDIT", Kind.AUDIT_OFFICE, AUDITOR, Role.AUDITOR),
    ):
        plain = {"name": name, "sector": 0, "kinds": int(kind), "superior": hexed(ZERO32)}
        chain.act(STRANGER, START, "MemberRegistry", "MemberAdmitted", member=id_, orgId=name, **plain)
        person = {"account": account_, "roles": int(role), "mandateEnd": START + 100_000}
        chain.act(STRANGER, START, "MemberRegistry", "PersonAdded", member=id_, **person)


def hidden(chain: Chain, **edit: Any) -> None:
    args = {"sender": DESK_CALLER, "supplier": DESK, "tag": tag(), **edit}
    ask(chain, **args)


def disclose(chain: Chain, sender: str = DESK_CALLER, now: int = START + 2_000, **edit: Any) -> None:
    args = {"question": 1, "supplier": ACME, "salt": SALT, "by": DESK, **edit}
    chain.board(sender, now, "AskerDisclosed", **args)


def note(chain: Chain, sender: str = AUDITOR, **edit: Any) -> None:
    args = {"note": 1, "member": AUDIT, "recordId": f"0x{70:064x}", "json": "{}", **edit}
    chain.board(sender, START + 3_000, "NoteRecorded", **args)


HIDDEN: list[Callable[[Chain], None]] = [desk, published, amend, hidden, answer, disclose, note]


def test_apply__hidden_asker_and_note__are_lawful(chain: Chain) -> None:
    for step in HIDDEN:
        step(chain)
    note(chain, note=2, recordId=f"0x{71:064x}")


def test_apply__desk_and_auditor_through_another_contract__are_found_by_their_events(chain: Chain) -> None:
    """Who acted is the registrar of the desk, the supplier that discloses, the auditor; that none of them signed is told."""
    for step in HIDDEN[:3]:
        step(chain)
    chain.call = None
    for act in (
        lambda c: hidden(c, sender=STRANGER),
        answer,
        lambda c: disclose(c, sender=STRANGER, by=ACME),
        note,
    ):
        act(chain)
    told = [text.split(" came through")[0].split(": ")[-1] for text in chain.lawful.indirect()]
    assert told == [
        "QuestionAsked by a person of LICITA-DESK",
        "QuestionAnswered by a person of LICITA-BUYER",
        f"AskerDisclosed by an account of supplier {ACME}",
        "NoteRecorded by a person of LICITA-AUDIT",
    ]


UNLAWFUL_HIDDEN: list[tuple[int, Callable[[Chain], None], str]] = [
    (3, lambda c: hidden(c, supplier=ACME), "event-QuestionAsked:supplier"),
    (3, lambda c: hidden(c, sender=AUDITOR), "unlawful-TenderBoardRoleMissing"),
    (4, lambda c: hidden(c, question=2), "unlawful-TenderBoardAlreadyRecorded"),
    (4, lambda c: disclose(c, now=START + 1_999), "unlawful-TenderBoardAskerHidden"),
    (4, disclose, "unlawful-TenderBoardAskerHidden"),
    (5, lambda c: disclose(c, question=2), "unlawful-TenderBoardQuestionNotFound"),
    (5, lambda c: disclose(c, sender=OFFICER), "unlawful-TenderBoardRoleMissing"),
    (5, lambda c: disclose(c, salt=f"0x{89:064x}"), "unlawful-TenderBoardAskerMismatch"),
    (5, lambda c: disclose(c, supplier=DESK), "unlawful-TenderBoardAskerMismatch"),
    (5, lambda c: disclose(c, by=ACME), "event-AskerDisclosed:by"),
    (5, lambda c: disclose(c, sender=SUPPLIER), "event-AskerDisclosed:by"),
    (6, disclose, "unlawful-TenderBoardAskerKnown"),
    (6, lambda c: note(c, sender=OFFICER), "unlawful-TenderBoardRoleMissing"),
    (6, lambda c: note(c, member=BUYER), "event-NoteRecorded:member"),
    (6, lambda c: note(c, note=2), "event-NoteRecorded:note"),
    (6, lambda c: note(c, recordId=hexed(ZERO32)), "unlawful-TenderBoardHashZero"),
    (6, lambda c: note(c, json="x" * 4_097), "unlawful-TenderBoardJsonLength"),
    (7, lambda c: note(c, note=2), "unlawful-TenderBoardAlreadyRecorded"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "step", "rule"), UNLAWFUL_HIDDEN)
def test_apply__hidden_asker_or_note_against_the_rules__is_refused(
    chain: Chain, steps: int, step: Callable[[Chain], None], rule: str
) -> None:
    for earlier in HIDDEN[:steps]:
        earlier(chain)
    with pytest.raises(AuditRefusal) as refused:
        step(chain)
    assert refused.value.rule == rule


@pytest.mark.parametrize(("steps", "step", "rule"), UNLAWFUL)
def test_apply__act_that_the_rules_do_not_allow__is_refused_at_its_place(
    chain: Chain, steps: int, step: Callable[[Chain], None], rule: str
) -> None:
    for earlier in LIFE[:steps]:
        earlier(chain)
    with pytest.raises(AuditRefusal) as refused:
        step(chain)
    assert (refused.value.rule, refused.value.block) == (rule, chain.count)
    assert refused.value.place == f"items/{chain.count}.json#/receipt/logs/0"


def test_apply__act_of_someone_without_the_role__is_refused(chain: Chain) -> None:
    args = {"buyer": BUYER, "recordId": f"0x{77:064x}", **with_terms(START + 1_000)}
    for sender, now in ((STRANGER, START), (SUPPLIER, START), (OFFICER, START + 100_000)):
        terms = with_terms(now + 1_000)
        with pytest.raises(AuditRefusal) as refused:
            chain.board(sender, now, "TenderPublished", **{**args, **terms})
        assert refused.value.rule == "unlawful-TenderBoardRoleMissing"


REGISTRY: list[tuple[str, str, Args, str]] = [
    ("MemberRegistry", "MemberAdmitted", {"member": BUYER, "orgId": "LICITA-BUYER"}, "event-MemberAdmitted:known"),
    ("MemberRegistry", "MemberAdmitted", {"member": ACME, "orgId": "LICITA-OTHER"}, "event-MemberAdmitted:member"),
    ("MemberRegistry", "MemberExpelled", {"member": ACME}, "event-MemberExpelled:unknown"),
    ("MemberRegistry", "MemberKindsSet", {"member": ACME, "kinds": 1}, "event-MemberKindsSet:unknown"),
    ("MemberRegistry", "PersonAdded", {"member": ACME, "account": STRANGER}, "event-PersonAdded:unknown"),
    ("MemberRegistry", "PersonAdded", {"member": BUYER, "account": OFFICER}, "event-PersonAdded:known"),
    ("MemberRegistry", "PersonRemoved", {"member": BUYER, "account": STRANGER}, "event-PersonRemoved:unknown"),
    ("MemberRegistry", "PersonRemoved", {"member": ACME, "account": OFFICER}, "event-PersonRemoved:member"),
    ("SupplierRegistry", "SupplierRegistered", {"id": ACME}, "event-SupplierRegistered:known"),
    ("SupplierRegistry", "SupplierActiveSet", {"id": BUYER, "active": True}, "event-SupplierActiveSet:unknown"),
    ("SupplierRegistry", "SupplierAccountsSet", {"id": ACME, "version": 3}, "event-SupplierAccountsSet:version"),
    ("SupplierRegistry", "SupplierOwnersDeclared", {"id": ACME, "version": 1}, "event-SupplierOwnersDeclared:version"),
    ("SupplierRegistry", "SupplierDebarred", {"id": BUYER, "until": START + 1, "documentHash": ORDER}, "event-SupplierDebarred:unknown"),
    ("SupplierRegistry", "SupplierDebarmentLifted", {"id": BUYER, "documentHash": ORDER}, "event-SupplierDebarmentLifted:unknown"),
    ("SupplierRegistry", "CitizenEnrolled", {"account": STRANGER}, "unlawful-SupplierRegistryRoleMissing"),
    ("ProcedureBook", "ProcedureRetired", {"code": hexed(padded("x", 16)), "version": 1}, "event-ProcedureRetired:unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("contract", "name", "args", "rule"), REGISTRY)
def test_apply__registry_event_that_does_not_follow__is_refused(
    chain: Chain, contract: str, name: str, args: Args, rule: str
) -> None:
    with pytest.raises(AuditRefusal) as refused:
        chain.act(STRANGER, START, contract, name, **copy.deepcopy(args))
    assert refused.value.rule == rule


def debar(chain: Chain, now: int, sender: str = REVIEWER, **edit: Any) -> None:
    args = {"id": ACME, "until": now + 10, "documentHash": ORDER, **edit}
    chain.act(sender, now, "SupplierRegistry", "SupplierDebarred", **args)
    chain.lawful.close()


def lift(chain: Chain, now: int, sender: str = REVIEWER, **edit: Any) -> None:
    args = {"id": ACME, "documentHash": ORDER, **edit}
    chain.act(sender, now, "SupplierRegistry", "SupplierDebarmentLifted", **args)
    chain.lawful.close()


def enrol(chain: Chain, sender: str = REGISTRAR, citizen: str = CITIZEN) -> None:
    chain.act(sender, START + 1, "SupplierRegistry", "CitizenEnrolled", account=citizen)


@pytest.fixture
def courts(chain: Chain) -> Chain:
    """A reviewer and a registrar besides."""
    office = {"name": "Office", "sector": 0, "kinds": int(Kind.REGISTRAR), "superior": hexed(ZERO32)}
    id_ = hexed(member_id("LICITA-OFFICE"))
    chain.act(
        STRANGER, START, "MemberRegistry", "MemberAdmitted", member=id_, orgId="LICITA-OFFICE", **office
    )
    for member_, account_, role in ((REVIEW, REVIEWER, Role.REVIEWER), (id_, REGISTRAR, Role.REGISTRAR)):
        person = {"account": account_, "roles": int(role), "mandateEnd": START + 100_000}
        chain.act(STRANGER, START, "MemberRegistry", "PersonAdded", member=member_, **person)
    return chain


def test_apply__debarments_and_citizens__are_lawful(courts: Chain) -> None:
    debar(courts, START + 1)
    debar(courts, START + 2, until=START + 5)
    lift(courts, START + 4)
    debar(courts, START + 10, until=START + 10 + MAX_DEBARMENT)
    enrol(courts)


@pytest.mark.parametrize(
    ("act", "rule"),
    [
        (lambda c: debar(c, START + 5, until=START + 20), "unlawful-SupplierRegistryUnchanged"),
        (lambda c: debar(c, START + 5, until=START + 5), "unlawful-SupplierRegistryDebarmentInvalid"),
        (lambda c: debar(c, START + 5, until=START + 6 + MAX_DEBARMENT), "unlawful-SupplierRegistryDebarmentInvalid"),
        (lambda c: debar(c, START + 5, documentHash=hexed(ZERO32)), "unlawful-SupplierRegistryHashZero"),
        (lambda c: debar(c, START + 5, STRANGER), "undecided"),
        (lambda c: debar(c, START + 100_000), "undecided"),
        (lambda c: lift(c, START + 20), "unlawful-SupplierRegistryUnchanged"),
        (lambda c: lift(c, START + 19, REGISTRAR), "undecided"),
        (lambda c: lift(c, START + 19, documentHash=hexed(ZERO32)), "unlawful-SupplierRegistryHashZero"),
        (lambda c: enrol(c, REVIEWER), "unlawful-SupplierRegistryRoleMissing"),
        *((lambda c, who=who: enrol(c, citizen=who), "unlawful-SupplierRegistryAccountTaken") for who in (SUPPLIER, OFFICER)),
        (lambda c: (enrol(c), enrol(c)), "unlawful-SupplierRegistryAccountTaken"),
        (lambda c: enrol(c, citizen="0x" + "00" * 20), "unlawful-SupplierRegistryHashZero"),
    ],
)  # fmt: skip
def test_apply__debarment_or_citizen_that_the_rules_do_not_allow__is_refused(
    courts: Chain, act: Callable[[Chain], None], rule: str
) -> None:
    debar(courts, START + 1, until=START + 20)
    with pytest.raises(AuditRefusal) as refused:
        act(courts)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        ({"version": 1}, "event-ProcedureAdopted:known"),
        ({"version": 3}, "event-ProcedureAdopted:unknown"),
        ({"version": 2}, "event-ProcedureAdopted:procedure"),
        ({"version": 2, "procedure": procedure_args(preset("sandbox").version(2)), "json": "{}"}, "event-ProcedureAdopted:textHash"),
    ],
)  # fmt: skip
def test_apply__procedure_that_does_not_follow__is_refused(chain: Chain, edit: Args, rule: str) -> None:
    text = preset("sandbox").text
    args = {
        "code": hexed(padded("sandbox", 16)),
        "procedure": procedure_args(PROCEDURE),
        "json": text,
        **edit,
    }
    with pytest.raises(AuditRefusal) as refused:
        chain.act(STRANGER, START, "ProcedureBook", "ProcedureAdopted", **args)
    assert refused.value.rule == rule


def test_apply__retired_procedure__takes_no_new_tender(chain: Chain) -> None:
    chain.act(
        STRANGER, START, "ProcedureBook", "ProcedureRetired", code=hexed(padded("sandbox", 16)), version=1
    )
    with pytest.raises(AuditRefusal) as refused:
        published(chain)
    assert refused.value.rule == "unlawful-ProcedureBookRetired"


GAP = 900


@pytest.fixture
def counting(chain: Chain) -> Chain:
    """The same on a network that counts outages."""
    chain.book(STRANGER, START, "OutagesCounted", gap=GAP, start=START)
    return chain


def tick(chain: Chain, now: int, **edit: Any) -> None:
    chain.book(STRANGER, now, "Ticked", **{"time": now, **edit})


def outage(chain: Chain, now: int, **edit: Any) -> None:
    chain.book(STRANGER, now, "OutageRecorded", **{"index": "0", "start": START, "end": now, **edit})


def test_apply__outage__lengthens_the_ends_that_it_fell_into(counting: Chain) -> None:
    """The deadline was 1,000: an hour is left after the outage over it, and an act needs its tick."""
    published(counting)
    tick(counting, START + 60)
    outage(counting, START + 2_000, start=START + 60)
    end, terms = START + 2_000 + GRACE, with_terms(START + 9_000)
    with pytest.raises(AuditRefusal) as refused:
        counting.board(OFFICER, end - 1, "TenderAmended", termsVersion=2, **terms)
    assert refused.value.rule == "event-TenderAmended:tick"
    for now in range(START + 2_900, end, GAP):
        tick(counting, now)
    tick(counting, end - 1)
    with pytest.raises(AuditRefusal) as refused:
        counting.board(OFFICER, end, "TenderAmended", termsVersion=2, **terms)
    assert refused.value.rule == "unlawful-TenderBoardClosed"
    counting.board(OFFICER, end - 1, "TenderAmended", termsVersion=2, **terms)


UNTICKED: list[tuple[Callable[[Chain], None], str]] = [
    (lambda c: c.book(STRANGER, START, "OutagesCounted", gap=GAP, start=START), "event-OutagesCounted:gap"),
    (lambda c: tick(c, START + 59), "event-Ticked:time"),
    (lambda c: tick(c, START + GAP + 1), "event-Ticked:time"),
    (lambda c: tick(c, START + 60, time=START + 61), "event-Ticked:time"),
    (lambda c: outage(c, START + GAP), "event-OutageRecorded:end"),
    (lambda c: outage(c, START + GAP + 1, index="1"), "event-OutageRecorded:index"),
    (lambda c: outage(c, START + GAP + 1, end=START + GAP), "event-OutageRecorded:end"),
    (lambda c: outage(c, START + GAP + 1, start=START - 1), "event-OutageRecorded:start"),
    (lambda c: registered(c, START + 60), "event-SupplierRegistered:tick"),
]  # fmt: skip


def registered(chain: Chain, now: int) -> None:
    args = {"id": BUYER, "accounts": [STRANGER], "json": "{}"}
    chain.act(STRANGER, now, "SupplierRegistry", "SupplierRegistered", **args)


@pytest.mark.parametrize(("step", "rule"), UNTICKED)
def test_apply__tick_that_the_time_does_not_allow__is_refused(
    counting: Chain, step: Callable[[Chain], None], rule: str
) -> None:
    with pytest.raises(AuditRefusal) as refused:
        step(counting)
    assert refused.value.rule == rule


def test_apply__outage_where_none_is_counted__is_refused(chain: Chain) -> None:
    with pytest.raises(AuditRefusal) as refused:
        outage(chain, START + GAP + 1, start=0)
    assert refused.value.rule == "event-OutageRecorded:end"


def test_apply__part_of_a_chain__needs_no_ticks_and_takes_what_was_recorded() -> None:
    part = Chain(whole=False)
    part.book(STRANGER, START, "OutagesCounted", gap=2**32 - 1, start=START)
    outage(part, START + 5_000, start=START + 60)
    registered(part, START + 9_000)
