"""Acts on proposals; rules and refusals are those of ``chain.council.acts``."""

from __future__ import annotations

from collections.abc import Callable

from api.auth import AccountCaller
from api.deps import Service
from api.proposals.schemas import ProposalIn, ReportIn, VoteIn
from api.writes import Act, Done, perform
from chain.council.acts import CouncilActs
from chain.procurement.acts import Prepared

__all__ = ["cancel", "execute", "propose", "queue", "report", "vote"]


async def propose(service: Service, caller: AccountCaller, act: Act, body: ProposalIn) -> Done:
    """Opens a proposal. Raises DocumentNotFound, the refusals of the phrases and of Council's propose."""
    said = body.model_dump()
    return await perform(
        service, caller, act, said, lambda: service.council_acts.propose(caller.actor, body.as_text())
    )


async def vote(service: Service, caller: AccountCaller, act: Act, number: int, body: VoteIn) -> Done:
    """Votes for the caller's member. Raises the refusals of Council's castVote."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.vote(caller.actor, number, body.vote, body.reason),
    )  # fmt: skip


async def report(service: Service, caller: AccountCaller, act: Act, number: int, body: ReportIn) -> Done:
    """Publishes the report on the consultation. Raises DocumentNotFound and the refusals of Consultation's report."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.report(caller.actor, number, body.document),
    )  # fmt: skip


async def queue(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Schedules an approved proposal. Raises the refusals of Council's queue."""
    return await _step(service, caller, act, lambda acts: acts.queue(number))


async def execute(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Executes a proposal after its delay. Raises the refusals of Council's execute and of the calls in it."""
    return await _step(service, caller, act, lambda acts: acts.execute(number))


async def cancel(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Cancels a proposal in consultation. Raises the refusals of Council's cancel."""
    return await _step(service, caller, act, lambda acts: acts.cancel(caller.actor, number))


async def _step(
    service: Service, caller: AccountCaller, act: Act, build: Callable[[CouncilActs], Prepared]
) -> Done:
    return await perform(service, caller, act, {}, lambda: build(service.council_acts))
