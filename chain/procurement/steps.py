"""What can be done about a tender now, by whom, until when, and why not yet.

Each act is built as if somebody with its role asked for it, by the same code that acts: a refusal here is the one that the act would meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from chain.errors.base import LicitaError
from chain.errors.contracts import OpeningCommitteeSharesMissing
from chain.procurement.acts import Acts
from chain.procurement.agreeing import Agreeing
from chain.procurement.agreement_steps import agreement_steps
from chain.procurement.award_acts import AwardActs
from chain.procurement.awarding import AwardFacts
from chain.procurement.complaining import Complaints
from chain.procurement.complaint_acts import ComplaintActs
from chain.procurement.evaluating import Evaluations
from chain.procurement.evaluation_acts import EvaluationActs
from chain.procurement.facts import Facts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed import SealedFacts
from chain.procurement.step import (
    ACCOUNT,
    PAPER,
    SOMEBODY,
    Step,
    as_officer,
    as_person,
    as_supplier,
    once,
    signers_of,
    step,
)
from chain.rules.bids import BidFacts, check_submit, opening_due
from chain.rules.complaints import STAGES
from chain.rules.evaluation import Evaluation, votes_now
from chain.rules.openings import PAGE as OPENING_PAGE
from chain.rules.openings import Due, check_reveal_due, check_shares_due
from chain.rules.tenders import NEVER, clock_of, opening_times, require_bidding, tender_status
from chain.types import (
    ComplaintStage,
    ComplaintStatus,
    PanelVote,
    Procedure,
    Role,
    TenderFacts,
    seats_of,
)

__all__ = ["Step", "steps_of"]


def steps_of(
    facts: Facts, sealed: SealedFacts, awards: AwardFacts, complaints: Complaints, evaluations: Evaluations, agreements: Agreeing,
    number: int,
) -> list[Step]:  # fmt: skip
    """The acts of a tender that is there, in the order of its life; once it has ended, those of its agreements alone."""
    known = facts.tender(number)
    procedure = facts.procedure(known.procedure, known.procedure_version)[0] if known else None
    assert known is not None and procedure is not None, "asked of a tender that is there"
    read = once(facts), once(sealed), once(awards), once(complaints), once(evaluations)
    agreed = agreement_steps(read[0], read[2], once(agreements), number)
    if tender_status(known, procedure, facts.clock()).is_end:
        return agreed
    about = _About(*read, number, known, procedure)
    return [
        *about.terms(), *about.bids(), *about.opening(), *about.evaluation(), *about.awards(), *agreed, *about.complaints(),
    ]  # fmt: skip


class _About:
    """The acts of one tender, with all that is read once."""

    def __init__(
        self, facts: Facts, sealed: SealedFacts, awards: AwardFacts, complaints: Complaints, evaluations: Evaluations, number: int,
        known: TenderFacts, procedure: Procedure,
    ) -> None:  # fmt: skip
        self._facts, self._sealed, self._desk, self._complaints = facts, sealed, awards, complaints
        self._evaluations = evaluations
        self._number, self._known, self._procedure = number, known, procedure
        self._clock = facts.clock()
        self._own_clock = clock_of(known, self._clock)
        self._end = self._own_clock.end_of(known.deadline)
        self._signers = signers_of(known)

    def terms(self) -> Iterator[Step]:
        """TenderBoard."""
        number = self._number
        officer, supplier = (
            Acts(as_officer(self._facts, self._known.buyer), proposing=True),
            Acts(as_supplier(self._facts, SOMEBODY)),
        )
        yield step(
            "TenderBoard", "ask", "SUPPLIER", lambda: supplier.ask(ACCOUNT, "steps", number, "?", "?"),
            until=self._end - self._procedure.enquiry_cutoff,
        )  # fmt: skip
        open_question = next(
            (q for q in range(1, self._known.questions + 1) if not self._facts.answered(number, q)), None
        )
        if open_question is not None:
            yield step(
                "TenderBoard", "answer", "OFFICER", lambda: officer.answer(ACCOUNT, number, open_question, ".")
            )  # fmt: skip
        yield step(
            "TenderBoard", "amend", self._signers,
            lambda: require_bidding(number, self._known, self._procedure, self._clock), until=self._end,
        )  # fmt: skip
        yield step(
            "TenderBoard", "cancel", self._signers, lambda: officer.cancel(ACCOUNT, number, 0, "ordered", PAPER)
        )  # fmt: skip

    def bids(self) -> Iterator[Step]:
        """BidBox."""
        yield step(
            "BidBox", "submit", "SUPPLIER", lambda: check_submit(
                ACCOUNT, self._number, self._known, self._procedure, allowed=True, bid=BidFacts(),
                bids=self._sealed.bid_count(self._number), terms_hash=self._known.terms_hash, declarations=SOMEBODY,
                envelopes=self._procedure.envelopes, clock=self._clock,
            ), until=self._end,
        )  # fmt: skip

    def opening(self) -> Iterator[Step]:
        """OpeningCommittee, until every bid is open."""
        if self._known.live_bids and self._known.left == 0:
            return
        # The prices, which nobody may have released yet.
        phase = 1 if self._known.technical_ends else 0
        due = opening_due(
            self._number, self._known, self._procedure, self._clock, self._sealed.phase(self._number)
        )
        now, until = self._clock.now, None if due.void_from == NEVER else due.void_from
        period = self._facts.period
        for function, who, check in (
            ("postShares", "OPENER", lambda: check_shares_due(due, phase, now - period, period)),
            ("openPage", "", lambda: self._require_shares(due, phase)),
            ("selfReveal", "SUPPLIER", lambda: check_reveal_due(due, phase, now)),
        ):
            yield step("OpeningCommittee", function, who, check, until=until)

    def _require_shares(self, due: Due, phase: int) -> None:
        """Raises what refuses the opening of every page that is not open yet."""
        check_shares_due(due, phase, self._clock.now)
        keyset = OpeningActs(self._facts, self._sealed).holder(self._number)
        live = self._sealed.live(self._number, phase)
        for page in sorted({each.index // OPENING_PAGE for each in live if not each.opened}):
            posted = self._sealed.posted(self._number, phase, page, keyset.id)
            if len(posted) >= keyset.threshold:
                return
        missing = next(seat for seat in range(1, len(keyset.members) + 1) if seat not in posted)
        raise OpeningCommitteeSharesMissing(self._number, page, missing)

    def evaluation(self) -> Iterator[Step]:
        """EvaluationDesk: scores seat by seat, votes act by act, the result, the prices."""
        known, number = self._known, self._number
        if known.envelopes == 1 and not known.panel:
            return
        live, officer = (
            self._panel(self._facts),
            self._panel(as_officer(self._facts, self._known.buyer)),
        )
        at, setup = live.at(number), self._facts.terms(number).setup
        seats = {seat: at.holder(setup, seat) for seat in range(known.panel)}
        if known.envelopes == 2 and not known.technical_ends:
            yield from self._scores(live, at, seats)
            if known.panel:
                yield self._desk_step(
                    "callVote", "OFFICER", lambda: officer.call_technical(ACCOUNT, number, (), PAPER)
                )
            yield self._desk_step(
                "decideTechnical", self._signers, lambda: officer.require_result(ACCOUNT, number, self._best)
            )
        called = self._evaluations.called(number)
        yield from self._votes(live, at, seats, called)
        for seat in seats:
            if self._is_silent(at, seat, called):
                yield Step("EvaluationDesk", "replaceEvaluator", self._signers, seat=seat)
        if known.technical_ends and not self._sealed.phase(number):
            until = opening_times(known, self._procedure, self._clock).void_from
            yield self._desk_step(
                "releasePrices", "", lambda: live.release(number), until=None if until == NEVER else until
            )

    def _scores(self, live: EvaluationActs, at: Evaluation, seats: Mapping[int, str]) -> Iterator[Step]:
        """What each seat owes of its scores."""
        if not self._procedure.award_rule:
            return
        start, until = at.reveals
        for seat, holder in seats.items():
            if not at.facts.committed >> seat & 1:
                yield self._desk_step(
                    "commitScores", "EVALUATOR", partial(live.commit, holder, self._number, SOMEBODY), seat=seat,
                    until=None if start == NEVER else start,
                )  # fmt: skip
            elif not at.facts.complete >> seat & 1:
                yield self._desk_step("revealScores", "EVALUATOR", at.require_reveals, seat=seat, until=until)

    def _votes(
        self, live: EvaluationActs, at: Evaluation, seats: Mapping[int, str], called: Mapping[bytes, PanelVote]
    ) -> Iterator[Step]:  # fmt: skip
        """The votes that are waited for."""
        for act, stored in called.items():
            votes = votes_now(at.facts, stored)
            for seat, holder in seats.items():
                if votes.called_at and not (votes.yes | votes.no) >> seat & 1:
                    yield self._desk_step(
                        "vote", "EVALUATOR", partial(live.vote, holder, self._number, act, True), seat=seat, act=act,
                        until=at.after(votes.called_at),
                    )  # fmt: skip

    def _is_silent(self, at: Evaluation, seat: int, called: Mapping[bytes, PanelVote]) -> bool:
        """Whether another may be put in a seat now."""
        votes = (votes_now(at.facts, each) for each in called.values())
        if any(at.is_vote_missing(seat, self._known.panel, each) for each in votes):
            return True
        try:
            return at.is_score_missing(seat)
        except LicitaError:
            return False

    @property
    def _best(self) -> PanelVote:
        """The votes on whatever act has most for it: which act is meant, whoever decides knows."""
        facts = self._evaluations.evaluation(self._number)
        called = (votes_now(facts, each) for each in self._evaluations.called(self._number).values())
        return max(called, key=lambda votes: len(seats_of(votes.yes)), default=PanelVote())

    def _panel(self, facts: Facts) -> EvaluationActs:
        return EvaluationActs(facts, self._sealed, self._desk, self._evaluations, ACCOUNT, proposing=True)

    def _desk_step(
        self, function: str, who: str, build: Callable[[], object], *, seat: int | None = None, act: bytes | None = None,
        until: int | None = None,
    ) -> Step:  # fmt: skip
        return replace(step("EvaluationDesk", function, who, build, until=until), seat=seat, act=act)

    def awards(self) -> Iterator[Step]:
        """AwardDesk, lot by lot."""
        for lot in range(1, self._known.lots + 1):
            yield from self._lot(lot)
        number, officer = self._number, self._award_acts(as_officer(self._facts, self._known.buyer))
        due = opening_times(self._known, self._procedure, self._clock).open_from
        yield step(
            "AwardDesk", "extendDecision", "OFFICER", lambda: officer.extend(ACCOUNT, number, PAPER),
            until=self._own_clock.end_after(due, self._procedure.decision_period),
        )  # fmt: skip

    def _lot(self, lot: int) -> Iterator[Step]:
        number, desk = self._number, self._award_acts(as_officer(self._facts, self._known.buyer))
        facts = self._desk.lot(number, lot)
        if not facts.complete:
            yield step("AwardDesk", "tally", "", lambda: desk.tally(number, lot), lot)
        elif facts.ranked < facts.admissible:
            yield step("AwardDesk", "rank", "", lambda: desk.rank(number, lot), lot)
        decide = ("disqualify", "award")
        try:
            bid = desk.require_candidate(number, lot)
        except LicitaError as refusal:
            yield from (Step("AwardDesk", name, self._signers, lot, refusal=refusal) for name in decide)
            return
        asked = self._desk.explanation(number, lot, bid)
        if self._desk.is_low(number, lot, facts.head) and not asked.given:
            if not asked.until:
                yield step(
                    "AwardDesk", "askExplanation", "OFFICER",
                    lambda: desk.ask_explanation(ACCOUNT, number, lot, bid, PAPER), lot, bid,
                )  # fmt: skip
            else:
                own = self._award_acts(as_supplier(self._facts, self._desk.supplier_at(self._number, bid)))
                yield step(
                    "AwardDesk", "explain", "SUPPLIER", lambda: own.explain(ACCOUNT, number, lot, bid, PAPER), lot, bid,
                    until=self._own_clock.end_of(asked.until),
                )  # fmt: skip
        if self._known.panel:
            panel = self._panel(as_officer(self._facts, self._known.buyer))
            yield step(
                "EvaluationDesk", "callVote", "OFFICER", lambda: panel.call_award(ACCOUNT, number, lot, bid, PAPER), lot, bid
            )  # fmt: skip
        yield step(
            "AwardDesk", "disqualify", self._signers,
            lambda: desk.disqualify(ACCOUNT, number, lot, bid, "notQualified", PAPER), lot, bid,
        )  # fmt: skip
        drop = step("AwardDesk", "dropIneligible", "", lambda: desk.drop(number, lot, bid), lot, bid)
        if drop.refusal is None:
            yield drop
        yield step(
            "AwardDesk", "award", self._signers,
            lambda: desk.award(ACCOUNT, number, lot, bid, PAPER), lot, bid,
        )  # fmt: skip

    def _award_acts(self, facts: Facts) -> AwardActs:
        votes = self._best if self._known.panel else None
        return AwardActs(facts, self._sealed, self._desk, self._evaluations, proposing=True, votes=votes)

    def complaints(self) -> Iterator[Step]:
        """ComplaintDesk, and the consent to cancellations: what can be complained about now, and whatever an open complaint waits for."""
        number, known = self._number, self._known
        review = ComplaintActs(
            as_person(self._facts, self._known.review_body, Role.REVIEWER),
            self._sealed,
            self._desk,
            self._complaints,
        )
        for lot in range(known.lots + 1):
            yield from self._about(review, lot)
        for complaint in sorted(each for queue in known.queues for each in queue.open):
            yield from self._complaint(review, complaint)
        if known.suspended_at:
            yield step("ComplaintDesk", "resume", "REVIEWER", lambda: review.resume(ACCOUNT, number, PAPER))
        else:
            yield step("ComplaintDesk", "suspend", "REVIEWER", lambda: review.suspend(ACCOUNT, number, PAPER))

    def _about(self, review: ComplaintActs, lot: int) -> Iterator[Step]:
        number = self._number
        for stage in STAGES:
            # The terms are those of the whole tender.
            until = None if lot and stage is ComplaintStage.TERMS else review.window(number, lot, stage)
            if until is not None:
                yield Step("ComplaintDesk", "file", f"SUPPLIER, about {stage.word}", lot, until=until or None)
        if self._known.consent_due if lot == 0 else self._waits(lot):
            yield step(
                "TenderBoard", "consentCancel", "REVIEWER", lambda: review.consent(ACCOUNT, number, lot, PAPER), lot
            )  # fmt: skip

    def _complaint(self, review: ComplaintActs, number: int) -> Iterator[Step]:
        facts = self._complaints.complaint(number)
        assert facts is not None, "it waits in a queue"
        lot, until = facts.lot, self._own_clock.end_of(facts.due)
        if facts.status is ComplaintStatus.UPHELD:
            buyer = ComplaintActs(
                as_officer(self._facts, self._known.buyer),
                self._sealed,
                self._desk,
                self._complaints,
                proposing=True,
            )
            steps = [
                step(
                    "ComplaintDesk", "execute", self._signers, lambda: buyer.execute(ACCOUNT, number), lot, until=until
                ),
                step(
                    "ComplaintDesk", "enforce", "REVIEWER", lambda: review.enforce(ACCOUNT, number, PAPER), lot
                ),
            ]  # fmt: skip
        else:
            filed = facts.status is ComplaintStatus.FILED
            first = ("admit", "reject") if filed else ("uphold", "dismiss")
            does = (
                (
                    lambda: review.admit(ACCOUNT, number, PAPER),
                    lambda: review.reject(ACCOUNT, number, PAPER),
                )
                if filed
                else (lambda: review.dismiss(ACCOUNT, number, PAPER),) * 2
            )
            steps = [
                step("ComplaintDesk", name, "REVIEWER", do, lot, until=until)
                for name, do in zip(first, does, strict=True)
            ]
            steps.append(Step("ComplaintDesk", "withdraw", "SUPPLIER", lot))
        yield from (replace(step, complaint=number) for step in steps)

    def _waits(self, lot: int) -> bool:
        """Whether the cancellation of a lot waits for the consent of the review body."""
        own = self._facts.cancellation(self._number, lot)
        return own.proposed_at != 0 and own.cancels_at == 0
