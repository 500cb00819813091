"""Terms against the tender's JSON: the struct governs, and the text must say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from chain.rules.hashes import documents_hash
from chain.types import ZERO32, Setup, Terms

__all__ = ["ceilings", "rates", "terms_match"]


def ceilings(tender: Mapping[str, Any], exponent: int) -> list[Decimal]:
    """Value of each lot in minor units, in the order of ``lots``, 0 where it has none.

    A tender without lots has one, whose value is the tender's.
    """
    lots = tender.get("lots") or [{"value": tender.get("value")}]
    return [_minor(lot.get("value"), exponent) for lot in lots]


def _minor(value: Mapping[str, Any] | None, exponent: int) -> Decimal:
    # A float prints the shortest digits that read back as itself, which are those of the text.
    return Decimal(str(value["amount"])).scaleb(exponent) if value else Decimal(0)


def terms_match(terms: Terms, tender: Mapping[str, Any]) -> list[str]:
    """JSON pointers into the tender that say something else than the terms; empty where they agree.

    Compared: deadline, number of items, number and hash of documents, number of lots, currency of each value, ceiling of each
    lot, whether bids are rated by criteria, and the process that ``plan_ref`` names (none is fine). Procedure, weights, panel, keyset
    and review body stand in the struct alone. ``tender`` is what a JSON reader gives for the text; where it has not the form of a tender,
    the pointer of the part that could not be read is named.
    """
    checks: tuple[tuple[str, Callable[[], Sequence[str]]], ...] = (
        ("/tenderPeriod/endDate", lambda: _deadline(terms, tender)),
        ("/items", lambda: [] if len(tender["items"]) == terms.items else ["/items"]),
        ("/documents", lambda: _documents(terms, tender)),
        ("/value/currency", lambda: _currencies(terms, tender)),
        ("/lots", lambda: _lots(terms, tender)),
        ("/awardCriteria", lambda: [] if rates(tender, terms.setup) else ["/awardCriteria"]),
        ("/relatedProcesses", lambda: _plan(terms, tender)),
    )
    differing: list[str] = []
    for pointer, check in checks:
        try:
            differing += check()
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            # Anyone may have recorded this text past the service: what cannot be read does not agree.
            differing.append(pointer)
    return differing


def rates(tender: Mapping[str, Any], setup: Setup) -> bool:
    """Whether the text says that bids are rated by criteria where they are, and only there."""
    return (tender.get("awardCriteria") == "ratedCriteria") == bool(setup.criteria)


def _deadline(terms: Terms, tender: Mapping[str, Any]) -> Sequence[str]:
    end = datetime.fromisoformat(tender["tenderPeriod"]["endDate"])
    same = end.tzinfo is not None and end.timestamp() == terms.deadline
    return [] if same else ["/tenderPeriod/endDate"]


def _documents(terms: Terms, tender: Mapping[str, Any]) -> Sequence[str]:
    documents = tender.get("documents", [])
    same = len(documents) == terms.documents and documents_hash(documents) == terms.documents_hash
    return [] if same else ["/documents"]


def _currencies(terms: Terms, tender: Mapping[str, Any]) -> Sequence[str]:
    values = [("/value", tender.get("value"))]
    values += [(f"/lots/{place}/value", lot.get("value")) for place, lot in enumerate(tender.get("lots", []))]
    return [
        f"{pointer}/currency" for pointer, value in values if value and value["currency"] != terms.currency
    ]


def _lots(terms: Terms, tender: Mapping[str, Any]) -> Sequence[str]:
    said = ceilings(tender, terms.exponent)
    if len(said) != len(terms.setup.lots):
        return ["/lots"]
    pairs = enumerate(zip(terms.setup.lots, said, strict=True))
    return [_value_pointer(tender, place) for place, (lot, amount) in pairs if lot.ceiling != amount]


def _value_pointer(tender: Mapping[str, Any], place: int) -> str:
    """Where the value of a lot stands, or would."""
    return f"/lots/{place}/value/amount" if tender.get("lots") else "/value/amount"


def _plan(terms: Terms, tender: Mapping[str, Any]) -> Sequence[str]:
    if terms.plan_ref == ZERO32:
        return []
    named = (
        hashlib.sha256(process["identifier"].encode()).digest()
        for process in tender.get("relatedProcesses", [])
    )
    return [] if terms.plan_ref in named else ["/relatedProcesses"]
