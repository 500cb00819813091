"""Sets of validators: what ValidatorRegistry refuses, and how many it takes to decide, to stop and to fork a QBFT chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.errors.contracts import (
    ValidatorRegistryMemberInvalid,
    ValidatorRegistryMemberOver,
    ValidatorRegistryNotFound,
    ValidatorRegistryOrderWrong,
    ValidatorRegistryProved,
    ValidatorRegistryRemovalInvalid,
    ValidatorRegistryRemovalRunning,
    ValidatorRegistrySectorOver,
    ValidatorRegistrySetDiffers,
    ValidatorRegistrySizeInvalid,
    ValidatorRegistryStepTooLarge,
    ValidatorRegistryUnchanged,
    ValidatorRegistryUnproved,
    ValidatorRegistryVersionWrong,
)
from chain.types import Validator, from_hex, moment, to_hex

__all__ = [
    "MAX_REMOVAL", "MAX_SIZE", "MAX_STEP", "MIN_SIZE", "SIZE_FOR_TWO", "RegistryFacts", "Runner", "by_address", "check_proof",
    "check_removal", "check_set", "check_step", "check_target", "majority", "member_limit", "quorum", "sector_limit", "set_hash",
]  # fmt: skip

MIN_SIZE = 4
MAX_SIZE = 32
SIZE_FOR_TWO = 8
"""From this size on a member may run two validators."""

MAX_STEP = 2
"""Validators by which a set differs from the one before."""

MAX_REMOVAL = 30 * 86_400
"""Seconds for which a validator may be removed urgently."""


@dataclass(frozen=True)
class Runner:
    """What the rules ask of a member that runs validators.

    ``active``: an active OPERATOR; ``top``: the highest member above it, itself where there is none: members of one top count as one.
    """

    sector: int
    top: bytes
    active: bool = True


@dataclass(frozen=True)
class RegistryFacts:
    """State of ValidatorRegistry. ``seq``: number of the decision in force; ``validators``: its set; ``proved``: whether that is
    the last one proved; ``removed_until``: end of the last urgent removal, unix seconds, 0 if there was none."""

    seq: int
    validators: tuple[Validator, ...]
    proved: bool
    removed_until: int = 0

    @property
    def nodes(self) -> tuple[str, ...]:
        """Addresses of the set in force."""
        return tuple(validator.node for validator in self.validators)


def by_address(node: str) -> int:
    """Sorts addresses as the chain does."""
    return int(node, 16)


def quorum(size: int) -> int:
    """Validators that must seal a block: ceil(2n/3)."""
    return -(-2 * size // 3)


def majority(size: int) -> int:
    """Validators that must vote for a change: floor(n/2) + 1."""
    return size // 2 + 1


def sector_limit(size: int) -> int:
    """The most validators of a sector: one more could stop the chain alone."""
    return size - quorum(size)


def member_limit(size: int) -> int:
    """The most validators of a member and those dependent on it."""
    return 1 if size < SIZE_FOR_TWO else 2


def set_hash(nodes: Iterable[str]) -> bytes:
    """ValidatorRegistry.setHash: keccak256 of the addresses in ascending order, each in 32 bytes."""
    return bytes(keccak(b"".join(from_hex(node).rjust(32, b"\0") for node in sorted(nodes, key=by_address))))


def check_set(validators: Sequence[Validator], runners: Mapping[bytes, Runner]) -> None:
    """Size, order, and shares of members and sectors; a member that is not in ``runners`` is no active OPERATOR.

    Raises ValidatorRegistrySizeInvalid, -OrderWrong, -MemberInvalid, -MemberOver, -SectorOver.
    """
    size = len(validators)
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise ValidatorRegistrySizeInvalid(MIN_SIZE, MAX_SIZE, size)
    below = 0
    for index, validator in enumerate(validators):
        if by_address(validator.node) <= below:
            raise ValidatorRegistryOrderWrong(index)
        below = by_address(validator.node)
    _check_shares(validators, runners)


def _check_shares(validators: Sequence[Validator], runners: Mapping[bytes, Runner]) -> None:
    size = len(validators)
    each, in_sector = member_limit(size), sector_limit(size)
    tops: Counter[bytes] = Counter()
    sectors: Counter[int] = Counter()
    for validator in validators:
        member = validator.member
        runner = runners.get(member)
        if runner is None or not runner.active:
            raise ValidatorRegistryMemberInvalid(to_hex(member))
        tops[runner.top] += 1
        if tops[runner.top] > each:
            raise ValidatorRegistryMemberOver(to_hex(member), each, tops[runner.top])
        sectors[runner.sector] += 1
        if sectors[runner.sector] > in_sector:
            raise ValidatorRegistrySectorOver(runner.sector, in_sector, sectors[runner.sector])


def check_step(present: Collection[str], target: Collection[str]) -> None:
    """The addresses that are in one of two sets alone. Raises ValidatorRegistryStepTooLarge."""
    step = len(set(present) ^ set(target))
    if step > MAX_STEP:
        raise ValidatorRegistryStepTooLarge(MAX_STEP, step)


def check_target(
    facts: RegistryFacts,
    expected_seq: int,
    target: Sequence[Validator],
    runners: Mapping[bytes, Runner],
    *,
    now: int,
) -> None:
    """ValidatorRegistry.setTarget, but for the role.

    Raises ValidatorRegistryVersionWrong, -Unproved, -Unchanged, -StepTooLarge and what ``check_set`` raises.
    """
    _require_follows(facts, expected_seq)
    # What is in force for a time only may be made to stand.
    if now >= facts.removed_until and tuple(target) == facts.validators:
        raise ValidatorRegistryUnchanged("target")
    check_set(target, runners)
    check_step(facts.nodes, [validator.node for validator in target])


def check_removal(
    facts: RegistryFacts,
    expected_seq: int,
    node: str,
    until: int,
    runners: Mapping[bytes, Runner],
    *,
    now: int,
) -> tuple[Validator, ...]:
    """ValidatorRegistry.removeNow, but for the role; the set that would be left.

    Raises ValidatorRegistryNotFound, -VersionWrong, -Unproved, -RemovalRunning, -RemovalInvalid and what ``check_set`` raises.
    """
    left = tuple(validator for validator in facts.validators if validator.node != node)
    if len(left) == len(facts.validators):
        raise ValidatorRegistryNotFound(node)
    _require_follows(facts, expected_seq)
    if now < facts.removed_until:
        raise ValidatorRegistryRemovalRunning(moment(facts.removed_until))
    if not now < until <= now + MAX_REMOVAL:
        raise ValidatorRegistryRemovalInvalid(now, now + MAX_REMOVAL, until)
    check_set(left, runners)
    return left


def check_proof(facts: RegistryFacts, expected_seq: int, found: Collection[str]) -> None:
    """ValidatorRegistry.proveSet with a true header that lists the addresses ``found``.

    Raises ValidatorRegistryVersionWrong, -Proved, -SetDiffers.
    """
    _require_seq(facts, expected_seq)
    if facts.proved:
        raise ValidatorRegistryProved(expected_seq)
    expected, got = set_hash(facts.nodes), set_hash(found)
    if got != expected:
        raise ValidatorRegistrySetDiffers(expected_seq, to_hex(expected), to_hex(got))


def _require_follows(facts: RegistryFacts, expected_seq: int) -> None:
    _require_seq(facts, expected_seq)
    if not facts.proved:
        raise ValidatorRegistryUnproved(expected_seq)


def _require_seq(facts: RegistryFacts, expected_seq: int) -> None:
    if expected_seq != facts.seq:
        raise ValidatorRegistryVersionWrong(facts.seq, expected_seq)
