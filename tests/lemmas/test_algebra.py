"""What algebra proves of Secp256k1 and Tdh2: the formula of the sum, and that a Lagrange factor is the only one that passes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product

import pytest

from chain.sealing.group import N

pytestmark = pytest.mark.unit

Polynomial = Mapping[tuple[int, ...], int]
"""Exponents of (x1, y1, x2, y2) -> integer coefficient."""

MOST_SEATS = 16


class Term:
    """A polynomial over the integers in the coordinates of two points, so that what holds of it holds modulo any prime."""

    def __init__(self, coefficients: Polynomial) -> None:
        self.coefficients = {powers: value for powers, value in coefficients.items() if value}

    def __add__(self, other: Term) -> Term:
        keys = self.coefficients.keys() | other.coefficients.keys()
        return Term({key: self.coefficients.get(key, 0) + other.coefficients.get(key, 0) for key in keys})

    def __mul__(self, other: Term) -> Term:
        found: dict[tuple[int, ...], int] = {}
        for (left, one), (right, two) in product(self.coefficients.items(), other.coefficients.items()):
            powers = tuple(map(sum, zip(left, right, strict=True)))
            found[powers] = found.get(powers, 0) + one * two
        return Term(found)

    def __sub__(self, other: Term) -> Term:
        return self + constant(-1) * other

    def on_curve(self) -> Term:
        """The same function of two points of the curve, with y1 and y2 at most once in each term: y^2 = x^3 + 7."""
        found = constant(0)
        for (x1, y1, x2, y2), value in self.coefficients.items():
            rest = Term({(x1, y1 % 2, x2, y2 % 2): value})
            for curve, times in (
                (X1 * X1 * X1 + constant(7), y1 // 2),
                (X2 * X2 * X2 + constant(7), y2 // 2),
            ):
                for _ in range(times):
                    rest = rest * curve
            found = found + rest
        return found


def constant(value: int) -> Term:
    return Term({(0, 0, 0, 0): value})


X1, Y1, X2, Y2 = (Term({tuple(int(i == place) for i in range(4)): 1}) for place in range(4))


def test_sum__two_points_of_the_curve__is_a_point_of_the_curve() -> None:
    # slope = (y2 - y1) inverse, x = slope^2 - x1 - x2, y = slope (x1 - x) - y1, as Secp256k1.sum has them; here times the denominators
    # d^2 and d^3, where d = x2 - x1 is a unit because inverse d = 1 was checked.
    d, rise = X2 - X1, Y2 - Y1
    x = rise * rise - (X1 + X2) * d * d
    y = rise * (X1 * d * d - x) - Y1 * d * d * d
    curve = y * y - x * x * x - constant(7) * d * d * d * d * d * d
    assert curve.coefficients
    assert curve.on_curve().coefficients == {}


def test_sum__its_negative__lies_on_the_line_through_both() -> None:
    # The group's own definition of a sum: (x, -y) is the third point of the curve on the line through the two.
    d, rise = X2 - X1, Y2 - Y1
    x = rise * rise - (X1 + X2) * d * d
    y = rise * (X1 * d * d - x) - Y1 * d * d * d
    line = (constant(0) - y) - Y1 * d * d * d - rise * (x - X1 * d * d)
    assert line.coefficients == {}


def test_sum__a_point_that_is_not_of_the_curve__is_told_apart() -> None:
    # A control: the same reduction does not make everything zero.
    assert (X1 * X1 - Y1).on_curve().coefficients


def test_seats__any_two_up_to_255__have_a_difference_with_an_inverse_modulo_the_order() -> None:
    # Then `below`, a product of such differences, has one too, and factor * below = above has one solution modulo N. It takes no proof
    # that N is prime: N has no divisor that small.
    assert all(math.gcd(difference, N) == 1 for difference in range(1, 255))


def test_fractions__sets_of_sixteen_seats__are_numbers_that_do_not_pass_the_order() -> None:
    # So `above` is the product of the other seats itself, and neither it nor `below` is zero modulo N.
    assert math.factorial(MOST_SEATS) < N
    assert (MOST_SEATS - 1) ** (MOST_SEATS - 1) < N
