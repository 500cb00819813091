"""The fields of a tender that are taken, in one table; everything else is left out. Reading canonical data gives the same data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chain.errors.ocds import (
    ImportFieldMissing,
    ImportIdRepeated,
    ImportPeriodPast,
    ImportPeriodReversed,
    ImportReferenceBroken,
)
from chain.ocds.reading import pointer, shown
from chain.ocds.values import Field, Reader, is_empty, seconds, utc

__all__ = ["AWARD_CRITERIA", "CARRIED", "CATEGORIES", "METHODS", "RELATIONSHIPS", "read_tender"]

METHODS = ("open", "selective", "limited", "direct")
CATEGORIES = ("goods", "works", "services")
AWARD_CRITERIA = ("priceOnly", "costOnly", "qualityOnly", "ratedCriteria")
DEPRECATED_CRITERIA = frozenset({"lowestCost", "bestProposal", "bestValueToGovernment", "singleBidOnly"})
RELATIONSHIPS = ("planning", "unsuccessfulProcess", "prior")


def _objects(fields: Mapping[str, Field], reader: Reader, value: Any, at: str) -> list[dict[str, Any]] | None:
    """A list of objects with ids that differ."""
    if not isinstance(value, list):
        return reader.wrong_type(at, "list", value)
    return _distinct(
        reader, [reader.members(item, pointer(at, i), fields) or {} for i, item in enumerate(value)], at
    )


def _lots(reader: Reader, value: Any, at: str) -> list[dict[str, Any]] | None:
    lots = _objects(LOT, reader, value, at)
    reader.lots = frozenset(lot["id"] for lot in lots or () if "id" in lot)
    return lots


def _distinct(reader: Reader, items: list[dict[str, Any]], at: str) -> list[dict[str, Any]] | None:
    seen: set[str] = set()
    for item in items:
        name = item.get("id")
        if name in seen:
            reader.fault(ImportIdRepeated(at, shown(name)))
        elif name is not None:
            seen.add(name)
    return items or None


def _related(reader: Reader, value: Any, at: str) -> list[str] | None:
    """Lots of this tender, each once."""
    if not isinstance(value, list):
        return reader.wrong_type(at, "list", value)
    read = [_lot(reader, item, pointer(at, index)) for index, item in enumerate(value)]
    for name, times in Counter(name for name in read if name is not None).items():
        if times > 1:
            reader.fault(ImportIdRepeated(at, shown(name)))
    return [name for name in read if name is not None] or None


def _lot(reader: Reader, value: Any, at: str) -> str | None:
    """The id of a lot of this tender; lots are read first."""
    name = reader.title(value, at)
    return (
        name if name is None or name in reader.lots else reader.fault(ImportReferenceBroken(at, shown(name)))
    )


def _period(
    reader: Reader, value: Any, at: str, fields: Mapping[str, Field], always: bool = False
) -> dict[str, Any] | None:
    """A period; an amendment may repeat one that is over, but for the bidding itself (``always``)."""
    period = reader.members(value, at, fields)
    start, end = (period or {}).get("startDate"), (period or {}).get("endDate")
    if (
        start and end and end <= start
    ):  # both in the one form that ``utc`` writes, whose order is that of time
        reader.fault(ImportPeriodReversed(at, start, end))
    if end and reader.now is not None and seconds(end) < reader.now and (always or reader.amending is None):
        reader.fault(ImportPeriodPast(at, utc(reader.now), end))
    return period or None


def _value(reader: Reader, value: Any, at: str, tender: bool = False) -> dict[str, Any] | None:
    """An amount with its currency; the tender's own fixes the currency of all others."""
    code = value.get("currency") if isinstance(value, dict) else None
    if tender and isinstance(code, str) and code in reader.currencies:
        reader.currency = code
    return reader.members(value, at, VALUE) or None


def _quantity(reader: Reader, value: Any, at: str) -> int | float | None:
    return reader.quantity(value, at, zero=reader.amending is not None)


