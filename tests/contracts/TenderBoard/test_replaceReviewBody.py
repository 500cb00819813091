"""replaceReviewBody.tree"""

from __future__ import annotations

import pytest

from tests.contracts.agreements import PAPER, Cause, signed
from tests.contracts.ComplaintDesk.test_decisions import other_body
from tests.contracts.tenders import UNKNOWN, Status, cancel, publish, status
from tests.contracts.world import BUYER, BUYER2, REVIEW, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

FUNCTION = ("TenderBoard", "replaceReviewBody")


def test_replace__unknown__not_found(world: World) -> None:
    assert world.refusal("stranger", *FUNCTION, UNKNOWN, ZERO) == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("who", ["officer", "reviewer", "delegate1", "council", "stranger"])
def test_replace__not_the_authority__role_missing(world: World, who: str) -> None:
    tender = publish(world)
    expected = Refusal("TenderBoardRoleMissing", label("AUTHORITY"), address(who))
    assert world.refusal(who, *FUNCTION, tender.id, ZERO) == expected


def test_replace__at_its_end__status_wrong(world: World) -> None:
    tender = publish(world)
    end = cancel(world, tender)
    expected = Refusal("TenderBoardStatusWrong", tender.id, Status.CANCELLED)
    assert world.refusal("authority", *FUNCTION, tender.id, ZERO, at=end) == expected


def test_replace__complete__decides_about_its_agreements(world: World) -> None:
    """Else a supplier whom the buyer and the review body leave alone could not get out."""
    agreed, body = signed(world), other_body(world)
    assert status(world, agreed.made.tender) == Status.COMPLETE
    world.send("authority", *FUNCTION, agreed.made.id, body)
    assert agreed.tender()["reviewBody"] == body
    expected = Refusal("AgreementBookRoleMissing", label("REVIEWER"), address("reviewer"))
    assert agreed.refusal("reviewer", "terminate", int(Cause.ORDERED), PAPER) == expected


@pytest.mark.parametrize("body", [ZERO, REVIEW])
def test_replace__the_same__unchanged(world: World, body: bytes) -> None:
    tender = publish(world, review_body=body)
    expected = Refusal("TenderBoardUnchanged", label("reviewBody"))
    assert world.refusal("authority", *FUNCTION, tender.id, body) == expected


@pytest.mark.parametrize("body", [ZERO, BUYER, BUYER2, hash_of("nobody")])
def test_replace__none_or_of_another_kind__review_body_invalid(world: World, body: bytes) -> None:
    tender = publish(world, review_body=REVIEW)
    expected = Refusal("TenderBoardReviewBodyInvalid", tender.id, body)
    assert world.refusal("authority", *FUNCTION, tender.id, body) == expected


def test_replace__dependent_or_suspended__review_body_invalid(world: World) -> None:
    tender, body = publish(world, review_body=REVIEW), other_body(world)
    expected = Refusal("TenderBoardReviewBodyInvalid", tender.id, body)
    with world.undone():
        world.send("authority", "MemberRegistry", "setSuperior", body, BUYER)
        assert world.refusal("authority", *FUNCTION, tender.id, body) == expected
    world.send("authority", "MemberRegistry", "suspend", body, world.time + 99)
    assert world.refusal("authority", *FUNCTION, tender.id, body) == expected


def test_replace__valid__stores_tells_and_binds_the_terms(world: World) -> None:
    tender, body = publish(world, review_body=REVIEW), other_body(world)
    receipt = world.send("authority", *FUNCTION, tender.id, body)
    told = ("ReviewBodyReplaced", {"id": tender.id, "reviewBody": body})
    assert (receipt.event.name, receipt.event.args) == told
    assert world.facts("TenderBoard", "tenderFacts", tender.id)["reviewBody"] == body
    args = (tender.id, tender.hash, tender.terms.as_tuple(), "{}")
    found = world.refusal("officer", "TenderBoard", "amend", *args)
    assert found == Refusal("TenderBoardFieldFrozen", tender.id, label("reviewBody"))
