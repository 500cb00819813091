"""Bodies of the reference routes."""

from __future__ import annotations

from pydantic import Field

from api.pages import Shown

__all__ = ["CodeBody", "CodelistsBody", "ErrorBody", "ErrorsBody", "FactBody"]


class FactBody(Shown):
    """A fact that a refusal carries."""

    name: str
    type: str = Field(examples=["datetime"])


class ErrorBody(Shown):
    """A refusal by its one name: Solidity error, Python class, `error` and `type` over HTTP."""

    name: str = Field(examples=["TenderBoardClosed"])
    status: int = Field(description="Over HTTP; 409 where only the block knew it.", examples=[409])
    meaning: str
    advice: str
    facts: list[FactBody]


class ErrorsBody(Shown):
    """All refusals, by name."""

    items: list[ErrorBody]


class CodeBody(Shown):
    """A code and its number on the chain, None where it has none."""

    code: str
    number: int | None


class CodelistsBody(Shown):
    """All codelists, by name."""

    items: dict[str, list[CodeBody]]
