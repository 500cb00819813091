"""The group secp256k1 as the protocol of sealed bids uses it: points, scalars, the second generator, tags.

Arithmetic is libsecp256k1's (coincurve): exact, and variable in time except for multiples of G. Points that come from others are
*valid* (specification of sealed bids, section 1): 0 < x < N, 0 < y < P, on the curve. x < N is asked because the contracts check
products with ``ecrecover``, which cannot name a larger abscissa.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from coincurve import PublicKey
from eth_hash.auto import keccak

from chain.errors.sealing import PointAtInfinity, PointInvalid

__all__ = [
    "Draw", "G", "GBAR", "N", "P", "Point", "add", "address", "draw_scalar", "hashed", "inverse", "multiply", "negate", "number",
    "second_generator", "subtract", "tag", "word",
]  # fmt: skip

P = 2**256 - 2**32 - 977
"""The field prime (SEC 2)."""

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The order of the group, a prime (SEC 2)."""

Draw: TypeAlias = Callable[[int], bytes]
"""Number of bytes -> as many random ones: ``secrets.token_bytes``, or a fixed sequence in a test."""

_PROTOCOL = b"licita/sealed-bid/v1/"


def word(value: int) -> bytes:
    """u256: 32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def number(data: bytes) -> int:
    """Big-endian bytes -> int."""
    return int.from_bytes(data, "big")


def hashed(*parts: bytes) -> bytes:
    """keccak256 of the joined parts, 32 bytes."""
    return bytes(keccak(b"".join(parts)))


def tag(name: str) -> bytes:
    """T(name) = keccak256("licita/sealed-bid/v1/" + name), 32 bytes: what keeps one use of a hash from being another."""
    return hashed(_PROTOCOL, name.encode())


def draw_scalar(draw: Draw) -> int:
    """A uniform number in 1 .. N - 1: 32 random bytes, drawn again where they are none."""
    while True:
        scalar = number(draw(32))
        if 0 < scalar < N:
            return scalar


@dataclass(frozen=True, slots=True)
class Point:
    """A point but infinity, by its coordinates. The class does not check them; ``from64`` and ``decompress`` do."""

    x: int
    y: int

    @classmethod
    def from64(cls, data: bytes) -> Point:
        """x || y, 64 bytes, as hashes and call data hold it. Raises PointInvalid unless it is a valid point."""
        point = cls(number(data[:32]), number(data[32:]))
        if len(data) != 64 or not point.is_valid():
            raise PointInvalid("0x" + data.hex())
        return point

    @classmethod
    def decompress(cls, data: bytes) -> Point:
        """SEC1 compressed form, 33 bytes, as envelopes hold it. Raises PointInvalid unless it is a valid point."""
        try:
            if len(data) != 33:
                raise ValueError(data)
            point = _point(PublicKey(data))
        except ValueError:
            raise PointInvalid("0x" + data.hex()) from None
        if point.x >= N:
            raise PointInvalid("0x" + data.hex())
        return point

    def to64(self) -> bytes:
        """x || y, 64 bytes."""
        return word(self.x) + word(self.y)

    def compress(self) -> bytes:
        """SEC1 compressed form, 33 bytes: 02 for an even y, 03 for an odd one, then x."""
        return bytes((2 + (self.y & 1),)) + word(self.x)

    def is_valid(self) -> bool:
        """Whether 0 < x < N, 0 < y < P and y^2 = x^3 + 7 mod P."""
        return 0 < self.x < N and 0 < self.y < P and (self.y * self.y - self.x**3 - 7) % P == 0

    def as_tuple(self) -> tuple[int, int]:
        """struct Secp256k1.Point as ABI coding wants it."""
        return self.x, self.y


G = Point(
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
"""The generator (SEC 2)."""

GBAR = Point(
    0xC55347BFF1AE760EB6DB5193589F0AE3EF24FE0066394922D4033F9E3F7C0CF8,
    0xAFECF25C90CB37721E0D695821CCC166D39E12E61D4A4817406A305ABC8F5D54,
)
"""The second generator, whose logarithm to G nobody knows; ``second_generator`` derives it."""


def second_generator() -> tuple[int, Point]:
    """(i, Gbar): the smallest i for which x = keccak256(T("gbar") || u256 i) lies on the curve, with the even y."""
    counter = 0
    while True:
        try:
            return counter, Point.decompress(b"\x02" + hashed(tag("gbar"), word(counter)))
        except PointInvalid:
            counter += 1


def multiply(scalar: int, point: Point = G) -> Point:
    """scalar * point, the scalar taken mod N. Raises PointAtInfinity for a multiple of N, PointInvalid off the curve."""
    reduced = scalar % N
    if not reduced:
        raise PointAtInfinity()
    secret = word(reduced)
    # libsecp256k1 multiplies its own generator in constant time, and faster.
    return _point(PublicKey.from_valid_secret(secret) if point == G else _key(point).multiply(secret))


def add(*points: Point) -> Point:
    """The sum of one or more points. Raises PointAtInfinity, PointInvalid off the curve."""
    try:
        return _point(PublicKey.combine_keys([_key(point) for point in points]))
    except ValueError:
        raise PointAtInfinity() from None


def negate(point: Point) -> Point:
    """-point."""
    return Point(point.x, P - point.y)


def subtract(left: Point, right: Point) -> Point:
    """left - right. Raises PointAtInfinity where they are equal."""
    return add(left, negate(right))


def inverse(left: Point, right: Point) -> int:
    """(right.x - left.x)^-1 mod P: what lets the contract add left and right.

    Raises PointAtInfinity where the abscissas are equal: such a sum is infinity or a doubling, which the contract does not compute.
    """
    if (right.x - left.x) % P == 0:
        raise PointAtInfinity()
    return pow(right.x - left.x, -1, P)


def address(point: Point) -> bytes:
    """The last 20 bytes of keccak256(x || y): how the contracts name a point that ``ecrecover`` found."""
    return hashed(point.to64())[12:]


def _key(point: Point) -> PublicKey:
    try:
        return PublicKey(b"\x04" + point.to64())
    except (ValueError, OverflowError):
        raise PointInvalid(f"({point.x:#x}, {point.y:#x})") from None


def _point(key: PublicKey) -> Point:
    data = key.format(compressed=False)
    return Point(number(data[1:33]), number(data[33:]))
