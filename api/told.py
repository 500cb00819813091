"""Bids and committees as a service tells them to a bidder's or a member's machine: the feed of events, read and judged there.

What is sealed or signed is computed from these public messages, never from what a service makes of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eth_abi.exceptions import EncodingError

from api.client import Client
from chain.errors.client import AnswerUnreadable
from chain.errors.contracts import (
    OpeningCommitteeKeysetNotFound,
    TenderBoardStatusWrong,
)
from chain.errors.opening import NoticesDiffer, NoticeWrong, ReceiptForeign, ReceiptUnproved
from chain.procurement.bid import MAX_VERSION, Notice
from chain.procurement.bidding import lots_of
from chain.procurement.opening import PageFile, page_file
from chain.procurement.sealed_events import EventSealed
from chain.publication import judge
from chain.recorder.index.content import read_object
from chain.rules import canonical, terms_hash
from chain.rules.openings import PAGE, Due, KeysetFacts, check_shares_due
from chain.rules.tenders import NEVER
from chain.sealing.context import domain_separator
from chain.sealing.receipt import Receipt
from chain.types import ZERO32, Event, TenderStatus, Terms, from_hex, instant, to_hex

__all__ = [
    "Proved", "ToldSealed", "feed", "next_version", "notice_file", "notice_in", "notice_of", "opening_told", "pages", "prove",
    "require_same",
]  # fmt: skip

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
    """The notice that a service gives of a tender, for the network that the service says it serves; recomputed here are its keyset, and
    from the published terms their hash, the lots and the currency. Raises NoticeWrong.
    """
    notice = Notice.from_json(json.dumps(client.get(f"/tenders/{tender}/notice")).encode())
    if notice.tender != tender:
        raise NoticeWrong("tender")
    contracts = client.get("/network")["contracts"]
    if notice.separator != domain_separator(notice.keyset.chain_id, contracts["BidBox"]):
        raise NoticeWrong("separator")
    if notice.keyset.committee.lower() != contracts["OpeningCommittee"].lower():
        raise NoticeWrong("committee")
    _require_published(notice, _publications(client, tender))
    return notice


def notice_file(client: Client, tender: int) -> tuple[Notice, bytes]:
    """The same, and a file with what it was held against: the publication of the tender and its addenda. Raises NoticeWrong."""
    notice = notice_of(client, tender)
    found = json.loads(notice.to_json()) | {"published": list(_publications(client, tender))}
    return notice, canonical(found) + b"\n"


def notice_in(data: bytes) -> Notice:
    """The notice in such a file, held against it again: who changes one must change the other, and with it the hash that the contract
    compares. Raises NoticeWrong."""
    notice = Notice.from_json(data)
    _require_published(notice, json.loads(data).get("published"))
    return notice


def _publications(client: Client, tender: int) -> Iterator[dict[str, Any]]:
    for name in ("TenderPublished", "TenderAmended"):
        yield from feed(client, name, tender)


def _require_published(notice: Notice, rows: Any) -> None:
    """The notice says what the published terms with its hash do. The contract takes a bid under the hash of the terms in force alone, so
    that who tells other lots, another order of them or another currency gets no bid received. Raises NoticeWrong."""
    try:
        lots, terms = _published(rows, notice.terms_hash)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, EncodingError) as error:
        raise NoticeWrong(f"published: {type(error).__name__}") from None
    for part, told, published in (
        ("lots", notice.lots, lots),
        ("currency", notice.currency, terms.currency),
        ("exponent", notice.exponent, terms.exponent),
        ("keyset", notice.keyset.id, terms.keyset_id),
    ):
        if told != published:
            raise NoticeWrong(part)


def _published(rows: Iterable[Any], hash: bytes) -> tuple[tuple[str, ...], Terms]:
    """Ids of the lots, and the terms that have this hash, computed here. Raises NoticeWrong where none were published."""
    good: dict[str, Any] = {}
    for row in rows:
        terms, text = Terms.from_args(row["args"]["terms"]), str(row["args"]["json"])
        document, reasons = read_object(text)
        if document is not None and not (reasons or judge(_event(row), good or None)):
            good = document  # as every index does: a text that breaks its rules changes nothing
        if terms_hash(terms, text.encode()) == hash:
            return lots_of(good, len(terms.setup.lots)), terms
    raise NoticeWrong("termsHash")


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
    """One more than the last version of the bid of the account's supplier. Raises AnswerUnreadable where there can be none."""
    found = client.get(f"/tenders/{tender}/bids?account={account}")["items"]
    last = max((each["version"] for each in found), default=0)
    if type(last) is not int or not 0 <= last < MAX_VERSION:
        raise AnswerUnreadable(200, f"version {last} of a bid")
    return last + 1


