"""Suppliers and citizens as the API shows them."""

from __future__ import annotations

from api.deps import Service
from api.pages import ListOf, listed, time_text
from api.standing import standing_body
from api.suppliers.schemas import CitizenBody, SupplierBody, SupplierRecordBody
from chain.errors.contracts import SupplierRegistryNotFound
from chain.errors.service import CitizenNotFound
from chain.recorder.index.views import SupplierRow

__all__ = ["citizen", "page", "supplier"]


def citizen(service: Service, address: str) -> CitizenBody:
    """A citizen by its account. Raises CitizenNotFound."""
    row = service.index.citizen(address)
    if row is None:
        raise CitizenNotFound(address)
    return CitizenBody(address=row.address, block=row.block)


def supplier(service: Service, identifier: str) -> SupplierRecordBody:
    """A supplier by its 0x id, with what its agreements add up to. Raises SupplierRegistryNotFound."""
    with service.index.at_once():
        row = service.index.supplier(identifier.lower())
        if row is None:
            raise SupplierRegistryNotFound(identifier)
        found = service.index.agreeing.counters(service.index.now(), supplier=row.id)
        return SupplierRecordBody(**_body(row).model_dump(), standing=standing_body(found))


def page(service: Service, after: str | None, limit: int) -> ListOf[SupplierBody]:
    """Suppliers by id."""
    found = service.index.suppliers(after, limit)
    return listed(service, [_body(row) for row in found.items], found.next)


def _body(row: SupplierRow) -> SupplierBody:
    return SupplierBody(
        id=row.id, active=row.active, version=row.version, accounts=list(row.accounts), public=dict(row.public),
        owners_declared_at=time_text(row.owners_at) if row.owners_at else None, owners_hash=row.owners_hash,
        debarred_until=time_text(row.debarred_until) if row.debarred_until else None,
        content_ok=row.content_ok, reasons=list(row.reasons),
    )  # fmt: skip
