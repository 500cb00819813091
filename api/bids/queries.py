"""Bids as the API shows them: what is public of a sealed one, and all of an open one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from eth_utils.address import to_checksum_address

from api.bids.schemas import AmountBody, BidBody, BidRowBody, EnvelopeBody, OpenedBody
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from api.sealed import sealed_tender
from chain.errors.service import BidDocumentSealed, BidNotFound
from chain.procurement.bidding import lots_of
from chain.procurement.opened import Contents, money_of, open_contents, opening_of
from chain.procurement.sealed import context_of
from chain.recorder.index.sealing_views import BidRow, EnvelopeRow, OpeningRow
from chain.recorder.index.views import TenderRow
from chain.rules.bids import status_word
from chain.sealing.context import BidContext
from chain.sealing.group import Point
from chain.types import from_hex, to_hex

__all__ = ["bid", "document", "page"]

_REMEMBERED = 1024
"""Open envelopes whose document was found good or not, and is not decrypted again for a list."""


def page(
    service: Service, number: int, after: str | None, limit: int, supplier: str | None, account: str | None
) -> ListOf[BidRowBody]:
    """Bids of a tender by index; ``supplier`` (0x id) or ``account`` (address): the one of this supplier. Raises TenderBoardNotFound,
    CursorInvalid."""
    with service.index.at_once():
        tender, sealing = sealed_tender(service, number).row, service.index.sealing
        if supplier is None and account is None:
            found = sealing.bids(number, after, limit)
            rows, following = list(found.items), found.next
        else:
            rows, following = _of(service, number, supplier, account), None
        envelopes: dict[int, list[EnvelopeRow]] = defaultdict(list)
        if rows:
            first, last = rows[0].facts.index, rows[-1].facts.index
            for each in sealing.envelopes(number, None, first, last - first + 1):
                envelopes[each.bid].append(each)
        bodies = [BidRowBody(**_row(service, tender, row, envelopes[row.facts.index])) for row in rows]
        return listed(service, bodies, following)


def bid(service: Service, number: int, index: int) -> tuple[BidBody, str]:
    """One bid and its ETag. Raises TenderBoardNotFound, BidNotFound."""
    with service.index.at_once():
        tender = sealed_tender(service, number).row
        row = _bid(service, number, index)
        envelopes = service.index.sealing.envelopes(number, None, index, 1)
        shown = [
            EnvelopeBody(envelope=each.envelope, seal=each.seal, data=each.data, transaction=each.transaction)
            for each in envelopes
        ]
        body = BidBody(**_row(service, tender, row, envelopes), block=row.block, envelopes=shown)
    return body, hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:32]


def document(service: Service, number: int, index: int, envelope: int) -> bytes:
    """The document of an open envelope, as it was sealed. Raises TenderBoardNotFound, BidNotFound, BidDocumentSealed, and for what is
    no document BodyUnreadable, BodyFrameInvalid, DocumentMismatch."""
    with service.index.at_once():
        tender = sealed_tender(service, number).row
        row = _bid(service, number, index)
        envelopes = service.index.sealing.envelopes(number, envelope, index, 1)
    opened = next((each for each in envelopes if each.opening is not None), None)
    if opened is None or opened.opening is None:
        raise BidDocumentSealed(number, index, envelope)
    found = _contents(_context(service, tender, row, envelope), opened.data, opened.opening)
    if found.data is None:
        assert found.refusal is not None, "there is a document, or a reason why not"
        raise found.refusal
    return found.data


def _of(service: Service, number: int, supplier: str | None, account: str | None) -> list[BidRow]:
    if account is not None:
        acting = service.index.supplier_of(to_checksum_address(account))
        if acting is None or supplier not in (None, acting.id):
            return []
        supplier = acting.id
    row = None if supplier is None else service.index.sealing.bid_of(number, supplier)
    return [] if row is None else [row]


def _bid(service: Service, number: int, index: int) -> BidRow:
    row = service.index.sealing.bid(number, index)
    if row is None:
        raise BidNotFound(number, index)
    return row


def _row(
    service: Service, tender: TenderRow, row: BidRow, envelopes: Sequence[EnvelopeRow]
) -> Mapping[str, object]:
    facts = row.facts
    return {
        "tender": row.tender, "index": facts.index, "supplier": row.supplier, "org_id": org_id_of(service, row.supplier),
        "bidder": facts.bidder, "version": facts.version, "order": facts.order, "terms_version": facts.terms_version,
        "status": status_word(facts, tender.facts.terms_version), "declarations": row.declarations.removeprefix("0x"),
        "sealed_at": time_text(row.sealed_at), "transaction": row.transaction,
        "openings": [_opened(service, tender, row, each, each.opening) for each in envelopes if each.opening is not None],
    }  # fmt: skip


def _opened(
    service: Service, tender: TenderRow, row: BidRow, envelope: EnvelopeRow, opened: OpeningRow
) -> OpenedBody:
    context = _context(service, tender, row, envelope.envelope)
    fault = _fault(context, envelope.data, opened)
    path = f"/v1/tenders/{row.tender}/bids/{row.facts.index}/document?envelope={envelope.envelope}"
    return OpenedBody(
        envelope=envelope.envelope, amounts=_amounts(tender, opened), doc_commit=opened.doc_commit,
        s=to_hex(_secret(opened).to64()), fault=fault or None, document=None if fault else path,
        revealed=envelope.revealed or None, opened_at=time_text(envelope.opened_at),
    )  # fmt: skip


def _amounts(tender: TenderRow, opened: OpeningRow) -> list[AmountBody]:
    facts = tender.facts
    opening = opening_of(from_hex(opened.doc_commit), opened.amounts)
    money = money_of(opening, facts.currency, facts.exponent)
    return [
        AmountBody(
            lot=lot, amount=None if price is None else f"{price.amount:f}", currency=facts.currency,
            minor=None if minor is None else str(minor),
        )
        for lot, price, minor in zip(lots_of(tender.good, len(money)), money, opening.amounts, strict=True)
    ]  # fmt: skip


def _context(service: Service, tender: TenderRow, row: BidRow, envelope: int) -> BidContext:
    facts = row.facts
    return context_of(
        service.sealed, row.tender, envelope, facts.bidder, facts.version, tender.facts.keyset_id
    )


def _secret(opened: OpeningRow) -> Point:
    return Point(int(opened.s[0]), int(opened.s[1]))


def _contents(context: BidContext, data: str, opened: OpeningRow) -> Contents:
    opening = opening_of(from_hex(opened.doc_commit), opened.amounts)
    return open_contents(from_hex(data), context, _secret(opened), opening)


@lru_cache(maxsize=_REMEMBERED)
def _fault(context: BidContext, data: str, opened: OpeningRow) -> str:
    """What is wrong with the document of an open envelope, "" if nothing: the same for ever."""
    return _contents(context, data, opened).fault
