"""Bodies of the supplier routes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.pages import Shown

__all__ = ["BODIES", "AccountsIn", "OwnersIn", "StatusIn", "SupplierBody", "SupplierIn"]

Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
Accounts = Annotated[
    list[Address], Field(min_length=1, max_length=8, description="Accounts that act for the supplier.")
]

_ACME = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class SupplierIn(_Strict):
    """A supplier's public data; no personal data."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"orgId": "LICITA-DELTA", "name": "Delta Equipos, S.A. de C.V.", "accounts": [_ACME]}
            ]
        }
    )

    org_id: Annotated[str, StringConstraints(min_length=3, max_length=100, pattern=r"^[!-~]+-[!-~]+$")] = (
        Field(description="Organisation identifier `{scheme}-{id}` (org-id.guide).")
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
    accounts: Accounts


class StatusIn(_Strict):
    """Whether the supplier is active."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    active: bool


class AccountsIn(_Strict):
    """The accounts of the caller's supplier, all of them; If-Match names the version they replace."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accounts": [_ACME]}]})

    accounts: Accounts


class OwnersIn(_Strict):
    """The declaration of the owners of the caller's supplier; If-Match names the version it replaces."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sha256": "cd" * 32}]})

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="sha256 of the declaration."
    )


class SupplierBody(Shown):
    """A supplier."""

    id: str = Field(description="keccak256 of the org-id, or a random value for a natural person.")
    active: bool
    version: int = Field(description="The state that accounts and owners replace: goes into If-Match.")
    accounts: list[str]
    public: dict[str, Any] = Field(description="Public data of the registration: {identifier, name}.")
    owners_declared_at: str | None
    owners_hash: str
    debarred_until: str | None
    content_ok: bool
    reasons: list[str]


BODIES: tuple[type[BaseModel], ...] = (AccountsIn, OwnersIn, StatusIn, SupplierIn)
