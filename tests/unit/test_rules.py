"""The rules by themselves: canonical JSON, ids and hashes, who may act, status at each edge, terms against text.

That they equal the contracts is the matter of tests/invariants/test_tender_rules.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from eth_abi.abi import encode
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from chain import rules
from chain.artifacts import artifact
from chain.errors import contracts as refused
from chain.errors.base import LicitaError
from chain.errors.chain import CanonicalInvalid
from chain.procurement.procedure import preset
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts
from chain.rules.bids import may_bid
from chain.rules.deadlines import Clock, Outage, Outages, end_of
from chain.rules.openings import KeysetFacts
from chain.rules.tenders import require_asker
from chain.transactions.codec import signature_type
from chain.types import (
    ZERO32,
    Cancellation,
    Criterion,
    Kind,
    LotFacts,
    LotStatus,
    LotTerms,
    MemberStatus,
    Role,
    Setup,
    TenderFacts,
    TenderStatus,
    Terms,
    moment,
)

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
BUYER, BODY, FIRM = b"\x01" * 32, b"\x02" * 32, b"\x06" * 32
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SANDBOX = preset("sandbox").version(1)
DOCUMENT = {
    "id": "1",
    "integrity": [{"scheme": "sha256", "id": "ab" * 32}],
    "bytes": 12,
    "format": "application/pdf",
    "title": "Bases",
}
TENDER: dict[str, Any] = {
    "title": "Cómputo",
    "value": {"currency": "MXN", "amount": 1250000.5},
    "tenderPeriod": {"endDate": "2027-01-16T08:00:00Z"},
    "items": [{"id": "1"}, {"id": "2"}],
    "documents": [DOCUMENT],
    "relatedProcesses": [{"id": "1", "identifier": "ocds-1", "scheme": "ocid", "relationship": ["prior"]}],
}
TERMS = Terms(
    "sandbox", 1, "MXN", 2, NOW + 86_400, ZERO32, ZERO32, hashlib.sha256(b"ocds-1").digest(), rules.documents_hash([DOCUMENT]), 2, 1,
    10_000, Setup((LotTerms(125_000_050),)),
)  # fmt: skip
FACTS = TenderFacts(
    BUYER, b"\x03" * 32, ZERO32, ZERO32, b"\x04" * 32, "sandbox", 1, NOW + 86_400, terms_version=1, questions=0, open_questions=0,
    lots=1, currency="MXN", exponent=2,
)  # fmt: skip
MEMBER = MemberFacts(kinds=int(Kind.BUYER), exists=True)
OFFICER = Caller(ADDRESS, PersonFacts(BUYER, int(Role.OFFICER), NOW + 1), MEMBER)
SUPPLIER = Caller(ADDRESS, supplier=SupplierFacts(exists=True, active=True, version=1, accounts=1))
NOBODY = Caller(ADDRESS)
DESKS_MEMBER = b"\x05" * 32
DESK = Caller(
    ADDRESS, PersonFacts(DESKS_MEMBER, int(Role.REGISTRAR), NOW + 200_000), MemberFacts(kinds=int(Kind.REGISTRAR), exists=True)
)  # fmt: skip
AUDITOR = Caller(
    ADDRESS, PersonFacts(BODY, int(Role.AUDITOR), NOW + 1), MemberFacts(kinds=int(Kind.AUDIT_OFFICE), exists=True)
)  # fmt: skip
INACTIVE = SupplierFacts(exists=True, active=False, version=1, accounts=1)


# Canonical JSON

numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(1e-4, 1e15),
    st.floats(-1e15, -1e-4),
    st.decimals("0.01", "999999999999.99", places=2),
)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=20,
)


def _floats(value: Any) -> Any:
    """The same value for the oracle, which takes no Decimal."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return {key: _floats(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(values)
def test_canonical__any_value__equals_rfc_8785(value: Any) -> None:
    assert rules.canonical(value) == rfc8785.dumps(_floats(value))


def test_canonical__keys_beyond_the_basic_plane__sort_by_utf_16_units() -> None:
    assert rules.canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1250000.50"), b"1250000.5"),
        (Decimal("5.00"), b"5"),
        (1.0, b"1"),
        (-0.0, b"0"),
        ((1, "é"), '[1,"é"]'.encode()),
    ],
)
def test_canonical__number__is_written_shortest(value: Any, text: bytes) -> None:
    assert rules.canonical(value) == text


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": [1, float("nan")]}, "/a/1"),
        ({"a": float("inf")}, "/a"),
        (2**53, ""),
        (-(10**400), ""),
        ([Decimal("1e400")], "/0"),
        ([0.00001], "/0"),
        ([1e300], "/0"),
        ([Decimal("0.1234567890123456789")], "/0"),
        ([Decimal("NaN")], "/0"),
        ({1: 2}, ""),
        ({"a": b"x"}, "/a"),
        ({"a": {1, 2}}, "/a"),
        ("\ud800", ""),
    ],
)
def test_canonical__without_a_form__raises_canonical_invalid_with_the_pointer(
    value: Any, pointer: str
) -> None:
    with pytest.raises(CanonicalInvalid) as caught:
        rules.canonical(value)
    assert caught.value.pointer == pointer


# Ids and hashes


def test_record_id__as_specified__hashes_version_chain_actor_and_key() -> None:
    words = keccak(b"licita/record/v1") + (31_337).to_bytes(32, "big") + BUYER + keccak(b"key-1")
    assert rules.record_id(31_337, BUYER, "key-1") == keccak(words)


def test_record_id__lifted_address__differs_from_the_members() -> None:
    assert rules.lifted(ADDRESS) == bytes.fromhex("00" * 12 + ADDRESS[2:])
    assert rules.record_id(1, rules.lifted(ADDRESS), "k") != rules.record_id(1, BUYER, "k")


def test_member_id__org_id__is_its_keccak() -> None:
    assert rules.member_id("MX-RFC-GDF9712054NA") == keccak(b"MX-RFC-GDF9712054NA")


