"""Bodies of the council's route."""

from __future__ import annotations

from pydantic import Field

from api.pages import Shown

__all__ = ["ClassBody", "CouncilBody", "SeatBody"]


class SeatBody(Shown):
    """A member with a seat; a suspended one keeps it and cannot use it."""

    id: str
    org_id: str = Field(examples=["LICITA-COUNCIL1"])
    name: str
    sector: str = Field(examples=["PUBLIC"])
    status: str = Field(description="At head time.", examples=["ACTIVE"])


class ClassBody(Shown):
    """What a class of decisions takes from now on; a proposal keeps the rules it was opened with. Times in seconds."""

    consultation: int
    vote: int
    delay: int
    needs: str = Field(examples=["more than 1/2 of all seats, a majority in 2 sectors"])


class CouncilBody(Shown):
    """Seats, members and rules of the council."""

    seats: dict[str, int] = Field(
        description="Seats by sector.",
        examples=[{"PUBLIC": 1, "INDUSTRY": 1, "CIVIL_SOCIETY": 1, "ACADEMIA": 1}],
    )
    members: list[SeatBody]
    classes: dict[str, ClassBody]
    phrases: list[str] = Field(description="Forms of the calls that a proposal may have.")
