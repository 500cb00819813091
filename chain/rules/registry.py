"""Members, people and suppliers: who may act, and what the two registries refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from chain.errors.contracts import (
    SupplierRegistryAccountsInvalid,
    SupplierRegistryAccountTaken,
    SupplierRegistryDebarmentInvalid,
    SupplierRegistryDebarred,
    SupplierRegistryExists,
    SupplierRegistryHashZero,
    SupplierRegistryInactive,
    SupplierRegistryJsonLength,
    SupplierRegistryNotFound,
    SupplierRegistryOwnersStale,
    SupplierRegistryRoleMissing,
    SupplierRegistryUnchanged,
    SupplierRegistryVersionWrong,
)
from chain.rules.facts import MemberFacts, SupplierFacts
from chain.types import ZERO32, Kind, MemberStatus, Role, moment, to_hex

__all__ = [
    "Free", "MAX_ACCOUNTS", "MAX_DEBARMENT", "MAX_LEVELS", "MAX_PUBLIC_DATA", "OWNERS_VALID", "check_debar",
    "check_declare_owners", "check_enrol_citizen", "check_lift_debarment", "check_register", "check_set_accounts",
    "check_set_active", "independent", "ineligible", "is_active", "may", "member_status", "require_eligible",
]  # fmt: skip

MAX_LEVELS = 8
"""Superiors above one another that are followed."""

MAX_ACCOUNTS = 8
MAX_PUBLIC_DATA = 4_096
"""Bytes of a supplier's public JSON."""

OWNERS_VALID = 365 * 86_400
"""Seconds for which a declaration of owners holds."""

MAX_DEBARMENT = 5 * 365 * 86_400
"""Seconds of the longest debarment."""

_KIND_OF_ROLE = (
    (Role.ADMIN, ~Kind(0)),
    (Role.DELEGATE, Kind.COUNCIL),
    (Role.OFFICER | Role.APPROVER, Kind.BUYER),
    (Role.OPENER, Kind.OPENING),
    (Role.EVALUATOR, Kind.EVALUATION | Kind.BUYER | Kind.WITNESS),
    (Role.REVIEWER, Kind.REVIEW_BODY),
    (Role.AUDITOR, Kind.AUDIT_OFFICE),
    (Role.OPERATOR, Kind.OPERATOR),
    (Role.WITNESS, Kind.WITNESS),
    (Role.REGISTRAR, Kind.REGISTRAR),
)
"""A role counts where the member has one of these kinds."""


Free: TypeAlias = Callable[[str], bool]
"""Whether an account belongs to no member, to no other supplier and to no citizen."""


class MemberLike(Protocol):
    """What tells whether a known member is active, and as what."""

    @property
    def kinds(self) -> int: ...
    @property
    def suspended_until(self) -> int: ...
    @property
    def recoveries(self) -> int: ...
    @property
    def left(self) -> bool: ...


class PersonLike(Protocol):
    """What a person may do for a member, and how long."""

    @property
    def roles(self) -> int: ...
    @property
    def mandate_end(self) -> int: ...
    @property
    def suspended_until(self) -> int: ...
    @property
    def recoveries(self) -> int: ...


def member_status(member: MemberFacts, now: int) -> MemberStatus:
    """MemberRegistry.statusOf."""
    if not member.exists:
        return MemberStatus.NONE
    return _known_status(member, now)


def _known_status(member: MemberLike, now: int) -> MemberStatus:
    if member.left:
        return MemberStatus.LEFT
    return MemberStatus.SUSPENDED if now < member.suspended_until else MemberStatus.ACTIVE


def is_active(member: MemberFacts, kinds: int, now: int) -> bool:
    """MemberRegistry.isActive: active and of all ``kinds``."""
    return member_status(member, now) is MemberStatus.ACTIVE and member.kinds & kinds == kinds


