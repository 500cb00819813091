"""ask.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.tenders import UNKNOWN, Status, Tender, ask, cancel, publish
from tests.contracts.world import ACME, BETA, ZERO, Refusal, World, address, calldata, hash_of, label

pytestmark = pytest.mark.evm

JSON = '{"description":"Which keyboard?"}'
CUTOFF = 3


def refusal(
    world: World, tender: Tender, *, who: str = "acme", id: bytes | None = None, tag: bytes | None = None, json: str = JSON,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Asks a question that is well but for the changes."""
    tag = label("other tag") if tag is None else tag
    return world.refusal(who, "TenderBoard", "ask", id or tender.id, tag, json, at=at)


def test_ask__unknown_tender__not_found(world: World, tender: Tender) -> None:
    assert refusal(world, tender, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("who", ["officer", "approver", "admin", "registrar", "authority", "stranger"])
def test_ask__no_supplier__role_missing(world: World, tender: Tender, who: str) -> None:
    assert refusal(world, tender, who=who) == Refusal(
        "TenderBoardRoleMissing", label("SUPPLIER"), address(who)
    )


def test_ask__inactive_supplier__role_missing(world: World, tender: Tender) -> None:
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    assert refusal(world, tender) == Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("acme"))


@pytest.mark.parametrize("who", ["acme", "acme2"])
def test_ask__tag_used_by_the_supplier__already_recorded(world: World, tender: Tender, who: str) -> None:
    ask(world, tender, "first")
    ask(world, tender, "second")
    expected = Refusal("TenderBoardAlreadyRecorded", label("second"), (2).to_bytes(32, "big"))
    assert refusal(world, tender, who=who, tag=label("second")) == expected


def test_ask__tag_used_by_another_supplier__asks(world: World, tender: Tender) -> None:
    ask(world, tender, "same")
    event = world.send("beta", "TenderBoard", "ask", tender.id, label("same"), JSON).event
    assert (event.args["question"], event.args["supplier"]) == (2, BETA)
    found = [world.read("TenderBoard", "questionOf", tender.id, who, label("same")) for who in (ACME, BETA)]
    assert found == [1, 2]


def test_ask__tag_used_in_another_tender__asks(world: World, tender: Tender) -> None:
    other = publish(world)
    assert [ask(world, each, "same") for each in (tender, other)] == [1, 1]
    assert world.read("TenderBoard", "questionOf", other.id, ACME, label("same")) == 1


@pytest.mark.parametrize("after", [0, 1])
def test_ask__at_and_after_the_deadline__closed(world: World, tender: Tender, after: int) -> None:
    assert refusal(world, tender, at=tender.deadline + after) == Refusal(
        "TenderBoardClosed", tender.id, tender.deadline
    )


def test_ask__cancelling_and_cancelled__status_wrong(world: World, tender: Tender) -> None:
    end = cancel(world, tender)
    for at, found in ((end - 1, Status.CANCELLING), (end, Status.CANCELLED)):
        assert refusal(world, tender, at=at) == Refusal("TenderBoardStatusWrong", tender.id, found)


def test_ask__all_lots_cancelled__status_wrong(world: World, tender: Tender) -> None:
    end = cancel(world, tender, lot=1)
    assert refusal(world, tender, at=end) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_ask__near_the_cutoff__enquiries_closed_from_it(world: World, tender: Tender) -> None:
    cutoff = tender.deadline - CUTOFF
    with world.undone():
        ask(world, tender, at=cutoff - 1)
    for at in (cutoff, cutoff + 1, tender.deadline - 1):
        assert refusal(world, tender, at=at) == Refusal("TenderBoardEnquiriesClosed", tender.id, cutoff)


def fill(world: World, tender: Tender, who: str, count: int) -> None:
    """Asks so many questions in one block."""
    for number in range(count):
        data = calldata("TenderBoard", "ask", (tender.id, label(f"tag {number}"), "{}"))
        world.queue(who, "TenderBoard", data)
    world.move_to(world.time + 1)


