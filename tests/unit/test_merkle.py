"""chain/rules/merkle.py against the recursive definitions of RFC 6962, for every size up to a thousand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.rules.merkle import Tree, leaf_hash, root_from

pytestmark = pytest.mark.unit

SIZES = st.integers(1, 1_000)


def entries(size: int) -> list[bytes]:
    return [f"entry {i}".encode() for i in range(size)]


def mth(data: Sequence[bytes]) -> bytes:
    """Section 2.1: MTH(D[n])."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path_of(m: int, data: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.1: PATH(m, D[n])."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return [*path_of(m, data[:k]), mth(data[k:])]
    return [*path_of(m - k, data[k:]), mth(data[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    return 1 << ((n - 1).bit_length() - 1)


def tree_of(data: Sequence[bytes]) -> Tree:
    return Tree([leaf_hash(each) for each in data])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 999, 1_000])
def test_root__sizes_around_powers_of_two__is_mth(size: int) -> None:
    assert tree_of(entries(size)).root == mth(entries(size))
    assert tree_of(entries(size)).size == size


@given(st.data(), SIZES)
def test_path__any_position__is_the_rfcs_and_leads_to_the_root(data: st.DataObject, size: int) -> None:
    position = data.draw(st.integers(0, size - 1))
    listed, tree = entries(size), tree_of(entries(size))
    path = tree.path(position)
    assert list(path) == path_of(position, listed)
    assert root_from(leaf_hash(listed[position]), position, size, path) == tree.root


@pytest.mark.parametrize("size", range(1, 66))
def test_path__every_position_of_small_trees__leads_to_the_root_from_there_alone(size: int) -> None:
    tree = tree_of(entries(size))
    for position in range(size):
        leaf, path = leaf_hash(entries(size)[position]), tree.path(position)
        leading = [at for at in range(size) if root_from(leaf, at, size, path) == tree.root]
        assert leading == [position]


@given(st.data(), st.integers(2, 1_000))
def test_root_from__path_shortened_lengthened_or_changed__leads_elsewhere(
    data: st.DataObject, size: int
) -> None:
    position = data.draw(st.integers(0, size - 1))
    tree = tree_of(entries(size))
    leaf, path = leaf_hash(entries(size)[position]), tree.path(position)
    at = data.draw(st.integers(0, len(path) - 1))
    other = bytes([path[at][0] ^ data.draw(st.integers(1, 255))]) + path[at][1:]
    assert root_from(leaf, position, size, path[:-1]) != tree.root
    assert root_from(leaf, position, size, (*path, tree.root)) is None
    assert root_from(leaf, position, size, (*path[:at], other, *path[at + 1 :])) != tree.root
    assert root_from(leaf_hash(leaf), position, size, path) != tree.root


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_root_from__no_such_position__is_none(position: int, size: int) -> None:
    assert root_from(leaf_hash(b""), position, size, ()) is None


@pytest.mark.parametrize("position", [-1, 3])
def test_path__no_such_leaf__is_an_index_error(position: int) -> None:
    with pytest.raises(IndexError):
        tree_of(entries(3)).path(position)


def test_root__a_node_offered_as_a_leaf__is_another_root() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != tree_of([b"a", b"b"]).root
    assert tree_of([b"a", b"b", b"b"]).root != tree_of([b"a", b"b", b"b", b"b"]).root
