"""How many requests a caller may send: a moving window of a second or an hour, in this process's memory."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.settings import Settings
from chain.errors.service import RateLimited

__all__ = ["Limits"]


class Limits:
    """Counters of one service."""

    def __init__(self, settings: Settings) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[str, RateLimitItem] = {
            "anonymous-comments": RateLimitItemPerHour(settings.anonymous_comments),
            "anonymous-reads": RateLimitItemPerSecond(settings.anonymous_reads),
            "token-reads": RateLimitItemPerSecond(settings.token_reads),
            "token-writes": RateLimitItemPerSecond(settings.token_writes),
            "document-writes": RateLimitItemPerSecond(settings.document_writes),
        }

    async def take(self, kind: str, who: str) -> None:
        """Counts one request of ``who``. Raises RateLimited."""
        item = self._items[kind]
        if await self._window.hit(item, kind, who):
            return
        stats = await self._window.get_window_stats(item, kind, who)
        raise RateLimited(f"{item.amount} {_period(item)}", max(1, math.ceil(stats.reset_time - time.time())))


def _period(item: RateLimitItem) -> str:
    return "an hour" if isinstance(item, RateLimitItemPerHour) else "a second"
