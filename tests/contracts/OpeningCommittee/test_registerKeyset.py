"""registerKeyset.tree"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chain.sealing.group import N, P, multiply
from tests.contracts.OpeningCommittee.steps import LIFE, born, fail, refused
from tests.contracts.sealing import COMMITTEE, SEATS, Ceremony, Committee, ceremony
from tests.contracts.world import ZERO, Refusal, World, label

pytestmark = pytest.mark.evm


def refusal(
    world: World, opened: Ceremony, *, id: bytes | None = None, pk: tuple[int, int] | None = None,
    keys: list[tuple[int, int]] | None = None, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Registers what the ceremony gave, but for the changes."""
    sid, own, all_keys = opened.registered_with
    args = (id or sid, pk or own, all_keys if keys is None else keys)
    return world.refusal("anyone", COMMITTEE, "registerKeyset", *args, at=at)


def changed(
    opened: Ceremony, pk: tuple[int, int] | None = None, keys: list[tuple[int, int]] | None = None
) -> bytes:
    """keysetId with other keys."""
    found = opened.committee.keyset
    points = found.keys if keys is None else tuple(type(found.pk)(*key) for key in keys)
    return replace(found, pk=found.pk if pk is None else type(found.pk)(*pk), keys=points).id


def test_registerKeyset__unknown_ceremony__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    for id in (ZERO, b"\1" * 32):
        found = refusal(bare, opened, id=id)
        assert found == Refusal("OpeningCommitteeStepRefused", id, label("register"))


def test_registerKeyset__before_all_are_sent__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("publish")
    for who, function, args in opened.messages("send"):
        assert refusal(bare, opened) == refused(opened, "register")
        bare.send(who, COMMITTEE, function, *args)
    opened.does("register")


def test_registerKeyset__around_the_end_of_its_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("send")
    end = born(bare, opened) + LIFE
    with bare.undone():
        bare.send("anyone", COMMITTEE, "registerKeyset", *opened.registered_with, at=end - 1)
    for after in (0, 1):
        assert refusal(bare, opened, at=end + after) == refused(opened, "register")


def test_registerKeyset__failed_or_done__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    with bare.undone():
        fail(bare, opened)
        assert refusal(bare, opened) == refused(opened, "register")
    opened.does("register").does("confirm")
    assert refusal(bare, opened) == refused(opened, "register")


@pytest.mark.parametrize("count", [0, 1, 2, 4, 16])
def test_registerKeyset__other_number_of_keys__plan_invalid(bare: World, count: int) -> None:
    opened = ceremony(bare).until("send")
    keys = [(opened.registered_with[2] * 6)[place] for place in range(count)]
    assert refusal(bare, opened, keys=keys) == Refusal("OpeningCommitteePlanInvalid", label("keys"))


def test_registerKeyset__again__keyset_exists(bare: World) -> None:
    opened = ceremony(bare).until("register")
    assert refusal(bare, opened) == Refusal("OpeningCommitteeKeysetExists", opened.committee.id)


BAD: dict[str, Callable[[int, int], tuple[int, int]]] = {
    "off the curve": lambda x, y: (x, (y + 2) % P),
    "infinity": lambda x, y: (0, 0),
    "x over the order": lambda x, y: (N, y),
    "y not reduced": lambda x, y: (x, 2**256 - 1),
}


@pytest.mark.parametrize("fault", BAD)
@pytest.mark.parametrize("seat", [0, 1, 2, 3])
def test_registerKeyset__no_point__key_point_invalid(bare: World, seat: int, fault: str) -> None:
    opened = ceremony(bare).until("send")
    _, pk, keys = opened.registered_with
    args: dict[str, Any] = {"pk": BAD[fault](*pk)} if seat == 0 else {"keys": list(keys)}
    if seat:
        args["keys"][seat - 1] = BAD[fault](*keys[seat - 1])
    found = refusal(bare, opened, **args)
    assert found == Refusal("OpeningCommitteeKeyPointInvalid", changed(opened, **args), seat)


def test_registerKeyset__resharing_with_another_key__key_point_invalid(
    world: World, committee: Committee
) -> None:
    opened = ceremony(world, 2, SEATS[3:6], parent=committee).until("send")
    pk = multiply(7).as_tuple()
    found = refusal(world, opened, pk=pk)
    assert found == Refusal("OpeningCommitteeKeyPointInvalid", changed(opened, pk=pk), 0)
    opened.does("register")


@pytest.mark.parametrize("false", [False, True])
def test_registerKeyset__valid_points__keeps_and_tells(bare: World, false: bool) -> None:
    opened = ceremony(bare).until("send")
    id, pk, keys = opened.registered_with
    if false:
        keys = [*keys[:2], multiply(7).as_tuple()]
    event = bare.send("anyone", COMMITTEE, "registerKeyset", id, pk, keys).event
    keyset = opened.committee.keyset
    keyset_id = changed(opened, keys=keys)
    assert (event.name, event.args) == (
        "KeysetRegistered",
        {
            "keysetId": keyset_id,
            "ceremonyId": id,
            "threshold": 2,
            "pk": pk,
            "members": keyset.members,
            "keys": tuple(keys),
            "transcript": keyset.transcript,
        },
    )
    facts = bare.facts(COMMITTEE, "keyset", keyset_id)
    assert facts == {
        "threshold": 2,
        "confirmed": 0,
        "ended": False,
        "round": 0,
        "rolledAt": 0,
        "answers": 0,
        "parent": ZERO,
        "ceremonyId": id,
        "pk": pk,
        "members": keyset.members,
        "keys": tuple(keys),
    }


def test_registerKeyset__true_after_a_false_one__is_the_one_that_is_confirmed(bare: World) -> None:
    opened = ceremony(bare).until("send")
    id, pk, keys = opened.registered_with
    bare.send("stranger", COMMITTEE, "registerKeyset", id, pk, [*keys[:2], multiply(7).as_tuple()])
    opened.does("register").does("confirm")
    bare.read(COMMITTEE, "requireUsable", opened.committee.id)
