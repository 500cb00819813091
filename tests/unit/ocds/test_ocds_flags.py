"""Each indicator on processes of our own making: what raises it, what does not, and what it makes of odd data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.ocds.flags import INDICATORS, Settings, by_group, find, process_of
from chain.ocds.flags.fences import lower_fence, quantile, upper_fence
from chain.ocds.flags.settings import R003, R018, R025, R038, R048

pytestmark = pytest.mark.unit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def bid(
    who: Any, amount: Any = 100, status: str = "valid", currency: str = "MXN", **more: Any
) -> dict[str, Any]:
    """A bid of a tenderer, or of several."""
    ids = who if isinstance(who, list) else [who]
    value = {"amount": amount, "currency": currency}
    return {"status": status, "tenderers": [{"id": each} for each in ids], "value": value, **more}


def award(who: Any, status: str = "active", items: Sequence[str] = ()) -> dict[str, Any]:
    """An award to a supplier, or to several, of items of these classifications."""
    ids = who if isinstance(who, list) else [who]
    return {
        "status": status,
        "suppliers": [{"id": each} for each in ids],
        "items": [{"classification": {"id": each}} for each in items],
    }


def release(
    bids: Sequence[Any] = (), awards: Sequence[Any] = (), ocid: str = "P", buyer: str = "B", **tender: Any
) -> dict[str, Any]:
    """A compiled release."""
    return {
        "ocid": ocid,
        "buyer": {"id": buyer},
        "tender": {"status": "complete", "procuringEntity": {"id": f"{buyer}-unit"}, **tender},
        "bids": {"details": list(bids)},
        "awards": list(awards),
    }


def flags(code: str, *releases: Any, settings: Settings | None = None) -> dict[str, dict[str, float | None]]:
    """Group -> id -> value of one indicator."""
    given = settings or Settings()
    processes = [found for each in releases if (found := process_of(each)) is not None]
    groups = by_group(find(processes, given, [code]))
    return {group: {each: values[code] for each, values in ids.items()} for group, ids in groups.items()}


def period(start: str, end: str, **tender: Any) -> dict[str, Any]:
    """A process with these ends of its tender period."""
    return release(tenderPeriod={"startDate": start, "endDate": end}, **tender)


class TestShortPeriod:
    """R003"""

    START = "2026-03-01T12:00:00Z"

    @pytest.mark.parametrize(
        ("end", "is_raised"),
        [
            ("2026-03-16T11:59:59Z", True),
            ("2026-03-16T12:00:00Z", False),
            ("2026-03-16T14:00:00+02:00", False),
            ("2026-03-16T13:59:59+02:00", True),
            ("2026-02-01T12:00:00Z", True),
            ("2026-03-02", False),
            ("2026-03-02T12:00:00", False),
            ("2026-02-30T12:00:00Z", False),
            ("2026-03-02T12:00:00+05:60", False),
            ("soon", False),
        ],
    )
    def test_period__ends_then__is_raised_below_15_whole_days(self, end: str, is_raised: bool) -> None:
        assert flags("R003", period(self.START, end)) == ({"OCID": {"P": 1.0}} if is_raised else {})

    def test_period__of_a_kind_or_method__is_held_against_its_own_days(self) -> None:
        settings = Settings(r003=R003(10, frozenset({"open"}), {"urgent": 2}))
        end = "2026-03-06T12:00:00Z"

        def raised(**tender: Any) -> bool:
            return bool(flags("R003", period(self.START, end, **tender), settings=settings))

        assert raised(procurementMethod="open")
        assert not raised(procurementMethod="open", procurementMethodDetails="urgent")
        assert not raised(procurementMethod="limited") and not raised()


class TestSingleBid:
    """R018"""

    @pytest.mark.parametrize(
        ("number", "method", "is_raised"),
        [
            (1, "open", True), (1, "selective", True), (1, "limited", False), (1, None, False),
            (2, "open", False), (0, "open", False), (True, "open", False), (1.0, "open", False), ("1", "open", False),
        ],
    )  # fmt: skip
    def test_number_of_tenderers__of_a_method__is_raised_at_one(
        self, number: Any, method: str | None, is_raised: bool
    ) -> None:
        found = flags("R018", release(numberOfTenderers=number, procurementMethod=method))
        assert found == ({"OCID": {"P": 1.0}} if is_raised else {})

    def test_number_of_tenderers__no_methods_set__any_is_looked_at(self) -> None:
        assert flags("R018", release(numberOfTenderers=1), settings=Settings(r018=R018(frozenset())))


def duels(*seconds: Any) -> list[dict[str, Any]]:
    """Processes that W{i} wins at 100 before L{i}, who bids the i-th of these."""
    return [
        release([bid(f"L{i}", second), bid(f"W{i}")], [award(f"W{i}")], ocid=f"P{i}")
        for i, second in enumerate(seconds)
    ]


class TestSecondPrice:
    """R024 and R058"""

    def test_second_price__an_outlier__is_raised_on_its_side(self) -> None:
        processes = duels(101, 120, 120, 121, 122, 120, 180)
        assert flags("R024", *processes) == {"OCID": {"P0": 0.01}, "Tenderer": {"W0": 0.0, "L0": 0.0}}
        assert flags("R058", *processes) == {"OCID": {"P6": 0.8}, "Tenderer": {"W6": 0.0}}

    def test_second_price__all_ties__raises_nothing(self) -> None:
        assert flags("R024", *duels(100, 100, 100)) == flags("R058", *duels(100, 100, 100)) == {}

    def test_second_price__with_a_threshold__is_raised_on_it(self) -> None:
        settings = Settings(r024=0.05, r058=0.5)
        processes = duels(105, 106, 149, 150)
        assert flags("R024", *processes, settings=settings)["OCID"] == {"P0": 0.05}
        assert flags("R058", *processes, settings=settings)["OCID"] == {"P3": 0.5}

    @pytest.mark.parametrize(
        "process",
        [
            release([bid("W"), bid("L", 101)], [award("W", "pending")]),
            release([bid("W"), bid("L", 101)], [award("W"), award("W", "pending")]),
            release([bid("W"), bid("L", 101)], [award("W"), award("L")]),
            release([bid("W"), bid("L", 101)], [award(["W", "L"])]),
            release([bid("W"), bid("L", 99)], [award("W")]),
            release([bid("W"), bid(["L", "M"], 101)], [award("W")]),
            release([bid("W"), bid("L", 101, "disqualified")], [award("W")]),
            release([bid("W"), bid("L", 101, currency="USD")], [award("W")]),
            release([bid("W"), bid("W", 101)], [award("W")]),
            release([bid("L", 101)], [award("W")]),
            release([bid("W", 0), bid("L", 0)], [award("W")]),
            release([bid("W", "100"), bid("L", 101)], [award("W")]),
            release([bid("W", 10**400), bid("L", 101)], [award("W")]),
            release([bid("W"), bid("L", float("inf"))], [award("W")]),
            release([], [award("W")]),
            release([bid("W"), bid("L", 101)]),
            release([bid("W"), bid("L", 101)], [award("W")], procurementMethodDetails="draw"),
        ],
    )  # fmt: skip
    def test_second_price__that_does_not_compare__is_passed_over(self, process: Any) -> None:
        settings = Settings(no_price_comparison=frozenset({"draw"}), currency="MXN", r024=1e9, r058=1e-9)
        assert flags("R024", process, settings=settings) == flags("R058", process, settings=settings) == {}

    def test_second_price__won_for_nothing__is_infinitely_far(self) -> None:
        free = release([bid("W", 0), bid("L", 101)], [award("W")], ocid="F")
        assert flags("R058", *duels(110, 110, 111), free) == {"OCID": {"F": None}, "Tenderer": {"W": 0.0}}
        assert flags("R024", *duels(110, 110, 111), free) == {}

    def test_second_price__earlier_awards_cancelled__is_of_the_one_in_force(self) -> None:
        process = release(
            [bid("W", 110), bid("W"), bid("L", 104), bid("M", 104)], [award("L", "cancelled"), award("W")]
        )
        assert flags("R024", process, settings=Settings(r024=0.04)) == {
            "OCID": {"P": 0.04}, "Tenderer": {"W": 0.0, "L": 0.0},
        }  # fmt: skip

    def test_currency__not_set__is_the_first_that_is_met(self) -> None:
        euro = release([bid("W", currency="EUR"), bid("L", 104, currency="EUR")], [award("W")], ocid="E")
        peso = release([bid("W"), bid("L", 104)], [award("W")])
        settings = Settings(r024=0.05)
        assert set(flags("R024", euro, peso, settings=settings)["OCID"]) == {"E"}
        assert set(flags("R024", peso, euro, settings=settings)["OCID"]) == {"P"}
        pesos = Settings(r024=0.05, currency="MXN")
        assert set(flags("R024", euro, peso, settings=pesos)["OCID"]) == {"P"}

    def test_kinds__that_compare_are_named__no_other_one_is_looked_at(self) -> None:
        settings = Settings(
            r024=0.05, price_comparison=frozenset({"auction"}), no_price_comparison=frozenset({"auction"})
        )
        bids, awards = [bid("W"), bid("L", 104)], [award("W")]
        named = release(bids, awards, ocid="A", procurementMethodDetails="auction")
        assert set(flags("R024", named, release(bids, awards), settings=settings)["OCID"]) == {"A"}


class TestHardlyWins:
    """R025"""

    def processes(self) -> list[dict[str, Any]]:
        """F takes part in all fifteen and wins one, in which G bids too; all others win whatever they bid for."""
        bids = [(winner, [bid("F"), bid("F", 90), bid(winner)]) for winner in "AAABBBCCCDEHIG"]
        return [
            release(each, [award(winner)], ocid=f"P{i}")
            for i, (winner, each) in enumerate([*bids, ("F", [bid("F"), bid("G")])])
        ]

    def test_tenderer__bids_much_and_wins_little__is_raised(self) -> None:
        assert flags("R025", *self.processes()) == {"Tenderer": {"F": 1 / 15}}

    def test_tenderer__with_few_bids__is_raised_from_a_lower_percentile(self) -> None:
        few = [release([bid("N"), bid("F")], [award("F")], ocid=f"Q{i}") for i in range(2)]
        processes = [*self.processes(), *few]
        found = flags("R025", *processes, settings=Settings(r025=R025(threshold=0.5)))
        assert found == {"Tenderer": {"F": 3 / 17}}
        found = flags("R025", *processes, settings=Settings(r025=R025(0, 0.5)))
        assert found == {"Tenderer": {"F": 3 / 17, "G": 0.5, "N": 0.0}}

    def test_winner__without_a_bid__won_none(self) -> None:
        given = release([bid("N")], [award("F")], ocid="Q")
        found = flags("R025", *self.processes(), given, settings=Settings(r025=R025(threshold=0.5)))
        assert found == {"Tenderer": {"F": 1 / 15}}

    def test_tenderers__hardly_anybody_wins__raises_nothing(self) -> None:
        bids = [bid(each) for each in "ABCDEFGH"]
        assert flags("R025", *(release(bids, [award("A")], ocid=f"P{i}") for i in range(5))) == {}


class TestSamePrice:
    """R028"""

    def test_price__of_two_tenderers__is_raised(self) -> None:
        process = release([bid("A"), bid("B", 100.0), bid("C", 101)])
        assert flags("R028", process) == {"OCID": {"P": 1.0}, "Tenderer": {"A": 1.0, "B": 1.0}}

    @pytest.mark.parametrize(
        "bids",
        [
            [bid("A"), bid("A")],
            [bid("A"), bid("B", currency="USD")],
            [bid("A"), bid("B", status="withdrawn")],
            [bid("A"), bid([])],
            [bid(["A", "B"]), bid(["B", "A"])],
        ],
    )
    def test_price__of_one_tenderer_or_another_currency__is_not(self, bids: Any) -> None:
        assert flags("R028", release(bids)) == {}

    def test_price__where_none_compare__is_not(self) -> None:
        settings = Settings(no_price_comparison=frozenset({"draw"}))
        process = release([bid("A"), bid("B")], procurementMethodDetails="draw")
        assert flags("R028", process) and not flags("R028", process, settings=settings)


class TestLateWinner:
    """R030"""

    def process(self, date: str, status: str = "valid", awarded: str = "active") -> dict[str, Any]:
        """A wins with a bid of this date, B's is late as well."""
        bids = [bid("A", date=date, status=status), bid("B", date="2026-04-01T00:00:00Z")]
        return release(bids, [award("A", awarded)], tenderPeriod={"endDate": "2026-03-16T12:00:00Z"})

    def test_winner__bid_after_the_end__is_raised(self) -> None:
        late = self.process("2026-03-16T12:00:01Z")
        assert flags("R030", late) == {"OCID": {"P": 1.0}, "Tenderer": {"A": 1.0}}

    def test_winner__in_time_or_none__is_not(self) -> None:
        assert flags("R030", self.process("2026-03-16T12:00:00Z")) == {}
        assert flags("R030", self.process("2026-03-16T12:00:01Z", status="disqualified")) == {}
        assert flags("R030", self.process("2026-03-16T12:00:01Z", awarded="cancelled")) == {}
        assert flags("R030", release([bid("A", date="2026")], [award("A")])) == {}


