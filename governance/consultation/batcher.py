"""The service's side: which comments are taken, when a batch is due, what it holds, and how its receipts are completed.

Nothing here waits, signs or stores: storage is a protocol over one transaction, what is to be signed comes out as a ``Draft``.

    receipt = batcher.receive(window, text, key, now)           # a Draft to sign, or the receipt that this key has already
    receipt = batcher.keep(draft.signed(r, s, y), text, key)
    batch = batcher.build(window, now, anchored)                # then Consultation.anchor(proposal, batch.expected, batch.root, batch.size)
    draft = batcher.anchored(proposal, number, root, block, transaction, anchored_at)    # when BatchAnchored came
    batcher.settle(draft.signed(r, s, y))
    batcher.receipt(serial)                                     # complete from here on
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from chain.errors.consultation import (
    CommentCharacterRefused,
    CommentEmpty,
    CommentsClosed,
    CommentTextInvalid,
    CommentTooLong,
)
from chain.rules.merkle import Tree
from chain.types import moment
from governance.consultation.receipt import (
    PROMISE,
    Anchored,
    Batches,
    Comment,
    Draft,
    Place,
    Receipt,
    anchored_draft,
    promise_draft,
)

__all__ = ["GRACE", "MAX_BATCH", "MAX_TEXT", "Batch", "Batcher", "Comments", "Desk", "Window", "checked_text"]

MAX_TEXT = 65_536
"""Bytes of a comment in UTF-8."""
MAX_BATCH = 10_000
"""Comments in a batch; the contract takes 100,000, but a list of leaves should stay a file that people open."""
GRACE = 600
"""Seconds after the consultation until its last comments are on the chain, at most."""

_SERIAL_BYTES = 16
# They change the order in which others read what follows.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Desk:
    """Who receives comments: ``consultation`` is the contract's address, ``operator`` an OPERATOR account of ``member``."""

    chain_id: int
    consultation: str
    operator: str
    member: bytes


