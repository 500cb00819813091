"""Proofs, shares and their combination: TDH2 (Shoup, Gennaro, 1998) over secp256k1, as the contracts check it.

``Know`` proves knowledge of x in X = xG (Schnorr); ``Same`` that log_G X = log_B Y (Chaum, Pedersen). Nonces are hedged: hashed from
the secret, the statement and fresh randomness, so that neither a broken nor a repeating source of randomness reveals x.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chain.errors.sealing import PackedShareInvalid, PointAtInfinity, PointInvalid, SeatsInvalid
from chain.sealing.group import (
    Draw,
    N,
    Point,
    add,
    address,
    hashed,
    inverse,
    multiply,
    number,
    subtract,
    tag,
    word,
)

__all__ = ["Combination", "Know", "Same", "Share", "Witness", "combine", "factors"]

_NONCE = tag("nonce")
_SHARE = tag("share")


def _nonce(secret: int, domain: bytes, context: bytes, points: bytes, draw: Draw) -> int:
    """A number in 1 .. N - 1, from 512 bits so that it is uniform; zero is drawn again."""
    while True:
        seed = b"".join((_NONCE, word(secret), domain, context, points, draw(32)))
        nonce = number(hashed(seed, b"\x00") + hashed(seed, b"\x01")) % N
        if nonce:
            return nonce


@dataclass(frozen=True, slots=True)
class Know:
    """Proof of knowing x in X = xG: c = keccak256(tag || context || X || address(W)) mod N, z = w + cx, where W = wG."""

    c: int
    z: int

    @classmethod
    def prove(cls, domain: bytes, context: bytes, secret: int, draw: Draw) -> Know:
        """``domain`` is the tag of the use and ``context`` what is sworn to, 32 bytes each; ``secret`` is x."""
        public = multiply(secret)
        while True:
            nonce = _nonce(secret, domain, context, public.to64(), draw)
            challenge = _know_challenge(domain, context, public, multiply(nonce))
            response = (nonce + challenge * secret) % N
            if challenge and response:
                return cls(challenge, response)

    def holds(self, domain: bytes, context: bytes, public: Point) -> bool:
        """Whether it proves the knowledge of the logarithm of ``public``."""
        if not (0 < self.c < N and 0 < self.z < N and public.is_valid()):
            return False
        try:
            nonce_point = subtract(multiply(self.z), multiply(self.c, public))
        except PointAtInfinity:
            return False
        return self.c == _know_challenge(domain, context, public, nonce_point)

    @classmethod
    def from64(cls, data: bytes) -> Know:
        """c || z, 64 bytes, whatever numbers they are."""
        return cls(number(data[:32]), number(data[32:]))

    def to64(self) -> bytes:
        """c || z, 64 bytes."""
        return word(self.c) + word(self.z)


def _know_challenge(domain: bytes, context: bytes, public: Point, nonce_point: Point) -> int:
    return number(hashed(domain, context, public.to64(), address(nonce_point))) % N


@dataclass(frozen=True, slots=True)
class Witness:
    """What spares the contract two multiplications and an inversion: fB, eY and (fB.x - eY.x)^-1 mod P."""

    f_b: Point
    e_y: Point
    inverse: int

    def as_tuple(self) -> tuple[tuple[int, int], tuple[int, int], int]:
        """The last three fields of the contract's structs."""
        return self.f_b.as_tuple(), self.e_y.as_tuple(), self.inverse


@dataclass(frozen=True, slots=True)
class Same:
    """Proof that X = xG and Y = xB have one x: e = keccak256(tag || context || X || B || Y || address(w1) || w2) mod N, f = s + xe,
    where w1 = sG, w2 = sB."""

    e: int
    f: int

    @classmethod
    def prove(
        cls, domain: bytes, context: bytes, secret: int, public: Point, base: Point, image: Point, draw: Draw
    ) -> Same:
        """``public`` is X, ``base`` B, ``image`` Y, ``secret`` x."""
        while True:
            nonce = _nonce(secret, domain, context, base.to64() + image.to64(), draw)
            points = (multiply(nonce), multiply(nonce, base))
            challenge = _same_challenge(domain, context, (public, base, image), points)
            response = (nonce + challenge * secret) % N
            if challenge and response:
                return cls(challenge, response)

    def holds(self, domain: bytes, context: bytes, public: Point, base: Point, image: Point) -> bool:
        """Whether it proves log_G X = log_B Y."""
        if not (0 < self.e < N and 0 < self.f < N and all(p.is_valid() for p in (public, base, image))):
            return False
        try:
            first = subtract(multiply(self.f), multiply(self.e, public))
            second = subtract(multiply(self.f, base), multiply(self.e, image))
        except PointAtInfinity:
            return False
        return self.e == _same_challenge(domain, context, (public, base, image), (first, second))

    def witness(self, base: Point, image: Point) -> Witness:
        """What the contract is called with beside a proof that holds; anyone can compute it."""
        f_b, e_y = multiply(self.f, base), multiply(self.e, image)
        return Witness(f_b, e_y, inverse(e_y, f_b))


