"""The council as the API shows it."""

from __future__ import annotations

from api.council.schemas import ClassBody, CouncilBody, SeatBody
from api.deps import Service
from chain.council.phrases import FORMS
from chain.council.words import needs
from chain.recorder.index.views import MemberRow, every
from chain.rules.facts import MemberFacts
from chain.rules.registry import member_status
from chain.types import Sector

__all__ = ["council"]


def council(service: Service) -> CouncilBody:
    """Seats, members and rules at head time."""
    now, index = service.index.now(), service.index
    return CouncilBody(
        seats={sector.name: index.council.seats(now)[sector] for sector in Sector},
        members=[_seat(row, now) for row in every(index.members) if row.has_seat],
        classes={
            decision.name: ClassBody(
                consultation=rules.consultation, vote=rules.voting_period, delay=rules.delay, needs=needs(rules)
            )
            for decision, rules in index.council.rules().items()
        },
        phrases=list(FORMS),
    )  # fmt: skip


def _seat(row: MemberRow, now: int) -> SeatBody:
    facts = MemberFacts(suspended_until=row.suspended_until, exists=True, left=row.left)
    return SeatBody(
        id=row.id, org_id=row.org_id, name=row.name, sector=Sector(row.sector).name, status=member_status(facts, now).name
    )  # fmt: skip
