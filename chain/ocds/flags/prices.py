"""Prices that are compared: those of one currency, in processes where the price decides."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chain.ocds.flags.process import VALID, Bid, Process
from chain.ocds.flags.settings import Settings

__all__ = ["Difference", "are_compared", "differences", "main_currency", "priced"]


@dataclass(frozen=True)
class Difference:
    """``ratio``: by which part of the winning bid the second-lowest one is above it."""

    ratio: float
    winner: str
    second: str


def are_compared(process: Process, settings: Settings) -> bool:
    """Whether the prices of this kind of procedure say something beside one another."""
    if settings.price_comparison:
        return process.details in settings.price_comparison
    return process.details not in settings.no_price_comparison


def priced(bids: Iterable[Bid], currency: str | None) -> Iterator[tuple[Bid, float]]:
    """Those with a price in the currency, and its amount."""
    for bid in bids:
        if bid.price is not None and bid.price[1] == currency:
            yield bid, bid.price[0]


def main_currency(processes: Iterable[Process], settings: Settings, codes: Collection[str]) -> str | None:
    """The one that is set, else the first one that these indicators come upon; None where there is no price to compare."""
    if settings.currency is not None:
        return settings.currency
    for process in processes:
        if not are_compared(process, settings):
            continue
        seen = [*_rivals(process)] if {"R024", "R058"} & set(codes) else []
        seen += process.submitted if "R036" in codes and process.active else []
        for bid in seen:
            if bid.price is not None:
                return bid.price[1]
    return None


def differences(processes: Iterable[Process], settings: Settings) -> Mapping[str, Difference]:
    """ocid -> how far the second-lowest valid bid is from the winning one, where the lowest bid won: else the price did not decide.

    Of a winning price of zero any other one is infinitely far; of two that are zero there is no difference to tell.
    """
    found: dict[str, Difference] = {}
    for process in processes:
        winner = process.winner
        if winner is None or not are_compared(process, settings):
            continue
        offers = [(amount, str(bid.tenderer)) for bid, amount in priced(_rivals(process), settings.currency)]
        own = [amount for amount, tenderer in offers if tenderer == winner]
        others = [offer for offer in offers if offer[1] != winner]
        if not own or not others:
            continue
        won, (amount, second) = min(own), min(others, key=lambda offer: offer[0])
        if amount < won or amount == won == 0:
            continue
        found[process.ocid] = Difference((amount - won) / won if won else math.inf, winner, second)
    return found


def _rivals(process: Process) -> Sequence[Bid]:
    """Valid bids, each of a single tenderer, of a process with a single winner."""
    if process.winner is None:
        return []
    return [bid for bid in process.bids if bid.status == VALID and bid.tenderer is not None]
