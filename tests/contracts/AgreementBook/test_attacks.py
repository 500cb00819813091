"""attacks.tree"""

from __future__ import annotations

from random import Random

import pytest

from chain.types import Role
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    PAPER,
    VALUE,
    Agreed,
    Cause,
    Reason,
    Side,
    State,
    change,
    drafted,
    equal,
    final,
    missing,
    signed,
)
from tests.contracts.awards import Lot
from tests.contracts.complaints import Case
from tests.contracts.tenders import Status, status
from tests.contracts.world import ACME, BUYER, MANDATE_END, Refusal, World, address, hash_of

pytestmark = pytest.mark.evm

ACTS = 120


@pytest.mark.parametrize("seed", [1, 2])
def test_payments__drawn_at_random__as_a_ledger_says(world: World, seed: int) -> None:
    draw, plan = Random(seed), equal(3)
    agreed = signed(world, bids={"acme": 997}, terms={"milestones": plan}).accept(1, 2)
    due = {number: agreed.read("amountOf", number) for number in (4, 5, 6)}
    live: dict[str, tuple[int, int]] = {}
    used: dict[str, bool] = {}
    for act in range(ACTS):
        if live and draw.random() < 0.4:
            ref = draw.choice(list(live))
            agreed.send("officer", "reversePayment", BUYER, hash_of(ref), PAPER)
            del live[ref]
        else:
            ref, milestone, amount = (
                f"SPEI {draw.randrange(60)}",
                draw.choice((4, 5, 6)),
                draw.randint(1, 200),
            )
            made = agreed.payment(milestone, amount, ref)
            left = due[milestone] - sum(paid for number, paid in live.values() if number == milestone)
            if milestone == 6:
                expected = Refusal("AgreementBookNotAccepted", 1, 3)
            elif ref in used:
                expected = Refusal("AgreementBookReferenceUsed", 1, made.ref)
            else:
                expected = Refusal("AgreementBookOverpaid", 1, left, amount)
                if amount <= left:
                    agreed.send("officer", "recordPayment", made.as_tuple())
                    live[ref], used[ref] = (milestone, amount), True
                    continue
            assert agreed.refusal("officer", "recordPayment", made.as_tuple()) == expected
        for number in due:
            total = sum(paid for milestone, paid in live.values() if milestone == number)
            assert agreed.milestone(number)["paid"] == total <= due[number], act
        facts = agreed.facts()
        assert (facts["paid"], facts["payments"]) == (sum(paid for _, paid in live.values()), len(used))
        assert facts["paid"] <= facts["value"]
    assert len(used) > 15


