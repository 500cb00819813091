"""remedies.tree"""

from __future__ import annotations

import pytest

from tests.contracts.tenders import publish
from tests.contracts.world import Refusal, World, address, label

pytestmark = pytest.mark.evm


@pytest.mark.parametrize("who", ["authority", "officer", "reviewer", "stranger"])
def test_remedies__not_the_desk__role_missing(world: World, who: str) -> None:
    tender = publish(world)
    expected = Refusal("TenderBoardRoleMissing", label("COMPLAINT_DESK"), address(who))
    for function, args in (("watch", ()), ("cancelByOrder", (0,)), ("undoCancellation", (0,))):
        assert world.refusal(who, "TenderBoard", function, tender.id, *args) == expected
