"""Times that a script gives."""

from __future__ import annotations

from datetime import datetime

from chain.errors.contracts import AgreementBookDateInvalid
from chain.errors.procurement import TimeWithoutZone
from chain.types import instant

__all__ = ["date_of", "seconds_of"]


def seconds_of(when: datetime) -> int:
    """Unix seconds, cut to whole ones. Raises TimeWithoutZone: Python would take the zone of the machine it runs on."""
    if when.utcoffset() is None:
        raise TimeWithoutZone(when.isoformat())
    return instant(when)


def date_of(agreement: int, when: datetime) -> int:
    """As AgreementBook takes it. Raises TimeWithoutZone, AgreementBookDateInvalid before 1970."""
    seconds = seconds_of(when)
    if seconds < 0:
        raise AgreementBookDateInvalid(agreement, 0, seconds)
    return seconds
