"""Scores before any price, votes on acts, the technical result, the release of prices: what EvaluationDesk refuses, in the order in which
it does, what each act leaves behind, and where a bid stands by points.

The order is 404, 403, four eyes, other 409, 422, as contracts/README.md lists it; errors of called contracts stand where they are called.
Seats count from 0, which is the independent one; sets of seats are bits. Bids are known by their index in the box. Times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chain.errors.contracts import (
    BidBoxReleaseRefused,
    EvaluationDeskBidInvalid,
    EvaluationDeskHashZero,
    EvaluationDeskNoPanel,
    EvaluationDeskNotOpened,
    EvaluationDeskOnlyOnce,
    EvaluationDeskPageInvalid,
    EvaluationDeskPanelSufficient,
    EvaluationDeskPointsInvalid,
    EvaluationDeskReasonInvalid,
    EvaluationDeskRoleConflict,
    EvaluationDeskRoleMissing,
    EvaluationDeskScoreMismatch,
    EvaluationDeskScoreNotDue,
    EvaluationDeskScoresShort,
    EvaluationDeskSetupMismatch,
    EvaluationDeskVoteMissing,
    EvaluationDeskVotesShort,
    EvaluationDeskWindowOpen,
    TenderBoardPanelInvalid,
    TenderBoardStatusWrong,
)
from chain.rules.deadlines import Clock
from chain.rules.four_eyes import NOT_PROPOSED, Signing, require_signed
from chain.rules.hashes import lifted, page_hash, setup_hash
from chain.rules.panels import Evaluator, check_evaluator, votes_needed
from chain.rules.registry import may
from chain.rules.tenders import NEVER, Caller, clock_of, opening_times, require_tender, tender_status
from chain.types import (
    Asked,
    Criterion,
    DisqualificationReason,
    EvaluationFacts,
    PanelVote,
    Procedure,
    Role,
    Setup,
    TenderFacts,
    TenderStatus,
    moment,
    seats_of,
    to_hex,
)

__all__ = [
    "BEST", "PAGE", "SCALE", "Evaluation", "Points", "Sealed", "added", "begun", "called", "check_call", "check_commit", "check_decide",
    "check_release", "check_replace", "check_reveal", "check_vote", "committed", "decided", "pages_of", "points_of", "redone",
    "replaced", "require_votes", "revealed", "suffices", "voted", "votes_now", "word_of",
]  # fmt: skip

PAGE = 16
"""Indexes of bids whose scores are revealed together."""

SCALE = 10**6
"""The most that a bid has for a criterion, or for its price, before the weight."""

_WHOLE = 10_000  # basis points
_BITS = 16  # of a criterion in a word of points
_DECIDING = (TenderStatus.TECHNICAL, TenderStatus.AWARDING)
_LATER = (DisqualificationReason.ABNORMALLY_LOW, DisqualificationReason.REFUSED_TO_SIGN)

BEST = _WHOLE * SCALE
"""The score of a bid that has all of the points and the least price."""


# Points


def word_of(points: Sequence[int]) -> int:
    """A bid's points, in the order of the criteria, as the contract takes them: a word, 16 bits each."""
    return sum(each << _BITS * place for place, each in enumerate(points))


def points_of(word: int, criteria: int) -> tuple[int, ...]:
    """A bid's points for so many criteria."""
    return tuple(word >> _BITS * place & 2**_BITS - 1 for place in range(criteria))


