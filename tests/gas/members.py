"""Gas of what is decided on members, validators, nodes and applications, in words.

Names are fixed here, because an address with a zero byte in it takes less.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice

from eth_hash.auto import keccak

from chain.types import Kind, NodeKind, Role, Sector
from tests.contracts.applications import REASON, codes, submission
from tests.contracts.validators import HARNESS, REGISTRY, Validator, harnessed, header, in_order
from tests.contracts.world import (
    BUYER,
    BUYER2,
    DAY,
    MANDATE_END,
    REVIEW,
    VALIDATORS,
    ZERO,
    World,
    address,
    calldata,
    hash_of,
    member_id,
)

PROVE_SIXTEEN = 300_000
"""Budget of a proof of sixteen validators."""


def members(world: World) -> dict[str, int]:
    """Act -> gas used by its transaction. Leaves the world changed."""

    def gas(function: str, *args: object, who: str = "authority") -> int:
        return world.send(who, "MemberRegistry", function, *args).gas

    day = world.time + DAY
    seat, council = (
        ("TEST-SEAT", "Seat", int(Sector.PUBLIC), int(Kind.COUNCIL), ZERO),
        int(Kind.BUYER | Kind.COUNCIL),
    )
    return {
        "admit a member with a seat": gas("admit", seat, address("seat"), day),
        "give a member a seat": gas("setKinds", BUYER, council),
        "move a member and its seat to another sector": gas("setSector", BUYER, int(Sector.ACADEMIA)),
        "name a superior": gas("setSuperior", BUYER, REVIEW),
        "suspend a member urgently": gas("suspendNow", BUYER2, day),
        "suspend a person urgently": gas("suspendPerson", address("officer"), day),
        "recover a member with a new account": gas("recover", BUYER, address("recovered"), day),
        "recover a member with one of its people": gas("recover", BUYER, address("approver"), day + 1),
        "rotate a person": gas("rotatePerson", address("admin"), address("rotated"), who="approver"),
        "resign with a seat": gas("resign", who="seat"),
        "expel a member with a seat": gas("expel", BUYER),
    }


def validators(world: World) -> dict[str, int]:
    """Act -> gas used by its transaction, on registries of their own."""
    own = harnessed(world)
    found = _change(own, _more(own, VALIDATORS, 6), "six validators, from four")
    for size in (16, 32):
        before = _more(own, [], size - 1)
        own = harnessed(own, before)
        found |= _change(own, _more(own, before, size), f"{size} validators, from {size - 1}")
    return found


def _change(own: World, target: Sequence[Validator], what: str) -> dict[str, int]:
    """Decides on the set, proves it, and takes one out where one may go."""
    made = header([node for node, _ in target], size=20)
    own.send("stranger", HARNESS, "setBlockHash", 7, keccak(made))
    found = {
        f"decide on {what}": own.send("authority", REGISTRY, "setTarget", 0, target).gas,
        f"prove {what}": own.send("stranger", REGISTRY, "proveSet", 1, made).gas,
    }
    if len(target) > 6:
        removed = own.send("authority", REGISTRY, "removeNow", 1, target[0][0], own.time + DAY)
        found[f"remove one of {len(target)} validators urgently"] = removed.gas
    return found


def _more(world: World, present: Sequence[Validator], size: int) -> list[Validator]:
    """The set grown to that size, each of a member of its own, spread over the sectors."""
    sectors = list(islice(cycle(Sector), size))[len(present) :]
    names = [f"TEST-GAS{size}-{place}" for place in range(len(sectors))]
    for name, sector in zip(names, sectors, strict=True):
        data = (name, name, int(sector), int(Kind.OPERATOR), ZERO)
        admission = calldata("MemberRegistry", "admit", (data, address(name), MANDATE_END))
        world.queue("authority", "MemberRegistry", admission)
    world.move_to(world.time + 1)
    return in_order([*present, *((address(f"node of {name}"), member_id(name)) for name in names)])


def applications(world: World) -> dict[str, int]:
    """Act -> gas used by its transaction, of nodes too. Leaves the world changed."""

    def gas(who: str, function: str, *args: object) -> int:
        return world.send(who, "ApplicationRegistry", function, *args).gas

    def node(member: bytes, kind: NodeKind) -> int:
        return world.send("authority", "NetworkPermissions", "setNode", hash_of("key"), member, int(kind)).gas

    checklist = hash_of("checklist")
    juror = (address("juror"), int(Role.EVALUATOR), MANDATE_END)
    world.send("witness", "MemberRegistry", "addPerson", *juror)
    return {
        "permit a node": node(REVIEW, NodeKind.OBSERVER),
        "change a node's kind": node(REVIEW, NodeKind.GATEWAY),
        "take a node's permission away": node(ZERO, NodeKind.NONE),
        "submit an application: 1 code": gas("acme", "submit", *submission(codes=codes(1))),
        "submit an application: 16 codes": gas("beta", "submit", *submission(codes=codes(16))),
        "record findings, the first": gas("evaluator", "recordFindings", 1, checklist, 5, 2),
        "record findings, of a second sector": gas("juror", "recordFindings", 1, checklist, 5, 2),
        "seal an application": gas("authority", "seal", 1, world.time + 2 * DAY),
        "suspend a seal": gas("authority", "suspend", 1, world.time + DAY),
        "revoke a seal": gas("authority", "revoke", 1, REASON),
        "refuse an application": gas("authority", "refuse", 2, REASON),
    }
