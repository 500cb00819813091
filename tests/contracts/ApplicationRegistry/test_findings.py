"""findings.tree: reviewers of several sectors look at an application"""

from __future__ import annotations

import pytest

from chain.types import ApplicationStatus, Kind, Sector
from tests.contracts.applications import CONTRACT, application, appoint, review, submit
from tests.contracts.world import (
    BUYER,
    ZERO,
    Refusal,
    World,
    address,
    hash_of,
    label,
    member_id,
)

pytestmark = pytest.mark.evm

CHECKLIST = hash_of("checklist")
UNIVERSITY = member_id("TEST-UNIVERSITY")
DONE = (
    ApplicationStatus.SEALED,
    ApplicationStatus.EXPIRED,
    ApplicationStatus.SUSPENDED,
    ApplicationStatus.REFUSED,
    ApplicationStatus.REVOKED,
)


def refusal(
    world: World, id_: int = 1, *, who: str = "evaluator", checklist: bytes = CHECKLIST, passed: int = 5, failed: int = 2
) -> Refusal:  # fmt: skip
    return world.refusal(who, CONTRACT, "recordFindings", id_, checklist, passed, failed)


def missing(who: str) -> Refusal:
    return Refusal("ApplicationRegistryRoleMissing", label("EVALUATOR"), address(who))


def status(world: World) -> ApplicationStatus:
    return ApplicationStatus(world.read(CONTRACT, "statusOf", 1))


def sectors(world: World) -> int:
    return int(world.facts(CONTRACT, "applicationFacts", 1)["reviewedSectors"])


@pytest.mark.parametrize("id_", [0, 2])
def test_record_findings__unknown__not_found(world: World, id_: int) -> None:
    submit(world)
    assert refusal(world, id_, who="stranger") == Refusal("ApplicationRegistryNotFound", id_)


@pytest.mark.parametrize("who", ["acme", "officer", "reviewer", "delegate1", "authority", "stranger"])
def test_record_findings__other_role__role_missing(world: World, who: str) -> None:
    submit(world)
    assert refusal(world, who=who, checklist=ZERO) == missing(who)


def test_record_findings__member_not_active_or_without_the_kind__role_missing(world: World) -> None:
    submit(world)
    with world.undone():
        world.send("authority", "MemberRegistry", "suspendNow", UNIVERSITY, world.time + 50)
        assert refusal(world) == missing("evaluator")
    world.send("authority", "MemberRegistry", "setKinds", UNIVERSITY, int(Kind.AUDIT_OFFICE))
    assert refusal(world) == missing("evaluator")
    world.send("authority", "MemberRegistry", "setKinds", UNIVERSITY, int(Kind.BUYER | Kind.AUDIT_OFFICE))
    review(world, 1, "evaluator")


def test_record_findings__own_application__role_missing_for_everybody_of_the_member(world: World) -> None:
    other = appoint(world, "evaluator", "second evaluator")
    submit(world, who="evaluator")
    assert [refusal(world, who=who) for who in ("evaluator", other)] == [missing("evaluator"), missing(other)]
    review(world, 1, appoint(world, "witness", "juror"))


def test_record_findings__firm_that_is_supplier_and_member__does_not_review_its_own(world: World) -> None:
    """Both ids are the hash of the org-id."""
    data = ("TEST-ACME", "Acme", int(Sector.INDUSTRY), int(Kind.EVALUATION), ZERO)
    world.send("authority", "MemberRegistry", "admit", data, address("acme admin"), world.time + 10_000)
    submit(world, who="acme")
    juror = appoint(world, "acme admin", "acme juror")
    assert refusal(world, who=juror) == missing(juror)


def test_record_findings__second_time__only_once_for_the_member(world: World) -> None:
    other = appoint(world, "evaluator", "second evaluator")
    submit(world)
    review(world, 1, "evaluator")
    expected = Refusal("ApplicationRegistryOnlyOnce", 1, UNIVERSITY)
    for who in ("evaluator", other):
        assert refusal(world, who=who, checklist=ZERO) == expected
    submit(world, who="beta")
    review(world, 2, other)


