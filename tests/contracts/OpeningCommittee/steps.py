"""What the steps of a ceremony have in common: who may take one, and when the ceremony is over."""

from __future__ import annotations

from typing import Any

from tests.contracts.sealing import COMMITTEE, Ceremony, say
from tests.contracts.world import Refusal, World, address, label

LIFE = 30 * 86_400
"""Seconds for which a ceremony takes steps."""


def refused(ceremony: Ceremony, step: str) -> Refusal:
    """The step is not possible now."""
    return Refusal("OpeningCommitteeStepRefused", ceremony.id, label(step))


def strangers(world: World, ceremony: Ceremony, function: str, *rest: Any) -> None:
    """Nobody takes the step for seat 1 but an opener of its member; nobody for a seat that is none."""
    for who in ("stranger", "acme", "deployer", "seat 2", "seat 3", "seat 9"):
        found = world.refusal(who, COMMITTEE, function, ceremony.id, 1, *rest)
        assert found == Refusal("OpeningCommitteeCallerRefused", ceremony.id, address(who))
    for seat in (0, 4, 9, 17, 255):
        found = world.refusal("seat 1", COMMITTEE, function, ceremony.id, seat, *rest)
        assert found == Refusal("OpeningCommitteeCallerRefused", ceremony.id, address("seat 1"))
    unknown = b"\1" * 32
    found = world.refusal("seat 1", COMMITTEE, function, unknown, 1, *rest)
    assert found == Refusal("OpeningCommitteeCallerRefused", unknown, address("seat 1"))
    with world.undone():
        say(world, ("setSuspended", address("seat 1"), True))
        found = world.refusal("seat 1", COMMITTEE, function, ceremony.id, 1, *rest)
        assert found == Refusal("OpeningCommitteeCallerRefused", ceremony.id, address("seat 1"))


def fail(world: World, ceremony: Ceremony, seat: int = 2, dealer: int = 1) -> None:
    """A complaint ends it."""
    who = ceremony.committee.by(seat)
    world.send(who, COMMITTEE, "complain", ceremony.id, seat, dealer)


def born(world: World, ceremony: Ceremony) -> int:
    """When it was opened; asks the first step's block."""
    return ceremony.receipts[0].time