class TestOthersDisqualified:
    """R035"""

    def bids(self, *out: str) -> list[Any]:
        """A's is valid, these are disqualified."""
        return [bid("A"), *(bid(each, status="disqualified") for each in out)]

    def test_winner__alone_is_left__is_raised_with_how_many_were_not(self) -> None:
        process = release(self.bids("B", "C", "C", "A"), [award("A")])
        assert flags("R035", process) == {"OCID": {"P": 2.0}, "Tenderer": {"A": 0.0}}
        assert flags("R035", process, settings=Settings(r035=3)) == {}

    @pytest.mark.parametrize(
        ("more", "awards"),
        [
            ([bid("D")], [award("A")]),
            ([], [award("A", "pending")]),
            ([], [award("A"), award("B", "pending")]),
            ([], [award("B")]),
            ([], [award("A"), award("D")]),
            ([bid("D")], [award("A"), award("D")]),
            ([], []),
        ],
    )
    def test_winner__not_alone_or_not_yet__is_not(self, more: Any, awards: Any) -> None:
        assert flags("R035", release([*self.bids("B"), *more], awards)) == {}

    def test_winner__nobody_else_bid__is_not(self) -> None:
        assert flags("R035", release(self.bids(), [award("A")]), settings=Settings(r035=0)) == {}


