"""Bodies of the member routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.fields import Address, Time
from api.pages import Shown
from api.standing import StandingBody
from chain.types import Role, instant

__all__ = ["BODIES", "BuyerBody", "MemberBody", "MemberRowBody", "PersonBody", "PersonIn", "RotationIn"]

RoleName = Literal[
    "ADMIN", "DELEGATE", "OFFICER", "APPROVER", "OPENER", "EVALUATOR", "REVIEWER", "AUDITOR", "OPERATOR", "WITNESS", "REGISTRAR"
]  # fmt: skip

_ACCOUNT, _OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class PersonIn(_Strict):
    """An account that shall act for the organisation; there are no names on the chain."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"address": _ACCOUNT, "roles": ["OFFICER"], "mandateEnd": "2028-12-31T23:59:59Z"}]
        }
    )

    address: Address
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=len(Role))]
    mandate_end: Time

    @property
    def bits(self) -> int:
        """The roles as bits."""
        bits = Role(0)
        for name in self.roles:
            bits |= Role[name]
        return int(bits)

    @property
    def ends_at(self) -> int:
        """End of the mandate, unix seconds."""
        return instant(datetime.fromisoformat(self.mandate_end))


class RotationIn(_Strict):
    """An account of the organisation, and the one that takes its place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account": _ACCOUNT, "successor": _OTHER}]})

    account: Address
    successor: Address


class MemberRowBody(Shown):
    """A member organisation in a list."""

    id: str = Field(description="keccak256 of the org-id.")
    org_id: str = Field(examples=["MX-RFC-GDF9712054NA"])
    name: str
    sector: str = Field(examples=["PUBLIC"])
    status: str = Field(description="At head time.", examples=["ACTIVE"])
    kinds: list[str] = Field(description="What the organisation may do.", examples=[["BUYER"]])


class PersonBody(Shown):
    """An account of a member; there are no names on the chain."""

    address: str
    roles: list[str] = Field(examples=[["ADMIN", "OFFICER"]])
    mandate_end: str
    suspended_until: str | None


class BuyerBody(MemberRowBody):
    """A member organisation as a buyer: what its agreements add up to."""

    standing: StandingBody


class MemberBody(MemberRowBody):
    """A member organisation with its people."""

    superior: str | None = Field(description="Id of the member above.")
    suspended_until: str | None
    recoveries: int = Field(description="How often its lost admins were replaced.")
    seat: bool = Field(description="Whether it has a seat in the council.")
    block: int = Field(description="Last block that changed it.")
    people: list[PersonBody]


BODIES: tuple[type[BaseModel], ...] = (PersonIn, RotationIn)
