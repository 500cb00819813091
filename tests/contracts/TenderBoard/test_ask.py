"""ask.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Kind, Role
from tests.contracts.tenders import (
    DESK,
    UNKNOWN,
    Status,
    Tender,
    admit_desk,
    ask,
    cancel,
    hidden_ask,
    publish,
    salt,
    tag_of,
)
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    DAY,
    ZERO,
    Refusal,
    World,
    address,
    calldata,
    hash_of,
    label,
    member_id,
)

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


@pytest.mark.parametrize("who", ["officer", "approver", "admin", "auditor", "authority", "stranger"])
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


def fill(world: World, tender: Tender, who: str, count: int, tags: str = "tag") -> None:
    """Asks so many questions in one block."""
    for number in range(count):
        data = calldata("TenderBoard", "ask", (tender.id, label(f"{tags} {number}"), "{}"))
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


def test_ask__desk__hides_who_asks(world: World, tender: Tender) -> None:
    tag = tag_of(world, tender, ACME, salt("one"))
    event = world.send("registrar", "TenderBoard", "ask", tender.id, tag, JSON).event
    assert (event.name, event.args) == (
        "QuestionAsked",
        {"id": tender.id, "question": 1, "supplier": DESK, "tag": tag, "json": JSON},
    )
    found = [world.read("TenderBoard", "questionOf", tender.id, who, tag) for who in (ZERO, DESK, ACME)]
    assert found == [1, 0, 0]
    assert world.read("TenderBoard", "askerOf", tender.id, 1) == ZERO


def test_ask__desk_of_the_buyer__role_missing(world: World, tender: Tender) -> None:
    kinds = int(Kind.BUYER | Kind.REGISTRAR)
    world.send("authority", "MemberRegistry", "setKinds", BUYER, kinds)
    person = (address("own desk"), int(Role.REGISTRAR), world.time + DAY)
    world.send("admin", "MemberRegistry", "addPerson", *person)
    expected = Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("own desk"))
    assert refusal(world, tender, who="own desk") == expected
    other = publish(world, who="officer2")
    event = world.send("own desk", "TenderBoard", "ask", other.id, label("tag"), JSON).event
    assert event.args["supplier"] == BUYER


def test_ask__desk_that_is_a_supplier_too__role_missing(world: World, tender: Tender) -> None:
    """Its id in the event would say that it asked for itself."""
    admit_desk(world)
    firm = (member_id("TEST-DESK2"), [address("firm of the desk")], "{}")
    world.send("registrar", "SupplierRegistry", "register", *firm)
    expected = Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("desk2"))
    assert refusal(world, tender, who="desk2") == expected


def test_ask__suspended_desk__role_missing(world: World, tender: Tender) -> None:
    world.send("authority", "MemberRegistry", "suspend", DESK, world.time + DAY)
    expected = Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("registrar"))
    assert refusal(world, tender, who="registrar") == expected


def test_ask__tag_used_by_a_desk__already_recorded_for_desks_alone(world: World, tender: Tender) -> None:
    admit_desk(world)
    tag = tag_of(world, tender, ACME, salt("one"))
    hidden_ask(world, tender, tag)
    for who in ("registrar", "desk2"):
        expected = Refusal("TenderBoardAlreadyRecorded", tag, (1).to_bytes(32, "big"))
        assert refusal(world, tender, who=who, tag=tag) == expected
    event = world.send("acme", "TenderBoard", "ask", tender.id, tag, JSON).event
    assert (event.args["question"], event.args["supplier"]) == (2, ACME)
    assert world.read("TenderBoard", "questionOf", tender.id, ZERO, tag) == 1


def test_ask__fifty_questions_of_a_desk__questions_full_for_it_alone(world: World) -> None:
    admit_desk(world)
    tender = publish(world, period=10_000)
    fill(world, tender, "registrar", 50)
    assert refusal(world, tender, who="registrar") == Refusal("TenderBoardQuestionsFull", tender.id, 50)
    for who in ("desk2", "acme"):
        assert refusal(world, tender, who=who, tag=ZERO) == Refusal("TenderBoardHashZero", label("tag"))


def test_ask__two_hundred_and_fifty_questions_of_desks__questions_full_for_desks(world: World) -> None:
    """Desks that fill their places leave as many to those who ask openly."""
    desks = [f"desk{number}" for number in range(2, 8)]
    for desk in desks:
        admit_desk(world, desk)
    tender = publish(world, period=10_000)
    for desk in desks[:5]:
        fill(world, tender, desk, 50, desk)
    assert world.facts("TenderBoard", "tenderFacts", tender.id)["questions"] == 250
    for desk in (desks[0], desks[5]):
        assert refusal(world, tender, who=desk) == Refusal("TenderBoardQuestionsFull", tender.id, 250)
    assert ask(world, tender) == 251


def test_ask__question_withheld_by_a_desk__the_other_desk_serves(world: World, tender: Tender) -> None:
    """Attack 22: a desk that stays silent stops nobody, and what the other one sends is linked to nothing."""
    admit_desk(world)
    handed = {desk: tag_of(world, tender, ACME, salt(desk)) for desk in ("registrar", "desk2")}
    assert hidden_ask(world, tender, handed["desk2"], who="desk2") == 1
    # The silent desk cannot take the place of what the other sends: it does not know the tag, and its own is another.
    assert hidden_ask(world, tender, handed["registrar"]) == 2
    world.move_to(tender.deadline - 1)
    for question in (1, 2):
        world.send("officer", "TenderBoard", "answer", tender.id, question, JSON)


def test_ask__two_questions_of_one_supplier__unlinkable(world: World, tender: Tender) -> None:
    """Attack 22: whoever sees both tags and knows all suppliers cannot tell that one of them asked both, nor which."""
    tags = [tag_of(world, tender, ACME, salt(name)) for name in ("one", "two")]
    events = [world.send("registrar", "TenderBoard", "ask", tender.id, tag, JSON).event.args for tag in tags]
    assert tags[0] != tags[1]
    assert [{key: event[key] for key in event if key not in ("question", "tag")} for event in events] == [
        {"id": tender.id, "supplier": DESK, "json": JSON}
    ] * 2
    suppliers = (ACME, BETA)
    guesses = {
        tag_of(world, tender, each, guess) for each in suppliers for guess in (ZERO, *suppliers, *tags)
    }
    assert guesses.isdisjoint(tags)
    # The same supplier and salt about another tender are another tag.
    assert tag_of(world, publish(world), ACME, salt("one")) not in tags
