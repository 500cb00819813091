"""What can be done about the agreements of a tender: draft, signatures, deliveries, payments, changes, the end, ratings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from chain.money import Money
from chain.procurement.agreeing import Agreeing
from chain.procurement.agreement_acts import AgreementActs
from chain.procurement.awarding import AwardFacts
from chain.procurement.facts import Facts
from chain.procurement.step import (
    ACCOUNT,
    PAPER,
    SOMEBODY,
    Step,
    as_officer,
    as_person,
    as_supplier,
    signers_of,
    step,
)
from chain.rules.agreements import RATING_PERIOD, amount_of, drops_signed, replaces_signed
from chain.types import (
    ZERO32,
    AgreementFacts,
    AgreementStatus,
    LotStatus,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    Role,
    Side,
    TenderFacts,
    moment,
)

__all__ = ["agreement_steps"]

_BOOK = "AgreementBook"
_EITHER = "OFFICER or SUPPLIER"
_WHOLE = (
    MilestoneTerms(int(MilestoneKind.DELIVERY), 10_000),
    MilestoneTerms(int(MilestoneKind.PAYMENT), 10_000),
)

# Lots whose award stands, signed or not.
_AWARDED = (LotStatus.STANDSTILL, LotStatus.FINAL, LotStatus.LAPSED)


def agreement_steps(
    facts: Facts, awards: AwardFacts, agreements: Agreeing, tender: int, agreement: int | None = None
) -> list[Step]:  # fmt: skip
    """The acts of all agreements of a tender that is there, or of one, in the order of their lives."""
    known = facts.tender(tender)
    assert known is not None, "asked of a tender that is there"
    found: list[Step] = []
    for lot in range(1, known.lots + 1):
        latest = agreements.latest(tender, lot)
        if agreement in (None, latest):
            found += _About(facts, awards, agreements, known, tender, lot, latest).steps()
    return found


class _About:
    """The acts about one lot's agreement."""

    def __init__(
        self, facts: Facts, awards: AwardFacts, agreements: Agreeing, known: TenderFacts, tender: int, lot: int, number: int
    ) -> None:  # fmt: skip
        self._facts, self._awards, self._agreements = facts, awards, agreements
        self._known, self._tender, self._lot, self._number = known, tender, lot, number
        self._clock = facts.clock()
        self._signers = signers_of(known)
        self._officer = self._acts(as_officer(facts, known.buyer))
        self._anybody = self._acts(facts)

    def steps(self) -> Iterator[Step]:
        """In the order of its life."""
        facts = self._agreements.agreement(self._number)
        if facts is not None and facts.version:
            yield from self._signed(facts)
        elif self._anybody.status(self._tender, self._lot) in _AWARDED:
            yield from self._unsigned(facts)

    def _unsigned(self, facts: AgreementFacts | None) -> Iterator[Step]:
        tender, lot, officer = self._tender, self._lot, self._officer
        now, until = moment(self._clock.now), self._anybody.signing(tender, lot)[1]
        who = self._signers if replaces_signed(self._known, facts) else "OFFICER"
        yield step(
            _BOOK, "draft", who, lambda: officer.draft(ACCOUNT, tender, lot, PAPER, _WHOLE, starts=now, ends=now), lot, until=until
        )  # fmt: skip
        if facts is None or facts.status is not AgreementStatus.DRAFT:
            return
        number, document = self._number, facts.document_hash.hex()
        for side, who, acts in self._sides(facts):
            if not facts.signatures & side.bit:
                yield self._step("sign", who, partial(acts.sign, ACCOUNT, number, document), until=until)
        yield self._step("passOver", "", lambda: self._anybody.pass_over(tender, lot))

    def _signed(self, facts: AgreementFacts) -> Iterator[Step]:
        milestones = self._agreements.milestones(self._number)
        yield from self._deliveries(facts, milestones)
        yield from self._payments(facts, milestones)
        if facts.status is AgreementStatus.ACTIVE:
            yield from self._changes(facts)
            yield from self._ends(facts)
        if facts.accepted_at:
            witness = self._acts(as_person(self._facts, SOMEBODY, Role.WITNESS))
            yield self._step(
                "rate", "WITNESS or citizen", lambda: witness.rate(ACCOUNT, self._number, 5),
                until=self._clock.end_of(facts.accepted_at + RATING_PERIOD),
            )  # fmt: skip

    def _deliveries(self, facts: AgreementFacts, milestones: tuple[MilestoneFacts, ...]) -> Iterator[Step]:
        number, officer = self._number, self._officer
        supplier = self._acts(as_supplier(self._facts, facts.supplier))
        active = facts.status is AgreementStatus.ACTIVE
        for place, each in enumerate(milestones, 1):
            if active and each.status in (MilestoneStatus.SCHEDULED, MilestoneStatus.REFUSED):
                # Until when, nothing says: a due date bars nothing, and stands with the milestone.
                deliver = partial(supplier.deliver, ACCOUNT, number, place, PAPER)
                yield self._step("deliver", "SUPPLIER", deliver, place)
            elif each.status is MilestoneStatus.DELIVERED:
                for function, act in (("accept", officer.accept), ("refuse", officer.refuse)):
                    yield self._step(
                        function, self._signers, partial(act, ACCOUNT, number, place, PAPER), place
                    )

    def _payments(self, facts: AgreementFacts, milestones: tuple[MilestoneFacts, ...]) -> Iterator[Step]:
        number, now = self._number, moment(self._clock.now)
        least = Money.from_minor(1, self._known.currency, self._known.exponent)
        for place, each in enumerate(milestones, 1):
            if amount_of(facts, place, each) > each.paid:
                pay = partial(self._officer.record_payment, ACCOUNT, number, place, least, PAPER, now)
                yield self._step("recordPayment", self._signers, pay, place)

    def _changes(self, facts: AgreementFacts) -> Iterator[Step]:
        number, officer, pending = self._number, self._officer, self._agreements.change(self._number)
        if pending.document_hash == ZERO32:
            yield self._step(
                "proposeChange", _EITHER, lambda: officer.propose_change(ACCOUNT, number, "duration", PAPER)
            )
            return
        for side, who, acts in self._sides(facts):
            if not pending.signatures & side.bit:
                yield self._step("signChange", who, partial(acts.sign_change, ACCOUNT, number))
        who = f"{self._signers}; or SUPPLIER" if drops_signed(facts, pending) else _EITHER
        yield self._step("dropChange", who, lambda: officer.drop_change(ACCOUNT, number))

    def _ends(self, facts: AgreementFacts) -> Iterator[Step]:
        number, officer, pending = self._number, self._officer, self._agreements.end(self._number)
        yield self._step("complete", self._signers, lambda: officer.complete(ACCOUNT, number, PAPER))
        for side, who, acts in self._sides(facts):
            if pending.side not in (Side.NONE, side):
                end = partial(acts.terminate, ACCOUNT, number, "mutual", pending.document_hash.hex())
                yield self._step("terminate", f"{who}, by mutual consent", end)
        yield self._step(
            "terminate",
            self._signers,
            lambda: officer.terminate(ACCOUNT, number, "supplierDefault", PAPER),
        )

    def _sides(self, facts: AgreementFacts) -> tuple[tuple[Side, str, AgreementActs], ...]:
        supplier = self._acts(as_supplier(self._facts, facts.supplier))
        return (Side.BUYER, self._signers, self._officer), (Side.SUPPLIER, "SUPPLIER", supplier)

    def _step(
        self, function: str, who: str, build: Callable[[], object], milestone: int | None = None, *, until: int | None = None
    ) -> Step:  # fmt: skip
        found = step(_BOOK, function, who, build, self._lot, until=until)
        return replace(found, agreement=self._number, milestone=milestone)

    def _acts(self, facts: Facts) -> AgreementActs:
        return AgreementActs(facts, self._awards, self._agreements, proposing=True)