def test_ask__fifty_questions_of_a_supplier__questions_full_for_it_alone(world: World) -> None:
    tender, other = publish(world, period=10_000), publish(world, period=10_000)
    fill(world, tender, "acme", 49)
    ask(world, tender, "the fiftieth")
    assert world.facts("TenderBoard", "tenderFacts", tender.id)["questions"] == 50
    for who in ("acme", "acme2"):
        assert refusal(world, tender, who=who) == Refusal("TenderBoardQuestionsFull", tender.id, 50)
    assert refusal(world, tender, tag=ZERO, json="") == Refusal("TenderBoardQuestionsFull", tender.id, 50)
    assert refusal(world, tender, who="beta", tag=ZERO) == Refusal("TenderBoardHashZero", label("tag"))
    assert ask(world, other, "elsewhere") == 1


def test_ask__five_hundred_questions__questions_full_for_everybody(world: World) -> None:
    firms = [f"firm {number}" for number in range(10)]
    for firm in (*firms, "late firm"):
        world.send("registrar", "SupplierRegistry", "register", hash_of(firm), [address(firm)], "{}")
    tender = publish(world, period=10_000)
    for firm in firms:
        fill(world, tender, firm, 50)
    assert world.facts("TenderBoard", "tenderFacts", tender.id)["questions"] == 500
    for firm in ("late firm", "firm 0"):
        assert refusal(world, tender, who=firm) == Refusal("TenderBoardQuestionsFull", tender.id, 500)


def test_ask__no_tag__hash_zero(world: World, tender: Tender) -> None:
    assert refusal(world, tender, tag=ZERO) == Refusal("TenderBoardHashZero", label("tag"))


@pytest.mark.parametrize("length", [0, 4_097])
def test_ask__json_length_out_of_bounds__json_length(world: World, tender: Tender, length: int) -> None:
    assert refusal(world, tender, json="x" * length) == Refusal("TenderBoardJsonLength", 4_096, length)


def test_ask__several_faults__refused_in_order(world: World, tender: Tender) -> None:
    ask(world, tender, "used")
    call: dict[str, Any] = {
        "id": UNKNOWN,
        "who": "stranger",
        "tag": label("used"),
        "json": "",
        "at": tender.deadline,
    }
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("stranger")), {"who": "acme"}),
        (Refusal("TenderBoardAlreadyRecorded", label("used"), (1).to_bytes(32, "big")), {"tag": ZERO}),
        (Refusal("TenderBoardClosed", tender.id, tender.deadline), {"at": tender.deadline - 1}),
        (Refusal("TenderBoardEnquiriesClosed", tender.id, tender.deadline - CUTOFF), {"at": world.time + 1}),
        (Refusal("TenderBoardHashZero", label("tag")), {"tag": label("new")}),
        (Refusal("TenderBoardJsonLength", 4_096, 0), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(world, tender, **call) == expected
        call |= repair


@pytest.mark.parametrize(("who", "supplier"), [("acme", ACME), ("acme2", ACME), ("beta", BETA)])
def test_ask__valid__stores_and_tells(world: World, tender: Tender, who: str, supplier: bytes) -> None:
    before = world.facts("TenderBoard", "tenderFacts", tender.id)
    for number in (1, 2):
        tag = label(f"{number}")
        event = world.send(who, "TenderBoard", "ask", tender.id, tag, "x" * 4_096).event
        assert (event.name, event.args) == (
            "QuestionAsked",
            {"id": tender.id, "question": number, "supplier": supplier, "tag": tag, "json": "x" * 4_096},
        )
        assert world.read("TenderBoard", "questionOf", tender.id, supplier, tag) == number
        assert world.read("TenderBoard", "isAnswered", tender.id, number) is False
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == before | {
        "questions": 2,
        "openQuestions": 2,
    }
