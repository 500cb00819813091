"""Our contracts as ApeWorX compiles and deploys them, on a node that ape starts itself."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from eth_utils import keccak

from chain.founding import sandbox_founding, sandbox_names
from chain.types import WIRING, Role

ZERO = "0x" + "00" * 20
WIRED = (ZERO,) * len(WIRING)  # no other contract: enough for what stands in the registry itself


@pytest.fixture(scope="module")
def registry(project: Any, accounts: Any, chain: Any) -> Any:
    """A MemberRegistry with the sandbox's members; its authority is ape's second account, everybody else a made-up address."""
    addresses = {name: f"0x{number:040x}" for number, name in enumerate(sandbox_names(), 0x1000)}
    addresses |= {"buyer": accounts[2].address}
    founding = sandbox_founding(addresses, chain.pending_timestamp)
    members = [member.as_tuple() for member in founding.members]
    people = [person.as_tuple() for person in founding.people]
    return accounts[0].deploy(project.MemberRegistry, accounts[1], WIRED, members, people)


def test_member_registry__founding_person__belongs_and_may(registry: Any, accounts: Any) -> None:
    assert bytes(registry.memberOf(accounts[2])) == keccak(text="MX-RFC-GDF9712054NA")
    assert registry.may(accounts[2], int(Role.OFFICER)) is True
    assert registry.may(accounts[3], int(Role.OFFICER)) is False


def test_member_registry__stranger_writes__is_refused_by_name(registry: Any, accounts: Any) -> None:
    member = registry.memberOf(accounts[2])
    refusal = registry.MemberRegistryRoleMissing
    with ape.reverts(refusal, who=accounts[3].address):
        registry.setSector(member, 2, sender=accounts[3])
    receipt = registry.setSector(member, 2, sender=accounts[1])
    assert [(event.event_name, event.sector) for event in receipt.events] == [("MemberSectorSet", 2)]
