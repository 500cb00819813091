"""Sealed bids from the first to the last second: whatever happens to a tender, the amounts on the chain are those that were sealed.

A story is a committee k of n, a tender, what bidders do, what openers and strangers do, and how it ends. Each act, the wrong ones too,
goes to the model (sealed_model.py) and to the contracts: the refusal with all its facts or the events must be the same, and after it the
box, the facts and the status. The invariants by number are those of README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from chain.bindings import member_registry, supplier_registry
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts
from chain.types import Kind, Procedure, Role, Sector
from tests.contracts.committee import Committee, committee
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    COMMITTEE,
    MANDATE_END,
    OPENERS,
    SEATS_OF_OPENING,
    ZERO,
    Node,
    World,
    address,
    calldata,
    founded,
    hash_of,
    member_id,
    sandbox,
)
from tests.gas.sealing import ceremony
from tests.invariants.sealed_story import FIRMS, Act, Ground, Story, Wrong
from tests.invariants.test_council_rules import CouncilChain
from tests.invariants.test_tender_rules import mostly

pytestmark = pytest.mark.evm

PLANS = ((2, 3), (3, 4), (3, 5), (4, 7), (5, 9))
"""Committees, k of n; the first is the founding one."""

MORE_OPENERS = tuple(f"opener of {number}" for number in range(4, 10))
PEOPLE = (*OPENERS, *MORE_OPENERS)
"""Openers of as many members; a seat's number is not its member's in the larger committees."""

BIDDERS = ("acme", "beta", "gama")
"""Suppliers that do what the story says; the firms bid once and are quiet."""

ANYBODY = (*BIDDERS, "acme2", "firm 36", "stale", "nobody", "officer")
"""With another account of acme's, who bids seldom, a supplier that never declared its owners, and two that are no supplier."""

TEXT = "sources"
PROCEDURES: tuple[Procedure, ...] = (
    sandbox(),
    sandbox(2, max_bids=3, min_bids=2, body_blocks=1, text_hash=hash_of(TEXT)),
    sandbox(3, opening_delay=0, fallback_delay=20, text_hash=hash_of(TEXT)),
)
"""As it is; few bids and small ones; no second between deadline and opening."""

# What may be wrong with an act; "" is nothing.
SUBMIT = (
    "unknown tender", "stale terms", "no declarations", "no envelope", "two envelopes", "version before", "sent before", "bidder",
    "lots", "cut", "short", "no proof", "flipped", "sign", "point", "image", "format", "long",
)  # fmt: skip
POST = (
    "caller", "envelope", "one fewer", "one more", "not live", "swapped", "other seat's", "off the curve", "seat", "page", "proof",
)  # fmt: skip
OPEN = (
    "envelope", "one seat fewer", "falling", "factor", "point", "one fewer", "product", "inverse", "word", "body", "U", "page",
)  # fmt: skip
REVEAL = ("envelope", "r", "s", "u", "word", "index", "not live")

bidders, places = mostly(BIDDERS, ANYBODY), st.integers(0, 8)


def act(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Act]:
    """An act by name with drawn arguments."""
    return st.tuples(st.just(name), st.tuples(*arguments))


def faults(known: Sequence[str]) -> st.SearchStrategy[str]:
    """A fault in every third act."""
    return st.one_of(st.just(""), st.just(""), st.sampled_from(known))


waits = act("wait", st.sampled_from(("cutoff", "closing")), st.integers(-3, -1))
later_waits = act("wait", st.sampled_from(("opening", "fallback", "fallback", "void")), st.integers(-3, 0))
submits = act("submit", bidders, faults(SUBMIT))
withdrawals = act("withdraw", bidders, faults(("unknown tender",)))
confirmations = act("confirm", bidders, faults(("unknown tender", "stale terms")))
amendments = act("amend", st.integers(0, 5), st.integers(0, 4))
cancellations = act("cancel", st.integers(0, 1))
deactivations = act("set_active", st.booleans())
debarments = act("debar", st.integers(0, 4))
asks, answers = act("ask"), act("answer")
pages = mostly((0,), (1,))
posts = act("post", places, pages, faults(POST))
opens = act("open", places, pages, faults(OPEN))
reveals = act("reveal", st.integers(0, 40), faults(REVEAL))

