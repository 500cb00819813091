"""Bodies of the application routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.fields import Hash, Organisation, Sha256
from api.pages import Shown

__all__ = ["BODIES", "ApplicationBody", "ApplicationIn", "ApplicationRowBody", "FindingBody", "FindingsIn"]

Text = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Bits = Annotated[list[Annotated[int, Field(ge=0, le=31)]], Field(max_length=32)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class ApplicationIn(_Strict):
    """Contracts that shall run on the network. The hashes stand in ascending order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "useCase": "Price observatory",
                    "name": "precios 1.0",
                    "codeHashes": ["0x" + "1b" * 32],
                    "source": "ab" * 32,
                    "contact": "LICITA-UNIVERSITY",
                }
            ]
        }
    )

    use_case: Text
    name: Text
    code_hashes: Annotated[
        list[Hash], Field(min_length=1, max_length=16, description="keccak256 of the runtime codes.")
    ]
    source: Annotated[Sha256, Field(description="sha256 of the source archive.")]
    contact: Annotated[Organisation, Field(description="Member that answers for it: org-id or 0x id.")]


class FindingsIn(_Strict):
    """What the caller's member found; each criterion's number stands in one of the two lists at most."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"checklist": "ab" * 32, "passed": [0, 1, 2], "failed": [3]}]}
    )

    checklist: Annotated[Sha256, Field(description="sha256 of the filled-in checklist.")]
    passed: Bits
    failed: Bits


class ApplicationRowBody(Shown):
    """An application in a list."""

    number: int
    status: str = Field(description="At head time.", examples=["SUBMITTED"])
    use_case: str
    name: str
    organisation: str = Field(description="Id of the member or supplier that submitted it.")
    org_id: str
    contact: str = Field(description="Id of the member that answers for it.")
    submitted_at: str
    sealed_until: str | None
    suspended_until: str | None


class FindingBody(Shown):
    """Findings of one member."""

    member: str
    org_id: str
    sector: str
    checklist: str
    passed: list[int]
    failed: list[int]
    at: str


class ApplicationBody(ApplicationRowBody):
    """An application with what reviewers found."""

    code_hashes: list[str]
    source: str
    reason: str | None = Field(description="sha256 of the reason for which it was refused or revoked.")
    findings: list[FindingBody]
    block: int


BODIES: tuple[type[BaseModel], ...] = (ApplicationIn, FindingsIn)
