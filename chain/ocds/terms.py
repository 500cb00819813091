"""The terms of a tender: what follows from its canonical JSON, what is given beside it, and what is left to the defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from eth_utils.address import to_checksum_address

from chain.errors.ocds import (
    ImportCodeUnknown,
    ImportCriteriaOther,
    ImportFieldUnknown,
    ImportHashForm,
)
from chain.ocds.reading import pointer, shown
from chain.ocds.values import Reader, seconds
from chain.rules.hashes import documents_hash
from chain.rules.matching import rates
from chain.types import ZERO32, Criterion, LotTerms, Setup, Terms

__all__ = ["TERMS", "Defaults", "Overrides", "derive", "minor"]

_HASH = re.compile(r"0x[0-9a-f]{64}")
_ACCOUNT = re.compile(r"0x[0-9a-fA-F]{40}")
_CRITERION = re.compile(r"[!-~]{1,8}")
TERMS = frozenset(
    {
        "procedure",
        "procedureVersion",
        "priceWeightBps",
        "criteria",
        "panel",
        "keysetId",
        "reviewBody",
        "marketMeans",
    }
)
"""What a request may say beside the document."""


@dataclass(frozen=True)
class Defaults:
    """What a document does not say, from the network descriptor and the chain.

    ``procedures`` code -> newest live version; ``currencies`` ISO 4217 code -> decimals.
    """

    procedures: Mapping[str, int]
    currencies: Mapping[str, int]
    procedure: str = "sandbox"
    keyset_id: bytes = ZERO32
    review_body: bytes = ZERO32


def minor(amount: int | float, exponent: int) -> int:
    """A canonical amount in minor units; exact, because a double prints its decimals back."""
    return int(Decimal(repr(amount)).scaleb(exponent))


class Overrides:
    """The terms beside the document; what is not given comes from the tender, the present terms or the defaults."""

    def __init__(
        self, reader: Reader, beside: dict[str, Any], defaults: Defaults, current: Terms | None = None
    ) -> None:
        self.reader, self.beside, self.defaults, self.current = reader, beside, defaults, current

    def terms(self, tender: dict[str, Any], plan: bytes) -> Terms | None:
        """None where the tender's own faults leave nothing to compute."""
        base = self._base(plan)
        price = self._whole("priceWeightBps", base.price_weight_bps, 10_000)
        setup = Setup((), self._criteria(base.setup.criteria), self._panel(base.setup.panel))
        code, version = self._procedure(base)
        terms = replace(
            base,
            procedure=code,
            procedure_version=version,
            price_weight_bps=price,
            setup=setup,
            keyset_id=self._hash("keysetId", base.keyset_id),
            review_body=self._hash("reviewBody", base.review_body),
        )
        means = self._means(tender)
        if self.reader.faults:
            return None
        if not rates(tender, setup):
            self.reader.fault(
                ImportCriteriaOther("/tender/awardCriteria", len(setup.criteria), tender["awardCriteria"])
            )
            return None
        exponent = self.defaults.currencies[tender["value"]["currency"]]
        return derive(tender, terms, exponent, self._in_minor(means, tender, exponent))

    def _base(self, plan: bytes) -> Terms:
        default = self.defaults
        version = default.procedures.get(default.procedure, 0)
        return self.current or Terms(
            default.procedure,
            version,
            "XXX",
            0,
            0,
            default.keyset_id,
            default.review_body,
            plan,
            ZERO32,
            0,
            0,
            10_000,
            Setup(()),
        )

    def _procedure(self, base: Terms) -> tuple[str, int]:
        code = self.beside.get("procedure", base.procedure)
        known = tuple(sorted(self.defaults.procedures))
        if not isinstance(code, str) or (code not in known and code != base.procedure):
            self.reader.fault(ImportCodeUnknown("/procedure", shown(code), known))
            return base.procedure, base.procedure_version
        newest = base.procedure_version if code == base.procedure else self.defaults.procedures[code]
        return code, self._whole("procedureVersion", newest, 2**16 - 1)

    def _whole(self, key: str, default: int, high: int) -> int:
        if key not in self.beside:
            return default
        got = self.reader.whole(self.beside[key], pointer("", key), 0, high)
        return default if got is None else got

    def _hash(self, key: str, default: bytes) -> bytes:
        if key not in self.beside:
            return default
        value = self.beside[key]
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            self.reader.fault(ImportHashForm(pointer("", key), "0x and 64 hex digits", shown(value)))
            return default
        return bytes.fromhex(value[2:])

    def _list(self, key: str) -> list[Any] | None:
        value = self.beside.get(key)
        return (
            value
            if value is None or isinstance(value, list)
            else self.reader.wrong_type(pointer("", key), "list", value)
        )

    def _criteria(self, default: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        given = self._list("criteria")
        if given is None:
            return default
        read = (self._criterion(item, f"/criteria/{index}") for index, item in enumerate(given))
        return tuple(item for item in read if item is not None)

    def _criterion(self, value: Any, at: str) -> Criterion | None:
        if not isinstance(value, dict):
            return self.reader.wrong_type(at, "object", value)
        for key in value.keys() - {"id", "weightBps", "maxPoints"}:
            self.reader.fault(ImportFieldUnknown(pointer(at, key)))
        name = value.get("id")
        if not isinstance(name, str) or not _CRITERION.fullmatch(name):
            return self.reader.fault(
                ImportHashForm(f"{at}/id", "1 to 8 visible ASCII characters", shown(name))
            )
        weight = self.reader.whole(value.get("weightBps"), f"{at}/weightBps", 0, 10_000)
        points = self.reader.whole(value.get("maxPoints"), f"{at}/maxPoints", 1, 2**16 - 1)
        return None if weight is None or points is None else Criterion(name, weight, points)

    def _panel(self, default: tuple[str, ...]) -> tuple[str, ...]:
        given = self._list("panel")
        if given is None:
            return default
        for index, item in enumerate(given):
            if not isinstance(item, str) or not _ACCOUNT.fullmatch(item):
                self.reader.fault(ImportHashForm(f"/panel/{index}", "0x and 40 hex digits", shown(item)))
        return tuple(
            to_checksum_address(item) for item in given if isinstance(item, str) and _ACCOUNT.fullmatch(item)
        )

    def _means(self, tender: dict[str, Any]) -> dict[str, int | float] | None:
        """marketMeans by lot; None where none are given."""
        value = self.beside.get("marketMeans")
        names = [lot.get("id") for lot in tender.get("lots", ())] or ["1"]
        if value is None:
            return None
        if not isinstance(value, dict):
            return self.reader.wrong_type("/marketMeans", "object", value)
        for key in value.keys() - set(names):
            self.reader.fault(ImportFieldUnknown(pointer("/marketMeans", key)))
        read = ((key, self.reader.amount(item, pointer("/marketMeans", key))) for key, item in value.items())
        return {key: item for key, item in read if item is not None}

    def _in_minor(
        self, means: dict[str, int | float] | None, tender: dict[str, Any], exponent: int
    ) -> dict[str, int]:
        """The means that are given, else those of the present terms in the order of the lots."""
        if means is not None:
            return {name: minor(mean, exponent) for name, mean in means.items()}
        names = [lot["id"] for lot in tender.get("lots", ())] or ["1"]
        lots = self.current.setup.lots if self.current else ()
        return {name: lot.market_mean for name, lot in zip(names, lots, strict=False)}


def derive(tender: dict[str, Any], terms: Terms, exponent: int, means: Mapping[str, int]) -> Terms:
    """``terms`` with everything that follows from the canonical tender; ``means`` lot -> market mean in minor units."""
    lots = tender.get("lots") or [{"id": "1", "value": tender["value"]}]
    documents = tender.get("documents", [])
    read = (LotTerms(_ceiling(lot, exponent), means.get(lot["id"], 0)) for lot in lots)
    return replace(
        terms,
        currency=tender["value"]["currency"],
        exponent=exponent,
        deadline=seconds(tender["tenderPeriod"]["endDate"]),
        documents_hash=documents_hash(documents),
        items=len(tender["items"]),
        documents=len(documents),
        setup=replace(terms.setup, lots=tuple(read)),
    )


def _ceiling(lot: dict[str, Any], exponent: int) -> int:
    return minor(lot["value"]["amount"], exponent) if "value" in lot else 0
