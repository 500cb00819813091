"""What a ceremony says in public, and whether it is true: plan, messages, keyset, confirmations.

Pedersen's distributed key generation with committed dealings and proofs of possession (specification of sealed bids, section 2). The
secret side is ``chain.sealing.seat``. Everything here can be recomputed by anyone from the chain: each member before it confirms,
and the audit afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_abi.abi import encode

from chain.errors.contracts import (
    OpeningCommitteeCommitmentMismatch,
    OpeningCommitteeDealingPointInvalid,
    OpeningCommitteeDealingProofInvalid,
    OpeningCommitteeKeyProofInvalid,
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteePlanInvalid,
    OpeningCommitteeReshareMismatch,
)
from chain.errors.sealing import KeysetMismatch, PointInvalid, TranscriptIncomplete
from chain.sealing.boxes import BOX_SIZE
from chain.sealing.group import N, Point, add, hashed, multiply, tag, word
from chain.sealing.tdh2 import Know, factors
from chain.types import ZERO32, from_hex, to_hex

__all__ = [
    "MAX_SEATS", "POSSESSION", "ROLL_CALL", "Dealing", "Keyset", "Plan", "Transcript", "check_confirmations", "check_transcript",
    "commitment_of", "keyset_of", "possession_context", "roll_context", "value_point",
]  # fmt: skip

MAX_SEATS = 16
"""Seats of a committee at most."""

POSSESSION = tag("pop")
"""Domain of a dealer's proof of possession."""

ROLL_CALL = tag("roll-call")
"""Domain of a seat's confirmation and of its answers to roll-calls."""

_CEREMONY, _COMMIT, _TRANSCRIPT = tag("ceremony"), tag("dkg-commit"), tag("transcript")


@dataclass(frozen=True)
class Plan:
    """What a ceremony is opened with: k of n, and for a resharing the old keyset and which of its seats deal.

    ``committee`` is the address of OpeningCommittee, ``members`` one id of 32 bytes a seat, ``parent`` a keyset id or 32 zeros,
    ``dealers`` seats of the parent or none; ``ordinal`` counts the ceremonies of the contract from 1.
    """

    chain_id: int
    committee: str
    ordinal: int
    threshold: int
    members: tuple[bytes, ...]
    parent: bytes = ZERO32
    dealers: tuple[int, ...] = ()

    @property
    def is_resharing(self) -> bool:
        """Whether an old key is dealt anew."""
        return self.parent != ZERO32

    @property
    def dealing_seats(self) -> tuple[int, ...]:
        """Who deals: every seat, or in a resharing the named seats of the parent."""
        return self.dealers if self.is_resharing else tuple(range(1, len(self.members) + 1))

    @cached_property
    def ceremony_id(self) -> bytes:
        """sid, 32 bytes."""
        types = ("bytes32", "uint256", "address", "uint256", "uint8", "bytes32[]", "bytes32", "uint8[]")
        values = (
            _CEREMONY, self.chain_id, self.committee, self.ordinal, self.threshold, self.members, self.parent, self.dealers,
        )  # fmt: skip
        return hashed(encode(types, values))

    def check(self) -> None:
        """Raises OpeningCommitteePlanInvalid unless 2 <= k < n <= 16, 2k > n, and the dealers fit the kind of ceremony.

        Whether the seats are independent is the contract's question: it needs the register of members.
        """
        if len(self.members) > MAX_SEATS:
            raise OpeningCommitteePlanInvalid("members")
        if not 2 <= self.threshold < len(self.members) < 2 * self.threshold:
            raise OpeningCommitteePlanInvalid("threshold")
        rising = list(self.dealers) == sorted(set(self.dealers)) and all(seat > 0 for seat in self.dealers)
        if bool(self.dealers) != self.is_resharing or not rising:
            raise OpeningCommitteePlanInvalid("dealers")

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON: ids as 0x hex."""
        return {
            "chainId": self.chain_id,
            "committee": self.committee,
            "ordinal": self.ordinal,
            "threshold": self.threshold,
            "members": [to_hex(member) for member in self.members],
            "parent": to_hex(self.parent),
            "dealers": list(self.dealers),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Plan:
        """Reads what ``to_json`` gave. Raises KeyError, TypeError or ValueError where it is something else."""
        return cls(
            value["chainId"],
            value["committee"],
            value["ordinal"],
            value["threshold"],
            tuple(from_hex(member) for member in value["members"]),
            from_hex(value["parent"]),
            tuple(value["dealers"]),
        )


@dataclass(frozen=True)
class Dealing:
    """A dealer's message: the points A_0 .. A_(k-1) of its polynomial, and the proof that it knows the secret behind A_0."""

    points: tuple[Point, ...]
    possession: Know

    @classmethod
    def read(cls, plan: Plan, dealer: int, message: bytes) -> Dealing:
        """Reads and checks a message. Raises TranscriptIncomplete, OpeningCommitteeDealingPointInvalid, -DealingProofInvalid."""
        sid = to_hex(plan.ceremony_id)
        if len(message) != 64 * plan.threshold + 64:
            raise TranscriptIncomplete(sid, f"dealing of dealer {dealer}")
        points = []
        for index in range(plan.threshold):
            try:
                points.append(Point.from64(message[64 * index : 64 * index + 64]))
            except PointInvalid:
                raise OpeningCommitteeDealingPointInvalid(sid, dealer, index) from None
        possession = Know.from64(message[-64:])
        if not possession.holds(POSSESSION, possession_context(plan, dealer), points[0]):
            raise OpeningCommitteeDealingProofInvalid(sid, dealer)
        return cls(tuple(points), possession)

    def to_message(self) -> bytes:
        """msg of ``publishDealing``: the points of 64 bytes each, c, z."""
        return b"".join(point.to64() for point in self.points) + self.possession.to64()


