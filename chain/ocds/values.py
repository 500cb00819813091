"""Single values of a foreign document: each is returned in canonical form, or its fault is noted and None returned."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from chain.errors.ocds import (
    ImportAmountDecimals,
    ImportAmountNotNumber,
    ImportAmountNotPositive,
    ImportAmountTooLarge,
    ImportCodeDeprecated,
    ImportCodeUnknown,
    ImportCurrencyUnknown,
    ImportDateForm,
    ImportDateNoTime,
    ImportDateNoZone,
    ImportFieldMissing,
    ImportFieldType,
    ImportHashForm,
    ImportPersonalData,
    ImportQuantityInvalid,
    ImportRefused,
    ImportTextTooLong,
    ImportTextUnreadable,
)
from chain.ocds.reading import kind, pointer, shown

__all__ = [
    "MAX_AMOUNT",
    "MAX_DECIMALS",
    "MAX_FAULTS",
    "PERSON",
    "TEXT",
    "TITLE",
    "Field",
    "Reader",
    "decimals",
    "is_empty",
    "number",
    "seconds",
    "utc",
]

T = TypeVar("T")
TITLE = 300
TEXT = 4_000
MAX_AMOUNT = 10**12
MAX_DECIMALS = 3
"""Of amounts and quantities: with fewer than 13 digits before them they are exact in every reader's double."""

MAX_FAULTS = 1_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
# RFC of a natural person (4 letters, date, 3; a company's has 3 letters) and CURP, both with a plausible date.
_DAY = r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
PERSON = re.compile(
    rf"(?<![A-Z0-9&Ñ])(?:[A-Z]{{4}}{_DAY}[HMX][A-Z]{{5}}[A-Z0-9][0-9]|[A-ZÑ&]{{4}}{_DAY}[A-Z0-9]{{3}})(?![A-Z0-9])"
)


def utc(at: int) -> str:
    """Unix seconds -> ``YYYY-MM-DDThh:mm:ssZ``."""
    return datetime.fromtimestamp(at, UTC).isoformat().removesuffix("+00:00") + "Z"


def seconds(text: str) -> int:
    """``YYYY-MM-DDThh:mm:ssZ`` -> unix seconds."""
    return int(datetime.fromisoformat(text).timestamp())


def number(value: int | Decimal) -> int | float:
    """JSON number of a release: integer where whole, else the double that prints the same (few enough digits for it)."""
    return int(value) if value == int(value) else float(value)


def decimals(value: int | Decimal) -> int:
    """Decimals that matter: 2 for 193817.39, 0 for 5.00."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_empty(value: Any) -> bool:
    """Absent in all but name: null, blank text, a list or object of nothing but such."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(is_empty(item) for item in value.values())
    return value is None or value == []


@dataclass(frozen=True)
class Field:
    """How a member is read. ``required``: its absence is a fault; ``deep``: its absence is that of its required members."""

    read: Callable[[Reader, Any, str], Any]
    required: bool = False
    deep: bool = False


