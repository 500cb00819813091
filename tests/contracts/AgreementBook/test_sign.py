"""sign.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.rules.deadlines import end_of
from chain.types import LotTerms
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    STRANGERS,
    Agreed,
    Side,
    State,
    awarded,
    drafted,
    missing,
    signed,
)
from tests.contracts.awards import Lot, counting_outages, outage, ticks
from tests.contracts.complaints import Case, Remedy, Stage
from tests.contracts.four_eyes import Act, both
from tests.contracts.tenders import Status, cancel
from tests.contracts.world import ACME, BUYER, DAY, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

OTHER = bytes([DOCUMENT[0] ^ 1, *DOCUMENT[1:]])
"""A hash that differs in one bit."""


@pytest.fixture
def draft(world: World) -> Agreed:
    """Nobody signed it."""
    return drafted(world)


def test_sign__unknown_agreement__not_found(world: World, draft: Agreed) -> None:
    for number in (0, 2, 2**256 - 1):
        found = world.refusal("stranger", BOOK, "sign", number, DOCUMENT)
        assert found == Refusal("AgreementBookNotFound", number)


@pytest.mark.parametrize("who", STRANGERS)
def test_sign__neither_side__role_missing(draft: Agreed, who: str) -> None:
    assert draft.refusal(who, "sign", DOCUMENT) == missing(who)


def test_sign__debarred__refused_until_its_end_whoever_signs_second(world: World, draft: Agreed) -> None:
    until = world.time + 20
    draft.sign("officer")
    world.send("reviewer", "SupplierRegistry", "debar", ACME, until, hash_of("order"))
    expected = Refusal("SupplierRegistryDebarred", ACME, until)
    assert draft.refusal("acme", "sign", DOCUMENT) == expected
    assert draft.refusal("acme", "sign", DOCUMENT, at=until - 1) == expected
    for after in (0, 1):
        with world.undone():
            draft.sign("acme", at=until + after)
            assert draft.state() == State.ACTIVE


@pytest.mark.parametrize("second", ["officer", "approver"])
def test_sign__supplier_first_and_debarred_since__buyer_does_not_complete_it(
    world: World, draft: Agreed, second: str
) -> None:
    draft.sign("acme")
    until = world.time + 20
    world.send("reviewer", "SupplierRegistry", "debar", ACME, until, hash_of("order"))
    assert draft.refusal(second, "sign", DOCUMENT) == Refusal("SupplierRegistryDebarred", ACME, until)
    draft.sign(second, at=until)
    assert draft.state() == State.ACTIVE


def test_sign__not_active__inactive(world: World, draft: Agreed) -> None:
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    assert draft.refusal("acme", "sign", DOCUMENT) == Refusal("SupplierRegistryInactive", ACME)
    draft.sign("officer")
    assert draft.refusal("acme", "sign", DOCUMENT) == Refusal("SupplierRegistryInactive", ACME)
    world.send("registrar", "SupplierRegistry", "setActive", ACME, True)
    draft.sign("acme")


def test_sign__declaration_old__stale_after_its_year(world: World) -> None:
    made = awarded(world, signing_period=400 * DAY, standstill=100)
    draft = drafted(world, made=_final(made))
    draft.sign("officer")
    declared = world.facts("SupplierRegistry", "supplierFacts", ACME)["ownersAt"]
    expected = Refusal("SupplierRegistryOwnersStale", ACME, declared)
    assert draft.refusal("acme", "sign", DOCUMENT, at=declared + 365 * DAY + 1) == expected
    with world.undone():
        world.send("acme", "SupplierRegistry", "declareOwners", 2, hash_of("owners"))
        draft.sign("acme")


def _final(made: Any) -> Any:
    made.world.move_to(made.facts()["standstillEnds"])
    return made


def test_sign__ineligible_supplier_first__refused_so_that_the_buyer_can(world: World, draft: Agreed) -> None:
    """Else its signature would make the buyer's the second one, which is refused: it could never be passed over."""
    end = world.read(BOOK, "signingOf", draft.made.id, 1)[1]
    world.send("reviewer", "SupplierRegistry", "debar", ACME, end + 100, hash_of("order"))
    assert draft.refusal("acme", "sign", DOCUMENT).name == "SupplierRegistryDebarred"
    draft.sign("officer")
    assert draft.facts()["signedAt"] == world.time
    world.send("stranger", BOOK, "passOver", draft.made.id, 1, at=end)


def test_sign__no_draft_any_more__status_wrong(world: World, draft: Agreed) -> None:
    draft.sign("officer")
    draft.sign("acme")
    for who in ("officer", "acme"):
        found = draft.refusal(who, "sign", DOCUMENT)
        assert found == Refusal("AgreementBookStatusWrong", 1, State.ACTIVE)


