"""recordSecurity.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import SecurityStatus
from tests.contracts.awards import DESK, NOWHERE, Opened, opened, sealed_tender
from tests.contracts.tenders import UNKNOWN, Status, status
from tests.contracts.world import ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

BOND = hash_of("bond")
NONE, HELD, RELEASED, FORFEITED = SecurityStatus


def refusal(
    tender: Opened, *, who: str = "officer", id: bytes | None = None, index: int = 1, status: int = HELD, ref: bytes = BOND
) -> Refusal:  # fmt: skip
    """Records that beta's, whose index is 1, is held; all is well but for the changes."""
    return tender.world.refusal(who, DESK, "recordSecurity", id or tender.id, index, int(status), ref)


def record(tender: Opened, status: SecurityStatus) -> None:
    """Of beta's bid."""
    tender.send("officer", "recordSecurity", 1, int(status), BOND)


@pytest.mark.parametrize("who", ["admin", "officer2", "approver2", "beta", "authority", "stranger"])
def test_record_security__other_role_or_buyer__role_missing(ranked: Opened, who: str) -> None:
    assert refusal(ranked, who=who) == Refusal("AwardDeskRoleMissing", label("OFFICER"), address(who))


def test_record_security__no_opened_bid__not_admissible(world: World, ranked: Opened) -> None:
    for index in (3, NOWHERE):
        assert refusal(ranked, index=index) == Refusal("AwardDeskNotAdmissible", ranked.id, 0, index)
    tender = sealed_tender(world, {"acme": 1, "beta": 2})
    assert refusal(tender) == Refusal("AwardDeskNotAdmissible", tender.id, 0, 1)


@pytest.mark.parametrize("known", [HELD, RELEASED, FORFEITED])
def test_record_security__the_present_one__unchanged(ranked: Opened, known: SecurityStatus) -> None:
    record(ranked, HELD)
    if known != HELD:
        record(ranked, known)
    assert refusal(ranked, status=known, ref=ZERO) == Refusal("AwardDeskUnchanged", label("security"))


def test_record_security__no_ref__hash_zero(ranked: Opened) -> None:
    assert refusal(ranked, ref=ZERO) == Refusal("AwardDeskHashZero", label("ref"))


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        ((), [0, RELEASED, FORFEITED, 4, 255]),
        ((HELD,), [0, 4, 255]),
        ((HELD, RELEASED), [0, HELD, FORFEITED, 4, 255]),
        ((HELD, FORFEITED), [0, HELD, RELEASED, 4, 255]),
    ],
)
def test_record_security__does_not_follow__reason_invalid(
    ranked: Opened, before: tuple[SecurityStatus, ...], wrong: list[int]
) -> None:
    for each in before:
        record(ranked, each)
    for code in wrong:
        assert refusal(ranked, status=code) == Refusal("AwardDeskReasonInvalid", ranked.id, code)


def test_record_security__several_faults__refused_in_order(ranked: Opened) -> None:
    call: dict[str, Any] = {"id": UNKNOWN, "who": "stranger", "index": 3, "status": HELD, "ref": ZERO}
    record(ranked, HELD)
    steps: list[tuple[Refusal, dict[str, Any]]] = [
        (Refusal("TenderBoardNotFound", UNKNOWN), {"id": ranked.id}),
        (Refusal("AwardDeskRoleMissing", label("OFFICER"), address("stranger")), {"who": "approver"}),
        (Refusal("AwardDeskNotAdmissible", ranked.id, 0, 3), {"index": 1}),
        (Refusal("AwardDeskUnchanged", label("security")), {"status": 4}),
        (Refusal("AwardDeskHashZero", label("ref")), {"ref": BOND}),
        (Refusal("AwardDeskReasonInvalid", ranked.id, 4), {}),
    ]
    for expected, repair in steps:
        assert refusal(ranked, **call) == expected
        call |= repair


@pytest.mark.parametrize("who", ["officer", "approver"])
@pytest.mark.parametrize("course", [(HELD, RELEASED), (HELD, FORFEITED)])
def test_record_security__valid__stores_and_tells(
    ranked: Opened, who: str, course: tuple[SecurityStatus, ...]
) -> None:
    for each in course:
        event = ranked.send(who, "recordSecurity", 1, int(each), BOND).event
        assert (event.name, event.args) == (
            "SecurityRecorded",
            {"id": ranked.id, "index": 1, "status": each, "ref": BOND},
        )
        assert ranked.read("securityOf", 1) == each
        assert ranked.read("securityOf", 0) == NONE


def test_record_security__tender_failed__goes_through(world: World) -> None:
    tender = opened(world, {"acme": None, "beta": None})
    record(tender, HELD)
    tender.tally()
    assert status(world, tender.tender) == Status.FAILED
    record(tender, RELEASED)
