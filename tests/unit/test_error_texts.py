"""chain/errors/base.py: what a refusal says to people."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chain.errors.base import Conflict

pytestmark = pytest.mark.unit


@dataclass(eq=False)
class TooLong(Conflict):
    """Longer than ``limit``
    bytes; ``part`` says what.

    Not told.
    """

    limit: int
    advice = "Run `licita bid list`."


def test_meaning__names_of_facts__stand_without_marks_or_as_markdown_has_them() -> None:
    assert TooLong.meaning() == "Longer than limit bytes; part says what."
    assert TooLong.meaning(marked=True) == "Longer than `limit` bytes; `part` says what."
    assert (
        str(TooLong(3)) == "TooLong(limit=3): Longer than limit bytes; part says what. Run `licita bid list`."
    )
