"""What the walks over real contracts begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.world import Node, World, founded


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The founded network on an anvil of its own."""
    node = Node(tmp_path_factory.mktemp("anvil"))
    try:
        yield founded(node)
    finally:
        node.stop()
