"""Acts that take two accounts of the buyer: what FourEyes refuses, in the order in which it does, and how an act of the buyer is signed.

The order is 404, 403, four eyes, other 409, 422, as contracts/README.md lists it. Times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chain.errors.base import LicitaError
from chain.errors.contracts import (
    FourEyesActAlreadyProposed,
    FourEyesActExpired,
    FourEyesActNotProposed,
    FourEyesActSameSigner,
    FourEyesHashZero,
    FourEyesRoleMissing,
)
from chain.rules.deadlines import Clock
from chain.types import ZERO32, Role, moment, to_hex

__all__ = [
    "LIFE", "NOT_PROPOSED", "Approving", "Proposal", "Proposing", "Signing", "check_propose", "check_take", "require_signed",
]  # fmt: skip

LIFE = 30 * 86_400
"""Seconds in which an act that was proposed may be approved."""

_RUNS_TENDERS = Role.OFFICER | Role.APPROVER


class Signer(Protocol):
    """Who calls, as the registries know the account."""

    @property
    def address(self) -> str:
        """The account."""

    def runs(self, buyer: bytes, roles: int, now: int) -> bool:
        """Whether it has one of ``roles`` for this buyer."""


@dataclass(frozen=True)
class Proposal:
    """What FourEyes holds of an act of a member: ``act`` its hash; ``until`` the stored end, 0 where nobody proposed it or it was taken;
    ``stands``: whether the proposer is an OFFICER of the member now."""

    act: bytes
    proposer: str = ""
    until: int = 0
    stands: bool = False


def check_propose(caller: Signer, member: bytes, proposal: Proposal, clock: Clock) -> None:
    """FourEyes.propose; ``member``: the caller's."""
    if not caller.runs(member, Role.OFFICER, clock.now):
        raise FourEyesRoleMissing("OFFICER", caller.address)
    if proposal.until and clock.now < clock.end_of(proposal.until) and proposal.stands:
        raise FourEyesActAlreadyProposed(to_hex(proposal.act))
    if proposal.act == ZERO32:
        raise FourEyesHashZero("act")


def check_take(caller: Signer, member: bytes, proposal: Proposal, clock: Clock) -> None:
    """FourEyes.take, where one of the contracts whose acts take four eyes calls it for ``caller``."""
    if not caller.runs(member, Role.APPROVER, clock.now):
        raise FourEyesRoleMissing("APPROVER", caller.address)
    if not proposal.until or not proposal.stands:
        raise FourEyesActNotProposed(to_hex(proposal.act))
    end = clock.end_of(proposal.until)
    if clock.now >= end:
        raise FourEyesActExpired(to_hex(proposal.act), moment(end))
    if caller.address == proposal.proposer:
        raise FourEyesActSameSigner(caller.address)


class Signing(Protocol):
    """What an act of a buyer with four eyes is asked for."""

    def require(self, caller: Signer, buyer: bytes) -> None:
        """Raises the refusals of FourEyes."""


@dataclass(frozen=True)
class Approving:
    """The act is done now. ``clock``: the network's, not a tender's own."""

    proposal: Proposal
    clock: Clock

    def require(self, caller: Signer, buyer: bytes) -> None:
        """Raises the refusals of ``check_take``."""
        check_take(caller, buyer, self.proposal, self.clock)


@dataclass(frozen=True)
class Proposing:
    """The act is proposed now, and everything else about it is looked at as if it were done. Whether it is proposed already is left to
    ``FourEyes.propose``: a service that lost the call learns it again where it is asked for once more."""

    now: int

    def require(self, caller: Signer, buyer: bytes) -> None:
        """Raises FourEyesRoleMissing."""
        if not caller.runs(buyer, Role.OFFICER, self.now):
            raise FourEyesRoleMissing("OFFICER", caller.address)


NOT_PROPOSED: Signing = Approving(Proposal(ZERO32), Clock(0))
"""For an act of a procedure without four eyes, which nobody proposes."""


def require_signed(
    caller: Signer,
    buyer: bytes,
    four_eyes: bool,
    signing: Signing,
    now: int,
    missing: Callable[[str, str], LicitaError],
) -> None:
    """Either of the buyer's two, or with four eyes what ``signing`` asks for. Raises ``missing`` or the refusals of FourEyes."""
    if four_eyes:
        signing.require(caller, buyer)
    elif not caller.runs(buyer, _RUNS_TENDERS, now):
        raise missing("OFFICER", caller.address)
