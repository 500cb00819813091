"""The acts of a buyer, each in the scene in which nothing else is wrong with it, with four eyes and without."""

from __future__ import annotations

from collections.abc import Callable

from chain.types import ComplaintStage, Procedure, Remedy
from tests.contracts.agreements import BOOK, DOCUMENT, PAPER, Agreed, Cause, drafted, signed
from tests.contracts.awards import DECISION, opened, procedure, supplier_of
from tests.contracts.complaints import about_terms
from tests.contracts.four_eyes import Act, prepared, published
from tests.contracts.tenders import Tender
from tests.contracts.world import World, hash_of, terms

__all__ = ["MAKERS", "Maker", "eyes_on", "made"]

Maker = Callable[[World, bool], Act]


def eyes_on(world: World) -> Procedure:
    """A procedure with four eyes, which is adopted."""
    return procedure(world, four_eyes=True)


def publishing(world: World, eyes: bool) -> Act:
    """Of a tender."""
    return prepared(world, procedure(world, four_eyes=eyes))


def _out(world: World, eyes: bool) -> Tender:
    if eyes:
        return published(world, eyes_on(world))
    act = publishing(world, False)
    receipt = act.approve()
    assert act.terms is not None
    return Tender(receipt.event.args["id"], act.terms, act.args[2], receipt.time)


def amending(world: World, eyes: bool) -> Act:
    """An addendum."""
    tender = _out(world, eyes)
    new = terms(tender.deadline, procedure_version=tender.terms.procedure_version, items=2)
    return Act(world, "TenderBoard", "amend", (tender.id, tender.hash, new.as_tuple(), "{}"))


def cancelling(world: World, eyes: bool) -> Act:
    """Of a tender."""
    return Act(world, "TenderBoard", "cancel", (_out(world, eyes).id, 0, 1, hash_of("decision")))


def _ranked(world: World, eyes: bool) -> tuple[bytes, tuple[object, ...]]:
    made = opened(world, {"acme": 900, "beta": 1_000}, four_eyes=eyes, low_mean_bps=0, low_next_bps=0)
    made.ready()
    return made.id, made.offer("acme")


def awarding(world: World, eyes: bool) -> Act:
    """To the candidate."""
    id, offer = _ranked(world, eyes)
    return Act(world, "AwardDesk", "award", (id, 1, supplier_of("acme"), offer, DECISION))


def disqualifying(world: World, eyes: bool) -> Act:
    """The candidate."""
    id, _ = _ranked(world, eyes)
    return Act(world, "AwardDesk", "disqualify", (id, 1, 0, 1, DECISION))


def securing(world: World, eyes: bool) -> Act:
    """A security that is held."""
    id, _ = _ranked(world, eyes)
    return Act(world, "AwardDesk", "recordSecurity", (id, 0, 1, DECISION))


def executing(world: World, eyes: bool) -> Act:
    """A remedy: the tender is cancelled."""
    case = about_terms(world, procedure_version=procedure(world).version)
    if eyes:
        tender = published(world, eyes_on(world), review_body=case.tender.terms.review_body)
        case = type(case)(world, tender)
    number = case.file("acme", ComplaintStage.TERMS)
    case.uphold(number, Remedy.CANCEL_TENDER)
    return Act(world, "ComplaintDesk", "execute", (number,))


def _agreed(world: World, eyes: bool) -> Agreed:
    return signed(world, four_eyes=eyes)


def signing(world: World, eyes: bool) -> Act:
    """The draft of an agreement."""
    return Act(world, BOOK, "sign", (drafted(world, four_eyes=eyes).number, DOCUMENT))


def changing(world: World, eyes: bool) -> Act:
    """What the supplier proposed."""
    agreed = _agreed(world, eyes)
    agreed.propose(1_100, "acme")
    return Act(world, BOOK, "signChange", (agreed.number, agreed.waiting()))


def judging(function: str) -> Maker:
    """What was delivered."""

    def make(world: World, eyes: bool) -> Act:
        agreed = _agreed(world, eyes)
        agreed.deliver(1)
        return Act(world, BOOK, function, (agreed.number, 1, PAPER))

    return make


def paying(world: World, eyes: bool) -> Act:
    """What may be paid beforehand."""
    agreed = _agreed(world, eyes)
    return Act(world, BOOK, "recordPayment", (agreed.number, agreed.payment().as_tuple()))


def reversing(world: World, eyes: bool) -> Act:
    """What was paid."""
    agreed = _agreed(world, eyes)
    agreed.pay()
    made = agreed.payment()
    return Act(world, BOOK, "reversePayment", (agreed.number, made.payer, made.ref, PAPER))


def completing(world: World, eyes: bool) -> Act:
    """All of which was accepted."""
    agreed = _agreed(world, eyes).accept(1, 2)
    return Act(world, BOOK, "complete", (agreed.number, PAPER))


def terminating(world: World, eyes: bool) -> Act:
    """For the supplier's default."""
    return Act(world, BOOK, "terminate", (_agreed(world, eyes).number, int(Cause.SUPPLIER_DEFAULT), PAPER))


MAKERS: dict[str, tuple[Maker, str]] = {
    "publish": (publishing, "TenderPublished"),
    "amend": (amending, "TenderAmended"),
    "cancel": (cancelling, "CancellationProposed"),
    "award": (awarding, "LotAwarded"),
    "disqualify": (disqualifying, "BidDisqualified"),
    "recordSecurity": (securing, "SecurityRecorded"),
    "execute": (executing, "ComplaintRemedied"),
    "sign": (signing, "AgreementSigned"),
    "signChange": (changing, "AgreementChanged"),
    "accept": (judging("accept"), "MilestoneAccepted"),
    "refuse": (judging("refuse"), "MilestoneRefused"),
    "recordPayment": (paying, "PaymentRecorded"),
    "reversePayment": (reversing, "PaymentReversed"),
    "complete": (completing, "AgreementCompleted"),
    "terminate": (terminating, "AgreementTerminated"),
}
"""Function -> how it is made, and the event that says it was done."""


def made(world: World, name: str, eyes: bool = True) -> Act:
    """An act that nothing else is wrong with."""
    return MAKERS[name][0](world, eyes)
