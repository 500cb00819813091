"""Who an organisation is, wherever its id of 32 bytes stands."""

from __future__ import annotations

from api.deps import Service

__all__ = ["org_id_of"]


def org_id_of(service: Service, identifier: str) -> str:
    """Org-id of a member or of a supplier that is a firm; the 0x id itself where neither is known."""
    member = service.index.member(identifier)
    if member is not None:
        return member.org_id
    supplier = service.index.supplier(identifier)
    named = {} if supplier is None else supplier.public.get("identifier", {})
    if isinstance(named, dict) and {"scheme", "id"} <= set(named):
        return f"{named['scheme']}-{named['id']}"
    return identifier
