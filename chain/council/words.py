"""What a decision takes, in the words of the charter."""

from __future__ import annotations

from chain.types import ClassRules, Resolution

__all__ = ["needs"]


def needs(rules: ClassRules | Resolution) -> str:
    """E.g. ``more than 1/2 of all seats, a majority in 2 sectors``."""
    share = (
        f"{'more than' if rules.strict else 'at least'} {rules.numerator}/{rules.denominator} of all seats"
    )
    if rules.sectors == 0:
        return share
    what = "a majority" if rules.majority else "a seat"
    return f"{share}, {what} in {rules.sectors} {'sector' if rules.sectors == 1 else 'sectors'}"
