"""The document inside an envelope: canonical JSON (RFC 8785), schema ``licita/bid-document/1``. It becomes public; no personal data.

Small files travel in it: an entry of ``documents`` holds name, sha256, size in bytes, media type and, where it fits into the sealed
body, the content in base64. Large files with receipts of storage members (``files``) are not built yet: the list is empty.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.errors.chain import CanonicalInvalid
from chain.errors.sealing import BidAmountInvalid, BidDocumentTooLarge, DocumentMismatch
from chain.rules.canonical import canonical
from chain.rules.nesting import is_too_deep
from chain.sealing.context import BidContext
from chain.sealing.envelope import MAX_AMOUNT, Amounts, document_limit
from chain.types import to_hex

__all__ = ["SCHEMA", "OfferFile", "build", "content_of", "read"]

SCHEMA = "licita/bid-document/1"


@dataclass(frozen=True)
class OfferFile:
    """A file of the offer: ``name`` without a folder, ``type`` a media type (RFC 6838), ``content`` its bytes.

    With ``inside`` false only its hash is sealed, and the file is delivered as the tender says.
    """

    name: str
    type: str
    content: bytes
    inside: bool = True

    def entry(self) -> dict[str, Any]:
        """The member of ``documents``."""
        found: dict[str, Any] = {
            "name": self.name,
            "sha256": to_hex(hashlib.sha256(self.content).digest()),
            "bytes": len(self.content),
            "type": self.type,
        }
        if self.inside:
            found["content"] = base64.b64encode(self.content).decode()
        return found


def build(
    context: BidContext,
    terms_hash: bytes,
    amounts: Amounts,
    *,
    body_blocks: int,
    documents: Sequence[OfferFile] = (),
    price_list: Any = None,
    valid_until: str | None = None,
    security: Any = None,
) -> bytes:
    """The bytes to seal. ``terms_hash`` (32 bytes) are the terms at sealing, ``valid_until`` is ISO 8601, ``price_list`` and
    ``security`` any JSON.

    Raises BidAmountInvalid (lot 0 where lots are asked for and none is offered), BidDocumentTooLarge, CanonicalInvalid.
    """
    for lot, amount in enumerate(amounts, 1):
        if amount is not None and not 0 <= amount <= MAX_AMOUNT:
            raise BidAmountInvalid(lot)
    if amounts and all(amount is None for amount in amounts):
        raise BidAmountInvalid(0)
    data = canonical({
        **_bound(context, amounts),
        "termsHash": to_hex(terms_hash),
        "priceList": price_list,
        "validUntil": valid_until,
        "security": security,
        "documents": [each.entry() for each in documents],
    })  # fmt: skip
    if len(data) > document_limit(body_blocks):
        raise BidDocumentTooLarge(document_limit(body_blocks), len(data))
    return data


def _bound(context: BidContext, amounts: Amounts) -> dict[str, Any]:
    """The members that say again what the envelope binds."""
    return {
        "schema": SCHEMA,
        "tenderId": to_hex(context.tender_id),
        "envelope": context.envelope,
        "bidder": context.bidder.lower(),
        "version": context.version,
        "amounts": [None if amount is None else str(amount) for amount in amounts],
        "files": [],
    }


def read(data: bytes, context: BidContext, amounts: Amounts) -> dict[str, Any]:
    """An opened document as JSON, if it says what its envelope says; members that the schema does not know are let through.

    Raises DocumentMismatch with the member that differs, ``json`` where it is no canonical JSON object: the bid is not responsive.
    """
    place = (context.tender, context.envelope, context.bidder)
    try:
        if is_too_deep(data.decode()):
            raise DocumentMismatch(*place, "json")
        document = json.loads(data)
        if not isinstance(document, dict) or canonical(document) != data:
            raise DocumentMismatch(*place, "json")
    except (ValueError, CanonicalInvalid):
        raise DocumentMismatch(*place, "json") from None
    for name, value in _bound(context, amounts).items():
        # JSON tells 1 from true and 1.0; Python does not.
        if canonical(document.get(name, "")) != canonical(value):
            raise DocumentMismatch(*place, name)
    return document


def content_of(entry: Mapping[str, Any], context: BidContext) -> bytes | None:
    """The file of an entry of ``documents``, or None where only its hash was sealed.

    Raises DocumentMismatch where the content is not what its hash and size say.
    """
    if "content" not in entry:
        return None
    try:
        content = base64.b64decode(entry["content"], validate=True)
        found = (to_hex(hashlib.sha256(content).digest()), len(content))
        if found == (entry["sha256"], entry["bytes"]):
            return content
    except (KeyError, TypeError, ValueError):
        pass
    raise DocumentMismatch(context.tender, context.envelope, context.bidder, "documents")
