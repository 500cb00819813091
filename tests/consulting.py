"""A consultation without a network: a desk with a key, comments in memory, a chain of anchored batches."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import coincurve

from chain.transactions import address_of
from governance.consultation import (
    Anchored,
    Batch,
    Batcher,
    Chain,
    Comment,
    Desk,
    Draft,
    Known,
    Receipt,
    Window,
)

KEY = bytes(31) + b"\x07"
MEMBER = hashlib.sha256(b"a member").digest()
DESK = Desk(1337, "0x5FbDB2315678afecb367f032d93F642f64180aa3", address_of(KEY), MEMBER)
OPENED = 1_800_000_000
WINDOW = Window(7, OPENED + 5 * 86_400, OPENED + 10 * 86_400)

T = TypeVar("T")


def signed(draft: Draft[T], key: bytes = KEY) -> T:
    """The draft, signed as a key in memory does it."""
    signature = coincurve.PrivateKey(key).sign_recoverable(draft.digest, hasher=None)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    return draft.signed(r, s, signature[64])


class Memory:
    """``Comments`` in dictionaries."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[Receipt, str, str]] = {}
        self.open: dict[int, Batch] = {}
        self.done: list[tuple[Batch, Anchored]] = []

    def find(self, proposal: int, key: str, text_sha256: bytes) -> Receipt | None:
        for receipt, its_key, _ in self.kept.values():
            comment = receipt.comment
            if (comment.proposal, its_key, comment.text_sha256) == (proposal, key, text_sha256):
                return receipt
        return None

    def get(self, serial: str) -> Receipt | None:
        return self.kept[serial][0] if serial in self.kept else None

    def add(self, receipt: Receipt, key: str, text: str) -> None:
        assert receipt.comment.serial not in self.kept
        self.kept[receipt.comment.serial] = (receipt, key, text)

    def waiting(self, proposal: int, limit: int) -> Sequence[Comment]:
        taken = {
            leaf for batch in (*self.open.values(), *(each for each, _ in self.done)) for leaf in batch.leaves
        }
        all_ = (receipt.comment for receipt, _, _ in self.kept.values())
        return [each for each in all_ if each.proposal == proposal and each.hash not in taken][:limit]

    def waiting_count(self, proposal: int) -> int:
        return len(self.waiting(proposal, len(self.kept)))

    def open_batch(self, proposal: int) -> Batch | None:
        return self.open.get(proposal)

    def put_batch(self, batch: Batch) -> None:
        assert batch.proposal not in self.open
        self.open[batch.proposal] = batch

    def drop_batch(self, batch: Batch) -> None:
        assert self.open.pop(batch.proposal) == batch

    def settle(self, batch: Batch, anchored: Anchored) -> None:
        assert self.open.pop(batch.proposal) == batch
        self.done.append((batch, anchored))

    def settled(self, proposal: int) -> Sequence[tuple[Batch, Anchored]]:
        return [each for each in self.done if each[0].proposal == proposal]

    def place_of(self, serial: str) -> tuple[Batch, Anchored] | None:
        leaf = self.kept[serial][0].comment.hash
        return next((each for each in self.done if leaf in each[0].leaves), None)


def take(
    batcher: Batcher, text: str, key: str, now: int = OPENED, window: Window = WINDOW, secret: bytes = KEY
) -> Receipt:
    """A comment through both steps."""
    draft = batcher.receive(window, text, key, now)
    return draft if isinstance(draft, Receipt) else batcher.keep(signed(draft, secret), text, key)


def anchor(batcher: Batcher, batch: Batch, at: int) -> Anchored:
    """The batch as if its transaction were in a block of that time."""
    draft = batcher.anchored(
        batch.proposal, batch.number, batch.root, 40 + batch.number, "0x" + "ab" * 32, at
    )
    assert draft is not None
    anchored = signed(draft)
    batcher.settle(anchored)
    return anchored


def chain_of(memory: Memory, head_time: int, proposal: int = WINDOW.proposal) -> Chain:
    """What an honest index says of the desk's batches."""
    batches = {
        each.batch: Known(each.root, each.size, each.anchored_at) for _, each in memory.settled(proposal)
    }
    return Chain(DESK.chain_id, DESK.consultation, proposal, MEMBER, batches, head_time)
