"""The stored facts of a tender: as JSON and back, and as the reducers of all its contracts read and change them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from chain.recorder.index.content import dump, load
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_procedure, idx_tender
from chain.types import ComplaintStage, Event, Pause, Procedure, Queue, TenderFacts

__all__ = [
    "facts_from",
    "facts_of",
    "facts_text",
    "mark",
    "move",
    "rules_of",
    "stored_tender",
    "tender_in",
    "tender_of",
]

_HASHES = ("buyer", "terms_hash", "keyset_id", "review_body", "setup_hash")


def facts_text(facts: TenderFacts) -> str:
    """Facts -> JSON text; hashes as 0x hex."""
    values: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(facts)}
    lists = {name: [asdict(each) for each in values[name]] for name in ("pauses", "queues")}
    return dump(values | lists | {name: "0x" + values[name].hex() for name in _HASHES})


def facts_from(text: str) -> TenderFacts:
    """JSON text of ``facts_text`` -> facts."""
    values = load(text)
    pauses = tuple(Pause(**each) for each in values["pauses"])
    queues = tuple(
        Queue(each["lot"], ComplaintStage(each["stage"]), tuple(each["open"]), each["closed_at"])
        for each in values["queues"]
    )
    hashes = {name: bytes.fromhex(values[name][2:]) for name in _HASHES}
    return TenderFacts(**values | hashes | {"pauses": pauses, "queues": queues})


def tender_of(event: Event) -> int | None:
    """Number of the tender an event is about, None where it is about none."""
    name = "id" if event.contract in ("TenderBoard", "AwardDesk", "EvaluationDesk") else "tenderId"
    return int(event.args[name], 16) if name in event.args else None


def tender_in(event: Event) -> int:
    """Number of the tender an event is about, of those that are about one."""
    number = tender_of(event)
    assert number is not None, "asked of events of a tender only"
    return number


def stored_tender(event: Event, rows: Rows) -> Row:
    """The row of the tender that an event is about."""
    row = rows.get(idx_tender, tender_in(event))
    assert row is not None, "a tender is published before anything else happens to it"
    return row


def facts_of(event: Event, rows: Rows) -> TenderFacts:
    """The facts of the tender that an event is about."""
    return facts_from(stored_tender(event, rows)["facts"])


def rules_of(number: int, rows: Rows) -> tuple[TenderFacts, Procedure]:
    """The facts of a tender that is there, and the procedure that it follows."""
    tender = rows.get(idx_tender, number)
    assert tender is not None, "a tender is published before anything else happens to it"
    facts = facts_from(tender["facts"])
    procedure = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert procedure is not None, "the contract takes an adopted procedure only"
    return facts, procedure_in(procedure)


def mark(event: Event) -> Row:
    """What the row of a tender says of its last event."""
    return {"last_block": event.block, "last_tx": event.tx_index, "last_log": event.log_index}


def move(event: Event, rows: Rows, facts: TenderFacts) -> None:
    """Gives the tender that an event is about the facts that it left."""
    rows.put(idx_tender, stored_tender(event, rows) | {"facts": facts_text(facts), **mark(event)})
