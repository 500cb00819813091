"""rank.tree"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.rules.awards import low_places
from chain.types import LotTerms
from tests.contracts.awards import DESK, Amounts, Lot, Offer, Opened, opened, sealed_tender
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import Refusal, World

pytestmark = pytest.mark.evm

FOUR = {"acme": 300, "beta": 100, "gama": 200, "delta": 200_000}
ORDER = ("beta", "gama", "acme")
OFF: dict[str, Any] = {"low_mean_bps": 0, "low_next_bps": 0}


@pytest.fixture
def of_four(world: World) -> Opened:
    """Four bids are counted; the last is above the ceiling."""
    tender = opened(world, FOUR)
    tender.tally()
    return tender


def refusal(
    tender: Opened, *who: str, id: bytes | None = None, lot: int = 1, setup: Any = None, offers: list[Offer] | None = None,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Ranks these; all is well but for the changes."""
    given = [tender.offer(each) for each in who or ORDER] if offers is None else offers
    args = (id or tender.id, lot, setup or tender.setup, given)
    return tender.world.refusal("stranger", DESK, "rank", *args, at=at)


def test_rank__unknown_tender_or_lot__not_found(of_four: Opened) -> None:
    assert refusal(of_four, id=UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)
    for lot in (0, 2):
        assert refusal(of_four, lot=lot) == Refusal("TenderBoardLotNotFound", of_four.id, lot)


def test_rank__bids_not_open__not_opened(world: World) -> None:
    tender = sealed_tender(world, FOUR)
    assert refusal(tender) == Refusal("AwardDeskNotOpened", tender.id, 4)


def test_rank__cancelled_failed_or_ranked__lot_status_wrong(world: World, of_four: Opened) -> None:
    of_four.rank(*ORDER)
    assert refusal(of_four) == Refusal("AwardDeskLotStatusWrong", of_four.id, 1, Lot.RANKED)
    lots = [LotTerms(9)] * 3
    tender = opened(world, {"acme": (1, None, 1)}, lots=lots, cancelled=[1], cancel_window=40)
    tender.tally(2)
    for lot, expected in ((1, Lot.CANCELLING), (2, Lot.FAILED)):
        found = refusal(tender, "acme", lot=lot)
        assert found == Refusal("AwardDeskLotStatusWrong", tender.id, lot, expected)
    found = refusal(tender, "acme", at=tender.tender.deadline + 40)
    assert found == Refusal("AwardDeskLotStatusWrong", tender.id, 1, Lot.CANCELLED)


def test_rank__tender_failed__status_wrong(world: World) -> None:
    tender = opened(world, {"acme": None})
    tender.tally()
    expected = Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)
    assert refusal(tender, "acme") == expected


def test_rank__not_counted_to_the_end__not_tallied(world: World) -> None:
    tender = opened(world, {f"firm {number}": 5 + number for number in range(129)})
    expected = Refusal("AwardDeskNotTallied", tender.id, 1)
    assert refusal(tender, "firm 0") == expected
    tender.send("stranger", "tally", 1, tender.setup, 0, tender.offers())
    assert refusal(tender, "firm 0") == expected


def test_rank__empty_or_too_long__page_invalid(of_four: Opened) -> None:
    assert refusal(of_four, offers=[]) == Refusal("AwardDeskPageInvalid", 3, 0)
    assert refusal(of_four, *ORDER, "delta") == Refusal("AwardDeskPageInvalid", 3, 4)
    of_four.rank("beta")
    assert refusal(of_four, *ORDER, "delta") == Refusal("AwardDeskPageInvalid", 3, 4)


def test_rank__more_than_a_page__page_invalid(world: World) -> None:
    names = [f"firm {number}" for number in range(130)]
    tender = opened(world, {who: 5 + number for number, who in enumerate(names)}, **OFF)
    tender.tally()
    assert refusal(tender, *names[:129]) == Refusal("AwardDeskPageInvalid", 128, 129)
    tender.rank(*names[:128])
    assert tender.stage() == Lot.WAITING
    assert refusal(tender, *names[127:]) == Refusal("AwardDeskOrderWrong", tender.id, 1, 128)
    event = tender.rank(*names[128:]).event
    assert event.args["place"] == 128
    assert tender.ranking() == list(range(130))


