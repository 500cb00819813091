"""Operations as their owner sees them."""

from __future__ import annotations

import asyncio

from api.auth import AccountCaller
from api.deps import Service
from api.pages import ListOf, listed
from api.writes import OperationBody, operation_body
from chain.errors.recorder import OperationNotFound

__all__ = ["operation", "page"]


async def operation(service: Service, caller: AccountCaller, identifier: str) -> OperationBody:
    """One's own operation; another's is as if it were not there. Raises OperationNotFound."""
    found = await service.recorder.operation(identifier)
    if found.account != caller.account.id:
        raise OperationNotFound(identifier)
    return await asyncio.to_thread(operation_body, service, found)


async def page(
    service: Service, caller: AccountCaller, after: str | None, limit: int
) -> ListOf[OperationBody]:
    """One's own operations, newest first. Raises CursorInvalid."""
    found = await service.recorder.operations(caller.account.id, after, limit)

    def shown() -> ListOf[OperationBody]:
        return listed(service, [operation_body(service, item) for item in found.items], found.next)

    return await asyncio.to_thread(shown)
