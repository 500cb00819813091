"""The award of a tender as anybody sees it, and the invariants of README.md as functions of such facts.

Nothing here asks what an act was meant to do: an invariant takes what is fixed once the bids are open, what the contracts hold now and
held before, and the events so far. A breach is told by the number of the invariant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chain.bindings import award_desk, bid_box, opening_committee, supplier_registry, tender_board
from chain.errors.base import LicitaError
from chain.rules import SupplierFacts, tender_facts
from chain.rules.awards import PAGE, Offer, low_places
from chain.rules.deadlines import Clock
from chain.rules.tenders import award_status, lot_status, tender_status
from chain.transactions import Read
from chain.types import (
    Asked,
    Cancellation,
    DisqualificationReason,
    Event,
    LotFacts,
    LotFailure,
    LotStatus,
    Procedure,
    SecurityStatus,
    Setup,
    TenderFacts,
    TenderStatus,
)
from tests.contracts.awards import DECISION, Opened, supplier_of
from tests.gas.awards import BUDGETS, PAGE_BUDGET
from tests.invariants.test_tender_rules import Chain

__all__ = [
    "INVARIANTS",
    "Broken",
    "Fixed",
    "Made",
    "Seen",
    "SeenLot",
    "Watch",
    "fixed_of",
    "in_order",
    "may_win",
]

_GAS = {
    "LotTallied": PAGE_BUDGET, "LotRanked": PAGE_BUDGET, "LotAwarded": BUDGETS["award"], "BidDisqualified": BUDGETS["disqualify"],
    "BidDropped": BUDGETS["drop"], "ExplanationAsked": BUDGETS["ask for an explanation"], "BidExplained": BUDGETS["explain"],
    "CuringAsked": BUDGETS["ask for a cure"], "BidCured": BUDGETS["cure"], "DecisionExtended": BUDGETS["extend the decisions"],
    "SecurityRecorded": BUDGETS["record a security"],
}  # fmt: skip
_OUT = ("BidDisqualified", "BidDropped")
_WHOLE = 10_000
_ENDS = (LotStatus.FAILED, LotStatus.CANCELLED)


class Broken(AssertionError):
    """Invariants that do not hold: number -> what is wrong."""

    def __init__(self, faults: Mapping[int, str]) -> None:
        super().__init__("; ".join(f"invariant {number}: {text}" for number, text in faults.items()))
        self.numbers = frozenset(faults)


# Facts


@dataclass(frozen=True)
class Fixed:
    """What nobody can change once the bids are open. By index of a bid: its offer, the number of its arrival, its supplier (of those that
    were withdrawn too, which keep their place).

    ``bids``: of the box, with those that were withdrawn; ``cancels``: lot -> cancellation of this lot alone.
    """

    number: int
    id: bytes
    procedure: Procedure
    setup: Setup
    bids: int
    offers: Mapping[int, Offer]
    orders: Mapping[int, int]
    suppliers: Mapping[int, bytes]
    cancels: Mapping[int, Cancellation]


@dataclass(frozen=True)
class SeenLot:
    """A lot: stored facts, ``status`` by TenderBoard, ``award`` by AwardDesk; indexes in order of rank, places of the low, indexes that
    may win, questions about a low price by index."""

    facts: LotFacts
    status: LotStatus
    award: LotStatus
    ranking: tuple[int, ...]
    low: frozenset[int]
    admissible: frozenset[int]
    asked: Mapping[int, Asked]


@dataclass(frozen=True)
class Seen:
    """What the contracts hold of a tender at a time; by index of a bid: time to cure, security."""

    time: int
    tender: TenderFacts
    status: TenderStatus
    lots: Mapping[int, SeenLot]
    curing: Mapping[int, Asked]
    extended: bool
    security: Mapping[int, SecurityStatus]


@dataclass(frozen=True)
class Made:
    """An event of AwardDesk: gas of its transaction, and of an award the supplier at that time."""

    event: Event
    gas: int
    supplier: SupplierFacts | None = None

    @property
    def lot(self) -> int:
        """0 where it is about the whole tender."""
        return int(self.event.args.get("lot", 0))

    @property
    def index(self) -> int:
        """Of the bid that it is about."""
        return int(self.event.args["index"])


@dataclass(frozen=True)
class View:
    """Everything that an invariant may depend on; ``made`` in order, ``logs``: how many events the last act that went through made."""

    fixed: Fixed
    seen: Seen
    before: Seen | None
    made: Sequence[Made]
    chain: Chain
    logs: int

    def of(self, lot: int, *names: str) -> list[Made]:
        """Events of these names about a lot."""
        return [each for each in self.made if each.lot == lot and each.event.name in names]

    @property
    def clock(self) -> Clock:
        """The time; no test of awards counts outages."""
        return Clock(self.seen.time)


def may_win(fixed: Fixed, lot: int) -> dict[int, int]:
    """Price by index of each bid that may win the lot: an offer, within a binding ceiling, not too far over the market."""
    terms, procedure = fixed.setup.lots[lot - 1], fixed.procedure
    found = {}
    for index, offer in fixed.offers.items():
        price = offer.amounts[lot - 1]
        over = (
            terms.market_mean and procedure.market_over_bps
            and price * _WHOLE > terms.market_mean * (_WHOLE + procedure.market_over_bps)
        )  # fmt: skip
        if 0 < price < 2**128 and not (procedure.ceiling_binding and price > terms.ceiling) and not over:
            found[index] = price
    return found


def in_order(fixed: Fixed, lot: int) -> list[int]:
    """Those that may win: lower price first, then the earlier arrival."""
    prices = may_win(fixed, lot)
    return sorted(prices, key=lambda index: (prices[index], fixed.orders[index]))


# Invariants: each says what is wrong, by lot


def _award_follows(view: View, lot: int) -> Iterator[str]:
    """1: the candidate is the first of the order that no decision put out, low or not by the prices alone."""
    seen, order, prices = view.seen.lots[lot], in_order(view.fixed, lot), may_win(view.fixed, lot)
    terms, procedure = view.fixed.setup.lots[lot - 1], view.fixed.procedure
    places = low_places([prices[index] for index in order], terms, procedure) if order else set()
    low = {order[place] for place in places}
    out: list[int] = []
    awards = view.of(lot, "LotAwarded")
    for each in view.of(lot, "LotAwarded", "BidExplained", *_OUT):
        if each.event.name == "BidExplained":
            continue
        candidate = next((index for index in order if index not in out), None)
        if each.index != candidate:
            yield f"bid {each.index} was decided on, and {candidate} is the candidate"
        if each.event.name in _OUT:
            out.append(each.index)
            if (
                each.event.args.get("reason") == DisqualificationReason.ABNORMALLY_LOW
                and each.index not in low
            ):
                yield f"bid {each.index} was put out as abnormally low, and is not"
            continue
        explained = {
            known.index for known in view.of(lot, "BidExplained") if known.event.time <= each.event.time
        }
        if each.index in low and each.index not in explained:
            yield f"bid {each.index} is abnormally low, and nobody explained it"
        if int(each.event.args["price"]) != prices.get(each.index):
            yield f"bid {each.index} was awarded at {each.event.args['price']}, and offered {prices.get(each.index)}"
        if each.event.args["supplier"] != "0x" + view.fixed.suppliers.get(each.index, b"").hex():
            yield f"bid {each.index} is not of the supplier that was awarded"
    expected = prices.get(awards[0].index, 0) if awards else 0
    if seen.facts.price != expected or len(awards) > 1:
        yield f"{len(awards)} awards, and the stored price is {seen.facts.price}"


def _status_follows(view: View, lot: int) -> Iterator[str]:
    """6: stored facts and the time say each status, and an end is never left."""
    seen, fixed, clock = view.seen.lots[lot], view.fixed, view.clock
    facts, procedure = view.seen.tender, fixed.procedure
    if view.seen.status is not tender_status(facts, procedure, clock):
        yield f"the tender is {view.seen.status.name}, by its facts {tender_status(facts, procedure, clock).name}"
    if seen.award is not award_status(facts, lot, seen.facts, clock):
        yield f"the award is {seen.award.name}, by its facts {award_status(facts, lot, seen.facts, clock).name}"
    expected = lot_status(facts, procedure, fixed.cancels.get(lot, Cancellation(lot)), seen.facts, clock)
    if seen.status is not expected:
        yield f"the lot is {seen.status.name}, by its facts {expected.name}"
    past = view.before.lots.get(lot) if view.before else None
    if past and past.status in _ENDS and seen.status is not past.status:
        yield f"the lot was {past.status.name}, and is {seen.status.name}"
    if view.before and view.before.status.is_end and view.seen.status is not view.before.status:
        yield f"the tender was {view.before.status.name}, and is {view.seen.status.name}"


def _ranked_once(view: View, lot: int) -> Iterator[str]:
    """9: of those that may win, none twice, and in the end all; the cheaper before the dearer."""
    seen, order = view.seen.lots[lot], in_order(view.fixed, lot)
    counted = {index for index in order if index < seen.facts.tallied}
    if seen.admissible != counted:
        yield f"{sorted(seen.admissible)} may win, by their offers {sorted(counted)}"
    if len(set(seen.ranking)) != len(seen.ranking):
        yield f"the ranking {seen.ranking} holds a bid twice"
    if not set(seen.ranking) <= set(order):
        yield f"the ranking {seen.ranking} holds a bid that may not win"
    if seen.award is LotStatus.RANKED and list(seen.ranking) != order:
        yield f"the ranking is {seen.ranking}, by the prices {order}"


def _out_for_a_reason(view: View, lot: int) -> Iterator[str]:
    """10: each bid above the candidate was put out once, for a reason that is on record."""
    seen, outs = view.seen.lots[lot], view.of(lot, *_OUT)
    if [each.index for each in outs] != list(seen.ranking[: seen.facts.head]):
        yield f"{seen.facts.head} of {seen.ranking} are out, and on record are {[each.index for each in outs]}"
    for each in outs:
        args = each.event.args
        reasoned = args.get("reason", 0) and int(args["documentHash"], 16)
        if not (reasoned if each.event.name == "BidDisqualified" else int(args["cause"], 16)):
            yield f"bid {each.index} is out for no reason"


def _quiet_in_standstill(view: View, lot: int) -> Iterator[str]:
    """11: from a decision to the end of the standstill nothing is final, and nothing else is decided."""
    seen, period = view.seen.lots[lot], view.fixed.procedure.standstill
    ends = [each.event.time + period for each in view.of(lot, "LotAwarded")]
    if seen.facts.failure is LotFailure.EXHAUSTED:
        ends += [view.of(lot, *_OUT)[-1].event.time + period]
    if any(view.clock.end_of(end) > view.seen.time for end in ends):
        if seen.award is not LotStatus.STANDSTILL:
            yield f"it is {seen.award.name} before {ends}"
        if view.seen.status in (TenderStatus.FAILED, TenderStatus.COMPLETE):
            yield f"the tender is {view.seen.status.name} before {ends}"
    late = [each for each in view.of(lot, "LotAwarded", *_OUT) if ends and each.event.time > ends[0] - period]
    if late or len(ends) > 1:
        yield f"decided, and then {[each.event.name for each in late]}"


def _flat(view: View, lot: int) -> Iterator[str]:
    """19: however many bids there are, the same bound."""
    for each in view.made[-1:]:
        if each.lot in (lot, 0) and each.gas > _GAS[each.event.name]:
            yield f"{each.event.name} took {each.gas} gas"


def _one_event(view: View, lot: int) -> Iterator[str]:
    """21: an act that goes through makes one event; whether they are enough to rebuild all is seen at the end of a run."""
    if view.logs != 1:
        yield f"an act went through with {view.logs} events"


def _no_debarred(view: View, lot: int) -> Iterator[str]:
    """22: whoever is awarded may be, at that time."""
    for each in view.of(lot, "LotAwarded"):
        known = each.supplier
        if known is None or not known.active or each.event.time < known.debarred_until:
            yield f"{known} was awarded at {each.event.time}"


def _can_be_left(view: View, lot: int) -> Iterator[str]:
    """24: from every state that is no end somebody, or time, gets it on. Who is stuck only until a later contract is not."""
    if view.seen.status is not TenderStatus.AWARDING:
        return
    seen, fixed, chain, now = view.seen.lots[lot], view.fixed, view.chain, view.seen.time
    refused: LicitaError | str | None = None
    if seen.status is LotStatus.WAITING:
        refused = _next_page(view, lot)
    elif seen.status is LotStatus.RANKED:
        index = seen.ranking[seen.facts.head]
        reason = int(DisqualificationReason.NOT_QUALIFIED)
        call = award_desk.disqualify(fixed.id, lot, index, reason, DECISION)
        refused = chain.would("officer", call, max(now + 1, view.seen.curing.get(index, Asked()).until))
    elif seen.status in (LotStatus.STANDSTILL, LotStatus.CANCELLING):
        end = (
            fixed.cancels[lot].cancels_at
            if seen.status is LotStatus.CANCELLING
            else seen.facts.standstill_ends
        )
        after = chain.view_at(tender_board.lot_status(fixed.id, lot), max(now + 1, end))
        refused = "time does not end it" if after == seen.status else None
    if refused is not None:
        yield f"{seen.status.name} is never left: {refused}"


def _next_page(view: View, lot: int) -> LicitaError | None:
    """What refuses the page that is due; a ranking with a bid left out is begun anew."""
    seen, fixed = view.seen.lots[lot], view.fixed
    setup, now = fixed.setup.as_tuple(), view.seen.time + 1
    if not seen.facts.complete:
        page = seen.facts.tallied // PAGE
        offers = [
            fixed.offers[at].as_tuple() for at in range(page * PAGE, page * PAGE + PAGE) if at in fixed.offers
        ]
        return view.chain.would("nobody", award_desk.tally(fixed.id, lot, setup, page, offers), now)
    order, done = in_order(fixed, lot), len(seen.ranking)
    if tuple(order[:done]) != seen.ranking:
        done = 0
    rest = [fixed.offers[index].as_tuple() for index in order[done : done + PAGE]]
    return view.chain.would("nobody", award_desk.rank(fixed.id, lot, setup, rest), now)


INVARIANTS: Mapping[int, Callable[[View, int], Iterator[str]]] = {
    1: _award_follows,
    6: _status_follows,
    9: _ranked_once,
    10: _out_for_a_reason,
    11: _quiet_in_standstill,
    19: _flat,
    21: _one_event,
    22: _no_debarred,
    24: _can_be_left,
}
"""By number in README.md: what is wrong with a lot; nothing where it holds."""


# Looking


@dataclass
class Watch:
    """Looks at a tender after each act, and says which invariants do not hold."""

    chain: Chain
    fixed: Fixed
    made: list[Made] = field(default_factory=list)
    before: Seen | None = None

    def note(self, event: Event, gas: int) -> None:
        """An act went through; it was the last one."""
        supplier = None
        if event.name == "LotAwarded":
            id = bytes.fromhex(event.args["supplier"][2:])
            supplier = SupplierFacts.from_tuple(self.chain.view(supplier_registry.supplier_facts(id)))
        self.made.append(Made(event, gas, supplier))

    def require(self, lots: Sequence[int], logs: int = 1) -> Seen:
        """What is there. Raises Broken. ``logs``: events of the act before."""
        seen = self.look(lots)
        view = View(self.fixed, seen, self.before, self.made, self.chain, logs)
        faults = {
            number: text
            for number, invariant in INVARIANTS.items()
            for lot in lots
            for text in list(invariant(view, lot))[:1]
        }
        if faults:
            raise Broken(faults)
        self.before = replace(seen, lots={**(self.before.lots if self.before else {}), **seen.lots})
        return seen

    def look(self, lots: Sequence[int]) -> Seen:
        """What the contracts hold of these lots."""
        id, bids = self.fixed.id, range(self.fixed.bids)
        asked = list(self.fixed.offers)
        general: list[Read[Any]] = [
            tender_board.tender_facts(id), tender_board.tender_status(id), award_desk.failed_lots(id), award_desk.is_extended(id),
            bid_box.box(id), opening_committee.opened_bids(id, 0),
            *(read(id, index) for read in (award_desk.curing_of, award_desk.security_of) for index in asked),
        ]  # fmt: skip
        each_lot: list[Read[Any]] = [
            read(id, lot)
            for lot in lots
            for read in (award_desk.lot_facts, tender_board.lot_status, award_desk.award_status)
        ]
        answers = self.chain.views([*general, *each_lot])
        facts, status, (failed, until), extended, box, opened = answers[:6]
        bidders, rest = answers[6 : 6 + 2 * len(asked)], answers[6 + 2 * len(asked) :]
        known = [LotFacts.from_tuple(found) for found in rest[::3]]
        details = [
            [
                *(award_desk.rank_at(id, lot, place) for place in range(found.ranked)),
                *(award_desk.is_low(id, lot, place) for place in range(found.ranked)),
                *(award_desk.is_admissible(id, lot, index) for index in bids),
                *(award_desk.explanation_of(id, lot, index) for index in asked),
            ]
            for lot, found in zip(lots, known, strict=True)
        ]
        found = iter(self.chain.views([call for calls in details for call in calls]))
        seen = {}
        for place, (lot, facts_of) in enumerate(zip(lots, known, strict=True)):
            count = facts_of.ranked
            ranking = tuple(next(found) for _ in range(count))
            low = frozenset(at for at in range(count) if next(found))
            admissible = frozenset(index for index in bids if next(found))
            questions = {index: Asked(*next(found)) for index in asked}
            statuses = (LotStatus(rest[3 * place + 1]), LotStatus(rest[3 * place + 2]))
            seen[lot] = SeenLot(facts_of, *statuses, ranking, low, admissible, questions)
        tender = replace(
            tender_facts(facts, live_bids=box[2], opened_bids=opened, locked=box[6]),
            lots_failed=failed,
            lots_failed_until=until,
        )
        curing = {index: Asked(*each) for index, each in zip(asked, bidders[: len(asked)], strict=True)}
        security = {
            index: SecurityStatus(each) for index, each in zip(asked, bidders[len(asked) :], strict=True)
        }
        return Seen(self.chain.world.time, tender, TenderStatus(status), seen, curing, extended, security)


def fixed_of(chain: Chain, opened: Opened) -> Fixed:
    """What is fixed of a tender of the tests; its offers are those whose openings the chain holds."""
    number = int.from_bytes(opened.id, "big")
    sealed = {opened.index(who): Offer(*opened.offer(who)) for who in opened.sealed}
    held = chain.views([opening_committee.opening_of(opened.id, 0, index) for index in sealed])
    offers = {index: offer for (index, offer), found in zip(sealed.items(), held, strict=True) if any(found)}
    assert [offer.opening for offer in offers.values()] == [found for found in held if any(found)]
    suppliers = {index: supplier_of(who) for who, index in opened.indexes.items()}
    orders = {opened.index(who): opened.orders[who] for who in opened.sealed}
    lots = [
        int(event.args["lot"])
        for event in chain.logged("TenderBoard", opened.id)
        if event.name == "CancellationProposed"
    ]
    cancelled = chain.views([tender_board.cancellation(opened.id, lot) for lot in lots])
    cancels = {lot: Cancellation(lot, *each) for lot, each in zip(lots, cancelled, strict=True)}
    bids = chain.view(bid_box.box(opened.id))[0]
    return Fixed(
        number,
        opened.id,
        opened.procedure,
        opened.tender.terms.setup,
        bids,
        offers,
        orders,
        suppliers,
        cancels,
    )
