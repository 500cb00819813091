"""Whatever comes in: taken, or refused by name. Whatever is taken reads back, and merges back."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.ocds import ImportRefused
from chain.ocds.content import content_of
from chain.ocds.intake import Defaults, Intake, take, take_amendment
from chain.ocds.patch import apply_patch, changes, dropped
from chain.ocds.profile import merger
from chain.ocds.reading import read_document
from chain.ocds.samples import BUYER, Periods, sample
from chain.rules.matching import terms_match
from chain.types import Event

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
DEFAULTS = Defaults({"sandbox": 1}, {"MXN": 2, "JPY": 0})
SAMPLE = sample("laptops", Periods.from_now(NOW))
TAKEN = take(SAMPLE, defaults=DEFAULTS, buyer_org_id=BUYER, now=NOW)
KEYS = st.sampled_from(
    ["ocds", "ocid", "tag", "releases", "records", "compiledRelease", "tender", "items", "lots", "id", "value", "amount", "currency",
     "tenderPeriod", "endDate", "date", "documents", "integrity", "scheme", "relatedLots", "url", "buyer", "identifier", "supplement",
     "criteria", "panel", "marketMeans", "patch", "rationale", "title", "unit", "classification", "quantity", "language", "parties"]
) | st.text(max_size=5)  # fmt: skip
TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["2030-01-01T00:00:00Z", "sha256", "MXN", "open", "\ud800", "1" * 64]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | TEXTS | st.binary(max_size=2)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=8)


def outcome(body: Any) -> Intake | None:
    """Taken, or refused with facts that can be sent."""
    try:
        return take(body, defaults=DEFAULTS, buyer_org_id=BUYER, now=NOW)
    except ImportRefused as error:
        json.dumps([[fault.error, fault.facts] for fault in error.errors]).encode()
        str(error).encode()
        return None


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, item in pairs for path in ((*at, key), *places(item, (*at, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """The sample with values replaced anywhere in it."""
    body = copy.deepcopy(SAMPLE)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(body)))
        target: Any = body
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = draw(VALUES)
    return body


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(str.encode)
    | DOCUMENTS.map(repr).map(lambda text: text.encode("utf-8", "replace"))
)
def test_read_document__any_bytes__gives_a_document_or_a_refusal(raw: bytes) -> None:
    try:
        assert isinstance(read_document(raw), dict)
    except ImportRefused as error:
        assert error.http_status in (400, 413, 422)


@given(DOCUMENTS)
def test_take__any_json__is_taken_or_refused(body: dict[str, Any]) -> None:
    outcome(body)


@given(spoiled())
def test_take__a_good_document_spoiled_anywhere__is_taken_or_refused(body: dict[str, Any]) -> None:
    taken = outcome(body)
    if taken is not None:
        assert taken.json.encode() == rfc8785.dumps(taken.tender)
        assert terms_match(taken.terms, taken.tender) == []


@given(DOCUMENTS)
def test_take_amendment__any_patch__is_taken_or_refused(patch: dict[str, Any]) -> None:
    known: dict[str, Any] = {
        "current_tender": TAKEN.tender,
        "current_terms": TAKEN.terms,
        "defaults": DEFAULTS,
    }
    try:
        taken = take_amendment({"patch": patch}, buyer_org_id=BUYER, now=NOW, **known)
    except ImportRefused:
        return
    assert terms_match(taken.terms, taken.tender) == []
    assert not list(dropped(TAKEN.tender, taken.tender))


@given(
    TEXTS | DOCUMENTS.map(lambda value: json.dumps(value, default=str)),
    st.sampled_from(["TenderPublished", "TenderAmended", "QuestionAsked"]),
)
def test_content_of__any_text__is_judged_and_never_raises(text: str, name: str) -> None:
    terms = {
        "procedure": "0x" + b"sandbox".ljust(16, b"\0").hex(), "procedureVersion": 1, "currency": "0x4d584e", "exponent": 2, "deadline": 1,
        "keysetId": "0x" + "00" * 32, "reviewBody": "0x" + "00" * 32, "planRef": "0x" + "00" * 32, "documentsHash": "0x" + "00" * 32,
        "items": 1, "documents": 0, "priceWeightBps": 10_000, "setup": {"lots": [], "criteria": [], "panel": []},
    }  # fmt: skip
    event = Event("TenderBoard", name, {"json": text, "terms": terms}, 1, 1, "0x", 0, 0, "0x")
    content = content_of(event, TAKEN.tender)
    assert content.ok == (content.reasons == ())


PLAIN = st.recursive(
    st.integers(0, 9) | st.text("ab", min_size=1, max_size=2),
    lambda inner: st.dictionaries(st.text("xyz", min_size=1, max_size=1), inner, min_size=1, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(
    st.sampled_from(["title", "description", "awardCriteriaDetails"]), st.text("ab", min_size=1, max_size=3)
)
ITEMS = st.dictionaries(st.sampled_from("123"), OBJECTS, min_size=1)


def tender(objects: dict[str, dict[str, Any]], fields: dict[str, Any]) -> dict[str, Any]:
    """A tender with these items and texts."""
    return {"id": "1", **fields, "lots": [{"id": name, **item} for name, item in sorted(objects.items())]}


@given(ITEMS, ITEMS, OBJECTS, OBJECTS)
def test_changes__merged_over_the_old__give_the_new(
    old: dict[str, Any], more: dict[str, Any], fields: dict[str, Any], later: dict[str, Any]
) -> None:
    before, now = tender(old, fields), tender({**old, **more}, later)
    head = {"ocid": "a", "initiationType": "tender"}
    releases = [{**head, "id": "1", "date": "1", "tender": before}]
    if (change := changes(before, now)) is not None:
        releases.append({**head, "id": "2", "date": "2", "tender": {"id": "1", **change}})
    merged = merger().create_compiled_release(releases)["tender"]
    assert {**merged, "lots": sorted(merged["lots"], key=lambda lot: lot["id"])} == now


@given(PLAIN, PLAIN)
def test_apply_patch__of_its_own_result__changes_nothing(target: Any, patch: Any) -> None:
    once = apply_patch(target, patch)
    assert apply_patch(once, patch) == once
