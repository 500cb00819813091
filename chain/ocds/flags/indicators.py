"""The indicators: processes and settings -> what each one flags. ``settings.currency`` is the main one, as it was set or found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chain.ocds.flags.fences import lower_fence, quantile, upper_fence
from chain.ocds.flags.prices import are_compared, differences, priced
from chain.ocds.flags.process import DISQUALIFIED, VALID, Process
from chain.ocds.flags.settings import Settings

__all__ = ["INDICATORS", "Group", "Indicator", "Raised"]


class Group(StrEnum):
    """What a flag is about; the value is the method's key of it."""

    PROCESS = "OCID"
    BUYER = "Buyer"
    PROCURING_ENTITY = "ProcuringEntity"
    TENDERER = "Tenderer"


Raised = tuple[Group, str, float]
"""What is flagged, its id, the value of the indicator. One that was raised before is the same again."""


def _short_period(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    rule = settings.r003
    for process in processes:
        least = rule.procurement_method_details.get(process.details or "", rule.threshold)
        days = process.days
        if _is_one_of(rule.procurement_methods, process) and days is not None and days < least:
            yield Group.PROCESS, process.ocid, 1.0


def _single_bid(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    for process in processes:
        if _is_one_of(settings.r018.procurement_methods, process) and process.tenderers == 1:
            yield Group.PROCESS, process.ocid, 1.0


def _close_price(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    found = differences(processes, settings)
    fence = _limit(settings.r024, lower_fence, (each.ratio for each in found.values()))
    for ocid, each in found.items():
        # A fence at zero or below would flag nothing, or every tie.
        if fence > 0 and each.ratio <= fence:
            yield Group.PROCESS, ocid, each.ratio
            yield Group.TENDERER, each.winner, 0.0
            yield Group.TENDERER, each.second, 0.0


def _hardly_wins(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    rule = settings.r025
    bids, won = Counter[str](), Counter[str]()
    for process in processes:
        winner = process.winner
        if winner is not None:
            # However many bids one made, it took part once.
            bidders = {
                bid.tenderer for bid in process.bids if bid.status == VALID and bid.tenderer is not None
            }
            bids.update(bidders)
            won.update(bidders & {winner})
    top = quantile(bids.values(), rule.percentile / 100)
    ratios = {tenderer: won[tenderer] / number for tenderer, number in bids.items()}
    fence = _limit(rule.threshold, lower_fence, ratios.values())
    for tenderer, ratio in ratios.items():
        # A fence at zero would flag everybody who never won.
        if fence > 0 and bids[tenderer] >= top and ratio <= fence:
            yield Group.TENDERER, tenderer, ratio


def _same_price(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    for process in processes:
        if not are_compared(process, settings):
            continue
        bidders: dict[tuple[float, str], set[frozenset[str]]] = defaultdict(set)
        for bid in process.submitted:
            if bid.price is not None and bid.ids:
                bidders[bid.price].add(bid.ids)
        for same in bidders.values():
            # Who bids the same price again is no other tenderer.
            if len(same) > 1:
                yield Group.PROCESS, process.ocid, 1.0
                for tenderer in frozenset().union(*same):
                    yield Group.TENDERER, tenderer, 1.0


def _late_winner(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    for process in processes:
        suppliers = {each for award in process.active for each in award.suppliers}
        for bid in process.bids:
            # As the method does, the texts are compared: of dates in one form and zone the later one is the greater.
            if process.end is not None and bid.status == VALID and (bid.date or "") > process.end:
                for tenderer in bid.ids & suppliers:
                    yield Group.PROCESS, process.ocid, 1.0
                    yield Group.TENDERER, tenderer, 1.0


def _others_disqualified(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    for process in processes:
        if not process.is_final:
            continue
        suppliers = {each for award in process.active for each in award.suppliers} - {None}
        valid, out = (
            frozenset().union(*(bid.ids for bid in process.bids if bid.status == status))
            for status in (VALID, DISQUALIFIED)
        )
        others = len(out - valid)
        # Of several winners together nothing follows: one award may be of many bids.
        if len(valid) == 1 and valid == suppliers and others >= max(settings.r035, 1):
            yield Group.PROCESS, process.ocid, float(others)
            for tenderer in valid:
                yield Group.TENDERER, tenderer, 0.0


def _lowest_disqualified(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    for process in processes:
        if not process.active or not are_compared(process, settings):
            continue
        offers = list(priced(process.submitted, settings.currency))
        if any(bid.status == VALID for bid, _ in offers):
            lowest, _ = min(offers, key=lambda offer: offer[1])
            if lowest.status == DISQUALIFIED:
                yield Group.PROCESS, process.ocid, 1.0


def _many_disqualified(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    rule = settings.r038
    least = {
        Group.BUYER: rule.minimum_contracting_processes,
        Group.PROCURING_ENTITY: rule.minimum_contracting_processes,
        Group.TENDERER: rule.minimum_submitted_bids,
    }
    bids, out = ({group: Counter[str]() for group in least} for _ in range(2))
    for process in processes:
        for bid in process.submitted:
            concerned = [(Group.BUYER, process.buyer), (Group.PROCURING_ENTITY, process.procuring_entity)]
            for group, each in [*concerned, *((Group.TENDERER, tenderer) for tenderer in bid.tenderers)]:
                if each is not None:
                    bids[group][each] += 1
                    out[group][each] += bid.status == DISQUALIFIED
    for group, enough in least.items():
        ratios = {each: out[group][each] / number for each, number in bids[group].items() if number >= enough}
        fence = _limit(rule.threshold, upper_fence, ratios.values())
        for each, ratio in ratios.items():
            # A fence at zero would flag all, where hardly any bid is disqualified.
            if fence > 0 and ratio >= fence:
                yield group, each, ratio


def _all_kinds(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    rule = settings.r048
    kinds: dict[str, set[str]] = defaultdict(set)
    won = Counter[str]()
    for process in processes:
        suppliers: set[str] = set()
        for award in process.active:
            # Of several suppliers nobody says who supplies which item.
            if award.supplier is not None and award.items:
                suppliers.add(award.supplier)
                kinds[award.supplier] |= {item[: rule.digits] for item in award.items}
        won.update(suppliers)
    numbers = {
        each: float(len(kinds[each])) for each in kinds if won[each] >= rule.minimum_contracting_processes
    }
    fence = _limit(rule.threshold, upper_fence, numbers.values())
    for supplier, number in numbers.items():
        if number >= fence:
            yield Group.TENDERER, supplier, number


def _far_price(processes: Sequence[Process], settings: Settings) -> Iterator[Raised]:
    found = differences(processes, settings)
    fence = _limit(settings.r058, upper_fence, (each.ratio for each in found.values()))
    for ocid, each in found.items():
        # A fence at zero would flag all, where nearly every second-lowest bid is a tie.
        if fence > 0 and each.ratio >= fence:
            yield Group.PROCESS, ocid, each.ratio
            yield Group.TENDERER, each.winner, 0.0


def _limit(
    threshold: float | None, fence: Callable[[Iterable[float]], float], values: Iterable[float]
) -> float:
    """The one that is set, else the fence of the values."""
    return threshold if threshold is not None else fence(values)


def _is_one_of(methods: Iterable[str], process: Process) -> bool:
    wanted = frozenset(methods)
    return not wanted or process.method in wanted


@dataclass(frozen=True)
class Indicator:
    """``means``: in a few words. Of the groups that it ``measures`` the value is a number of ``unit``; of others it says nothing."""

    means: str
    flags: Callable[[Sequence[Process], Settings], Iterator[Raised]]
    unit: str = ""
    measures: frozenset[Group] = frozenset()


_PROCESSES = frozenset({Group.PROCESS})
_TENDERERS = frozenset({Group.TENDERER})
_ORGANISATIONS = frozenset({Group.BUYER, Group.PROCURING_ENTITY, Group.TENDERER})

INDICATORS: Mapping[str, Indicator] = {
    "R003": Indicator("the time to bid was short", _short_period),
    "R018": Indicator("only one tenderer bid", _single_bid),
    "R024": Indicator("the second-lowest bid is close to the winner's", _close_price, "above it", _PROCESSES),
    "R025": Indicator("wins few of its many bids", _hardly_wins, "of its bids won", _TENDERERS),
    "R028": Indicator("different tenderers bid the same price", _same_price),
    "R030": Indicator("the winner's bid came after the deadline", _late_winner),
    "R035": Indicator(
        "all bids but the winner's were disqualified", _others_disqualified, "disqualified", _PROCESSES
    ),
    "R036": Indicator("the lowest bid was disqualified", _lowest_disqualified),
    "R038": Indicator("many bids were disqualified", _many_disqualified, "of the bids", _ORGANISATIONS),
    "R048": Indicator("supplies very different kinds of things", _all_kinds, "kinds", _TENDERERS),
    "R058": Indicator("the second-lowest bid is far from the winner's", _far_price, "above it", _PROCESSES),
}
"""Code -> indicator, in the order of the codes."""
