"""Bodies of the acts that take two accounts of a buyer."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.pages import Shown

__all__ = ["STATES", "ActBody"]

STATES = ("kept", "proposed", "approved", "expired", "void")


class ActBody(Shown):
    """An act: a call that an officer of the buyer proposed, for another account of it to approve."""

    act: str = Field(description="Hash of the call, as the chain has it.")
    state: str = Field(
        description="`kept`: its proposal is in no block (yet), as where a panel votes on it first; `proposed`: it waits for an approver; "
        "`approved`: done; `expired`; `void`: who proposed it is no officer any more.",
        json_schema_extra={"enum": list(STATES)},
    )
    summary: str = Field(description="The act in words.", examples=["cancel tender 7: noDemand"])
    subject: str = Field(
        description="What it is about; empty where it makes something new.", examples=["tenders/7"]
    )
    contract: str = Field(examples=["TenderBoard"])
    function: str = Field(examples=["cancel"])
    call: str | None = Field(description="The calldata that the approver signs; null in a list.")
    arguments: dict[str, Any] | None = Field(description="What it says; null in a list.")
    documents: list[str] = Field(description="sha256 of the documents that it names.")
    actor: str = Field(description="The account that asked here for its proposal.")
    proposer: str | None = Field(description="The account that proposed it on the chain.")
    proposed_at: str | None
    until: str | None = Field(description="It is approved before then, or not at all.")
    approver: str | None
    approved_at: str | None
    transaction: str | None = Field(description="That which did it.")
    possible: bool = Field(description="Whether you can approve it now, as far as it is yours to sign.")
    error: str | None = Field(description="Why not.")
    detail: str | None
    facts: dict[str, Any] = Field(description="Facts of that refusal.")
