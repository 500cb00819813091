"""chain/audit/bundle: the container, JSON in its one spelling, and which blocks concern a tender."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.audit import Place, header_from_json
from chain.audit.bundle.archive import pack, unpack
from chain.audit.bundle.reading import difference, headers_in, headers_text, json_in
from chain.audit.bundle.scope import key_of, needed, watched
from chain.errors.audit import AuditRefusal, BundleUnreadable
from chain.types import Event
from tests.recorded import ANVIL, ANVIL_FILE

pytestmark = pytest.mark.unit

NAMES = st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,8}(/[a-z0-9][a-z0-9._-]{0,8})?\Z")
FILES = {"a.json": b"{}", "b/1.json": b"[1]" * 50, "c": b""}


def refused(call: Callable[[], object]) -> AuditRefusal:
    with pytest.raises(AuditRefusal) as refusal:
        call()
    return refusal.value


# The container


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=5))
def test_unpack__packed_files__are_the_same_for_us_and_for_others(files: dict[str, bytes]) -> None:
    packed = pack(files)
    assert unpack(packed) == files
    with zipfile.ZipFile(io.BytesIO(packed)) as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == files


def test_unpack__more_files_than_16_bits_count__are_the_same_and_too_many_are_refused() -> None:
    files = {f"{number:05}": b"" for number in range(0x10000)}
    packed = pack(files)
    assert unpack(packed) == files
    with zipfile.ZipFile(io.BytesIO(packed)) as other:
        assert len(other.namelist()) == len(files)
    many = packed.replace(struct.pack("<2Q", 0x10000, 0x10000), struct.pack("<2Q", 100_001, 100_001))
    assert refused(lambda: unpack(many)).rule == "zip-count"


@pytest.mark.parametrize("at", range(len(pack(FILES))))
def test_unpack__any_byte_changed__is_refused(at: int) -> None:
    packed = bytearray(pack(FILES))
    packed[at] ^= 0x41
    with pytest.raises((AuditRefusal, BundleUnreadable)):
        unpack(bytes(packed))


@pytest.mark.parametrize("size", range(len(pack(FILES))))
def test_unpack__file_cut_short__is_refused(size: int) -> None:
    with pytest.raises((AuditRefusal, BundleUnreadable)):
        unpack(pack(FILES)[:size])


@pytest.mark.parametrize(
    "name", ["../a", "/a", "a/../b", "a//b", "a/", "C:a", "a\\b", "A", "ä", "a b", ".a", ""]
)
def test_unpack__name_that_leads_elsewhere__is_refused(name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as other:
        other.writestr(zipfile.ZipInfo(name), b"x")
    assert refused(lambda: unpack(content.getvalue())).rule == "zip-name"


def edited(find: bytes, offset: int, value: bytes) -> bytes:
    """The packed files with ``value`` written at an offset into the first record that begins so."""
    packed = bytearray(pack(FILES))
    at = packed.index(find) + offset
    packed[at : at + len(value)] = value
    return bytes(packed)


@pytest.mark.parametrize(
    ("packed", "rule", "place"),
    [
        (pack(FILES) + b"\0", "zip-trailing", ""),
        (edited(b"PK\1\2", 8, b"\x01"), "zip-encrypted", "a.json"),
        (edited(b"PK\3\4", 6, b"\x01"), "zip-header", "a.json"),
        (edited(b"PK\1\2", 24, b"\xff\xff\xff\xff"), "zip-size", "a.json"),
        (edited(b"PK\1\2", 24, struct.pack("<I", 1 << 28)), "zip-ratio", "a.json"),
        (pack(FILES).replace(b"b/1.json", b"a.json\0\0"), "zip-name", ""),
        (pack({"aa": b"1", "ab": b"2"}).replace(b"ab", b"aa"), "zip-repeated", "aa"),
        (pack({"ab": b"1", "ac": b"2"}).replace(b"ac", b"aa"), "zip-repeated", "aa"),
        (pack({"bomb": bytes(50_000_000)}), "zip-ratio", "bomb"),
    ],
)  # fmt: skip
def test_unpack__container_that_hides_something__is_refused_by_name(
    packed: bytes, rule: str, place: str
) -> None:
    refusal = refused(lambda: unpack(packed))
    assert (refusal.rule, refusal.place) == (rule, place)


def test_unpack__deflate_stream_with_a_tail_or_of_other_content__is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as other:
        other.writestr("a", b"stored")
    assert refused(lambda: unpack(content.getvalue())).rule == "zip-header"


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\3\4" + bytes(100)])
def test_unpack__no_zip_at_all__is_unreadable(data: bytes) -> None:
    with pytest.raises(BundleUnreadable):
        unpack(data)


# JSON


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'{"a":1}\n', b'{ "a":1}', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b"[1.0]", b"[1e2]", b"[NaN]", b"\xff", b'"\\u0041"',
     b"[" * 5_000, b"[" * 200_000, b'"\\ud800"', b"[9007199254740993]", b"1" * 5_000],
)  # fmt: skip
def test_json_in__other_spelling_than_the_canonical__is_refused(text: bytes) -> None:
    refusal = refused(lambda: json_in({"x.json": text}, "x.json"))
    assert (refusal.rule, refusal.place) == ("canonical-json", "x.json#")


def test_json_in__absent_file__is_refused() -> None:
    assert refused(lambda: json_in({}, "x.json")).rule == "file-missing"


@pytest.mark.parametrize(
    ("written", "found", "place"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "f#/a/1/b"),
        ({"a": 1}, {}, "f#/a"),
        ({}, {"a": 1}, "f#/a"),
        ([1, 2], [1], "f#"),
        ({"a": True}, {"a": 1}, "f#/a"),
        ({"a": {}}, {"a": []}, "f#/a"),
    ],
)
def test_difference__first_spot_that_differs__is_named(written: Any, found: Any, place: str) -> None:
    refusal = refused(lambda: difference(written, found, "rule", Place(None, "f#")))
    assert (refusal.rule, refusal.place) == ("rule", place)


def test_headers_in__headers_text__are_the_same_headers() -> None:
    headers = [header_from_json(block) for block in ANVIL]
    assert headers_in({"headers.jsonl": headers_text(headers)}) == headers


@pytest.mark.parametrize(
    "text",
    [b'"0xc0"', b"0xc0\n", b'"c0"\n', b'"0xC0"\n', b'"0xc"\n', b'"0x"\n', b'"0xc0"\r\n', b'"0xc0" \n', b"\n"],
)
def test_headers_in__line_of_another_form__is_refused(text: bytes) -> None:
    assert refused(lambda: headers_in({"headers.jsonl": text})).rule == "headers-line"


# Scope

BUYER, ABOVE, TOP, OTHER = (f"0x{number:064x}" for number in (11, 12, 13, 14))
NONE = f"0x{0:064x}"
CODE = "0x73616e64626f78000000000000000000"


OF_TENDERS = (
    "TenderBoard",
    "BidBox",
    "OpeningCommittee",
    "AwardDesk",
    "ComplaintDesk",
    "EvaluationDesk",
    "AgreementBook",
)
OUTAGE = key_of(
    Event("ProcedureBook", "OutageRecorded", {"index": 0, "start": 1, "end": 9}, 1, 1, "0x", 0, 0, "0x")
)


def event(contract: str, name: str, args: dict[str, Any]) -> Event:
    return Event(contract, name, args, 1, 1, "0x", 0, 0, "0x")


def test_watched__tender__names_its_parties_and_those_above_them() -> None:
    terms = {"reviewBody": NONE, "procedure": CODE}
    events = [
        event("MemberRegistry", "MemberAdmitted", {"member": ABOVE, "superior": TOP}),
        event("MemberRegistry", "MemberAdmitted", {"member": BUYER, "superior": ABOVE}),
        event("MemberRegistry", "MemberAdmitted", {"member": OTHER, "superior": NONE}),
        event("TenderBoard", "TenderPublished", {"id": f"0x{7:064x}", "buyer": BUYER, "terms": terms}),
        event("TenderBoard", "TenderPublished", {"id": f"0x{8:064x}", "buyer": OTHER, "terms": terms}),
        event("TenderBoard", "QuestionAsked", {"id": f"0x{7:064x}", "supplier": OTHER}),
        event("TenderBoard", "QuestionAsked", {"id": f"0x{7:064x}", "supplier": NONE}),
    ]
    assert watched(7, events) == {
        *((contract, f"0x{7:064x}") for contract in OF_TENDERS),
        ("MemberRegistry", BUYER), ("MemberRegistry", ABOVE), ("MemberRegistry", TOP),
        ("ProcedureBook", CODE), ("SupplierRegistry", OTHER), ("MemberRegistry", OTHER), OUTAGE,
    }  # fmt: skip


def test_watched__tender_with_notes_and_disclosed_askers__names_who_did_it_as_member_and_as_supplier() -> (
    None
):
    """Whether an organisation asks as a desk or for itself shows in both registries; a note is a member's."""
    tender = f"0x{7:064x}"
    events = [
        event("TenderBoard", "QuestionAsked", {"id": tender, "question": 1, "supplier": BUYER}),
        event("TenderBoard", "AskerDisclosed", {"id": tender, "question": 1, "supplier": ABOVE, "by": TOP}),
        event("TenderBoard", "NoteRecorded", {"id": tender, "note": 1, "member": OTHER}),
    ]
    both = {
        (contract, id_) for contract in ("MemberRegistry", "SupplierRegistry") for id_ in (BUYER, ABOVE, TOP)
    }
    tenders = {(contract, tender) for contract in OF_TENDERS}
    assert watched(7, events) == {OUTAGE} | tenders | both | {("MemberRegistry", OTHER)}


