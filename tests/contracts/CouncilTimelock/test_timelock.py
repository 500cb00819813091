"""timelock.tree: the authority does what the Council says, for nobody else, and is never changed"""

from __future__ import annotations

from typing import Any

import pytest
from eth_hash.auto import keccak

from chain.types import CONTRACTS, DecisionClass
from tests.contracts.proposals import COUNCIL, Proposal, brought_to, call, open_of
from tests.contracts.world import (
    BUYER,
    DAY,
    FOUNDING,
    HOLDER,
    ZERO,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    calldata,
    functions,
    label,
)

pytestmark = pytest.mark.evm

TIMELOCK = "CouncilTimelock"
ADMIN = bytes(32)
ROLES = {name: bytes(keccak(f"{name}_ROLE".encode())) for name in ("PROPOSER", "EXECUTOR", "CANCELLER")}
EVERYBODY = (*(who for *_, people in FOUNDING for who, _ in people), "acme", "beta", HOLDER, "stranger")
BATCH: tuple[Any, ...] = ([address("x")], [0], [b""])

GUARDED: dict[str, tuple[tuple[Any, ...], bytes]] = {
    "schedule": ((address("x"), 0, b"", ZERO, ZERO, 0), ROLES["PROPOSER"]),
    "scheduleBatch": ((*BATCH, ZERO, ZERO, 0), ROLES["PROPOSER"]),
    "execute": ((address("x"), 0, b"", ZERO, ZERO), ROLES["EXECUTOR"]),
    "executeBatch": ((*BATCH, ZERO, ZERO), ROLES["EXECUTOR"]),
    "cancel": ((ZERO,), ROLES["CANCELLER"]),
    "grantRole": ((ROLES["PROPOSER"], address("delegate1")), ADMIN),
    "revokeRole": ((ROLES["PROPOSER"], address("delegate1")), ADMIN),
}
"""Function -> arguments, role that it asks for."""


def council(world: World) -> str:
    return world.addresses[COUNCIL]


def unauthorized(who: str, role: bytes) -> Refusal:
    return Refusal("AccessControlUnauthorizedAccount", address(who), role)


@pytest.mark.parametrize("function", GUARDED)
def test_timelock__everybody_but_the_council__unauthorized(world: World, function: str) -> None:
    args, role = GUARDED[function]
    for who in EVERYBODY:
        assert world.refusal(who, TIMELOCK, function, *args) == unauthorized(who, role)


@pytest.mark.parametrize("function", ["grantRole", "revokeRole"])
def test_timelock__roles_changed_by_the_council__unauthorized(world: World, function: str) -> None:
    for role in (ADMIN, *ROLES.values()):
        found = world.refusal(council(world), TIMELOCK, function, role, address("delegate1"))
        assert found == Refusal("AccessControlUnauthorizedAccount", council(world), ADMIN)


def test_timelock__delay_changed_by_another__unauthorized_caller(world: World) -> None:
    for who in (*EVERYBODY, council(world)):
        at = who if who.startswith("0x") else address(who)
        found = world.refusal(who, TIMELOCK, "updateDelay", DAY)
        assert found == Refusal("TimelockUnauthorizedCaller", at)


def test_timelock__role_given_up_for_another__bad_confirmation(world: World) -> None:
    for who in (*EVERYBODY, "authority"):
        found = world.refusal(who, TIMELOCK, "renounceRole", ROLES["PROPOSER"], council(world))
        assert found == Refusal("AccessControlBadConfirmation")


def test_timelock__role_given_up_by_who_has_none__nothing_changes(world: World) -> None:
    for role in ROLES.values():
        assert world.send("delegate1", TIMELOCK, "renounceRole", role, address("delegate1")).events == ()


def test_roles__after_the_deployment__the_councils_and_its_own(world: World) -> None:
    expected = {(ADMIN, TIMELOCK)} | {(role, COUNCIL) for role in ROLES.values()}
    holders = {name: world.addresses[name] for name in world.addresses}
    holders |= {who: address(who) for who in EVERYBODY} | {"nobody": ZERO_ADDRESS}
    found = {
        (role, name)
        for role in (ADMIN, *ROLES.values())
        for name, at in holders.items()
        if world.read(TIMELOCK, "hasRole", role, at)
    }
    assert found == expected
    assert {world.read(TIMELOCK, "getRoleAdmin", role) for role in (ADMIN, *ROLES.values())} == {ADMIN}
    assert world.read(TIMELOCK, "getMinDelay") == 0