def opening_told(client: Client, tender: int) -> tuple[Due, int]:
    """What a service says that the opening of a tender depends on (a time is NEVER while a question holds it), and the network's time."""
    told = client.get(f"/tenders/{tender}/opening")
    closes, opens, fallback, void = (
        NEVER if told[name] is None else _seconds(told[name]) for name in ("closesAt", "openFrom", "fallbackFrom", "voidFrom")
    )  # fmt: skip
    due = Due(tender, told["stopped"], closes, opens, fallback, void, told["envelope"])
    return due, _seconds(client.get("/network/status")["blockTime"])


class ToldSealed(EventSealed):
    """What a service's feed tells of bids and committees.

    ``own_time``: this machine's, unix seconds: shares are due when it says so too, and not for the service's word alone. None where
    the chain's time is nobody else's, as in a sandbox.
    """

    def __init__(self, client: Client, own_time: int | None = None) -> None:
        network = client.get("/network")
        self._own_time = own_time
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
        """A page to make shares of. Raises as ``check_shares_due`` until the contract takes them and a block period has passed."""
        due, clock = self.require_due(number)
        return page_file(self, number, due.phase, page, self.holder(number).id, due.open_from, clock)

    def require_due(self, number: int, envelope: int | None = None) -> tuple[Due, int]:
        """What the opening depends on, and the time, once shares of an envelope may be sent; None: of the one that is due.

        Raises as ``check_shares_due``, and TenderBoardStatusWrong while a question is open at the deadline.
        """
        due, clock = opening_told(self._client, number)
        if due.open_from == NEVER and not due.stopped:
            raise TenderBoardStatusWrong(number, TenderStatus.HELD)
        if self._own_time is not None:
            clock = min(clock, self._own_time)
        check_shares_due(due, due.phase if envelope is None else envelope, clock, self._period)
        return due, clock

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
    status: str
    """``sealed``, ``opened``, ``superseded``, ``withdrawn``, ``lapsed``: not confirmed for the tender's last terms, or ``excluded``."""
    superseded_by: int | None
    """Version that replaced it, None while it is the supplier's last."""


def prove(client: Client, receipt: Receipt) -> Proved:
    """Finds the bid of a receipt on the chain and compares every byte of it. Raises ReceiptForeign, ReceiptUnproved.

    An account may have acted for two suppliers, one after the other, each with a bid of this version: the seal tells which is meant.
    Where the bytes are the same the bid is, also in another transaction than the receipt's: a block that was lost may have come again.
    """
    context = receipt.envelopes[0].context
    network = client.get("/network")
    separator = domain_separator(network["chainId"], network["contracts"]["BidBox"])
    if separator != context.separator:
        raise ReceiptForeign(to_hex(context.separator), to_hex(separator))
    rows = list(feed(client, "BidSealed", context.tender))
    mine = [
        row
        for row in rows
        if row["args"]["bidder"].lower() == context.bidder.lower()
        and row["args"]["version"] == context.version
    ]
    if not mine:
        raise ReceiptUnproved(context.tender, context.version, "transaction")
    found = []
    for sealed in receipt.envelopes:
        wanted = {
            "envelope": sealed.context.envelope, "seal": to_hex(sealed.seal_hash), "sealedEnvelope": to_hex(sealed.data),
            "declarations": to_hex(receipt.declarations),
        }  # fmt: skip
        row = next((row for row in mine if wanted.items() <= row["args"].items()), None)
        if row is None:
            raise ReceiptUnproved(context.tender, context.version, f"envelope {sealed.context.envelope}")
        found.append(row)
    first = found[0]
    if {row["transaction"] for row in found} != {first["transaction"]}:
        raise ReceiptUnproved(context.tender, context.version, "transaction")
    args = first["args"]
    status, superseded_by = _standing(client, context.tender, args["index"], context.version)
    return Proved(
        args["index"], args["order"], first["transaction"], first["block"], _seconds(first["time"]), status, superseded_by,
    )  # fmt: skip


def _standing(client: Client, tender: int, index: int, version: int) -> tuple[str, int | None]:
    """What became of a version of a bid, and the version that replaced it."""
    now = client.get(f"/tenders/{tender}/bids/{index}")
    if now["version"] != version:
        return "superseded", now["version"]
    return ("opened" if now["openings"] else str(now["status"])), None