@pytest.mark.parametrize("seed", [1, 2])
def test_changes__drawn_at_random__within_their_caps(world: World, seed: int) -> None:
    draw = Random(seed)
    agreed = signed(world)
    agreed.pay(3, 300)
    value, moved, version = VALUE, {False: 0, True: 0}, 1
    caps = {False: 200, True: 500}
    for _ in range(ACTS // 2):
        reason = draw.choice(
            [Reason.QUANTITY, Reason.TAX, Reason.PARTY, Reason.ADDITIONAL_NECESSARY, Reason.UNFORESEEABLE]
        )
        wanted = max(0, value + draw.randint(-60, 60))
        kind = reason.is_reasoned
        total = moved[kind] + abs(wanted - value)
        proposer, signer = draw.choice([("officer", "acme"), ("acme", "approver")])
        proposal = ("proposeChange", version, change(wanted, reason).as_tuple())
        if total > caps[kind]:
            expected = Refusal("AgreementBookChangeOverCap", 1, caps[kind], total)
            assert agreed.refusal(proposer, *proposal) == expected
            continue
        if wanted * 3_333 // 10_000 < 300:
            expected = Refusal("AgreementBookOverpaid", 1, wanted * 3_333 // 10_000, 300)
            assert agreed.refusal(proposer, *proposal) == expected
            continue
        agreed.send(proposer, *proposal)
        agreed.send(signer, "signChange", agreed.waiting())
        value, version, moved[kind] = wanted, version + 1, total
        facts = agreed.facts()
        assert (facts["value"], facts["version"], facts["ordinary"], facts["reasoned"]) == (
            value,
            version,
            moved[False],
            moved[True],
        )
        assert 300 <= facts["value"] <= VALUE + sum(caps.values()) and facts["original"] == VALUE
        assert sum(agreed.read("amountOf", number) for number in (3, 4)) == value
    assert version > 8


@pytest.mark.parametrize("given", ["nothing", "draft", "signed late"])
def test_lapsed__not_offered_in_time__left_by_its_cancellation(world: World, given: str) -> None:
    made = final(world)
    begins, ends = world.read(BOOK, "signingOf", made.id, 1)
    if given != "nothing":
        draft = drafted(world, made=made)
    if given == "signed late":
        draft.sign("officer", at=begins + 31)
    world.move_to(ends)
    assert made.stage() == Lot.LAPSED
    assert world.refusal("stranger", BOOK, "passOver", made.id, 1).name == "AgreementBookOfferedLate"
    Case(world, made.tender, made).cancel(1)
    consent = world.send("reviewer", "TenderBoard", "consentCancel", made.id, 1, PAPER)
    world.move_to(consent.event.args["cancelsAt"])
    assert (made.stage(), status(world, made.tender)) == (Lot.CANCELLED, Status.FAILED)
    if given != "nothing":
        for who in ("officer", "acme"):
            if given == "draft" or who == "acme":
                found = draft.refusal(who, "sign", DOCUMENT)
                assert found == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.CANCELLED)


@pytest.mark.parametrize("course", [
    ["sign"], ["sign", "draft"], ["draft", "sign"], ["sign", "draft", "sign"], ["draft", "sign", "draft", "sign"],
    ["draft", "draft", "sign", "draft"],
])  # fmt: skip
@pytest.mark.parametrize("step", [1, 7, 14, 29])
def test_willing_supplier__whatever_the_buyer_drafts__is_not_passed_over_without_its_half(
    world: World, course: list[str], step: int
) -> None:
    """Where the buyer may pass it over, what it was to sign stood signed by the buyer for half of the time at least."""
    draft = drafted(world)
    made = draft.made
    begins, ends = world.read(BOOK, "signingOf", made.id, 1)
    stood, at = 0, world.time
    for act in course:
        at += step
        if at >= ends:
            break
        if act == "sign":
            stood = draft.sign("officer", at=at).time
        else:
            world.move_to(at)
            draft, stood = drafted(world, made=made), 0
            at = world.time
    with world.undone():
        if stood and stood <= begins + 30:
            draft.sign("acme", at=ends - 1)
            assert draft.state() == State.ACTIVE
            assert ends - stood >= 30
    call = world.as_call("stranger", BOOK, "passOver", made.id, 1)
    world.move_to(ends)
    passes = "error" not in world.node.ask("eth_call", call, "latest")
    assert passes == (0 < stood <= begins + 30)


def test_supplier__account_that_leaves_for_the_buyer__signs_for_one_side_at_a_time(world: World) -> None:
    """An account belongs to one organisation; whoever changes it takes no signature along."""
    agreed = drafted(world)
    agreed.sign("acme2")
    world.send(
        "acme",
        "SupplierRegistry",
        "setAccounts",
        world.facts("SupplierRegistry", "supplierFacts", ACME)["version"],
        [address("acme")],
    )
    world.send("admin", "MemberRegistry", "addPerson", address("acme2"), int(Role.OFFICER), MANDATE_END)
    assert agreed.refusal("acme2", "deliver", 1, PAPER) == missing("acme2", "SUPPLIER")
    agreed.sign("acme2")
    facts = agreed.facts()
    assert (facts["signatures"], facts["status"]) == (Side.BUYER.bit | Side.SUPPLIER.bit, State.ACTIVE)


def test_new_account_of_the_supplier__acts_and_the_old_one_does_not(world: World) -> None:
    agreed = signed(world)
    version = world.facts("SupplierRegistry", "supplierFacts", ACME)["version"]
    world.send("acme", "SupplierRegistry", "setAccounts", version, [address("acme3")])
    assert agreed.refusal("acme", "deliver", 1, PAPER) == missing("acme", "SUPPLIER")
    assert agreed.refusal("acme", "dropChange", agreed.waiting()) == missing("acme")
    agreed.send("acme3", "deliver", 1, PAPER)


def test_officer__mandate_over_or_suspended__acts_no_more(world: World) -> None:
    agreed = Agreed(signed(world).made, 1)
    agreed.deliver(1)
    world.send("authority", "MemberRegistry", "suspendPerson", address("officer"), world.time + 50)
    assert agreed.refusal("officer", "accept", 1, PAPER) == missing("officer")
    agreed.send("approver", "accept", 1, PAPER)
    world.send("authority", "MemberRegistry", "suspend", BUYER, world.time + 50)
    assert agreed.refusal("approver", "complete", PAPER) == missing("approver")
    # Who is left alone has the review body.
    agreed.send("reviewer", "terminate", int(Cause.BUYER_DEFAULT), PAPER)
    assert agreed.state() == State.TERMINATED
