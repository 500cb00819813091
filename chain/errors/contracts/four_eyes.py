"""Refusals of FourEyes: acts that take two accounts of the buyer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Conflict, Forbidden, Invalid
from chain.errors.contracts.advice import ROLE

__all__ = [
    "FourEyesActAlreadyProposed",
    "FourEyesActExpired",
    "FourEyesActNotProposed",
    "FourEyesActSameSigner",
    "FourEyesHashZero",
    "FourEyesRoleMissing",
]


@dataclass(eq=False)
class FourEyesRoleMissing(Forbidden):
    """This account is no OFFICER of a buyer, who proposes; or no APPROVER of the buyer whose act it is, who approves; or is none of the
    contracts that take an act (CONTRACT)."""

    role: str
    who: str
    advice: ClassVar[str] = ROLE


@dataclass(eq=False)
class FourEyesActSameSigner(Forbidden):
    """Who proposed the act cannot approve it as well."""

    who: str
    advice: ClassVar[str] = (
        "Let another APPROVER of the buyer approve the act, or let another OFFICER propose it."
    )


@dataclass(eq=False)
class FourEyesActNotProposed(Conflict):
    """Nobody proposed exactly this act who may now; one that was approved has to be proposed again before it is done again."""

    act: str
    advice: ClassVar[str] = (
        "Let an OFFICER of the buyer propose the act; the APPROVER sends the very same call."
    )


@dataclass(eq=False)
class FourEyesActAlreadyProposed(Conflict):
    """The act is proposed and waits for the APPROVER."""

    act: str
    advice: ClassVar[str] = "Nothing needs to be done; let an APPROVER of the buyer approve it."


@dataclass(eq=False)
class FourEyesActExpired(Conflict):
    """The time to approve the act is over."""

    act: str
    closed_at: datetime
    advice: ClassVar[str] = "Let an OFFICER of the buyer propose the act again."


@dataclass(eq=False)
class FourEyesHashZero(Invalid):
    """A required value is zero."""

    field: str
    advice: ClassVar[str] = "Pass the act's hash."
