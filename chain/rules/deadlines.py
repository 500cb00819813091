"""Ends of periods, lengthened by the outages of the network that fell into them (ProcedureBook.deadlineOf, Deadlines.endOf)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import overload

__all__ = ["GRACE", "GUARD", "MOST", "TICK", "Clock", "Outage", "Outages", "end_of"]

GUARD = 86_400
"""Only what falls into so many seconds before an end lengthens it."""

GRACE = 3_600
"""Seconds that are left after an outage at least."""

TICK = 60
"""Seconds between two ticks at least."""

MOST = 32
"""Outages that lengthen one end at most."""


@dataclass(frozen=True)
class Outage:
    """A time in which the network stood still, unix seconds."""

    start: int
    end: int


class Outages(Sequence[Outage]):
    """Outages in order of time, each read when it is asked for: an end looks at some forty of any number."""

    def __init__(self, count: int, read: Callable[[int], Outage]) -> None:
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Outage: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Outage]: ...
    def __getitem__(self, place: int | slice) -> Outage | Sequence[Outage]:
        if isinstance(place, slice):
            return [self._read(each) for each in range(*place.indices(self._count))]
        if not 0 <= place < self._count:
            raise IndexError(place)
        return self._read(place)


@dataclass(frozen=True)
class Clock:
    """The time, and what is known of outages: ``gap`` as of the ProcedureBook (0: none is ever counted), ``last_tick`` the last time the
    network was told to be there, ``outages`` in order of time."""

    now: int
    gap: int = 0
    last_tick: int = 0
    outages: Sequence[Outage] = ()

    def at(self, time: int) -> Clock:
        """The same knowledge at another time."""
        return replace(self, now=time)

    def end_of(self, base: int) -> int:
        """The end of a period whose stored end is ``base``: inside means ``now`` is before it."""
        if not self.gap:
            return base
        is_silent = self.now - self.last_tick > self.gap
        return end_of(self.outages, base, Outage(self.last_tick, self.now) if is_silent else None)

    def is_over(self, base: int) -> bool:
        """Whether a period is over that has a stored end; 0 is none."""
        return base != 0 and self.now >= self.end_of(base)


def end_of(outages: Sequence[Outage], base: int, running: Outage | None = None) -> int:
    """``base`` plus what the outages took of the day before it; in order of time, disjoint. ``running``: the last, not recorded yet."""
    first = bisect_right(outages, max(0, base - GUARD), key=lambda outage: outage.end)
    found = [*outages[first : first + MOST], *([] if running is None else [running])]
    end = base
    for outage in found[:MOST]:
        if outage.start >= end:
            break
        lost = min(end, outage.end) - max(outage.start, end - GUARD)
        if outage.end > end - GUARD:
            end = max(max(end, outage.end) + lost, outage.end + GRACE)
    return end
