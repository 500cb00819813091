"""What was sent past the API is kept on the chain and marked, never published."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chain.ocds.content import content_of
from chain.ocds.intake import Defaults, Intake, take
from chain.rules.canonical import canonical
from tests.unit.ocds.conftest import NOW, ORG

pytestmark = pytest.mark.unit

Take = Callable[..., Intake]


def test_content_of__what_intake_wrote__is_good(intake: Take, ledger: Any) -> None:
    taken = intake()
    content = content_of(ledger.published(taken))
    assert content.ok
    assert content.value == taken.tender


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "ImportNotJson"), ("[]", "ImportFieldType"), ('{"a":1,"a":2}', "ImportKeyRepeated"), ("{}", "ImportFieldMissing"),
        ("\ud800", "ImportEncoding"),
    ],
)  # fmt: skip
def test_content_of__text_that_cannot_be_read__names_why(
    intake: Take, ledger: Any, text: str, reason: str
) -> None:
    event = ledger.published(intake())
    content = content_of(replace(event, args={**event.args, "json": text}))
    assert reason in content.reasons
    assert content.value == {}


@pytest.mark.parametrize(
    "wrong",
    [{"deadline": 5}, {"items": 7}, {"currency": "0x4a5059"}, {"exponent": 0}, {"currency": "0xffffff"}],
)
def test_content_of__terms_that_say_something_else__differ(
    intake: Take, ledger: Any, wrong: dict[str, Any]
) -> None:
    event = ledger.published(intake())
    changed = replace(event, args={**event.args, "terms": {**event.args["terms"], **wrong}})
    assert not content_of(changed).ok


def test_content_of__deadline_that_differs__is_named(intake: Take, ledger: Any) -> None:
    event = ledger.published(intake())
    changed = replace(event, args={**event.args, "terms": {**event.args["terms"], "deadline": 5}})
    assert content_of(changed).reasons == ("TermsDiffer",)


@pytest.mark.parametrize("currency", ["ZZZ", "m", "\xff\x80\x81"])
def test_content_of__currency_of_no_codelist__does_not_fit_the_schema(
    document: dict[str, Any], ledger: Any, currency: str
) -> None:
    document["tender"]["value"]["currency"] = currency
    document["tender"]["items"][0]["unit"]["value"]["currency"] = currency
    taken = take(document, defaults=Defaults({"sandbox": 3}, {currency: 2}), buyer_org_id=ORG, now=NOW)
    event = ledger.published(replace(taken, terms=replace(taken.terms, currency="MXN")))
    terms = {**event.args["terms"], "currency": "0x" + currency.encode("latin-1").ljust(3, b"\0").hex()}
    content = content_of(replace(event, args={**event.args, "terms": terms}))
    assert (content.reasons, content.value) == (("ReleaseSchemaInvalid",), {})


@pytest.mark.parametrize(
    "more",
    [
        {"milestones": [{"id": "m", "relatedLots": ["L", "L"]}]},
        {
            "documents": [
                {
                    "id": "d",
                    "bytes": 5,
                    "format": "text/plain",
                    "integrity": [{"id": "ab" * 32, "scheme": "sha256"}],
                    "relatedLots": ["L", "L"],
                }
            ]
        },
    ],
)
def test_content_of__lot_named_twice__is_repeated(
    intake: Take, ledger: Any, document: dict[str, Any], more: dict[str, Any]
) -> None:
    tender = document["tender"]
    tender |= {"lots": [{"id": "L", "value": tender["value"]}]}
    tender["items"][0]["relatedLot"] = "L"
    taken = intake(document)
    assert content_of(ledger.published(taken)).ok
    twice = replace(taken, tender={**taken.tender, **more})
    assert "ImportIdRepeated" in content_of(ledger.published(twice)).reasons


@pytest.mark.parametrize("extra", [{"status": "active"}, {"tenderers": []}, {"title": "x", "zz": {}}])
def test_content_of__fields_that_are_not_taken__are_not_canonical(
    intake: Take, ledger: Any, extra: dict[str, Any]
) -> None:
    taken = intake()
    changed = replace(taken, tender={**taken.tender, **extra})
    assert content_of(ledger.published(changed)).reasons == ("ImportNotCanonical",)


def test_content_of__spaces_and_other_order__are_not_canonical(intake: Take, ledger: Any) -> None:
    taken = intake()
    event = ledger.published(taken)
    changed = replace(event, args={**event.args, "json": json.dumps(taken.tender, ensure_ascii=False)})
    assert content_of(changed).reasons == ("ImportNotCanonical",)


def test_content_of__amendment_without_an_id_that_was_there__is_dropped(
    intake: Take, ledger: Any, document: dict[str, Any]
) -> None:
    document["tender"]["milestones"] = [{"id": "m"}]
    before = intake(document).tender
    del document["tender"]["milestones"]
    assert content_of(ledger.amended(intake(document)), before).reasons == ("TermsIdDropped",)


def test_content_of__quantity_zero__only_for_items_that_were_there(intake: Take, ledger: Any) -> None:
    taken = intake()
    zero = replace(taken, tender={**taken.tender, "items": [{**taken.tender["items"][0], "quantity": 0}]})
    assert content_of(ledger.published(zero)).reasons == ("ImportQuantityInvalid",)
    assert content_of(ledger.amended(zero), taken.tender).ok


@pytest.mark.parametrize(
    ("name", "value", "reasons"),
    [
        ("QuestionAsked", {"title": "x", "relatedItem": "1"}, ()),
        ("QuestionAsked", {"title": "x", "relatedItem": "9"}, ("ImportReferenceBroken",)),
        ("QuestionAsked", {"title": "x", "author": "ACME"}, ("ImportNotCanonical",)),
        ("QuestionAsked", {"description": "x"}, ("ImportFieldMissing",)),
        ("QuestionAnswered", {"answer": "x"}, ()),
        ("QuestionAnswered", {"answer": "ñ" * 3_000}, ("ImportTextTooLong",)),
        ("NoteRecorded", {"text": "x"}, ()),
        ("NoteRecorded", {"text": "x", "document": "ab" * 32}, ()),
        ("NoteRecorded", {"text": "x", "document": "AB" * 32}, ("ImportHashForm",)),
        ("NoteRecorded", {"text": "x", "title": "y"}, ("ImportNotCanonical",)),
        ("NoteRecorded", {}, ("ImportFieldMissing",)),
        ("CancellationProposed", {"any": 1}, ()),
    ],
)
def test_content_of__questions_answers_and_notes__are_judged(
    intake: Take, ledger: Any, name: str, value: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    event = ledger.event(name, question=1, json=canonical(value).decode())
    assert content_of(event, intake().tender).reasons == reasons
