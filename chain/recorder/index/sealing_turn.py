"""Rows of the sealed part's idx tables as the views that readers get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.recorder.index.content import load
from chain.recorder.index.sealing_views import (
    BidRow,
    BoxRow,
    CeremonyRow,
    EnvelopeRow,
    KeysetRow,
    OpeningRow,
    ShareRow,
)
from chain.rules.bids import BidFacts
from chain.rules.openings import KeysetFacts
from chain.types import BidStatus, from_hex

__all__ = ["bid_row", "box_row", "ceremony_row", "envelope_row", "keyset_row", "share_row"]

Found = Mapping[Any, Any]


def box_row(row: Found) -> BoxRow:
    """Of idx_box."""
    return BoxRow(**row)


def bid_row(row: Found) -> BidRow:
    """Of idx_bid."""
    facts = BidFacts(
        row["bid"],
        row["bidder"],
        row["version"],
        row["arrival"],
        row["terms_version"],
        BidStatus(row["status"]),
    )
    return BidRow(
        row["tender"],
        facts,
        row["supplier"],
        row["declarations"],
        row["sealed_at"],
        row["block"],
        row["transaction"],
    )


def envelope_row(row: Found) -> EnvelopeRow:
    """Of idx_envelope."""
    opening = None
    if row["opening"]:
        found = load(row["opening"])
        amounts = tuple(int(amount) for amount in found["amounts"])
        opening = OpeningRow((found["s"]["x"], found["s"]["y"]), found["docCommit"], amounts)
    return EnvelopeRow(
        row["tender"], row["bid"], row["envelope"], row["seal"], row["data"], opening, row["revealed"], row["opened_at"],
        row["transaction"],
    )  # fmt: skip


def share_row(row: Found) -> ShareRow:
    """Of idx_share."""
    shares = tuple(int(value) for value in load(row["shares"]))
    return ShareRow(
        row["tender"], row["envelope"], row["page"], row["keyset"], row["seat"], shares, row["at"], row["block"], row["transaction"]
    )  # fmt: skip


def ceremony_row(row: Found, ordinal: int) -> CeremonyRow:
    """Of idx_ceremony; ``ordinal``: how many were opened up to this one."""
    said = {
        column: {int(number): value for number, value in load(row[column]).items()}
        for column in ("box_keys", "commitments", "dealings", "boxes")
    }
    return CeremonyRow(
        row["id"], ordinal, row["threshold"], tuple(load(row["members"])), row["parent"], tuple(load(row["dealers"])), **said,
        complainant=row["complainant"], accused=row["accused"], answer=row["answer"], opened_at=row["opened_at"], block=row["block"],
    )  # fmt: skip


def keyset_row(row: Found, acting: str) -> KeysetRow:
    """Of idx_keyset; ``acting``: that of the first keyset of its secret."""
    answers = {int(round_): tuple(seats) for round_, seats in load(row["answers"]).items()}
    pk = load(row["pk"])
    facts = KeysetFacts(
        from_hex(row["id"]), row["threshold"], tuple(from_hex(member) for member in load(row["members"])), len(answers.get(0, ())),
        bool(row["ended"]), row["round"], row["rolled_at"], from_hex(row["parent"]),
        from_hex(acting if row["confirmed_at"] else row["id"]),
    )  # fmt: skip
    return KeysetRow(
        facts, row["ceremony"], (int(pk["x"]), int(pk["y"])),
        tuple((int(key["x"]), int(key["y"])) for key in load(row["keys"])), row["transcript"], answers, row["confirmed_at"],
        row["block"],
    )  # fmt: skip
