"""Bodies of the validator routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.pages import HeadBody, Shown

__all__ = ["BODIES", "DecisionBody", "ProofIn", "ValidatorBody", "ValidatorsBody"]


class ProofIn(BaseModel):
    """A block header that holds the validators as the engine has them."""

    model_config = ConfigDict(
        extra="forbid", strict=True, alias_generator=to_camel, json_schema_extra={"examples": [{"seq": 1, "header": "0xf90217a0"}]}
    )  # fmt: skip

    seq: Annotated[int, Field(ge=0, le=2**53 - 1, description="Number of the decision in force.")]
    header: Annotated[str, StringConstraints(pattern=r"^0x([0-9a-f]{2}){1,16384}$")] = Field(
        description="RLP of a header of the last 256 blocks in its block-hash form: seals and round emptied."
    )


class ValidatorBody(Shown):
    """A validator and the member that runs it."""

    node: str
    member: str
    org_id: str


class ValidatorsBody(Shown):
    """The set in force at head time."""

    seq: int = Field(description="Number of the decision in force; the founding set is 0.")
    proved: bool = Field(description="A block header proved that the engine has this set.")
    validators: list[ValidatorBody]
    removed_until: str | None = Field(description="End of the urgent removal that is in force.")
    head: HeadBody | None


class DecisionBody(Shown):
    """A decision on validators."""

    seq: int
    validators: list[ValidatorBody]
    removed: str | None = Field(description="The validator that an urgent removal took out.")
    until: str | None = Field(description="End of that removal.")
    at: str
    proved_at: str | None
    proved_by: str | None = Field(description="Hash of the block that proved it.")
    block: int


BODIES: tuple[type[BaseModel], ...] = (ProofIn,)
