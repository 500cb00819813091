"""Refusals of the council's desk: what cannot be turned into a proposal or is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Invalid

__all__ = [
    "ApplicationNotFound",
    "MemberUnknown",
    "PhraseInvalid",
    "PhraseUnknown",
    "ProposalFileInvalid",
    "ProposalStateMissed",
    "ProposalTextAbsent",
    "ValidatorAbsent",
    "ValidatorPresent",
    "VoteUnknown",
]


@dataclass(eq=False)
class PhraseUnknown(Invalid):
    """A call of the proposal is in none of the known forms."""

    phrase: str
    known: str
    advice: ClassVar[str] = "Write it in one of the known forms; names with spaces stand in double quotes."


@dataclass(eq=False)
class PhraseInvalid(Invalid):
    """A part of a call has the wrong form."""

    phrase: str
    part: str
    wanted: str
    advice: ClassVar[str] = "Correct the named part."


@dataclass(eq=False)
class ProposalFileInvalid(Invalid):
    """The proposal misses a part, or has one that is not known."""

    place: str
    wanted: str
    advice: ClassVar[str] = (
        "A proposal has a title, a summary, a text and at least one call; an urgent one a confirmation besides."
    )


@dataclass(eq=False)
class ProposalTextAbsent(Absent):
    """The reference text of the proposal cannot be read."""

    path: str
    advice: ClassVar[str] = "Name a file beside the proposal, or the sha256 of a stored document."


@dataclass(eq=False)
class ProposalStateMissed(Conflict):
    """The proposal is in another state, from which it does not come to the one that was waited for, or not in time."""

    number: int
    state: str
    wanted: str
    advice: ClassVar[str] = "Ask `licita council why` what it waits for."


@dataclass(eq=False)
class MemberUnknown(Absent):
    """No member has this org-id or id."""

    member: str
    advice: ClassVar[str] = "List the members and name one by its org-id."


@dataclass(eq=False)
class ValidatorAbsent(Conflict):
    """This address is no validator of the set in force."""

    node: str
    advice: ClassVar[str] = "List the validators and name one of them."


@dataclass(eq=False)
class ValidatorPresent(Conflict):
    """This address is a validator of the set in force already."""

    node: str
    advice: ClassVar[str] = "Nothing needs to be done."


@dataclass(eq=False)
class VoteUnknown(Invalid):
    """A vote is for, against or abstain."""

    vote: str
    advice: ClassVar[str] = "Use one of the three words."


@dataclass(eq=False)
class ApplicationNotFound(Absent):
    """There is no such application."""

    id: int
    advice: ClassVar[str] = "List the applications; they count from 1."
