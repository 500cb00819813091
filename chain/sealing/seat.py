"""One member in a ceremony: what it draws, sends, opens and checks, step by step.

    seat = Seat.begin(plan, seat=2, draw=secrets.token_bytes)
    joinCeremony(seat.box_key)                 when all have joined and committed:
    commitDealing(seat.commitment)             publishDealing(seat.message)
    sendDealing(seat.boxes(box_keys))          when all boxes are there:
    share = seat.finish(transcript)            confirmKeyset(share.answer(0, draw))
    seat.erase()

Between the steps lie hours: ``to_state`` is what a member writes down, encrypted, and ``from_state`` goes on from it. Nothing is drawn
after ``begin`` (the boxes' ephemeral keys apart), so a step that is repeated after a crash says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.errors.base import LicitaError
from chain.errors.contracts import OpeningCommitteeReshareMismatch
from chain.errors.sealing import (
    DealtBoxUnreadable,
    DealtShareWrong,
    KeysetMismatch,
    PointAtInfinity,
    SeatsInvalid,
    SeatStateInvalid,
)
from chain.sealing.boxes import BOX_SIZE, box_key, open_box, seal_box
from chain.sealing.ceremony import (
    POSSESSION,
    Dealing,
    Keyset,
    Plan,
    Transcript,
    check_transcript,
    commitment_of,
    possession_context,
    value_point,
)
from chain.sealing.group import Draw, N, Point, draw_scalar, hashed, multiply
from chain.sealing.keyshare import KeyShare
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import Know
from chain.types import from_hex, to_hex

__all__ = ["Seat", "open_dealt"]

_FORMAT = "licita/ceremony-seat/1"


def open_dealt(
    plan: Plan, dealer: int, points: Sequence[Point], seat: int, box_secret: bytes, box: bytes
) -> int:
    """The value that a dealer sent to a seat, opened and checked against the dealer's points.

    Raises DealtBoxUnreadable, DealtShareWrong: each is a reason to complain on the chain.
    """
    value = open_box(plan.ceremony_id, dealer, seat, box_secret, box) % N
    # Zero fails here too: the contract cannot check it, so that the dealer's answer to a complaint would be refused.
    try:
        if multiply(value) == value_point(points, seat):
            return value
    except PointAtInfinity:
        pass
    raise DealtShareWrong(dealer)


class Seat:
    """A member's secrets in one ceremony. It receives as ``seat``, deals as ``dealer``, or both.

    In a fresh ceremony every seat deals, under its own number. In a resharing the dealers are seats of the parent, so that a member
    may receive only (a new one), deal only (one that leaves), or do both under two numbers.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        seat: int | None,
        dealer: int | None,
        box_secret: Secret | None,
        coefficients: tuple[Secret, ...],
        message: bytes,
        boxed_for: bytes = b"",
    ) -> None:
        self.plan = plan
        self.seat = seat
        self.dealer = dealer
        self.message = message
        """msg of ``publishDealing``; empty where this member does not deal. Public from then on."""
        self._box_secret = box_secret
        self._coefficients = coefficients
        self._boxed_for = boxed_for

    @classmethod
    def begin(cls, plan: Plan, *, draw: Draw, seat: int | None = None, share: KeyShare | None = None) -> Seat:
        """Draws all secrets: for a seat its box key and, in a fresh ceremony, its polynomial.

        In a resharing ``share`` is the member's share of the parent where it is one of the dealers; its seat there is its number as
        dealer. Raises OpeningCommitteePlanInvalid, SeatsInvalid where the plan has no such seat or dealer, and
        OpeningCommitteeReshareMismatch where the share is of another keyset.
        """
        plan.check()
        dealer = share.seat if share is not None else None if plan.is_resharing else seat
        if not cls._fits(plan, seat, dealer) or (share is None) == (plan.is_resharing and dealer is not None):
            raise SeatsInvalid(tuple(number for number in (seat, dealer) if number is not None))
        if share is not None and share.keyset_id != plan.parent:
            raise OpeningCommitteeReshareMismatch(to_hex(plan.ceremony_id), share.seat)
        box_secret = Secret(draw(32)) if seat is not None else None
        if dealer is None:
            return cls(plan, seat=seat, dealer=None, box_secret=box_secret, coefficients=(), message=b"")
        first = share.dealt(plan.dealers) if share is not None else Secret.of(draw_scalar(draw))
        coefficients = (first, *(Secret.of(draw_scalar(draw)) for _ in range(plan.threshold - 1)))
        points = [multiply(each.number) for each in coefficients]
        possession = Know.prove(POSSESSION, possession_context(plan, dealer), first.number, draw)
        message = Dealing(tuple(points), possession).to_message()
        return cls(
            plan, seat=seat, dealer=dealer, box_secret=box_secret, coefficients=coefficients, message=message
        )

    @staticmethod
    def _fits(plan: Plan, seat: int | None, dealer: int | None) -> bool:
        receives = seat is not None and 1 <= seat <= len(plan.members)
        deals = dealer is not None and dealer in plan.dealing_seats
        return (receives or seat is None) and (deals or dealer is None) and (receives or deals)

    @property
    def box_key(self) -> bytes:
        """The message of ``joinCeremony``: the X25519 key for this seat's boxes, 32 bytes. Raises SecretErased, SeatsInvalid."""
        return box_key(self._receiver()[1])

    @property
    def commitment(self) -> bytes:
        """The message of ``commitDealing``, 32 bytes. Raises SeatsInvalid where this member does not deal."""
        return commitment_of(self.plan, self._dealer(), self.message)

    def boxes(self, box_keys: Sequence[bytes]) -> bytes:
        """The message of ``sendDealing``: a box for each seat in order. ``box_keys`` are those of all seats, as a node told them.

        Whose keys they are decides who reads this member's polynomial, so they are remembered, and ``check`` holds them against the
        ceremony's: a node that put its own in their place is found out before anything is confirmed. The caller keeps ``to_state``
        before it sends. Raises BoxKeyInvalid, SecretErased, SeatsInvalid, and KeysetMismatch where this seat's own key is not among
        them, or they are not those that it boxed for before.
        """
        sid, dealer = self.plan.ceremony_id, self._dealer()
        if len(box_keys) != len(self.plan.members):
            raise SeatsInvalid(())
        boxed_for = hashed(*box_keys)
        if self.seat is not None and box_keys[self.seat - 1] != self.box_key:
            raise KeysetMismatch(to_hex(sid), "box key")
        if self._boxed_for not in (b"", boxed_for):
            raise KeysetMismatch(to_hex(sid), "box keys")
        boxes = b"".join(
            seal_box(sid, dealer, seat, key, self.value_for(seat)) for seat, key in enumerate(box_keys, 1)
        )
        self._boxed_for = boxed_for
        return boxes

    def value_for(self, seat: int) -> int:
        """f_i(seat): what is boxed for the seat, and what answers its complaint in public. Raises SecretErased."""
        return sum(each.number * pow(seat, power, N) for power, each in enumerate(self._coefficients)) % N

    def receive(self, dealer: int, message: bytes, boxes: bytes) -> Secret:
        """Opens and checks what a dealer sent to this seat. ``message`` and ``boxes`` are the dealer's, from the chain.

        Raises DealtBoxUnreadable, DealtShareWrong, TranscriptIncomplete, OpeningCommitteeDealingPointInvalid, -DealingProofInvalid.
        """
        seat, box_secret = self._receiver()
        points = Dealing.read(self.plan, dealer, message).points
        box = boxes[BOX_SIZE * (seat - 1) : BOX_SIZE * seat]
        if len(boxes) != BOX_SIZE * len(self.plan.members):
            raise DealtBoxUnreadable(dealer)
        return Secret.of(open_dealt(self.plan, dealer, points, seat, box_secret, box))

    def finish(self, transcript: Transcript, parent: Keyset | None = None) -> tuple[Keyset, KeyShare]:
        """Checks the whole ceremony and takes this seat's share x_j = sum of f_i(j): the keyset to confirm, and the share.

        The caller confirms only a keyset that is registered under the id found here. Raises as ``check`` and ``receive``.
        """
        seat, _ = self._receiver()
        keyset = self.check(transcript, parent)
        dealt = [
            self.receive(*each)
            for each in zip(self.plan.dealing_seats, transcript.messages, transcript.boxes, strict=True)
        ]
        share = KeyShare(keyset.id, seat, Secret.of(sum(each.number for each in dealt) % N))
        for each in dealt:
            each.erase()
        return keyset, share

    def check(self, transcript: Transcript, parent: Keyset | None = None) -> Keyset:
        """The keyset that the messages give. A member that only deals can do this much.

        Raises what ``check_transcript`` raises, and KeysetMismatch where the messages are of another ceremony, are not what this member
        has sent, or have other box keys than it dealt to: then a node speaks for it, or has read what it dealt.
        """
        keyset = check_transcript(transcript, parent=parent)
        if transcript.plan.ceremony_id != self.plan.ceremony_id:
            raise KeysetMismatch(to_hex(keyset.id), "ceremony")
        if self.seat is not None and transcript.box_keys[self.seat - 1] != self.box_key:
            raise KeysetMismatch(to_hex(keyset.id), "box key")
        if self.dealer is not None:
            place = self.plan.dealing_seats.index(self.dealer)
            if transcript.messages[place] != self.message:
                raise KeysetMismatch(to_hex(keyset.id), "dealing")
            if self._boxed_for != hashed(*transcript.box_keys):
                raise KeysetMismatch(to_hex(keyset.id), "box keys")
        return keyset

    def erase(self) -> None:
        """Overwrites box key and polynomial, as the protocol asks after confirmation; see ``Secret`` for what that reaches."""
        for secret in (self._box_secret, *self._coefficients):
            if secret is not None:
                secret.erase()

    def to_state(self) -> dict[str, Any]:
        """Everything as JSON, the secrets in it: only ever written encrypted (``chain.sealing.locked``). Raises SecretErased."""
        return {
            "format": _FORMAT,
            "plan": self.plan.to_json(),
            "seat": self.seat,
            "dealer": self.dealer,
            "boxSecret": None if self._box_secret is None else to_hex(self._box_secret.raw),
            "coefficients": [to_hex(each.raw) for each in self._coefficients],
            "message": to_hex(self.message),
            "boxedFor": to_hex(self._boxed_for),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Seat:
        """Reads what ``to_state`` gave. Raises SeatStateInvalid."""
        if state.get("format") != _FORMAT:
            raise SeatStateInvalid("format")
        try:
            plan, box_secret = Plan.from_json(state["plan"]), state["boxSecret"]
            found = cls(
                plan,
                seat=state["seat"],
                dealer=state["dealer"],
                box_secret=None if box_secret is None else Secret(from_hex(box_secret)),
                coefficients=tuple(Secret(from_hex(each)) for each in state["coefficients"]),
                message=from_hex(state["message"]),
                boxed_for=from_hex(state["boxedFor"]),
            )
            fits = cls._fits(plan, found.seat, found.dealer) and found._is_whole()
        except (KeyError, TypeError, ValueError, AttributeError, LicitaError):
            raise SeatStateInvalid("plan") from None
        if not fits:
            raise SeatStateInvalid("seat")
        return found

    def _is_whole(self) -> bool:
        """Whether the secrets are those that seat and dealer need, each of 32 bytes."""
        boxes = [] if self._box_secret is None else [self._box_secret]
        dealt = 0 if self.dealer is None else self.plan.threshold
        return (
            (self.plan.is_resharing or self.dealer == self.seat)
            and len(boxes) == (self.seat is not None)
            and len(self._coefficients) == dealt
            and len(self.message) == (64 * dealt + 64 if dealt else 0)
            and len(self._boxed_for) in (0, 32 if dealt else 0)
            and all(len(each.raw) == 32 for each in (*boxes, *self._coefficients))
        )

    def __repr__(self) -> str:
        return f"Seat(ceremony={to_hex(self.plan.ceremony_id)}, seat={self.seat}, dealer={self.dealer})"

    def _receiver(self) -> tuple[int, bytes]:
        if self.seat is None or self._box_secret is None:
            raise SeatsInvalid(())
        return self.seat, self._box_secret.raw

    def _dealer(self) -> int:
        if self.dealer is None:
            raise SeatsInvalid(())
        return self.dealer
