"""Questions and answers: canonical, short, readable, about something that is there."""

from __future__ import annotations

from typing import Any

import pytest

from chain.errors.ocds import ImportRefused
from chain.ocds.enquiry import answer_json, note_json, question_json

pytestmark = pytest.mark.unit

TENDER = {"items": [{"id": "1"}], "lots": [{"id": "a"}]}


def test_question_json__with_references__is_canonical() -> None:
    raw = question_json("¿Garantía?", "¿Cuántos años?", related_item="1", related_lot="a", tender=TENDER)
    assert (
        raw.decode()
        == '{"description":"¿Cuántos años?","relatedItem":"1","relatedLot":"a","title":"¿Garantía?"}'
    )


def test_question_json__without_the_optional__leaves_it_out() -> None:
    assert question_json("x", "") == b'{"title":"x"}'


def test_answer_json__text__is_canonical() -> None:
    assert answer_json("Tres.") == b'{"answer":"Tres."}'


def test_note_json__with_and_without_a_document__is_canonical() -> None:
    assert note_json("Una marca.") == b'{"text":"Una marca."}'
    expected = b'{"document":"' + b"ab" * 32 + b'","text":"Una marca."}'
    assert note_json("Una marca.", "ab" * 32) == expected


@pytest.mark.parametrize(
    ("text", "document", "error", "pointer"),
    [
        ("", None, "ImportFieldMissing", "/text"),
        ("ñ" * 3_000, None, "ImportTextTooLong", "/text"),
        ("a\x00", None, "ImportTextUnreadable", "/text"),
        ("a", "ab", "ImportHashForm", "/document"),
    ],
)
def test_note_json__fault__is_named_with_its_place(
    text: str, document: str | None, error: str, pointer: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        note_json(text, document)
    assert (refused.value.error, refused.value.facts["pointer"]) == (error, pointer)


@pytest.mark.parametrize(
    ("question", "error", "pointer"),
    [
        ({"title": ""}, "ImportFieldMissing", "/title"),
        ({"title": 7}, "ImportFieldType", "/title"),
        ({"title": "a" * 301}, "ImportTextTooLong", "/title"),
        ({"title": "a\x00"}, "ImportTextUnreadable", "/title"),
        ({"title": "a", "description": "ñ" * 3_000}, "ImportTextTooLong", "/description"),
        ({"title": "a", "description": "Soy GOMJ800101AB1"}, "ImportPersonalData", "/description"),
        ({"title": "a", "related_item": "9"}, "ImportReferenceBroken", "/relatedItem"),
        ({"title": "a", "related_lot": "9"}, "ImportReferenceBroken", "/relatedLot"),
    ],
)
def test_question_json__faulty__is_refused_by_name(
    question: dict[str, Any], error: str, pointer: str
) -> None:
    with pytest.raises(ImportRefused) as caught:
        question_json(**question, tender=TENDER)
    assert (caught.value.error, caught.value.pointer) == (error, pointer)


@pytest.mark.parametrize(
    ("answer", "error"),
    [("", "ImportFieldMissing"), ("ñ" * 3_000, "ImportTextTooLong"), ("\ud800", "ImportTextUnreadable")],
)
def test_answer_json__faulty__is_refused_by_name(answer: str, error: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        answer_json(answer)
    assert (caught.value.error, caught.value.pointer) == (error, "/answer")