def test_watched__tender_with_bids__names_its_committee_and_who_bid() -> None:
    """All keysets of one secret, whoever holds their seats, and each supplier by whatever account it bid with."""
    keyset, parent, child, other = (f"0x{number:064x}" for number in range(21, 25))
    ids = {keyset: 31, parent: 32, child: 33, other: 34}
    events = [
        event(
            "OpeningCommittee",
            "KeysetRegistered",
            {"keysetId": id_, "ceremonyId": f"0x{sid:064x}", "members": [f"0x{sid + 10:064x}"]},
        )
        for id_, sid in ids.items()
    ]
    for id_, of in ((keyset, parent), (child, keyset), (parent, NONE), (other, NONE)):
        opened = {"ceremonyId": f"0x{ids[id_]:064x}", "members": [f"0x{ids[id_] + 10:064x}"], "parent": of}
        events.append(event("OpeningCommittee", "CeremonyOpened", opened))
    terms = {"reviewBody": NONE, "procedure": CODE, "keysetId": keyset}
    mine, another = f"0x{7:064x}", f"0x{8:064x}"
    events += [
        event("TenderBoard", "TenderPublished", {"id": mine, "buyer": BUYER, "terms": terms}),
        event("SupplierRegistry", "SupplierRegistered", {"id": ABOVE, "accounts": ["0xA", "0xB"]}),
        event("SupplierRegistry", "SupplierAccountsSet", {"id": TOP, "version": 2, "accounts": ["0xC"]}),
        event("SupplierRegistry", "SupplierRegistered", {"id": OTHER, "accounts": ["0xD"]}),
        event("BidBox", "BidSealed", {"tenderId": mine, "envelope": 0, "bidder": "0xB"}),
        event("BidBox", "BidWithdrawn", {"tenderId": mine, "bidder": "0xC"}),
        event("BidBox", "BidSealed", {"tenderId": another, "envelope": 0, "bidder": "0xD"}),
        event("OpeningCommittee", "SharesPosted", {"tenderId": mine, "envelope": 0, "keysetId": child}),
        event("OpeningCommittee", "SharesPosted", {"tenderId": another, "envelope": 0, "keysetId": other}),
    ]  # fmt: skip
    secret = {key for key in ids if key != other}
    assert watched(7, events) == {
        *((contract, mine) for contract in OF_TENDERS), ("MemberRegistry", BUYER),
        ("ProcedureBook", CODE), OUTAGE, ("SupplierRegistry", ABOVE), ("SupplierRegistry", TOP),
        *(("OpeningCommittee", key) for key in secret),
        *(("OpeningCommittee", f"0x{ids[key]:064x}") for key in secret),
        *(("MemberRegistry", f"0x{ids[key] + 10:064x}") for key in secret),
    }  # fmt: skip


