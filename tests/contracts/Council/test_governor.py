"""governor.tree: what the Council takes over from OpenZeppelin's Governor without ever saying it"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chain.artifacts import artifact
from chain.types import DecisionClass, ProposalState
from tests.contracts.proposals import (
    COUNCIL,
    Opened,
    Proposal,
    approve,
    call,
    execute,
    open_of,
    proposal,
    propose,
    queue,
    state,
    wait,
)
from tests.contracts.world import (
    SEATS,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    calldata,
    calldata_selector,
    label,
)

pytestmark = pytest.mark.evm

MEMBERSHIP, CHARTER = DecisionClass.MEMBERSHIP, DecisionClass.CHARTER
SAID = {"GovernorDisabledDeposit", "FailedCall"}
"""Inherited errors that do come: coin and tokens sent to the Council, and calls that fail without a name."""

Act = Callable[[World, Opened], Any]


def voted_twice(world: World, opened: Opened) -> Refusal:
    wait(world, opened.start + 1)
    world.send("delegate1", COUNCIL, "castVote", opened.id, 1)
    return world.refusal("delegate1", COUNCIL, "castVote", opened.id, 1)


def no_such_answer(world: World, opened: Opened) -> Refusal:
    wait(world, opened.start + 1)
    return world.refusal("delegate1", COUNCIL, "castVote", opened.id, 3)


def queued_twice(world: World, opened: Opened) -> Refusal:
    approve(world, opened)
    queue(world, opened)
    return world.refusal("stranger", COUNCIL, "queue", *opened.proposal.key)


def executed_unqueued(world: World, opened: Opened) -> Refusal:
    approve(world, opened)
    return world.refusal("stranger", COUNCIL, "execute", *opened.proposal.key)


def refused(who: str, function: str, *args: Any) -> Act:
    return lambda world, opened: world.refusal(who, COUNCIL, function, *args)


def role_missing(role: str, who: str) -> Refusal:
    return Refusal("CouncilRoleMissing", label(role), address(who))


def with_parameters(world: World, opened: Opened) -> list[str]:
    wait(world, opened.start + 1)
    receipt = world.send("delegate1", COUNCIL, "castVoteWithReasonAndParams", opened.id, 1, "", b"x")
    return [event.name for event in receipt.events]


def without_delay(world: World, opened: Opened) -> bool:
    urgent = open_of(world, DecisionClass.EMERGENCY)
    approve(world, urgent)
    queue(world, urgent)
    return bool(world.read(COUNCIL, "proposalEta", urgent.id) == world.time)


def longest(world: World, opened: Opened) -> int:
    year = 365 * 86_400
    world.send("authority", COUNCIL, "setClassRules", CHARTER, (year, year, year, 2, 3, False, 3, True))
    later = propose(world, proposal(world, CHARTER))
    return (later.end - later.receipt.time) // year


def named_proposer(world: World, opened: Opened) -> int:
    text = f"text #proposer={address('delegate2').lower()}"
    return propose(world, opened.proposal.said(text)).id


def not_decoding(world: World, opened: Opened) -> Refusal:
    registry = world.addresses["ValidatorRegistry"]
    given = Proposal(((registry, calldata_selector("ValidatorRegistry", "setTarget")),))
    return world.refusal("delegate1", COUNCIL, "propose", *given.content)


INSTEAD: dict[str, tuple[Act, Any]] = {
    "AddressEmptyCode": (not_decoding, Refusal("FailedCall")),
    "GovernorAlreadyCastVote": (voted_twice, Refusal("CouncilOnlyOnce", 1, SEATS[0])),
    "GovernorAlreadyQueuedProposal": (queued_twice, Refusal("CouncilStatusWrong", 1, ProposalState.QUEUED)),
    "GovernorInsufficientProposerVotes": (
        refused("officer", "propose", [], [], [], ""),
        role_missing("DELEGATE", "officer"),
    ),
    "GovernorInvalidProposalLength": (
        refused("delegate1", "propose", [], [], [], "text"),
        Refusal("CouncilCallsInvalid", 16, 0),
    ),
    "GovernorInvalidSignature": (
        refused("stranger", "castVoteBySig", 1, 1, address("delegate1"), b"\0" * 65),
        role_missing("SENDER", "stranger"),
    ),
    "GovernorInvalidVoteParams": (with_parameters, ["VoteCast"]),
    "GovernorInvalidVoteType": (no_such_answer, Refusal("CouncilVoteInvalid", 3)),
    "GovernorInvalidVotingPeriod": (
        refused("authority", "setClassRules", 3, (1, 0, 1, 1, 2, True, 2, True)),
        Refusal("CouncilRulesInvalid", label("votingPeriod")),
    ),
    "GovernorNonexistentProposal": (
        lambda world, opened: world.refused_read(COUNCIL, "state", 99),
        Refusal("CouncilNotFound", 99),
    ),
    "GovernorOnlyExecutor": (
        refused("authority", "relay", ZERO_ADDRESS, 0, b""),
        role_missing("TIMELOCK", "authority"),
    ),
    "GovernorProposalQueueingFailed": (without_delay, True),
    "GovernorProposalQueueingNotRequired": (
        lambda world, opened: world.read(COUNCIL, "proposalNeedsQueuing", opened.id),
        True,
    ),
    "GovernorRestrictedProposer": (named_proposer, 2),
    "GovernorUnableToCancel": (
        lambda world, opened: world.refusal("stranger", COUNCIL, "cancel", *opened.proposal.key),
        role_missing("PROPOSER", "stranger"),
    ),
    "GovernorUnexpectedProposalState": (
        executed_unqueued,
        Refusal("CouncilStatusWrong", 1, ProposalState.SUCCEEDED),
    ),
    "InvalidAccountNonce": (
        lambda world, opened: world.read(COUNCIL, "nonces", address("delegate1")),
        0,
    ),
    "InvalidShortString": (lambda world, opened: world.read(COUNCIL, "name"), "Licita Council"),
    "SafeCastOverflowedUintDowncast": (longest, 2),
    "StringTooLong": (
        lambda world, opened: world.read(COUNCIL, "eip712Domain")[1:3],
        ("Licita Council", "1"),
    ),
}
"""Inherited error that never comes -> what would bring it, and what comes instead."""

NEVER = ("EIP712DomainChanged", "VoteCastWithParams")
"""Inherited events that are never emitted."""


def test_errors__inherited__each_is_said_or_has_one_instead() -> None:
    names = {entry["name"] for entry in artifact(COUNCIL).abi if entry["type"] == "error"}
    assert {name for name in names if not name.startswith(COUNCIL)} == SAID | set(INSTEAD)


@pytest.mark.parametrize("name", INSTEAD)
def test_error__inherited__another_outcome_instead(world: World, name: str) -> None:
    act, expected = INSTEAD[name]
    opened = open_of(world, MEMBERSHIP)
    assert act(world, opened) == expected


def test_events__of_a_whole_life_with_parameters__never_those_of_the_library(world: World) -> None:
    opened = open_of(world, MEMBERSHIP)
    names = {event.name for event in opened.receipt.events} | set(with_parameters(world, opened))
    approve(world, opened, ("delegate2", "delegate3"))
    for receipt in (queue(world, opened), execute(world, opened)):
        names |= {event.name for event in receipt.events}
    assert state(world, opened) is ProposalState.EXECUTED
    assert names.isdisjoint(NEVER)


# what cannot be given to the Council


def test_coin__sent_to_the_council__disabled_deposit(world: World) -> None:
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    sent = {"from": address("stranger"), "to": world.addresses[COUNCIL], "value": "0x1", "gasPrice": "0x0"}
    answer = world.node.ask("eth_call", sent, "latest")
    assert Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:])) == Refusal("GovernorDisabledDeposit")


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("onERC721Received", (ZERO_ADDRESS, ZERO_ADDRESS, 1, b"")),
        ("onERC1155Received", (ZERO_ADDRESS, ZERO_ADDRESS, 1, 1, b"")),
        ("onERC1155BatchReceived", (ZERO_ADDRESS, ZERO_ADDRESS, [1], [1], b"")),
    ],
)
def test_token__sent_to_the_council__disabled_deposit(
    world: World, function: str, args: tuple[Any, ...]
) -> None:
    for who in ("stranger", "authority"):
        assert world.refusal(who, COUNCIL, function, *args) == Refusal("GovernorDisabledDeposit")


@pytest.mark.parametrize("who", ["delegate1", "authority", "stranger"])
def test_relay__everybody__role_missing(world: World, who: str) -> None:
    args = (world.addresses["MemberRegistry"], 0, proposal(world, MEMBERSHIP).calls[0][1])
    assert world.refusal(who, COUNCIL, "relay", *args) == role_missing("TIMELOCK", who)


def test_relay__by_a_resolution__role_missing(world: World) -> None:
    """Else the Council, which alone may schedule, would call the timelock for whoever has a resolution."""
    role = calldata("CouncilTimelock", "grantRole", (bytes(32), address("delegate1")))
    opened = propose(world, Proposal((call(world, COUNCIL, "relay", address("authority"), 0, role),)))
    approve(world, opened)
    queue(world, opened)
    wait(world, world.time + opened.delay)
    found = world.refusal("stranger", COUNCIL, "execute", *opened.proposal.key)
    assert found == role_missing("TIMELOCK", "authority")


def test_modes__read__as_the_tools_of_governors_expect(world: World) -> None:
    assert world.read(COUNCIL, "CLOCK_MODE") == "mode=timestamp"
    assert world.read(COUNCIL, "COUNTING_MODE") == "support=bravo&quorum=for"
    assert world.read(COUNCIL, "clock") == world.time
    assert world.read(COUNCIL, "proposalThreshold") == 0
