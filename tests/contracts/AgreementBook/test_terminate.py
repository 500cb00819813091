"""terminate.tree"""

from __future__ import annotations

import pytest

from chain.types import Kind, LotTerms, Role, Sector
from tests.contracts.agreements import (
    BOOK,
    PAPER,
    STRANGERS,
    VALUE,
    Agreed,
    Cause,
    Side,
    State,
    drafted,
    missing,
    signed,
)
from tests.contracts.complaints import Case
from tests.contracts.four_eyes import Act
from tests.contracts.world import (
    ACME,
    BUYER,
    MANDATE_END,
    REVIEW,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm

OTHER = hash_of("another end")
BY_BUYER, BY_REVIEW = (Cause.SUPPLIER_DEFAULT, Cause.FORCE_MAJEURE), (Cause.BUYER_DEFAULT, Cause.ORDERED)


@pytest.fixture
def agreed(world: World) -> Agreed:
    """Signed by both, of two lots."""
    return signed(world, bids={"acme": (VALUE, 5)}, lots=[LotTerms(9_000)] * 2)


def end(agreed: Agreed, who: str, cause: int, document: bytes = PAPER) -> Refusal:
    """What refuses it."""
    return agreed.refusal(who, "terminate", int(cause), document)


def proposal(agreed: Agreed) -> dict[str, object]:
    """Struct PendingEnd by name."""
    return agreed.world.facts(BOOK, "endOf", agreed.number)


@pytest.mark.parametrize("cause", [*Cause, 6, 255])
def test_terminate__unknown_agreement__not_found(world: World, agreed: Agreed, cause: int) -> None:
    found = world.refusal("stranger", BOOK, "terminate", 2, int(cause), PAPER)
    assert found == Refusal("AgreementBookNotFound", 2)


@pytest.mark.parametrize("who", STRANGERS)
def test_terminate__mutual_by_neither_side__role_missing(agreed: Agreed, who: str) -> None:
    assert end(agreed, who, Cause.MUTUAL) == missing(who)


@pytest.mark.parametrize("cause", [*BY_BUYER, 0, 6, 255])
@pytest.mark.parametrize("who", [*STRANGERS, "acme"])
def test_terminate__by_the_buyer__role_missing_of_others(agreed: Agreed, who: str, cause: int) -> None:
    assert end(agreed, who, cause) == missing(who)


@pytest.mark.parametrize("cause", BY_REVIEW)
@pytest.mark.parametrize("who", ["officer", "approver", "acme", "beta", "registrar", "authority", "stranger"])
def test_terminate__by_the_review_body__role_missing_of_others(
    agreed: Agreed, who: str, cause: Cause
) -> None:
    assert end(agreed, who, cause) == missing(who, "REVIEWER")


@pytest.mark.parametrize("cause", BY_REVIEW)
def test_terminate__no_review_body__role_missing_until_there_is_one(world: World, cause: Cause) -> None:
    """Also once every lot is signed, so that whom the buyer leaves alone has a way out."""
    agreed = signed(world, body=ZERO)
    assert end(agreed, "reviewer", cause) == missing("reviewer", "REVIEWER")
    world.send("authority", "TenderBoard", "replaceReviewBody", agreed.made.id, REVIEW)
    agreed.send("reviewer", "terminate", int(cause), PAPER)
    assert agreed.state() == State.TERMINATED


@pytest.mark.parametrize("cause", BY_REVIEW)
def test_terminate__review_body_depends_on_the_buyer_by_now__role_conflict(
    world: World, agreed: Agreed, cause: Cause
) -> None:
    world.send("authority", "MemberRegistry", "setSuperior", REVIEW, BUYER)
    expected = Refusal("AgreementBookRoleConflict", label("REVIEWER"), address("reviewer"))
    assert end(agreed, "reviewer", cause) == expected
    assert end(agreed, "reviewer", cause, ZERO) == expected


def test_terminate__review_body_is_the_supplier__role_conflict(world: World) -> None:
    """A member may be a supplier as well, by other accounts: acme's id is that of a member that may still come."""
    data = ("TEST-ACME", "Acme", int(Sector.PUBLIC), int(Kind.REVIEW_BODY), ZERO)
    world.send("authority", "MemberRegistry", "admit", data, address("judge"), MANDATE_END)
    world.send("judge", "MemberRegistry", "addPerson", address("acting"), int(Role.REVIEWER), MANDATE_END)
    agreed = signed(world)
    world.send("authority", "TenderBoard", "replaceReviewBody", agreed.made.id, ACME)
    expected = Refusal("AgreementBookRoleConflict", label("REVIEWER"), address("acting"))
    assert end(agreed, "acting", Cause.ORDERED) == expected


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause])
def test_terminate__not_active__status_wrong(world: World, cause: Cause) -> None:
    who = "reviewer" if cause in BY_REVIEW else "officer"
    draft = drafted(world)
    assert end(draft, who, cause) == Refusal("AgreementBookStatusWrong", 1, State.DRAFT)
    for side in ("officer", "acme"):
        draft.sign(side)
    draft.accept(1, 2)
    for act, state in ((("complete", PAPER), State.COMPLETED), (("terminate", 2, PAPER), State.TERMINATED)):
        with world.undone():
            draft.buyer(*act)
            assert end(draft, who, cause, ZERO) == Refusal("AgreementBookStatusWrong", 1, state)


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause])
def test_terminate__no_document__hash_zero(agreed: Agreed, cause: Cause) -> None:
    who = "reviewer" if cause in BY_REVIEW else "officer"
    assert end(agreed, who, cause, ZERO) == Refusal("AgreementBookHashZero", label("documentHash"))


