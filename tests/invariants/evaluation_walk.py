"""A walk through the evaluation of a tender: each act goes to the model (evaluation_model.py: `chain.rules`) and to the contracts, which
must refuse it with the same facts, or make the same event and hold the same after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from chain.bindings import (
    award_desk,
    bid_box,
    complaint_desk,
    evaluation_desk,
    four_eyes,
    member_registry,
    opening_committee,
    procedure_book,
    supplier_registry,
    tender_board,
)
from chain.errors.base import LicitaError
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts, independent, tender_facts
from chain.rules.awards import PAGE as TALLY_PAGE
from chain.rules.awards import Offer, keys_of, ranked
from chain.rules.deadlines import Outage
from chain.rules.evaluation import PAGE, pages_of, word_of
from chain.rules.hashes import act_hash, page_hash, scores_commitment
from chain.rules.panels import Evaluator
from chain.rules.tenders import NEVER, lot_status, opening_times
from chain.transactions import Call, Read
from chain.types import (
    ZERO32,
    Cancellation,
    ComplaintFacts,
    ComplaintStage,
    ComplaintStatus,
    DisqualificationReason,
    LotFacts,
    LotStatus,
    LotTerms,
    PanelVote,
    Remedy,
    Role,
    TenderStatus,
)
from tests.contracts.awards import counting_outages, send_all, supplier_of
from tests.contracts.bids import reveal_of
from tests.contracts.evaluation import PANEL, Evaluated, evaluated, seated
from tests.contracts.tenders import record
from tests.contracts.world import BUYER, MANDATE_END, REVIEW, ZERO_ADDRESS, World, address, hash_of
from tests.invariants.award_facts import Fixed
from tests.invariants.award_model import NOBODY
from tests.invariants.evaluation_model import EvaluationModel, shown
from tests.invariants.test_tender_rules import Chain

__all__ = ["BIDDERS", "LONG", "OUT", "PASSED", "Differs", "Sheet", "Walk", "begin"]

BIDDERS = ("acme", "beta", "gama", "delta")
PRICES = {"acme": (930, 500), "beta": (620, None), "gama": (910, 400), "delta": (900, 990)}
LOTS = (LotTerms(1_000), LotTerms(1_000))
LONG = {
    "score_period": 12, "complaint_window": 40, "standstill": 60, "opening_delay": 10, "fallback_delay": 80, "curing_window": 30,
    "decision_period": 200, "review_period": 15, "remedy_period": 20, "explanation_window": 9, "low_next_bps": 3_000,
    "low_mean_bps": 0, "cancel_window": 45,
}  # fmt: skip
"""Periods and rates, so that a walk gets around; a price is abnormally low beside the next one where the lowest wins."""

SPARE = ("expert", "expert2", "expert3", "judge3")
"""Evaluators without a seat: three of the university, one of the buyer."""
STAFF = ("officer", "approver", "officer2", "admin", "reviewer", "witness", "opener")
OUT, PASSED = int(DisqualificationReason.NOT_QUALIFIED), int(DisqualificationReason.TECHNICAL_FAILED)
CHAIN_ID = 31_337
_ON_RECORD = hash_of("decision")
_SIGNED = ("decideTechnical", "replaceEvaluator", "award", "disqualify", "execute", "cancel")
_VOTED = ("decideTechnical", "award", "disqualify")


class Differs(AssertionError):
    """The contracts and the rules do not say the same; ``about``: a function, or what is held."""

    def __init__(self, about: str, contract: Any, rules: Any) -> None:
        super().__init__(f"{about}: the contracts say {contract}, the rules {rules}")
        self.about = about


@dataclass(frozen=True)
class Sheet:
    """An evaluator's scores as it keeps them: words by page, and the salt."""

    pages: tuple[tuple[int, ...], ...]
    salt: bytes

    @property
    def hashes(self) -> list[bytes]:
        """Of all pages."""
        return [page_hash(words) for words in self.pages]


