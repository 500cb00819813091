"""What the agreements of a supplier, or of a buyer, add up to."""

from __future__ import annotations

from pydantic import Field

from api.pages import Shown
from chain.recorder.index.agreement_views import Counters

__all__ = ["RatingsBody", "StandingBody", "standing_body"]


class RatingsBody(Shown):
    """Ratings, 1 to 5 each: shown, never scored."""

    count: int
    sum: int
    mean: str | None = Field(
        description="Two decimals, rounded down; null without ratings.", examples=["4.33"]
    )


class StandingBody(Shown):
    """What signed agreements add up to; drafts and what was dropped do not count."""

    agreements: int
    active: int
    completed: int
    terminated: int
    deliveries: int
    late: int = Field(
        description="Deliveries made after they were due, or due and not made, or refused, by now or by the end."
    )
    changes: int = Field(description="Changes that are in effect.")
    value: list[str] = Field(description="An amount a currency.", examples=[["109272.00 MXN"]])
    paid: list[str]
    witnesses: RatingsBody = Field(description="Ratings of social witnesses; of a buyer none.")
    citizens: RatingsBody = Field(description="Ratings of enrolled citizens; of a buyer none.")


def standing_body(found: Counters) -> StandingBody:
    """Counters as the API shows them."""
    ratings = found.ratings
    return StandingBody(
        agreements=found.agreements, active=found.active, completed=found.completed, terminated=found.terminated,
        deliveries=found.deliveries, late=found.late, changes=found.changes, value=[str(each) for each in found.value],
        paid=[str(each) for each in found.paid], witnesses=_ratings(ratings.witnesses, ratings.witness_sum),
        citizens=_ratings(ratings.citizens, ratings.citizen_sum),
    )  # fmt: skip


def _ratings(count: int, total: int) -> RatingsBody:
    whole, hundredths = divmod(total * 100 // count, 100) if count else (0, 0)
    return RatingsBody(count=count, sum=total, mean=f"{whole}.{hundredths:02}" if count else None)
