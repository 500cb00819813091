"""Applications of the contract tests, and the steps that bring one from one status to another."""

from __future__ import annotations

from typing import Any

from chain.types import ApplicationStatus, Role
from tests.contracts.world import DAY, MANDATE_END, REVIEW, World, address, hash_of, label

CONTRACT = "ApplicationRegistry"
REASON = hash_of("reason")


def codes(count: int) -> list[bytes]:
    """So many code hashes in ascending order."""
    return sorted(hash_of(f"code {number}") for number in range(count))


def submission(**changes: Any) -> tuple[Any, ...]:
    """Arguments of `submit` that are well, but for the changes."""
    plain: dict[str, Any] = {
        "record": label("record"),
        "use_case": "open tenders",
        "name": "Compranet reader",
        "codes": codes(2),
        "source": hash_of("source"),
        "contact": REVIEW,
    }
    return tuple((plain | changes).values())


def submit(world: World, *, who: str = "acme", **changes: Any) -> int:
    """Submits; the number of the application."""
    return int(world.send(who, CONTRACT, "submit", *submission(**changes)).event.args["id"])


def appoint(world: World, admin: str, who: str) -> str:
    """Adds an EVALUATOR to the admin's member; the name."""
    world.send(admin, "MemberRegistry", "addPerson", address(who), int(Role.EVALUATOR), MANDATE_END)
    return who


def review(world: World, id_: int, *reviewers: str) -> None:
    """Has them record findings."""
    for who in reviewers:
        world.send(who, CONTRACT, "recordFindings", id_, hash_of(f"checklist of {who}"), 0b101, 0b010)


def application(world: World, status: ApplicationStatus) -> int:
    """A new application in that status at the last block; sealed for 100 days, or suspended for 10."""
    id_ = submit(world)
    if status not in (ApplicationStatus.SUBMITTED, ApplicationStatus.REFUSED):
        review(world, id_, "evaluator", appoint(world, "witness", f"juror of {id_}"))
    if status in (
        ApplicationStatus.SEALED,
        ApplicationStatus.EXPIRED,
        ApplicationStatus.SUSPENDED,
        ApplicationStatus.REVOKED,
    ):
        world.send("authority", CONTRACT, "seal", id_, world.time + 100 * DAY)
    if status is ApplicationStatus.EXPIRED:
        world.move_to(world.time + 100 * DAY)
    if status is ApplicationStatus.SUSPENDED:
        world.send("authority", CONTRACT, "suspend", id_, world.time + 10 * DAY)
    if status is ApplicationStatus.REFUSED:
        world.send("authority", CONTRACT, "refuse", id_, REASON)
    if status is ApplicationStatus.REVOKED:
        world.send("authority", CONTRACT, "revoke", id_, REASON)
    assert world.read(CONTRACT, "statusOf", id_) == status
    return id_
