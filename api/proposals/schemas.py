"""Bodies of the proposal routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.fields import Sha256
from api.pages import Shown
from chain.council.draft import ProposalText

__all__ = [
    "BODIES", "CallBody", "ProposalBody", "ProposalIn", "ProposalRowBody", "ReportIn", "State", "TallyBody", "VoteBody", "VoteIn",
    "WhyBody",
]  # fmt: skip

Title = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Summary = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Calls = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=20_000)]],
    Field(
        min_length=1, max_length=16, description="Calls in words: the forms are listed by GET /v1/council."
    ),
]
State = Literal["Pending", "Active", "Canceled", "Defeated", "Succeeded", "Queued", "Expired", "Executed"]
Votes = Literal["for", "against", "abstain"]

_EXAMPLE: Any = {
    "title": "Sandbox procedure, version 2",
    "summary": "Three more days for questions.",
    "text": "ab" * 32,
    "calls": ["adopt procedure sandbox v2"],
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class ConfirmationIn(_Strict):
    """The proposal that confirms an urgent one; what it leaves out is as there."""

    title: Title | None = None
    summary: Summary | None = None
    text: Sha256 | None = None
    calls: Calls


class ProposalIn(_Strict):
    """What is proposed. Urgent calls (class EMERGENCY) come with their confirmation, others without one."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: Title
    summary: Summary
    text: Annotated[Sha256, Field(description="sha256 of the reference text, uploaded before.")]
    calls: Calls
    confirmation: ConfirmationIn | None = None

    def as_text(self) -> ProposalText:
        """The proposal in words."""
        after, calls = self.confirmation, tuple(self.calls)
        if after is None:
            return ProposalText(self.title, self.summary, self.text, calls)
        title = after.title or f"Confirmation: {self.title}"
        confirmation = ProposalText(
            title, after.summary or self.summary, after.text or self.text, tuple(after.calls)
        )
        return ProposalText(self.title, self.summary, self.text, calls, confirmation)


class VoteIn(_Strict):
    """The vote of the caller's member; it is cast once and not changed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"vote": "for", "reason": "Answers the comments."}]}
    )

    vote: Votes
    reason: Annotated[str, StringConstraints(max_length=4_096)] = Field("", description="Public.")


class ReportIn(_Strict):
    """The report that answers the comments; it is published once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Annotated[Sha256, Field(description="sha256 of the report, uploaded before.")]


class ProposalRowBody(Shown):
    """A proposal in a list."""

    number: int
    state: State = Field(description="At head time.")
    decision: str = Field(
        alias="class", description="Class of the decision: its strictest call's.", examples=["ROUTINE"]
    )
    title: str = Field(description="Empty where the text of the event is not to be trusted.")
    member: str = Field(description="Id of the member that proposes.")
    proposed_at: str
    vote_start: str = Field(description="The consultation lasts until then, that second included.")
    vote_end: str
    eta: str | None = Field(description="When it may be executed, once it is queued.")
    comments: int = Field(description="On the chain and in anchored batches.")


class CallBody(Shown):
    """One call of a proposal."""

    words: str = Field(examples=["adopt procedure sandbox v2"])
    target: str
    data: str


class VoteBody(Shown):
    """The vote of a member."""

    member: str
    org_id: str
    voter: str
    vote: str = Field(examples=["for"])
    reason: str
    at: str
    transaction: str


class TallyBody(Shown):
    """Votes so far; ``seats`` are all there were when the vote began."""

    in_favour: dict[str, int]
    against: int
    abstained: int
    seats: dict[str, int]


class ProposalBody(ProposalRowBody):
    """A proposal: what it would do, what it takes, who voted how."""

    summary: str
    text: str = Field(description="sha256 of the reference text.")
    calls: list[CallBody]
    proposer: str
    org_id: str = Field(description="Org-id of the member.")
    votes: list[VoteBody]
    tally: TallyBody
    needs: str = Field(examples=["more than 1/2 of all seats, a majority in 2 sectors"])
    report_needed: bool
    report: str | None = Field(description="sha256 of the report, once it is published.")
    confirms: int | None = Field(description="The urgent proposal that this one confirms.")
    confirmed_at: str | None = Field(description="When this urgent one was confirmed.")
    executed_at: str | None
    cancelled_at: str | None
    content_ok: bool
    block: int
    transaction: str


class WhyBody(Shown):
    """What a proposal waits for."""

    number: int
    state: State
    lacking: list[str] = Field(description="In words; empty where nothing can come any more.")


BODIES: tuple[type[BaseModel], ...] = (ProposalIn, ReportIn, VoteIn)
