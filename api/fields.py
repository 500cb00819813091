"""Forms of values in the bodies and paths of requests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

__all__ = ["Address", "Hash", "Sha256", "Time"]

Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]

Hash = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{64}$")]

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _checked(text: str) -> str:
    """Refuses what has the form of a time and is none, e.g. a 13th month."""
    datetime.fromisoformat(text)
    return text


Time = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$"
    ),
    AfterValidator(_checked),
    Field(description="RFC 3339, in whole seconds."),
]