def test_tender_id__number__is_32_bytes() -> None:
    assert rules.tender_id(258) == bytes(30) + b"\x01\x02"


def test_abi_types__of_terms_and_setup__are_those_of_the_contract() -> None:
    (publish,) = (entry for entry in artifact("TenderBoard").abi if entry.get("name") == "publish")
    terms = publish["inputs"][1]
    assert signature_type(terms) == rules.TERMS_TYPE
    assert signature_type(terms["components"][-1]) == rules.SETUP_TYPE


def test_terms_hash__terms_and_text__hashes_both() -> None:
    text = rules.canonical(TENDER)
    expected = hashlib.sha256(
        encode([rules.TERMS_TYPE], [TERMS.as_tuple()]) + hashlib.sha256(text).digest()
    ).digest()
    assert rules.terms_hash(TERMS, text) == expected
    assert rules.terms_hash(replace(TERMS, items=3), text) != expected
    assert rules.terms_hash(TERMS, text + b" ") != expected


def test_setup_hash__setup__is_the_keccak_of_its_encoding() -> None:
    setup = Setup((LotTerms(5, 4),), (Criterion("quality", 3_000, 100),), (ADDRESS,))
    assert rules.setup_hash(setup) == keccak(encode([rules.SETUP_TYPE], [setup.as_tuple()]))


def test_documents_hash__none__is_that_of_the_empty_list() -> None:
    assert rules.documents_hash([]) == hashlib.sha256(b"[]").digest()


def test_documents_hash__one__hashes_id_sha256_bytes_and_type_only() -> None:
    text = '[{"bytes":12,"id":"1","sha256":"' + "ab" * 32 + '","type":"application/pdf"}]'
    assert rules.documents_hash([DOCUMENT]) == hashlib.sha256(text.encode()).digest()
    assert rules.documents_hash([{**DOCUMENT, "title": "Otra"}]) == rules.documents_hash([DOCUMENT])


def test_tender_facts__tuple_of_the_contract__is_facts() -> None:
    values = [
        BUYER, b"\x03" * 32, ZERO32, ZERO32, b"\x04" * 32, b"sandbox".ljust(16, b"\0"), 1, NOW + 86_400, 1, 0, 0, 1, 0, False, b"MXN", 2, 0,
        0, 0, 0, False, 0,
    ]  # fmt: skip
    assert rules.tender_facts(values) == FACTS


# Members, people, suppliers


@pytest.mark.parametrize(
    ("member", "status"),
    [
        (MemberFacts(), MemberStatus.NONE),
        (MEMBER, MemberStatus.ACTIVE),
        (replace(MEMBER, suspended_until=NOW + 1), MemberStatus.SUSPENDED),
        (replace(MEMBER, suspended_until=NOW), MemberStatus.ACTIVE),
        (replace(MEMBER, suspended_until=NOW + 1, left=True), MemberStatus.LEFT),
    ],
)
def test_member_status__facts__is_derived_from_time(member: MemberFacts, status: MemberStatus) -> None:
    assert rules.member_status(member, NOW) is status
    assert rules.is_active(member, int(Kind.BUYER), NOW) == (status is MemberStatus.ACTIVE)


@pytest.mark.parametrize("role", list(Role))
def test_may__role__needs_its_kind(role: Role) -> None:
    needs = {
        Role.ADMIN: set(Kind), Role.DELEGATE: {Kind.COUNCIL}, Role.OFFICER: {Kind.BUYER}, Role.APPROVER: {Kind.BUYER},
        Role.OPENER: {Kind.OPENING}, Role.EVALUATOR: {Kind.BUYER, Kind.EVALUATION, Kind.WITNESS}, Role.REVIEWER: {Kind.REVIEW_BODY},
        Role.AUDITOR: {Kind.AUDIT_OFFICE}, Role.OPERATOR: {Kind.OPERATOR}, Role.WITNESS: {Kind.WITNESS},
        Role.REGISTRAR: {Kind.REGISTRAR},
    }  # fmt: skip
    person = PersonFacts(BUYER, int(role), NOW + 1)
    allowed = {kind for kind in Kind if rules.may(person, replace(MEMBER, kinds=int(kind)), int(role), NOW)}
    assert allowed == needs[role]


def test_may__another_role_or_a_mandate_that_is_over__is_false() -> None:
    person = PersonFacts(BUYER, int(Role.OFFICER), NOW + 1)
    assert rules.may(person, MEMBER, int(Role.OFFICER | Role.REGISTRAR), NOW)
    assert not rules.may(person, MEMBER, int(Role.APPROVER), NOW)
    assert not rules.may(person, MEMBER, int(Role.OFFICER), NOW + 1)
    assert not rules.may(person, replace(MEMBER, suspended_until=NOW + 1), int(Role.OFFICER), NOW)


def test_independent__tree_of_members__means_no_common_top() -> None:
    a, b, c, d, e = (bytes([n]) * 32 for n in range(1, 6))
    above = {a: b, c: b, b: ZERO32, d: ZERO32}
    assert not rules.independent(a, a, above)
    assert not rules.independent(a, b, above)
    assert not rules.independent(a, c, above)
    assert rules.independent(a, d, above)
    assert rules.independent(d, e, above)


def test_independent__more_levels_than_are_followed__is_false() -> None:
    chain = [bytes([n]) * 32 for n in range(1, rules.MAX_LEVELS + 3)]
    above = dict(zip(chain, [*chain[1:], ZERO32], strict=True))
    assert not rules.independent(chain[0], b"\xff" * 32, above)
    assert rules.independent(chain[1], b"\xff" * 32, above)


GOOD = SupplierFacts(True, True, 1, 1, NOW - rules.OWNERS_VALID, 0, b"\x05" * 32)


def test_require_eligible__declared_365_days_ago__passes() -> None:
    rules.require_eligible(BUYER, GOOD, NOW)


