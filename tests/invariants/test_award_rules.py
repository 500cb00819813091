"""Awards, from opened bids to the end of the standstill: whatever is called, the rules say what AwardDesk does, and the invariants hold.

A tender of drawn lots, bids and periods is opened for real; then come random acts by random callers, right ones and wrong ones, around
every end. Each goes to the model (award_model.py: `chain.rules.awards`) and to the contract: the refusal with all its facts, or the event
and everything that is stored, must be the same. After each act the invariants (award_facts.py) are looked at as functions of what anybody
can read; at the end of a run a follower rebuilds all of it from the events alone. The numbers are those of README.md.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import event as told
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chain.bindings import award_desk, member_registry, supplier_registry
from chain.errors.base import LicitaError
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.content import load
from chain.recorder.index.facts import facts_from
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_asked, idx_decision, idx_lot, idx_security, idx_tender
from chain.rules import (
    OWNERS_VALID,
    Caller,
    MemberFacts,
    PersonFacts,
    SupplierFacts,
    check_debar,
    check_declare_owners,
    check_lift_debarment,
    check_set_active,
)
from chain.rules.awards import PAGE, Offer
from chain.transactions import Call
from chain.types import (
    ZERO32,
    Asked,
    DisqualificationReason,
    LotFacts,
    LotTerms,
    Setup,
)
from tests.contracts.AwardDesk.test_followed import followed
from tests.contracts.awards import NOWHERE, Opened, opened, sealed_tender, supplier_of
from tests.contracts.world import ACME, Node, World, address, founded, member_id
from tests.invariants.award_facts import Broken, Fixed, Watch, fixed_of, in_order
from tests.invariants.award_model import Model
from tests.invariants.test_tender_rules import HASHES, Chain, mostly

pytestmark = pytest.mark.evm

FIRMS = ("acme", "beta", "gama", "delta", "eta", "zeta")
PEOPLE = ("officer", "approver", "officer2", "admin", "reviewer", "registrar")
ANYBODY = (*PEOPLE, *FIRMS, "acme2", "nobody")
CROWD = 130
"""Bids of a tender that every run finds: more than a page."""

PRICES = (100, 100, 59, 60, 61, 140, 143, 200, 300, 990, 1_000)
NO_PRICES = (None, None, 1_001, 1_101, 0, 2**128)
"""Amounts that may not win, or no offer at all."""

TALLY = ("left out", "twice", "swapped", "foreign", "amount", "commitment", "lots", "page", "setup")
RANK = (
    "left out",
    "twice",
    "swapped",
    "again",
    "foreign",
    "inadmissible",
    "amount",
    "commitment",
    "none",
    "setup",
)
OFFER = ("amount", "commitment", "lots", "other's", "other supplier", "no supplier")

officers, documents = mostly(("officer", "approver"), ANYBODY), mostly(HASHES, (ZERO32,))
lots = mostly((1, 2, 3), (0, 4, 255))
"""Beyond those of the tender: the first ones again, or none at all."""
bids = mostly((-1,), (0, 1, 2, 3, NOWHERE))
"""Which bid by index; -1: the candidate, -2: the one that was asked last to cure something."""

ends = st.one_of(
    st.just("now"), st.just("now"), st.just("now"), st.just("now"), mostly(("now",), ("decision",)),
    st.sampled_from(("cure", "cure", "explain", "explain", "standstill", "signing", "cancel", "debarment")),
    # A year on, which is the end of much else.
    st.integers(0, 99).map(lambda chance: "stale" if chance == 11 else "now"),
)  # fmt: skip


def faults(known: Sequence[str]) -> st.SearchStrategy[str]:
    """A fault in every fourth act."""
    return st.one_of(st.just(""), st.just(""), st.just(""), st.sampled_from(known))


ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "go_on": {
        "lot": st.integers(1, 3), "out": st.integers(0, 6), "count": st.sampled_from((PAGE, PAGE, 1, 2)),
        "wrong": st.one_of(st.just(-1), st.integers(0, 89)),
    },
    "tally": {"lot": lots, "fault": faults(TALLY)},
    "rank": {"lot": lots, "count": st.integers(1, 7), "fault": faults(RANK)},
    "award": {"who": officers, "lot": lots, "bid": bids, "fault": faults(OFFER), "document": documents},
    "disqualify": {
        "who": officers, "lot": lots, "bid": bids, "reason": mostly((1, 2, 4, 4, 7), (0, 8, 9, 255)), "document": documents,
    },
    "drop": {"lot": lots, "bid": bids},
    "ask_explanation": {"who": mostly(("officer",), ANYBODY), "lot": lots, "bid": bids, "document": documents},
    "explain": {"lot": lots, "bid": bids, "own": mostly((True,), (False,)), "document": documents},
    "ask_curing": {"who": mostly(("officer",), ANYBODY), "bid": mostly((-1, 0, 1), (2, 3, NOWHERE)), "document": documents},
    "cure": {"bid": mostly((-2, -2, -1, 0), (2, 3, NOWHERE)), "own": mostly((True,), (False,)), "document": documents},
    "extend": {"who": mostly(("officer",), ANYBODY), "document": documents},
    "record_security": {"who": officers, "bid": mostly((0, 1), (2, NOWHERE)), "status": st.integers(0, 4), "document": documents},
    "debar": {
        "who": mostly(("reviewer", "authority"), ANYBODY), "bid": mostly((-1, 0), (1, 2)), "seconds": mostly((1, 3, 40), (0, -1)),
        "document": documents,
    },
    "lift": {"who": mostly(("reviewer", "authority"), ANYBODY), "bid": mostly((-1, 0), (1, 2)), "document": documents},
    "set_active": {"who": mostly(("registrar",), ANYBODY), "bid": mostly((-1, 0), (1, 2)), "active": mostly((True,), (False,))},
    "declare": {"bid": mostly((-1, 0, 1, 2), (3,))},
}  # fmt: skip
OFTEN = (
    "go_on", "go_on", "go_on", "go_on", "tally", "tally", "rank", "rank", "award", "disqualify", "drop", "ask_explanation", "explain",
    "ask_curing", "cure",
)  # fmt: skip


# Tenders


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of `opened`: lots, what is offered for each, who sends its bid again or takes it back, periods and rates."""
    many = draw(st.sampled_from((1, 2, 3, 3)))
    price = st.one_of(*[st.sampled_from(PRICES)] * 5, st.sampled_from(NO_PRICES))
    amounts = st.tuples(*[price] * many)
    count = draw(st.sampled_from((1, 3, 4, 4, 5, 6, 2)))
    names = draw(st.permutations(FIRMS))[:count]
    terms = st.builds(LotTerms, st.just(1_000), st.sampled_from((0, 0, 100, 1_000)))
    most = min(2, count - 1)
    return {
        "bids": {who: draw(amounts) for who in names},
        "lots": [draw(terms) for _ in range(many)],
        "again": draw(st.lists(st.sampled_from(names), max_size=2, unique=True)),
        "withdrawn": draw(mostly(([],), (list(names[:1])[:most],))),
        "cancelled": draw(mostly(([],), ([many][: many - 1],))),
        "min_bids": draw(mostly((1,), (2,))) if count > 2 else 1,
        "curing_window": draw(mostly((3, 9), (0,))),
        "explanation_window": draw(st.sampled_from((3, 9))),
        "standstill": draw(st.sampled_from((3, 20))),
        "signing_period": draw(st.sampled_from((4, 60))),
        "decision_period": draw(st.sampled_from((30, 300))),
        "cancel_window": draw(st.sampled_from((45, 60))),
        "low_mean_bps": draw(st.sampled_from((0, 4_000))),
        "low_next_bps": draw(st.sampled_from((0, 3_000))),
        "market_under_bps": draw(st.sampled_from((0, 4_000))),
        "market_over_bps": draw(st.sampled_from((0, 1_000))),
        "ceiling_binding": draw(mostly((True,), (False,))),
    }