@pytest.mark.parametrize("cause", [0, 6, 255])
def test_terminate__no_such_cause__reason_invalid(agreed: Agreed, cause: int) -> None:
    assert end(agreed, "officer", cause, ZERO) == Refusal("AgreementBookHashZero", label("documentHash"))
    assert end(agreed, "officer", cause) == Refusal("AgreementBookReasonInvalid", 1, cause)


@pytest.mark.parametrize(
    ("who", "again", "side"), [("officer", "approver", Side.BUYER), ("acme", "acme2", Side.SUPPLIER)]
)
def test_terminate__mutual_twice_by_one_side__signed_twice(
    agreed: Agreed, who: str, again: str, side: Side
) -> None:
    agreed.send(who, "terminate", int(Cause.MUTUAL), PAPER)
    for each in (who, again):
        assert end(agreed, each, Cause.MUTUAL) == Refusal("AgreementBookSignedTwice", 1, side)
    assert agreed.state() == State.ACTIVE


def test_terminate__mutual_another_document__document_wrong(agreed: Agreed) -> None:
    agreed.send("acme", "terminate", int(Cause.MUTUAL), PAPER)
    assert end(agreed, "officer", Cause.MUTUAL, OTHER) == Refusal(
        "AgreementBookDocumentWrong", 1, PAPER, OTHER
    )
    assert end(agreed, "officer", Cause.MUTUAL, ZERO) == Refusal(
        "AgreementBookHashZero", label("documentHash")
    )


@pytest.mark.parametrize(
    ("first", "second", "side"), [("acme", "officer", Side.SUPPLIER), ("approver", "acme2", Side.BUYER)]
)
def test_terminate__mutual__waits_for_the_other_side(
    agreed: Agreed, first: str, second: str, side: Side
) -> None:
    before = agreed.facts()
    for document in (PAPER, OTHER):
        receipt = agreed.send(first, "terminate", int(Cause.MUTUAL), document)
        assert (receipt.event.name, receipt.event.args) == (
            "AgreementEndProposed",
            {"tenderId": agreed.made.id, "agreement": 1, "side": side, "documentHash": document},
        )
        assert proposal(agreed) == {"side": side, "documentHash": document}
        assert agreed.facts() == before
    assert end(agreed, second, Cause.MUTUAL) == Refusal("AgreementBookDocumentWrong", 1, OTHER, PAPER)
    receipt = agreed.send(second, "terminate", int(Cause.MUTUAL), OTHER)
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementTerminated",
        {"tenderId": agreed.made.id, "agreement": 1, "cause": Cause.MUTUAL, "documentHash": OTHER},
    )
    assert agreed.facts() == before | {"status": State.TERMINATED}
    over = Refusal("AgreementBookStatusWrong", 1, State.TERMINATED)
    for who in (first, second):
        assert end(agreed, who, Cause.MUTUAL, OTHER) == over


def test_terminate__mutual_proposed__nothing_is_barred_meanwhile(agreed: Agreed) -> None:
    agreed.send("acme", "terminate", int(Cause.MUTUAL), PAPER)
    agreed.accept(1, 2)
    agreed.change(1_050)
    agreed.pay()
    agreed.send("officer", "complete", PAPER)
    assert end(agreed, "officer", Cause.MUTUAL) == Refusal("AgreementBookStatusWrong", 1, State.COMPLETED)


@pytest.mark.parametrize(
    ("who", "cause"),
    [
        *((who, cause) for who in ("officer", "approver") for cause in BY_BUYER),
        *(("reviewer", cause) for cause in BY_REVIEW),
    ],
)
@pytest.mark.parametrize("suspended", [False, True])
def test_terminate__one_side_may__at_once(
    world: World, agreed: Agreed, who: str, cause: Cause, suspended: bool
) -> None:
    if suspended:
        Case(world, agreed.made.tender, agreed.made).suspend()
    agreed.send("acme", "terminate", int(Cause.MUTUAL), OTHER)
    before = agreed.facts()
    receipt = agreed.send(who, "terminate", int(cause), PAPER)
    assert (receipt.event.name, receipt.event.args) == (
        "AgreementTerminated",
        {"tenderId": agreed.made.id, "agreement": 1, "cause": cause, "documentHash": PAPER},
    )
    assert agreed.facts() == before | {"status": State.TERMINATED}


def test_terminate__lot__stays_signed(world: World) -> None:
    """What was signed is no lot to award any more, whatever comes of it."""
    agreed = signed(world)
    agreed.send("reviewer", "terminate", int(Cause.ORDERED), PAPER)
    assert world.read("TenderBoard", "lotStatus", agreed.made.id, 1) == 5
    assert world.read("TenderBoard", "tenderStatus", agreed.made.id) == 14


@pytest.mark.parametrize("cause", [Cause.MUTUAL, *BY_BUYER])
def test_terminate__four_eyes__two_accounts_of_the_buyer(world: World, cause: Cause) -> None:
    agreed = signed(world, four_eyes=True)
    act = Act(world, BOOK, "terminate", (1, int(cause), PAPER))
    assert act.refusal("officer") == Refusal("FourEyesRoleMissing", label("APPROVER"), address("officer"))
    assert act.refusal() == Refusal("FourEyesActNotProposed", act.hash)
    if cause == Cause.MUTUAL:
        agreed.send("acme", "terminate", int(cause), PAPER)
    act.propose()
    act.approve()
    assert agreed.state() == State.TERMINATED


@pytest.mark.parametrize("cause", BY_REVIEW)
def test_terminate__four_eyes__the_review_body_needs_none(world: World, cause: Cause) -> None:
    agreed = signed(world, four_eyes=True)
    agreed.send("reviewer", "terminate", int(cause), PAPER)
    assert agreed.state() == State.TERMINATED