@pytest.mark.parametrize(
    ("supplier", "name"),
    [
        (SupplierFacts(), "SupplierRegistryNotFound"),
        (replace(GOOD, active=False, debarred_until=NOW + 1), "SupplierRegistryInactive"),
        (replace(GOOD, debarred_until=NOW + 1, owners_at=0), "SupplierRegistryDebarred"),
        (replace(GOOD, owners_at=GOOD.owners_at - 1), "SupplierRegistryOwnersStale"),
        (replace(GOOD, owners_at=0), "SupplierRegistryOwnersStale"),
    ],
)
def test_require_eligible__not__raises_the_first_cause(supplier: SupplierFacts, name: str) -> None:
    with pytest.raises(getattr(refused, name)) as caught:
        rules.require_eligible(BUYER, supplier, NOW)
    assert caught.value.facts["id"] == "0x" + BUYER.hex()


def _never(account: str) -> bool:
    return False


def _always(account: str) -> bool:
    return True


NINE = [f"0x{n:040x}" for n in range(1, 10)]
NOTHING = "0x" + "00" * 20


def debar(may_order: bool, supplier: SupplierFacts, until: int, document: bytes = ZERO32) -> None:
    rules.check_debar(ADDRESS, may_order, BUYER, supplier, until, document, NOW)


def lift(may_order: bool, supplier: SupplierFacts, document: bytes) -> None:
    rules.check_lift_debarment(ADDRESS, may_order, BUYER, supplier, document, NOW)


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (
            lambda: rules.check_register(ADDRESS, False, BUYER, GOOD, [], _never, 0),
            "SupplierRegistryRoleMissing",
        ),
        (lambda: rules.check_register(ADDRESS, True, BUYER, GOOD, NINE, _never, 0), "SupplierRegistryExists"),
        (
            lambda: rules.check_register(ADDRESS, True, BUYER, SupplierFacts(), NINE, _never, 0),
            "SupplierRegistryAccountTaken",
        ),
        (
            lambda: rules.check_register(ADDRESS, True, BUYER, SupplierFacts(), [NINE[0]] * 2, _always, 0),
            "SupplierRegistryAccountTaken",
        ),
        (
            lambda: rules.check_register(
                ADDRESS, True, BUYER, SupplierFacts(), ["0x" + "00" * 20], _always, 0
            ),
            "SupplierRegistryAccountTaken",
        ),
        (
            lambda: rules.check_register(ADDRESS, True, ZERO32, SupplierFacts(), NINE, _always, 0),
            "SupplierRegistryHashZero",
        ),
        (
            lambda: rules.check_register(ADDRESS, True, BUYER, SupplierFacts(), NINE, _always, 4_097),
            "SupplierRegistryJsonLength",
        ),
        (
            lambda: rules.check_register(ADDRESS, True, BUYER, SupplierFacts(), NINE, _always, 1),
            "SupplierRegistryAccountsInvalid",
        ),
        (
            lambda: rules.check_set_active(ADDRESS, False, BUYER, SupplierFacts(), True),
            "SupplierRegistryNotFound",
        ),
        (lambda: rules.check_set_active(ADDRESS, False, BUYER, GOOD, True), "SupplierRegistryRoleMissing"),
        (lambda: rules.check_set_active(ADDRESS, True, BUYER, GOOD, True), "SupplierRegistryUnchanged"),
        (
            lambda: rules.check_set_accounts(ADDRESS, SupplierFacts(), 1, [], _always),
            "SupplierRegistryRoleMissing",
        ),
        (lambda: rules.check_set_accounts(ADDRESS, GOOD, 2, [], _always), "SupplierRegistryVersionWrong"),
        (lambda: rules.check_set_accounts(ADDRESS, GOOD, 1, [], _always), "SupplierRegistryAccountsInvalid"),
        (lambda: rules.check_declare_owners(ADDRESS, GOOD, 0, BUYER), "SupplierRegistryVersionWrong"),
        (lambda: rules.check_declare_owners(ADDRESS, GOOD, 1, ZERO32), "SupplierRegistryHashZero"),
        (lambda: debar(False, SupplierFacts(), 0), "SupplierRegistryNotFound"),
        (lambda: debar(False, GOOD, 0), "SupplierRegistryRoleMissing"),
        (lambda: debar(True, GOOD, 0), "SupplierRegistryUnchanged"),
        (lambda: debar(True, replace(GOOD, debarred_until=NOW + 9), NOW + 9), "SupplierRegistryUnchanged"),
        (lambda: debar(True, GOOD, NOW), "SupplierRegistryHashZero"),
        (lambda: debar(True, GOOD, 1, BODY), "SupplierRegistryDebarmentInvalid"),
        (lambda: debar(True, GOOD, NOW, BODY), "SupplierRegistryDebarmentInvalid"),
        (lambda: debar(True, GOOD, NOW + rules.MAX_DEBARMENT + 1, BODY), "SupplierRegistryDebarmentInvalid"),
        (lambda: lift(False, SupplierFacts(), ZERO32), "SupplierRegistryNotFound"),
        (lambda: lift(False, GOOD, ZERO32), "SupplierRegistryRoleMissing"),
        (lambda: lift(True, GOOD, ZERO32), "SupplierRegistryUnchanged"),
        (lambda: lift(True, replace(GOOD, debarred_until=NOW), BODY), "SupplierRegistryUnchanged"),
        (lambda: lift(True, replace(GOOD, debarred_until=NOW + 1), ZERO32), "SupplierRegistryHashZero"),
        (lambda: rules.check_enrol_citizen(ADDRESS, False, NINE[0], True), "SupplierRegistryRoleMissing"),
        (lambda: rules.check_enrol_citizen(ADDRESS, True, NOTHING, True), "SupplierRegistryAccountTaken"),
        (lambda: rules.check_enrol_citizen(ADDRESS, True, NOTHING, False), "SupplierRegistryHashZero"),
    ],
)
def test_supplier_registry__several_rules_broken__the_first_is_named(
    act: Callable[[], None], name: str
) -> None:
    with pytest.raises(getattr(refused, name)):
        act()