@dataclass
class Reader:
    """Collects the canonical values, the faults and what is left out.

    ``now`` unix seconds, None where time does not matter; ``currencies`` code -> decimals; ``amending`` ids of items that exist and
    so may have quantity 0, None at publication; ``held`` sha256 hex -> (bytes, media type) of a stored document, or None. ``currency``
    and ``lots`` are those of the tender, once they were read.
    """

    currencies: Mapping[str, int]
    now: int | None = None
    amending: frozenset[str] | None = None
    held: Callable[[str], tuple[int, str] | None] | None = None
    currency: str | None = None
    faults: list[ImportRefused] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    lots: frozenset[str] = frozenset()

    def fault(self, fault: ImportRefused, instead: T | None = None) -> T | None:
        """Notes a fault (the first ``MAX_FAULTS``); reading goes on with ``instead``."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)
        return instead

    def members(self, value: Any, at: str, fields: Mapping[str, Field]) -> dict[str, Any] | None:
        """An object by its table of fields (names that no pointer has to escape); every other member is left out."""
        if not isinstance(value, dict):
            return self.wrong_type(at, "object", value)
        result: dict[str, Any] = {}
        for name, spec in fields.items():
            item = value.get(name)
            if is_empty(item):
                if not (spec.deep and (item is None or isinstance(item, dict))):
                    self._absent(name in value, at, name, spec)
                    continue
                item = item or {}
            got = spec.read(self, item, f"{at}/{name}")
            if got is not None:
                result[name] = got
        self.ignored.extend(pointer(at, key) for key in value if key not in fields)
        return result

    def _absent(self, named: bool, at: str, name: str, spec: Field) -> None:
        if spec.required:
            self.fault(ImportFieldMissing(f"{at}/{name}"))
        elif named:
            self.ignored.append(f"{at}/{name}")

    def wrong_type(self, at: str, expected: str, got: Any, instead: T | None = None) -> T | None:
        """Notes ImportFieldType; reading goes on with ``instead``."""
        return self.fault(ImportFieldType(at, expected, kind(got)), instead)

    def text(self, value: Any, at: str, limit: int = TEXT) -> str | None:
        """Readable text of at most ``limit`` characters without the number of a person."""
        if not isinstance(value, str):
            return self.wrong_type(at, "string", value)
        unreadable, person = _UNREADABLE.search(value), PERSON.search(value)
        if unreadable:
            self.fault(ImportTextUnreadable(at, unreadable.start()))
        elif len(value) > limit:
            self.fault(ImportTextTooLong(at, limit, len(value)))
        elif person:
            self.fault(ImportPersonalData(at, person.start()))
        else:
            return value
        return None

    def title(self, value: Any, at: str) -> str | None:
        """Text of a line: titles, names, ids."""
        return self.text(value, at, TITLE)

    def digest(self, value: Any, at: str) -> str | None:
        """A sha256: 64 lower-case hex digits."""
        if not isinstance(value, str) or not _SHA256.fullmatch(value):
            return self.fault(ImportHashForm(at, "one sha256 of 64 hex digits", shown(value)))
        return value

    def code(
        self, value: Any, at: str, known: tuple[str, ...], deprecated: frozenset[str] = frozenset()
    ) -> str | None:
        """A code of a codelist, never mapped."""
        if not isinstance(value, str):
            return self.wrong_type(at, "string", value)
        if value in known:
            return value
        error = ImportCodeDeprecated if value in deprecated else ImportCodeUnknown
        return self.fault(error(at, shown(value), known))

    def date(self, value: Any, at: str) -> str | None:
        """A time of any zone -> ``YYYY-MM-DDThh:mm:ssZ``."""
        if not isinstance(value, str):
            return self.wrong_type(at, "string", value)
        match = _DATE.fullmatch(value)
        if match is None:
            return self.fault(ImportDateForm(at, shown(value)))
        day, time, fraction, zone = match.groups()
        if time is None:
            return self.fault(ImportDateNoTime(at, shown(value)))
        if zone is None:
            return self.fault(ImportDateNoZone(at, shown(value)))
        when = None if (fraction or "").strip(".0") else _in_utc(f"{day}T{time}{zone}")
        return self.fault(ImportDateForm(at, shown(value))) if when is None else when

    def amount(self, value: Any, at: str) -> int | float | None:
        """A positive amount below 1e12 with no more decimals than the currency (or three); canonical JSON number."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return self.fault(ImportAmountNotNumber(at, shown(value)))
        limit = min(MAX_DECIMALS, self.currencies.get(self.currency or "", MAX_DECIMALS))
        if value <= 0:
            return self.fault(ImportAmountNotPositive(at, str(value)))
        if value >= MAX_AMOUNT:
            return self.fault(ImportAmountTooLarge(at, str(MAX_AMOUNT), str(value)))
        if decimals(value) > limit:
            return self.fault(ImportAmountDecimals(at, limit, str(value)))
        return number(value)

    def currency_code(self, value: Any, at: str) -> str | None:
        """A currency of the network, the same in the whole tender."""
        if not isinstance(value, str):
            return self.wrong_type(at, "string", value)
        known = (self.currency,) if self.currency else tuple(sorted(self.currencies))
        if value not in known:
            return self.fault(ImportCurrencyUnknown(at, shown(value), known))
        return value

    def quantity(self, value: Any, at: str, zero: bool = False) -> int | float | None:
        """More than zero (or not less), below 1e12, at most three decimals; canonical JSON number."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return self.wrong_type(at, "number", value)
        if value < 0 or (value == 0 and not zero) or value >= MAX_AMOUNT or decimals(value) > MAX_DECIMALS:
            return self.fault(ImportQuantityInvalid(at, str(value)))
        return number(value)

    def whole(self, value: Any, at: str, low: int, high: int) -> int | None:
        """An integer from ``low`` to ``high``."""
        if isinstance(value, bool) or not isinstance(value, int):
            return self.wrong_type(at, "integer", value)
        if not low <= value <= high:
            return self.fault(ImportQuantityInvalid(at, str(value)))
        return value


def _in_utc(text: str) -> str | None:
    """The same instant in UTC, None where there is none or it lies before 1970."""
    try:
        when = int(datetime.fromisoformat(text).timestamp())
        return utc(when) if when >= 0 else None
    except (ValueError, OverflowError, OSError):
        return None
