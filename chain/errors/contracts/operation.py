"""Refusals of ValidatorRegistry, NetworkPermissions and ApplicationRegistry: what runs on the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import RETRY, SAME
from chain.types import ApplicationStatus

__all__ = [
    "ApplicationRegistryAlreadyRecorded",
    "ApplicationRegistryCodesInvalid",
    "ApplicationRegistryContactInvalid",
    "ApplicationRegistryFindingsInvalid",
    "ApplicationRegistryHashZero",
    "ApplicationRegistryNotFound",
    "ApplicationRegistryOnlyOnce",
    "ApplicationRegistryPeriodInvalid",
    "ApplicationRegistryRoleMissing",
    "ApplicationRegistryStatusWrong",
    "ApplicationRegistryTextLength",
    "ApplicationRegistryUnchanged",
    "NetworkPermissionsHashZero",
    "NetworkPermissionsKindInvalid",
    "NetworkPermissionsMemberInvalid",
    "NetworkPermissionsRoleMissing",
    "NetworkPermissionsUnchanged",
    "ValidatorRegistryHeaderInvalid",
    "ValidatorRegistryMemberInvalid",
    "ValidatorRegistryMemberOver",
    "ValidatorRegistryNotFound",
    "ValidatorRegistryOrderWrong",
    "ValidatorRegistryProved",
    "ValidatorRegistryRemovalInvalid",
    "ValidatorRegistryRemovalRunning",
    "ValidatorRegistryRoleMissing",
    "ValidatorRegistrySectorOver",
    "ValidatorRegistrySetDiffers",
    "ValidatorRegistrySizeInvalid",
    "ValidatorRegistryStepTooLarge",
    "ValidatorRegistryUnchanged",
    "ValidatorRegistryUnproved",
    "ValidatorRegistryVersionWrong",
]


@dataclass(eq=False)
class ValidatorRegistryRoleMissing(Forbidden):
    """This account is not the authority, which alone decides on validators."""

    role: str
    who: str
    advice: ClassVar[str] = "Propose the change to the council."


@dataclass(eq=False)
class ValidatorRegistryNotFound(Absent):
    """This address is no validator of the set in force."""

    node: str
    advice: ClassVar[str] = "List the validators and name one of them."


@dataclass(eq=False)
class ValidatorRegistryVersionWrong(Conflict):
    """The decision in force has another number."""

    expected: int
    got: int
    advice: ClassVar[str] = RETRY


@dataclass(eq=False)
class ValidatorRegistryUnproved(Conflict):
    """The set in force is not proved yet: there is one open change at a time."""

    seq: int
    advice: ClassVar[str] = "Prove the set from a block header once the engine follows it."


@dataclass(eq=False)
class ValidatorRegistryProved(Conflict):
    """The set in force is proved already."""

    seq: int
    advice: ClassVar[str] = "Nothing needs to be done."


@dataclass(eq=False)
class ValidatorRegistryUnchanged(Conflict):
    """The set equals the one in force."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class ValidatorRegistryRemovalRunning(Conflict):
    """Another urgent removal of a validator runs."""

    until: datetime
    advice: ClassVar[str] = "Wait for its end, or propose the set that shall stand."


@dataclass(eq=False)
class ValidatorRegistrySizeInvalid(Invalid):
    """A set has at least ``min`` and at most ``max`` validators."""

    min: int
    max: int
    got: int
    advice: ClassVar[str] = (
        "Add validators before others go: with fewer than four one faulty node stops the chain."
    )


@dataclass(eq=False)
class ValidatorRegistryOrderWrong(Invalid):
    """Validators are distinct, none is zero, and they stand in ascending order of their addresses."""

    index: int
    advice: ClassVar[str] = "Sort the addresses and name each once."


@dataclass(eq=False)
class ValidatorRegistryMemberInvalid(Invalid):
    """The member of a validator that comes is no active OPERATOR, or has too many superiors above it to follow."""

    member: str
    advice: ClassVar[str] = "Name an active member with the kind OPERATOR."


@dataclass(eq=False)
class ValidatorRegistryMemberOver(Invalid):
    """The member, with those dependent on it, would run more validators than one member may."""

    member: str
    limit: int
    got: int
    advice: ClassVar[str] = "One below eight validators, two from there on; dependent members count as one."


@dataclass(eq=False)
class ValidatorRegistrySectorOver(Invalid):
    """The sector would run so many validators that it could stop the chain alone."""

    sector: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Spread the validators over the sectors; four sectors fit 4, 6, 7 and more, not 5."
    )


