"""What an opened envelope says, out of public values alone: amounts, and the document that its secret decrypts."""

from __future__ import annotations

from chain.errors.base import LicitaError
from chain.money import Money
from chain.sealing.contents import Contents, contents_of
from chain.sealing.context import BidContext
from chain.sealing.envelope import NO_OFFER, read
from chain.sealing.group import Point
from chain.sealing.opening import Opening

__all__ = ["Contents", "money_of", "open_contents", "opening_of"]


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
        envelope = read(data, context)
    except LicitaError as refusal:
        return Contents(None, None, refusal)
    return contents_of(envelope, context, secret, opening)
