"""views.tree"""

from __future__ import annotations

import pytest

from chain.rules.agreements import amounts_of
from chain.types import LotTerms, MilestoneFacts, MilestoneTerms
from tests.contracts.agreements import (
    BOOK,
    PAPER,
    PLAN,
    VALUE,
    Reason,
    State,
    awarded,
    delivery,
    drafted,
    equal,
    final,
    payment,
    signed,
)
from tests.contracts.awards import Lot, opened
from tests.contracts.complaints import NEVER, Case, Stage
from tests.contracts.tenders import UNKNOWN
from tests.contracts.world import BUYER, ZERO, World, address, hash_of

pytestmark = pytest.mark.evm


def zero(value: object) -> bool:
    """Whether nothing is in it."""
    return all(map(zero, value)) if isinstance(value, tuple) else value in (0, False, ZERO)


def test_facts__unknown__all_zero(world: World) -> None:
    calls = {
        "agreementFacts": (1,), "milestoneOf": (1, 1), "paymentOf": (BUYER, BUYER, PAPER), "changeOf": (1,), "endOf": (1,),
        "agreementOf": (UNKNOWN, 1), "amountOf": (1, 1), "signingOf": (UNKNOWN, 1), "hasRated": (1, PAPER), "agreementCount": (),
    }  # fmt: skip
    for function, args in calls.items():
        assert zero(world.read(BOOK, function, *args)), function
    agreed = signed(world)
    for milestone in (0, 5, 255):
        assert zero(agreed.read("milestoneOf", milestone)) and agreed.read("amountOf", milestone) == 0


def test_signing_of__step_by_step__when_it_may_be_signed(world: World) -> None:
    made = opened(world, {"acme": VALUE, "beta": 1_200})

    def signing() -> tuple[int, int]:
        begins, ends = world.read(BOOK, "signingOf", made.id, 1)
        return begins, ends

    assert signing() == (0, 0)
    made.ready()
    assert signing() == (0, 0)
    end = made.award("acme").time + 3
    assert signing() == (end, end + 60)
    for at, expected in (
        (end - 1, Lot.STANDSTILL),
        (end, Lot.FINAL),
        (end + 59, Lot.FINAL),
        (end + 60, Lot.LAPSED),
    ):
        world.move_to(at)
        assert (signing(), made.stage()) == ((end, end + 60), expected)
    assert world.read(BOOK, "signingOf", made.id, 2) == (0, 0)


def test_signing_of__exhausted__nothing_to_sign(world: World) -> None:
    made = opened(world, {"acme": VALUE}).ready()
    made.disqualify("acme")
    assert made.facts()["standstillEnds"] != 0
    assert world.read(BOOK, "signingOf", made.id, 1) == (0, 0)


def test_signing_of__complaint__never_while_it_is_open_and_from_its_end(world: World) -> None:
    made = awarded(world)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.AWARD, 1)
    assert world.read(BOOK, "signingOf", made.id, 1) == (NEVER, NEVER)
    world.move_to(world.time + 1_000)
    closed = case.dismiss(number).time
    assert world.read(BOOK, "signingOf", made.id, 1) == (closed, closed + 60)
    assert made.stage() == Lot.FINAL


PLANS = (
    PLAN,
    equal(1),
    equal(32),
    equal(7),
    (payment(1), payment(9_999), delivery()),
    (payment(9_999), delivery(), payment(1)),
)


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
@pytest.mark.parametrize("price", [1, 3, 9_999, 10_000, 2**127 + 1, 2**128 - 1])
def test_amount_of__any_plan_and_value__as_the_rules_say_and_all_of_it(
    world: World, plan: tuple[MilestoneTerms, ...], price: int
) -> None:
    lots = [LotTerms(2**128 - 1)]
    agreed = drafted(world, bids={"acme": price}, lots=lots, terms={"milestones": plan})
    count = range(1, len(plan) + 1)
    milestones = [MilestoneFacts.from_tuple(agreed.read("milestoneOf", number)) for number in count]
    amounts = [agreed.read("amountOf", number) for number in count]
    assert tuple(amounts) == amounts_of(price, milestones)
    assert sum(amounts) == price


def test_life__from_the_draft_to_the_ratings__each_step_as_the_rules_say(world: World) -> None:
    world.send("registrar", "SupplierRegistry", "enrolCitizen", address("ana"))
    agreed = drafted(world, terms={"milestones": equal(2)})
    assert agreed.state() == State.DRAFT
    agreed.sign("officer")
    agreed.sign("acme")
    agreed.change(1_101, reason=Reason.QUANTITY, extension=3_600)
    agreed.propose(1_200, "officer")
    agreed.send("acme", "dropChange", agreed.waiting())
    agreed.deliver(1)
    agreed.send("officer", "refuse", 1, PAPER)
    agreed.accept(1)
    agreed.pay(3, 550, "a")
    agreed.buyer("reversePayment", BUYER, hash_of("a"), PAPER)
    agreed.pay(3, 550, "b")
    agreed.accept(2)
    agreed.buyer("complete", PAPER)
    agreed.pay(4, 551, "c")
    for who, rating in (("ana", 4), ("witness", 5)):
        agreed.send(who, "rate", rating)
    facts = agreed.facts()
    assert (facts["status"], facts["value"], facts["paid"], facts["payments"], facts["version"]) == (
        State.COMPLETED,
        1_101,
        1_101,
        3,
        2,
    )
    assert (facts["ordinary"], facts["extension"], facts["accepted"], facts["lastAmount"]) == (
        101,
        3_600,
        2,
        551,
    )
    assert agreed.pending()["documentHash"] == ZERO
    assert agreed.made.stage() == Lot.SIGNED
    assert tuple(world.read("SupplierRegistry", "ratingsOf", agreed.supplier)) == (1, 5, 1, 4)


def test_life__two_tenders__numbers_go_on_over_all(world: World) -> None:
    first = signed(world)
    second = drafted(world, made=final(world))
    assert (first.number, second.number) == (1, 2)
    assert world.read(BOOK, "agreementOf", first.made.id, 1) == 1
    assert world.read(BOOK, "agreementOf", second.made.id, 1) == 2
