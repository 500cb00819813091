"""Points, scalars, tags and the second generator of sealed bids, and the secrets that hold scalars."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors import PointAtInfinity, PointInvalid, SecretErased
from chain.sealing import group
from chain.sealing.group import GBAR, G, N, P, Point, add, inverse, multiply, negate, subtract
from chain.sealing.secret import Secret
from tests.unit.sealing_vectors import point, replay, vectors, whole

pytestmark = pytest.mark.unit

scalars = st.integers(1, N - 1)


def test_constants__compared_with_the_vectors__same() -> None:
    constants = vectors("constants")
    assert (whole(constants["field"]), whole(constants["order"])) == (P, N)
    assert point(constants["generator"]) == G
    assert {name: "0x" + group.tag(name).hex() for name in constants["tags"]} == constants["tags"]


def test_second_generator__derived_by_counter__is_the_constant_at_5() -> None:
    second = vectors("constants")["secondGenerator"]
    assert group.second_generator() == (5, GBAR) == (second["counter"], point(second["point"]))
    assert GBAR.y % 2 == 0


@given(scalars)
def test_point__written_and_read__same(scalar: int) -> None:
    found = multiply(scalar)
    assert Point.from64(found.to64()) == Point.decompress(found.compress()) == found
    assert found.is_valid()


@given(scalars, scalars)
def test_arithmetic__of_multiples__follows_the_scalars(left: int, right: int) -> None:
    a, b = multiply(left), multiply(right)
    assert multiply(left, b) == multiply(right, a) == multiply(left * right)
    if left != right:
        assert add(subtract(a, b), b) == a
    if a.x != b.x:
        assert inverse(a, b) * (b.x - a.x) % P == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda: multiply(0),
        lambda: multiply(N, GBAR),
        lambda: subtract(G, G),
        lambda: add(G, negate(G)),
        lambda: inverse(G, G),
        lambda: inverse(G, negate(G)),
    ],
)
def test_sum__that_is_no_point__refused_by_name(act: Callable[[], object]) -> None:
    with pytest.raises(PointAtInfinity):
        act()


def _without_root() -> int:
    """An abscissa of no point."""
    return next(x for x in range(1, 100) if pow(x**3 + 7, (P - 1) // 2, P) != 1)


def _beyond_the_order() -> Point:
    """A point of the curve whose abscissa is not below N, which coincurve itself accepts."""
    x = next(x for x in range(N, P) if pow(x**3 + 7, (P - 1) // 2, P) == 1)
    return Point(x, pow(x**3 + 7, (P + 1) // 4, P))


def test_point__valid_on_the_curve_but_beyond_the_order__refused() -> None:
    odd = _beyond_the_order()
    assert (odd.y**2 - odd.x**3 - 7) % P == 0
    assert not odd.is_valid()
    for act in (lambda: Point.from64(odd.to64()), lambda: Point.decompress(odd.compress())):
        with pytest.raises(PointInvalid):
            act()


@pytest.mark.parametrize(
    "data", [b"", bytes(33), b"\x04" + bytes(32), b"\x02" + _without_root().to_bytes(32, "big"), G.to64(), b"\x02" * 32]
)  # fmt: skip
def test_decompress__not_a_compressed_point__refused(data: bytes) -> None:
    with pytest.raises(PointInvalid):
        Point.decompress(data)


@pytest.mark.parametrize(
    "data", [b"", bytes(64), Point(G.x, G.y + 2).to64(), G.to64() + b"\0", Point(G.x, P).to64()]
)
def test_from64__not_a_point__refused(data: bytes) -> None:
    with pytest.raises(PointInvalid):
        Point.from64(data)


def test_multiply__point_off_the_curve__refused() -> None:
    for wrong in (Point(G.x, G.y + 2), Point(1 << 256, 1), Point(-1, 1)):
        with pytest.raises(PointInvalid):
            multiply(2, wrong)


def test_draw_scalar__zero_and_beyond_the_order__drawn_again() -> None:
    numbers = [0, N, 2**256 - 1, 7]
    assert group.draw_scalar(replay(*(group.word(each) for each in numbers))) == 7


def test_secret__shown_or_pickled__tells_nothing() -> None:
    secret = Secret.of(0xABCDEF)
    assert repr(secret) == str(secret) == f"{secret}" == "<secret>"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_secret__erased__zeroed_and_gone() -> None:
    secret = Secret.of(0xABCDEF)
    held = secret._held
    secret.erase()
    secret.erase()
    assert bytes(held) == bytes(32)
    assert secret.erased and repr(secret) == "<erased secret>"
    for read in (lambda: secret.raw, lambda: secret.number):
        with pytest.raises(SecretErased):
            read()
