"""The JSON of a question, of its answer and of a note, as their events carry it: canonical, at most 4 KiB, nobody named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.errors.ocds import (
    ImportReferenceBroken,
    ImportRefused,
    ImportTextTooLong,
)
from chain.ocds.reading import as_document, shown
from chain.ocds.values import Field, Reader
from chain.rules.canonical import canonical

__all__ = ["ANSWER", "MAX_JSON", "NOTE", "QUESTION", "answer_json", "note_json", "question_json"]

MAX_JSON = 4_096
QUESTION = {
    "title": Field(Reader.title, required=True),
    "description": Field(Reader.text),
    "relatedItem": Field(Reader.title),
    "relatedLot": Field(Reader.title),
}
ANSWER = {"answer": Field(Reader.text, required=True)}
NOTE = {"text": Field(Reader.text, required=True), "document": Field(Reader.digest)}
"""``document``: sha256 of a document that says more, hex."""


def question_json(
    title: str,
    description: str | None = None,
    *,
    related_lot: str | None = None,
    related_item: str | None = None,
    tender: Mapping[str, Any] | None = None,
) -> bytes:
    """Canonical JSON of a question; references are checked where the ``tender`` is given. Raises ImportRefused."""
    question = {
        "title": title,
        "description": description,
        "relatedItem": related_item,
        "relatedLot": related_lot,
    }
    reader = Reader({})
    read = reader.members(as_document(question), "", QUESTION) or {}
    for name, things in (("relatedItem", "items"), ("relatedLot", "lots")):
        known = {thing["id"] for thing in (tender or {}).get(things, ())}
        if tender is not None and name in read and read[name] not in known:
            reader.fault(ImportReferenceBroken(f"/{name}", shown(read[name])))
    return _written(reader, read, "/description" if description else "/title")


def answer_json(answer: str) -> bytes:
    """Canonical JSON of an answer. Raises ImportRefused."""
    reader = Reader({})
    return _written(reader, reader.members(as_document({"answer": answer}), "", ANSWER) or {}, "/answer")


def note_json(text: str, document: str | None = None) -> bytes:
    """Canonical JSON of a note; ``document``: sha256 hex of a document that says more. Raises ImportRefused."""
    reader, said = Reader({}), {"text": text} | ({} if document is None else {"document": document})
    return _written(reader, reader.members(as_document(said), "", NOTE) or {}, "/text")


def _written(reader: Reader, value: dict[str, Any], longest: str) -> bytes:
    written = b"" if reader.faults else canonical(value)
    if len(written) > MAX_JSON:
        reader.fault(ImportTextTooLong(longest, MAX_JSON, len(written)))
    if reader.faults:
        raise ImportRefused.together(reader.faults)
    return written
