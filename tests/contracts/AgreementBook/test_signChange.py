"""signChange.tree"""

from __future__ import annotations

from typing import Any

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
    Reason,
    Side,
    State,
    drafted,
    missing,
    signed,
)
from tests.contracts.complaints import Case
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import Status
from tests.contracts.world import ACME, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

NOTHING = {"reason": 0, "value": 0, "extension": 0, "signatures": 0, "documentHash": ZERO}
TWO = {"bids": {"acme": (VALUE, 5)}, "lots": [LotTerms(9_000)] * 2}


@pytest.fixture
def agreed(world: World) -> Agreed:
    """Signed by both."""
    return signed(world)


def test_sign_change__unknown_agreement__not_found(world: World, agreed: Agreed) -> None:
    found = world.refusal("stranger", BOOK, "signChange", 2, CHANGED)
    assert found == Refusal("AgreementBookNotFound", 2)


@pytest.mark.parametrize("who", STRANGERS)
def test_sign_change__neither_side__role_missing(agreed: Agreed, who: str) -> None:
    agreed.propose(1_100)
    assert agreed.refusal(who, "signChange", agreed.waiting()) == missing(who)


def test_sign_change__not_active__status_wrong(world: World) -> None:
    draft = drafted(world)
    found = draft.refusal("acme", "signChange", draft.waiting())
    assert found == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    for who in ("officer", "acme"):
        draft.sign(who)
    draft.propose(1_100)
    draft.buyer("terminate", int(Cause.SUPPLIER_DEFAULT), PAPER)
    found = draft.refusal("acme", "signChange", draft.waiting())
    assert found == Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)


def test_sign_change__nothing_waits__document_wrong(agreed: Agreed) -> None:
    for got in (CHANGED, ZERO):
        found = agreed.refusal("acme", "signChange", got)
        assert found == Refusal("AgreementBookDocumentWrong", 1, ZERO, got)


def test_sign_change__another_change__document_wrong_by_one_byte(agreed: Agreed) -> None:
    agreed.propose(1_100)
    named = agreed.waiting()
    for got in (named[:-1] + bytes([named[-1] ^ 255]), CHANGED, ZERO):
        found = agreed.refusal("acme", "signChange", got)
        assert found == Refusal("AgreementBookDocumentWrong", 1, named, got)


@pytest.mark.parametrize(
    "other",
    [
        {"value": 1_101}, {"reason": Reason.TAX}, {"extension": 61}, {"document": CHANGED[:-1] + bytes([CHANGED[-1] ^ 255])},
    ],
    ids=["value", "reason", "extension", "document"],
)  # fmt: skip
@pytest.mark.parametrize(("who", "signer"), [("officer", "acme"), ("acme", "approver")])
def test_sign_change__dropped_and_proposed_with_another__the_old_signature_is_refused(
    agreed: Agreed, who: str, signer: str, other: dict[str, Any]
) -> None:
    """A signature on its way is for the change that its sender saw, also where the next one has the same document."""
    plain: dict[str, Any] = {"value": 1_100, "extension": 60}
    agreed.propose(who=who, **plain)
    seen = agreed.waiting()
    agreed.send(who, "dropChange", seen)
    agreed.propose(who=who, **plain | other)
    assert agreed.pending()["documentHash"] == other.get("document", CHANGED)
    for function in ("signChange", "dropChange"):
        expected = Refusal("AgreementBookDocumentWrong", 1, agreed.waiting(), seen)
        assert agreed.refusal("acme" if function == "dropChange" else signer, function, seen) == expected
    assert (agreed.facts()["value"], agreed.facts()["version"]) == (VALUE, 1)
    agreed.send(signer, "signChange", agreed.waiting())
    assert agreed.facts()["value"] == other.get("value", 1_100)


def test_sign_change__four_eyes_dropped_after_the_proposal__the_approver_is_refused(world: World) -> None:
    """What the approver takes is the call that the officer proposed, which names the change as it was."""
    agreed = signed(world, four_eyes=True)
    agreed.propose(1_100, "acme")
    act = Act(world, BOOK, "signChange", (1, seen := agreed.waiting()))
    act.propose()
    agreed.send("acme", "dropChange", seen)
    agreed.propose(1_099, "acme")
    assert act.refusal() == Refusal("AgreementBookDocumentWrong", 1, agreed.waiting(), seen)
    agreed.buyer("signChange", agreed.waiting())
    assert agreed.facts()["value"] == 1_099


@pytest.mark.parametrize(
    ("proposer", "again", "side"),
    [
        ("officer", "officer", Side.BUYER), ("officer", "approver", Side.BUYER), ("acme", "acme", Side.SUPPLIER),
        ("acme", "acme2", Side.SUPPLIER),
    ],
)  # fmt: skip
def test_sign_change__own_proposal__signed_twice(
    agreed: Agreed, proposer: str, again: str, side: Side
) -> None:
    agreed.propose(1_100, proposer)
    found = agreed.refusal(again, "signChange", agreed.waiting())
    assert found == Refusal("AgreementBookSignedTwice", 1, side)
    assert agreed.facts()["value"] == VALUE


def test_sign_change__suspended__status_wrong(world: World) -> None:
    agreed = signed(world, **TWO)
    case = Case(world, agreed.made.tender, agreed.made)
    agreed.propose(1_100)
    case.suspend()
    found = agreed.refusal("acme", "signChange", agreed.waiting())
    assert found == Refusal("TenderBoardStatusWrong", agreed.made.id, Status.SUSPENDED)
    with world.undone():
        agreed.send("acme", "dropChange", agreed.waiting())
    case.resume()
    agreed.send("acme", "signChange", agreed.waiting())


