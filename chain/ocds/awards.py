"""Lots, awards and what is said of bids after the opening, in releases.

The fold remembers of a lot, by its number as text: {"valid": how many may win, "out": bids that were put out, in the order of their
places, "awards": how many were made, "award": id of the one in force, "failed"}. A lot is named by its id in the tender where the tender
declares lots, else by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from chain.ocds.publication import Organisation, Publication
from chain.ocds.values import utc
from chain.rules.awards import PAGE
from chain.types import DisqualificationReason, Event, LotFailure

__all__ = ["Awards", "paper"]

Image = dict[str, Any]


class Awards:
    """The awards of the tender whose ``image`` is being made; ``state``: lot -> what is remembered, which grows.

    ``lots``: ids in the order of the terms, empty where none are declared; ``count``: of the terms.
    """

    def __init__(
        self, image: Image, state: dict[str, dict[str, Any]], lots: Sequence[str], count: int, publication: Publication
    ) -> None:  # fmt: skip
        self._image, self._state, self._publication = image, state, publication
        self._lots = lots if len(lots) == count else ()
        self._can_tell = bool(self._lots) or count == 1

    def tallied(self, event: Event) -> bool:
        """Which bids of a page may win; whether the lot failed by it."""
        lot, found = event.args["lot"], int(event.args["admissible"])
        first = int(event.args["page"]) * PAGE
        kept = self._kept(lot)
        kept["valid"] += found.bit_count()
        for bit in range(PAGE):
            for detail in self._details(lot, first + bit):
                detail["status"] = "valid" if found >> bit & 1 else "disqualified"
        return LotFailure(event.args["failure"]) is not LotFailure.NONE

    def ranked(self, lot: int) -> None:
        """How many bids there were, how many may win."""
        if not self._can_tell:
            return
        details = self._image["bids"]["details"]
        offers = [each for each in details if "value" in each and self._is_of(each, lot)]
        name = self._name(lot)
        about = {"relatedLot": name} if self._lots else {}
        shown: dict[str, Any] = {each["id"]: each for each in self._image["bids"].get("statistics", ())}
        for measure, value in (("bids", len(offers)), ("validBids", self._kept(lot)["valid"])):
            one = f"{name}-{measure}"
            shown[one] = {"id": one, "measure": measure, "value": value, **about}
        self._image["bids"]["statistics"] = list(shown.values())

    def out(self, event: Event) -> None:
        """A bid that is out of a lot, and why where somebody decided it."""
        lot, bid = event.args["lot"], event.args["index"]
        out = self._kept(lot)["out"]
        if bid not in out:
            out.append(bid)
        for detail in self._details(lot, bid):
            detail["status"] = "disqualified"
            if event.name == "BidDisqualified":
                reason = DisqualificationReason(event.args["reason"]).word
                told = self._document(
                    event.args["documentHash"], "evaluationReports", f"Disqualified: {reason}"
                )
                # One that was brought back may be put out again, by the same paper.
                known = [each for each in detail.get("documents", ()) if each["id"] != told["id"]]
                detail["documents"] = [*known, told]

    def awarded(
        self, event: Event, supplier: Organisation, price: Callable[[int], dict[str, Any] | None]
    ) -> None:
        """A new award, pending until its standstill is over."""
        args = event.args
        lot, kept = args["lot"], self._kept(args["lot"])
        kept["awards"] += 1
        name = self._name(lot)
        kept["award"] = f"{name}-{kept['awards']}"
        value = price(int(args["price"]))
        details = [detail["id"] for detail in self._details(lot, args["index"])]
        award: dict[str, Any] = {
            "id": kept["award"], "status": "pending", "date": utc(event.time), "suppliers": [supplier.reference],
            "documents": [self._document(args["documentHash"], "awardNotice", "Reasoned decision")],
        }  # fmt: skip
        if value is not None:
            award["value"] = value
        if details:
            award["relatedBid"] = details[0]
        if self._lots:
            award["relatedLots"] = [name]
        if items := self.items_of(lot):
            award["items"] = items
        self._image.setdefault("awards", []).append(award)

    def ended(self, lots: Sequence[int]) -> tuple[bool, list[int]]:
        """Standstills that are over: whether an award became active by it, and the lots that nobody was left to win."""
        active, exhausted = False, []
        for lot in lots:
            kept = self._kept(lot)
            if not kept["award"]:
                exhausted.append(lot)
            for award in self._image.get("awards", ()):
                if award["id"] == kept["award"]:
                    award["status"], active = "active", True
        return active, exhausted

    def fallen(self, lot: int) -> bool:
        """The award in force is cancelled; whether there was one."""
        kept = self._kept(lot)
        for award in self._image.get("awards", ()):
            if award["id"] == kept["award"]:
                award["status"], kept["award"] = "cancelled", ""
                return True
        return False

    def restored(self, lot: int, place: int) -> None:
        """The bid at a place of the ranking is in again."""
        for detail in self._details(lot, self._kept(lot)["out"][place]):
            detail["status"] = "valid"

    def award_of(self, lot: int) -> str:
        """Id of the award in force, "" where there is none."""
        return str(self._kept(lot)["award"])

    def items_of(self, lot: int) -> list[dict[str, Any]]:
        """Items of a lot; all of them where none are declared."""
        items, name = self._image["tender"].get("items", ()), self._name(lot)
        return [item for item in items if not self._lots or item.get("relatedLot") == name]

    def failed(self, lot: int) -> None:
        """A lot that nobody wins."""
        self._kept(lot)["failed"] = True
        if self._lots:
            shown = self._image["tender"]["lots"][lot - 1]
            if shown["status"] != "cancelled":
                shown["status"] = "unsuccessful"

    @property
    def failures(self) -> set[int]:
        """Lots that failed."""
        return {int(lot) for lot, kept in self._state.items() if kept["failed"]}

    def _kept(self, lot: int) -> dict[str, Any]:
        return self._state.setdefault(
            str(lot), {"valid": 0, "out": [], "awards": 0, "award": "", "failed": False}
        )

    def _name(self, lot: int) -> str:
        return self._lots[lot - 1] if self._lots else str(lot)

    def _details(self, lot: int, bid: int) -> list[dict[str, Any]]:
        """What is shown of a bid for a lot. One without any offer is of the whole tender, and wins no lot of it."""
        if not self._can_tell:
            return []
        # Of a bid that offers for lots, the whole is what was decided before its prices were known.
        names = [f"{bid}-{self._name(lot)}", *([] if str(bid) in self._offering else [str(bid)])]
        found = (self._by_id.get(name) for name in names)
        return [each for each in found if each is not None and each["status"] != "withdrawn"]

    @cached_property
    def _by_id(self) -> dict[str, dict[str, Any]]:
        # A bid has a detail a lot: there may be tens of thousands, and a page of a tally looks for 128 of them.
        return {each["id"]: each for each in self._image["bids"]["details"]}

    @cached_property
    def _offering(self) -> set[str]:
        return {
            each["id"].partition("-")[0] for each in self._image["bids"]["details"] if "relatedLots" in each
        }

    def _is_of(self, detail: dict[str, Any], lot: int) -> bool:
        return not self._lots or self._name(lot) in detail.get("relatedLots", ())

    def _document(self, digest: str, kind: str, title: str) -> dict[str, Any]:
        return paper(self._publication, digest, kind, title)


def paper(publication: Publication, digest: str, kind: str, title: str, name: str = "") -> dict[str, Any]:
    """A paper that an act names by its sha256 (0x hex). ``name``: what its id begins with, by default ``kind``."""
    found = digest.removeprefix("0x")
    return {
        "id": f"{name or kind}-{found}", "documentType": kind, "title": title, "url": publication.document_url(found),
        "integrity": [{"scheme": "sha256", "id": found}],
    }  # fmt: skip
