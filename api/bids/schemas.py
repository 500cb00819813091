"""Bodies of the bid routes."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.fields import Hash
from api.pages import Shown
from chain.types import from_hex

__all__ = ["BODIES", "AmountBody", "BidBody", "BidIn", "BidRowBody", "EnvelopeBody", "OpenedBody", "Status"]

Sha256 = Annotated[str, StringConstraints(pattern=r"^(0x)?[0-9a-fA-F]{64}$")]
Sealed = Annotated[
    str,
    StringConstraints(
        pattern=r"^(0x([0-9a-fA-F]{2})+|([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==))$",
        max_length=36_000,
    ),
]
"""The longest envelope has 17,588 bytes: 32 lots and 16 blocks."""
Status = Literal["sealed", "withdrawn", "excluded", "lapsed"]


class BidIn(BaseModel):
    """A bid as its bidder sealed it on a machine of its own: no amount, no document, no secret is ever sent here."""

    model_config = ConfigDict(
        extra="forbid", strict=True, alias_generator=to_camel,
        json_schema_extra={"examples": [{"termsHash": "0x" + "5e" * 32, "declarations": "ab" * 32, "envelopes": ["0x0102" + "9c" * 32]}]},
    )  # fmt: skip

    terms_hash: Annotated[Hash, Field(description="`termsHash` of the notice that was sealed to.")]
    declarations: Annotated[
        Sha256, Field(description="sha256 of the signed declaration on conflicts, exclusion and collusion.")
    ]
    envelopes: Annotated[
        list[Sealed],
        Field(
            min_length=1, max_length=2, description="All envelopes of the bid in order: 0x hex, or base64."
        ),
    ]

    @property
    def sealed(self) -> list[bytes]:
        """The envelopes as bytes."""
        return [
            from_hex(each) if each.startswith("0x") else base64.b64decode(each) for each in self.envelopes
        ]


class AmountBody(Shown):
    """The price of one lot; null where there is no offer for it."""

    lot: str = Field(description="Id of the lot in the tender; its number where the tender declares none.")
    amount: str | None = Field(examples=["1250000.00"])
    currency: str
    minor: str | None = Field(description="The same in minor units.", examples=["125000000"])


class OpenedBody(Shown):
    """What came out of an envelope, checked by the contract."""

    envelope: int
    amounts: list[AmountBody] = Field(description="By lot; empty for an envelope that holds documents only.")
    doc_commit: str = Field(description="Commitment to the document.")
    s: str = Field(description="S, x and y: with it anybody decrypts amounts and document again.")
    fault: str | None = Field(
        description="Error for which the document cannot be read: the bid is not responsive.",
        examples=["BodyUnreadable"],
    )
    document: str | None = Field(
        description="Path of the document.", examples=["/v1/tenders/7/bids/0/document?envelope=0"]
    )
    revealed: str | None = Field(description="r, where the bidder opened it: the committee did not.")
    opened_at: str


class BidRowBody(Shown):
    """A supplier's bid in its present version."""

    tender: int
    index: int = Field(description="Place of the supplier in the tender, from 0; it keeps it.")
    supplier: str
    org_id: str
    bidder: str = Field(description="Account that sent it: the envelopes are bound to it.")
    version: int = Field(description="A new one is sealed as the next.")
    order: int = Field(description="Number of its arrival: the lower wins a tie.")
    terms_version: int
    status: Status = Field(
        description="`lapsed`: not confirmed for the tender's last terms, so it is not opened."
    )
    declarations: str = Field(description="sha256.")
    sealed_at: str
    transaction: str
    openings: list[OpenedBody] = Field(description="Empty while it is sealed.")


class EnvelopeBody(Shown):
    """An envelope as it was sealed."""

    envelope: int
    seal: str = Field(description="What the contract keeps of it.")
    data: str = Field(description="Its bytes, 0x hex.")
    transaction: str


class BidBody(BidRowBody):
    """A bid with its envelopes."""

    block: int
    envelopes: list[EnvelopeBody]


BODIES: tuple[type[BaseModel], ...] = (BidIn,)
