"""dropChange.tree"""

from __future__ import annotations

import pytest

from chain.types import LotTerms
from tests.contracts.agreements import (
    BOOK,
    CHANGED,
    PAPER,
    STRANGERS,
    VALUE,
    Agreed,
    Cause,
    Side,
    State,
    missing,
    signed,
)
from tests.contracts.complaints import Case
from tests.contracts.four_eyes import Act
from tests.contracts.world import ZERO, Refusal, World, address, label

pytestmark = pytest.mark.evm


@pytest.fixture
def agreed(world: World) -> Agreed:
    """A change waits, which the officer proposed."""
    made = signed(world, bids={"acme": (VALUE, 5)}, lots=[LotTerms(9_000)] * 2)
    made.propose(1_100)
    return made


def test_drop_change__unknown_agreement__not_found(world: World, agreed: Agreed) -> None:
    found = world.refusal("stranger", BOOK, "dropChange", 2, CHANGED)
    assert found == Refusal("AgreementBookNotFound", 2)


@pytest.mark.parametrize("who", [*STRANGERS, "approver"])
def test_drop_change__neither_side__role_missing(agreed: Agreed, who: str) -> None:
    assert agreed.refusal(who, "dropChange", agreed.waiting()) == missing(who)


def test_drop_change__ended__status_wrong(agreed: Agreed) -> None:
    agreed.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    for who in ("officer", "acme"):
        found = agreed.refusal(who, "dropChange", agreed.waiting())
        assert found == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)


def test_drop_change__another_or_none__document_wrong(agreed: Agreed) -> None:
    named = agreed.waiting()
    for got in (PAPER, CHANGED, ZERO):
        found = agreed.refusal("acme", "dropChange", got)
        assert found == Refusal("AgreementBookDocumentWrong", 1, named, got)
    agreed.send("acme", "dropChange", named)
    for who in ("acme", "officer"):
        for got in (named, ZERO):
            found = agreed.refusal(who, "dropChange", got)
            assert found == Refusal("AgreementBookDocumentWrong", 1, ZERO, got)


def test_drop_change__several_faults__refused_in_order(world: World, agreed: Agreed) -> None:
    agreed.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    assert world.refusal("approver", BOOK, "dropChange", 9, PAPER) == Refusal("AgreementBookNotFound", 9)
    assert agreed.refusal("approver", "dropChange", PAPER) == missing("approver")
    found = agreed.refusal("officer", "dropChange", PAPER)
    assert found == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)


@pytest.mark.parametrize(
    ("who", "side"), [("officer", Side.BUYER), ("acme", Side.SUPPLIER), ("acme2", Side.SUPPLIER)]
)
@pytest.mark.parametrize("suspended", [False, True])
def test_drop_change__either_side__nothing_waits(
    world: World, agreed: Agreed, who: str, side: Side, suspended: bool
) -> None:
    if suspended:
        Case(world, agreed.made.tender, agreed.made).suspend()
    before = agreed.facts()
    receipt = agreed.send(who, "dropChange", agreed.waiting())
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementChangeDropped",
        {"tenderId": agreed.made.id, "agreement": 1, "side": side, "documentHash": CHANGED},
    )
    assert agreed.pending() == {
        "reason": 0,
        "value": 0,
        "extension": 0,
        "signatures": 0,
        "documentHash": ZERO,
    }
    assert agreed.facts() == before


def test_drop_change__then_another__its_own_signatures_count(agreed: Agreed) -> None:
    """Nobody's signature goes over to what is proposed next."""
    agreed.send("acme", "dropChange", agreed.waiting())
    agreed.propose(900, "acme")
    assert agreed.pending()["signatures"] == Side.SUPPLIER.bit
    agreed.send("approver", "signChange", agreed.waiting())
    assert agreed.facts()["value"] == 900


def test_drop_change__four_eyes_and_the_buyer_signed__two_accounts_of_the_buyer(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.propose(1_100)
    agreed.buyer("signChange", agreed.waiting())
    act = Act(world, BOOK, "dropChange", (1, agreed.waiting()))
    for who in ("officer", "stranger"):
        assert act.refusal(who) == Refusal("FourEyesRoleMissing", label("APPROVER"), address(who))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    assert act.approve().events[-1].args["side"] == Side.BUYER
    assert agreed.pending()["documentHash"] == ZERO


def test_drop_change__four_eyes_and_the_buyer_signed__the_supplier_alone(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.propose(1_100)
    agreed.buyer("signChange", agreed.waiting())
    agreed.send("acme", "dropChange", agreed.waiting())
    assert agreed.pending()["documentHash"] == ZERO


def test_drop_change__four_eyes__an_officer_turns_it_down_alone(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.propose(1_100, "acme")
    agreed.send("officer", "dropChange", agreed.waiting())
    assert agreed.pending()["documentHash"] == ZERO