def pages_of(bids: int) -> int:
    """Pages of the scores of a box with so many bids, withdrawn ones too."""
    return -(-bids // PAGE)


def added(
    words: Mapping[int, int], page: int, opened: Collection[int], given: Sequence[int]
) -> dict[int, int]:
    """Points over all evaluators, by index of a bid, once a page of another one is in."""
    due = [index for index in range(page * PAGE, (page + 1) * PAGE) if index in opened]
    sums = {index: words.get(index, 0) + word for index, word in zip(due, given, strict=True)}
    return {**words, **sums}


@dataclass(frozen=True)
class Points:
    """What a ranking by points goes by. ``evaluators``: how many revealed all of their scores; ``words``: points over all of them, by index
    of a bid."""

    criteria: tuple[Criterion, ...]
    evaluators: int
    words: Mapping[int, int]

    @property
    def price_weight(self) -> int:
        """Of the price, bps."""
        return _WHOLE - sum(criterion.weight_bps for criterion in self.criteria)

    def shares(self, index: int) -> tuple[int, ...]:
        """What a bid has of each criterion, of ``SCALE``, rounded down."""
        points = points_of(self.words.get(index, 0), len(self.criteria))
        return tuple(
            got * SCALE // (self.evaluators * criterion.max_points)
            for got, criterion in zip(points, self.criteria, strict=True)
        )

    def score(self, index: int, price: int, least: int) -> int:
        """Of ``BEST``; ``least``: the lowest price that may win."""
        weights = [criterion.weight_bps for criterion in self.criteria]
        quality = sum(weight * share for weight, share in zip(weights, self.shares(index), strict=True))
        return quality + self.price_weight * (least * SCALE // price)

    def key(self, index: int, price: int, least: int) -> int:
        """EvaluationDesk.keyOf: the least is the best."""
        return BEST + 1 - self.score(index, price, least)


# An evaluation


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of a tender and the time. ``tender``: its facts, None where there is none; ``replaced``: who sits in a seat instead of
    whom the terms name, by seat."""

    number: int
    tender: TenderFacts | None
    procedure: Procedure
    facts: EvaluationFacts
    clock: Clock
    replaced: Mapping[int, str] = field(default_factory=dict)

    def known(self) -> TenderFacts:
        """The tender. Raises TenderBoardNotFound."""
        return require_tender(self.number, self.tender)

    @property
    def own_clock(self) -> Clock:
        """The clock of the tender."""
        return clock_of(self.known(), self.clock)

    def status(self) -> TenderStatus:
        """The tender's."""
        return tender_status(self.known(), self.procedure, self.clock)

    def after(self, start: int) -> int:
        """A scorePeriod after a time."""
        return self.own_clock.end_after(start, self.procedure.score_period)

    @property
    def reveals(self) -> tuple[int, int]:
        """From when, and until when, scores are revealed, once the time to commit them is over; ``NEVER`` until somebody did."""
        if not self.facts.started_at:
            return NEVER, NEVER
        start = self.after(self.facts.started_at)
        return start, self.after(start)

    def require_reveals(self) -> None:
        """Whether scores are revealed now. Raises EvaluationDeskNotOpened, TenderBoardStatusWrong, EvaluationDeskScoreNotDue."""
        self.require_technical()
        start, until = self.reveals
        if not start <= self.clock.now < until:
            raise EvaluationDeskScoreNotDue(self.number, moment(start), moment(until))

    def holder(self, setup: Setup, seat: int) -> str:
        """The account that sits in a seat."""
        return self.replaced.get(seat, setup.panel[seat])

    def require_setup(self, setup: Setup) -> None:
        """Raises EvaluationDeskSetupMismatch."""
        if setup_hash(setup) != self.known().setup_hash:
            raise EvaluationDeskSetupMismatch(self.number)

    def require_seat(self, caller: Evaluator, setup: Setup, seat: int) -> None:
        """Raises EvaluationDeskSetupMismatch, -RoleMissing, -RoleConflict."""
        self.require_setup(setup)
        sits = seat < len(setup.panel) and self.holder(setup, seat) == caller.address
        if not sits or not may(caller.person, caller.member, Role.EVALUATOR, self.clock.now):
            raise EvaluationDeskRoleMissing("EVALUATOR", caller.address)
        reviews = caller.person.member == self.known().review_body
        if reviews or caller.bids or (seat == 0 and not caller.independent):
            raise EvaluationDeskRoleConflict("EVALUATOR", caller.address)

    def require_signed(self, caller: Caller, signing: Signing) -> None:
        """Raises EvaluationDeskRoleMissing, or the refusals of FourEyes."""
        tender, now = self.known(), self.clock.now
        require_signed(caller, tender.buyer, tender.four_eyes, signing, now, EvaluationDeskRoleMissing)

    def require_technical(self) -> None:
        """Raises EvaluationDeskNotOpened, TenderBoardStatusWrong."""
        status = self.status()
        if status is TenderStatus.TECHNICAL:
            return
        # What is left after the result are prices.
        if self.known().left and not self.facts.standstill_ends:
            raise EvaluationDeskNotOpened(self.number, self.known().left)
        raise TenderBoardStatusWrong(self.number, status)

    def require_deciding(self) -> None:
        """What the panel decides on is decided then alone. Raises TenderBoardStatusWrong."""
        status = self.status()
        if status not in _DECIDING:
            raise TenderBoardStatusWrong(self.number, status)

    def is_score_missing(self, seat: int) -> bool:
        """Whether its scores did not come in their time, or nobody's did, and there is no result without them. Raises
        EvaluationDeskNotOpened, TenderBoardStatusWrong."""
        self.require_technical()
        facts, now = self.facts, self.clock.now
        if not self.procedure.award_rule:
            return False
        if not facts.started_at:
            # The envelopes are all open by the end of the opening: nobody has less than scorePeriod.
            opened = opening_times(self.known(), self.procedure, self.clock).void_from
            return now >= self.after(max(facts.round_at, opened))
        start, until = self.reveals
        if now >= until:
            return seat not in seats_of(facts.complete) and not suffices(facts, self.procedure)
        if now < start or seat in seats_of(facts.committed):
            return False
        best = replace(facts, begun=facts.committed, complete=facts.committed)
        return not suffices(best, self.procedure)

    def is_vote_missing(self, seat: int, seats: int, votes: PanelVote) -> bool:
        """Whether it is silent about an act since scorePeriod, and the others of so many seats did not decide. Raises
        TenderBoardStatusWrong."""
        self.require_deciding()
        if not votes.called_at or seat in seats_of(votes.yes | votes.no):
            return False
        needed = votes_needed(seats)
        if any(len(seats_of(side)) >= needed for side in (votes.yes, votes.no)):
            return False
        return self.clock.now >= self.after(votes.called_at)

    def require_scores(self) -> None:
        """Raises EvaluationDeskScoreNotDue while some may still come, EvaluationDeskScoresShort."""
        facts, (_, until) = self.facts, self.reveals
        complete = seats_of(facts.complete)
        if len(complete) != self.known().panel and self.clock.now < until:
            raise EvaluationDeskScoreNotDue(self.number, moment(0), moment(until))
        if not suffices(facts, self.procedure):
            besides = len([seat for seat in complete if seat])
            raise EvaluationDeskScoresShort(self.number, self.procedure.min_evaluators, besides)


@dataclass(frozen=True)
class Sealed:
    """What an evaluator committed to in a round, 32 zero bytes = nothing, and how many pages of it are revealed."""

    commitment: bytes = bytes(32)
    pages: int = 0


def suffices(facts: EvaluationFacts, procedure: Procedure) -> bool:
    """Whether there is a result by these scores: who revealed a part may have seen the others' first, so a round counts where nobody did,
    with the independent one and enough besides."""
    complete = seats_of(facts.complete)
    return facts.begun == facts.complete and 0 in complete and len(complete) - 1 >= procedure.min_evaluators


def votes_now(facts: EvaluationFacts, votes: PanelVote) -> PanelVote:
    """The votes that count of those that are stored. What was called for before the last result is void; of an earlier sitting no votes
    count, and the panel is called anew from when this one began."""
    if not votes.called_at or votes.results != facts.results:
        return PanelVote(0, facts.sitting, facts.results)
    if votes.sitting == facts.sitting:
        return votes
    return PanelVote(max(votes.called_at, facts.sitting_at), facts.sitting, facts.results)


def require_votes(number: int, panel: int, votes: PanelVote, procedure: Procedure, clock: Clock) -> None:
    """EvaluationDesk.takeVotes: more than half of ``panel`` seats are for the act, and the independent one voted, whichever way, or was
    silent for scorePeriod. ``votes``: as they count now (``votes_now``); ``clock``: of the tender.

    Raises EvaluationDeskVotesShort, -VoteMissing.
    """
    needed, got = votes_needed(panel), len(seats_of(votes.yes))
    if got < needed:
        raise EvaluationDeskVotesShort(number, needed, got)
    if 0 in seats_of(votes.yes | votes.no):
        return
    until = clock.end_after(votes.called_at, procedure.score_period)
    if clock.now < until:
        raise EvaluationDeskVoteMissing(number, moment(until))


# Refusals


def check_commit(
    caller: Evaluator, evaluation: Evaluation, setup: Setup, seat: int, commitment: bytes
) -> None:
    """EvaluationDesk.commitScores."""
    number, facts = evaluation.number, evaluation.facts
    evaluation.require_seat(caller, setup, seat)
    evaluation.require_technical()
    if not setup.criteria:
        raise EvaluationDeskScoreNotDue(number, moment(0), moment(0))
    if facts.started_at:
        until = evaluation.after(facts.started_at)
        # An outage may give back time that was over; what was revealed meanwhile is known.
        if evaluation.clock.now >= until or facts.begun:
            raise EvaluationDeskScoreNotDue(number, moment(facts.started_at), moment(until))
    if seat in seats_of(facts.committed):
        raise EvaluationDeskOnlyOnce(number, "commitment", to_hex(lifted(caller.address)))
    _require_given("commitment", commitment)


def check_reveal(
    caller: Evaluator,
    evaluation: Evaluation,
    setup: Setup,
    seat: int,
    page: int,
    words: Sequence[int],
    page_hashes: Sequence[bytes],
    commitment: bytes,
    *,
    scores: Sealed,
    bids: int,
    opened: Collection[int],
) -> None:
    """EvaluationDesk.revealScores; ``commitment``: what ``page_hashes`` and the salt come to (``hashes.scores_commitment``); ``scores``: of
    this seat in the present round; ``bids``: of the box; ``opened``: indexes of bids whose technical envelope is open."""
    number = evaluation.number
    evaluation.require_seat(caller, setup, seat)
    evaluation.require_reveals()
    if commitment != scores.commitment:
        raise EvaluationDeskScoreMismatch(number, caller.address)
    pages = pages_of(bids)
    if len(page_hashes) != pages:
        raise EvaluationDeskPageInvalid(pages, len(page_hashes))
    if page != scores.pages or page >= pages:
        raise EvaluationDeskPageInvalid(scores.pages, page)
    if page_hash(words) != page_hashes[page]:
        raise EvaluationDeskScoreMismatch(number, caller.address)
    due = [index for index in range(page * PAGE, min((page + 1) * PAGE, bids)) if index in opened]
    for place in range(len(due)):
        if place >= len(words):
            raise EvaluationDeskPageInvalid(place + 1, len(words))
        _require_points(number, setup.criteria, words[place])
    if len(words) != len(due):
        raise EvaluationDeskPageInvalid(len(due), len(words))


def check_call(caller: Caller, evaluation: Evaluation, act: bytes, *, votes: PanelVote) -> None:
    """EvaluationDesk.callVote; ``votes``: on the act, as they count now (``votes_now``)."""
    tender = evaluation.known()
    if not caller.runs(tender.buyer, Role.OFFICER, evaluation.clock.now):
        raise EvaluationDeskRoleMissing("OFFICER", caller.address)
    if not tender.panel:
        raise EvaluationDeskNoPanel(evaluation.number)
    evaluation.require_deciding()
    if votes.called_at:
        raise EvaluationDeskOnlyOnce(evaluation.number, "call", to_hex(act))
    _require_given("act", act)


def check_vote(
    caller: Evaluator, evaluation: Evaluation, setup: Setup, seat: int, *, votes: PanelVote
) -> None:
    """EvaluationDesk.vote; ``votes``: on the act, as they count now (``votes_now``)."""
    evaluation.require_seat(caller, setup, seat)
    evaluation.require_deciding()
    if not votes.called_at:
        raise EvaluationDeskVoteMissing(evaluation.number, moment(0))
    if seat in seats_of(votes.yes | votes.no):
        raise EvaluationDeskOnlyOnce(evaluation.number, "vote", to_hex(lifted(caller.address)))


def check_replace(
    caller: Caller,
    evaluation: Evaluation,
    setup: Setup,
    seat: int,
    evaluator: Evaluator,
    document_hash: bytes,
    *,
    votes: PanelVote | None = None,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """EvaluationDesk.replaceEvaluator; ``votes``: on the act about which the present one is silent, as they count now (``votes_now``), None
    where it is for want of scores; ``signing``: of an act with four eyes."""
    tender, number, seats = evaluation.known(), evaluation.number, len(setup.panel)
    evaluation.require_signed(caller, signing)
    evaluation.require_setup(setup)
    if seat >= seats:
        raise EvaluationDeskNoPanel(number)
    is_due = (
        evaluation.is_score_missing(seat) if votes is None else evaluation.is_vote_missing(seat, seats, votes)
    )
    if not is_due:
        raise EvaluationDeskPanelSufficient(number)
    for each in range(seats):
        if evaluation.holder(setup, each) == evaluator.address:
            raise TenderBoardPanelInvalid(number, seats, each)
    check_evaluator(number, seat, evaluator, tender.buyer, tender.review_body, evaluation.clock.now)
    _require_given("documentHash", document_hash)


def check_decide(
    caller: Caller,
    evaluation: Evaluation,
    failed: Sequence[int],
    reasons: Sequence[int],
    document_hash: bytes,
    *,
    votes: PanelVote,
    opened: Collection[int],
    curing: Mapping[int, Asked],
    signing: Signing = NOT_PROPOSED,
) -> None:
    """EvaluationDesk.decideTechnical; ``votes``: on this very act, as they count now (``votes_now``); ``opened``: indexes of bids whose
    technical envelope is open; ``curing``: by index of a bid; ``signing``: of an act with four eyes."""
    tender, number = evaluation.known(), evaluation.number
    evaluation.require_signed(caller, signing)
    evaluation.require_technical()
    if evaluation.procedure.award_rule:
        evaluation.require_scores()
    if tender.panel:
        require_votes(number, tender.panel, votes, evaluation.procedure, evaluation.own_clock)
    _require_given("documentHash", document_hash)
    if len(failed) != len(reasons):
        raise EvaluationDeskPageInvalid(len(failed), len(reasons))
    last = -1
    for index, reason in zip(failed, reasons, strict=True):
        if index <= last or index not in opened:
            raise EvaluationDeskBidInvalid(number, index)
        # No price is known yet, and nobody was asked to sign.
        if reason not in tuple(DisqualificationReason)[1:] or reason in _LATER:
            raise EvaluationDeskReasonInvalid(number, reason)
        _require_cured(evaluation, curing.get(index, Asked()))
        last = index


def check_release(evaluation: Evaluation, phase: int) -> None:
    """EvaluationDesk.releasePrices; ``phase``: of the box."""
    evaluation.known()
    status = evaluation.status()
    opens = status in (TenderStatus.OPENING, TenderStatus.FALLBACK)
    if not opens or not evaluation.facts.standstill_ends:
        raise TenderBoardStatusWrong(evaluation.number, status)
    if phase:
        raise BidBoxReleaseRefused(evaluation.number, phase)


# Effects


def committed(facts: EvaluationFacts, seat: int, now: int) -> EvaluationFacts:
    """The evaluation once a seat committed scores: the first opens the round's window."""
    return replace(facts, started_at=facts.started_at or now, committed=facts.committed | 1 << seat)


def revealed(facts: EvaluationFacts, seat: int, *, is_last: bool) -> EvaluationFacts:
    """The evaluation once a seat revealed a page, its last one or not."""
    whole = 1 << seat if is_last else 0
    return replace(facts, begun=facts.begun | 1 << seat, complete=facts.complete | whole)


def called(facts: EvaluationFacts, now: int) -> PanelVote:
    """The votes on an act once the panel is called."""
    return PanelVote(now, facts.sitting, facts.results)


def voted(facts: EvaluationFacts, votes: PanelVote, seat: int, *, support: bool) -> PanelVote:
    """The votes on an act, of those that are stored, once a seat voted."""
    now = votes_now(facts, votes)
    return replace(now, yes=now.yes | 1 << seat) if support else replace(now, no=now.no | 1 << seat)


def replaced(facts: EvaluationFacts, now: int, *, silent_in_scores: bool) -> EvaluationFacts:
    """The evaluation once an evaluator was replaced: all vote anew, and where it gave no scores, score anew."""
    seated = replace(facts, sitting=facts.sitting + 1, sitting_at=now)
    return begun(seated, now) if silent_in_scores else seated


def begun(facts: EvaluationFacts, now: int) -> EvaluationFacts:
    """The evaluation once a new round begins: what was scored before is void."""
    return replace(facts, round=facts.round + 1, round_at=now, started_at=0, committed=0, begun=0, complete=0)


def decided(facts: EvaluationFacts, failed: int, standstill_ends: int) -> EvaluationFacts:
    """The evaluation once so many bids failed; ``standstill_ends``: stored end of the time to complain about it."""
    return replace(facts, standstill_ends=standstill_ends, failed=failed, results=facts.results + 1)


def redone(facts: EvaluationFacts, now: int, *, rescore: bool) -> EvaluationFacts:
    """The evaluation once its result fell: by Remedy.RESCORE (``rescore``) a new round begins as well."""
    fallen = replace(facts, standstill_ends=0, failed=0)
    return begun(fallen, now) if rescore else fallen


def _require_points(number: int, criteria: Sequence[Criterion], word: int) -> None:
    points = points_of(word, len(criteria))
    for place, (got, criterion) in enumerate(zip(points, criteria, strict=True)):
        if got > criterion.max_points:
            raise EvaluationDeskPointsInvalid(number, place, criterion.max_points, got)
    if rest := word >> _BITS * len(criteria):
        raise EvaluationDeskPointsInvalid(number, len(criteria), 0, rest)


def _require_cured(evaluation: Evaluation, asked: Asked) -> None:
    if not asked.until or asked.given:
        return
    until = evaluation.own_clock.end_of(asked.until)
    if evaluation.clock.now < until:
        raise EvaluationDeskWindowOpen(evaluation.number, moment(until))


def _require_given(name: str, value: bytes) -> None:
    if not any(value):
        raise EvaluationDeskHashZero(name)
