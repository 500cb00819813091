"""Bodies of the routes of suppliers and citizens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.fields import Address, Sha256, Time
from api.pages import Shown
from api.standing import StandingBody
from chain.types import instant

__all__ = [
    "BODIES", "AccountsIn", "CitizenBody", "CitizenIn", "DebarmentIn", "LiftingIn", "OwnersIn", "StatusIn", "SupplierBody", "SupplierIn",
    "SupplierRecordBody",
]  # fmt: skip

Accounts = Annotated[
    list[Address], Field(min_length=1, max_length=8, description="Accounts that act for the supplier.")
]

Order = Annotated[Sha256, Field(description="sha256 of the order with its reasons, uploaded before.")]

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

    sha256: Sha256 = Field(description="sha256 of the declaration.")


class DebarmentIn(_Strict):
    """A debarment; it replaces the one in force and ends by itself."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"until": "2027-12-31T23:59:59Z", "document": "ab" * 32}]}
    )

    until: Time
    document: Order

    @property
    def ends_at(self) -> int:
        """End of the debarment, unix seconds; what lies before all times of a chain is as past as the first."""
        return max(0, instant(datetime.fromisoformat(self.until)))


class LiftingIn(_Strict):
    """The end of a debarment before its time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Order


class CitizenIn(_Strict):
    """An account of a citizen; nothing else about the citizen is on the chain."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"address": _ACME}]})

    address: Address


class SupplierBody(Shown):
    """A supplier."""

    id: str = Field(description="keccak256 of the org-id, or a random value for a natural person.")
    active: bool
    version: int = Field(description="The state that accounts and owners replace: goes into If-Match.")
    accounts: list[str]
    public: dict[str, Any] = Field(description="Public data of the registration: {identifier, name}.")
    owners_declared_at: str | None
    owners_hash: str
    debarred_until: str | None = Field(
        description="End of the debarment in force or of the last one; null where it was lifted."
    )
    content_ok: bool
    reasons: list[str]


class SupplierRecordBody(SupplierBody):
    """A supplier, with what its agreements add up to."""

    standing: StandingBody


class CitizenBody(Shown):
    """An enrolled citizen."""

    address: str
    block: int = Field(description="Block that enrolled it.")


BODIES: tuple[type[BaseModel], ...] = (
    AccountsIn, CitizenIn, DebarmentIn, LiftingIn, OwnersIn, StatusIn, SupplierIn,
)  # fmt: skip
