"""A published tender."""

from __future__ import annotations

import pytest

from tests.contracts.tenders import Tender, publish
from tests.contracts.world import World


@pytest.fixture
def tender(world: World) -> Tender:
    """One lot, 100 seconds from publication to the deadline."""
    return publish(world)
