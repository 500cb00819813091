"""What a seat keeps when its ceremony is over: its share of the committee's key, and the acts it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.errors.sealing import PointAtInfinity, SeatsInvalid, SeatStateInvalid
from chain.sealing.ceremony import ROLL_CALL, Keyset, roll_context
from chain.sealing.group import Draw, N, Point, multiply
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import Know, Share, factors
from chain.types import from_hex, to_hex

__all__ = ["KeyShare"]

_FORMAT = "licita/key-share/1"


class KeyShare:
    """x_j of one seat in one keyset. ``to_state`` tells the secret: only ever write it encrypted (``chain.sealing.locked``).

    A node service refuses to hold k of them of one keyset; that is looked at by ``keyset_id``.
    """

    def __init__(self, keyset_id: bytes, seat: int, secret: Secret) -> None:
        self.keyset_id = keyset_id
        self.seat = seat
        self._secret = secret
        self.key: Point = multiply(secret.number)
        """PK_j, public."""

    def answer(self, round_: int, draw: Draw) -> Know:
        """The answer to a roll-call, 0 being the confirmation of the keyset. Raises SecretErased."""
        context = roll_context(self.keyset_id, self.seat, round_)
        return Know.prove(ROLL_CALL, context, self._secret.number, draw)

    def open(self, context: bytes, u: Point, draw: Draw) -> Share:
        """The seat's share in opening an envelope with this context (32 bytes) and U. Raises SecretErased, PointInvalid.

        Whoever holds k such shares reads the bid, so a caller must have asked ``clock()`` whether the time has come. After a
        resharing the context still names the parent's keyset, and the share is the new seat's.
        """
        return Share.make(self.seat, self._secret.number, self.key, context, u, draw)

    def dealt(self, dealers: Sequence[int]) -> Secret:
        """lambda_i x_i: what this seat deals in a resharing by these dealers, itself among them. Raises SeatsInvalid."""
        if self.seat not in dealers:
            raise SeatsInvalid(tuple(dealers))
        factor = factors(dealers)[list(dealers).index(self.seat)]
        return Secret.of(factor * self._secret.number % N)

    def fits(self, keyset: Keyset) -> bool:
        """Whether it is the share of its seat in this keyset."""
        return self.keyset_id == keyset.id and keyset.keys[self.seat - 1 : self.seat] == (self.key,)

    def erase(self) -> None:
        """Overwrites the share; see ``Secret`` for what that reaches."""
        self._secret.erase()

    def to_state(self) -> dict[str, Any]:
        """The share as JSON, the secret in it. Raises SecretErased."""
        return {
            "format": _FORMAT,
            "keysetId": to_hex(self.keyset_id),
            "seat": self.seat,
            "secret": to_hex(self._secret.raw),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> KeyShare:
        """Reads what ``to_state`` gave. Raises SeatStateInvalid."""
        if state.get("format") != _FORMAT:
            raise SeatStateInvalid("format")
        try:
            return cls(from_hex(state["keysetId"]), int(state["seat"]), Secret(from_hex(state["secret"])))
        except (KeyError, TypeError, ValueError, PointAtInfinity):
            raise SeatStateInvalid("secret") from None

    def __repr__(self) -> str:
        return f"KeyShare(keyset={to_hex(self.keyset_id)}, seat={self.seat}, {self._secret!r})"