@dataclass(frozen=True)
class Ground:
    """What every run finds: the founded network with six suppliers, a tender with more bids than a page, one that is not open, and what a
    follower made of it up to ``block``."""

    world: World
    chain: Chain
    crowd: Opened
    sealed: Opened
    rows: MemoryRows
    block: int


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """On an anvil of its own."""
    node = Node(tmp_path_factory.mktemp("anvil"))
    try:
        yield prepared(founded(node))
    finally:
        node.stop()


def prepared(world: World) -> Ground:
    """What all runs share."""
    names = [f"firm {number}" for number in range(CROWD - len(FIRMS))]
    prices = {who: (400 + 3 * number) % 1_003 or None for number, who in enumerate([*FIRMS, *names])}
    crowd = opened(world, prices, lots=[LotTerms(1_000)], decision_period=100_000, standstill=20)
    sealed = sealed_tender(world, {"acme": 100, "beta": 90})
    block = int(world.node.rpc("eth_blockNumber"), 16)
    return Ground(world, Chain(world), crowd, sealed, followed(world), block)


# The machine


class AwardRules(RuleBasedStateMachine):
    """The model is what ``chain.rules`` says of plain facts; the contracts are asked after each prediction."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground
        self.undone = ground.world.undone()
        self.undone.__enter__()
        self.chain = ground.chain
        self.watches: list[Watch] = []
        self.models: list[Model] = []
        self.people = {
            who: PersonFacts.from_tuple(self.chain.view(member_registry.person_facts(address(who)))) for who in PEOPLE
        }  # fmt: skip
        self.members = {
            person.member: MemberFacts.from_tuple(
                self.chain.view(member_registry.member_facts(person.member))
            )
            for person in self.people.values()
        }

    @initialize(plan=plans())
    def open(self, plan: dict[str, Any]) -> None:
        """The tender of this run, and the two that are there."""
        made = opened(self.ground.world, plan.pop("bids"), **plan)
        self.made = (made, self.ground.crowd, self.ground.sealed)
        for each in self.made:
            self._follow(each)
        ids = sorted({supplier_of(who) for who in FIRMS})
        held = self.chain.views([supplier_registry.supplier_facts(id) for id in ids])
        self.suppliers = {id: SupplierFacts.from_tuple(facts) for id, facts in zip(ids, held, strict=True)}

    def _follow(self, made: Opened) -> None:
        fixed = fixed_of(self.chain, made)
        watch = Watch(self.chain, fixed)
        seen = watch.require(range(1, len(fixed.setup.lots) + 1))
        self.watches.append(watch)
        self.models.append(Model(fixed, seen.tender))

    def teardown(self) -> None:
        try:
            for watch, model in zip(self.watches, self.models, strict=True):
                model.require(watch.require(range(1, model.tender.lots + 1)))
            if self.watches:
                self._rebuilt()
        finally:
            self.undone.__exit__(None, None, None)

    def _rebuilt(self) -> None:
        """Invariant 21: the events alone give all that the contracts hold."""
        rows = followed(self.ground.world, copy.deepcopy(self.ground.rows), self.ground.block + 1)
        for model in self.models:
            require_rebuilt(rows, model)

    # The parts of a prediction

    @rule(
        name=st.one_of(st.sampled_from(OFTEN), st.sampled_from(sorted(ACTS))), which=mostly((0, 0, 0, 0, 0, 0, 0, 1), (1, 2)), end=ends,
        around=st.integers(-2, 1), data=st.data(),
    )  # fmt: skip
    def act(self, name: str, which: int, end: str, around: int, data: st.DataObject) -> None:
        """Any act of anybody, now or around an end of a tender."""
        self.watch, self.model = self.watches[which], self.models[which]
        drawn = {argument: data.draw(values, argument) for argument, values in ACTS[name].items()}
        lot = drawn.get("lot", 1)
        if 0 < lot <= 3:
            lot = (lot - 1) % self.model.tender.lots + 1
            drawn |= {"lot": lot} if "lot" in drawn else {}
        self.wait(end, around, lot)
        getattr(self, name)(**drawn)
        known = min(max(lot, 1), self.model.tender.lots)
        self.model.require(self.watch.require([known]))

    @property
    def now(self) -> int:
        """Time of the next block."""
        return self.chain.next

    @property
    def fixed(self) -> Fixed:
        """Of the tender that is acted on."""
        return self.model.fixed

    def caller(self, who: str) -> Caller:
        person = self.people.get(who, PersonFacts())
        return Caller(address(who), person, self.members.get(person.member, MemberFacts()))

    def index(self, lot: int, bid: int) -> int:
        """The bid that is meant."""
        if bid == -2:
            return max(self.model.curing, key=lambda index: self.model.curing[index].until, default=0)
        candidate = self.model.of(lot).candidate
        return bid if bid >= 0 else candidate if candidate is not None else 0

    def supplier(self, index: int) -> bytes:
        """Whose bid it is; a supplier of none where there is none."""
        return self.fixed.suppliers.get(index, HASHES[0])

    def facts(self, supplier: bytes) -> SupplierFacts:
        if supplier not in self.suppliers:
            found = self.chain.view(supplier_registry.supplier_facts(supplier))
            self.suppliers[supplier] = SupplierFacts.from_tuple(found)
        return self.suppliers[supplier]

    def offer(self, index: int) -> Offer:
        """What a bid offered; of one that is not open, nothing true."""
        return self.fixed.offers.get(index, Offer(index, HASHES[0], (100,) * self.model.tender.lots))

    def both(self, who: str, call: Call, predict: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        """The event's arguments where both sides agree to the act, None where both refuse it alike."""
        predicted: LicitaError | None = None
        expected: dict[str, Any] = {}
        try:
            expected = predict()
        except LicitaError as error:
            predicted = error
        outcome = self.chain.act(who, call)
        assert type(outcome.refusal) is type(predicted), (
            f"{call.function}: the contract says {outcome.refusal}, the rules {predicted}"
        )
        told(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if predicted is not None and outcome.refusal is not None:
            assert outcome.refusal.facts == predicted.facts
        if outcome.event is None:
            return None
        found = {key: value for key, value in outcome.event.args.items() if key in expected}
        assert found == expected
        if outcome.event.contract == "AwardDesk":
            assert set(outcome.event.args) == {"id", *expected}
            self.watch.note(outcome.event, outcome.gas)
        return expected

    def wait(self, end: str, around: int, lot: int) -> None:
        """To just before, at, or just after an end."""
        model, known, world = self.model, self.model.of(lot), self.chain.world
        procedure, facts = self.fixed.procedure, known.facts
        instants = {
            "now": [], "cure": [each.until for each in model.curing.values()],
            "explain": [each.until for each in known.asked.values()], "standstill": [facts.standstill_ends],
            "signing": [facts.standstill_ends + facts.signing_period],
            "decision": [model.tender.deadline + procedure.opening_delay + procedure.decision_period],
            "cancel": [each.cancels_at for each in self.fixed.cancels.values()],
            "debarment": [each.debarred_until for each in self.suppliers.values()],
            "stale": [each.owners_at + OWNERS_VALID for each in self.suppliers.values()],
        }[end]  # fmt: skip
        instant = min((each for each in instants if each + around > world.time), default=0) + around
        if instant > world.time:
            world.move_to(instant)

    # Acts

    def go_on(self, lot: int, out: int, count: int, wrong: int) -> None:
        """What is due next for a lot; ``out`` 0: the candidate is not qualified. ``wrong``: which fault, -1 for none."""

        def fault(known: Sequence[str]) -> str:
            return known[wrong % len(known)] if wrong >= 0 else ""

        known = self.model.of(lot)
        candidate, is_low = known.candidate, self.model.is_low_candidate(lot)
        asked = known.asked.get(candidate) if candidate is not None else None
        if not known.facts.complete:
            self.tally(lot, fault(TALLY))
        elif known.facts.ranked < known.facts.admissible:
            self.rank(lot, count, fault(RANK))
        elif out == 0:
            self.disqualify("officer", lot, -1, int(DisqualificationReason.NOT_QUALIFIED), HASHES[0])
        elif is_low and asked is None:
            self.ask_explanation("officer", lot, -1, HASHES[0])
        elif is_low and asked is not None and not asked.given:
            self.explain(lot, -1, True, HASHES[0])
        else:
            self.award("officer", lot, -1, fault(OFFER), HASHES[0])

    def tally(self, lot: int, fault: str) -> None:
        page = self.model.of(lot).facts.tallied // PAGE
        sealed = self.fixed.offers or self.fixed.suppliers
        due = [self.offer(index) for index in range(page * PAGE, page * PAGE + PAGE) if index in sealed]
        given = self.falsified(due, fault)
        setup, page = self.setup(fault), page + (fault == "page")
        call = award_desk.tally(
            self.fixed.id, lot, setup.as_tuple(), page, [each.as_tuple() for each in given]
        )
        self.both("nobody", call, lambda: self.model.tally(lot, setup, page, given, self.now))

    def rank(self, lot: int, count: int, fault: str) -> None:
        exists = 0 < lot <= self.model.tender.lots
        order = in_order(self.fixed, lot) if exists else []
        done = self.model.of(lot).ranking
        # A ranking that left a bid out is begun anew.
        rest = order[len(done) :] if order[: len(done)] == done else order
        given = self.falsified([self.offer(index) for index in rest[:count]], fault)
        others = [index for index in self.fixed.suppliers if index not in order]
        given += [self.offer(index) for index in {"again": done, "inadmissible": others}.get(fault, [])][:1]
        given = [] if fault == "none" else given
        setup = self.setup(fault)
        call = award_desk.rank(self.fixed.id, lot, setup.as_tuple(), [each.as_tuple() for each in given])
        self.both("nobody", call, lambda: self.model.rank(lot, setup, given, self.now))

    def setup(self, fault: str) -> Setup:
        return Setup((LotTerms(1),) * self.model.tender.lots) if fault == "setup" else self.fixed.setup

    def falsified(self, given: list[Offer], fault: str) -> list[Offer]:
        """A page with that fault."""
        foreign = Offer(CROWD + 1, HASHES[0], (100,) * self.model.tender.lots)
        if fault == "foreign" or not given:
            return [*given, foreign] if fault == "foreign" else given
        first, *rest = given
        pages = {
            "left out": rest, "twice": [first, *given], "swapped": [*rest[::-1], first],
            "amount": [*given[:-1], self.lie(given[-1], fault)], "commitment": [*given[:-1], self.lie(given[-1], fault)],
            "lots": [self.lie(first, fault), *rest],
        }  # fmt: skip
        return pages.get(fault, given)

    def lie(self, offer: Offer, fault: str) -> Offer:
        lies = {
            "amount": replace(offer, amounts=(offer.amounts[0] ^ 1, *offer.amounts[1:])),
            "commitment": replace(offer, doc_commit=HASHES[1]),
            "lots": replace(offer, amounts=(*offer.amounts, 1)),
            "other's": replace(self.offer(0), index=offer.index),
        }
        return lies.get(fault, offer)

    def award(self, who: str, lot: int, bid: int, fault: str, document: bytes) -> None:
        index = self.index(lot, bid)
        offer, supplier = self.lie(self.offer(index), fault), self.supplier(index)
        supplier = {"other supplier": ACME, "no supplier": member_id("none")}.get(fault, supplier)
        facts = self.facts(supplier)
        call = award_desk.award(self.fixed.id, lot, supplier, offer.as_tuple(), document)
        self.both(
            who,
            call,
            lambda: self.model.award(self.caller(who), lot, supplier, facts, offer, document, self.now),
        )

    def disqualify(self, who: str, lot: int, bid: int, reason: int, document: bytes) -> None:
        index = self.index(lot, bid)
        call = award_desk.disqualify(self.fixed.id, lot, index, reason, document)
        self.both(
            who, call, lambda: self.model.disqualify(self.caller(who), lot, index, reason, document, self.now)
        )

    def drop(self, lot: int, bid: int) -> None:
        supplier = self.supplier(self.index(lot, bid))
        facts = self.facts(supplier)
        call = award_desk.drop_ineligible(self.fixed.id, lot, supplier)
        self.both("nobody", call, lambda: self.model.drop(lot, supplier, facts, self.now))

    def ask_explanation(self, who: str, lot: int, bid: int, document: bytes) -> None:
        index = self.index(lot, bid)
        call = award_desk.ask_explanation(self.fixed.id, lot, index, document)
        self.both(
            who, call, lambda: self.model.ask_explanation(self.caller(who), lot, index, document, self.now)
        )

    def explain(self, lot: int, bid: int, own: bool, document: bytes) -> None:
        index = self.index(lot, bid)
        who, supplier = self.bidder(index, own)
        call = award_desk.explain(self.fixed.id, lot, index, document)
        self.both(
            who, call, lambda: self.model.explain(self.caller(who), supplier, lot, index, document, self.now)
        )

    def ask_curing(self, who: str, bid: int, document: bytes) -> None:
        index = self.index(1, bid)
        call = award_desk.ask_curing(self.fixed.id, index, document)
        self.both(who, call, lambda: self.model.ask_curing(self.caller(who), index, document, self.now))

    def cure(self, bid: int, own: bool, document: bytes) -> None:
        index = self.index(1, bid)
        who, supplier = self.bidder(index, own)
        call = award_desk.cure(self.fixed.id, index, document)
        self.both(who, call, lambda: self.model.cure(self.caller(who), supplier, index, document, self.now))

    def bidder(self, index: int, own: bool) -> tuple[str, bytes]:
        """An account of the bid's supplier, or of another; and what it acts for."""
        made = next(each for each in self.made if each.id == self.fixed.id)
        names = [who for who, place in made.indexes.items() if place == index]
        who = names[0] if names and own else "beta" if index % 2 else "acme2"
        return who, ACME if who == "acme2" else supplier_of(who)

    def extend(self, who: str, document: bytes) -> None:
        call = award_desk.extend_decision(self.fixed.id, document)
        self.both(who, call, lambda: self.model.extend(self.caller(who), document, self.now))

    def record_security(self, who: str, bid: int, status: int, document: bytes) -> None:
        call = award_desk.record_security(self.fixed.id, bid, status, document)
        self.both(
            who, call, lambda: self.model.record_security(self.caller(who), bid, status, document, self.now)
        )

    # What happens around the tenders

    def debar(self, who: str, bid: int, seconds: int, document: bytes) -> None:
        id, until = self.supplier(self.index(1, bid)), self.now + seconds
        facts = self.facts(id)

        def predict() -> dict[str, Any]:
            check_debar(address(who), self.orders(who), id, facts, until, document, self.now)
            self.suppliers[id] = replace(facts, debarred_until=until)
            return {"until": until}

        self.both(who, supplier_registry.debar(id, until, document), predict)

    def lift(self, who: str, bid: int, document: bytes) -> None:
        id = self.supplier(self.index(1, bid))
        facts = self.facts(id)

        def predict() -> dict[str, Any]:
            check_lift_debarment(address(who), self.orders(who), id, facts, document, self.now)
            self.suppliers[id] = replace(facts, debarred_until=0)
            return {}

        self.both(who, supplier_registry.lift_debarment(id, document), predict)

    def orders(self, who: str) -> bool:
        """Whether an account may debar."""
        return who in ("authority", "reviewer")

    def set_active(self, who: str, bid: int, active: bool) -> None:
        id = self.supplier(self.index(1, bid))
        facts = self.facts(id)

        def predict() -> dict[str, Any]:
            check_set_active(address(who), who == "registrar", id, facts, active)
            self.suppliers[id] = replace(facts, active=active)
            return {}

        self.both(who, supplier_registry.set_active(id, active), predict)

    def declare(self, bid: int) -> None:
        """A supplier renews the declaration of its owners."""
        who, id = self.bidder(self.index(1, bid), True)
        facts = self.facts(id)

        def predict() -> dict[str, Any]:
            check_declare_owners(address(who), facts, facts.version, HASHES[0])
            self.suppliers[id] = replace(
                facts, version=facts.version + 1, owners_at=self.now, owners_hash=HASHES[0]
            )
            return {}

        self.both(who, supplier_registry.declare_owners(facts.version, HASHES[0]), predict)


def require_rebuilt(rows: MemoryRows, model: Model) -> None:
    """What a follower has of a tender is what the model has, which is what the contracts have. Raises Broken."""
    number = model.fixed.number
    row = rows.get(idx_tender, number)
    assert row is not None
    found: dict[str, Any] = {
        "tender": replace(facts_from(row["facts"]), reason=0),
        "extended": any(each["tender"] == number and each["kind"] == "extended" for each in rows.all(idx_decision)),
        "security": {each["bid"]: each["status"] for each in rows.all(idx_security) if each["tender"] == number},
        "asked": {
            (each["lot"], each["bid"]): Asked(each["until"], each["given_at"] > 0)
            for each in rows.all(idx_asked)
            if each["tender"] == number
        },
    }  # fmt: skip
    asked = {(lot, bid): each for lot, known in model.lots.items() for bid, each in known.asked.items()}
    held: dict[str, Any] = {
        # A follower keeps why a lot was cancelled with the lot's cancellation.
        "tender": replace(model.tender, reason=0), "extended": model.extended, "security": model.security,
        "asked": asked | {(0, bid): each for bid, each in model.curing.items()},
    }  # fmt: skip
    for lot in range(1, model.tender.lots + 1):
        known, kept = model.of(lot), rows.get(idx_lot, number, lot)
        bits = sum(1 << index for index in known.prices)
        held[f"lot {lot}"] = (known.facts, known.ranking, bits)
        found[f"lot {lot}"] = (
            (lot_facts_from(kept["facts"]), load(kept["ranking"]), int(kept["admissible"], 16)) if kept else (LotFacts(), [], 0)
        )  # fmt: skip
        if kept and known.facts.ranked == known.facts.admissible:
            held[f"low {lot}"], found[f"low {lot}"] = sorted(model.low(lot)), load(kept["low"])
    for name, each in held.items():
        if found[name] != each:
            raise Broken({21: f"{name}: {found[name]} was rebuilt of {each}"})


@pytest.mark.timeout(7_200)  # under the profile `long`; seconds without it
def test_rules_and_contract__random_acts_by_random_callers__decide_alike(ground: Ground) -> None:
    # 10,000 calls, 100,000 under the profile `long`. A failing run is shown as it was found: making it shorter takes minutes.
    usual, steps = settings.default.max_examples, settings.default.stateful_step_count
    calls = 50 * usual if usual > 100 else 100 * usual
    runs = settings(
        max_examples=calls // steps, stateful_step_count=steps, phases=(Phase.reuse, Phase.generate)
    )
    run_state_machine_as_test(lambda: AwardRules(ground), settings=runs)


def test_ranking__anybody_leaves_a_bid_out__the_lot_can_still_be_left(ground: Ground) -> None:
    with ground.world.undone():
        tender = opened(ground.world, {"acme": 100, "beta": 200})
        tender.tally()
        tender.rank("beta")
        whole = [tender.offer(who) for who in tender.in_order()]
        call = award_desk.rank(tender.id, 1, tender.setup, whole)
        assert ground.chain.would("nobody", call, ground.world.time + 1) is None
