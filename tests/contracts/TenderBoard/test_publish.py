"""publish.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Criterion, Kind, LotTerms, Role, Setup
from tests.contracts.roles import SECOND, Scene, registered
from tests.contracts.tenders import Tender, publish, record, setup_hash, terms_hash
from tests.contracts.world import (
    BUYER,
    BUYER2,
    DAY,
    KEYSET,
    MANDATE_END,
    REVIEW,
    SEATS_OF_OPENING,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    lots,
    sandbox,
    tender_id,
    terms,
    text_of,
)

pytestmark = pytest.mark.evm


def refusal(
    world: World, *, who: str = "officer", record_id: bytes | None = None, json: str = "{}", **changes: Any
) -> Refusal:
    """Publishes terms that are well but for the changes."""
    wrong = terms(changes.pop("deadline", world.time + 101), **changes)
    record_id = record() if record_id is None else record_id
    return world.refusal(who, "TenderBoard", "publish", record_id, wrong.as_tuple(), json)


@pytest.mark.parametrize("who", ["admin", "registrar", "reviewer", "authority", "acme", "stranger"])
def test_publish__other_role__role_missing(world: World, who: str) -> None:
    assert refusal(world, who=who) == Refusal("TenderBoardRoleMissing", label("OFFICER"), address(who))


def test_publish__mandate_over__role_missing(world: World) -> None:
    missing = Refusal("TenderBoardRoleMissing", label("OFFICER"), address("officer"))
    with world.undone():
        world.move_to(MANDATE_END - 2)
        publish(world)
    world.move_to(MANDATE_END - 1)
    assert refusal(world) == missing


def test_publish__buyer_suspended__role_missing(world: World) -> None:
    world.send("authority", "MemberRegistry", "suspend", BUYER, world.time + 50)
    assert refusal(world) == Refusal("TenderBoardRoleMissing", label("OFFICER"), address("officer"))


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_publish__record_used_by_the_member__already_recorded(world: World, who: str) -> None:
    used = record()
    first = world.send(
        "officer", "TenderBoard", "publish", used, terms(world.time + 50).as_tuple(), "{}"
    ).event.args["id"]
    assert refusal(world, who=who, record_id=used) == Refusal("TenderBoardAlreadyRecorded", used, first)


def test_publish__record_used_by_another_member__publishes(world: World) -> None:
    used = record()
    for who, buyer, number in (("officer", BUYER, 1), ("officer2", BUYER2, 2)):
        world.send(who, "TenderBoard", "publish", used, terms(world.time + 50).as_tuple(), "{}")
        assert world.read("TenderBoard", "recordOf", buyer, used) == tender_id(number)


@pytest.mark.parametrize(("code", "version"), [("sandbox", 2), ("sandbox", 0), ("simple", 1)])
def test_publish__unknown_procedure__procedure_not_found(world: World, code: str, version: int) -> None:
    expected = Refusal("ProcedureBookNotFound", label(code, 16), version)
    assert refusal(world, procedure=code, procedure_version=version) == expected


def test_publish__retired_procedure__procedure_retired(world: World) -> None:
    world.send("authority", "ProcedureBook", "retire", label("sandbox", 16), 1)
    assert refusal(world) == Refusal("ProcedureBookRetired", label("sandbox", 16), 1)


@pytest.mark.parametrize("keyset", [hash_of("keyset"), ZERO])
def test_publish__unknown_keyset__keyset_not_found(world: World, keyset: bytes) -> None:
    assert refusal(world, keyset_id=keyset) == Refusal("OpeningCommitteeKeysetNotFound", keyset)


def test_publish__keyset_that_a_seat_has_not_confirmed__keyset_incomplete(world: World) -> None:
    registered(Scene(world, publish(world)))
    keyset = SECOND.keyset.id
    assert refusal(world, keyset_id=keyset) == Refusal("OpeningCommitteeKeysetIncomplete", keyset, 3, 0)


def test_publish__retired_keyset__keyset_not_allowed(world: World) -> None:
    world.send("authority", "OpeningCommittee", "retireKeyset", KEYSET)
    assert refusal(world) == Refusal("OpeningCommitteeKeysetNotAllowed", KEYSET)


@pytest.mark.parametrize("seat", [1, 3])
def test_publish__seat_below_the_buyer__seats_dependent(world: World, seat: int) -> None:
    world.send("authority", "MemberRegistry", "setSuperior", SEATS_OF_OPENING[seat - 1], BUYER)
    assert refusal(world) == Refusal("OpeningCommitteeSeatsDependent", seat, 1, 0)
    publish(world, who="officer2")


def test_publish__buyer_that_has_a_seat__seats_dependent(world: World) -> None:
    world.send("authority", "MemberRegistry", "setKinds", SEATS_OF_OPENING[1], int(Kind.BUYER | Kind.OPENING))
    world.send(
        "opener2", "MemberRegistry", "addPerson", address("clerk"), int(Role.OFFICER), world.time + DAY
    )
    assert refusal(world, who="clerk") == Refusal("OpeningCommitteeSeatsDependent", 2, 1, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"record_id": ZERO}, "recordId"),
        ({"currency": "\0\0\0"}, "currency"),
        ({"documents_hash": ZERO}, "documentsHash"),
    ],
)
def test_publish__required_value_zero__hash_zero(world: World, changes: dict[str, Any], field: str) -> None:
    assert refusal(world, **changes) == Refusal("TenderBoardHashZero", label(field))


@pytest.mark.parametrize("length", [0, 131_073])
def test_publish__json_length_out_of_bounds__json_length(world: World, length: int) -> None:
    assert refusal(world, json="x" * length) == Refusal("TenderBoardJsonLength", 131_072, length)


@pytest.mark.parametrize("length", [1, 131_072])
def test_publish__json_length_at_a_bound__publishes(world: World, length: int) -> None:
    publish(world, json="x" * length)


@pytest.mark.parametrize(("after", "is_valid"), [(4, False), (5, True), (6, True)])
def test_publish__deadline_near_the_shortest_period__period_invalid_before_it(
    world: World, after: int, is_valid: bool
) -> None:
    check_period(world, after, is_valid)


@pytest.mark.parametrize(
    ("after", "is_valid"), [(365 * DAY - 1, True), (365 * DAY, True), (365 * DAY + 1, False)]
)
def test_publish__deadline_near_one_year__period_invalid_after_it(
    world: World, after: int, is_valid: bool
) -> None:
    check_period(world, after, is_valid)


def check_period(world: World, after: int, is_valid: bool) -> None:
    """``after``: seconds from publication to the deadline."""
    now = world.time + 1
    if is_valid:
        publish(world, period=after)
    else:
        expected = Refusal("TenderBoardPeriodInvalid", ZERO, now + 5, now + 365 * DAY, now + after)
        assert refusal(world, deadline=now + after) == expected


@pytest.mark.parametrize("count", [0, 33, 256])
def test_publish__number_of_lots_out_of_bounds__lots_invalid(world: World, count: int) -> None:
    assert refusal(world, setup=lots(count)) == Refusal("TenderBoardLotsInvalid", ZERO, 32, count)


def test_publish__most_lots__stores_their_number(world: World) -> None:
    tender = publish(world, setup=lots(32))
    assert world.facts("TenderBoard", "tenderFacts", tender.id)["lots"] == 32


def test_publish__binding_ceiling_missing__ceiling_missing(world: World) -> None:
    setup = Setup((LotTerms(1), LotTerms(0), LotTerms(0)))
    assert refusal(world, setup=setup) == Refusal("TenderBoardCeilingMissing", ZERO, 2)


def test_publish__ceiling_not_binding__publishes_without(world: World) -> None:
    free = sandbox(2, ceiling_binding=False)
    world.send("authority", "ProcedureBook", "adopt", free.as_tuple(), text_of())
    publish(world, procedure_version=2, setup=lots(1, ceiling=0))


@pytest.mark.parametrize("weight", [0, 9_999, 10_001])
def test_publish__price_weight_not_whole__weights_invalid(world: World, weight: int) -> None:
    assert refusal(world, price_weight_bps=weight) == Refusal("TenderBoardWeightsInvalid", ZERO, weight)


@pytest.mark.parametrize("weight", [6_000, 10_000])
def test_publish__criteria_under_the_lowest_price__weights_invalid(world: World, weight: int) -> None:
    setup = Setup((LotTerms(1),), (Criterion("quality", 4_000, 100),))
    assert refusal(world, setup=setup, price_weight_bps=weight) == Refusal(
        "TenderBoardWeightsInvalid", ZERO, weight
    )


def test_publish__panel_of_an_even_number__panel_invalid(world: World) -> None:
    setup = Setup((LotTerms(1),), (), (address("evaluator"), address("judge")))
    assert refusal(world, setup=setup) == Refusal("TenderBoardPanelInvalid", ZERO, 0, 2)


@pytest.mark.parametrize("body", [BUYER, BUYER2, hash_of("nobody")])
def test_publish__review_body_of_another_kind__review_body_invalid(world: World, body: bytes) -> None:
    assert refusal(world, review_body=body) == Refusal("TenderBoardReviewBodyInvalid", ZERO, body)


def test_publish__review_body_suspended__review_body_invalid(world: World) -> None:
    world.send("authority", "MemberRegistry", "suspend", REVIEW, world.time + 50)
    assert refusal(world, review_body=REVIEW) == Refusal("TenderBoardReviewBodyInvalid", ZERO, REVIEW)


@pytest.mark.parametrize(("below", "above"), [(REVIEW, BUYER), (BUYER, REVIEW)])
def test_publish__review_body_dependent__review_body_invalid(
    world: World, below: bytes, above: bytes
) -> None:
    world.send("authority", "MemberRegistry", "setSuperior", below, above)
    assert refusal(world, review_body=REVIEW) == Refusal("TenderBoardReviewBodyInvalid", ZERO, REVIEW)


def test_publish__several_faults__refused_in_order(world: World) -> None:
    now, used, unknown, nobody = world.time + 3, record(), hash_of("keyset"), hash_of("nobody")
    world.send("officer", "TenderBoard", "publish", used, terms(now + 50).as_tuple(), "{}")
    wrong = terms(
        now, procedure_version=2, keyset_id=unknown, currency="\0\0\0", documents_hash=ZERO, price_weight_bps=1, review_body=nobody,
        setup=Setup((), (), (address("evaluator"),)),
    )  # fmt: skip
    call: dict[str, Any] = {"who": "stranger", "record_id": used, "json": "", **vars(wrong)}
    panel = (address("evaluator"),)
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("TenderBoardAlreadyRecorded", used, tender_id(1)), {"record_id": ZERO}),
        (Refusal("ProcedureBookNotFound", label("sandbox", 16), 2), {"procedure_version": 1}),
        (Refusal("OpeningCommitteeKeysetNotFound", unknown), {"keyset_id": KEYSET}),
        (Refusal("TenderBoardHashZero", label("recordId")), {"record_id": record()}),
        (Refusal("TenderBoardHashZero", label("currency")), {"currency": "MXN"}),
        (Refusal("TenderBoardHashZero", label("documentsHash")), {"documents_hash": hash_of("documents")}),
        (Refusal("TenderBoardJsonLength", 131_072, 0), {"json": "{}"}),
        (Refusal("TenderBoardPeriodInvalid", ZERO, now + 5, now + 365 * DAY, now), {"deadline": now + 50}),
        (Refusal("TenderBoardLotsInvalid", ZERO, 32, 0), {"setup": Setup((LotTerms(0),), (), panel)}),
        (Refusal("TenderBoardCeilingMissing", ZERO, 1), {"setup": Setup((LotTerms(1),), (), panel)}),
        (Refusal("TenderBoardWeightsInvalid", ZERO, 1), {"price_weight_bps": 10_000}),
        (Refusal("TenderBoardPanelInvalid", ZERO, 0, 1), {"setup": lots(1)}),
        (Refusal("TenderBoardReviewBodyInvalid", ZERO, nobody), {}),
    ]
    for expected, repair in steps:
        with world.undone():
            world.move_to(now - 1)
            assert refusal(world, **call) == expected
        call |= repair


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_publish__valid__stores_and_tells(world: World, who: str) -> None:
    used, valid = (
        record(),
        terms(world.time + 101, review_body=REVIEW, plan_ref=hash_of("plan"), setup=lots(3)),
    )
    receipt = world.send(who, "TenderBoard", "publish", used, valid.as_tuple(), '{"title":"Ñ"}')
    tender = Tender(tender_id(1), valid, '{"title":"Ñ"}', receipt.time)
    logged = receipt.event
    assert (logged.contract, logged.name) == ("TenderBoard", "TenderPublished")
    assert logged.args["terms"] == (*valid.as_tuple()[:-1], (((100_000, 0),) * 3, (), ()))
    assert {**logged.args, "terms": None} == {
        "id": tender.id, "buyer": BUYER, "recordId": used, "termsHash": terms_hash(valid, tender.json), "terms": None,
        "json": tender.json,
    }  # fmt: skip
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == {
        "buyer": BUYER, "termsHash": tender.hash, "keysetId": KEYSET, "reviewBody": REVIEW, "setupHash": setup_hash(valid.setup),
        "procedure": label("sandbox", 16), "procedureVersion": 1, "deadline": valid.deadline, "termsVersion": 1, "questions": 0,
        "openQuestions": 0, "lots": 3, "lotsCancelled": 0, "currency": b"MXN", "exponent": 2, "cancelsAt": 0, "lotsCancelledAt": 0,
        "reason": 0, "watched": False, "stoppedAt": 0, "consentDue": False, "consentsDue": 0, "fourEyes": False, "envelopes": 1, "panel": 0,
            "lotsSigned": 0, "signedLots": 0,
    }  # fmt: skip
    assert world.read("TenderBoard", "recordOf", BUYER, used) == tender.id


def test_publish__several_tenders__numbered_from_one(world: World) -> None:
    assert [publish(world).id for _ in range(3)] == [tender_id(number) for number in (1, 2, 3)]
    assert world.read("TenderBoard", "tenderCount") == 3
