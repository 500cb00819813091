"""Acts on applications; rules and refusals are those of ``chain.council.acts``."""

from __future__ import annotations

from collections.abc import Iterable

from api.applications.schemas import ApplicationIn, FindingsIn
from api.auth import AccountCaller
from api.deps import Service
from api.writes import Act, Done, perform

__all__ = ["record_findings", "submit"]


async def submit(service: Service, caller: AccountCaller, act: Act, body: ApplicationIn) -> Done:
    """Submits an application. Raises the refusals of ApplicationRegistry's submit."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.submit(
            caller.actor, act.key, body.use_case, body.name, body.code_hashes, body.source, body.contact
        ),
    )  # fmt: skip


async def record_findings(
    service: Service, caller: AccountCaller, act: Act, number: int, body: FindingsIn
) -> Done:
    """Records what the caller's member found. Raises the refusals of ApplicationRegistry's recordFindings."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.record_findings(
            caller.actor, number, body.checklist, _bits(body.passed), _bits(body.failed)
        ),
    )  # fmt: skip


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in set(numbers))
