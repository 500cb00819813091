"""Ends of periods, lengthened by the outages of the network that fell into them (ProcedureBook.deadlineOf, Deadlines.endOf), and by the
times in which their tender stood still (ComplaintDesk.endOf, endAfter)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from chain.types import Pause

__all__ = ["GRACE", "GUARD", "MOST", "TICK", "Clock", "Outage", "Outages", "end_of"]

GUARD = 86_400
"""Only what falls into so many seconds before an end lengthens it."""

GRACE = 3_600
"""Seconds that are left after an outage at least."""

TICK = 60
"""Seconds between two ticks at least."""

_EVER = 2**40 - 1

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
    network was told to be there, ``outages`` in order of time. Of a tender (``of``): its ``pauses``, and ``suspended_at`` since when it
    stands still, 0 = it does not; without, the tender has none."""

    now: int
    gap: int = 0
    last_tick: int = 0
    outages: Sequence[Outage] = ()
    pauses: tuple[Pause, ...] = ()
    suspended_at: int = 0

    def of(self, pauses: tuple[Pause, ...], suspended_at: int) -> Clock:
        """The clock of a tender."""
        if (pauses, suspended_at) == (self.pauses, self.suspended_at):
            return self
        return replace(self, pauses=pauses, suspended_at=suspended_at)

    @property
    def time(self) -> int:
        """A tender's own time now: without its pauses (ComplaintDesk.timeOf)."""
        return (self.suspended_at or self.now) - sum(pause.end - pause.start for pause in self.pauses)

    @property
    def paused(self) -> int:
        """Seconds that a tender stood still until now."""
        return self.now - self.time

    def stood_since(self, since: int) -> int:
        """Seconds that a tender stood still since a time."""
        running = (Pause(self.suspended_at, self.now),) if self.suspended_at else ()
        return sum(max(0, pause.end - max(pause.start, since)) for pause in (*self.pauses, *running))

    def at(self, time: int) -> Clock:
        """The same knowledge at another time."""
        return replace(self, now=time)

    def end_of(self, base: int) -> int:
        """The end of a period whose stored end is ``base``: inside means ``now`` is before it."""
        return self._end_from(0, base)

    def end_after(self, start: int, period: int) -> int:
        """The end of a period that begins at a time."""
        return self._end_from(start, start + period)

    def later(self, start: int, period: int) -> int:
        """As long after a time, without pauses; outages do not count."""
        end = start + period
        for pause in self.pauses:
            if pause.end <= start:
                continue
            if end <= pause.start:
                return end
            end += pause.end - max(pause.start, start)
        halt = self.suspended_at
        return end + max(0, self.now - max(halt, start)) if halt and end > halt else end

    def _end_from(self, start: int, base: int) -> int:
        if not self.pauses and not self.suspended_at:
            return self._within(base, 0, _EVER)
        end, since = base, 0
        for pause in self.pauses:
            if pause.end <= start:
                continue
            end = self._within(end, since, pause.start)
            if end <= pause.start >= start:
                return end
            end += pause.end - max(pause.start, start)
            since = pause.end
        halt = self.suspended_at
        if not halt:
            return self._within(end, since, _EVER)
        end = self._within(end, since, halt)
        return end if end <= halt >= start else end + max(0, self.now - max(halt, start))

    def _within(self, base: int, since: int, until: int) -> int:
        """ProcedureBook.deadlineWithin."""
        if not self.gap:
            return base
        is_silent = self.now - self.last_tick > self.gap
        running = Outage(self.last_tick, self.now) if is_silent else None
        return end_of(self.outages, base, running, since, until)

    def is_over(self, base: int) -> bool:
        """Whether a period is over that has a stored end; 0 is none."""
        return base != 0 and self.now >= self.end_of(base)


def end_of(
    outages: Sequence[Outage], base: int, running: Outage | None = None, since: int = 0, until: int = _EVER
) -> int:
    """``base`` plus what the outages took of the day before it; in order of time, disjoint. ``running``: the last, not recorded yet. What
    they took between ``since`` and ``until`` alone counts."""
    first = bisect_right(outages, max(0, base - GUARD, since), key=lambda outage: outage.end)
    found = [*outages[first : first + MOST], *([] if running is None else [running])]
    end = base
    for outage in found[:MOST]:
        start, stop = max(outage.start, since), min(outage.end, until)
        if start >= min(end, until):
            break
        lost = min(end, stop) - max(start, end - GUARD)
        if stop > end - GUARD:
            end = max(max(end, stop) + lost, stop + GRACE)
    return end
