"""All indicators together: compiled releases -> flags."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from chain.ocds.flags.indicators import INDICATORS, Group
from chain.ocds.flags.prices import main_currency
from chain.ocds.flags.process import Process
from chain.ocds.flags.settings import Settings

__all__ = ["Flag", "by_group", "find"]


@dataclass(frozen=True)
class Flag:
    """``code``: the indicator; ``id``: ocid, or id of the organisation, as ``group`` says; ``value``: see ``Indicator``."""

    code: str
    group: Group
    id: str
    value: float


def find(
    processes: Sequence[Process], settings: Settings | None = None, codes: Collection[str] = tuple(INDICATORS)
) -> list[Flag]:
    """What these indicators raise, each thing once, by code, group and first appearance.

    Of two processes with one ocid the later one is told. The main currency depends on the order of the processes where none is set.
    """
    given = settings or Settings()
    given = replace(given, currency=main_currency(processes, given, codes))
    found: list[Flag] = []
    order = list(Group)
    for code in sorted(codes):
        raised = {(group, each): value for group, each, value in INDICATORS[code].flags(processes, given)}
        found += [
            Flag(code, group, each, value)
            for (group, each), value in sorted(raised.items(), key=lambda one: order.index(one[0][0]))
        ]
    return found


def by_group(flags: Iterable[Flag]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Group -> id -> code -> value, null where it is infinite: the form in which the method's own program gives its results."""
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for flag in flags:
        value = flag.value if math.isfinite(flag.value) else None
        found.setdefault(str(flag.group), {}).setdefault(flag.id, {})[flag.code] = value
    return found
