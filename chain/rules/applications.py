"""Applications of others: submission, findings, status. ApplicationRegistry.sol decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chain.errors.contracts import (
    ApplicationRegistryAlreadyRecorded,
    ApplicationRegistryCodesInvalid,
    ApplicationRegistryContactInvalid,
    ApplicationRegistryFindingsInvalid,
    ApplicationRegistryHashZero,
    ApplicationRegistryNotFound,
    ApplicationRegistryOnlyOnce,
    ApplicationRegistryRoleMissing,
    ApplicationRegistryStatusWrong,
    ApplicationRegistryTextLength,
)
from chain.rules.tenders import Caller
from chain.types import ZERO32, ApplicationStatus, Role, to_hex

__all__ = [
    "MAX_CODES",
    "MAX_TEXT",
    "ApplicationFacts",
    "application_status",
    "check_findings",
    "check_submit",
]

MAX_TEXT = 128
"""Bytes of a use case and of a name."""

MAX_CODES = 16


@dataclass(frozen=True)
class ApplicationFacts:
    """Stored facts of an application that is there; ``sectors``: bits of the sectors whose reviewers recorded findings."""

    organisation: bytes
    sectors: int = 0
    sealed_until: int = 0
    suspended_until: int = 0
    refused: bool = False
    revoked: bool = False


def application_status(facts: ApplicationFacts | None, now: int) -> ApplicationStatus:
    """ApplicationRegistry.statusOf at a time."""
    if facts is None:
        return ApplicationStatus.NONE
    if facts.revoked:
        return ApplicationStatus.REVOKED
    if facts.refused:
        return ApplicationStatus.REFUSED
    if now < facts.suspended_until:
        return ApplicationStatus.SUSPENDED
    if now < facts.sealed_until:
        return ApplicationStatus.SEALED
    if facts.sealed_until:
        return ApplicationStatus.EXPIRED
    return ApplicationStatus.REVIEWED if facts.sectors.bit_count() > 1 else ApplicationStatus.SUBMITTED


def check_submit(
    caller: Caller,
    organisation: bytes,
    record: bytes,
    use_case: str,
    name: str,
    codes: Sequence[bytes],
    source_hash: bytes,
    contact: bytes,
    *,
    recorded: int,
    contact_active: bool,
) -> None:
    """ApplicationRegistry.submit; ``organisation``: what the caller speaks for.

    Raises ApplicationRegistryRoleMissing, -AlreadyRecorded, -HashZero, -TextLength, -CodesInvalid, -ContactInvalid.
    """
    if organisation == ZERO32:
        raise ApplicationRegistryRoleMissing("PERSON", caller.address)
    if recorded:
        raise ApplicationRegistryAlreadyRecorded(to_hex(record), recorded)
    for field, value in (("recordId", record), ("sourceHash", source_hash)):
        if value == ZERO32:
            raise ApplicationRegistryHashZero(field)
    for field, text in (("useCase", use_case), ("name", name)):
        size = len(text.encode())
        if size == 0:
            raise ApplicationRegistryHashZero(field)
        if size > MAX_TEXT:
            raise ApplicationRegistryTextLength(MAX_TEXT, size)
    rising = list(codes) == sorted(set(codes)) and ZERO32 not in codes
    if not 0 < len(codes) <= MAX_CODES or not rising:
        raise ApplicationRegistryCodesInvalid(MAX_CODES, len(codes))
    if not contact_active:
        raise ApplicationRegistryContactInvalid(to_hex(contact))


def check_findings(
    caller: Caller,
    number: int,
    facts: ApplicationFacts | None,
    checklist: bytes,
    passed: int,
    failed: int,
    *,
    reviewed: bool,
    now: int,
) -> None:
    """ApplicationRegistry.recordFindings; ``reviewed``: the caller's member did so already.

    Raises ApplicationRegistryNotFound, -RoleMissing, -OnlyOnce, -StatusWrong, -HashZero, -FindingsInvalid.
    """
    if facts is None:
        raise ApplicationRegistryNotFound(number)
    member = caller.person.member
    if not caller.runs(member, Role.EVALUATOR, now) or member == facts.organisation:
        raise ApplicationRegistryRoleMissing("EVALUATOR", caller.address)
    if reviewed:
        raise ApplicationRegistryOnlyOnce(number, to_hex(member))
    status = application_status(facts, now)
    if status not in (ApplicationStatus.SUBMITTED, ApplicationStatus.REVIEWED):
        raise ApplicationRegistryStatusWrong(number, status)
    if checklist == ZERO32:
        raise ApplicationRegistryHashZero("checklistHash")
    if passed & failed or not passed | failed:
        raise ApplicationRegistryFindingsInvalid(passed, failed)
