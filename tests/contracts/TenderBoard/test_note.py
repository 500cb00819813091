"""note.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.tenders import UNKNOWN, Status, Tender, cancel, publish, record, status
from tests.contracts.world import DAY, ZERO, Refusal, World, address, calldata, label, member_id

pytestmark = pytest.mark.evm

JSON = '{"text":"The terms name one brand."}'
AUDIT, WITNESS = member_id("TEST-AUDIT"), member_id("TEST-WITNESS")


def refusal(
    world: World, tender: Tender, *, who: str = "auditor", id: bytes | None = None, record_id: bytes | None = None,
    json: str = JSON, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Notes; all is well but for the changes."""
    named = record() if record_id is None else record_id
    return world.refusal(who, "TenderBoard", "note", named, id or tender.id, json, at=at)


def note(
    world: World, tender: Tender, who: str = "auditor", named: bytes | None = None, **options: Any
) -> int:
    """Notes; the note's number."""
    receipt = world.send(who, "TenderBoard", "note", named or record(), tender.id, JSON, **options)
    return int(receipt.event.args["note"])


def test_note__unknown_tender__not_found(world: World, tender: Tender) -> None:
    assert refusal(world, tender, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize(
    "who", ["officer", "admin", "registrar", "reviewer", "acme", "authority", "stranger"]
)
def test_note__other_role__role_missing(world: World, tender: Tender, who: str) -> None:
    expected = Refusal("TenderBoardRoleMissing", label("AUDITOR"), address(who))
    assert refusal(world, tender, who=who) == expected


def test_note__suspended_audit_office__role_missing(world: World, tender: Tender) -> None:
    world.send("authority", "MemberRegistry", "suspend", AUDIT, world.time + DAY)
    expected = Refusal("TenderBoardRoleMissing", label("AUDITOR"), address("auditor"))
    assert refusal(world, tender) == expected


def test_note__record_id_used_by_the_member__already_recorded(world: World, tender: Tender) -> None:
    note(world, tender)
    note(world, tender, named=label("same"))
    expected = Refusal("TenderBoardAlreadyRecorded", label("same"), (2).to_bytes(32, "big"))
    assert refusal(world, tender, record_id=label("same")) == expected
    assert refusal(world, publish(world), record_id=label("same")) == expected
    assert world.read("TenderBoard", "recordOf", AUDIT, label("same")) == (2).to_bytes(32, "big")


def test_note__record_id_used_by_another_member__notes(world: World, tender: Tender) -> None:
    note(world, tender, named=label("same"))
    assert note(world, tender, who="witness", named=label("same")) == 2


def test_note__fifty_notes_of_a_member__notes_full_for_it_alone(world: World, tender: Tender) -> None:
    for number in range(50):
        data = calldata("TenderBoard", "note", (label(f"note {number}"), tender.id, "{}"))
        world.queue("auditor", "TenderBoard", data)
    world.move_to(world.time + 1)
    expected = Refusal("TenderBoardNotesFull", tender.id, 50)
    assert refusal(world, tender) == expected
    assert refusal(world, tender, record_id=ZERO, json="") == expected
    assert note(world, tender, who="witness") == 51
    assert note(world, publish(world)) == 1


def test_note__no_record_id__hash_zero(world: World, tender: Tender) -> None:
    assert refusal(world, tender, record_id=ZERO) == Refusal("TenderBoardHashZero", label("recordId"))


@pytest.mark.parametrize("length", [0, 4_097])
def test_note__json_length_out_of_bounds__json_length(world: World, tender: Tender, length: int) -> None:
    assert refusal(world, tender, json="x" * length) == Refusal("TenderBoardJsonLength", 4_096, length)


def test_note__several_faults__refused_in_order(world: World, tender: Tender) -> None:
    note(world, tender, named=label("used"))
    call: dict[str, Any] = {"id": UNKNOWN, "who": "stranger", "record_id": label("used"), "json": ""}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardRoleMissing", label("AUDITOR"), address("stranger")), {"who": "auditor"}),
        (Refusal("TenderBoardAlreadyRecorded", label("used"), (1).to_bytes(32, "big")), {"record_id": ZERO}),
        (Refusal("TenderBoardHashZero", label("recordId")), {"record_id": label("new")}),
        (Refusal("TenderBoardJsonLength", 4_096, 0), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(world, tender, **call) == expected
        call |= repair


@pytest.mark.parametrize(("who", "member"), [("auditor", AUDIT), ("witness", WITNESS)])
def test_note__valid__tells(world: World, tender: Tender, who: str, member: bytes) -> None:
    before = world.facts("TenderBoard", "tenderFacts", tender.id)
    for number in (1, 2):
        named = record()
        event = world.send(who, "TenderBoard", "note", named, tender.id, "x" * 4_096).event
        expected = {"id": tender.id, "note": number, "member": member, "recordId": named, "json": "x" * 4_096}
        assert (event.name, event.args) == ("NoteRecorded", expected)
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == before


def test_note__cancelled_or_failed_tender__notes(world: World, tender: Tender) -> None:
    """What is wrong with a tender is often seen after its end."""
    failed = publish(world)
    end = cancel(world, tender)
    world.move_to(max(end, failed.deadline))
    assert (status(world, tender), status(world, failed)) == (Status.CANCELLED, Status.FAILED)
    assert [note(world, each) for each in (tender, failed)] == [1, 1]