def test_debarment__within_its_bounds__allowed() -> None:
    for until in (NOW + 1, NOW + rules.MAX_DEBARMENT):
        debar(True, GOOD, until, BODY)
    # Another order replaces the one in force, also by an earlier end.
    debar(True, replace(GOOD, debarred_until=NOW + 9), NOW + 5, BODY)
    lift(True, replace(GOOD, debarred_until=NOW + 1), BODY)
    rules.check_enrol_citizen(ADDRESS, True, NINE[0], False)


@pytest.mark.parametrize(("now", "debarred"), [(NOW - 1, True), (NOW, False), (NOW + 1, False)])
def test_debarment__around_its_end__bars_until_then(now: int, debarred: bool) -> None:
    """``require_eligible`` and ``may_bid`` say the same."""
    supplier = replace(GOOD, owners_at=now, debarred_until=NOW)
    assert may_bid(FACTS, FIRM, supplier, now) is not debarred
    if debarred:
        with pytest.raises(refused.SupplierRegistryDebarred) as caught:
            rules.require_eligible(FIRM, supplier, now)
        assert caught.value.until == moment(NOW)
    else:
        rules.require_eligible(FIRM, supplier, now)


REVIEWS = b"\x07" * 32


def test_bidder__buyer_or_review_body_of_the_tender__may_not_bid() -> None:
    tender = replace(FACTS, review_body=REVIEWS)
    supplier = replace(GOOD, owners_at=NOW)
    for who, may in ((FIRM, True), (tender.buyer, False), (REVIEWS, False), (bytes(32), False)):
        assert may_bid(tender, who, supplier, NOW) is may


# Status

BID = replace(FACTS, live_bids=2)
OPENS = FACTS.deadline + SANDBOX.opening_delay
FALLS = OPENS + SANDBOX.fallback_delay
VOIDS = FALLS + SANDBOX.fallback_delay


@pytest.mark.parametrize(
    ("facts", "at", "status"),
    [
        (replace(FACTS, terms_version=0), NOW, TenderStatus.NONE),
        (FACTS, FACTS.deadline - SANDBOX.enquiry_cutoff - 1, TenderStatus.ENQUIRIES),
        (FACTS, FACTS.deadline - SANDBOX.enquiry_cutoff, TenderStatus.TENDERING),
        (FACTS, FACTS.deadline - 1, TenderStatus.TENDERING),
        (FACTS, FACTS.deadline, TenderStatus.FAILED),
        (replace(FACTS, open_questions=1), FACTS.deadline, TenderStatus.HELD),
        (replace(FACTS, cancels_at=NOW), NOW - 1, TenderStatus.CANCELLING),
        (replace(FACTS, cancels_at=NOW), NOW, TenderStatus.CANCELLED),
        (replace(FACTS, cancels_at=NOW), FACTS.deadline, TenderStatus.CANCELLED),
        (replace(FACTS, lots_cancelled=1, lots_cancelled_at=NOW), NOW - 1, TenderStatus.CANCELLING),
        (replace(FACTS, lots_cancelled=1, lots_cancelled_at=NOW), NOW, TenderStatus.FAILED),
        (replace(FACTS, lots=2, lots_cancelled=1, lots_cancelled_at=NOW), NOW, TenderStatus.ENQUIRIES),
        (BID, FACTS.deadline, TenderStatus.SEALED),
        (BID, OPENS - 1, TenderStatus.SEALED),
        (BID, OPENS, TenderStatus.OPENING),
        (replace(BID, opened_bids=1), FALLS - 1, TenderStatus.OPENING),
        (replace(BID, opened_bids=1), FALLS, TenderStatus.FALLBACK),
        (replace(BID, opened_bids=1), VOIDS - 1, TenderStatus.FALLBACK),
        (replace(BID, opened_bids=1), VOIDS, TenderStatus.FAILED),
        (replace(BID, opened_bids=2), OPENS, TenderStatus.AWARDING),
        (replace(BID, opened_bids=2), VOIDS + 10**9, TenderStatus.AWARDING),
        (replace(BID, open_questions=1), OPENS, TenderStatus.HELD),
        (replace(BID, cancels_at=VOIDS), OPENS, TenderStatus.CANCELLING),
        (replace(BID, lots_cancelled=1, lots_cancelled_at=OPENS), OPENS, TenderStatus.FAILED),
    ],
)
def test_tender_status__facts_and_time__first_match(
    facts: TenderFacts, at: int, status: TenderStatus
) -> None:
    assert rules.tender_status(facts, SANDBOX, Clock(at)) is status


@pytest.mark.parametrize(
    ("facts", "own", "at", "status"),
    [
        (FACTS, 0, NOW, LotStatus.WAITING),
        (FACTS, NOW + 1, NOW, LotStatus.CANCELLING),
        (FACTS, NOW, NOW, LotStatus.CANCELLED),
        (replace(FACTS, cancels_at=NOW + 1), 0, NOW, LotStatus.CANCELLING),
        (replace(FACTS, cancels_at=NOW), 0, NOW, LotStatus.CANCELLED),
        (FACTS, 0, FACTS.deadline, LotStatus.FAILED),
        (FACTS, FACTS.deadline, FACTS.deadline, LotStatus.CANCELLED),
        (FACTS, FACTS.deadline + 1, FACTS.deadline + 1, LotStatus.FAILED),
        (BID, 0, OPENS, LotStatus.WAITING),
        (BID, 0, VOIDS, LotStatus.FAILED),
        (BID, VOIDS, VOIDS, LotStatus.CANCELLED),
        (BID, VOIDS + 1, VOIDS + 1, LotStatus.FAILED),
    ],
)
def test_lot_status__facts_and_time__first_match(
    facts: TenderFacts, own: int, at: int, status: LotStatus
) -> None:
    assert rules.lot_status(facts, SANDBOX, Cancellation(1, own, own), LotFacts(), Clock(at)) is status


