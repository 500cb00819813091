"""Merkle trees after RFC 6962 section 2.1 with sha256: leaves are prefixed with 0x00, nodes with 0x01, nothing is padded.

The prefixes keep a node from being passed off as a leaf; that the last leaf is never doubled keeps two lists from having one root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

__all__ = ["Tree", "leaf_hash", "root_from"]

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry, 32 bytes."""
    return hashlib.sha256(_LEAF + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree over hashes of leaves, with every level kept: a path is read, not computed. The root of no leaves is sha256 of nothing."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            above = [_node(left, right) for left, right in zip(below[::2], below[1::2], strict=False)]
            # A node without a sibling rises as it is: so the left subtree is always the largest full one.
            self._levels.append(above + below[2 * len(above) :])

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """Hash of the whole tree, 32 bytes."""
        return self._levels[-1][0] if self.size else hashlib.sha256().digest()

    def path(self, position: int) -> tuple[bytes, ...]:
        """The audit path of the leaf at ``position`` (from 0), lowest sibling first. Raises IndexError where there is no such leaf."""
        if not 0 <= position < self.size:
            raise IndexError(position)
        path = []
        for level in self._levels[:-1]:
            sibling = position ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            position >>= 1
        return tuple(path)


def root_from(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to from a leaf's hash; None where no tree of ``size`` has such a path at ``position``.

    After RFC 9162 section 2.1.3.2, which defines the same trees.
    """
    if not 0 <= position < size:
        return None
    here, last, root = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            root = _node(sibling, root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            root = _node(root, sibling)
        here, last = here >> 1, last >> 1
    return root if last == 0 else None
