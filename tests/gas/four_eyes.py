"""Gas of acts that take two accounts of the buyer: what is proposed, and what an approval takes beside the act itself."""

from __future__ import annotations

from tests.contracts.buyer_acts import MAKERS, made
from tests.contracts.four_eyes import DESK, LIFE
from tests.contracts.world import World, hash_of

__all__ = ["APPROVE", "PROPOSE", "four_eyes"]

PROPOSE = 65_000
APPROVE = 25_000
"""More than the same act by one account."""


def four_eyes(world: World) -> dict[str, int]:
    """Both halves of each act."""
    act = hash_of("act")
    found = {}
    with world.undone():
        first = world.send("officer", DESK, "propose", act)
        found["propose an act"] = first.gas
        found["propose an act that expired"] = world.send(
            "officer", DESK, "propose", act, at=first.time + LIFE
        ).gas
    for name in MAKERS:
        with world.undone():
            alone = made(world, name, eyes=False).approve().gas
        with world.undone():
            both = made(world, name)
            both.propose()
            found[f"approve beside the act: {name}"] = both.approve().gas - alone
    return found
