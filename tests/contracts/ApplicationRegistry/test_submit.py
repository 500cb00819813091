"""submit.tree"""

from __future__ import annotations

from typing import Any

import pytest
from eth_hash.auto import keccak

from chain.types import ApplicationStatus, Kind, Role
from tests.contracts.applications import CONTRACT, codes, submission, submit
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    DAY,
    REVIEW,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    hash_of,
    label,
)

pytestmark = pytest.mark.evm

NOBODY = hash_of("nobody")


def refusal(world: World, *, who: str = "acme", at: int | None = None, **changes: Any) -> Refusal:
    return world.refusal(who, CONTRACT, "submit", *submission(**changes), at=at)


def missing(who: str) -> Refusal:
    return Refusal("ApplicationRegistryRoleMissing", label("PERSON"), address(who))


@pytest.mark.parametrize("who", ["stranger", "authority", "node0"])
def test_submit__nobody__role_missing(world: World, who: str) -> None:
    assert refusal(world, who=who, record=ZERO, source=ZERO) == missing(who)


def test_submit__inactive_supplier__role_missing(world: World) -> None:
    world.send("registrar", "SupplierRegistry", "setActive", ACME, False)
    assert refusal(world) == missing("acme")


@pytest.mark.parametrize("function", ["suspendNow", "expel"])
def test_submit__member_not_active__role_missing(world: World, function: str) -> None:
    args = [] if function == "expel" else [world.time + 50]
    world.send("authority", "MemberRegistry", function, BUYER, *args)
    assert refusal(world, who="officer") == missing("officer")


def test_submit__person_suspended__role_missing_before_the_end(world: World) -> None:
    until = world.time + 50
    world.send("authority", "MemberRegistry", "suspendPerson", address("officer"), until)
    assert refusal(world, who="officer", at=until - 1) == missing("officer")
    world.send("officer", CONTRACT, "submit", *submission(), at=until)


def test_submit__mandate_over__role_missing_from_its_end(world: World) -> None:
    end = world.time + 50
    world.send("admin", "MemberRegistry", "addPerson", address("clerk"), int(Role.OFFICER), end)
    with world.undone():
        world.send("clerk", CONTRACT, "submit", *submission(), at=end - 1)
    for at in (end, end + 1):
        assert refusal(world, who="clerk", at=at) == missing("clerk")


def test_submit__role_that_counts_for_nothing__role_missing(world: World) -> None:
    """A DELEGATE of a member without a seat."""
    world.send("admin", "MemberRegistry", "addPerson", address("clerk"), int(Role.DELEGATE), world.time + DAY)
    assert refusal(world, who="clerk") == missing("clerk")
    world.send("authority", "MemberRegistry", "setKinds", BUYER, int(Kind.BUYER | Kind.COUNCIL))
    submit(world, who="clerk")


@pytest.mark.parametrize(("first", "second"), [("acme", "acme2"), ("officer", "admin"), ("acme", "acme")])
def test_submit__record_used_by_the_organisation__already_recorded(
    world: World, first: str, second: str
) -> None:
    submit(world, who="beta")
    submit(world, who=first)
    expected = Refusal("ApplicationRegistryAlreadyRecorded", label("record"), 2)
    assert refusal(world, who=second, source=ZERO) == expected


