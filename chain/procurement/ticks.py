"""When somebody has to tell the network that it is there."""

from __future__ import annotations

from chain.bindings import procedure_book
from chain.rules.deadlines import TICK, Clock
from chain.transactions import Call

__all__ = ["due_tick"]


def due_tick(clock: Clock, leave: int = 0) -> Call | None:
    """The tick that is due by the time of blocks, None where none is or outages are not counted; ``leave``: seconds left to others."""
    silent = clock.now - clock.last_tick
    return procedure_book.tick() if clock.gap and silent >= TICK + leave else None