class TestLowestDisqualified:
    """R036"""

    def test_lowest__disqualified_or_not__is_raised_if_it_was(self) -> None:
        out = bid("B", 90, "disqualified")
        assert flags("R036", release([bid("A"), out], [award("A")])) == {"OCID": {"P": 1.0}}
        for other in (bid("A", 90), bid("C", 80, "pending")):
            assert flags("R036", release([other, out], [award("A")])) == {}
        assert flags("R036", release([bid("A"), out], [award("A", "pending")])) == {}
        assert flags("R036", release([bid("A", "none"), out], [award("A")])) == {}

    def test_lowest__of_several_currencies__is_that_of_the_main_one(self) -> None:
        bids = [bid("A"), bid("B", 90, "disqualified", "USD")]
        assert flags("R036", release(bids, [award("A")])) == {}
        assert flags("R036", release([*bids, bid("C", 95, currency="USD")], [award("A")])) == {}
        dollars = Settings(currency="USD")
        assert flags("R036", release([*bids, bid("C", 95, currency="USD")], [award("A")]), settings=dollars)

    def test_currency__not_set__is_the_first_that_these_indicators_meet(self) -> None:
        bids = [bid("B", 90, "disqualified", "USD"), bid(["C", "D"], 95, currency="USD"), bid("A")]
        process = release(bids, [award("A")])
        elsewhere = release([bid("A", currency="EUR")], ocid="E")
        assert flags("R036", elsewhere, process) == {"OCID": {"P": 1.0}}
        # With others that compare prices the first that is met is the winner's.
        found = process_of(process)
        assert found is not None and "R036" not in {flag.code for flag in find([found])}


