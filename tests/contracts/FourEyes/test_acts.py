"""acts.tree"""

from __future__ import annotations

import pytest

from chain.procurement.procedure import preset
from chain.types import Side
from tests.contracts.awards import procedure
from tests.contracts.buyer_acts import MAKERS, eyes_on, made
from tests.contracts.four_eyes import NONE, Act, both, prepared, published
from tests.contracts.roles import EVERYBODY
from tests.contracts.tenders import UNKNOWN, Status, status
from tests.contracts.world import (
    BUYER,
    BUYER2,
    DAY,
    ZERO,
    Logged,
    Receipt,
    Refusal,
    World,
    address,
    hash_of,
    label,
    terms,
    text_of,
)

pytestmark = pytest.mark.evm

each_act = pytest.mark.parametrize("name", MAKERS)


def events(receipt: Receipt) -> list[str]:
    """Their names."""
    return [event.name for event in receipt.events]


@each_act
def test_act__proposed_and_approved__done_and_told(world: World, name: str) -> None:
    act = made(world, name)
    act.propose()
    receipt = act.approve()
    approved = Logged(
        "FourEyes", "ActApproved", {"member": BUYER, "act": act.hash, "approver": address("approver")}
    )
    assert approved in receipt.events and MAKERS[name][1] in events(receipt)
    assert act.proposal(BUYER) == NONE


@each_act
def test_act__everybody__only_the_approver_passes(world: World, name: str) -> None:
    act = made(world, name)
    act.propose()
    for who in EVERYBODY:
        with world.undone():
            if who == "approver" or (name, who) == ("sign", "acme"):
                # The other side signs by itself.
                act.approve(who)
            elif (name, who) == ("signChange", "acme"):
                assert act.refusal(who) == Refusal("AgreementBookSignedTwice", 1, Side.SUPPLIER)
            elif (name, who) in (("publish", "officer2"), ("publish", "approver2")):
                # Of another buyer, for which nobody proposed it.
                missing = Refusal("FourEyesRoleMissing", label("APPROVER"), address(who))
                unknown = Refusal("FourEyesActNotProposed", act.hash)
                assert act.refusal(who) == (missing if who == "officer2" else unknown)
            else:
                assert act.refusal(who) == Refusal("FourEyesRoleMissing", label("APPROVER"), address(who))


@each_act
def test_act__not_proposed__refused(world: World, name: str) -> None:
    act = made(world, name)
    expected = Refusal("FourEyesActNotProposed", act.hash)
    assert act.refusal() == expected
    act.propose("officer2")
    assert act.refusal() == expected


@each_act
def test_act__by_who_proposed_it__same_signer(world: World, name: str) -> None:
    act = made(world, name)
    both(world)
    act.propose("both")
    assert act.refusal("both") == Refusal("FourEyesActSameSigner", address("both"))
    act.approve()


@each_act
def test_act__done__refused_when_it_is_repeated(world: World, name: str) -> None:
    act = made(world, name)
    act.propose()
    act.approve()
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)


@each_act
def test_act__proposed_for_another_call__refused(world: World, name: str) -> None:
    """A byte more after the arguments, which a contract does not read, is another call."""
    act = made(world, name)
    act.propose()
    call = world.as_call("approver", act.contract, act.function, *act.args)
    longer = {**call, "data": call["data"] + "00"}
    answer = world.node.ask("eth_call", longer, "latest")
    found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
    assert found.name == "FourEyesActNotProposed" and found.args != (act.hash,)


@each_act
@pytest.mark.parametrize("who", ["officer", "approver"])
def test_act__without_four_eyes__done_by_one(world: World, name: str, who: str) -> None:
    act = made(world, name, eyes=False)
    receipt = act.approve(who)
    assert MAKERS[name][1] in events(receipt) and "ActApproved" not in events(receipt)


