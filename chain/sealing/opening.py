"""Reading an envelope once S is known: amounts as the contract decrypts them, then the document."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from chain.errors.sealing import BodyFrameInvalid, BodyUnreadable, DocumentMismatch
from chain.sealing.context import BidContext
from chain.sealing.envelope import BLOCK, MAX_AMOUNT, NO_OFFER, Envelope, body_key, doc_commit, pads
from chain.sealing.group import Point, hashed, number, word
from chain.sealing.tdh2 import Combination

__all__ = ["Opening", "open_body", "open_with", "page_entry"]


@dataclass(frozen=True)
class Opening:
    """docCommit, 32 bytes, and the amounts as they were sealed: minor units a lot, None = no offer, below 2^256."""

    doc_commit: bytes
    amounts: tuple[int | None, ...]

    @property
    def record(self) -> bytes:
        """``openingOf``, 32 bytes: keccak256(docCommit || amounts), all that the contract stores of it."""
        return hashed(self.doc_commit, *(word(NO_OFFER if each is None else each) for each in self.amounts))

    @property
    def is_responsive(self) -> bool:
        """False where an amount is not below 2^128 or no lot has an offer; true without lots (an envelope of documents)."""
        offers = [each for each in self.amounts if each is not None]
        return (bool(offers) or not self.amounts) and all(each <= MAX_AMOUNT for each in offers)


def open_with(secret: Point, context: BidContext, envelope: Envelope) -> Opening:
    """Decrypts the head with S. It always gives something: whether S is right, ``open_body`` shows, or the proofs of the shares."""
    plain = [
        hidden ^ pad
        for hidden, pad in zip(envelope.words, pads(context, secret, len(envelope.words)), strict=True)
    ]
    return Opening(word(plain[0]), tuple(None if each == NO_OFFER else each for each in plain[1:]))


def page_entry(envelope: Envelope, combination: Combination) -> tuple[object, ...]:
    """One of the ``bids`` of openPage: (U, keccak256(body), words, products, inverses) as ABI coding wants it."""
    products = [point.as_tuple() for point in combination.products]
    inverses = list(combination.inverses)
    return envelope.u.as_tuple(), envelope.body_hash, list(envelope.words), products, inverses


def open_body(secret: Point, context: BidContext, envelope: Envelope, opening: Opening) -> bytes:
    """The document, exactly as it was sealed; what it says is ``document.read``'s question.

    Raises BodyUnreadable, BodyFrameInvalid (length or padding), DocumentMismatch (not what docCommit binds): such a bid is not
    responsive, and everyone who looks finds the same.
    """
    place = (context.tender, context.envelope, context.bidder)
    try:
        plain = body_key(context, envelope.u, secret).decrypt(bytes(12), envelope.body, context.ctx)
    except InvalidTag:
        raise BodyUnreadable(*place) from None
    end = 36 + number(plain[:4])
    # Padding goes to the next multiple and no further: one document has one frame.
    if not 0 <= len(plain) - end < BLOCK:
        raise BodyFrameInvalid(*place, "length")
    if any(plain[end:]):
        raise BodyFrameInvalid(*place, "padding")
    document = plain[36:end]
    if doc_commit(context, plain[4:36], document) != opening.doc_commit:
        raise DocumentMismatch(*place, "docCommit")
    return document
