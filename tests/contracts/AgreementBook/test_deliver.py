"""deliver.tree"""

from __future__ import annotations

import pytest

from chain.types import LotTerms
from tests.contracts.agreements import (
    BOOK,
    PAPER,
    STRANGERS,
    VALUE,
    Agreed,
    Cause,
    Done,
    State,
    drafted,
    missing,
    signed,
)
from tests.contracts.complaints import Case
from tests.contracts.world import ACME, ZERO, Refusal, World, hash_of, label

pytestmark = pytest.mark.evm


@pytest.fixture
def agreed(world: World) -> Agreed:
    """Signed by both."""
    return signed(world)


def test_deliver__unknown_agreement_or_milestone__not_found(world: World, agreed: Agreed) -> None:
    found = world.refusal("stranger", BOOK, "deliver", 2, 9, PAPER)
    assert found == Refusal("AgreementBookNotFound", 2)
    for milestone in (0, 5, 255):
        found = agreed.refusal("stranger", "deliver", milestone, PAPER)
        assert found == Refusal("AgreementBookMilestoneNotFound", 1, milestone)


@pytest.mark.parametrize("who", [*STRANGERS, "officer", "approver"])
def test_deliver__not_of_the_supplier__role_missing(agreed: Agreed, who: str) -> None:
    assert agreed.refusal(who, "deliver", 1, PAPER) == missing(who, "SUPPLIER")


def test_deliver__not_active__status_wrong(world: World) -> None:
    draft = drafted(world)
    found = draft.refusal("acme", "deliver", 1, PAPER)
    assert found == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    for who in ("officer", "acme"):
        draft.sign(who)
    draft.buyer("terminate", int(Cause.FORCE_MAJEURE), PAPER)
    found = draft.refusal("acme", "deliver", 1, PAPER)
    assert found == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)


def test_deliver__waits_to_be_judged_or_accepted__milestone_status_wrong(agreed: Agreed) -> None:
    agreed.deliver(1)
    found = agreed.refusal("acme2", "deliver", 1, PAPER)
    assert found == Refusal("AgreementBookMilestoneStatusWrong", 1, 1, Done.DELIVERED)
    agreed.send("officer", "accept", 1, PAPER)
    found = agreed.refusal("acme", "deliver", 1, ZERO)
    assert found == Refusal("AgreementBookMilestoneStatusWrong", 1, 1, Done.ACCEPTED)


@pytest.mark.parametrize("milestone", [3, 4])
def test_deliver__a_payment__milestone_status_wrong(agreed: Agreed, milestone: int) -> None:
    found = agreed.refusal("acme", "deliver", milestone, PAPER)
    assert found == Refusal("AgreementBookMilestoneStatusWrong", 1, milestone, Done.NONE)


def test_deliver__no_evidence__hash_zero(agreed: Agreed) -> None:
    assert agreed.refusal("acme", "deliver", 1, ZERO) == Refusal(
        "AgreementBookHashZero", label("documentHash")
    )


def test_deliver__several_faults__refused_in_order(world: World) -> None:
    draft = drafted(world)
    assert world.refusal("beta", BOOK, "deliver", 2, 9, ZERO) == Refusal("AgreementBookNotFound", 2)
    assert draft.refusal("beta", "deliver", 9, ZERO) == Refusal("AgreementBookMilestoneNotFound", 1, 9)
    assert draft.refusal("beta", "deliver", 3, ZERO) == missing("beta", "SUPPLIER")
    assert draft.refusal("acme", "deliver", 3, ZERO) == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    for who in ("officer", "acme"):
        draft.sign(who)
    expected = Refusal("AgreementBookMilestoneStatusWrong", 1, 3, Done.NONE)
    assert draft.refusal("acme", "deliver", 3, ZERO) == expected


@pytest.mark.parametrize("who", ["acme", "acme2"])
@pytest.mark.parametrize("after", ["nothing", "a refusal"])
def test_deliver__valid__delivered(agreed: Agreed, who: str, after: str) -> None:
    if after == "a refusal":
        agreed.deliver(2)
        agreed.send("officer", "refuse", 2, PAPER)
    before, others = agreed.facts(), [agreed.milestone(number) for number in (1, 3, 4)]
    kept = agreed.milestone(2)
    receipt = agreed.send(who, "deliver", 2, PAPER)
    assert (receipt.event.name, receipt.event.args) == (
        "MilestoneDelivered",
        {"tenderId": agreed.made.id, "agreement": 1, "milestone": 2, "documentHash": PAPER},
    )
    assert agreed.milestone(2) == kept | {"status": Done.DELIVERED}
    assert (agreed.facts(), [agreed.milestone(number) for number in (1, 3, 4)]) == (before, others)


def test_deliver__debarred_and_not_active_since__goes_on(world: World, agreed: Agreed) -> None:
    """It gains nothing new: what it owes it delivers."""
    world.send("reviewer", "SupplierRegistry", "debar", ACME, world.time + 500, hash_of("order"))
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    agreed.deliver(1)


def test_deliver__suspended__goes_on(world: World) -> None:
    agreed = signed(world, bids={"acme": (VALUE, 5)}, lots=[LotTerms(9_000)] * 2)
    Case(world, agreed.made.tender, agreed.made).suspend()
    agreed.accept(1)
    agreed.deliver(2)
    agreed.send("officer", "refuse", 2, PAPER)


def test_deliver__long_after_it_was_due__goes_on(world: World) -> None:
    """Whether it is late is told; nothing is barred."""
    agreed = signed(world, terms={"starts_at": 1, "ends_at": 2})
    world.move_to(world.time + 10**8)
    agreed.accept(1, 2)