@pytest.mark.parametrize(
    ("first", "again"), [("officer", "officer"), ("officer", "approver"), ("acme", "acme"), ("acme", "acme2")]
)
def test_sign__one_side_twice__signed_twice(draft: Agreed, first: str, again: str) -> None:
    side = Side.SUPPLIER if first == "acme" else Side.BUYER
    draft.sign(first)
    for document in (DOCUMENT, OTHER):
        found = draft.refusal(again, "sign", document)
        assert found == Refusal("AgreementBookSignedTwice", 1, side)
    assert draft.state() == State.DRAFT


def test_sign__other_document__document_wrong_by_one_bit(draft: Agreed) -> None:
    for who in ("officer", "acme"):
        for got in (OTHER, ZERO):
            found = draft.refusal(who, "sign", got)
            assert found == Refusal("AgreementBookDocumentWrong", 1, DOCUMENT, got)


@pytest.mark.parametrize("who", ["officer", "acme"])
def test_sign__end_of_the_signing_period__inside_alone(world: World, draft: Agreed, who: str) -> None:
    end = world.read(BOOK, "signingOf", draft.made.id, 1)[1]
    for after in (0, 1):
        found = draft.refusal(who, "sign", DOCUMENT, at=end + after)
        assert found == Refusal("AwardDeskLotStatusWrong", draft.made.id, 1, Lot.LAPSED)
    with world.undone():
        pass


@pytest.mark.parametrize("first", ["officer", "acme"])
def test_sign__second_one_in_the_last_second__active(world: World, draft: Agreed, first: str) -> None:
    end = world.read(BOOK, "signingOf", draft.made.id, 1)[1]
    draft.sign(first)
    draft.sign("acme" if first == "officer" else "officer", at=end - 1)
    assert (draft.state(), draft.made.stage()) == (State.ACTIVE, Lot.SIGNED)
    world.move_to(end + 10)
    assert draft.made.stage() == Lot.SIGNED


def test_sign__suspended__status_wrong_and_the_period_goes_on_after_it(world: World, draft: Agreed) -> None:
    case = Case(world, draft.made.tender, draft.made)
    from_, end = world.read(BOOK, "signingOf", draft.made.id, 1)
    case.suspend()
    for who in ("officer", "acme"):
        found = draft.refusal(who, "sign", DOCUMENT)
        assert found == Refusal("TenderBoardStatusWrong", draft.made.id, Status.SUSPENDED)
    start = case.watch()["suspendedAt"]
    resumed = case.resume(at=world.time + 1_000)
    later = end + resumed - start
    assert world.read(BOOK, "signingOf", draft.made.id, 1) == (from_, later)
    draft.sign("officer")
    draft.sign("acme", at=later - 1)


def test_sign__lot_or_tender_being_cancelled__lot_status_wrong(world: World) -> None:
    draft = drafted(world, bids={"acme": (5, 6)}, lots=[LotTerms(9_000)] * 2)
    for lot in (1, 0):
        with world.undone():
            cancel(world, draft.made.tender, lot)
            for who in ("officer", "acme"):
                found = draft.refusal(who, "sign", DOCUMENT)
                assert found == Refusal("AwardDeskLotStatusWrong", draft.made.id, 1, Lot.CANCELLING)
    cancel(world, draft.made.tender, 2)
    draft.sign("officer")
    draft.sign("acme")


def test_sign__cancellation_undone__as_long_as_before(world: World, draft: Agreed) -> None:
    draft.sign("officer")
    end = world.read(BOOK, "signingOf", draft.made.id, 1)[1]
    case = Case(world, draft.made.tender, draft.made)
    begun = case.cancel(0).time
    number = case.file("acme", Stage.CANCELLATION)
    case.uphold(number, Remedy.UNDO_CANCELLATION)
    undone = case.execute(number).time
    later = end + undone - begun
    assert world.read(BOOK, "signingOf", draft.made.id, 1)[1] == later
    draft.sign("acme", at=later - 1)


def test_sign__outage_in_the_signing_period__to_its_longer_end(world: World) -> None:
    made = awarded(world, signing_period=2_000)
    draft = drafted(world, made=_final(made))
    counting_outages(world)
    draft.sign("officer", at=world.time + 60)
    base = world.read(BOOK, "signingOf", made.id, 1)[1]
    longer = end_of([outage(world, base - 10)], base)
    assert world.read(BOOK, "signingOf", made.id, 1)[1] == longer > base
    ticks(world, longer - 2)
    with world.undone():
        draft.sign("acme", at=longer - 1)
    for after in (0, 1):
        found = draft.refusal("acme", "sign", DOCUMENT, at=longer + after)
        assert found == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.LAPSED)