class TestManyDisqualified:
    """R038"""

    def test_share__an_outlier__is_raised_of_who_decides_and_who_bids(self) -> None:
        def others(count: int) -> list[dict[str, Any]]:
            bids = [bid("A"), bid("C"), bid("D")]
            return [release(bids, buyer=f"B{i}", ocid=f"P{i}") for i in range(count)]

        bad = release([bid("X", status="disqualified"), bid("X"), bid("A")], buyer="BAD", ocid="Q")
        deciding = {"Buyer": {"BAD": 1 / 3}, "ProcuringEntity": {"BAD-unit": 1 / 3}}
        assert flags("R038", *others(5), bad) == deciding
        found = flags("R038", *others(5), bad, settings=Settings(r038=R038(0.3)))
        assert found == {**deciding, "Tenderer": {"X": 0.5}}
        # Among so many who disqualify nobody the fence is at zero.
        assert flags("R038", *others(12), bad) == {}

    def test_share__of_too_few_bids__is_none(self) -> None:
        process = release([bid("X", status="disqualified")])
        assert flags("R038", process) == {}
        one = Settings(r038=R038(None, 1, 1))
        assert flags("R038", process, settings=one)["Tenderer"] == {"X": 1.0}

    def test_share__nothing_submitted__is_none(self) -> None:
        process = release([bid("X", status="invited"), bid("X", status="withdrawn")])
        assert flags("R038", process, settings=Settings(r038=R038(0.0, 0, 0))) == {}


