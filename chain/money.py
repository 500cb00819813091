"""Exact amounts of money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal

from chain.errors.money import MoneyCurrencyInvalid, MoneyDecimals, MoneyInvalid

__all__ = ["Money"]

_MONEY = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s+([A-Z]{3})\s*")
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""The usual context rounds to 28 digits; an amount on the chain has up to 39."""


@dataclass(frozen=True)
class Money:
    """An exact amount in one currency (ISO 4217); never a float."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise MoneyCurrencyInvalid(self.currency)
        if type(self.amount) is not Decimal or not self.amount.is_finite():
            raise MoneyInvalid(str(self.amount))

    @classmethod
    def parse(cls, text: str) -> Money:
        """``"1250000.00 MXN"`` -> Money. Raises MoneyInvalid."""
        match = _MONEY.fullmatch(text)
        if match is None:
            raise MoneyInvalid(text[:80])
        return cls(Decimal(match[1]), match[2])

    @classmethod
    def from_minor(cls, minor: int, currency: str, exponent: int) -> Money:
        """Minor units -> Money with ``exponent`` decimals."""
        return cls(Decimal(minor).scaleb(-exponent, _EXACT), currency)

    def to_minor(self, exponent: int) -> int:
        """Money -> minor units. Raises MoneyDecimals where it is finer than ``exponent`` decimals."""
        scaled = self.amount.scaleb(exponent, _EXACT)
        if scaled != scaled.to_integral_value(context=_EXACT):
            raise MoneyDecimals(str(self.amount), exponent)
        return int(scaled)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"