@pytest.mark.parametrize(
    ("name", "change", "error"),
    [
        ("amend", (UNKNOWN,), "TenderBoardNotFound"),
        ("cancel", (UNKNOWN,), "TenderBoardNotFound"),
        ("award", (UNKNOWN,), "TenderBoardNotFound"),
        ("disqualify", (UNKNOWN,), "TenderBoardNotFound"),
        ("recordSecurity", (UNKNOWN,), "TenderBoardNotFound"),
        ("execute", (9,), "ComplaintDeskNotFound"),
        ("sign", (9,), "AgreementBookNotFound"),
        ("signChange", (9,), "AgreementBookNotFound"),
        ("accept", (9,), "AgreementBookNotFound"),
        ("accept", (1, 9), "AgreementBookMilestoneNotFound"),
        ("refuse", (1, 9), "AgreementBookMilestoneNotFound"),
        ("recordPayment", (9,), "AgreementBookNotFound"),
        ("reversePayment", (1, BUYER2), "AgreementBookPaymentNotFound"),
        ("complete", (9,), "AgreementBookNotFound"),
        ("terminate", (9,), "AgreementBookNotFound"),
    ],
)
def test_act__unknown__not_found_whoever_calls(
    world: World, name: str, change: tuple[object, ...], error: str
) -> None:
    act = made(world, name)
    args = change + act.args[len(change) :]
    assert Act(world, act.contract, act.function, args).refusal("stranger").name == error


def test_act__also_wrong_otherwise__four_eyes_first(world: World) -> None:
    tender = published(world, eyes_on(world))
    wrong = Act(world, "TenderBoard", "cancel", (tender.id, 0, 9, ZERO))
    assert wrong.refusal() == Refusal("FourEyesActNotProposed", wrong.hash)
    wrong.propose()
    assert wrong.refusal() == Refusal("TenderBoardHashZero", label("documentHash"))
    assert wrong.proposal(BUYER)[0] == address("officer")


def test_act__refused_for_now__stays_proposed(world: World) -> None:
    """What came too early is sent again, and nothing has to be proposed again."""
    tender = published(world, eyes_on(world))
    act = Act(world, "TenderBoard", "cancel", (tender.id, 0, 1, hash_of("decision")))
    both(world)
    act.propose()
    first = Act(world, "TenderBoard", "cancel", (tender.id, 0, 2, hash_of("decision")))
    first.propose("both")
    first.approve()
    assert act.refusal() == Refusal("TenderBoardStatusWrong", tender.id, Status.CANCELLING)
    assert act.proposal(BUYER)[0] == address("officer")


def test_publish__procedure_unknown__its_role_is_asked_for_first(world: World) -> None:
    """Whether it takes four eyes nobody knows: either of the buyer's two learns that there is none."""
    act = prepared(world, procedure(world))
    args = (act.args[0], terms(world.time + 100, procedure="none").as_tuple(), act.args[2])
    unknown = Act(world, "TenderBoard", "publish", args)
    assert unknown.refusal("stranger") == Refusal(
        "TenderBoardRoleMissing", label("OFFICER"), address("stranger")
    )
    assert unknown.refusal("officer") == Refusal("ProcedureBookNotFound", label("none", 16), 1)


def test_publish__repeated_under_another_proposal__already_recorded(world: World) -> None:
    act = prepared(world, eyes_on(world))
    act.propose()
    id = act.approve().events[-1].args["id"]
    act.propose()
    assert act.refusal() == Refusal("TenderBoardAlreadyRecorded", act.args[0], id)


def test_publish__same_call_of_two_buyers__each_its_own_tender(world: World) -> None:
    act = prepared(world, eyes_on(world))
    act.propose("officer")
    act.propose("officer2")
    told = [
        event for who in ("approver2", "approver") for event in act.approve(who).events if "id" in event.args
    ]
    assert [event.args["buyer"] for event in told] == [BUYER2, BUYER]


def test_simple__preset__adopted_published_and_cancelled_under_four_eyes(world: World) -> None:
    given = preset("simple").version(1)
    world.send("authority", "ProcedureBook", "adopt", given.as_tuple(), text_of("simple"))
    tender = published(world, given, period=5 * DAY)
    assert world.facts("TenderBoard", "tenderFacts", tender.id)["fourEyes"] is True
    act = Act(world, "TenderBoard", "cancel", (tender.id, 0, 1, hash_of("decision")))
    assert act.refusal("officer") == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    act.propose()
    act.approve()
    assert status(world, tender) == Status.CANCELLING
    world.move_to(world.time + given.cancel_window + 1)
    assert status(world, tender) == Status.CANCELLED