def may(person: PersonLike, member: MemberLike, roles: int, now: int) -> bool:
    """MemberRegistry.may for a person and its member: one of ``roles``, with the kind it needs, mandate and status."""
    if now >= person.mandate_end or now < person.suspended_until:
        return False
    if _known_status(member, now) is not MemberStatus.ACTIVE:
        return False
    if person.recoveries != member.recoveries:
        roles &= ~Role.ADMIN
    return any(roles & person.roles & role and member.kinds & kinds for role, kinds in _KIND_OF_ROLE)


def independent(a: bytes, b: bytes, superiors: Mapping[bytes, bytes]) -> bool:
    """MemberRegistry.independent: two members have nobody above in common, and none is above the other.

    ``superiors``: member id -> the id above it, or 32 zero bytes; those not in it have none.
    """
    top_a, top_b = _top(a, superiors), _top(b, superiors)
    return top_a is not None and top_b is not None and top_a != top_b


def _top(member: bytes, superiors: Mapping[bytes, bytes]) -> bytes | None:
    """The highest member above this one; None where it is more levels above than are followed."""
    for _ in range(MAX_LEVELS + 1):
        superior = superiors.get(member, ZERO32)
        if superior == ZERO32:
            return member
        member = superior
    return None


def ineligible(supplier: SupplierFacts, now: int) -> str:
    """Why a supplier may not win a tender: ``INACTIVE``, ``DEBARRED``, ``OWNERS_STALE``; empty where it may."""
    if not supplier.active:
        return "INACTIVE"
    if now < supplier.debarred_until:
        return "DEBARRED"
    is_current = supplier.owners_at != 0 and now <= supplier.owners_at + OWNERS_VALID
    return "" if is_current else "OWNERS_STALE"


def require_eligible(supplier_id: bytes, supplier: SupplierFacts, now: int) -> None:
    """SupplierRegistry.requireEligible. Raises SupplierRegistryNotFound, -Inactive, -Debarred, -OwnersStale."""
    shown = to_hex(supplier_id)
    if not supplier.exists:
        raise SupplierRegistryNotFound(shown)
    cause = ineligible(supplier, now)
    if cause == "INACTIVE":
        raise SupplierRegistryInactive(shown)
    if cause == "DEBARRED":
        raise SupplierRegistryDebarred(shown, moment(supplier.debarred_until))
    if cause == "OWNERS_STALE":
        raise SupplierRegistryOwnersStale(shown, moment(supplier.owners_at))


def check_register(
    who: str,
    is_registrar: bool,
    supplier_id: bytes,
    supplier: SupplierFacts,
    accounts: Sequence[str],
    free: Free,
    size: int,
) -> None:
    """SupplierRegistry.register; ``size``: bytes of the public data.

    Raises SupplierRegistryRoleMissing, -Exists, -AccountTaken, -HashZero, -JsonLength, -AccountsInvalid.
    """
    _require_registrar(who, is_registrar)
    if supplier.exists:
        raise SupplierRegistryExists(to_hex(supplier_id))
    _require_free(accounts, free)
    if supplier_id == ZERO32:
        raise SupplierRegistryHashZero("id")
    if not 0 < size <= MAX_PUBLIC_DATA:
        raise SupplierRegistryJsonLength(MAX_PUBLIC_DATA, size)
    _require_count(accounts)


def check_set_active(
    who: str, is_registrar: bool, supplier_id: bytes, supplier: SupplierFacts, active: bool
) -> None:
    """SupplierRegistry.setActive. Raises SupplierRegistryNotFound, -RoleMissing, -Unchanged."""
    if not supplier.exists:
        raise SupplierRegistryNotFound(to_hex(supplier_id))
    _require_registrar(who, is_registrar)
    if supplier.active == active:
        raise SupplierRegistryUnchanged("active")


def check_set_accounts(
    who: str, supplier: SupplierFacts, expected: int, accounts: Sequence[str], free: Free
) -> None:
    """SupplierRegistry.setAccounts; ``supplier`` is that of the caller, all zero where it has none.

    Raises SupplierRegistryRoleMissing, -VersionWrong, -AccountTaken, -AccountsInvalid.
    """
    _require_own(who, supplier, expected)
    _require_free(accounts, free)
    _require_count(accounts)