def test_submit__record_used_by_others__submits(world: World) -> None:
    assert [submit(world, who=who) for who in ("acme", "beta", "officer", "officer2")] == [1, 2, 3, 4]
    found = [world.read(CONTRACT, "recordOf", who, label("record")) for who in (ACME, BETA, BUYER, NOBODY)]
    assert found == [1, 2, 3, 0]
    assert world.read(CONTRACT, "applicationCount") == 4


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"record": ZERO, "source": ZERO}, Refusal("ApplicationRegistryHashZero", label("recordId"))),
        ({"source": ZERO, "use_case": ""}, Refusal("ApplicationRegistryHashZero", label("sourceHash"))),
        ({"use_case": "", "name": ""}, Refusal("ApplicationRegistryHashZero", label("useCase"))),
        ({"use_case": "x" * 129, "name": ""}, Refusal("ApplicationRegistryTextLength", 128, 129)),
        ({"name": "", "codes": []}, Refusal("ApplicationRegistryHashZero", label("name"))),
        ({"name": "ñ" * 65, "codes": []}, Refusal("ApplicationRegistryTextLength", 128, 130)),
        ({"codes": [], "contact": NOBODY}, Refusal("ApplicationRegistryCodesInvalid", 16, 0)),
        ({"contact": NOBODY}, Refusal("ApplicationRegistryContactInvalid", NOBODY)),
        ({"contact": ZERO}, Refusal("ApplicationRegistryContactInvalid", ZERO)),
        ({"contact": ACME}, Refusal("ApplicationRegistryContactInvalid", ACME)),
    ],
)
def test_submit__data_wrong__refused_in_order(
    world: World, changes: dict[str, Any], expected: Refusal
) -> None:
    assert refusal(world, **changes) == expected


A, B = codes(2)


@pytest.mark.parametrize("given", [[ZERO], [ZERO, A], [A, A], [B, A], [A, B, B], [A, B, A], codes(17)])
def test_submit__codes__ascending_none_zero_none_twice_at_most_sixteen(
    world: World, given: list[bytes]
) -> None:
    assert refusal(world, codes=given) == Refusal("ApplicationRegistryCodesInvalid", 16, len(given))


@pytest.mark.parametrize("function", ["suspend", "expel"])
def test_submit__contact_not_active__contact_invalid(world: World, function: str) -> None:
    until = world.time + 50
    world.send("authority", "MemberRegistry", function, REVIEW, *([until] if function == "suspend" else []))
    expected = Refusal("ApplicationRegistryContactInvalid", REVIEW)
    assert refusal(world, contact=REVIEW, at=until - 1) == expected
    if function == "suspend":
        world.send("acme", CONTRACT, "submit", *submission(contact=REVIEW), at=until)


@pytest.mark.parametrize(("who", "organisation"), [("acme", ACME), ("acme2", ACME), ("officer", BUYER)])
@pytest.mark.parametrize("count", [1, 2, 16])
def test_submit__valid__stores_and_tells(world: World, who: str, organisation: bytes, count: int) -> None:
    given = codes(count)
    longest = {"use_case": "x" * 128, "name": "ñ" * 64}
    receipt: Receipt = world.send(who, CONTRACT, "submit", *submission(codes=given, **longest))
    assert (receipt.event.name, receipt.event.args) == (
        "ApplicationSubmitted",
        {
            "id": 1,
            "organisation": organisation,
            "recordId": label("record"),
            "useCase": "x" * 128,
            "name": "ñ" * 64,
            "codeHashes": tuple(given),
            "sourceHash": hash_of("source"),
            "contact": REVIEW,
        },
    )
    assert world.facts(CONTRACT, "applicationFacts", 1) == {
        "organisation": organisation, "contact": REVIEW, "sourceHash": hash_of("source"), "codesHash": keccak(b"".join(given)),
        "sealedUntil": 0, "suspendedUntil": 0, "reviewedSectors": 0, "exists": True, "refused": False, "revoked": False,
    }  # fmt: skip
    assert world.read(CONTRACT, "statusOf", 1) == ApplicationStatus.SUBMITTED


def test_views__unknown__nothing(world: World) -> None:
    for id_ in (0, 1, 2**256 - 1):
        assert world.read(CONTRACT, "statusOf", id_) == ApplicationStatus.NONE
        assert set(world.facts(CONTRACT, "applicationFacts", id_).values()) == {ZERO, 0}
    assert world.read(CONTRACT, "applicationCount") == 0
    assert world.read(CONTRACT, "authority") == address("authority")
