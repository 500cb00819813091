"""The founded network of the contract tests."""

from tests.contracts.conftest import network, node, world

__all__ = ["network", "node", "world"]
