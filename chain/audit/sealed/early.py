"""Shares that were sent when no bid might be opened with them: the contract refuses them, but k of them open the bids for who reads them.

A refused transaction leaves no event; it stands in its block all the same, signed, and is named.
"""

from __future__ import annotations

from chain.audit.receipt import Verified
from chain.audit.sealed.book import Book, Box, EarlyShare, Sealed, shown_time
from chain.errors.chain import CallInvalid, CallUnknown
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_box, idx_keyset, idx_member, idx_person, idx_procedure, idx_tender
from chain.rules.bids import opening_due
from chain.rules.openings import PAGE, Due
from chain.rules.tenders import NEVER
from chain.sealing.group import Point, number
from chain.sealing.tdh2 import Same, Share
from chain.transactions import Call, checksum
from chain.types import to_hex

__all__ = ["early_share"]

_Entry = tuple[tuple[int, int], bytes, tuple[int, int], tuple[int, ...]]
"""U, label, S, proof from e and f on."""

_SELECTOR = Call("OpeningCommittee", "postShares", ()).codec.selector
_BYTE = 255


def early_share(one: Verified, block: int, time: int, rows: MemoryRows, book: Book) -> EarlyShare | None:
    """A refused transaction that gave shares away; None for every other, and for what strangers make up."""
    sent = one.transaction
    to = None if sent.to is None else checksum(to_hex(sent.to))
    if one.receipt.succeeded or to != book.committee or sent.data[:4] != _SELECTOR or len(sent.data) < 132:
        return None
    tender, envelope, page, seat = (number(sent.data[at : at + 32]) for at in range(4, 132, 32))
    row = rows.get(idx_tender, tender)
    if row is None or max(envelope, seat) > _BYTE:
        return None
    facts, box = facts_from(row["facts"]), rows.get(idx_box, tender)
    procedure = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert procedure is not None, "a tender has its procedure"
    due = opening_due(
        tender, facts, procedure_in(procedure), clock_in(rows.get, time), 0 if box is None else box["phase"]
    )
    account = checksum(to_hex(sent.sender))
    person = rows.get(idx_person, account)
    member = None if person is None else rows.get(idx_member, person["member"])
    holder = rows.get(idx_keyset, to_hex(facts.keyset_id))
    root = None if holder is None else rows.get(idx_keyset, holder["root"])
    keyset = "" if root is None else root["acting"]
    sealed = book.box(tender)
    count, valid = _valid(sent.data, seat, keyset, book, sealed)
    # What holds tells its envelope itself, whatever was called.
    why = _why(due, max(valid, default=envelope), time)
    if not why or (not valid and (member is None or page * PAGE >= len(sealed.places))):
        return None
    return EarlyShare(
        tender, min(page, len(sealed.places) // PAGE), account, "" if member is None else member["org_id"], seat, count, len(valid), time,
        _start(due), why, block, to_hex(sent.hash),
    )  # fmt: skip


def _start(due: Due) -> int:
    """From when on shares are accepted. While a question is open at the deadline no time is set: the deadline is said then."""
    return due.closes_at if due.open_from == NEVER else max(due.open_from, due.closes_at)


def _why(due: Due, envelope: int, time: int) -> str:
    """Why bids must not be opened with such shares; "" where they may, and only the act was refused."""
    if due.stopped:
        return "though it was stopped and its bids stay sealed"
    if due.open_from == NEVER or time < _start(due):
        return f"before {shown_time(_start(due))}"
    return f"of envelope {envelope} before its release" if envelope > due.phase else ""


def _valid(data: bytes, seat: int, keyset: str, book: Book, box: Box) -> tuple[int, list[int]]:
    """(shares sent, envelope of each share that is the seat's of a bid in the box)."""
    try:
        entries = Call.from_data("OpeningCommittee", data).args[4]
    except (CallInvalid, CallUnknown):
        return 0, []
    keys = book.keysets[keyset].keys if keyset in book.keysets else ()
    if not 0 < seat <= len(keys):
        return len(entries), []
    sealed = {each.envelope.u: each for each in box.sealed.values()}
    held = (_held(entry, seat, keys[seat - 1], sealed) for entry in entries)
    return len(entries), [bid.context.envelope for bid in held if bid is not None]


def _held(entry: _Entry, seat: int, key: Point, sealed: dict[Point, Sealed]) -> Sealed | None:
    """The envelope that an entry is a share of."""
    u, _, s, proof = entry
    bid = sealed.get(Point(*u))
    share = Share(seat, Point(*s), Same(proof[0], proof[1]))
    return bid if bid is not None and share.holds(key, bid.context.ctx, bid.envelope.u) else None
