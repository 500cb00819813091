"""Bids and committees as a service tells them to a bidder's or a member's machine: the feed of events, read and judged there.

What is sealed or signed is computed from these public messages, never from what a service makes of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.client import Client
from chain.errors.contracts import (
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteeTooEarly,
    TenderBoardStatusWrong,
)
from chain.errors.opening import NoticesDiffer, ReceiptForeign, ReceiptUnproved
from chain.procurement.bid import Notice
from chain.procurement.opening import PageFile
from chain.procurement.sealed_events import EventSealed
from chain.rules.openings import PAGE, KeysetFacts
from chain.sealing.context import domain_separator
from chain.sealing.receipt import Receipt
from chain.types import ZERO32, Event, TenderStatus, from_hex, instant, moment, to_hex

__all__ = ["Proved", "ToldSealed", "feed", "next_version", "notice_of", "pages", "prove", "require_same"]

_ROWS = 200


def feed(client: Client, type: str, tender: int | None = None) -> Iterator[dict[str, Any]]:
    """Rows of the feed of events, of one type and perhaps of one tender."""
    wanted = f"/events?limit={_ROWS}&type={type}" + ("" if tender is None else f"&tender={tender}")
    after = ""
    while True:
        page = client.get(wanted + (f"&after={after}" if after else ""))
        yield from page["items"]
        if len(page["items"]) < _ROWS:
            return
        after = page["next"]


def pages(client: Client, path: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    after = ""
    while True:
        page = client.get(f"{path}?limit={_ROWS}" + (f"&after={after}" if after else ""))
        items += page["items"]
        after = page["next"]
        if not after:
            return items


def notice_of(client: Client, tender: int) -> Notice:
    """The notice that a service gives, its keyset recomputed here. Raises NoticeWrong."""
    return Notice.from_json(json.dumps(client.get(f"/tenders/{tender}/notice")).encode())


def require_same(here: Notice, there: Notice) -> None:
    """Two services say the same of a tender. Raises NoticesDiffer."""
    if here == there:
        return
    mine, other = (json.loads(each.to_json()) for each in (here, there))
    part = next(name for name in mine if mine[name] != other.get(name))
    if part == "keyset":
        raise NoticesDiffer(part, mine[part]["id"], other[part]["id"])
    raise NoticesDiffer(part, str(mine[part]), str(other.get(part)))


def next_version(client: Client, tender: int, account: str) -> int:
    """One more than the last version of the bid of the account's supplier."""
    found = client.get(f"/tenders/{tender}/bids?account={account}")["items"]
    return max((each["version"] for each in found), default=0) + 1


