"""Sealing a bid, and checking an envelope as BidBox does (specification of sealed bids, section 4).

    offset  0     1   34    67     68     68+32c  100+32c  132+32c
    field   0x01  U   Ubar  count  words  e       f        body       of 1, 33, 33, 1, 32c, 32, 32, 16 + 1024m bytes

The bytes in the file, in the call data, in the event and in front of an auditor are the same.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chain.errors.contracts import (
    BidBoxBodyInvalid,
    BidBoxEnvelopeMalformed,
    BidBoxPointInvalid,
    BidBoxPointReused,
    BidBoxProofInvalid,
    BidBoxWordsWrong,
)
from chain.errors.sealing import BidAmountInvalid, BidDocumentTooLarge, PointInvalid
from chain.sealing.context import BidContext
from chain.sealing.group import GBAR, Draw, Point, draw_scalar, hashed, multiply, number, tag, word
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import Same

__all__ = [
    "BLOCK", "MAX_AMOUNT", "MAX_BLOCKS", "MAX_WORDS", "NO_OFFER", "Amounts", "Envelope", "EnvelopeWitness", "SealedEnvelope",
    "body_key", "check", "doc_commit", "document_limit", "pads", "read", "seal",
]  # fmt: skip

BLOCK = 1024
"""Bytes of a block of the body: what padding rounds up to."""

MAX_BLOCKS = 16
"""Blocks of a body at most, in any tender."""

MAX_AMOUNT = 2**128 - 1
"""The highest amount of a responsive bid, minor units."""

MAX_WORDS = 33
"""Words of a head at most: docCommit and 32 lots."""

NO_OFFER = 2**256 - 1
"""The word that says "no offer for this lot"."""

Amounts = Sequence[int | None]
"""An amount a lot in the order of the terms, minor units; None = no offer."""

_VERSION = 1
_HEADER, _TAG, _FRAME = 68, 16, 36
_PROOF, _HEAD, _DOC, _BODY_KEY = tag("tdh2-proof"), tag("head"), tag("doc"), tag("body-key")
_NONCE = bytes(12)  # the key of a body is used once


def document_limit(body_blocks: int) -> int:
    """Bytes of a bid document that fit into this many blocks: a length and a salt stand before it."""
    return BLOCK * body_blocks - _FRAME


def doc_commit(context: BidContext, salt: bytes, document: bytes) -> bytes:
    """docCommit, 32 bytes: binds the document without telling it."""
    return hashed(_DOC, context.ctx, salt, hashed(document))


def pads(context: BidContext, secret: Point, count: int) -> list[int]:
    """What the words of the head are hidden with; ``secret`` is S."""
    shared = secret.to64()
    return [number(hashed(_HEAD, context.ctx, word(place), shared)) for place in range(count)]


def body_key(context: BidContext, u: Point, secret: Point) -> AESGCM:
    """AES-256-GCM under Kb; ``secret`` is S."""
    derive = HKDF(SHA256(), 32, salt=_BODY_KEY, info=context.ctx + u.compress())
    return AESGCM(derive.derive(secret.to64()))


@dataclass(frozen=True)
class EnvelopeWitness:
    """struct EnvelopeWitness of ``submit``: what the contract checks in place of computing it."""

    u_y: int
    ubar_y: int
    f_b: Point
    e_y: Point
    inverse: int

    def as_tuple(self) -> tuple[int, int, tuple[int, int], tuple[int, int], int]:
        """As ABI coding wants it."""
        return self.u_y, self.ubar_y, self.f_b.as_tuple(), self.e_y.as_tuple(), self.inverse


@dataclass(frozen=True)
class Envelope:
    """The fields of an envelope. ``words`` are the c words of the head: the hidden docCommit, then the hidden amounts."""

    data: bytes = field(repr=False)
    u: Point
    ubar: Point
    words: tuple[int, ...]
    proof: Same
    body: bytes = field(repr=False)

    @cached_property
    def body_hash(self) -> bytes:
        """keccak256(body), 32 bytes."""
        return hashed(self.body)

    def label(self, context: BidContext) -> bytes:
        """L, 32 bytes: what the proof is bound to."""
        return hashed(context.ctx, *map(word, self.words), self.body_hash)

    def seal(self, context: BidContext) -> bytes:
        """keccak256(U || L), 32 bytes: all that BidBox stores of the content."""
        return hashed(self.u.to64(), self.label(context))

    def witness(self) -> EnvelopeWitness:
        """Computed from the public bytes; a false proof has one too, which the contract refuses."""
        part = self.proof.witness(GBAR, self.ubar)
        return EnvelopeWitness(self.u.y, self.ubar.y, part.f_b, part.e_y, part.inverse)


def read(
    data: bytes, context: BidContext, count: int | None = None, body_blocks: int = MAX_BLOCKS
) -> Envelope:
    """Takes an envelope apart, without its proof. ``count`` is 1 + lots, or 1 where it holds documents only; None = as it says.

    Raises, in the contract's order, BidBoxEnvelopeMalformed, -WordsWrong, -BodyInvalid, -PointInvalid.
    """
    place = (context.tender, context.envelope)
    if len(data) < _HEADER or data[0] != _VERSION:
        raise BidBoxEnvelopeMalformed(*place, 0)
    if data[67] not in (range(1, MAX_WORDS + 1) if count is None else (count,)):
        raise BidBoxWordsWrong(*place, count or MAX_WORDS, data[67])
    head = _HEADER + 32 * data[67]
    body = data[head + 64 :]
    if len(data) < head + 64:
        raise BidBoxEnvelopeMalformed(*place, head)
    if not 0 < len(body) - _TAG <= BLOCK * body_blocks or (len(body) - _TAG) % BLOCK:
        raise BidBoxBodyInvalid(*place, _TAG + BLOCK * body_blocks, len(body))
    u, ubar = (_point(data, offset, place) for offset in (1, 34))
    words = tuple(number(data[at : at + 32]) for at in range(_HEADER, head, 32))
    proof = Same(number(data[head : head + 32]), number(data[head + 32 : head + 64]))
    return Envelope(data, u, ubar, words, proof, body)


def _point(data: bytes, offset: int, place: tuple[int, int]) -> Point:
    try:
        return Point.decompress(data[offset : offset + 33])
    except PointInvalid:
        raise BidBoxPointInvalid(*place, offset) from None


def check(
    data: bytes,
    context: BidContext,
    count: int | None = None,
    body_blocks: int = MAX_BLOCKS,
    used: Container[int] = (),
) -> Envelope:
    """Everything that BidBox asks of an envelope's bytes; ``used`` holds the U.x of envelopes before it.

    Raises what ``read`` raises, then BidBoxPointReused, BidBoxProofInvalid.
    """
    envelope = read(data, context, count, body_blocks)
    if envelope.u.x in used:
        raise BidBoxPointReused(context.tender, context.envelope, envelope.u.x)
    if not envelope.proof.holds(_PROOF, envelope.label(context), envelope.u, GBAR, envelope.ubar):
        raise BidBoxProofInvalid(context.tender, context.envelope, context.bidder)
    return envelope


@dataclass(frozen=True)
class SealedEnvelope:
    """An envelope and what only its bidder knows: r, with which it can open the bid itself, and the salt of the commitment."""

    context: BidContext
    pk: Point
    envelope: Envelope
    r: Secret
    salt: Secret

    @property
    def data(self) -> bytes:
        """The bytes to submit."""
        return self.envelope.data

    @property
    def seal_hash(self) -> bytes:
        """What BidBox stores for it, 32 bytes."""
        return self.envelope.seal(self.context)

    @property
    def secret(self) -> Point:
        """S = r * PK: what opens the envelope. To nobody before the opening. Raises SecretErased."""
        return multiply(self.r.number, self.pk)

    def erase(self) -> None:
        """Overwrites r and salt; afterwards only the committee can open the bid."""
        self.r.erase()
        self.salt.erase()


def seal(
    context: BidContext,
    pk: Point,
    amounts: Amounts,
    document: bytes,
    draw: Draw,
    body_blocks: int = MAX_BLOCKS,
) -> SealedEnvelope:
    """Seals amounts and a document to the committee's key, on the bidder's own device.

    ``pk`` is PK of the keyset that the context names: the caller pins both from the notice. ``amounts`` has one entry a lot, none for an
    envelope that holds documents only. Draws r, salt and the proof's randomness, in this order, 32 bytes each (r again where it is no
    scalar). Raises BidAmountInvalid, BidDocumentTooLarge, PointInvalid (pk).
    """
    for lot, amount in enumerate(amounts, 1):
        if amount is not None and not 0 <= amount <= MAX_AMOUNT:
            raise BidAmountInvalid(lot)
    if len(document) > document_limit(body_blocks):
        raise BidDocumentTooLarge(document_limit(body_blocks), len(document))
    r, salt = draw_scalar(draw), draw(32)
    u, ubar, secret = multiply(r), multiply(r, GBAR), multiply(r, pk)
    head = [number(doc_commit(context, salt, document))]
    head += [NO_OFFER if amount is None else amount for amount in amounts]
    words = tuple(value ^ pad for value, pad in zip(head, pads(context, secret, len(head)), strict=True))
    body = body_key(context, u, secret).encrypt(_NONCE, _framed(salt, document), context.ctx)
    label = hashed(context.ctx, *map(word, words), hashed(body))
    proof = Same.prove(_PROOF, label, r, u, GBAR, ubar, draw)
    data = b"".join((
        bytes((_VERSION,)), u.compress(), ubar.compress(), bytes((len(words),)), *map(word, words), word(proof.e), word(proof.f), body,
    ))  # fmt: skip
    return SealedEnvelope(
        context, pk, Envelope(data, u, ubar, words, proof, body), Secret.of(r), Secret(salt)
    )


def _framed(salt: bytes, document: bytes) -> bytes:
    """u32 length || salt || document || zeros to the next multiple of a block."""
    frame = len(document).to_bytes(4, "big") + salt + document
    return frame + bytes(-len(frame) % BLOCK)
