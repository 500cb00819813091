"""The shipped sample tenders of a network: files that can be published as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chain.errors.procurement import SampleUnknown
from chain.ocds.samples import SAMPLES, Periods, write_sample

__all__ = ["Samples"]


class Samples:
    """Real published documents with the supplement that makes them open tenders of today; ``now`` tells the head time."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._folder = folder
        self._now = now

    def path(self, name: str, *, length: int = 3600) -> Path:
        """A file with the sample ``laptops``, ``cutter`` or ``direct``, its bidding period ``length`` seconds from now.

        Raises SampleUnknown.
        """
        if name not in SAMPLES:
            raise SampleUnknown(name, ", ".join(SAMPLES))
        self._folder.mkdir(parents=True, exist_ok=True)
        return write_sample(name, self._folder, Periods.from_now(self._now(), length))
