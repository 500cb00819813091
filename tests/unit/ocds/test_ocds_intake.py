"""A document is taken whole, or refused with every fault it has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from chain.errors.ocds import ImportCriteriaOther, ImportRefused
from chain.ocds.intake import Intake
from chain.ocds.patch import apply_patch
from chain.ocds.reading import read_document
from chain.ocds.samples import (
    BUYER,
    Periods,
    sample,
    sample_document,
    supplement,
    supplement_changes,
    write_sample,
)
from chain.rules.matching import terms_match
from chain.types import ZERO32, Criterion, LotTerms

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
Take = Callable[..., Intake]
ITEM = "/tender/items/0"
SHA = "ab" * 32
BAD_HASH = [{"scheme": "sha256", "id": "AB"}]
VALUE_TYPES = [
    {"ocid": "a", "date": str(index), "tender": {"value": value}}
    for index, value in enumerate(["x", {"amount": 1}])
]


def faults(take: Take, body: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    """(error, pointer) of every fault."""
    with pytest.raises(ImportRefused) as caught:
        take(body, **more)
    assert caught.value.errors[0] is caught.value
    return [(fault.error, fault.pointer) for fault in caught.value.errors]


def at(document: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The document with a value set at a pointer, or the member removed for ``...``."""
    *path, last = pointer.strip("/").split("/")
    target: Any = document
    for part in path:
        target = target[int(part)] if isinstance(target, list) else target.setdefault(part, {})
    key = int(last) if isinstance(target, list) else last
    if value is ...:
        del target[key]
    else:
        target[key] = value
    return document


MISSING = [
    "/tender/title", "/tender/value/amount", "/tender/value/currency", "/tender/tenderPeriod/endDate", "/tender/items",
    f"{ITEM}/id", f"{ITEM}/description", f"{ITEM}/quantity", f"{ITEM}/classification", f"{ITEM}/classification/id",
    f"{ITEM}/classification/scheme", "/tender/procurementMethod", "/tender/awardCriteria",
]  # fmt: skip


@pytest.mark.parametrize("empty", [..., None, "", " \n"], ids=["absent", "null", "empty", "blank"])
@pytest.mark.parametrize("pointer", MISSING)
def test_take__required_value_absent_or_empty__is_missing_at_its_place(
    intake: Take, document: dict[str, Any], pointer: str, empty: Any
) -> None:
    assert faults(intake, at(document, pointer, empty)) == [("ImportFieldMissing", pointer)]


@pytest.mark.parametrize("empty", [..., None, {}, {"amount": None, "currency": ""}], ids=str)
def test_take__value_absent_as_a_whole__names_amount_and_currency(
    intake: Take, document: dict[str, Any], empty: Any
) -> None:
    del document["tender"]["items"][0]["unit"]
    expected = [
        ("ImportFieldMissing", "/tender/value/currency"),
        ("ImportFieldMissing", "/tender/value/amount"),
    ]
    assert faults(intake, at(document, "/tender/value", empty)) == expected


