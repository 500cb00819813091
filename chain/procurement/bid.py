"""A supplier's bid: sealed on the supplier's own machine, and what the chain says of it.

    receipt = seal_bid(notice, "9450000.00 MXN", [offer], bidder=account, version=1, declarations=DECLARATION)

A notice says what is sealed to. Its keyset's id is recomputed here from the keys in it, so that id and keys belong together; that this
keyset is the tender's is the word of whoever gave the notice. `licita bid seal` asks for a second word: an id, or another service.
"""

from __future__ import annotations

import json
import mimetypes
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from eth_abi.exceptions import EncodingError

from chain.errors.base import LicitaError
from chain.errors.money import MoneyInvalid
from chain.errors.opening import AmountCurrencyOther, AmountLotUnknown, NoticeWrong
from chain.money import Money
from chain.rules import canonical, tender_id
from chain.sealing.ceremony import Keyset
from chain.sealing.context import BidContext
from chain.sealing.document import OfferFile, build
from chain.sealing.envelope import MAX_BLOCKS, MAX_WORDS, SealedEnvelope, document_limit, seal
from chain.sealing.group import Draw, Point
from chain.sealing.receipt import Receipt
from chain.types import from_hex, to_hex

__all__ = ["MAX_VERSION", "Amount", "Bid", "Notice", "OpenedBid", "fitted", "offer_file", "seal_bid"]

Amount = str | Money | Mapping[str, "str | Money | None"]
"""The price of the only lot, or lot id -> price; None = no offer for the lot."""

MAX_VERSION = 2**32 - 1
"""The last version of a bid; they count from 1."""

_FORMAT = "licita/notice/1"
_LAST_TENDER = 2**53 - 1
_MAX_EXPONENT = 255

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
            if not all(type(each) is int and each >= 0 for each in counts):
                raise NoticeWrong("numbers")
            if value["envelopes"] not in (1, 2) or not 1 <= value["bodyBlocks"] <= MAX_BLOCKS:
                raise NoticeWrong("numbers")
            if not 1 <= value["tender"] <= _LAST_TENDER or value["exponent"] > _MAX_EXPONENT:
                raise NoticeWrong("numbers")
            lots = value["lots"]
            if type(lots) is not list or not all(type(each) is str for each in lots):
                raise NoticeWrong("lots")
            if not 1 <= len(lots) < MAX_WORDS or len(set(lots)) != len(lots):
                raise NoticeWrong("lots")
            if not re.fullmatch(r"[A-Z]{3}", value["currency"]):
                raise NoticeWrong("currency")
            return cls(
                value["tender"], _hash(value, "separator"), _hash(value, "termsHash"), keyset, value["envelopes"],
                tuple(lots), value["currency"], value["exponent"], value["bodyBlocks"],
            )  # fmt: skip
        except NoticeWrong:
            raise
        except _STRANGE as error:
            raise NoticeWrong(type(error).__name__) from None

    def amounts(self, given: Amount) -> tuple[int | None, ...]:
        """Minor units a lot, in order of the lots. Raises AmountLotUnknown, AmountCurrencyOther, the refusals of Money: MoneyInvalid also
        for a number without a currency."""
        prices: Mapping[str, str | Money | None]
        if isinstance(given, str | Money):
            if len(self.lots) != 1:
                raise AmountLotUnknown("", ", ".join(self.lots))
            prices = {self.lots[0]: given}
        elif isinstance(given, Mapping):
            prices = given
        else:
            raise MoneyInvalid(repr(given)[:80])
        for lot in prices:
            if lot not in self.lots:
                raise AmountLotUnknown(str(lot), ", ".join(self.lots))
        return tuple(self._minor(prices.get(lot)) for lot in self.lots)

    def _minor(self, price: str | Money | None) -> int | None:
        if price is None:
            return None
        money = Money.parse(price) if isinstance(price, str) else price
        if not isinstance(money, Money):
            raise MoneyInvalid(repr(price)[:80])
        if money.currency != self.currency:
            raise AmountCurrencyOther(self.currency, money.currency)
        return money.to_minor(self.exponent)


def _hash(value: Mapping[str, Any], name: str) -> bytes:
    """A member of a notice that has 32 bytes."""
    found = from_hex(value[name])
    if to_hex(found) != value[name] or len(found) != 32:
        raise NoticeWrong(name)
    return found


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

    A file that does not fit is sealed by its hash alone: ``fitted`` says which. Raises AmountLotUnknown, AmountCurrencyOther,
    BidAmountInvalid, BidDocumentTooLarge, the refusals of Money.
    """
    amounts = notice.amounts(amount)
    sealed: list[SealedEnvelope] = []
    for envelope in range(notice.envelopes):
        context = BidContext(
            notice.separator, tender_id(notice.tender), envelope, bidder, version, notice.keyset.id
        )
        last = envelope + 1 == notice.envelopes
        priced = amounts if last else ()
        files = fitted(notice, documents) if envelope == 0 else ()
        text = build(context, notice.terms_hash, priced, body_blocks=notice.blocks, documents=files)
        sealed.append(seal(context, notice.keyset.pk, priced, text, draw, notice.blocks))
    return Receipt(notice.terms_hash, declarations, tuple(sealed))


def fitted(notice: Notice, documents: Sequence[OfferFile]) -> list[OfferFile]:
    """The files as they are sealed: those whose content fits ``inside``. Base64 takes a third more, the rest of the document 2 KiB."""
    room = document_limit(notice.blocks) - 2048 - 32 * 80
    fitted = []
    for each in documents:
        size = len(each.content) * 4 // 3 + 400
        inside = each.inside and size <= room
        room -= size if inside else 400
        fitted.append(OfferFile(each.name, each.type, each.content, inside))
    return fitted