def test_record_findings__rotated_evaluator__only_once(world: World) -> None:
    submit(world)
    review(world, 1, "evaluator")
    world.send("evaluator", "MemberRegistry", "rotatePerson", address("evaluator"), address("new"))
    assert refusal(world, who="new") == Refusal("ApplicationRegistryOnlyOnce", 1, UNIVERSITY)


def test_record_findings__member_that_changed_sectors__is_no_second_sector(world: World) -> None:
    submit(world)
    review(world, 1, "evaluator")
    world.send("authority", "MemberRegistry", "setSector", UNIVERSITY, int(Sector.PUBLIC))
    assert refusal(world) == Refusal("ApplicationRegistryOnlyOnce", 1, UNIVERSITY)
    assert status(world) == ApplicationStatus.SUBMITTED


@pytest.mark.parametrize("found", DONE)
def test_record_findings__decided__status_wrong(world: World, found: ApplicationStatus) -> None:
    id_ = application(world, found)
    late = appoint(world, "admin", "late evaluator")
    assert refusal(world, id_, who=late, checklist=ZERO) == Refusal(
        "ApplicationRegistryStatusWrong", id_, found
    )


def test_record_findings__no_checklist__hash_zero(world: World) -> None:
    submit(world)
    expected = Refusal("ApplicationRegistryHashZero", label("checklistHash"))
    assert refusal(world, checklist=ZERO, passed=0, failed=0) == expected


@pytest.mark.parametrize(("passed", "failed"), [(0, 0), (1, 1), (0b111, 0b100), (2**32 - 1, 2**31)])
def test_record_findings__nothing_judged_or_both_ways__findings_invalid(
    world: World, passed: int, failed: int
) -> None:
    submit(world)
    expected = Refusal("ApplicationRegistryFindingsInvalid", passed, failed)
    assert refusal(world, passed=passed, failed=failed) == expected


@pytest.mark.parametrize(("passed", "failed"), [(1, 0), (0, 1), (2**32 - 1, 0), (0b101, 0b010)])
def test_record_findings__valid__notes_the_sector_and_tells(world: World, passed: int, failed: int) -> None:
    submit(world)
    before = world.facts(CONTRACT, "applicationFacts", 1)
    event = world.send("evaluator", CONTRACT, "recordFindings", 1, CHECKLIST, passed, failed).event
    assert (event.name, event.args) == (
        "FindingsRecorded",
        {
            "id": 1,
            "member": UNIVERSITY,
            "sector": Sector.ACADEMIA,
            "checklistHash": CHECKLIST,
            "passed": passed,
            "failed": failed,
        },
    )
    assert world.facts(CONTRACT, "applicationFacts", 1) == before | {"reviewedSectors": 1 << Sector.ACADEMIA}


def test_record_findings__two_of_one_sector__still_submitted(world: World) -> None:
    submit(world)
    world.send("authority", "MemberRegistry", "setSector", BUYER, int(Sector.ACADEMIA))
    review(world, 1, "evaluator", appoint(world, "admin", "other evaluator"))
    assert (status(world), sectors(world)) == (ApplicationStatus.SUBMITTED, 1 << Sector.ACADEMIA)


@pytest.mark.parametrize("second", [Sector.PUBLIC, Sector.INDUSTRY, Sector.CIVIL_SOCIETY])
def test_record_findings__two_sectors__reviewed(world: World, second: Sector) -> None:
    submit(world)
    world.send("authority", "MemberRegistry", "setKinds", BUYER, int(Kind.EVALUATION))
    if second is not Sector.PUBLIC:
        world.send("authority", "MemberRegistry", "setSector", BUYER, int(second))
    review(world, 1, "evaluator")
    assert status(world) == ApplicationStatus.SUBMITTED
    review(world, 1, appoint(world, "admin", "other evaluator"))
    assert (status(world), sectors(world)) == (ApplicationStatus.REVIEWED, 1 << Sector.ACADEMIA | 1 << second)


def test_record_findings__reviewed__a_third_may_follow(world: World) -> None:
    id_ = application(world, ApplicationStatus.REVIEWED)
    review(world, id_, appoint(world, "admin", "third evaluator"))
    assert sectors(world) == 1 << Sector.ACADEMIA | 1 << Sector.CIVIL_SOCIETY | 1 << Sector.PUBLIC
