"""Agreements, from awarded lots to the end: whatever is called, rules, contracts and followers say the same, and the invariants hold.

Random acts by random callers around every end go to the rules, with what a follower has of the blocks so far (agreement_model.py), and to
the contracts: drafts, signatures, changes, deliveries, payments, ratings, ends; and around them complaints, suspensions, cancellations and
debarments. The refusal with all its facts, or the event, must be the same; after each block so must everything that is stored, and the
invariants (agreement_facts.py) are looked at as functions of what anybody can read. The numbers are those of README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import event as told
from hypothesis import strategies as st

from chain.rules.agreements import pending_hash
from chain.types import ZERO32, LotStatus, MilestoneKind, Remedy, TerminationCause
from tests.contracts.awards import supplier_of
from tests.contracts.world import BUYER, BUYER2, World, hash_of
from tests.invariants.agreement_lead import Lead
from tests.invariants.agreement_walk import (
    BIDDERS,
    CITIZENS,
    DOCUMENTS,
    GOOD_PLANS,
    PAYER,
    PLANS,
    WITNESSES,
    Walk,
    begin,
    walk,
)
from tests.invariants.test_tender_rules import mostly

pytestmark = pytest.mark.evm

KINDS: Mapping[str, Mapping[str, Any]] = {"one account": {}, "four eyes": {"four_eyes": True}}
ANYBODY = (
    "officer", "approver", "officer2", "approver2", "admin", "reviewer", "evaluator", "acme", "acme2", "beta", "gama", *CITIZENS,
    *WITNESSES, "nobody",
)  # fmt: skip
CHANGES = ("same", "within", "most", "over", "down", "least", "under", "nothing", "paid", "all")
AMOUNTS = ("all", "half", "one", "over", "nothing")
CALLS = 50
"""Of a walk."""

documents = mostly(("due",), (*DOCUMENTS, ZERO32))
"""The one that is to be signed, or another."""
named = mostly(("due",), ("last", "first", "document", "none"))
"""The hash of the change that waits, or another."""
given_documents = mostly(DOCUMENTS, (ZERO32,))
lots = mostly((1, 2), (0, 3, 255))
back = mostly((0,), (1, 2, 99))
"""Which agreement: the latest about a lot, some before it, or one that there is not."""
proposed = mostly((True,), (False,))
buyers = mostly(("buyer",), ANYBODY)
suppliers = mostly(("supplier",), ANYBODY)
sides = mostly(("buyer", "supplier"), ANYBODY)
officers = mostly(("officer", "buyer"), ANYBODY)
speakers = mostly(("officer", "supplier"), ANYBODY)
undoers = mostly(("officer", "buyer", "supplier"), ANYBODY)
places = mostly((0, 1, 2), (63, 64, 254))
"""Of a milestone, counted from 0 among those of its kind; the last ones are none."""
bps = mostly((False,), (True,))

ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "draft": {
        "who": officers, "lot": lots, "plan": mostly(tuple(PLANS)[:GOOD_PLANS], tuple(PLANS)[GOOD_PLANS:]),
        "fault": mostly(("",), ("value", "less", "supplier", "no supplier", "payer", "own payer", "foreign payer", "document", "dates",
                                "replaces", "tender")),
        "paying": st.booleans(), "document": st.sampled_from(DOCUMENTS), "proposed": proposed,
    },
    "sign": {"who": sides, "lot": lots, "back": back, "document": documents, "proposed": proposed},
    "pass_over": {"who": st.sampled_from(ANYBODY), "lot": lots, "other": mostly((False,), (True,))},
    "change": {
        "who": speakers, "lot": lots, "back": back, "reason": mostly(tuple(range(1, 10)), (0, 10, 255)), "to": st.sampled_from(CHANGES),
        "extension": st.sampled_from((0, 1, 86_400, 2**32 - 1)), "document": given_documents, "late": mostly((0,), (1, -1)),
        "patient": st.sampled_from((True, True, False)),
    },
    "sign_change": {"who": sides, "lot": lots, "back": back, "change": named, "proposed": proposed},
    "drop_change": {"who": undoers, "lot": lots, "back": back, "change": named, "proposed": proposed},
    "deliver": {"who": suppliers, "lot": lots, "back": back, "place": places, "other": bps, "document": given_documents},
    "judge": {
        "who": buyers, "lot": lots, "back": back, "place": places, "other": bps, "document": given_documents, "good": st.booleans(),
        "proposed": proposed,
    },
    "pay": {
        "who": buyers, "lot": lots, "back": back, "place": places, "other": bps, "amount": mostly(AMOUNTS[:3], AMOUNTS[3:]),
        "fault": mostly(("", "", "payer"), ("stranger", "nobody", "payee", "reference", "no reference", "later", "never")),
        "proposed": proposed,
    },
    "reverse": {
        "who": buyers, "lot": lots, "back": back, "payment": st.integers(0, 3), "fault": mostly(("",), ("reference", "payer")),
        "document": given_documents, "proposed": proposed,
    },
    "complete": {"who": buyers, "lot": lots, "back": back, "document": given_documents, "proposed": proposed},
    "terminate": {
        "who": sides, "lot": lots, "back": back, "cause": mostly(tuple(map(int, TerminationCause))[1:], (0, 6, 255)),
        "document": mostly(DOCUMENTS[:2], (ZERO32,)), "proposed": proposed, "right": mostly((True,), (False,)),
    },
    "rate": {"who": mostly((*CITIZENS, *WITNESSES), ANYBODY), "lot": lots, "back": back, "rating": mostly((1, 3, 5), (0, 6, 255))},
    "award": {"lot": st.sampled_from((1, 2))},
    "disqualify": {"lot": st.sampled_from((1, 2))},
    "file": {"who": st.sampled_from(BIDDERS), "lot": st.sampled_from((1, 2)), "stage": st.sampled_from((3, 3, 4))},
    "decide": {"which": st.integers(0, 3), "remedy": st.sampled_from((0, 0, *map(int, Remedy)))},
    "suspend": {},
    "resume": {},
    "cancel": {"lot": mostly((1, 2), (0,))},
    "consent": {"lot": mostly((1, 2), (0,))},
    "debar": {"who": st.sampled_from(BIDDERS), "seconds": st.sampled_from((1, 9, 80))},
    "lift": {"who": st.sampled_from(BIDDERS)},
    "set_active": {"who": st.sampled_from(BIDDERS), "active": mostly((True,), (False,))},
}  # fmt: skip
_AWARDING = (
    "sign",
    "sign",
    "draft",
    "file",
    "decide",
    "suspend",
    "cancel",
    "debar",
    "lift",
    "set_active",
    "award",
)
_SIGNED = (
    "change", "change", "change", "sign_change", "sign_change", "drop_change", "deliver", "judge", "judge", "pay", "pay", "pay", "reverse",
    "reverse", "complete", "terminate", "rate", "suspend", "file", "debar",
)  # fmt: skip
LIKELY: Mapping[LotStatus, tuple[str, ...]] = {
    LotStatus.RANKED: ("award", "disqualify", "draft", "sign"),
    LotStatus.STANDSTILL: (*_AWARDING, "resume", "decide", "file"),
    LotStatus.FINAL: ("draft", "draft", "sign", "sign", "sign", *_AWARDING, "pass_over"),
    LotStatus.SIGNED: _SIGNED,
    LotStatus.LAPSED: ("pass_over", "pass_over", "sign", "draft", "cancel"),
    LotStatus.CANCELLING: ("consent", "file", "decide", "sign"),
}
"""Other acts come now and then."""
ENDS = ("now", "now", "now", "standstill", "signing", "half", "half", "interval", "interval", "due", "rating")


class Acts:
    """Random acts of a walk, each with what is drawn for it."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def __getattr__(self, name: str) -> Any:
        """What needs nothing but what is drawn."""
        return getattr(self.walk, name)

    def wait(self, end: str, around: int) -> None:
        """To just before, at, or just after an end."""
        walk = self.walk
        found = [at + around for name, at in walk.instants() if name == end and at < 2**39]
        walk.wait(min((at for at in found if at > walk.world.time), default=0))

    def agreement(self, lot: int, back: int) -> int:
        """The one that is meant: of a lot without one, the last of all."""
        model = self.walk.model
        return back if back == 99 else max((model.latest(lot) or model.count) - back, 0)

    def who(self, who: str, agreement: int) -> str:
        return {"buyer": self.walk.buyer, "supplier": self.walk.party(agreement)}.get(who, who)

    def milestone(self, agreement: int, place: int, kind: MilestoneKind, other: bool) -> int:
        """Its number; ``other``: one of the other kind."""
        milestones = self.walk.held(agreement).milestones
        found = [number for number, each in enumerate(milestones, 1) if (each.kind is kind) is not other]
        return place + 1 if place > 2 or not found else found[place % len(found)]

    def draft(
        self, who: str, lot: int, plan: str, fault: str, paying: bool, document: bytes, proposed: bool
    ) -> None:
        walk = self.walk
        number = lot if lot in (1, 2) else 1
        good = walk.terms(number, plan, payer=PAYER if paying else ZERO32, document_hash=document)
        winner, replaces = good.supplier, walk.model.latest(lot)
        faults: dict[str, dict[str, Any]] = {
            "value": {"value": good.value + 1}, "less": {"value": max(good.value - 1, 0)},
            "supplier": {"supplier": supplier_of(BIDDERS[(BIDDERS.index(walk.winner(number)) + 1) % 3])},
            "no supplier": {"supplier": BUYER}, "payer": {"payer": BUYER}, "own payer": {"payer": winner},
            "foreign payer": {"payer": hash_of("nobody")}, "document": {"document_hash": ZERO32}, "dates": {"starts_at": 9, "ends_at": 8},
        }  # fmt: skip
        terms = walk.terms(
            number, plan, **{"payer": good.payer, "document_hash": document, **faults.get(fault, {})}
        )
        other = 77 if fault == "tender" else 0
        walk.draft(self.who(who, replaces), lot, replaces + (fault == "replaces"), terms, other, proposed)

    def sign(self, who: str, lot: int, back: int, document: Any, proposed: bool) -> None:
        number = self.agreement(lot, back)
        due = self.walk.held(number).facts.document_hash if document == "due" else document
        self.walk.sign(self.who(who, number), number, due, proposed)

    def pass_over(self, who: str, lot: int, other: bool) -> None:
        self.walk.pass_over(who, lot, 77 if other else 0)

    def change(
        self, who: str, lot: int, back: int, reason: int, to: str, extension: int, document: bytes, late: int, patient: bool
    ) -> None:  # fmt: skip
        """``patient``: not too soon after the last one."""
        number, walk = self.agreement(lot, back), self.walk
        facts = walk.held(number).facts
        if patient:
            walk.wait(facts.changed_at + walk.made.procedure.change_interval)
        version = late if facts.version or late > 0 else 0
        walk.change(self.who(who, number), number, reason, to, extension, document, version)

    def sign_change(self, who: str, lot: int, back: int, change: str, proposed: bool) -> None:
        number = self.agreement(lot, back)
        self.walk.sign_change(self.who(who, number), number, self.named(number, change), proposed)

    def drop_change(self, who: str, lot: int, back: int, change: str, proposed: bool) -> None:
        number = self.agreement(lot, back)
        self.walk.drop_change(self.who(who, number), number, self.named(number, change), proposed)

    def named(self, agreement: int, change: str) -> bytes:
        """Hash of the change that waits, or of one that was proposed before, or its document."""
        pending, before = self.walk.held(agreement).change, self.walk.proposed
        return {
            "due": pending_hash(pending), "last": before[-1] if before else ZERO32, "first": before[0] if before else ZERO32,
            "document": pending.document_hash, "none": ZERO32,
        }[change]  # fmt: skip

    def deliver(self, who: str, lot: int, back: int, place: int, other: bool, document: bytes) -> None:
        number = self.agreement(lot, back)
        milestone = self.milestone(number, place, MilestoneKind.DELIVERY, other)
        self.walk.deliver(self.who(who, number), number, milestone, document)

    def judge(
        self,
        who: str,
        lot: int,
        back: int,
        place: int,
        other: bool,
        document: bytes,
        good: bool,
        proposed: bool,
    ) -> None:
        number = self.agreement(lot, back)
        milestone = self.milestone(number, place, MilestoneKind.DELIVERY, other)
        self.walk.judge(self.who(who, number), number, milestone, document, good, proposed)

    def pay(
        self, who: str, lot: int, back: int, place: int, other: bool, amount: str, fault: str, proposed: bool
    ) -> None:
        walk, number = self.walk, self.agreement(lot, back)
        milestone, held = self.milestone(number, place, MilestoneKind.PAYMENT, other), walk.held(number)
        known = 0 < milestone <= len(held.milestones)
        left = held.amounts[milestone - 1] - held.milestones[milestone - 1].paid if known else 7
        sums = {"all": left, "half": left // 2, "one": 1, "over": left + 1, "nothing": 0}
        faults: dict[str, dict[str, Any]] = {
            "payer": {"payer": held.facts.payer}, "stranger": {"payer": BUYER2}, "nobody": {"payer": ZERO32}, "payee": {"payee": BUYER},
            "reference": {"ref": walk.references[0] if walk.references else ZERO32}, "no reference": {"ref": ZERO32},
            "later": {"paid_at": walk.now + 9}, "never": {"paid_at": 0},
        }  # fmt: skip
        payment = walk.payment(number, milestone, sums[amount], **faults.get(fault, {}))
        walk.pay(self.who(who, number), number, payment, proposed)

    def reverse(
        self, who: str, lot: int, back: int, payment: int, fault: str, document: bytes, proposed: bool
    ) -> None:
        walk, number = self.walk, self.agreement(lot, back)
        keys = [key[1:] for key, each in walk.model.payments().items() if each.agreement == number]
        payer, ref = keys[payment % len(keys)] if keys else (BUYER, hash_of("no payment"))
        payer, ref = BUYER2 if fault == "payer" else payer, DOCUMENTS[0] if fault == "reference" else ref
        walk.reverse(self.who(who, number), number, payer, ref, document, proposed)

    def complete(self, who: str, lot: int, back: int, document: bytes, proposed: bool) -> None:
        number = self.agreement(lot, back)
        self.walk.complete(self.who(who, number), number, document, proposed)

    def terminate(
        self, who: str, lot: int, back: int, cause: int, document: bytes, proposed: bool, right: bool
    ) -> None:
        """``right``: by whom it takes for this cause."""
        number = self.agreement(lot, back)
        whose = {
            TerminationCause.MUTUAL: who,
            TerminationCause.BUYER_DEFAULT: "reviewer",
            TerminationCause.ORDERED: "reviewer",
        }
        name = (
            whose.get(TerminationCause(cause), "buyer") if right and cause in tuple(TerminationCause) else who
        )
        self.walk.terminate(self.who(name, number), number, cause, document, proposed)

    def rate(self, who: str, lot: int, back: int, rating: int) -> None:
        self.walk.rate(who, self.agreement(lot, back), rating)

    def decide(self, which: int, remedy: int) -> None:
        numbers = self.walk.waiting()
        self.walk.decide(numbers[which % len(numbers)] if numbers else 1, remedy)


def play(world: World, options: Mapping[str, Any]) -> None:
    """Random walks from one beginning: three steps of five are the next right thing."""
    with world.undone():
        first = begin(world, **options)

        @settings(
            max_examples=max(8, settings.default.max_examples // 12), phases=(Phase.reuse, Phase.generate), deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def run(data: st.DataObject) -> None:
            with world.undone():
                made = walk(world, first.made, first.model.rows)
                acts = Acts(made)
                for _ in range(CALLS):
                    step(made, acts, data)
                made.require()
                for each in made.done:
                    told(each)

        run()


def step(made: Walk, acts: Acts, data: st.DataObject) -> None:
    """The next right thing, or whatever is drawn."""
    lot = data.draw(st.sampled_from((1, 1, 2)), "lot")
    right = data.draw(st.sampled_from((True,) * 3 + (False,) * 2), "right")
    if right and Lead(made).go_on(lot, data.draw(st.integers(0, 9), "chance")):
        return
    acts.wait(data.draw(st.sampled_from(ENDS), "end"), data.draw(st.integers(-2, 1), "around"))
    status = made.status(lot)
    likely = (
        LIKELY.get(status, _SIGNED) if made.model.latest(lot) or status is not LotStatus.FINAL else ("draft",)
    )
    name = data.draw(st.one_of(*[st.sampled_from(likely)] * 4, st.sampled_from(sorted(ACTS))), "act")
    drawn = {key: data.draw(values, key) for key, values in ACTS[name].items()}
    if drawn.get("lot") in (1, 2):
        drawn["lot"] = lot
    getattr(acts, name)(**drawn)


@pytest.mark.timeout(7_200)  # under the profile `long`; seconds without it
@pytest.mark.parametrize("kind", list(KINDS))
def test_agreements__random_acts__rules_contracts_and_followers_say_the_same(
    network: World, kind: str
) -> None:
    play(network, KINDS[kind])
