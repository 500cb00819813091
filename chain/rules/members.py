"""What an ADMIN does to the people of its own organisation. MemberRegistry.sol decides."""

from __future__ import annotations

from chain.errors.contracts import (
    MemberRegistryAccountTaken,
    MemberRegistryHashZero,
    MemberRegistryLastAdmin,
    MemberRegistryLastSeat,
    MemberRegistryMandateInvalid,
    MemberRegistryPersonNotFound,
    MemberRegistryPersonSuspended,
    MemberRegistryRoleMissing,
    MemberRegistryRolesInvalid,
)
from chain.rules.facts import PersonFacts
from chain.rules.tenders import Caller
from chain.types import Role, moment, to_hex

__all__ = ["MAX_MANDATE", "check_add_person", "check_remove_person", "check_resign", "check_rotate_person"]

MAX_MANDATE = 3_650 * 86_400
"""Seconds that a mandate lasts at most."""

_ALL = int(~Role(0))


def check_add_person(
    caller: Caller, account: str, roles: int, mandate_end: int, *, taken: bool, now: int
) -> None:
    """MemberRegistry.addPerson; ``taken``: the account is somebody's already.

    Raises MemberRegistryRoleMissing, -AccountTaken, -HashZero, -RolesInvalid, -MandateInvalid.
    """
    _require_admin(caller, now)
    _require_free(account, taken)
    if not 0 < roles <= _ALL:
        raise MemberRegistryRolesInvalid(_ALL, roles)
    if not now < mandate_end <= now + MAX_MANDATE:
        raise MemberRegistryMandateInvalid(now, now + MAX_MANDATE, mandate_end)


def check_remove_person(caller: Caller, account: str, person: PersonFacts, now: int) -> None:
    """MemberRegistry.removePerson. Raises MemberRegistryRoleMissing, -PersonNotFound, -PersonSuspended, -LastAdmin."""
    member = _require_admin(caller, now)
    _require_own(member, account, person, now)
    if account == caller.address:
        raise MemberRegistryLastAdmin(to_hex(member))


def check_rotate_person(
    caller: Caller, account: str, person: PersonFacts, successor: str, *, taken: bool, now: int
) -> None:
    """MemberRegistry.rotatePerson; ``taken``: the successor is somebody's already.

    Raises MemberRegistryRoleMissing, -PersonNotFound, -PersonSuspended, -AccountTaken, -HashZero.
    """
    member = _require_admin(caller, now)
    _require_own(member, account, person, now)
    _require_free(successor, taken)


def check_resign(caller: Caller, seat: int, seats: tuple[int, int, int, int], now: int) -> None:
    """MemberRegistry.resign; ``seat``: of the caller's member (sector counted from 1, 0 if none), ``seats``: of all by sector.

    Raises MemberRegistryRoleMissing, -LastSeat.
    """
    _require_admin(caller, now)
    if seat and seats[seat - 1] == 1:
        raise MemberRegistryLastSeat(seat - 1)


def _require_admin(caller: Caller, now: int) -> bytes:
    if not caller.runs(caller.person.member, Role.ADMIN, now):
        raise MemberRegistryRoleMissing("ADMIN", caller.address)
    return caller.person.member


def _require_own(member: bytes, account: str, person: PersonFacts, now: int) -> None:
    if person.member != member:
        raise MemberRegistryPersonNotFound(account)
    if now < person.suspended_until:
        raise MemberRegistryPersonSuspended(account, moment(person.suspended_until))


def _require_free(account: str, taken: bool) -> None:
    if taken:
        raise MemberRegistryAccountTaken(account)
    if int(account, 16) == 0:
        raise MemberRegistryHashZero("account")
