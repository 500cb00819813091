"""Gas of bids, shares and openings, with the real TenderBoard; of ceremonies; per bid where a page is full."""

from __future__ import annotations

from collections.abc import Iterator

from tests.contracts.bids import (
    FALLBACK_DELAY,
    OPENING_DELAY,
    ROLL_PERIOD,
    Box,
    close,
    declare,
    open_page,
    post,
    reveal_of,
    share_entries,
    submission,
)
from tests.contracts.committee import Committee, committee, drawing
from tests.contracts.tenders import publish
from tests.contracts.world import (
    COMMITTEE,
    KEYSET,
    MANDATE_END,
    OPENERS,
    SEATS_OF_OPENING,
    ZERO,
    World,
    address,
    hash_of,
    lots,
    member_id,
    terms,
)

__all__ = ["bids", "ceremonies", "ceremony", "committees"]

DOCUMENT = b"x" * 1_500
"""Takes two blocks."""


def bids(world: World) -> dict[str, int]:
    """What a supplier does, with a document of 1.5 KB."""
    found: dict[str, int] = {}
    declare(world, "acme", "beta")
    for count in (1, 3, 32):
        box = Box(world, publish(world, setup=lots(count)))
        amounts = [1_000] * count
        found[f"submit the first bid: {count} lots"] = box.submit("beta", *amounts, document=DOCUMENT).gas
        found[f"submit: {count} lots"] = box.submit("acme", *amounts, document=DOCUMENT).gas
        found[f"substitute: {count} lots"] = box.submit("acme", *amounts, document=DOCUMENT).gas
    box = Box(world, publish(world))
    found["submit: 1 lot, 16 blocks"] = box.submit("acme", document=b"x" * 16_000).gas
    found["withdraw"] = world.send("acme", "BidBox", "withdraw", box.tender.id).gas
    box.submit("acme")
    new = terms(box.tender.deadline, items=2)
    world.send("officer", "TenderBoard", "amend", box.tender.id, box.tender.hash, new.as_tuple(), "{}")
    current = world.facts("TenderBoard", "tenderFacts", box.tender.id)["termsHash"]
    found["confirm"] = world.send("acme", "BidBox", "confirm", box.tender.id, current).gas
    box = Box(world, publish(world))
    box.submit("acme", document=DOCUMENT)
    world.move_to(box.tender.deadline + OPENING_DELAY + FALLBACK_DELAY)
    reveal = reveal_of(box.tender, 0, box.live[0])
    found["reveal"] = world.send("acme", "OpeningCommittee", "selfReveal", *reveal).gas
    return found


def many(world: World, count: int, of: Committee = COMMITTEE, lot_count: int = 1) -> Box:
    """A tender with this many bids of as many suppliers, each an account alone; one block for all."""
    firms = [f"firm {number}" for number in range(count)]
    for who in firms:
        if world.read("SupplierRegistry", "supplierOf", address(who)) == ZERO:
            world.send("registrar", "SupplierRegistry", "register", hash_of(who), [address(who)], "{}")
            declare(world, who)
    published = publish(world, period=4_000, setup=lots(lot_count), keyset_id=of.keyset.id)
    box = Box(world, published, of)
    for who in firms:
        box.submit(who, *[1_000] * lot_count, document=DOCUMENT)
    return box


def committees(world: World) -> dict[str, int]:
    """Shares and openings: a page of one bid, a full page, the fourth page of a hundred bids; per bid where it is more than one."""
    found: dict[str, int] = {}
    for count in (1, 32, 100):
        box = many(world, count)
        if count == 100:
            found["submit after 100 bids: 1 lot"] = _one_more(world, box)
        close(box)
        for seat in (1, 2):
            gas = post(box, seat).gas
            if count > 1 or seat == 1:
                found[f"share a bid of {min(count, 32)} on a page of {count}, seat {seat}"] = gas // min(
                    count, 32
                )
        found[f"open a bid of {min(count, 32)} on a page of {count}: 2 of 3, 1 lot"] = open_page(
            box
        ).gas // min(count, 32)
    return found


