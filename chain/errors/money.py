"""Refusals of amounts."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Invalid

__all__ = ["MoneyCurrencyInvalid", "MoneyDecimals", "MoneyInvalid"]


@dataclass(eq=False)
class MoneyInvalid(Invalid):
    """This is no amount."""

    got: str
    advice = 'Write a number, a blank and a currency, e.g. "1250000.00 MXN".'


@dataclass(eq=False)
class MoneyCurrencyInvalid(Invalid):
    """This is no ISO 4217 currency code."""

    got: str
    advice = "Use three capital letters, e.g. MXN."


@dataclass(eq=False)
class MoneyDecimals(Invalid):
    """The amount is finer than the currency's smallest unit."""

    got: str
    exponent: int
    advice = "Give at most as many decimals as the currency has."
