"""constructor.tree"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.sealing import COMMITTEE, SEATS, council, member, wired
from tests.contracts.world import (
    HOLDER,
    SANDBOX_MARK,
    ZERO,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
)

pytestmark = pytest.mark.evm

PLAN: tuple[Any, ...] = (2, [member(who) for who in SEATS[:3]], ZERO, [])


def test_constructor__founder_without_the_mark__caller_refused(bare: World) -> None:
    bare.node.rpc("anvil_setCode", SANDBOX_MARK, "0x")
    found = bare.refused_deployment(COMMITTEE, wired(bare.addresses), address("founder"))
    assert found == Refusal("OpeningCommitteeCallerRefused", ZERO, address("founder"))


def test_constructor__no_founder__needs_no_mark_and_obeys_the_authority(bare: World) -> None:
    bare.node.rpc("anvil_setCode", SANDBOX_MARK, "0x")
    created = bare.deploy(COMMITTEE, wired(bare.addresses), ZERO_ADDRESS).created
    assert created is not None
    alone = replace(bare, addresses=bare.addresses | {COMMITTEE: created})
    assert alone.read(COMMITTEE, "founder") == ZERO_ADDRESS
    for who in (HOLDER, "stranger"):
        found = alone.refusal(who, COMMITTEE, "openCeremony", *PLAN)
        assert found == Refusal("OpeningCommitteeCallerRefused", ZERO, address(who))
    council(alone, COMMITTEE, "openCeremony", *PLAN)


def test_constructor__sandbox__keeps_founder_and_authority(bare: World) -> None:
    assert bare.read(COMMITTEE, "founder") == address(HOLDER)
    assert bare.read(COMMITTEE, "authority") == bare.addresses["SealingStandIn"]
    assert bare.read(COMMITTEE, "founded") is False
    assert bare.read(COMMITTEE, "ceremonies") == 0
