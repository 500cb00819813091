"""discloseAsker.tree"""

from __future__ import annotations

from typing import Any

import pytest

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
    status,
    tag_of,
)
from tests.contracts.world import ACME, BETA, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

SALT = salt("one")
NEVER = 2**40 - 1


@pytest.fixture
def tender(world: World) -> Tender:
    """A tender of which the desk asked question 1 for acme, and that is answered."""
    made = publish(world)
    hidden_ask(world, made, tag_of(world, made, ACME, SALT))
    world.send("officer", "TenderBoard", "answer", made.id, 1, "{}")
    return made


def refusal(
    world: World, tender: Tender, *, who: str = "registrar", id: bytes | None = None, question: int = 1, supplier: bytes = ACME,
    salt: bytes = SALT, at: int | None = None,
) -> Refusal:  # fmt: skip
    """Discloses at the deadline; all is well but for the changes."""
    at = max(tender.deadline, world.time + 1) if at is None else at
    return world.refusal(
        who, "TenderBoard", "discloseAsker", id or tender.id, question, supplier, salt, at=at
    )


def test_disclose_asker__unknown_tender__not_found(world: World, tender: Tender) -> None:
    assert refusal(world, tender, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("question", [0, 2, 65_535])
def test_disclose_asker__unknown_question__question_not_found(
    world: World, tender: Tender, question: int
) -> None:
    expected = Refusal("TenderBoardQuestionNotFound", tender.id, question)
    assert refusal(world, tender, question=question, who="stranger") == expected


@pytest.mark.parametrize("who", ["officer", "admin", "auditor", "witness", "authority", "stranger"])
def test_disclose_asker__other_role__role_missing(world: World, tender: Tender, who: str) -> None:
    expected = Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address(who))
    assert refusal(world, tender, who=who) == expected


def test_disclose_asker__inactive_supplier__role_missing(world: World, tender: Tender) -> None:
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    expected = Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("acme"))
    assert refusal(world, tender, who="acme") == expected


def test_disclose_asker__around_the_deadline__hidden_before_it(world: World, tender: Tender) -> None:
    expected = Refusal("TenderBoardAskerHidden", tender.id, tender.deadline)
    assert refusal(world, tender, at=tender.deadline - 1) == expected
    with world.undone():
        world.send("acme", "TenderBoard", "discloseAsker", tender.id, 1, ACME, SALT, at=tender.deadline)
    world.send("acme", "TenderBoard", "discloseAsker", tender.id, 1, ACME, SALT, at=tender.deadline + 1)


def test_disclose_asker__question_open_at_the_deadline__hidden_until_its_answer_s_deadline(
    world: World, tender: Tender
) -> None:
    """Bidding goes on after the answer: who asked is still worth hiding."""
    late = ask(world, tender)
    expected = Refusal("TenderBoardAskerHidden", tender.id, NEVER)
    assert refusal(world, tender, at=tender.deadline + 50) == expected
    event = world.send("officer", "TenderBoard", "answer", tender.id, late, "{}").event
    assert status(world, tender) is Status.TENDERING
    assert event.args["deadline"] == world.time + 1
    world.send("acme", "TenderBoard", "discloseAsker", tender.id, 1, ACME, SALT, at=world.time + 1)


def test_disclose_asker__twice__asker_known(world: World, tender: Tender) -> None:
    world.send("acme", "TenderBoard", "discloseAsker", tender.id, 1, ACME, SALT, at=tender.deadline)
    expected = Refusal("TenderBoardAskerKnown", tender.id, 1)
    for who in ("acme", "registrar"):
        assert refusal(world, tender, who=who) == expected
    assert refusal(world, tender, supplier=BETA) == expected


@pytest.mark.parametrize(
    "wrong", [{"supplier": BETA}, {"salt": salt("two")}, {"supplier": ZERO}, {"salt": ZERO}]
)
def test_disclose_asker__another_opening__asker_mismatch(
    world: World, tender: Tender, wrong: dict[str, Any]
) -> None:
    assert refusal(world, tender, **wrong) == Refusal("TenderBoardAskerMismatch", tender.id, 1)


def test_disclose_asker__opening_of_another_question__asker_mismatch(world: World, tender: Tender) -> None:
    hidden_ask(world, tender, tag_of(world, tender, BETA, SALT))
    world.send("officer", "TenderBoard", "answer", tender.id, 2, "{}")
    assert refusal(world, tender, question=2) == Refusal("TenderBoardAskerMismatch", tender.id, 2)


def test_disclose_asker__tag_of_another_tender__asker_mismatch(world: World, tender: Tender) -> None:
    other = publish(world)
    hidden_ask(world, other, tag_of(world, tender, ACME, SALT))
    world.send("officer", "TenderBoard", "answer", other.id, 1, "{}")
    assert refusal(world, other, at=other.deadline) == Refusal("TenderBoardAskerMismatch", other.id, 1)


def test_disclose_asker__question_asked_openly_under_the_tag__asker_mismatch(world: World) -> None:
    """Nobody is disclosed as the asker of what another asked under its own name."""
    made = publish(world)
    world.send("beta", "TenderBoard", "ask", made.id, tag_of(world, made, ACME, SALT), "{}")
    world.send("officer", "TenderBoard", "answer", made.id, 1, "{}")
    assert refusal(world, made) == Refusal("TenderBoardAskerMismatch", made.id, 1)


def test_disclose_asker__supplier_that_is_nobody__asker_mismatch(world: World) -> None:
    made, nobody = publish(world), hash_of("nobody")
    hidden_ask(world, made, tag_of(world, made, nobody, SALT))
    world.send("officer", "TenderBoard", "answer", made.id, 1, "{}")
    assert refusal(world, made, supplier=nobody) == Refusal("TenderBoardAskerMismatch", made.id, 1)


def test_disclose_asker__several_faults__refused_in_order(world: World, tender: Tender) -> None:
    call: dict[str, Any] = {
        "id": UNKNOWN, "question": 9, "who": "stranger", "at": tender.deadline - 1, "salt": ZERO,
    }  # fmt: skip
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardQuestionNotFound", tender.id, 9), {"question": 1}),
        (Refusal("TenderBoardRoleMissing", label("SUPPLIER"), address("stranger")), {"who": "beta"}),
        (Refusal("TenderBoardAskerHidden", tender.id, tender.deadline), {"at": tender.deadline}),
        (Refusal("TenderBoardAskerMismatch", tender.id, 1), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(world, tender, **call) == expected
        call |= repair


@pytest.mark.parametrize(("who", "by"), [("registrar", DESK), ("acme2", ACME), ("beta", BETA)])
def test_disclose_asker__valid__stores_and_tells(world: World, tender: Tender, who: str, by: bytes) -> None:
    event = world.send(
        who, "TenderBoard", "discloseAsker", tender.id, 1, ACME, SALT, at=tender.deadline
    ).event
    assert (event.name, event.args) == (
        "AskerDisclosed",
        {"id": tender.id, "question": 1, "supplier": ACME, "salt": SALT, "by": by},
    )
    assert world.read("TenderBoard", "askerOf", tender.id, 1) == ACME


def test_disclose_asker__by_another_desk_of_a_cancelled_tender__discloses(
    world: World, tender: Tender
) -> None:
    desk = admit_desk(world)
    cancel(world, tender)
    call = ("discloseAsker", tender.id, 1, ACME, SALT)
    event = world.send("desk2", "TenderBoard", *call, at=tender.deadline).event
    assert event.args["by"] == desk
