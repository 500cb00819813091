"""Facts of the council: classes of decisions, proposals, validators, nodes, applications (Governance.sol)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

__all__ = [
    "ApplicationStatus",
    "CallClass",
    "ClassRules",
    "DecisionClass",
    "NodeKind",
    "ProposalState",
    "Resolution",
    "Validator",
    "Vote",
]


class DecisionClass(IntEnum):
    """What a decision is about, in order of strictness."""

    EMERGENCY = 0
    ROUTINE = 1
    VALIDATOR = 2
    MEMBERSHIP = 3
    CHARTER = 4

    def __str__(self) -> str:
        return self.name


class ProposalState(IntEnum):
    """State of a proposal (OpenZeppelin's IGovernor.ProposalState)."""

    PENDING = 0
    ACTIVE = 1
    CANCELED = 2
    DEFEATED = 3
    SUCCEEDED = 4
    QUEUED = 5
    EXPIRED = 6
    EXECUTED = 7

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """As in Solidity and in the API, e.g. ``Pending``."""
        return self.name.capitalize()

    @property
    def is_open(self) -> bool:
        """True where it may still be executed."""
        return self in (
            ProposalState.PENDING,
            ProposalState.ACTIVE,
            ProposalState.SUCCEEDED,
            ProposalState.QUEUED,
        )


class Vote(IntEnum):
    """What a delegate says (OpenZeppelin's GovernorCountingSimple.VoteType)."""

    AGAINST = 0
    FOR = 1
    ABSTAIN = 2

    @property
    def word(self) -> str:
        """As on the command line and in the API, e.g. ``abstain``."""
        return self.name.lower()


class NodeKind(IntEnum):
    """What a node is for; NONE: not permitted."""

    NONE = 0
    VALIDATOR = 1
    GATEWAY = 2
    OBSERVER = 3


class ApplicationStatus(IntEnum):
    """Status of an application (Governance.sol, which says the temperature of each)."""

    NONE = 0
    SUBMITTED = 1
    REVIEWED = 2
    SEALED = 3
    EXPIRED = 4
    SUSPENDED = 5
    REFUSED = 6
    REVOKED = 7


@dataclass(frozen=True)
class ClassRules:
    """What a class of decisions takes (struct ClassRules). Times in seconds.

    In favour must be ``numerator/denominator`` of all seats (more than that where ``strict``), in at least ``sectors`` sectors: in each
    more than half of its seats where ``majority``, else one seat.
    """

    consultation: int
    voting_period: int
    delay: int
    numerator: int
    denominator: int
    strict: bool
    sectors: int
    majority: bool

    def as_tuple(self) -> tuple[Any, ...]:
        """Struct ClassRules for ABI coding."""
        return tuple(getattr(self, field.name) for field in fields(self))

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> ClassRules:
        """Struct ClassRules from the arguments of an event."""
        return cls(*args.values())


@dataclass(frozen=True)
class CallClass:
    """Class of one call: contract name and function, e.g. ``ProcedureBook``, ``adopt``."""

    contract: str
    function: str
    decision: DecisionClass


@dataclass(frozen=True)
class Resolution:
    """Stored facts of a proposal (struct Resolution, and the times of OpenZeppelin's ProposalCore); state derives from them in rules.

    ``in_favour``: seats by sector. The vote is on while vote_start < t <= vote_end; ``eta`` 0: not queued.
    """

    member: bytes
    decision: DecisionClass
    delay: int
    numerator: int
    denominator: int
    strict: bool
    sectors: int
    majority: bool
    report_needed: bool
    vote_start: int
    vote_end: int
    in_favour: tuple[int, int, int, int] = (0, 0, 0, 0)
    against: int = 0
    abstained: int = 0
    eta: int = 0
    executed: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class Validator:
    """A validator's checksum address and the member that runs it."""

    node: str
    member: bytes

    def as_tuple(self) -> tuple[str, bytes]:
        """Struct Validator for ABI coding."""
        return (self.node, self.member)