class TestAllKinds:
    """R048"""

    def test_supplier__of_many_kinds__is_raised_by_the_first_digits(self) -> None:
        settings = Settings(r048=R048(minimum_contracting_processes=1))
        others = [release([], [award(f"S{i}", items=["4321", "4399"])], ocid=f"P{i}") for i in range(5)]
        varied = release([], [award("V", items=["4301", "4302", "50"]), award("V", items=["7211"])], ocid="Q")
        found = flags("R048", *others, varied, settings=settings)
        assert found == {"Tenderer": {"V": 3.0}}
        wide = Settings(r048=R048(2, 3, 1))
        assert flags("R048", *others, varied, settings=wide) == {"Tenderer": {"V": 3.0}}
        assert flags("R048", *others, varied, settings=Settings(r048=R048(4, 4, 1))) == {
            "Tenderer": {"V": 4.0}
        }

    def test_supplier__in_fewer_than_20_processes__is_not(self) -> None:
        def all_of(count: int) -> list[dict[str, Any]]:
            return [release([], [award("V", items=["43", "50"])], ocid=f"P{i}") for i in range(count)]

        assert flags("R048", *all_of(19)) == {}
        assert flags("R048", *all_of(20)) == {"Tenderer": {"V": 2.0}}

    def test_award__of_several_or_not_in_force__counts_for_nobody(self) -> None:
        settings = Settings(r048=R048(2, 1, 1))
        for other in (award(["V", "W"], items=["43"]), award("V", "pending", ["43"]), award("V")):
            assert flags("R048", release([], [other]), settings=settings) == {}