def test_answered_deadline__early_and_late__moves_only_when_bidders_would_have_too_little_time() -> None:
    cutoff = SANDBOX.answer_cutoff
    assert rules.answered_deadline(FACTS, SANDBOX, Clock(FACTS.deadline - cutoff)) == FACTS.deadline
    assert rules.answered_deadline(FACTS, SANDBOX, Clock(FACTS.deadline - cutoff + 1)) == FACTS.deadline + 1


# Refusals of tenders: each list breaks ever fewer rules, so that the order is proved too


def _publish(
    caller: Caller = OFFICER, record: bytes = BUYER, terms: Terms = TERMS, size: int = 9, **facts: Any
) -> None:
    given = {
        "recorded": 0,
        "procedure": SANDBOX,
        "retired": False,
        "keyset": None if terms.keyset_id == BODY else KEYSET,
        "keyset_dependent": 0,
        "review_body_fits": False,
        "now": NOW,
        **facts,
    }
    rules.check_publish(caller, record, terms, size, **given)


BAD = replace(
    TERMS, deadline=NOW, currency="", documents_hash=ZERO32, keyset_id=BODY, review_body=BODY, price_weight_bps=1,
    setup=Setup((LotTerms(0),) * 33, (), (ADDRESS,)),
)  # fmt: skip

WORSE = replace(BAD, keyset_id=ZERO32)
KEYSET = KeysetFacts(BUYER, 2, (BUYER, BODY, b"\x07" * 32), confirmed=3)
"""Usable, in the rules' eyes."""


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (
            lambda: _publish(NOBODY, ZERO32, BAD, 0, recorded=4, procedure=None),
            "TenderBoardRoleMissing(role=OFFICER, who=" + ADDRESS,
        ),
        (
            lambda: _publish(OFFICER, BUYER, BAD, 0, recorded=4, procedure=None),
            "TenderBoardAlreadyRecorded(record_id=0x0101",
        ),
        (
            lambda: _publish(OFFICER, ZERO32, BAD, 0, procedure=None),
            "ProcedureBookNotFound(code=sandbox, version=1)",
        ),
        (
            lambda: _publish(OFFICER, ZERO32, BAD, 0, retired=True),
            "ProcedureBookRetired(code=sandbox, version=1)",
        ),
        (lambda: _publish(OFFICER, ZERO32, BAD, 0), "OpeningCommitteeKeysetNotFound(keyset_id=0x0202"),
        (
            lambda: _publish(OFFICER, ZERO32, WORSE, 0, keyset=replace(KEYSET, confirmed=2)),
            "OpeningCommitteeKeysetIncomplete(keyset_id=0x0000",
        ),
        (
            lambda: _publish(OFFICER, ZERO32, WORSE, 0, keyset=replace(KEYSET, ended=True)),
            "OpeningCommitteeKeysetNotAllowed(keyset_id=0x0000",
        ),
        (
            lambda: _publish(OFFICER, ZERO32, WORSE, 0, keyset=replace(KEYSET, acting=BODY)),
            "OpeningCommitteeKeysetNotAllowed(keyset_id=0x0000",
        ),
        (
            lambda: _publish(OFFICER, ZERO32, WORSE, 0, keyset_dependent=2),
            "OpeningCommitteeSeatsDependent(seat=2, dependent=1, limit=0)",
        ),
        (lambda: _publish(OFFICER, ZERO32, WORSE, 0), "TenderBoardHashZero(field=recordId)"),
        (lambda: _publish(terms=WORSE, size=0), "TenderBoardHashZero(field=currency)"),
        (
            lambda: _publish(terms=replace(WORSE, currency="MXN"), size=0),
            "TenderBoardHashZero(field=documentsHash)",
        ),
        (
            lambda: _publish(terms=replace(TERMS, deadline=NOW, setup=BAD.setup), size=131_073),
            "TenderBoardJsonLength(limit=131072, got=131073)",
        ),
        (
            lambda: _publish(terms=replace(TERMS, deadline=NOW, setup=BAD.setup)),
            f"TenderBoardPeriodInvalid(id=0, min={NOW + 5}, max={NOW + 31_536_000}, got={NOW})",
        ),
        (
            lambda: _publish(terms=replace(TERMS, setup=BAD.setup)),
            "TenderBoardLotsInvalid(id=0, limit=32, got=33)",
        ),
        (
            lambda: _publish(terms=replace(TERMS, setup=Setup((LotTerms(1), LotTerms(0))))),
            "TenderBoardCeilingMissing(id=0, lot=2)",
        ),
        (
            lambda: _publish(terms=replace(TERMS, price_weight_bps=9_999)),
            "TenderBoardWeightsInvalid(id=0, sum=9999)",
        ),
        (
            lambda: _publish(terms=replace(TERMS, setup=replace(TERMS.setup, panel=(ADDRESS,)))),
            "TenderBoardPanelInvalid(id=0, limit=0, got=1)",
        ),
        (
            lambda: _publish(terms=replace(TERMS, review_body=BODY)),
            "TenderBoardReviewBodyInvalid(id=0, member=0x0202",
        ),
    ],
)
def test_check_publish__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_publish__good_terms__passes() -> None:
    _publish()
    _publish(terms=replace(TERMS, review_body=BODY), review_body_fits=True)


def _amend(
    caller: Caller,
    facts: TenderFacts | None,
    expected: bytes,
    terms: Terms,
    json: bytes = b"{}",
    now: int = NOW,
) -> None:
    rules.check_amend(caller, 7, facts, SANDBOX, expected, terms, json, clock=Clock(now))


