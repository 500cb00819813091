"""Who may do what: every function that changes something, called by everybody. A function without an entry fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chain.types import Role
from tests.contracts.tenders import Tender, ask, publish, record
from tests.contracts.world import (
    BUYER,
    CONTRACTS,
    DAY,
    FOUNDING,
    HOLDER,
    REVIEW,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    functions,
    hash_of,
    label,
    sandbox,
    terms,
    text_of,
)

pytestmark = pytest.mark.evm

PEOPLE = {who: roles for *_, people in FOUNDING for who, roles in people}
EVERYBODY = (*PEOPLE, "authority", "acme", "beta", HOLDER, "stranger")
ADMINS = {who for who, roles in PEOPLE.items() if Role.ADMIN in roles}


NEW_MEMBER = ("TEST-NEW", "New", 0, 1, ZERO)
Arguments = Callable[[World, str, Tender], tuple[Any, ...]]
MATRIX: dict[str, tuple[str, set[str], Arguments]] = {
    "MemberRegistry.admit": (
        "AUTHORITY",
        {"authority"},
        lambda w, who, t: (NEW_MEMBER, address("new"), w.time + DAY),
    ),
    "MemberRegistry.setSector": ("AUTHORITY", {"authority"}, lambda w, who, t: (BUYER, 1)),
    "MemberRegistry.setKinds": ("AUTHORITY", {"authority"}, lambda w, who, t: (BUYER, 3)),
    "MemberRegistry.setSuperior": ("AUTHORITY", {"authority"}, lambda w, who, t: (BUYER, REVIEW)),
    "MemberRegistry.suspend": ("AUTHORITY", {"authority"}, lambda w, who, t: (BUYER, w.time + DAY)),
    "MemberRegistry.expel": ("AUTHORITY", {"authority"}, lambda w, who, t: (BUYER,)),
    "MemberRegistry.addPerson": ("ADMIN", ADMINS, lambda w, who, t: (address("new"), 1, w.time + DAY)),
    "MemberRegistry.removePerson": ("ADMIN", ADMINS, lambda w, who, t: (address(f"spare of {who}"),)),
    "SupplierRegistry.register": (
        "REGISTRAR",
        {"registrar"},
        lambda w, who, t: (hash_of("firm"), [address("new")], "{}"),
    ),
    "SupplierRegistry.setActive": (
        "REGISTRAR",
        {"registrar"},
        lambda w, who, t: (hash_of("firm of the test"), False),
    ),
    "SupplierRegistry.setAccounts": ("SUPPLIER", {"acme", "beta"}, lambda w, who, t: (1, [address(who)])),
    "SupplierRegistry.declareOwners": (
        "SUPPLIER",
        {"acme", "beta"},
        lambda w, who, t: (1, hash_of("owners")),
    ),
    "ProcedureBook.adopt": ("AUTHORITY", {"authority"}, lambda w, who, t: (sandbox(2).as_tuple(), text_of())),
    "ProcedureBook.retire": ("AUTHORITY", {"authority"}, lambda w, who, t: (label("sandbox", 16), 1)),
    "TenderBoard.publish": (
        "OFFICER",
        {"officer", "approver", "officer2", "approver2"},
        lambda w, who, t: (record(), terms(w.time + 100).as_tuple(), "{}"),
    ),
    "TenderBoard.amend": (
        "OFFICER",
        {"officer", "approver"},
        lambda w, who, t: (t.id, t.hash, terms(t.deadline, items=2).as_tuple(), "{}"),
    ),
    "TenderBoard.ask": ("SUPPLIER", {"acme", "beta"}, lambda w, who, t: (t.id, label("other tag"), "{}")),
    "TenderBoard.answer": ("OFFICER", {"officer"}, lambda w, who, t: (t.id, 1, "{}")),
    "TenderBoard.cancel": (
        "OFFICER",
        {"officer", "approver"},
        lambda w, who, t: (t.id, 0, 1, hash_of("decision")),
    ),
}
"""Function -> role it asks for, who has it, arguments that are well."""


@pytest.fixture
def prepared(world: World) -> Tender:
    """A tender with an open question, a supplier, and in each member a person more."""
    for who in sorted(ADMINS):
        world.send(
            who,
            "MemberRegistry",
            "addPerson",
            address(f"spare of {who}"),
            int(Role.WITNESS),
            world.time + DAY,
        )
    world.send(
        "registrar", "SupplierRegistry", "register", hash_of("firm of the test"), [address("firm")], "{}"
    )
    tender = publish(world)
    ask(world, tender)
    return tender


def test_matrix__functions_that_change_something__all_listed() -> None:
    found = {
        f"{contract}.{name}"
        for contract in CONTRACTS
        for name, entry in functions(contract).items()
        if entry["stateMutability"] not in ("view", "pure")
    }
    assert found == set(MATRIX)


@pytest.mark.parametrize("function", MATRIX)
def test_matrix__everybody__only_the_named_roles_pass(world: World, prepared: Tender, function: str) -> None:
    role, allowed, arguments = MATRIX[function]
    contract, name = function.split(".")
    passed = set()
    for who in EVERYBODY:
        with world.undone():
            args = arguments(world, who, prepared)
            if who in allowed:
                assert isinstance(world.send(who, contract, name, *args), Receipt)
                passed.add(who)
            else:
                expected = Refusal(f"{contract}RoleMissing", label(role), address(who))
                assert world.refusal(who, contract, name, *args) == expected
    assert passed == allowed


@pytest.mark.parametrize("function", MATRIX)
def test_matrix__allowed_call_with_coin__refused(world: World, prepared: Tender, function: str) -> None:
    _, allowed, arguments = MATRIX[function]
    contract, name = function.split(".")
    who = min(allowed)
    call = world.as_call(who, contract, name, *arguments(world, who, prepared))
    world.node.rpc("anvil_setBalance", address(who), hex(10**18))
    assert "error" not in world.node.ask("eth_call", call, "latest")
    assert "error" in world.node.ask("eth_call", call | {"value": "0x1"}, "latest")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_coin__sent_to_a_contract__refused(world: World, contract: str) -> None:
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    call = {"from": address("stranger"), "to": world.addresses[contract], "gasPrice": "0x0"}
    for sent in ({"value": "0x1"}, {}, {"value": "0x1", "data": "0x12345678"}, {"data": "0x12345678"}):
        assert "error" in world.node.ask("eth_call", call | sent, "latest")
    payable = [entry for entry in functions(contract).values() if entry["stateMutability"] == "payable"]
    assert payable == []
