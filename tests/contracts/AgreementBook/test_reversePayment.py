"""reversePayment.tree"""

from __future__ import annotations

import pytest

from chain.types import LotTerms
from tests.contracts.agreements import BOOK, PAPER, STRANGERS, VALUE, Agreed, Cause, missing, signed
from tests.contracts.complaints import Case
from tests.contracts.four_eyes import Act
from tests.contracts.world import BUYER, BUYER2, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

REF = hash_of("SPEI 1")


@pytest.fixture
def agreed(world: World) -> Agreed:
    """333 were paid for milestone 3, of two lots."""
    made = signed(world, bids={"acme": (VALUE, 5)}, lots=[LotTerms(9_000)] * 2, terms={"payer": BUYER2})
    made.pay(3, 333)
    return made


def test_reverse_payment__unknown_agreement__not_found(world: World, agreed: Agreed) -> None:
    found = world.refusal("stranger", BOOK, "reversePayment", 2, BUYER, REF, PAPER)
    assert found == Refusal("AgreementBookNotFound", 2)


def test_reverse_payment__no_such_payment__payment_not_found(world: World, agreed: Agreed) -> None:
    for payer, ref in ((BUYER, hash_of("SPEI 2")), (BUYER2, REF), (ZERO, REF), (BUYER, ZERO)):
        found = agreed.refusal("stranger", "reversePayment", payer, ref, PAPER)
        assert found == Refusal("AgreementBookPaymentNotFound", 1, ref)
    other = signed(world, made=agreed.made, lot=2)
    found = other.refusal("officer", "reversePayment", BUYER, REF, PAPER)
    assert found == Refusal("AgreementBookPaymentNotFound", 2, REF)


@pytest.mark.parametrize("who", [*STRANGERS, "acme"])
def test_reverse_payment__other_role_or_buyer__role_missing(agreed: Agreed, who: str) -> None:
    assert agreed.refusal(who, "reversePayment", BUYER, REF, PAPER) == missing(who)


def test_reverse_payment__twice__payment_reversed(agreed: Agreed) -> None:
    agreed.send("officer", "reversePayment", BUYER, REF, PAPER)
    for document in (PAPER, ZERO):
        found = agreed.refusal("approver", "reversePayment", BUYER, REF, document)
        assert found == Refusal("AgreementBookPaymentReversed", 1, 1)
    assert agreed.facts()["paid"] == 0


def test_reverse_payment__no_reason__hash_zero(agreed: Agreed) -> None:
    found = agreed.refusal("officer", "reversePayment", BUYER, REF, ZERO)
    assert found == Refusal("AgreementBookHashZero", label("documentHash"))


@pytest.mark.parametrize("who", ["officer", "approver"])
@pytest.mark.parametrize("given", ["active", "suspended", "terminated"])
def test_reverse_payment__valid__taken_from_what_is_paid(
    world: World, agreed: Agreed, who: str, given: str
) -> None:
    if given == "suspended":
        Case(world, agreed.made.tender, agreed.made).suspend()
    if given == "terminated":
        agreed.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    before, kept = agreed.facts(), agreed.milestone(3)
    receipt = agreed.send(who, "reversePayment", BUYER, REF, PAPER)
    assert (receipt.event.name, receipt.event.args) == (
        "PaymentReversed",
        {"tenderId": agreed.made.id, "agreement": 1, "number": 1, "documentHash": PAPER},
    )
    assert agreed.facts() == before | {"paid": 0}
    assert agreed.milestone(3) == kept | {"paid": 0}
    assert agreed.paid()["reversed"] is True
    if given != "suspended":
        agreed.pay(3, 333, "SPEI 2")
        assert (agreed.facts()["paid"], agreed.facts()["payments"]) == (333, 2)


def test_reverse_payment__one_of_several__the_others_stay(agreed: Agreed) -> None:
    agreed.buyer("reversePayment", BUYER, REF, PAPER)
    for number, amount in enumerate((100, 200, 33), 2):
        agreed.pay(3, amount, f"SPEI {number}")
    agreed.buyer("reversePayment", BUYER, hash_of("SPEI 3"), PAPER)
    assert (agreed.facts()["paid"], agreed.milestone(3)["paid"]) == (133, 133)
    assert [agreed.paid(f"SPEI {number}")["reversed"] for number in (1, 2, 3, 4)] == [
        True,
        False,
        True,
        False,
    ]


def test_reverse_payment__four_eyes__two_accounts_of_the_buyer(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.pay()
    act = Act(world, BOOK, "reversePayment", (1, BUYER, REF, PAPER))
    assert act.refusal("officer") == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    act.approve()
    assert agreed.facts()["paid"] == 0
