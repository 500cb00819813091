"""One block into the index: its logs through the reducers, what came due, then the releases. Pure over ``Rows``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chain.recorder.index import (
    agreement_book,
    award_desk,
    complaint_desk,
    consultation,
    council,
    evaluation_desk,
    four_eyes,
    member_registry,
    operation,
    procedure_book,
    sealing,
    supplier_registry,
    tender_board,
)
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.content import dump, load
from chain.recorder.index.facts import mark, rules_of, stored_tender, tender_in, tender_of
from chain.recorder.index.procedure_book import clock_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.index.turn import member_row, supplier_row
from chain.recorder.index.views import MemberRow, SupplierRow
from chain.recorder.index.warm import Warm, next_due, warm_changes
from chain.recorder.publish import ContentCheck, Publisher, TenderChange
from chain.recorder.schema import (
    END,
    idx_bid,
    idx_block,
    idx_cancellation,
    idx_due,
    idx_envelope,
    idx_log,
    idx_lot,
    idx_member,
    idx_payment,
    idx_process,
    idx_release,
    idx_supplier,
    idx_tender,
    idx_tx,
    idx_withheld,
)
from chain.types import Event, TenderFacts

__all__ = ["REDUCERS", "Block", "Indexer", "Tx"]


@dataclass(frozen=True)
class Tx:
    """A transaction of a block; ``status`` 1 succeeded, 0 reverted."""

    index: int
    hash: str
    sender: str
    nonce: int
    status: int


@dataclass(frozen=True)
class Block:
    """A checked block: all its transactions, and the events of our contracts in log order."""

    number: int
    hash: str
    parent: str
    time: int
    transactions: tuple[Tx, ...]
    events: tuple[Event, ...]


_Reduce = Callable[[Event, Rows, ContentCheck], Sequence[str] | None]


def _plain(reducers: Mapping[str, Callable[[Event, Rows], Sequence[str] | None]]) -> dict[str, _Reduce]:
    return {name: _without_check(reduce) for name, reduce in reducers.items()}


def _without_check(reduce: Callable[[Event, Rows], Sequence[str] | None]) -> _Reduce:
    return lambda event, rows, _: reduce(event, rows)


REDUCERS: dict[str, dict[str, _Reduce]] = {
    "MemberRegistry": _plain(member_registry.REDUCERS),
    "SupplierRegistry": _plain(supplier_registry.REDUCERS),
    "ProcedureBook": _plain(procedure_book.REDUCERS),
    "TenderBoard": dict(tender_board.REDUCERS),
    "BidBox": _plain(sealing.BIDS),
    "OpeningCommittee": _plain(sealing.COMMITTEE),
    "AwardDesk": _plain(award_desk.REDUCERS),
    "ComplaintDesk": _plain(complaint_desk.REDUCERS),
    "EvaluationDesk": _plain(evaluation_desk.REDUCERS),
    "FourEyes": _plain(four_eyes.REDUCERS),
    "AgreementBook": _plain(agreement_book.REDUCERS),
    "Council": _plain(council.REDUCERS),
    "Consultation": _plain(consultation.REDUCERS),
    "ValidatorRegistry": _plain(operation.VALIDATORS),
    "NetworkPermissions": _plain(operation.NODES),
    "ApplicationRegistry": _plain(operation.APPLICATIONS),
}
"""Contract -> event -> reducer. Other events are kept in the log alone."""


class Indexer:
    """Applies blocks. ``publisher`` None: no releases; ``check`` judges a tender's text against its terms."""

    def __init__(self, publisher: Publisher | None, check: ContentCheck) -> None:
        self._publisher = publisher
        self._check = check

    def apply(self, block: Block, rows: Rows) -> None:
        """Everything one block says. Same blocks, same rows. Raises what the publisher refuses with."""
        before = rows.get(idx_block, block.number - 1)
        rows.put(
            idx_block,
            {"number": block.number, "hash": block.hash, "parent": block.parent, "time": block.time},
        )
        for tx in block.transactions:
            rows.put(idx_tx, {
                "block": block.number, "tx": tx.index, "hash": tx.hash, "sender": tx.sender, "nonce": tx.nonce, "status": tx.status
            })  # fmt: skip
        self.replay(
            block.number, block.time, block.time if before is None else before["time"], block.events, rows
        )

    def replay(self, number: int, time: int, before: int, events: Sequence[Event], rows: Rows) -> None:
        """The part of ``apply`` that stored logs give again; ``before``: time of the block before."""
        touched: dict[int, list[Event]] = {}
        for event in events:
            self._log(event, rows, touched)
        for tender in touched:
            _plan(tender, before, rows)
        derived = {tender: _came_due(tender, number, time, before, rows) for tender in rows.due(time)}
        for place, event in enumerate(event for tender in derived for event in derived[tender]):
            late = replace(event, log_index=place)
            tender = tender_in(late)
            rows.put(idx_tender, stored_tender(late, rows) | mark(late))
            rows.put(idx_log, _log_row(late, tender, ()))
        for tender in sorted(touched.keys() | {tender for tender in derived if derived[tender]}):
            names = {event.name: event.args.get("lots", ()) for event in derived.get(tender, ())}
            self._publish(tender, number, time, tuple(touched.get(tender, ())), names, rows)

    def _log(self, event: Event, rows: Rows, touched: dict[int, list[Event]]) -> None:
        reduce = REDUCERS.get(event.contract, {}).get(event.name)
        reasons = tuple(reduce(event, rows, self._check) or ()) if reduce else ()
        tender = tender_of(event)
        rows.put(idx_log, _log_row(event, tender, reasons))
        if tender is not None:
            touched.setdefault(tender, []).append(event)

    def _publish(
        self,
        tender: int,
        number: int,
        time: int,
        events: tuple[Event, ...],
        derived: Mapping[str, Sequence[int]],
        rows: Rows,
    ) -> None:
        if self._publisher is None:
            return
        facts, procedure = rules_of(tender, rows)
        # What was published in this very block had no release before: none is looked for.
        is_new = any(event.name == "TenderPublished" for event in events)
        process = None if is_new else rows.get(idx_process, tender)
        state = None if process is None else load(process["state"])
        ocid, released = ("", 0) if process is None else (process["ocid"], process["released_block"])
        change = TenderChange(tender, number, time, events, derived, facts, procedure, state)
        done = self._publisher.publish(change, _Directory(rows))
        if done.refused:
            _doubt(events, done.refused, rows)
        if release := done.release:
            ocid, released = release.ocid, number
            rows.put(idx_release, {
                "block": number, "tender": tender, "ocid": release.ocid, "id": release.id, "date": release.date,
                "data": release.data.decode(),
            })  # fmt: skip
        before = 0 if process is None else process["withheld"]
        for place, entry in enumerate(done.withheld, before):
            rows.put(idx_withheld, {"tender": tender, "place": place, "entry": dump(entry)})
        rows.put(idx_process, {
            "tender": tender, "ocid": ocid, "released_block": released, "state": dump(done.state),
            "withheld": before + len(done.withheld),
        })  # fmt: skip


