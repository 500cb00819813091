"""Operators, sets of validators and block headers of the contract tests.

A test that needs other sets than the founding one takes a registry of its own: the harness, which is told the hashes of blocks and is
the contract in all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count, cycle, islice

from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from chain import rlp
from chain.types import Kind, Sector
from tests.contracts.world import (
    DAY,
    MANDATE_END,
    VALIDATORS,
    ZERO,
    Receipt,
    World,
    address,
    calldata,
    member_id,
    wiring,
)

REGISTRY = "ValidatorRegistry"
HARNESS = "ValidatorRegistryHarness"

Validator = tuple[str, bytes]
"""Address and member."""

_numbers = count(1)


def operators(world: World, sectors: Sequence[Sector]) -> list[bytes]:
    """Admits a member with the kind OPERATOR for each; their ids."""
    names = [f"TEST-OPERATOR{next(_numbers)}" for _ in sectors]
    for name, sector in zip(names, sectors, strict=True):
        data = (name, name, int(sector), int(Kind.OPERATOR), ZERO)
        admission = calldata("MemberRegistry", "admit", (data, address(name), MANDATE_END))
        world.queue("authority", "MemberRegistry", admission)
    world.move_to(world.time + 1)
    return [member_id(name) for name in names]


def nodes(members: Sequence[bytes]) -> list[Validator]:
    """A validator for each, with an address of its own; in order."""
    return in_order([(address(f"node of {next(_numbers)}"), member) for member in members])


def by_sector(world: World, validators: Sequence[Validator]) -> dict[Sector, list[Validator]]:
    """The set by the sector of the members, in order."""
    found: dict[Sector, list[Validator]] = {sector: [] for sector in Sector}
    for each in validators:
        found[Sector(world.facts("MemberRegistry", "memberFacts", each[1])["sector"])].append(each)
    return found


def without(validators: Sequence[Validator], *gone: Validator) -> list[Validator]:
    """The set less those."""
    return [each for each in validators if each not in gone]


def in_order(validators: Sequence[Validator]) -> list[Validator]:
    """Ascending by address."""
    return sorted(validators, key=lambda validator: int(validator[0], 16))


def validators_of(world: World, *sectors: Sector) -> list[Validator]:
    """A validator of a member of its own for each; in order."""
    return nodes(operators(world, sectors))


def even(world: World, size: int) -> list[Validator]:
    """So many, each of a member of its own, spread over the sectors."""
    return validators_of(world, *islice(cycle(Sector), size))


def sector_limit(size: int) -> int:
    """n - ceil(2n/3)."""
    return size - -(-2 * size // 3)


def harnessed(world: World, founding: Sequence[Validator] = VALIDATORS) -> World:
    """The world with the harness in place of the registry, founded with that set."""
    made = world.deploy(HARNESS, wiring(world.addresses), founding)
    assert made.created is not None
    at = str(to_checksum_address(made.created))
    return replace(world, addresses=world.addresses | {REGISTRY: at, HARNESS: at})


def set_target(world: World, seq: int, target: Sequence[Validator]) -> Receipt:
    """Decides on the set that follows decision ``seq``."""
    return world.send("authority", REGISTRY, "setTarget", seq, target)


def prove(world: World, validators: Sequence[Validator]) -> Receipt:
    """Proves that set for the decision in force, by a header that the harness takes for a block's."""
    made = header([node for node, _ in validators])
    world.send("stranger", HARNESS, "setBlockHash", 7, keccak(made))
    return world.send("stranger", REGISTRY, "proveSet", world.read(REGISTRY, "seq"), made)


def decide(world: World, target: Sequence[Validator]) -> None:
    """Decides on the set and proves it."""
    set_target(world, world.read(REGISTRY, "seq"), target)
    prove(world, target)


def in_force(world: World) -> list[Validator]:
    """The set."""
    found: list[Validator] = world.read(REGISTRY, "validators")
    return [(str(to_checksum_address(node)), member) for node, member in found]


def set_hash(addresses: Sequence[str]) -> bytes:
    """keccak256 of the addresses, each in 32 bytes."""
    return bytes(keccak(b"".join(bytes(12) + bytes.fromhex(at[2:]) for at in addresses)))


def extra_data(addresses: Sequence[str]) -> bytes:
    """Of QBFT in block-hash form: vanity, validators, and no vote, round or seals."""
    return rlp.encode([bytes(32), [bytes.fromhex(at[2:]) for at in addresses], [], b"", []])


def fields(addresses: Sequence[str], number: int = 7, size: int = 16) -> list[bytes]:
    """Of a header; ``size``: 16, 17, 20 or 21, as engines write them."""
    parent, state = keccak(b"parent"), keccak(b"state")
    head = [parent, keccak(b"\xc0"), bytes(20), state, state, state, bytes(256), b"\x01"]
    tail = [keccak(b"mix"), bytes(8), b"", state, b"", b"", bytes(32), keccak(b"requests")]
    numbers = [rlp.encode_int(each) for each in (number, 60_000_000, 21_000, 1_900_000_000)]
    return [*head, *numbers, extra_data(addresses), *tail][:size]


def header(addresses: Sequence[str], number: int = 7, size: int = 16) -> bytes:
    """A header in block-hash form."""
    return rlp.encode(fields(addresses, number, size))


def suspend(world: World, member: bytes) -> None:
    """Suspends a member for a day."""
    world.send("authority", "MemberRegistry", "suspendNow", member, world.time + DAY)
