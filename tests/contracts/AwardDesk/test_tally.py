"""tally.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import LotFailure, LotTerms
from tests.contracts.awards import (
    DECISION,
    DESK,
    Amounts,
    Lot,
    Offer,
    Opened,
    opened,
    revealed,
    sealed_tender,
)
from tests.contracts.bids import Box, close, declare, open_page, post
from tests.contracts.tenders import UNKNOWN, Status, Tender, publish, status
from tests.contracts.world import BETA, Refusal, World, label, lots, terms

pytestmark = pytest.mark.evm

THREE: dict[str, Amounts] = {"acme": 300, "beta": 100, "gama": 200}
MOST = 2**128 - 1


@pytest.fixture
def of_three(world: World) -> Opened:
    """Three bids are open, none is counted."""
    return opened(world, THREE)


def refusal(
    tender: Opened, *, id: bytes | None = None, lot: int = 1, setup: Any = None, page: int = 0, offers: list[Offer] | None = None,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Counts; all is well but for the changes."""
    given = tender.offers() if offers is None else offers
    args = (id or tender.id, lot, setup or tender.setup, page, given)
    return tender.world.refusal("stranger", DESK, "tally", *args, at=at)


def test_tally__unknown_tender_or_lot__not_found(of_three: Opened) -> None:
    assert refusal(of_three, id=UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)
    for lot in (0, 2, 255):
        assert refusal(of_three, lot=lot) == Refusal("TenderBoardLotNotFound", of_three.id, lot)


def test_tally__bids_not_open__not_opened(world: World) -> None:
    tender = sealed_tender(world, THREE)
    for at in (world.time + 1, tender.tender.deadline, tender.tender.deadline + 1):
        assert refusal(tender, at=at) == Refusal("AwardDeskNotOpened", tender.id, 3)


def test_tally__no_bids__status_wrong(world: World) -> None:
    tender = sealed_tender(world, {})
    end = tender.tender.deadline
    for at, expected in (
        (world.time + 1, Status.ENQUIRIES),
        (end - 1, Status.TENDERING),
        (end, Status.FAILED),
    ):
        assert refusal(tender, at=at) == Refusal("TenderBoardStatusWrong", tender.id, expected)


def test_tally__lot_cancelled__lot_status_wrong(world: World) -> None:
    tender = opened(world, {"acme": (1, 2)}, lots=[LotTerms(9), LotTerms(9)], cancelled=[2], cancel_window=40)
    end = tender.tender.deadline + 40
    for at, expected in ((end - 1, Lot.CANCELLING), (end, Lot.CANCELLED), (end + 1, Lot.CANCELLED)):
        assert refusal(tender, lot=2, at=at) == Refusal("AwardDeskLotStatusWrong", tender.id, 2, expected)
        assert tender.stage(2) == expected
    tender.ready()


def test_tally__ranked_or_failed__lot_status_wrong(world: World, of_three: Opened) -> None:
    of_three.ready()
    assert refusal(of_three) == Refusal("AwardDeskLotStatusWrong", of_three.id, 1, Lot.RANKED)
    failed = opened(world, {"acme": None})
    failed.tally()
    expected = Refusal("TenderBoardStatusWrong", failed.id, Status.FAILED)
    assert refusal(failed) == expected
    half = opened(world, {"acme": (None, 1)}, lots=[LotTerms(9), LotTerms(9)])
    half.tally()
    assert refusal(half) == Refusal("AwardDeskLotStatusWrong", half.id, 1, Lot.FAILED)


def test_tally__counted_to_the_end__unchanged(of_three: Opened) -> None:
    of_three.tally()
    for page in (0, 1):
        assert refusal(of_three, page=page) == Refusal("AwardDeskUnchanged", label("tally"))


@pytest.mark.parametrize("page", [1, 2, 2**249, 2**256 - 1])
def test_tally__another_page__page_invalid(of_three: Opened, page: int) -> None:
    assert refusal(of_three, page=page) == Refusal("AwardDeskPageInvalid", 0, page)


