"""A small tender that can be taken as it is, and the events it makes on a ledger that is not there."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from chain.ocds.intake import Defaults, Intake, take
from chain.ocds.publication import Moment, Organisation, Publication
from chain.ocds.release import fold
from chain.ocds.values import utc
from chain.types import Event, Terms

NOW = 1_800_000_000
ORG = "MX-RFC-GDF9712054NA"
BUYER = "0x" + "ab" * 32
PUBLICATION = Publication(chain_id=31337, publisher="Licita", license="https://licita.example/license")
RELEASE: dict[str, Any] = {
    "ocid": "ocds-aaaaaa-7",
    "id": "1",
    "date": "2026-11-01T00:00:00Z",
    "tag": ["tender"],
    "initiationType": "tender",
    "language": "es",
    "buyer": {"name": "SECRETARÍA DE FINANZAS", "identifier": {"scheme": "MX-RFC", "id": "GDF9712054NA"}},
    "tender": {
        "title": "Computadoras portátiles",
        "description": "471 computadoras",
        "procurementMethod": "open",
        "mainProcurementCategory": "goods",
        "awardCriteria": "priceOnly",
        "value": {"amount": 1311264.5, "currency": "MXN"},
        "tenderPeriod": {"startDate": utc(NOW), "endDate": utc(NOW + 3600)},
        "items": [
            {
                "id": "1",
                "description": "Computadora",
                "quantity": 471,
                "classification": {"scheme": "UNSPSC", "id": "43211503"},
                "unit": {"name": "pieza", "value": {"amount": 2784, "currency": "MXN"}},
            }
        ],
    },
}


def plain(terms: Terms) -> dict[str, Any]:
    """Terms as the arguments of an event (chain.types.Event)."""
    setup = terms.setup
    return {
        "procedure": "0x" + terms.as_tuple()[0].hex(),
        "procedureVersion": terms.procedure_version,
        "currency": "0x" + terms.currency.encode().hex(),
        "exponent": terms.exponent,
        "deadline": terms.deadline,
        "keysetId": "0x" + terms.keyset_id.hex(),
        "reviewBody": "0x" + terms.review_body.hex(),
        "planRef": "0x" + terms.plan_ref.hex(),
        "documentsHash": "0x" + terms.documents_hash.hex(),
        "items": terms.items,
        "documents": terms.documents,
        "priceWeightBps": terms.price_weight_bps,
        "setup": {
            "lots": [{"ceiling": str(lot.ceiling), "marketMean": str(lot.market_mean)} for lot in setup.lots],
            "criteria": [],
            "panel": list(setup.panel),
        },
    }


NOBODY = "0x" + "00" * 32
REVIEW = Organisation("LICITA-REVIEW", "Tribunal")


class Known:
    """What the fold asks for: the buyer, bidders by the index of their bid, and what they sealed by (index, envelope)."""

    def __init__(self) -> None:
        self.members = {BUYER: Organisation(ORG, "SECRETARÍA DE FINANZAS"), NOBODY: REVIEW}
        self.bidders: dict[int, Organisation] = {}
        self.suppliers: dict[str, Organisation] = {}
        self.envelopes: dict[tuple[int, int], bytes] = {}
        self.payments: dict[tuple[int, int], Mapping[str, Any]] = {}
        self.kept: list[Mapping[str, Any]] = []

    def member(self, id: str) -> Organisation:
        """The buyer, the review body of terms that name none, and whoever a test named."""
        return self.members[id]

    def supplier(self, id: str) -> Organisation:
        """Whoever a test named."""
        return self.suppliers[id]

    def bidder(self, bid: int) -> Organisation:
        """Whoever a test named."""
        return self.bidders[bid]

    def envelope(self, bid: int, envelope: int) -> bytes:
        """What a test put in; nothing that can be read else."""
        return self.envelopes.get((bid, envelope), b"")

    def payment(self, agreement: int, number: int) -> Mapping[str, Any]:
        """What a test made."""
        return self.payments[agreement, number]

    def withheld(self) -> Sequence[Mapping[str, Any]]:
        """What the folds gave to be kept aside, as JSON keeps it."""
        found: list[Mapping[str, Any]] = json.loads(json.dumps(self.kept))
        return found


class Ledger:
    """Blocks of one tender: ``block(events, derived)`` folds them and keeps releases and state."""

    def __init__(self) -> None:
        self.releases: list[dict[str, Any]] = []
        self.state: dict[str, Any] | None = None
        self.number, self.time = 10, NOW
        self.known = Known()

    def event(self, name: str, log_index: int = 0, **args: Any) -> Event:
        """An event of the next block."""
        args = {"id": "0x" + (1).to_bytes(32, "big").hex(), **args}
        return Event(
            "TenderBoard",
            name,
            args,
            self.number,
            self.time,
            "0x" + "cd" * 32,
            0,
            log_index,
            "0x" + "Ee" * 20,
        )

    def published(self, intake: Intake, log_index: int = 0) -> Event:
        """TenderPublished of the tender."""
        return self.event(
            "TenderPublished", log_index, buyer=BUYER, terms=plain(intake.terms), json=intake.json
        )

    def amended(self, intake: Intake, version: int = 2, log_index: int = 0) -> Event:
        """TenderAmended of the tender."""
        args = {"termsVersion": version, "terms": plain(intake.terms), "json": intake.json}
        return self.event("TenderAmended", log_index, **args)

    def block(
        self, *events: Event, derived: tuple[str, ...] = (), **lots: Sequence[int]
    ) -> dict[str, Any] | None:
        """Folds the next block and moves on by a second; ``derived``: changes about no lot, ``lots``: changes and their lots."""
        at, changes = Moment(self.number, self.time), dict.fromkeys(derived, ()) | lots
        release, self.state, kept = fold(at, events, changes, self.state, PUBLICATION, self.known)
        self.known.kept += kept
        if release is not None:
            self.releases.append(release)
        self.number, self.time = self.number + 1, self.time + 1
        return release


@pytest.fixture
def document() -> dict[str, Any]:
    """A release that can be taken; a copy for each test."""
    return copy.deepcopy(RELEASE)


@pytest.fixture
def defaults() -> Defaults:
    """A network with two procedures and three currencies."""
    return Defaults({"sandbox": 3, "simple": 1}, {"MXN": 2, "JPY": 0, "KWD": 3})


@pytest.fixture
def intake(document: dict[str, Any], defaults: Defaults) -> Callable[..., Intake]:
    """``intake(body=..., **more)``: ``take`` with the defaults of the tests."""

    def taken(body: dict[str, Any] | None = None, **more: Any) -> Intake:
        known = {"defaults": defaults, "buyer_org_id": ORG, "now": NOW, **more}
        return take(document if body is None else body, **known)

    return taken


@pytest.fixture
def ledger() -> Ledger:
    """An empty ledger."""
    return Ledger()
