"""Refusals of the contracts: one class a custom error, by the same name and with the same facts in the same order.

How a Solidity argument becomes a Python fact stands once, in ``chain.transactions`` (``fact_of``): tenders are numbers, times
named ``closed_at``, ``declared_at``, ``until`` are aware datetimes, other numbers are ``int`` (deadlines among them unix seconds, since
a caller may have passed any number), ids and hashes 0x hex, labels text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid
from chain.types import MemberStatus, TenderStatus

__all__ = [
    "MemberRegistryAccountTaken", "MemberRegistryExists", "MemberRegistryHashZero", "MemberRegistryKindsInvalid",
    "MemberRegistryLastAdmin", "MemberRegistryMandateInvalid", "MemberRegistryNotFound", "MemberRegistryPersonNotFound",
    "MemberRegistryRoleMissing", "MemberRegistryRolesInvalid", "MemberRegistrySectorInvalid", "MemberRegistryStatusWrong",
    "MemberRegistrySuperiorInvalid", "MemberRegistrySuspensionInvalid", "MemberRegistryTextLength", "MemberRegistryUnchanged",
    "OpeningCommitteeKeysetNotFound", "ProcedureBookHashZero", "ProcedureBookInconsistent", "ProcedureBookJsonLength",
    "ProcedureBookNotFound", "ProcedureBookRetired", "ProcedureBookRoleMissing", "ProcedureBookSandboxOnly",
    "ProcedureBookVersionWrong", "SupplierRegistryAccountTaken", "SupplierRegistryAccountsInvalid", "SupplierRegistryDebarred",
    "SupplierRegistryExists", "SupplierRegistryHashZero", "SupplierRegistryInactive", "SupplierRegistryJsonLength",
    "SupplierRegistryNotFound", "SupplierRegistryOwnersStale", "SupplierRegistryRoleMissing", "SupplierRegistryUnchanged",
    "SupplierRegistryVersionWrong", "TenderBoardAlreadyRecorded", "TenderBoardCeilingMissing", "TenderBoardClosed",
    "TenderBoardDeadlineEarlier", "TenderBoardEnquiriesClosed", "TenderBoardExtensionTooShort", "TenderBoardFieldFrozen",
    "TenderBoardHashZero", "TenderBoardJsonLength", "TenderBoardLotNotFound", "TenderBoardLotsInvalid", "TenderBoardNotFound",
    "TenderBoardPanelInvalid", "TenderBoardPeriodInvalid", "TenderBoardQuestionAnswered", "TenderBoardQuestionNotFound",
    "TenderBoardQuestionsFull", "TenderBoardReasonInvalid", "TenderBoardReviewBodyInvalid", "TenderBoardRoleMissing",
    "TenderBoardStatusWrong", "TenderBoardTermsStale", "TenderBoardUnchanged", "TenderBoardWeightsInvalid",
]  # fmt: skip

_RETRY = "Read it again and repeat the act with what it says now."
_ROLE = "Ask an ADMIN of the organisation for this role, or act with an account that has it."
_SAME = "Nothing needs to be done; or pass another value."


# MemberRegistry


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
    """This account belongs to a member or a supplier already."""

    who: str
    advice: ClassVar[str] = "Use an account of its own: one account acts for one organisation only."


@dataclass(eq=False)
class MemberRegistryLastAdmin(Conflict):
    """This is the last ADMIN of the member, and a member keeps at least one."""

    member: str
    advice: ClassVar[str] = "Add another ADMIN first."


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
    advice: ClassVar[str] = _SAME


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
    """A suspension ends after ``min`` (now) and at ``max`` (one year on) at the latest; unix seconds."""

    min: int
    max: int
    got: int
    advice: ClassVar[str] = "Choose an end between the two."


# ProcedureBook


@dataclass(eq=False)
class ProcedureBookRoleMissing(Forbidden):
    """This account is not the authority, which alone adopts and retires procedures."""

    role: str
    who: str
    advice: ClassVar[str] = "Propose the change to the council."


@dataclass(eq=False)
class ProcedureBookNotFound(Absent):
    """There is no such version of this procedure."""

    code: str
    version: int
    advice: ClassVar[str] = "List the procedures and name a live version."


@dataclass(eq=False)
class ProcedureBookRetired(Conflict):
    """This version of the procedure is retired: no new tender may use it."""

    code: str
    version: int
    advice: ClassVar[str] = "Use a newer version; running tenders keep theirs."


@dataclass(eq=False)
class ProcedureBookVersionWrong(Conflict):
    """Versions of a code are numbered from 1 without a gap."""

    expected: int
    got: int
    advice: ClassVar[str] = "Adopt it as the expected version."


@dataclass(eq=False)
class ProcedureBookHashZero(Invalid):
    """A required value of the procedure is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class ProcedureBookJsonLength(Invalid):
    """The text of the procedure is empty or longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Shorten the sources it names."


@dataclass(eq=False)
class ProcedureBookInconsistent(Invalid):
    """The field of the procedure contradicts another one, or nothing on this network enforces it yet."""

    field: str
    advice: ClassVar[str] = "Correct the named field; the manual lists what can be enforced."


@dataclass(eq=False)
class ProcedureBookSandboxOnly(Invalid):
    """This is a sandbox procedure, and the network does not carry the sandbox mark."""

    code: str
    advice: ClassVar[str] = "Use a procedure with real periods here."


# SupplierRegistry


@dataclass(eq=False)
class SupplierRegistryRoleMissing(Forbidden):
    """This account may not write here: it lacks the named role (REGISTRAR or SUPPLIER)."""

    role: str
    who: str
    advice: ClassVar[str] = (
        "A registrar registers; an account of the supplier changes its accounts and owners."
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
    """This account belongs to another supplier or to a member already."""

    who: str
    advice: ClassVar[str] = "Use an account of its own: one account acts for one organisation only."


@dataclass(eq=False)
class SupplierRegistryVersionWrong(Conflict):
    """The supplier was changed meanwhile: its version is not the one this act replaces."""

    expected: int
    got: int
    advice: ClassVar[str] = _RETRY


@dataclass(eq=False)
class SupplierRegistryUnchanged(Conflict):
    """The field of the supplier has this value already."""

    field: str
    advice: ClassVar[str] = _SAME


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


# TenderBoard


@dataclass(eq=False)
class TenderBoardRoleMissing(Forbidden):
    """This account lacks the named role for this tender (OFFICER or APPROVER of its buyer, or SUPPLIER)."""

    role: str
    who: str
    advice: ClassVar[str] = _ROLE


@dataclass(eq=False)
class TenderBoardNotFound(Absent):
    """There is no such tender."""

    id: int
    advice: ClassVar[str] = "List the tenders; they are numbered from 1 in order of publication."


@dataclass(eq=False)
class TenderBoardLotNotFound(Absent):
    """The tender has no such lot."""

    id: int
    lot: int
    advice: ClassVar[str] = "Lots count from 1 in the order of the terms."


@dataclass(eq=False)
class TenderBoardQuestionNotFound(Absent):
    """The tender has no such question."""

    id: int
    question: int
    advice: ClassVar[str] = "List the enquiries of the tender; they count from 1."


@dataclass(eq=False)
class TenderBoardAlreadyRecorded(Conflict):
    """This organisation recorded the same act before; ``id`` is the tender or question that it made."""

    record_id: str
    id: int
    advice: ClassVar[str] = "Nothing needs to be repeated: read what the first act made."


@dataclass(eq=False)
class TenderBoardUnchanged(Conflict):
    """The field of the tender has this value already."""

    field: str
    advice: ClassVar[str] = _SAME


@dataclass(eq=False)
class TenderBoardClosed(Conflict):
    """The deadline of the tender has passed."""

    id: int
    closed_at: datetime
    advice: ClassVar[str] = "Terms stand after the deadline; a complaint or a cancellation is what is left."


@dataclass(eq=False)
class TenderBoardStatusWrong(Conflict):
    """The status of the tender does not allow this act."""

    id: int
    status: TenderStatus
    advice: ClassVar[str] = "Read its status; the manual says which acts each one allows."


@dataclass(eq=False)
class TenderBoardTermsStale(Conflict):
    """The terms were changed meanwhile: the act names terms that no longer hold."""

    id: int
    expected: str
    got: str
    advice: ClassVar[str] = _RETRY


@dataclass(eq=False)
class TenderBoardEnquiriesClosed(Conflict):
    """The time for questions on this tender is over."""

    id: int
    closed_at: datetime
    advice: ClassVar[str] = "Questions are asked before that time; an addendum may open it again."


@dataclass(eq=False)
class TenderBoardQuestionAnswered(Conflict):
    """The question has its answer."""

    id: int
    question: int
    advice: ClassVar[str] = "An answer stands; correct the terms by an addendum."


@dataclass(eq=False)
class TenderBoardQuestionsFull(Conflict):
    """The tender holds as many questions as it may."""

    id: int
    limit: int
    advice: ClassVar[str] = "Look whether your question was asked, or ask the buyer for an addendum."


@dataclass(eq=False)
class TenderBoardHashZero(Invalid):
    """A required value of the act is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class TenderBoardJsonLength(Invalid):
    """The public JSON of the act is empty or longer than the limit, in bytes."""

    limit: int
    got: int
    advice: ClassVar[str] = "Shorten it; long texts belong into documents."


