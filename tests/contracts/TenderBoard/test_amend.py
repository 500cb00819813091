"""amend.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import Criterion, LotTerms, Setup
from tests.contracts.tenders import UNKNOWN, Status, Tender, cancel, publish, setup_hash, status, terms_hash
from tests.contracts.world import (
    DAY,
    KEYSET,
    REVIEW,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    lots,
    terms,
)

pytestmark = pytest.mark.evm

JSON = '{"title":"Laptops, 16 GB"}'


def amend(world: World, tender: Tender, *, at: int | None = None, **changes: Any) -> Tender:
    """Amends the tender; how it is then."""
    new = terms(**{**vars(tender.terms), **changes})
    receipt = world.send(
        "officer", "TenderBoard", "amend", tender.id, tender.hash, new.as_tuple(), JSON, at=at
    )
    return Tender(tender.id, new, JSON, receipt.time)


def refusal(
    world: World, tender: Tender, *, who: str = "officer", id: bytes | None = None, expected: bytes | None = None, json: str = JSON,
    at: int | None = None, **changes: Any,
) -> Refusal:  # fmt: skip
    """Amends with terms that are well but for the changes."""
    new = terms(**{**vars(tender.terms), **changes})
    old = tender.hash if expected is None else expected
    return world.refusal(who, "TenderBoard", "amend", id or tender.id, old, new.as_tuple(), json, at=at)


def test_amend__unknown_tender__not_found(world: World, tender: Tender) -> None:
    assert refusal(world, tender, id=UNKNOWN, who="stranger") == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("who", ["admin", "officer2", "approver2", "acme", "authority", "stranger"])
def test_amend__other_role__role_missing(world: World, tender: Tender, who: str) -> None:
    assert refusal(world, tender, who=who) == Refusal(
        "TenderBoardRoleMissing", label("OFFICER"), address(who)
    )


@pytest.mark.parametrize("after", [0, 1])
def test_amend__at_and_after_the_deadline__closed(world: World, tender: Tender, after: int) -> None:
    expected = Refusal("TenderBoardClosed", tender.id, tender.deadline)
    assert refusal(world, tender, at=tender.deadline + after, deadline=tender.deadline + 50) == expected


def test_amend__last_second__amends(world: World, tender: Tender) -> None:
    amend(world, tender, at=tender.deadline - 1, deadline=tender.deadline + 1)


def test_amend__cancelling_and_cancelled__status_wrong(world: World, tender: Tender) -> None:
    end = cancel(world, tender)
    for at, found in ((end - 1, Status.CANCELLING), (end, Status.CANCELLED)):
        assert refusal(world, tender, at=at) == Refusal("TenderBoardStatusWrong", tender.id, found)


def test_amend__all_lots_cancelled__status_wrong(world: World, tender: Tender) -> None:
    end = cancel(world, tender, lot=1)
    assert refusal(world, tender, at=end) == Refusal("TenderBoardStatusWrong", tender.id, Status.FAILED)


def test_amend__repeated__terms_stale(world: World, tender: Tender) -> None:
    new = amend(world, tender)
    assert refusal(world, tender) == Refusal("TenderBoardTermsStale", tender.id, new.hash, tender.hash)


def test_amend__other_expected_terms__terms_stale(world: World, tender: Tender) -> None:
    other = hash_of("other")
    assert refusal(world, tender, expected=other) == Refusal(
        "TenderBoardTermsStale", tender.id, tender.hash, other
    )


def test_amend__same_terms_and_json__unchanged(world: World, tender: Tender) -> None:
    assert refusal(world, tender, json=tender.json) == Refusal("TenderBoardUnchanged", label("terms"))


def test_amend__no_documents_hash__hash_zero(world: World, tender: Tender) -> None:
    assert refusal(world, tender, documents_hash=ZERO) == Refusal(
        "TenderBoardHashZero", label("documentsHash")
    )


@pytest.mark.parametrize("length", [0, 131_073])
def test_amend__json_length_out_of_bounds__json_length(world: World, tender: Tender, length: int) -> None:
    assert refusal(world, tender, json="x" * length) == Refusal("TenderBoardJsonLength", 131_072, length)


@pytest.mark.parametrize(
    ("after", "is_valid"), [(365 * DAY - 1, True), (365 * DAY, True), (365 * DAY + 1, False)]
)
def test_amend__deadline_near_one_year__period_invalid_after_it(
    world: World, tender: Tender, after: int, is_valid: bool
) -> None:
    now = world.time + 1
    if is_valid:
        amend(world, tender, deadline=now + after)
    else:
        expected = Refusal(
            "TenderBoardPeriodInvalid", tender.id, tender.deadline, now + 365 * DAY, now + after
        )
        assert refusal(world, tender, deadline=now + after) == expected


def test_amend__deadline_near_the_current_one__deadline_earlier_before_it(
    world: World, tender: Tender
) -> None:
    earlier = Refusal("TenderBoardDeadlineEarlier", tender.id, tender.deadline, tender.deadline - 1)
    assert refusal(world, tender, deadline=tender.deadline - 1) == earlier
    for deadline in (tender.deadline, tender.deadline + 1):
        with world.undone():
            amend(world, tender, deadline=deadline)


def test_amend__little_time_left__extension_too_short(world: World, tender: Tender) -> None:
    now = tender.deadline - 1
    for deadline in (now + 2, now + 3):
        with world.undone():
            amend(world, tender, at=now, deadline=deadline)
    expected = Refusal("TenderBoardExtensionTooShort", tender.id, now + 2, now + 1)
    assert refusal(world, tender, at=now, deadline=now + 1) == expected


FROZEN: list[tuple[dict[str, Any], str]] = [
    ({"procedure": "simple"}, "procedure"),
    ({"procedure_version": 2}, "procedureVersion"),
    ({"currency": "EUR"}, "currency"),
    ({"exponent": 0}, "exponent"),
    ({"keyset_id": hash_of("keyset")}, "keysetId"),
    ({"review_body": REVIEW}, "reviewBody"),
    ({"setup": lots(2)}, "lots"),
    ({"setup": lots(0)}, "lots"),
    ({"setup": lots(257)}, "lots"),
]


@pytest.mark.parametrize(("changes", "field"), FROZEN)
def test_amend__frozen_field__field_frozen(
    world: World, tender: Tender, changes: dict[str, Any], field: str
) -> None:
    assert refusal(world, tender, **changes) == Refusal("TenderBoardFieldFrozen", tender.id, label(field))


def test_amend__binding_ceiling_missing__ceiling_missing(world: World, tender: Tender) -> None:
    assert refusal(world, tender, setup=lots(1, 0)) == Refusal("TenderBoardCeilingMissing", tender.id, 1)


def test_amend__price_weight_not_whole__weights_invalid(world: World, tender: Tender) -> None:
    assert refusal(world, tender, price_weight_bps=9_999) == Refusal(
        "TenderBoardWeightsInvalid", tender.id, 9_999
    )


def test_amend__criteria_under_the_lowest_price__weights_invalid(world: World, tender: Tender) -> None:
    setup = Setup((LotTerms(1),), (Criterion("quality", 4_000, 100),))
    assert refusal(world, tender, setup=setup) == Refusal("TenderBoardWeightsInvalid", tender.id, 10_000)


def test_amend__panel_of_an_even_number__panel_invalid(world: World, tender: Tender) -> None:
    setup = Setup((LotTerms(1),), (), (address("evaluator"), address("judge")))
    assert refusal(world, tender, setup=setup) == Refusal("TenderBoardPanelInvalid", tender.id, 0, 2)


def test_amend__several_faults__refused_in_order(world: World, tender: Tender) -> None:
    now, other, frozen = tender.deadline - 1, hash_of("other"), hash_of("keyset")
    panel = (address("evaluator"),)
    call: dict[str, Any] = {
        "id": UNKNOWN, "who": "stranger", "expected": other, "json": "", "at": now + 1, "deadline": now + 366 * DAY,
        "documents_hash": ZERO, "procedure": "simple", "procedure_version": 2, "currency": "EUR", "exponent": 0, "keyset_id": frozen,
        "review_body": REVIEW, "price_weight_bps": 1, "setup": Setup((), (), panel),
    }  # fmt: skip
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": tender.id}),
        (Refusal("TenderBoardRoleMissing", label("OFFICER"), address("stranger")), {"who": "officer"}),
        (Refusal("TenderBoardClosed", tender.id, now + 1), {"at": now}),
        (Refusal("TenderBoardTermsStale", tender.id, tender.hash, other), {"expected": tender.hash}),
        (Refusal("TenderBoardHashZero", label("documentsHash")), {"documents_hash": hash_of("documents")}),
        (Refusal("TenderBoardJsonLength", 131_072, 0), {"json": JSON}),
        (
            Refusal("TenderBoardPeriodInvalid", tender.id, now + 1, now + 365 * DAY, now + 366 * DAY),
            {"deadline": now},
        ),
        (Refusal("TenderBoardDeadlineEarlier", tender.id, now + 1, now), {"deadline": now + 1}),
        (Refusal("TenderBoardExtensionTooShort", tender.id, now + 2, now + 1), {"deadline": now + 2}),
        (Refusal("TenderBoardFieldFrozen", tender.id, label("procedure")), {"procedure": "sandbox"}),
        (Refusal("TenderBoardFieldFrozen", tender.id, label("procedureVersion")), {"procedure_version": 1}),
        (Refusal("TenderBoardFieldFrozen", tender.id, label("currency")), {"currency": "MXN"}),
        (Refusal("TenderBoardFieldFrozen", tender.id, label("exponent")), {"exponent": 2}),
        (Refusal("TenderBoardFieldFrozen", tender.id, label("keysetId")), {"keyset_id": KEYSET}),
        (Refusal("TenderBoardFieldFrozen", tender.id, label("reviewBody")), {"review_body": ZERO}),
        (
            Refusal("TenderBoardFieldFrozen", tender.id, label("lots")),
            {"setup": Setup((LotTerms(0),), (), panel)},
        ),
        (Refusal("TenderBoardCeilingMissing", tender.id, 1), {"setup": Setup((LotTerms(1),), (), panel)}),
        (Refusal("TenderBoardWeightsInvalid", tender.id, 1), {"price_weight_bps": 10_000}),
        (Refusal("TenderBoardPanelInvalid", tender.id, 0, 1), {"setup": lots(1)}),
    ]
    for expected, repair in steps:
        with world.undone():
            assert refusal(world, tender, **call) == expected
        call |= repair


def test_amend__cancelling_after_the_deadline__closed_before_status(world: World, tender: Tender) -> None:
    cancel(world, tender, at=tender.deadline - 1)
    expected = Refusal("TenderBoardClosed", tender.id, tender.deadline)
    assert refusal(world, tender, at=tender.deadline) == expected


def test_amend__cancelling_with_stale_terms__status_before_terms(world: World, tender: Tender) -> None:
    cancel(world, tender)
    expected = Refusal("TenderBoardStatusWrong", tender.id, Status.CANCELLING)
    assert refusal(world, tender, expected=ZERO) == expected


def test_amend__procedure_retired_since__amends(world: World, tender: Tender) -> None:
    world.send("authority", "ProcedureBook", "retire", label("sandbox", 16), 1)
    amend(world, tender)


def test_amend__review_body_suspended_since__amends(world: World) -> None:
    tender = publish(world, review_body=REVIEW)
    world.send("authority", "MemberRegistry", "suspend", REVIEW, world.time + 50)
    amend(world, tender)


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_amend__valid__stores_and_tells(world: World, tender: Tender, who: str) -> None:
    before = world.facts("TenderBoard", "tenderFacts", tender.id)
    new = terms(
        tender.deadline + 60,
        documents_hash=hash_of("more"),
        plan_ref=hash_of("plan"),
        items=9,
        documents=4,
        setup=lots(1, 7),
    )
    receipt = world.send(who, "TenderBoard", "amend", tender.id, tender.hash, new.as_tuple(), JSON)
    expected = terms_hash(new, JSON)
    assert receipt.event.name == "TenderAmended"
    assert {**receipt.event.args, "terms": None} == {
        "id": tender.id, "termsVersion": 2, "termsHash": expected, "terms": None, "json": JSON,
    }  # fmt: skip
    assert receipt.event.args["terms"] == (*new.as_tuple()[:-1], (((7, 0),), (), ()))
    assert world.facts("TenderBoard", "tenderFacts", tender.id) == before | {
        "termsHash": expected, "setupHash": setup_hash(new.setup), "deadline": new.deadline, "termsVersion": 2,
    }  # fmt: skip
    assert world.read("TenderBoard", "closesAt", tender.id) == new.deadline
    assert status(world, tender) == Status.ENQUIRIES


def test_amend__several_times__counts_versions(world: World, tender: Tender) -> None:
    for version in (2, 3, 4):
        tender = amend(world, tender, items=version)
        assert world.facts("TenderBoard", "tenderFacts", tender.id)["termsVersion"] == version
