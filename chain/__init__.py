"""Licita's library: the public names that people script with; everything else is imported from its own module."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chain.council.live import Council, Proposal
    from chain.money import Money
    from chain.network import Network
    from chain.procurement.agreed import Change, Delivery, Instalment, Milestone, PaymentMade
    from chain.procurement.agreement import Agreement, Agreements
    from chain.procurement.award import Award, Lot
    from chain.procurement.complaint import Complaint
    from chain.procurement.handed import HandedQuestion
    from chain.procurement.session import Person
    from chain.procurement.tender import Note, Question, Tender, Tenders
    from chain.types import AgreementStatus, TenderStatus

__all__ = [
    "Agreement",
    "AgreementStatus",
    "Agreements",
    "Award",
    "Change",
    "Complaint",
    "Council",
    "Delivery",
    "HandedQuestion",
    "Instalment",
    "Lot",
    "Milestone",
    "Money",
    "Network",
    "Note",
    "PaymentMade",
    "Person",
    "Proposal",
    "Question",
    "Tender",
    "TenderStatus",
    "Tenders",
    "errors",
]

_HOMES = {
    "Agreement": "chain.procurement.agreement",
    "AgreementStatus": "chain.types",
    "Agreements": "chain.procurement.agreement",
    "Award": "chain.procurement.award",
    "Change": "chain.procurement.agreed",
    "Complaint": "chain.procurement.complaint",
    "Council": "chain.council.live",
    "Delivery": "chain.procurement.agreed",
    "HandedQuestion": "chain.procurement.handed",
    "Instalment": "chain.procurement.agreed",
    "Lot": "chain.procurement.award",
    "Milestone": "chain.procurement.agreed",
    "Money": "chain.money",
    "Network": "chain.network",
    "Note": "chain.procurement.tender",
    "PaymentMade": "chain.procurement.agreed",
    "Person": "chain.procurement.session",
    "Proposal": "chain.council.live",
    "Question": "chain.procurement.tender",
    "Tender": "chain.procurement.tender",
    "TenderStatus": "chain.types",
    "Tenders": "chain.procurement.tender",
}


def __getattr__(name: str) -> Any:
    # Imported on first use: compiling contracts or hashing headers should not pay for web3.
    if name not in _HOMES:
        raise AttributeError(f"module 'chain' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
