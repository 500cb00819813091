"""BidBox and OpeningCommittee with a stand-in for what is around them: no other contract of the network is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.sealing import Committee, Window, form, founded, tender
from tests.contracts.world import Node, World


@pytest.fixture(scope="session")
def sealing_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """An anvil of their own."""
    started = Node(tmp_path_factory.mktemp("sealing"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def before(sealing_node: Node) -> World:
    """The contracts before any committee; use ``bare`` or ``world`` instead."""
    return founded(sealing_node)


@pytest.fixture
def bare(before: World) -> Iterator[World]:
    """No ceremony was opened yet."""
    with before.undone():
        yield before


@pytest.fixture
def committee(bare: World) -> Committee:
    """Seats 1, 2, 3, of which two open; the founder opened its ceremony."""
    return form(bare)


@pytest.fixture
def world(bare: World, committee: Committee) -> World:
    """There is a committee."""
    return bare


@pytest.fixture
def window(world: World, committee: Committee) -> Window:
    """A tender of one lot: 1,000 seconds to the deadline, 600 to the opening."""
    return tender(world, committee)