ONE = [
    (f"{ITEM}/id", 1, "ImportFieldType", f"{ITEM}/id"),
    ("/tender/items", {"id": "1"}, "ImportFieldType", "/tender/items"),
    ("/tender/title", ["a"], "ImportFieldType", "/tender/title"),
    ("/tender/value", [1], "ImportFieldType", "/tender/value"),
    ("/tender/procurementMethod", 1, "ImportFieldType", "/tender/procurementMethod"),
    ("/tender/tenderPeriod/endDate", 20300101, "ImportFieldType", "/tender/tenderPeriod/endDate"),
    (f"{ITEM}/classification/id", 43211503, "ImportFieldType", f"{ITEM}/classification/id"),
    (f"{ITEM}/quantity", "471", "ImportFieldType", f"{ITEM}/quantity"),
    (f"{ITEM}/unit", "pieza", "ImportFieldType", f"{ITEM}/unit"),
    ("/tender/documents", [None], "ImportFieldType", "/tender/documents/0"),
    ("/tender/milestones", [{"id": "1"}, None], "ImportFieldType", "/tender/milestones/1"),
    ("/tender/value/amount", "12", "ImportAmountNotNumber", "/tender/value/amount"),
    ("/tender/value/amount", True, "ImportAmountNotNumber", "/tender/value/amount"),
    ("/tender/value/amount", 0, "ImportAmountNotPositive", "/tender/value/amount"),
    ("/tender/value/amount", -12.5, "ImportAmountNotPositive", "/tender/value/amount"),
    ("/tender/value/amount", 10**12, "ImportAmountTooLarge", "/tender/value/amount"),
    ("/tender/value/amount", 1e15, "ImportAmountTooLarge", "/tender/value/amount"),
    ("/tender/value/amount", 12.345, "ImportAmountDecimals", "/tender/value/amount"),
    (f"{ITEM}/unit/value/amount", 0.001, "ImportAmountDecimals", f"{ITEM}/unit/value/amount"),
    (f"{ITEM}/unit/value/currency", "JPY", "ImportCurrencyUnknown", f"{ITEM}/unit/value/currency"),
    ("/tender/tenderPeriod/endDate", "2030-01-01", "ImportDateNoTime", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "2030-01-01T10:00:00", "ImportDateNoZone", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "2030-13-01T10:00:00Z", "ImportDateForm", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "0001-01-01T00:00:00Z", "ImportDateForm", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "9999-12-31T23:59:59-06:00", "ImportDateForm", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "2030-01-01T10:00:00.5Z", "ImportDateForm", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "2030-01-01T24:00:00Z", "ImportDateForm", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/endDate", "mañana", "ImportDateForm", "/tender/tenderPeriod/endDate"),
    ("/tender/tenderPeriod/startDate", "2030-01-01T00:00:00Z", "ImportPeriodReversed", "/tender/tenderPeriod"),
    ("/tender/tenderPeriod", {"endDate": "2015-12-22T00:00:00-06:00"}, "ImportPeriodPast", "/tender/tenderPeriod"),
    ("/tender/contractPeriod", {"endDate": "2015-12-22T00:00:00-06:00"}, "ImportPeriodPast", "/tender/contractPeriod"),
    ("/tender/milestones", [{"id": "a"}, {"id": "a"}], "ImportIdRepeated", "/tender/milestones"),
    (f"{ITEM}/relatedLot", "9", "ImportReferenceBroken", f"{ITEM}/relatedLot"),
    ("/tender/milestones", [{"id": "a", "relatedLots": ["9"]}], "ImportReferenceBroken", "/tender/milestones/0/relatedLots/0"),
    ("/tender/awardCriteria", "lowestCost", "ImportCodeDeprecated", "/tender/awardCriteria"),
    ("/tender/awardCriteria", "cheapest", "ImportCodeUnknown", "/tender/awardCriteria"),
    ("/tender/procurementMethod", "Open", "ImportCodeUnknown", "/tender/procurementMethod"),
    ("/tender/mainProcurementCategory", "things", "ImportCodeUnknown", "/tender/mainProcurementCategory"),
    ("/tender/title", "a\x00b", "ImportTextUnreadable", "/tender/title"),
    ("/tender/description", "a\x1bb", "ImportTextUnreadable", "/tender/description"),
    (f"{ITEM}/description", "a\ud800b", "ImportTextUnreadable", f"{ITEM}/description"),
    ("/tender/title", "a" * 301, "ImportTextTooLong", "/tender/title"),
    ("/tender/description", "a" * 4_001, "ImportTextTooLong", "/tender/description"),
    (f"{ITEM}/quantity", 0, "ImportQuantityInvalid", f"{ITEM}/quantity"),
    (f"{ITEM}/quantity", -1, "ImportQuantityInvalid", f"{ITEM}/quantity"),
    (f"{ITEM}/quantity", 1.0005, "ImportQuantityInvalid", f"{ITEM}/quantity"),
    (f"{ITEM}/quantity", 10**12, "ImportQuantityInvalid", f"{ITEM}/quantity"),
    ("/tender/description", "Juan, GOMJ800101AB1", "ImportPersonalData", "/tender/description"),
    ("/tender/description", "CURP GOMJ800101HDFRRN09", "ImportPersonalData", "/tender/description"),
    ("/tender/documents", [{"id": "1", "integrity": BAD_HASH}], "ImportHashForm", "/tender/documents/0/integrity"),
]  # fmt: skip


@pytest.mark.parametrize(("pointer", "value", "error", "place"), ONE, ids=lambda value: str(value)[:40])
def test_take__one_fault_seen_in_real_data__is_named_at_its_place(
    intake: Take, document: dict[str, Any], pointer: str, value: Any, error: str, place: str
) -> None:
    assert faults(intake, at(document, pointer, value)) == [(error, place)]


@pytest.mark.parametrize("code", ["mxn", "M.N.", "EUR"])
def test_take__currency_not_of_the_network__is_unknown(
    intake: Take, document: dict[str, Any], code: str
) -> None:
    del document["tender"]["items"][0]["unit"]
    expected = [("ImportCurrencyUnknown", "/tender/value/currency")]
    assert faults(intake, at(document, "/tender/value/currency", code)) == expected


def test_take__decimals_of_a_currency_without_any__are_refused(
    intake: Take, document: dict[str, Any]
) -> None:
    del document["tender"]["items"][0]["unit"]
    document["tender"]["value"] = {"amount": 12.5, "currency": "JPY"}
    assert faults(intake, document) == [("ImportAmountDecimals", "/tender/value/amount")]


def test_take__decimals_of_a_currency_of_three__are_taken(intake: Take, document: dict[str, Any]) -> None:
    del document["tender"]["items"][0]["unit"]
    document["tender"]["value"] = {"amount": 12.345, "currency": "KWD"}
    assert intake(document).terms.setup.lots[0].ceiling == 12_345
    document["tender"]["value"] = {"amount": 12.3455, "currency": "KWD"}
    assert faults(intake, document) == [("ImportAmountDecimals", "/tender/value/amount")]


def test_take__many_faults__come_all_at_once(intake: Take, document: dict[str, Any]) -> None:
    at(document, "/tender/title", "")
    at(document, f"{ITEM}/quantity", 0)
    at(document, "/tender/value/amount", "12")
    assert {name for name, _ in faults(intake, document)} == {
        "ImportFieldMissing", "ImportQuantityInvalid", "ImportAmountNotNumber",
    }  # fmt: skip


SHAPES = [
    ({}, "ImportNotOcds", ""),
    ({"ocid": "a", "tag": ["tender"]}, "ImportNotOcds", "/tender"),
    ({"ocid": "a", "tag": ["planning"], "tender": {}}, "ImportNotOcds", "/tender"),
    ({"releases": []}, "ImportNotOcds", "/releases"),
    ({"records": [7]}, "ImportNotOcds", "/records"),
    ({"ocid": "a", "tag": ["tender"], "tender": {"title": [{"releaseDate": "x", "value": "y"}]}}, "ImportNotOcds", "/tender"),
    ({"ocid": "a", "releases": [{"url": "https://x.example/1", "date": "2020-01-01T00:00:00Z"}]}, "ImportReleaseLinked", "/releases"),
    ({"releases": [{"ocid": "a", "tender": {"id": "1"}}, {"ocid": "b", "tender": {}}]}, "ImportProcessAmbiguous", "/releases"),
    ({"records": [{"ocid": "a"}, {"ocid": "b"}]}, "ImportProcessAmbiguous", "/records"),
    ({"releases": [{"ocid": "a", "date": "2020"}, {"ocid": "a"}]}, "ImportMergeFailed", "/releases/1/date"),
    (
        {"releases": [{"ocid": "a", "date": "1", "tender": {"items": [{"id": "1"}, {"id": "1"}]}}, {"ocid": "a", "date": "2"}]},
        "ImportMergeFailed", "/releases/0/tender/items",
    ),
    (
        {"releases": VALUE_TYPES},
        "ImportMergeFailed", "/releases",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "error", "place"), SHAPES, ids=lambda value: str(value)[:50])
def test_take__no_single_process_with_a_tender__is_refused(
    intake: Take, body: dict[str, Any], error: str, place: str
) -> None:
    assert faults(intake, body) == [(error, place)]


def test_take__several_processes__takes_the_named_one(intake: Take, document: dict[str, Any]) -> None:
    other = {**document, "ocid": "ocds-aaaaaa-8", "tender": {"title": "other"}}
    body = {"ocds": {"releases": [other, document]}, "ocid": "ocds-aaaaaa-7"}
    assert intake(body).tender["title"] == "Computadoras portátiles"
    assert faults(intake, {**body, "ocid": "nope"})[0][0] == "ImportProcessAmbiguous"


def test_take__record_with_compiled_release__prefers_it(intake: Take, document: dict[str, Any]) -> None:
    old = {**document, "tender": {"title": "old"}}
    body = {
        "records": [
            {
                "ocid": document["ocid"],
                "releases": [old],
                "compiledRelease": {**document, "tag": ["compiled"]},
            }
        ]
    }
    assert intake(body).tender["title"] == "Computadoras portátiles"


def test_take__several_releases__are_merged_by_date(intake: Take, document: dict[str, Any]) -> None:
    later = {
        "ocid": document["ocid"],
        "id": "2",
        "date": "2026-12-01T00:00:00Z",
        "tender": {"title": "Corregido"},
        "awards": [],
    }
    taken = intake({"releases": [later, document]})
    assert taken.tender["title"] == "Corregido"
    assert taken.tender["items"][0]["quantity"] == 471
    assert "/awards" in taken.ignored


def test_take__supplement__is_applied_before_the_checks(intake: Take, document: dict[str, Any]) -> None:
    del document["tender"]["title"]
    assert intake({"ocds": document, "supplement": {"tender": {"title": "Nuevo"}}}).tender["title"] == "Nuevo"
    assert faults(intake, {"ocds": document, "supplement": {"tender": None}}) == [
        ("ImportFieldMissing", "/tender")
    ]


@pytest.mark.parametrize(
    ("body", "error", "pointer"),
    [
        ({"ocds": []}, "ImportFieldType", "/ocds"),
        ({"ocds": {}, "unknown": 1}, "ImportFieldUnknown", "/unknown"),
        ({"ocds": {}, "ocid": 7}, "ImportFieldType", "/ocid"),
        ({"ocds": {}, "supplement": "x"}, "ImportFieldType", "/supplement"),
    ],
)
def test_take__request_not_of_its_form__is_refused(
    intake: Take, body: dict[str, Any], error: str, pointer: str
) -> None:
    assert faults(intake, body) == [(error, pointer)]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"buyer": {"identifier": {"id": "OTHER"}}}, "ImportBuyerOther"),
        ({"buyer": {"identifier": {"scheme": None}}}, "ImportBuyerOther"),
        ({"buyer": None}, "ImportBuyerOther"),
    ],
)
def test_take__buyer_other_than_the_caller__is_forbidden(
    intake: Take, document: dict[str, Any], patch: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ImportRefused) as caught:
        intake(apply_patch(document, patch))
    assert (caught.value.error, caught.value.http_status, caught.value.pointer) == (expected, 403, "/buyer")


