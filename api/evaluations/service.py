"""Acts of panels, and of those who wait for them; rules and refusals are those of ``chain.procurement.evaluation_acts``."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from api.auth import AccountCaller
from api.deps import Service
from api.evaluations.schemas import (
    EvaluatorIn,
    PanelCallIn,
    PanelVoteIn,
    ScoreCommitmentIn,
    ScoresIn,
    TechnicalIn,
)
from api.writes import Act, Done, perform
from chain.procurement.acts import Prepared
from chain.procurement.evaluation_acts import EvaluationActs
from chain.types import from_hex

__all__ = ["call_vote", "commit", "decide_technical", "release_prices", "replace_evaluator", "reveal", "vote"]


async def commit(
    service: Service, caller: AccountCaller, act: Act, number: int, body: ScoreCommitmentIn
) -> Done:
    """Commits the caller's scores. Raises TenderBoardNotFound, the refusals of EvaluationDesk's commitScores."""
    return await _act(
        service, caller, act, body, lambda acts: acts.commit(caller.actor, number, from_hex(body.commitment))
    )  # fmt: skip


async def reveal(service: Service, caller: AccountCaller, act: Act, number: int, body: ScoresIn) -> Done:
    """Reveals a page of them. Raises TenderBoardNotFound, the refusals of EvaluationDesk's revealScores."""

    def build(acts: EvaluationActs) -> Prepared:
        words, hashes = [int(word, 16) for word in body.words], [from_hex(each) for each in body.page_hashes]
        return acts.reveal(caller.actor, number, body.page, words, hashes, from_hex(body.salt))

    return await _act(service, caller, act, body, build)


async def call_vote(
    service: Service, caller: AccountCaller, act: Act, number: int, body: PanelCallIn
) -> Done:
    """Calls the panel to vote on a decision, which is kept for the panel to read. Raises what refuses the decision itself, but the votes
    that it lacks, and the refusals of EvaluationDesk's callVote."""

    def build(acts: EvaluationActs) -> Prepared:
        actor = caller.actor
        if body.award is not None:
            said = body.award
            return acts.call_award(actor, number, said.lot, said.bid, said.document)
        if body.disqualification is not None:
            out = body.disqualification
            return acts.call_disqualification(actor, number, out.lot, out.bid, out.reason, out.document)
        assert body.technical is not None, "one of the three is given"
        return acts.call_technical(actor, number, _failed(body.technical), body.technical.document)

    return await _act(service, caller, act, body, build)


async def vote(service: Service, caller: AccountCaller, act: Act, number: int, body: PanelVoteIn) -> Done:
    """Votes. Raises TenderBoardNotFound, DocumentNotFound, the refusals of EvaluationDesk's vote."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.vote(caller.actor, number, from_hex(body.act), body.support, body.opinion),
    )  # fmt: skip


async def decide_technical(
    service: Service, caller: AccountCaller, act: Act, number: int, body: TechnicalIn
) -> Done:
    """Decides which bids fail. Raises DocumentNotFound and the refusals of EvaluationDesk's decideTechnical."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.decide_technical(caller.actor, number, _failed(body), body.document),
    )  # fmt: skip


async def replace_evaluator(
    service: Service, caller: AccountCaller, act: Act, number: int, body: EvaluatorIn
) -> Done:
    """Puts another in a silent evaluator's seat. Raises DocumentNotFound and the refusals of EvaluationDesk's replaceEvaluator."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.replace(
            caller.actor, number, body.seat, body.evaluator, None if body.act is None else from_hex(body.act), body.document
        ),
    )  # fmt: skip


async def release_prices(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Has the prices opened. Raises TenderBoardNotFound, the refusals of EvaluationDesk's releasePrices."""
    return await _act(service, caller, act, None, lambda acts: acts.release(number))


def _failed(body: TechnicalIn) -> list[tuple[int, str]]:
    return [(each.bid, each.reason) for each in body.failed]


async def _act(
    service: Service,
    caller: AccountCaller,
    act: Act,
    body: BaseModel | None,
    build: Callable[[EvaluationActs], Prepared],
) -> Done:
    said = {} if body is None else body.model_dump()
    return await perform(service, caller, act, said, lambda: build(service.evaluation_acts))
