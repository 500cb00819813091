"""Acts on suppliers and citizens; rules and refusals are those of ``chain.procurement.acts``."""

from __future__ import annotations

from api.auth import AccountCaller
from api.deps import Service
from api.suppliers.schemas import (
    AccountsIn,
    CitizenIn,
    DebarmentIn,
    LiftingIn,
    OwnersIn,
    StatusIn,
    SupplierIn,
)
from api.writes import Act, Done, perform
from chain.errors.contracts import SupplierRegistryRoleMissing
from chain.errors.service import HeaderMalformed, PreconditionFailed
from chain.procurement.acts import Prepared

__all__ = ["debar", "declare_owners", "enrol", "lift", "register", "set_accounts", "set_status"]


async def register(service: Service, caller: AccountCaller, act: Act, body: SupplierIn) -> Done:
    """Registers a supplier. Raises the refusals of SupplierRegistry's register."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.acts.register_supplier(caller.actor, body.org_id, body.name, body.accounts),
    )  # fmt: skip


async def set_status(
    service: Service, caller: AccountCaller, act: Act, identifier: str, body: StatusIn
) -> Done:
    """Activates or deactivates. Raises the refusals of SupplierRegistry's setActive."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.acts.set_supplier_active(caller.actor, bytes.fromhex(identifier[2:]), body.active),
    )  # fmt: skip


async def set_accounts(service: Service, caller: AccountCaller, act: Act, body: AccountsIn) -> Done:
    """Replaces the accounts of the caller's supplier. Raises PreconditionRequired, PreconditionFailed, SupplierRegistry's refusals."""
    version = _version(act)

    def build() -> Prepared:
        supplier = _own(service, caller, version)
        return service.acts.set_supplier_accounts(caller.actor, supplier, version, body.accounts)

    return await perform(service, caller, act, body.model_dump(), build)


async def declare_owners(service: Service, caller: AccountCaller, act: Act, body: OwnersIn) -> Done:
    """Declares the owners of the caller's supplier. Raises as ``set_accounts``."""
    version = _version(act)

    def build() -> Prepared:
        supplier = _own(service, caller, version)
        return service.acts.declare_owners(caller.actor, supplier, version, body.sha256)

    return await perform(service, caller, act, body.model_dump(), build)


async def debar(
    service: Service, caller: AccountCaller, act: Act, identifier: str, body: DebarmentIn
) -> Done:
    """Debars. Raises DocumentNotFound and the refusals of SupplierRegistry's debar."""
    supplier = bytes.fromhex(identifier[2:])
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.acts.debar_supplier(caller.actor, supplier, body.ends_at, body.document),
    )  # fmt: skip


async def lift(service: Service, caller: AccountCaller, act: Act, identifier: str, body: LiftingIn) -> Done:
    """Lifts a debarment. Raises DocumentNotFound and the refusals of SupplierRegistry's liftDebarment."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.acts.lift_debarment(caller.actor, bytes.fromhex(identifier[2:]), body.document),
    )  # fmt: skip


async def enrol(service: Service, caller: AccountCaller, act: Act, body: CitizenIn) -> Done:
    """Enrols a citizen. Raises the refusals of SupplierRegistry's enrolCitizen."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.acts.enrol_citizen(caller.actor, body.address),
    )  # fmt: skip


def _version(act: Act) -> int:
    given = act.required_match("version of the supplier")
    if not given.isdecimal() or len(given) > 9:
        raise HeaderMalformed("If-Match", 'a version in double quotes, e.g. "3"')
    return int(given)


def _own(service: Service, caller: AccountCaller, version: int) -> bytes:
    """Id of the caller's supplier. Raises SupplierRegistryRoleMissing, PreconditionFailed."""
    row = service.index.supplier_of(caller.actor)
    if row is None:
        raise SupplierRegistryRoleMissing("SUPPLIER", caller.actor)
    if row.version != version:
        raise PreconditionFailed(str(row.version), str(version))
    return bytes.fromhex(row.id[2:])