def test_tally__another_setup__setup_mismatch(of_three: Opened) -> None:
    for changed in ([(100_001, 0)], [(100_000, 1)], [(100_000, 0)] * 2, []):
        expected = Refusal("AwardDeskSetupMismatch", of_three.id)
        assert refusal(of_three, setup=(changed, [], [])) == expected


def test_tally__page_falsified__offer_mismatch(of_three: Opened) -> None:
    first, second, third = of_three.offers()
    _, commitment, _ = second

    def like(*amounts: int, index: int = 1, commitment: bytes = commitment) -> list[Offer]:
        return [first, (index, commitment, amounts), third]

    for offers in (
        [first, third],
        [first, third, second],
        [first, first, third],
        like(99),
        like(0),
        like(),
        like(100, 0),
        like(100, commitment=first[1]),
        like(100, index=2),
        like(100, index=7),
    ):
        assert refusal(of_three, offers=offers) == Refusal("AwardDeskOfferMismatch", of_three.id, 1)
    assert refusal(of_three, offers=[]) == Refusal("AwardDeskOfferMismatch", of_three.id, 0)
    assert refusal(of_three, offers=[second, third]) == Refusal("AwardDeskOfferMismatch", of_three.id, 0)
    assert refusal(of_three, offers=[first, second]) == Refusal("AwardDeskOfferMismatch", of_three.id, 2)


def test_tally__more_offers__page_invalid(of_three: Opened) -> None:
    offers = of_three.offers()
    ghost: Offer = (3, bytes(32), (1,))
    for more in (offers[:1], offers, [ghost]):
        expected = Refusal("AwardDeskPageInvalid", 3, 3 + len(more))
        assert refusal(of_three, offers=offers + more) == expected


def test_tally__several_faults__refused_in_order(world: World) -> None:
    tender = sealed_tender(world, THREE)
    call: dict[str, Any] = {"id": UNKNOWN, "lot": 2, "page": 1, "setup": ([], [], []), "offers": []}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardLotNotFound", tender.id, 2), {"lot": 1}),
        (Refusal("AwardDeskNotOpened", tender.id, 3), {}),
    ]
    for expected, repair in steps:
        assert refusal(tender, **call) == expected
        call |= repair
    tender = opened(world, THREE)
    call["id"] = tender.id
    steps = [
        (Refusal("AwardDeskPageInvalid", 0, 1), {"page": 0}),
        (Refusal("AwardDeskSetupMismatch", tender.id), {"setup": tender.setup}),
        (Refusal("AwardDeskOfferMismatch", tender.id, 0), {"offers": tender.offers() * 2}),
        (Refusal("AwardDeskPageInvalid", 3, 6), {}),
    ]
    for expected, repair in steps:
        assert refusal(tender, **call) == expected
        call |= repair


@pytest.mark.parametrize("amount", [0, MOST + 1, 2**255, 2**256 - 2, None])
def test_tally__amount_that_is_none__no_offer(world: World, amount: int | None) -> None:
    most = {"acme": amount, "beta": MOST, "gama": 1}
    tender = opened(world, most, ceiling_binding=False, low_mean_bps=0)
    tender.tally()
    facts = tender.facts()
    assert (facts["offers"], facts["admissible"], facts["sum"], facts["min"]) == (2, 2, MOST + 1, 1)
    assert tender.may_win() == {1, 2}


def test_tally__many_of_the_highest_amounts__summed(world: World) -> None:
    tender = opened(world, {f"firm {number}": MOST for number in range(9)}, ceiling_binding=False)
    tender.tally()
    assert tender.facts()["sum"] == 9 * MOST