LATER = replace(TERMS, deadline=TERMS.deadline + 1)
EARLY = replace(BAD, documents_hash=BODY)
SAME = replace(FACTS, terms_hash=rules.terms_hash(BAD, b"{}"))


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: _amend(NOBODY, None, ZERO32, BAD), "TenderBoardNotFound(id=7)"),
        (lambda: _amend(SUPPLIER, FACTS, ZERO32, BAD), "TenderBoardRoleMissing(role=OFFICER"),
        (
            lambda: _amend(OFFICER, replace(FACTS, deadline=NOW), ZERO32, BAD),
            "TenderBoardClosed(id=7, closed_at=2027-01-15T08:00:00Z)",
        ),
        (
            lambda: _amend(OFFICER, replace(FACTS, cancels_at=NOW), ZERO32, BAD),
            "TenderBoardStatusWrong(id=7, status=CANCELLED)",
        ),
        (lambda: _amend(OFFICER, FACTS, ZERO32, BAD), "TenderBoardTermsStale(id=7, expected=0x0303"),
        (lambda: _amend(OFFICER, SAME, SAME.terms_hash, BAD), "TenderBoardUnchanged(field=terms)"),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, BAD, b""),
            "TenderBoardHashZero(field=documentsHash)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, EARLY, b""),
            "TenderBoardJsonLength(limit=131072, got=0)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(EARLY, deadline=NOW + 31_536_001)),
            f"TenderBoardPeriodInvalid(id=7, min={FACTS.deadline}, max={NOW + 31_536_000}, got={NOW + 31_536_001})",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, EARLY),
            f"TenderBoardDeadlineEarlier(id=7, limit={FACTS.deadline}",
        ),
        (
            lambda: _amend(
                OFFICER, replace(FACTS, deadline=NOW + 1), FACTS.terms_hash, replace(EARLY, deadline=NOW + 1)
            ),
            f"TenderBoardExtensionTooShort(id=7, limit={NOW + 2}, got={NOW + 1})",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, procedure="x")),
            "TenderBoardFieldFrozen(id=7, field=procedure)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, procedure_version=2)),
            "TenderBoardFieldFrozen(id=7, field=procedureVersion)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, currency="USD")),
            "TenderBoardFieldFrozen(id=7, field=currency)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, exponent=3)),
            "TenderBoardFieldFrozen(id=7, field=exponent)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, keyset_id=BODY)),
            "TenderBoardFieldFrozen(id=7, field=keysetId)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, review_body=BODY)),
            "TenderBoardFieldFrozen(id=7, field=reviewBody)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, setup=Setup((LotTerms(1),) * 2))),
            "TenderBoardFieldFrozen(id=7, field=lots)",
        ),
        (
            lambda: _amend(OFFICER, FACTS, FACTS.terms_hash, replace(LATER, price_weight_bps=1)),
            "TenderBoardWeightsInvalid(id=7, sum=1)",
        ),
    ],
)
def test_check_amend__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_amend__later_deadline__passes() -> None:
    _amend(OFFICER, FACTS, FACTS.terms_hash, LATER)


def _ask(
    caller: Caller,
    facts: TenderFacts | None,
    tag: bytes,
    size: int,
    asked: int = 0,
    now: int = NOW,
    own: int = 0,
    desks: int = 0,
) -> None:
    rules.check_ask(
        caller, 7, facts, SANDBOX, tag, size, asked=asked, questions=own, desks=desks, clock=Clock(now)
    )


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: _ask(NOBODY, None, ZERO32, 0), "TenderBoardNotFound(id=7)"),
        (lambda: _ask(OFFICER, FACTS, ZERO32, 0, 3), "TenderBoardRoleMissing(role=SUPPLIER"),
        (
            lambda: _ask(SUPPLIER, FACTS, BODY, 0, 3, FACTS.deadline),
            "TenderBoardAlreadyRecorded(record_id=0x0202",
        ),
        (
            lambda: _ask(SUPPLIER, replace(FACTS, questions=500), ZERO32, 0, 0, FACTS.deadline),
            "TenderBoardClosed(id=7",
        ),
        (
            lambda: _ask(SUPPLIER, replace(FACTS, cancels_at=NOW + 1), ZERO32, 0),
            "TenderBoardStatusWrong(id=7, status=CANCELLING)",
        ),
        (
            lambda: _ask(SUPPLIER, replace(FACTS, questions=500), ZERO32, 0, 0, FACTS.deadline - 3),
            "TenderBoardEnquiriesClosed(id=7, closed_at=2027-01-16T07:59:57Z)",
        ),
        (
            lambda: _ask(SUPPLIER, replace(FACTS, questions=500), ZERO32, 0),
            "TenderBoardQuestionsFull(id=7, limit=500)",
        ),
        (
            lambda: _ask(SUPPLIER, replace(FACTS, questions=50), ZERO32, 0, own=50),
            "TenderBoardQuestionsFull(id=7, limit=50)",
        ),
        (lambda: _ask(SUPPLIER, FACTS, ZERO32, 0, desks=250), "TenderBoardHashZero(field=tag)"),
        (
            lambda: _ask(DESK, FACTS, ZERO32, 0, own=50, desks=250),
            "TenderBoardQuestionsFull(id=7, limit=250)",
        ),
        (lambda: _ask(DESK, FACTS, ZERO32, 0, own=50), "TenderBoardQuestionsFull(id=7, limit=50)"),
        (lambda: _ask(DESK, FACTS, ZERO32, 0), "TenderBoardHashZero(field=tag)"),
        (lambda: _ask(replace(DESK, supplies=True), FACTS, BODY, 9), "TenderBoardRoleMissing(role=SUPPLIER"),
        (
            lambda: _ask(DESK, replace(FACTS, buyer=DESKS_MEMBER), BODY, 9),
            "TenderBoardRoleMissing(role=SUPPLIER",
        ),
        (
            lambda: _ask(replace(DESK, supplier=INACTIVE), FACTS, BODY, 9),
            "TenderBoardRoleMissing(role=SUPPLIER",
        ),
        (lambda: _ask(SUPPLIER, FACTS, BODY, 4_097), "TenderBoardJsonLength(limit=4096, got=4097)"),
    ],
)
def test_check_ask__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_ask__500th_question__passes() -> None:
    _ask(SUPPLIER, replace(FACTS, questions=499), BODY, 4_096, now=FACTS.deadline - 4)


