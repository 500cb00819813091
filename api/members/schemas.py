"""Bodies of the member routes."""

from __future__ import annotations

from pydantic import Field

from api.pages import Shown

__all__ = ["MemberBody", "MemberRowBody", "PersonBody"]


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


class MemberBody(MemberRowBody):
    """A member organisation with its people."""

    superior: str | None = Field(description="Id of the member above.")
    suspended_until: str | None
    block: int = Field(description="Last block that changed it.")
    people: list[PersonBody]
