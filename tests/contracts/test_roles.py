"""Who may do what: every function that changes something, called by everybody. A function without an entry fails."""

from __future__ import annotations

from collections import Counter

import pytest

from chain.artifacts import artifact
from tests.contracts.roles import EVERYBODY, MATRIX, PAYABLE, Scene, payable, scene
from tests.contracts.world import (
    CONTRACTS,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    functions,
    label,
    types_of,
)

pytestmark = pytest.mark.evm

CHANGING = {
    (contract, entry["name"])
    for contract in CONTRACTS
    for entry in artifact(contract).abi
    if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
}


@pytest.fixture
def prepared(world: World) -> Scene:
    """What all scenes begin with."""
    return scene(world)


def test_matrix__functions_that_change_something__all_listed() -> None:
    assert {f"{contract}.{name}" for contract, name in CHANGING} == set(MATRIX)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_matrix__functions_of_one_name__are_one(contract: str) -> None:
    """Else an entry would stand for several."""
    names = Counter(entry["name"] for entry in artifact(contract).abi if entry["type"] == "function")
    assert {name for name, count in names.items() if count > 1} == set()


@pytest.mark.parametrize("function", MATRIX)
def test_matrix__everybody__only_the_named_roles_pass(prepared: Scene, function: str) -> None:
    entry = MATRIX[function]
    contract, name = function.split(".")
    entry.scene(prepared)
    world, passed = prepared.world, set()
    for who in EVERYBODY:
        with world.undone():
            args = entry.arguments(prepared, who)
            if who in entry.allowed:
                assert isinstance(world.send(who, contract, name, *args), Receipt)
                passed.add(who)
            else:
                assert world.refusal(who, contract, name, *args) == entry.refusal(who)
    assert passed == entry.allowed


@pytest.mark.parametrize("function", [name for name in MATRIX if name not in PAYABLE])
def test_matrix__allowed_call_with_coin__refused(prepared: Scene, function: str) -> None:
    entry = MATRIX[function]
    contract, name = function.split(".")
    entry.scene(prepared)
    world, who = prepared.world, min(entry.allowed, default="stranger")
    call = world.as_call(who, contract, name, *entry.arguments(prepared, who))
    world.node.rpc("anvil_setBalance", address(who), hex(10**18))
    assert ("error" not in world.node.ask("eth_call", call, "latest")) is bool(entry.allowed)
    assert "error" in world.node.ask("eth_call", call | {"value": "0x1"}, "latest")


@pytest.mark.parametrize("function", PAYABLE)
def test_matrix__payable_function_with_coin__refused_by_name(prepared: Scene, function: str) -> None:
    entry = MATRIX[function]
    contract, name = function.split(".")
    entry.scene(prepared)
    world = prepared.world
    for who in EVERYBODY:
        if who == "council":
            continue
        world.node.rpc("anvil_setBalance", address(who), hex(10**18))
        call = world.as_call(who, contract, name, *entry.arguments(prepared, who)) | {"value": "0x1"}
        answer = world.node.ask("eth_call", call, "latest")
        found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
        assert found == PAYABLE[function](who)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_coin__sent_to_a_contract__refused(world: World, contract: str) -> None:
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    call = {"from": address("stranger"), "to": world.addresses[contract], "gasPrice": "0x0"}
    for sent in ({"value": "0x1"}, {}, {"value": "0x1", "data": "0x12345678"}, {"data": "0x12345678"}):
        assert "error" in world.node.ask("eth_call", call | sent, "latest")
    listed = {name for name in PAYABLE if name.startswith(f"{contract}.")}
    assert payable(contract, functions(contract).values()) == listed
    assert int(world.node.rpc("eth_getBalance", world.addresses[contract], "latest"), 16) == 0


@pytest.mark.parametrize("who", EVERYBODY)
def test_renounce_role__of_another__refused(world: World, who: str) -> None:
    """So that nobody takes the Council's hands off the timelock, and who gives up what it has not changes nothing."""
    proposer = world.read("CouncilTimelock", "PROPOSER_ROLE")
    other = address("officer2" if who == "council" else "council")
    found = world.refusal(who, "CouncilTimelock", "renounceRole", proposer, other)
    assert found == Refusal("AccessControlBadConfirmation")
    if who not in ("authority", "council"):
        for role in (ZERO, proposer):
            receipt = world.send(who, "CouncilTimelock", "renounceRole", role, address(who))
            assert receipt.events == ()


def test_roles_of_the_timelock__held__by_the_council_and_itself_alone(world: World) -> None:
    names = ("PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE")
    held = {name: world.read("CouncilTimelock", name) for name in names} | {"DEFAULT_ADMIN_ROLE": ZERO}
    holders = {
        name: {who for who in EVERYBODY if world.read("CouncilTimelock", "hasRole", role, address(who))}
        for name, role in held.items()
    }
    assert holders == {name: {"council"} for name in names} | {"DEFAULT_ADMIN_ROLE": {"authority"}}


@pytest.mark.parametrize("function", ["castVoteBySig", "castVoteWithReasonAndParamsBySig"])
def test_vote_by_signature__anybody__refused(world: World, function: str) -> None:
    """Views by now, as they only refuse: whoever votes sends its own transaction."""
    kinds = types_of(functions("Council")[function]["inputs"])
    plain = {"uint256": 1, "uint8": 1, "address": address("delegate1"), "string": "", "bytes": b""}
    call = world.as_call("delegate2", "Council", function, *(plain[kind] for kind in kinds))
    answer = world.node.ask("eth_call", call, "latest")
    found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
    assert found == Refusal("CouncilRoleMissing", label("SENDER"), address("delegate2"))