def test_require_asker__supplier_and_desk__are_told_apart() -> None:
    assert require_asker(SUPPLIER, BUYER, NOW) is False
    assert require_asker(DESK, BUYER, NOW) is True


ASKED = replace(FACTS, questions=2, open_questions=1)
CLOSED = replace(ASKED, open_questions=0)


def _disclose(
    caller: Caller, facts: TenderFacts | None, question: int = 1, *, known: bool = False, fits: bool = True,
    now: int = FACTS.deadline,
) -> None:  # fmt: skip
    rules.check_disclose_asker(
        caller, 7, facts, SANDBOX, question, is_known=known, fits=fits, clock=Clock(now)
    )


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: _disclose(NOBODY, None, 9), "TenderBoardNotFound(id=7)"),
        (lambda: _disclose(NOBODY, CLOSED, 9), "TenderBoardQuestionNotFound(id=7, question=9)"),
        (lambda: _disclose(NOBODY, CLOSED, 0), "TenderBoardQuestionNotFound(id=7, question=0)"),
        (lambda: _disclose(OFFICER, CLOSED, now=NOW), "TenderBoardRoleMissing(role=SUPPLIER"),
        (
            lambda: _disclose(DESK, CLOSED, known=True, now=FACTS.deadline - 1),
            "TenderBoardAskerHidden(id=7, until=2027-01-16T08:00:00Z)",
        ),
        (lambda: _disclose(DESK, ASKED, known=True), "TenderBoardAskerHidden(id=7, until=9999-12-31"),
        (
            lambda: _disclose(SUPPLIER, CLOSED, known=True, fits=False),
            "TenderBoardAskerKnown(id=7, question=1)",
        ),
        (lambda: _disclose(SUPPLIER, CLOSED, fits=False), "TenderBoardAskerMismatch(id=7, question=1)"),
    ],
)
def test_check_disclose_asker__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_disclose_asker__at_the_deadline__passes_in_any_status() -> None:
    for facts in (CLOSED, replace(CLOSED, cancels_at=NOW)):
        _disclose(DESK, facts)
        _disclose(SUPPLIER, facts)


def _note(
    caller: Caller, facts: TenderFacts | None, record: bytes, size: int, recorded: int = 0, notes: int = 0
) -> None:  # fmt: skip
    rules.check_note(caller, 7, facts, record, size, recorded=recorded, notes=notes, now=NOW)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: _note(NOBODY, None, ZERO32, 0), "TenderBoardNotFound(id=7)"),
        (lambda: _note(DESK, FACTS, BODY, 0, 3), "TenderBoardRoleMissing(role=AUDITOR"),
        (lambda: _note(AUDITOR, FACTS, BODY, 0, 3, 50), "TenderBoardAlreadyRecorded(record_id=0x0202"),
        (lambda: _note(AUDITOR, FACTS, ZERO32, 0, 0, 50), "TenderBoardNotesFull(id=7, limit=50)"),
        (lambda: _note(AUDITOR, FACTS, ZERO32, 0), "TenderBoardHashZero(field=recordId)"),
        (lambda: _note(AUDITOR, FACTS, BODY, 4_097), "TenderBoardJsonLength(limit=4096, got=4097)"),
    ],
)
def test_check_note__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_note__cancelled_tender__passes() -> None:
    _note(AUDITOR, replace(FACTS, cancels_at=NOW - 1_000), BODY, 4_096, notes=49)


def test_asker_tag__any_part_changed__is_another() -> None:
    plain = (31_337, ADDRESS, 7, BUYER, BODY)
    others = [(1, ADDRESS, 7, BUYER, BODY), (31_337, "0x" + "11" * 20, 7, BUYER, BODY), (31_337, ADDRESS, 8, BUYER, BODY),
              (31_337, ADDRESS, 7, BODY, BODY), (31_337, ADDRESS, 7, BUYER, BUYER)]  # fmt: skip
    assert len({rules.asker_tag(*each) for each in (plain, *others)}) == 6


def _answer(
    caller: Caller,
    facts: TenderFacts | None,
    question: int,
    size: int,
    answered: bool = False,
    now: int = NOW,
) -> None:
    rules.check_answer(caller, 7, facts, SANDBOX, question, size, answered=answered, clock=Clock(now))


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: _answer(NOBODY, None, 3, 0), "TenderBoardNotFound(id=7)"),
        (lambda: _answer(NOBODY, ASKED, 3, 0), "TenderBoardQuestionNotFound(id=7, question=3)"),
        (lambda: _answer(NOBODY, ASKED, 0, 0), "TenderBoardQuestionNotFound(id=7, question=0)"),
        (
            lambda: _answer(
                replace(OFFICER, person=replace(OFFICER.person, roles=int(Role.APPROVER))), ASKED, 2, 0, True
            ),
            "TenderBoardRoleMissing(role=OFFICER",
        ),
        (
            lambda: _answer(OFFICER, replace(ASKED, cancels_at=NOW), 2, 0, True),
            "TenderBoardStatusWrong(id=7, status=CANCELLED)",
        ),
        (lambda: _answer(OFFICER, ASKED, 2, 0, True), "TenderBoardQuestionAnswered(id=7, question=2)"),
        (lambda: _answer(OFFICER, ASKED, 2, 0), "TenderBoardJsonLength(limit=4096, got=0)"),
    ],
)
def test_check_answer__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_answer__while_held__passes() -> None:
    officer = replace(OFFICER, person=replace(OFFICER.person, mandate_end=FACTS.deadline + 1))
    _answer(officer, ASKED, 2, 1, now=FACTS.deadline)