@dataclass(eq=False)
class ValidatorRegistryStepTooLarge(Invalid):
    """A set differs from the one before by more validators than one step may change."""

    limit: int
    got: int
    advice: ClassVar[str] = "Change at most two validators, prove the set, then go on."


@dataclass(eq=False)
class ValidatorRegistryRemovalInvalid(Invalid):
    """An urgent removal ends after ``min`` (now) and at ``max`` (30 days on) at the latest; unix seconds."""

    min: int
    max: int
    got: int
    advice: ClassVar[str] = "Choose an end between the two."


@dataclass(eq=False)
class ValidatorRegistryHeaderInvalid(Invalid):
    """The bytes are no header of the last 256 blocks of this chain in its block-hash form."""

    number: int
    advice: ClassVar[str] = "Take a recent header, with its seals and round emptied."


@dataclass(eq=False)
class ValidatorRegistrySetDiffers(Invalid):
    """The validators in the header are not the set in force."""

    seq: int
    expected: str
    got: str
    advice: ClassVar[str] = "Wait until the validators have voted the change in."


@dataclass(eq=False)
class NetworkPermissionsRoleMissing(Forbidden):
    """This account is not the authority, which alone permits nodes."""

    role: str
    who: str
    advice: ClassVar[str] = "Propose the change to the council."


@dataclass(eq=False)
class NetworkPermissionsUnchanged(Conflict):
    """The node has this member and kind already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class NetworkPermissionsHashZero(Invalid):
    """The key of the node is zero."""

    field: str
    advice: ClassVar[str] = "Pass the keccak256 of the node's public key."


@dataclass(eq=False)
class NetworkPermissionsMemberInvalid(Invalid):
    """The member of the node is not active."""

    member: str
    advice: ClassVar[str] = "Name an active member."


@dataclass(eq=False)
class NetworkPermissionsKindInvalid(Invalid):
    """No kind of node has this number."""

    limit: int
    got: int
    advice: ClassVar[str] = "Use 0 NONE, 1 VALIDATOR, 2 GATEWAY or 3 OBSERVER."


@dataclass(eq=False)
class ApplicationRegistryRoleMissing(Forbidden):
    """This account may not act on applications here: it lacks the named role."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "People of active members and suppliers submit, EVALUATORs of other organisations review, resolutions do the rest."
    )


@dataclass(eq=False)
class ApplicationRegistryNotFound(Absent):
    """There is no such application."""

    id: int
    advice: ClassVar[str] = "List the applications; they count from 1."


@dataclass(eq=False)
class ApplicationRegistryAlreadyRecorded(Conflict):
    """This organisation submitted the same before, as the named application."""

    record_id: str
    id: int
    advice: ClassVar[str] = "Look at the named application; a new one has a new Idempotency-Key."


@dataclass(eq=False)
class ApplicationRegistryStatusWrong(Conflict):
    """The status of the application does not allow this act."""

    id: int
    status: ApplicationStatus
    advice: ClassVar[str] = (
        "A seal needs findings of two sectors; what was refused or revoked is submitted anew."
    )


@dataclass(eq=False)
class ApplicationRegistryOnlyOnce(Conflict):
    """This member recorded its findings on the application already."""

    id: int
    member: str
    advice: ClassVar[str] = "Nothing needs to be done: findings are recorded once."


@dataclass(eq=False)
class ApplicationRegistryUnchanged(Conflict):
    """The field of the application has this value already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class ApplicationRegistryHashZero(Invalid):
    """A required value of the application is zero or empty."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class ApplicationRegistryTextLength(Invalid):
    """A text of the application is longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Shorten the text; letters with accents count two bytes."


@dataclass(eq=False)
class ApplicationRegistryCodesInvalid(Invalid):
    """An application names at least one code hash and at most the limit, in ascending order, none zero or twice."""

    limit: int
    got: int
    advice: ClassVar[str] = "Sort the keccak256 hashes of the runtime codes and name each once."


@dataclass(eq=False)
class ApplicationRegistryFindingsInvalid(Invalid):
    """Findings judge at least one criterion, and none both ways."""

    passed: int
    failed: int
    advice: ClassVar[str] = "Set each criterion's bit in one of the two."


@dataclass(eq=False)
class ApplicationRegistryContactInvalid(Invalid):
    """The contact is no active member."""

    member: str
    advice: ClassVar[str] = "Name an active member that answers for the application."


@dataclass(eq=False)
class ApplicationRegistryPeriodInvalid(Invalid):
    """A seal ends within a year, a suspension within 30 days: after ``min`` (now) and at ``max`` at the latest; unix seconds."""

    min: int
    max: int
    got: int
    advice: ClassVar[str] = "Choose an end between the two."
