"""A walk through the agreements of a tender: each act goes to the rules, with what a follower knows (agreement_model.py), and to the
contracts, which must refuse it with the same facts, or make the same event; then follower and contracts hold the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from chain.bindings import (
    agreement_book,
    award_desk,
    complaint_desk,
    four_eyes,
    supplier_registry,
    tender_board,
)
from chain.errors.base import LicitaError
from chain.recorder.index.blocks import Block, Indexer
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_complaint
from chain.rules.agreements import RATING_PERIOD, cap_of
from chain.rules.deadlines import Clock
from chain.rules.hashes import act_hash, change_hash
from chain.transactions import Call, gas_for
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementFacts,
    AgreementTerms,
    ChangeReason,
    ComplaintStatus,
    Event,
    LotStatus,
    LotTerms,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    Payment,
    PaymentFacts,
    Ratings,
)
from tests.contracts.AwardDesk.test_followed import followed
from tests.contracts.awards import Opened, opened, supplier_of
from tests.contracts.ComplaintDesk.test_followed import require_same
from tests.contracts.complaints import Case
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import record
from tests.contracts.world import MANDATE_END, REVIEW, World, address, hash_of, member_id
from tests.invariants.agreement_facts import CHAIN_ID, Seen, SeenAgreement, Watch, fixed_of
from tests.invariants.agreement_model import AgreementModel, Told
from tests.invariants.evaluation_walk import Differs
from tests.invariants.test_tender_rules import Chain

__all__ = [
    "BIDDERS",
    "CITIZENS",
    "DOCUMENTS",
    "GOOD_PLANS",
    "PAYER",
    "PLANS",
    "RATERS",
    "WITNESSES",
    "Walk",
    "begin",
]

BIDDERS = ("acme", "beta", "gama")
BIDS = {"acme": (997, 643), "beta": (998, 641), "gama": (1_000, None)}
"""Prices that no share divides; who wins the first lot is the second for the other one."""

CITIZENS = ("ana", "ben")
WITNESSES = ("witness", "witness2")
"""Of one organisation."""

RATERS = (*CITIZENS, WITNESSES[0])
PAYER = member_id("TEST-UNIVERSITY")
"""A member that may pay as well as the buyer."""

DOCUMENTS = tuple(hash_of(f"document {number}") for number in range(3))
PERIODS = {
    "standstill": 20, "complaint_window": 15, "signing_period": 60, "review_period": 10, "remedy_period": 8, "cancel_window": 25,
    "decision_period": 90, "change_interval": 12, "max_change_bps": 700, "max_reasoned_change_bps": 1_300, "low_mean_bps": 0,
    "low_next_bps": 0,
}  # fmt: skip
"""Periods and caps, so that a walk gets around."""

_DELIVERY, _PAYMENT = int(MilestoneKind.DELIVERY), int(MilestoneKind.PAYMENT)
PLANS: dict[str, Sequence[tuple[int, int, int, int]]] = {
    "one": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 10_000, 1, 0)],
    "ahead": [(_PAYMENT, 3_000, 0, 0), (_DELIVERY, 10_000, 0, 5), (_PAYMENT, 7_000, 2, 9)],
    "thirds": [
        (_DELIVERY, 5_001, 0, 7), (_DELIVERY, 4_999, 0, 8), (_PAYMENT, 3_333, 1, 0), (_PAYMENT, 3_334, 2, 0), (_PAYMENT, 3_333, 0, 0),
    ],
    "last delivery": [(_PAYMENT, 1, 3, 0), (_PAYMENT, 9_999, 0, 0), (_DELIVERY, 10_000, 0, 0)],
    "64": [*[(_DELIVERY, 312, 0, 0)] * 31, (_DELIVERY, 328, 0, 0), *[(_PAYMENT, 312, 32, 0)] * 31, (_PAYMENT, 328, 1, 0)],
    # One rule broken each.
    "9,999 delivered": [(_DELIVERY, 9_999, 0, 0), (_PAYMENT, 10_000, 1, 0)],
    "9,999 paid": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 5_000, 1, 0), (_PAYMENT, 4_999, 1, 0)],
    "10,001": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 5_001, 1, 0), (_PAYMENT, 5_000, 1, 0)],
    "no share": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 10_000, 1, 0), (_PAYMENT, 0, 1, 0)],
    "no kind": [(0, 10_000, 0, 0), (_PAYMENT, 10_000, 0, 0)],
    "other kind": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 10_000, 0, 0), (3, 1, 0, 0)],
    "after a payment": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 5_000, 1, 0), (_PAYMENT, 5_000, 2, 0)],
    "after nothing": [(_DELIVERY, 10_000, 0, 0), (_PAYMENT, 10_000, 3, 0)],
    "waiting delivery": [(_DELIVERY, 5_000, 0, 0), (_DELIVERY, 5_000, 1, 0), (_PAYMENT, 10_000, 1, 0)],
    "none": [],
    "65": [(_DELIVERY, 10_000, 0, 0), *[(_PAYMENT, 156, 1, 0)] * 64],
    "only delivered": [(_DELIVERY, 10_000, 0, 0)],
}  # fmt: skip
GOOD_PLANS = 5
"""The first ones."""


@dataclass
class Walk:
    """A tender whose lots are awarded, what a follower has of it, and what was done; ``block``: of the last act."""

    made: Opened
    chain: Chain
    model: AgreementModel
    watch: Watch
    seen: Seen
    indexer: Indexer
    block: int
    references: list[bytes] = field(default_factory=list)
    proposed: list[bytes] = field(default_factory=list)
    """Hashes of changes, in effect or not."""
    done: list[str] = field(default_factory=list)

    # Who, when, about what

    @property
    def world(self) -> World:
        """The network."""
        return self.chain.world

    @property
    def id(self) -> bytes:
        """The tender's."""
        return self.made.id

    @property
    def now(self) -> int:
        """Time of the next block."""
        return self.chain.next

    @property
    def eyes(self) -> bool:
        """Whether the buyer's acts take two accounts."""
        return self.made.procedure.four_eyes

    @property
    def buyer(self) -> str:
        """Who does the buyer's acts."""
        return "approver" if self.eyes else "officer"

    def clock(self) -> Clock:
        """The tender's."""
        tender = self.model.tender
        return Clock(self.world.time).of(tender.pauses, tender.suspended_at)

    def winner(self, lot: int) -> str:
        """Whose bid is the lot's candidate."""
        index = self.model.candidate(lot)
        return next(who for who in BIDDERS if self.made.index(who) == index)

    def party(self, agreement: int) -> str:
        """An account of the agreement's supplier; of an agreement that there is not, some bidder."""
        facts = self.model.facts(agreement)
        return next((who for who in BIDDERS if facts and supplier_of(who) == facts.supplier), BIDDERS[0])

    def held(self, agreement: int) -> SeenAgreement:
        """What is known of an agreement; of one that there is not, nothing."""
        return self.seen.agreements.get(agreement) or SeenAgreement(
            AgreementFacts(), (), (), self.model.change(agreement), self.model.end(agreement)
        )

    def status(self, lot: int) -> LotStatus:
        """In the next block."""
        return self.model.signable(lot, self.now).status()

    # Acts on agreements

    def draft(
        self, who: str, lot: int, replaces: int, terms: AgreementTerms, tender: int = 0, proposed: bool = True
    ) -> None:
        """``tender``: another one's number."""
        id = tender.to_bytes(32, "big") if tender else self.id
        call = agreement_book.draft(id, lot, replaces, terms.as_tuple())
        self.both(
            who, call, lambda act: self.model.draft(who, self.now, lot, replaces, terms, self.signing(act), tender), proposed
        )  # fmt: skip

    def terms(self, lot: int, plan: str = "one", **changes: Any) -> AgreementTerms:
        """Good terms for a lot, with changes."""
        known = self.model.lot(lot)
        plain = AgreementTerms(
            supplier_of(self.winner(lot)), known.price, ZERO32, DOCUMENTS[0], 5, 9, tuple(MilestoneTerms(*each) for each in PLANS[plan])
        )  # fmt: skip
        return replace(plain, **changes)

    def sign(self, who: str, agreement: int, document: bytes, proposed: bool = True) -> None:
        call = agreement_book.sign(agreement, document)
        self.both(
            who, call, lambda act: self.model.sign(who, self.now, agreement, document, self.signing(act)), proposed
        )  # fmt: skip

    def pass_over(self, who: str, lot: int, tender: int = 0) -> None:
        """``tender``: another one's number."""
        id = tender.to_bytes(32, "big") if tender else self.id
        self.both(
            who,
            agreement_book.pass_over(id, lot),
            lambda act: self.model.pass_over(who, self.now, lot, tender),
        )

    def propose_change(self, who: str, agreement: int, version: int, change: AgreementChange) -> None:
        self.proposed.append(change_hash(change))
        call = agreement_book.propose_change(agreement, version, change.as_tuple())
        self.both(who, call, lambda act: self.model.propose_change(who, self.now, agreement, version, change))

    def sign_change(self, who: str, agreement: int, named: bytes, proposed: bool = True) -> None:
        """``named``: hash of a change."""
        call = agreement_book.sign_change(agreement, named)
        self.both(
            who, call, lambda act: self.model.sign_change(who, self.now, agreement, named, self.signing(act)), proposed
        )  # fmt: skip

    def drop_change(self, who: str, agreement: int, named: bytes, proposed: bool = True) -> None:
        """``named``: as of ``sign_change``."""
        call = agreement_book.drop_change(agreement, named)
        self.both(
            who, call, lambda act: self.model.drop_change(who, self.now, agreement, named, self.signing(act)), proposed
        )  # fmt: skip

    def deliver(self, who: str, agreement: int, milestone: int, document: bytes) -> None:
        call = agreement_book.deliver(agreement, milestone, document)
        self.both(who, call, lambda act: self.model.deliver(who, self.now, agreement, milestone, document))

    def judge(
        self, who: str, agreement: int, milestone: int, document: bytes, good: bool, proposed: bool = True
    ) -> None:
        """Accepts, or refuses, what was delivered."""
        make = agreement_book.accept if good else agreement_book.refuse
        predict = self.model.accept if good else self.model.refuse
        self.both(
            who, make(agreement, milestone, document),
            lambda act: predict(who, self.now, agreement, milestone, document, self.signing(act)), proposed,
        )  # fmt: skip

    def pay(self, who: str, agreement: int, payment: Payment, proposed: bool = True) -> None:
        self.references.append(payment.ref)
        call = agreement_book.record_payment(agreement, payment.as_tuple())
        self.both(
            who, call, lambda act: self.model.record_payment(who, self.now, agreement, payment, self.signing(act)), proposed
        )  # fmt: skip

    def payment(self, agreement: int, milestone: int, amount: int, **changes: Any) -> Payment:
        """A good one by the buyer under a new reference, with changes."""
        facts = self.held(agreement).facts
        ref = hash_of(f"reference {len(self.references)}")
        plain = Payment(milestone, self.model.tender.buyer, facts.supplier, amount, ref, self.now)
        return replace(plain, **changes)

    def reverse(
        self, who: str, agreement: int, payer: bytes, ref: bytes, document: bytes, proposed: bool = True
    ) -> None:
        call = agreement_book.reverse_payment(agreement, payer, ref, document)
        self.both(
            who, call, lambda act: self.model.reverse_payment(who, self.now, agreement, payer, ref, document, self.signing(act)),
            proposed,
        )  # fmt: skip

    def complete(self, who: str, agreement: int, document: bytes, proposed: bool = True) -> None:
        call = agreement_book.complete(agreement, document)
        self.both(
            who, call, lambda act: self.model.complete(who, self.now, agreement, document, self.signing(act)), proposed
        )  # fmt: skip

    def terminate(self, who: str, agreement: int, cause: int, document: bytes, proposed: bool = True) -> None:
        call = agreement_book.terminate(agreement, cause, document)
        self.both(
            who, call, lambda act: self.model.terminate(who, self.now, agreement, cause, document, self.signing(act)), proposed
        )  # fmt: skip

    def rate(self, who: str, agreement: int, rating: int) -> None:
        self.both(
            who,
            agreement_book.rate(agreement, rating),
            lambda act: self.model.rate(who, self.now, agreement, rating),
        )

    # What happens around them: other walks say whether it may

    def award(self, lot: int) -> None:
        who = self.winner(lot)
        call = award_desk.award(self.id, lot, supplier_of(who), self.made.offer(who), DOCUMENTS[0])
        self.around(self.buyer, call)

    def disqualify(self, lot: int) -> None:
        self.around(
            self.buyer, award_desk.disqualify(self.id, lot, self.model.candidate(lot), 2, DOCUMENTS[0])
        )

    def file(self, who: str, lot: int, stage: int) -> None:
        offer = self.made.offer(who)
        self.around(who, complaint_desk.file(record(), self.id, lot, stage, DOCUMENTS[0], offer))

    def decide(self, number: int, remedy: int) -> None:
        """The next step of a complaint; ``remedy`` 0: it is dismissed, or withdrawn where it is upheld."""
        row = self.model.rows.get(idx_complaint, number)
        status = ComplaintStatus.NONE if row is None else ComplaintStatus(row["status"])
        if status is ComplaintStatus.UPHELD:
            self.around(self.buyer, complaint_desk.execute(number))
        elif status is ComplaintStatus.ADMITTED and remedy:
            self.around("reviewer", complaint_desk.uphold(number, remedy, 0, DOCUMENTS[0]))
        elif status is ComplaintStatus.ADMITTED:
            self.around("reviewer", complaint_desk.dismiss(number, DOCUMENTS[0]))
        else:
            self.around("reviewer", complaint_desk.admit(number, DOCUMENTS[0]))

    def suspend(self) -> None:
        self.around("reviewer", complaint_desk.suspend(self.id, DOCUMENTS[0]))

    def resume(self) -> None:
        self.around("reviewer", complaint_desk.resume(self.id, DOCUMENTS[0]))

    def cancel(self, lot: int) -> None:
        self.around(self.buyer, tender_board.cancel(self.id, lot, 1, DOCUMENTS[0]))

    def consent(self, lot: int) -> None:
        self.around("reviewer", tender_board.consent_cancel(self.id, lot, DOCUMENTS[0]))

    def debar(self, who: str, seconds: int) -> None:
        self.around("reviewer", supplier_registry.debar(supplier_of(who), self.now + seconds, DOCUMENTS[0]))

    def lift(self, who: str) -> None:
        self.around("reviewer", supplier_registry.lift_debarment(supplier_of(who), DOCUMENTS[0]))

    def set_active(self, who: str, active: bool) -> None:
        self.around("registrar", supplier_registry.set_active(supplier_of(who), active))

    # Both sides

    def signing(self, act: bytes) -> Any:
        """Who proposed it."""
        return self.model.signing(act, self.now)

    def prepare(self, call: Call) -> None:
        """With four eyes the officer proposes the call."""
        if self.eyes:
            act = act_hash(CHAIN_ID, self.world.addresses[call.contract], call.data)
            self.follow(self.chain.sent("officer", four_eyes.propose(act))[0])

    def around(self, who: str, call: Call) -> None:
        """An act that other walks predict: whatever the contracts make of it, all is followed."""
        if who == self.buyer:
            self.prepare(call)
        events, refusal = self.chain.sent(who, call)
        self.done.append(f"{call.function}: {'refused' if refusal else 'done'}")
        self.follow(events)

    def both(self, who: str, call: Call, predict: Callable[[bytes], Told], proposed: bool = False) -> None:
        """Rules and contracts agree to the act, or refuse it alike. ``predict`` is given the act's hash; ``proposed``: whether the officer
        proposes it before, with four eyes. Raises Differs, Broken."""
        if proposed and who not in BIDDERS:
            self.prepare(call)
        act = act_hash(CHAIN_ID, self.world.addresses[call.contract], call.data)
        predicted, expected = None, None
        try:
            expected = predict(act)
        except LicitaError as error:
            predicted = error
        events, refusal = self.chain.sent(who, call, gas_for(call))
        self.done.append(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if (type(refusal), str(refusal)) != (type(predicted), str(predicted)):
            raise Differs(call.function, refusal or "done", predicted or "done")
        if expected is not None:
            self._require_told(call, events, expected)
        self.follow(events)

    def _require_told(self, call: Call, events: Sequence[Event], expected: Told) -> None:
        name, args = expected
        *before, last = events
        if [each.name for each in before] not in ([], ["ActApproved"]) or last.name != name:
            raise Differs(call.function, [each.name for each in events], name)
        if last.args != args | {"tenderId": "0x" + self.id.hex()}:
            raise Differs(call.function, last.args, args)

    def follow(self, events: Sequence[Event]) -> None:
        """The block of the last act, and what all hold after it. Raises Differs, Broken."""
        self.block += 1
        number, now = self.block, self.world.time
        told = [replace(event, block=number, time=now, log_index=place) for place, event in enumerate(events)]
        self.indexer.apply(Block(number, hex(number), hex(number - 1), now, (), tuple(told)), self.model.rows)
        self.seen = self.watch.require(told)
        for about, theirs, ours in self.model.differences(self.seen):
            raise Differs(about, theirs, ours)

    def require(self) -> None:
        """What is asked for at the end of a walk: payments, ratings, and all of the tender. Raises Differs."""
        payments, ratings = self.model.payments(), self.model.ratings()
        held: list[tuple[str, Any, Any]] = []
        for key, facts in payments.items():
            held.append(
                ("payment", PaymentFacts.from_tuple(self.chain.view(agreement_book.payment_of(*key))), facts)
            )
        for who in BIDDERS:
            id = supplier_of(who)
            found = Ratings.from_tuple(self.chain.view(supplier_registry.ratings_of(id)))
            held.append(("ratings", found, ratings.get(id, Ratings())))
        rated = self.model.raters()
        for number in self.seen.agreements:
            for rater in self.raters():
                has = self.chain.view(agreement_book.has_rated(number, rater))
                held.append(("rated", has, (number, rater) in rated))
        for about, theirs, ours in held:
            if theirs != ours:
                raise Differs(about, theirs, ours)
        require_same(Case(self.world, self.made.tender, self.made), self.model.rows)

    def raters(self) -> Iterator[bytes]:
        """Those of ``RATERS`` as AgreementBook keys them."""
        for who in CITIZENS:
            yield bytes.fromhex(address(who)[2:]).rjust(32, b"\0")
        yield member_id("TEST-WITNESS")

    def wait(self, instant: int) -> None:
        """To a moment, if it is still to come."""
        if instant > self.world.time:
            self.world.move_to(instant)
            self.follow([])

    # What there is to do

    def waiting(self) -> list[int]:
        """Numbers of the complaints that are open."""
        rows = self.model.rows.all(idx_complaint)
        return [row["number"] for row in rows if ComplaintStatus(row["status"]).is_open]

    def left(self, held: SeenAgreement) -> dict[int, int]:
        """What may still be paid now, by milestone."""
        milestones: dict[int, MilestoneFacts] = dict(enumerate(held.milestones, 1))
        return {
            place: held.amounts[place - 1] - each.paid
            for place, each in milestones.items()
            if each.kind is MilestoneKind.PAYMENT
            and (not each.requires or milestones[each.requires].status is MilestoneStatus.ACCEPTED)
        }

    def change(
        self, who: str, agreement: int, reason: int, to: str, extension: int, document: bytes = DOCUMENTS[1], version: int = 0
    ) -> None:  # fmt: skip
        """Proposes one; ``to``: how far, by the cap of its kind; ``version``: how many the caller is late."""
        facts = self.held(agreement).facts
        reasoned = reason >= ChangeReason.ADDITIONAL_NECESSARY
        cap = cap_of(facts, self.made.procedure, reasoned=reasoned)
        room = cap - (facts.reasoned if reasoned else facts.ordinary)
        value = {
            "same": facts.value, "within": facts.value + room // 3, "most": facts.value + room, "over": facts.value + room + 1,
            "down": facts.value - room // 2, "least": facts.value - room, "under": facts.value - room - 1, "nothing": 0,
            "paid": facts.paid, "all": 2**128 - 1,
        }[to]  # fmt: skip
        change = AgreementChange(reason, max(0, value), extension, document)
        self.propose_change(who, agreement, facts.version + version, change)

    def instants(self) -> Iterator[tuple[str, int]]:
        """Ends that are still to come, by name."""
        clock, procedure = self.clock(), self.made.procedure
        for held in self.seen.lots.values():
            begins, ends = held.signing
            yield "standstill", held.standstill
            yield "signing", ends
            yield "half", ends - (ends - begins) // 2
        for each in self.seen.agreements.values():
            if each.facts.changed_at:
                yield "interval", each.facts.changed_at + procedure.change_interval
            if each.facts.accepted_at:
                yield "rating", each.facts.accepted_at + RATING_PERIOD
        for row in self.model.rows.all(idx_complaint):
            yield "due", clock.end_of(row["due"])


def begin(world: World, **changes: Any) -> Walk:
    """A tender of two lots, each awarded to another bidder, in its standstill. Further arguments change the sandbox procedure."""
    for who in CITIZENS:
        world.send("registrar", "SupplierRegistry", "enrolCitizen", address(who))
    world.send("witness", "MemberRegistry", "addPerson", address("witness2"), 128, MANDATE_END)
    made = opened(world, BIDS, lots=(LotTerms(2_000),) * 2, body=REVIEW, **{**PERIODS, **changes})
    for lot in (1, 2):
        made.ready(lot=lot)
        who = made.in_order(lot)[0]
        args = (made.id, lot, supplier_of(who), made.offer(who), DOCUMENTS[0])
        act = Act(world, "AwardDesk", "award", args)
        if made.procedure.four_eyes:
            act.propose()
        act.approve("approver")
    return walk(world, made, followed(world))


def walk(world: World, made: Opened, rows: MemoryRows) -> Walk:
    """From here; ``rows``: of a follower of all blocks so far."""
    chain = Chain(world)
    watch = Watch(chain, fixed_of(made))
    number = int(world.node.rpc("eth_blockNumber"), 16)
    model = AgreementModel(int.from_bytes(made.id, "big"), deepcopy(rows))
    return Walk(made, chain, model, watch, watch.require(), Indexer(None, lambda event, tender: ()), number)
