"""passOver.tree"""

from __future__ import annotations

import pytest

from chain.rules.deadlines import end_of
from chain.types import LotTerms
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    VALUE,
    Agreed,
    Side,
    State,
    awarded,
    drafted,
    final,
    signed,
)
from tests.contracts.awards import Lot, Opened, counting_outages, opened, outage, ticks
from tests.contracts.complaints import Case, Remedy, Stage
from tests.contracts.tenders import UNKNOWN, Status, cancel, status
from tests.contracts.world import ACME, Receipt, Refusal, World, hash_of

pytestmark = pytest.mark.evm


def pass_over(made: Opened, lot: int = 1, at: int | None = None, who: str = "stranger") -> Receipt:
    """Anybody does."""
    return made.world.send(who, BOOK, "passOver", made.id, lot, at=at)


def refusal(made: Opened, *, id: bytes | None = None, lot: int = 1, at: int | None = None) -> Refusal:
    """What refuses it."""
    return made.world.refusal("stranger", BOOK, "passOver", id or made.id, lot, at=at)


def signing(made: Opened, lot: int = 1) -> tuple[int, int]:
    """From when until when."""
    begins, ends = made.world.read(BOOK, "signingOf", made.id, lot)
    return begins, ends


def late(made: Opened, limit: int, got: int) -> Refusal:
    """What is told where the buyer did not sign in time."""
    return Refusal("AgreementBookOfferedLate", made.id, 1, limit, got)


@pytest.fixture
def offered(world: World) -> Agreed:
    """The buyer signed in time."""
    draft = drafted(world)
    draft.sign("officer")
    return draft


def test_pass_over__unknown_tender_or_lot__not_found(world: World, offered: Agreed) -> None:
    assert refusal(offered.made, id=UNKNOWN) == Refusal("TenderBoardNotFound", UNKNOWN)
    for lot in (0, 2):
        assert refusal(offered.made, lot=lot) == Refusal("TenderBoardLotNotFound", offered.made.id, lot)


def test_pass_over__before_the_end_of_the_time_to_sign__lot_status_wrong(
    world: World, offered: Agreed
) -> None:
    end = signing(offered.made)[1]
    expected = Refusal("AwardDeskLotStatusWrong", offered.made.id, 1, Lot.FINAL)
    assert refusal(offered.made, at=end - 1) == expected
    for after in (0, 1):
        with world.undone():
            pass_over(offered.made, at=end + after)


@pytest.mark.parametrize("given", ["waiting", "ranked", "standstill", "signed", "cancelling"])
def test_pass_over__not_lapsed__lot_status_wrong(world: World, given: str) -> None:
    if given == "signed":
        made = signed(world).made
    elif given in ("waiting", "ranked"):
        made = opened(world, {"acme": VALUE})
        if given == "ranked":
            made.ready()
    else:
        made = awarded(world) if given == "standstill" else final(world)
    if given == "cancelling":
        cancel(world, made.tender)
    assert refusal(made) == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot[given.upper()])


def test_pass_over__suspended__status_wrong(world: World, offered: Agreed) -> None:
    case = Case(world, offered.made.tender, offered.made)
    world.move_to(signing(offered.made)[1])
    case.suspend()
    found = refusal(offered.made)
    assert found == Refusal("TenderBoardStatusWrong", offered.made.id, Status.SUSPENDED)
    case.resume()
    pass_over(offered.made)


def test_pass_over__nothing_drafted_or_signed__offered_late(world: World) -> None:
    made = final(world)
    begins, ends = signing(made)
    limit = begins + 30
    with world.undone():
        assert refusal(made, at=ends) == late(made, limit, 0)
    draft = drafted(world, made=made)
    with world.undone():
        assert refusal(made, at=ends) == late(made, limit, 0)
    draft.sign("acme")
    assert refusal(made, at=ends) == late(made, limit, 0)


def test_pass_over__signed_at_the_end_of_the_first_half__to_the_second(world: World) -> None:
    draft = drafted(world)
    begins, ends = signing(draft.made)
    limit = begins + 30
    for at, refused in ((limit - 1, False), (limit, False), (limit + 1, True)):
        with world.undone():
            draft.sign("officer", at=at)
            if refused:
                assert refusal(draft.made, at=ends) == late(draft.made, limit, at)
            else:
                pass_over(draft.made, at=ends)