def test_constructor__events__roles_of_the_council_alone(world: World) -> None:
    receipt = world.deploy(TIMELOCK, council(world))
    granted = [event.args for event in receipt.events if event.name == "RoleGranted"]
    others = [(event.name, event.args) for event in receipt.events if event.name != "RoleGranted"]
    assert [(each["role"], each["account"]) for each in granted[1:]] == [
        (ROLES["PROPOSER"], council(world)),
        (ROLES["CANCELLER"], council(world)),
        (ROLES["EXECUTOR"], council(world)),
    ]
    assert "RoleAdminChanged" not in {event.name for event in receipt.events}
    assert (granted[0]["role"], granted[0]["account"].lower()) == (ADMIN, receipt.created)
    assert others == [("MinDelayChange", {"oldDuration": 0, "newDuration": 0})]


@pytest.mark.parametrize(
    ("function", "args", "event"),
    [
        ("grantRole", (ROLES["PROPOSER"], address("delegate1")), "RoleGranted"),
        ("revokeRole", (ROLES["PROPOSER"], None), "RoleRevoked"),
        ("updateDelay", (DAY,), "MinDelayChange"),
    ],
)
def test_roles__the_timelock_could_change_them__so_no_proposal_calls_it(
    world: World, function: str, args: tuple[Any, ...], event: str
) -> None:
    """What would happen without the Council's refusal: the sender is impersonated."""
    given = tuple(council(world) if each is None else each for each in args)
    refused = Proposal((call(world, TIMELOCK, function, *given),))
    for who in ("delegate1", "second3"):
        found = world.refusal(who, COUNCIL, "propose", *refused.content)
        assert found == Refusal("CouncilCallInvalid", 0)
    assert world.send("authority", TIMELOCK, function, *given).event.name == event


def test_timelock__shortest_delay_raised__insufficient_delay(world: World) -> None:
    """Neither can this come about: the delay is only the timelock's to change."""
    world.send("authority", TIMELOCK, "updateDelay", DAY)
    found = world.refusal(council(world), TIMELOCK, "scheduleBatch", *BATCH, ZERO, ZERO, DAY - 1)
    assert found == Refusal("TimelockInsufficientDelay", DAY - 1, DAY)


# as the Council, which is impersonated


def test_schedule__lengths_that_differ__operation_length(world: World) -> None:
    batch = ([address("x")], [0, 0], [b""])
    expected = Refusal("TimelockInvalidOperationLength", 1, 1, 2)
    for function, more in (("scheduleBatch", (ZERO, ZERO, 0)), ("executeBatch", (ZERO, ZERO))):
        assert world.refusal(council(world), TIMELOCK, function, *batch, *more) == expected


def test_operation__out_of_order__operation_state(world: World) -> None:
    call_ = (world.addresses["MemberRegistry"], 0, calldata("MemberRegistry", "setKinds", (BUYER, 3)))
    operation = world.read(TIMELOCK, "hashOperation", *call_, ZERO, ZERO)
    unset, waiting, ready = (bytes([1 << bit]).rjust(32, b"\0") for bit in range(3))
    who = council(world)

    def wrong(expected: bytes) -> Refusal:
        return Refusal("TimelockUnexpectedOperationState", operation, expected)

    either = bytes(31) + bytes([waiting[31] | ready[31]])
    assert world.refusal(who, TIMELOCK, "execute", *call_, ZERO, ZERO) == wrong(ready)
    assert world.refusal(who, TIMELOCK, "cancel", operation) == wrong(either)
    scheduled = world.send(who, TIMELOCK, "schedule", *call_, ZERO, ZERO, 10)
    assert scheduled.event.name == "CallScheduled"
    assert world.refusal(who, TIMELOCK, "schedule", *call_, ZERO, ZERO, 10) == wrong(unset)
    early = world.refusal(who, TIMELOCK, "execute", *call_, ZERO, ZERO, at=scheduled.time + 9)
    assert early == wrong(ready)
    done = world.send(who, TIMELOCK, "execute", *call_, ZERO, ZERO, at=scheduled.time + 10)
    assert [event.name for event in done.events] == ["MemberKindsSet", "CallExecuted"]
    assert world.refusal(who, TIMELOCK, "execute", *call_, ZERO, ZERO) == wrong(ready)
    assert world.refusal(who, TIMELOCK, "cancel", operation) == wrong(either)


