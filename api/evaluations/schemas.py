"""Bodies of the evaluation routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from api.fields import Address, Hash, Sha256
from api.pages import Shown

__all__ = [
    "AwardVoteIn", "BODIES", "CriterionBody", "DisqualificationVoteIn", "EvaluationBody", "EvaluatorIn", "FailedBody", "FailedIn",
    "PanelCallIn", "PanelDecisionBody", "PanelSeatBody", "PanelVoteBody", "PanelVoteIn", "PanelVotesBody", "PointsBody", "ResultBody",
    "ScoreCommitmentIn", "ScoresIn", "TechnicalIn",
]  # fmt: skip

Index = Annotated[int, Field(ge=0, le=65_535, description="Place of the bid in the tender, from 0.")]
Lot = Annotated[int, Field(ge=1, le=255, description="Number of the lot, from 1.")]
Seat = Annotated[int, Field(ge=0, le=6, description="Place in the panel; 0 is the independent one.")]
Word = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{1,64}$")]
Act = Annotated[Hash, Field(description="keccak256(abi.encode(chain id, contract, keccak256(calldata))).")]
Decision = Annotated[Sha256, Field(description="sha256 of the reasoned decision, uploaded before.")]
Failure = Literal[
    "notEligible", "notQualified", "nonResponsive", "debarred", "conflict", "falseDeclaration", "technicalFailed",
]  # fmt: skip

_WORD = "0x" + "5e" * 32


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class ScoreCommitmentIn(_Strict):
    """The hash of an evaluator's scores; nothing else of them leaves its machine before it is time to reveal."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"commitment": _WORD}]})

    commitment: Annotated[
        Hash,
        Field(description="keccak256(abi.encode(chain id, desk, tender, round, evaluator, pageHashes, salt))."),
    ]  # fmt: skip


class ScoresIn(_Strict):
    """A page of the scores that were committed to, in order; they are public from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"page": 0, "words": ["0x90050"], "pageHashes": [_WORD], "salt": "0x" + "6f" * 32}]
        }
    )

    page: Annotated[int, Field(ge=0, le=62, description="Bids of 16 indexes, from 0.")]
    words: Annotated[
        list[Word],
        Field(max_length=16, description="One an open bid: bits 16 k to 16 k + 15 are the points for criterion k."),
    ]  # fmt: skip
    page_hashes: Annotated[list[Hash], Field(min_length=1, max_length=63, description="Of all pages.")]
    salt: Hash


class AwardVoteIn(_Strict):
    """The award that the panel votes on, as it is sent afterwards."""

    lot: Lot
    bid: Index
    document: Decision


class DisqualificationVoteIn(_Strict):
    """The disqualification that the panel votes on, as it is sent afterwards."""

    lot: Lot
    bid: Index
    reason: Literal[
        "notEligible", "notQualified", "nonResponsive", "abnormallyLow", "debarred", "conflict", "falseDeclaration",
    ]  # fmt: skip
    document: Decision


class FailedIn(_Strict):
    """A bid that fails, and why."""

    bid: Index
    reason: Failure


class TechnicalIn(_Strict):
    """The technical result: every open bid that is not named passes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"failed": [{"bid": 2, "reason": "technicalFailed"}], "document": "ab" * 32}]
        }
    )

    failed: Annotated[list[FailedIn], Field(max_length=1000, description="In order of the bids.")]
    document: Decision


class PanelCallIn(_Strict):
    """The decision that the panel is called to vote on: exactly one, with the members that are sent when it is taken."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"award": {"lot": 1, "bid": 1, "document": "ab" * 32}}]}
    )

    award: AwardVoteIn | None = None
    disqualification: DisqualificationVoteIn | None = None
    technical: TechnicalIn | None = None

    @model_validator(mode="after")
    def _checked(self) -> PanelCallIn:
        if sum(each is not None for each in (self.award, self.disqualification, self.technical)) != 1:
            raise ValueError("name exactly one of award, disqualification and technical")
        return self


class PanelVoteIn(_Strict):
    """A vote of an evaluator on one act."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"act": _WORD, "support": True, "opinion": "ab" * 32}]}
    )

    act: Act
    support: bool
    opinion: Annotated[Sha256 | None, Field(description="sha256 of a reasoned opinion, uploaded before.")] = (
        None
    )


