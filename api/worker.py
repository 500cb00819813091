"""What a service does by itself beside the requests: loops over facts, which may be ended at any point and begun again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from chain.errors import LicitaError

__all__ = ["repeat"]

_EVERY = 0.5


async def repeat(turn: Callable[[], Awaitable[None]], log: Any, waits: str) -> None:
    """Turns until it is cancelled. What hinders is told to ``log`` once, as ``waits``, and tried again."""
    hindered_by = ""
    while True:
        try:
            await turn()
            hindered_by = ""
        except LicitaError as error:
            if error.error != hindered_by:
                log.warning(waits, error=error.error, facts=error.facts)
            hindered_by = error.error
        await asyncio.sleep(_EVERY)
