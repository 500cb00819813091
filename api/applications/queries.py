"""Applications as the API shows them."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from api.applications.schemas import ApplicationBody, ApplicationRowBody, FindingBody
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from chain.errors import LicitaError
from chain.errors.contracts import ApplicationRegistryAlreadyRecorded, ApplicationRegistryNotFound
from chain.recorder import Index
from chain.recorder.index.council_views import ApplicationRow, FindingRow
from chain.rules.applications import application_status
from chain.types import ZERO32, Sector, from_hex

__all__ = ["application", "first_record", "page"]


def application(service: Service, number: int) -> ApplicationBody:
    """An application with its findings. Raises ApplicationRegistryNotFound."""
    row = service.index.council.application(number)
    if row is None:
        raise ApplicationRegistryNotFound(number)
    return ApplicationBody(
        **_short(service, row).model_dump(), code_hashes=list(row.codes), source=row.source_hash[2:],
        reason=row.reason_hash[2:] if from_hex(row.reason_hash) != ZERO32 else None,
        findings=[_finding(service, each) for each in row.findings], block=row.block,
    )  # fmt: skip


def page(service: Service, after: str | None, limit: int) -> ListOf[ApplicationRowBody]:
    """Applications, newest first. Raises CursorInvalid."""
    found = service.index.council.applications(after, limit)
    return listed(service, [_short(service, row) for row in found.items], found.next)


def first_record(request: Request, error: LicitaError) -> dict[str, Any]:
    """The application that a repeated act made the first time, as a member of the problem."""
    if not isinstance(error, ApplicationRegistryAlreadyRecorded):
        return {}
    index: Index = request.app.state.service.index
    # They are numbered in the order of their events.
    events = index.events(None, error.id, "ApplicationSubmitted").items
    if len(events) < error.id:
        return {}
    return {"first": {"resource": f"/v1/applications/{error.id}", "transaction": events[-1].transaction}}


def _short(service: Service, row: ApplicationRow) -> ApplicationRowBody:
    facts = row.facts
    return ApplicationRowBody(
        number=row.number, status=application_status(facts, service.index.now()).name, use_case=row.use_case, name=row.name,
        organisation=row.organisation, org_id=org_id_of(service, row.organisation), contact=row.contact,
        submitted_at=time_text(row.submitted_at), sealed_until=_time(facts.sealed_until), suspended_until=_time(facts.suspended_until),
    )  # fmt: skip


def _finding(service: Service, row: FindingRow) -> FindingBody:
    return FindingBody(
        member=row.member, org_id=org_id_of(service, row.member), sector=Sector(row.sector).name, checklist=row.checklist_hash[2:],
        passed=_numbers(row.passed), failed=_numbers(row.failed), at=time_text(row.at),
    )  # fmt: skip


def _numbers(bits: int) -> list[int]:
    return [number for number in range(bits.bit_length()) if bits >> number & 1]


def _time(seconds: int) -> str | None:
    return time_text(seconds) if seconds else None
