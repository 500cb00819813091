"""What of the method may be set; names and defaults are the method's. A threshold that is None is computed from the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["R003", "R018", "R025", "R038", "R048", "Settings"]


@dataclass(frozen=True)
class R003:
    """``threshold``: whole days below which a period is short, ``procurement_method_details``: of single kinds of procedure;
    ``procurement_methods``: the only ones looked at, all if empty."""

    threshold: int = 15
    procurement_methods: frozenset[str] = frozenset()
    procurement_method_details: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class R018:
    """``procurement_methods``: the only ones looked at, all if empty."""

    procurement_methods: frozenset[str] = frozenset({"open", "selective"})


@dataclass(frozen=True)
class R025:
    """``percentile``: from which one on a number of bids is that of a top tenderer; ``threshold``: share of bids won."""

    percentile: int = 75
    threshold: float | None = None


@dataclass(frozen=True)
class R038:
    """``threshold``: share of submitted bids that are disqualified. Both minima count submitted bids: the first one a tenderer's, the
    second one, whatever its name says, those of a buyer or procuring entity."""

    threshold: float | None = None
    minimum_submitted_bids: int = 2
    minimum_contracting_processes: int = 2


@dataclass(frozen=True)
class R048:
    """``digits``: how much of a classification's id names a kind of item; ``threshold``: number of kinds;
    ``minimum_contracting_processes``: in how many a supplier won."""

    digits: int = 2
    threshold: int | None = None
    minimum_contracting_processes: int = 20


@dataclass(frozen=True)
class Settings:
    """``currency``: the main one, the only one whose prices are compared; None: the first that is met.

    The next two name values of tender.procurementMethodDetails: which processes have prices that do not compare, and the only ones that
    have prices that do (all if empty; else the one before has no effect). ``r024`` and ``r058``:
    threshold of the difference to the second-lowest bid, ``r035``: how many others must have been disqualified, at least one.
    """

    currency: str | None = None
    no_price_comparison: frozenset[str] = frozenset()
    price_comparison: frozenset[str] = frozenset()
    r003: R003 = R003()
    r018: R018 = R018()
    r024: float | None = None
    r025: R025 = R025()
    r035: int = 1
    r038: R038 = R038()
    r048: R048 = R048()
    r058: float | None = None
