"""complete.tree"""

from __future__ import annotations

import pytest

from tests.contracts.agreements import (
    BOOK,
    CHANGED,
    PAPER,
    STRANGERS,
    Agreed,
    Cause,
    State,
    change,
    drafted,
    missing,
    signed,
)
from tests.contracts.four_eyes import Act
from tests.contracts.world import ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm


@pytest.fixture
def agreed(world: World) -> Agreed:
    """Both deliveries were accepted."""
    return signed(world).accept(1, 2)


def test_complete__unknown_agreement__not_found(world: World, agreed: Agreed) -> None:
    assert world.refusal("stranger", BOOK, "complete", 2, PAPER) == Refusal("AgreementBookNotFound", 2)


@pytest.mark.parametrize("who", [*STRANGERS, "acme"])
def test_complete__other_role_or_buyer__role_missing(agreed: Agreed, who: str) -> None:
    assert agreed.refusal(who, "complete", PAPER) == missing(who)


def test_complete__not_active__status_wrong(world: World) -> None:
    draft = drafted(world)
    assert draft.refusal("officer", "complete", PAPER) == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    for who in ("officer", "acme"):
        draft.sign(who)
    draft.accept(1, 2)
    for act, state in ((("complete", PAPER), State.COMPLETED), (("terminate", 2, PAPER), State.TERMINATED)):
        with world.undone():
            draft.buyer(*act)
            found = draft.refusal("officer", "complete", ZERO)
            assert found == Refusal("AgreementBookStatusWrong", 1, state)


def test_complete__not_all_accepted__names_the_first(world: World) -> None:
    agreed = signed(world)

    def refused(milestone: int) -> None:
        found = agreed.refusal("officer", "complete", ZERO)
        assert found == Refusal("AgreementBookNotAccepted", 1, milestone)

    refused(1)
    agreed.accept(2)
    refused(1)
    agreed.deliver(1)
    refused(1)
    agreed.send("officer", "refuse", 1, PAPER)
    refused(1)
    agreed.accept(1)
    agreed.send("officer", "complete", PAPER)


def test_complete__no_document__hash_zero(agreed: Agreed) -> None:
    assert agreed.refusal("officer", "complete", ZERO) == Refusal(
        "AgreementBookHashZero", label("documentHash")
    )


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_complete__valid__over(world: World, agreed: Agreed, who: str) -> None:
    agreed.propose(1_100)
    before = agreed.facts()
    receipt = agreed.send(who, "complete", PAPER)
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementCompleted",
        {"tenderId": agreed.made.id, "agreement": 1, "documentHash": PAPER},
    )
    assert agreed.facts() == before | {"status": State.COMPLETED}
    over = Refusal("AgreementBookStatusWrong", 1, State.COMPLETED)
    for actor, call in {
        "officer": ("proposeChange", 1, change().as_tuple()), "acme": ("signChange", CHANGED), "acme2": ("dropChange", CHANGED),
        "approver": ("terminate", int(Cause.MUTUAL), PAPER), "reviewer": ("terminate", int(Cause.ORDERED), PAPER),
    }.items():  # fmt: skip
        assert agreed.refusal(actor, *call) == over
    for call in (("sign", bytes(32)), ("deliver", 1, PAPER)):
        assert agreed.refusal("acme", *call) == over
    agreed.pay(3, 333)


def test_complete__four_eyes__two_accounts_of_the_buyer(world: World) -> None:
    agreed = signed(world, four_eyes=True).accept(1, 2)
    act = Act(world, BOOK, "complete", (1, PAPER))
    found = agreed.refusal("officer", "complete", PAPER)
    assert found == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    agreed.buyer("complete", PAPER)
    assert agreed.state() == State.COMPLETED