def possession_context(plan: Plan, dealer: int) -> bytes:
    """What a dealer's proof of possession is bound to, 32 bytes."""
    return hashed(plan.ceremony_id, word(dealer))


def commitment_of(plan: Plan, dealer: int, message: bytes) -> bytes:
    """h of ``commitDealing``, 32 bytes: nobody chooses its dealing after seeing another's."""
    return hashed(_COMMIT, plan.ceremony_id, word(dealer), message)


def value_point(points: Sequence[Point], seat: int) -> Point:
    """f(seat) * G from the points of a polynomial: sum of seat^l A_l (Feldman). Raises PointAtInfinity."""
    return add(*(multiply(pow(seat, power, N), point) for power, point in enumerate(points)))


@dataclass(frozen=True)
class Transcript:
    """The public messages of a ceremony: box keys by seat; commitments, dealings and boxes by dealer, in the order of the plan."""

    plan: Plan
    box_keys: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    messages: tuple[bytes, ...]
    boxes: tuple[bytes, ...]

    @cached_property
    def hash(self) -> bytes:
        """The transcript's hash, 32 bytes, as the contract computes it."""
        boxes = (hashed(each) for each in self.boxes)
        return hashed(_TRANSCRIPT, self.plan.ceremony_id, *self.box_keys, *self.commitments, *boxes)

    def check_sizes(self) -> None:
        """Raises TranscriptIncomplete where a message is missing or has the wrong size."""
        seats, dealers = len(self.plan.members), len(self.plan.dealing_seats)
        sizes = (
            ("box keys", self.box_keys, seats, 32),
            ("commitments", self.commitments, dealers, 32),
            ("dealings", self.messages, dealers, 64 * self.plan.threshold + 64),
            ("boxes", self.boxes, dealers, BOX_SIZE * seats),
        )
        for part, messages, count, size in sizes:
            if len(messages) != count or any(len(message) != size for message in messages):
                raise TranscriptIncomplete(to_hex(self.plan.ceremony_id), part)


@dataclass(frozen=True)
class Keyset:
    """The keys of a committee: the joint key PK, a key PK_j a seat, and the hash of the transcript they came from."""

    chain_id: int
    committee: str
    threshold: int
    pk: Point
    members: tuple[bytes, ...]
    keys: tuple[Point, ...]
    transcript: bytes

    @cached_property
    def id(self) -> bytes:
        """keysetId, 32 bytes."""
        types = (
            "uint256", "address", "uint8", "(uint256,uint256)", "bytes32[]", "(uint256,uint256)[]", "bytes32",
        )  # fmt: skip
        keys = [key.as_tuple() for key in self.keys]
        values = (
            self.chain_id, self.committee, self.threshold, self.pk.as_tuple(), self.members, keys, self.transcript,
        )  # fmt: skip
        return hashed(encode(types, values))

    def roll_context(self, seat: int, round_: int) -> bytes:
        """What the seat swears to in this round of the roll-call, 32 bytes; round 0 is the confirmation."""
        return roll_context(self.id, seat, round_)

    def check_answer(self, seat: int, round_: int, proof: Know) -> None:
        """Raises OpeningCommitteeKeyProofInvalid unless the seat proves that it holds its share."""
        if not 1 <= seat <= len(self.keys) or not proof.holds(
            ROLL_CALL, self.roll_context(seat, round_), self.keys[seat - 1]
        ):
            raise OpeningCommitteeKeyProofInvalid(to_hex(self.id), seat)


