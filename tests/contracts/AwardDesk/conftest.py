"""Tenders whose lot is ranked."""

from __future__ import annotations

import pytest

from tests.contracts.awards import Opened, opened
from tests.contracts.world import World


@pytest.fixture
def ranked(world: World) -> Opened:
    """One lot, three bids, none of them low: beta, gama, acme."""
    return opened(world, {"acme": 1_000, "beta": 900, "gama": 950}).ready()


@pytest.fixture
def low(world: World) -> Opened:
    """The first of three bids is abnormally low: beta, gama, acme."""
    return opened(world, {"acme": 1_000, "beta": 100, "gama": 950}).ready()
