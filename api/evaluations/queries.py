"""Evaluations as the API shows them: scores once they are revealed, votes with dissent, what is decided."""

from __future__ import annotations

from api.auth import AccountCaller, Anyone
from api.deps import Service
from api.evaluations.schemas import (
    CriterionBody,
    EvaluationBody,
    FailedBody,
    PanelDecisionBody,
    PanelSeatBody,
    PanelVoteBody,
    PanelVotesBody,
    PointsBody,
    ResultBody,
)
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from chain.errors.contracts import TenderBoardNotFound
from chain.errors.evaluation import VotesNotFound
from chain.recorder.calls import KeptCall
from chain.recorder.index.evaluation_views import OpinionRow, ResultRow, ScoresRow
from chain.recorder.index.views import TenderRow
from chain.rules.evaluation import Evaluation, pages_of, points_of, votes_now
from chain.rules.panels import votes_needed
from chain.rules.tenders import NEVER
from chain.types import ZERO32, Criterion, PanelVote, Role, seats_of, to_hex

__all__ = ["evaluation", "votes", "votes_on"]

_NO_HASH = to_hex(ZERO32)


def evaluation(service: Service, number: int) -> EvaluationBody:
    """How far a tender's evaluation is. Raises TenderBoardNotFound."""
    with service.index.at_once():
        acts, tender = service.evaluation_acts, _tender(service, number)
        at, round_ = acts.at(number), acts.round(number)
        scores = service.index.evaluating.scores(number, at.facts.round)
        result = service.index.evaluating.result(number)
        start, until = at.reveals
        failed = result.failed if result is not None else {}
        return EvaluationBody(
            tender=number, status=service.index.status(tender).word, desk=round_.desk, chain_id=round_.chain_id,
            scored=bool(round_.criteria), price_weight_bps=tender.terms.price_weight_bps,
            criteria=[CriterionBody(id=each.id, weight_bps=each.weight_bps, max_points=each.max_points) for each in round_.criteria],
            round=at.facts.round, bids=round_.bids, opened=list(round_.opened),
            commit_until=None if start == NEVER else time_text(start), reveal_until=None if until == NEVER else time_text(until),
            seats=_seats(service, tender, at, scores, pages_of(round_.bids)),
            points=[_points(index, round_.criteria, scores, index in failed) for index in round_.opened],
            result=None if result is None else _result(result, at),
        )  # fmt: skip


def votes(service: Service, caller: Anyone, number: int) -> ListOf[PanelVotesBody]:
    """The votes on every act that the panel was called to vote on, in the order of the calls. Raises TenderBoardNotFound."""
    with service.index.at_once():
        return listed(service, _votes(service, caller, number), None)


def votes_on(service: Service, caller: Anyone, number: int, act: str) -> PanelVotesBody:
    """The votes on one act. Raises TenderBoardNotFound, VotesNotFound."""
    with service.index.at_once():
        found = next((each for each in _votes(service, caller, number) if each.act == act), None)
    if found is None:
        raise VotesNotFound(number, act)
    return found


def _tender(service: Service, number: int) -> TenderRow:
    row = service.index.tender(number)
    if row is None:
        raise TenderBoardNotFound(number)
    return row


def _seats(
    service: Service, tender: TenderRow, at: Evaluation, scores: list[ScoresRow], pages: int
) -> list[PanelSeatBody]:
    known = {each.seat: each for each in scores}
    bodies = []
    for seat in range(tender.facts.panel):
        holder, row = at.holder(tender.terms.setup, seat), known.get(seat)
        person = service.index.person(holder)
        bodies.append(
            PanelSeatBody(
                seat=seat, evaluator=holder, org_id="" if person is None else org_id_of(service, person.member),
                replaced=seat in at.replaced, commitment=None if row is None else row.commitment, pages=0 if row is None else row.pages,
                complete=row is not None and row.pages == pages,
            )
        )  # fmt: skip
    return bodies


