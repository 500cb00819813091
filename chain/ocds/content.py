"""Is the JSON of an event what the API would have written? Anyone may send past the API; the chain keeps what was sent.

``()`` = yes (``content_ok``). Otherwise the names of the reasons, sorted: those of chain.errors.ocds, and ``TermsDiffer`` where the
JSON and the terms struct say different things. The struct governs; of such data releases carry the place and the status only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.errors.ocds import (
    ImportNotCanonical,
    ImportReferenceBroken,
    ImportRefused,
    ImportTextTooLong,
    ReleaseSchemaInvalid,
    TermsIdDropped,
)
from chain.ocds.enquiry import ANSWER, MAX_JSON, NOTE, QUESTION
from chain.ocds.patch import dropped
from chain.ocds.profile import fits_schema
from chain.ocds.reading import read_document
from chain.ocds.taken import CARRIED, read_tender
from chain.ocds.values import Field, Reader
from chain.rules.canonical import canonical
from chain.rules.matching import terms_match
from chain.types import Event, Terms

__all__ = ["Content", "content_of"]

TERMS_DIFFER = "TermsDiffer"


@dataclass(frozen=True)
class Content:
    """What an event says, ``{}`` where that is not to be used; ``reasons`` why."""

    value: dict[str, Any]
    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """content_ok of the index."""
        return not self.reasons


def content_of(event: Event, tender: Mapping[str, Any] | None = None) -> Content:
    """The JSON of TenderPublished, TenderAmended, QuestionAsked, QuestionAnswered, NoteRecorded; ``{}`` of any other, which has none.

    ``tender``: the last good content of the tender before this event, None where there is none.
    """
    if event.name in ("TenderPublished", "TenderAmended"):
        return _tender(event, tender)
    if event.name == "QuestionAsked":
        return _enquiry(event, QUESTION, tender)
    if event.name == "QuestionAnswered":
        return _enquiry(event, ANSWER, None)
    if event.name == "NoteRecorded":
        return _enquiry(event, NOTE, None)
    return Content({})


def _faulty(faults: list[ImportRefused]) -> Content:
    return Content({}, tuple(sorted({fault.error for fault in faults})))


def _read(text: str) -> tuple[dict[str, Any], bytes]:
    """Raises ImportRefused."""
    raw = text.encode("utf-8", "surrogatepass")  # bytes that are no UTF-8 are refused by the reader
    return read_document(raw), raw


def _tender(event: Event, current: Mapping[str, Any] | None) -> Content:
    try:
        terms = Terms.from_args(event.args["terms"])
        document, raw = _read(event.args["json"])
    except UnicodeDecodeError:
        return Content({}, (TERMS_DIFFER,))
    except ImportRefused as error:
        return _faulty(list(error.errors))
    known = frozenset(item["id"] for item in current.get("items", ())) if current else None
    amending = known or frozenset() if event.name == "TenderAmended" else None
    reader = Reader({terms.currency: terms.exponent}, amending=amending)
    tender = read_tender(reader, document, "", carried=True)
    if reader.faults:
        return _faulty(reader.faults)
    reasons = {TERMS_DIFFER} if terms_match(terms, tender) else set()
    if canonical(tender) != raw:
        reasons.add(ImportNotCanonical.__name__)
    if current is not None and any(dropped(dict(current), tender)):
        reasons.add(TermsIdDropped.__name__)
    if not reasons and not _fits_schema(tender):
        reasons.add(ReleaseSchemaInvalid.__name__)
    return Content({}, tuple(sorted(reasons))) if reasons else Content(tender)


def _fits_schema(tender: Mapping[str, Any]) -> bool:
    """What the table of fields does not know: codelists that are the schema's alone, such as that of currencies."""
    beside = {key: tender[key] for key in CARRIED if key in tender and key != "rationale"}
    return fits_schema({key: value for key, value in tender.items() if key not in CARRIED}, **beside)


def _enquiry(event: Event, fields: Mapping[str, Field], tender: Mapping[str, Any] | None) -> Content:
    try:
        document, raw = _read(event.args["json"])
    except ImportRefused as error:
        return _faulty(list(error.errors))
    reader = Reader({})
    value = reader.members(document, "", fields) or {}
    if not reader.faults and canonical(value) != raw:
        reader.fault(ImportNotCanonical(""))
    if len(raw) > MAX_JSON:
        reader.fault(ImportTextTooLong("", MAX_JSON, len(raw)))
    for name, things in (("relatedItem", "items"), ("relatedLot", "lots")):
        if name in value and value[name] not in {thing["id"] for thing in (tender or {}).get(things, ())}:
            reader.fault(ImportReferenceBroken(f"/{name}", value[name]))
    return _faulty(reader.faults) if reader.faults else Content(value)