bidding = st.one_of(
    submits, submits, submits, withdrawals, confirmations, confirmations, amendments, waits, posts, reveals, deactivations, debarments,
    asks,
)  # fmt: skip
closing = st.one_of(
    submits, submits, withdrawals, confirmations, amendments, posts, opens, reveals, answers, debarments
)
opening = st.one_of(posts, posts, posts, opens, opens, opens, reveals, later_waits, submits, withdrawals)
crowds = st.one_of(st.integers(0, 5), st.integers(1, 5), st.integers(1, len(FIRMS) + 3))
sizes = st.one_of(st.integers(1, 4), st.integers(1, 32))
wrongs = st.builds(Wrong, *(st.lists(st.sampled_from(known), max_size=3) for known in (POST, OPEN, REVEAL)))
endings = st.sampled_from(("shares", "shares", "reveals", "remainder"))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The founded network with more suppliers, openers, committees and versions of the procedure."""
    node = Node(tmp_path_factory.mktemp("anvil"))
    try:
        yield prepared(founded(node))
    finally:
        node.stop()


def prepared(world: World) -> Ground:
    """What all stories share."""
    for version in PROCEDURES[1:]:
        world.send("authority", "ProcedureBook", "adopt", version.as_tuple(), TEXT)
    supplier_of = {"acme": ACME, "acme2": ACME, "beta": BETA}
    newcomers = ("gama", "stale", *FIRMS)
    supplier_of |= {who: hash_of(who) for who in newcomers}
    for who in newcomers:
        world.queue(
            "registrar",
            "SupplierRegistry",
            calldata("SupplierRegistry", "register", (hash_of(who), [address(who)], "{}")),
        )
    world.move_to(world.time + 1)
    for who in ("acme", "beta", "gama", *FIRMS):
        world.queue(who, "SupplierRegistry", calldata("SupplierRegistry", "declareOwners", (1, hash_of(who))))
    world.move_to(world.time + 1)
    member_of = dict(zip(OPENERS, SEATS_OF_OPENING, strict=True))
    for number, who in enumerate(MORE_OPENERS):
        name = f"TEST-MORE-OPENING{number}"
        data = (name, name, number % len(Sector), int(Kind.OPENING), ZERO)
        world.send("authority", "MemberRegistry", "admit", data, address(f"head of {who}"), MANDATE_END)
        newcomer = (address(who), int(Role.OPENER), MANDATE_END)
        world.send(f"head of {who}", "MemberRegistry", "addPerson", *newcomer)
        member_of[who] = member_id(name)
    committees: list[tuple[Committee, tuple[str, ...]]] = [(COMMITTEE, OPENERS)]
    for ordinal, (k, n) in enumerate(PLANS[1:], 2):
        seats = tuple(PEOPLE[(ordinal + place) % len(PEOPLE)] for place in range(n))
        members = tuple(member_of[who] for who in seats)
        made = committee(31337, world.addresses["OpeningCommittee"], members, k, ordinal)
        assert dict(ceremony(world, made, list(seats)))
        committees.append((made, seats))
    chain = CouncilChain(world)
    suppliers = {
        supplier: SupplierFacts.from_tuple(chain.view(supplier_registry.supplier_facts(supplier)))
        for supplier in supplier_of.values()
    }
    officer = Caller(
        address("officer"),
        PersonFacts.from_tuple(chain.view(member_registry.person_facts(address("officer")))),
        MemberFacts.from_tuple(chain.view(member_registry.member_facts(BUYER))),
    )
    return Ground(world, PROCEDURES, committees, member_of, suppliers, supplier_of, officer)


@pytest.mark.timeout(
    3_600
)  # under the profile `long`, or while a failing story is made shorter; seconds without
@settings(max_examples=settings.default.max_examples // 2)
@given(
    plan=st.integers(0, len(PLANS) - 1), version=mostly((0,), (1, 2)), size=sizes, seed=st.integers(0, 1_000), crowd=crowds,
    before=st.lists(bidding, max_size=12), cancelled=mostly((False,), (True,)), around=st.lists(closing, max_size=4),
    after=st.lists(opening, max_size=8), wrong=wrongs, ending=endings, first=places, spare=st.integers(0, 2),
)  # fmt: skip
def test_sealed_bids__random_tender__what_opens_is_what_was_sealed(
    ground: Ground, plan: int, version: int, size: int, seed: int, crowd: int, before: list[Act], cancelled: bool, around: list[Act],
    after: list[Act], wrong: Wrong, ending: str, first: int, spare: int,
) -> None:  # fmt: skip
    note(f"{PLANS[plan]=} {version=} {size=} {seed=} {crowd=} {cancelled=} {ending=} {first=} {spare=}")
    note(f"{before=} {around=} {after=} {wrong=}")
    with ground.world.undone():
        story = Story(ground, plan, version, size, seed)
        story.crowd(crowd)
        story.play(before)
        story.wait("closing", -2)
        if cancelled:
            story.cancel(first % 2)
        story.play(around)
        story.wait("opening", -2)
        story.play(after)
        story.finish(ending, first, spare, wrong)
        story.whole()