def _points(index: int, criteria: tuple[Criterion, ...], scores: list[ScoresRow], failed: bool) -> PointsBody:
    names = [each.id for each in criteria]
    seats = {
        str(each.seat): dict(zip(names, points_of(each.words[index], len(names)), strict=True))
        for each in scores
        if index in each.words
    }
    return PointsBody(bid=index, seats=seats, failed=failed)


def _result(row: ResultRow, at: Evaluation) -> ResultBody:
    return ResultBody(
        round=row.round, failed=[FailedBody(bid=bid, reason=reason.word) for bid, reason in sorted(row.failed.items())],
        document=row.document_hash.removeprefix("0x"), decided_at=time_text(row.decided_at),
        standstill_ends=time_text(at.own_clock.end_of(row.standstill_ends)), transaction=row.transaction,
    )  # fmt: skip


def _votes(service: Service, caller: Anyone, number: int) -> list[PanelVotesBody]:
    tender, at = _tender(service, number), service.evaluation_acts.at(number)
    open_ = {row.act: votes_now(at.facts, row.votes) for row in service.index.evaluating.ballots(number)}
    opinions = service.index.evaluating.opinions(number)
    # Those that are done have votes; the others follow in the order of the calls.
    acts = dict.fromkeys([each.act for each in opinions if each.taken] + list(open_))
    acts |= dict.fromkeys(each.act for each in opinions)
    buyer = to_hex(tender.facts.buyer) if _concerns(service, caller, tender, at) else None
    bodies = []
    for act in acts:
        mine = [each for each in opinions if each.act == act]
        kept = None if buyer is None else service.calls.find(buyer, act)
        decision = None if kept is None else _decision(service, kept)
        bodies.append(_body(act, at, mine, open_.get(act), decision))
    return bodies


def _body(
    act: str,
    at: Evaluation,
    opinions: list[OpinionRow],
    counted: PanelVote | None,
    decision: PanelDecisionBody | None,
) -> PanelVotesBody:
    """``counted``: the votes on an act that is not done, as they count now."""
    taken = [each for each in opinions if each.taken]
    is_called = counted is not None and counted.called_at != 0
    if counted is None:
        support, against = (sum(each.support is side for each in taken) for side in (True, False))
    else:
        support, against = len(seats_of(counted.yes)), len(seats_of(counted.no))
    return PanelVotesBody(
        act=act, state="called" if is_called else "taken" if taken and counted is None else "void",
        called_at=time_text(counted.called_at) if counted is not None and is_called else None,
        silent_from=time_text(at.after(counted.called_at)) if counted is not None and is_called else None,
        needed=votes_needed(at.known().panel), support=support, against=against,
        decision=decision, votes=[_vote(each) for each in opinions],
    )  # fmt: skip


def _decision(service: Service, kept: KeptCall) -> PanelDecisionBody:
    data, _ = service.calls.shown(kept)
    return PanelDecisionBody(
        contract=kept.contract, function=kept.function, data=data, summary=kept.summary, documents=list(kept.documents)
    )  # fmt: skip


def _vote(row: OpinionRow) -> PanelVoteBody:
    opinion = None if row.opinion_hash == _NO_HASH else row.opinion_hash.removeprefix("0x")
    return PanelVoteBody(
        sitting=row.sitting, seat=row.seat, evaluator=row.evaluator, support=row.support, opinion=opinion, voted_at=time_text(row.at),
        transaction=row.transaction, taken=bool(row.taken),
    )  # fmt: skip


def _concerns(service: Service, caller: Anyone, tender: TenderRow, at: Evaluation) -> bool:
    """Whether the caller is one of the buyer's people or sits in the panel: what is not decided yet is nobody else's."""
    if not isinstance(caller, AccountCaller):
        return False
    panel = {at.holder(tender.terms.setup, seat) for seat in range(tender.facts.panel)}
    facts = service.facts
    return any(
        address in panel or facts.caller(address).runs(tender.facts.buyer, int(Role.OFFICER | Role.APPROVER), facts.now())
        for address in caller.account.addresses
    )  # fmt: skip