class EvaluatorIn(_Strict):
    """Who sits in the seat of an evaluator who is silent; a new round begins for all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"seat": 1, "evaluator": "0x" + "70" * 20, "act": None, "document": "ab" * 32}]
        }
    )

    seat: Seat
    evaluator: Address
    act: Annotated[Act | None, Field(description="On which it did not vote; null: it gave no scores.")] = None
    document: Decision


class CriterionBody(Shown):
    """A criterion of the terms."""

    id: str
    weight_bps: int
    max_points: int


class PanelSeatBody(Shown):
    """A seat of the panel in the present round."""

    seat: int
    evaluator: str
    org_id: str
    replaced: bool = Field(description="Whether the terms named another.")
    commitment: str | None = Field(description="Hash of its scores; null while it did not commit.")
    pages: int = Field(description="Pages of its scores that are revealed.")
    complete: bool = Field(description="Whether all are.")


class PointsBody(Shown):
    """Points of an open bid, of the seats whose page is revealed."""

    bid: int
    seats: dict[str, dict[str, int]] = Field(
        description="Seat -> criterion -> points.", examples=[{"0": {"quality": 80}}]
    )
    failed: bool = Field(description="Whether it failed in the technical result that stands.")


class FailedBody(Shown):
    """A bid that failed, and why."""

    bid: int
    reason: str = Field(examples=["technicalFailed"])


class ResultBody(Shown):
    """A technical result."""

    round: int
    failed: list[FailedBody]
    document: str
    decided_at: str
    standstill_ends: str = Field(description="Stored end of the time to complain about it, outages added.")
    transaction: str


class EvaluationBody(Shown):
    """How far the evaluation of a tender is."""

    tender: int
    status: str
    desk: str = Field(description="Address of EvaluationDesk, which commitments are bound to.")
    chain_id: int
    scored: bool = Field(description="Whether bids get points; else the panel votes only.")
    price_weight_bps: int
    criteria: list[CriterionBody]
    round: int = Field(description="From 0; scores and votes of earlier ones are void.")
    bids: int = Field(description="Suppliers that ever sent a bid; pages are 16 of their indexes.")
    opened: list[int] = Field(description="Bids whose technical envelope is open.")
    commit_until: str | None = Field(description="Null before the first commitment.")
    reveal_until: str | None
    seats: list[PanelSeatBody]
    points: list[PointsBody]
    result: ResultBody | None = Field(description="The result that stands.")


class PanelDecisionBody(Shown):
    """What an act would do, as the officer said it to this service. Hash `data` again before you believe it."""

    contract: str
    function: str
    data: str = Field(description="Calldata of the very call.")
    summary: str
    documents: list[str] = Field(description="sha256 of the papers that it names.")


class PanelVoteBody(Shown):
    """A vote."""

    sitting: int = Field(
        description="Of the panel, from 0; a replaced evaluator begins a new one, and earlier votes are void."
    )
    seat: int
    evaluator: str
    support: bool
    opinion: str | None = Field(description="sha256 of the reasoned opinion.")
    voted_at: str
    transaction: str
    taken: bool = Field(description="Whether the decision was taken with it.")


class PanelVotesBody(Shown):
    """The votes on one act."""

    act: str
    state: str = Field(
        description="`called`: the panel is asked; `taken`: the decision was made with these votes; `void`: it has to be called anew.",
        json_schema_extra={"enum": ["called", "taken", "void"]},
    )
    called_at: str | None = Field(
        description="When, or since a new evaluator sits there; null where nobody is asked now."
    )
    silent_from: str | None = Field(description="Who has not voted by then abstains.")
    needed: int = Field(description="Votes for it that it takes; seat 0 votes besides, or is silent.")
    support: int
    against: int
    decision: PanelDecisionBody | None = Field(
        description="Shown to the buyer and the panel; null to others, and where another service was told of it."
    )
    votes: list[PanelVoteBody]


BODIES: tuple[type[BaseModel], ...] = (
    AwardVoteIn, PanelCallIn, ScoreCommitmentIn, DisqualificationVoteIn, EvaluatorIn, FailedIn, ScoresIn, TechnicalIn, PanelVoteIn,
)  # fmt: skip