def test_take__buyer_by_reference_to_a_party__is_recognised(intake: Take, document: dict[str, Any]) -> None:
    identifier = document["buyer"].pop("identifier")
    document["buyer"]["id"] = "here"
    document["parties"] = [{"id": "here", "identifier": identifier, "roles": ["buyer"]}]
    assert intake(document).terms.items == 1


def test_take__supplement_that_renames_the_buyer__is_forbidden(
    intake: Take, document: dict[str, Any]
) -> None:
    document["buyer"]["identifier"]["id"] = "OTHER"
    body = {"ocds": document, "supplement": {"buyer": {"identifier": {"id": "GDF9712054NA"}}}}
    assert faults(intake, body) == [("ImportBuyerOther", "/buyer")]


@pytest.mark.parametrize("name", ["laptops", "cutter"])
def test_sample__bare__has_exactly_the_faults_of_a_finished_direct_award(intake: Take, name: str) -> None:
    found = faults(intake, sample_document(name))
    assert {error for error, _ in found} == {
        "ImportPeriodReversed", "ImportPeriodPast", "ImportFieldMissing", "ImportCodeDeprecated",
    }  # fmt: skip
    assert [place for error, place in found if error == "ImportFieldMissing"] == [
        "/tender/items/0/classification"
    ]


