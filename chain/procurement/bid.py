"""A supplier's bid: sealed on the supplier's own machine, and what the chain says of it.

    sealed = seal_bid(tender, "9450000.00 MXN", [offer], sender=acme)      here; nobody else can read it
    tender.submit(sealed, sender=acme)

A notice pins what is sealed to: keyset and key, recomputed here from what was registered, never taken on trust from a node.
"""

from __future__ import annotations

import json
import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from eth_abi.exceptions import EncodingError

from chain.errors.base import LicitaError
from chain.errors.opening import AmountCurrencyOther, AmountLotUnknown, NoticeWrong
from chain.money import Money
from chain.rules import canonical, tender_id
from chain.sealing.ceremony import Keyset
from chain.sealing.context import BidContext
from chain.sealing.document import OfferFile, build
from chain.sealing.envelope import SealedEnvelope, document_limit, seal
from chain.sealing.group import Draw, Point
from chain.sealing.receipt import Receipt
from chain.types import from_hex, to_hex

__all__ = ["Amount", "Bid", "Notice", "OpenedBid", "offer_file", "seal_bid"]

Amount = str | Money | Mapping[str, "str | Money | None"]
"""The price of the only lot, or lot id -> price; None = no offer for the lot."""

_FORMAT = "licita/notice/1"

_STRANGE = (
    KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, EncodingError, LicitaError,
)  # fmt: skip
"""What reading the file of a stranger, and hashing what it says, may come to."""


@dataclass(frozen=True)
class Notice:
    """All that a bidder seals with, also where it is offline. ``lots``: their ids in order; ``blocks``: most blocks of a body."""

    tender: int
    separator: bytes
    terms_hash: bytes
    keyset: Keyset
    envelopes: int
    lots: tuple[str, ...]
    currency: str
    exponent: int
    blocks: int

    def to_json(self) -> bytes:
        """The notice file, canonical."""
        keyset = self.keyset
        return canonical({
            "format": _FORMAT,
            "tender": self.tender,
            "separator": to_hex(self.separator),
            "termsHash": to_hex(self.terms_hash),
            "envelopes": self.envelopes,
            "lots": list(self.lots),
            "currency": self.currency,
            "exponent": self.exponent,
            "bodyBlocks": self.blocks,
            "keyset": {
                "id": to_hex(keyset.id),
                "chainId": keyset.chain_id,
                "committee": keyset.committee,
                "threshold": keyset.threshold,
                "pk": to_hex(keyset.pk.to64()),
                "members": [to_hex(member) for member in keyset.members],
                "keys": [to_hex(key.to64()) for key in keyset.keys],
                "transcript": to_hex(keyset.transcript),
            },
        }) + b"\n"  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes) -> Notice:
        """Reads a notice file; the keyset's id must be the hash of its keys. Raises NoticeWrong."""
        try:
            value: dict[str, Any] = json.loads(data)
            if value["format"] != _FORMAT:
                raise NoticeWrong("format")
            said = value["keyset"]
            keyset = Keyset(
                said["chainId"], said["committee"], said["threshold"], Point.from64(from_hex(said["pk"])),
                tuple(from_hex(member) for member in said["members"]),
                tuple(Point.from64(from_hex(key)) for key in said["keys"]), from_hex(said["transcript"]),
            )  # fmt: skip
            if to_hex(keyset.id) != said["id"]:
                raise NoticeWrong("keyset")
            counts = [value[name] for name in ("tender", "envelopes", "exponent", "bodyBlocks")]
            if not all(type(each) is int and each >= 0 for each in counts) or value["envelopes"] > 2:
                raise NoticeWrong("numbers")
            if not all(type(each) is str for each in (*value["lots"], value["currency"])):
                raise NoticeWrong("lots")
            return cls(
                value["tender"], from_hex(value["separator"]), from_hex(value["termsHash"]), keyset, value["envelopes"],
                tuple(value["lots"]), value["currency"], value["exponent"], value["bodyBlocks"],
            )  # fmt: skip
        except NoticeWrong:
            raise
        except _STRANGE as error:
            raise NoticeWrong(type(error).__name__) from None

    def amounts(self, given: Amount) -> tuple[int | None, ...]:
        """Minor units a lot, in order of the lots. Raises AmountLotUnknown, AmountCurrencyOther, the refusals of Money."""
        prices: Mapping[str, str | Money | None]
        if isinstance(given, str | Money):
            if len(self.lots) != 1:
                raise AmountLotUnknown("", ", ".join(self.lots))
            prices = {self.lots[0]: given}
        else:
            prices = given
        for lot in prices:
            if lot not in self.lots:
                raise AmountLotUnknown(lot, ", ".join(self.lots))
        return tuple(self._minor(prices.get(lot)) for lot in self.lots)

    def _minor(self, price: str | Money | None) -> int | None:
        if price is None:
            return None
        money = Money.parse(price) if isinstance(price, str) else price
        if money.currency != self.currency:
            raise AmountCurrencyOther(self.currency, money.currency)
        return money.to_minor(self.exponent)


@dataclass(frozen=True)
class Bid:
    """A supplier's bid as anybody sees it. ``status``: sealed, withdrawn, excluded or lapsed (not confirmed for the last terms)."""

    tender: int
    index: int
    supplier: str
    bidder: str
    version: int
    order: int
    terms_version: int
    status: str
    opened: tuple[OpenedBid, ...] = ()


@dataclass(frozen=True)
class OpenedBid:
    """An opened envelope. ``amounts``: Money a lot, None = no offer; ``document`` None where the body is not what was committed to,
    and ``fault`` says why: such a bid is not responsive."""

    envelope: int
    amounts: tuple[Money | None, ...]
    document: Mapping[str, Any] | None = field(repr=False)
    fault: str
    opened_at: datetime


def offer_file(path: Path | str) -> OfferFile:
    """A file to seal. Raises FileNotFoundError and its kin."""
    place = Path(path)
    kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    return OfferFile(place.name, kind, place.read_bytes())


def seal_bid(
    notice: Notice,
    amount: Amount,
    documents: Sequence[OfferFile] = (),
    *,
    bidder: str,
    version: int,
    declarations: bytes,
    draw: Draw = secrets.token_bytes,
) -> Receipt:
    """Seals a bid for ``bidder``, the account that will send it, as ``version`` (its supplier's last + 1).

    A file that does not fit is sealed by its hash alone. Raises AmountLotUnknown, AmountCurrencyOther, BidAmountInvalid,
    BidDocumentTooLarge.
    """
    amounts = notice.amounts(amount)
    sealed: list[SealedEnvelope] = []
    for envelope in range(notice.envelopes):
        context = BidContext(
            notice.separator, tender_id(notice.tender), envelope, bidder, version, notice.keyset.id
        )
        last = envelope + 1 == notice.envelopes
        priced = amounts if last else ()
        files = _fitting(documents, notice.blocks) if envelope == 0 else ()
        text = build(context, notice.terms_hash, priced, body_blocks=notice.blocks, documents=files)
        sealed.append(seal(context, notice.keyset.pk, priced, text, draw, notice.blocks))
    return Receipt(notice.terms_hash, declarations, tuple(sealed))


def _fitting(documents: Sequence[OfferFile], blocks: int) -> list[OfferFile]:
    """The files, the content of those that fit inside: base64 takes a third more, the rest of the document about 2 KiB."""
    room = document_limit(blocks) - 2048 - 32 * 80
    fitted = []
    for each in documents:
        size = len(each.content) * 4 // 3 + 400
        inside = size <= room
        room -= size if inside else 400
        fitted.append(OfferFile(each.name, each.type, each.content, inside))
    return fitted