def _items(reader: Reader, value: Any, at: str) -> list[dict[str, Any]] | None:
    items = _objects(ITEM, reader, value, at)
    for index, item in enumerate(items or ()):
        if item.get("quantity") == 0 and item.get("id") not in (reader.amending or ()):
            reader.quantity(0, pointer(pointer(at, index), "quantity"))
    return items


def _more_classes(reader: Reader, value: Any, at: str) -> list[dict[str, Any]] | None:
    """Further classifications are optional: one without scheme or id is left out."""
    if not isinstance(value, list):
        return reader.wrong_type(at, "list", value)
    result: list[dict[str, Any]] = []
    for index, item in enumerate(value):
        here = pointer(at, index)
        if isinstance(item, dict) and (is_empty(item.get("scheme")) or is_empty(item.get("id"))):
            reader.ignored.append(here)
        elif (read := reader.members(item, here, CLASS)) is not None:
            result.append(read)
    counted = Counter((item.get("scheme"), item.get("id")) for item in result)
    for (_, name), times in counted.items():
        if times > 1:
            reader.fault(ImportIdRepeated(at, shown(name)))
    return result or None


def _documents(reader: Reader, value: Any, at: str) -> list[dict[str, Any]] | None:
    """Documents that name their sha256; the others are left out: nobody could prove what they said."""
    if not isinstance(value, list):
        return reader.wrong_type(at, "list", value)
    documents: list[dict[str, Any]] = []
    for index, item in enumerate(value):
        here = pointer(at, index)
        if isinstance(item, dict) and is_empty(item.get("integrity")):
            reader.ignored.append(here)
        elif (document := _document(reader, item, here)) is not None:
            documents.append(document)
    return _distinct(reader, documents, at)


def _document(reader: Reader, value: Any, at: str) -> dict[str, Any] | None:
    document = reader.members(value, at, DOCUMENT)
    if document is None or "integrity" not in document:
        return document
    digest = document["integrity"][0]["id"]
    if reader.held is not None:
        facts = reader.held(digest)
        if facts is None:
            return reader.fault(ImportReferenceBroken(pointer(at, "integrity"), digest))
        document["bytes"], document["format"] = facts
    for name in ("bytes", "format"):
        if name not in document:
            reader.fault(ImportFieldMissing(pointer(at, name)))
    return document


def _integrity(reader: Reader, value: Any, at: str) -> list[dict[str, str]] | None:
    """Exactly one sha256 of 64 lower-case hex digits is kept."""
    if not isinstance(value, list):
        return reader.wrong_type(at, "list", value)
    hashes = [item for item in value if isinstance(item, dict) and item.get("scheme") == "sha256"]
    digest = reader.digest(hashes[0].get("id") if len(hashes) == 1 else None, at)
    if digest is None:
        return None
    reader.ignored.extend(pointer(at, index) for index, item in enumerate(value) if item is not hashes[0])
    return [{"id": digest, "scheme": "sha256"}]


def _relationships(reader: Reader, value: Any, at: str) -> list[str] | None:
    if not isinstance(value, list):
        return reader.wrong_type(at, "list", value)
    read = (reader.code(item, pointer(at, index), RELATIONSHIPS) for index, item in enumerate(value))
    return [code for code in read if code is not None] or None


def _codes(
    known: tuple[str, ...], deprecated: frozenset[str] = frozenset()
) -> Callable[[Reader, Any, str], str | None]:
    return lambda reader, value, at: reader.code(value, at, known, deprecated)


def _size(reader: Reader, value: Any, at: str) -> int | None:
    return reader.whole(value, at, 1, 2**40)