@pytest.mark.parametrize(
    ("terms", "changes", "limit"),
    [
        (LotTerms(1_000), {}, 1_000),
        (LotTerms(1_000), {"ceiling_binding": False}, MOST),
        (LotTerms(0), {"ceiling_binding": False}, MOST),
        (LotTerms(1_000, 333), {"market_over_bps": 1_000}, 366),  # 366.3
        (LotTerms(1_000, 333), {}, 1_000),
        (LotTerms(1_000, 0), {"market_over_bps": 1_000}, 1_000),
        (LotTerms(1_000, 990), {"market_over_bps": 1_000}, 1_000),  # 1,089: the ceiling is lower
        (LotTerms(1_000, 990), {"market_over_bps": 1_000, "ceiling_binding": False}, 1_089),
        (LotTerms(MOST, MOST), {"market_over_bps": 10_000}, MOST),
    ],
)
def test_tally__ceiling_and_market__may_win_up_to_the_limit(
    world: World, terms: LotTerms, changes: dict[str, Any], limit: int
) -> None:
    above = min(limit + 1, MOST)
    tender = opened(world, {"acme": limit - 1, "beta": limit, "gama": above}, lots=[terms], **changes)
    tender.tally()
    winning = {0, 1} if above > limit else {0, 1, 2}
    assert tender.may_win() == winning
    assert tender.facts()["offers"] == 3


@pytest.mark.parametrize(
    ("bids", "least", "failure"),
    [
        ({"acme": None}, 1, LotFailure.TOO_FEW_OFFERS),
        ({"acme": 0, "beta": 1}, 2, LotFailure.TOO_FEW_OFFERS),
        ({"acme": 100_001}, 1, LotFailure.NO_ACCEPTABLE_BID),
        ({"acme": 100_001, "beta": None}, 2, LotFailure.TOO_FEW_OFFERS),
        ({"acme": 100_001, "beta": 2**128 - 1}, 2, LotFailure.NO_ACCEPTABLE_BID),
        ({"acme": 100_001, "beta": 100_000}, 2, LotFailure.NONE),
        ({"acme": 1}, 1, LotFailure.NONE),
    ],
)
def test_tally__last_page__fails_for_want_of_offers(
    world: World, bids: dict[str, Amounts], least: int, failure: LotFailure
) -> None:
    tender = opened(world, bids, min_bids=least)
    event = tender.tally().event
    assert event.args["failure"] == tender.facts()["failure"] == failure
    failed = failure != LotFailure.NONE
    assert tender.stage() == (Lot.FAILED if failed else Lot.WAITING)
    assert tender.read("failedLots") == (1 if failed else 0, 0)
    assert status(world, tender.tender) == (Status.FAILED if failed else Status.AWARDING)


def test_tally__bids_withdrawn__their_places_are_passed_over(world: World) -> None:
    bids: dict[str, Amounts] = {"acme": 5, "beta": 6, "gama": 7, "delta": 8}
    tender = opened(world, bids, withdrawn=["acme", "gama"])
    offers = tender.offers()
    assert [index for index, *_ in offers] == [1, 3]
    ghost: Offer = (0, bytes(32), (5,))
    assert refusal(tender, offers=[ghost, *offers]) == Refusal("AwardDeskOfferMismatch", tender.id, 1)
    assert tender.tally().event.args["admissible"] == 0b1010
    assert tender.facts()["tallied"] == 4
    tender.rank("beta", "delta")
    assert tender.ranking() == [1, 3]


def test_tally__bid_that_lapsed__its_place_is_passed_over_under_the_last_setup(world: World) -> None:
    tender = sealed_tender(world, {"acme": 5, "beta": 6, "gama": 60_000})
    old = tender.setup
    new = terms(tender.tender.deadline, setup=lots(1, 50_000))
    args = (tender.id, tender.tender.hash, new.as_tuple(), "{}")
    world.send("officer", "TenderBoard", "amend", *args)
    tender.tender = Tender(tender.id, new, "{}", tender.tender.published_at)
    for who in ("acme", "gama"):
        world.send(who, "BidBox", "confirm", tender.id, tender.tender.hash)
    del tender.sealed["beta"]
    revealed(tender)
    assert refusal(tender, setup=old) == Refusal("AwardDeskSetupMismatch", tender.id)
    tender.tally()
    assert (tender.facts()["offers"], tender.may_win()) == (2, {0})
    tender.rank("acme")
    tender.award("acme")


