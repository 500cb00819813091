"""A compiled release -> what the method looks at. What is absent, or of another type than OCDS says, is passed over, as the method does."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

__all__ = ["ACTIVE", "DISQUALIFIED", "VALID", "Award", "Bid", "Process", "process_of"]

ACTIVE, VALID, DISQUALIFIED = "active", "valid", "disqualified"
_FINAL = frozenset({ACTIVE, "cancelled", "unsuccessful"})
_NOT_SUBMITTED = frozenset({"invited", "withdrawn"})
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-5][0-9])"
)
"""A time of RFC 3339. Python knows no leap second and no year 0: such a time is none here."""


@dataclass(frozen=True)
class Bid:
    """``price``: amount and currency; ``tenderers``: an id each, None where one has none."""

    status: str
    date: str | None
    price: tuple[float, str] | None
    tenderers: Sequence[str | None]

    @property
    def ids(self) -> frozenset[str]:
        """Those of its tenderers that have one."""
        return frozenset(each for each in self.tenderers if each is not None)

    @property
    def tenderer(self) -> str | None:
        """The only one; None where there are several."""
        return _only(self.tenderers)


@dataclass(frozen=True)
class Award:
    """``suppliers``: an id each, None where one has none; ``items``: ids of the items' classifications."""

    status: str
    suppliers: Sequence[str | None]
    items: Sequence[str]

    @property
    def supplier(self) -> str | None:
        """The only one; None where there are several."""
        return _only(self.suppliers)


@dataclass(frozen=True)
class Process:
    """``method`` and ``details``: tender.procurementMethod and -Details; ``start`` and ``end`` of the tender period as written;
    ``tenderers``: tender.numberOfTenderers. Bids and awards without a status are none."""

    ocid: str
    buyer: str | None
    procuring_entity: str | None
    method: str | None
    details: str | None
    start: str | None
    end: str | None
    tenderers: int | None
    bids: Sequence[Bid]
    awards: Sequence[Award]

    @property
    def days(self) -> int | None:
        """Whole days of the tender period, towards zero; None where an end of it is no time."""
        start, end = _instant(self.start), _instant(self.end)
        return None if start is None or end is None else int((end - start) / timedelta(days=1))

    @property
    def submitted(self) -> Sequence[Bid]:
        """Bids that were handed in and not taken back: pending, valid, disqualified."""
        return [bid for bid in self.bids if bid.status not in _NOT_SUBMITTED]

    @property
    def active(self) -> Sequence[Award]:
        """Awards in force."""
        return [award for award in self.awards if award.status == ACTIVE]

    @property
    def is_final(self) -> bool:
        """Whether no award can still become another one: while one is pending, what follows of awards would not last."""
        return all(award.status in _FINAL for award in self.awards)

    @property
    def winner(self) -> str | None:
        """The one supplier of the one award in force, once all are final; None else. Several awards would be for several lots, and
        which bids compete for which lot the method does not ask."""
        return self.active[0].supplier if self.is_final and len(self.active) == 1 else None


def process_of(release: Any, excluded: frozenset[str] = frozenset()) -> Process | None:
    """What of a compiled release is looked at; None where that is nothing: no object, no ocid, a cancelled tender, or one of the
    ``excluded`` kinds (tender.procurementMethodDetails)."""
    ocid, tender = _text(_at(release, "ocid")), _at(release, "tender")
    details = _text(_at(tender, "procurementMethodDetails"))
    if ocid is None or _at(tender, "status") == "cancelled" or details in excluded:
        return None
    number = _at(tender, "numberOfTenderers")
    return Process(
        ocid=ocid,
        buyer=_text(_at(release, "buyer", "id")),
        procuring_entity=_text(_at(tender, "procuringEntity", "id")),
        method=_text(_at(tender, "procurementMethod")),
        details=details,
        start=_text(_at(tender, "tenderPeriod", "startDate")),
        end=_text(_at(tender, "tenderPeriod", "endDate")),
        tenderers=number if isinstance(number, int) and not isinstance(number, bool) else None,
        bids=[
            Bid(status, _text(_at(bid, "date")), _price(_at(bid, "value")), _ids(_at(bid, "tenderers")))
            for bid in _list(_at(release, "bids", "details"))
            if (status := _text(_at(bid, "status"))) is not None
        ],
        awards=[
            Award(status, _ids(_at(award, "suppliers")), _classifications(_at(award, "items")))
            for award in _list(_at(release, "awards"))
            if (status := _text(_at(award, "status"))) is not None
        ],
    )


def _at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _ids(value: Any) -> Sequence[str | None]:
    return [_text(_at(each, "id")) for each in _list(value)]


def _classifications(value: Any) -> Sequence[str]:
    found = (_text(_at(item, "classification", "id")) for item in _list(value))
    return [each for each in found if each is not None]


def _price(value: Any) -> tuple[float, str] | None:
    amount, currency = _at(value, "amount"), _text(_at(value, "currency"))
    if currency is None or isinstance(amount, bool) or not isinstance(amount, int | float | Decimal):
        return None
    try:
        number = float(amount)
    except OverflowError:
        return None
    return (number, currency) if math.isfinite(number) else None


def _instant(text: str | None) -> datetime | None:
    if text is None or not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def _only(ids: Sequence[str | None]) -> str | None:
    return ids[0] if len(ids) == 1 else None