ID = Field(Reader.title, required=True)
TITLE_ = Field(Reader.title)
TEXT_ = Field(Reader.text)
DATE = Field(Reader.date)
LOTS = Field(_related)
VALUE = {
    "currency": Field(Reader.currency_code, required=True),
    "amount": Field(Reader.amount, required=True),
}
PERIOD = {"startDate": DATE, "endDate": DATE}
BIDDING = {"startDate": DATE, "endDate": Field(Reader.date, required=True)}
CLASS = {"scheme": ID, "id": ID, "description": TEXT_}
UNIT = {"scheme": TITLE_, "id": TITLE_, "name": TITLE_, "value": Field(_value)}
ANY_PERIOD = Field(partial(_period, fields=PERIOD))
ITEM = {
    "id": ID,
    "description": Field(Reader.text, required=True),
    "quantity": Field(_quantity, required=True),
    "classification": Field(partial(Reader.members, fields=CLASS), required=True),
    "additionalClassifications": Field(_more_classes),
    "unit": Field(partial(Reader.members, fields=UNIT)),
    "relatedLot": Field(_lot),
}
LOT = {"id": ID, "title": TITLE_, "description": TEXT_, "value": Field(_value), "contractPeriod": ANY_PERIOD}
MILESTONE = {
    "id": ID, "title": TITLE_, "type": TITLE_, "description": TEXT_, "code": TITLE_, "dueDate": DATE, "relatedLots": LOTS,
}  # fmt: skip
DOCUMENT = {
    "id": ID, "documentType": TITLE_, "title": TITLE_, "description": TEXT_, "format": TITLE_, "language": TITLE_,
    "relatedLots": LOTS, "integrity": Field(_integrity, required=True), "bytes": Field(_size),
}  # fmt: skip
RELATED = {
    "id": ID, "relationship": Field(_relationships, required=True), "scheme": ID, "identifier": ID,
}  # fmt: skip
TENDER = {
    "value": Field(partial(_value, tender=True), required=True, deep=True),
    "lots": Field(_lots),
    "title": Field(Reader.title, required=True),
    "description": TEXT_,
    "procurementMethod": Field(_codes(METHODS), required=True),
    "procurementMethodDetails": TEXT_,
    "procurementMethodRationale": TEXT_,
    "mainProcurementCategory": Field(_codes(CATEGORIES)),
    "awardCriteria": Field(_codes(AWARD_CRITERIA, DEPRECATED_CRITERIA), required=True),
    "awardCriteriaDetails": TEXT_,
    "eligibilityCriteria": TEXT_,
    "tenderPeriod": Field(partial(_period, fields=BIDDING, always=True), required=True, deep=True),
    "enquiryPeriod": ANY_PERIOD,
    "awardPeriod": ANY_PERIOD,
    "contractPeriod": ANY_PERIOD,
    "items": Field(_items, required=True),
    "milestones": Field(partial(_objects, MILESTONE)),
    "documents": Field(_documents),
}
CARRIED = {"language": TITLE_, "relatedProcesses": Field(partial(_objects, RELATED)), "rationale": TEXT_}
"""Members of the event's JSON that are no fields of an OCDS tender: a release has them elsewhere."""


def read_tender(reader: Reader, value: Any, at: str, carried: bool = False) -> dict[str, Any]:
    """A tender in canonical form as far as it has no faults; these and what was left out are in ``reader``.

    ``carried``: the members of ``CARRIED`` are read too, as in the JSON of an event.
    """
    tender = reader.members(value, at, {**TENDER, **CARRIED} if carried else TENDER) or {}
    _references(reader, tender, at)
    return tender


def _references(reader: Reader, tender: dict[str, Any], at: str) -> None:
    """Where there are lots each item belongs to one and each has an item."""
    used = {item.get("relatedLot") for item in tender.get("items", ())}
    faulty = {fault.pointer for fault in reader.faults}
    for index, item in enumerate(tender.get("items", ())):
        here = f"{at}/items/{index}/relatedLot"
        if reader.lots and "relatedLot" not in item and here not in faulty:
            reader.fault(ImportFieldMissing(here))
    for index, lot in enumerate(tender.get("lots", ())):
        if "items" in tender and "id" in lot and lot["id"] not in used:
            reader.fault(ImportReferenceBroken(f"{at}/lots/{index}", shown(lot["id"])))
