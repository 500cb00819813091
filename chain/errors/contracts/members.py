"""Refusals of MemberRegistry and SupplierRegistry: who belongs and who may bid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import RETRY, SAME
from chain.types import MemberStatus

__all__ = [
    "MemberRegistryAccountTaken",
    "MemberRegistryExists",
    "MemberRegistryHashZero",
    "MemberRegistryKindsInvalid",
    "MemberRegistryLastAdmin",
    "MemberRegistryLastSeat",
    "MemberRegistryMandateInvalid",
    "MemberRegistryNotFound",
    "MemberRegistryPersonNotFound",
    "MemberRegistryPersonSuspended",
    "MemberRegistryRoleMissing",
    "MemberRegistryRolesInvalid",
    "MemberRegistrySectorInvalid",
    "MemberRegistryStatusWrong",
    "MemberRegistrySuperiorInvalid",
    "MemberRegistrySuspensionInvalid",
    "MemberRegistryTextLength",
    "MemberRegistryUnchanged",
    "SupplierRegistryAccountTaken",
    "SupplierRegistryAccountsInvalid",
    "SupplierRegistryDebarmentInvalid",
    "SupplierRegistryDebarred",
    "SupplierRegistryExists",
    "SupplierRegistryHashZero",
    "SupplierRegistryInactive",
    "SupplierRegistryJsonLength",
    "SupplierRegistryNotFound",
    "SupplierRegistryOwnersStale",
    "SupplierRegistryRoleMissing",
    "SupplierRegistryUnchanged",
    "SupplierRegistryVersionWrong",
]


@dataclass(eq=False)
class MemberRegistryRoleMissing(Forbidden):
    """This account may not write here: it lacks the named role (AUTHORITY or ADMIN)."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "Members are written by the authority's resolutions, people by an ADMIN of their organisation."
    )


@dataclass(eq=False)
class MemberRegistryNotFound(Absent):
    """No member has this id."""

    member: str
    advice: ClassVar[str] = "List the members; the id is the keccak256 of the org-id."


@dataclass(eq=False)
class MemberRegistryPersonNotFound(Absent):
    """This account is no person of the caller's organisation."""

    who: str
    advice: ClassVar[str] = "List the people of the organisation and name one of them."


@dataclass(eq=False)
class MemberRegistryExists(Conflict):
    """This organisation is a member already, or was one."""

    member: str
    advice: ClassVar[str] = "An organisation is admitted once; change its kinds or people instead."


@dataclass(eq=False)
class MemberRegistryAccountTaken(Conflict):
    """This account belongs to a member, a supplier or a citizen already."""

    who: str
    advice: ClassVar[str] = "Use an account of its own: one account acts for one organisation only."


@dataclass(eq=False)
class MemberRegistryLastAdmin(Conflict):
    """An ADMIN never removes itself, and a founding member has one: so a member keeps an ADMIN."""

    member: str
    advice: ClassVar[str] = "Let another ADMIN do it; or move this one to another account."


@dataclass(eq=False)
class MemberRegistryStatusWrong(Conflict):
    """The status of the member does not allow this act."""

    member: str
    status: MemberStatus
    advice: ClassVar[str] = "A suspension ends by itself at the time it names; LEFT is final."


