"""Opening a tender: a seat's shares of its pages, on line or by files, and the combination of k of them.

A share travels on a page of 32 bids. For a machine without a network the page is a file (``PageFile``), and so is what comes back
(``SharesFile``): the machine that holds the secret reads one and writes the other.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.errors.base import LicitaError
from chain.errors.contracts import OpeningCommitteePageDone, OpeningCommitteeSharesMissing
from chain.errors.opening import PageBidForeign, ShareNotHeld, SharesFileWrong
from chain.procurement.committee import SeatHolder
from chain.procurement.live import LiveFacts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed import Live
from chain.procurement.sealed_events import EventSealed
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.rules import canonical, tender_id
from chain.rules.openings import PAGE, check_shares_due
from chain.sealing.context import BidContext
from chain.sealing.envelope import check
from chain.sealing.group import Draw, Point, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.tdh2 import Share
from chain.transactions import checksum
from chain.types import from_hex, to_hex

__all__ = ["Opening", "PageBid", "PageFile", "SharesFile", "page_file"]

_PAGE_FORMAT, _SHARES_FORMAT = "licita/opening-page/1", "licita/opening-shares/1"


@dataclass(frozen=True)
class PageBid:
    """A live bid of a page: what its envelope is bound to beside the tender, and the envelope as it was sent."""

    index: int
    bidder: str
    version: int
    data: bytes


@dataclass(frozen=True)
class PageFile:
    """A page to make shares of. ``keyset_id``: the acting keyset, whose seats share; ``sealed_to``: the tender's own, which the bids were
    sealed to; ``separator``: EIP-712 domain of BidBox; ``clock``: head time when it was written, unix seconds as ``open_from``.

    Whoever gives it is believed in one thing, the tender's times: that an envelope belongs to this tender is proved anew by
    ``shares``, from the whole envelope. A share for a number that somebody just names would open whatever that number is made of.
    """

    tender: int
    envelope: int
    page: int
    separator: bytes
    keyset_id: bytes
    sealed_to: bytes
    open_from: int
    clock: int
    bids: tuple[PageBid, ...]

    def to_json(self) -> bytes:
        """The file, canonical."""
        return _file(_PAGE_FORMAT, {
            "tender": self.tender, "envelope": self.envelope, "page": self.page, "separator": to_hex(self.separator),
            "keyset": to_hex(self.keyset_id), "sealedTo": to_hex(self.sealed_to), "openFrom": self.open_from, "clock": self.clock,
            "bids": [
                {"index": bid.index, "bidder": bid.bidder, "version": bid.version, "sealedEnvelope": to_hex(bid.data)}
                for bid in self.bids
            ],
        })  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes, path: str = "") -> PageFile:
        """Reads a page file. Raises SharesFileWrong."""
        value = _read(data, _PAGE_FORMAT, path)
        try:
            bids = tuple(
                PageBid(
                    int(bid["index"]), checksum(bid["bidder"]), int(bid["version"]), from_hex(bid["sealedEnvelope"])
                )
                for bid in value["bids"]
            )  # fmt: skip
            found = cls(
                int(value["tender"]), int(value["envelope"]), int(value["page"]), _word(value["separator"]), _word(value["keyset"]),
                _word(value["sealedTo"]), int(value["openFrom"]), int(value["clock"]), bids,
            )  # fmt: skip
            for number in (found.tender, found.envelope, *(bid.version for bid in bids)):
                word(number)
        except (KeyError, TypeError, ValueError, OverflowError, LicitaError):
            raise SharesFileWrong(path, "not a page of this program") from None
        if [bid.index for bid in bids] != sorted(
            {bid.index for bid in bids if bid.index // PAGE == found.page}
        ):
            raise SharesFileWrong(path, "bids that are not those of one page, in order of index")
        if found.clock < found.open_from:
            raise SharesFileWrong(path, "made before its bids may be opened")
        return found

    def shares(self, share: KeyShare, draw: Draw = secrets.token_bytes) -> SharesFile:
        """What the seat adds. Raises ShareNotHeld where the share is of another keyset, and PageBidForeign, before any share is made,
        where an envelope is not of this tender and its bidder."""
        if share.keyset_id != self.keyset_id:
            raise ShareNotHeld(to_hex(self.keyset_id))
        proved = [self._proved(bid) for bid in self.bids]
        made = tuple(share.open(ctx, u, draw) for ctx, u in proved)
        return SharesFile(self.tender, self.envelope, self.page, share.seat, made)

    def _proved(self, bid: PageBid) -> tuple[bytes, Point]:
        """Context and U of a bid whose proof holds: who made it knows r of this U, for this tender."""
        context = BidContext(
            self.separator, tender_id(self.tender), self.envelope, bid.bidder, bid.version, self.sealed_to
        )
        try:
            return context.ctx, check(bid.data, context).u
        except LicitaError:
            raise PageBidForeign(self.tender, bid.index) from None


@dataclass(frozen=True)
class SharesFile:
    """A seat's shares of a page, in order of index: for nobody's eyes until they are sent, public from then on."""

    tender: int
    envelope: int
    page: int
    seat: int
    shares: tuple[Share, ...]

    def to_json(self) -> bytes:
        """The file, canonical."""
        return _file(_SHARES_FORMAT, {
            "tender": self.tender, "envelope": self.envelope, "page": self.page, "seat": self.seat,
            "shares": [to_hex(share.pack()) for share in self.shares],
        })  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes, path: str = "") -> SharesFile:
        """Reads a shares file. Raises SharesFileWrong."""
        value = _read(data, _SHARES_FORMAT, path)
        try:
            shares = tuple(Share.unpack(from_hex(each)) for each in value["shares"])
            return cls(
                int(value["tender"]), int(value["envelope"]), int(value["page"]), int(value["seat"]), shares
            )
        except (KeyError, TypeError, ValueError, OverflowError, LicitaError):
            raise SharesFileWrong(path, "no shares of this program") from None


class Opening:
    """The opening of one tender; every read is live."""

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self._number = number
        self._sealed = LiveSealed(session)
        self._acts = OpeningActs(LiveFacts(session), self._sealed)

    @property
    def envelope(self) -> int:
        """The envelope that is due."""
        return self._sealed.phase(self._number)

    def pages(self) -> dict[int, list[Live]]:
        """Page -> its live envelopes."""
        pages: dict[int, list[Live]] = {}
        for live in self._sealed.live(self._number, self.envelope):
            pages.setdefault(live.index // PAGE, []).append(live)
        return pages

    def page_file(self, page: int) -> PageFile:
        """A page for a machine without a network. Raises OpeningCommitteeTooEarly and its kin before shares are due."""
        _, due = self._acts.due(self._number)
        clock, period = self._session.now(), self._session.descriptor.period
        check_shares_due(due, self.envelope, clock, period)
        holder = self._acts.holder(self._number).id
        return page_file(self._sealed, self._number, self.envelope, page, holder, due.open_from, clock)

    def post(self, file: SharesFile, sender: Person) -> None:
        """Sends a seat's shares of a page. Raises the refusals of OpeningCommittee's postShares."""
        act = self._acts.shares(
            sender.address, self._number, file.envelope, file.page, file.seat, file.shares
        )
        self._session.send(act.call, sender)

    def share(self, holder: SeatHolder, sender: Person) -> int:
        """Makes and sends all shares of a seat that are missing; the number of pages. Raises ShareNotHeld and as ``post``."""
        keyset_id = self._acts.holder(self._number).id
        share, sent = holder.share(keyset_id), 0
        for page in sorted(self.pages()):
            if share.seat not in self._sealed.posted(self._number, self.envelope, page, keyset_id):
                self.post(self.page_file(page).shares(share), sender)
                sent += 1
        return sent

    def combine(self, sender: Person) -> int:
        """Opens every page that has k shares; the number of pages. Raises OpeningCommitteeSharesMissing where one has too few, after
        the others were opened, and the refusals of openPage."""
        opened, missing = 0, None
        for page, live in sorted(self.pages().items()):
            if all(each.opened for each in live):
                continue
            try:
                self._session.send(self._acts.open_page(self._number, self.envelope, page).call, sender)
                opened += 1
            except OpeningCommitteePageDone:  # somebody else was faster
                continue
            except OpeningCommitteeSharesMissing as error:
                missing = error
        if missing is not None:
            raise missing
        return opened

    def reveal(self, index: int, r: int, sender: Person) -> None:
        """Opens one bid with the number its bidder kept. Raises the refusals of OpeningCommittee's selfReveal."""
        act = self._acts.reveal(self._number, self.envelope, index, r)
        self._session.send(act.call, sender)

    def run(self, seats: Sequence[tuple[Person, SeatHolder]]) -> int:
        """Acts for local seats: shares of as many as are needed, then every page. Raises as ``share`` and ``combine``."""
        holder = self._acts.holder(self._number)
        held = [(person, seat) for person, seat in seats if seat.holds(holder.id)]
        for person, seat in held[: holder.threshold]:
            self.share(seat, person)
        if not held:
            raise ShareNotHeld(to_hex(holder.id))
        return self.combine(held[0][0])


def page_file(
    facts: EventSealed, number: int, envelope: int, page: int, keyset_id: bytes, open_from: int, clock: int
) -> PageFile:
    """A page as ``facts`` tell it; ``keyset_id`` holds its secret now. The caller has made sure that shares are due."""
    bids = tuple(
        PageBid(live.index, live.context.bidder, live.context.version, live.data)
        for live in facts.live(number, envelope, page)
    )
    own, _ = facts.window(number)
    return PageFile(number, envelope, page, facts.separator, keyset_id, own, open_from, clock, bids)


def _word(text: str) -> bytes:
    value = from_hex(text)
    if len(value) != 32:
        raise ValueError(text)
    return value


def _file(form: str, value: dict[str, Any]) -> bytes:
    return canonical({"format": form, **value}) + b"\n"


def _read(data: bytes, form: str, path: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise SharesFileWrong(path, "not JSON") from None
    if not isinstance(value, dict) or value.get("format") != form:
        raise SharesFileWrong(path, f"not of the form {form}")
    return value
