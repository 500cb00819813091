"""The agreements of a tender as anybody sees them, and the invariants of README.md as functions of such facts.

Nothing here asks what an act was meant to do: an invariant takes what the contracts hold now, and the events so far. A breach is told by
the number of the invariant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
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
from chain.rules import SupplierFacts
from chain.rules.hashes import act_hash
from chain.rules.registry import ineligible
from chain.transactions import Call
from chain.types import (
    AgreementFacts,
    AgreementStatus,
    ChangeReason,
    ComplaintStage,
    Event,
    LotFacts,
    LotStatus,
    MilestoneFacts,
    MilestoneKind,
    PendingChange,
    PendingEnd,
    Procedure,
    Side,
    TenderStatus,
    TerminationCause,
)
from tests.contracts.awards import Opened, supplier_of
from tests.contracts.world import ZERO, hash_of
from tests.invariants.award_facts import Broken
from tests.invariants.test_tender_rules import Chain

__all__ = [
    "CHAIN_ID",
    "INVARIANTS",
    "WHOLE",
    "Fixed",
    "Seen",
    "SeenAgreement",
    "SeenLot",
    "Watch",
    "fixed_of",
]

CHAIN_ID = 31_337
WHOLE = 10_000
_ON_RECORD = hash_of("what is on record")
_UNSIGNED = (AgreementStatus.DRAFT, AgreementStatus.DROPPED)
_OF_CHANGES = ("AgreementChangeProposed", "AgreementChangeSigned", "AgreementChanged")
_SIGNED = ("AgreementSigned", "AgreementChangeSigned", "AgreementChanged")


@dataclass(frozen=True)
class Fixed:
    """What nobody can change once a lot is awarded; ``suppliers``: by index of their bid."""

    id: bytes
    procedure: Procedure
    lots: int
    suppliers: Mapping[int, bytes]


@dataclass(frozen=True)
class SeenLot:
    """A lot. ``standstill``: when its standstill is over by now; ``open``: complaints about its award; ``candidate``: index of a bid;
    ``latest``: its latest agreement; ``signing``: when that may be signed."""

    facts: LotFacts
    status: LotStatus
    standstill: int
    open: int
    candidate: int
    latest: int
    signing: tuple[int, int]


@dataclass(frozen=True)
class SeenAgreement:
    """An agreement; ``amounts``: the most that is to be paid, by milestone."""

    facts: AgreementFacts
    milestones: tuple[MilestoneFacts, ...]
    amounts: tuple[int, ...]
    change: PendingChange
    end: PendingEnd


@dataclass(frozen=True)
class Seen:
    """What the contracts hold at a time; ``suspended_at``: of the tender, 0 = it does not stand still."""

    time: int
    status: TenderStatus
    suspended_at: int
    lots: Mapping[int, SeenLot]
    agreements: Mapping[int, SeenAgreement]

    def lot_of(self, agreement: int) -> SeenLot:
        """What it is about."""
        return self.lots[self.agreements[agreement].facts.lot]


@dataclass(frozen=True)
class View:
    """Everything that an invariant may depend on. ``events``: all of AgreementBook, in order; ``last``: those of the last act, which is of
    the block that is seen; ``suppliers``: of the agreements about which the last act signed something, as the registry has them."""

    fixed: Fixed
    seen: Seen
    events: Sequence[Event]
    last: Sequence[Event]
    suppliers: Mapping[int, SupplierFacts]
    chain: Chain

    def about(self, agreement: int, *names: str) -> list[Event]:
        """Events of these names about an agreement."""
        return [each for each in self.events if each.name in names and _number(each) == agreement]


def _number(event: Event) -> int:
    return int(event.args["agreement"])


# Invariants: each says what is wrong


def _quiet(view: View) -> Iterator[str]:
    """11: who signs an agreement or a change does it in no standstill, under no open complaint about the award, in no suspension."""
    for event in view.last:
        number = _number(event)
        if event.name == "AgreementSigned":
            lot = view.seen.lot_of(number)
            if event.time < lot.standstill:
                yield f"agreement {number} was signed in the standstill, {lot.standstill - event.time} s before its end"
            if lot.open:
                yield f"agreement {number} was signed under {lot.open} open complaints"
        elif event.name not in _OF_CHANGES or (
            event.name == "AgreementChangeProposed" and not view.seen.agreements[number].change.signatures
        ):
            continue
        if view.seen.suspended_at:
            yield f"{event.name} of agreement {number} while the tender is suspended"


def _paid_within(view: View) -> Iterator[str]:
    """13: what was paid is at most the value, which is at most what was signed first and the caps; so it is for each milestone."""
    for number, each in view.seen.agreements.items():
        facts = each.facts
        yield from _paid(view, number, each)
        yield from _valued(view, number, facts)
        if sum(each.amounts) != facts.value:
            yield f"agreement {number} is worth {facts.value}, its milestones {each.amounts}"


def _paid(view: View, number: int, each: SeenAgreement) -> Iterator[str]:
    net = dict.fromkeys(range(1, len(each.milestones) + 1), 0)
    reversed_ = {event.args["number"] for event in view.about(number, "PaymentReversed")}
    for event in view.about(number, "PaymentRecorded"):
        if event.args["number"] not in reversed_:
            net[event.args["payment"]["milestone"]] += int(event.args["payment"]["amount"])
    held = {place: of.paid for place, of in enumerate(each.milestones, 1)}
    if held != net or each.facts.paid != sum(net.values()):
        yield f"by its payments {net} are paid of agreement {number}, it holds {each.facts.paid} and {held}"
    if each.facts.paid > each.facts.value:
        yield f"{each.facts.paid} are paid of agreement {number}, which is worth {each.facts.value}"
    over = [
        place
        for place, (paid, most) in enumerate(zip(net.values(), each.amounts, strict=True), 1)
        if paid > most
    ]
    if over:
        yield f"of agreement {number} more is paid for the milestones {over} than {each.amounts}"


def _valued(view: View, number: int, facts: AgreementFacts) -> Iterator[str]:
    """Each kind of change moves the value by its cap at most, up and down added up."""
    (drafted,) = view.about(number, "AgreementDrafted")
    value = first = int(drafted.args["terms"]["value"])
    moves, reasoned = {False: 0, True: 0}, False
    for event in view.about(number, "AgreementChangeProposed", "AgreementChanged"):
        if event.name == "AgreementChangeProposed":
            reasoned = ChangeReason(event.args["change"]["reason"]).is_reasoned
            continue
        moves[reasoned] += abs(int(event.args["value"]) - value)
        value = int(event.args["value"])
    if (facts.original, facts.value) != (first, value):
        yield f"agreement {number} holds {facts.original} and {facts.value}, by its events {first} and {value}"
    procedure = view.fixed.procedure
    caps = {False: procedure.max_change_bps, True: procedure.max_reasoned_change_bps}
    for kind, total in moves.items():
        if total * WHOLE > first * caps[kind]:
            yield f"changes moved agreement {number} by {total} of {first}, at most {caps[kind]} of 10,000"


def _whole(view: View) -> Iterator[str]:
    """14: deliveries make up all of an agreement, and so do payments."""
    for number, each in view.seen.agreements.items():
        for kind in (MilestoneKind.DELIVERY, MilestoneKind.PAYMENT):
            shares = sum(of.bps for of in each.milestones if of.kind is kind)
            if shares != WHOLE:
                yield f"the milestones of agreement {number} of kind {kind} sum to {shares}"


def _as_awarded(view: View) -> Iterator[str]:
    """15: what was signed is the price of the award, and with whom is who was awarded."""
    for number, each in view.seen.agreements.items():
        if not each.facts.version:
            continue
        lot = view.seen.lot_of(number)
        if each.facts.original != lot.facts.price:
            yield f"agreement {number} was signed at {each.facts.original}, the award is {lot.facts.price}"
        if view.fixed.suppliers.get(lot.candidate) != each.facts.supplier:
            yield f"agreement {number} is not with whom the lot was awarded to"


def _no_debarred(view: View) -> Iterator[str]:
    """22: a supplier that signs, or with whom an agreement comes about or its value grows, may be awarded at that time."""
    for event in view.last:
        if event.name not in _SIGNED or not _is_gain(view, event):
            continue
        if cause := ineligible(view.suppliers[_number(event)], view.seen.time):
            yield f"{event.name} of agreement {_number(event)} with a supplier that is {cause}"


def _is_gain(view: View, event: Event) -> bool:
    """Whether the supplier gains by a signature."""
    held = view.seen.agreements[_number(event)]
    if event.name == "AgreementSigned":
        return bool(held.facts.signatures & Side.SUPPLIER.bit)
    if event.name == "AgreementChangeSigned":
        return held.change.value > held.facts.value
    changed = view.about(_number(event), "AgreementChanged")
    *before, now = [held.facts.original, *(int(each.args["value"]) for each in changed)]
    return now > before[-1]


def _can_be_left(view: View) -> Iterator[str]:
    """24: a lapsed lot, a draft and an active agreement can be left; nothing is asked while the review body has the tender stand still."""
    if view.seen.suspended_at:
        return
    open_lots = view.seen.lots if view.seen.status is TenderStatus.AWARDING else {}
    for lot, held in open_lots.items():
        if held.status is LotStatus.LAPSED:
            yield from _lapsed(view, lot, held)
        elif held.status is LotStatus.FINAL:
            yield from _final(view, lot, held)
    for number, each in view.seen.agreements.items():
        facts = each.facts
        if facts.status is AgreementStatus.DRAFT and view.seen.lot_of(number).latest != number:
            yield f"agreement {number} stays a draft, another one is the lot's"
        elif facts.status is AgreementStatus.ACTIVE:
            call = agreement_book.terminate(number, TerminationCause.SUPPLIER_DEFAULT, _ON_RECORD)
            if (refused := _possible(view, facts.buyer, facts.four_eyes, call)) is not None:
                yield f"agreement {number} is never left: {refused}"


def _final(view: View, lot: int, held: SeenLot) -> Iterator[str]:
    """The buyer drafts anew; with four eyes by two accounts where it had signed."""
    last, buyer = (
        view.seen.agreements.get(held.latest),
        view.chain.view(tender_board.tender_facts(view.fixed.id))[0],
    )
    bound = (
        last is not None
        and last.facts.status is AgreementStatus.DRAFT
        and bool(last.facts.signatures & Side.BUYER.bit)
    )
    both = view.fixed.procedure.four_eyes and bound
    refused = _possible(view, buyer, both, _draft(view, lot, held))
    # The time to sign may be over by then: a proposal is a block before the act.
    if refused is not None and view.seen.time + 1 + both < held.signing[1]:
        yield f"lot {lot} is final, and its draft {held.latest} cannot be replaced: {refused}"


def _lapsed(view: View, lot: int, held: SeenLot) -> Iterator[str]:
    """Whom the buyer had offered it to in time is passed over by anybody; else the buyer cancels the lot."""
    draft = view.seen.agreements.get(held.latest)
    signed_at = draft.facts.signed_at if draft and draft.facts.status is AgreementStatus.DRAFT else 0
    # Pauses and outages make that half no shorter.
    if signed_at and 2 * (signed_at - held.signing[0]) <= held.facts.signing_period:
        refused = view.chain.would("nobody", agreement_book.pass_over(view.fixed.id, lot), view.seen.time + 1)
    else:
        buyer, four = (
            view.chain.view(tender_board.tender_facts(view.fixed.id)),
            view.fixed.procedure.four_eyes,
        )
        refused = _possible(view, buyer[0], four, tender_board.cancel(view.fixed.id, lot, 1, _ON_RECORD))
    if refused is not None:
        yield f"lot {lot} lapsed and is never left: {refused}"


def _draft(view: View, lot: int, held: SeenLot) -> Call:
    supplier = view.fixed.suppliers[held.candidate]
    milestones = [(int(kind), WHOLE, 0, 0) for kind in (MilestoneKind.DELIVERY, MilestoneKind.PAYMENT)]
    terms = (supplier, held.facts.price, ZERO, _ON_RECORD, 0, 0, milestones)
    return agreement_book.draft(view.fixed.id, lot, held.latest, terms)


def _possible(view: View, buyer: bytes, four: bool, call: Call) -> LicitaError | None:
    """What refuses an act of the buyer, done as it should be."""
    chain = view.chain
    if not four:
        return chain.would("officer", call, view.seen.time + 1)
    with chain.world.undone():
        act = act_hash(CHAIN_ID, chain.world.addresses[call.contract], call.data)
        chain.attempt("officer", four_eyes.propose(act))
        return chain.would("approver", call, chain.next)


INVARIANTS: Mapping[int, Callable[[View], Iterator[str]]] = {
    11: _quiet,
    13: _paid_within,
    14: _whole,
    15: _as_awarded,
    22: _no_debarred,
    24: _can_be_left,
}
"""By number in README.md: what is wrong; nothing where it holds."""


# Looking


@dataclass
class Watch:
    """Looks at the agreements of a tender after each act, and says which invariants do not hold."""

    chain: Chain
    fixed: Fixed
    events: list[Event] = field(default_factory=list)

    def require(self, events: Sequence[Event] = ()) -> Seen:
        """What is there after an act that made these events. Raises Broken."""
        last = [event for event in events if event.contract == "AgreementBook"]
        self.events += last
        seen = self.look()
        signed = [_number(event) for event in last if event.name in _SIGNED]
        held = self.chain.views(
            [supplier_registry.supplier_facts(seen.agreements[each].facts.supplier) for each in signed]
        )
        suppliers = {each: SupplierFacts.from_tuple(facts) for each, facts in zip(signed, held, strict=True)}
        view = View(self.fixed, seen, self.events, last, suppliers, self.chain)
        faults = {
            number: text for number, invariant in INVARIANTS.items() for text in list(invariant(view))[:1]
        }
        if faults:
            raise Broken(faults)
        return seen

    def look(self) -> Seen:
        """What the contracts hold."""
        id, lots = self.fixed.id, range(1, self.fixed.lots + 1)
        status, watch, count, *rest = self.chain.views([
            tender_board.tender_status(id), complaint_desk.watch_of(id), agreement_book.agreement_count(),
            *(call for lot in lots for call in (
                award_desk.lot_facts(id, lot), tender_board.lot_status(id, lot), agreement_book.agreement_of(id, lot),
                agreement_book.signing_of(id, lot), complaint_desk.queue_of(id, lot, ComplaintStage.AWARD),
            )),
        ])  # fmt: skip
        found = iter(rest)
        groups = {lot: tuple(islice(found, 5)) for lot in lots}
        facts = {lot: LotFacts.from_tuple(group[0]) for lot, group in groups.items()}
        ends = self.chain.views([complaint_desk.end_of(id, facts[lot].standstill_ends) for lot in lots])
        heads = self.chain.views([award_desk.rank_at(id, lot, facts[lot].head) for lot in lots])
        seen = {
            lot: SeenLot(facts[lot], LotStatus(state), end, queue[1], head, latest, tuple(signing))
            for (lot, (_, state, latest, signing, queue)), end, head in zip(
                groups.items(), ends, heads, strict=True
            )
        }
        return Seen(self.chain.world.time, TenderStatus(status), watch[0], seen, self._agreements(count))

    def _agreements(self, count: int) -> dict[int, SeenAgreement]:
        numbers = range(1, count + 1)
        held = self.chain.views([agreement_book.agreement_facts(number) for number in numbers])
        known = {number: AgreementFacts.from_tuple(each) for number, each in zip(numbers, held, strict=True)}
        rest = iter(self.chain.views([
            call
            for number, facts in known.items()
            for call in (
                agreement_book.change_of(number), agreement_book.end_of(number),
                *(read(number, place) for read in (agreement_book.milestone_of, agreement_book.amount_of)
                  for place in range(1, facts.milestones + 1)),
            )
        ]))  # fmt: skip
        return {number: _agreement(facts, rest) for number, facts in known.items()}


def _agreement(facts: AgreementFacts, rest: Iterator[Any]) -> SeenAgreement:
    change, end = PendingChange.from_tuple(next(rest)), PendingEnd.from_tuple(next(rest))
    milestones = tuple(map(MilestoneFacts.from_tuple, islice(rest, facts.milestones)))
    return SeenAgreement(facts, milestones, tuple(islice(rest, facts.milestones)), change, end)


def fixed_of(made: Opened) -> Fixed:
    """What is fixed of a tender of the tests."""
    suppliers = {index: supplier_of(who) for who, index in made.indexes.items()}
    return Fixed(made.id, made.procedure, len(made.tender.terms.setup.lots), suppliers)