def test_tally__opened_by_the_committee__counts_what_its_events_say(world: World) -> None:
    tender = publish(world)
    declare(world, "acme", "beta")
    box = Box(world, tender)
    box.submit("acme", 700)
    box.submit("beta", 600)
    close(box)
    for seat in (1, 3):
        post(box, seat)
    told = [event.args for event in open_page(box, 1, 3).events if event.name == "BidOpened"]
    offers = [(each["index"], each["docCommit"], each["amounts"]) for each in told]
    setup = tender.terms.setup.as_tuple()
    world.send("stranger", DESK, "tally", tender.id, 1, setup, 0, offers)
    world.send("stranger", DESK, "rank", tender.id, 1, setup, offers[::-1])
    award = world.send("officer", DESK, "award", tender.id, 1, BETA, offers[1], DECISION)
    assert award.event.args["price"] == 600


def test_tally__all_of_a_page_withdrawn__counts_an_empty_page(world: World) -> None:
    names = [f"firm {number}" for number in range(129)]
    tender = opened(world, dict.fromkeys(names, 5), withdrawn=names[128:])
    tender.tally()
    assert (tender.facts()["tallied"], tender.facts()["offers"]) == (129, 128)


@pytest.mark.parametrize("count", [127, 128, 129, 257])
def test_tally__around_a_page__each_in_its_turn(world: World, count: int) -> None:
    tender = opened(world, {f"firm {number}": 1_000 + number for number in range(count)})
    for page in range(-(-count // 128)):
        offers = tender.offers(page)
        for wrong in (page + 1, page - 1) if page else (page + 1,):
            expected = Refusal("AwardDeskPageInvalid", page, wrong)
            assert refusal(tender, page=wrong, offers=offers) == expected
        event = tender.send("stranger", "tally", 1, tender.setup, page, offers).event
        assert event.args["admissible"] == 2 ** len(offers) - 1
        assert tender.facts()["complete"] is (page == (count - 1) // 128)
    assert tender.may_win() == set(range(count))
    assert tender.facts()["sum"] == sum(1_000 + number for number in range(count))


def test_tally__valid__stores_and_tells(world: World) -> None:
    bids: dict[str, Amounts] = {"acme": (300, None), "beta": (100, 7), "gama": (200_000, 8)}
    tender = opened(world, bids, lots=[LotTerms(100_000), LotTerms(7)])
    nothing = dict.fromkeys(tender.facts(), 0)
    for lot, winning, changes in (
        (1, 0b011, {"sum": 400, "offers": 3, "admissible": 2, "min": 100}),
        (2, 0b010, {"sum": 7, "offers": 2, "admissible": 1, "min": 7}),
    ):
        event = tender.tally(lot).event
        assert (event.name, event.args) == (
            "LotTallied",
            {"id": tender.id, "lot": lot, "page": 0, "admissible": winning, "failure": 0},
        )
        assert tender.facts(lot) == nothing | changes | {"tallied": 3, "complete": True}
        assert tender.stage(lot) == Lot.WAITING


def test_facts__unknown__zero(world: World) -> None:
    tender = publish(world)
    assert set(world.facts(DESK, "lotFacts", tender.id, 1).values()) == {0}
    assert world.read(DESK, "awardStatus", UNKNOWN, 1) == Lot.WAITING
    assert world.read(DESK, "failedLots", UNKNOWN) == (0, 0)
    assert world.read(DESK, "isAdmissible", UNKNOWN, 1, 65_535) is False
    assert world.read(DESK, "isLow", UNKNOWN, 1, 65_535) is False
    assert world.read(DESK, "rankAt", UNKNOWN, 1, 65_535) == 0
