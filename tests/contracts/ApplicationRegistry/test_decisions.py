"""decisions.tree: what the council decides on an application, and what ends by itself"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import ApplicationStatus
from tests.contracts.applications import CONTRACT, REASON, application, submit
from tests.contracts.world import DAY, ZERO, Receipt, Refusal, World, address, label

pytestmark = pytest.mark.evm

Status = ApplicationStatus
ALLOWED: dict[str, set[ApplicationStatus]] = {
    "seal": {Status.REVIEWED, Status.SEALED, Status.EXPIRED},
    "refuse": {Status.SUBMITTED, Status.REVIEWED},
    "revoke": {Status.SEALED, Status.EXPIRED, Status.SUSPENDED},
    "suspend": {Status.SEALED, Status.SUSPENDED},
}
TIMED = {"seal": ("sealedUntil", 365 * DAY), "suspend": ("suspendedUntil", 30 * DAY)}
ANY = [status for status in Status if status is not Status.NONE]


def argument(world: World, function: str) -> Any:
    """One that is well in the next block, and not what is stored."""
    return world.time + 20 * DAY if function in TIMED else REASON


def decide(world: World, function: str, id_: int, value: Any, at: int | None = None) -> Receipt:
    return world.send("authority", CONTRACT, function, id_, value, at=at)


def refusal(world: World, function: str, id_: int, value: Any, who: str = "authority") -> Refusal:
    return world.refusal(who, CONTRACT, function, id_, value)


def status(world: World, id_: int = 1) -> ApplicationStatus:
    return Status(world.read(CONTRACT, "statusOf", id_))


def course(world: World, *instants: int) -> list[ApplicationStatus]:
    """Status at each instant."""
    found = []
    for instant in instants:
        world.move_to(instant)
        found.append(status(world))
    return found


@pytest.mark.parametrize("function", ALLOWED)
@pytest.mark.parametrize("id_", [0, 2])
def test_decision__unknown_application__not_found(world: World, function: str, id_: int) -> None:
    submit(world)
    value = 0 if function in TIMED else ZERO
    expected = Refusal("ApplicationRegistryNotFound", id_)
    assert refusal(world, function, id_, value, who="stranger") == expected


@pytest.mark.parametrize("function", ALLOWED)
@pytest.mark.parametrize("who", ["acme", "evaluator", "delegate1", "stranger"])
def test_decision__other_role__role_missing(world: World, function: str, who: str) -> None:
    submit(world)
    value = 0 if function in TIMED else ZERO
    expected = Refusal("ApplicationRegistryRoleMissing", label("AUTHORITY"), address(who))
    assert refusal(world, function, 1, value, who=who) == expected


@pytest.mark.parametrize("function", TIMED)
@pytest.mark.parametrize("found", [Status.SUBMITTED, Status.REVIEWED, Status.REFUSED])
def test_decision__present_end__unchanged(world: World, function: str, found: ApplicationStatus) -> None:
    id_ = application(world, found)
    field, _ = TIMED[function]
    expected = Refusal("ApplicationRegistryUnchanged", label(field))
    assert refusal(world, function, id_, 0) == expected


@pytest.mark.parametrize("function", TIMED)
def test_decision__present_end_of_a_suspended_seal__unchanged(world: World, function: str) -> None:
    id_ = application(world, Status.SUSPENDED)
    field, _ = TIMED[function]
    present = world.facts(CONTRACT, "applicationFacts", id_)[field]
    expected = Refusal("ApplicationRegistryUnchanged", label(field))
    assert refusal(world, function, id_, present) == expected


@pytest.mark.parametrize("found", ANY)
@pytest.mark.parametrize("function", ALLOWED)
def test_decision__each_status__status_wrong_unless_allowed(
    world: World, function: str, found: ApplicationStatus
) -> None:
    id_ = application(world, found)
    if found in ALLOWED[function]:
        decide(world, function, id_, argument(world, function))
    else:
        value = argument(world, function) if function in TIMED else ZERO
        expected = Refusal("ApplicationRegistryStatusWrong", id_, found)
        assert refusal(world, function, id_, value) == expected


@pytest.mark.parametrize(("function", "found"), [("seal", Status.REVIEWED), ("suspend", Status.SEALED)])
def test_decision__near_its_bounds__period_invalid_outside(
    world: World, function: str, found: ApplicationStatus
) -> None:
    id_ = application(world, found)
    field, longest = TIMED[function]
    now = world.time + 1
    for until in (1, now - 1, now, now + longest + 1, 2**40 - 1):
        with world.undone():
            expected = Refusal("ApplicationRegistryPeriodInvalid", now, now + longest, until)
            assert refusal(world, function, id_, until) == expected
    for until in (now + 1, now + longest - 1, now + longest):
        with world.undone():
            decide(world, function, id_, until)
            assert world.facts(CONTRACT, "applicationFacts", id_)[field] == until


@pytest.mark.parametrize(("function", "found"), [("refuse", Status.SUBMITTED), ("revoke", Status.SEALED)])
def test_decision__no_reason__hash_zero(world: World, function: str, found: ApplicationStatus) -> None:
    id_ = application(world, found)
    expected = Refusal("ApplicationRegistryHashZero", label("reasonHash"))
    assert refusal(world, function, id_, ZERO) == expected


@pytest.mark.parametrize(
    ("function", "found", "event", "argument_name", "changes", "after"),
    [
        ("seal", Status.REVIEWED, "ApplicationSealed", "until", "sealedUntil", Status.SEALED),
        ("seal", Status.EXPIRED, "ApplicationSealed", "until", "sealedUntil", Status.SEALED),
        ("suspend", Status.SEALED, "ApplicationSuspended", "until", "suspendedUntil", Status.SUSPENDED),
        ("refuse", Status.REVIEWED, "ApplicationRefused", "reasonHash", "refused", Status.REFUSED),
        ("revoke", Status.SUSPENDED, "ApplicationRevoked", "reasonHash", "revoked", Status.REVOKED),
    ],
)
def test_decision__valid__stores_and_tells(
    world: World, function: str, found: ApplicationStatus, event: str, argument_name: str, changes: str, after: ApplicationStatus
) -> None:  # fmt: skip
    id_ = application(world, found)
    before = world.facts(CONTRACT, "applicationFacts", id_)
    value = argument(world, function)
    told = decide(world, function, id_, value).event
    assert (told.name, told.args) == (event, {"id": id_, argument_name: value})
    stored = value if function in TIMED else True
    assert world.facts(CONTRACT, "applicationFacts", id_) == before | {changes: stored}
    assert status(world, id_) == after


def test_seal__time_passes__expires_by_itself(world: World) -> None:
    id_ = application(world, Status.REVIEWED)
    until = world.time + 100
    decide(world, "seal", id_, until)
    assert course(world, until - 1, until, until + 1) == [Status.SEALED, Status.EXPIRED, Status.EXPIRED]
    decide(world, "seal", id_, until + 100)
    assert course(world, until + 99, until + 100) == [Status.SEALED, Status.EXPIRED]


def test_seal__running__is_renewed_or_shortened(world: World) -> None:
    id_ = application(world, Status.SEALED)
    for until in (world.time + 300 * DAY, world.time + 50):
        decide(world, "seal", id_, until)
    assert course(world, until - 1, until) == [Status.SEALED, Status.EXPIRED]


def test_suspend__time_passes__the_seal_counts_again(world: World) -> None:
    id_ = application(world, Status.SEALED)
    until = world.time + 100
    decide(world, "suspend", id_, until)
    assert course(world, until - 1, until, until + 1) == [Status.SUSPENDED, Status.SEALED, Status.SEALED]


def test_suspend__outlasts_the_seal__ends_in_expired(world: World) -> None:
    id_ = application(world, Status.REVIEWED)
    sealed_until = world.time + 100
    decide(world, "seal", id_, sealed_until)
    decide(world, "suspend", id_, sealed_until + 50)
    assert course(world, sealed_until, sealed_until + 49, sealed_until + 50) == [
        Status.SUSPENDED,
        Status.SUSPENDED,
        Status.EXPIRED,
    ]


def test_revoke__suspension_or_seal_over__revoked_for_good(world: World) -> None:
    id_ = application(world, Status.SUSPENDED)
    decide(world, "revoke", id_, REASON)
    assert course(world, world.time + 20 * DAY, world.time + 400 * DAY) == [Status.REVOKED] * 2