def test_operation__cancelled__forgotten(world: World) -> None:
    operation = world.read(TIMELOCK, "hashOperationBatch", *BATCH, ZERO, label("salt"))
    receipt = world.send(council(world), TIMELOCK, "scheduleBatch", *BATCH, ZERO, label("salt"), DAY)
    assert [event.name for event in receipt.events] == ["CallScheduled", "CallSalt"]
    event = world.send(council(world), TIMELOCK, "cancel", operation).event
    assert (event.name, event.args) == ("Cancelled", {"id": operation})
    assert world.read(TIMELOCK, "isOperation", operation) is False


def test_execute__predecessor_not_done__unexecuted_predecessor(world: World) -> None:
    before = bytes(keccak(b"another operation"))
    world.send(council(world), TIMELOCK, "scheduleBatch", *BATCH, before, ZERO, 0)
    found = world.refusal(council(world), TIMELOCK, "executeBatch", *BATCH, before, ZERO)
    assert found == Refusal("TimelockUnexecutedPredecessor", before)


def test_execute__call_that_fails_without_a_name__failed_call(world: World) -> None:
    batch = ([world.addresses["MemberRegistry"]], [0], [b"\x12\x34\x56\x78"])
    world.send(council(world), TIMELOCK, "scheduleBatch", *batch, ZERO, ZERO, 0)
    found = world.refusal(council(world), TIMELOCK, "executeBatch", *batch, ZERO, ZERO)
    assert found == Refusal("FailedCall")


@pytest.mark.parametrize("who", ["delegate1", "stranger", HOLDER])
def test_execute__resolution_that_is_ready_past_the_council__unauthorized(world: World, who: str) -> None:
    opened = brought_to(world, open_of(world, DecisionClass.MEMBERSHIP), "ready")
    operation, salt = opened.proposal.operation(council(world))
    batch = opened.proposal.content[:3]
    found = world.refusal(who, TIMELOCK, "executeBatch", *batch, ZERO, salt)
    assert found == unauthorized(who, ROLES["EXECUTOR"])
    assert world.refusal(who, TIMELOCK, "cancel", operation) == unauthorized(who, ROLES["CANCELLER"])


def test_execute__resolution_that_expired_past_the_council__unauthorized(world: World) -> None:
    """The timelock knows no expiry, so that of the Council is the only one there is."""
    opened = brought_to(world, open_of(world, DecisionClass.MEMBERSHIP), "expired queued")
    operation, salt = opened.proposal.operation(council(world))
    assert world.read(TIMELOCK, "isOperationReady", operation) is True
    found = world.refusal("delegate1", TIMELOCK, "executeBatch", *opened.proposal.content[:3], ZERO, salt)
    assert found == unauthorized("delegate1", ROLES["EXECUTOR"])


# coin


def test_coin__sent_to_the_timelock__coin_refused(world: World) -> None:
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    for value in ("0x0", "0x1"):
        sent = {"from": address("stranger"), "to": address("authority"), "value": value, "gasPrice": "0x0"}
        answer = world.node.ask("eth_call", sent, "latest")
        found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
        assert found == Refusal("CouncilTimelockCoinRefused")


def test_coin__sent_with_an_execution__unauthorized(world: World) -> None:
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    for function in ("execute", "executeBatch"):
        args, role = GUARDED[function]
        sent = world.as_call("stranger", TIMELOCK, function, *args) | {"value": "0x1"}
        answer = world.node.ask("eth_call", sent, "latest")
        found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
        assert found == unauthorized("stranger", role)


def test_authority__of_each_contract__is_the_timelock(world: World) -> None:
    governed = [name for name in CONTRACTS if "authority" in functions(name)]
    assert len(governed) == 7
    for contract in governed:
        assert world.read(contract, "authority") == world.addresses[TIMELOCK]
