"""What the index answers about the council: frozen rows. Ids are ``0x`` hex, addresses checksum hex, times unix seconds, 0 = not yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.rules.applications import ApplicationFacts
from chain.types import Resolution, to_hex

__all__ = [
    "ApplicationRow", "BatchRow", "CallRow", "CommentRow", "FindingRow", "HiddenRow", "NodeRow", "ProposalRow", "ValidatorsRow", "VoteRow",
]  # fmt: skip


@dataclass(frozen=True)
class CallRow:
    """One call of a proposal as it goes out: checksum address and calldata."""

    target: str
    data: bytes


@dataclass(frozen=True)
class ProposalRow:
    """A proposal. Its state is not stored: ``chain.rules.council.proposal_state(facts, seats, now)``.

    ``text``: {title, summary, text} of its description, {} where that is no canonical JSON object. ``confirms``: the urgent proposal
    that this one confirms, ``confirmed_at``: when this urgent one was confirmed. ``report``: sha256, 32 zero bytes while there is none.
    ``comments``: on the chain and in anchored batches.
    """

    number: int
    facts: Resolution
    proposer: str
    member: str
    calls: tuple[CallRow, ...]
    description: str
    text: Mapping[str, Any]
    content_ok: bool
    confirms: int
    confirmed_at: int
    proposed_at: int
    executed_at: int
    cancelled_at: int
    report: str
    comments: int
    block: int
    transaction: str


@dataclass(frozen=True)
class VoteRow:
    """A vote of a member, cast by ``voter``; ``support``: chain.types.Vote."""

    proposal: int
    member: str
    voter: str
    support: int
    reason: str
    at: int
    transaction: str


@dataclass(frozen=True)
class CommentRow:
    """A comment on the chain; its text is kept under ``text_hash``."""

    proposal: int
    number: int
    organisation: str
    record_id: str
    text_hash: str
    at: int
    transaction: str


@dataclass(frozen=True)
class BatchRow:
    """A batch of comments that an operator's service received; ``batch`` counts from 1 for each member and proposal."""

    proposal: int
    member: str
    batch: int
    root: str
    comments: int
    at: int
    block: int
    transaction: str


@dataclass(frozen=True)
class HiddenRow:
    """A text that is not shown, for the published reason."""

    proposal: int
    text_hash: str
    reason_hash: str
    at: int


@dataclass(frozen=True)
class ValidatorsRow:
    """A decision on validators: (address, member id) each. ``removed``: the one that an urgent removal took out until ``until``."""

    seq: int
    validators: tuple[tuple[str, str], ...]
    removed: str
    until: int
    at: int
    proved_at: int
    proved_by: str
    block: int


@dataclass(frozen=True)
class NodeRow:
    """A permitted node; ``key``: keccak256 of its public key, ``kind``: chain.types.NodeKind."""

    key: str
    member: str
    kind: int
    block: int


@dataclass(frozen=True)
class FindingRow:
    """What the reviewers of one member found; bits of criteria."""

    application: int
    member: str
    sector: int
    checklist_hash: str
    passed: int
    failed: int
    at: int


@dataclass(frozen=True)
class ApplicationRow:
    """An application; status: ``chain.rules.applications.application_status(facts, now)``."""

    number: int
    facts: ApplicationFacts
    use_case: str
    name: str
    codes: tuple[str, ...]
    source_hash: str
    contact: str
    reason_hash: str
    submitted_at: int
    block: int
    findings: tuple[FindingRow, ...]

    @property
    def organisation(self) -> str:
        """Member or supplier of the submitter."""
        return to_hex(self.facts.organisation)