@dataclass
class Walk:
    """A tender, its model, and what evaluators keep to themselves.

    ``result``: what the technical result is to be, failed and their reasons; ``ended``: how the tender ended.
    """

    made: Evaluated
    chain: Chain
    model: EvaluationModel
    prices: Mapping[int, Offer]
    people: Mapping[str, PersonFacts]
    members: Mapping[bytes, MemberFacts]
    suppliers: Mapping[bytes, SupplierFacts]
    sheets: dict[tuple[int, str], Sheet] = field(default_factory=dict)
    result: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    asked: set[bytes] = field(default_factory=set)
    ended: TenderStatus | None = None
    done: list[str] = field(default_factory=list)

    def again(self) -> Walk:
        """The same tender from its beginning."""
        return _walk(self.world, self.made)

    # Who and when

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
    def seats(self) -> int:
        """Of the panel."""
        return len(self.made.panel)

    def caller(self, who: str) -> Caller:
        person = self.people.get(who, PersonFacts())
        supplier = (
            self.suppliers.get(supplier_of(who), SupplierFacts()) if who in BIDDERS else SupplierFacts()
        )
        return Caller(address(who), person, self.members.get(person.member, MemberFacts()), supplier)

    def evaluator(self, who: str) -> Evaluator:
        person = self.people.get(who, PersonFacts())
        apart = independent(person.member, BUYER, {})
        return Evaluator(
            address(who), person, self.members.get(person.member, MemberFacts()), independent=apart
        )

    def holder(self, seat: int) -> str:
        """Who sits there; of a seat that there is not, who sits in the first."""
        if seat >= self.seats:
            return self.made.panel[0]
        at = self.model.chairs.get(seat, address(self.made.panel[seat]))
        return next(who for who in (*self.made.panel, *SPARE) if address(who) == at)

    def index(self, who: str) -> int:
        """Place of its bid."""
        return self.made.index(who)

    # Calls that are decided on

    def act_of(self, call: Call) -> bytes:
        """As FourEyes and the panel know it."""
        return act_hash(CHAIN_ID, self.world.addresses[call.contract], call.data)

    def deciding(self) -> Call:
        """The technical result."""
        return evaluation_desk.decide_technical(self.id, *self.result, _ON_RECORD)

    def awarding(self, lot: int) -> Call:
        """The award of a lot to its candidate."""
        index = self.model.of(lot).candidate or 0
        supplier = self.model.fixed.suppliers[index]
        return award_desk.award(self.id, lot, supplier, self.price(index).as_tuple(), _ON_RECORD)

    def putting_out(self, lot: int) -> Call:
        """That its candidate is not qualified."""
        return award_desk.disqualify(self.id, lot, self.model.of(lot).candidate or 0, OUT, _ON_RECORD)

    def price(self, index: int) -> Offer:
        """What a bid's price envelope holds; of one that was withdrawn, nothing true."""
        return self.prices.get(index, Offer(index, _ON_RECORD, (100,) * len(LOTS)))

    def about(self, name: str) -> bytes:
        """An act by name."""
        calls: dict[str, Callable[[], Call]] = {
            "result": self.deciding,
            "award": lambda: self.awarding(1),
            "award 2": lambda: self.awarding(2),
            "out": lambda: self.putting_out(1),
            "out 2": lambda: self.putting_out(2),
        }
        return self.act_of(calls[name]()) if name in calls else ZERO32 if name == "none" else hash_of(name)

    # Scores

    def sheet(self, points: Mapping[str, Sequence[int]], salt: bytes = _ON_RECORD) -> Sheet:
        """Scores of the opened bids."""
        words = {self.index(who): word_of(each) for who, each in points.items()}
        pages = [
            tuple(words[index] for index in range(PAGE * page, PAGE * page + PAGE) if index in words)
            for page in range(pages_of(self.model.fixed.bids))
        ]
        return Sheet(tuple(pages), salt)

    def commitment(self, who: str, sheet: Sheet) -> bytes:
        """Of an evaluator in the present round."""
        return self._committing(who, sheet.hashes, sheet.salt)

    def _committing(self, who: str, hashes: Sequence[bytes], salt: bytes) -> bytes:
        desk, round = self.world.addresses["EvaluationDesk"], self.model.evaluation.round
        return scores_commitment(CHAIN_ID, desk, self.model.fixed.number, round, address(who), hashes, salt)

    def commit(self, who: str, seat: int, sheet: Sheet, given: bytes | None = None) -> None:
        """``given``: a commitment of somebody else, or none at all."""
        commitment = self.commitment(who, sheet) if given is None else given
        call = evaluation_desk.commit_scores(self.id, self.made.setup, seat, commitment)
        made = self.both(
            who, call, lambda: self.model.commit(self.evaluator(who), self.setup, seat, commitment, self.now)
        )
        if made is not None:
            self.sheets[self.model.evaluation.round, who] = sheet

    def reveal(
        self, who: str, seat: int, page: int, sheet: Sheet, words: Sequence[int], hashes: list[bytes]
    ) -> None:
        """``words``, ``hashes``: of the sheet, or others."""
        commitment = self._committing(who, hashes, sheet.salt)
        call = evaluation_desk.reveal_scores(self.id, self.made.setup, seat, page, words, hashes, sheet.salt)
        self.both(
            who,
            call,
            lambda: self.model.reveal(
                self.evaluator(who), self.setup, seat, page, words, hashes, commitment, self.now
            ),
        )

    def own_sheet(self, who: str) -> Sheet:
        """What it committed to in the present round; of who did not, some scores."""
        empty = self.sheet(dict.fromkeys(BIDDERS, (1, 1)))
        return self.sheets.get((self.model.evaluation.round, who), empty)

    def reveal_next(self, seat: int) -> None:
        """The next page of its own."""
        who = self.holder(seat)
        sheet = self.own_sheet(who)
        page = self.model.sealed[seat].pages if seat in self.model.sealed else 0
        words = sheet.pages[page] if page < len(sheet.pages) else ()
        self.reveal(who, seat, page, sheet, words, sheet.hashes)

    # Votes

    def call_vote(self, who: str, act: bytes) -> None:
        self.asked.add(act)
        self.both(
            who,
            evaluation_desk.call_vote(self.id, act),
            lambda: self.model.call(self.caller(who), act, self.now),
        )

    def vote(self, who: str, seat: int, act: bytes, support: bool) -> None:
        self.asked.add(act)
        call = evaluation_desk.vote(self.id, self.made.setup, seat, act, support, _ON_RECORD)
        self.both(
            who,
            call,
            lambda: self.model.vote(
                self.evaluator(who), self.setup, seat, act, support, _ON_RECORD, self.now
            ),
        )

    def replace_evaluator(
        self,
        who: str,
        seat: int,
        new: str,
        about: bytes,
        document: bytes = _ON_RECORD,
        *,
        prepared: bool = True,
    ) -> None:
        call = evaluation_desk.replace_evaluator(
            self.id, self.made.setup, seat, address(new), about, document
        )
        act = self.prepare(call, prepared)
        self.both(
            who,
            call,
            lambda: self.model.replace_evaluator(
                self.caller(who), self.setup, seat, self.evaluator(new), about, document, self.now,
                self.model.signing(act, self.now),
            ),
        )  # fmt: skip

    # The result and the prices

    def decide(self, who: str, *, prepared: bool = True) -> None:
        call = self.deciding()
        act = self.prepare(call, prepared)
        self.both(
            who, call, lambda: self.model.decide(self.caller(who), *self.result, _ON_RECORD, act, self.now)
        )

    def release(self, who: str) -> None:
        self.both(who, evaluation_desk.release_prices(self.id), lambda: self.model.release(self.now))

    def open_price(self, who: str) -> None:
        """A bidder shows its price; before its time, or that of a bid that failed, nobody can."""
        index, now = self.index(who), self.now
        call = opening_committee.self_reveal(*reveal_of(self.made.tender, index, self.made.sealed[who]))
        due = self.model.may_open_price(index, now)
        _, refusal = self.chain.sent(who, call)
        if (refusal is None) is not due:
            raise Differs("selfReveal", refusal or "done", "due" if due else "not due")
        self.done.append("selfReveal" if due else "selfReveal refused")
        if due:
            self.model.open_price(index, self.prices[index])
        self.require()

    # Awards

    def tally(self, lot: int) -> None:
        opened = sorted(self.model.opened)
        given = [self.price(index) for index in opened]
        call = award_desk.tally(self.id, lot, self.made.setup, 0, [each.as_tuple() for each in given])
        assert self.model.fixed.bids <= TALLY_PAGE
        self.both("nobody", call, lambda: self.model.tally(lot, self.setup, 0, given, self.now))

    def rank(self, lot: int, indexes: Sequence[int]) -> None:
        given = [self.price(index) for index in indexes]
        call = award_desk.rank(self.id, lot, self.made.setup, [each.as_tuple() for each in given])
        self.both("nobody", call, lambda: self.model.rank(lot, self.setup, given, self.now))

    def in_order(self, lot: int) -> list[int]:
        """Those that may win, the best first."""
        keys = keys_of(self.model.of(lot).prices, self.model.points)
        return ranked(keys, self.model.fixed.orders)

    def award(self, who: str, lot: int, *, prepared: bool = True) -> None:
        call, index = self.awarding(lot), self.model.of(lot).candidate or 0
        act, supplier = self.prepare(call, prepared), self.model.fixed.suppliers[index]
        facts, now = self.suppliers.get(supplier, SupplierFacts()), self.now
        self.both(
            who,
            call,
            lambda: self.model.award(
                self.caller(who), lot, supplier, facts, self.price(index), _ON_RECORD, now, self.model.votes_on(act),
                self.model.signing(act, now),
            ),
        )  # fmt: skip

    def disqualify(self, who: str, lot: int, *, prepared: bool = True) -> None:
        call, index = self.putting_out(lot), self.model.of(lot).candidate or 0
        act = self.prepare(call, prepared)
        now = self.now
        self.both(
            who,
            call,
            lambda: self.model.disqualify(
                self.caller(who), lot, index, OUT, _ON_RECORD, now, self.model.votes_on(act),
                self.model.signing(act, now),
            ),
        )  # fmt: skip

    def ask_curing(self, who: str, bid: str) -> None:
        index = self.index(bid)
        call = award_desk.ask_curing(self.id, index, _ON_RECORD)
        self.both(who, call, lambda: self.model.ask_curing(self.caller(who), index, _ON_RECORD, self.now))

    def cure(self, who: str, bid: str) -> None:
        index = self.index(bid)
        call = award_desk.cure(self.id, index, _ON_RECORD)
        self.both(
            who,
            call,
            lambda: self.model.cure(self.caller(who), supplier_of(who), index, _ON_RECORD, self.now),
        )

    # Complaints

    def file(self, who: str, stage: int, lot: int, document: bytes = _ON_RECORD) -> None:
        index = self.index(who)
        held = self.model.first.get(index) if stage == ComplaintStage.TECHNICAL else self.price(index)
        offer, given = held or Offer(index, ZERO32, ()), record()
        call = complaint_desk.file(given, self.id, lot, stage, document, offer.as_tuple())
        supplier = supplier_of(who)
        self.both(
            who,
            call,
            lambda: self.model.file(self.caller(who), supplier, stage, lot, offer, given, document, self.now),
        )

    def withdraw(self, who: str, number: int) -> None:
        supplier = supplier_of(who) if who in BIDDERS else ZERO32
        call = complaint_desk.withdraw(number)
        self.both(who, call, lambda: self.model.withdraw(self.caller(who), supplier, number, self.now))

    def admit(self, who: str, number: int, document: bytes = _ON_RECORD) -> None:
        call = complaint_desk.admit(number, document)
        self.both(who, call, lambda: self.model.admit(self.caller(who), number, document, self.now))

    def reject(self, who: str, number: int, document: bytes = _ON_RECORD) -> None:
        call = complaint_desk.reject(number, document)
        self.both(who, call, lambda: self.model.reject(self.caller(who), number, document, self.now))

    def dismiss(self, who: str, number: int, document: bytes = _ON_RECORD) -> None:
        call = complaint_desk.dismiss(number, document)
        self.both(who, call, lambda: self.model.dismiss(self.caller(who), number, document, self.now))

    def uphold(self, who: str, number: int, remedy: int, place: int = 0) -> None:
        call = complaint_desk.uphold(number, remedy, place, _ON_RECORD)
        self.both(
            who,
            call,
            lambda: self.model.uphold(self.caller(who), number, remedy, place, _ON_RECORD, self.now),
        )

    def execute(self, who: str, number: int, *, prepared: bool = True) -> None:
        call = complaint_desk.execute(number)
        act = self.prepare(call, prepared)
        self.both(who, call, lambda: self.model.execute(self.caller(who), number, act, self.now))

    def enforce(self, who: str, number: int, document: bytes = _ON_RECORD) -> None:
        call = complaint_desk.enforce(number, document)
        self.both(who, call, lambda: self.model.enforce(self.caller(who), number, document, self.now))

    def suspend(self, who: str) -> None:
        call = complaint_desk.suspend(self.id, _ON_RECORD)
        self.both(who, call, lambda: self.model.suspend(self.caller(who), _ON_RECORD, self.now))

    def resume(self, who: str) -> None:
        call = complaint_desk.resume(self.id, _ON_RECORD)
        self.both(who, call, lambda: self.model.resume(self.caller(who), _ON_RECORD, self.now))

    def cancel(self, who: str, *, prepared: bool = True) -> None:
        call = tender_board.cancel(self.id, 0, 1, _ON_RECORD)
        act = self.prepare(call, prepared)
        self.both(who, call, lambda: self.model.cancel(self.caller(who), _ON_RECORD, act, self.now))

    def consent(self, who: str) -> None:
        call = tender_board.consent_cancel(self.id, 0, _ON_RECORD)
        self.both(who, call, lambda: self.model.consent(self.caller(who), _ON_RECORD, self.now))

    # Both sides

    @property
    def setup(self) -> Any:
        """Of the terms."""
        return self.model.fixed.setup

    def prepare(self, call: Call, propose: bool) -> bytes:
        """The act of a call; with four eyes it is proposed, if nobody did."""
        act = self.act_of(call)
        if propose and self.model.tender.four_eyes:
            self.both(
                "officer",
                four_eyes.propose(act),
                lambda: self.model.propose(self.caller("officer"), act, self.now),
            )
        return act

    def both(self, who: str, call: Call, predict: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        """The event's arguments where both sides agree to the act, None where both refuse it alike. Raises Differs."""
        predicted, expected = None, None
        act = self.act_of(call)
        try:
            expected = predict()
        except LicitaError as error:
            predicted = error
        events, refusal = self.chain.sent(who, call)
        self.done.append(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if str(refusal) != str(predicted):
            raise Differs(call.function, refusal or "done", predicted or "done")
        if expected is None:
            self.require()
            return None
        taken = [
            name
            for name, due in (
                ("ActApproved", self.model.tender.four_eyes and call.function in _SIGNED),
                ("VotesTaken", call.function in _VOTED and self.model.tender.panel != 0),
            )
            if due
        ]
        *others, last = events
        told = [*self.model.ticked(self.world.time), *taken]
        acts = [event.args["act"] for event in others if "act" in event.args]
        if [event.name for event in others] != told or acts != [shown(act)] * len(taken):
            raise Differs(call.function, [event.name for event in events], told)
        found = {key: value for key, value in last.args.items() if key in expected}
        # Beside what is compared an event names its tender, and that of an approval its member.
        if found != expected or len(last.args) > len(expected) + 1:
            raise Differs(call.function, last.args, expected)
        if call.function in _SIGNED:
            self.model.taken(act, voted_on="VotesTaken" in taken)
        self.require()
        return expected

    def wait(self, instant: int) -> None:
        """To a moment, if it is still to come and not far away; where silence counts, somebody says something now and then."""
        if not self.world.time < instant < self.world.time + (9_000 if self.model.gap else 2_000):
            return
        while self.model.gap and instant - self.world.time > self.model.gap // 2:
            self.world.send("stranger", "ProcedureBook", "tick", at=self.world.time + self.model.gap // 2)
            self.model.ticked(self.world.time)
        self.world.move_to(instant)
        self.require()

    def fall_silent(self, period: int) -> None:
        """Nobody says anything for so long, nor that it is over."""
        self.world.move_to(self.world.time + period)
        self.require()

    # What both hold

    def require(self) -> None:
        """Raises Differs."""
        held = self._held()
        answers = self.chain.views([read for _, read, _ in held])
        for (name, _, expected), answer in zip(held, answers, strict=True):
            if answer != expected:
                raise Differs(name, answer, expected)
        self._require_plan()
        self._require_complaints()
        for lot in range(1, len(LOTS) + 1):
            self._require_lot(lot)
        status = self.model.status(self.world.time)
        if self.ended is not None and status is not self.ended:
            raise Differs("an end is left", status.name, self.ended.name)
        # A silence that is an outage in the end takes back what passed in it.
        self.ended = status if status.is_end and not self.model.gap else None

    def _held(self) -> list[tuple[str, Read[Any], Any]]:
        model, id, seats = self.model, self.id, range(self.seats)
        facts, tender = model.evaluation, model.tender
        indexes = sorted({*model.first, 0, model.fixed.bids - 1})
        nobody = ZERO_ADDRESS
        held: list[tuple[str, Read[Any], Any]] = [
            ("evaluation", evaluation_desk.evaluation_of(id), astuple(facts)),
            ("status", tender_board.tender_status(id), int(model.status(self.world.time))),
            ("opened", opening_committee.opened_bids(id, 0), len(model.first)),
            ("opened prices", opening_committee.opened_bids(id, 1), len(model.opened)),
            ("box", bid_box.box(id), self._box()),
            ("complaints", complaint_desk.complaint_count(), model.complained),
            ("outages", procedure_book.outages(), (len(model.outages), model.last_tick)),
        ]
        held += [
            ("chair", evaluation_desk.replacement_of(id, seat), model.chairs.get(seat, nobody))
            for seat in seats
        ]
        for seat in seats:
            sealed = model.sealed.get(seat)
            expected = (sealed.commitment, sealed.pages) if sealed else (ZERO32, 0)
            held.append(("scores", evaluation_desk.scores_of(id, facts.round, seat), expected))
        for index in indexes:
            held.append(("points", evaluation_desk.points_of(id, index), model.words.get(index, 0)))
            held.append(("failed", evaluation_desk.is_failed(id, index), index in model.out))
            asked = model.curing.get(index, NOBODY)
            held.append(("curing", award_desk.curing_of(id, index), (asked.until, asked.given)))
        for act in sorted(self.asked):
            votes = model.votes.get(act)
            held.append(("votes", evaluation_desk.votes_on(id, act), astuple(votes or PanelVote())))
        for act, proposal in model.acts.items():
            held.append(("proposal", four_eyes.proposal_of(tender.buyer, act), proposal))
        return held

    def _box(self) -> tuple[Any, ...]:
        model = self.model
        out = len(model.out) if model.phase else 0
        orders = model.fixed.bids
        return (model.fixed.bids, orders, model.tender.live_bids, out, 1, model.phase, True)

    def _require_plan(self) -> None:
        model, clock = self.model, self.model.clock(self.world.time)
        window = self.made.window()
        times = opening_times(model.tender, model.fixed.procedure, clock)
        found = (window["openFrom"], window["fallbackFrom"], window["voidFrom"])
        expected = (times.open_from, times.fallback_from, times.void_from)
        if found != expected:
            raise Differs("window", found, expected)
        stored = tender_facts(self.chain.view(tender_board.tender_facts(self.id)))
        known = replace(
            model.tender, live_bids=0, opened_bids=0, locked=False, lots_failed=0, lots_failed_until=0, suspended_at=0,
            pauses=(), queues=(), technical_ends=0, technical_failed=0,
        )  # fmt: skip
        if stored != known:
            raise Differs("tender", stored, known)

    def _require_complaints(self) -> None:
        known = self.model.complaints
        answers = self.chain.views([complaint_desk.complaint_facts(number) for number in known])
        found = [ComplaintFacts.from_tuple(each) for each in answers]
        if found != list(known.values()):
            raise Differs("complaint", found, list(known.values()))

    def _require_lot(self, lot: int) -> None:
        model, known, id = self.model, self.model.of(lot), self.id
        facts = LotFacts.from_tuple(self.chain.view(award_desk.lot_facts(id, lot)))
        if facts != known.facts:
            raise Differs("lot", facts, known.facts)
        status = lot_status(
            model.tender,
            model.fixed.procedure,
            Cancellation(lot),
            known.facts,
            self.model.clock(self.world.time),
        )
        if (found := LotStatus(self.chain.view(tender_board.lot_status(id, lot)))) is not status:
            raise Differs("lot status", found, status)
        places = range(facts.ranked)
        ranking = self.chain.views([award_desk.rank_at(id, lot, place) for place in places])
        if ranking != known.ranking:
            raise Differs("ranking", ranking, known.ranking)
        low = self.chain.views([award_desk.is_low(id, lot, place) for place in places])
        if low != [place in model.low(lot) for place in places]:
            raise Differs("low", low, sorted(model.low(lot)))
        if status is LotStatus.RANKED and ranking != self.in_order(lot):
            raise Differs("unique ranking", ranking, self.in_order(lot))

    # The next right thing

    def go_on(
        self, points: Mapping[str, Sequence[int]], salt: bytes, remedy: int = 0, last_seat: bool = True
    ) -> None:
        """What is due next, done as it should be. ``points``: what an evaluator gives, if it is to give any; ``remedy``: of a complaint
        about the technical result, 0 for none; ``last_seat``: whether the independent evaluator, who votes last, does."""
        status, model = self.model.status(self.now), self.model
        if status is TenderStatus.TECHNICAL:
            self._evaluate(points, salt, last_seat)
        elif status is TenderStatus.SUSPENDED:
            self.resume("reviewer")
        elif status in (TenderStatus.TECHNICAL_STANDSTILL, TenderStatus.SEALED):
            self._review(remedy)
        elif status is TenderStatus.CANCELLING:
            self._undo()
        elif status in (TenderStatus.OPENING, TenderStatus.FALLBACK):
            self._open()
        elif status is TenderStatus.AWARDING:
            lot = 1 if model.of(1).facts.standstill_ends == 0 and not model.of(1).facts.failure else 2
            self._award(lot, last_seat)

    def _evaluate(self, points: Mapping[str, Sequence[int]], salt: bytes, last_seat: bool) -> None:
        ground, facts = self.model.ground(self.now), self.model.evaluation
        start, until = ground.reveals
        missing = [seat for seat in range(self.seats) if not facts.committed >> seat & 1]
        pending = [
            seat
            for seat in range(self.seats)
            if facts.committed >> seat & 1 and not facts.complete >> seat & 1
        ]
        if not self.model.fixed.procedure.award_rule or not (missing or pending):
            self._decide("result", self._result, last_seat)
        elif missing and (start == NEVER or self.now < start):
            self.commit(self.holder(missing[0]), missing[0], self.sheet(points, salt))
        elif pending and self.now < until:
            self.wait(start - 1)
            self.reveal_next(pending[0])
        else:
            self.wait(until - 1)
            silent = [
                seat for seat in range(self.seats) if self.model.ground(self.now).is_score_missing(seat)
            ]
            if silent:
                sitting = [self.holder(seat) for seat in range(self.seats)]
                free = [
                    who for who in (*SPARE[: 4 if silent[0] else 3], *self.made.panel) if who not in sitting
                ]
                self.replace_evaluator(self.approves, silent[0], free[0], ZERO32)
            else:
                self._decide("result", self._result, last_seat)

    def _result(self) -> None:
        before = self.model.evaluation.results
        self.decide(self.approves)
        if self.model.evaluation.results == before:
            self.result = ((), ())

    @property
    def approves(self) -> str:
        """Who sends an act that takes two accounts, if it takes them."""
        return "approver" if self.model.tender.four_eyes else "officer"

    def _decide(self, about: str, decide: Callable[[], None], last_seat: bool) -> None:
        act = self.about(about)
        votes = self.model.votes_on(act)
        due = [*range(1, self.seats), *([0] if last_seat else [])]
        silent = [seat for seat in due if not (votes.yes | votes.no) >> seat & 1]
        if not votes.called_at:
            self.call_vote("officer", act)
        elif silent:
            self.vote(self.holder(silent[0]), silent[0], act, True)
        else:
            decide()

    def _following(self, lot: int) -> list[int]:
        """The next two of a ranking; the first two where it left a bid out."""
        order, done = self.in_order(lot), self.model.of(lot).ranking
        rest = order[len(done) :] if order[: len(done)] == done else order
        return rest[:2]

    def _review(self, remedy: int) -> None:
        waiting = [number for number, each in self.model.complaints.items() if each.status.is_open]
        times = opening_times(
            self.model.tender, self.model.fixed.procedure, self.model.clock(self.world.time)
        )
        if not waiting and remedy and self.now < times.standstill_ends:
            self.file(BIDDERS[0], ComplaintStage.TECHNICAL, 0)
        elif not waiting:
            self.wait(times.open_from)
        elif self.model.complaints[waiting[0]].status is ComplaintStatus.UPHELD:
            self.execute(self.approves, waiting[0])
        elif self.model.complaints[waiting[0]].status is ComplaintStatus.ADMITTED:
            if remedy:
                self.uphold("reviewer", waiting[0], remedy)
            else:
                self.dismiss("reviewer", waiting[0])
        else:
            self.admit("reviewer", waiting[0])

    def _undo(self) -> None:
        waiting = [
            number
            for number, each in self.model.complaints.items()
            if each.status.is_open and each.stage is ComplaintStage.CANCELLATION
        ]
        known = self.model.complaints[waiting[0]] if waiting else None
        if known is None:
            self.file(BIDDERS[0], ComplaintStage.CANCELLATION, 0)
        elif known.status is ComplaintStatus.FILED:
            self.admit("reviewer", waiting[0])
        elif known.status is ComplaintStatus.ADMITTED:
            self.uphold("reviewer", waiting[0], Remedy.UNDO_CANCELLATION)
        else:
            self.execute(self.approves, waiting[0])

    def _open(self) -> None:
        if not self.model.phase:
            self.release("nobody")
            return
        times = opening_times(
            self.model.tender, self.model.fixed.procedure, self.model.clock(self.world.time)
        )
        self.wait(times.fallback_from - 1)
        closed = [who for who in BIDDERS if self.index(who) not in {*self.model.opened, *self.model.out}]
        self.open_price(closed[0])

    def _award(self, lot: int, last_seat: bool) -> None:
        facts = self.model.of(lot).facts
        if not facts.complete:
            self.tally(lot)
        elif facts.ranked != facts.admissible:
            self.rank(lot, self._following(lot))
        elif facts.standstill_ends == 0:
            low = self.model.is_low_candidate(lot)
            name, decide = ("out", self.disqualify) if low else ("award", self.award)
            about = name if lot == 1 else f"{name} 2"
            self._decide(about, lambda: decide(self.approves, lot), last_seat)


def begin(
    world: World, panel: Sequence[str] = PANEL, *, pages: int = 1, silence: bool = False, **changes: Any
) -> Walk:
    """A tender of two envelopes, all technical ones open. ``pages``: of scores; on the first of two are bids that were withdrawn;
    ``silence``: whether it counts from then on.

    Further arguments change the sandbox procedure.
    """
    seated(world, *SPARE[:3])
    world.send("admin", "MemberRegistry", "addPerson", address("judge3"), int(Role.EVALUATOR), MANDATE_END)
    gone = [f"firm {number}" for number in range(14)] if pages == 2 else []
    first, *rest = BIDDERS
    names = [first, *gone, *rest]
    bids = {who: PRICES.get(who, (700, 700)) for who in names}
    by_points = changes.get("award_rule", 1)
    criteria = {} if by_points else {"criteria": ()}
    made = evaluated(world, bids, lots=LOTS, panel=panel, body=REVIEW, **{**LONG, **changes}, **criteria)
    for who in gone:
        world.send(who, "BidBox", "withdraw", made.id)
        del made.first[who], made.sealed[who]
    world.move_to(int(made.window()["fallbackFrom"]))
    reveals = [
        (who, "OpeningCommittee", "selfReveal", reveal_of(made.tender, made.index(who), each))
        for who, each in made.first.items()
    ]
    send_all(world, reveals)
    if silence:
        counting_outages(world)
    return _walk(world, made)


def _walk(world: World, made: Evaluated) -> Walk:
    chain = Chain(world)
    shown_first = replace(made, sealed=made.first)
    technical = {made.index(who): Offer(*shown_first.offer(who)) for who in made.first}
    prices = {made.index(who): Offer(*made.offer(who)) for who in made.sealed}
    names = (*made.panel, *SPARE, *STAFF)
    people = {
        who: PersonFacts.from_tuple(chain.view(member_registry.person_facts(address(who)))) for who in names
    }
    members = {
        each.member: MemberFacts.from_tuple(chain.view(member_registry.member_facts(each.member)))
        for each in people.values()
    }
    suppliers = {
        supplier_of(who): SupplierFacts.from_tuple(
            chain.view(supplier_registry.supplier_facts(supplier_of(who)))
        )
        for who in BIDDERS
    }
    box = chain.view(bid_box.box(made.id))
    facts = tender_facts(
        chain.view(tender_board.tender_facts(made.id)),
        live_bids=box[2],
        opened_bids=len(technical),
        locked=True,
    )
    fixed = Fixed(
        int.from_bytes(made.id, "big"), made.id, made.procedure, made.tender.terms.setup, box[0], prices,
        {made.index(who): made.orders[who] for who in made.sealed},
        {index: supplier_of(who) for who, index in made.indexes.items()}, {},
    )  # fmt: skip
    complained = chain.view(complaint_desk.complaint_count())
    gap, (count, last_tick) = chain.views([procedure_book.outage_gap(), procedure_book.outages()])
    known = tuple(Outage(*each) for each in chain.views([procedure_book.outage_at(n) for n in range(count)]))
    model = EvaluationModel(
        fixed, facts, first=technical, complained=complained, gap=gap, last_tick=last_tick, outages=known
    )
    return Walk(made, chain, model, prices, people, members, suppliers)
