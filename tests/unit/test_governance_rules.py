"""chain/rules/consultation.py, members.py and applications.py: each refusal with its facts, the first of several in the contract's order.

That they equal the contracts is the matter of tests/invariants/test_council_rules.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.errors import contracts as refused
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts
from chain.rules.applications import (
    MAX_CODES,
    MAX_TEXT,
    ApplicationFacts,
    application_status,
    check_findings,
    check_submit,
)
from chain.rules.consultation import (
    MAX_BATCH,
    MAX_COMMENTS,
    check_anchor,
    check_comment,
    check_hide,
    check_report,
    organisation_of,
)
from chain.rules.members import (
    MAX_MANDATE,
    check_add_person,
    check_remove_person,
    check_resign,
    check_rotate_person,
)
from chain.types import ZERO32, ApplicationStatus, Kind, ProposalState, Role, moment
from tests.unit.order import require_order

pytestmark = pytest.mark.unit

NOW, DAY = 1_800_000_000, 86_400
MEMBER, OTHER, SUPPLIER, RECORD, TEXT = (bytes([number]) * 32 for number in range(1, 6))
HEX = "0x" + MEMBER.hex()
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SECOND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
NOBODY = "0x" + "00" * 20
S, A = ProposalState, ApplicationStatus


def person(role: Role, kind: Kind, member: bytes = MEMBER, **changes: Any) -> Caller:
    facts = PersonFacts(member, int(role), NOW + DAY)
    return Caller(ADDRESS, replace(facts, **changes), MemberFacts(0, int(kind), 0, 0, True))


STRANGER = Caller(ADDRESS)
ADMIN, BUYER = person(Role.ADMIN, Kind.BUYER), person(Role.OFFICER, Kind.BUYER)


# Consultation


@pytest.mark.parametrize(
    ("caller", "supplier", "expected"),
    [
        (STRANGER, ZERO32, ZERO32),
        (BUYER, ZERO32, MEMBER),
        (
            person(Role.OFFICER, Kind.COUNCIL),
            ZERO32,
            ZERO32,
        ),  # a role without the kind it needs does not count
        (person(Role.OFFICER, Kind.BUYER, mandate_end=NOW), ZERO32, ZERO32),
        (person(Role.OFFICER, Kind.BUYER, suspended_until=NOW + 1), ZERO32, ZERO32),
        (replace(BUYER, member=replace(BUYER.member, left=True)), ZERO32, ZERO32),
        (Caller(ADDRESS, supplier=SupplierFacts(True, True)), SUPPLIER, SUPPLIER),
        (Caller(ADDRESS, supplier=SupplierFacts(True, False)), SUPPLIER, ZERO32),
    ],
)
def test_organisation__of_an_account__is_what_counts_now(
    caller: Caller, supplier: bytes, expected: bytes
) -> None:
    assert organisation_of(caller, supplier, NOW) == expected


def test_comment__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {
        "caller": STRANGER, "organisation": ZERO32, "proposal": 7, "state": None, "record": ZERO32, "text_hash": ZERO32, "recorded": 3,
        "comments": MAX_COMMENTS,
    }  # fmt: skip
    require_order(check_comment, wrong, [
        (refused.ConsultationNotFound(7), {"state": S.ACTIVE}),
        (refused.ConsultationRoleMissing("PERSON", ADDRESS), {"organisation": MEMBER}),
        (refused.ConsultationAlreadyRecorded("0x" + ZERO32.hex(), 3), {"recorded": 0}),
        (refused.ConsultationStatusWrong(7, S.ACTIVE), {"state": S.PENDING}),
        (refused.ConsultationCommentsFull(7, MAX_COMMENTS), {"comments": MAX_COMMENTS - 1}),
        (refused.ConsultationHashZero("recordId"), {"record": RECORD}),
        (refused.ConsultationHashZero("textHash"), {"text_hash": TEXT}),
    ])  # fmt: skip


def test_anchor__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {
        "caller": person(Role.OPERATOR, Kind.COUNCIL), "proposal": 7, "state": None, "expected": 1, "root": ZERO32, "comments": 0,
        "batches": 2, "now": NOW,
    }  # fmt: skip
    require_order(check_anchor, wrong, [
        (refused.ConsultationNotFound(7), {"state": S.SUCCEEDED}),
        (refused.ConsultationRoleMissing("OPERATOR", ADDRESS), {"caller": person(Role.OPERATOR, Kind.OPERATOR)}),
        (refused.ConsultationVersionWrong(2, 1), {"expected": 2}),
        (refused.ConsultationStatusWrong(7, S.SUCCEEDED), {"state": S.ACTIVE}),
        (refused.ConsultationHashZero("root"), {"root": TEXT}),
        (refused.ConsultationBatchInvalid(MAX_BATCH, 0), {"comments": MAX_BATCH + 1}),
        (refused.ConsultationBatchInvalid(MAX_BATCH, MAX_BATCH + 1), {"comments": MAX_BATCH}),
    ])  # fmt: skip


def test_report__several_rules_broken__the_first_in_order_is_named() -> None:
    delegate = person(Role.DELEGATE, Kind.COUNCIL)
    wrong = {
        "caller": person(Role.DELEGATE, Kind.COUNCIL, OTHER), "proposal": 7, "state": None, "proposer": MEMBER, "report_hash": ZERO32,
        "reported": True, "now": NOW,
    }  # fmt: skip
    require_order(check_report, wrong, [
        (refused.ConsultationNotFound(7), {"state": S.PENDING}),
        (refused.ConsultationRoleMissing("PROPOSER", ADDRESS), {"caller": person(Role.ADMIN, Kind.COUNCIL)}),
        (refused.ConsultationRoleMissing("PROPOSER", ADDRESS), {"caller": delegate}),
        (refused.ConsultationReported(7), {"reported": False}),
        (refused.ConsultationStatusWrong(7, S.PENDING), {"state": S.QUEUED}),
        (refused.ConsultationStatusWrong(7, S.QUEUED), {"state": S.ACTIVE}),
        (refused.ConsultationHashZero("reportHash"), {"report_hash": TEXT, "state": S.SUCCEEDED}),
    ])  # fmt: skip


def test_hide__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {
        "caller": person(Role.AUDITOR, Kind.BUYER), "proposal": 7, "state": None, "text_hash": ZERO32, "reason_hash": ZERO32,
        "hidden": True, "now": NOW,
    }  # fmt: skip
    require_order(check_hide, wrong, [
        (refused.ConsultationNotFound(7), {"state": S.EXECUTED}),
        (refused.ConsultationRoleMissing("AUDITOR", ADDRESS), {"caller": person(Role.AUDITOR, Kind.AUDIT_OFFICE)}),
        (refused.ConsultationUnchanged("hidden"), {"hidden": False}),
        (refused.ConsultationHashZero("textHash"), {"text_hash": TEXT}),
        (refused.ConsultationHashZero("reasonHash"), {"reason_hash": TEXT}),
    ])  # fmt: skip


@pytest.mark.parametrize("state", S)
def test_consultation__in_each_state__takes_what_it_takes(state: S) -> None:
    def takes(check: Any, *args: Any, **named: Any) -> bool:
        try:
            check(*args, **named)
        except refused.ConsultationStatusWrong as error:
            assert error.facts == refused.ConsultationStatusWrong(7, state).facts
            return False
        return True

    operator, delegate = person(Role.OPERATOR, Kind.OPERATOR), person(Role.DELEGATE, Kind.COUNCIL)
    comments = takes(check_comment, BUYER, MEMBER, 7, state, RECORD, TEXT, recorded=0, comments=0)
    batches = takes(check_anchor, operator, 7, state, 0, TEXT, 1, batches=0, now=NOW)
    reports = takes(check_report, delegate, 7, state, MEMBER, TEXT, reported=False, now=NOW)
    assert comments is (state is S.PENDING)
    assert batches is (state in (S.PENDING, S.ACTIVE, S.CANCELED))
    assert reports is (state in (S.ACTIVE, S.SUCCEEDED))


# People of members

ALL = int(~Role(0))


def test_add_person__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {"caller": BUYER, "account": NOBODY, "roles": 0, "mandate_end": NOW, "taken": True, "now": NOW}
    longest = NOW + MAX_MANDATE
    require_order(check_add_person, wrong, [
        (refused.MemberRegistryRoleMissing("ADMIN", ADDRESS), {"caller": ADMIN}),
        (refused.MemberRegistryAccountTaken(NOBODY), {"taken": False}),
        (refused.MemberRegistryHashZero("account"), {"account": SECOND}),
        (refused.MemberRegistryRolesInvalid(ALL, 0), {"roles": ALL + 1}),
        (refused.MemberRegistryRolesInvalid(ALL, ALL + 1), {"roles": ALL}),
        (refused.MemberRegistryMandateInvalid(NOW, longest, NOW), {"mandate_end": longest + 1}),
        (refused.MemberRegistryMandateInvalid(NOW, longest, longest + 1), {"mandate_end": longest}),
    ])  # fmt: skip
    check_add_person(ADMIN, SECOND, 1, NOW + 1, taken=False, now=NOW)


def test_remove_person__several_rules_broken__the_first_in_order_is_named() -> None:
    suspended = PersonFacts(MEMBER, 1, NOW + DAY, NOW + 1)
    wrong = {"caller": STRANGER, "account": ADDRESS, "person": PersonFacts(OTHER), "now": NOW}
    require_order(check_remove_person, wrong, [
        (refused.MemberRegistryRoleMissing("ADMIN", ADDRESS), {"caller": ADMIN}),
        (refused.MemberRegistryPersonNotFound(ADDRESS), {"person": PersonFacts()}),
        (refused.MemberRegistryPersonNotFound(ADDRESS), {"person": suspended}),
        (refused.MemberRegistryPersonSuspended(ADDRESS, moment(NOW + 1)), {"person": replace(suspended, suspended_until=NOW)}),
        (refused.MemberRegistryLastAdmin(HEX), {"account": SECOND}),
    ])  # fmt: skip


def test_rotate_person__several_rules_broken__the_first_in_order_is_named() -> None:
    suspended = PersonFacts(MEMBER, 1, NOW + DAY, NOW + 1)
    wrong = {
        "caller": person(Role.ADMIN, Kind.BUYER, recoveries=1), "account": ADDRESS, "person": PersonFacts(OTHER), "successor": NOBODY,
        "taken": True, "now": NOW,
    }  # fmt: skip
    require_order(check_rotate_person, wrong, [
        (refused.MemberRegistryRoleMissing("ADMIN", ADDRESS), {"caller": ADMIN}),
        (refused.MemberRegistryPersonNotFound(ADDRESS), {"person": suspended}),
        (refused.MemberRegistryPersonSuspended(ADDRESS, moment(NOW + 1)), {"person": replace(suspended, suspended_until=NOW)}),
        (refused.MemberRegistryAccountTaken(NOBODY), {"taken": False}),
        (refused.MemberRegistryHashZero("account"), {"successor": SECOND}),
    ])  # fmt: skip


def test_resign__last_seat_of_its_sector__refused() -> None:
    seats = (2, 2, 1, 2)
    require_order(check_resign, {"caller": BUYER, "seat": 3, "seats": seats, "now": NOW}, [
        (refused.MemberRegistryRoleMissing("ADMIN", ADDRESS), {"caller": ADMIN}),
        (refused.MemberRegistryLastSeat(2), {"seat": 4}),
    ])  # fmt: skip
    check_resign(ADMIN, 0, (1, 1, 1, 1), NOW)


# Applications

CODES = [RECORD, TEXT]
LONG = "é" * (MAX_TEXT // 2) + "x"


def test_submit__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong: dict[str, Any] = {
        "caller": STRANGER, "organisation": ZERO32, "record": ZERO32, "use_case": "", "name": "", "codes": [], "source_hash": ZERO32,
        "contact": OTHER, "recorded": 3, "contact_active": False,
    }  # fmt: skip
    require_order(check_submit, wrong, [
        (refused.ApplicationRegistryRoleMissing("PERSON", ADDRESS), {"organisation": MEMBER}),
        (refused.ApplicationRegistryAlreadyRecorded("0x" + ZERO32.hex(), 3), {"recorded": 0}),
        (refused.ApplicationRegistryHashZero("recordId"), {"record": RECORD}),
        (refused.ApplicationRegistryHashZero("sourceHash"), {"source_hash": TEXT}),
        (refused.ApplicationRegistryHashZero("useCase"), {"use_case": LONG}),
        (refused.ApplicationRegistryTextLength(MAX_TEXT, MAX_TEXT + 1), {"use_case": LONG[1:]}),
        (refused.ApplicationRegistryHashZero("name"), {"name": LONG}),
        (refused.ApplicationRegistryTextLength(MAX_TEXT, MAX_TEXT + 1), {"name": LONG[:-1]}),
        (refused.ApplicationRegistryCodesInvalid(MAX_CODES, 0), {"codes": [bytes([n]) * 32 for n in range(1, 18)]}),
        (refused.ApplicationRegistryCodesInvalid(MAX_CODES, 17), {"codes": CODES[::-1]}),
        (refused.ApplicationRegistryCodesInvalid(MAX_CODES, 2), {"codes": [RECORD, RECORD]}),
        (refused.ApplicationRegistryCodesInvalid(MAX_CODES, 2), {"codes": [ZERO32, RECORD]}),
        (refused.ApplicationRegistryCodesInvalid(MAX_CODES, 2), {"codes": CODES}),
        (refused.ApplicationRegistryContactInvalid("0x" + OTHER.hex()), {"contact_active": True}),
    ])  # fmt: skip


def test_findings__several_rules_broken__the_first_in_order_is_named() -> None:
    sealed = ApplicationFacts(OTHER, 3, NOW + 1)
    wrong: dict[str, Any] = {
        "caller": person(Role.EVALUATOR, Kind.COUNCIL), "number": 7, "facts": None, "checklist": ZERO32, "passed": 3, "failed": 1,
        "reviewed": True, "now": NOW,
    }  # fmt: skip
    reviewer = person(Role.EVALUATOR, Kind.EVALUATION)
    require_order(check_findings, wrong, [
        (refused.ApplicationRegistryNotFound(7), {"facts": replace(sealed, organisation=MEMBER)}),
        (refused.ApplicationRegistryRoleMissing("EVALUATOR", ADDRESS), {"caller": reviewer}),
        (refused.ApplicationRegistryRoleMissing("EVALUATOR", ADDRESS), {"facts": sealed}),  # nobody reviews its own
        (refused.ApplicationRegistryOnlyOnce(7, HEX), {"reviewed": False}),
        (refused.ApplicationRegistryStatusWrong(7, A.SEALED), {"now": NOW + 1}),
        (refused.ApplicationRegistryStatusWrong(7, A.EXPIRED), {"facts": ApplicationFacts(OTHER, 3)}),
        (refused.ApplicationRegistryHashZero("checklistHash"), {"checklist": TEXT}),
        (refused.ApplicationRegistryFindingsInvalid(3, 1), {"passed": 0, "failed": 0}),
        (refused.ApplicationRegistryFindingsInvalid(0, 0), {"passed": 5, "failed": 2}),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "before", "at"),
    [
        (None, A.NONE, A.NONE),
        (ApplicationFacts(OTHER), A.SUBMITTED, A.SUBMITTED),
        (ApplicationFacts(OTHER, 0b0100), A.SUBMITTED, A.SUBMITTED),
        (ApplicationFacts(OTHER, 0b1100), A.REVIEWED, A.REVIEWED),
        (ApplicationFacts(OTHER, 0b1100, NOW), A.SEALED, A.EXPIRED),
        (ApplicationFacts(OTHER, 0b1100, NOW + 5, NOW), A.SUSPENDED, A.SEALED),
        (ApplicationFacts(OTHER, 0b1100, NOW, NOW), A.SUSPENDED, A.EXPIRED),
        (ApplicationFacts(OTHER, 0b1100, refused=True), A.REFUSED, A.REFUSED),
        (ApplicationFacts(OTHER, 0b1100, NOW, NOW, revoked=True), A.REVOKED, A.REVOKED),
        (ApplicationFacts(OTHER, 0b1100, refused=True, revoked=True), A.REVOKED, A.REVOKED),
    ],
)
def test_application_status__a_second_before_and_at_an_end__follows_from_facts_and_time(
    facts: ApplicationFacts | None, before: A, at: A
) -> None:
    assert (application_status(facts, NOW - 1), application_status(facts, NOW)) == (before, at)