def test_sample__direct__is_refused_with_what_it_lacks(intake: Take) -> None:
    found = faults(intake, sample_document("direct"))
    missing = {place for error, place in found if error == "ImportFieldMissing"}
    assert missing == {
        "/tender/value/currency", "/tender/tenderPeriod/endDate", "/tender/items", "/tender/awardCriteria",
    }  # fmt: skip
    assert [error for error, _ in found if error != "ImportFieldMissing"] == ["ImportAmountNotPositive"]


@pytest.mark.parametrize(("name", "ceiling"), [("laptops", 131_126_400), ("cutter", 19_381_739)])
def test_sample__with_its_supplement__is_taken(intake: Take, name: str, ceiling: int) -> None:
    taken = intake(sample(name, Periods.from_now(NOW)), buyer_org_id=BUYER)
    assert taken.terms.setup.lots == (LotTerms(ceiling),)
    assert taken.terms.deadline == NOW + 3600
    assert "/tender/documents/0" in taken.ignored
    assert terms_match(taken.terms, taken.tender) == []


def test_sample__direct__has_no_supplement() -> None:
    assert supplement("direct", Periods.from_now(NOW)) == {}
    assert "supplement" not in sample("direct", Periods.from_now(NOW))


def test_write_sample__to_a_folder__is_a_body_that_is_taken(intake: Take, tmp_path: Path) -> None:
    path = write_sample("laptops", tmp_path, Periods.from_now(NOW))
    assert intake(read_document(path.read_bytes())).tender["title"] == "ARRENDAMIENTO DE BIENES INFORMÁTICOS"


