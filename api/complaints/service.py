"""Acts on complaints; rules and refusals are those of ``chain.procurement.complaint_acts``."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from api.auth import AccountCaller
from api.complaints.schemas import ComplaintIn, ConsentIn, DecisionIn, OrderIn
from api.deps import Service
from api.writes import Act, Done, perform
from chain.procurement.acts import Prepared
from chain.procurement.complaint_acts import ComplaintActs

__all__ = ["admit", "consent", "decide", "enforce", "execute", "file", "resume", "suspend", "withdraw"]


async def file(service: Service, caller: AccountCaller, act: Act, body: ComplaintIn) -> Done:
    """Complains. Raises DocumentNotFound and the refusals of ComplaintDesk's file."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.file(caller.actor, act.key, body.tender, body.lot, body.stage, body.document),
    )  # fmt: skip


async def withdraw(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Takes a complaint back. Raises the refusals of ComplaintDesk's withdraw."""
    return await _act(service, caller, act, None, lambda acts: acts.withdraw(caller.actor, number))


async def admit(service: Service, caller: AccountCaller, act: Act, number: int, body: OrderIn) -> Done:
    """Takes a complaint in. Raises DocumentNotFound and the refusals of ComplaintDesk's admit."""
    return await _act(
        service, caller, act, body, lambda acts: acts.admit(caller.actor, number, body.document)
    )


async def decide(service: Service, caller: AccountCaller, act: Act, number: int, body: DecisionIn) -> Done:
    """Rejects, dismisses or upholds. Raises DocumentNotFound and the refusals of ComplaintDesk's reject, dismiss and uphold."""

    def build(acts: ComplaintActs) -> Prepared:
        if body.remedy is not None:
            return acts.uphold(caller.actor, number, body.remedy, body.document, body.bid)
        decided = acts.reject if body.outcome == "rejected" else acts.dismiss
        return decided(caller.actor, number, body.document)

    return await _act(service, caller, act, body, build)


async def execute(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Applies a remedy. Raises the refusals of ComplaintDesk's execute."""
    return await _act(service, caller, act, None, lambda acts: acts.execute(caller.actor, number))


async def enforce(service: Service, caller: AccountCaller, act: Act, number: int, body: OrderIn) -> Done:
    """Applies a remedy that the buyer did not. Raises DocumentNotFound and the refusals of ComplaintDesk's enforce."""
    return await _act(
        service, caller, act, body, lambda acts: acts.enforce(caller.actor, number, body.document)
    )


async def suspend(service: Service, caller: AccountCaller, act: Act, tender: int, body: OrderIn) -> Done:
    """Suspends a tender. Raises DocumentNotFound and the refusals of ComplaintDesk's suspend."""
    return await _act(
        service, caller, act, body, lambda acts: acts.suspend(caller.actor, tender, body.document)
    )


async def resume(service: Service, caller: AccountCaller, act: Act, tender: int, body: OrderIn) -> Done:
    """Ends a suspension. Raises DocumentNotFound and the refusals of ComplaintDesk's resume."""
    return await _act(
        service, caller, act, body, lambda acts: acts.resume(caller.actor, tender, body.document)
    )


async def consent(service: Service, caller: AccountCaller, act: Act, tender: int, body: ConsentIn) -> Done:
    """Consents to a cancellation. Raises DocumentNotFound and the refusals of TenderBoard's consentCancel."""
    return await _act(
        service, caller, act, body, lambda acts: acts.consent(caller.actor, tender, body.lot, body.document)
    )


async def _act(
    service: Service,
    caller: AccountCaller,
    act: Act,
    body: BaseModel | None,
    build: Callable[[ComplaintActs], Prepared],
) -> Done:
    said = {} if body is None else body.model_dump()
    return await perform(service, caller, act, said, lambda: build(service.complaint_acts))
