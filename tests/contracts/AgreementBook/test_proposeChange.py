"""proposeChange.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.rules.deadlines import end_of
from chain.types import AgreementChange, LotTerms
from tests.contracts.agreements import (
    BOOK,
    CHANGED,
    STRANGERS,
    VALUE,
    Agreed,
    Cause,
    Reason,
    Side,
    State,
    change,
    delivery,
    drafted,
    missing,
    payment,
    signed,
)
from tests.contracts.awards import counting_outages, outage, ticks
from tests.contracts.complaints import Case
from tests.contracts.tenders import Status
from tests.contracts.world import ZERO, Refusal, World, label

pytestmark = pytest.mark.evm

ORDINARY, REASONED = 200, 500
"""Caps of the sandbox procedure: 20 % and 50 % of 1,000."""
MOST = 2**32 - 1


@pytest.fixture
def agreed(world: World) -> Agreed:
    """Signed by both."""
    return signed(world)


def refusal(
    agreed: Agreed, wanted: AgreementChange | None = None, *, who: str = "officer", version: int = 1, at: int | None = None
) -> Refusal:  # fmt: skip
    """Proposes a change; all is well but for what is given."""
    return agreed.refusal(who, "proposeChange", version, (wanted or change(1_100)).as_tuple(), at=at)


def over(cap: int, moved: int) -> Refusal:
    """What is told above a cap."""
    return Refusal("AgreementBookChangeOverCap", 1, cap, moved)


def test_propose_change__unknown_agreement__not_found(world: World, agreed: Agreed) -> None:
    found = world.refusal("stranger", BOOK, "proposeChange", 2, 1, change().as_tuple())
    assert found == Refusal("AgreementBookNotFound", 2)


@pytest.mark.parametrize("who", [*STRANGERS, "approver"])
def test_propose_change__neither_side__role_missing(agreed: Agreed, who: str) -> None:
    assert refusal(agreed, who=who) == missing(who)


def test_propose_change__not_active__status_wrong(world: World) -> None:
    draft = drafted(world)
    assert refusal(draft, version=0) == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    for who in ("officer", "acme"):
        draft.sign(who)
    with world.undone():
        draft.accept(1, 2).buyer("complete", CHANGED)
        assert refusal(draft) == Refusal("AgreementBookStatusWrong", 1, State.COMPLETED)
    draft.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), CHANGED)
    assert refusal(draft, who="acme") == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)


def test_propose_change__another_version__version_wrong(agreed: Agreed) -> None:
    for version in (0, 2, 65_535):
        assert refusal(agreed, version=version) == Refusal("AgreementBookVersionWrong", 1, version)
    agreed.change(1_050)
    assert refusal(agreed) == Refusal("AgreementBookVersionWrong", 2, 1)


@pytest.mark.parametrize("first", ["officer", "acme"])
@pytest.mark.parametrize("second", ["officer", "acme"])
def test_propose_change__one_waits__change_pending(agreed: Agreed, first: str, second: str) -> None:
    agreed.propose(1_100, first)
    assert refusal(agreed, who=second) == Refusal("AgreementBookChangePending", 1)
    agreed.send(second, "dropChange", agreed.waiting())
    agreed.propose(1_100, second)


def test_propose_change__suspended__status_wrong(world: World) -> None:
    agreed = signed(world, bids={"acme": (VALUE, 5)}, lots=[LotTerms(9_000)] * 2)
    case = Case(world, agreed.made.tender, agreed.made)
    case.suspend()
    for who in ("officer", "acme"):
        found = refusal(agreed, who=who)
        assert found == Refusal("TenderBoardStatusWrong", agreed.made.id, Status.SUSPENDED)
    case.resume()
    agreed.propose(1_100)


def test_propose_change__interval__from_its_end_on(world: World) -> None:
    agreed = signed(world, change_interval=500)
    with world.undone():
        agreed.propose(1_100)
    end = agreed.change(1_100).time + 500
    expected = Refusal("AgreementBookChangeTooSoon", 1, end)
    assert refusal(agreed, version=2) == expected
    assert refusal(agreed, version=2, at=end - 1) == expected
    for after in (0, 1):
        with world.undone():
            agreed.send("officer", "proposeChange", 2, change(1_150).as_tuple(), at=end + after)


def test_propose_change__outage_in_the_interval__from_its_longer_end_on(world: World) -> None:
    agreed = signed(world, change_interval=2_000)
    counting_outages(world)
    agreed.propose(1_100, "acme")
    at = agreed.send("officer", "signChange", agreed.waiting(), at=world.time + 60).time
    longer = end_of([outage(world, at + 1_990)], at + 2_000)
    ticks(world, longer - 2)
    assert refusal(agreed, version=2, at=longer - 1) == Refusal("AgreementBookChangeTooSoon", 1, longer)
    for after in (0, 1):
        with world.undone():
            agreed.send("officer", "proposeChange", 2, change(1_150).as_tuple(), at=longer + after)


def test_propose_change__no_document__hash_zero(agreed: Agreed) -> None:
    found = refusal(agreed, change(1_100, document=ZERO))
    assert found == Refusal("AgreementBookHashZero", label("documentHash"))


@pytest.mark.parametrize("code", [0, 10, 255])
def test_propose_change__no_such_reason__reason_invalid(agreed: Agreed, code: int) -> None:
    assert refusal(agreed, change(1_100, code)) == Refusal("AgreementBookReasonInvalid", 1, code)


def test_propose_change__reduction__never_raises(agreed: Agreed) -> None:
    found = refusal(agreed, change(VALUE + 1, Reason.REDUCTION))
    assert found == Refusal("AgreementBookReasonInvalid", 1, Reason.REDUCTION)
    for value in (VALUE, VALUE - 1):
        agreed.change(value, reason=Reason.REDUCTION)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason])
def test_propose_change__each_reason__its_own_cap_to_the_unit(
    world: World, agreed: Agreed, reason: Reason
) -> None:
    cap = REASONED if reason >= Reason.ADDITIONAL_NECESSARY else ORDINARY
    assert reason.is_reasoned == (cap == REASONED)
    signs = (-1,) if reason == Reason.REDUCTION else (-1, 1)
    for sign in signs:
        assert refusal(agreed, change(VALUE + sign * (cap + 1), reason)) == over(cap, cap + 1)
        with world.undone():
            agreed.change(VALUE + sign * cap, reason=reason)
            assert agreed.facts()["value"] == VALUE + sign * cap


def test_propose_change__steps__sum_up_whatever_their_direction(world: World, agreed: Agreed) -> None:
    """Up and down again is no way back under the cap."""
    for value in (1_100, 1_050):
        agreed.change(value)
    assert agreed.facts()["ordinary"] == 150
    for value, moved in ((1_101, 201), (999, 201), (0, 1_200), (2**128 - 1, 150 + 2**128 - 1 - 1_050)):
        assert refusal(agreed, change(value), version=3) == over(ORDINARY, moved)
    agreed.change(1_100)
    for value in (1_099, 1_101):
        assert refusal(agreed, change(value), version=4) == over(ORDINARY, 201)
    # At the cap nothing moves by ordinary changes; what leaves the value may be changed, and reasoned ones count apart.
    agreed.change(1_100, extension=60)
    agreed.change(1_600, reason=Reason.UNFORESEEABLE)
    for value in (1_599, 1_601):
        found = refusal(agreed, change(value, Reason.ADDITIONAL_NECESSARY), version=6)
        assert found == over(REASONED, 501)
    facts = agreed.facts()
    assert (facts["ordinary"], facts["reasoned"], facts["value"], facts["original"]) == (
        200,
        500,
        1_600,
        VALUE,
    )
    assert facts["value"] <= VALUE + ORDINARY + REASONED


def test_propose_change__caps__are_of_the_value_that_was_signed_first(agreed: Agreed) -> None:
    """Not of what it has become: else each change would leave more room."""
    agreed.change(1_500, reason=Reason.UNFORESEEABLE)
    assert refusal(agreed, change(1_701), version=2) == over(ORDINARY, 201)
    agreed.change(1_700)


def test_propose_change__caps_round_down(world: World) -> None:
    agreed = signed(world, bids={"acme": 9}, max_change_bps=1_199)
    assert refusal(agreed, change(11)) == over(1, 2)
    agreed.change(10)


def test_propose_change__no_cap_left__only_what_leaves_the_value(world: World) -> None:
    agreed = signed(world, max_change_bps=0, max_reasoned_change_bps=0)
    for reason in (Reason.QUANTITY, Reason.UNFORESEEABLE):
        assert refusal(agreed, change(VALUE + 1, reason)) == over(0, 1)
    agreed.change(VALUE, extension=60)


def test_propose_change__extensions__fit_32_bits_together(world: World, agreed: Agreed) -> None:
    """Else the second signature would overflow, without a name, on a change that waits."""
    agreed.change(extension=MOST - 5)
    for more in (6, MOST):
        found = refusal(agreed, change(extension=more), version=2)
        assert found == Refusal("AgreementBookDateInvalid", 1, MOST, MOST - 5 + more)
    agreed.change(extension=5)
    assert agreed.facts()["extension"] == MOST
    assert refusal(agreed, change(extension=1), version=3) == Refusal(
        "AgreementBookDateInvalid", 1, MOST, MOST + 1
    )
    agreed.change()


def test_propose_change__less_than_what_is_paid__overpaid(world: World) -> None:
    """By milestone: what one leaves is not another's."""
    plan = (delivery(), payment(2_500), payment(2_500), payment(5_000))
    agreed = signed(world, terms={"milestones": plan}, max_reasoned_change_bps=10_000)
    agreed.pay(2, 250, "a")
    agreed.pay(4, 400, "b")

    def lowered(value: int) -> AgreementChange:
        return change(value, Reason.UNFORESEEABLE)

    assert refusal(agreed, lowered(999)) == Refusal("AgreementBookOverpaid", 1, 249, 250)
    agreed.buyer("reversePayment", agreed.payment().payer, agreed.payment(ref="a").ref, CHANGED)
    for value, amount in ((798, 400), (799, 401), (800, 400), (802, 402)):
        with world.undone():
            agreed.propose(value, reason=Reason.UNFORESEEABLE)
            assert value - 2 * (value * 2_500 // 10_000) == amount
    assert refusal(agreed, lowered(797)) == Refusal("AgreementBookOverpaid", 1, 399, 400)
    assert refusal(agreed, lowered(0)) == Refusal("AgreementBookOverpaid", 1, 0, 400)


def test_propose_change__several_faults__refused_in_order(world: World) -> None:
    agreed = signed(world, change_interval=500, bids={"acme": (VALUE, 5)}, lots=[LotTerms(9_000)] * 2)
    agreed.pay(3, 333)
    end = agreed.change(extension=9).time + 500
    case = Case(world, agreed.made.tender, agreed.made)
    agreed_with: dict[str, Any] = {"who": "approver", "version": 1, "at": None}
    wanted: dict[str, Any] = {"value": 0, "reason": 0, "extension": MOST, "document": ZERO}

    def told() -> Refusal:
        with world.undone():
            return refusal(agreed, change(**wanted), **agreed_with)

    assert told() == missing("approver")
    agreed_with["who"] = "officer"
    with world.undone():
        agreed.buyer("terminate", int(Cause.FORCE_MAJEURE), CHANGED)
        assert told() == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)
    assert told() == Refusal("AgreementBookVersionWrong", 2, 1)
    agreed_with["version"] = 2
    with world.undone():
        world.move_to(end)
        agreed.propose(who="acme")
        case.suspend()
        assert told() == Refusal("AgreementBookChangePending", 1)
    with world.undone():
        case.suspend()
        assert told() == Refusal("TenderBoardStatusWrong", agreed.made.id, Status.SUSPENDED)
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("AgreementBookChangeTooSoon", 1, end), {}),
        (Refusal("AgreementBookHashZero", label("documentHash")), {"document": CHANGED}),
        (Refusal("AgreementBookReasonInvalid", 1, 0), {"reason": Reason.TAX}),
        (Refusal("AgreementBookDateInvalid", 1, MOST, MOST + 9), {"extension": 0}),
        (over(ORDINARY, 1_000), {"value": 998}),
        (Refusal("AgreementBookOverpaid", 1, 332, 333), {}),
    ]
    for expected, repair in steps:
        assert told() == expected
        wanted |= repair
        agreed_with["at"] = end


@pytest.mark.parametrize(
    ("who", "side"), [("officer", Side.BUYER), ("acme", Side.SUPPLIER), ("acme2", Side.SUPPLIER)]
)
def test_propose_change__valid__waits_with_the_signature_of_its_side(
    agreed: Agreed, who: str, side: Side
) -> None:
    wanted, before = change(1_100, Reason.PRICE_INDEX, 77), agreed.facts()
    receipt = agreed.send(who, "proposeChange", 1, wanted.as_tuple())
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementChangeProposed",
        {"tenderId": agreed.made.id, "agreement": 1, "side": side, "change": wanted.as_tuple()},
    )
    assert agreed.pending() == {
        "reason": Reason.PRICE_INDEX, "value": 1_100, "extension": 77, "signatures": side.bit, "documentHash": CHANGED,
    }  # fmt: skip
    assert agreed.facts() == before


def test_propose_change__four_eyes__an_officers_is_no_signature(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.propose(1_100)
    assert agreed.pending()["signatures"] == 0
    agreed.send("acme", "dropChange", agreed.waiting())
    agreed.propose(1_100, "acme")
    assert agreed.pending()["signatures"] == Side.SUPPLIER.bit
