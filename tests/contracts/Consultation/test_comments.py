"""comments.tree: who comments, and what operators anchor for those who have no account"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import DecisionClass, ProposalState, Role
from tests.contracts.proposals import COUNCIL, STATES, Opened, brought_to, open_of, seat_of, wait
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    DAY,
    FOUNDING,
    HOLDER,
    MANDATE_END,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    member_id,
)

pytestmark = pytest.mark.evm

CONSULTATION, MEMBERS = "Consultation", "MemberRegistry"
TEXT, ROOT = hash_of("text"), hash_of("root")
OPERATOR = member_id("TEST-NODES")
PEOPLE = {who: member_id(org_id) for org_id, *_, people in FOUNDING for who, _ in people}
OPERATORS = {"operator"}


@pytest.fixture
def opened(world: World) -> Opened:
    """A proposal in its consultation."""
    return open_of(world, DecisionClass.MEMBERSHIP)


def record(number: int = 1) -> bytes:
    return hash_of(f"record {number}")


def refused_comment(
    world: World, opened: Opened, who: str, *, number: int = 1, text: bytes = TEXT, at: int | None = None
) -> Refusal:
    return world.refusal(who, CONSULTATION, "comment", record(number), opened.id, text, at=at)


def refused_anchor(
    world: World, opened: Opened, *, who: str = "operator", expected: int = 0, root: bytes = ROOT,
    comments: int = 1, at: int | None = None,
) -> Refusal:  # fmt: skip
    return world.refusal(who, CONSULTATION, "anchor", opened.id, expected, root, comments, at=at)


def anchored(world: World, opened: Opened, batch: int, *, who: str = "operator", comments: int = 1) -> Any:
    return world.send(who, CONSULTATION, "anchor", opened.id, batch, ROOT, comments)


def no_person(who: str) -> Refusal:
    return Refusal("ConsultationRoleMissing", label("PERSON"), address(who))


def status_wrong(opened: Opened, found: ProposalState) -> Refusal:
    return Refusal("ConsultationStatusWrong", opened.id, found)


# comment


@pytest.mark.parametrize("who", [*PEOPLE, "acme", "acme2", "beta"])
def test_comment__person_of_a_member_or_supplier__stores_and_tells(
    world: World, opened: Opened, who: str
) -> None:
    organisation = PEOPLE.get(who) or (BETA if who == "beta" else ACME)
    event = world.send(who, CONSULTATION, "comment", record(), opened.id, TEXT).event
    assert (event.name, event.args) == (
        "Commented",
        {
            "proposal": opened.id,
            "comment": 1,
            "organisation": organisation,
            "recordId": record(),
            "textHash": TEXT,
        },
    )
    assert world.read(CONSULTATION, "commentCount", opened.id) == 1
    assert world.read(CONSULTATION, "recordOf", organisation, record()) == 1


@pytest.mark.parametrize("who", ["authority", HOLDER, "stranger"])
def test_comment__nobodys_account__role_missing(world: World, opened: Opened, who: str) -> None:
    assert refused_comment(world, opened, who) == no_person(who)


@pytest.mark.parametrize(
    ("function", "args"), [("suspend", (BUYER, None)), ("suspendPerson", (address("officer"), None)), ("expel", (BUYER,))]
)  # fmt: skip
def test_comment__person_that_may_nothing_now__role_missing(
    world: World, opened: Opened, function: str, args: tuple[Any, ...]
) -> None:
    until = world.time + DAY
    given = [until if each is None else each for each in args]
    world.send("authority", MEMBERS, function, *given)
    assert refused_comment(world, opened, "officer", at=until - 1) == no_person("officer")
    if function == "expel":
        assert refused_comment(world, opened, "officer", at=until) == no_person("officer")
    else:
        world.send("officer", CONSULTATION, "comment", record(), opened.id, TEXT, at=until)


def test_comment__mandate_over__role_missing(world: World, opened: Opened) -> None:
    end = world.time + DAY
    world.send("admin", MEMBERS, "addPerson", address("clerk"), int(Role.OFFICER), end)
    assert refused_comment(world, opened, "clerk", at=end) == no_person("clerk")


def test_comment__supplier_not_active__role_missing(world: World, opened: Opened) -> None:
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    for who in ("acme", "acme2"):
        assert refused_comment(world, opened, who) == no_person(who)
    world.send("beta", CONSULTATION, "comment", record(), opened.id, TEXT)


@pytest.mark.parametrize("number", [0, 2, 2**256 - 1])
def test_comment_and_anchor__unknown_proposal__not_found(world: World, opened: Opened, number: int) -> None:
    expected = Refusal("ConsultationNotFound", number)
    assert opened.id == 1
    for who, function, args in (
        ("stranger", "comment", (record(), number, TEXT)),
        ("stranger", "anchor", (number, 0, ROOT, 1)),
    ):
        assert world.refusal(who, CONSULTATION, function, *args) == expected


@pytest.mark.parametrize("where", [where for where in STATES if where != "pending"])
def test_comment__not_in_consultation__status_wrong(world: World, opened: Opened, where: str) -> None:
    brought_to(world, opened, where)
    for who in ("officer", "acme"):
        assert refused_comment(world, opened, who) == status_wrong(opened, STATES[where])


def test_comment__at_the_end_of_the_consultation__only_until_its_last_second(
    world: World, opened: Opened
) -> None:
    for moment in (opened.start - 1, opened.start):
        with world.undone():
            world.send("acme", CONSULTATION, "comment", record(), opened.id, TEXT, at=moment)
    found = refused_comment(world, opened, "acme", at=opened.start + 1)
    assert found == status_wrong(opened, ProposalState.ACTIVE)


def test_comment__on_an_urgent_proposal__status_wrong(world: World) -> None:
    urgent = open_of(world, DecisionClass.EMERGENCY)
    assert refused_comment(world, urgent, "acme") == status_wrong(urgent, ProposalState.ACTIVE)


def test_comment__same_record__already_recorded_for_the_organisation(world: World, opened: Opened) -> None:
    other = open_of(world, DecisionClass.MEMBERSHIP, "another text", who="delegate2")
    world.send("beta", CONSULTATION, "comment", record(), opened.id, TEXT)
    world.send("acme", CONSULTATION, "comment", record(), opened.id, TEXT)
    expected = Refusal("ConsultationAlreadyRecorded", record(), 2)
    for who in ("acme", "acme2"):
        for proposal in (opened, other):
            assert refused_comment(world, proposal, who) == expected
    wait(world, opened.start + 1)
    assert refused_comment(world, opened, "acme") == expected


def test_comment__twenty_of_an_organisation__comments_full(world: World, opened: Opened) -> None:
    for number in range(20):
        who = ("officer", "approver", "admin")[number % 3]
        world.send(who, CONSULTATION, "comment", record(number), opened.id, TEXT)
    for who in ("officer", "admin"):
        expected = Refusal("ConsultationCommentsFull", opened.id, 20)
        assert refused_comment(world, opened, who, number=99) == expected
    event = world.send("officer2", CONSULTATION, "comment", record(99), opened.id, TEXT).event
    assert event.args["comment"] == 21
    other = open_of(world, DecisionClass.MEMBERSHIP, "another text", who="delegate2")
    event = world.send("officer", CONSULTATION, "comment", record(99), other.id, TEXT).event
    assert event.args["comment"] == 1


@pytest.mark.parametrize("field", ["recordId", "textHash"])
def test_comment__value_zero__hash_zero(world: World, opened: Opened, field: str) -> None:
    args = (ZERO, opened.id, TEXT) if field == "recordId" else (record(), opened.id, ZERO)
    expected = Refusal("ConsultationHashZero", label(field))
    assert world.refusal("acme", CONSULTATION, "comment", *args) == expected


# anchor


@pytest.mark.parametrize("who", [*sorted(set(PEOPLE) - OPERATORS), "authority", "acme", HOLDER, "stranger"])
def test_anchor__no_operator__role_missing(world: World, opened: Opened, who: str) -> None:
    expected = Refusal("ConsultationRoleMissing", label("OPERATOR"), address(who))
    assert refused_anchor(world, opened, who=who) == expected


def test_anchor__operator_role_of_a_member_of_another_kind__role_missing(
    world: World, opened: Opened
) -> None:
    world.send("admin", MEMBERS, "addPerson", address("new"), int(Role.OPERATOR), MANDATE_END)
    expected = Refusal("ConsultationRoleMissing", label("OPERATOR"), address("new"))
    assert refused_anchor(world, opened, who="new") == expected


def test_anchor__suspended_operator__role_missing(world: World, opened: Opened) -> None:
    world.send("authority", MEMBERS, "suspendNow", OPERATOR, world.time + DAY)
    expected = Refusal("ConsultationRoleMissing", label("OPERATOR"), address("operator"))
    assert refused_anchor(world, opened) == expected


def test_anchor__valid__stores_and_tells(world: World, opened: Opened) -> None:
    for batch, comments in ((1, 1), (2, 100_000)):
        event = anchored(world, opened, batch - 1, comments=comments).event
        assert (event.name, event.args) == (
            "BatchAnchored",
            {"proposal": opened.id, "member": OPERATOR, "batch": batch, "root": ROOT, "comments": comments},
        )
        assert world.read(CONSULTATION, "rootOf", opened.id, OPERATOR, batch) == ROOT
        assert world.read(CONSULTATION, "batchCount", opened.id, OPERATOR) == batch
    assert world.read(CONSULTATION, "rootOf", opened.id, OPERATOR, 0) == ZERO
    assert world.read(CONSULTATION, "rootOf", opened.id, OPERATOR, 3) == ZERO


@pytest.mark.parametrize("expected", [0, 2, 2**32 - 1])
def test_anchor__another_batch_expected__version_wrong(world: World, opened: Opened, expected: int) -> None:
    anchored(world, opened, 0)
    assert refused_anchor(world, opened, expected=expected) == Refusal(
        "ConsultationVersionWrong", 1, expected
    )


def test_anchor__operators_of_two_members__each_counts_for_itself(world: World, opened: Opened) -> None:
    world.send("delegate1", MEMBERS, "addPerson", address("other"), int(Role.OPERATOR), MANDATE_END)
    anchored(world, opened, 0)
    anchored(world, opened, 0, who="other")
    assert world.read(CONSULTATION, "batchCount", opened.id, seat_of("delegate1")) == 1


@pytest.mark.parametrize("where", STATES)
def test_anchor__in_each_state__until_the_vote_has_ended_or_when_cancelled(
    world: World, opened: Opened, where: str
) -> None:
    brought_to(world, opened, where)
    if where in ("pending", "active", "cancelled"):
        anchored(world, opened, 0)
    else:
        assert refused_anchor(world, opened) == status_wrong(opened, STATES[where])


def test_anchor__at_the_end_of_the_vote__only_until_its_last_second(world: World, opened: Opened) -> None:
    with world.undone():
        world.send("operator", CONSULTATION, "anchor", opened.id, 0, ROOT, 1, at=opened.end)
    found = refused_anchor(world, opened, at=opened.end + 1)
    assert found == status_wrong(opened, ProposalState.DEFEATED)


@pytest.mark.parametrize("comments", [0, 100_001, 2**32 - 1])
def test_anchor__number_of_comments_outside_its_bounds__batch_invalid(
    world: World, opened: Opened, comments: int
) -> None:
    expected = Refusal("ConsultationBatchInvalid", 100_000, comments)
    assert refused_anchor(world, opened, comments=comments) == expected


def test_anchor__root_zero__hash_zero(world: World, opened: Opened) -> None:
    assert refused_anchor(world, opened, root=ZERO) == Refusal("ConsultationHashZero", label("root"))


def test_comments__of_a_cancelled_proposal__stay(world: World, opened: Opened) -> None:
    world.send("acme", CONSULTATION, "comment", record(), opened.id, TEXT)
    world.send("delegate1", COUNCIL, "cancel", *opened.proposal.key)
    assert world.read(CONSULTATION, "commentCount", opened.id) == 1
    assert refused_comment(world, opened, "beta") == status_wrong(opened, ProposalState.CANCELED)
