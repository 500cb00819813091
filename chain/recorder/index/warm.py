"""Changes that time alone makes, as rows of the feed. No event tells of them: a tender's next one is kept in idx_due.

Deterministic and without a scan over all tenders: when a tender's facts change, and again when a change came due, the next instant
at which its status can change is stored. The first block at or after that instant gives a row for each change on the way, in order of
time; so a block that comes much later tells the same as many blocks would have told one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chain.rules.deadlines import Clock
from chain.rules.tenders import NEVER, opening_times, tender_status
from chain.types import Procedure, TenderFacts, TenderStatus

__all__ = ["Warm", "next_due", "warm_changes"]

_BIDDING = frozenset({TenderStatus.ENQUIRIES, TenderStatus.TENDERING})
_TO_BE_OPENED = frozenset({TenderStatus.SEALED, TenderStatus.OPENING, TenderStatus.FALLBACK})
_NOT_CLOSED = _BIDDING | {
    TenderStatus.HELD,
    TenderStatus.SUSPENDED,
    TenderStatus.CANCELLING,
    TenderStatus.CANCELLED,
}


@dataclass(frozen=True)
class Warm:
    """A derived change; ``lots``: those whose cancellation or standstill ends, 0 being the whole tender."""

    name: str
    lots: tuple[int, ...] = ()


def next_due(
    facts: TenderFacts,
    procedure: Procedure,
    cancels: Sequence[tuple[int, int]],
    standstills: Sequence[tuple[int, int]],
    clock: Clock,
) -> int | None:
    """The first instant later than ``clock.now`` at which time can change the tender; ``cancels``, ``standstills``: (lot, stored end of its
    window), a standstill's also where no bidder was left to award to.

    An outage may move it later, and then nothing has changed when it comes due.
    """
    after = clock.now
    ends = [end for _, end in (*cancels, *standstills)]
    return min((at for at in _instants(facts, procedure, ends, clock, after) if at > after), default=None)


def warm_changes(
    facts: TenderFacts,
    procedure: Procedure,
    cancels: Sequence[tuple[int, int]],
    standstills: Sequence[tuple[int, int]],
    before: int,
    clock: Clock,
) -> list[Warm]:
    """What time alone changed in ``before < t <= clock.now``, in order of time; each name once."""
    names: dict[str, tuple[int, ...]] = {}
    ends = [end for _, end in (*cancels, *standstills)]
    instants = {at for at in _instants(facts, procedure, ends, clock, before) if before < at <= clock.now}
    for at in sorted(instants):
        old, new = (tender_status(facts, procedure, clock.at(t)) for t in (at - 1, at))
        if lots := tuple(lot for lot, end in cancels if clock.end_of(end) == at):
            names["TenderCancelled"] = names.get("TenderCancelled", ()) + lots
        if old in _BIDDING and new not in _NOT_CLOSED and at >= clock.end_of(facts.deadline):
            names.setdefault("BiddingClosed", ())
        if lots := tuple(lot for lot, end in standstills if clock.end_of(end) == at):
            names["StandstillEnded"] = names.get("StandstillEnded", ()) + lots
        if new is TenderStatus.FAILED and old is not new:
            names.setdefault("LotFailed", ())
    return [Warm(name, lots) for name, lots in names.items()]


def _instants(
    facts: TenderFacts, procedure: Procedure, ends: Sequence[int], clock: Clock, after: int
) -> Iterator[int]:
    end = clock.end_of(facts.deadline)
    yield end
    # Before the deadline these are as they will be if no question is open at it; afterwards they count while something is to be opened.
    if after < end or tender_status(facts, procedure, clock.at(after)) in _TO_BE_OPENED:
        times = opening_times(facts, procedure, clock.at(end))
        yield from (at for at in (times.open_from, times.fallback_from, times.void_from) if at != NEVER)
    for base in ends:
        yield clock.end_of(base)