def _cancels(tender: int, facts: TenderFacts, rows: Rows) -> list[tuple[int, int]]:
    """(lot, end of its cancel window), where that has begun; few tenders have any."""
    lots = range(facts.lots + 1) if facts.lots_cancelled else range(1 if facts.cancels_at else 0)
    found = (rows.get(idx_cancellation, tender, lot) for lot in lots)
    return [(row["lot"], row["cancels_at"]) for row in found if row is not None and row["cancels_at"]]


def _standstills(tender: int, facts: TenderFacts, rows: Rows) -> list[tuple[int, int]]:
    """(lot, end of its standstill) of decided lots; there are none before the opening."""
    lots = range(1, facts.lots + 1 if facts.opened_bids else 1)
    found = (rows.get(idx_lot, tender, lot) for lot in lots)
    ends = [(row["lot"], lot_facts_from(row["facts"]).standstill_ends) for row in found if row is not None]
    return [(lot, end) for lot, end in ends if end]


def _ends(tender: int, facts: TenderFacts, rows: Rows) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(lot, stored end) of cancel windows, and of standstills."""
    return _cancels(tender, facts, rows), _standstills(tender, facts, rows)


def _plan(tender: int, after: int, rows: Rows) -> None:
    """Keeps when time changes the tender next."""
    facts, procedure = rules_of(tender, rows)
    at = next_due(facts, procedure, *_ends(tender, facts, rows), clock_in(rows.get, after))
    if at is None:
        rows.drop(idx_due, tender)
    else:
        rows.put(idx_due, {"tender": tender, "at": at})


def _came_due(tender: int, number: int, time: int, before: int, rows: Rows) -> list[Event]:
    """What time made of a tender; its next time is kept instead."""
    facts, procedure = rules_of(tender, rows)
    _plan(tender, time, rows)
    changes = warm_changes(facts, procedure, *_ends(tender, facts, rows), before, clock_in(rows.get, time))
    identifier = f"0x{tender:064x}"
    return [
        Event("TenderBoard", change.name, _args(identifier, change), number, time, "", END, 0, "")
        for change in changes
    ]


def _args(identifier: str, change: Warm) -> dict[str, Any]:
    return {"id": identifier, "lots": list(change.lots)} if change.lots else {"id": identifier}


def _doubt(events: Sequence[Event], reason: str, rows: Rows) -> None:
    """Marks the texts that publication had to leave out, whatever was found when they were judged one by one."""
    for event in events:
        row = rows.get(idx_log, event.block, event.tx_index, event.log_index)
        if "json" in event.args and row is not None:
            reasons = dump([*load(row["reasons"]), reason])
            rows.put(idx_log, row | {"content_ok": 0, "reasons": reasons})


def _log_row(event: Event, tender: int | None, reasons: Sequence[str]) -> Row:
    return {
        "block": event.block, "tx": event.tx_index, "log": event.log_index, "time": event.time, "contract": event.contract,
        "name": event.name, "tender": tender, "address": event.address, "transaction": event.transaction, "args": dump(event.args),
        "content_ok": int(not reasons), "reasons": dump(reasons),
    }  # fmt: skip


class _Directory:
    """Members and suppliers for the publisher, read through the block's own rows."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def member(self, id: str) -> MemberRow | None:
        row = self._rows.get(idx_member, id)
        return None if row is None else member_row(row)

    def supplier(self, id: str) -> SupplierRow | None:
        row = self._rows.get(idx_supplier, id)
        return None if row is None else supplier_row(row)

    def bidder(self, tender: int, bid: int) -> SupplierRow | None:
        row = self._rows.get(idx_bid, tender, bid)
        return None if row is None else self.supplier(row["supplier"])

    def envelope(self, tender: int, bid: int, envelope: int) -> str | None:
        row = self._rows.get(idx_envelope, tender, bid, envelope)
        return None if row is None else str(row["data"])

    def payment(self, agreement: int, number: int) -> Row | None:
        return self._rows.get(idx_payment, agreement, number)

    def withheld(self, tender: int) -> list[Any]:
        process = self._rows.get(idx_process, tender)
        count = 0 if process is None else process["withheld"]
        rows = (self._rows.get(idx_withheld, tender, place) for place in range(count))
        return [load(row["entry"]) for row in rows if row is not None]
