"""What an act needs to know before it is built: the rules' facts, read live from a node or from an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from chain.errors.contracts import TenderBoardNotFound
from chain.ocds.intake import Defaults
from chain.rules.deadlines import Clock
from chain.rules.facts import SupplierFacts
from chain.rules.four_eyes import Proposal
from chain.rules.openings import KeysetFacts
from chain.rules.tenders import Caller
from chain.transactions import Call
from chain.types import Cancellation, Procedure, TenderFacts, Terms

__all__ = ["CURRENCIES", "Facts", "tender_in"]

CURRENCIES: Mapping[str, int] = {
    "BRL": 2, "CAD": 2, "CLP": 0, "COP": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KRW": 0, "KWD": 3, "MXN": 2, "PEN": 2, "PYG": 0, "TND": 3,
    "USD": 2, "UYU": 2,
}  # fmt: skip
"""Currencies that a tender may be in, with their decimals (ISO 4217)."""


class Facts(Protocol):
    """Reading only. Numbers name tenders; a thing that is not there is None or zero, never an error."""

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""

    @property
    def period(self) -> int:
        """Seconds between blocks."""

    def now(self) -> int:
        """The time acts are judged by, unix seconds."""

    def clock(self) -> Clock:
        """That time, with the outages that lengthen ends."""

    def defaults(self) -> Defaults:
        """What a document does not say."""

    def caller(self, address: str) -> Caller:
        """What the registries say of an account."""

    def org_id(self, member: bytes) -> str:
        """Org-id of a member; empty where unknown."""

    def procedure(self, code: str, version: int) -> tuple[Procedure | None, bool]:
        """A procedure version and whether it is retired."""

    def tender(self, number: int) -> TenderFacts | None:
        """Stored facts of a tender."""

    def terms(self, number: int) -> Terms:
        """Terms in force of a tender that is there."""

    def document(self, number: int) -> dict[str, Any]:
        """Last good OCDS tender of a tender that is there, {} where no text was good."""

    @property
    def board(self) -> str:
        """Address of TenderBoard."""

    def act(self, call: Call) -> bytes:
        """Hash of a call, by which FourEyes and panels know it."""

    def proposal(self, member: bytes, call: Call) -> Proposal:
        """What FourEyes holds of a call as an act of this member."""

    def recorded(self, member: bytes, record: bytes) -> int:
        """Tender or note that a member recorded under this id, 0 if none."""

    def asked(self, number: int, asker: bytes, tag: bytes) -> int:
        """Question of a supplier, or of any desk (``DESKS``), about a tender that has this tag, 0 if none."""

    def questions_by(self, number: int, asker: bytes) -> int:
        """Number of questions of a supplier, a desk's member or all desks (``DESKS``) about a tender."""

    def asker_of(self, number: int, question: int) -> bytes:
        """Supplier that was disclosed as the asker of a desk's question, 32 zero bytes if none was."""

    def notes_by(self, number: int, member: bytes) -> int:
        """Number of notes of a member about a tender."""

    def answered(self, number: int, question: int) -> bool:
        """Whether a question has its answer."""

    def cancellation(self, number: int, lot: int) -> Cancellation:
        """Cancellation of this lot alone, or of the whole tender (0); of nothing where there is none."""

    def has_bid(self, number: int, member: bytes) -> bool:
        """Whether a member ever sent a bid for a tender as a supplier."""

    def independent(self, a: bytes, b: bytes) -> bool:
        """Whether two members have nobody above in common, and none is above the other."""

    def review_body_fits(self, body: bytes, buyer: bytes) -> bool:
        """Whether it is an active REVIEW_BODY member independent of the buyer."""

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""

    def dependent_seat(self, id: bytes, member: bytes) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""

    def supplier(self, supplier: bytes) -> SupplierFacts:
        """Stored facts of a supplier."""

    def supplier_of(self, address: str) -> bytes:
        """Supplier of an account, 32 zero bytes if none."""

    def is_taken(self, account: str, but: bytes) -> bool:
        """Whether an account belongs to a member, to a citizen, or to a supplier other than ``but``."""


def tender_in(facts: Facts, number: int) -> tuple[TenderFacts, Procedure]:
    """A tender that there is, and its procedure. Raises TenderBoardNotFound."""
    known = facts.tender(number)
    procedure = facts.procedure(known.procedure, known.procedure_version)[0] if known else None
    if known is None or procedure is None:
        raise TenderBoardNotFound(number)
    return known, procedure
