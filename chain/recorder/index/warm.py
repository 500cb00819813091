"""Changes that time alone makes, as rows of the feed. No event tells of them: a tender's next one is kept in idx_due.

Deterministic and without a scan over all tenders: when a tender's facts change, and again when a change came due, the next instant
at which its status can change is stored. The first block at or after that instant gives a row for each change on the way, in order of
time; so a block that comes much later tells the same as many blocks would have told one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chain.rules.deadlines import Clock
from chain.rules.tenders import (
    NEVER,
    clear_from,
    clear_of_terms,
    clock_of,
    is_held,
    opening_times,
    tender_status,
)
from chain.types import ComplaintStage, Procedure, TenderFacts, TenderStatus

__all__ = ["Warm", "next_due", "warm_changes"]

_BIDDING = frozenset({TenderStatus.ENQUIRIES, TenderStatus.TENDERING})
_UNTIL_CLOSED = _BIDDING | {TenderStatus.HELD}
_EFFECT, _AWARD, _RESULT = ComplaintStage.CANCELLATION, ComplaintStage.AWARD, ComplaintStage.TECHNICAL
_TO_BE_OPENED = frozenset({
    TenderStatus.SEALED, TenderStatus.OPENING, TenderStatus.FALLBACK, TenderStatus.TECHNICAL_STANDSTILL,
})  # fmt: skip
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
    ends = [
        end
        for _, end in (*_clear(facts, cancels, _EFFECT, clock), *_clear(facts, standstills, _AWARD, clock))
    ]
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
    gone, final = _clear(facts, cancels, _EFFECT, clock), _clear(facts, standstills, _AWARD, clock)
    ends = [end for _, end in (*gone, *final)]
    closes, clear = clock_of(facts, clock).end_of(facts.deadline), clear_of_terms(facts, clock)
    result = clear_from(facts, 0, _RESULT, facts.technical_ends, clock) if facts.technical_ends else NEVER
    instants = {at for at in _instants(facts, procedure, ends, clock, before) if before < at <= clock.now}
    for at in sorted(instants):
        old, new = (tender_status(facts, procedure, clock.at(t)) for t in (at - 1, at))
        # A complaint about the terms was closed, and until then it was held.
        if at == clear > closes:
            old = TenderStatus.HELD
        if lots := tuple(lot for lot, end in gone if end == at):
            names["TenderCancelled"] = names.get("TenderCancelled", ()) + lots
        if old in _UNTIL_CLOSED and new not in _NOT_CLOSED and at >= closes:
            names.setdefault("BiddingClosed", ())
        if at == result:
            names.setdefault("TechnicalStandstillEnded", ())
        if lots := tuple(lot for lot, end in final if end == at):
            names["StandstillEnded"] = names.get("StandstillEnded", ()) + lots
        if new is TenderStatus.FAILED and old is not new:
            names.setdefault("LotFailed", ())
    return [Warm(name, lots) for name, lots in names.items()]


def _clear(
    facts: TenderFacts, ends: Sequence[tuple[int, int]], stage: ComplaintStage, clock: Clock
) -> list[tuple[int, int]]:
    """(lot, when its window is over and no complaint bars it), where none does."""
    found = ((lot, clear_from(facts, lot, stage, end, clock)) for lot, end in ends)
    return [(lot, end) for lot, end in found if end != NEVER]


def _instants(
    facts: TenderFacts, procedure: Procedure, ends: Sequence[int], clock: Clock, after: int
) -> Iterator[int]:
    own = clock_of(facts, clock)
    end = own.end_of(facts.deadline)
    yield end
    clear = clear_of_terms(facts, clock)
    if clear != end and not is_held(facts, clock.at(max(clear, clock.now))):
        yield clear
    # Before the deadline these are as they will be if nothing holds it then; afterwards they count while something is to be opened.
    if after < clear or tender_status(facts, procedure, clock.at(after)) in _TO_BE_OPENED:
        # Those of the prices are known from the technical result on.
        times = opening_times(facts, procedure, clock if facts.technical_ends else clock.at(end))
        found = (times.standstill_ends, times.open_from, times.fallback_from, times.void_from)
        yield from (at for at in found if at not in (0, NEVER))
    yield from ends
    # When all of it is gone, and when the last of its lots failed.
    if facts.lots_cancelled_at or facts.lots_failed_until:
        for base in {max(facts.lots_cancelled_at, facts.lots_failed_until), facts.lots_cancelled_at} - {0}:
            at = clear_from(facts, 0, _EFFECT, base, clock)
            if at != NEVER:
                yield at