def _same_challenge(
    domain: bytes, context: bytes, statement: tuple[Point, Point, Point], nonces: tuple[Point, Point]
) -> int:
    public, base, image = (point.to64() for point in statement)
    digest = hashed(domain, context, public, base, image, address(nonces[0]), nonces[1].to64())
    return number(digest) % N


@dataclass(frozen=True, slots=True)
class Share:
    """One seat's part in opening one envelope: S_i = x_i U, and the proof that x_i is the seat's key."""

    seat: int
    point: Point
    proof: Same

    @classmethod
    def make(cls, seat: int, secret: int, key: Point, context: bytes, u: Point, draw: Draw) -> Share:
        """``secret`` is x_i, ``key`` PK_i, ``context`` the envelope's, 32 bytes, ``u`` its U."""
        point = multiply(secret, u)
        return cls(seat, point, Same.prove(_SHARE, context, secret, key, u, point, draw))

    def holds(self, key: Point, context: bytes, u: Point) -> bool:
        """Whether it is the share of the seat with ``key`` for this envelope."""
        return self.proof.holds(_SHARE, context, key, u, self.point)

    def entry(self, u: Point, label: bytes) -> tuple[object, ...]:
        """One of the ``entries`` of postShares: (U, L, S, (e, f, fB, eY, inverse)) as ABI coding wants it."""
        proof = (self.proof.e, self.proof.f, *self.proof.witness(u, self.point).as_tuple())
        return u.as_tuple(), label, self.point.as_tuple(), proof

    def pack(self) -> bytes:
        """u8 seat || S compressed || e || f, 98 bytes: how shares travel off the chain."""
        return bytes((self.seat,)) + self.point.compress() + word(self.proof.e) + word(self.proof.f)

    @classmethod
    def unpack(cls, data: bytes) -> Share:
        """Reads what ``pack`` wrote; whether it holds is another question. Raises PackedShareInvalid."""
        try:
            if len(data) != 98:
                raise PackedShareInvalid(len(data))
            return cls(data[0], Point.decompress(data[1:34]), Same(number(data[34:66]), number(data[66:])))
        except PointInvalid:
            raise PackedShareInvalid(len(data)) from None


def factors(seats: Sequence[int]) -> tuple[int, ...]:
    """Lagrange factors at 0, mod N: lambda_i = prod j / (j - i) over the other seats j.

    Raises SeatsInvalid unless the seats are different and from 1.
    """
    if not seats or len(set(seats)) != len(seats) or min(seats) < 1:
        raise SeatsInvalid(tuple(seats))
    found = []
    for seat in seats:
        over = under = 1
        for other in seats:
            if other != seat:
                over = over * other % N
                under = under * (other - seat) % N
        found.append(over * pow(under, -1, N) % N)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Combination:
    """S of one envelope out of the shares of some seats, and what openPage is called with: products = factor * S_i, and the inverse
    of each addition (``group.inverse`` of the sum so far and the next product), one fewer than seats."""

    seats: tuple[int, ...]
    factors: tuple[int, ...]
    products: tuple[Point, ...]
    inverses: tuple[int, ...]
    secret: Point


def combine(points: Mapping[int, Point]) -> Combination:
    """Seat -> S_i of the seats to use -> Combination, in rising order of seats.

    The right S needs the shares of k seats or more, each checked with ``Share.holds``: fewer, or a false one, give a wrong point
    without any sign of it. Raises SeatsInvalid, PointInvalid, PointAtInfinity.
    """
    seats = tuple(sorted(points))
    lagrange = factors(seats)
    products = tuple(multiply(factor, points[seat]) for seat, factor in zip(seats, lagrange, strict=True))
    total, inverses = products[0], []
    for product in products[1:]:
        inverses.append(inverse(total, product))
        total = add(total, product)
    return Combination(seats, lagrange, products, tuple(inverses), total)
