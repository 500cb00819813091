"""An agreement from a script: everything is read live, each verb is one act in a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from chain.bindings import agreement_book
from chain.errors.base import LicitaError
from chain.errors.contracts import AgreementBookNotFound
from chain.money import Money
from chain.procurement.acts import Prepared
from chain.procurement.agreed import (
    Change,
    Delivery,
    History,
    Instalment,
    Milestone,
    PaymentMade,
    Price,
    Share,
    Source,
    hash_of,
    milestones_of,
    money_in,
)
from chain.procurement.agreeing import LiveAgreements
from chain.procurement.agreement_acts import AgreementActs
from chain.procurement.agreement_steps import agreement_steps
from chain.procurement.awarding import LiveAwards
from chain.procurement.live import LiveFacts
from chain.procurement.session import Person, Session
from chain.procurement.signing import signed
from chain.procurement.step import Step
from chain.procurement.when import seconds_of
from chain.rules import tender_id
from chain.types import (
    ZERO32,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    Event,
    Side,
    from_hex,
    moment,
    to_hex,
)

__all__ = ["Agreement", "Agreements", "agreement_acts"]


class Numbered(Protocol):
    """A tender, as far as agreements need one."""

    number: int


class Agreement:
    """One agreement, by its number over all tenders.

    Documents are given as a file or as sha256 in hex; their hashes alone are sent. ``approver``, of the buyer's acts: as of
    ``Tenders.publish``.
    """

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self.number = number

    def __repr__(self) -> str:
        return f"Agreement({self.number})"

    # -- what it says

    @property
    def facts(self) -> AgreementFacts:
        """The stored facts. Raises AgreementBookNotFound."""
        found = LiveAgreements(self._session).agreement(self.number)
        if found is None:
            raise AgreementBookNotFound(self.number)
        return found

    @property
    def status(self) -> AgreementStatus:
        """How far it got."""
        return self.facts.status

    @property
    def tender(self) -> int:
        """Number of its tender."""
        return self.facts.tender

    @property
    def lot(self) -> int:
        """Number of its lot, from 1."""
        return self.facts.lot

    @property
    def buyer(self) -> str:
        """0x id of the buyer."""
        return to_hex(self.facts.buyer)

    @property
    def supplier(self) -> str:
        """0x id of the supplier."""
        return to_hex(self.facts.supplier)

    @property
    def document(self) -> str:
        """sha256 hex of what both sides sign."""
        return self.facts.document_hash.hex()

    @property
    def terms(self) -> AgreementTerms:
        """What was agreed first, before any change."""
        return AgreementTerms.from_args(self._events("AgreementDrafted")[0].args["terms"])

    @property
    def value(self) -> Money:
        """With the changes in effect."""
        return self._money(self.facts.value)

    @property
    def paid(self) -> Money:
        """Less what was reversed."""
        return self._money(self.facts.paid)

    @property
    def signed_by(self) -> tuple[Side, ...]:
        """The sides that signed."""
        return tuple(side for side in Side if side and self.facts.signatures & side.bit)

    @property
    def milestones(self) -> list[Milestone]:
        """Deliveries and payments, by number from 1."""
        return self._history.milestones(self.facts, LiveAgreements(self._session).milestones(self.number))

    @property
    def changes(self) -> list[Change]:
        """Every change that was proposed, in order."""
        return self._history.changes(LiveAgreements(self._session).change(self.number))

    @property
    def payments(self) -> list[PaymentMade]:
        """Every payment that was recorded, in order; those that were reversed too."""
        return self._history.payments()

    @property
    def steps(self) -> list[Step]:
        """What can be done now, by whom, until when, and why not yet."""
        live = LiveFacts(self._session)
        return agreement_steps(
            live, LiveAwards(self._session), LiveAgreements(self._session), self.tender, self.number
        )

    def why_not(self, function: str, milestone: int | None = None) -> LicitaError | None:
        """Why an act, named as in the contract (``complete``, ``recordPayment``), is not possible now for whoever has the role; None
        where it is for somebody, or where it is not its turn at all."""
        asked = [step for step in self.steps if (step.function, step.milestone) == (function, milestone)]
        refusals = [step.refusal for step in asked]
        return refusals[0] if refusals and None not in refusals else None

    # -- what is done

    def sign(
        self, document: Source | None = None, *, sender: Person, approver: Person | None = None
    ) -> Agreement:
        """Signs for the sender's side; ``document``: what the signer read, None: whatever was drafted. With the second signature it is
        active. Raises the refusals of AgreementBook's sign."""
        digest = self.document if document is None else hash_of(document)
        return self._sign(lambda acts: acts.sign(sender.address, self.number, digest), sender, approver)

    def propose_change(
        self, reason: str, value: Price | None, document: Source, *, sender: Person, extension: int = 0
    ) -> Agreement:
        """Proposes a change (either side); ``reason``: quantity, priceIndex, tax, quality, duration, reduction, party,
        additionalNecessary or unforeseeable; ``value``: the new one, None: as it is; ``extension``: seconds. Raises ReasonUnknown,
        AmountCurrencyOther, the refusals of Money and of AgreementBook's proposeChange."""
        act = self._acts().propose_change(
            sender.address, self.number, reason, hash_of(document), value=None if value is None else money_in(value), extension=extension
        )  # fmt: skip
        return self._send(act, sender)

    def sign_change(
        self, document: Source | None = None, *, sender: Person, approver: Person | None = None
    ) -> Agreement:
        """Signs the change that waits for the sender's side; ``document`` as of ``sign``. Raises the refusals of signChange."""
        digest = None if document is None else hash_of(document)
        return self._sign(
            lambda acts: acts.sign_change(sender.address, self.number, digest), sender, approver
        )

    def drop_change(self, *, sender: Person, approver: Person | None = None) -> Agreement:
        """Takes back, or turns down, the change that waits (either side). Raises the refusals of dropChange."""
        return self._sign(lambda acts: acts.drop_change(sender.address, self.number), sender, approver)

    def deliver(self, milestone: int, evidence: Source, *, sender: Person) -> Agreement:
        """Says that a delivery was made (the supplier). Raises the refusals of AgreementBook's deliver."""
        act = self._acts().deliver(sender.address, self.number, milestone, hash_of(evidence))
        return self._send(act, sender)

    def accept(
        self, milestone: int, report: Source, *, sender: Person, approver: Person | None = None
    ) -> Agreement:
        """Accepts a delivery (the buyer). Raises the refusals of AgreementBook's accept."""
        digest = hash_of(report)
        return self._sign(
            lambda acts: acts.accept(sender.address, self.number, milestone, digest), sender, approver
        )

    def refuse(
        self, milestone: int, report: Source, *, sender: Person, approver: Person | None = None
    ) -> Agreement:
        """Refuses a delivery (the buyer): the supplier delivers anew. Raises the refusals of AgreementBook's refuse."""
        digest = hash_of(report)
        return self._sign(
            lambda acts: acts.refuse(sender.address, self.number, milestone, digest), sender, approver
        )

    def pay(
        self,
        amount: Price,
        *,
        reference: str,
        milestone: int,
        sender: Person,
        approver: Person | None = None,
        paid_at: datetime | None = None,
        payer: str | None = None,
    ) -> Agreement:
        """Records a payment that was made in the bank (the buyer). ``reference``: what the bank says of the transfer, of which the sha256
        is sent, or a sha256 in hex; ``paid_at`` None: the head time; ``payer``: 0x id of the member that paid, None: the buyer. Raises
        AmountCurrencyOther, the refusals of Money and of AgreementBook's recordPayment."""
        when, money = paid_at or moment(self._session.now()), money_in(amount)
        by = None if payer is None else from_hex(payer)
        return self._sign(
            lambda acts: acts.record_payment(
                sender.address, self.number, milestone, money, reference, when, payer=by
            ),
            sender, approver,
        )  # fmt: skip

    def reverse(
        self, reference: str, document: Source, *, sender: Person, approver: Person | None = None, payer: str | None = None
    ) -> Agreement:  # fmt: skip
        """Records that a payment did not arrive, or came back (the buyer); ``reference``, ``payer``: as of ``pay``. Raises the refusals of
        AgreementBook's reversePayment."""
        digest, by = hash_of(document), None if payer is None else from_hex(payer)
        return self._sign(
            lambda acts: acts.reverse_payment(sender.address, self.number, reference, digest, payer=by),
            sender,
            approver,
        )

    def complete(self, document: Source, *, sender: Person, approver: Person | None = None) -> Agreement:
        """Ends it once all was accepted (the buyer). Raises the refusals of AgreementBook's complete."""
        digest = hash_of(document)
        return self._sign(lambda acts: acts.complete(sender.address, self.number, digest), sender, approver)

    def terminate(
        self, cause: str, document: Source, *, sender: Person, approver: Person | None = None
    ) -> Agreement:
        """Ends it before that; ``cause``: mutual (one side proposes, the other one does it with the same document), supplierDefault or
        forceMajeure (the buyer), buyerDefault or ordered (the review body). Raises ReasonUnknown, the refusals of terminate."""
        digest = hash_of(document)
        return self._sign(
            lambda acts: acts.terminate(sender.address, self.number, cause, digest), sender, approver
        )

    def rate(self, rating: int, *, sender: Person) -> Agreement:
        """Rates its works, 1 to 5, once (an enrolled citizen, a witness). Raises the refusals of AgreementBook's rate."""
        return self._send(self._acts().rate(sender.address, self.number, rating), sender)

    def _acts(self, proposing: bool = False) -> AgreementActs:
        return agreement_acts(self._session, proposing)

    def _sign(
        self, build: Callable[[AgreementActs], Prepared], sender: Person, approver: Person | None
    ) -> Agreement:
        signed(self._session, lambda first: build(self._acts(first)), sender, approver)
        return self

    def _send(self, act: Prepared, sender: Person) -> Agreement:
        self._session.send(act.call, sender)
        return self

    def _events(self, *names: str) -> list[Event]:
        found = self._session.events("AgreementBook", names, tender_id(self.tender))
        return [event for event in found if int(event.args["agreement"]) == self.number]

    @property
    def _history(self) -> History:
        return History(self._events(), self._money)

    def _money(self, amount: int) -> Money:
        known = LiveFacts(self._session).tender_known(self.tender)
        return Money.from_minor(amount, known.currency, known.exponent)


