"""chain/money.py: exact amounts, refused by name."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.errors import MoneyCurrencyInvalid, MoneyDecimals, MoneyInvalid
from chain.money import Money

pytestmark = pytest.mark.unit


def test_parse__amount_and_currency__is_exact() -> None:
    assert Money.parse(" 1250000.10 MXN ") == Money(Decimal("1250000.10"), "MXN")
    assert str(Money.parse("-3 KRW")) == "-3 KRW"


@pytest.mark.parametrize(
    "text",
    ["", "12", "MXN 12", "1e3 MXN", "1,000 MXN", "12 mxn", "12 MXNN", "NaN MXN", "١٢.00 MXN", "１ MXN"],
)
def test_parse__other_text__is_refused(text: str) -> None:
    with pytest.raises(MoneyInvalid) as caught:
        Money.parse(text)
    assert caught.value.got == text


def test_minor_units__there_and_back__are_equal() -> None:
    assert Money.parse("193817.39 MXN").to_minor(2) == 19_381_739
    assert Money.from_minor(19_381_739, "MXN", 2) == Money.parse("193817.39 MXN")
    assert Money.from_minor(5, "KRW", 0).to_minor(0) == 5


def test_minor_units__of_78_digits__are_not_rounded() -> None:
    for minor in (10**28 + 1, 2**128 - 1, 2**256 - 2):
        money = Money.from_minor(minor, "MXN", 2)
        assert str(money).replace(".", "") == f"{minor} MXN"
        assert money.to_minor(2) == minor


def test_to_minor__finer_than_the_currency__is_refused() -> None:
    with pytest.raises(MoneyDecimals) as caught:
        Money.parse("1.005 MXN").to_minor(2)
    assert caught.value.facts == {"got": "1.005", "exponent": 2}


def test_money__no_currency_or_not_finite__is_refused() -> None:
    with pytest.raises(MoneyCurrencyInvalid):
        Money(Decimal(1), "mxn")
    with pytest.raises(MoneyInvalid):
        Money(Decimal("Infinity"), "MXN")
