"""The consultation: who may comment, anchor, report and hide, and when. Consultation.sol decides."""

from __future__ import annotations

from chain.errors.contracts import (
    ConsultationAlreadyRecorded,
    ConsultationBatchInvalid,
    ConsultationCommentsFull,
    ConsultationHashZero,
    ConsultationNotFound,
    ConsultationReported,
    ConsultationRoleMissing,
    ConsultationStatusWrong,
    ConsultationUnchanged,
    ConsultationVersionWrong,
)
from chain.rules.council import delegate_of
from chain.rules.tenders import Caller
from chain.types import ZERO32, ProposalState, Role, to_hex

__all__ = [
    "MAX_BATCH", "MAX_COMMENTS", "check_anchor", "check_comment", "check_hide", "check_report", "organisation_of",
]  # fmt: skip

MAX_COMMENTS = 20
"""Comments of an organisation on one proposal."""

MAX_BATCH = 100_000
"""Comments in one batch."""


def organisation_of(caller: Caller, supplier: bytes, now: int) -> bytes:
    """What an account speaks for: its member, where a role of it counts now; its active supplier ``supplier``; else 32 zero bytes."""
    member = caller.person.member
    if caller.runs(member, ~Role(0), now):
        return member
    return supplier if caller.supplier.active else ZERO32


def check_comment(
    caller: Caller,
    organisation: bytes,
    proposal: int,
    state: ProposalState | None,
    record: bytes,
    text_hash: bytes,
    *,
    recorded: int,
    comments: int,
) -> None:
    """Consultation.comment; ``state`` None: no such proposal; ``recorded``: the comment with this record id, ``comments``: of the
    organisation on this proposal so far.

    Raises ConsultationNotFound, -RoleMissing, -AlreadyRecorded, -StatusWrong, -CommentsFull, -HashZero.
    """
    now = _require(proposal, state)
    if organisation == ZERO32:
        raise ConsultationRoleMissing("PERSON", caller.address)
    if recorded:
        raise ConsultationAlreadyRecorded(to_hex(record), recorded)
    if now is not ProposalState.PENDING:
        raise ConsultationStatusWrong(proposal, now)
    if comments >= MAX_COMMENTS:
        raise ConsultationCommentsFull(proposal, MAX_COMMENTS)
    _require_given("recordId", record)
    _require_given("textHash", text_hash)


def check_anchor(
    caller: Caller,
    proposal: int,
    state: ProposalState | None,
    expected: int,
    root: bytes,
    comments: int,
    *,
    batches: int,
    now: int,
) -> None:
    """Consultation.anchor; ``batches``: of the caller's member for this proposal so far.

    Raises ConsultationNotFound, -RoleMissing, -VersionWrong, -StatusWrong, -HashZero, -BatchInvalid.
    """
    known = _require(proposal, state)
    if not caller.runs(caller.person.member, Role.OPERATOR, now):
        raise ConsultationRoleMissing("OPERATOR", caller.address)
    if batches != expected:
        raise ConsultationVersionWrong(batches, expected)
    if known not in (ProposalState.PENDING, ProposalState.ACTIVE, ProposalState.CANCELED):
        raise ConsultationStatusWrong(proposal, known)
    _require_given("root", root)
    if not 0 < comments <= MAX_BATCH:
        raise ConsultationBatchInvalid(MAX_BATCH, comments)


def check_report(
    caller: Caller,
    proposal: int,
    state: ProposalState | None,
    proposer: bytes,
    report_hash: bytes,
    *,
    reported: bool,
    now: int,
) -> None:
    """Consultation.report; ``proposer``: member of the proposal. Raises ConsultationNotFound, -RoleMissing, -Reported, -StatusWrong,
    -HashZero."""
    known = _require(proposal, state)
    if delegate_of(caller, now) != proposer:
        raise ConsultationRoleMissing("PROPOSER", caller.address)
    if reported:
        raise ConsultationReported(proposal)
    if known not in (ProposalState.ACTIVE, ProposalState.SUCCEEDED):
        raise ConsultationStatusWrong(proposal, known)
    _require_given("reportHash", report_hash)


def check_hide(
    caller: Caller,
    proposal: int,
    state: ProposalState | None,
    text_hash: bytes,
    reason_hash: bytes,
    *,
    hidden: bool,
    now: int,
) -> None:
    """Consultation.hide. Raises ConsultationNotFound, -RoleMissing, -Unchanged, -HashZero."""
    _require(proposal, state)
    if not caller.runs(caller.person.member, Role.AUDITOR, now):
        raise ConsultationRoleMissing("AUDITOR", caller.address)
    if hidden:
        raise ConsultationUnchanged("hidden")
    _require_given("textHash", text_hash)
    _require_given("reasonHash", reason_hash)


def _require(proposal: int, state: ProposalState | None) -> ProposalState:
    if state is None:
        raise ConsultationNotFound(proposal)
    return state


def _require_given(field: str, value: bytes) -> None:
    if value == ZERO32:
        raise ConsultationHashZero(field)
