"""What AwardDesk is expected to do with one tender: `chain.rules.awards` judges each act, what it leaves behind is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chain.rules import Caller, SupplierFacts
from chain.rules.awards import (
    PAGE,
    Lot,
    Offer,
    begins_anew,
    check_ask_curing,
    check_ask_explanation,
    check_award,
    check_cure,
    check_disqualify,
    check_drop,
    check_explain,
    check_extend,
    check_rank,
    check_security,
    check_tally,
    failure_of,
    is_low,
    keys_of,
    tallied,
)
from chain.rules.deadlines import Clock
from chain.rules.evaluation import Points
from chain.rules.four_eyes import NOT_PROPOSED, Signing
from chain.rules.registry import ineligible
from chain.rules.tenders import clock_of
from chain.types import Asked, LotFacts, LotFailure, PanelVote, SecurityStatus, Setup, TenderFacts
from tests.invariants.award_facts import Fixed, Seen, SeenLot

__all__ = ["LotModel", "Model"]

NOBODY = Asked()


@dataclass
class LotModel:
    """Stored facts of a lot; price by index of those that may win, the ranking, questions about a low price by index."""

    facts: LotFacts = field(default_factory=LotFacts)
    prices: dict[int, int] = field(default_factory=dict)
    ranking: list[int] = field(default_factory=list)
    asked: dict[int, Asked] = field(default_factory=dict)

    @property
    def candidate(self) -> int | None:
        """The first of the ranking that is not out."""
        head = self.facts.head
        return self.ranking[head] if head < len(self.ranking) else None


@dataclass
class Model:
    """A tender. Each act raises what the contract refuses it with, or answers the event's arguments but for the tender.

    ``points``: what its lots are ranked by, None = by price.
    """

    fixed: Fixed
    tender: TenderFacts
    lots: dict[int, LotModel] = field(default_factory=dict)
    curing: dict[int, Asked] = field(default_factory=dict)
    extended: bool = False
    security: dict[int, SecurityStatus] = field(default_factory=dict)
    points: Points | None = None

    # The parts of a judgement

    def at(self, lot: int, now: int) -> Lot:
        """A lot at a time, as the rules take it; 1 for what concerns the whole tender."""
        known = self.of(lot)
        return Lot(
            self.fixed.number, lot, self.tender, self.fixed.procedure, known.facts, self.clock(now), self.fixed.cancels.get(lot)
        )  # fmt: skip

    def of(self, lot: int) -> LotModel:
        """What is held of a lot; nothing of one that does not exist."""
        return self.lots.setdefault(lot, LotModel()) if 0 < lot <= self.tender.lots else LotModel()

    @property
    def openings(self) -> Mapping[int, bytes]:
        """Of bids whose prices are open, by index."""
        return {index: offer.opening for index, offer in self.fixed.offers.items()}

    @property
    def first_openings(self) -> Mapping[int, bytes]:
        """Of bids whose first envelope is open, by index."""
        return self.openings

    def clock(self, now: int) -> Clock:
        """Of the network."""
        return Clock(now)

    def time(self, now: int) -> int:
        """The tender's own."""
        return clock_of(self.tender, self.clock(now)).time

    def index_of(self, supplier: bytes) -> int | None:
        """Place of a supplier's bid in the box, also of one that was withdrawn."""
        found = [index for index, owner in self.fixed.suppliers.items() if owner == supplier]
        return found[0] if found else None

    def low(self, lot: int) -> set[int]:
        """Places of the abnormally low; of a ranking that goes on, as far as it goes."""
        known, terms = self.of(lot), self.fixed.setup.lots[lot - 1]
        prices = [known.prices[index] for index in known.ranking]
        following = [*prices[1:], None]
        return {
            place
            for place, (price, after) in enumerate(zip(prices, following, strict=False))
            if is_low(price, after, known.facts.admissible, known.facts.sum, terms, self.fixed.procedure)
        }

    def is_low_candidate(self, lot: int) -> bool:
        """Whether the candidate's price is abnormally low."""
        known = self.of(lot)
        return known.candidate is not None and known.facts.head in self.low(lot)

    # Counting and ranking

    def tally(self, lot: int, setup: Setup, page: int, given: list[Offer], now: int) -> dict[str, object]:
        check_tally(self.at(lot, now), setup, page, given, self.openings, self.fixed.bids)
        known, procedure = self.of(lot), self.fixed.procedure
        made = tallied(lot, setup.lots[lot - 1], procedure, given)
        known.prices |= made.prices
        to = min(page * PAGE + PAGE, self.fixed.bids)
        facts, prices = known.facts, list(known.prices.values())
        complete, offers = to == self.fixed.bids, facts.offers + made.offers
        failure = failure_of(offers, len(prices), procedure) if complete else LotFailure.NONE
        known.facts = replace(
            facts, sum=sum(prices), tallied=to, offers=offers, admissible=len(prices), complete=complete, failure=failure,
            min=min(prices, default=0),
        )  # fmt: skip
        if failure is not LotFailure.NONE:
            self._fail(0)
        bits = sum(1 << index % PAGE for index in made.prices)
        return {"lot": lot, "page": str(page), "admissible": str(bits), "failure": int(failure)}

    def rank(self, lot: int, setup: Setup, given: list[Offer], now: int) -> dict[str, object]:
        known = self.of(lot)
        admissible = {index: self.fixed.orders[index] for index in known.prices}
        last = self.fixed.orders[known.ranking[-1]] if known.ranking else 0
        check_rank(self.at(lot, now), setup, given, self.openings, admissible, last, self.points)
        indexes = [offer.index for offer in given]
        keys, first, by_points = keys_of(known.prices, self.points), indexes[0], self.points is not None
        is_new = begins_anew(known.facts, keys[first], self.fixed.orders[first], last, by_points=by_points)
        place = 0 if is_new else len(known.ranking)
        known.ranking = [*known.ranking[:place], *indexes]
        best = keys[known.ranking[0]] if by_points else 0
        known.facts = replace(known.facts, ranked=len(known.ranking), last=keys[indexes[-1]], first=best)
        return {"lot": lot, "place": place, "indexes": indexes}

    # Decisions

    def award(
        self, caller: Caller, lot: int, supplier: bytes, facts: SupplierFacts, offer: Offer, document: bytes, now: int,
        votes: PanelVote | None = None, signing: Signing = NOT_PROPOSED,
    ) -> dict[str, object]:  # fmt: skip
        known = self.of(lot)
        check_award(
            caller, self.at(lot, now), supplier, facts, offer, document,
            candidate=known.candidate, index=self.index_of(supplier), openings=self.openings, low=self.is_low_candidate(lot),
            explained=known.asked.get(offer.index, NOBODY).given, curing=self.curing.get(offer.index, NOBODY), votes=votes,
            signing=signing,
        )  # fmt: skip
        price = known.prices[offer.index]
        known.facts = replace(known.facts, price=price)
        self._decide(known, now)
        return {
            "lot": lot, "index": offer.index, "supplier": "0x" + supplier.hex(), "price": str(price),
            "documentHash": "0x" + document.hex(),
        }  # fmt: skip

    def disqualify(
        self, caller: Caller, lot: int, index: int, reason: int, document: bytes, now: int,
        votes: PanelVote | None = None, signing: Signing = NOT_PROPOSED,
    ) -> dict[str, object]:  # fmt: skip
        known = self.of(lot)
        check_disqualify(
            caller, self.at(lot, now), index, reason, document, candidate=known.candidate, low=self.is_low_candidate(lot),
            explanation=known.asked.get(index, NOBODY), curing=self.curing.get(index, NOBODY), votes=votes, signing=signing,
        )  # fmt: skip
        self._out(known, now)
        return {"lot": lot, "index": index, "reason": reason, "documentHash": "0x" + document.hex()}

    def drop(self, lot: int, supplier: bytes, facts: SupplierFacts, now: int) -> dict[str, object]:
        known, index = self.of(lot), self.index_of(supplier)
        check_drop(self.at(lot, now), supplier, facts, candidate=known.candidate, index=index)
        self._out(known, now)
        cause = ineligible(facts, now).encode().ljust(32, b"\0")
        return {"lot": lot, "index": index, "supplier": "0x" + supplier.hex(), "cause": "0x" + cause.hex()}

    # Questions and answers

    def ask_explanation(
        self, caller: Caller, lot: int, index: int, document: bytes, now: int
    ) -> dict[str, object]:
        known = self.of(lot)
        check_ask_explanation(
            caller, self.at(lot, now), index, document, candidate=known.candidate, low=self.is_low_candidate(lot),
            explanation=known.asked.get(index, NOBODY),
        )  # fmt: skip
        known.asked[index] = Asked(self.time(now) + self.fixed.procedure.explanation_window)
        return {
            "lot": lot,
            "index": index,
            "documentHash": "0x" + document.hex(),
            "until": known.asked[index].until,
        }

    def explain(
        self, caller: Caller, supplier: bytes, lot: int, index: int, document: bytes, now: int
    ) -> dict[str, object]:
        known = self.of(lot)
        explanation = known.asked.get(index, NOBODY)
        check_explain(
            caller, self.at(lot, now), index, document, candidate=known.candidate, own=self.index_of(supplier), explanation=explanation
        )  # fmt: skip
        known.asked[index] = replace(explanation, given=True)
        return {"lot": lot, "index": index, "documentHash": "0x" + document.hex()}

    def ask_curing(self, caller: Caller, index: int, document: bytes, now: int) -> dict[str, object]:
        curing = self.curing.get(index, NOBODY)
        check_ask_curing(
            caller, self.at(1, now), index, document, openings=self.first_openings, curing=curing
        )
        self.curing[index] = Asked(self.time(now) + self.fixed.procedure.curing_window)
        return {"index": index, "documentHash": "0x" + document.hex(), "until": self.curing[index].until}

    def cure(
        self, caller: Caller, supplier: bytes, index: int, document: bytes, now: int
    ) -> dict[str, object]:
        curing = self.curing.get(index, NOBODY)
        check_cure(caller, self.at(1, now), index, document, own=self.index_of(supplier), curing=curing)
        self.curing[index] = replace(curing, given=True)
        return {"index": index, "documentHash": "0x" + document.hex()}

    def extend(self, caller: Caller, document: bytes, now: int) -> dict[str, object]:
        check_extend(caller, self.at(1, now), document, extended=self.extended)
        self.extended = True
        procedure = self.fixed.procedure
        due = self.tender.deadline + procedure.opening_delay + 2 * procedure.decision_period
        return {"documentHash": "0x" + document.hex(), "due": due}

    def record_security(
        self, caller: Caller, index: int, status: int, ref: bytes, now: int
    ) -> dict[str, object]:
        known = self.security.get(index, SecurityStatus.NONE)
        check_security(caller, self.at(1, now), index, status, ref, openings=self.first_openings, known=known)
        self.security[index] = SecurityStatus(status)
        return {"index": index, "status": status, "ref": "0x" + ref.hex()}

    def _out(self, known: LotModel, now: int) -> None:
        known.facts = replace(known.facts, head=known.facts.head + 1, reached=known.facts.reached + 1)
        if known.facts.head == known.facts.ranked:
            known.facts = replace(known.facts, failure=LotFailure.EXHAUSTED)
            self._decide(known, now)
            self._fail(known.facts.standstill_ends)

    def _decide(self, known: LotModel, now: int) -> None:
        procedure = self.fixed.procedure
        known.facts = replace(
            known.facts,
            standstill_ends=self.time(now) + procedure.standstill,
            signing_period=procedure.signing_period,
        )

    def _fail(self, until: int) -> None:
        ends = until or self.tender.lots_failed_until
        self.tender = replace(self.tender, lots_failed=self.tender.lots_failed + 1, lots_failed_until=ends)

    # What must be there

    def require(self, seen: Seen) -> None:
        """The contracts hold what is held here; statuses are an invariant."""
        assert seen.tender == self.tender
        assert seen.extended == self.extended
        assert _given(seen.curing) == self.curing
        assert {index: each for index, each in seen.security.items() if each} == self.security
        for lot, found in seen.lots.items():
            self._require_lot(lot, found)

    def _require_lot(self, lot: int, found: SeenLot) -> None:
        known = self.of(lot)
        assert found.facts == known.facts
        assert list(found.ranking) == known.ranking
        assert found.low == self.low(lot)
        assert found.admissible == set(known.prices)
        assert _given(found.asked) == known.asked


def _given(asked: Mapping[int, Asked]) -> dict[int, Asked]:
    return {index: each for index, each in asked.items() if each != NOBODY}
