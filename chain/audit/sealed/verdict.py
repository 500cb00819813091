"""What became of a tender's bids, in words: who can open them, what was sealed when, who opened it, what came out.

A body that cannot be read is no fault of the chain: it is its bidder's, and everyone who looks finds the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chain.audit.sealed.book import Book, Box, EarlyShare, Opened, Sealed, shown_time
from chain.errors.base import LicitaError
from chain.errors.sealing import PointAtInfinity
from chain.recorder.index.content import load, read_object
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.index.sealing_turn import bid_row
from chain.recorder.index.sealing_views import BidRow
from chain.recorder.schema import (
    idx_bid,
    idx_box,
    idx_ceremony,
    idx_keyset,
    idx_member,
    idx_procedure,
    idx_supplier,
    idx_tender,
)
from chain.rules.bids import BidFacts, is_live, opening_due
from chain.rules.openings import Due
from chain.sealing.ceremony import Dealing, value_point
from chain.sealing.contents import contents_of
from chain.sealing.document import content_of
from chain.sealing.group import N, multiply
from chain.types import ZERO32, BidStatus, Procedure, TenderFacts, from_hex, to_hex

__all__ = ["BoxReport", "box_report", "committee_warnings"]


@dataclass(frozen=True)
class BoxReport:
    """A tender's box at a time. ``facts``: JSON values; ``said``: a sentence for the committee, and one for each bid.

    ``bids`` by index; ``openings``: (envelope, index) -> what OpeningCommittee stores of an opened envelope, 32 zero bytes of a sealed one.
    """

    facts: Mapping[str, Any]
    said: tuple[str, ...]
    warnings: tuple[str, ...]
    bids: Mapping[int, BidFacts]
    openings: Mapping[tuple[int, int], bytes]


@dataclass(frozen=True)
class _Tender:
    """A tender and all that is known of its bids."""

    number: int
    facts: TenderFacts
    procedure: Procedure
    due: Due
    now: int
    box: Box
    rows: MemoryRows
    book: Book

    @property
    def keyset(self) -> str:
        return to_hex(self.facts.keyset_id)


def box_report(book: Book, rows: MemoryRows, number: int, now: int) -> BoxReport | None:
    """What became of the bids of a tender; None where it takes none."""
    row = rows.get(idx_tender, number)
    facts = None if row is None else facts_from(row["facts"])
    if facts is None or facts.keyset_id == ZERO32:
        return None
    found = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert found is not None, "a tender has its procedure"
    box, procedure = rows.get(idx_box, number), procedure_in(found)
    due = opening_due(number, facts, procedure, clock_in(rows.get, now), 0 if box is None else box["phase"])
    tender = _Tender(number, facts, procedure, due, now, book.box(number), rows, book)
    early = [each for each in book.early.values() if each.tender == number]
    rows_of_bids = list(_bids(tender))
    committee, bids = _committee(tender), [_bid(tender, bid) for bid in rows_of_bids]
    shares = list(_shares(tender))
    value = {
        "keyset": committee, "locked": None if box is None or not box["locked_at"] else shown_time(box["locked_at"]),
        "bids": bids, "shares": shares, "early": [_early(each) for each in early],
    }  # fmt: skip
    said = (
        _committee_said(committee),
        *map(_share_said, shares),
        *map(_bid_said, bids),
    )
    openings = {
        key: tender.box.opened[key].opening.record if key in tender.box.opened else ZERO32
        for key in tender.box.sealed
    }
    facts_of_bids = {bid.facts.index: bid.facts for bid in rows_of_bids}
    return BoxReport(value, said, tuple(each.text for each in early), facts_of_bids, openings)


# The committee


def _committee(tender: _Tender) -> dict[str, Any]:
    row = tender.rows.get(idx_keyset, tender.keyset)
    assert row is not None, "a tender is published on a keyset"
    root = tender.rows.get(idx_keyset, row["root"])
    acting = row if root is None else tender.rows.get(idx_keyset, root["acting"]) or row
    ceremony = tender.book.ceremonies[row["ceremony"]]
    return {
        "id": row["id"], "threshold": row["threshold"], "seats": _seats(tender, row), "founding": ceremony.by_founder,
        "confirmed": shown_time(row["confirmed_at"]),
        "acting": None if acting["id"] == row["id"] else
        {"id": acting["id"], "threshold": acting["threshold"], "seats": _seats(tender, acting)},
    }  # fmt: skip


def _seats(tender: _Tender, keyset: Row) -> list[str]:
    """Who holds the seats, by seat."""
    return [_org(tender, member) for member in load(keyset["members"])]


def _org(tender: _Tender, member: str) -> str:
    row = tender.rows.get(idx_member, member)
    return member if row is None else str(row["org_id"])


def _committee_said(committee: Mapping[str, Any]) -> str:
    def who(of: Mapping[str, Any]) -> str:
        seats = ", ".join(f"{seat} {name}" for seat, name in enumerate(of["seats"], 1))
        return f"{of['threshold']} of {len(of['seats'])} seats ({seats})"

    how = "a founding ceremony" if committee["founding"] else "a ceremony"
    text = (
        f"sealed to keyset {committee['id']}, {who(committee)}; recomputed from {how}, confirmed by all at "
        f"{committee['confirmed']}"
    )
    acting = committee["acting"]
    return text if acting is None else f"{text}; reshared to {acting['id']}, {who(acting)}"


def _shares(tender: _Tender) -> Iterator[dict[str, Any]]:
    for (envelope, page), posted in sorted(tender.box.shares.items()):
        for each in posted:
            keyset = tender.book.keysets[each.keyset]
            yield {
                "envelope": envelope, "page": page, "keyset": each.keyset, "seat": each.seat,
                "member": _org(tender, to_hex(keyset.members[each.seat - 1])), "account": each.account, "shares": len(each.points),
                "time": shown_time(each.time), "block": each.block,
            }  # fmt: skip


def _share_said(share: Mapping[str, Any]) -> str:
    account = share["account"] or "through a contract"
    return (
        f"seat {share['seat']} ({share['member']}, {account}) posted {share['shares']} shares of page {share['page']}, envelope "
        f"{share['envelope']}, at {share['time']} in block {share['block']}: each proved"
    )


def committee_warnings(book: Book, rows: MemoryRows) -> list[str]:
    """Registered keysets that their ceremonies do not give and nobody can use, ceremonies that a complaint ended, early shares."""
    false = [
        f"keyset {id} is not what its ceremony gives, and not confirmed by all: {error.error}{_detail(error)}"
        for id, error in sorted(book.false.items())
    ]
    failed = [_failure(book, row) for row in rows.all(idx_ceremony) if row["complainant"]]
    return [*false, *failed, *(each.text for each in book.early.values())]


def _failure(book: Book, row: Row) -> str:
    """Who was wrong in a ceremony that a complaint ended: the dealer whose value does not fit its points, else who complained."""
    plan, seat, dealer = book.ceremonies[row["id"]].plan, row["complainant"], row["accused"]
    text = f"ceremony {row['id']} ended: seat {seat} complained about dealer {dealer}"
    if not row["answer"]:
        return f"{text}, which has not answered"
    value = int(row["answer"]) % N
    points = Dealing.read(plan, dealer, from_hex(load(row["dealings"])[str(dealer)])).points
    try:
        fits = multiply(value) == value_point(points, seat)
    except PointAtInfinity:
        fits = False
    return f"{text}, whose answer {'fits its points: the complaint was wrong' if fits else 'does not fit its points: it dealt wrongly'}"


# Bids


def _bids(tender: _Tender) -> Iterator[BidRow]:
    for index in range(len(tender.box.places)):
        row = tender.rows.get(idx_bid, tender.number, index)
        assert row is not None, "every place holds a bid"
        yield bid_row(row)


def _bid(tender: _Tender, bid: BidRow) -> dict[str, Any]:
    envelopes = [
        _envelope(tender, bid, envelope, tender.box.sealed[envelope, bid.facts.index])
        for envelope in range(tender.procedure.envelopes)
    ]
    status = _status(tender, bid)
    verdict, why = _verdict(tender, bid, status, envelopes)
    return {
        "index": bid.facts.index, "supplier": bid.supplier, "name": _name(tender, bid.supplier), "bidder": bid.facts.bidder,
        "version": bid.facts.version, "order": bid.facts.order, "terms_version": bid.facts.terms_version,
        "sealed": shown_time(bid.sealed_at), "block": bid.block, "status": status, "envelopes": envelopes, "verdict": verdict, "why": why,
    }  # fmt: skip


def _name(tender: _Tender, supplier: str) -> str | None:
    """What the supplier calls itself, where its public data can be read."""
    row = tender.rows.get(idx_supplier, supplier)
    value, _ = ({}, ()) if row is None else read_object(row["json"])
    name = (value or {}).get("name")
    return name if isinstance(name, str) else None


def _status(tender: _Tender, bid: BidRow) -> str:
    facts = bid.facts
    if facts.status is not BidStatus.SEALED:
        return facts.status.word
    if is_live(facts, tender.facts.terms_version):
        return "live"
    return "lapsed" if tender.now >= tender.due.closes_at else "unconfirmed"


def _verdict(tender: _Tender, bid: BidRow, status: str, envelopes: list[dict[str, Any]]) -> tuple[str, str]:
    """(word, sentence)."""
    faults = [fault for each in envelopes if (fault := each["fault"])]
    if faults:
        return "non-responsive", f"non-responsive: {'; '.join(faults)}"
    if status == "withdrawn":
        return status, "withdrawn by its bidder, never opened"
    if status in ("lapsed", "unconfirmed"):
        bound = f"bound to terms version {bid.facts.terms_version}, the last is {tender.facts.terms_version}"
        end = "it was not confirmed and never opens" if status == "lapsed" else "not confirmed yet"
        return status, f"{status}: {bound}; {end}"
    last = envelopes[0] if status == "excluded" else envelopes[-1]
    if last["opened"] is not None:
        return "opened", "opened as it was sealed"
    if tender.due.stopped:
        return "stopped", "sealed; the tender ended before the opening"
    if tender.now >= tender.due.void_from:
        return "not-opened", "never opened: the time for it is over"
    return "sealed", "sealed; not opened yet"


def _bid_said(bid: Mapping[str, Any]) -> str:
    # A name that is no plain line could pass for lines of the report.
    name = f"{bid['name']}, " if bid["name"] and bid["name"].isprintable() else ""
    parts = [
        f"bid {bid['index'] + 1} ({name}{bid['bidder']}): version {bid['version']}, sealed {bid['sealed']} in block {bid['block']}, "
        f"order {bid['order']}, {bid['status']}"
    ]
    parts += [_envelope_said(each, len(bid["envelopes"])) for each in bid["envelopes"] if each["opened"]]
    return "; ".join([*parts, bid["why"]])


# Envelopes


def _envelope(tender: _Tender, bid: BidRow, envelope: int, sealed: Sealed) -> dict[str, Any]:
    opened = tender.box.opened.get((envelope, bid.facts.index))
    value: dict[str, Any] = {
        "envelope": envelope, "opened": None, "block": None, "revealed": False, "seats": [], "amounts": [], "document": None,
        "fault": None,
    }  # fmt: skip
    if opened is None:
        return value
    document, fault = _document(sealed, opened)
    value |= {
        "opened": shown_time(opened.time), "block": opened.block, "revealed": opened.revealed,
        "seats": list(opened.seats), "amounts": [_amount(tender.facts, each) for each in opened.opening.amounts],
        "document": document, "fault": fault,
    }  # fmt: skip
    return value


def _document(sealed: Sealed, opened: Opened) -> tuple[dict[str, Any] | None, str | None]:
    """(what is known of the document, why the bid is non-responsive)."""
    contents = contents_of(sealed.envelope, sealed.context, opened.secret, opened.opening)
    found = None
    if (body := contents.body) is not None:
        files = [] if contents.document is None else _files(contents.document, sealed)
        found = {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body), "files": files}
    refusal = contents.refusal
    return found, None if refusal is None else f"{refusal.error}{_detail(refusal)}"


def _detail(error: LicitaError) -> str:
    """The fact that tells most."""
    part = next((str(getattr(error, name)) for name in ("field", "part", "lot") if hasattr(error, name)), "")
    return f" ({part})" if part else ""


def _files(document: Mapping[str, Any], sealed: Sealed) -> list[dict[str, Any]]:
    """The files that travel inside, and whether each is what its hash and size say; None where only the hash was sealed."""
    listed = document.get("documents")
    files = []
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            try:
                matches = None if content_of(entry, sealed.context) is None else True
            except LicitaError:
                matches = False
            files.append({"name": entry.get("name"), "sha256": entry.get("sha256"), "matches": matches})
    return files


def _envelope_said(envelope: Mapping[str, Any], envelopes: int) -> str:
    which = f"envelope {envelope['envelope']} " if envelopes > 1 else ""
    by = "its bidder's own reveal"
    if not envelope["revealed"]:
        by = f"the shares of seats {', '.join(map(str, envelope['seats']))}"
    amounts = "; ".join(f"lot {lot} {each or 'no offer'}" for lot, each in enumerate(envelope["amounts"], 1))
    document = envelope["document"]
    text = f"{which}opened {envelope['opened']} by {by}: S and amounts recomputed{', ' if amounts else ''}{amounts}"
    if document is not None:
        wrong = [each for each in document["files"] if each["matches"] is False]
        text += f", document sha256 {document['sha256']} ({document['bytes']} bytes) is what was committed to"
        text += f", {len(wrong)} of its files are not what their hashes say" if wrong else ""
    return text


def _amount(facts: TenderFacts, minor: int | None) -> str | None:
    """An amount in words, whatever its size; None = no offer."""
    if minor is None:
        return None
    digits = str(minor).rjust(facts.exponent + 1, "0")
    whole, part = digits[: len(digits) - facts.exponent], digits[len(digits) - facts.exponent :]
    return f"{whole}{'.' if part else ''}{part} {facts.currency}"


def _early(share: EarlyShare) -> dict[str, Any]:
    return {
        "account": share.account, "member": share.org_id or None, "seat": share.seat, "sent": share.sent, "valid": share.valid,
        "time": shown_time(share.time), "open_from": shown_time(share.open_from), "block": share.block, "transaction": share.transaction,
    }  # fmt: skip
