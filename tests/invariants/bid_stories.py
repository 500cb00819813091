"""Stories of sealed bids, one for each invariant of README.md: 2, 3, 4, 7, 8. Bids are sealed and opened for real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chain.sealing.envelope import SealedEnvelope
from chain.types import BidStatus
from tests.contracts.awards import register
from tests.contracts.bids import (
    OPENING_DELAY,
    Box,
    close,
    open_page,
    opening,
    post,
    reveal_of,
    sealed_bid,
    share_entries,
    submission,
)
from tests.contracts.committee import drawing
from tests.contracts.tenders import Tender, publish
from tests.contracts.world import COMMITTEE, ZERO, World
from tests.invariants.rule import Rule, Story

__all__ = ["STORIES", "amended", "bidding"]

BIDS, BOARD, OPENINGS = "BidBox", "TenderBoard", "OpeningCommittee"


def bidding(world: World, *who: str, **options: Any) -> Box:
    """A tender for which these have sealed a bid; the options are those of `publish`."""
    register(world, ["acme", "beta", *who])
    box = Box(world, publish(world, **options))
    for each in who:
        box.submit(each)
    return box


def amended(world: World, tender: Tender, later: int = 5) -> Tender:
    """The tender after an addendum: one document more, so many seconds more."""
    terms = replace(tender.terms, documents=tender.terms.documents + 1, deadline=tender.deadline + later)
    world.send("officer", BOARD, "amend", tender.id, tender.hash, terms.as_tuple(), tender.json)
    return replace(tender, terms=terms)


def _posts(rule: Rule, error: str, tender: Tender, entries: Sequence[Any], at: int | None = None) -> None:
    """The first seat may not post these."""
    rule.bars(error, "opener", OPENINGS, "postShares", tender.id, 0, 0, 1, list(entries), at=at)


def hidden_until_opened(rule: Rule) -> None:
    """2: no share and no price before the opening, and then only by k members, who said their shares."""
    world = rule.world
    box = bidding(world, "acme", "beta")
    tender, opens = box.tender, box.tender.deadline + OPENING_DELAY
    _posts(rule, "OpeningCommitteeTooEarly", tender, share_entries(1, box.live), at=opens - 1)
    shown = reveal_of(tender, 0, box.bids["acme"])
    for at in (opens - 1, opens):
        rule.bars("OpeningCommitteeFallbackTooEarly", "acme", OPENINGS, "selfReveal", *shown, at=at)
    close(box)
    post(box, 1)
    for error, seats in (("SeatsWrong", (1,)), ("SharesMissing", (1, 2))):
        page = opening(seats, box.live)
        rule.bars(f"OpeningCommittee{error}", "stranger", OPENINGS, "openPage", tender.id, 0, 0, *page)
    post(box, 2)
    assert len(open_page(box, 1, 2).events) == 2


def received_in_time(rule: Rule) -> None:
    """3: nothing comes in, is confirmed or taken back from the deadline on."""
    world = rule.world
    box = bidding(world, "acme", "beta")
    box.tender = tender = amended(world, box.tender)
    register(world, ["gama", "delta"])
    box.submit("delta")
    late = submission(tender, box.seal("gama"))
    acts: Mapping[str, tuple[str, tuple[Any, ...]]] = {
        "submit": ("gama", late), "confirm": ("acme", (tender.id, tender.hash)), "withdraw": ("beta", (tender.id,)),
    }  # fmt: skip
    for function, (who, args) in acts.items():
        rule.bars("BidBoxClosed", who, BIDS, function, *args, at=tender.deadline)
    for before, (function, (who, args)) in enumerate(acts.items(), -len(acts)):
        world.send(who, BIDS, function, *args, at=tender.deadline + before)


def shares_of_live_bids(rule: Rule) -> None:
    """4: of four bids one is withdrawn, one was not confirmed, and one has an earlier version; the others have shares."""
    world = rule.world
    box = bidding(world, "acme", "beta", "gama")
    box.tender = tender = amended(world, box.tender)
    for who in ("acme", "beta"):
        world.send(who, BIDS, "confirm", tender.id, tender.hash)
    sealed = dict(box.bids)
    box.withdraw("beta")
    register(world, ["delta"])
    box.submit("delta")
    first = box.bids["delta"]
    box.submit("delta")
    live = {"acme": 0, "delta": 3}
    acme, delta = (box.bids[who] for who in live)
    close(box)
    for who in ("beta", "gama"):
        entries = share_entries(1, [acme, sealed[who], delta])
        posted = rule.attempt("opener", OPENINGS, "postShares", tender.id, 0, 0, 1, entries)
        rule.holds(posted is None, f"there are shares of {who}'s bid")
    superseded = [*share_entries(1, [acme]), _entry_for(first, delta)]
    _posts(rule, "OpeningCommitteeShareBidWrong", tender, superseded)
    del box.bids["gama"]
    told = post(box, 1).events[-1]
    rule.holds(len(told.args["shares"]) == 4 * len(live), "there are shares of other bids than the live ones")
    page = world.read(BIDS, "page", tender.id, 0, 0)
    found = {index: seal for index, _, _, seal, _ in page}
    asked = {index: box.bids[who].seal_hash for who, index in live.items()}
    rule.holds(found == asked, "shares of other bids than the live ones are asked for")
    fallback = world.facts(BOARD, "bidWindow", tender.id)["fallbackFrom"]
    for index, who in ((1, "beta"), (2, "gama")):
        shown = reveal_of(tender, index, sealed[who])
        rule.bars("OpeningCommitteeEntryNotSealed", who, OPENINGS, "selfReveal", *shown, at=fallback)


def _entry_for(old: SealedEnvelope, new: SealedEnvelope) -> tuple[Any, ...]:
    """A share of an earlier envelope in the place of the one that superseded it."""
    share = COMMITTEE.shares[1].open(new.context.ctx, old.envelope.u, drawing("superseded"))
    return share.entry(old.envelope.u, old.envelope.label(old.context))


def one_each(rule: Rule) -> None:
    """7: whatever accounts of a supplier do, it has one live bid, which counts once."""
    world = rule.world
    box = bidding(world)
    tender = box.tender

    def submit(who: str, version: int) -> None:
        """Sent whatever comes of it."""
        rule.attempt(
            who, BIDS, "submit", *submission(tender, sealed_bid(world, tender, who, version=version))
        )
        _look_at_bids(rule, tender)

    submit("acme", 1)
    submit("acme2", 1)
    submit("beta", 1)
    submit("acme2", 2)
    world.send("acme", BIDS, "withdraw", tender.id)
    _look_at_bids(rule, tender)
    submit("acme", 3)
    assert [bid["version"] for bid in _bids(world, tender)] == [3, 1]


def _bids(world: World, tender: Tender) -> list[dict[str, Any]]:
    count = world.facts(BIDS, "box", tender.id)["bids"]
    return [world.facts(BIDS, "bid", tender.id, index) for index in range(count)]


def _look_at_bids(rule: Rule, tender: Tender) -> None:
    world = rule.world
    version = world.facts(BOARD, "tenderFacts", tender.id)["termsVersion"]
    holders = [
        world.read("SupplierRegistry", "supplierOf", bid["bidder"])
        for bid in _bids(world, tender)
        if bid["status"] == BidStatus.SEALED and bid["termsVersion"] == version
    ]
    rule.holds(len(holders) == len(set(holders)), "a supplier has two live bids")
    counted = world.read(BIDS, "liveBids", tender.id, version)
    rule.holds(counted == len(holders), f"{counted} bids are counted, {len(holders)} are live")


def bound_to_final_terms(rule: Rule) -> None:
    """8: after an addendum one confirms, one names the terms before, and one does nothing; all three try to open their bids."""
    world = rule.world
    box = bidding(world, "acme", "beta", "gama")
    before = box.tender
    box.tender = tender = amended(world, before)
    world.send("acme", BIDS, "confirm", tender.id, tender.hash)
    rule.bars("BidBoxTermsStale", "beta", BIDS, "confirm", tender.id, before.hash)
    rule.bars("BidBoxTermsStale", "beta", BIDS, "submit", *submission(before, box.seal("beta")))
    world.move_to(world.facts(BOARD, "bidWindow", tender.id)["fallbackFrom"])
    final = world.facts(BOARD, "tenderFacts", tender.id)["termsVersion"]
    opened = []
    for index, sealed in enumerate(box.live):
        rule.attempt("stranger", OPENINGS, "selfReveal", *reveal_of(tender, index, sealed))
        if world.read(OPENINGS, "openingOf", tender.id, 0, index) != ZERO:
            opened.append(index)
            bound = world.facts(BIDS, "bid", tender.id, index)["termsVersion"]
            rule.holds(bound == final, f"a bid of terms {bound} is open, the last ones are {final}")
    assert opened == [0]


STORIES: Mapping[int, Story] = {
    2: hidden_until_opened,
    3: received_in_time,
    4: shares_of_live_bids,
    7: one_each,
    8: bound_to_final_terms,
}
"""By invariant."""
