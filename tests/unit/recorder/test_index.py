"""The parts of the index that need no chain: cursors, texts, rows, what time alone changes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from chain.errors.recorder import CursorInvalid
from chain.procurement.procedure import preset
from chain.recorder.index.blocks import Block, Indexer
from chain.recorder.index.content import dump, load, read_object
from chain.recorder.index.cursor import Cursor, id_in, number_in
from chain.recorder.index.facts import facts_from, facts_text
from chain.recorder.index.procedure_book import clock_in
from chain.recorder.index.rows import MemoryRows, SqlRows
from chain.recorder.index.turn import note_row, question_row
from chain.recorder.index.warm import Warm, next_due, warm_changes
from chain.recorder.outbox import operation_id
from chain.recorder.publish import Directory, Published, StoredRelease, TenderChange
from chain.recorder.schema import (
    END,
    idx_due,
    idx_log,
    idx_note,
    idx_question,
    idx_release,
    idx_supplier,
    idx_tender,
    tables,
)
from chain.recorder.store import Store
from chain.rules import canonical
from chain.rules.deadlines import Clock, Outage
from chain.rules.tenders import tender_status
from chain.types import ZERO32, ComplaintStage, Event, Queue, TenderFacts, TenderStatus

pytestmark = pytest.mark.unit

SANDBOX = preset("sandbox").version(1)
FACTS = TenderFacts(
    b"\1" * 32,
    b"\2" * 32,
    ZERO32,
    b"\3" * 32,
    b"\4" * 32,
    "sandbox",
    1,
    1_000,
    1,
    0,
    0,
    2,
    currency="MXN",
    exponent=2,
)


@pytest.mark.parametrize(
    "text", ["0", "7", "7.0.0", "7.12.3", "7.end.0", "7.end.19", "999999999999999999.1.2"]
)
def test_cursor__written_and_read__the_same(text: str) -> None:
    assert str(Cursor.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "a", "-1", "1.2", "1.2.3.4", "01", "1.end", "1.2.end", " 1", "1\n", "9" * 19, "1.2.3 ", "١"]
)
def test_cursor__anything_else__refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        Cursor.parse(text)


def test_cursor__order__blocks_then_transactions_then_derived_then_all() -> None:
    order = ["3.0.0", "3.0.1", "3.2.0", "3.end.0", "3.end.1", "3", "4.0.0"]
    assert [str(each) for each in sorted(Cursor.parse(text) for text in reversed(order))] == order


@pytest.mark.parametrize(
    ("text", "refused"), [("5", False), ("5.7", False), ("5.7.9", True), ("5.end", True), ("", True)]
)
def test_pair__of_block_and_tender__read(text: str, refused: bool) -> None:
    if refused:
        with pytest.raises(CursorInvalid):
            Cursor.parse_pair(text)
    else:
        assert str(Cursor.parse_pair(text)) == text


@pytest.mark.parametrize("text", ["", "x", "-1", "0x1"])
def test_list_cursor__of_another_form__refused(text: str) -> None:
    for read in (number_in, id_in):
        with pytest.raises(CursorInvalid):
            read(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "JsonInvalid"),
        ("{", "JsonInvalid"),
        ('{"a":NaN}', "JsonInvalid"),
        ('{"a":Infinity}', "JsonInvalid"),
        ('{"a":' + "9" * 5_000 + "}", "JsonInvalid"),
        ('{"a":1e999}', "JsonNotCanonical"),
        ('{"a":1.0}', "JsonNotCanonical"),
        ('{"a":1,"a":1}', "JsonNotCanonical"),
        ('{"b":1,"a":1}', "JsonNotCanonical"),
        ('{"a":"\\ud800"}', "JsonNotCanonical"),
        ('\ufeff{"a":1}', "JsonInvalid"),
        (' {"a":1}', "JsonNotCanonical"),
        ("[1]", "JsonNotObject"),
        ("null", "JsonNotObject"),
        ("[" * 100_000, "JsonTooDeep"),
        ('{"a":' * 33 + "1" + "}" * 33, "JsonTooDeep"),
    ],
)
def test_text__that_the_service_would_not_send__named_reason(text: str, reason: str) -> None:
    assert read_object(text) == (None, (reason,))


def test_text__brackets_in_strings__count_for_nothing() -> None:
    value = {"a": "[{" * 100 + '"\\', "b": [[[]]]}
    assert read_object(canonical(value).decode()) == (value, ())


@given(st.text())
def test_text__any__judged_and_never_fatal(text: str) -> None:
    found, reasons = read_object(text)
    assert (found is None) == bool(reasons)


def test_facts__written_and_read__the_same() -> None:
    facts = replace(FACTS, cancels_at=9, lots_cancelled=1, lots_cancelled_at=8, reason=2)
    assert facts_from(facts_text(facts)) == facts


def test_time__passes_the_deadline__closed_and_failed_without_bids() -> None:
    assert next_due(FACTS, SANDBOX, [], [], Clock(0)) == 1_000
    assert warm_changes(FACTS, SANDBOX, [], [], 0, Clock(999)) == []
    assert warm_changes(FACTS, SANDBOX, [], [], 999, Clock(1_000)) == [
        Warm("BiddingClosed"),
        Warm("LotFailed"),
    ]
    assert warm_changes(FACTS, SANDBOX, [], [], 1_000, Clock(5_000)) == []
    assert next_due(FACTS, SANDBOX, [], [], Clock(1_000)) is None


def test_time__passes_the_deadline_with_bids__closed_then_failed_where_nobody_opens() -> None:
    bid = replace(FACTS, live_bids=2)
    opens, falls, voids = 1_001, 1_031, 1_061
    assert [next_due(bid, SANDBOX, [], [], Clock(at)) for at in (999, 1_000, opens, falls, voids)] == [
        1_000,
        opens,
        falls,
        voids,
        None,
    ]
    assert warm_changes(bid, SANDBOX, [], [], 999, Clock(1_000)) == [Warm("BiddingClosed")]
    assert warm_changes(bid, SANDBOX, [], [], 1_000, Clock(voids - 1)) == []
    assert warm_changes(bid, SANDBOX, [], [], voids - 1, Clock(voids)) == [Warm("LotFailed")]
    assert warm_changes(bid, SANDBOX, [], [], 0, Clock(9_000)) == [Warm("BiddingClosed"), Warm("LotFailed")]


def test_time__passes_all_with_every_bid_open__nothing_fails() -> None:
    opened = replace(FACTS, live_bids=2, opened_bids=2, locked=True)
    assert warm_changes(opened, SANDBOX, [], [], 1_001, Clock(9_000)) == []
    assert next_due(opened, SANDBOX, [], [], Clock(1_001)) is None


def test_time__passes_the_deadline_of_a_held_tender__nothing() -> None:
    assert (
        warm_changes(replace(FACTS, questions=1, open_questions=1), SANDBOX, [], [], 900, Clock(2_000)) == []
    )


def test_time__jumps_over_all__each_change_once_in_order() -> None:
    lots = replace(FACTS, lots_cancelled=2, lots_cancelled_at=600)
    assert warm_changes(lots, SANDBOX, [(1, 500), (2, 600)], [], 0, Clock(9_000)) == [
        Warm("TenderCancelled", (1, 2)),
        Warm("LotFailed"),
    ]
    whole = replace(FACTS, cancels_at=700)
    assert warm_changes(whole, SANDBOX, [(0, 700)], [], 0, Clock(9_000)) == [Warm("TenderCancelled", (0,))]


class _Counting:
    """Publishes the names of what happened, and counts in its state."""

    def publish(self, change: TenderChange, directory: Directory) -> Published:
        count = (change.state or 0) + 1
        names = [*(event.name for event in change.events), *change.derived]
        release = StoredRelease(
            f"ocid-{change.tender}", str(change.block), str(change.time), dump([count, names]).encode()
        )
        return Published(release, count)


def adopted() -> Event:
    """The procedure of all tenders here."""
    args = {
        "code": "0x" + b"sandbox".hex().ljust(32, "0"),
        "version": 1,
        "procedure": _json(SANDBOX.as_tuple()),
        "json": "{}",
    }
    return Event("ProcedureBook", "ProcedureAdopted", args, 0, 100, "0x01", 0, 0, "0x")


def _json(values: tuple[Any, ...]) -> dict[str, Any]:
    return {
        str(place): "0x" + value.hex() if isinstance(value, bytes) else value
        for place, value in enumerate(values)
    }


def test_time__passes_the_time_to_complain_about_a_result__ended_then_failed_where_nobody_opens_prices() -> (
    None
):
    two = replace(SANDBOX, envelopes=2)
    decided = replace(FACTS, envelopes=2, live_bids=2, locked=True, technical_ends=2_000, technical_failed=1)
    opens, falls, voids = 2_001, 2_031, 2_061
    assert [next_due(decided, two, [], [], Clock(at)) for at in (1_500, 2_000, opens, falls, voids)] == [
        2_000,
        opens,
        falls,
        voids,
        None,
    ]
    ended = Warm("TechnicalStandstillEnded")
    assert warm_changes(decided, two, [], [], 1_500, Clock(1_999)) == []
    assert warm_changes(decided, two, [], [], 1_999, Clock(2_000)) == [ended]
    assert warm_changes(decided, two, [], [], 2_000, Clock(voids - 1)) == []
    assert warm_changes(decided, two, [], [], 1_500, Clock(9_000)) == [ended, Warm("LotFailed")]
    # The only one that passed is open: its price was the last that anybody waited for.
    opened = replace(decided, opened_bids=1)
    assert warm_changes(opened, two, [], [], opens, Clock(9_000)) == []
    assert next_due(opened, two, [], [], Clock(opens)) is None
    complained = replace(decided, queues=(Queue(0, ComplaintStage.TECHNICAL, (1,)),))
    assert warm_changes(complained, two, [], [], 1_500, Clock(9_000)) == []
    closed = replace(decided, queues=(Queue(0, ComplaintStage.TECHNICAL, (), 2_500),))
    assert warm_changes(closed, two, [], [], 2_400, Clock(2_500)) == [ended]


def test_time__passes_the_standstills_of_lots__each_ends_once_and_the_tender_fails_with_its_last_lot() -> (
    None
):
    opened = replace(FACTS, lots=2, live_bids=2, opened_bids=2, locked=True)
    ends = [(1, 2_000), (2, 3_000)]
    assert [next_due(opened, SANDBOX, [], ends, Clock(at)) for at in (1_999, 2_000, 3_000)] == [
        2_000,
        3_000,
        None,
    ]
    assert warm_changes(opened, SANDBOX, [], ends, 1_001, Clock(1_999)) == []
    assert warm_changes(opened, SANDBOX, [], ends, 1_999, Clock(2_000)) == [Warm("StandstillEnded", (1,))]
    assert warm_changes(opened, SANDBOX, [], ends, 2_000, Clock(9_000)) == [Warm("StandstillEnded", (2,))]
    spent = replace(opened, lots=1, lots_failed=1, lots_failed_until=3_000)
    both = [Warm("StandstillEnded", (2,)), Warm("LotFailed")]
    assert warm_changes(spent, SANDBOX, [], ends[1:], 2_000, Clock(3_000)) == both
    assert tender_status(spent, SANDBOX, Clock(2_999)) is TenderStatus.AWARDING
    assert tender_status(spent, SANDBOX, Clock(3_000)) is TenderStatus.FAILED


def test_blocks__late_by_any_amount__same_derived_rows(tmp_path: Path) -> None:
    rows = MemoryRows()
    indexer = Indexer(_Counting(), lambda event, tender: ())
    indexer.apply(Block(0, "0x0", "0x", 100, (), (adopted(),)), rows)
    facts = facts_text(replace(FACTS, deadline=150))
    for number in (1, 2):
        rows.put(idx_tender, {"number": number, "facts": facts, "last_block": 0, "last_tx": 0, "last_log": 0})
        rows.put(idx_due, {"tender": number, "at": 150})
    indexer.apply(Block(1, "0x1", "0x0", 149, (), ()), rows)
    indexer.apply(Block(2, "0x2", "0x1", 10_000, (), ()), rows)
    derived = [row for row in rows.all(idx_log) if row["tx"] == END]
    assert [(row["tender"], row["log"], row["name"]) for row in derived] == [
        (1, 0, "BiddingClosed"), (1, 1, "LotFailed"), (2, 2, "BiddingClosed"), (2, 3, "LotFailed")
    ]  # fmt: skip
    assert [load(row["data"]) for row in rows.all(idx_release)] == [[1, ["BiddingClosed", "LotFailed"]]] * 2
    assert list(rows.all(idx_due)) == []


def told(name: str, **args: Any) -> Event:
    """An event of a book that counts outages."""
    return Event("ProcedureBook", name, args, 1, 0, "0x1", 0, 0, "0x")


def test_clock__ticks_and_outages__as_the_book_has_them() -> None:
    rows = MemoryRows()
    indexer = Indexer(_Counting(), lambda event, tender: ())
    assert clock_in(rows.get, 70) == Clock(70)
    counted = told("OutagesCounted", gap=900, start=100)
    indexer.apply(Block(0, "0x0", "0x", 100, (), (adopted(), counted)), rows)
    indexer.apply(Block(1, "0x1", "0x0", 160, (), (told("Ticked", time=160),)), rows)
    assert clock_in(rows.get, 200).end_of(5_000) == 5_000
    outage = told("OutageRecorded", index=0, start=160, end=1_160)
    indexer.apply(Block(2, "0x2", "0x1", 1_160, (), (outage,)), rows)
    clock = clock_in(rows.get, 2_000)
    assert (clock.gap, clock.last_tick, list(clock.outages)) == (900, 1_160, [Outage(160, 1_160)])
    assert clock.end_of(2_000) == 1_160 + 3_600


def test_blocks__outage_over_the_deadline__closes_bidding_at_its_later_end() -> None:
    rows = MemoryRows()
    indexer = Indexer(_Counting(), lambda event, tender: ())
    counted = told("OutagesCounted", gap=900, start=100)
    indexer.apply(Block(0, "0x0", "0x", 100, (), (adopted(), counted)), rows)
    facts = facts_text(replace(FACTS, deadline=1_500))
    rows.put(idx_tender, {"number": 1, "facts": facts, "last_block": 0, "last_tx": 0, "last_log": 0})
    rows.put(idx_due, {"tender": 1, "at": 1_500})
    outage = told("OutageRecorded", index=0, start=100, end=2_000)
    indexer.apply(Block(1, "0x1", "0x0", 2_000, (), (outage,)), rows)
    end = clock_in(rows.get, 2_000).end_of(1_500)
    assert (end, [row["at"] for row in rows.all(idx_due)]) == (5_600, [5_600])
    indexer.apply(Block(2, "0x2", "0x1", end - 900, (), (told("Ticked", time=end - 900),)), rows)
    indexer.apply(Block(3, "0x3", "0x2", end - 1, (), ()), rows)
    assert [row for row in rows.all(idx_log) if row["tx"] == END] == []
    indexer.apply(Block(4, "0x4", "0x3", end, (), ()), rows)
    assert [row["name"] for row in rows.all(idx_log) if row["tx"] == END] == ["BiddingClosed", "LotFailed"]


_ACTS = st.lists(
    st.tuples(st.sampled_from(["put", "drop", "flush"]), st.integers(0, 5), st.integers(0, 9)), max_size=30
)


@settings(max_examples=25)
@given(acts=_ACTS)
def test_rows__in_a_database__as_in_memory(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, int]]
) -> None:
    memory = MemoryRows()

    def work(connection: Connection) -> None:
        sql = SqlRows(connection)
        for act, tender, at in acts:
            for rows in (memory, sql):
                if act == "put":
                    rows.put(idx_due, {"tender": tender, "at": at})
                elif act == "drop":
                    rows.drop(idx_due, tender)
            if act == "flush":
                sql.flush()
            assert sql.due(at) == memory.due(at)
            assert sql.get(idx_due, tender) == memory.get(idx_due, tender)
        sql.flush()
        stored = [
            dict(row) for row in connection.execute(idx_due.select().order_by(idx_due.c.tender)).mappings()
        ]
        assert stored == list(memory.all(idx_due))

    store = Store(tmp_path_factory.mktemp("rows") / "db")
    asyncio.run(store.write(work))
    store.close()


def test_tables__of_the_index__hold_whole_numbers_and_text_only() -> None:
    kinds = {column.type.python_type for table in tables for column in table.columns}
    assert kinds == {int, str}


def test_operation_id__made_often__unique_version_7() -> None:
    ids = {operation_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(id[14] == "7" and id[19] in "89ab" and len(id) == 36 for id in ids)


def test_dump__of_our_values__load_gives_them_back() -> None:
    value = {"b": [1, "ñ", None, {"a": True}], "a": "\u2028"}
    assert load(dump(value)) == value and json.loads(dump(value)) == value


class _Refusing:
    """Publishes nothing, and says that a text is to blame."""

    def publish(self, change: TenderChange, directory: Directory) -> Published:
        return Published(None, None, refused="ReleaseSchemaInvalid")


def test_blocks__text_that_publication_left_out__marked_in_the_feed() -> None:
    rows = MemoryRows()
    indexer = Indexer(_Refusing(), lambda event, tender: ())
    indexer.apply(Block(0, "0x0", "0x", 100, (), (adopted(),)), rows)
    rows.put(idx_tender, {
        "number": 1, "block": 0, "facts": facts_text(FACTS), "json": "", "content_ok": 0, "good": "",
        "last_block": 0, "last_tx": 0, "last_log": 0,
    })  # fmt: skip
    args = {"id": f"0x{1:064x}", "question": 1, "supplier": "0x02", "tag": "0x03", "json": '{"title":"x"}'}
    asked = Event("TenderBoard", "QuestionAsked", args, 1, 101, "0x02", 0, 0, "0x")
    replaced = {"id": args["id"], "reviewBody": f"0x{5:064x}"}
    other = Event("TenderBoard", "ReviewBodyReplaced", replaced, 1, 101, "0x02", 0, 1, "0x")
    indexer.apply(Block(1, "0x1", "0x0", 101, (), (asked, other)), rows)
    marked = {row["name"]: (row["content_ok"], load(row["reasons"])) for row in rows.all(idx_log)}
    assert marked["QuestionAsked"] == (0, ["ReleaseSchemaInvalid"])
    assert marked["ReviewBodyReplaced"] == (1, [])


def test_questions_and_notes__as_recorded__say_who_asked_once_it_is_disclosed() -> None:
    supplier, desk, auditor = (f"0x{number:064x}" for number in (2, 3, 4))
    rows = MemoryRows()
    rows.put(idx_supplier, {"id": supplier})
    indexer = Indexer(_Refusing(), lambda event, tender: ())
    indexer.apply(Block(0, "0x0", "0x", 100, (), (adopted(),)), rows)
    rows.put(idx_tender, {
        "number": 1, "block": 0, "facts": facts_text(FACTS), "json": "", "content_ok": 1, "good": "",
        "last_block": 0, "last_tx": 0, "last_log": 0,
    })  # fmt: skip
    id_ = f"0x{1:064x}"
    told = (
        ("QuestionAsked", {"question": 1, "supplier": supplier, "tag": "0x05", "json": "{}"}),
        ("QuestionAsked", {"question": 2, "supplier": desk, "tag": "0x05", "json": "{}"}),
        ("QuestionAsked", {"question": 3, "supplier": desk, "tag": "0x06", "json": "{}"}),
        ("AskerDisclosed", {"question": 3, "supplier": supplier, "salt": "0x07", "by": desk}),
        ("NoteRecorded", {"note": 1, "member": auditor, "recordId": "0x08", "json": '{"text":"x"}'}),
    )
    events = tuple(
        Event("TenderBoard", name, {"id": id_, **args}, 1, 101, "0x02", 0, log, "0x")
        for log, (name, args) in enumerate(told)
    )
    indexer.apply(Block(1, "0x1", "0x0", 101, (), events), rows)
    questions = [question_row(row) for row in rows.all(idx_question)]
    found = [(row.supplier, row.desk, row.asker, row.disclosed_at, row.disclosed_by) for row in questions]
    assert found == [
        (supplier, "", supplier, None, ""),
        (f"0x{0:064x}", desk, desk, None, ""),
        (supplier, desk, desk, 101, desk),
    ]
    (note,) = map(note_row, rows.all(idx_note))
    assert (note.tender, note.number, note.member, note.record_id, note.note) == (
        1, 1, auditor, "0x08", {"text": "x"},
    )  # fmt: skip