def test_supplement_changes__of_a_sample__lists_old_and_new_by_place() -> None:
    periods = Periods.from_now(NOW)
    listed = {
        place: (old, new)
        for place, old, new in supplement_changes(sample_document("laptops"), supplement("laptops", periods))
    }
    assert listed["/buyer/identifier/scheme"] == (None, "MX-RFC")
    assert listed["/tender/procurementMethod"] == ("selective", "open")
    assert listed["/tender/awardCriteria"] == ("bestValueToGovernment", "priceOnly")
    assert listed["/tender/procurementMethodRationale"][1] is None
    assert listed["/tender/items/0/classification"] == (None, {"scheme": "UNSPSC", "id": "43211503"})


def test_take__what_is_not_taken__is_listed_and_left_out(intake: Take, document: dict[str, Any]) -> None:
    at(document, "/awards", [{"id": "1"}])
    at(document, "/tender/contactPoint", {"name": "x"})
    at(document, "/tender/enquiryPeriod", {"startDate": None, "endDate": None})
    at(document, "/tender/documents", [{"id": "1", "title": "without hash"}])
    at(document, f"{ITEM}/deliveryAddress", {"x": 1})
    taken = intake(document)
    expected = {
        "/awards",
        "/tender/contactPoint",
        "/tender/enquiryPeriod",
        "/tender/documents/0",
        f"{ITEM}/deliveryAddress",
    }
    assert expected <= set(taken.ignored)
    assert not {"contactPoint", "enquiryPeriod", "documents"} & taken.tender.keys()


