"""Gas of the sealing's acts in words, with the stand-in for TenderBoard: what they take themselves.

python -m tests.contracts.OpeningCommittee.measured     prints them
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    SEATS,
    Bid,
    Ceremony,
    Committee,
    Window,
    ceremony,
    council,
    firms,
    form,
    founded,
    open_page,
    post,
    sealed,
    submit,
    tender,
)
from tests.contracts.world import Node, World

PAGE = 32
BLOCKS = 2
"""Of 1,024 bytes: what a document of 1.5 KB takes."""

COMMITTEES = ((2, 3), (3, 5), (5, 9))


def filled(world: World, window: Window, names: Sequence[str]) -> tuple[list[Bid], list[int]]:
    """A bid of each firm, and the gas of each submit."""
    bids = [sealed(world, window, who, index=index, blocks=BLOCKS) for index, who in enumerate(names)]
    return bids, [submit(world, bid).gas for bid in bids]


def bidding(world: World, committee: Committee, names: Sequence[str]) -> dict[str, int]:
    """What suppliers pay."""
    found = {}
    for lots in (1, 3, 32):
        window = tender(world, committee, lots=lots, period=100_000)
        gas = filled(world, window, names[:101] if lots == 1 else names[:2])[1]
        found[f"submit, the first of a tender, {lots} lots"] = gas[0]
        found[f"submit, the second, {lots} lots"] = gas[1]
        if lots == 1:
            found["submit, the 101st, 1 lots"] = gas[100]
            again = submit(world, sealed(world, window, names[0], version=2, blocks=BLOCKS))
            found["submit in place of a bid, 1 lots"] = again.gas
            found["withdraw"] = world.send(names[1], BOX, "withdraw", window.id).gas
            amended = window.amended(world)
            found["confirm, the first"] = world.send(
                names[2], BOX, "confirm", window.id, amended.terms_hash
            ).gas
            found["confirm"] = world.send(names[3], BOX, "confirm", window.id, amended.terms_hash).gas
    double = tender(world, committee, envelopes=2, lots=3, period=100_000)
    gas = filled(world, double, names[:2])[1]
    found["submit, two envelopes, the first, 3 lots"] = gas[0]
    found["submit, two envelopes, the second, 3 lots"] = gas[1]
    return found


def opening(world: World, committee: Committee, names: Sequence[str], lots: int) -> dict[str, int]:
    """What the committee and whoever opens pay for each bid: a page of 32, a page of one."""
    k, n = committee.k, len(committee.who)
    words = f"{k}-of-{n}, {lots} lots"
    window = tender(world, committee, lots=lots, period=100_000)
    bids = filled(world, window, names[: PAGE + 1])[0]
    world.move_to(window.open_from)
    seats = tuple(range(n - k + 1, n + 1))
    full = [post(world, window, committee, seat, bids[:PAGE]).gas for seat in seats]
    alone = [post(world, window, committee, seat, bids[PAGE:], page=1).gas for seat in seats]
    page = open_page(world, window, committee, seats, bids[:PAGE]).gas
    single = open_page(world, window, committee, seats, bids[PAGE:], page=1).gas
    return {
        f"share, a bid of a full page, the first that locks the box, {words}": full[0] // PAGE,
        f"share, a bid of a full page, {words}": full[1] // PAGE,
        f"share, a page of one, {words}": alone[1],
        f"open, a bid of a full page, {words}": page // PAGE,
        f"open, a page of one, {words}": single,
        f"open, a full page, {words}": page,
    }


def late_page(world: World, committee: Committee, names: Sequence[str]) -> dict[str, int]:
    """The fourth page, of 100 bids and more."""
    window = tender(world, committee, period=100_000)
    bids = filled(world, window, names[: 4 * PAGE])[0][3 * PAGE :]
    world.move_to(window.open_from)
    post(world, window, committee, 1, bids, page=3)
    gas = post(world, window, committee, 2, bids, page=3).gas
    opened = open_page(world, window, committee, (1, 2), bids, page=3).gas
    return {
        "share, a bid of the full fourth page, 2-of-3, 1 lots": gas // PAGE,
        "open, a bid of the full fourth page, 2-of-3, 1 lots": opened // PAGE,
    }


def reveals(world: World, committee: Committee, names: Sequence[str]) -> dict[str, int]:
    """Fallback and release."""
    window = tender(world, committee, period=100_000)
    bids = filled(world, window, names[:2])[0]
    world.move_to(window.fallback_from)
    gas = [world.send(bid.who, COMMITTEE, "selfReveal", *bid.revealed()).gas for bid in bids]
    double = tender(world, committee, envelopes=2, lots=3, period=100_000)
    bids = filled(world, double, names[:PAGE])[0]
    world.move_to(double.open_from)
    for seat in (1, 2):
        post(world, double, committee, seat, bids)
    open_page(world, double, committee, (1, 2), bids)
    with world.undone():
        none = council(world, BOX, "releaseEnvelope", double.id, []).gas
    half = council(world, BOX, "releaseEnvelope", double.id, list(range(16))).gas
    return {
        "selfReveal, the first": gas[0],
        "selfReveal": gas[1],
        "release, none excluded": none,
        "release, for each excluded bid": (half - none) // 16,
    }


def total(made: Ceremony) -> int:
    """Gas of all calls."""
    return sum(receipt.gas for receipt in made.until("confirm").receipts)


def ceremonies(world: World) -> dict[str, int]:
    """Whole ceremonies, and the roll."""
    first = ceremony(world)
    found = {"ceremony 2-of-3, all calls": total(first)}
    second = ceremony(world, 3, SEATS[:5])
    found["ceremony 3-of-5, all calls"] = total(second)
    keyset = second.committee
    world.send("anyone", COMMITTEE, "callRoll", keyset.id, at=world.time + 28 * 86_400)
    answers = [
        world.send(keyset.by(seat), COMMITTEE, "answerRoll", keyset.id, seat, *keyset.answer(seat, 1)).gas
        for seat in (1, 2)
    ]
    found |= {"roll answer, the first": answers[0], "roll answer": answers[1]}
    third = ceremony(world, 4, SEATS[5:12], parent=keyset, dealers=(1, 3, 4))
    return found | {"resharing 3-of-5 to 4-of-7, all calls": total(third)}


def measured(world: World) -> dict[str, int]:
    """Act -> gas. The contracts as they are deployed; leaves nothing behind."""
    found: dict[str, int] = {}
    with world.undone():
        found |= ceremonies(world)
    with world.undone():
        names = firms(world, 4 * PAGE)
        committee = form(world)
        with world.undone():
            found |= bidding(world, committee, names)
        for k, n in COMMITTEES:
            used = committee if n == 3 else form(world, k, SEATS[:n])
            for lots in (1, 3, 32):
                with world.undone():
                    found |= opening(world, used, names, lots)
        with world.undone():
            found |= late_page(world, committee, names)
        found |= reveals(world, committee, names)
    return found


def main() -> None:
    """Prints them."""
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder))
        try:
            for act, gas in measured(founded(node)).items():
                print(f"{gas:>11,}  {act}")
        finally:
            node.stop()


if __name__ == "__main__":
    main()