def test_sign_change__paid_meanwhile__overpaid(world: World, agreed: Agreed) -> None:
    """A payment that was made counts, whatever waits."""
    agreed.propose(998)
    agreed.pay(3, 333)
    found = agreed.refusal("acme", "signChange", agreed.waiting())
    assert found == Refusal("AgreementBookOverpaid", 1, 332, 333)
    agreed.buyer("reversePayment", agreed.payment().payer, agreed.payment().ref, PAPER)
    agreed.send("acme", "signChange", agreed.waiting())
    assert agreed.facts()["value"] == 998


def test_sign_change__several_faults__refused_in_order(world: World) -> None:
    agreed = signed(world, **TWO)
    agreed.propose(998)
    agreed.pay(3, 333)
    case = Case(world, agreed.made.tender, agreed.made)
    with world.undone():
        case.suspend()
        assert agreed.refusal("beta", "signChange", PAPER) == missing("beta")
        expected = Refusal("AgreementBookDocumentWrong", 1, agreed.waiting(), PAPER)
        assert agreed.refusal("officer", "signChange", PAPER) == expected
        expected = Refusal("AgreementBookSignedTwice", 1, Side.BUYER)
        assert agreed.refusal("officer", "signChange", agreed.waiting()) == expected
        expected = Refusal("TenderBoardStatusWrong", agreed.made.id, Status.SUSPENDED)
        assert agreed.refusal("acme", "signChange", agreed.waiting()) == expected
    assert agreed.refusal("acme", "signChange", agreed.waiting()) == Refusal(
        "AgreementBookOverpaid", 1, 332, 333
    )


@pytest.mark.parametrize(
    ("proposer", "signer", "side"),
    [("officer", "acme2", Side.SUPPLIER), ("acme", "officer", Side.BUYER), ("acme2", "approver", Side.BUYER)],
)
@pytest.mark.parametrize(("value", "reason"), [(1_100, Reason.QUANTITY), (900, Reason.UNFORESEEABLE)])
def test_sign_change__by_the_other_side__in_effect(
    agreed: Agreed, proposer: str, signer: str, side: Side, value: int, reason: Reason
) -> None:
    agreed.propose(value, proposer, reason=reason, extension=60)
    before, named = agreed.facts(), agreed.waiting()
    receipt = agreed.send(signer, "signChange", named)
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementChanged",
        {"tenderId": agreed.made.id, "agreement": 1, "side": side, "version": 2, "value": value},
    )
    moved = {"reasoned": 100} if reason.is_reasoned else {"ordinary": 100}
    assert agreed.facts() == before | moved | {
        "value": value, "lastAmount": value - value * 3_333 // 10_000, "version": 2, "changedAt": receipt.time, "extension": 60,
    }  # fmt: skip
    assert agreed.pending() == NOTHING
    amounts = [agreed.read("amountOf", number) for number in (1, 2, 3, 4)]
    assert amounts == [0, 0, value * 3_333 // 10_000, value - value * 3_333 // 10_000]
    found = agreed.refusal(signer, "signChange", named)
    assert found == Refusal("AgreementBookDocumentWrong", 1, ZERO, named)


def test_sign_change__same_document_again__a_change_of_its_own(agreed: Agreed) -> None:
    """The document that both signed first may be that of a change, and of the next."""
    for version in (1, 2):
        agreed.propose(1_000 + version)
        agreed.send("acme", "signChange", agreed.waiting())
        assert agreed.facts()["version"] == version + 1
    assert agreed.facts()["documentHash"] == hash_of("agreement")


def test_sign_change__debarred_supplier__may_change_what_it_does(world: World, agreed: Agreed) -> None:
    """A debarment bars new awards and signatures; what runs is ended or changed by both."""
    world.send("reviewer", "SupplierRegistry", "debar", ACME, world.time + 500, hash_of("order"))
    agreed.propose(900)
    agreed.send("acme", "signChange", agreed.waiting())


def test_sign_change__four_eyes_of_an_officers_proposal__both_sign(world: World) -> None:
    for order in (("acme", "buyer"), ("buyer", "acme")):
        with world.undone():
            agreed = signed(world, four_eyes=True)
            agreed.propose(1_100)
            act = Act(world, BOOK, "signChange", (1, agreed.waiting()))
            assert act.refusal("officer") == Refusal(
                "FourEyesRoleMissing", label("APPROVER"), address("officer")
            )
            assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
            for place, who in enumerate(order):
                receipt = (
                    agreed.send("acme", "signChange", agreed.waiting())
                    if who == "acme"
                    else agreed.buyer("signChange", agreed.waiting())
                )
                side = Side.SUPPLIER if who == "acme" else Side.BUYER
                told = receipt.events[-1]
                if place == 0:
                    assert (told.name, told.args) == (
                        "AgreementChangeSigned",
                        {"tenderId": agreed.made.id, "agreement": 1, "side": side},
                    )
                    assert (agreed.pending()["signatures"], agreed.facts()["version"]) == (side.bit, 1)
                    if who == "acme":
                        expected = Refusal("AgreementBookSignedTwice", 1, side)
                        assert agreed.refusal("acme2", "signChange", agreed.waiting()) == expected
            assert (told.name, told.args["side"], agreed.facts()["value"]) == (
                "AgreementChanged",
                side,
                1_100,
            )


def test_sign_change__paid_between_two_signatures__overpaid(world: World) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.propose(998)
    agreed.send("acme", "signChange", agreed.waiting())
    agreed.pay(3, 333)
    act = Act(world, BOOK, "signChange", (1, agreed.waiting()))
    act.propose()
    assert act.refusal() == Refusal("AgreementBookOverpaid", 1, 332, 333)
