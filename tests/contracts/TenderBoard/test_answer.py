"""answer.tree"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.tenders import UNKNOWN, Status, Tender, ask, cancel, publish, status
from tests.contracts.world import Refusal, World, address, label, sandbox, text_of

pytestmark = pytest.mark.evm

JSON = '{"answer":"Spanish layout."}'
CUTOFF = 1


def refusal(
    world: World, tender: Tender, *, who: str = "officer", id: bytes | None = None, question: int = 1, json: str = JSON,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Answers; all is well but for the changes."""
    return world.refusal(who, "TenderBoard", "answer", id or tender.id, question, json, at=at)


def answer(world: World, tender: Tender, question: int = 1, at: int | None = None) -> int:
    """Answers; the deadline then."""
    event = world.send("officer", "TenderBoard", "answer", tender.id, question, JSON, at=at).event
    assert world.read("TenderBoard", "closesAt", tender.id) == event.args["deadline"]
    return int(event.args["deadline"])


def test_answer__unknown_tender__not_found(world: World, tender: Tender) -> None:
    assert refusal(world, tender, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("question", [0, 2, 65_535])
def test_answer__unknown_question__question_not_found(world: World, tender: Tender, question: int) -> None:
    ask(world, tender)
    expected = Refusal("TenderBoardQuestionNotFound", tender.id, question)
    assert refusal(world, tender, question=question, who="stranger") == expected


@pytest.mark.parametrize("who", ["admin", "approver", "officer2", "acme", "authority", "stranger"])
def test_answer__other_role__role_missing(world: World, tender: Tender, who: str) -> None:
    ask(world, tender)
    assert refusal(world, tender, who=who) == Refusal(
        "TenderBoardRoleMissing", label("OFFICER"), address(who)
    )


def test_answer__cancelling_and_cancelled__status_wrong(world: World, tender: Tender) -> None:
    ask(world, tender)
    end = cancel(world, tender)
    for at, found in ((end - 1, Status.CANCELLING), (end, Status.CANCELLED)):
        assert refusal(world, tender, at=at) == Refusal("TenderBoardStatusWrong", tender.id, found)


def test_answer__all_lots_cancelled__status_wrong(world: World, tender: Tender) -> None:
    ask(world, tender)
    end = cancel(world, tender, lot=1)
    assert refusal(world, tender, at=end) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_answer__answered_and_failed__status_wrong(world: World, tender: Tender) -> None:
    ask(world, tender)
    answer(world, tender)
    assert refusal(world, tender, at=tender.deadline) == Refusal(
        "TenderBoardStatusWrong", tender.id, Status.FAILED
    )


def test_answer__answered__question_answered(world: World, tender: Tender) -> None:
    ask(world, tender)
    answer(world, tender)
    assert refusal(world, tender, json="") == Refusal("TenderBoardQuestionAnswered", tender.id, 1)


@pytest.mark.parametrize("length", [0, 4_097])
def test_answer__json_length_out_of_bounds__json_length(world: World, tender: Tender, length: int) -> None:
    ask(world, tender)
    assert refusal(world, tender, json="x" * length) == Refusal("TenderBoardJsonLength", 4_096, length)


def test_answer__near_the_cutoff__moves_the_deadline_after_it(world: World, tender: Tender) -> None:
    ask(world, tender)
    cutoff = tender.deadline - CUTOFF
    for at, deadline in (
        (cutoff - 1, tender.deadline),
        (cutoff, tender.deadline),
        (cutoff + 1, tender.deadline + 1),
    ):
        with world.undone():
            assert answer(world, tender, at=at) == deadline


@pytest.mark.parametrize("after", [0, 1, 10_000])
def test_answer__held__bidding_resumes(world: World, tender: Tender, after: int) -> None:
    ask(world, tender)
    at = tender.deadline + after
    assert answer(world, tender, at=at) == at + CUTOFF
    assert status(world, tender) == Status.TENDERING
    world.move_to(at + CUTOFF)
    assert status(world, tender) == Status.FAILED


def test_answer__held_by_two__held_again_until_the_second(world: World, tender: Tender) -> None:
    ask(world, tender, "one")
    ask(world, tender, "two")
    deadline = answer(world, tender, 2, at=tender.deadline + 5)
    world.move_to(deadline)
    assert status(world, tender) == Status.HELD
    answer(world, tender, 1)
    assert status(world, tender) == Status.TENDERING


def test_answer__held_without_a_cutoff__fails_at_once(world: World) -> None:
    world.send("authority", "ProcedureBook", "adopt", sandbox(2, answer_cutoff=0).as_tuple(), text_of())
    tender = publish(world, procedure_version=2)
    ask(world, tender)
    assert answer(world, tender, at=tender.deadline + 5) == tender.deadline + 5
    assert status(world, tender) == Status.FAILED


def test_answer__several_faults__refused_in_order(world: World, tender: Tender) -> None:
    ask(world, tender, "one")
    ask(world, tender, "two")
    answer(world, tender, 2)
    cancel(world, tender, at=tender.deadline - 50)
    call: dict[str, Any] = {"id": UNKNOWN, "who": "stranger", "question": 3, "json": ""}
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardQuestionNotFound", tender.id, 3), {"question": 2}),
        (Refusal("TenderBoardRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("TenderBoardStatusWrong", tender.id, Status.CANCELLING), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(world, tender, **call) == expected
        call |= repair


def test_answer__valid__stores_and_tells(world: World, tender: Tender) -> None:
    before = world.facts("TenderBoard", "tenderFacts", tender.id)
    ask(world, tender, "one")
    ask(world, tender, "two")
    event = world.send("officer", "TenderBoard", "answer", tender.id, 2, "x" * 4_096).event
    assert (event.name, event.args) == (
        "QuestionAnswered",
        {"id": tender.id, "question": 2, "deadline": tender.deadline, "json": "x" * 4_096},
    )
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == before | {
        "questions": 2,
        "openQuestions": 1,
    }
    assert [world.read("TenderBoard", "isAnswered", tender.id, number) for number in (1, 2)] == [False, True]
