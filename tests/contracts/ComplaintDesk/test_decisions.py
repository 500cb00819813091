"""decisions.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Kind, Role, Sector
from tests.contracts.complaints import ORDER, Remedy, Stage, State, about_terms
from tests.contracts.world import BUYER, DAY, REVIEW, ZERO, Refusal, World, address, hash_of, label, member_id

pytestmark = pytest.mark.evm

DECISIONS = {
    "admit": ("ComplaintAdmitted", State.FILED, State.ADMITTED),
    "reject": ("ComplaintRejected", State.FILED, State.REJECTED),
    "dismiss": ("ComplaintDismissed", State.ADMITTED, State.DISMISSED),
}
"""Event, status before and after."""


def other_body(world: World) -> bytes:
    """Another review body, whose reviewer is called reviewer2."""
    data = ("TEST-REVIEW2", "Tribunal dos", int(Sector.PUBLIC), int(Kind.REVIEW_BODY), ZERO)
    world.send("authority", "MemberRegistry", "admit", data, address("admin of review2"), world.time + DAY)
    person = (address("reviewer2"), int(Role.REVIEWER), world.time + DAY)
    world.send("admin of review2", "MemberRegistry", "addPerson", *person)
    return member_id("TEST-REVIEW2")


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__unknown__not_found(world: World, function: str) -> None:
    case = about_terms(world)
    assert case.refusal("reviewer", function, 1, ORDER) == Refusal("ComplaintDeskNotFound", 1)


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__other_role_or_body__role_missing(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    other_body(world)
    for who in ("acme", "officer", "auditor", "authority", "reviewer2", "stranger"):
        expected = Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address(who))
        assert case.refusal(who, function, number, ORDER) == expected


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__body_is_the_complainant__role_conflict(world: World, function: str) -> None:
    case = about_terms(world)
    world.send("registrar", "SupplierRegistry", "register", REVIEW, [address("shop")], "{}")
    world.send("shop", "SupplierRegistry", "declareOwners", 1, hash_of("owners"))
    number = case.file("shop")
    expected = Refusal("ComplaintDeskRoleConflict", label("REVIEWER"), address("reviewer"))
    assert case.refusal("reviewer", function, number, ORDER) == expected


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__body_depends_on_the_buyer_by_now__role_conflict(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    world.send("authority", "MemberRegistry", "setSuperior", REVIEW, BUYER)
    expected = Refusal("ComplaintDeskRoleConflict", label("REVIEWER"), address("reviewer"))
    assert case.refusal("reviewer", function, number, ORDER) == expected


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__body_replaced__the_new_one_decides(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    if DECISIONS[function][1] is State.ADMITTED:
        case.admit(number)
    world.send("authority", "TenderBoard", "replaceReviewBody", case.id, other_body(world))
    expected = Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address("reviewer"))
    assert case.refusal("reviewer", function, number, ORDER) == expected
    case.send("reviewer2", function, number, ORDER)


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__other_status__status_wrong(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    wanted = DECISIONS[function][1]

    def require(state: State) -> None:
        if state is not wanted:
            expected = Refusal("ComplaintDeskStatusWrong", number, state)
            assert case.refusal("reviewer", function, number, ORDER) == expected

    require(State.FILED)
    with world.undone():
        case.send("reviewer", "reject", number, ORDER)
        require(State.REJECTED)
    case.admit(number)
    require(State.ADMITTED)
    with world.undone():
        case.send("reviewer", "dismiss", number, ORDER)
        require(State.DISMISSED)
    with world.undone():
        case.send("acme", "withdraw", number)
        require(State.WITHDRAWN)
    case.send("reviewer", "uphold", number, int(Remedy.CANCEL_TENDER), 0, ORDER)
    require(State.UPHELD)
    case.execute(number)
    require(State.REMEDIED)


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__no_document__hash_zero(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    if DECISIONS[function][1] is State.ADMITTED:
        case.admit(number)
    expected = Refusal("ComplaintDeskHashZero", label("documentHash"))
    assert case.refusal("reviewer", function, number, ZERO) == expected


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__several_faults__refused_in_order(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    world.send("authority", "MemberRegistry", "setSuperior", REVIEW, BUYER)
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("ComplaintDeskNotFound", 7), {"number": number}),
        (Refusal("ComplaintDeskRoleMissing", label("REVIEWER"), address("officer")), {"who": "reviewer"}),
        (Refusal("ComplaintDeskRoleConflict", label("REVIEWER"), address("reviewer")), {}),
    ]
    call: dict[str, Any] = {"number": 7, "who": "officer"}
    for expected, repair in steps:
        assert case.refusal(call["who"], function, call["number"], ZERO) == expected
        call |= repair
    world.send("authority", "MemberRegistry", "setSuperior", REVIEW, ZERO)
    if DECISIONS[function][1] is State.FILED:
        with world.undone():
            case.admit(number)
            expected = Refusal("ComplaintDeskStatusWrong", number, State.ADMITTED)
            assert case.refusal("reviewer", function, number, ZERO) == expected


@pytest.mark.parametrize("function", DECISIONS)
def test_decision__valid__stores_and_tells(world: World, function: str) -> None:
    case = about_terms(world)
    number = case.file()
    name, before, after = DECISIONS[function]
    if before is State.ADMITTED:
        case.admit(number)
    stored = case.complaint(number)
    receipt = case.send("reviewer", function, number, ORDER)
    told = (name, {"tenderId": case.id, "complaint": number, "documentHash": ORDER})
    assert (receipt.event.name, receipt.event.args) == told
    assert case.complaint(number) == stored | {"status": after}
    closed = 0 if after.is_open else receipt.time
    assert case.queue(Stage.TERMS) == {"last": 0, "open": int(after.is_open), "closedAt": closed}


def test_decision__review_overdue__barred_all_the_same_and_still_decided(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    world.move_to(world.time + 10_000)
    assert case.queue(Stage.TERMS)["open"] == 1
    case.admit(number)
    assert case.complaint(number)["status"] == State.ADMITTED