def test_watched__tender_with_a_panel__names_the_members_of_its_evaluators() -> None:
    """Of the first terms, of an addendum, and of who took a seat later; an account may have taken another's place in the registry."""
    mine = f"0x{7:064x}"
    terms = [
        {"reviewBody": NONE, "procedure": CODE, "setup": {"panel": [account]}} for account in ("0xA", "0xB")
    ]
    members = {account: f"0x{41 + place:064x}" for place, account in enumerate(("0xA", "0xB", "0xC", "0xD"))}
    events = [
        *(
            event("MemberRegistry", "PersonAdded", {"member": member, "account": account, "roles": 32})
            for account, member in members.items() if account != "0xB"
        ),
        event("MemberRegistry", "PersonRotated", {"member": members["0xB"], "account": "0xE", "successor": "0xB"}),
        event("TenderBoard", "TenderPublished", {"id": mine, "buyer": BUYER, "terms": terms[0]}),
        event("TenderBoard", "TenderAmended", {"id": mine, "termsVersion": 2, "terms": terms[1]}),
        event("EvaluationDesk", "EvaluatorReplaced", {"id": mine, "seat": 1, "evaluator": "0xC"}),
        event("EvaluationDesk", "EvaluatorReplaced", {"id": f"0x{8:064x}", "seat": 1, "evaluator": "0xD"}),
    ]  # fmt: skip
    assert watched(7, events) == {
        *((contract, mine) for contract in OF_TENDERS), ("MemberRegistry", BUYER), ("ProcedureBook", CODE), OUTAGE,
        *(("MemberRegistry", members[account]) for account in ("0xA", "0xB", "0xC")),
    }  # fmt: skip


