"""Refusals of the procurement library before anything reaches a contract."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Absent, Invalid

__all__ = [
    "AccountFormWrong", "DocumentHashWrong", "HandedQuestionWrong", "OrgIdWrong", "PersonUnknown", "PresetInvalid", "PresetUnknown",
    "ProfileUnknown", "ReasonUnknown", "SampleUnknown", "TimeWithoutZone",
]  # fmt: skip


@dataclass(eq=False)
class PresetUnknown(Absent):
    """No preset procedure has this code."""

    code: str
    known: str
    advice = "Name one of the known codes."


@dataclass(eq=False)
class PresetInvalid(Invalid):
    """The procedure file breaks its form at this place."""

    pointer: str
    problem: str
    advice = "Correct the file; the shipped presets show the form."


@dataclass(eq=False)
class PersonUnknown(Absent):
    """This network knows nobody by this name."""

    name: str
    known: str
    advice = "Name one of the known people."


@dataclass(eq=False)
class ProfileUnknown(Invalid):
    """No embedded network has this profile."""

    profile: str
    known: str
    advice = "Name one of the known profiles; a production network runs on Besu."


@dataclass(eq=False)
class SampleUnknown(Absent):
    """No sample tender has this name."""

    name: str
    known: str
    advice = "Name one of the known samples."


@dataclass(eq=False)
class ReasonUnknown(Invalid):
    """No reason or status of this act has this name."""

    reason: str
    known: str
    advice = "Name one of the known ones."


@dataclass(eq=False)
class DocumentHashWrong(Invalid):
    """This is no sha256 of a document."""

    got: str
    advice = "Write the 64 hex digits that `sha256sum` prints."


@dataclass(eq=False)
class HandedQuestionWrong(Invalid):
    """This is no question that a supplier handed to an enquiry desk, or not one of this tender: `part` is what is wrong with it."""

    part: str
    advice = "Let the supplier write and sign the file again, for this tender and with one of its accounts."


@dataclass(eq=False)
class AccountFormWrong(Invalid):
    """This is no address of an account."""

    got: str
    advice = "Write 0x and 40 hex digits."


@dataclass(eq=False)
class OrgIdWrong(Invalid):
    """This is no organisation identifier."""

    got: str
    advice = "Write {scheme}-{id} after org-id.guide, e.g. MX-RFC-GDF9712054NA; at most 128 characters."


@dataclass(eq=False)
class TimeWithoutZone(Invalid):
    """A time says no zone, and each machine would take it for another one."""

    got: str
    advice = "Give an aware datetime: of net.clock(), or with tzinfo, such as ZoneInfo of the buyer's city."