def test_pass_over__odd_period__half_a_second_more_for_the_buyer(world: World) -> None:
    draft = drafted(world, signing_period=61)
    begins, ends = signing(draft.made)
    with world.undone():
        draft.sign("officer", at=begins + 31)
        pass_over(draft.made, at=ends)
    draft.sign("officer", at=begins + 32)
    assert refusal(draft.made, at=ends) == late(draft.made, begins + 31, begins + 32)


def test_pass_over__another_draft_since__its_own_signature_counts(world: World, offered: Agreed) -> None:
    """Whoever changes the draft in the second half leaves the supplier less than half of the time."""
    made, (begins, ends) = offered.made, signing(offered.made)
    world.move_to(begins + 30)
    second = drafted(world, made=made, terms={"document_hash": hash_of("other")})
    with world.undone():
        assert refusal(made, at=ends) == late(made, begins + 30, 0)
    at = second.send("officer", "sign", hash_of("other")).time
    assert refusal(made, at=ends) == late(made, begins + 30, at)
    assert offered.state() == State.DROPPED


def test_pass_over__stood_still_in_the_first_half__it_is_that_much_later(world: World) -> None:
    """Nobody can sign meanwhile, so it is no time to sign."""
    draft = drafted(world)
    case = Case(world, draft.made.tender, draft.made)
    begins = signing(draft.made)[0]
    start = case.suspend()
    stood = case.resume(at=world.time + 1_000) - start
    limit, ends = begins + 30 + stood, signing(draft.made)[1]
    assert ends == begins + 60 + stood
    for at, refused in ((limit, False), (limit + 1, True)):
        with world.undone():
            draft.sign("officer", at=at)
            if refused:
                assert refusal(draft.made, at=ends) == late(draft.made, limit, at)
            else:
                pass_over(draft.made, at=ends)


def test_pass_over__stood_still_in_the_second_half__the_first_is_not_longer(world: World) -> None:
    draft = drafted(world)
    case = Case(world, draft.made.tender, draft.made)
    begins = signing(draft.made)[0]
    at = draft.sign("officer", at=begins + 35).time
    case.suspend()
    case.resume(at=world.time + 1_000)
    assert refusal(draft.made, at=signing(draft.made)[1]) == late(draft.made, begins + 30, at)


def test_pass_over__outage__after_its_longer_end(world: World) -> None:
    made = awarded(world, signing_period=2_000)
    world.move_to(made.facts()["standstillEnds"])
    draft = drafted(world, made=made)
    counting_outages(world)
    draft.sign("officer", at=world.time + 60)
    base = signing(made)[1]
    longer = end_of([outage(world, base - 10)], base)
    ticks(world, longer - 2)
    found = refusal(made, at=longer - 1)
    assert found == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.FINAL)
    pass_over(made, at=longer)


@pytest.mark.parametrize("who", ["stranger", "beta", "acme", "officer"])
def test_pass_over__valid__the_next_may_be_awarded(world: World, offered: Agreed, who: str) -> None:
    made, before = offered.made, offered.facts()
    ends = signing(made)[1]
    receipt = pass_over(made, at=ends, who=who)
    assert (receipt.event.contract, receipt.event.name, receipt.event.args) == (
        BOOK,
        "AwardPassedOver",
        {"tenderId": made.id, "agreement": 1, "lot": 1, "index": made.index("acme"), "supplier": ACME},
    )
    assert offered.facts() == before | {"status": State.DROPPED}
    assert made.stage() == Lot.RANKED
    facts = made.facts()
    assert (facts["price"], facts["standstillEnds"], facts["head"], facts["reached"]) == (0, 0, 1, 1)
    assert world.read(BOOK, "signingOf", made.id, 1) == (0, 0)
    assert refusal(made) == Refusal("AwardDeskLotStatusWrong", made.id, 1, Lot.RANKED)
    for side in ("acme", "officer"):
        assert offered.refusal(side, "sign", DOCUMENT) == Refusal(
            "AgreementBookStatusWrong", 1, State.DROPPED
        )
    assert (
        made.refusal("officer", "award", 1, ACME, made.offer("acme"), DOCUMENT).name
        == "AwardDeskNotCandidate"
    )
    world.move_to(made.award("beta").time + 3)
    follower = drafted(world, made=made, who="beta")
    follower.sign("officer")
    follower.sign("beta")
    assert (follower.number, follower.state(), made.stage()) == (2, State.ACTIVE, Lot.SIGNED)
    assert offered.state() == State.DROPPED


