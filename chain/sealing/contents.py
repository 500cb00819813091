"""What an opened envelope holds: the document that its secret decrypts, and why the bid is not responsive where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.errors.base import LicitaError
from chain.errors.sealing import BidAmountInvalid
from chain.sealing.context import BidContext
from chain.sealing.document import read
from chain.sealing.envelope import MAX_AMOUNT, Envelope
from chain.sealing.group import Point
from chain.sealing.opening import Opening, open_body

__all__ = ["Contents", "contents_of", "require_responsive"]


@dataclass(frozen=True)
class Contents:
    """``body``: the bytes that were committed to, None where it is not them that were sealed; ``document``: the body read, None where
    it is no document of this envelope; ``refusal``: why the bid is not responsive, None where it is."""

    body: bytes | None = field(repr=False)
    document: Mapping[str, Any] | None = field(repr=False)
    refusal: LicitaError | None

    @property
    def data(self) -> bytes | None:
        """The document as it was sealed, canonical JSON; None where there is none."""
        return None if self.document is None else self.body

    @property
    def fault(self) -> str:
        """Name of the refusal, "" where there is none."""
        return "" if self.refusal is None else self.refusal.error


def require_responsive(opening: Opening) -> None:
    """Raises BidAmountInvalid with the first lot whose amount is not below 2^128, with lot 0 where no lot has an offer."""
    if not opening.is_responsive:
        beyond = (
            lot for lot, each in enumerate(opening.amounts, 1) if each is not None and each > MAX_AMOUNT
        )
        raise BidAmountInvalid(next(beyond, 0))


def contents_of(envelope: Envelope, context: BidContext, secret: Point, opening: Opening) -> Contents:
    """Decrypts the body with S and judges all of it: what a bidder sealed is only found to be a bid or not. Raises nothing."""
    body: bytes | None = None
    document: Mapping[str, Any] | None = None
    try:
        body = open_body(secret, context, envelope, opening)
        document = read(body, context, opening.amounts)
        require_responsive(opening)
    except LicitaError as refusal:
        return Contents(body, document, refusal)
    return Contents(body, document, None)
