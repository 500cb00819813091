"""The same world as BidBox's."""

from tests.contracts.BidBox.conftest import bare, before, committee, sealing_node, window, world

__all__ = ["bare", "before", "committee", "sealing_node", "window", "world"]
