"""What the contracts are expected to do with one tender of two envelopes: `chain.rules` judges each act, what it leaves behind is written
here, but for awards (award_model.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chain.rules import Caller
from chain.rules.awards import Offer
from chain.rules.bids import BidFacts
from chain.rules.complaints import (
    Complainant,
    Ground,
    applied,
    check_admit,
    check_dismiss,
    check_enforce,
    check_execute,
    check_file,
    check_reject,
    check_resume,
    check_suspend,
    check_uphold,
    check_withdraw,
    paused,
)
from chain.rules.deadlines import TICK, Clock, Outage
from chain.rules.evaluation import (
    Evaluation,
    Points,
    Sealed,
    added,
    called,
    check_call,
    check_commit,
    check_decide,
    check_release,
    check_replace,
    check_reveal,
    check_vote,
    committed,
    decided,
    pages_of,
    redone,
    replaced,
    revealed,
    voted,
    votes_now,
)
from chain.rules.four_eyes import LIFE, NOT_PROPOSED, Approving, Proposal, Signing, check_propose
from chain.rules.panels import Evaluator
from chain.rules.tenders import check_cancel, check_consent, queue_of, tender_status
from chain.types import (
    BidStatus,
    Cancellation,
    CancellationReason,
    ComplaintFacts,
    ComplaintStage,
    ComplaintStatus,
    EvaluationFacts,
    PanelVote,
    Queue,
    Remedy,
    Setup,
    TenderStatus,
)
from tests.invariants.award_model import Model

__all__ = ["EvaluationModel", "shown"]


def shown(value: bytes) -> str:
    """As an event has it."""
    return "0x" + value.hex()


@dataclass
class EvaluationModel(Model):
    """A tender of two envelopes with a panel.

    ``first``: what technical envelopes showed, by index; ``opened``: what prices showed, of those that are open; ``sealed``, ``words``: of
    the present round; ``chairs``: who sits in a seat instead of whom the terms name; ``votes``: as they are stored; ``out``: indexes that
    failed in the result that stands; ``acts``: proposer and stored end of acts that are proposed; ``gap``, ``last_tick``, ``outages`` as of
    a Clock.
    """

    first: Mapping[int, Offer] = field(default_factory=dict)
    opened: dict[int, Offer] = field(default_factory=dict)
    evaluation: EvaluationFacts = field(default_factory=EvaluationFacts)
    chairs: dict[int, str] = field(default_factory=dict)
    sealed: dict[int, Sealed] = field(default_factory=dict)
    words: dict[int, int] = field(default_factory=dict)
    votes: dict[bytes, PanelVote] = field(default_factory=dict)
    out: frozenset[int] = frozenset()
    phase: int = 0
    complaints: dict[int, ComplaintFacts] = field(default_factory=dict)
    complained: int = 0
    acts: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    gap: int = 0
    last_tick: int = 0
    outages: tuple[Outage, ...] = ()

    # The parts of a judgement

    def clock(self, now: int) -> Clock:
        return Clock(now, self.gap, self.last_tick, self.outages)

    def ticked(self, now: int) -> tuple[str, ...]:
        """Somebody acted: the event that says so, if one does."""
        silence = now - self.last_tick
        if not self.gap or silence < TICK:
            return ()
        is_outage = silence > self.gap
        if is_outage:
            self.outages = (*self.outages, Outage(self.last_tick, now))
        self.last_tick = now
        return ("OutageRecorded",) if is_outage else ("Ticked",)

    @property
    def openings(self) -> Mapping[int, bytes]:
        return {index: offer.opening for index, offer in self.opened.items()}

    @property
    def first_openings(self) -> Mapping[int, bytes]:
        return {index: offer.opening for index, offer in self.first.items()}

    def ground(self, now: int) -> Evaluation:
        """The evaluation at a time."""
        return Evaluation(
            self.fixed.number,
            self.tender,
            self.fixed.procedure,
            self.evaluation,
            self.clock(now),
            dict(self.chairs),
        )

    def status(self, now: int) -> TenderStatus:
        """The tender's."""
        return tender_status(self.tender, self.fixed.procedure, self.clock(now))

    def votes_on(self, act: bytes) -> PanelVote:
        """As they count now."""
        return votes_now(self.evaluation, self.votes.get(act, PanelVote()))

    def signing(self, act: bytes, now: int) -> Signing:
        """Whether somebody proposed an act."""
        if not self.tender.four_eyes:
            return NOT_PROPOSED
        return Approving(self._proposal(act), self.clock(now))

    def taken(self, act: bytes, *, voted_on: bool) -> None:
        """The act was done: what was proposed and voted is used up."""
        self.acts.pop(act, None)
        if voted_on:
            self.votes.pop(act, None)

    # Scores

    def commit(
        self, caller: Evaluator, setup: Setup, seat: int, commitment: bytes, now: int
    ) -> dict[str, Any]:
        check_commit(caller, self.ground(now), setup, seat, commitment)
        self.evaluation = committed(self.evaluation, seat, now)
        self.sealed[seat] = Sealed(commitment)
        return {**self._by(caller, seat), "round": self.evaluation.round, "commitment": shown(commitment)}

    def reveal(
        self, caller: Evaluator, setup: Setup, seat: int, page: int, words: Sequence[int], hashes: Sequence[bytes],
        commitment: bytes, now: int,
    ) -> dict[str, Any]:  # fmt: skip
        scores, bids = self.sealed.get(seat, Sealed()), self.fixed.bids
        check_reveal(
            caller, self.ground(now), setup, seat, page, words, hashes, commitment, scores=scores, bids=bids, opened=self.first
        )  # fmt: skip
        self.words = added(self.words, page, self.first, words)
        self.sealed[seat] = replace(scores, pages=page + 1)
        self.evaluation = revealed(self.evaluation, seat, is_last=page + 1 == pages_of(bids))
        told = {"page": str(page), "words": [str(word) for word in words]}
        return {**self._by(caller, seat), "round": self.evaluation.round, **told}

    # Votes

    def call(self, caller: Caller, act: bytes, now: int) -> dict[str, Any]:
        check_call(caller, self.ground(now), act, votes=self.votes_on(act))
        self.votes[act] = called(self.evaluation, now)
        return {"act": shown(act)}

    def vote(
        self, caller: Evaluator, setup: Setup, seat: int, act: bytes, support: bool, opinion: bytes, now: int
    ) -> dict[str, Any]:
        check_vote(caller, self.ground(now), setup, seat, votes=self.votes_on(act))
        self.votes[act] = voted(self.evaluation, self.votes[act], seat, support=support)
        told = {"act": shown(act), "sitting": self.evaluation.sitting, "support": support}
        return {**self._by(caller, seat), **told, "opinionHash": shown(opinion)}

    def replace_evaluator(
        self, caller: Caller, setup: Setup, seat: int, evaluator: Evaluator, about: bytes, document: bytes, now: int,
        signing: Signing,
    ) -> dict[str, Any]:  # fmt: skip
        votes = self.votes_on(about) if any(about) else None
        check_replace(
            caller, self.ground(now), setup, seat, evaluator, document, votes=votes, signing=signing
        )
        self.chairs[seat] = evaluator.address
        self.evaluation = replaced(self.evaluation, now, silent_in_scores=votes is None)
        if votes is None:
            self._begin()
        return {
            **self._by(evaluator, seat), "round": self.evaluation.round, "documentHash": shown(document),
        }  # fmt: skip

    # The result and the prices

    def decide(
        self,
        caller: Caller,
        failed: Sequence[int],
        reasons: Sequence[int],
        document: bytes,
        act: bytes,
        now: int,
    ) -> dict[str, Any]:
        check_decide(
            caller, self.ground(now), failed, reasons, document, votes=self.votes_on(act), opened=self.first, curing=self.curing,
            signing=self.signing(act, now),
        )  # fmt: skip
        ends = self.time(now) + self.fixed.procedure.complaint_window
        self.evaluation = decided(self.evaluation, len(failed), ends)
        self.out = frozenset(failed)
        self.tender = replace(self.tender, technical_ends=ends, technical_failed=len(failed), opened_bids=0)
        self._rank_by_points()
        return {
            "round": self.evaluation.round, "failed": list(failed), "reasons": list(reasons),
            "documentHash": shown(document), "standstillEnds": ends,
        }  # fmt: skip

    def release(self, now: int) -> dict[str, Any]:
        check_release(self.ground(now), self.phase)
        self.phase = 1
        return {"envelope": 1, "excluded": sorted(self.out)}

    def may_open_price(self, index: int, now: int) -> bool:
        """Whether a bidder may show its price now."""
        due = self.phase == 1 and self.status(now) is TenderStatus.FALLBACK
        return due and index in self.first and index not in self.out and index not in self.opened

    def open_price(self, index: int, offer: Offer) -> None:
        """A price is open."""
        self.opened[index] = offer
        self.tender = replace(self.tender, opened_bids=self.tender.opened_bids + 1)

    # Four eyes

    def propose(self, caller: Caller, act: bytes, now: int) -> dict[str, Any]:
        check_propose(caller, self.tender.buyer, self._proposal(act), self.clock(now))
        self.acts[act] = (caller.address, now + LIFE)
        return {"act": shown(act), "proposer": caller.address, "until": now + LIFE}

    def _proposal(self, act: bytes) -> Proposal:
        proposer, until = self.acts.get(act, ("", 0))
        return Proposal(act, proposer, until, bool(until))

    # Complaints

    def complained_of(self, lot: int, now: int) -> Ground:
        """The tender as ComplaintDesk sees it."""
        facts = self.of(lot).facts
        return Ground(
            self.fixed.number, lot, self.tender, self.fixed.procedure, self.clock(now), facts,
            Cancellation(lot) if lot else self.tender.whole, self.extended,
        )  # fmt: skip

    def file(
        self, caller: Caller, supplier: bytes, stage: int, lot: int, offer: Offer, record: bytes, document: bytes, now: int
    ) -> dict[str, Any]:  # fmt: skip
        index = self.index_of(supplier)
        bid = None if index is None else BidFacts(index, status=BidStatus.SEALED, terms_version=1)
        held = (self.first_openings if stage == ComplaintStage.TECHNICAL else self.openings).get(
            offer.index, b""
        )
        others = [
            number
            for number, each in self.complaints.items()
            if (each.supplier, each.lot, each.stage) == (supplier, lot, stage) and each.status.is_open
        ]
        check_file(
            caller, self.complained_of(lot, now), Complainant(supplier, bid, 1, offer, held), record, stage, document,
            recorded=0, open_one=others[0] if others else 0,
        )  # fmt: skip
        about = ComplaintStage(stage)
        self.complained += 1
        due = self.time(now) + self.fixed.procedure.review_period
        self.complaints[self.complained] = ComplaintFacts(
            self.fixed.number, supplier, lot, about, ComplaintStatus.FILED, due=due
        )
        known = queue_of(self.tender, lot, about)
        self._queue(replace(known, open=(*known.open, self.complained)))
        return {
            "complaint": str(self.complained), "supplier": shown(supplier), "lot": lot, "stage": stage, "recordId": shown(record),
            "documentHash": shown(document), "due": due,
        }  # fmt: skip

    def withdraw(self, caller: Caller, supplier: bytes, number: int, now: int) -> dict[str, Any]:
        check_withdraw(caller, number, self.complaints.get(number), supplier)
        self._close(number, ComplaintStatus.WITHDRAWN, now)
        return {"complaint": str(number)}

    def admit(self, caller: Caller, number: int, document: bytes, now: int) -> dict[str, Any]:
        check_admit(caller, number, self.complaints.get(number), self._about(number, now), document)
        self.complaints[number] = replace(self.complaints[number], status=ComplaintStatus.ADMITTED)
        return {"complaint": str(number), "documentHash": shown(document)}

    def reject(self, caller: Caller, number: int, document: bytes, now: int) -> dict[str, Any]:
        check_reject(caller, number, self.complaints.get(number), self._about(number, now), document)
        self._close(number, ComplaintStatus.REJECTED, now)
        return {"complaint": str(number), "documentHash": shown(document)}

    def dismiss(self, caller: Caller, number: int, document: bytes, now: int) -> dict[str, Any]:
        check_dismiss(caller, number, self.complaints.get(number), self._about(number, now), document)
        self._close(number, ComplaintStatus.DISMISSED, now)
        return {"complaint": str(number), "documentHash": shown(document)}

    def uphold(
        self, caller: Caller, number: int, remedy: int, place: int, document: bytes, now: int
    ) -> dict[str, Any]:
        facts, ground = self.complaints.get(number), self._about(number, now)
        check_uphold(caller, number, facts, ground, remedy, place, document, out=False)
        due = self.time(now) + self.fixed.procedure.remedy_period
        self.complaints[number] = replace(
            self.complaints[number],
            status=ComplaintStatus.UPHELD,
            remedy=Remedy(remedy),
            place=place,
            due=due,
        )
        return {
            "complaint": str(number), "remedy": remedy, "place": place, "documentHash": shown(document), "due": due,
        }  # fmt: skip

    def execute(self, caller: Caller, number: int, act: bytes, now: int) -> dict[str, Any]:
        ground = self._about(number, now)
        check_execute(caller, number, self.complaints.get(number), ground, self.signing(act, now))
        return self._remedy(number, bytes(32), now)

    def enforce(self, caller: Caller, number: int, document: bytes, now: int) -> dict[str, Any]:
        check_enforce(caller, number, self.complaints.get(number), self._about(number, now), document)
        return self._remedy(number, document, now)

    def suspend(self, caller: Caller, document: bytes, now: int) -> dict[str, Any]:
        check_suspend(caller, self.complained_of(0, now), document)
        self.tender = replace(self.tender, suspended_at=now, watched=True)
        return {"documentHash": shown(document)}

    def resume(self, caller: Caller, document: bytes, now: int) -> dict[str, Any]:
        check_resume(caller, self.complained_of(0, now), document)
        start, self.tender = self.tender.suspended_at, replace(self.tender, suspended_at=0)
        self.tender = paused(self.tender, start, now)
        return {"documentHash": shown(document)}

    # Cancellation of the whole tender

    def cancel(self, caller: Caller, document: bytes, act: bytes, now: int) -> dict[str, Any]:
        clock, reason = self.clock(now), CancellationReason.NO_DEMAND
        check_cancel(
            caller, self.fixed.number, self.tender, self.fixed.procedure, 0, reason, document, own=self.tender.whole,
            clock=clock, signing=self.signing(act, now),
        )  # fmt: skip
        self.tender = replace(self.tender, reason=reason, stopped_at=now, consent_due=True)
        return {"lot": 0, "reason": int(reason), "documentHash": shown(document), "cancelsAt": 0}

    def consent(self, caller: Caller, document: bytes, now: int) -> dict[str, Any]:
        check_consent(
            caller, self.fixed.number, self.tender, self.fixed.procedure, 0, document, own=self.tender.whole, independent=True,
            clock=self.clock(now),
        )  # fmt: skip
        ends = self.time(now) + self.fixed.procedure.cancel_window
        self.tender = replace(self.tender, consent_due=False, cancels_at=ends)
        return {"lot": 0, "documentHash": shown(document), "cancelsAt": ends}

    # Effects

    def _about(self, number: int, now: int) -> Ground:
        known = self.complaints.get(number)
        return self.complained_of(known.lot if known else 0, now)

    def _remedy(self, number: int, document: bytes, now: int) -> dict[str, Any]:
        remedy = applied(self.complaints[number], self.tender, ordered=any(document))
        time, lot = self.time(now), self.complaints[number].lot
        self._close(number, ComplaintStatus.REMEDIED, now)
        if remedy is Remedy.CANCEL_TENDER:
            assert lot == 0, "this model cancels all of it or nothing"
            ends = min(time, self.tender.cancels_at or time)
            self.tender = replace(
                self.tender, reason=CancellationReason.ORDERED, consent_due=False, cancels_at=ends,
                stopped_at=self.tender.stopped_at or now,
            )  # fmt: skip
        elif remedy is Remedy.UNDO_CANCELLATION:
            start = self.tender.stopped_at
            back = replace(self.tender, cancels_at=0, consent_due=False, stopped_at=0)
            self.tender = paused(back, start, now) if start else back
        else:
            rescore = remedy is Remedy.RESCORE
            self.evaluation = redone(self.evaluation, now, rescore=rescore)
            self.out = frozenset()
            self.tender = replace(
                self.tender, technical_ends=0, technical_failed=0, opened_bids=len(self.first)
            )
            if rescore:
                self._begin()
        return {"complaint": str(number), "remedy": int(remedy), "documentHash": shown(document)}

    def _begin(self) -> None:
        self.sealed, self.words = {}, {}

    def _rank_by_points(self) -> None:
        if self.fixed.procedure.award_rule:
            evaluators = self.evaluation.complete.bit_count()
            self.points = Points(self.fixed.setup.criteria, evaluators, self.words)

    def _close(self, number: int, status: ComplaintStatus, now: int) -> None:
        facts = self.complaints[number]
        self.complaints[number] = replace(facts, status=status)
        known = queue_of(self.tender, facts.lot, facts.stage)
        left = tuple(each for each in known.open if each != number)
        self._queue(replace(known, open=left, closed_at=now))

    def _queue(self, queue: Queue) -> None:
        others = [each for each in self.tender.queues if (each.lot, each.stage) != (queue.lot, queue.stage)]
        self.tender = replace(self.tender, queues=(*others, queue), watched=True)

    def _by(self, evaluator: Evaluator, seat: int) -> dict[str, Any]:
        return {"seat": seat, "evaluator": evaluator.address}
