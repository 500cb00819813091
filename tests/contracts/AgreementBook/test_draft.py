"""draft.tree"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.types import LotTerms, MilestoneTerms
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    PLAN,
    STRANGERS,
    VALUE,
    Agreed,
    Done,
    Kind,
    Side,
    State,
    approved,
    awarded,
    delivery,
    drafted,
    equal,
    final,
    missing,
    payment,
    signed,
    terms_of,
)
from tests.contracts.awards import DECISION, DESK, Lot, Opened, opened
from tests.contracts.complaints import Case, Stage
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import UNKNOWN, Status, cancel
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    BUYER2,
    REVIEW,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    member_id,
)

pytestmark = pytest.mark.evm


def refusal(
    made: Opened, *, who: str = "officer", id: bytes | None = None, lot: int = 1, replaces: int = 0, at: int | None = None, **changes: Any
) -> Refusal:  # fmt: skip
    """Drafts; all is well but for the changes."""
    written = terms_of(made, **changes).as_tuple()
    return made.world.refusal(who, BOOK, "draft", id or made.id, lot, replaces, written, at=at)


@pytest.fixture
def made(world: World) -> Opened:
    """A lot whose award is final."""
    return final(world)


def test_draft__unknown_tender_or_lot__not_found(made: Opened) -> None:
    assert refusal(made, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)
    for lot in (0, 2, 255):
        expected = Refusal("TenderBoardLotNotFound", made.id, lot)
        assert refusal(made, lot=lot, who="stranger") == expected


@pytest.mark.parametrize("who", [*STRANGERS, "approver", "acme"])
def test_draft__other_role_or_buyer__role_missing(made: Opened, who: str) -> None:
    assert refusal(made, who=who) == missing(who)


def test_draft__another_draft_is_the_latest__version_wrong(world: World, made: Opened) -> None:
    assert refusal(made, replaces=1) == Refusal("AgreementBookVersionWrong", 0, 1)
    drafted(world, made=made)
    for given in (0, 2):
        assert refusal(made, replaces=given) == Refusal("AgreementBookVersionWrong", 1, given)


@pytest.mark.parametrize("given", ["waiting", "ranked", "exhausted", "failed"])
def test_draft__nothing_awarded__lot_status_wrong(world: World, given: str) -> None:
    tender = opened(world, {"acme": None if given == "failed" else VALUE, "beta": 1_200})
    tender.tally()
    expected = Lot.WAITING
    if given != "waiting":
        tender.rank("acme", "beta") if given != "failed" else tender.rank("beta")
        expected = Lot.RANKED
    if given in ("exhausted", "failed"):
        for who in tender.in_order():
            tender.disqualify(who)
        expected = Lot.FAILED
        world.move_to(tender.facts()["standstillEnds"])
    found = refusal(tender, value=VALUE)
    assert found == Refusal("AwardDeskLotStatusWrong", tender.id, 1, expected)


def test_draft__ends_of_standstill_and_signing_period__inside_alone(world: World) -> None:
    made = awarded(world)
    end = made.facts()["standstillEnds"]
    lapsed = Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.LAPSED)
    not_final = Refusal("AgreementBookNotFinal", made.id, 1, end)
    for at, expected in ((end - 1, not_final), (end + 60, lapsed), (end + 61, lapsed)):
        with world.undone():
            assert refusal(made, at=at) == expected
    for at in (end, end + 1, end + 59):
        with world.undone():
            world.send("officer", BOOK, "draft", made.id, 1, 0, terms_of(made).as_tuple(), at=at)


def test_draft__signed__lot_status_wrong(world: World) -> None:
    agreed = signed(world)
    found = refusal(agreed.made, replaces=1)
    assert found == Refusal("AwardDeskLotStatusWrong", agreed.made.id, 1, Lot.SIGNED)


def test_draft__cancelled__lot_status_wrong(world: World) -> None:
    made = final(world, {"acme": (VALUE, VALUE)}, lots=[LotTerms(9_000)] * 2)
    cancel(world, made.tender, 1)
    found = refusal(made)
    assert found == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.CANCELLING)
    drafted(world, made=made, lot=2)


def test_draft__suspended__status_wrong(world: World, made: Opened) -> None:
    case = Case(world, made.tender, made)
    case.suspend()
    assert refusal(made) == Refusal("TenderBoardStatusWrong", made.id, Status.SUSPENDED)
    case.resume()
    drafted(world, made=made)


def test_draft__open_complaint__complaint_open_until_it_is_closed(world: World) -> None:
    made = awarded(world)
    case = Case(world, made.tender, made)
    number = case.file("beta", Stage.AWARD, 1)
    assert refusal(made, at=world.time + 50) == Refusal("ComplaintDeskOpen", number)
    closed = case.dismiss(number).time
    assert world.read(BOOK, "signingOf", made.id, 1) == (closed, closed + 60)
    drafted(world, made=made)


def test_draft__another_supplier__party_wrong(made: Opened) -> None:
    for who in (BETA, hash_of("nobody"), ZERO, BUYER):
        assert refusal(made, supplier=who) == Refusal("AgreementBookPartyWrong", 0, who)


@pytest.mark.parametrize("value", [0, VALUE - 1, VALUE + 1, 2**128 - 1])
def test_draft__another_value__value_wrong(made: Opened, value: int) -> None:
    assert refusal(made, value=value) == Refusal("AgreementBookValueWrong", made.id, VALUE, value)


def test_draft__no_document__hash_zero(made: Opened) -> None:
    assert refusal(made, document_hash=ZERO) == Refusal("AgreementBookHashZero", label("documentHash"))


def test_draft__ends_before_it_begins__date_invalid(world: World, made: Opened) -> None:
    assert refusal(made, starts_at=8, ends_at=7) == Refusal("AgreementBookDateInvalid", 0, 8, 7)
    assert refusal(made, starts_at=2**40 - 1) == Refusal("AgreementBookDateInvalid", 0, 2**40 - 1, 0)
    for starts, ends in ((7, 7), (0, 2**40 - 1)):
        with world.undone():
            drafted(world, made=made, terms={"starts_at": starts, "ends_at": ends})


def test_draft__payer_is_the_supplier_or_no_member__party_wrong(world: World, made: Opened) -> None:
    for who in (ACME, BETA, hash_of("nobody")):
        assert refusal(made, payer=who) == Refusal("AgreementBookPartyWrong", 0, who)
    for who in (BUYER, BUYER2, REVIEW, member_id("TEST-NODES")):
        with world.undone():
            assert drafted(world, made=made, terms={"payer": who}).facts()["payer"] == who


@pytest.mark.parametrize("count", [0, 65, 66])
def test_draft__not_one_to_64_milestones__milestones_invalid(made: Opened, count: int) -> None:
    found = refusal(made, milestones=(delivery(), payment(), *PLAN * 20)[:count])
    assert found == Refusal("AgreementBookMilestonesInvalid", made.id, 0, count)


def test_draft__64_milestones__stored(world: World, made: Opened) -> None:
    agreed = drafted(world, made=made, terms={"milestones": equal(32)})
    facts = agreed.facts()
    assert [facts[name] for name in ("milestones", "deliveries", "lastPayment")] == [64, 32, 64]
    shares = [agreed.milestone(number) for number in range(1, 65)]
    assert sum(each["bps"] for each in shares[:32]) == sum(each["bps"] for each in shares[32:]) == 10_000
    assert sum(agreed.read("amountOf", number) for number in range(1, 65)) == VALUE


@pytest.mark.parametrize("kind", [0, 3, 255])
def test_draft__milestone_of_no_kind__milestones_invalid(made: Opened, kind: int) -> None:
    found = refusal(made, milestones=(*PLAN, MilestoneTerms(kind, 7)))
    assert found == Refusal("AgreementBookMilestonesInvalid", made.id, kind, 7)


@pytest.mark.parametrize("kind", [Kind.DELIVERY, Kind.PAYMENT])
def test_draft__milestone_without_a_share__milestones_invalid(made: Opened, kind: Kind) -> None:
    found = refusal(made, milestones=(*PLAN, MilestoneTerms(kind, 0)))
    assert found == Refusal("AgreementBookMilestonesInvalid", made.id, kind, 0)


def test_draft__waits_for_what_is_no_delivery__milestone_not_found(made: Opened) -> None:
    plans = {
        3: (delivery(), payment(5_000), payment(5_000, 3)), 2: (delivery(), payment(5_000, 2), payment(5_000)),
        4: (delivery(), payment(5_000), payment(5_000, 4)), 255: (delivery(), payment(requires=255)), 1: (delivery(requires=1), payment()),
    }  # fmt: skip
    for first, plan in plans.items():
        assert refusal(made, milestones=plan) == Refusal("AgreementBookMilestoneNotFound", 0, first)


def test_draft__shares_do_not_make_up_the_whole__milestones_invalid(made: Opened) -> None:
    cases = (
        (Kind.DELIVERY, 9_999, (delivery(9_999), payment())), (Kind.DELIVERY, 10_001, (delivery(9_999), delivery(2), payment())),
        (Kind.PAYMENT, 9_999, (delivery(), payment(9_999))), (Kind.PAYMENT, 10_001, (delivery(), payment(9_999), payment(2))),
        (Kind.DELIVERY, 0, (payment(),)), (Kind.PAYMENT, 0, (delivery(),)),
        # 16 bits do not overflow.
        (Kind.DELIVERY, 65_535 + 10_001, (delivery(65_535), delivery(10_001), payment())),
    )  # fmt: skip
    for kind, total, plan in cases:
        found = refusal(made, milestones=plan)
        assert found == Refusal("AgreementBookMilestonesInvalid", made.id, kind, total)


def test_draft__several_faults__refused_in_order(world: World) -> None:
    made = awarded(world, standstill=50)
    end = made.facts()["standstillEnds"]
    call: dict[str, Any] = {
        "id": UNKNOWN, "lot": 2, "who": "approver", "replaces": 9, "supplier": BETA, "value": 1, "document_hash": ZERO, "starts_at": 1,
        "payer": ACME, "milestones": (),
    }  # fmt: skip
    bad = (MilestoneTerms(0, 1), MilestoneTerms(2, 9_999, 9))
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": made.id}),
        (Refusal("TenderBoardLotNotFound", made.id, 2), {"lot": 1}),
        (missing("approver"), {"who": "officer"}),
        (Refusal("AgreementBookVersionWrong", 0, 9), {"replaces": 0}),
        (Refusal("AgreementBookNotFinal", made.id, 1, end), {"at": end}),
        (Refusal("AgreementBookPartyWrong", 0, BETA), {"supplier": ACME, "at": None}),
        (Refusal("AgreementBookValueWrong", made.id, VALUE, 1), {"value": VALUE}),
        (Refusal("AgreementBookHashZero", label("documentHash")), {"document_hash": DOCUMENT}),
        (Refusal("AgreementBookDateInvalid", 0, 1, 0), {"starts_at": 0}),
        (Refusal("AgreementBookPartyWrong", 0, ACME), {"payer": ZERO}),
        (Refusal("AgreementBookMilestonesInvalid", made.id, 0, 0), {"milestones": bad}),
        (Refusal("AgreementBookMilestonesInvalid", made.id, 0, 1), {"milestones": bad[1:]}),
        (Refusal("AgreementBookMilestoneNotFound", 0, 9), {"milestones": (payment(9_999),)}),
        (Refusal("AgreementBookMilestonesInvalid", made.id, Kind.DELIVERY, 0), {"milestones": (delivery(), payment(9_999))}),
        (Refusal("AgreementBookMilestonesInvalid", made.id, Kind.PAYMENT, 9_999), {}),
    ]  # fmt: skip
    for expected, repair in steps:
        assert refusal(made, **call) == expected
        call |= repair


def test_draft__valid__stores_and_tells(world: World, made: Opened) -> None:
    written = replace(terms_of(made), payer=BUYER2, starts_at=5, ends_at=9)
    receipt = world.send("officer", BOOK, "draft", made.id, 1, 0, written.as_tuple())
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementDrafted",
        {"tenderId": made.id, "agreement": 1, "lot": 1, "terms": (*written.as_tuple()[:-1], tuple(written.as_tuple()[-1]))},
    )  # fmt: skip
    agreed = Agreed(made, 1)
    zeros = (
        "paid", "ordinary", "reasoned", "version", "accepted", "payments", "signedAt", "changedAt", "acceptedAt", "extension",
        "signatures",
    )  # fmt: skip
    nothing = dict.fromkeys(zeros, 0)
    assert agreed.facts() == nothing | {
        "tenderId": made.id, "buyer": BUYER, "supplier": ACME, "payer": BUYER2, "documentHash": DOCUMENT, "value": VALUE, "lastAmount": 667,
        "original": VALUE, "lot": 1, "status": State.DRAFT, "milestones": 4, "deliveries": 2, "lastPayment": 4, "fourEyes": False,
    }  # fmt: skip
    for number, each in enumerate(PLAN, 1):
        status = Done.SCHEDULED if each.kind == Kind.DELIVERY else Done.NONE
        assert agreed.milestone(number) == {
            "kind": each.kind, "status": status, "bps": each.bps, "requires": each.requires, "due": each.due, "paid": 0,
        }  # fmt: skip
    assert world.read(BOOK, "agreementOf", made.id, 1) == world.read(BOOK, "agreementCount") == 1
    assert made.stage() == Lot.FINAL


def test_draft__replaces_another__that_one_is_dropped_with_its_signature(world: World, made: Opened) -> None:
    first = drafted(world, made=made)
    first.sign()
    second = drafted(world, made=made, terms={"document_hash": hash_of("better")})
    assert (first.state(), second.state(), second.number) == (State.DROPPED, State.DRAFT, 2)
    assert (second.facts()["signatures"], second.facts()["signedAt"]) == (0, 0)
    for who in ("officer", "acme"):
        found = first.refusal(who, "sign", DOCUMENT)
        assert found == Refusal("AgreementBookStatusWrong", 1, State.DROPPED)
    for who in ("acme", "approver"):
        second.send(who, "sign", hash_of("better"))
    assert second.state() == State.ACTIVE
    assert Side.BUYER.bit | Side.SUPPLIER.bit == second.facts()["signatures"]


def test_draft__four_eyes__an_officer_alone_and_kept_in_the_agreement(world: World) -> None:
    assert drafted(world, four_eyes=True).facts()["fourEyes"] is True


def test_draft__four_eyes_and_the_supplier_signed__an_officer_alone(world: World) -> None:
    first = drafted(world, four_eyes=True)
    first.sign("acme")
    drafted(world, made=first.made)
    assert first.state() == State.DROPPED


def test_draft__four_eyes_and_the_buyer_signed__two_accounts_of_the_buyer(world: World) -> None:
    first = drafted(world, four_eyes=True)
    first.buyer("sign", DOCUMENT)
    act = Act(world, BOOK, "draft", (first.made.id, 1, 1, terms_of(first.made).as_tuple()))
    for who in ("officer", "acme", "stranger"):
        assert act.refusal(who) == Refusal("FourEyesRoleMissing", label("APPROVER"), address(who))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose()
    act.approve()
    assert first.state() == State.DROPPED
    second = Agreed(first.made, 2)
    assert (second.state(), second.facts()["signatures"]) == (State.DRAFT, 0)
    drafted(world, made=first.made)
    assert second.state() == State.DROPPED, "what the buyer did not sign an officer drafts anew alone"


def test_draft__four_eyes_and_the_signed_draft_was_passed_over__an_officer_alone(world: World) -> None:
    first = drafted(world, four_eyes=True, bids={"acme": VALUE, "beta": 1_200})
    first.buyer("sign", DOCUMENT)
    world.move_to(world.read(BOOK, "signingOf", first.made.id, 1)[1])
    world.send("stranger", BOOK, "passOver", first.made.id, 1)
    approved(world, DESK, "award", first.made.id, 1, BETA, first.made.offer("beta"), DECISION, four_eyes=True)
    world.move_to(first.made.facts(1)["standstillEnds"])
    assert drafted(world, made=first.made, who="beta").state() == State.DRAFT


def test_draft__lots__each_by_itself(world: World) -> None:
    lots = [LotTerms(9_000)] * 3
    made = final(world, {"acme": (5, 6, 7)}, lots=lots)
    numbers = [drafted(world, made=made, lot=lot).number for lot in (3, 1, 2)]
    assert numbers == [1, 2, 3]
    assert [world.read(BOOK, "agreementOf", made.id, lot) for lot in (1, 2, 3)] == [2, 3, 1]
    assert [Agreed(made, number).facts()["value"] for number in numbers] == [7, 5, 6]
