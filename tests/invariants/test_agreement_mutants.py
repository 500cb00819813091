"""The invariants of agreements are no empty words: a contract that breaks one is caught by its number, the contract of record by none."""

from __future__ import annotations

import pytest
from hypothesis import settings

from chain.bindings import agreement_book, award_desk, complaint_desk, supplier_registry
from chain.rules.agreements import pending_hash
from chain.transactions import Call
from chain.types import AgreementStatus, ChangeReason, ComplaintStage, LotStatus
from tests.contracts.awards import supplier_of
from tests.contracts.tenders import record
from tests.contracts.world import BUYER, ZERO, World, hash_of
from tests.invariants.agreement_facts import INVARIANTS, Seen, Watch
from tests.invariants.agreement_mutants import FIRST, MUTANTS
from tests.invariants.agreement_walk import DOCUMENTS, PLANS, begin
from tests.invariants.award_facts import Broken
from tests.invariants.award_mutants import Mutant, compiled, in_place
from tests.invariants.test_tender_rules import Chain

pytestmark = pytest.mark.evm

CHOSEN = MUTANTS if settings.default.max_examples > 100 else FIRST
"""All under the profile `long`."""

DOCUMENT, EVIDENCE = DOCUMENTS[0], DOCUMENTS[1]
INTERVAL = 12
"""Seconds between changes, of the walk's procedure."""


