"""What the index answers with about agreements: frozen rows. Ids and hashes are ``0x`` hex, amounts minor units, times unix seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from chain.money import Money
from chain.types import (
    AgreementFacts,
    AgreementTerms,
    ChangeReason,
    MilestoneFacts,
    MilestoneStatus,
    PendingEnd,
    Ratings,
    Side,
    TerminationCause,
)

__all__ = ["AgreementRow", "ChangeRow", "Counters", "MilestoneRow", "PaymentRow", "RatingRow"]


@dataclass(frozen=True)
class AgreementRow:
    """An agreement. ``active_at``: when both had signed, ``ended_at``: when it was completed, terminated or dropped, 0 = not yet;
    ``document_hash``: of that end, "" before. ``changes``: how many were proposed."""

    number: int
    facts: AgreementFacts
    terms: AgreementTerms
    proposed_end: PendingEnd
    changes: int
    drafted_at: int
    transaction: str
    active_at: int
    ended_at: int
    cause: TerminationCause
    document_hash: str


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone; times are 0 and hashes "" before. ``refusals``: how often what was delivered was refused;
    ``due_at``: when it was due by the time it was accepted, with what changes had added."""

    agreement: int
    milestone: int
    facts: MilestoneFacts
    delivered_at: int
    evidence: str
    judged_at: int
    judgement: str
    refusals: int
    due_at: int

    def due_with(self, extension: int) -> int:
        """When it is due with what changes added, 0 = at no time; what was accepted stays due when it was."""
        return self.due_at or (self.facts.due + extension if self.facts.due else 0)

    def is_late(self, extension: int, now: int) -> bool:
        """Whether a delivery was made after it was due, or is waited for and due by ``now``, the end of its agreement at most. What was
        made and not judged is not waited for: the buyer has it."""
        due = self.due_with(extension)
        is_made = self.facts.status in (MilestoneStatus.DELIVERED, MilestoneStatus.ACCEPTED)
        return due != 0 and (self.delivered_at if is_made else now) > due


@dataclass(frozen=True)
class ChangeRow:
    """A change that was proposed. ``version``: the agreement's with it, 0 = it is not in effect; ``ended_at``: when it was signed by both
    or dropped, 0 = it waits."""

    agreement: int
    change: int
    side: Side
    reason: ChangeReason
    before: int
    value: int
    extension: int
    document_hash: str
    signatures: int
    proposed_at: int
    transaction: str
    version: int
    ended_at: int


@dataclass(frozen=True)
class PaymentRow:
    """A payment; ``reversed_at`` 0 and ``reversal`` "" while it stands."""

    agreement: int
    number: int
    tender: int
    milestone: int
    buyer: str
    payer: str
    payee: str
    amount: int
    ref: str
    paid_at: int
    recorded_at: int
    transaction: str
    reversed_at: int
    reversal: str


@dataclass(frozen=True)
class RatingRow:
    """A rating. ``rater``: the address of a citizen, the member of a witness."""

    agreement: int
    rater: str
    citizen: bool
    rating: int
    supplier: str
    rated_at: int
    transaction: str


@dataclass(frozen=True)
class Counters:
    """What a supplier's, or a buyer's, agreements add up to; drafts and what was dropped do not count. ``late``: deliveries that were made
    after they were due, or are due and not made yet, or refused; ``value``, ``paid``: an amount a currency."""

    agreements: int = 0
    active: int = 0
    completed: int = 0
    terminated: int = 0
    deliveries: int = 0
    late: int = 0
    changes: int = 0
    value: tuple[Money, ...] = ()
    paid: tuple[Money, ...] = ()
    ratings: Ratings = field(default_factory=Ratings)
