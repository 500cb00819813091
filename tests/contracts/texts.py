"""Tenders whose texts say what their terms do, so that their releases tell everything."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from chain.ocds.values import utc
from chain.rules import canonical
from chain.types import Terms

__all__ = ["readably"]


def readably(terms: Terms) -> tuple[Terms, str]:
    """The terms with an item a lot and without documents, and a text that agrees with them."""
    lots = [(str(number), _value(terms, lot.ceiling)) for number, lot in enumerate(terms.setup.lots, 1)]
    tender = {
        "awardCriteria": "ratedCriteria" if terms.setup.criteria else "priceOnly",
        "items": [
            {
                "id": number, "description": f"Computadoras {number}", "quantity": 3, "relatedLot": number,
                "classification": {"id": "43211503", "scheme": "UNSPSC"},
            }
            for number, _ in lots
        ],
        "lots": [{"id": number, "title": f"Lote {number}", "value": value} for number, value in lots],
        "procurementMethod": "open",
        "tenderPeriod": {"endDate": utc(terms.deadline)},
        "title": "Computadoras",
        "value": _value(terms, sum(lot.ceiling for lot in terms.setup.lots)),
    }  # fmt: skip
    agreeing = replace(terms, items=len(lots), documents=0, documents_hash=hashlib.sha256(b"[]").digest())
    return agreeing, canonical(tender).decode()


def _value(terms: Terms, minor: int) -> dict[str, Any]:
    """Minor units, as OCDS has them; a number without decimals where there are none."""
    whole, rest = divmod(minor, 10**terms.exponent)
    return {"amount": minor / 10**terms.exponent if rest else whole, "currency": terms.currency}
