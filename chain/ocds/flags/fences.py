"""Quartiles, and the fences beyond which a number is an outlier (J. W. Tukey, *Exploratory Data Analysis*, 1977): 1.5 interquartile ranges
below the first quartile, or above the third one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

__all__ = ["lower_fence", "quantile", "upper_fence"]

_RANGES = 1.5


def quantile(values: Iterable[float], part: float) -> float:
    """The estimate that is about median-unbiased whatever the distribution (number 8 in R. J. Hyndman and Y. Fan, *Sample Quantiles in
    Statistical Packages*, 1996); NaN, which no number is beyond, of no values and where ``part`` is not from 0 to 1."""
    ordered = sorted(values)
    if not ordered or not 0.0 <= part <= 1.0:
        return math.nan
    place = (len(ordered) + 1 / 3) * part + 1 / 3
    below = int(place)
    if below <= 0 or part == 0.0:
        return ordered[0]
    if below >= len(ordered):
        return ordered[-1]
    low, high = ordered[below - 1], ordered[below]
    return low + (place - below) * (high - low)


def lower_fence(values: Iterable[float]) -> float:
    """Below this a number is a low outlier of these."""
    first, third = _quartiles(values)
    return _fused(third - first, -_RANGES, first)


def upper_fence(values: Iterable[float]) -> float:
    """Above this a number is a high outlier of these."""
    first, third = _quartiles(values)
    return _fused(third - first, _RANGES, third)


def _quartiles(values: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return quantile(ordered, 0.25), quantile(ordered, 0.75)


def _fused(factor: float, other: float, term: float) -> float:
    """factor * other + term, rounded once, as the method does: a number on the fence is beyond it, so its last bit decides."""
    if not (math.isfinite(factor) and math.isfinite(term)):
        return factor * other + term
    try:
        return float(Fraction(factor) * Fraction(other) + Fraction(term))
    except OverflowError:
        return factor * other + term
