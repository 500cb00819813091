"""Gas is what is checked in, and within the budgets."""

from __future__ import annotations

import json
import re

import pytest

from tests.contracts.world import GAS, World
from tests.gas.measure import FILE, measured

pytestmark = pytest.mark.evm

PUBLISH, AMEND = 300_000, 200_000
A_BYTE, A_LOT = 26, 3_000
KEPT: dict[str, int] = json.loads(FILE.read_text(encoding="utf-8"))


def test_gas__measured__as_checked_in(world: World) -> None:
    assert measured(world) == KEPT, "if it is meant: python -m tests.gas.measure"


@pytest.mark.parametrize("act", [act for act in KEPT if act.startswith(("publish", "amend"))])
def test_gas__publish_and_amend__within_the_budget(act: str) -> None:
    count, length = map(int, re.findall(r"(\d+) (?:lots?|bytes?)", act))
    fixed = PUBLISH if act.startswith("publish") else AMEND
    assert KEPT[act] <= fixed + A_BYTE * length + A_LOT * count


@pytest.mark.parametrize("act", KEPT)
def test_gas__any_act__fits_in_a_transaction(act: str) -> None:
    assert KEPT[act] <= GAS
