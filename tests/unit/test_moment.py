"""chain.types.moment: unix seconds as a time, also those that never come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chain.errors.contracts import OpeningCommitteeTooEarly
from chain.rules.tenders import NEVER
from chain.types import moment

pytestmark = pytest.mark.unit


def test_moment__seconds__are_a_time_in_utc() -> None:
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert moment(253_402_300_799) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_moment__a_time_that_never_comes__is_the_last_there_is() -> None:
    assert moment(NEVER) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises((OverflowError, ValueError)):
        moment(2**40)
    assert OpeningCommitteeTooEarly(1, 0, moment(NEVER)).facts["open_from"] == "9999-12-31T23:59:59Z"