def _cancel(
    caller: Caller, facts: TenderFacts | None, lot: int, reason: int, document: bytes, own: int = 0
) -> None:
    given = Cancellation(lot, own, own)
    rules.check_cancel(caller, 7, facts, SANDBOX, lot, reason, document, own=given, clock=Clock(NOW))


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: _cancel(NOBODY, None, 2, 0, ZERO32), "TenderBoardNotFound(id=7)"),
        (lambda: _cancel(NOBODY, FACTS, 2, 0, ZERO32), "TenderBoardLotNotFound(id=7, lot=2)"),
        (lambda: _cancel(NOBODY, FACTS, 1, 0, ZERO32, NOW), "TenderBoardRoleMissing(role=OFFICER"),
        (
            lambda: _cancel(OFFICER, FACTS, 1, 0, ZERO32, NOW + 1),
            "TenderBoardStatusWrong(id=7, status=ENQUIRIES)",
        ),
        (
            lambda: _cancel(OFFICER, replace(FACTS, cancels_at=NOW + 1), 0, 0, ZERO32),
            "TenderBoardStatusWrong(id=7, status=CANCELLING)",
        ),
        (lambda: _cancel(OFFICER, FACTS, 0, 0, ZERO32), "TenderBoardHashZero(field=documentHash)"),
        (lambda: _cancel(OFFICER, FACTS, 0, 6, BODY), "TenderBoardReasonInvalid(id=7, code=6)"),
        (lambda: _cancel(OFFICER, FACTS, 0, 0, BODY), "TenderBoardReasonInvalid(id=7, code=0)"),
    ],
)
def test_check_cancel__several_rules_broken__the_first_is_named_with_its_facts(
    act: Callable[[], None], error: str
) -> None:
    with pytest.raises(LicitaError) as caught:
        act()
    assert str(caught.value).startswith(error)


def test_check_cancel__lot_and_whole__pass() -> None:
    _cancel(OFFICER, FACTS, 1, 1, BODY)
    _cancel(OFFICER, FACTS, 0, 5, BODY)


# Terms against the tender's JSON


def test_terms_match__same_tender__has_no_difference() -> None:
    assert rules.terms_match(TERMS, TENDER) == []


LOTS = [{"id": "a", "value": {"currency": "MXN", "amount": 0.01}}, {"id": "b"}]


def test_terms_match__lots__compares_the_value_of_each() -> None:
    terms = replace(TERMS, setup=Setup((LotTerms(1), LotTerms(0))))
    assert rules.terms_match(terms, {**TENDER, "lots": LOTS}) == []
    assert rules.terms_match(
        replace(TERMS, setup=Setup((LotTerms(2), LotTerms(3)))), {**TENDER, "lots": LOTS}
    ) == [
        "/lots/0/value/amount",
        "/lots/1/value/amount",
    ]


@pytest.mark.parametrize(
    ("terms", "pointers"),
    [
        (replace(TERMS, deadline=TERMS.deadline + 1), ["/tenderPeriod/endDate"]),
        (replace(TERMS, items=3), ["/items"]),
        (replace(TERMS, documents=2), ["/documents"]),
        (replace(TERMS, documents_hash=ZERO32), ["/documents"]),
        (replace(TERMS, currency="USD"), ["/value/currency"]),
        (replace(TERMS, exponent=3), ["/value/amount"]),
        (replace(TERMS, setup=Setup((LotTerms(125_000_051),))), ["/value/amount"]),
        (replace(TERMS, setup=Setup((LotTerms(1), LotTerms(1)))), ["/lots"]),
        (replace(TERMS, plan_ref=BODY), ["/relatedProcesses"]),
        (replace(TERMS, plan_ref=ZERO32), []),
    ],
)
def test_terms_match__one_field_differs__names_its_pointer(terms: Terms, pointers: list[str]) -> None:
    assert rules.terms_match(terms, TENDER) == pointers


@pytest.mark.parametrize(
    "text",
    [
        {},
        {
            "tenderPeriod": None,
            "items": None,
            "documents": 1,
            "value": "x",
            "lots": 5,
            "relatedProcesses": [1],
        },
        {
            "tenderPeriod": {"endDate": 5},
            "items": 3,
            "documents": [{}],
            "value": {},
            "lots": [1],
            "relatedProcesses": [{}],
        },
        {"tenderPeriod": {"endDate": "2027-01-16"}, "value": {"currency": "MXN", "amount": "x"}},
    ],
)
def test_terms_match__text_without_the_form_of_a_tender__names_what_could_not_be_read(
    text: dict[str, Any],
) -> None:
    assert "/tenderPeriod/endDate" in rules.terms_match(TERMS, text)
    assert "/items" in rules.terms_match(TERMS, text)


# Time


def test_clock__no_gap__ends_are_as_they_are_stored() -> None:
    assert Clock(10_000, 0, 0, [Outage(1, 9_000)]).end_of(5_000) == 5_000
    assert [Clock(now).is_over(5) for now in (4, 5)] == [False, True]
    assert not Clock(5).is_over(0)


@pytest.mark.parametrize(("now", "end"), [(1_900, 5_000), (1_901, 5_901), (6_000, 10_000)])
def test_clock__silence_now__counts_once_it_is_longer_than_the_gap(now: int, end: int) -> None:
    assert Clock(now, 900, 1_000).end_of(5_000) == end
    assert Clock(0, 900, 1_000).at(now).end_of(5_000) == end


def test_outages__read_by_place__only_what_an_end_looks_at() -> None:
    read: list[int] = []

    def outage(place: int) -> Outage:
        read.append(place)
        return Outage(place * 100_000, place * 100_000 + 1_000)

    outages = Outages(10_000, outage)
    assert end_of(outages, 500_000_100) == 500_000_000 + 1_000 + 3_600
    assert len(read) <= 50 and len(outages) == 10_000
    assert outages[3] == Outage(300_000, 301_000)
    with pytest.raises(IndexError):
        outages[10_000]