def _one_more(world: World, box: Box) -> int:
    who = "firm of the hundred"
    world.send("registrar", "SupplierRegistry", "register", hash_of(who), [address(who)], "{}")
    declare(world, who)
    with world.undone():
        return world.send(
            who, "BidBox", "submit", *submission(box.tender, box.seal(who, document=DOCUMENT))
        ).gas


def ceremonies(world: World) -> dict[str, int]:
    """All calls of a ceremony, in sum and one by one; then the same page with larger committees."""
    found: dict[str, int] = {}
    members = [*SEATS_OF_OPENING]
    people = [*OPENERS]
    for number in range(6):
        org_id = f"TEST-MORE-OPENING{number}"
        data = (org_id, org_id, number % 4, 1 << 5, ZERO)
        world.send("authority", "MemberRegistry", "admit", data, address(f"more {number}"), MANDATE_END)
        world.send(
            f"more {number}",
            "MemberRegistry",
            "addPerson",
            address(f"more opener {number}"),
            1 << 4,
            MANDATE_END,
        )
        members.append(member_id(org_id))
        people.append(f"more opener {number}")
    for ordinal, (k, n) in enumerate(((2, 3), (3, 5), (5, 9)), 2):
        made = committee(31337, world.addresses["OpeningCommittee"], tuple(members[:n]), k, ordinal)
        steps = dict(ceremony(world, made, people[:n]))
        found |= {f"{step}: {k} of {n}": gas for step, gas in steps.items()}
        found[f"ceremony, all calls: {k} of {n}"] = sum(steps.values())
        for lot_count in (1, 3, 32) if n > 3 else ():
            found[f"open a bid of 32: {k} of {n}, {lot_count} lots"] = _opened(
                world, made, people, k, lot_count
            )
    world.move_to(world.time + ROLL_PERIOD)
    found["call the roll"] = world.send("stranger", "OpeningCommittee", "callRoll", KEYSET).gas
    proof = COMMITTEE.shares[1].answer(1, drawing("roll"))
    answer = (KEYSET, 1, proof.c, proof.z)
    found["answer the roll"] = world.send("opener", "OpeningCommittee", "answerRoll", *answer).gas
    return found


def ceremony(world: World, made: Committee, people: list[str]) -> Iterator[tuple[str, int]]:
    """Gas of a whole ceremony step by step, which its ``people`` take in order of their seats."""
    said, keyset = made.transcript, made.keyset
    sid, plan = said.plan.ceremony_id, said.plan

    def gas(who: str, function: str, *args: object) -> int:
        return world.send(who, "OpeningCommittee", function, *args).gas

    yield "open a ceremony", gas("authority", "openCeremony", plan.threshold, list(plan.members), ZERO, [])
    for step, function, messages in (
        ("join", "joinCeremony", said.box_keys),
        ("commit", "commitDealing", said.commitments),
        ("publish", "publishDealing", said.messages),
        ("send", "sendDealing", said.boxes),
    ):
        yield (
            step,
            sum(gas(who, function, sid, seat, messages[seat - 1]) for seat, who in enumerate(people, 1)),
        )
    keys = [key.as_tuple() for key in keyset.keys]
    yield "register", gas("stranger", "registerKeyset", sid, keyset.pk.as_tuple(), keys)
    proofs = [made.shares[seat].answer(0, drawing(f"confirm {seat}")) for seat in range(1, len(people) + 1)]
    yield (
        "confirm a keyset",
        sum(
            gas(who, "confirmKeyset", keyset.id, seat, proofs[seat - 1].c, proofs[seat - 1].z)
            for seat, who in enumerate(people, 1)
        ),
    )


def _opened(world: World, made: Committee, people: list[str], k: int, lot_count: int) -> int:
    with world.undone():
        box = many(world, 32, made, lot_count)
        close(box)
        for seat in range(1, k + 1):
            entries = share_entries(seat, box.live, made)
            world.send(people[seat - 1], "OpeningCommittee", "postShares", box.tender.id, 0, 0, seat, entries)
        return open_page(box, *range(1, k + 1)).gas // 32