def test_rank__another_setup__setup_mismatch(of_four: Opened) -> None:
    found = refusal(of_four, setup=([(100_000, 1)], [], []))
    assert found == Refusal("AwardDeskSetupMismatch", of_four.id)


def test_rank__may_not_win_or_foreign__not_admissible(world: World, of_four: Opened) -> None:
    found = refusal(of_four, "beta", "gama", "delta")
    assert found == Refusal("AwardDeskNotAdmissible", of_four.id, 1, 3)
    for index in (4, 255, 256, 65_535):
        foreign: list[Offer] = [(index, bytes(32), (50,))]
        expected = Refusal("AwardDeskNotAdmissible", of_four.id, 1, index)
        assert refusal(of_four, offers=foreign) == expected
    other = opened(world, {"acme": 50})
    assert refusal(of_four, offers=[other.offer("acme")]) == Refusal("AwardDeskOfferMismatch", of_four.id, 0)


def test_rank__offer_falsified__offer_mismatch(of_four: Opened) -> None:
    index, commitment, _ = of_four.offer("acme")
    lies: tuple[Offer, ...] = (
        (index, commitment, (99,)),
        (index, bytes(32), (300,)),
        (index, commitment, ()),
    )
    for lie in lies:
        assert refusal(of_four, offers=[lie]) == Refusal("AwardDeskOfferMismatch", of_four.id, index)


@pytest.mark.parametrize("order", [each for each in permutations(ORDER) if each != ORDER])
def test_rank__any_other_order__order_wrong(of_four: Opened, order: tuple[str, ...]) -> None:
    prices = [FOUR[who] for who in order]
    place = next(at for at in (1, 2) if prices[at] < prices[at - 1])
    assert refusal(of_four, *order) == Refusal("AwardDeskOrderWrong", of_four.id, 1, place)


def test_rank__twice__order_wrong(of_four: Opened) -> None:
    found = refusal(of_four, "beta", "beta", "gama")
    assert found == Refusal("AwardDeskOrderWrong", of_four.id, 1, 1)
    of_four.rank("beta", "gama")
    assert refusal(of_four, "gama") == Refusal("AwardDeskOrderWrong", of_four.id, 1, 2)


def test_rank__one_left_out__begun_anew_by_the_least_price_alone(of_four: Opened) -> None:
    for wrong in (("acme",), ("gama", "acme"), ("beta", "acme")):
        with of_four.world.undone():
            of_four.rank(*wrong)
            place = len(wrong)
            assert refusal(of_four, "gama", "acme") == Refusal("AwardDeskOrderWrong", of_four.id, 1, place)
            assert of_four.stage() == Lot.WAITING
            event = of_four.rank("beta", "gama", "acme").event
            assert (event.args["place"], of_four.stage()) == (0, Lot.RANKED)
            assert of_four.ranking() == [1, 2, 0] and of_four.facts()["last"] == FOUR["acme"]


def test_rank__begun_anew_after_two_parts__low_as_if_never_begun(world: World) -> None:
    names = [f"firm {number}" for number in range(300)]
    prices = {who: 1_000 + 2 * number for number, who in enumerate(names)}
    tender = opened(world, prices, **(OFF | {"low_next_bps": 19}))
    tender.tally()
    for part in (names[:128], names[128:256], [*names[256:258], *names[259:]]):
        tender.rank(*part)
    assert 257 in tender.low()
    for start in range(0, 300, 128):
        tender.rank(*names[start : start + 128])
    expected = low_places(list(prices.values()), tender.tender.terms.setup.lots[0], tender.procedure)
    assert tender.ranking() == list(range(300)) and tender.stage() == Lot.RANKED
    assert set(tender.low()) == expected and 0 < len(expected) < 100


def test_rank__equal_to_the_least_price__goes_on(world: World) -> None:
    tender = opened(world, {"acme": 100, "beta": 100, "gama": 100})
    tender.tally()
    for who in ("acme", "beta", "gama"):
        tender.rank(who)
    assert tender.ranking() == [0, 1, 2]


