"""releasePrices.tree"""

from __future__ import annotations

import pytest

from tests.contracts.bids import opening, reveal_of, share_entries
from tests.contracts.complaints import ORDER
from tests.contracts.evaluation import EVALUATION, Evaluated, evaluated, technical
from tests.contracts.tenders import UNKNOWN, Status
from tests.contracts.world import OPENERS, REVIEW, Refusal, World, hash_of

pytestmark = pytest.mark.evm

POINTS = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}


def decided(world: World, *failed: str, **options: object) -> Evaluated:
    made = technical(world, **options).score(*[POINTS] * 3)
    made.decide(*failed)
    return made


def test_release__unknown_tender__not_found(world: World) -> None:
    found = world.refusal("stranger", EVALUATION, "releasePrices", UNKNOWN)
    assert found == Refusal("TenderBoardNotFound", UNKNOWN)


def test_release__technical_envelopes_being_opened__status_wrong(world: World) -> None:
    made = evaluated(world, {"acme": 1_000})
    world.move_to(int(made.window()["openFrom"]))
    found = made.refused("stranger", "releasePrices")
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.OPENING)


def test_release__no_result__status_wrong(world: World) -> None:
    made = technical(world).score(*[POINTS] * 3)
    found = made.refused("officer", "releasePrices")
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL)


@pytest.mark.parametrize(
    ("late", "status"), [(-2, Status.TECHNICAL_STANDSTILL), (-1, Status.SEALED), (0, None), (1, None)]
)
def test_release__around_the_opening__by_the_second(world: World, late: int, status: Status | None) -> None:
    made = decided(world, "gama")
    at = made.window()["openFrom"] + late
    if status is not None:
        found = made.refused("stranger", "releasePrices", at=at)
        assert found == Refusal("TenderBoardStatusWrong", made.id, status)
    else:
        made.release(at=at)
        assert made.status() == Status.OPENING


def test_release__twice__refused(world: World) -> None:
    made = decided(world)
    made.to_prices()
    made.release()
    found = made.refused("stranger", "releasePrices")
    assert found == Refusal("BidBoxReleaseRefused", made.id, 1)


def test_release__complaint_about_the_result__waits_for_its_end(world: World) -> None:
    made = decided(world, "gama", body=REVIEW)
    world.send(
        "gama", "ComplaintDesk", "file", hash_of("r"), made.id, 0, 2, hash_of("complaint"), made.shown("gama")
    )
    world.move_to(world.time + 100)
    assert made.status() == Status.TECHNICAL_STANDSTILL
    found = made.refused("stranger", "releasePrices")
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL_STANDSTILL)
    assert made.window()["openFrom"] == 2**40 - 1
    world.send("reviewer", "ComplaintDesk", "admit", 1, ORDER)
    closed = world.send("reviewer", "ComplaintDesk", "dismiss", 1, ORDER).time
    assert made.window()["openFrom"] == closed + 1
    made.open_prices()


def test_release__valid__those_that_failed_stay_sealed(world: World) -> None:
    made = decided(world, "gama", "acme")
    made.to_prices()
    receipt = made.release()
    assert receipt.event.name == "EnvelopeReleased"
    assert list(receipt.event.args.values()) == [made.id, 1, (0, 2)]
    assert made.world.facts("BidBox", "box", made.id)["excluded"] == 2
    made.world.move_to(int(made.window()["fallbackFrom"]))
    for who in ("acme", "gama"):
        reveal = reveal_of(made.tender, made.index(who), made.sealed[who])
        found = world.refusal(who, "OpeningCommittee", "selfReveal", *reveal)
        assert found.name == "OpeningCommitteeEntryNotSealed"
    world.send("beta", "OpeningCommittee", "selfReveal", *reveal_of(made.tender, 1, made.sealed["beta"]))
    assert made.status() == Status.AWARDING
    assert world.read("OpeningCommittee", "openingOf", made.id, 1, 0) == bytes(32)


def test_release__opened_by_shares__of_those_that_passed(world: World) -> None:
    made = decided(world, "beta")
    made.to_prices()
    made.release()
    live = [made.sealed["acme"], made.sealed["gama"]]
    for seat in (1, 2):
        world.send(
            OPENERS[seat - 1],
            "OpeningCommittee",
            "postShares",
            made.id,
            1,
            0,
            seat,
            share_entries(seat, live),
        )
    world.send("stranger", "OpeningCommittee", "openPage", made.id, 1, 0, *opening((1, 2), live))
    assert made.status() == Status.AWARDING
    del made.sealed["beta"]
    made.ready("acme", "gama")


def test_shares_of_prices__before_the_release__refused(world: World) -> None:
    made = technical(world)
    entries = share_entries(1, list(made.sealed.values()))
    found = world.refusal("opener", "OpeningCommittee", "postShares", made.id, 1, 0, 1, entries)
    assert found == Refusal("OpeningCommitteePhaseNotReached", made.id, 1, 0)


def test_award__before_the_prices_are_open__not_opened(world: World) -> None:
    made = decided(world)
    made.to_prices()
    found = made.refusal("stranger", "tally", 1, made.setup, 0, [])
    assert found == Refusal("AwardDeskNotOpened", made.id, 3)


def test_award__technical__status_wrong(world: World) -> None:
    made = technical(world)
    found = made.refusal("stranger", "tally", 1, made.setup, 0, [])
    assert found == Refusal("TenderBoardStatusWrong", made.id, Status.TECHNICAL)


def test_prices__not_opened_in_time__failed(world: World) -> None:
    made = decided(world)
    made.to_prices()
    made.release()
    ends = made.window()["voidFrom"]
    world.move_to(ends - 1)
    assert made.status() == Status.FALLBACK
    world.move_to(ends)
    assert made.status() == Status.FAILED
