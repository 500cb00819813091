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
from chain.errors.opening import ShareNotHeld, SharesFileWrong
from chain.procurement.committee import SeatHolder
from chain.procurement.live import LiveFacts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed import Live
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.rules import canonical
from chain.rules.openings import PAGE, check_shares_due
from chain.sealing.group import Draw, Point
from chain.sealing.keyshare import KeyShare
from chain.sealing.tdh2 import Share
from chain.types import from_hex, to_hex

__all__ = ["Opening", "PageFile", "SharesFile"]

_PAGE_FORMAT, _SHARES_FORMAT = "licita/opening-page/1", "licita/opening-shares/1"


@dataclass(frozen=True)
class PageFile:
    """A page to make shares of: (index, context of 32 bytes, U) of each live bid. ``clock`` is the head time it was made at: it is made
    only when shares are due, so that no machine without a clock makes one early."""

    tender: int
    envelope: int
    page: int
    keyset_id: bytes
    open_from: int
    clock: int
    bids: tuple[tuple[int, bytes, Point], ...]

    def to_json(self) -> bytes:
        """The file, canonical."""
        return _file(_PAGE_FORMAT, {
            "tender": self.tender, "envelope": self.envelope, "page": self.page, "keyset": to_hex(self.keyset_id),
            "openFrom": self.open_from, "clock": self.clock,
            "bids": [{"index": index, "context": to_hex(ctx), "u": to_hex(u.compress())} for index, ctx, u in self.bids],
        })  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes, path: str = "") -> PageFile:
        """Reads a page file. Raises SharesFileWrong."""
        value = _read(data, _PAGE_FORMAT, path)
        try:
            bids = tuple(
                (int(bid["index"]), from_hex(bid["context"]), Point.decompress(from_hex(bid["u"])))
                for bid in value["bids"]
            )
            found = cls(
                int(value["tender"]), int(value["envelope"]), int(value["page"]), from_hex(value["keyset"]), int(value["openFrom"]),
                int(value["clock"]), bids,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, LicitaError):
            raise SharesFileWrong(path, "not a page of this program") from None
        if found.clock < found.open_from:
            raise SharesFileWrong(path, "made before its bids may be opened")
        return found

    def shares(self, share: KeyShare, draw: Draw = secrets.token_bytes) -> SharesFile:
        """What the seat adds. Raises ShareNotHeld where the share is of another keyset."""
        if share.keyset_id != self.keyset_id:
            raise ShareNotHeld(to_hex(self.keyset_id))
        made = tuple(share.open(ctx, u, draw) for _, ctx, u in self.bids)
        return SharesFile(self.tender, self.envelope, self.page, share.seat, made)


@dataclass(frozen=True)
class SharesFile:
    """A seat's shares of a page, in order of index. Public once they are sent; until then to nobody."""

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
        except (KeyError, TypeError, ValueError, LicitaError):
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
        live = self._sealed.live(self._number, self.envelope, page)
        bids = tuple((each.index, each.context.ctx, each.envelope.u) for each in live)
        keyset_id = self._acts.holder(self._number).id
        return PageFile(self._number, self.envelope, page, keyset_id, due.open_from, clock, bids)

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


def _file(form: str, value: dict[str, Any]) -> bytes:
    return canonical({"format": form, **value}) + b"\n"


def _read(data: bytes, form: str, path: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        raise SharesFileWrong(path, "not JSON") from None
    if not isinstance(value, dict) or value.get("format") != form:
        raise SharesFileWrong(path, f"not of the form {form}")
    return value
