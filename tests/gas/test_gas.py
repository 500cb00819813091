"""Gas is what is checked in, and within the budgets."""

from __future__ import annotations

import json
import re

import pytest

from chain.types import Kind, Role
from tests.contracts.world import BUYER, BUYER2, DAY, GAS, World, address, calldata, member_id
from tests.gas.measure import FILE, measured
from tests.gas.members import PROVE_SIXTEEN

pytestmark = pytest.mark.evm

PUBLISH, AMEND = 300_000, 200_000
A_BYTE, A_LOT = 26, 3_000
KEPT: dict[str, int] = json.loads(FILE.read_text(encoding="utf-8"))


def test_gas__measured__as_checked_in(world: World) -> None:
    assert measured(world) == KEPT, "if it is meant: python -m tests.gas.measure"


@pytest.mark.parametrize("act", [act for act in KEPT if re.match(r"(publish|amend).*: \d+ lots?,", act)])
def test_gas__publish_and_amend__within_the_budget(act: str) -> None:
    count, length = map(int, re.findall(r"(\d+) (?:lots?|bytes?)", act))
    fixed = PUBLISH if act.startswith("publish") else AMEND
    assert KEPT[act] <= fixed + A_BYTE * length + A_LOT * count


@pytest.mark.parametrize("act", KEPT)
def test_gas__any_act__fits_in_a_transaction(act: str) -> None:
    assert KEPT[act] <= GAS


def test_gas__proof_of_sixteen_validators__within_the_budget() -> None:
    assert KEPT["prove 16 validators, from 15"] <= PROVE_SIXTEEN


READS: dict[str, tuple[object, ...]] = {
    "may": (address("officer"), int(Role.OFFICER)),
    "memberOf": (address("officer"),),
    "isActive": (BUYER, int(Kind.BUYER)),
    "independent": (BUYER, BUYER2),
    "seatsAt": (2**48 - 1,),
}


def test_gas__who_may__the_same_with_many_people_and_members(world: World) -> None:
    """The first figures are those of the founded network."""

    def figures() -> dict[str, int]:
        calls = {
            name: world.as_call("stranger", "MemberRegistry", name, *args) for name, args in READS.items()
        }
        return {name: int(world.node.rpc("eth_estimateGas", call), 16) for name, call in calls.items()}

    before = figures()
    for number in range(200):
        person = (address(f"person {number}"), int(Role.OFFICER), world.time + 10 * DAY)
        world.queue("admin", "MemberRegistry", calldata("MemberRegistry", "addPerson", person))
        data = (f"TEST-MANY{number}", "Many", number % 4, int(Kind.BUYER), bytes(32))
        admission = (data, address(f"admin of {number}"), world.time + 10 * DAY)
        world.queue("authority", "MemberRegistry", calldata("MemberRegistry", "admit", admission))
    world.move_to(world.time + 1)
    assert world.read("MemberRegistry", "memberOf", address("person 199")) == BUYER
    assert world.read("MemberRegistry", "isActive", member_id("TEST-MANY199"), 0) is True
    assert figures() == before
    assert before["may"] < 40_000
