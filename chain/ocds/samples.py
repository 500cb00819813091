"""Real published tenders, reduced (data/samples/README.md), and the supplements that make them open tenders of today.

The originals were direct awards: what is played with a sample is a simulation, and whoever shows it says so and prints
``supplement_changes``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.ocds.patch import apply_patch
from chain.ocds.process import release_of
from chain.ocds.profile import data
from chain.ocds.reading import pointer, read_document
from chain.ocds.values import utc

__all__ = [
    "BUYER",
    "SAMPLES",
    "Periods",
    "sample",
    "sample_document",
    "supplement",
    "supplement_changes",
    "write_sample",
]

BUYER = "MX-RFC-GDF9712054NA"
"""Org-id of the buyer of the two samples that can be taken."""

SAMPLES = ("laptops", "cutter", "direct")
"""``direct`` has no supplement: it is there to be refused."""


@dataclass(frozen=True)
class Periods:
    """Unix seconds. Bidding from ``start`` to ``end``, questions until ``enquiries_end``, award until ``award_end``."""

    start: int
    end: int
    enquiries_end: int
    award_end: int

    @classmethod
    def from_now(cls, now: int, length: int = 3_600, enquiry_cutoff: int = 3, award: int = 3_600) -> Periods:
        """Bidding for ``length`` seconds from ``now``; ``enquiry_cutoff`` is that of the procedure (sandbox: 3 s)."""
        return cls(now, now + length, now + length - enquiry_cutoff, now + length + award)


def sample_document(name: str) -> dict[str, Any]:
    """The reduction as it is shipped."""
    return read_document(data("samples", f"{name}.json"))


def supplement(name: str, periods: Periods) -> dict[str, Any]:
    """RFC 7386 patch of the sample's release, with these periods; empty for ``direct``."""
    if name == "direct":
        return {}
    patch: dict[str, Any] = json.loads(data("samples", f"{name}.supplement.json"))
    patch["tender"] |= {
        "tenderPeriod": {"startDate": utc(periods.start), "endDate": utc(periods.end)},
        "enquiryPeriod": {"startDate": utc(periods.start), "endDate": utc(periods.enquiries_end)},
        "awardPeriod": {"startDate": utc(periods.end), "endDate": utc(periods.award_end)},
    }
    return patch


def sample(name: str, periods: Periods) -> dict[str, Any]:
    """``{"ocds", "supplement"}`` as ``POST /v1/tenders`` and ``net.tenders.publish`` take it."""
    patch = supplement(name, periods)
    document = json.loads(data("samples", f"{name}.json"))
    return {"ocds": document, "supplement": patch} if patch else {"ocds": document}


def write_sample(name: str, folder: Path, periods: Periods) -> Path:
    """Writes ``sample`` as ``{name}.json`` into a folder that exists, and returns the path."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(sample(name, periods), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def supplement_changes(document: dict[str, Any], patch: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(pointer into the release, old value, new value) of every leaf the supplement sets; None = absent."""
    old = release_of(document)
    return list(_leaves(old, apply_patch(old, patch), ""))


def _leaves(old: Any, new: Any, at: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _leaves(old.get(key), new.get(key), pointer(at, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _leaves(before, after, pointer(at, index))
    elif old != new:
        yield at, old, new
