"""Forms of values in the bodies and paths of requests."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from chain.rules import member_id
from chain.types import to_hex

__all__ = ["Address", "Hash", "Organisation", "Sha256", "Time"]

Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]

Hash = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{64}$")]


def _identifier(text: str) -> str:
    """The id of an organisation that is named by either."""
    return text.lower() if re.fullmatch("0x[0-9a-fA-F]{64}", text) else to_hex(member_id(text))


Organisation = Annotated[
    str,
    StringConstraints(pattern=r"^(0x[0-9a-fA-F]{64}|[^\s-]+-\S+)$", max_length=128),
    AfterValidator(_identifier),
]
"""The 0x id of a member or a supplier, or the org-id that it is the hash of; the 0x id, in lower case, once it is read."""

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
