"""Proposals of the contract tests: what one is, and the steps that bring it from one state to another.

Each step has a block of its own. Without ``at`` it is made a second later than the last block, and a step that has to wait for a period
is made at the first second that allows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.types import DecisionClass, Kind, ProposalState, Role, Sector, Vote
from tests.contracts.world import (
    BUYER,
    DAY,
    MANDATE_END,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    calldata,
    hash_of,
    label,
    member_id,
)

COUNCIL = "Council"
EXPIRY = 14 * DAY
"""Seconds after which an approved proposal that nobody queued, or executed, has expired."""

DELEGATES = ("delegate1", "delegate2", "delegate3", "delegate4")
"""The founding delegates, one of each sector in order."""

Call = tuple[str, bytes]
"""Target and data of one call."""


@dataclass(frozen=True)
class Proposal:
    """What is proposed; ``values`` only where they are not all zero."""

    calls: tuple[Call, ...]
    description: str = "{}"
    values: tuple[int, ...] | None = None

    @property
    def content(self) -> tuple[list[str], list[int], list[bytes], str]:
        """Targets, values, calldatas and description, as `propose` takes them and struct Proposed holds them."""
        targets = [target for target, _ in self.calls]
        values = [0] * len(targets) if self.values is None else list(self.values)
        return targets, values, [data for _, data in self.calls], self.description

    @property
    def key(self) -> tuple[list[str], list[int], list[bytes], bytes]:
        """Targets, values, calldatas and hash of the description, as `queue`, `execute` and `cancel` take them."""
        targets, values, calldatas, description = self.content
        return targets, values, calldatas, bytes(keccak(description.encode()))

    @property
    def hash(self) -> bytes:
        """What the Council knows the content by."""
        return bytes(keccak(encode(["address[]", "uint256[]", "bytes[]", "bytes32"], self.key)))

    def said(self, description: str) -> Proposal:
        """The same calls with another text."""
        return replace(self, description=description)

    def operation(self, council: str) -> tuple[bytes, bytes]:
        """Its id and salt in the timelock."""
        *calls, description = self.key
        salt = bytes(
            a ^ b for a, b in zip(bytes.fromhex(council[2:]).ljust(32, b"\0"), description, strict=True)
        )
        kinds = ["address[]", "uint256[]", "bytes[]", "bytes32", "bytes32"]
        return bytes(keccak(encode(kinds, [*calls, ZERO, salt]))), salt


@dataclass(frozen=True)
class Opened:
    """A proposal on the chain, and its times in unix seconds: it is Pending until ``start``, Active until ``end``, each inclusive."""

    id: int
    proposal: Proposal
    decision: DecisionClass
    start: int
    end: int
    delay: int
    report_needed: bool
    receipt: Receipt


def call(world: World, contract: str, function: str, *args: Any) -> Call:
    """A call as a proposal holds it."""
    return world.addresses[contract], calldata(contract, function, args)


def proposal(world: World, decision: DecisionClass, text: str = "{}", **changes: Any) -> Proposal:
    """One sound call of that class, which does not need a report but where the class does."""
    made: dict[DecisionClass, tuple[Any, ...]] = {
        DecisionClass.EMERGENCY: ("MemberRegistry", "suspendNow", BUYER, world.time + 29 * DAY),
        DecisionClass.ROUTINE: ("ApplicationRegistry", "refuse", 1, hash_of("reasons")),
        DecisionClass.VALIDATOR: ("NetworkPermissions", "setNode", label("key"), BUYER, 2),
        DecisionClass.MEMBERSHIP: ("MemberRegistry", "setKinds", BUYER, int(Kind.BUYER | Kind.REVIEW_BODY)),
        DecisionClass.CHARTER: ("MemberRegistry", "setSector", BUYER, int(Sector.ACADEMIA)),
    }
    return Proposal((call(world, *made[decision]),), text, **changes)


def retirement(world: World, text: str = "{}") -> Proposal:
    """A ROUTINE call to the ProcedureBook, which needs a report."""
    return Proposal((call(world, "ProcedureBook", "retire", label("sandbox", 16), 1),), text)


def opened(receipt: Receipt, *proposals: Proposal) -> list[Opened]:
    """The proposals that a transaction opened."""
    pairs = zip(receipt.events[::2], receipt.events[1::2], strict=True)
    found = []
    for given, (created, resolution) in zip(proposals, pairs, strict=True):
        facts = resolution.args
        rules = facts["rules"]
        start, end = created.args["voteStart"], created.args["voteEnd"]
        decision = DecisionClass(facts["decision"])
        found.append(
            Opened(facts["id"], given, decision, start, end, rules[2], facts["reportNeeded"], receipt)
        )
    return found


def propose(world: World, given: Proposal, *, who: str = "delegate1", at: int | None = None) -> Opened:
    """Proposes it."""
    return opened(world.send(who, COUNCIL, "propose", *given.content, at=at), given)[0]


def propose_urgently(
    world: World, urgent: Proposal, confirmation: Proposal, *, who: str = "delegate1", at: int | None = None
) -> tuple[Opened, Opened]:
    """Proposes both."""
    receipt = world.send(who, COUNCIL, "proposeUrgently", urgent.content, confirmation.content, at=at)
    first, second = opened(receipt, urgent, confirmation)
    return first, second


def refused_proposal(
    world: World, given: Proposal, *, who: str = "delegate1", at: int | None = None
) -> Refusal:
    """What `propose` refuses it with."""
    return world.refusal(who, COUNCIL, "propose", *given.content, at=at)


def refused_urgently(
    world: World, urgent: Proposal, confirmation: Proposal, *, who: str = "delegate1"
) -> Refusal:
    """What `proposeUrgently` refuses them with."""
    return world.refusal(who, COUNCIL, "proposeUrgently", urgent.content, confirmation.content)


def refused_step(world: World, given: Opened, function: str, *, at: int | None = None) -> Refusal:
    """What `queue` or `execute` is refused with, for anybody."""
    return world.refusal("stranger", COUNCIL, function, *given.proposal.key, at=at)


def status_wrong(given: Opened, found: ProposalState) -> Refusal:
    """The refusal of an act for which the proposal is in the wrong state."""
    return Refusal("CouncilStatusWrong", given.id, found)


def open_of(world: World, decision: DecisionClass, text: str = "{}", *, who: str = "delegate1") -> Opened:
    """A proposal of that class; an urgent one with a confirmation."""
    given = proposal(world, decision, text)
    if decision is not DecisionClass.EMERGENCY:
        return propose(world, given, who=who)
    confirmation = proposal(world, DecisionClass.MEMBERSHIP, f"confirms {text}")
    return propose_urgently(world, given, confirmation, who=who)[0]


def wait(world: World, at: int) -> None:
    """Goes on to that time, if it is still to come."""
    if at > world.time:
        world.move_to(at)


def vote(
    world: World, given: Opened, voters: Iterable[str] = DELEGATES, support: Vote = Vote.FOR
) -> list[Receipt]:
    """Votes, each a second after the last, from the first second of the vote."""
    wait(world, given.start)
    return [world.send(who, COUNCIL, "castVote", given.id, int(support)) for who in voters]


def approve(world: World, given: Opened, voters: Iterable[str] = DELEGATES) -> None:
    """Votes, publishes the report where one is needed, and waits until the vote is over."""
    vote(world, given, voters)
    if given.report_needed:
        proposer = world.read(COUNCIL, "proposalProposer", given.id)
        world.send(proposer, "Consultation", "report", given.id, hash_of("report"))
    wait(world, given.end + 1)


def queue(world: World, given: Opened, *, at: int | None = None) -> Receipt:
    """Queues it, as anybody may."""
    return world.send("stranger", COUNCIL, "queue", *given.proposal.key, at=at)


def execute(world: World, given: Opened, *, at: int | None = None) -> Receipt:
    """Executes it, as anybody may."""
    eta = world.read(COUNCIL, "proposalEta", given.id)
    moment = max(eta, world.time + 1) if at is None else at
    return world.send("stranger", COUNCIL, "execute", *given.proposal.key, at=moment)


def pass_through(world: World, given: Opened, voters: Iterable[str] = DELEGATES) -> Receipt:
    """Approves, queues and executes it."""
    approve(world, given, voters)
    queue(world, given)
    return execute(world, given)


def ready(world: World, *calls: Call) -> Opened:
    """A proposal of these calls that may be executed."""
    return brought_to(world, propose(world, Proposal(calls)), "ready")


def cancel_by_resolution(world: World, given: Opened) -> Receipt:
    """Cancels it by an urgent resolution of all seats."""
    urgent = Proposal((call(world, COUNCIL, "cancel", *given.proposal.key),), f"cancels {given.id}")
    confirmation = proposal(world, DecisionClass.MEMBERSHIP, f"confirms that {given.id} is cancelled")
    return pass_through(world, propose_urgently(world, urgent, confirmation, who="delegate2")[0])


def state(world: World, given: Opened) -> ProposalState:
    """Its state at the last block."""
    return ProposalState(world.read(COUNCIL, "state", given.id))


def brought_to(world: World, given: Opened, wanted: str) -> Opened:
    """The open proposal brought into a state, in words: see ``STATES``."""
    if wanted == "active":
        wait(world, given.start + 1)
    elif wanted == "defeated":
        wait(world, given.end + 1)
    elif wanted == "cancelled":
        world.send("delegate1", COUNCIL, "cancel", *given.proposal.key)
    elif wanted != "pending":
        approve(world, given)
        if wanted == "expired unqueued":
            wait(world, given.end + EXPIRY + 1)
        elif wanted != "succeeded":
            _queued(world, given, wanted)
    return given


def _queued(world: World, given: Opened, wanted: str) -> None:
    eta = queue(world, given).time + given.delay
    if wanted == "executed":
        execute(world, given)
    elif wanted == "ready":
        wait(world, eta)
    elif wanted == "expired queued":
        wait(world, eta + EXPIRY)


STATES = {
    "pending": ProposalState.PENDING,
    "active": ProposalState.ACTIVE,
    "defeated": ProposalState.DEFEATED,
    "succeeded": ProposalState.SUCCEEDED,
    "delayed": ProposalState.QUEUED,
    "ready": ProposalState.QUEUED,
    "expired unqueued": ProposalState.EXPIRED,
    "expired queued": ProposalState.EXPIRED,
    "executed": ProposalState.EXECUTED,
    "cancelled": ProposalState.CANCELED,
}
"""State in words -> what the contract answers; delayed and ready are Queued before and after the eta."""


def seats(world: World, counts: Iterable[int]) -> tuple[tuple[str, ...], ...]:
    """Admits members until each sector has so many seats; delegates by sector, the founding one first."""
    everyone = []
    for sector, count in zip(Sector, counts, strict=True):
        delegates = [DELEGATES[sector]]
        delegates += [seated(world, sector, f"seat {sector.name} {number}") for number in range(2, count + 1)]
        everyone.append(tuple(delegates))
    return tuple(everyone)


def seated(world: World, sector: Sector, org_id: str) -> str:
    """Admits a member with a seat; its one person, ADMIN and DELEGATE, has the name of the org-id."""
    admin = f"admin of {org_id}"
    data = (org_id, org_id, int(sector), int(Kind.COUNCIL), ZERO)
    world.send("authority", "MemberRegistry", "admit", data, address(admin), MANDATE_END)
    world.send(admin, "MemberRegistry", "addPerson", address(org_id), int(Role.DELEGATE), MANDATE_END)
    return org_id


def seat_of(who: str) -> bytes:
    """Member of a delegate of this file."""
    return member_id(f"TEST-COUNCIL{who[-1]}" if who.startswith(("delegate", "second")) else who)
