"""An opening committee that is the same in every run: 2 of 3, with known shares. Its boxes hold nothing, which no contract sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from eth_hash.auto import keccak

from chain.sealing.boxes import BOX_SIZE
from chain.sealing.ceremony import Keyset, Plan, Transcript, check_transcript
from chain.sealing.group import N
from chain.sealing.keyshare import KeyShare
from chain.sealing.seat import Seat
from chain.sealing.secret import Secret

__all__ = ["Committee", "committee", "drawing"]


@dataclass(frozen=True)
class Committee:
    """What its ceremony said, what it made, and each seat's share by number."""

    transcript: Transcript
    keyset: Keyset
    shares: dict[int, KeyShare]


def drawing(seed: str) -> Callable[[int], bytes]:
    """Randomness that is the same in every run: hashes of a seed and a counter."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        found = b"".join(bytes(keccak(f"{seed}/{count}/{part}".encode())) for part in range(-(-size // 32)))
        return found[:size]

    return draw


@cache
def committee(
    chain_id: int, contract: str, members: tuple[bytes, ...], threshold: int = 2, ordinal: int = 1
) -> Committee:
    """What the ceremony of this ordinal gives; ``contract`` is the network's OpeningCommittee."""
    plan = Plan(chain_id, contract, ordinal, threshold, members)
    draw = drawing(f"licita/test/committee/{ordinal}")
    seats = [Seat.begin(plan, seat=number, draw=draw) for number in range(1, len(members) + 1)]
    transcript = Transcript(
        plan,
        tuple(seat.box_key for seat in seats),
        tuple(seat.commitment for seat in seats),
        tuple(seat.message for seat in seats),
        tuple(bytes(BOX_SIZE * len(members)) for _ in seats),
    )
    keyset = check_transcript(transcript)
    shares = {
        number: KeyShare(keyset.id, number, Secret.of(sum(seat.value_for(number) for seat in seats) % N))
        for number in range(1, len(members) + 1)
    }
    return Committee(transcript, keyset, shares)
