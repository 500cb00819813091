"""The task that brings comments of citizens to the chain: a loop over facts, which may be ended at any point and begun again.

A batch is stored before it is sent; its operation has a key made of the batch, so that it is accepted once; what the index says of it
is signed and stored afterwards. A batch that another service of the member overtook is built anew, one that the chain lost (the
embedded network's tail) or refused is sent anew.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping

import structlog

from api.citizens import Citizens, window_of
from api.worker import repeat
from chain.council.acts import anchor
from chain.council.indexed import state_of
from chain.recorder import Head, Recorder, Request
from chain.recorder.comments import BatchRecord, CommentBook
from chain.recorder.index.council_views import BatchRow
from chain.types import ProposalState, from_hex, to_hex
from governance.consultation import Anchored, Batch, Draft, read_anchored
from governance.consultation.receipt import anchored_draft

__all__ = ["ACCOUNT", "Anchoring"]

ACCOUNT = "service"
"""Account of the operations that no caller asked for."""
_TAKING = (ProposalState.PENDING, ProposalState.ACTIVE, ProposalState.CANCELED)
"""States in which the contract takes batches."""

_log = structlog.get_logger("licita.anchoring")


class Anchoring:
    """Anchors what ``citizens`` received, through ``recorder``."""

    def __init__(self, recorder: Recorder, citizens: Citizens) -> None:
        self._recorder = recorder
        self._citizens = citizens
        self._head: Head | None = None
        self._doubtful: set[int] = set()

    async def run(self) -> None:
        """Turns until it is cancelled. What hinders it is logged once, and tried again."""
        await repeat(self.turn, _log, "comments wait")

    async def turn(self) -> None:
        """Does what can be done now for each proposal. Raises why nothing can be sent."""
        head = await asyncio.to_thread(self._recorder.index.head)
        if head is None:
            return
        if self._head is None or head.block < self._head.block:
            # At a start, and where the chain lost its tail: what was found in a block may be in another one, or in none.
            self._doubtful |= set(await self._citizens.store.fetch(lambda book: book.anchored_proposals()))
        self._head = head
        for proposal in sorted(self._doubtful):
            await self._compare(proposal)
        for proposal in await self._citizens.store.fetch(lambda book: book.proposals()):
            await self._advance(proposal)

    async def _advance(self, proposal: int) -> None:
        """Settles the batch that is in a block; builds and sends the one that is due."""
        citizens, index = self._citizens, self._recorder.index
        row = await asyncio.to_thread(index.council.proposal, proposal)
        if row is None:
            # The chain lost it, and it comes back with the same bytes.
            return
        now, window = await asyncio.to_thread(index.now), window_of(row)
        is_due = await citizens.store.fetch(lambda book: citizens.batcher(book).due(window, now))
        sent = await citizens.store.fetch(lambda book: book.open_batch(proposal))
        if sent is None and not is_due:
            return
        on_chain = await self._on_chain(proposal)
        if sent is not None and sent.number in on_chain:
            await self._settle(on_chain[sent.number])
        if await asyncio.to_thread(state_of, index, row) not in _TAKING:
            return
        batch = await citizens.store.write(
            lambda book: citizens.batcher(book).build(window, now, len(on_chain))
        )
        if batch is not None:
            await self._send(batch)

    async def _on_chain(self, proposal: int) -> Mapping[int, BatchRow]:
        """Batches of our member by number."""
        index, member = self._recorder.index, to_hex(self._citizens.desk.member)
        rows = await asyncio.to_thread(index.council.batches, proposal, member)
        return {row.batch: row for row in rows}

    async def _settle(self, row: BatchRow) -> None:
        citizens = self._citizens
        draft = await citizens.store.fetch(
            lambda book: citizens.batcher(book).anchored(
                row.proposal, row.batch, from_hex(row.root), row.block, row.transaction, row.at
            )
        )
        if draft is not None:
            anchored = await self._signed(draft)
            await citizens.store.write(lambda book: citizens.batcher(book).settle(anchored))
            _log.info("comments anchored", proposal=row.proposal, batch=row.batch, comments=row.comments)

    async def _signed(self, draft: Draft[Anchored]) -> Anchored:
        signer = self._recorder.signer(self._citizens.operator)
        return draft.signed(*await signer.sign_hash(draft.digest, draft.preimage))

    async def _send(self, batch: Batch) -> None:
        """Accepts the operation of a batch, unless it is on its way. Raises what the contract and the recorder refuse."""
        request = await self._request(batch)
        if request is not None:
            await self._recorder.preflight(request.call, request.actor)
            await self._recorder.accept(request)

    async def _request(self, batch: Batch) -> Request | None:
        """The next attempt at a batch, None while one is on its way or in a block that is not indexed yet."""
        attempt = 0
        while True:
            request = _request(batch, self._citizens.operator, attempt)
            stored = await self._recorder.lookup(request.account, request.idem_key, request.fingerprint)
            if stored is None:
                return request
            if not stored.is_final or stored.state == "recorded":
                return None
            attempt += 1

    async def _compare(self, proposal: int) -> None:
        """Holds the batches that were settled against the index; what is not in it any more and not on its way is sent again."""
        citizens = self._citizens
        on_chain, same = await self._on_chain(proposal), True
        for record in await citizens.store.fetch(lambda book: book.settled(proposal)):
            row = on_chain.get(record.number)
            if row is not None and from_hex(row.root) == record.root:
                await self._correct(record, row)
                continue
            same = False
            if await self._request(Batch(record.proposal, record.number, record.leaves)) is not None:
                await citizens.store.write(_dropping(record))
        if same:
            self._doubtful.discard(proposal)

    async def _correct(self, record: BatchRecord, row: BatchRow) -> None:
        """Signs again where the batch is in another block than the one that was signed for."""
        assert record.anchored is not None, "a settled batch has its words"
        said, desk = read_anchored(record.anchored), self._citizens.desk
        if (said.block, said.transaction, said.anchored_at) == (row.block, row.transaction, row.at):
            return
        found = Anchored(
            desk.chain_id, desk.consultation, record.proposal, desk.member, desk.operator, record.number, len(record.leaves),
            record.root, row.block, row.transaction, row.at,
        )  # fmt: skip
        anchored = await self._signed(anchored_draft(found))
        await self._citizens.store.write(
            lambda book: book.settle(record.proposal, record.number, anchored.to_bytes())
        )


def _request(batch: Batch, operator: str, attempt: int) -> Request:
    """The operation that anchors a batch: equal for equal batches, so that it is accepted once."""
    prepared = anchor(batch.proposal, batch.expected, batch.root, batch.size)
    key = f"anchor/{batch.proposal}/{batch.number}/{batch.root.hex()[:16]}" + (
        f"/{attempt}" if attempt else ""
    )
    fingerprint = hashlib.sha256(prepared.call.data).digest()
    return Request(ACCOUNT, key, fingerprint, operator, prepared.call, prepared.subject)


def _dropping(record: BatchRecord) -> Callable[[CommentBook], None]:
    return lambda book: book.drop_batch(record.proposal, record.number)
