"""An amendment is the whole new tender, from a document or from a patch of the present one, and drops nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chain.errors.ocds import ImportRefused
from chain.ocds.intake import Defaults, Intake, take_amendment
from chain.ocds.patch import apply_patch, changes, dropped
from chain.rules.matching import terms_match
from chain.types import LotTerms

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
ORG = "MX-RFC-GDF9712054NA"
Amend = Callable[..., Intake]


@pytest.fixture
def present(intake: Callable[..., Intake], document: dict[str, Any]) -> Intake:
    """The tender as it stands."""
    document["tender"]["milestones"] = [{"id": "m", "title": "Entrega"}]
    return intake({"ocds": document, "marketMeans": {"1": 1_000_000}, "priceWeightBps": 7_000})


@pytest.fixture
def amend(present: Intake, defaults: Defaults) -> Amend:
    """``amend(body)`` of the present tender, 10 seconds later."""

    def amended(body: dict[str, Any], **more: Any) -> Intake:
        known = {
            "current_tender": present.tender,
            "current_terms": present.terms,
            "defaults": defaults,
            **more,
        }
        return take_amendment(body, buyer_org_id=ORG, now=NOW + 10, **known)

    return amended


def faults(amend: Amend, body: dict[str, Any]) -> list[tuple[str, str]]:
    """(error, pointer) of every fault."""
    with pytest.raises(ImportRefused) as caught:
        amend(body)
    return [(fault.error, fault.pointer) for fault in caught.value.errors]


def test_take_amendment__patch__changes_what_it_says_and_keeps_the_rest(
    amend: Amend, present: Intake
) -> None:
    taken = amend({"patch": {"title": "Nuevo", "description": None}, "rationale": "Errata"})
    expected = {key: value for key, value in present.tender.items() if key != "description"}
    assert taken.tender == {**expected, "title": "Nuevo", "rationale": "Errata"}
    assert taken.terms == present.terms


def test_take_amendment__patch_of_deadline_and_value__moves_the_terms(amend: Amend, present: Intake) -> None:
    taken = amend({"patch": {"tenderPeriod": {"endDate": "2030-01-01T00:00:00Z"}, "value": {"amount": 5}}})
    assert (taken.terms.deadline, taken.terms.setup.lots) == (1_893_456_000, (LotTerms(500, 100_000_000),))
    assert terms_match(taken.terms, taken.tender) == []
    assert taken.terms == replace(present.terms, deadline=taken.terms.deadline, setup=taken.terms.setup)


def test_take_amendment__rationale_of_the_one_before__is_not_repeated(amend: Amend, present: Intake) -> None:
    earlier = {**present.tender, "rationale": "old"}
    assert "rationale" not in amend({"patch": {"title": "Nuevo"}}, current_tender=earlier).tender


def test_take_amendment__whole_document__replaces_the_tender(
    amend: Amend, document: dict[str, Any], present: Intake
) -> None:
    document["tender"] |= {"title": "Todo nuevo", "milestones": [{"id": "m"}]}
    document["ocid"] = "another"
    taken = amend({"ocds": document, "rationale": "Todo"})
    assert (taken.tender["title"], taken.tender["milestones"]) == ("Todo nuevo", [{"id": "m"}])
    assert taken.tender["relatedProcesses"] == present.tender["relatedProcesses"]


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        (
            {
                "items": [
                    {
                        "id": "2",
                        "description": "x",
                        "quantity": 1,
                        "classification": {"scheme": "a", "id": "b"},
                    }
                ]
            },
            "/tender/items",
        ),
        ({"milestones": None}, "/tender/milestones"),
        ({"milestones": []}, "/tender/milestones"),
    ],
)
def test_take_amendment__id_that_leaves__is_refused(
    amend: Amend, patch: dict[str, Any], pointer: str
) -> None:
    assert faults(amend, {"patch": patch}) == [("TermsIdDropped", pointer)]


def test_take_amendment__quantity_zero__is_for_items_that_exist(amend: Amend, present: Intake) -> None:
    old = present.tender["items"][0]
    assert amend({"patch": {"items": [{**old, "quantity": 0}]}}).tender["items"][0]["quantity"] == 0
    body = {"patch": {"items": [old, {**old, "id": "2", "quantity": 0}]}}
    assert faults(amend, body) == [("ImportQuantityInvalid", "/tender/items/1/quantity")]


def test_take_amendment__other_period_that_is_over__may_stay_but_not_the_deadline(
    amend: Amend, present: Intake
) -> None:
    past = {"startDate": "2020-01-01T00:00:00Z", "endDate": "2020-01-02T00:00:00Z"}
    assert amend({"patch": {"enquiryPeriod": past}}).tender["enquiryPeriod"] == past
    assert faults(amend, {"patch": {"tenderPeriod": past}}) == [("ImportPeriodPast", "/tender/tenderPeriod")]


def test_take_amendment__documents_of_the_present_tender__are_held(
    intake: Callable[..., Intake], document: dict[str, Any], amend: Amend
) -> None:
    sha = "cd" * 32
    document["tender"]["documents"] = [{"id": "1", "integrity": [{"scheme": "sha256", "id": sha}]}]
    now = intake(document, held={sha: (5, "text/plain")}.get)
    taken = amend({"patch": {"title": "x"}}, held={}.get, current_tender=now.tender, current_terms=now.terms)
    assert taken.terms.documents_hash == now.terms.documents_hash


@pytest.mark.parametrize(
    ("body", "error", "pointer"),
    [
        ({"patch": "x"}, "ImportFieldType", "/patch"),
        ({"patch": {}, "reason": "x"}, "ImportFieldUnknown", "/reason"),
        ({"patch": {}, "rationale": 7}, "ImportFieldType", "/rationale"),
        ({"patch": {"title": None}}, "ImportFieldMissing", "/tender/title"),
        ({}, "ImportNotOcds", ""),
    ],
)
def test_take_amendment__not_of_its_form__is_refused(
    amend: Amend, body: dict[str, Any], error: str, pointer: str
) -> None:
    assert faults(amend, body) == [(error, pointer)]


# The example table of RFC 7386, appendix A.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}), ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}), ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}), ({"a": ["b"]}, {"a": "c"}, {"a": "c"}), ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}), ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]), ({"a": "b"}, ["c"], ["c"]), ({"a": "foo"}, None, None), ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}), ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)  # fmt: skip
def test_apply_patch__examples_of_the_rfc__give_its_results(target: Any, patch: Any, result: Any) -> None:
    assert apply_patch(target, patch) == result


def test_changes__of_two_states__says_what_a_merge_needs() -> None:
    old = {
        "title": "a",
        "unit": {"name": "x", "value": {"amount": 1}},
        "items": [{"id": "1", "q": 1, "d": "x"}, {"id": "2"}],
        "roles": ["a"],
    }
    new = {
        "title": "b",
        "items": [{"id": "1", "q": 2, "d": "x"}, {"id": "2"}, {"id": "3"}],
        "roles": ["a", "b"],
    }
    assert changes(old, new) == {
        "title": "b", "unit": {"name": None, "value": {"amount": None}}, "items": [{"id": "1", "q": 2}, {"id": "3"}], "roles": ["a", "b"],
    }  # fmt: skip
    assert changes(old, old) is None


def test_changes__of_a_list_that_merges_whole__sends_it_whole() -> None:
    old = {"integrity": [{"scheme": "sha256", "id": "a"}]}
    new = {"integrity": [{"scheme": "sha256", "id": "b"}]}
    assert changes(old, new) == new
    assert list(dropped(old, new)) == []
    assert list(dropped(old, {})) == [("/integrity", "")]
