"""Technical results in releases: which bids pass and which fail, before any price is known."""

from __future__ import annotations

from typing import Any

from chain.ocds.awards import paper
from chain.ocds.publication import Publication
from chain.types import DisqualificationReason, Event

__all__ = ["judged", "undone"]

Image = dict[str, Any]
_PAPER = "evaluationReports"


def judged(image: Image, event: Event, publication: Publication) -> None:
    """Every opened bid passes but those that TechnicalDecided names; the decision is a document of the tender, and of each of these."""
    args = event.args
    failed = {str(index): reason for index, reason in zip(args["failed"], args["reasons"], strict=True)}
    for detail in _opened(image):
        reason = failed.get(detail["id"])
        detail["status"] = "valid" if reason is None else "disqualified"
        if reason is not None:
            title = f"Disqualified: {DisqualificationReason(reason).word}"
            _told(detail, paper(publication, args["documentHash"], _PAPER, title))
    _told(
        image["tender"],
        paper(publication, args["documentHash"], _PAPER, "Technical result", "technicalResult"),
    )


def undone(image: Image) -> None:
    """The result fell: nothing is decided on any bid."""
    for detail in _opened(image):
        detail["status"] = "pending"


def _opened(image: Image) -> list[dict[str, Any]]:
    return [detail for detail in image["bids"]["details"] if "tenderers" in detail]


def _told(thing: dict[str, Any], document: dict[str, Any]) -> None:
    """The same paper may decide again, for another reason."""
    known = [each for each in thing.get("documents", ()) if each["id"] != document["id"]]
    thing["documents"] = [*known, document]
