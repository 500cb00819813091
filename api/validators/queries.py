"""Validators as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from api.deps import Service
from api.pages import ListOf, head_of, listed, time_text
from api.validators.schemas import DecisionBody, ValidatorBody, ValidatorsBody
from chain.council.indexed import IndexedDesk, in_force, is_proved
from chain.recorder.index.council_views import ValidatorsRow
from chain.types import from_hex

__all__ = ["changes", "present"]


def present(service: Service) -> ValidatorsBody:
    """The set in force at head time."""
    decisions, now = service.index.council.validators(), service.index.now()
    row = in_force(decisions, now)
    return ValidatorsBody(
        seq=row.seq, proved=is_proved(decisions, now), validators=_set(service.desk, row.validators),
        removed_until=time_text(row.until) if row.removed else None, head=head_of(service),
    )  # fmt: skip


def changes(service: Service) -> ListOf[DecisionBody]:
    """All decisions by number."""
    desk = service.desk
    return listed(service, [_decision(desk, row) for row in service.index.council.validators()], None)


def _decision(desk: IndexedDesk, row: ValidatorsRow) -> DecisionBody:
    return DecisionBody(
        seq=row.seq, validators=_set(desk, row.validators), removed=row.removed or None,
        until=time_text(row.until) if row.removed else None, at=time_text(row.at),
        proved_at=time_text(row.proved_at) if row.proved_at else None, proved_by=row.proved_by or None, block=row.block,
    )  # fmt: skip


def _set(desk: IndexedDesk, validators: Sequence[tuple[str, str]]) -> list[ValidatorBody]:
    return [
        ValidatorBody(node=node, member=member, org_id=desk.member_name(from_hex(member)))
        for node, member in validators
    ]
