"""Bodies of the award routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.fields import Sha256
from api.pages import Shown

__all__ = [
    "BODIES", "AskedBody", "AwardBody", "AwardIn", "DecisionBody", "DisqualificationIn", "DropIn", "LotStateBody", "PaperIn", "PlaceBody",
    "RequestIn", "SecurityBody", "SecurityIn",
]  # fmt: skip

Index = Annotated[int, Field(ge=0, le=65_535, description="Place of the bid in the tender, from 0.")]
Decision = Annotated[Sha256, Field(description="sha256 of the reasoned decision, uploaded before.")]
Reason = Literal[
    "notEligible",
    "notQualified",
    "nonResponsive",
    "abnormallyLow",
    "debarred",
    "conflict",
    "falseDeclaration",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class AwardIn(_Strict):
    """An award to the candidate of a lot; naming it says that it is the one you mean."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"bid": 1, "document": "ab" * 32}]})

    bid: Index
    document: Decision


class DisqualificationIn(_Strict):
    """Why the candidate of a lot cannot win; the next one follows."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"bid": 1, "reason": "notQualified", "document": "ab" * 32}]}
    )

    bid: Index
    reason: Reason
    document: Decision


class DropIn(_Strict):
    """The candidate of a lot whose supplier may not be awarded now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"bid": 1}]})

    bid: Index


class RequestIn(_Strict):
    """A request, or an answer, about the price of the candidate of a lot."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"bid": 1, "document": "ab" * 32}]})

    bid: Index
    document: Annotated[Sha256, Field(description="sha256 of the paper; the buyer's is uploaded before.")]


class PaperIn(_Strict):
    """The paper that an act is about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Annotated[Sha256, Field(description="sha256 of the paper; the buyer's is uploaded before.")]


class SecurityIn(_Strict):
    """What became of a bid's security: held, then released or forfeited."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "held", "reference": "cd" * 32}]})

    status: Literal["held", "released", "forfeited"]
    reference: Annotated[Sha256, Field(description="sha256 of the paper that says so; it may stay private.")]


class PriceBody(Shown):
    """What a bid asks for a lot."""

    bid: int
    supplier: str
    org_id: str
    amount: str = Field(examples=["1190000.00"])
    currency: str
    minor: str = Field(description="The same in minor units.", examples=["119000000"])


class PlaceBody(PriceBody):
    """A place of a ranking."""

    place: int = Field(description="From 0, the one that wins first.")
    low: bool = Field(description="Whether the price is abnormally low: awarded once it is explained.")
    candidate: bool = Field(description="Whether it is the one that can be awarded or put out.")
    out: str | None = Field(description="Why it cannot win any more.", examples=["notQualified"])


class AwardBody(PriceBody):
    """An award."""

    why: str = Field(examples=["lowest of 2 admissible bids"])
    document: str = Field(description="sha256 of the reasoned decision.")
    awarded_at: str
    transaction: str


class DecisionBody(Shown):
    """A decision on a lot, or on all of them (`extended`)."""

    kind: str = Field(
        json_schema_extra={"enum": ["awarded", "disqualified", "dropped", "passedOver", "extended"]},
    )
    bid: int | None
    cause: str | None = Field(description="Reason; of a supplier that was dropped: what the registry says.")
    document: str | None = Field(
        description="sha256 of the reasoned decision; nobody decides on a drop, nor that a candidate is passed over."
    )
    decided_at: str
    transaction: str


class AskedBody(Shown):
    """What a bidder was asked: to explain its price for this lot, or to cure a defect of its bid."""

    what: str = Field(json_schema_extra={"enum": ["explanation", "curing"]})
    bid: int
    question: str = Field(description="sha256 of what was asked.")
    asked_at: str
    until: str = Field(description="End of the time to answer.")
    answer: str | None = Field(description="sha256 of the answer.")
    answered_at: str | None


class LotStateBody(Shown):
    """A lot, as far as its award goes."""

    tender: int
    number: int
    id: str = Field(description="Id of the lot in the tender; its number where the tender declares none.")
    status: str = Field(
        json_schema_extra={
            "enum": ["Waiting", "Ranked", "Standstill", "Final", "Lapsed", "Signed", "Failed", "Cancelling", "Cancelled"]
        }
    )  # fmt: skip
    offers: int = Field(description="Bids that offer for it, as far as they are counted.")
    admissible: int = Field(description="Those of them that may win.")
    ranked: int
    counted: bool = Field(description="Whether all bids are counted.")
    failure: str | None = Field(examples=["tooFewOffers"])
    candidate: int | None = Field(description="The bid that can be awarded or put out.")
    award: AwardBody | None
    decide_until: str | None = Field(
        description="When a decision is overdue; null before the opening and once there is one."
    )
    standstill_ends: str | None = Field(description="Nothing is signed before.")
    sign_until: str | None = Field(description="The supplier that does not sign by then may be passed over.")
    agreement: int | None = Field(description="The latest agreement about it, signed or not.")
    decisions: list[DecisionBody]
    requests: list[AskedBody]


class SecurityBody(Shown):
    """What became of a bid's security."""

    bid: int
    status: str = Field(json_schema_extra={"enum": ["none", "held", "released", "forfeited"]})
    reference: str | None
    recorded_at: str | None


BODIES: tuple[type[BaseModel], ...] = (
    AwardIn, DisqualificationIn, DropIn, PaperIn, RequestIn, SecurityIn,
)  # fmt: skip
