"""accept.tree"""

from __future__ import annotations

import pytest

from tests.contracts.agreements import (
    BOOK,
    PAPER,
    STRANGERS,
    Agreed,
    Done,
    State,
    drafted,
    equal,
    missing,
    signed,
)
from tests.contracts.four_eyes import Act
from tests.contracts.world import ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm

BOTH = pytest.mark.parametrize("act", ["accept", "refuse"])


@pytest.fixture
def agreed(world: World) -> Agreed:
    """The first of two deliveries waits to be judged."""
    made = signed(world)
    made.deliver(1)
    return made


@BOTH
def test_accept__unknown_agreement_or_milestone__not_found(world: World, agreed: Agreed, act: str) -> None:
    assert world.refusal("stranger", BOOK, act, 2, 9, PAPER) == Refusal("AgreementBookNotFound", 2)
    for milestone in (0, 5, 255):
        found = agreed.refusal("stranger", act, milestone, PAPER)
        assert found == Refusal("AgreementBookMilestoneNotFound", 1, milestone)


@BOTH
@pytest.mark.parametrize("who", [*STRANGERS, "acme"])
def test_accept__other_role_or_buyer__role_missing(agreed: Agreed, act: str, who: str) -> None:
    assert agreed.refusal(who, act, 1, PAPER) == missing(who)


@BOTH
def test_accept__never_signed__status_wrong(world: World, act: str) -> None:
    draft = drafted(world)
    found = draft.refusal("officer", act, 1, PAPER)
    assert found == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    again = drafted(world, made=draft.made)
    found = draft.refusal("officer", act, 1, PAPER)
    assert (found, again.state()) == (Refusal("AgreementBookStatusWrong", 1, State.DROPPED), State.DRAFT)


@BOTH
def test_accept__not_delivered__milestone_status_wrong(agreed: Agreed, act: str) -> None:
    def refused(milestone: int, status: Done) -> None:
        found = agreed.refusal("officer", act, milestone, ZERO)
        assert found == Refusal("AgreementBookMilestoneStatusWrong", 1, milestone, status)

    refused(2, Done.SCHEDULED)
    for milestone in (3, 4):
        refused(milestone, Done.NONE)
    agreed.send("officer", "refuse", 1, PAPER)
    refused(1, Done.REFUSED)
    agreed.accept(1)
    refused(1, Done.ACCEPTED)


@BOTH
def test_accept__no_report__hash_zero(agreed: Agreed, act: str) -> None:
    assert agreed.refusal("officer", act, 1, ZERO) == Refusal("AgreementBookHashZero", label("documentHash"))


@BOTH
def test_accept__several_faults__refused_in_order(world: World, agreed: Agreed, act: str) -> None:
    assert world.refusal("acme", BOOK, act, 2, 9, ZERO) == Refusal("AgreementBookNotFound", 2)
    assert agreed.refusal("acme", act, 9, ZERO) == Refusal("AgreementBookMilestoneNotFound", 1, 9)
    assert agreed.refusal("acme", act, 2, ZERO) == missing("acme")
    draft = drafted(world)
    found = draft.refusal("officer", act, 2, ZERO)
    assert found == Refusal("AgreementBookStatusWrong", 2, State.DRAFT)
    found = agreed.refusal("officer", act, 2, ZERO)
    assert found == Refusal("AgreementBookMilestoneStatusWrong", 1, 2, Done.SCHEDULED)


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_accept__valid__counts(agreed: Agreed, who: str) -> None:
    before, kept = agreed.facts(), agreed.milestone(1)
    receipt = agreed.send(who, "accept", 1, PAPER)
    assert (receipt.event.name, receipt.event.args) == (
        "MilestoneAccepted",
        {"tenderId": agreed.made.id, "agreement": 1, "milestone": 1, "documentHash": PAPER},
    )
    assert agreed.facts() == before | {"accepted": 1, "acceptedAt": receipt.time}
    assert agreed.milestone(1) == kept | {"status": Done.ACCEPTED}
    agreed.deliver(2)
    later = agreed.send(who, "accept", 2, PAPER).time
    assert (agreed.facts()["accepted"], agreed.facts()["acceptedAt"]) == (2, later)


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_refuse__valid__as_often_as_it_is_delivered(agreed: Agreed, who: str) -> None:
    before, kept = agreed.facts(), agreed.milestone(1)
    for _ in range(3):
        receipt = agreed.send(who, "refuse", 1, PAPER)
        assert (receipt.event.name, receipt.event.args) == (
            "MilestoneRefused",
            {"tenderId": agreed.made.id, "agreement": 1, "milestone": 1, "documentHash": PAPER},
        )
        assert agreed.facts() == before
        assert agreed.milestone(1) == kept | {"status": Done.REFUSED}
        agreed.deliver(1)


@BOTH
def test_accept__four_eyes__two_accounts_of_the_buyer(world: World, act: str) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.deliver(1)
    made = Act(world, BOOK, act, (1, 1, PAPER))
    found = agreed.refusal("officer", act, 1, PAPER)
    assert found == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    assert made.refusal() == Refusal("FourEyesActNotProposed", made.hash)
    agreed.buyer(act, 1, PAPER)
    assert agreed.milestone(1)["status"] == (Done.ACCEPTED if act == "accept" else Done.REFUSED)


def test_accept__as_many_as_there_may_be__all_count(world: World) -> None:
    agreed = signed(world, terms={"milestones": equal(32)})
    agreed.accept(*range(1, 33))
    assert agreed.facts()["accepted"] == agreed.facts()["deliveries"] == 32
