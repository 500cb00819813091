"""Gas of complaints, remedies and suspensions: in a tender of 32 lots; and in one that stood still as often as it may."""

from __future__ import annotations

from typing import Any

from chain.types import LotTerms
from tests.contracts.complaints import ORDER, Case, Remedy, Stage, about_award, about_terms
from tests.contracts.world import World, hash_of

__all__ = ["BUDGETS", "complaints"]

BUDGETS = {
    "complain": 425_000, "withdraw a complaint": 200_000, "admit a complaint": 150_000, "reject": 200_000, "dismiss": 200_000,
    "uphold": 275_000, "execute": 350_000, "enforce": 400_000, "suspend": 250_000, "resume": 250_000, "consent": 275_000,
}  # fmt: skip
"""Of an act by how its name begins."""

PAUSES = 16
_LONG = {"standstill": 10_000, "complaint_window": 10_000, "remedy_period": 1_000}


def complaints(world: World) -> dict[str, int]:
    """Everything that ComplaintDesk does, and the consent to a cancellation."""
    found: dict[str, int] = {}
    for part in (_decisions, _awards, _cancellations):
        with world.undone():
            found |= part(world)
    with world.undone():
        found |= _paused(world)
    return found


def _decisions(world: World) -> dict[str, int]:
    case = about_terms(world)
    found = {"complain about terms, the first": _file(case, "acme")}
    found["complain about terms, the second"] = _file(case, "beta")
    found["withdraw a complaint"] = case.send("beta", "withdraw", 2).gas
    with world.undone():
        found["reject a complaint"] = case.send("reviewer", "reject", 1, ORDER).gas
    found["admit a complaint"] = case.admit(1).gas
    with world.undone():
        found["dismiss a complaint"] = case.send("reviewer", "dismiss", 1, ORDER).gas
    uphold = (1, int(Remedy.AMEND), 0, ORDER)
    found["uphold a complaint, to amend"] = case.send("reviewer", "uphold", *uphold).gas
    due = case.complaint(1)["due"]
    found["enforce a cancellation"] = case.send("reviewer", "enforce", 1, ORDER, at=due).gas
    fresh = about_terms(world)
    found["suspend for the first time"] = fresh.send("reviewer", "suspend", fresh.id, ORDER).gas
    found["resume for the first time"] = fresh.send("reviewer", "resume", fresh.id, ORDER).gas
    return found


def _awards(world: World) -> dict[str, int]:
    bids = {who: [price] * 32 for who, price in (("acme", 93), ("beta", 92), ("gama", 91))}
    case = about_award(world, bids, lots=[LotTerms(100)] * 32, **_LONG)
    case.awarding.disqualify("gama", lot=32)
    case.awarding.award("beta", lot=32)
    found = {"complain about an award: 32 lots": _file(case, "acme", Stage.AWARD, 32)}
    case.admit(1)
    for remedy, place, what in (
        (Remedy.CANCEL_AWARD, 0, "the fall of an award"), (Remedy.RESTORE_BID, 0, "the return of a bid"),
        (Remedy.CANCEL_TENDER, 0, "the cancellation of a lot"),
    ):  # fmt: skip
        with world.undone():
            found[f"uphold a complaint, to {what}"] = case.send(
                "reviewer", "uphold", 1, int(remedy), place, ORDER
            ).gas
            with world.undone():
                found[f"execute {what}"] = case.execute(1).gas
            due = case.complaint(1)["due"]
            found[f"enforce {what}"] = case.send("reviewer", "enforce", 1, ORDER, at=due).gas
    return found


def _cancellations(world: World) -> dict[str, int]:
    bids = {"acme": [900] * 2, "beta": [1_000] * 2}
    case = about_award(world, bids, lots=[LotTerms(9_000)] * 2, **_LONG)
    case.awarding.award("acme", lot=2)
    found = {"cancel a lot that needs consent": case.cancel(2).gas}
    with world.undone():
        found["consent to it"] = _consent(case, 2)
    found["complain about a cancellation"] = _file(case, "acme", Stage.CANCELLATION, 2)
    case.uphold(1, Remedy.UNDO_CANCELLATION)
    found["execute the end of a lot's cancellation"] = case.execute(1).gas
    return found


def _paused(world: World) -> dict[str, int]:
    """What looks at every pause there may be."""
    bids = {"acme": 93, "beta": 92}
    case = about_award(world, bids, **_LONG)
    case.awarding.award("beta")
    for _ in range(PAUSES - 1):
        case.suspend()
        case.resume()
    found = {
        f"suspend, the {PAUSES}th time": case.send("reviewer", "suspend", case.id, ORDER).gas,
        f"resume, the {PAUSES}th time": case.send("reviewer", "resume", case.id, ORDER).gas,
        f"complain about an award after {PAUSES} pauses": _file(case, "acme", Stage.AWARD, 1),
    }
    case.admit(1)
    uphold = (1, int(Remedy.CANCEL_AWARD), 0, ORDER)
    found[f"uphold a complaint after {PAUSES} pauses"] = case.send("reviewer", "uphold", *uphold).gas
    due = case.read("endOf", case.complaint(1)["due"])
    found[f"enforce after {PAUSES} pauses"] = case.send("reviewer", "enforce", 1, ORDER, at=due).gas
    found[f"decide on an award after {PAUSES} pauses"] = case.awarding.award("beta").gas
    return found


def _file(case: Case, who: str, stage: Stage = Stage.TERMS, lot: int = 0) -> int:
    record = hash_of(f"record of {who} about {int(stage)}")
    args: tuple[Any, ...] = case.arguments(who, stage, lot, ORDER, record, None, None)
    return case.send(who, "file", *args).gas


def _consent(case: Case, lot: int) -> int:
    args = (case.id, lot, hash_of("consent"))
    return case.world.send("reviewer", "TenderBoard", "consentCancel", *args).gas