def test_take__times_of_any_zone__are_written_in_utc(intake: Take, document: dict[str, Any]) -> None:
    document["tender"]["tenderPeriod"]["endDate"] = "2030-01-01T00:00:00.000-06:00"
    assert intake(document).tender["tenderPeriod"]["endDate"] == "2030-01-01T06:00:00Z"


def test_take__terms_not_given__come_from_document_and_defaults(
    intake: Take, document: dict[str, Any]
) -> None:
    terms = intake(document).terms
    assert (terms.procedure, terms.procedure_version, terms.currency, terms.exponent) == (
        "sandbox",
        3,
        "MXN",
        2,
    )
    assert (terms.deadline, terms.items, terms.documents, terms.price_weight_bps) == (
        NOW + 3600,
        1,
        0,
        10_000,
    )
    assert (terms.keyset_id, terms.review_body) == (ZERO32, ZERO32)
    assert terms.plan_ref == hashlib.sha256(b"ocds-aaaaaa-7").digest()
    assert terms.documents_hash == hashlib.sha256(b"[]").digest()
    assert terms.setup.lots == (LotTerms(131_126_450),)


def test_take__document_without_an_ocid__has_no_plan(intake: Take, document: dict[str, Any]) -> None:
    taken = intake({**document, "ocid": ""})
    assert taken.terms.plan_ref == ZERO32
    assert "relatedProcesses" not in taken.tender


@pytest.mark.parametrize(
    ("change", "relationship"),
    [
        ({"tag": ["planning"]}, "planning"),
        ({"tender": {"status": "cancelled"}}, "unsuccessfulProcess"),
        ({}, "prior"),
    ],
)
def test_take__source_process__is_related(
    intake: Take, document: dict[str, Any], change: dict[str, Any], relationship: str
) -> None:
    related = intake(apply_patch(document, change)).tender["relatedProcesses"]
    assert related == [
        {"id": "1", "identifier": "ocds-aaaaaa-7", "relationship": [relationship], "scheme": "ocid"}
    ]


def test_take__terms_given__win_over_defaults(intake: Take, document: dict[str, Any]) -> None:
    given = {
        "procedure": "simple", "priceWeightBps": 6_000, "criteria": [{"id": "tech", "weightBps": 4_000, "maxPoints": 100}],
        "panel": ["0x" + "ab" * 20], "keysetId": "0x" + "11" * 32, "reviewBody": "0x" + "22" * 32, "marketMeans": {"1": 1200000.5},
    }  # fmt: skip
    with pytest.raises(ImportCriteriaOther) as caught:
        intake({"ocds": document, **given})
    assert (caught.value.criteria, caught.value.got) == (1, "priceOnly")
    rated = {"supplement": {"tender": {"awardCriteria": "ratedCriteria"}}}
    terms = intake({"ocds": document, **rated, **given}).terms
    assert (terms.procedure, terms.procedure_version, terms.price_weight_bps) == ("simple", 1, 6_000)
    assert terms.setup.criteria == (Criterion("tech", 4_000, 100),)
    assert terms.setup.panel == ("0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB",)
    assert (terms.keyset_id, terms.review_body) == (b"\x11" * 32, b"\x22" * 32)
    assert terms.setup.lots == (LotTerms(131_126_450, 120_000_050),)


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({"procedure": "none"}, "ImportCodeUnknown", "/procedure"),
        ({"procedureVersion": "1"}, "ImportFieldType", "/procedureVersion"),
        ({"priceWeightBps": 10_001}, "ImportQuantityInvalid", "/priceWeightBps"),
        ({"criteria": {}}, "ImportFieldType", "/criteria"),
        (
            {"criteria": [{"id": "too long id", "weightBps": 1, "maxPoints": 1}]},
            "ImportHashForm",
            "/criteria/0/id",
        ),
        (
            {"criteria": [{"id": "a", "weightBps": 1, "maxPoints": 0}]},
            "ImportQuantityInvalid",
            "/criteria/0/maxPoints",
        ),
        ({"panel": ["0x12"]}, "ImportHashForm", "/panel/0"),
        ({"keysetId": "12"}, "ImportHashForm", "/keysetId"),
        ({"marketMeans": {"7": 1}}, "ImportFieldUnknown", "/marketMeans/7"),
        ({"marketMeans": {"1": "1"}}, "ImportAmountNotNumber", "/marketMeans/1"),
    ],
)
def test_take__terms_not_of_their_form__are_refused(
    intake: Take, document: dict[str, Any], given: dict[str, Any], error: str, pointer: str
) -> None:
    assert faults(intake, {"ocds": document, **given}) == [(error, pointer)]