class Story:
    """Acts on the agreements of a tender, right ones and wrong ones; whatever the contract makes of each, the invariants are looked at."""

    def __init__(self, world: World) -> None:
        first = begin(world)
        self.made, self.chain = first.made, Chain(world)
        self.watch = Watch(self.chain, first.watch.fixed)
        self.seen = self.watch.require()

    def attempt(self, who: str, call: Call) -> bool:
        """Sends the call, and looks; whether it went through. Raises Broken."""
        events = self.chain.attempt(who, call)
        self.seen = self.watch.require([event for event, _ in events or []])
        return events is not None

    def act(self, who: str, call: Call) -> None:
        """It goes through."""
        assert self.attempt(who, call), call.function

    def move_to(self, instant: int) -> None:
        self.chain.world.move_to(instant)
        self.seen = self.watch.require()

    def latest(self, lot: int) -> int:
        """The latest agreement about it."""
        return self.seen.lots[lot].latest

    def draft(self, lot: int, who: str, plan: str = "thirds", more: int = 0) -> bool:
        """``more``: than the price. Whether it went through; then both sign it."""
        price = self.seen.lots[lot].facts.price
        terms = (supplier_of(who), price + more, ZERO, DOCUMENT, 0, 0, PLANS[plan])
        return self.attempt("officer", agreement_book.draft(self.made.id, lot, self.latest(lot), terms))

    def sign(self, lot: int, *who: str) -> None:
        for each in who:
            self.attempt(each, agreement_book.sign(self.latest(lot), DOCUMENT))

    def wrong(self, lot: int, who: str, plan: str = "thirds", more: int = 0) -> None:
        """A draft that must not be; where it is, it is signed."""
        if self.draft(lot, who, plan, more):
            self.sign(lot, "officer", who)

    def pay(self, lot: int, milestone: int, amount: int, ref: str) -> None:
        number, time = self.latest(lot), self.chain.next
        payee = self.seen.agreements[number].facts.supplier
        payment = (milestone, BUYER, payee, amount, hash_of(ref), time)
        self.attempt("officer", agreement_book.record_payment(number, payment))

    def reverse(self, lot: int, ref: str) -> None:
        call = agreement_book.reverse_payment(self.latest(lot), BUYER, hash_of(ref), EVIDENCE)
        self.attempt("officer", call)

    def propose(self, lot: int, who: str, reason: int, by: int) -> bool:
        """A change by so much, when the last one is long enough ago."""
        facts = self.seen.agreements[self.latest(lot)].facts
        if (notBefore := facts.changed_at + INTERVAL) > self.chain.world.time:
            self.move_to(notBefore)
        change = (int(reason), facts.value + by, 0, EVIDENCE)
        return self.attempt(who, agreement_book.propose_change(self.latest(lot), facts.version, change))

    def change(self, lot: int, who: str, reason: int, by: int) -> None:
        """Where it may be proposed, the officer signs it."""
        if self.propose(lot, who, reason, by):
            self.attempt(
                "officer", agreement_book.sign_change(self.latest(lot), self.waiting(self.latest(lot)))
            )

    def waiting(self, agreement: int) -> bytes:
        """Hash of the change that waits."""
        return pending_hash(self.seen.agreements[agreement].change)

    # Chapters

    def too_early(self) -> None:
        """In the standstill, and after it while somebody complains about the award."""
        self.wrong(1, "acme")
        offer = self.made.offer("beta")
        self.act(
            "beta", complaint_desk.file(record(), self.made.id, 1, ComplaintStage.AWARD, DOCUMENT, offer)
        )
        self.move_to(self.seen.lots[1].standstill + 2)
        self.wrong(1, "acme")
        self.act("reviewer", complaint_desk.reject(1, DOCUMENT))

    def drafted(self) -> None:
        """Not at another price, not with another bidder, not in parts that leave something out; a good draft is replaced by another one."""
        for more in (-1, 1):
            self.wrong(1, "acme", more=more)
        self.wrong(1, "gama")
        for plan in ("9,999 delivered", "9,999 paid", "10,001"):
            self.wrong(1, "acme", plan)
        assert self.draft(1, "acme", "one") and self.draft(1, "acme")

    def signed(self) -> None:
        """The supplier is debarred when it would sign."""
        self.act(
            "reviewer", supplier_registry.debar(supplier_of("acme"), self.chain.world.time + 6, DOCUMENT)
        )
        self.sign(1, "acme", "officer", "acme")
        self.move_to(self.chain.world.time + 6)
        self.sign(1, "acme")

    def paid(self) -> None:
        """More than is due, in parts, twice; reversed twice."""
        number, (first, *_) = self.latest(1), self.seen.agreements[self.latest(1)].amounts[2:]
        self.act("acme", agreement_book.deliver(number, 1, EVIDENCE))
        self.pay(1, 3, first, "before it is accepted")
        self.act("officer", agreement_book.accept(number, 1, EVIDENCE))
        self.pay(1, 3, first + 1, "too much")
        self.pay(1, 3, first // 2, "a")
        self.pay(1, 3, first // 2, "b")
        for _ in range(2):
            self.reverse(1, "a")
        self.pay(1, 3, first - first // 2 + 1, "too much in all")
        self.pay(1, 3, first - first // 2, "c")

    def changed(self) -> None:
        """Up to the cap of its kind by steps, up and down; never below what is paid; nobody signs in suspension."""
        facts = self.seen.agreements[self.latest(1)].facts
        procedure = self.made.procedure
        most = facts.original * procedure.max_change_bps // 10_000
        self.change(1, "acme", ChangeReason.QUANTITY, most + 1)
        self.change(1, "acme", ChangeReason.REDUCTION, -20)
        self.change(1, "acme", ChangeReason.QUANTITY, most)
        for by in (most - 3, 4):
            self.change(1, "acme", ChangeReason.QUANTITY, by)
        assert self.propose(1, "acme", ChangeReason.UNFORESEEABLE, 5)
        self.act("reviewer", complaint_desk.suspend(self.made.id, DOCUMENT))
        number = self.latest(1)
        self.attempt("officer", agreement_book.sign_change(number, self.waiting(number)))
        self.attempt("acme", agreement_book.drop_change(number, self.waiting(number)))
        self.propose(1, "acme", ChangeReason.UNFORESEEABLE, 5)
        self.act("reviewer", complaint_desk.resume(self.made.id, DOCUMENT))

    def offered(self) -> None:
        """The buyer signs for the second lot, in time."""
        assert self.draft(2, "beta", "ahead")
        self.sign(2, "officer")

    def passed_over(self) -> None:
        """Its supplier does not; the next one does."""
        if (end := self.seen.lots[2].signing[1]) > self.chain.world.time:
            self.move_to(end)
        self.act("nobody", agreement_book.pass_over(self.made.id, 2))
        award = award_desk.award(self.made.id, 2, supplier_of("acme"), self.made.offer("acme"), DOCUMENT)
        self.act("officer", award)
        self.move_to(self.seen.lots[2].standstill)
        assert self.draft(2, "acme")
        self.sign(2, "acme", "officer")

    def lowered(self) -> None:
        """The last payment was made, which waits for nothing; then the value would be lowered."""
        number = self.latest(2)
        last = self.seen.agreements[number].facts.last_payment
        self.pay(2, last, self.seen.agreements[number].amounts[last - 1], "last")
        self.change(2, "acme", ChangeReason.REDUCTION, -30)

    def debarred(self) -> None:
        """It would sign to get more."""
        number, until = self.latest(1), self.chain.world.time + 600
        self.act("reviewer", supplier_registry.debar(supplier_of("acme"), until, DOCUMENT))
        assert self.propose(1, "officer", ChangeReason.UNFORESEEABLE, 5)
        self.attempt("acme", agreement_book.sign_change(number, self.waiting(number)))


def tell(world: World) -> Seen:
    """Everything that an agreement can come to, wrong acts with the right ones. Raises Broken."""
    story = Story(world)
    story.too_early()
    story.drafted()
    story.signed()
    story.offered()
    story.paid()
    story.changed()
    story.passed_over()
    story.lowered()
    story.debarred()
    return story.seen


@pytest.fixture(scope="module")
def codes() -> dict[Mutant, bytes]:
    """Of the mutants."""
    return compiled(CHOSEN)


def test_invariants__contracts_of_record__hold(network: World) -> None:
    with network.undone():
        seen = tell(network)
    assert [seen.lots[lot].status for lot in (1, 2)] == [LotStatus.SIGNED, LotStatus.SIGNED]
    held = {number: each.facts for number, each in seen.agreements.items()}
    assert [each.status for each in held.values()] == [
        AgreementStatus.DROPPED, AgreementStatus.ACTIVE, AgreementStatus.DROPPED, AgreementStatus.ACTIVE,
    ]  # fmt: skip
    assert [(each.value, each.ordinary, each.paid) for each in (held[2], held[4])] == [
        (1_066, 69, 332),
        (643, 0, 215),
    ]


@pytest.mark.timeout(1_800)  # the first one compiles them
@pytest.mark.parametrize("mutant", CHOSEN, ids=str)
def test_invariants__contract_with_one_passage_changed__broken_by_number(
    network: World, codes: dict[Mutant, bytes], mutant: Mutant
) -> None:
    with in_place(network, mutant.contract, codes[mutant]), pytest.raises(Broken) as caught:
        tell(network)
    assert mutant.number in caught.value.numbers


def test_invariants__each_of_agreements__has_a_mutant_whose_passage_is_there() -> None:
    assert {mutant.number for mutant in FIRST} == {mutant.number for mutant in MUTANTS} == set(INVARIANTS)
    assert all(mutant.source for mutant in MUTANTS)
