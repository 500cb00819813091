"""Committees and openings: what OpeningCommittee refuses for its state and its times, in the order in which it does.

Points and proofs are not judged here: chain.sealing does that. Times are unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.contracts import (
    OpeningCommitteeFallbackTooEarly,
    OpeningCommitteeKeysetIncomplete,
    OpeningCommitteeKeysetNotAllowed,
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteeNotMember,
    OpeningCommitteePhaseNotReached,
    OpeningCommitteePlanInvalid,
    OpeningCommitteeRollTooEarly,
    OpeningCommitteeSeatsDependent,
    OpeningCommitteeStopped,
    OpeningCommitteeTooEarly,
    OpeningCommitteeTooLate,
)
from chain.types import ZERO32, moment, to_hex

__all__ = [
    "CEREMONY_LIFE", "MAX_SEATS", "PAGE", "ROLL_PERIOD", "Due", "KeysetFacts", "check_due", "check_member", "check_plan",
    "check_reveal_due", "check_roll", "check_shares_due", "require_confirmed", "require_independent", "require_usable",
]  # fmt: skip

PAGE = 32
"""Indexes of bids that are opened together."""

MAX_SEATS = 16
ROLL_PERIOD = 28 * 86_400
"""Seconds between two rolls at least."""

CEREMONY_LIFE = 30 * 86_400
"""Seconds for which a ceremony may go on; what was abandoned does not come back."""


@dataclass(frozen=True)
class KeysetFacts:
    """A set of keys: ``members`` by seat, ``confirmed`` of them; ``ended``: retired; ``acting``: the keyset that its secret is with,
    itself unless it was reshared; ``rolled_at``: time of the last roll or of the last confirmation; ``round`` 0 = no roll yet."""

    id: bytes
    threshold: int
    members: tuple[bytes, ...]
    confirmed: int = 0
    ended: bool = False
    round: int = 0
    rolled_at: int = 0
    parent: bytes = ZERO32
    acting: bytes = ZERO32

    @property
    def is_usable(self) -> bool:
        """Whether a tender may be published on it."""
        return self.confirmed == len(self.members) and not self.ended and self.acting in (ZERO32, self.id)


@dataclass(frozen=True)
class Due:
    """What the opening of a tender depends on. ``stopped`` and the times as ``bidWindow`` says; ``phase``: the envelope that is due."""

    tender: int
    stopped: bool
    closes_at: int
    open_from: int
    fallback_from: int
    void_from: int
    phase: int


def require_confirmed(keyset_id: bytes, keyset: KeysetFacts | None) -> KeysetFacts:
    """The keyset, if all its seats confirmed. Raises KeysetNotFound, KeysetIncomplete."""
    if keyset is None:
        raise OpeningCommitteeKeysetNotFound(to_hex(keyset_id))
    if keyset.confirmed != len(keyset.members):
        raise OpeningCommitteeKeysetIncomplete(to_hex(keyset_id), len(keyset.members), keyset.confirmed)
    return keyset


def require_usable(keyset_id: bytes, keyset: KeysetFacts | None) -> None:
    """OpeningCommittee.requireUsable. Raises KeysetNotFound, KeysetIncomplete, KeysetNotAllowed."""
    if not require_confirmed(keyset_id, keyset).is_usable:
        raise OpeningCommitteeKeysetNotAllowed(to_hex(keyset_id))


def require_independent(dependent_seat: int) -> None:
    """OpeningCommittee.requireIndependent; ``dependent_seat``: the first whose member depends on the buyer, 0 if none."""
    if dependent_seat:
        raise OpeningCommitteeSeatsDependent(dependent_seat, 1, 0)


def check_plan(threshold: int, members: tuple[bytes, ...], dependents: tuple[int, ...], active: bool) -> None:
    """Who may form a committee: 2 <= k < n <= 16, 2k > n, few enough that depend on one another.

    ``dependents``: by seat, how many seats depend on it, itself included; ``active``: whether all are active OPENING members. Raises
    PlanInvalid, SeatsDependent.
    """
    count = len(members)
    if count > MAX_SEATS:
        raise OpeningCommitteePlanInvalid("members")
    if not 2 <= threshold < count < 2 * threshold:
        raise OpeningCommitteePlanInvalid("threshold")
    if not active or len(set(members)) != count:
        raise OpeningCommitteePlanInvalid("members")
    limit = min(threshold, count - threshold + 1) - 1
    for seat, dependent in enumerate(dependents, 1):
        if dependent > limit:
            raise OpeningCommitteeSeatsDependent(seat, dependent, limit)


def check_shares_due(due: Due, envelope: int, now: int, margin: int = 0) -> None:
    """When shares are accepted. ``margin``: seconds that must have passed beyond, for whoever builds or relays a share: its call data is
    public as soon as it is sent, so it is sent only when it will be accepted. Raises Stopped, TooEarly, TooLate, PhaseNotReached."""
    _require_running(due)
    start = max(due.open_from, due.closes_at)
    if now < start + margin:
        raise OpeningCommitteeTooEarly(due.tender, envelope, moment(start))
    _require_phase(due, envelope, now)


def check_due(due: Due, envelope: int, now: int) -> None:
    """When a page is opened. Raises Stopped, TooLate, PhaseNotReached."""
    _require_running(due)
    _require_phase(due, envelope, now)


def check_reveal_due(due: Due, envelope: int, now: int) -> None:
    """When bidders reveal their own bids. Raises Stopped, FallbackTooEarly, TooLate, PhaseNotReached."""
    _require_running(due)
    start = max(due.fallback_from, due.closes_at)
    if now < start:
        raise OpeningCommitteeFallbackTooEarly(due.tender, moment(start))
    _require_phase(due, envelope, now)


def check_member(keyset: KeysetFacts, seat: int, caller: str, member: bytes, is_opener: bool) -> None:
    """Who acts for a seat: an opener (``is_opener``: its role counts) of the member that holds it. Raises NotMember."""
    held = keyset.members[seat - 1] if 0 < seat <= len(keyset.members) else ZERO32
    if held == ZERO32 or held != member or not is_opener:
        raise OpeningCommitteeNotMember(to_hex(keyset.id), seat, caller)


def check_roll(keyset_id: bytes, keyset: KeysetFacts | None, now: int) -> None:
    """OpeningCommittee.callRoll, of a retired keyset too: its seats still open what was sealed. Raises KeysetNotFound, KeysetIncomplete,
    KeysetNotAllowed, RollTooEarly."""
    found = require_confirmed(keyset_id, keyset)
    if found.acting not in (ZERO32, found.id):
        raise OpeningCommitteeKeysetNotAllowed(to_hex(keyset_id))
    if now < found.rolled_at + ROLL_PERIOD:
        raise OpeningCommitteeRollTooEarly(to_hex(keyset_id), moment(found.rolled_at + ROLL_PERIOD))


def _require_running(due: Due) -> None:
    if due.stopped:
        raise OpeningCommitteeStopped(due.tender)


def _require_phase(due: Due, envelope: int, now: int) -> None:
    if now >= due.void_from:
        raise OpeningCommitteeTooLate(due.tender, envelope, moment(due.void_from))
    if envelope != due.phase:
        raise OpeningCommitteePhaseNotReached(due.tender, envelope, due.phase)