def lots(document: dict[str, Any]) -> dict[str, Any]:
    """The document with two lots of one item each."""
    item = document["tender"]["items"][0]
    document["tender"]["lots"] = [
        {"id": "a", "title": "Lote A", "value": {"amount": 100.1, "currency": "MXN"}}, {"id": "b", "title": "Lote B"},
    ]  # fmt: skip
    document["tender"]["items"] = [{**item, "relatedLot": "a"}, {**item, "id": "2", "relatedLot": "b"}]
    return document


def test_take__lots__give_ceilings_in_their_order(intake: Take, document: dict[str, Any]) -> None:
    taken = intake(lots(document))
    assert taken.terms.setup.lots == (LotTerms(10_010), LotTerms(0))
    assert terms_match(taken.terms, taken.tender) == []


def test_take__lot_without_item_and_item_without_lot__are_refused(
    intake: Take, document: dict[str, Any]
) -> None:
    del lots(document)["tender"]["items"][1]["relatedLot"]
    expected = [
        ("ImportFieldMissing", "/tender/items/1/relatedLot"),
        ("ImportReferenceBroken", "/tender/lots/1"),
    ]
    assert faults(intake, document) == expected


def test_take__document_with_hash__is_taken_with_size_and_type_of_the_store(
    intake: Take, document: dict[str, Any]
) -> None:
    document["tender"]["documents"] = [
        {
            "id": "1",
            "title": "Bases",
            "url": "https://x.example/1.pdf",
            "integrity": [{"scheme": "sha256", "id": SHA}],
        }
    ]
    taken = intake(document, held={SHA: (12, "application/pdf")}.get)
    entry = {"id": "1", "sha256": SHA, "bytes": 12, "type": "application/pdf"}
    assert taken.terms.documents == 1
    assert taken.terms.documents_hash == hashlib.sha256(rfc8785.dumps([entry])).digest()
    assert faults(intake, document, held={}.get) == [
        ("ImportReferenceBroken", "/tender/documents/0/integrity")
    ]
    assert faults(intake, document) == [
        ("ImportFieldMissing", "/tender/documents/0/bytes"), ("ImportFieldMissing", "/tender/documents/0/format"),
    ]  # fmt: skip


def test_take__canonical_tender__equals_rfc8785_and_reads_back(
    intake: Take, document: dict[str, Any]
) -> None:
    document["tender"]["value"]["amount"] = 193817.39
    taken = intake(document)
    assert taken.json.encode() == rfc8785.dumps(taken.tender)
    assert '"amount":193817.39' in taken.json
    assert '"amount":2784,' in taken.json
    assert json.loads(taken.json) == taken.tender


def test_take__lone_surrogate_in_a_foreign_key__is_listed_readably(
    intake: Take, document: dict[str, Any]
) -> None:
    document["tender"]["x\ud800/~"] = 1
    assert "/tender/x?~1~0" in intake(document).ignored