class Agreements:
    """The agreements of a network, over all tenders; drafts and what was dropped too."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __len__(self) -> int:
        return self._session.read(agreement_book.agreement_count())

    def __iter__(self) -> Iterator[Agreement]:
        return (Agreement(self._session, number) for number in range(1, len(self) + 1))

    def __getitem__(self, number: int) -> Agreement:
        """The agreement with this number. Raises AgreementBookNotFound."""
        found = Agreement(self._session, number)
        assert found.facts.status
        return found

    def of(self, tender: Numbered | int) -> list[Agreement]:
        """Those of a tender, or of the number of one, in the order of their drafts."""
        number = tender if isinstance(tender, int) else tender.number
        drafted = self._session.events("AgreementBook", ("AgreementDrafted",), tender_id(number))
        return [Agreement(self._session, int(event.args["agreement"])) for event in drafted]

    def latest(self, tender: int, lot: int) -> Agreement | None:
        """The latest one about a lot, None if none."""
        number = LiveAgreements(self._session).latest(tender, lot)
        return Agreement(self._session, number) if number else None

    def draft(
        self,
        tender: int,
        lot: int,
        document: Source,
        *,
        sender: Person,
        deliveries: Sequence[Delivery | Share] = (),
        payments: Sequence[Instalment | Share] = (),
        starts: datetime | None = None,
        ends: datetime | None = None,
        payer: str | None = None,
        approver: Person | None = None,
    ) -> Agreement:
        """Drafts the agreement about a lot whose award is final, in place of the draft that there was.

        ``document``: what both sides are to sign; ``deliveries``, ``payments``: milestones, numbered in this order, each kind 100 % (by
        default one each, the payment once the delivery is accepted); ``starts`` None: now; ``ends`` None: when the last of them is due,
        at ``starts`` where nothing is; ``payer``: 0x id of a member that pays as well as the buyer; ``approver``: as of
        ``Tenders.publish``, asked for where the buyer signed the draft that falls with it. Raises the refusals of AgreementBook's draft.
        """
        milestones = milestones_of(tender, deliveries, payments)
        begins = starts or moment(self._session.now())
        over = max([seconds_of(begins), *(each.due for each in milestones)])
        receipt = signed(
            self._session,
            lambda first: agreement_acts(self._session, first).draft(
                sender.address, tender, lot, hash_of(document), milestones, starts=begins, ends=ends or moment(over),
                payer=ZERO32 if payer is None else from_hex(payer),
            ),
            sender, approver,
        )  # fmt: skip
        (drafted,) = (event for event in receipt.events if event.name == "AgreementDrafted")
        return Agreement(self._session, int(drafted.args["agreement"]))


def agreement_acts(session: Session, proposing: bool = False) -> AgreementActs:
    """The acts of agreements, on what a session's network says at its head."""
    live = LiveFacts(session), LiveAwards(session), LiveAgreements(session)
    return AgreementActs(*live, proposing=proposing)