def test_watched__tender_with_agreements__names_who_pays_beside_the_buyer_and_who_rated() -> None:
    """A witness rates for the member that its account is of; a citizen is no member's."""
    mine, other = f"0x{7:064x}", f"0x{8:064x}"
    payer, witness, stranger = (f"0x{number:064x}" for number in (51, 52, 53))
    events = [
        event("MemberRegistry", "PersonAdded", {"member": witness, "account": "0xA", "roles": 1}),
        event("MemberRegistry", "PersonAdded", {"member": stranger, "account": "0xB", "roles": 1}),
        event("SupplierRegistry", "CitizenEnrolled", {"account": "0xC"}),
        event("SupplierRegistry", "CitizenEnrolled", {"account": "0xD"}),
        event("TenderBoard", "TenderPublished", {"id": mine, "buyer": BUYER, "terms": {"reviewBody": NONE, "procedure": CODE}}),
        event("AgreementBook", "AgreementDrafted", {"tenderId": mine, "agreement": "1", "terms": {"payer": payer}}),
        event("AgreementBook", "AgreementDrafted", {"tenderId": mine, "agreement": "2", "terms": {"payer": NONE}}),
        event("AgreementBook", "AgreementDrafted", {"tenderId": other, "agreement": "3", "terms": {"payer": stranger}}),
        event("AgreementBook", "AgreementRated", {"tenderId": mine, "agreement": "1", "rater": "0xA", "citizen": False}),
        event("AgreementBook", "AgreementRated", {"tenderId": other, "agreement": "3", "rater": "0xB", "citizen": False}),
        event("AgreementBook", "AgreementRated", {"tenderId": mine, "agreement": "1", "rater": "0xC", "citizen": True}),
        event("AgreementBook", "AgreementRated", {"tenderId": other, "agreement": "3", "rater": "0xD", "citizen": True}),
    ]  # fmt: skip
    assert watched(7, events) == {
        *((contract, mine) for contract in OF_TENDERS), ("MemberRegistry", BUYER), ("ProcedureBook", CODE), OUTAGE,
        ("MemberRegistry", payer), ("MemberRegistry", witness), ("SupplierRegistry", "0xC"),
    }  # fmt: skip


def test_needed__recorded_blooms__name_every_block_with_such_a_log() -> None:
    headers = [header_from_json(block) for block in ANVIL]
    logs = [log for receipts in ANVIL_FILE["receipts"] for receipt in receipts for log in receipt["logs"]]
    address, topic = bytes.fromhex(logs[0]["address"][2:]), logs[0]["topics"][0]
    holding = {int(log["blockNumber"], 16) for log in logs if topic in log["topics"]}
    contracts = {"TenderBoard": address, "MemberRegistry": bytes(20)}
    assert needed(headers, frozenset({("TenderBoard", topic)}), contracts, frozenset()) == sorted(holding)
    assert (
        needed(headers, frozenset({("TenderBoard", NONE), ("MemberRegistry", topic)}), contracts, frozenset())
        == []
    )
    assert needed(headers, frozenset(), contracts, frozenset({(4, 0), (2, 1), (2, 0)})) == [2, 4]