def test_sign__several_faults__refused_in_order(world: World, draft: Agreed) -> None:
    draft.sign("acme")
    end = world.read(BOOK, "signingOf", draft.made.id, 1)[1]
    call: dict[str, Any] = {"number": 2, "who": "beta", "at": end}
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)

    def refusal() -> Refusal:
        with world.undone():
            return world.refusal(call["who"], BOOK, "sign", call["number"], OTHER, at=call["at"])

    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("AgreementBookNotFound", 2), {"number": 1}),
        (missing("beta"), {"who": "acme"}),
        (Refusal("SupplierRegistryInactive", ACME), {}),
    ]
    for expected, repair in steps:
        assert refusal() == expected
        call |= repair
    world.send("registrar", "SupplierRegistry", "setActive", ACME, True)
    assert refusal() == Refusal("AgreementBookSignedTwice", 1, Side.SUPPLIER)
    call["who"] = "approver"
    assert refusal() == Refusal("AwardDeskLotStatusWrong", draft.made.id, 1, Lot.LAPSED)
    call["at"] = None
    assert refusal() == Refusal("AgreementBookDocumentWrong", 1, DOCUMENT, OTHER)
    with world.undone():
        draft.sign("approver")
        assert refusal() == Refusal("AgreementBookStatusWrong", 1, State.ACTIVE)


@pytest.mark.parametrize(
    ("first", "second"),
    [("officer", "acme"), ("approver", "acme2"), ("acme2", "officer"), ("acme", "approver")],
)
def test_sign__both_sides__active_and_the_lot_signed(
    world: World, draft: Agreed, first: str, second: str
) -> None:
    sides = [Side.SUPPLIER if who.startswith("acme") else Side.BUYER for who in (first, second)]
    before, times = draft.facts(), {}
    for place, (who, side) in enumerate(zip((first, second), sides, strict=True)):
        receipt = draft.sign(who)
        times[side] = receipt.time
        assert (receipt.event.contract, receipt.event.name, receipt.event.args) == (
            BOOK,
            "AgreementSigned",
            {"tenderId": draft.made.id, "agreement": 1, "side": side, "documentHash": DOCUMENT},
        )
        if place == 0:
            signed_at = times.get(Side.BUYER, 0)
            assert draft.facts() == before | {"signatures": side.bit, "signedAt": signed_at}
            assert draft.made.stage() == Lot.FINAL
    assert draft.facts() == before | {
        "signatures": 6, "signedAt": times[Side.BUYER], "status": State.ACTIVE, "version": 1,
    }  # fmt: skip
    assert draft.made.stage() == Lot.SIGNED
    assert (draft.tender()["lotsSigned"], draft.tender()["signedLots"]) == (1, 1)


def test_sign__four_eyes__two_accounts_of_the_buyer(world: World) -> None:
    draft = drafted(world, four_eyes=True)
    act = Act(world, BOOK, "sign", (1, DOCUMENT))
    one = both(world)
    for who in ("officer", "stranger"):
        assert act.refusal(who) == Refusal("FourEyesRoleMissing", label("APPROVER"), address(who))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    act.propose(one)
    assert act.refusal(one) == Refusal("FourEyesActSameSigner", address(one))
    names = [event.name for event in act.approve().events]
    assert names == ["ActApproved", "AgreementSigned"]
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    assert draft.facts()["signatures"] == Side.BUYER.bit
    draft.sign("acme")
    assert draft.state() == State.ACTIVE


def test_sign__four_eyes_refused_for_what_follows__proposal_stays(world: World) -> None:
    drafted(world, four_eyes=True)
    act = Act(world, BOOK, "sign", (1, OTHER))
    act.propose()
    before = act.proposal(BUYER)
    assert act.refusal() == Refusal("AgreementBookDocumentWrong", 1, DOCUMENT, OTHER)
    assert act.proposal(BUYER) == before


def test_sign__everything_signed__calls_none_but_the_networks_contracts(world: World, draft: Agreed) -> None:
    """No contract of anybody else is called, so that nothing is entered twice."""
    draft.sign("officer")
    names = {at.lower(): name for name, at in world.addresses.items()}
    call = world.as_call("acme", BOOK, "sign", 1, DOCUMENT)
    traced = world.node.rpc("debug_traceCall", call, "latest", {"tracer": "callTracer"})
    assert "error" not in traced
    made = [(each["type"], names[each["to"]]) for each in traced["calls"]]
    assert [to for kind, to in made if kind != "STATICCALL"] == ["ProcedureBook", "TenderBoard"]


def test_sign__repeated_draft_of_a_signed_lot__one_agreement_a_lot(world: World) -> None:
    agreed = signed(world)
    assert (
        world.read(BOOK, "agreementOf", agreed.made.id, 1)
        == agreed.number
        == world.read(BOOK, "agreementCount")
    )
