"""One embedded network and its API for the tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.running import Running
from chain.network import Network
from tests.api.world import PLENTY, World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The served sandbox of this process."""
    folder: Path = tmp_path_factory.mktemp("api") / "network"
    with Network.start("sandbox", folder) as network, Running(network, 0, PLENTY) as running:
        yield World(network, running)
