"""recordPayment.tree"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.types import LotTerms, Payment
from tests.contracts.agreements import (
    BOOK,
    PAPER,
    STRANGERS,
    VALUE,
    Agreed,
    Cause,
    Done,
    Reason,
    State,
    delivery,
    drafted,
    equal,
    missing,
    payment,
    signed,
    terms_of,
)
from tests.contracts.awards import DECISION, opened, supplier_of
from tests.contracts.complaints import Case
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import Status
from tests.contracts.world import ACME, BETA, BUYER, BUYER2, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

TWO = {"bids": {"acme": (VALUE, 5)}, "lots": [LotTerms(9_000)] * 2}
TREASURY = BUYER2


@pytest.fixture
def agreed(world: World) -> Agreed:
    """Signed by both; 3 may be paid, 4 once 2 is accepted."""
    return signed(world)


def of_another_buyer(world: World) -> Agreed:
    """Of acme with the buyer that is called treasury here, signed by both."""
    made = opened(world, {"acme": VALUE}, publisher="officer2").ready()
    made.send("officer2", "award", 1, supplier_of("acme"), made.offer("acme"), DECISION)
    world.move_to(made.facts()["standstillEnds"])
    world.send("officer2", BOOK, "draft", made.id, 1, 0, terms_of(made).as_tuple())
    agreed = Agreed(made, world.read(BOOK, "agreementCount"))
    for who in ("officer2", "acme"):
        agreed.sign(who)
    return agreed


def refusal(agreed: Agreed, who: str = "officer", number: int | None = None, **changes: Any) -> Refusal:
    """Records 333 for milestone 3; all is well but for the changes."""
    made = agreed.payment(**changes).as_tuple()
    return agreed.world.refusal(who, BOOK, "recordPayment", number or agreed.number, made)


def test_record_payment__unknown_agreement_or_milestone__not_found(agreed: Agreed) -> None:
    assert refusal(agreed, "stranger", 2, milestone=9) == Refusal("AgreementBookNotFound", 2)
    for milestone in (0, 5, 255):
        found = refusal(agreed, "stranger", milestone=milestone)
        assert found == Refusal("AgreementBookMilestoneNotFound", 1, milestone)


@pytest.mark.parametrize("who", [*STRANGERS, "acme"])
def test_record_payment__other_role_or_buyer__role_missing(agreed: Agreed, who: str) -> None:
    assert refusal(agreed, who) == missing(who)


def test_record_payment__never_signed__status_wrong(world: World) -> None:
    draft = drafted(world)
    assert refusal(draft) == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    draft.sign("officer")
    assert refusal(draft) == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    drafted(world, made=draft.made)
    assert refusal(draft) == Refusal("AgreementBookStatusWrong", 1, State.DROPPED)


def test_record_payment__for_a_delivery__milestone_status_wrong(agreed: Agreed) -> None:
    agreed.accept(1)
    for milestone, status in ((1, Done.ACCEPTED), (2, Done.SCHEDULED)):
        found = refusal(agreed, milestone=milestone)
        assert found == Refusal("AgreementBookMilestoneStatusWrong", 1, milestone, status)


def test_record_payment__before_acceptance__not_accepted(agreed: Agreed) -> None:
    expected = Refusal("AgreementBookNotAccepted", 1, 2)
    agreed.accept(1)
    assert refusal(agreed, milestone=4) == expected
    agreed.deliver(2)
    assert refusal(agreed, milestone=4) == expected
    agreed.send("officer", "refuse", 2, PAPER)
    assert refusal(agreed, milestone=4) == expected
    agreed.accept(2)
    agreed.pay(4, 667)


def test_record_payment__reference_again__used_whatever_else_differs(world: World) -> None:
    agreed = signed(world, terms={"payer": TREASURY}, **TWO)
    other = signed(world, made=agreed.made, lot=2)
    agreed.pay(3, 1)
    ref = hash_of("SPEI 1")
    for changes in ({}, {"amount": 2}, {"milestone": 3, "payee": BETA}, {"paid_at": 5}):
        assert refusal(agreed, **changes) == Refusal("AgreementBookReferenceUsed", 1, ref)
    assert refusal(other, amount=1) == Refusal("AgreementBookReferenceUsed", 2, ref)
    # Another payer's bank has its own.
    agreed.pay(3, 1, payer=TREASURY)
    assert refusal(agreed, payer=TREASURY) == Refusal("AgreementBookReferenceUsed", 1, ref)
    agreed.pay(3, 1, ref="SPEI 2")


def test_record_payment__another_buyer_used_the_reference_of_the_same_payer__stops_nobody(
    world: World,
) -> None:
    """Who is named as payer is not asked: a buyer that names it uses up no reference of others, least of all its own."""
    agreed = signed(world, terms={"payer": TREASURY})
    agreed.pay(3, 1, payer=TREASURY)
    theirs = of_another_buyer(world)
    paid = theirs.payment(payer=TREASURY).as_tuple()
    assert paid[4] == agreed.payment().ref
    theirs.send("officer2", "recordPayment", paid)
    found = theirs.refusal("officer2", "recordPayment", paid)
    assert found == Refusal("AgreementBookReferenceUsed", theirs.number, paid[4])
    assert refusal(agreed, payer=TREASURY) == Refusal("AgreementBookReferenceUsed", agreed.number, paid[4])
    kept = [each.paid(payer=TREASURY) for each in (agreed, theirs)]
    assert [(each["agreement"], each["amount"]) for each in kept] == [
        (agreed.number, 1),
        (theirs.number, 333),
    ]
    # Each reverses its own.
    for who, each in (("officer2", theirs), ("officer", agreed)):
        each.send(who, "reversePayment", TREASURY, paid[4], PAPER)
        assert (each.facts()["paid"], each.paid(payer=TREASURY)["reversed"]) == (0, True)


def test_record_payment__reversed_reference__stays_used(agreed: Agreed) -> None:
    agreed.pay(3, 333)
    agreed.buyer("reversePayment", BUYER, hash_of("SPEI 1"), PAPER)
    assert refusal(agreed) == Refusal("AgreementBookReferenceUsed", 1, hash_of("SPEI 1"))
    agreed.pay(3, 333, ref="SPEI 2")


def test_record_payment__suspended__status_wrong(world: World) -> None:
    agreed = signed(world, **TWO)
    case = Case(world, agreed.made.tender, agreed.made)
    case.suspend()
    assert refusal(agreed) == Refusal("TenderBoardStatusWrong", agreed.made.id, Status.SUSPENDED)
    case.resume()
    agreed.pay()


def test_record_payment__by_or_to_a_stranger__party_wrong(world: World) -> None:
    agreed = signed(world, terms={"payer": TREASURY})
    for who in (ACME, BETA, ZERO, hash_of("nobody"), hash_of("SPEI 1")):
        assert refusal(agreed, payer=who) == Refusal("AgreementBookPartyWrong", 1, who)
    for who in (BETA, BUYER, TREASURY, ZERO):
        assert refusal(agreed, payee=who) == Refusal("AgreementBookPartyWrong", 1, who)
    agreed.pay(3, 1, payer=TREASURY)


def test_record_payment__no_payer_was_agreed__the_buyer_alone(agreed: Agreed) -> None:
    for who in (TREASURY, ZERO):
        assert refusal(agreed, payer=who) == Refusal("AgreementBookPartyWrong", 1, who)


@pytest.mark.parametrize(("field", "value"), [("amount", 0), ("ref", ZERO), ("paid_at", 0)])
def test_record_payment__a_value_is_missing__hash_zero(agreed: Agreed, field: str, value: Any) -> None:
    made = replace(agreed.payment(), **{field: value})
    found = agreed.refusal("officer", "recordPayment", made.as_tuple())
    assert found == Refusal("AgreementBookHashZero", label("paidAt" if field == "paid_at" else field))


def test_record_payment__later_than_now__date_invalid(world: World, agreed: Agreed) -> None:
    now = world.time + 50
    for paid_at in (now + 1, 2**40 - 1):
        made = agreed.payment(paid_at=paid_at).as_tuple()
        with world.undone():
            found = agreed.refusal("officer", "recordPayment", made, at=now)
            assert found == Refusal("AgreementBookDateInvalid", 1, now, paid_at)
    for paid_at in (now, now - 1, 1):
        with world.undone():
            agreed.send("officer", "recordPayment", agreed.payment(paid_at=paid_at).as_tuple(), at=now)


def test_record_payment__more_than_is_left__overpaid_to_the_unit(world: World, agreed: Agreed) -> None:
    assert refusal(agreed, amount=334) == Refusal("AgreementBookOverpaid", 1, 333, 334)
    assert refusal(agreed, amount=2**128 - 1) == Refusal("AgreementBookOverpaid", 1, 333, 2**128 - 1)
    agreed.pay(3, 300)
    assert refusal(agreed, amount=34, ref="b") == Refusal("AgreementBookOverpaid", 1, 33, 34)
    agreed.pay(3, 33, ref="b")
    assert refusal(agreed, amount=1, ref="c") == Refusal("AgreementBookOverpaid", 1, 0, 1)
    # What one milestone leaves is not another's, and the last takes the rest.
    agreed.accept(2)
    assert refusal(agreed, milestone=4, amount=668, ref="c") == Refusal("AgreementBookOverpaid", 1, 667, 668)
    agreed.pay(4, 667, ref="c")
    assert agreed.facts()["paid"] == agreed.facts()["value"] == VALUE


def test_record_payment__last_one_in_the_plan_takes_the_rest__wherever_it_stands(world: World) -> None:
    plan = (payment(3_333), payment(3_333), payment(3_334), delivery())
    agreed = signed(world, bids={"acme": 7}, terms={"milestones": plan})
    assert [agreed.read("amountOf", number) for number in (1, 2, 3, 4)] == [2, 2, 3, 0]
    for number, amount in ((1, 2), (2, 2), (3, 3)):
        with world.undone():
            found = refusal(agreed, milestone=number, amount=amount + 1)
            assert found == Refusal("AgreementBookOverpaid", 1, amount, amount + 1)
        agreed.pay(number, amount, ref=str(number))


@pytest.mark.parametrize("price", [1, 2, 63, 9_999, 10_001, 2**64 - 1, 2**128 - 1])
def test_record_payment__any_value__all_of_it_is_paid_and_no_more(world: World, price: int) -> None:
    """Amounts of currencies with any number of decimals; the largest does not overflow."""
    ceiling = [LotTerms(2**128 - 1)]
    agreed = signed(world, bids={"acme": price}, lots=ceiling, terms={"milestones": equal(7)}).accept(
        *range(1, 8)
    )
    amounts = [agreed.read("amountOf", number) for number in range(8, 15)]
    shares = [each.bps for each in equal(7)[7:]]
    assert amounts[:-1] == [price * bps // 10_000 for bps in shares[:-1]]
    assert sum(amounts) == price
    for number, amount in enumerate(amounts, 8):
        if amount:
            agreed.pay(number, amount, ref=str(number))
    assert (agreed.facts()["paid"], agreed.facts()["value"]) == (price, price)
    for number in (8, 14):
        found = refusal(agreed, milestone=number, amount=1, ref="more")
        assert found == Refusal("AgreementBookOverpaid", 1, 0, 1)


def test_record_payment__changed_at_the_largest_value__nothing_overflows(world: World) -> None:
    top = 2**128 - 1
    agreed = signed(
        world, bids={"acme": top}, lots=[LotTerms(top)], max_change_bps=10_000, max_reasoned_change_bps=10_000
    )
    agreed.change(0, reason=Reason.REDUCTION)
    assert agreed.facts()["lastAmount"] == 0
    assert refusal(agreed, amount=1) == Refusal("AgreementBookOverpaid", 1, 0, 1)
    agreed.change(top, reason=Reason.UNFORESEEABLE)
    facts = agreed.facts()
    assert (facts["value"], facts["ordinary"], facts["reasoned"]) == (top, top, top)
    agreed.pay(3, top * 3_333 // 10_000)


def test_record_payment__value_changed__what_is_left_is_of_the_new_one(agreed: Agreed) -> None:
    agreed.pay(3, 333)
    agreed.change(1_100)
    assert refusal(agreed, amount=34, ref="b") == Refusal("AgreementBookOverpaid", 1, 33, 34)
    agreed.pay(3, 33, ref="b")


def test_record_payment__several_faults__refused_in_order(world: World) -> None:
    agreed = signed(world, **TWO)
    agreed.pay(3, 1)
    case = Case(world, agreed.made.tender, agreed.made)
    draft = drafted(world, made=agreed.made, lot=2)
    case.suspend()
    call: dict[str, Any] = {
        "who": "beta", "number": 9, "milestone": 9, "amount": 0, "payer": BETA, "payee": BETA, "paid_at": 2**40 - 1,
    }  # fmt: skip

    def told(step: dict[str, Any]) -> Refusal:
        call.update(step)
        made = Payment(
            call["milestone"],
            call["payer"],
            call["payee"],
            call["amount"],
            call.get("ref", ZERO),
            call["paid_at"],
        )
        with world.undone():
            return world.refusal(
                call["who"], BOOK, "recordPayment", call["number"], made.as_tuple(), at=call.get("at")
            )

    ref = hash_of("SPEI 1")
    steps: list[tuple[dict[str, Any], Refusal]] = [
        ({}, Refusal("AgreementBookNotFound", 9)),
        ({"number": draft.number}, Refusal("AgreementBookMilestoneNotFound", 2, 9)),
        ({"milestone": 1}, missing("beta")),
        ({"who": "approver"}, Refusal("AgreementBookStatusWrong", 2, State.DRAFT)),
        ({"number": 1}, Refusal("AgreementBookMilestoneStatusWrong", 1, 1, Done.SCHEDULED)),
        ({"milestone": 4}, Refusal("AgreementBookNotAccepted", 1, 2)),
        ({"milestone": 3, "payer": BUYER, "ref": ref}, Refusal("AgreementBookReferenceUsed", 1, ref)),
        ({"payer": BETA, "ref": ZERO}, Refusal("TenderBoardStatusWrong", agreed.made.id, Status.SUSPENDED)),
    ]  # fmt: skip
    for step, expected in steps:
        assert told(step) == expected
    case.resume()
    now = world.time + 9
    steps = [
        ({}, Refusal("AgreementBookPartyWrong", 1, BETA)),
        ({"payer": BUYER}, Refusal("AgreementBookPartyWrong", 1, BETA)),
        ({"payee": ACME}, Refusal("AgreementBookHashZero", label("amount"))),
        ({"amount": 334}, Refusal("AgreementBookHashZero", label("ref"))),
        ({"ref": PAPER, "paid_at": 0}, Refusal("AgreementBookHashZero", label("paidAt"))),
        ({"paid_at": 2**40 - 1, "at": now}, Refusal("AgreementBookDateInvalid", 1, now, 2**40 - 1)),
        ({"paid_at": 1}, Refusal("AgreementBookOverpaid", 1, 332, 334)),
    ]
    for step, expected in steps:
        assert told(step) == expected


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_record_payment__valid__stores_and_tells(agreed: Agreed, who: str) -> None:
    before, kept = agreed.facts(), agreed.milestone(3)
    for number, (amount, ref) in enumerate(((100, "a"), (233, "b")), 1):
        made = agreed.payment(3, amount, ref)
        receipt = agreed.send(who, "recordPayment", made.as_tuple())
        assert (receipt.event.name, receipt.event.args) == (
            "PaymentRecorded",
            {"tenderId": agreed.made.id, "agreement": 1, "number": number, "payment": made.as_tuple()},
        )
        assert agreed.paid(ref) == {
            "agreement": 1, "number": number, "milestone": 3, "amount": amount, "reversed": False,
        }  # fmt: skip
    assert agreed.facts() == before | {"paid": 333, "payments": 2}
    assert agreed.milestone(3) == kept | {"paid": 333}


@pytest.mark.parametrize("end", ["completed", "terminated"])
def test_record_payment__after_the_end__goes_on_within_the_value(
    world: World, agreed: Agreed, end: str
) -> None:
    agreed.accept(2)
    if end == "completed":
        agreed.accept(1).buyer("complete", PAPER)
    else:
        agreed.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    world.move_to(world.time + 10**8)
    agreed.pay(3, 333)
    agreed.pay(4, 600, ref="b")
    assert refusal(agreed, milestone=4, amount=68, ref="c") == Refusal("AgreementBookOverpaid", 1, 67, 68)


def test_record_payment__ended_before_acceptance__what_waits_for_it_is_never_paid(agreed: Agreed) -> None:
    agreed.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    assert refusal(agreed, milestone=4) == Refusal("AgreementBookNotAccepted", 1, 2)


def test_record_payment__four_eyes__two_accounts_of_the_buyer(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    act = Act(world, BOOK, "recordPayment", (1, agreed.payment().as_tuple()))
    found = act.refusal("officer")
    assert found == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    assert [event.name for event in act.approve().events] == ["ActApproved", "PaymentRecorded"]
    # Once more takes its own proposal, and meets the reference.
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    assert act.refusal() == Refusal("AgreementBookReferenceUsed", 1, agreed.payment().ref)


def test_record_payment__no_coin__is_taken(world: World, agreed: Agreed) -> None:
    """It is a record of what a bank did."""
    call = world.as_call("officer", BOOK, "recordPayment", 1, agreed.payment().as_tuple())
    world.node.rpc("anvil_setBalance", address("officer"), hex(10**18))
    assert "error" not in world.node.ask("eth_call", call, "latest")
    assert "error" in world.node.ask("eth_call", call | {"value": "0x1"}, "latest")
