"""One anvil a test process; each test starts from the founded network and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.world import Node, World, founded


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A running anvil."""
    started = Node(tmp_path_factory.mktemp("anvil"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def network(node: Node) -> World:
    """The contracts, people and suppliers; use ``world`` instead."""
    return founded(node)


@pytest.fixture
def world(network: World) -> Iterator[World]:
    """The founded network, as it was before the test."""
    with network.undone():
        yield network
