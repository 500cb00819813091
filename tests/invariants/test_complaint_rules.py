"""Complaints, suspensions and what they bar: contracts, rules, index and audit say the same, whoever does what, whenever.

Random acts by random callers at random times go to the contracts, and as the events they would make to the checks of the audit, which
ask ``chain.rules`` with the rows that a follower has: the same refusal with all its facts, or none. After each act the rows of the
follower are held against what the contracts hold, with every status and every end. On the way: an end of a tender is never left (6), what
is upheld bars until it is remedied (12), an outage or a suspension shortens nothing (20).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import event as drawn
from hypothesis import strategies as st

from chain.audit.act import Act
from chain.audit.awards import checks as awards
from chain.audit.complaints import CHECKS as COMPLAINTS
from chain.audit.lawful import _CHECKS as BOARD_CHECKS
from chain.audit.place import NOWHERE
from chain.bindings import award_desk, complaint_desk, tender_board
from chain.errors.audit import AuditRefusal
from chain.errors.base import LicitaError
from chain.errors.contracts import ComplaintDeskNotFound
from chain.recorder.index.blocks import Block, Indexer
from chain.recorder.index.content import load
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_block, idx_complaint, idx_lot
from chain.transactions import Call
from chain.types import ComplaintStatus, Event, LotTerms, PanelVote, Remedy, TenderStatus
from tests.contracts.AwardDesk.test_followed import followed
from tests.contracts.awards import supplier_of
from tests.contracts.ComplaintDesk.test_followed import require_same
from tests.contracts.complaints import BOARD, NO_OFFER_SHOWN, ORDER, Case, Stage, about_award, in_bidding
from tests.contracts.complaints import COMPLAINTS as DESK
from tests.contracts.tenders import record, terms_hash
from tests.contracts.world import REVIEW, ZERO, World, address, terms
from tests.invariants.test_tender_rules import Chain, mostly

pytestmark = pytest.mark.evm

LOTS = (LotTerms(100), LotTerms(100))
BIDS = {"acme": (93, 93), "beta": (92, None), "gama": (91, 91)}
LONG = {
    "standstill": 60,
    "complaint_window": 40,
    "remedy_period": 20,
    "review_period": 10,
    "signing_period": 50,
    "decision_period": 30,
}
BIDDERS = tuple(BIDS)
REVIEWERS = mostly(("reviewer",), ("officer", "acme"))
BUYERS = mostly(("officer", "approver"), ("reviewer", "officer2"))
lots = mostly((0, 1, 2), (3,))
documents = mostly((ORDER,), (ZERO,))

ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "file": {
        "who": mostly(BIDDERS, ("officer", "delta")), "stage": mostly((1, 3, 3, 4, 4, 5), (0, 2)), "lot": lots, "document": documents,
    },
    "withdraw": {"who": mostly(BIDDERS, ("reviewer",)), "back": st.integers(0, 3)},
    "admit": {"who": REVIEWERS, "back": st.integers(0, 3), "document": documents},
    "reject": {"who": REVIEWERS, "back": st.integers(0, 3), "document": documents},
    "dismiss": {"who": REVIEWERS, "back": st.integers(0, 3), "document": documents},
    "uphold": {
        "who": REVIEWERS, "back": st.integers(0, 3), "fits": mostly((True,), (False,)), "remedy": st.sampled_from(list(Remedy)),
        "place": mostly((0, 1), (2, 9)), "document": documents,
    },
    "execute": {"who": BUYERS, "back": st.integers(0, 3)},
    "enforce": {"who": REVIEWERS, "back": st.integers(0, 3), "document": documents},
    "suspend": {"who": REVIEWERS, "document": documents},
    "resume": {"who": REVIEWERS, "document": documents},
    "cancel": {"who": BUYERS, "lot": lots, "document": documents},
    "consent": {"who": REVIEWERS, "lot": lots, "document": documents},
    "amend": {"who": BUYERS, "later": st.sampled_from((-1, 0, 30, 60))},
    "award": {"who": BUYERS, "lot": st.sampled_from((1, 2))},
    "disqualify": {"who": BUYERS, "lot": st.sampled_from((1, 2)), "right": mostly((True,), (False,))},
}  # fmt: skip
OFTEN = (
    "file",
    "file",
    "admit",
    "uphold",
    "uphold",
    "execute",
    "enforce",
    "resume",
    "award",
    "disqualify",
    "cancel",
)
ENDS = ("now", "now", "now", "closesAt", "openFrom", "voidFrom", "due", "standstill", "cancel", "far")
_FITTING = {1: (1, 2), 3: (2, 3, 4), 4: (7,), 5: (2,)}

Checks = Mapping[str, Callable[[Act], None]]


@dataclass
class Walk:
    """A case, the rows of its follower, and what was left for good."""

    case: Case
    rows: MemoryRows
    checks: Checks
    indexer: Indexer
    chain: Chain
    number: int = 1
    ended: TenderStatus | None = None

    @property
    def world(self) -> World:
        """The network."""
        return self.case.world

    # Acts: the call, and the event that it makes if all is well

    def file(self, who: str, stage: int, lot: int, document: bytes) -> None:
        made = self.case.made
        shown = (
            made.offer(who)
            if made is not None and who in made.sealed and stage in (Stage.TECHNICAL, Stage.AWARD)
            else NO_OFFER_SHOWN
        )
        given_id = record()
        call = complaint_desk.file(given_id, self.case.id, lot, stage, document, shown)
        supplier = self.world.read("SupplierRegistry", "supplierOf", address(who))
        args = {
            "complaint": str(self.world.read(DESK, "complaintCount") + 1), "supplier": _hex(supplier), "lot": lot, "stage": stage,
            "recordId": _hex(given_id), "documentHash": _hex(document), "due": 0,
        }  # fmt: skip
        self.both(who, call, "ComplaintFiled", args)

    def withdraw(self, who: str, back: int) -> None:
        number = self._pick(back)
        self.both(who, complaint_desk.withdraw(number), "ComplaintWithdrawn", {"complaint": str(number)})

    def admit(self, who: str, back: int, document: bytes) -> None:
        self._decide(who, complaint_desk.admit, "ComplaintAdmitted", back, document)

    def reject(self, who: str, back: int, document: bytes) -> None:
        self._decide(who, complaint_desk.reject, "ComplaintRejected", back, document)

    def dismiss(self, who: str, back: int, document: bytes) -> None:
        self._decide(who, complaint_desk.dismiss, "ComplaintDismissed", back, document)

    def uphold(self, who: str, back: int, fits: bool, remedy: Remedy, place: int, document: bytes) -> None:
        number = self._pick(back)
        row = self.rows.get(idx_complaint, number)
        wanted = int(remedy)
        if fits and row is not None:
            choice = _FITTING[row["stage"]]
            wanted = choice[remedy % len(choice)]
            place = place if wanted == Remedy.RESTORE_BID else 0
        call = complaint_desk.uphold(number, wanted, place, document)
        args = {
            "complaint": str(number),
            "remedy": wanted,
            "place": place,
            "documentHash": _hex(document),
            "due": 0,
        }
        self.both(who, call, "ComplaintUpheld", args)

    def execute(self, who: str, back: int) -> None:
        number = self._pick(back)
        args = {"complaint": str(number), "remedy": 0, "documentHash": _hex(ZERO)}
        self.both(who, complaint_desk.execute(number), "ComplaintRemedied", args)

    def enforce(self, who: str, back: int, document: bytes) -> None:
        number = self._pick(back)
        call = complaint_desk.enforce(number, document)
        # Without a document the event would be an execution: the order of what is refused is tested in enforce.tree.
        if document != ZERO:
            args = {"complaint": str(number), "remedy": 0, "documentHash": _hex(document)}
            self.both(who, call, "ComplaintRemedied", args)

    def suspend(self, who: str, document: bytes) -> None:
        call = complaint_desk.suspend(self.case.id, document)
        self.both(who, call, "TenderSuspended", {"documentHash": _hex(document)})

    def resume(self, who: str, document: bytes) -> None:
        call = complaint_desk.resume(self.case.id, document)
        self.both(who, call, "TenderResumed", {"documentHash": _hex(document)})

    def cancel(self, who: str, lot: int, document: bytes) -> None:
        call = tender_board.cancel(self.case.id, lot, 1, document)
        args = {"lot": lot, "reason": 1, "documentHash": _hex(document), "cancelsAt": 0}
        self.both(who, call, "CancellationProposed", args)

    def consent(self, who: str, lot: int, document: bytes) -> None:
        call = tender_board.consent_cancel(self.case.id, lot, document)
        args = {"lot": lot, "documentHash": _hex(document), "cancelsAt": 0}
        self.both(who, call, "CancellationConsented", args)

    def amend(self, who: str, later: int) -> None:
        facts = self.case.facts()
        ends = max(self.case.window()["closesAt"] + later, self.world.time + 3 + later)
        made = terms(
            ends,
            review_body=REVIEW,
            setup=self.case.tender.terms.setup,
            procedure_version=facts["procedureVersion"],
        )
        json = '{"title":"' + str(self.world.time) + '"}'
        call = tender_board.amend(self.case.id, facts["termsHash"], made.as_tuple(), json)
        args = {
            "termsVersion": facts["termsVersion"] + 1, "termsHash": _hex(terms_hash(made, json)), "terms": _terms_args(made), "json": json,
        }  # fmt: skip
        self.both(who, call, "TenderAmended", args)

    def award(self, who: str, lot: int) -> None:
        bidder = self._candidate(lot)
        made = self.case.awarding
        offer, supplier = made.offer(bidder), supplier_of(bidder)
        call = award_desk.award(self.case.id, lot, supplier, offer, ORDER)
        args = {
            "lot": lot,
            "index": made.index(bidder),
            "supplier": _hex(supplier),
            "price": "0",
            "documentHash": _hex(ORDER),
        }
        self.both(who, call, "LotAwarded", args)

    def disqualify(self, who: str, lot: int, right: bool) -> None:
        made = self.case.awarding
        index = made.index(self._candidate(lot)) if right else 0
        call = award_desk.disqualify(self.case.id, lot, index, 2, ORDER)
        args = {"lot": lot, "index": index, "reason": 2, "documentHash": _hex(ORDER)}
        self.both(who, call, "BidDisqualified", args)

    # Both sides

    def both(self, who: str, call: Call, name: str, args: dict[str, Any]) -> None:
        """The contracts do what the rules said they would, and make of it what the reducers do."""
        now, key = self.world.time + 1, "tenderId" if call.contract == DESK else "id"
        event = Event(call.contract, name, {key: _hex(self.case.id), **args}, 0, now, "0x1", 0, 0, "0x")
        predicted = self.refused(event, who)
        before = deepcopy(self.rows)
        outcome = self.chain.act(who, call)
        assert type(outcome.refusal) is type(predicted), (
            f"the contracts say {outcome.refusal}, the rules {predicted}"
        )
        drawn(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if predicted is not None and outcome.refusal is not None:
            assert outcome.refusal.facts == predicted.facts
        happened = [] if outcome.event is None else [outcome.event]
        if outcome.event is not None:
            made = Act(outcome.event, address(who), before, NOWHERE, False, b"")
            self.checks[name](made)
        self.follow(happened)

    def refused(self, event: Event, who: str) -> LicitaError | None:
        """What the rules refuse the act with; what differs in the event that is made up is no refusal."""
        number = event.args.get("complaint")
        if (
            number is not None
            and event.name != "ComplaintFiled"
            and self.rows.get(idx_complaint, int(number)) is None
        ):
            return ComplaintDeskNotFound(int(number))
        try:
            self.checks[event.name](Act(event, address(who), self.rows, NOWHERE, False, b""))
        except AuditRefusal:
            return None
        except LicitaError as error:
            return error
        return None

    def follow(self, events: list[Event]) -> None:
        """The block of the last act, and what both sides hold after it."""
        self.number += 1
        number, now = self.number, self.world.time
        told = [
            replace(event, block=number, time=now, tx_index=0, log_index=place)
            for place, event in enumerate(events)
        ]
        self.indexer.apply(Block(number, hex(number), hex(number - 1), now, (), tuple(told)), self.rows)
        require_same(self.case, self.rows)
        status = TenderStatus(self.world.read(BOARD, "tenderStatus", self.case.id))
        assert self.ended is None or status is self.ended, "6: an end is never left"
        self.ended = status if status.is_end else None

    def wait(self, end: str, around: int) -> None:
        """To a moment around an end of the tender."""
        window = self.case.window()
        if end == "now":
            return
        target = self.world.time + 97
        if end in window:
            target = window[end]
        elif end == "due" and (row := self.rows.get(idx_complaint, self._pick(0))) is not None:
            target = self.case.read("endOf", row["due"])
        elif end == "standstill":
            stored = self.world.facts("AwardDesk", "lotFacts", self.case.id, 1)["standstillEnds"]
            target = self.case.read("endOf", stored) if stored else target
        elif end == "cancel":
            stored = max(self.case.facts()["cancelsAt"], self.case.facts()["lotsCancelledAt"])
            target = self.case.read("endOf", stored) if stored else target
        target += around
        if self.world.time < target < self.world.time + 5_000:
            self.world.move_to(target)
            self.follow([])

    def _decide(
        self, who: str, make: Callable[[int, bytes], Call], name: str, back: int, document: bytes
    ) -> None:
        number = self._pick(back)
        args = {"complaint": str(number), "documentHash": _hex(document)}
        self.both(who, make(number, document), name, args)

    def _pick(self, back: int) -> int:
        """A complaint, one that is open rather; 0 where there are none, which is no complaint."""
        rows = sorted(self.rows.all(idx_complaint), key=lambda row: row["number"])
        waiting = [row["number"] for row in rows if ComplaintStatus(row["status"]).is_open]
        numbers = waiting or [row["number"] for row in rows]
        return int(numbers[-1 - back % len(numbers)]) if numbers else 0

    def _candidate(self, lot: int) -> str:
        row = self.rows.get(idx_lot, int.from_bytes(self.case.id, "big"), lot)
        ranking = [] if row is None else load(row["ranking"])
        head = 0 if row is None else load(row["facts"])["head"]
        index = ranking[head] if head < len(ranking) else 0
        return next(who for who in BIDDERS if self.case.awarding.index(who) == index)


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _terms_args(made: Any) -> dict[str, Any]:
    setup = {
        "lots": [{"ceiling": str(lot.ceiling), "marketMean": str(lot.market_mean)} for lot in made.setup.lots], "criteria": [],
        "panel": [],
    }  # fmt: skip
    return {
        "procedure": _hex(made.procedure.encode().ljust(16, b"\0")), "procedureVersion": made.procedure_version,
        "currency": _hex(made.currency.encode()), "exponent": made.exponent, "deadline": made.deadline, "keysetId": _hex(made.keyset_id),
        "reviewBody": _hex(made.review_body), "planRef": _hex(made.plan_ref), "documentsHash": _hex(made.documents_hash),
        "items": made.items, "documents": made.documents, "priceWeightBps": made.price_weight_bps, "setup": setup,
    }  # fmt: skip


def walks(world: World, case: Case) -> Iterator[Walk]:
    """A walk from here, as often as one is asked for."""
    rows = followed(world)
    # These tenders have no panel.
    checks: Checks = {**BOARD_CHECKS, **awards(lambda act, call: PanelVote()), **COMPLAINTS}
    start = max(row["number"] for row in rows.all(idx_block))
    while True:
        yield Walk(case, deepcopy(rows), checks, Indexer(None, lambda event, tender: ()), Chain(world), start)


def play(world: World, begin: Callable[[World], Case]) -> None:
    """Random walks from one beginning."""
    with world.undone():
        made = walks(world, begin(world))

        @settings(
            max_examples=max(2, settings.default.max_examples // 4), phases=(Phase.reuse, Phase.generate), deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def run(data: st.DataObject) -> None:
            with world.undone():
                walk = next(made)
                for _ in range(25):
                    step(walk, data)

        run()


def step(walk: Walk, data: st.DataObject) -> None:
    """A random act around an end."""
    walk.wait(data.draw(st.sampled_from(ENDS), "end"), data.draw(st.integers(-2, 1), "around"))
    name = data.draw(st.one_of(st.sampled_from(OFTEN), st.sampled_from(sorted(ACTS))), "act")
    getattr(walk, name)(**{key: data.draw(values, key) for key, values in ACTS[name].items()})


@pytest.mark.timeout(3_600)
def test_complaints__random_acts_while_bids_come_in__all_say_the_same(network: World) -> None:
    play(network, lambda world: in_bidding(world, BIDS, lots=LOTS, **LONG))


@pytest.mark.timeout(3_600)
def test_complaints__random_acts_while_lots_are_awarded__all_say_the_same(network: World) -> None:
    play(network, lambda world: about_award(world, BIDS, lots=LOTS, **LONG))