@dataclass(eq=False)
class TenderBoardPeriodInvalid(Invalid):
    """The deadline lies outside ``min``..``max``; unix seconds."""

    id: int
    min: int
    max: int
    got: int
    advice: ClassVar[str] = (
        "Choose a deadline between the two: the procedure sets the shortest period, the longest is one year."
    )


@dataclass(eq=False)
class TenderBoardDeadlineEarlier(Invalid):
    """An addendum never moves the deadline earlier than it is; unix seconds."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Keep the deadline or choose a later one."


@dataclass(eq=False)
class TenderBoardExtensionTooShort(Invalid):
    """After an addendum bidders have at least the procedure's extension: the deadline is ``limit`` or later; unix seconds."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Choose a deadline from the limit on."


@dataclass(eq=False)
class TenderBoardFieldFrozen(Invalid):
    """An addendum cannot change this field of the terms."""

    id: int
    field: str
    advice: ClassVar[str] = "Keep the field; where it must change, cancel the tender and publish another."


@dataclass(eq=False)
class TenderBoardLotsInvalid(Invalid):
    """A tender has at least one lot and at most as many as its procedure allows."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Split or join lots, or use another procedure."


@dataclass(eq=False)
class TenderBoardCeilingMissing(Invalid):
    """The ceiling binds in this procedure, and this lot has none."""

    id: int
    lot: int
    advice: ClassVar[str] = "Give the lot a value."


@dataclass(eq=False)
class TenderBoardWeightsInvalid(Invalid):
    """The weights of price and criteria do not sum to 10,000 basis points."""

    id: int
    sum: int
    advice: ClassVar[str] = "Correct the weights; 10,000 for the price alone."


@dataclass(eq=False)
class TenderBoardPanelInvalid(Invalid):
    """The panel of evaluators does not fit the procedure."""

    id: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Name no evaluator, or an odd number from 3 to 7, the first of them independent of the buyer."
    )


@dataclass(eq=False)
class TenderBoardReviewBodyInvalid(Invalid):
    """The review body is no active REVIEW_BODY member, or is not independent of the buyer."""

    id: int
    member: str
    advice: ClassVar[str] = "Name another review body."


@dataclass(eq=False)
class TenderBoardReasonInvalid(Invalid):
    """No reason for a cancellation has this number."""

    id: int
    code: int
    advice: ClassVar[str] = "Use 1 noDemand, 2 unfixable, 3 forceMajeure, 4 budgetCut or 5 ordered."


# OpeningCommittee


@dataclass(eq=False)
class OpeningCommitteeKeysetNotFound(Absent):
    """No opening committee has this set of keys."""

    id: str
    advice: ClassVar[str] = "Name a usable keyset, or none where the procedure allows it."
