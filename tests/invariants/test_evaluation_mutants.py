"""What the walk of evaluations compares is no empty word: a contract with one passage changed differs where it must, those of record
nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import settings

from chain.types import ComplaintStage, Remedy, TenderStatus
from tests.contracts.world import ZERO, World, hash_of
from tests.invariants.award_mutants import Mutant, compiled, in_place
from tests.invariants.evaluation_mutants import FIRST, MUTANTS
from tests.invariants.evaluation_walk import BIDDERS, PASSED, Differs, Walk, begin

pytestmark = pytest.mark.evm

CHOSEN = tuple(MUTANTS) if settings.default.max_examples > 100 else FIRST
"""All under the profile `long`."""

FIVE = ("evaluator", "judge", "judge2", "expert", "expert2")
GOOD: Mapping[str, Sequence[int]] = {"acme": (91, 7), "beta": (20, 1), "gama": (33, 1), "delta": (7, 10)}
TOO_MANY = {**GOOD, "acme": (101, 7)}


class Story:
    """A walk of right acts and wrong ones."""

    def __init__(self, world: World) -> None:
        self.walk = begin(world, FIVE, pages=2, score_period=30)
        self.act = self.walk.about("result")

    @property
    def reveals(self) -> tuple[int, int]:
        return self.walk.model.ground(self.walk.now).reveals

    def commit(self, *seats: int, points: Mapping[str, Sequence[int]] = GOOD) -> None:
        """One of them gives a point less, so that what is shared by all does not come out even."""
        for seat in seats:
            given = {who: (quality - (seat == 2), term) for who, (quality, term) in points.items()}
            self.walk.commit(self.walk.holder(seat), seat, self.walk.sheet(given, hash_of(f"salt {seat}")))

    def reveal(self, *seats: int) -> None:
        for seat in seats:
            for _ in range(2):
                self.walk.reveal_next(seat)

    def to(self, instant: int) -> None:
        """So that the next block has that time."""
        self.walk.wait(instant - 1)

    def vote(self, act: bytes, *seats: int, support: bool = True) -> None:
        for seat in seats:
            self.walk.vote(self.walk.holder(seat), seat, act, support)

    def decide(self, *failed: str) -> None:
        """By three of five, the independent one against it."""
        indexes = tuple(sorted(map(self.walk.index, failed)))
        self.walk.result = (indexes, (PASSED,) * len(indexes))
        self.act = self.walk.about("result")
        self.walk.call_vote("officer", self.act)
        self.vote(self.act, 1, 2)
        self.walk.decide("officer")
        self.vote(self.act, 3)
        self.walk.decide("officer")
        self.vote(self.act, 0, support=False)
        self.walk.decide("officer")

    def complain(self, who: str, remedy: Remedy) -> None:
        """About the result, and it is upheld."""
        walk = self.walk
        walk.file(who, ComplaintStage.TECHNICAL, 1)
        walk.file(who, ComplaintStage.TECHNICAL, 0)
        number = walk.model.complained
        walk.release("nobody")
        walk.wait(walk.model.tender.technical_ends + 1)
        walk.admit("reviewer", number)
        walk.uphold("reviewer", number, remedy)
        walk.execute("officer", number)

    # Chapters

    def half_revealed(self) -> None:
        """One stopped after a page, another copied, a third is late: no result, and who stopped is replaced."""
        walk = self.walk
        self.commit(0)
        copied = walk.model.sealed[0].commitment
        walk.commit(walk.holder(1), 1, walk.own_sheet(walk.holder(0)), copied)
        self.commit(2, 3)
        self.to(self.reveals[0] - 1)
        walk.reveal_next(0)
        self.to(self.reveals[0])
        self.commit(4)
        self.reveal(0)
        walk.reveal_next(1)
        walk.reveal_next(2)
        who, sheet = walk.holder(2), walk.own_sheet(walk.holder(2))
        walk.reveal(who, 2, 0, sheet, sheet.pages[0], sheet.hashes)
        self.reveal(3)
        walk.call_vote("officer", self.act)
        self.vote(self.act, 0, 1, 2, 3, 4)
        walk.decide("officer")
        self.to(self.reveals[1])
        walk.reveal_next(2)
        walk.decide("officer")
        walk.replace_evaluator("officer", 3, "expert3", ZERO)
        walk.replace_evaluator("officer", 2, "judge3", ZERO)

    def stopped_on_top(self) -> None:
        """The independent one and two more revealed all, a fourth a part; then all anew by three, one of whom gave too much."""
        walk = self.walk
        self.commit(0, 1, 2, 3)
        self.to(self.reveals[0])
        self.reveal(0, 1, 2)
        walk.reveal_next(3)
        self.to(self.reveals[1])
        walk.decide("officer")
        walk.replace_evaluator("officer", 3, "expert3", ZERO)
        self.round_of_three()

    def round_of_three(self) -> None:
        """Scores of three that count, and of one that does not."""
        self.commit(0, 1, 2)
        self.commit(3, points=TOO_MANY)
        self.to(self.reveals[0])
        self.reveal(0, 1, 2, 3)
        self.to(self.reveals[1])

    def awarded(self) -> None:
        """Prices are opened, the one that failed is not; a ranking that left the best out is begun anew; the award by votes."""
        walk = self.walk
        self.to(int(walk.made.window()["openFrom"]) - 1)
        walk.release("nobody")
        walk.release("nobody")
        walk.open_price("beta")
        self.to(int(walk.made.window()["fallbackFrom"]))
        for who in BIDDERS:
            walk.open_price(who)
        for lot in (1, 2):
            walk.tally(lot)
        best, *rest = walk.in_order(1)
        walk.rank(1, rest[:1])
        walk.rank(1, [rest[-1], best])
        walk.rank(1, [best, rest[0]])
        walk.rank(1, rest[1:])
        walk.award("officer", 1)
        act = walk.about("award")
        walk.call_vote("officer", act)
        self.vote(act, 1, 2, 3)
        walk.award("officer", 1)
        self.to(walk.model.ground(walk.now).after(walk.model.votes_on(act).called_at))
        walk.award("officer", 1)
        walk.award("officer", 1)


def tell(world: World) -> Walk:
    """Everything that an evaluation can come to, wrong acts with the right ones. Raises Differs."""
    story = Story(world)
    walk = story.walk
    walk.open_price("acme")
    story.half_revealed()
    story.stopped_on_top()
    walk.call_vote("officer", hash_of("nonsense"))
    walk.decide("officer")
    story.decide("delta")
    story.complain("acme", Remedy.REDO_TECHNICAL)
    story.decide()
    story.complain("beta", Remedy.RESCORE)
    story.round_of_three()
    story.decide("delta")
    story.awarded()
    walk.call_vote("officer", hash_of("nonsense"))
    return walk


@pytest.fixture(scope="module")
def codes() -> dict[Mutant, bytes]:
    """Of the mutants."""
    return compiled(CHOSEN)


def test_walk__contracts_of_record__do_what_the_rules_say(network: World) -> None:
    with network.undone():
        walk = tell(network)
        model = walk.model
        assert model.status(walk.now) is TenderStatus.AWARDING
    assert (model.evaluation.round, model.evaluation.results) == (3, 3)
    assert model.out == {walk.index("delta")} and set(model.opened) == set(model.first) - model.out
    assert (model.of(1).facts.price, model.of(2).facts.price) == (930, 0)


@pytest.mark.timeout(900)  # the first one compiles them
@pytest.mark.parametrize("mutant", CHOSEN, ids=str)
def test_walk__contract_with_one_passage_changed__differs_there(
    network: World, codes: dict[Mutant, bytes], mutant: Mutant
) -> None:
    with in_place(network, mutant.contract, codes[mutant]), pytest.raises(Differs) as caught:
        tell(network)
    assert caught.value.about == MUTANTS[mutant]


def test_mutants__each_invariant_of_evaluations__has_one_whose_passage_is_there() -> None:
    assert {mutant.number for mutant in FIRST} == {mutant.number for mutant in MUTANTS} == {33, 34, 35, 36}
    assert all(mutant.source for mutant in MUTANTS)