def test_pass_over__twice_in_one_lot__each_with_its_own_draft(world: World, offered: Agreed) -> None:
    made = offered.made
    pass_over(made, at=signing(made)[1])
    world.move_to(made.award("beta").time + 3)
    begins, ends = signing(made)
    with world.undone():
        assert refusal(made, at=ends) == late(made, begins + 30, 0)
    second = drafted(world, made=made, who="beta")
    second.sign("officer")
    pass_over(made, at=ends)
    assert (made.facts()["failure"] != 0, made.stage()) == (True, Lot.STANDSTILL)


def test_pass_over__nobody_follows__fails_after_the_standstill(world: World) -> None:
    draft = drafted(world, bids={"acme": VALUE})
    draft.sign("officer")
    end = pass_over(draft.made, at=signing(draft.made)[1]).time + 3
    for at, expected in ((end - 1, Lot.STANDSTILL), (end, Lot.FAILED), (end + 1, Lot.FAILED)):
        world.move_to(at)
        assert draft.made.stage() == expected
    assert status(world, draft.made.tender) == Status.FAILED


def test_pass_over__one_lot__the_others_stay(world: World) -> None:
    made = final(world, {"acme": (5, 6), "beta": (6, 7)}, lots=[LotTerms(9_000)] * 2)
    first, second = drafted(world, made=made), drafted(world, made=made, lot=2)
    first.sign("officer")
    for who in ("officer", "acme"):
        second.sign(who)
    pass_over(made, at=signing(made)[1])
    assert [made.stage(lot) for lot in (1, 2)] == [Lot.RANKED, Lot.SIGNED]
    assert second.state() == State.ACTIVE


def test_pass_over__willing_supplier__signs_in_any_second_of_its_half(world: World, offered: Agreed) -> None:
    """The buyer cannot pass it over before, nor take its own signature back in time to do so later."""
    begins, ends = signing(offered.made)
    for at in (begins + 31, ends - 1):
        with world.undone():
            offered.sign("acme", at=at)
            assert refusal(offered.made, at=ends + 9) == Refusal(
                "AwardDeskLotStatusWrong", offered.made.id, 1, Lot.SIGNED
            )


@pytest.mark.parametrize("followers", [True, False])
def test_pass_over__complaint_of_who_was_passed_over__its_bid_comes_back_and_it_signs(
    world: World, followers: bool
) -> None:
    """What it was to sign may have been none of the award: that is the review body's to say."""
    draft = drafted(world, bids={"acme": VALUE, "beta": 1_200} if followers else {"acme": VALUE})
    made = draft.made
    draft.sign("officer")
    pass_over(made, at=signing(made)[1])
    if followers:
        made.award("beta")
    case = Case(world, made.tender, made)
    number = case.file("acme", Stage.AWARD, 1)
    case.uphold(number, Remedy.RESTORE_BID, 0)
    case.execute(number)
    assert made.stage() == Lot.RANKED
    world.move_to(made.award("acme").time + 3)
    begins, ends = signing(made)
    with world.undone():
        assert refusal(made, at=ends) == late(made, begins + 30, 0)
    again = drafted(world, made=made)
    assert again.number == 2
    again.sign("officer")
    again.sign("acme")
    assert (made.stage(), again.facts()["signatures"]) == (Lot.SIGNED, Side.BUYER.bit | Side.SUPPLIER.bit)


def test_pass_over__restored_and_passed_over_again__the_next_that_is_in_follows(world: World) -> None:
    draft = drafted(world, bids={"acme": VALUE, "beta": 1_200, "gama": 1_300})
    made, case = draft.made, Case(world, draft.made.tender, draft.made)
    draft.sign("officer")
    pass_over(made, at=signing(made)[1])
    made.disqualify("beta")
    made.award("gama")
    number = case.file("acme", Stage.AWARD, 1)
    case.uphold(number, Remedy.RESTORE_BID, 0)
    case.execute(number)
    world.move_to(made.award("acme").time + 3)
    drafted(world, made=made).sign("officer")
    pass_over(made, at=signing(made)[1])
    assert made.stage() == Lot.RANKED
    made.award("gama")
