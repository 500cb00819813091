"""Sealed bids of the contract tests, and how the first committee opens them: by the library, with the real TenderBoard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import SealedEnvelope, seal
from chain.sealing.opening import page_entry
from chain.sealing.tdh2 import combine
from tests.contracts.committee import Committee, drawing
from tests.contracts.tenders import Tender
from tests.contracts.world import COMMITTEE, DAY, OPENERS, Receipt, World, address, hash_of

__all__ = [
    "DECLARATIONS", "Box", "close", "declare", "open_page", "opening", "post", "reveal_of", "share_entries", "sealed_bid", "submission",
]  # fmt: skip

DECLARATIONS = hash_of("declarations")
OPENING_DELAY, FALLBACK_DELAY = 1, 30
"""Of the sandbox procedure, seconds."""


@dataclass
class Box:
    """The bids of a tender as the tests know them: supplier's account -> its sealed envelope, in order of index."""

    world: World
    tender: Tender
    committee: Committee = COMMITTEE
    bids: dict[str, SealedEnvelope] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def seal(self, who: str, *amounts: int | None, document: bytes = b"{}") -> SealedEnvelope:
        """Seals the next version of a bid; nothing is sent."""
        return sealed_bid(
            self.world,
            self.tender,
            who,
            amounts or (90_000,),
            self.versions.get(who, 0) + 1,
            document,
            self.committee,
        )

    def submit(self, who: str, *amounts: int | None, document: bytes = b"{}", **options: Any) -> Receipt:
        """Seals and submits."""
        sealed = self.seal(who, *amounts, document=document)
        receipt = self.world.send(who, "BidBox", "submit", *submission(self.tender, sealed), **options)
        self.bids[who], self.versions[who] = sealed, self.versions.get(who, 0) + 1
        return receipt

    def withdraw(self, who: str, **options: Any) -> Receipt:
        """Takes a bid back."""
        receipt = self.world.send(who, "BidBox", "withdraw", self.tender.id, **options)
        del self.bids[who]
        return receipt

    @property
    def live(self) -> list[SealedEnvelope]:
        """Envelopes in order of index, where nobody withdrew and came back."""
        return list(self.bids.values())


def declare(world: World, *suppliers: str) -> None:
    """Suppliers declare their owners, so that they may bid."""
    for who in suppliers:
        world.send(who, "SupplierRegistry", "declareOwners", 1, hash_of(f"owners of {who}"))


def sealed_bid(
    world: World,
    tender: Tender,
    who: str,
    amounts: Sequence[int | None] = (90_000,),
    version: int = 1,
    document: bytes = b"{}",
    committee: Committee = COMMITTEE,
    envelope: int = 0,
) -> SealedEnvelope:
    """An envelope of a bid, the same in every run."""
    context = BidContext(
        domain_separator(31337, world.addresses["BidBox"]),
        tender.id,
        envelope,
        address(who),
        version,
        committee.keyset.id,
    )
    place = f"/{envelope}" if envelope else ""
    draw = drawing(f"{tender.id.hex()}/{who}/{version}/{amounts}/{document.hex()}{place}")
    return seal(context, committee.keyset.pk, tuple(amounts), document, draw)


def submission(tender: Tender, *envelopes: SealedEnvelope) -> tuple[Any, ...]:
    """Arguments of `submit`."""
    witnesses = [each.envelope.witness().as_tuple() for each in envelopes]
    return tender.id, tender.hash, DECLARATIONS, [each.data for each in envelopes], witnesses


def reveal_of(tender: Tender, index: int, sealed: SealedEnvelope) -> tuple[Any, ...]:
    """Arguments of `selfReveal`."""
    envelope = sealed.envelope
    points = (sealed.secret.as_tuple(), envelope.u.as_tuple())
    return (
        tender.id,
        sealed.context.envelope,
        index,
        sealed.r.number,
        *points,
        envelope.body_hash,
        list(envelope.words),
    )


def share_entries(
    seat: int, bids: Sequence[SealedEnvelope], committee: Committee = COMMITTEE
) -> list[tuple[Any, ...]]:
    """The entries of `postShares`."""
    made = []
    for each in bids:
        envelope, draw = each.envelope, drawing(f"share/{seat}/{each.seal_hash.hex()}")
        share = committee.shares[seat].open(each.context.ctx, envelope.u, draw)
        made.append(share.entry(envelope.u, envelope.label(each.context)))
    return made


def opening(
    seats: Sequence[int], bids: Sequence[SealedEnvelope], committee: Committee = COMMITTEE
) -> tuple[Any, ...]:
    """The last arguments of `openPage`: seats, factors, points, bids."""
    shares = {
        seat: [
            committee.shares[seat].open(each.context.ctx, each.envelope.u, drawing("any")).point
            for each in bids
        ]
        for seat in seats
    }
    made = [combine({seat: shares[seat][at] for seat in seats}) for at in range(len(bids))]
    points = [[value for point in shares[seat] for value in point.as_tuple()] for seat in made[0].seats]
    entries = [page_entry(each.envelope, combination) for each, combination in zip(bids, made, strict=True)]
    return list(made[0].seats), list(made[0].factors), points, entries


def close(box: Box) -> None:
    """Moves to the first second in which shares are accepted."""
    box.world.move_to(box.tender.deadline + OPENING_DELAY)


def post(box: Box, seat: int, page: int = 0, **options: Any) -> Receipt:
    """Posts a seat's shares of a page."""
    bids = box.live[32 * page : 32 * page + 32]
    entries = share_entries(seat, bids, box.committee)
    who = OPENERS[seat - 1]
    return box.world.send(
        who, "OpeningCommittee", "postShares", box.tender.id, 0, page, seat, entries, **options
    )


def open_page(box: Box, *seats: int, page: int = 0, **options: Any) -> Receipt:
    """Opens a page with the shares of these seats."""
    bids = box.live[32 * page : 32 * page + 32]
    args = opening(seats or (1, 2), bids, box.committee)
    return box.world.send(
        "stranger", "OpeningCommittee", "openPage", box.tender.id, 0, page, *args, **options
    )


ROLL_PERIOD = 28 * DAY
"""Seconds between two rolls."""