class TestWhatIsLookedAt:
    @pytest.mark.parametrize(
        "document",
        [
            None, [], 5, "text", {}, {"ocid": 7}, {"ocid": None, "tender": {}},
            {"ocid": "P", "tender": {"status": "cancelled"}},
            {"ocid": "P", "tender": {"procurementMethodDetails": "draw"}},
        ],
    )  # fmt: skip
    def test_document__no_process_cancelled_or_excluded__is_none(self, document: Any) -> None:
        assert process_of(document, frozenset({"draw"})) is None

    @given(
        st.fixed_dictionaries(
            {"ocid": st.text(max_size=2)},
            optional={
                "tender": JSON,
                "buyer": JSON,
                "bids": JSON | st.fixed_dictionaries({"details": st.lists(JSON, max_size=3)}),
                "awards": JSON | st.lists(JSON, max_size=3),
            },
        ),
        st.dictionaries(
            st.sampled_from(["status", "value", "tenderers", "suppliers", "items", "date"]),
            JSON | st.just("valid") | st.just([{"id": "A"}]) | st.just({"amount": 5, "currency": "MXN"}),
        ),
    )
    def test_document__anything_in_it__is_passed_over(self, document: Any, part: Mapping[str, Any]) -> None:
        whole = document | {"bids": {"details": [part, bid("A")]}, "awards": [part, award("A")]}
        processes = [found for each in (document, whole) if (found := process_of(each)) is not None]
        settings = Settings(r024=1.0, r058=0.1, r048=R048(2, 1, 1), r025=R025(0, 1.0))
        for flag in find(processes, settings):
            assert flag.code in INDICATORS and isinstance(flag.value, float)

    def test_find__all_together__is_each_alone(self) -> None:
        processes = [
            found
            for each in [
                *duels(101, 120, 120, 121, 100),
                period("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"),
            ]
            if (found := process_of(each)) is not None
        ]
        alone = [flag for code in INDICATORS for flag in find(processes, codes=[code])]
        assert find(processes) == alone != []

    def test_find__nothing__is_nothing(self) -> None:
        assert find([]) == [] and by_group([]) == {}


class TestFences:
    def test_quantile__of_few__is_worked_out_by_hand(self) -> None:
        assert quantile([3.0], 0.25) == 3.0
        assert quantile([1.0, 2.0], 0.25) == 1.0 and quantile([2.0, 1.0], 0.75) == 2.0
        # 10 values: place (10 + 1/3)/4 + 1/3 = 2.91666..., so 11/12 of the way from the second to the third.
        assert quantile(map(float, range(10, 0, -1)), 0.25) == pytest.approx(2 + 11 / 12, abs=1e-12)
        assert quantile([1.0, 5.0], 0.0) == 1.0 and quantile([1.0, 5.0], 1.0) == 5.0

    @pytest.mark.parametrize("part", [-0.1, 1.1])
    def test_quantile__of_none_or_of_no_part__is_beside_every_number(self, part: float) -> None:
        for nothing in (quantile([], 0.5), quantile([1.0], part), lower_fence([]), upper_fence([])):
            assert not (nothing <= 0 or nothing >= 0)

    def test_fences__rounded_once__are_the_nearest_doubles(self) -> None:
        low, high = 0.1, 1.3
        assert lower_fence([high, low]) == -1.7 != low - 1.5 * (high - low)
        assert upper_fence([high, low]) == 3.1 != high + 1.5 * (high - low)

    @given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
    def test_fences__of_any_numbers__do_not_fail(self, values: list[float]) -> None:
        assert isinstance(lower_fence(values), float) and isinstance(upper_fence(values), float)

    @given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 30), st.floats(0, 1))
    def test_quantile__of_equal_numbers__is_that_number(self, value: float, count: int, part: float) -> None:
        assert quantile([value] * count, part) == value
