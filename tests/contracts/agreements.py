"""Agreements of the contract tests: drafted for who won a lot, signed by both sides, changed, delivered, paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.rules.agreements import pending_hash
from chain.types import (
    AgreementChange,
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    Payment,
    PendingChange,
    Side,
    TerminationCause,
)
from tests.contracts.awards import DECISION, DESK, Amounts, Opened, opened, supplier_of
from tests.contracts.four_eyes import Act
from tests.contracts.world import BUYER, REVIEW, ZERO, Receipt, Refusal, World, address, hash_of, label

__all__ = [
    "BOOK", "CHANGED", "DOCUMENT", "PAPER", "PLAN", "STRANGERS", "VALUE", "Agreed", "Cause", "Done", "Kind", "Reason", "Side", "State",
    "approved", "awarded", "change", "delivery", "drafted", "equal", "final", "missing", "payment", "signed", "terms_of", "waiting",
]  # fmt: skip

BOOK = "AgreementBook"
DOCUMENT, PAPER, CHANGED = hash_of("agreement"), hash_of("evidence"), hash_of("changed agreement")
VALUE = 1_000
"""Price of the award, minor units."""

Kind, State, Done = MilestoneKind, AgreementStatus, MilestoneStatus
Reason, Cause = ChangeReason, TerminationCause

STRANGERS = ["admin", "officer2", "approver2", "beta", "reviewer", "authority", "awards", "stranger"]
"""Who is neither of the parties, nor the supplier's second account."""


def delivery(bps: int = 10_000, requires: int = 0, due: int = 0) -> MilestoneTerms:
    """What is delivered."""
    return MilestoneTerms(Kind.DELIVERY, bps, requires, due)


def payment(bps: int = 10_000, requires: int = 0, due: int = 0) -> MilestoneTerms:
    """What is paid."""
    return MilestoneTerms(Kind.PAYMENT, bps, requires, due)


