"""Comments of people without an account: the service signs a promise for each, and publishes what it anchored.

Between the rows of ``chain.recorder.comments`` and the values of ``governance.consultation``.
"""

from __future__ import annotations

from collections.abc import Sequence

from chain.errors.consultation import CommentsClosed
from chain.errors.contracts import ConsultationNotFound
from chain.errors.service import BatchesNotFound, CommentNotFound, CommentsUnavailable
from chain.recorder import Recorder
from chain.recorder.comments import BatchRecord, CommentBook, CommentRecord, CommentStore
from chain.recorder.index.council_views import ProposalRow
from chain.types import ZERO32, Role, from_hex, moment
from governance.consultation import (
    Anchored,
    Batch,
    Batcher,
    Batches,
    Comment,
    Desk,
    Draft,
    Receipt,
    Window,
    read_anchored,
    read_receipt,
)

__all__ = ["Citizens", "StoredComments", "window_of"]


def window_of(row: ProposalRow) -> Window:
    """The consultation on a proposal."""
    return Window(row.number, row.facts.vote_start, row.facts.vote_end)


class Citizens:
    """The desk of one service. ``operator``: checksum address of the OPERATOR account whose key signs and anchors, "" where there is
    none."""

    def __init__(self, recorder: Recorder, chain_id: int, operator: str) -> None:
        self.store = CommentStore(recorder.store)
        self.operator = operator
        self._recorder = recorder
        self._chain_id = chain_id

    @property
    def desk(self) -> Desk:
        """Who receives comments; nobody's member where the account is no person of one."""
        person = self._recorder.index.person(self.operator)
        member = ZERO32 if person is None else from_hex(person.member)
        return Desk(
            self._chain_id, self._recorder.deployment.addresses["Consultation"], self.operator, member
        )

    def batcher(self, book: CommentBook) -> Batcher:
        """What is done with comments, within one transaction."""
        desk = self.desk
        return Batcher(desk, StoredComments(desk, book))

    async def begin(self, proposal: int, text: str, key: str) -> Receipt | Draft[Receipt]:
        """The receipt that this text has under this key already, or the one to be signed by ``finish``.

        Raises CommentsUnavailable, ConsultationNotFound, CommentsClosed, the refusals of ``governance.consultation``, StorageBusy,
        StorageFailed.
        """
        return await self.store.fetch(lambda book: self._begin(book, proposal, text, key))

    async def finish(self, draft: Draft[Receipt], text: str, key: str) -> Receipt:
        """Signs and stores a receipt. Raises SignerUnavailable, StorageBusy, StorageFull, StorageFailed."""
        receipt = draft.signed(
            *await self._recorder.signer(self.operator).sign_hash(draft.digest, draft.preimage)
        )
        return await self.store.write(lambda book: self.batcher(book).keep(receipt, text, key))

    def _begin(self, book: CommentBook, proposal: int, text: str, key: str) -> Receipt | Draft[Receipt]:
        index = self._recorder.index
        row = index.council.proposal(proposal)
        if row is None:
            raise ConsultationNotFound(proposal)
        found = self.batcher(book).receive(window_of(row), text, key, index.now())
        if isinstance(found, Receipt):
            return found
        if row.cancelled_at:
            raise CommentsClosed(proposal, moment(row.cancelled_at))
        if not self.operator or not index.may(self.operator, Role.OPERATOR):
            raise CommentsUnavailable(self.operator)
        return found

    def receipt(self, proposal: int, serial: str) -> Receipt:
        """The receipt of a comment, complete once its batch is on the chain. Raises CommentNotFound."""
        found = self.store.read(lambda book: self.batcher(book).receipt(serial))
        if found is None or found.comment.proposal != proposal:
            raise CommentNotFound(proposal, serial)
        return found

    def batches(self, proposal: int) -> Batches:
        """The leaves of all batches that are on the chain. Raises BatchesNotFound."""
        found = self.store.read(lambda book: self.batcher(book).batches(proposal))
        if found is None:
            raise BatchesNotFound(proposal)
        return found


class StoredComments:
    """Comments in rows (protocol ``governance.consultation.Comments``), over one connection."""

    def __init__(self, desk: Desk, book: CommentBook) -> None:
        self._desk = desk
        self._book = book

    def find(self, proposal: int, key: str, text_sha256: bytes) -> Receipt | None:
        """The promise that was stored under this key for this text."""
        return _receipt(self._book.find(proposal, key, text_sha256.hex()))

    def get(self, serial: str) -> Receipt | None:
        """The promise of a comment."""
        return _receipt(self._book.get(serial))

    def add(self, receipt: Receipt, key: str, text: str) -> None:
        """Stores a promise."""
        comment = receipt.comment
        self._book.add(
            CommentRecord(
                comment.serial, comment.proposal, comment.text_sha256.hex(), text, comment.received_at, comment.hash, receipt.to_bytes()
            ),
            key,
        )  # fmt: skip

    def waiting(self, proposal: int, limit: int) -> Sequence[Comment]:
        """The first comments that are in no batch."""
        desk = self._desk
        return [
            Comment(
                desk.chain_id, desk.consultation, row.proposal, bytes.fromhex(row.text_sha256), row.received_at, row.serial
            )
            for row in self._book.waiting(proposal, limit)
        ]  # fmt: skip

    def waiting_count(self, proposal: int) -> int:
        """How many comments are in no batch."""
        return self._book.waiting_count(proposal)

    def open_batch(self, proposal: int) -> Batch | None:
        """The batch that is on its way."""
        found = self._book.open_batch(proposal)
        return None if found is None else _batch(found)

    def put_batch(self, batch: Batch) -> None:
        """Stores a batch; its comments no longer wait."""
        self._book.put_batch(BatchRecord(batch.proposal, batch.number, batch.root, batch.leaves, None))

    def drop_batch(self, batch: Batch) -> None:
        """Forgets a batch; its comments wait again."""
        self._book.drop_batch(batch.proposal, batch.number)

    def settle(self, batch: Batch, anchored: Anchored) -> None:
        """Stores that a batch is on the chain."""
        self._book.settle(batch.proposal, batch.number, anchored.to_bytes())

    def settled(self, proposal: int) -> Sequence[tuple[Batch, Anchored]]:
        """Batches that are on the chain, by number."""
        return [pair for row in self._book.settled(proposal) if (pair := _settled(row)) is not None]

    def place_of(self, serial: str) -> tuple[Batch, Anchored] | None:
        """The batch on the chain that holds a comment."""
        found = self._book.batch_of(serial)
        return None if found is None else _settled(found)


def _receipt(row: CommentRecord | None) -> Receipt | None:
    return None if row is None else read_receipt(row.receipt)


def _batch(row: BatchRecord) -> Batch:
    return Batch(row.proposal, row.number, row.leaves)


def _settled(row: BatchRecord) -> tuple[Batch, Anchored] | None:
    return None if row.anchored is None else (_batch(row), read_anchored(row.anchored))