def roll_context(keyset_id: bytes, seat: int, round_: int) -> bytes:
    """keccak256(abi(id, uint256 seat, uint256 round)), 32 bytes."""
    return hashed(keyset_id, word(seat), word(round_))


def keyset_of(transcript: Transcript, dealings: Sequence[Dealing]) -> Keyset:
    """The keyset that checked dealings give: PK = sum A_i0, PK_j = sum over the dealers of f_i(j) G. Raises PointAtInfinity."""
    plan = transcript.plan
    # The polynomials are summed first: the sum's value at a seat is the sum of their values.
    total = [add(*column) for column in zip(*(dealing.points for dealing in dealings), strict=True)]
    keys = tuple(value_point(total, seat) for seat in range(1, len(plan.members) + 1))
    return Keyset(
        plan.chain_id, plan.committee, plan.threshold, total[0], plan.members, keys, transcript.hash
    )


def check_transcript(
    transcript: Transcript, *, parent: Keyset | None = None, registered: Keyset | None = None
) -> Keyset:
    """Recomputes a ceremony from its public messages -> the keyset that they give; raises a finding for the first falsehood.

    ``parent`` is the old keyset of a resharing; ``registered`` what someone registered, to be compared. Each confirming member and
    the audit ask this. Raises OpeningCommitteePlanInvalid, TranscriptIncomplete, OpeningCommitteeCommitmentMismatch,
    -DealingPointInvalid, -DealingProofInvalid, -KeysetNotFound (the parent), -ReshareMismatch, PointAtInfinity, KeysetMismatch.
    """
    plan = transcript.plan
    plan.check()
    transcript.check_sizes()
    dealings = []
    for dealer, commitment, message in zip(
        plan.dealing_seats, transcript.commitments, transcript.messages, strict=True
    ):
        if commitment_of(plan, dealer, message) != commitment:
            raise OpeningCommitteeCommitmentMismatch(to_hex(plan.ceremony_id), dealer)
        dealings.append(Dealing.read(plan, dealer, message))
    if plan.is_resharing:
        _check_resharing(plan, parent, dealings)
    keyset = keyset_of(transcript, dealings)
    if registered is not None:
        _check_registered(keyset, registered)
    return keyset


def _check_resharing(plan: Plan, parent: Keyset | None, dealings: Sequence[Dealing]) -> None:
    """A_i0 = lambda_i PK_i for k dealers: the sum is the old key, and nobody dealt anything but its share."""
    if parent is None or parent.id != plan.parent:
        raise OpeningCommitteeKeysetNotFound(to_hex(plan.parent))
    if len(plan.dealers) != parent.threshold or plan.dealers[-1] > len(parent.keys):
        raise OpeningCommitteePlanInvalid("dealers")
    for dealer, factor, dealing in zip(plan.dealers, factors(plan.dealers), dealings, strict=True):
        if dealing.points[0] != multiply(factor, parent.keys[dealer - 1]):
            raise OpeningCommitteeReshareMismatch(to_hex(plan.ceremony_id), dealer)


def _check_registered(keyset: Keyset, registered: Keyset) -> None:
    for field in ("chain_id", "committee", "threshold", "members", "transcript", "pk"):
        mine, theirs = getattr(keyset, field), getattr(registered, field)
        if field == "committee":
            mine, theirs = mine.lower(), theirs.lower()
        if mine != theirs:
            raise KeysetMismatch(to_hex(registered.id), field)
    if len(keyset.keys) != len(registered.keys):
        raise KeysetMismatch(to_hex(registered.id), "keys")
    for seat, (mine, theirs) in enumerate(zip(keyset.keys, registered.keys, strict=True), 1):
        if mine != theirs:
            raise KeysetMismatch(to_hex(registered.id), f"key of seat {seat}")


def check_confirmations(keyset: Keyset, confirmations: Mapping[int, Know]) -> None:
    """Seat -> its confirmation, of any seats. Raises OpeningCommitteeKeyProofInvalid for the first that does not hold.

    The keyset is usable when all n have confirmed; that is the caller's to count.
    """
    for seat, proof in sorted(confirmations.items()):
        keyset.check_answer(seat, 0, proof)