class ToldSealed(EventSealed):
    """What a service's feed tells of bids and committees."""

    def __init__(self, client: Client) -> None:
        network = client.get("/network")
        super().__init__(network["chainId"], network["contracts"], self._read)
        self._client = client
        self._period = int(network["period"])

    def window(self, number: int) -> tuple[bytes, int]:
        """Keyset and last terms version of a tender."""
        tender = self._client.get(f"/tenders/{number}")
        return from_hex(tender["keysetId"]), int(tender["termsVersion"])

    def phase(self, number: int) -> int:
        """The envelope that is due."""
        return max(
            (row["args"]["envelope"] for row in feed(self._client, "EnvelopeReleased", number)), default=0
        )

    def holder(self, number: int) -> KeysetFacts:
        """The keyset whose seats post shares for a tender. Raises OpeningCommitteeKeysetNotFound."""
        own = self.keyset(self.window(number)[0])
        acting = own if own is None or own.acting in (ZERO32, own.id) else self.keyset(own.acting)
        if acting is None:
            raise OpeningCommitteeKeysetNotFound(to_hex(self.window(number)[0]))
        return acting

    def pages(self, number: int) -> list[int]:
        """Pages that hold a live bid."""
        return sorted({each.index // PAGE for each in self.live(number, self.phase(number))})

    def unopened(self, number: int) -> list[int]:
        """Pages with a live bid that is not open yet."""
        live = self.live(number, self.phase(number))
        return sorted({each.index // PAGE for each in live if not each.opened})

    def page_file(self, number: int, page: int) -> PageFile:
        """A page to make shares of, once the contract and a block period allow it. Raises OpeningCommitteeTooEarly before."""
        envelope = self.phase(number)
        start, clock = self._opens_at(number), self._clock()
        if clock < start + self._period:
            raise OpeningCommitteeTooEarly(number, envelope, moment(start))
        bids = tuple(
            (each.index, each.context.ctx, each.envelope.u) for each in self.live(number, envelope, page)
        )
        return PageFile(number, envelope, page, self.holder(number).id, start, clock, bids)

    def _opens_at(self, number: int) -> int:
        """When the contract takes shares, unix seconds. Raises TenderBoardStatusWrong while a question is open at the deadline."""
        opening = self._client.get(f"/tenders/{number}/opening")
        if opening["openFrom"] is None:
            raise TenderBoardStatusWrong(number, TenderStatus.HELD)
        return max(_seconds(opening["openFrom"]), _seconds(opening["closesAt"]))

    def _clock(self) -> int:
        return _seconds(self._client.get("/network/status")["blockTime"])

    def _read(self, contract: str, names: Sequence[str], subject: bytes | None) -> list[Event]:
        """Events as a node gives them: what is about a tender is asked for with it."""
        events = []
        for name in names:
            key = _subject(contract, name)
            tender = int.from_bytes(subject, "big") if subject is not None and key == "tenderId" else None
            rows = (_event(row) for row in feed(self._client, name, tender))
            events += [event for event in rows if subject is None or event.args[key] == to_hex(subject)]
        return sorted(events, key=lambda event: (event.block, event.tx_index, event.log_index))


def _subject(contract: str, name: str) -> str:
    """The first indexed argument of an event of BidBox or OpeningCommittee."""
    if contract == "BidBox" or name in ("SharesPosted", "BidOpened"):
        return "tenderId"
    return "ceremonyId" if name.startswith(("Ceremony", "Dealing")) else "keysetId"


def _event(row: dict[str, Any]) -> Event:
    block, tx, log = (int(part) for part in row["cursor"].split("."))
    return Event(
        row["contract"], row["type"], row["args"], block, _seconds(row["time"]), row["transaction"], tx, log, ""
    )  # fmt: skip


def _seconds(text: str) -> int:
    return instant(datetime.fromisoformat(text))


@dataclass(frozen=True)
class Proved:
    """What the chain says of a receipt: where its bid is, and whether it still counts. Times unix seconds."""

    index: int
    order: int
    transaction: str
    block: int
    at: int
    superseded_by: int | None
    """Version that replaced it, None while it is the supplier's last."""


def prove(client: Client, receipt: Receipt) -> Proved:
    """Finds the bid of a receipt on the chain and compares every byte of it. Raises ReceiptForeign, ReceiptUnproved."""
    context = receipt.envelopes[0].context
    network = client.get("/network")
    separator = domain_separator(network["chainId"], network["contracts"]["BidBox"])
    if separator != context.separator:
        raise ReceiptForeign(to_hex(context.separator), to_hex(separator))
    rows = list(feed(client, "BidSealed", context.tender))
    mine = {
        row["args"]["envelope"]: row
        for row in rows
        if row["args"]["bidder"].lower() == context.bidder.lower()
        and row["args"]["version"] == context.version
    }
    if not mine:
        raise ReceiptUnproved(context.tender, context.version, "transaction")
    for sealed in receipt.envelopes:
        row = mine.get(sealed.context.envelope)
        said = (
            None
            if row is None
            else [row["args"][name] for name in ("seal", "sealedEnvelope", "declarations")]
        )
        if said != [to_hex(sealed.seal_hash), to_hex(sealed.data), to_hex(receipt.declarations)]:
            raise ReceiptUnproved(context.tender, context.version, f"envelope {sealed.context.envelope}")
    first = mine[0]
    if receipt.transaction not in (None, first["transaction"]):
        raise ReceiptUnproved(context.tender, context.version, "transaction")
    args = first["args"]
    last = max(row["args"]["version"] for row in rows if row["args"]["index"] == args["index"])
    return Proved(
        args["index"], args["order"], first["transaction"], first["block"], _seconds(first["time"]),
        last if last != context.version else None,
    )  # fmt: skip
