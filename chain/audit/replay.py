"""The contracts' events again, from proved blocks: are they lawful, and what do they add up to?

The rows and the releases are made by the very code that the follower uses (``chain.recorder.index``, ``chain.publication``), in memory;
``chain.audit.lawful`` holds each event against the rules besides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from chain.audit.decided import Change
from chain.audit.lawful import Lawful
from chain.audit.place import NOWHERE, Place, data
from chain.audit.reading import Block
from chain.audit.receipt import Verified
from chain.audit.sealed.verdict import BoxReport
from chain.errors.chain import LogInvalid
from chain.errors.ocds import ReleaseRefused
from chain.ocds.publication import Publication
from chain.publication import OcdsPublisher, judge
from chain.recorder.index import blocks as index
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.schema import END, idx_log, idx_release, tables
from chain.rules import canonical
from chain.transactions import checksum, decode_log
from chain.types import Event

__all__ = ["Found", "PlaceOf", "Replay", "events_in"]

MAX_TIME = 240_000_000_000
"""Latest time of a block in unix seconds, in the year 9575: calendars end soon after it."""

Found = tuple[Event, Verified, Place]
"""An event, its transaction, and where its log stands."""

PlaceOf = Callable[[int], Place]
"""Index of a transaction in its block -> where its receipt stands."""


def events_in(block: Block, contract_of: Mapping[bytes, str], place_of: PlaceOf) -> list[Found]:
    """The events of our contracts (``contract_of``: address -> name) in log order, each with its transaction and its place.

    Raises AuditRefusal ``log-unreadable`` for a log that no such contract emits.
    """
    found: list[Found] = []
    for one in block.body:
        for i, log in enumerate(one.receipt.logs):
            contract = contract_of.get(log.address)
            if contract is None:
                continue
            place = place_of(one.index).of(block.header.number).at("logs", i)
            try:
                event = decode_log(
                    contract, data(log.address), log.topics, log.data, block=block.header.number, time=block.header.timestamp,
                    transaction=data(one.transaction.hash), tx_index=one.index, log_index=one.first_log + i,
                )  # fmt: skip
            except LogInvalid as error:
                raise place.refusal("log-unreadable", f"an event of {contract}", str(error)) from error
            found.append((event, one, place))
    return found


class Replay:
    """Applies proved blocks in order, from block 0 on. ``whole`` is False where only the events that explain one tender are there."""

    def __init__(
        self, publication: Publication, whole: bool = True, founder: str = "", judged: bool = True
    ) -> None:
        """``founder``: see ``founded_by``; ``judged`` False: these very blocks were held against the rules before."""
        self.rows = MemoryRows()
        self._indexer = index.Indexer(OcdsPublisher(publication), judge)
        self._lawful = Lawful(publication.chain_id, whole)
        self._judged = judged
        self.founded_by(founder)

    def founded_by(self, founder: str) -> None:
        """Who may open ceremonies of OpeningCommittee before its first keyset: its constructor was told; "" = nobody."""
        self._lawful.founded_by(founder)

    def apply(self, block: Block, found: Sequence[Found]) -> None:
        """What one block says; ``found``: its events, from ``events_in``. Raises AuditRefusal."""
        here = NOWHERE.of(block.header.number).at("blocks", block.header.number)
        if block.header.timestamp > MAX_TIME:
            raise here.refusal("header-timestamp", f"at most {MAX_TIME}", block.header.timestamp)
        if self._judged:
            self._judge(block, found)
        try:
            self._indexer.apply(_indexed(block, [event for event, _, _ in found]), self.rows)
        except ReleaseRefused as error:
            raise here.refusal("release", "a release that its own rules allow", str(error)) from error

    def _judge(self, block: Block, found: Sequence[Found]) -> None:
        for event, one, place in found:
            to, created = one.transaction.to, one.transaction.to is None
            call = one.transaction.data if to is not None and data(to) == event.address.lower() else None
            self._lawful.apply(event, checksum(data(one.transaction.sender)), place, created, call)
        self._lawful.close()
        for one in block.body:
            if not one.receipt.succeeded:
                self._lawful.refused(one, block.header.number, block.header.timestamp)

    def box_report(self, tender: int, now: int) -> BoxReport | None:
        """What became of the bids of a tender, at a time; None where it takes none."""
        return self._lawful.box_report(tender, now)

    def committee_warnings(self) -> list[str]:
        """What is wrong with ceremonies or shares, though it opened nothing and no key in use came of it."""
        return self._lawful.committee_warnings()

    def indirect(self) -> list[str]:
        """Acts that no account signed directly, a contract having acted for it; they are lawful."""
        return self._lawful.indirect()

    @property
    def changes(self) -> Sequence[Change]:
        """Every privileged change, with the resolution that decided it; of a whole chain only."""
        return self._lawful.changes

    def releases(self, tender: int | None = None) -> list[Row]:
        """Rows of idx_release in chain order, of one tender or of all."""
        return [row for row in self.rows.all(idx_release) if tender in (None, row["tender"])]

    def doubtful(self) -> list[str]:
        """Texts that are not what they should be; they are on the chain, and releases leave them out."""
        rows = (row for row in self.rows.all(idx_log) if not row["content_ok"])
        return [
            f"block {row['block']}, {row['name']}: {', '.join(json.loads(row['reasons']))}" for row in rows
        ]

    def emitted(self) -> int:
        """Number of events that transactions emitted, those that time alone makes left out."""
        return sum(row["tx"] < END for row in self.rows.all(idx_log))

    def digest(self) -> str:
        """sha256 (hex) of all rows, as `licita index digest` computes it."""
        total = hashlib.sha256()
        for table in tables:
            for row in self.rows.all(table):
                total.update(canonical({"table": table.name, **row}) + b"\n")
        return total.hexdigest()


def _indexed(block: Block, events: Sequence[Event]) -> index.Block:
    """The block as the index takes it."""
    header, transactions = block.header, tuple(map(_sent, block.body))
    return index.Block(
        header.number,
        data(block.hash),
        data(header.parent_hash),
        header.timestamp,
        transactions,
        tuple(events),
    )


def _sent(one: Verified) -> index.Tx:
    transaction = one.transaction
    sender = checksum(data(transaction.sender))
    return index.Tx(one.index, data(transaction.hash), sender, transaction.nonce, int(one.receipt.succeeded))