def check_declare_owners(who: str, supplier: SupplierFacts, expected: int, owners_hash: bytes) -> None:
    """SupplierRegistry.declareOwners; the same owners may be declared again, which renews the declaration.

    Raises SupplierRegistryRoleMissing, -VersionWrong, -HashZero.
    """
    _require_own(who, supplier, expected)
    if owners_hash == ZERO32:
        raise SupplierRegistryHashZero("ownersHash")


def check_debar(
    who: str,
    may_order: bool,
    supplier_id: bytes,
    supplier: SupplierFacts,
    until: int,
    document_hash: bytes,
    now: int,
) -> None:
    """SupplierRegistry.debar; ``may_order``: a reviewer, or the authority. The order replaces the one in force.

    Raises SupplierRegistryNotFound, -RoleMissing, -Unchanged, -HashZero, -DebarmentInvalid.
    """
    _require_reviewed(who, may_order, supplier_id, supplier)
    if until == supplier.debarred_until:
        raise SupplierRegistryUnchanged("debarredUntil")
    if document_hash == ZERO32:
        raise SupplierRegistryHashZero("documentHash")
    if not now < until <= now + MAX_DEBARMENT:
        raise SupplierRegistryDebarmentInvalid(moment(until))


def check_lift_debarment(
    who: str, may_order: bool, supplier_id: bytes, supplier: SupplierFacts, document_hash: bytes, now: int
) -> None:
    """SupplierRegistry.liftDebarment; one that is over needs no lifting.

    Raises SupplierRegistryNotFound, -RoleMissing, -Unchanged, -HashZero.
    """
    _require_reviewed(who, may_order, supplier_id, supplier)
    if now >= supplier.debarred_until:
        raise SupplierRegistryUnchanged("debarredUntil")
    if document_hash == ZERO32:
        raise SupplierRegistryHashZero("documentHash")


def check_enrol_citizen(who: str, is_registrar: bool, account: str, taken: bool) -> None:
    """SupplierRegistry.enrolCitizen; ``taken``: the account is a member's, a supplier's or a citizen's.

    Raises SupplierRegistryRoleMissing, -AccountTaken, -HashZero.
    """
    _require_registrar(who, is_registrar)
    if taken:
        raise SupplierRegistryAccountTaken(account)
    if int(account, 16) == 0:
        raise SupplierRegistryHashZero("account")


def _require_reviewed(who: str, may_order: bool, supplier_id: bytes, supplier: SupplierFacts) -> None:
    if not supplier.exists:
        raise SupplierRegistryNotFound(to_hex(supplier_id))
    if not may_order:
        raise SupplierRegistryRoleMissing("REVIEWER", who)


def _require_registrar(who: str, is_registrar: bool) -> None:
    if not is_registrar:
        raise SupplierRegistryRoleMissing("REGISTRAR", who)


def _require_own(who: str, supplier: SupplierFacts, expected: int) -> None:
    if not supplier.exists:
        raise SupplierRegistryRoleMissing("SUPPLIER", who)
    if supplier.version != expected:
        raise SupplierRegistryVersionWrong(supplier.version, expected)


def _require_free(accounts: Sequence[str], free: Free) -> None:
    """The first accounts, as many as there may be: none is zero, named twice or somebody else's."""
    checked = accounts[:MAX_ACCOUNTS]
    for place, account in enumerate(checked):
        if int(account, 16) == 0 or not free(account) or account in checked[:place]:
            raise SupplierRegistryAccountTaken(account)


def _require_count(accounts: Sequence[str]) -> None:
    if not 0 < len(accounts) <= MAX_ACCOUNTS:
        raise SupplierRegistryAccountsInvalid(MAX_ACCOUNTS, len(accounts))
