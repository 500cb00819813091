"""Bodies of the comment routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.fields import Sha256
from api.pages import Shown

__all__ = ["BODIES", "BatchesBody", "CommentBody", "CommentIn", "HidingIn", "ReceiptBody"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class CommentIn(_Strict):
    """A comment; everybody can read it at once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Los plazos del procedimiento son muy cortos."}]}
    )

    text: str = Field(description="At most 65,536 bytes of UTF-8.")


class HidingIn(_Strict):
    """A text that shall not be shown, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "ab" * 32, "reason": "cd" * 32}]})

    text: Annotated[Sha256, Field(description="sha256 of the text.")]
    reason: Annotated[Sha256, Field(description="sha256 of the published reason, uploaded before.")]


class CommentBody(Shown):
    """A comment; an organisation's has a number, a citizen's a serial."""

    kind: Literal["organisation", "citizen"]
    number: int | None
    serial: str | None
    organisation: str | None = Field(description="Id of the member or supplier.")
    org_id: str | None
    text_sha256: str
    text: str | None = Field(description="Null where it is hidden, and where this service does not hold it.")
    hidden_for: str | None = Field(description="sha256 of the reason for which it is hidden.")
    at: str
    batch: int | None = Field(
        description="Number of the batch that holds a citizen's comment, anchored or on its way."
    )


class ReceiptBody(BaseModel):
    """What somebody without an account gets for a comment; kept as it came, it is a file that is verified offline."""

    format: Literal["licita-receipt/1"]
    comment: dict[str, Any] = Field(description="The leaf: what was received, the text by its sha256.")
    operator: str = Field(description="The account that signs.")
    member: str = Field(description="Id of its member.")
    anchor_by: str = Field(description="Until then the comment is in a batch on the chain.")
    signature: str
    place: dict[str, Any] | None = Field(
        None, description="Where it is in which batch, once that is on the chain; before, it is left out."
    )


class BatchesBody(BaseModel):
    """The batches of the service's member that are on the chain, each with the hashes of its comments in order."""

    format: Literal["licita-batches/1"]
    chain_id: int
    consultation: str
    proposal: int
    member: str
    batches: list[dict[str, Any]]


BODIES: tuple[type[BaseModel], ...] = (CommentIn, HidingIn)
