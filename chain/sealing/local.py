"""A whole ceremony in one process: the same seats, messages and checks, with memory for a chain. For tests and examples.

It proves nothing about a committee: who runs it holds all shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chain.sealing.ceremony import Keyset, Plan, Transcript, check_confirmations
from chain.sealing.group import Draw
from chain.sealing.keyshare import KeyShare
from chain.sealing.seat import Seat
from chain.sealing.tdh2 import Know

__all__ = ["LocalCommittee", "run_locally"]


@dataclass(frozen=True)
class LocalCommittee:
    """What a ceremony left: the public messages, the keyset, each seat's confirmation, and the shares, by seat."""

    transcript: Transcript
    keyset: Keyset
    confirmations: Mapping[int, Know]
    shares: Mapping[int, KeyShare]


def run_locally(plan: Plan, draw: Draw, parent: LocalCommittee | None = None) -> LocalCommittee:
    """Runs the ceremony of a plan; ``parent`` holds the shares that a resharing deals. Raises what the seats raise."""
    seats = [Seat.begin(plan, seat=number, draw=draw) for number in range(1, len(plan.members) + 1)]
    dealing = seats
    if parent is not None:
        dealing = [Seat.begin(plan, share=parent.shares[dealer], draw=draw) for dealer in plan.dealers]
    box_keys = tuple(seat.box_key for seat in seats)
    transcript = Transcript(
        plan,
        box_keys,
        tuple(seat.commitment for seat in dealing),
        tuple(seat.message for seat in dealing),
        tuple(seat.boxes(box_keys) for seat in dealing),
    )
    found = [seat.finish(transcript, None if parent is None else parent.keyset) for seat in seats]
    keyset = found[0][0]
    shares = {share.seat: share for _, share in found}
    confirmations = {number: share.answer(0, draw) for number, share in shares.items()}
    check_confirmations(keyset, confirmations)
    for seat in {*seats, *dealing}:
        seat.erase()
    return LocalCommittee(transcript, keyset, confirmations, shares)
