"""Shares that were sent before bids may be opened: the contract refuses them, but k of them open the bids for whoever read them.

A refused transaction leaves no event; it stands in its block all the same, signed, and is named.
"""

from __future__ import annotations

from chain.audit.receipt import Verified
from chain.audit.sealed.book import Book, Box, EarlyShare, Sealed
from chain.errors.chain import CallInvalid, CallUnknown
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_keyset, idx_member, idx_person, idx_procedure, idx_tender
from chain.rules.bids import opening_due
from chain.rules.tenders import NEVER
from chain.sealing.group import Point, number
from chain.sealing.tdh2 import Same, Share
from chain.transactions import Call, checksum
from chain.types import to_hex

__all__ = ["early_share"]

_Entry = tuple[tuple[int, int], bytes, tuple[int, int], tuple[int, ...]]
"""U, label, S, proof from e and f on."""

_SELECTOR = Call("OpeningCommittee", "postShares", ()).codec.selector


def early_share(one: Verified, block: int, time: int, rows: MemoryRows, book: Book) -> EarlyShare | None:
    """A refused transaction that sent shares too early; None for every other."""
    sent = one.transaction
    to = None if sent.to is None else checksum(to_hex(sent.to))
    if one.receipt.succeeded or to != book.committee or sent.data[:4] != _SELECTOR or len(sent.data) < 132:
        return None
    tender, envelope, _, seat = (number(sent.data[at : at + 32]) for at in range(4, 132, 32))
    row = rows.get(idx_tender, tender)
    if row is None:
        return None
    facts = facts_from(row["facts"])
    procedure = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert procedure is not None, "a tender has its procedure"
    due = opening_due(tender, facts, procedure_in(procedure), time)
    # While a question is open at the deadline there is no time from which: the deadline is said then.
    open_from = due.closes_at if due.open_from == NEVER else max(due.open_from, due.closes_at)
    if due.open_from != NEVER and time >= open_from:
        return None
    account = checksum(to_hex(sent.sender))
    person = rows.get(idx_person, account)
    member = None if person is None else rows.get(idx_member, person["member"])
    holder = rows.get(idx_keyset, to_hex(facts.keyset_id))
    root = None if holder is None else rows.get(idx_keyset, holder["root"])
    keyset = "" if root is None else root["acting"]
    count, valid = _valid(sent.data, envelope, seat, keyset, book, book.box(tender))
    org_id = "" if member is None else member["org_id"]
    return EarlyShare(tender, account, org_id, seat, count, valid, time, open_from, block, to_hex(sent.hash))


def _valid(data: bytes, envelope: int, seat: int, keyset: str, book: Book, box: Box) -> tuple[int, int]:
    """(shares sent, shares that are the seat's of a bid in the box)."""
    try:
        entries = Call.from_data("OpeningCommittee", data).args[4]
    except (CallInvalid, CallUnknown):
        return 0, 0
    keys = book.keysets[keyset].keys if keyset in book.keysets else ()
    if not 0 < seat <= len(keys):
        return len(entries), 0
    sealed = {each.envelope.u: each for (of, _), each in box.sealed.items() if of == envelope}
    return len(entries), sum(_holds(entry, seat, keys[seat - 1], sealed) for entry in entries)


def _holds(entry: _Entry, seat: int, key: Point, sealed: dict[Point, Sealed]) -> bool:
    u, _, s, proof = entry
    bid = sealed.get(Point(*u))
    share = Share(seat, Point(*s), Same(proof[0], proof[1]))
    return bid is not None and share.holds(key, bid.context.ctx, bid.envelope.u)
