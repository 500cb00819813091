"""Facts of awards (Award.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chain.types.base import camel

__all__ = ["Asked", "DisqualificationReason", "LotFacts", "LotFailure", "SecurityStatus"]


class DisqualificationReason(IntEnum):
    """Why a bid is out; the last two are said by other acts than ``disqualify``."""

    NONE = 0
    NOT_ELIGIBLE = 1
    NOT_QUALIFIED = 2
    NON_RESPONSIVE = 3
    ABNORMALLY_LOW = 4
    DEBARRED = 5
    CONFLICT = 6
    FALSE_DECLARATION = 7
    REFUSED_TO_SIGN = 8
    TECHNICAL_FAILED = 9

    @property
    def word(self) -> str:
        """As in the API and on the command line, e.g. ``notQualified``."""
        return camel(self.name)


class SecurityStatus(IntEnum):
    """What became of a bid's security."""

    NONE = 0
    HELD = 1
    RELEASED = 2
    FORFEITED = 3

    @property
    def word(self) -> str:
        """As in the API and on the command line, e.g. ``held``."""
        return camel(self.name)


class LotFailure(IntEnum):
    """Why a lot failed in the award phase."""

    NONE = 0
    TOO_FEW_OFFERS = 1
    NO_ACCEPTABLE_BID = 2
    EXHAUSTED = 3

    @property
    def word(self) -> str:
        """As in the API and on the command line, e.g. ``tooFewOffers``."""
        return camel(self.name)


@dataclass(frozen=True)
class LotFacts:
    """Stored facts of a lot's award (struct LotFacts), fields in its order; amounts in minor units, times in unix seconds.

    ``tallied``: indexes of bids that were looked at; ``head``: place in the ranking of the candidate; ``reached``: places before it are
    out, but the ``restored`` ones; ``standstill_ends``: stored end of the award's standstill, or of that of an exhausted list, 0 while
    undecided. By points ``last`` is the key of the last bid that was ranked, ``first`` that of the first (0: by price, or not ranked).
    """

    sum: int = 0
    tallied: int = 0
    offers: int = 0
    admissible: int = 0
    ranked: int = 0
    head: int = 0
    reached: int = 0
    complete: bool = False
    failure: LotFailure = LotFailure.NONE
    min: int = 0
    last: int = 0
    price: int = 0
    standstill_ends: int = 0
    signing_period: int = 0
    restored: int = 0
    first: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> LotFacts:
        """What ``AwardDesk.lotFacts`` answers."""
        facts = cls(*values)
        return cls(**{**vars(facts), "failure": LotFailure(facts.failure)})


@dataclass(frozen=True)
class Asked:
    """Time that a bidder was given to answer; ``until``: stored end, 0 = nobody asked."""

    until: int = 0
    given: bool = False
