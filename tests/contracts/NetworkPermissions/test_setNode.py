"""setNode.tree"""

from __future__ import annotations

import pytest

from chain.types import NodeKind
from tests.contracts.world import (
    BUYER,
    BUYER2,
    SEATS,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    hash_of,
    label,
    wiring,
)

pytestmark = pytest.mark.evm

CONTRACT = "NetworkPermissions"
KEY, OTHER = hash_of("a node's public key"), hash_of("another's")
NOBODY = hash_of("nobody")
PERMITTED = (NodeKind.VALIDATOR, NodeKind.GATEWAY, NodeKind.OBSERVER)


def set_node(world: World, key: bytes, member: bytes, kind: int) -> Receipt:
    return world.send("authority", CONTRACT, "setNode", key, member, int(kind))


def refusal(world: World, key: bytes, member: bytes, kind: int, who: str = "authority") -> Refusal:
    return world.refusal(who, CONTRACT, "setNode", key, member, int(kind))


def node_of(world: World, key: bytes = KEY) -> tuple[bytes, NodeKind]:
    member, kind = world.read(CONTRACT, "nodeOf", key)
    return member, NodeKind(kind)


@pytest.mark.parametrize("who", ["operator", "delegate1", "admin", "stranger"])
def test_set_node__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("NetworkPermissionsRoleMissing", label("AUTHORITY"), address(who))
    assert refusal(world, ZERO, ZERO, 9, who) == expected


def test_set_node__no_key__hash_zero(world: World) -> None:
    assert refusal(world, ZERO, ZERO, 9) == Refusal("NetworkPermissionsHashZero", label("key"))


@pytest.mark.parametrize("kind", [4, 255])
def test_set_node__unknown_kind__kind_invalid(world: World, kind: int) -> None:
    assert refusal(world, KEY, NOBODY, kind) == Refusal("NetworkPermissionsKindInvalid", 3, kind)


@pytest.mark.parametrize("member", [ZERO, NOBODY, BUYER])
def test_set_node__not_permitted_anyway__unchanged(world: World, member: bytes) -> None:
    expected = Refusal("NetworkPermissionsUnchanged", label("node"))
    assert refusal(world, KEY, member, NodeKind.NONE) == expected
    set_node(world, KEY, BUYER, NodeKind.GATEWAY)
    set_node(world, KEY, BUYER, NodeKind.NONE)
    assert refusal(world, KEY, member, NodeKind.NONE) == expected


@pytest.mark.parametrize("kind", PERMITTED)
def test_set_node__same_member_and_kind__unchanged_also_of_a_former_member(
    world: World, kind: NodeKind
) -> None:
    set_node(world, KEY, BUYER, kind)
    expected = Refusal("NetworkPermissionsUnchanged", label("node"))
    assert refusal(world, KEY, BUYER, kind) == expected
    world.send("authority", "MemberRegistry", "expel", BUYER)
    assert refusal(world, KEY, BUYER, kind) == expected


@pytest.mark.parametrize("kind", PERMITTED)
@pytest.mark.parametrize("what", ["unknown", "zero", "left"])
def test_set_node__member_not_active__member_invalid(world: World, kind: NodeKind, what: str) -> None:
    world.send("authority", "MemberRegistry", "expel", BUYER)
    member = {"unknown": NOBODY, "zero": ZERO, "left": BUYER}[what]
    assert refusal(world, KEY, member, kind) == Refusal("NetworkPermissionsMemberInvalid", member)


def test_set_node__member_suspended__member_invalid_before_the_end(world: World) -> None:
    until = world.time + 50
    world.send("authority", "MemberRegistry", "suspend", BUYER, until)
    args = (KEY, BUYER, int(NodeKind.OBSERVER))
    expected = Refusal("NetworkPermissionsMemberInvalid", BUYER)
    assert world.refusal("authority", CONTRACT, "setNode", *args, at=until - 1) == expected
    for at in (until, until + 1):
        with world.undone():
            world.send("authority", CONTRACT, "setNode", *args, at=at)


@pytest.mark.parametrize("kind", PERMITTED)
def test_set_node__valid__stores_counts_and_tells(world: World, kind: NodeKind) -> None:
    assert (node_of(world), world.read(CONTRACT, "nodeCount")) == ((ZERO, NodeKind.NONE), 0)
    event = set_node(world, KEY, BUYER, kind).event
    assert (event.name, event.args) == ("NodeSet", {"key": KEY, "member": BUYER, "kind": kind})
    assert (node_of(world), world.read(CONTRACT, "nodeCount")) == ((BUYER, kind), 1)
    set_node(world, OTHER, BUYER, kind)
    assert (node_of(world, OTHER), world.read(CONTRACT, "nodeCount")) == ((BUYER, kind), 2)


def test_set_node__other_kind_or_member__changes_and_does_not_count_twice(world: World) -> None:
    set_node(world, KEY, BUYER, NodeKind.OBSERVER)
    for member, kind in (
        (BUYER, NodeKind.GATEWAY),
        (BUYER2, NodeKind.GATEWAY),
        (SEATS[0], NodeKind.VALIDATOR),
    ):
        event = set_node(world, KEY, member, kind).event
        assert event.args == {"key": KEY, "member": member, "kind": kind}
        assert (node_of(world), world.read(CONTRACT, "nodeCount")) == ((member, kind), 1)


@pytest.mark.parametrize("named", [ZERO, NOBODY, BUYER, BUYER2])
def test_set_node__none__takes_the_permission_away_whoever_is_named(world: World, named: bytes) -> None:
    set_node(world, KEY, BUYER, NodeKind.GATEWAY)
    set_node(world, OTHER, BUYER, NodeKind.GATEWAY)
    world.send("authority", "MemberRegistry", "expel", BUYER)
    event = set_node(world, KEY, named, NodeKind.NONE).event
    assert (event.name, event.args) == ("NodeSet", {"key": KEY, "member": ZERO, "kind": 0})
    assert (node_of(world), world.read(CONTRACT, "nodeCount")) == ((ZERO, NodeKind.NONE), 1)


def test_authority__read__is_the_timelock(world: World) -> None:
    assert world.read(CONTRACT, "authority") == address("authority")


def test_constructor__nodes__tells_as_later_writes_do(world: World) -> None:
    nodes = [(KEY, BUYER, int(NodeKind.VALIDATOR)), (OTHER, BUYER2, int(NodeKind.OBSERVER))]
    receipt = world.deploy(CONTRACT, wiring(world.addresses), nodes)
    assert [(event.name, event.args) for event in receipt.events] == [
        ("NodeSet", {"key": key, "member": member, "kind": kind}) for key, member, kind in nodes
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((ZERO, BUYER, 1), Refusal("NetworkPermissionsHashZero", label("key"))),
        ((OTHER, BUYER, 0), Refusal("NetworkPermissionsUnchanged", label("node"))),
        ((KEY, BUYER, 1), Refusal("NetworkPermissionsUnchanged", label("node"))),
        ((OTHER, NOBODY, 1), Refusal("NetworkPermissionsMemberInvalid", NOBODY)),
    ],
)
def test_constructor__node_wrong__refused_as_a_later_write(
    world: World, given: tuple[bytes, bytes, int], expected: Refusal
) -> None:
    nodes = [(KEY, BUYER, 1), given]
    assert world.refused_deployment(CONTRACT, wiring(world.addresses), nodes) == expected