def test_rank__tie__the_earlier_arrival_first(world: World) -> None:
    bids: dict[str, Amounts] = {"acme": 100, "beta": 100, "gama": 100, "delta": 90}
    tender = opened(world, bids, again=["beta", "acme"])
    tender.tally()
    assert tender.in_order() == ["delta", "gama", "beta", "acme"]
    for wrong, place in ((("delta", "acme", "gama", "beta"), 2), (("delta", "beta", "gama", "acme"), 2)):
        assert refusal(tender, *wrong) == Refusal("AwardDeskOrderWrong", tender.id, 1, place)
    tender.rank("delta", "gama")
    tender.rank("beta")
    tender.rank("acme")
    assert tender.ranking() == [3, 2, 1, 0]


def test_rank__several_faults__refused_in_order(world: World) -> None:
    tender = opened(world, {**FOUR, "eta": 150}, min_bids=1)
    index, commitment, _ = tender.offer("gama")
    lie: Offer = (index, commitment, (1,))
    call: dict[str, Any] = {"id": UNKNOWN, "lot": 2, "setup": ([], [], []), "offers": []}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardLotNotFound", tender.id, 2), {"lot": 1}),
        (Refusal("AwardDeskNotTallied", tender.id, 1), {}),
        (Refusal("AwardDeskPageInvalid", 4, 0), {"offers": [tender.offer("delta"), lie]}),
        (Refusal("AwardDeskSetupMismatch", tender.id), {"setup": tender.setup}),
        (
            Refusal("AwardDeskNotAdmissible", tender.id, 1, 3),
            {"offers": [tender.offer("acme"), lie, tender.offer("beta")]},
        ),
        (
            Refusal("AwardDeskOfferMismatch", tender.id, index),
            {"offers": [tender.offer("acme"), tender.offer("gama")]},
        ),
        (Refusal("AwardDeskOrderWrong", tender.id, 1, 1), {}),
    ]
    for number, (expected, repair) in enumerate(steps):
        if number == 3:
            tender.tally()
        assert refusal(tender, **call) == expected
        call |= repair


@pytest.mark.parametrize("parts", [(ORDER,), (ORDER[:1], ORDER[1:]), tuple((who,) for who in ORDER)])
def test_rank__valid_in_parts__stores_and_tells(of_four: Opened, parts: tuple[tuple[str, ...], ...]) -> None:
    before = of_four.facts()
    place = 0
    for part in parts:
        assert of_four.stage() == Lot.WAITING
        event = of_four.rank(*part).event
        indexes = tuple(map(of_four.index, part))
        assert (event.name, event.args) == (
            "LotRanked",
            {"id": of_four.id, "lot": 1, "place": place, "indexes": indexes},
        )
        place += len(part)
        assert of_four.facts() == before | {"ranked": place, "last": FOUR[part[-1]]}
    assert of_four.stage() == Lot.RANKED
    assert of_four.ranking() == [1, 2, 0]


