"""postShares.tree"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.sealing.group import N, P, multiply
from chain.sealing.tdh2 import Share
from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    SEATS,
    UNKNOWN,
    Bid,
    Committee,
    Window,
    draw,
    entries,
    firms,
    form,
    post,
    posting,
    say,
    sealed,
    shares,
    submit,
    submitted,
    tender,
)
from tests.contracts.world import ZERO, Receipt, Refusal, World, address

pytestmark = pytest.mark.evm

Entries = list[tuple[Any, ...]]


@pytest.fixture
def bids(world: World, window: Window) -> list[Bid]:
    """Two bids; the tender is about to be opened."""
    found = submitted(world, window, "acme", "beta")
    world.move_to(window.open_from - 1)
    return found


def refusal(
    world: World, committee: Committee, args: tuple[Any, ...], *, who: str | None = None, at: int | None = None, **changes: Any
) -> Refusal:  # fmt: skip
    """Posts; all is well but for the changes: id, envelope, page, seat, entries."""
    names = ("id", "envelope", "page", "seat", "entries")
    given = dict(zip(names, args, strict=True)) | changes
    return world.refusal(who or committee.by(1), COMMITTEE, "postShares", *given.values(), at=at)


@pytest.fixture
def good(window: Window, committee: Committee, bids: list[Bid]) -> tuple[Any, ...]:
    """What seat 1 posts."""
    return posting(window, committee, 1, bids)


def test_postShares__stopped__stopped(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...]
) -> None:
    window.put(world, stopped=True)
    assert refusal(world, committee, good) == Refusal("OpeningCommitteeStopped", window.id)


@pytest.mark.parametrize("later", ["openFrom", "closesAt"])
def test_postShares__around_the_opening__too_early_before(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...], later: str
) -> None:
    at = window.open_from + 500
    if later == "openFrom":
        window.put(world, open_from=at)
    else:
        window.put(world, closes_at=at)
    for before in (1, 2, 400):
        expected = Refusal("OpeningCommitteeTooEarly", window.id, 0, at)
        with world.undone():
            assert refusal(world, committee, good, at=at - before) == expected
    for after in (0, 1):
        with world.undone():
            world.send(committee.by(1), COMMITTEE, "postShares", *good, at=at + after)


def test_postShares__held__too_early_for_ever(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...]
) -> None:
    never = 2**40 - 1
    window.put(world, open_from=never, fallback_from=never, void_from=never)
    expected = Refusal("OpeningCommitteeTooEarly", window.id, 0, never)
    assert refusal(world, committee, good, at=world.time + 10**9) == expected


def test_postShares__around_the_end__too_late_from_it(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...]
) -> None:
    with world.undone():
        world.send(committee.by(1), COMMITTEE, "postShares", *good, at=window.void_from - 1)
    for after in (0, 1):
        expected = Refusal("OpeningCommitteeTooLate", window.id, 0, window.void_from)
        assert refusal(world, committee, good, at=window.void_from + after) == expected


def test_postShares__unknown_tender__keyset_not_found(
    world: World, committee: Committee, good: tuple[Any, ...]
) -> None:
    expected = Refusal("OpeningCommitteeKeysetNotFound", ZERO)
    assert refusal(world, committee, good, id=UNKNOWN) == expected


@pytest.mark.parametrize("envelope", [1, 2, 255])
def test_postShares__another_envelope__phase_not_reached(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...], envelope: int
) -> None:
    expected = Refusal("OpeningCommitteePhaseNotReached", window.id, envelope, 0)
    assert refusal(world, committee, good, envelope=envelope) == expected


def test_postShares__keyset_unknown__keyset_not_found(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...]
) -> None:
    window.put(world, keyset_id=b"\1" * 32)
    assert refusal(world, committee, good) == Refusal("OpeningCommitteeKeysetNotFound", b"\1" * 32)


@pytest.mark.parametrize(
    ("who", "seat"),
    [
        *((who, 1) for who in ("stranger", "acme", "deployer", "seat 2", "seat 4")),
        *(("seat 1", seat) for seat in (0, 2, 4, 255)),
        ("seat 4", 4),
    ],
)
def test_postShares__by_another__not_member(
    world: World, committee: Committee, good: tuple[Any, ...], who: str, seat: int
) -> None:
    expected = Refusal("OpeningCommitteeNotMember", committee.id, seat, address(who))
    assert refusal(world, committee, good, who=who, seat=seat) == expected


def test_postShares__suspended__not_member_until_it_ends(
    world: World, committee: Committee, good: tuple[Any, ...]
) -> None:
    say(world, ("setSuspended", address("seat 1"), True))
    expected = Refusal("OpeningCommitteeNotMember", committee.id, 1, address("seat 1"))
    assert refusal(world, committee, good) == expected
    say(world, ("setSuspended", address("seat 1"), False))
    world.send("seat 1", COMMITTEE, "postShares", *good)


def test_postShares__another_account_of_the_member__posts_once_with_the_other(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...]
) -> None:
    say(world, ("setMember", address("colleague"), committee.keyset.members[0]))
    world.send("colleague", COMMITTEE, "postShares", *good)
    expected = Refusal("OpeningCommitteeShareExists", window.id, 0, 1)
    assert refusal(world, committee, good) == expected
    assert refusal(world, committee, good, who="colleague", entries=[]) == expected


@pytest.mark.parametrize("count", [0, 1, 3, 33])
def test_postShares__other_number__share_count_wrong(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...], count: int
) -> None:
    given = [good[4][0]] * count
    expected = Refusal("OpeningCommitteeShareCountWrong", window.id, 0, 2, count)
    assert refusal(world, committee, good, entries=given) == expected


@pytest.mark.parametrize("page", [1, 2047, 2048, 2**251, 2**255, 2**256 - 1])
@pytest.mark.parametrize("count", [0, 2])
def test_postShares__page_without_bids__share_count_wrong(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...], page: int, count: int
) -> None:
    expected = Refusal("OpeningCommitteeShareCountWrong", window.id, page, 0, count)
    assert refusal(world, committee, good, page=page, entries=good[4][:count]) == expected


def test_postShares__no_bid_at_all__share_count_wrong(
    world: World, committee: Committee, window: Window
) -> None:
    args: tuple[Any, ...] = (window.id, 0, 0, 1, [])
    expected = Refusal("OpeningCommitteeShareCountWrong", window.id, 0, 0, 0)
    assert refusal(world, committee, args, at=window.open_from) == expected


def test_postShares__withdrawn_and_lapsed_bids__have_no_share(
    world: World, committee: Committee, window: Window
) -> None:
    found = submitted(world, window, "acme", "beta", "gama", "delta")
    world.send("gama", BOX, "withdraw", window.id)
    amended = window.amended(world)
    for who in ("acme", "delta"):
        world.send(who, BOX, "confirm", window.id, amended.terms_hash)
    live = [found[0], found[3]]
    for extra in (found[1], found[2]):
        args = posting(window, committee, 1, [*live, extra])
        expected = Refusal("OpeningCommitteeShareCountWrong", window.id, 0, 2, 3)
        assert refusal(world, committee, args, at=max(world.time + 1, window.open_from)) == expected
        swapped = posting(window, committee, 1, [found[0], extra])
        assert refusal(world, committee, swapped) == Refusal("OpeningCommitteeShareBidWrong", window.id, 3)
    post(world, window, committee, 1, live)


def altered(entry: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    """Another value of U, L, S or the proof."""
    return (*entry[:place], value, *entry[place + 1 :])


def test_postShares__for_something_else__share_bid_wrong(
    world: World, committee: Committee, window: Window, bids: list[Bid], good: tuple[Any, ...]
) -> None:
    first, second = good[4]
    x, y = first[0]
    for index, given in (
        (0, [second, first]),
        (0, [second, second]),
        (1, [first, first]),
        (0, [altered(first, 0, (x, P - y)), second]),
        (0, [altered(first, 0, (0, 0)), second]),
        (1, [first, altered(second, 1, bytes(32))]),
        (1, [first, altered(second, 1, first[1])]),
    ):
        assert refusal(world, committee, good, entries=given) == Refusal(
            "OpeningCommitteeShareBidWrong", window.id, index
        )
    assert len(bids) == 2


def test_postShares__old_version__share_bid_wrong(world: World, committee: Committee, window: Window) -> None:
    old = submitted(world, window, "acme")
    new = sealed(world, window, "acme", version=2)
    submit(world, new)
    args = posting(window, committee, 1, old)
    found = refusal(world, committee, args, at=window.open_from)
    assert found == Refusal("OpeningCommitteeShareBidWrong", window.id, 0)
    post(world, window, committee, 1, [new])


@pytest.mark.parametrize("fault", ["off the curve", "zero", "x over the order", "y not reduced", "huge"])
@pytest.mark.parametrize("index", [0, 1])
def test_postShares__no_point__share_point_invalid(
    world: World, committee: Committee, window: Window, good: tuple[Any, ...], index: int, fault: str
) -> None:
    x, y = good[4][index][2]
    wrong = {
        "off the curve": (x, (y + 2) % P),
        "zero": (0, 0),
        "x over the order": (N, y),
        "y not reduced": (x, 2**256 - 1),
        "huge": (2**256 - 1, 2**256 - 1),
    }[fault]
    given = list(good[4])
    given[index] = altered(given[index], 2, wrong)
    expected = Refusal("OpeningCommitteeSharePointInvalid", window.id, index, 1)
    assert refusal(world, committee, good, entries=given) == expected


def foreign(committee: Committee, bid: Bid, **changes: Any) -> tuple[Any, ...]:
    """An entry of seat 1 whose share was made with something else."""
    part = bid.parts[0]
    key = committee.share(1)
    given: dict[str, Any] = {
        "secret": key._secret.number,
        "key": key.key,
        "context": part.context.ctx,
        "u": part.envelope.u,
    } | changes
    made = Share.make(1, given["secret"], given["key"], given["context"], given["u"], draw)
    return made.entry(part.envelope.u, part.envelope.label(part.context))


def test_postShares__made_with_something_else__share_invalid(
    world: World, committee: Committee, window: Window, bids: list[Bid], good: tuple[Any, ...]
) -> None:
    first, second = good[4]
    other = committee.share(2)
    u = bids[0].parts[0].envelope.u
    e, f, f_b, e_y, inverse = first[3]
    expected = Refusal("OpeningCommitteeShareInvalid", window.id, 0, 1)
    for given in (
        foreign(committee, bids[0], secret=other._secret.number, key=other.key),
        foreign(committee, bids[0], secret=12345),
        foreign(committee, bids[0], context=bids[1].parts[0].context.ctx),
        foreign(committee, bids[0], u=bids[1].parts[0].envelope.u),
        altered(first, 2, multiply(5, u).as_tuple()),
        altered(first, 2, (first[2][0], P - first[2][1])),
        altered(first, 2, u.as_tuple()),
        altered(first, 3, second[3]),
        altered(first, 3, (0, f, f_b, e_y, inverse)),
        altered(first, 3, (e, 0, f_b, e_y, inverse)),
        altered(first, 3, (N, f, f_b, e_y, inverse)),
        altered(first, 3, (e, N, f_b, e_y, inverse)),
        altered(first, 3, (2**256 - 1, 2**256 - 1, f_b, e_y, inverse)),
        altered(first, 3, (e ^ 1, f, f_b, e_y, inverse)),
        altered(first, 3, (e, f ^ 1, f_b, e_y, inverse)),
        altered(first, 3, (e, f, e_y, e_y, inverse)),
        altered(first, 3, (e, f, f_b, f_b, inverse)),
        altered(first, 3, (e, f, (2**256 - 1, 2**256 - 1), e_y, inverse)),
        altered(first, 3, (e, f, f_b, (2**256 - 1, 2**256 - 1), inverse)),
        altered(first, 3, (e, f, f_b, e_y, 0)),
        altered(first, 3, (e, f, f_b, e_y, inverse + 1)),
    ):
        assert refusal(world, committee, good, entries=[given, second]) == expected
    at_the_second = Refusal("OpeningCommitteeShareInvalid", window.id, 1, 1)
    assert refusal(world, committee, good, entries=[first, altered(second, 3, first[3])]) == at_the_second
    seat_2 = posting(window, committee, 2, bids)
    found = world.refusal("seat 1", COMMITTEE, "postShares", *seat_2[:3], 1, seat_2[4])
    assert found == expected


def test_postShares__several_faults__refused_in_order(
    world: World, committee: Committee, window: Window, bids: list[Bid], good: tuple[Any, ...]
) -> None:
    post(world, window, committee, 2, bids)
    first, second = good[4]
    rotten = altered(altered(altered(first, 3, second[3]), 2, (0, 0)), 1, bytes(32))
    window.put(world, stopped=True, open_from=window.open_from + 1000, keyset_id=b"\1" * 32)
    call: dict[str, Any] = {"who": "stranger", "envelope": 1, "seat": 9, "entries": [], "at": None}
    steps: list[tuple[Refusal, dict[str, Any], dict[str, Any]]] = [
        (Refusal("OpeningCommitteeStopped", window.id), {"stopped": False}, {}),
        (
            Refusal("OpeningCommitteeTooEarly", window.id, 1, window.open_from + 1000),
            {"open_from": window.open_from, "void_from": 1},
            {},
        ),
        (Refusal("OpeningCommitteeTooLate", window.id, 1, 1), {"void_from": window.void_from}, {}),
        (Refusal("OpeningCommitteePhaseNotReached", window.id, 1, 0), {}, {"envelope": 0}),
        (Refusal("OpeningCommitteeKeysetNotFound", b"\1" * 32), {"keyset_id": committee.id}, {}),
        (
            Refusal("OpeningCommitteeNotMember", committee.id, 9, address("stranger")),
            {},
            {"who": "seat 2", "seat": 2},
        ),
        (Refusal("OpeningCommitteeShareExists", window.id, 0, 2), {}, {"who": "seat 1", "seat": 1}),
        (Refusal("OpeningCommitteeShareCountWrong", window.id, 0, 2, 0), {}, {"entries": [rotten, second]}),
        (
            Refusal("OpeningCommitteeShareBidWrong", window.id, 0),
            {},
            {"entries": [altered(rotten, 1, first[1]), second]},
        ),
        (
            Refusal("OpeningCommitteeSharePointInvalid", window.id, 0, 1),
            {},
            {"entries": [altered(first, 3, second[3]), second]},
        ),
        (Refusal("OpeningCommitteeShareInvalid", window.id, 0, 1), {}, {"entries": [first, second]}),
    ]
    state = {"stopped": True, "open_from": window.open_from + 1000, "keyset_id": b"\1" * 32}
    for expected, repaired, changed in steps:
        assert refusal(world, committee, good, **call) == expected
        state |= repaired
        if repaired:
            window.put(world, **state)
        call |= changed
    world.send("seat 1", COMMITTEE, "postShares", *good)


def test_postShares__valid__tells(
    world: World, committee: Committee, window: Window, bids: list[Bid]
) -> None:
    for seat in (3, 1, 2):
        made = shares(committee, seat, bids)
        listed = [
            share.entry(bid.parts[0].envelope.u, bid.parts[0].envelope.label(bid.parts[0].context))
            for share, bid in zip(made, bids, strict=True)
        ]
        receipt: Receipt = world.send(
            committee.by(seat), COMMITTEE, "postShares", window.id, 0, 0, seat, listed
        )
        event = receipt.events[-1]
        numbers = [(*share.point.as_tuple(), share.proof.e, share.proof.f) for share in made]
        assert (event.name, event.args) == (
            "SharesPosted",
            {
                "tenderId": window.id,
                "envelope": 0,
                "seat": seat,
                "page": 0,
                "keysetId": committee.id,
                "shares": tuple(value for each in numbers for value in each),
            },
        )
        assert [each.name for each in receipt.events[:-1]] == (["BoxLocked"] if seat == 3 else [])


def test_postShares__two_pages__each_by_itself(world: World, committee: Committee) -> None:
    window = tender(world, committee, period=10_000)
    found = submitted(world, window, *firms(world, 33))
    pages = (found[:32], found[32:])
    world.move_to(window.open_from)
    for page in (1, 0):
        post(world, window, committee, 1, pages[page], page=page)
        again = posting(window, committee, 1, pages[page], page=page)
        assert refusal(world, committee, again) == Refusal("OpeningCommitteeShareExists", window.id, page, 1)
    wrong = posting(window, committee, 2, found, page=0)
    found_33 = refusal(world, committee, wrong, who="seat 2")
    assert found_33 == Refusal("OpeningCommitteeShareCountWrong", window.id, 0, 32, 33)


def test_postShares__seat_of_two_committees__with_its_key_of_this_one(
    world: World, committee: Committee, window: Window
) -> None:
    other = form(world, 2, SEATS[:3])
    found = submitted(world, window, "acme")
    given = entries(replace(committee, local=other.local), 1, found)
    expected = Refusal("OpeningCommitteeShareInvalid", window.id, 0, 1)
    assert refusal(world, committee, (window.id, 0, 0, 1, given), at=window.open_from) == expected
    post(world, window, committee, 1, found)
