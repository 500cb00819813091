"""The invariants of awards are no empty words: a contract that breaks one is caught by its number, the contract of record by none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

from chain.bindings import award_desk, supplier_registry
from chain.transactions import Call
from chain.types import DisqualificationReason, LotStatus, LotTerms, TenderStatus
from tests.contracts.awards import DECISION, Opened, opened, supplier_of
from tests.contracts.world import World
from tests.invariants.award_facts import INVARIANTS, Broken, Seen, Watch, fixed_of
from tests.invariants.award_mutants import FIRST, MUTANTS, Mutant, compiled, in_place
from tests.invariants.test_tender_rules import Chain

pytestmark = pytest.mark.evm

CHOSEN = MUTANTS if settings.default.max_examples > 100 else FIRST
"""All under the profile `long`."""

OUT = int(DisqualificationReason.NOT_QUALIFIED)
MANY = 20
"""Bids for a lot whose award takes more gas the more there are, if it does."""


class Story:
    """Acts on a tender, right ones and wrong ones; whatever the contract makes of each, the invariants are looked at."""

    def __init__(self, world: World, bids: dict[str, Any], **options: Any) -> None:
        self.chain = Chain(world)
        self.tender: Opened = opened(world, bids, **options)
        self.watch = Watch(self.chain, fixed_of(self.chain, self.tender))
        self.lots = range(1, len(self.watch.fixed.setup.lots) + 1)
        self.require()

    def require(self, logs: int = 1) -> Seen:
        """Raises Broken."""
        return self.watch.require(self.lots, logs)

    def attempt(self, who: str, call: Call) -> None:
        """Sends the call, and looks. Raises Broken."""
        events = self.chain.attempt(who, call)
        if events is None:
            self.require()
            return
        for event, gas in events:
            if event.contract == "AwardDesk":
                self.watch.note(event, gas)
        self.require(len(events))

    def move_around(self, end: int) -> None:
        """To the second before, the second itself and the one after."""
        for at in (end - 1, end, end + 1):
            self.chain.world.move_to(at)
            self.require()

    def tally(self, lot: int) -> None:
        offers = self.tender.offers()
        self.attempt("nobody", award_desk.tally(self.tender.id, lot, self.tender.setup, 0, offers))

    def rank(self, lot: int, *who: str) -> None:
        offers = [self.tender.offer(each) for each in who]
        self.attempt("nobody", award_desk.rank(self.tender.id, lot, self.tender.setup, offers))

    def award(self, lot: int, who: str) -> None:
        self.attempt(
            "officer",
            award_desk.award(self.tender.id, lot, supplier_of(who), self.tender.offer(who), DECISION),
        )

    def disqualify(self, lot: int, who: str, reason: int = OUT) -> None:
        self.attempt(
            "officer", award_desk.disqualify(self.tender.id, lot, self.tender.index(who), reason, DECISION)
        )

    def drop(self, lot: int, who: str) -> None:
        self.attempt("nobody", award_desk.drop_ineligible(self.tender.id, lot, supplier_of(who)))

    def act(self, who: str, call: Call) -> None:
        """Another contract's; it goes through."""
        assert self.chain.attempt(who, call)


def tell(world: World) -> Seen:
    """The first lot is awarded to the second after all that may not be, the second lot is exhausted, for the third nobody may win, the
    fourth is cancelled."""
    bids = {
        "acme": (350, 500, None, 1), "beta": (700, 500, 1_001, None), "gama": (700, 600, 1_001, None),
        "delta": (1_001, 400, None, 1),
    }  # fmt: skip
    story = Story(
        world, bids, lots=[LotTerms(1_000)] * 4, cancelled=[4], cancel_window=120, low_mean_bps=5_000, low_next_bps=0,
        curing_window=9, explanation_window=9, standstill=20,
    )  # fmt: skip
    id, index = story.tender.id, story.tender.index
    for lot in (1, 2, 3, 4):
        story.tally(lot)
    for wrong in (
        ("acme", "acme", "beta"),
        ("beta", "acme", "gama"),
        ("acme", "gama", "beta"),
        ("acme", "beta", "gama", "delta"),
    ):
        story.rank(1, *wrong)
    story.rank(1, "acme", "beta", "gama")
    story.award(1, "gama")
    story.award(1, "acme")
    story.drop(1, "acme")
    story.disqualify(1, "acme", reason=0)
    story.attempt("officer", award_desk.ask_curing(id, index("acme"), DECISION))
    story.attempt("acme", award_desk.cure(id, index("acme"), DECISION))
    story.attempt("officer", award_desk.ask_explanation(id, 1, index("acme"), DECISION))
    story.attempt("acme", award_desk.explain(id, 1, index("acme"), DECISION))
    story.act("reviewer", supplier_registry.debar(supplier_of("acme"), world.time + 900, DECISION))
    story.award(1, "acme")
    story.drop(1, "acme")
    story.award(1, "gama")
    story.award(1, "beta")
    story.award(1, "gama")
    story.disqualify(1, "gama")
    story.rank(2, "delta", "acme", "beta", "gama")
    for who in ("delta", "acme", "beta", "gama"):
        story.disqualify(2, who)
    for lot in (1, 2):
        story.move_around(story.require().lots[lot].facts.standstill_ends)
    story.move_around(story.watch.fixed.cancels[4].cancels_at)
    exhausted = Story(world, {"beta": 900}, standstill=20)
    exhausted.tally(1)
    exhausted.rank(1, "beta")
    exhausted.disqualify(1, "beta")
    exhausted.move_around(exhausted.require().lots[1].facts.standstill_ends)
    crowd = Story(
        world, {f"firm {number}": 900 + number for number in range(MANY)}, low_mean_bps=0, low_next_bps=0
    )
    crowd.tally(1)
    crowd.rank(1, *crowd.tender.in_order())
    crowd.award(1, "firm 0")
    return story.require()


@pytest.fixture(scope="module")
def codes() -> dict[Mutant, bytes]:
    """Of the mutants."""
    return compiled(CHOSEN)


def test_invariants__contracts_of_record__hold(network: World) -> None:
    with network.undone():
        seen = tell(network)
    assert [seen.lots[lot].status for lot in (1, 2, 3, 4)] == [
        LotStatus.LAPSED, LotStatus.FAILED, LotStatus.FAILED, LotStatus.CANCELLED,
    ]  # fmt: skip
    assert seen.status is TenderStatus.AWARDING


@pytest.mark.timeout(900)  # the first one compiles them
@pytest.mark.parametrize("mutant", CHOSEN, ids=str)
def test_invariants__contract_with_one_passage_changed__broken_by_number(
    network: World, codes: dict[Mutant, bytes], mutant: Mutant
) -> None:
    with in_place(network, mutant.contract, codes[mutant]), pytest.raises(Broken) as caught:
        tell(network)
    assert mutant.number in caught.value.numbers


def test_invariants__each_that_is_looked_at__has_a_mutant_whose_passage_is_there() -> None:
    assert {mutant.number for mutant in FIRST} == set(INVARIANTS)
    assert all(mutant.source for mutant in MUTANTS)
