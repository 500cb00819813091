"""What an opened envelope says, out of public values alone: amounts, and the document that its secret decrypts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.errors.base import LicitaError
from chain.money import Money
from chain.sealing.context import BidContext
from chain.sealing.document import read as read_document
from chain.sealing.envelope import NO_OFFER, read
from chain.sealing.group import Point
from chain.sealing.opening import Opening, open_body

__all__ = ["Contents", "money_of", "open_contents", "opening_of"]


@dataclass(frozen=True)
class Contents:
    """``data``: the document as it was sealed, canonical JSON; ``document``: the same, read. Both None where the body is not what was
    committed to; ``refusal`` says why: such a bid is not responsive."""

    data: bytes | None = field(repr=False)
    document: Mapping[str, Any] | None = field(repr=False)
    refusal: LicitaError | None

    @property
    def fault(self) -> str:
        """Name of the refusal, "" where there is none."""
        return "" if self.refusal is None else self.refusal.error


def opening_of(doc_commit: bytes, amounts: tuple[int, ...]) -> Opening:
    """The head of an opened envelope as its event gives it."""
    return Opening(doc_commit, tuple(None if each == NO_OFFER else each for each in amounts))


def money_of(opening: Opening, currency: str, exponent: int) -> tuple[Money | None, ...]:
    """The amounts of an opening as money, None = no offer."""
    return tuple(
        None if each is None else Money.from_minor(each, currency, exponent) for each in opening.amounts
    )


def open_contents(data: bytes, context: BidContext, secret: Point, opening: Opening) -> Contents:
    """Decrypts the body of an envelope's ``data`` with S. Never raises: whatever a bidder sealed, it is only found not to be a bid."""
    try:
        body = open_body(secret, context, read(data, context), opening)
        return Contents(body, read_document(body, context, opening.amounts), None)
    except LicitaError as error:
        return Contents(None, None, error)