def equal(count: int) -> tuple[MilestoneTerms, ...]:
    """As many deliveries as payments, each payment after its delivery; shares as equal as they can be."""
    shares = [10_000 // count + (1 if place < 10_000 % count else 0) for place in range(count)]
    return (*map(delivery, shares), *(payment(bps, place) for place, bps in enumerate(shares, 1)))


PLAN = (delivery(6_000, due=2**40 - 1), delivery(4_000), payment(3_333), payment(6_667, 2))
"""Two deliveries; 333 of 1,000 beforehand, 667 once the second delivery is accepted."""


def terms_of(made: Opened, who: str = "acme", lot: int = 1, **changes: Any) -> AgreementTerms:
    """Terms for the award of a lot, with changes."""
    price = made.facts(lot)["price"]
    plain = AgreementTerms(supplier_of(who), price, ZERO, DOCUMENT, 0, 0, PLAN)
    return AgreementTerms(**{**vars(plain), **changes})


def change(
    value: int = VALUE, reason: int = Reason.QUANTITY, extension: int = 0, document: bytes = CHANGED
) -> AgreementChange:
    """To this value."""
    return AgreementChange(int(reason), value, extension, document)


def waiting(world: World, number: int) -> bytes:
    """Hash of the change of an agreement that waits; zero where none does."""
    return pending_hash(PendingChange.from_tuple(world.read(BOOK, "changeOf", number)))


def missing(who: str, role: str = "OFFICER") -> Refusal:
    """Of those who may not."""
    return Refusal("AgreementBookRoleMissing", label(role), address(who))


def approved(world: World, contract: str, function: str, *args: Any, four_eyes: bool = True) -> Receipt:
    """An act of the buyer: by the officer alone, or proposed by the officer and done by the approver."""
    if not four_eyes:
        return world.send("officer", contract, function, *args)
    act = Act(world, contract, function, args)
    act.propose()
    return act.approve()


@dataclass
class Agreed:
    """An agreement, and the tender whose lot it is about; ``who``: an account of its supplier."""

    made: Opened
    number: int
    who: str = "acme"
    lot: int = 1

    @property
    def world(self) -> World:
        """The chain."""
        return self.made.world

    @property
    def supplier(self) -> bytes:
        """Its id."""
        return supplier_of(self.who)

    def send(self, who: str, function: str, *args: Any, at: int | None = None) -> Receipt:
        """A call about this agreement."""
        return self.world.send(who, BOOK, function, self.number, *args, at=at)

    def refusal(self, who: str, function: str, *args: Any, at: int | None = None) -> Refusal:
        """What refuses it."""
        return self.world.refusal(who, BOOK, function, self.number, *args, at=at)

    def read(self, function: str, *args: Any) -> Any:
        """A view about this agreement."""
        return self.world.read(BOOK, function, self.number, *args)

    def buyer(self, function: str, *args: Any) -> Receipt:
        """An act of the buyer, by as many accounts as it takes."""
        eyes = self.made.procedure.four_eyes
        return approved(self.world, BOOK, function, self.number, *args, four_eyes=eyes)

    # acts in which nothing is wrong

    def sign(self, who: str = "officer", **options: Any) -> Receipt:
        """The draft."""
        return self.send(who, "sign", DOCUMENT, **options)

    def propose(self, value: int = VALUE, who: str = "officer", **changes: Any) -> Receipt:
        """A change, of the present version."""
        return self.send(who, "proposeChange", self.facts()["version"], change(value, **changes).as_tuple())

    def change(self, value: int = VALUE, **changes: Any) -> Receipt:
        """Proposed by the supplier, signed by the buyer."""
        self.propose(value, self.who, **changes)
        return self.buyer("signChange", self.waiting())

    def deliver(self, *milestones: int) -> None:
        """Each of them."""
        for milestone in milestones:
            self.send(self.who, "deliver", milestone, PAPER)

    def accept(self, *milestones: int) -> Agreed:
        """Each of them, which is delivered before."""
        for milestone in milestones:
            self.deliver(milestone)
            self.buyer("accept", milestone, PAPER)
        return self

    def payment(self, milestone: int = 3, amount: int = 333, ref: str = "SPEI 1", **changes: Any) -> Payment:
        """By the buyer to the supplier, now."""
        plain = Payment(milestone, BUYER, self.supplier, amount, hash_of(ref), self.world.time)
        return Payment(**{**vars(plain), **changes})

    def pay(self, *args: Any, **changes: Any) -> Receipt:
        """Records it."""
        return self.buyer("recordPayment", self.payment(*args, **changes).as_tuple())

    # views

    def facts(self) -> dict[str, Any]:
        """Struct AgreementFacts by name."""
        return self.world.facts(BOOK, "agreementFacts", self.number)

    def state(self) -> State:
        """Its status."""
        return State(self.facts()["status"])

    def milestone(self, number: int) -> dict[str, Any]:
        """Struct MilestoneFacts by name."""
        return self.world.facts(BOOK, "milestoneOf", self.number, number)

    def pending(self) -> dict[str, Any]:
        """Struct PendingChange by name."""
        return self.world.facts(BOOK, "changeOf", self.number)

    def waiting(self) -> bytes:
        """Hash of the change that waits."""
        return waiting(self.world, self.number)

    def paid(self, ref: str = "SPEI 1", payer: bytes = BUYER) -> dict[str, Any]:
        """Struct PaymentFacts by name."""
        return self.world.facts(BOOK, "paymentOf", self.facts()["buyer"], payer, hash_of(ref))

    def tender(self) -> dict[str, Any]:
        """Struct TenderFacts by name."""
        return self.world.facts("TenderBoard", "tenderFacts", self.made.id)


def awarded(
    world: World, bids: Mapping[str, Amounts] | None = None, *, who: str = "acme", only: Sequence[int] = (), **options: Any
) -> Opened:  # fmt: skip
    """A tender with a review body each lot of which is awarded to ``who``; ``only``: these lots, the others are ranked."""
    made = opened(world, bids or {"acme": VALUE, "beta": 1_200}, **{"body": REVIEW, **options})
    lots = range(1, len(made.tender.terms.setup.lots) + 1)
    for lot in lots:
        made.ready(lot=lot)
    for lot in only or lots:
        args = (made.id, lot, supplier_of(who), made.offer(who), DECISION)
        approved(world, DESK, "award", *args, four_eyes=made.procedure.four_eyes)
    return made


def final(world: World, bids: Mapping[str, Amounts] | None = None, **options: Any) -> Opened:
    """The same once the standstill is over."""
    made = awarded(world, bids, **options)
    world.move_to(made.facts(next(iter(options.get("only", ())), 1))["standstillEnds"] + 10)
    return made


def drafted(world: World, *, terms: Mapping[str, Any] | None = None, made: Opened | None = None, lot: int = 1, who: str = "acme",
            **options: Any) -> Agreed:  # fmt: skip
    """An agreement about a lot of the tender, which nobody signed; ``terms``: changes of its terms."""
    about = made or final(world, who=who, **options)
    written = terms_of(about, who, lot, **(terms or {})).as_tuple()
    known = world.read(BOOK, "agreementOf", about.id, lot)
    world.send("officer", BOOK, "draft", about.id, lot, known, written)
    return Agreed(about, world.read(BOOK, "agreementCount"), who, lot)


def signed(world: World, **options: Any) -> Agreed:
    """Signed by both sides, the buyer first; the options are those of `drafted`."""
    agreed = drafted(world, **options)
    document = (options.get("terms") or {}).get("document_hash", DOCUMENT)
    agreed.buyer("sign", document)
    agreed.send(agreed.who, "sign", document)
    return agreed