@dataclass(eq=False)
class MemberRegistryUnchanged(Conflict):
    """The field of the member has this value already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class MemberRegistryHashZero(Invalid):
    """A required value of the member or person is zero or empty."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class MemberRegistryTextLength(Invalid):
    """A text about the member is longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Shorten the text; letters with accents count two bytes."


@dataclass(eq=False)
class MemberRegistrySectorInvalid(Invalid):
    """No sector has this number."""

    limit: int
    got: int
    advice: ClassVar[str] = "Use 0 PUBLIC, 1 INDUSTRY, 2 CIVIL_SOCIETY or 3 ACADEMIA."


@dataclass(eq=False)
class MemberRegistryKindsInvalid(Invalid):
    """A member has at least one kind, and none outside the defined ones."""

    limit: int
    got: int
    advice: ClassVar[str] = "Combine bits of Kind; the limit is all of them together."


@dataclass(eq=False)
class MemberRegistryRolesInvalid(Invalid):
    """A person has at least one role, and none outside the defined ones."""

    limit: int
    got: int
    advice: ClassVar[str] = "Combine bits of Role; the limit is all of them together."


@dataclass(eq=False)
class MemberRegistrySuperiorInvalid(Invalid):
    """The superior is no member, is the member itself, or stands below it."""

    superior: str
    advice: ClassVar[str] = "Name a member that is not below this one, or none."


@dataclass(eq=False)
class MemberRegistryMandateInvalid(Invalid):
    """A mandate ends after ``min`` (now) and at ``max`` (ten years on) at the latest; unix seconds."""

    min: int
    max: int
    got: int
    advice: ClassVar[str] = "Choose an end between the two."


@dataclass(eq=False)
class MemberRegistrySuspensionInvalid(Invalid):
    """A suspension ends after ``min`` (now) and at ``max`` (one year on, 30 days for an urgent one) at the latest; unix seconds."""

    min: int
    max: int
    got: int
    advice: ClassVar[str] = "Choose an end between the two."


@dataclass(eq=False)
class MemberRegistryPersonSuspended(Conflict):
    """A suspended person is neither removed nor moved to another account before its suspension ends."""

    who: str
    until: datetime
    advice: ClassVar[str] = "Wait for the end of the suspension, or ask the council to recover the member."


@dataclass(eq=False)
class MemberRegistryLastSeat(Conflict):
    """This is the last seat of the sector in the council, and each sector keeps one."""

    sector: int
    advice: ClassVar[str] = (
        "Give another member of the sector a seat first, in the same resolution or an earlier one."
    )


@dataclass(eq=False)
class SupplierRegistryRoleMissing(Forbidden):
    """This account may not write here: it lacks the named role (REGISTRAR, SUPPLIER or REVIEWER)."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "A registrar registers and enrols; an account of the supplier changes its accounts and owners; a reviewer debars."
    )


@dataclass(eq=False)
class SupplierRegistryNotFound(Absent):
    """No supplier has this id."""

    id: str
    advice: ClassVar[str] = "List the suppliers; a firm's id is the keccak256 of its org-id."


@dataclass(eq=False)
class SupplierRegistryInactive(Forbidden):
    """The supplier is not active."""

    id: str
    advice: ClassVar[str] = "Ask the registrar to activate it."


@dataclass(eq=False)
class SupplierRegistryDebarred(Forbidden):
    """The supplier is debarred until the named time."""

    id: str
    until: datetime
    advice: ClassVar[str] = "Wait for the end of the debarment, or ask the body that ordered it to lift it."


@dataclass(eq=False)
class SupplierRegistryDebarmentInvalid(Invalid):
    """A debarment ends in the future, five years on at the latest."""

    until: datetime
    advice: ClassVar[str] = "Choose an end that is later than now, and at most 1,825 days later."


@dataclass(eq=False)
class SupplierRegistryOwnersStale(Conflict):
    """The owners' declaration is older than 365 days, or was never made (``declared_at`` is then 1970-01-01)."""

    id: str
    declared_at: datetime
    advice: ClassVar[str] = "Declare the owners again."


@dataclass(eq=False)
class SupplierRegistryExists(Conflict):
    """This supplier is registered already."""

    id: str
    advice: ClassVar[str] = "Change its accounts or its activity instead."


@dataclass(eq=False)
class SupplierRegistryAccountTaken(Conflict):
    """This account belongs to another supplier, to a member or to a citizen already."""

    who: str
    advice: ClassVar[str] = "Use an account of its own: one account acts for one organisation only."


@dataclass(eq=False)
class SupplierRegistryVersionWrong(Conflict):
    """The supplier was changed meanwhile: its version is not the one this act replaces."""

    expected: int
    got: int
    advice: ClassVar[str] = RETRY


@dataclass(eq=False)
class SupplierRegistryUnchanged(Conflict):
    """The field of the supplier has this value already."""

    field: str
    advice: ClassVar[str] = SAME


@dataclass(eq=False)
class SupplierRegistryHashZero(Invalid):
    """A required value of the supplier is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class SupplierRegistryJsonLength(Invalid):
    """The public data of the supplier are empty or longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Pass identifier and name only."


@dataclass(eq=False)
class SupplierRegistryAccountsInvalid(Invalid):
    """A supplier has at least one account, at most ``limit``, all of them distinct."""

    limit: int
    got: int
    advice: ClassVar[str] = "Pass that many distinct accounts, none of them zero."
