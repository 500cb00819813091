"""What can be done, by whom and until when, and why not yet, as timelines and agreements show it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.pages import Shown, time_text
from chain.procurement.step import Step
from chain.rules.tenders import NEVER
from chain.types import to_hex

__all__ = ["StepBody", "step_body"]


class StepBody(Shown):
    """An act, as it stands at the time of the last block."""

    contract: str = Field(examples=["AwardDesk"])
    function: str = Field(examples=["award"])
    who: str = Field(
        description="Roles of those who may; empty: anybody; `OFFICER, then APPROVER`: the first proposes it, another account does it.",
        examples=["OFFICER or APPROVER"],
    )
    lot: int | None
    bid: int | None
    complaint: int | None
    agreement: int | None
    milestone: int | None = Field(description="Of the agreement, from 1.")
    seat: int | None = Field(description="Of the panel, where an evaluator acts or another takes its seat.")
    act: str | None = Field(description="Hash of the act that is voted on.")
    possible: bool
    until: str | None = Field(
        description="End of the time for it; null where it has none, or is not possible."
    )
    error: str | None = Field(
        description="Why it is not possible now.", examples=["AwardDeskExplanationMissing"]
    )
    detail: str | None = Field(description="The same in words, and what to do.")
    facts: dict[str, Any]


def step_body(step: Step) -> StepBody:
    """An act as the API shows it."""
    refusal = step.refusal
    return StepBody(
        contract=step.contract, function=step.function, who=step.who, lot=step.lot or None, bid=step.bid,
        complaint=step.complaint, agreement=step.agreement, milestone=step.milestone, seat=step.seat,
        act=None if step.act is None else to_hex(step.act), possible=refusal is None,
        until=None if step.until in (None, NEVER) else time_text(step.until), error=None if refusal is None else refusal.error,
        detail=None if refusal is None else refusal.detail, facts={} if refusal is None else dict(refusal.facts),
    )  # fmt: skip
