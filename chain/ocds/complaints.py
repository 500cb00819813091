"""Complaints in releases: what they are about, how far they are, what they oblige to. Who complains is withheld: no procedure says that
it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chain.ocds.awards import paper
from chain.ocds.publication import Organisation, Publication
from chain.ocds.values import utc
from chain.types import ComplaintStage, Event, Remedy

__all__ = ["ABOUT_AWARDS", "COMPLAINTS", "filed", "went_on"]

COMPLAINTS = (
    "ComplaintFiled", "ComplaintWithdrawn", "ComplaintAdmitted", "ComplaintRejected", "ComplaintUpheld", "ComplaintDismissed",
    "ComplaintRemedied",
)  # fmt: skip
"""Events of a complaint."""

ABOUT_AWARDS = (ComplaintStage.AWARD, ComplaintStage.OMISSION)
"""Stages whose complaints change the award stage of a process."""

_DECIDED = ("rejected", "upheld", "dismissed")
_PAPER = "complaints"


def filed(
    event: Event, lots: Sequence[str], award: str, body: Organisation, publication: Publication
) -> dict[str, Any]:
    """A new complaint. ``lots``: ids in the order of the terms, empty where none are declared; ``award``: in force for its lot, or ""."""
    args, stage = event.args, ComplaintStage(event.args["stage"])
    told: dict[str, Any] = {
        "id": str(args["complaint"]), "stage": stage.word, "status": "filed", "suspends": stage is not ComplaintStage.OMISSION,
        "date": utc(event.time), "reviewBody": body.reference, "documents": [paper(publication, args["documentHash"], _PAPER, "Complaint")],
    }  # fmt: skip
    if args["lot"] and lots:
        told["relatedLot"] = lots[args["lot"] - 1]
    if stage is ComplaintStage.AWARD and award:
        told["relatedAward"] = award
    return told


def went_on(told: dict[str, Any], event: Event, publication: Publication) -> None:
    """What became of a complaint."""
    told["status"] = event.name.removeprefix("Complaint").lower()
    if told["status"] in _DECIDED:
        told["dateDecided"] = utc(event.time)
    if "remedy" in event.args:
        told["remedy"] = Remedy(event.args["remedy"]).word
    digest = event.args.get("documentHash", "")
    if int(digest or "0x0", 16):
        title = event.name.removeprefix("Complaint")
        told["documents"] = [*told["documents"], paper(publication, digest, _PAPER, title, told["status"])]