@pytest.mark.parametrize(
    ("bids", "changes", "terms", "low"),
    [
        # beside the mean of the others: 60 of 100
        ([60, 100, 100], {"low_mean_bps": 4_000}, LotTerms(200), [0]),
        ([61, 100, 100], {"low_mean_bps": 4_000}, LotTerms(200), []),
        ([59, 100, 100], {"low_mean_bps": 4_000}, LotTerms(200), [0]),
        ([59, 60, 197, 197], {"low_mean_bps": 4_000}, LotTerms(200), [0, 1]),
        ([5], {"low_mean_bps": 4_000}, LotTerms(200), []),
        ([1, 200], {"low_mean_bps": 0}, LotTerms(200), []),
        ([1, 200], {"low_mean_bps": 10_000}, LotTerms(200), []),
        # beside the next: 70 of 100
        ([70, 100, 100], {"low_next_bps": 3_000}, LotTerms(200), [0]),
        ([71, 100, 100], {"low_next_bps": 3_000}, LotTerms(200), []),
        ([49, 70, 100], {"low_next_bps": 3_000}, LotTerms(200), [0, 1]),
        ([100, 100], {"low_next_bps": 3_000}, LotTerms(200), []),
        ([1, 200], {"low_next_bps": 10_000}, LotTerms(200), []),
        # beside the market: 60 of 100, whoever else bids
        ([60], {"market_under_bps": 4_000}, LotTerms(200, 100), [0]),
        ([61], {"market_under_bps": 4_000}, LotTerms(200, 100), []),
        ([59, 60, 61], {"market_under_bps": 4_000}, LotTerms(200, 100), [0, 1]),
        ([60], {"market_under_bps": 4_000}, LotTerms(200, 101), [0]),
        ([61], {"market_under_bps": 4_000}, LotTerms(200, 101), []),  # 60.6
        ([1], {"market_under_bps": 4_000}, LotTerms(200), []),
        ([1], {"market_under_bps": 0}, LotTerms(200, 100), []),
        # what may not win is no other: the mean is that of the admissible
        ([60, 100, 1_000_000], {"low_mean_bps": 4_000}, LotTerms(200), [0]),
        ([61, 100, 1_000_000], {"low_mean_bps": 4_000}, LotTerms(200), []),
    ],
)
def test_rank__low_prices__at_the_edge_of_each_rate(
    world: World, bids: list[int], changes: dict[str, Any], terms: LotTerms, low: list[int]
) -> None:
    tender = opened(
        world, {f"firm {at}": each for at, each in enumerate(bids)}, lots=[terms], **(OFF | changes)
    )
    tender.ready(*(f"firm {at}" for at, each in enumerate(bids) if each <= terms.ceiling))
    assert tender.low() == low


def test_rank__low_beside_the_next_of_a_later_part__marked(world: World) -> None:
    prices = [1_000 * 2**at for at in range(6)]
    tender = opened(
        world, {f"firm {at}": each for at, each in enumerate(prices)}, **(OFF | {"low_next_bps": 5_000})
    )
    tender.tally()
    for at in range(6):
        tender.rank(f"firm {at}")
        assert tender.low() == list(range(at))


@pytest.mark.parametrize("first", [1, 127, 128])
def test_rank__low_over_several_words__each_at_its_place(world: World, first: int) -> None:
    names = [f"firm {number}" for number in range(300)]
    prices = [10_000 + 7 * number for number in range(299)] + [99_999]
    changes = OFF | {"market_under_bps": 5_000, "low_next_bps": 1_000}
    tender = opened(
        world, dict(zip(names, prices, strict=True)), lots=[LotTerms(100_000, 2 * 11_950)], **changes
    )
    tender.tally()
    tender.rank(*names[:first])
    for start in range(first, 300, 128):
        tender.rank(*names[start : start + 128])
    expected = low_places(prices, tender.tender.terms.setup.lots[0], tender.procedure)
    assert set(tender.low()) == expected
    assert 298 in expected and 279 not in expected and max(expected - {298}) > 256
    assert tender.ranking() == list(range(300))


@given(
    prices=st.lists(st.integers(1, 300), min_size=1, max_size=7),
    rates=st.tuples(*[st.sampled_from([0, 1, 3_000, 4_000, 9_999, 10_000])] * 3),
    mean=st.sampled_from([0, 1, 99, 100, 333]),
)
@settings(max_examples=25, deadline=None)
def test_rank__any_prices__low_as_the_rules_say(
    network: World, prices: list[int], rates: tuple[int, int, int], mean: int
) -> None:
    names = ("low_mean_bps", "low_next_bps", "market_under_bps")
    with network.undone():
        bids = {f"firm {at}": each for at, each in enumerate(prices)}
        terms = LotTerms(300, mean)
        tender = opened(network, bids, lots=[terms], **dict(zip(names, rates, strict=True)))
        tender.ready()
        assert set(tender.low()) == low_places(sorted(prices), terms, tender.procedure)


def test_rank__begun_anew_twice__no_mark_of_before_is_left(world: World) -> None:
    """Else anybody could make the best bid abnormally low for good: it has to be explained then, and may be put out."""
    tender = opened(world, {"acme": 700, "beta": 710, "gama": 2_000}, low_mean_bps=0, low_next_bps=3_000)
    tender.tally()
    tender.rank("acme", "gama")
    tender.rank("acme")
    tender.rank("beta", "gama")
    assert (tender.ranking(), tender.low()) == ([0, 1, 2], [1])
