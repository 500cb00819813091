"""Compiled releases as tables: a row a tender, item, party, bid, award, agreement, transaction, document; CSV (RFC 4180).

A column is named by where its value stands; ``of`` is the id of what the row belongs to: the agreement of a transaction, the award of a
document.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["TABLES", "lines"]

Thing = Mapping[str, Any]
_VALUE = ("value/amount", "value/currency")
_DOCUMENTS = (
    "tender/documents", "bids/details/documents", "awards/documents", "contracts/documents", "contracts/implementation/documents",
    "complaints/documents",
)  # fmt: skip

TABLES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "tenders": (("tender",), (
        "ocid", "date", "id", "status", "title", "buyer/id", "buyer/name", "procurementMethod", "mainProcurementCategory", *_VALUE,
        "tenderPeriod/startDate", "tenderPeriod/endDate", "numberOfTenderers",
    )),
    "items": (("tender/items",), (
        "ocid", "id", "description", "quantity", "unit/name", "unit/value/amount", "unit/value/currency", "classification/scheme",
        "classification/id", "relatedLot",
    )),
    "parties": (("parties",), ("ocid", "id", "name", "identifier/scheme", "identifier/id", "roles")),
    "bids": (("bids/details",), ("ocid", "id", "date", "status", "tenderers", *_VALUE, "relatedLots")),
    "awards": (("awards",), ("ocid", "id", "date", "status", "suppliers", *_VALUE, "relatedBid", "relatedLots")),
    "agreements": (("contracts",), (
        "ocid", "id", "awardID", "status", "dateSigned", "period/startDate", "period/endDate", *_VALUE, "amendments",
    )),
    "transactions": (("contracts/implementation/transactions",), (
        "ocid", "of", "id", "date", "payer/id", "payer/name", "payee/id", "payee/name", *_VALUE,
    )),
    "documents": (_DOCUMENTS, ("ocid", "section", "of", "id", "documentType", "title", "format", "url", "integrity")),
}  # fmt: skip
"""Name -> where its rows stand in a release, and its columns."""

_OF_RELEASE = frozenset({"ocid", "date", "buyer/id", "buyer/name"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(table: str, releases: Iterable[Thing]) -> Iterator[str]:
    """The table of these compiled releases, line by line, with its header. Raises KeyError where there is no such table."""
    sections, columns = TABLES[table]
    yield _line(columns)
    for release in releases:
        for section in sections:
            for owner, thing in _things(release, section.split("/"), ""):
                beside = {"ocid": release["ocid"], "section": section, "of": owner}
                if table == "tenders":
                    beside |= {name: _at(release, name) for name in _OF_RELEASE}
                yield _line([_cell(beside[name] if name in beside else _at(thing, name)) for name in columns])


def _things(value: Thing, path: Sequence[str], owner: str) -> Iterator[tuple[str, Thing]]:
    """(id of the last object of a list on the way, object) of all objects at a path."""
    found, rest = value.get(path[0]), path[1:]
    for each in found if isinstance(found, list) else [found] if isinstance(found, dict) else []:
        if rest:
            yield from _things(each, rest, str(each["id"]) if isinstance(found, list) else owner)
        else:
            yield owner, each


def _at(thing: Thing, name: str) -> Any:
    value: Any = thing
    for key in name.split("/"):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _cell(value: Any) -> str:
    """Numbers as JSON has them; of a list its texts or ids. A text that a spreadsheet would compute begins with ``'``."""
    if value is None:
        return ""
    if isinstance(value, list):
        return _cell(";".join(str(each["id"] if isinstance(each, Mapping) else each) for each in value))
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value)


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
