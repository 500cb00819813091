"""Bodies of the complaint routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from api.fields import Sha256
from api.pages import Shown

__all__ = [
    "BODIES", "ComplaintBody", "ComplaintIn", "ComplaintStepBody", "ConsentIn", "DecisionIn", "OrderBody", "OrderIn",
]  # fmt: skip

Stage = Literal["terms", "technical", "award", "cancellation", "omission"]
RemedyWord = Literal[
    "amend", "cancelTender", "cancelAward", "restoreBid", "redoTechnical", "rescore", "undoCancellation",
]  # fmt: skip
Lot = Annotated[int, Field(ge=0, le=255, description="Number of the lot; 0 is the whole tender.")]
Paper = Annotated[Sha256, Field(description="sha256 of the paper with the reasons, uploaded before.")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class ComplaintIn(_Strict):
    """A complaint; what it is about stands still until it is decided or withdrawn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"tender": 1, "lot": 1, "stage": "award", "document": "ab" * 32}],
        }
    )

    tender: Annotated[int, Field(ge=1, le=2**53 - 1, description="Number of the tender.")]
    lot: Lot = 0
    stage: Stage
    document: Annotated[Sha256, Field(description="sha256 of the complaint, uploaded before.")]


class OrderIn(_Strict):
    """A decision of the review body."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Paper


class DecisionIn(_Strict):
    """How a complaint is decided; what follows where it is upheld."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "upheld", "remedy": "restoreBid", "bid": 1, "document": "ab" * 32}],
        }
    )

    outcome: Literal["rejected", "dismissed", "upheld"]
    remedy: RemedyWord | None = Field(None, description="Of an upheld complaint.")
    bid: Annotated[
        int | None, Field(ge=0, le=65_535, description="The bid that `restoreBid` brings back.")
    ] = None
    document: Paper

    @model_validator(mode="after")
    def _checked(self) -> DecisionIn:
        if (self.outcome == "upheld") != (self.remedy is not None):
            raise ValueError("a remedy belongs to an upheld complaint, and to no other")
        if (self.remedy == "restoreBid") != (self.bid is not None):
            raise ValueError("a bid belongs to restoreBid, and to no other remedy")
        return self


class ConsentIn(_Strict):
    """The consent to a cancellation; its window begins with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lot": 0, "document": "ab" * 32}]})

    lot: Lot = 0
    document: Paper


class ComplaintStepBody(Shown):
    """How a complaint came to a status."""

    status: str
    at: str
    document: str | None = Field(description="sha256 of the decision.")
    transaction: str


class ComplaintBody(Shown):
    """A complaint."""

    number: int
    tender: int
    lot: int | None = Field(description="Null: the whole tender.")
    stage: str = Field(
        json_schema_extra={"enum": ["terms", "technical", "award", "cancellation", "omission"]}
    )
    status: str = Field(
        json_schema_extra={
            "enum": ["Filed", "Admitted", "Rejected", "Upheld", "Dismissed", "Withdrawn", "Remedied"]
        }
    )
    open: bool = Field(description="Whether what it is about stands still because of it.")
    supplier: str
    org_id: str
    document: str = Field(description="sha256 of the complaint.")
    filed_at: str
    transaction: str
    due: str | None = Field(
        description="End of the review, then of the time for the remedy; null once it is closed."
    )
    remedy: str | None
    bid: int | None = Field(description="The bid that the remedy brings back.")
    steps: list[ComplaintStepBody]


class OrderBody(Shown):
    """An order that a tender stands still."""

    suspended_at: str
    document: str
    transaction: str
    resumed_at: str | None
    resumption: str | None = Field(description="sha256 of the order that ended it.")


BODIES: tuple[type[BaseModel], ...] = (ComplaintIn, ConsentIn, DecisionIn, OrderIn)