@dataclass(frozen=True)
class Window:
    """The consultation on a proposal: open while t <= ``closes_at``, batches are taken while t <= ``vote_ends_at``; unix seconds."""

    proposal: int
    closes_at: int
    vote_ends_at: int

    def anchor_by(self, received_at: int) -> int:
        """Until when a comment is promised to be on the chain.

        An hour at most; what comes shortly before the close has the grace after it, for it still has to be gathered, sent and put
        into a block. The grace is at most half of the vote, so that the council can read everything before its vote ends.
        """
        grace = min(GRACE, (self.vote_ends_at - self.closes_at) // 2)
        return min(received_at + PROMISE, self.closes_at + grace)


@dataclass(frozen=True)
class Batch:
    """Comments that go to the chain together. ``number`` from 1 for the member and the proposal; ``leaves`` are their hashes."""

    proposal: int
    number: int
    leaves: tuple[bytes, ...]

    @property
    def expected(self) -> int:
        """How many batches the contract must have before it."""
        return self.number - 1

    @property
    def size(self) -> int:
        """Number of comments."""
        return len(self.leaves)

    @property
    def root(self) -> bytes:
        """What is anchored."""
        return self.tree.root

    @cached_property
    def tree(self) -> Tree:
        """The tree over the leaves."""
        return Tree(self.leaves)


class Comments(Protocol):
    """Where comments and batches are kept; all calls of one act belong into one transaction that writes."""

    def find(self, proposal: int, key: str, text_sha256: bytes) -> Receipt | None:
        """The promise that was stored under this key for this text."""
        ...

    def get(self, serial: str) -> Receipt | None:
        """The promise of a comment."""
        ...

    def add(self, receipt: Receipt, key: str, text: str) -> None:
        """Stores a promise; (proposal, key, text_sha256) and the serial are unique."""
        ...

    def waiting(self, proposal: int, limit: int) -> Sequence[Comment]:
        """The first comments that are in no batch, in the order in which they were added."""
        ...

    def waiting_count(self, proposal: int) -> int:
        """How many comments are in no batch."""
        ...

    def open_batch(self, proposal: int) -> Batch | None:
        """The batch that was put and is neither settled nor dropped; there is at most one for a proposal."""
        ...

    def put_batch(self, batch: Batch) -> None:
        """Stores a batch; its comments no longer wait."""
        ...

    def drop_batch(self, batch: Batch) -> None:
        """Forgets a batch that will not be on the chain; its comments wait again, in their old order."""
        ...

    def settle(self, batch: Batch, anchored: Anchored) -> None:
        """Stores that an open batch is on the chain."""
        ...

    def settled(self, proposal: int) -> Sequence[tuple[Batch, Anchored]]:
        """All settled batches of a proposal by number."""
        ...

    def place_of(self, serial: str) -> tuple[Batch, Anchored] | None:
        """The settled batch that holds the comment."""
        ...


class Batcher:
    """Cheap: made for one transaction."""

    def __init__(
        self, desk: Desk, comments: Comments, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._desk = desk
        self._comments = comments
        self._entropy = entropy

    def receive(self, window: Window, text: str, key: str, now: int) -> Receipt | Draft[Receipt]:
        """The receipt to sign; or, where this text came under this key before, the one it has: complete, if it is in a batch.

        ``now``: time of the head block. Callers are anonymous and own no keys, so a key stands for its text alone: another text under
        it is another comment. Raises CommentEmpty, CommentTooLong, CommentCharacterRefused, CommentTextInvalid, CommentsClosed.
        """
        digest = hashlib.sha256(checked_text(text)).digest()
        known = self._comments.find(window.proposal, key, digest)
        if known is not None:
            return self._completed(known)
        if now > window.closes_at:
            raise CommentsClosed(window.proposal, moment(window.closes_at))
        serial = self._entropy(_SERIAL_BYTES).hex()
        desk = self._desk
        comment = Comment(desk.chain_id, desk.consultation, window.proposal, digest, now, serial)
        return promise_draft(Receipt(comment, desk.operator, desk.member, window.anchor_by(now)))

    def keep(self, receipt: Receipt, text: str, key: str) -> Receipt:
        """Stores a signed receipt; where the same request was stored meanwhile, that one is the answer and this one is forgotten."""
        known = self._comments.find(receipt.comment.proposal, key, receipt.comment.text_sha256)
        if known is not None:
            return self._completed(known)
        self._comments.add(receipt, key, text)
        return receipt

    def due(self, window: Window, now: int) -> bool:
        """Whether comments wait that should go: half of the oldest one's time is over, the consultation is, or a batch is full.

        The other half is for sending, for a node that is away, and for a batch that another service of the member overtakes.
        """
        oldest = next(iter(self._comments.waiting(window.proposal, 1)), None)
        if oldest is None or now > window.vote_ends_at:
            return False
        if now > window.closes_at or self._comments.waiting_count(window.proposal) >= MAX_BATCH:
            return True
        return 2 * (now - oldest.received_at) >= window.anchor_by(oldest.received_at) - oldest.received_at

    def build(self, window: Window, now: int, anchored: int) -> Batch | None:
        """The batch to send, None where nothing is due. Asked again it is the same batch, until it is settled or overtaken.

        ``anchored``: how many batches of our member the chain holds for the proposal, with ``anchored()`` called for each of them
        before. One that bears another number than the next was overtaken by another service of the member and is built anew.
        """
        batch = self._comments.open_batch(window.proposal)
        if now > window.vote_ends_at:
            return None
        if batch is not None and batch.expected == anchored:
            return batch
        if batch is not None:
            self._comments.drop_batch(batch)
        elif not self.due(window, now):
            return None
        leaves = tuple(comment.hash for comment in self._comments.waiting(window.proposal, MAX_BATCH))
        batch = Batch(window.proposal, anchored + 1, leaves)
        self._comments.put_batch(batch)
        return batch

    def anchored(
        self, proposal: int, number: int, root: bytes, block: int, transaction: str, anchored_at: int
    ) -> Draft[Anchored] | None:
        """Our open batch as the chain holds it, to be signed; None where the event of our member is about another batch."""
        batch = self._comments.open_batch(proposal)
        if batch is None or batch.number != number or batch.root != root:
            return None
        desk = self._desk
        return anchored_draft(
            Anchored(
                desk.chain_id, desk.consultation, proposal, desk.member, desk.operator, number, batch.size, root, block, transaction,
                anchored_at,
            )
        )  # fmt: skip

    def settle(self, anchored: Anchored) -> None:
        """Stores the signed words on our open batch; nothing where it was settled meanwhile."""
        batch = self._comments.open_batch(anchored.proposal)
        if batch is not None and batch.number == anchored.batch and batch.root == anchored.root:
            self._comments.settle(batch, anchored)

    def receipt(self, serial: str) -> Receipt | None:
        """The receipt of a comment, complete if its batch is on the chain; None where there is no such comment."""
        found = self._comments.get(serial)
        return None if found is None else self._completed(found)

    def batches(self, proposal: int) -> Batches | None:
        """What is published of the anchored batches; None where there is none yet."""
        listed = tuple((anchored, batch.leaves) for batch, anchored in self._comments.settled(proposal))
        return Batches(listed) if listed else None

    def _completed(self, receipt: Receipt) -> Receipt:
        found = self._comments.place_of(receipt.comment.serial)
        if found is None:
            return receipt
        batch, anchored = found
        position = batch.leaves.index(receipt.comment.hash)
        return replace(receipt, place=Place(anchored, position, batch.tree.path(position)))


def checked_text(text: str) -> bytes:
    """The text in UTF-8 as it is, for its sha256. Raises CommentEmpty, CommentTooLong, CommentCharacterRefused, CommentTextInvalid."""
    if not text.strip():
        raise CommentEmpty()
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CommentTextInvalid(error.start) from error
    if len(data) > MAX_TEXT:
        raise CommentTooLong(MAX_TEXT, len(data))
    for offset, character in enumerate(text):
        if character in _TURNING or (unicodedata.category(character) == "Cc" and character not in "\t\n\r"):
            raise CommentCharacterRefused(offset, f"U+{ord(character):04X}")
    return data
