"""Bodies of the procedure routes."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.pages import Shown

__all__ = ["ProcedureBody", "ProcedureRowBody"]


class ProcedureRowBody(Shown):
    """A procedure version in a list."""

    code: str = Field(examples=["sandbox"])
    version: int
    sandbox: bool = Field(description="True where it is for development networks only.")
    retired: bool = Field(description="True where no new tender may use it.")
    text_hash: str = Field(description="sha256 of the text that names the source of each value.")


class ProcedureBody(ProcedureRowBody):
    """A procedure version: its values as the contract applies them, and where each comes from."""

    block: int = Field(description="Block of its adoption.")
    values: dict[str, int | bool] = Field(
        description="Periods in seconds, rates in basis points, counts, flags."
    )
    text: dict[str, Any] = Field(description="The adopted text: title, and each value with its source.")
