"""Members, their people and their seats in the council, from the events of MemberRegistry."""

from __future__ import annotations

from collections.abc import Callable

from chain.recorder.index.content import dump, load
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_council, idx_member, idx_person
from chain.types import Event, Kind, Role

__all__ = ["REDUCERS", "seat_at", "seats_at"]

_NOBODY = (0, 0, 0, 0)


def seat_at(member: Row, time: int) -> int:
    """Sector of a member's seat at a time, counted from 1; 0 where it had none."""
    return next((int(seat) for at, seat in reversed(load(member["seats"])) if at <= time), 0)


def seats_at(council: Row | None, time: int) -> tuple[int, int, int, int]:
    """Seats by sector at a time; ``council``: the row of idx_council."""
    history = [] if council is None else load(council["seats"])
    found = next((seats for at, seats in reversed(history) if at <= time), _NOBODY)
    return (found[0], found[1], found[2], found[3])


def _admitted(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_member, {
        "id": args["member"], "org_id": args["orgId"], "name": args["name"], "sector": args["sector"], "kinds": args["kinds"],
        "superior": args["superior"], "suspended_until": 0, "left_at": 0, "recoveries": 0, "seats": "[]", "block": event.block,
    })  # fmt: skip
    _seat(event, rows)


def _change(**names: str) -> Callable[[Event, Rows], None]:
    """A reducer that copies arguments into columns: column -> argument."""

    def reduce(event: Event, rows: Rows) -> None:
        values = {column: event.args[name] for column, name in names.items()}
        rows.put(idx_member, _member(event, rows) | values)
        _seat(event, rows)

    return reduce


def _ended(event: Event, rows: Rows) -> None:
    rows.put(idx_member, _member(event, rows) | {"left_at": event.time})
    _seat(event, rows)


def _seat(event: Event, rows: Rows) -> None:
    """Keeps the seat that follows from kind, sector and membership, where it is another one than before."""
    member = _member(event, rows)
    held = not member["left_at"] and member["kinds"] & Kind.COUNCIL
    seat, before = member["sector"] + 1 if held else 0, seat_at(member, event.time)
    if seat == before:
        return
    rows.put(idx_member, member | {"seats": _added_to(member["seats"], event.time, seat)})
    council = rows.get(idx_council, 0)
    seats = list(seats_at(council, event.time))
    for place, step in ((seat, 1), (before, -1)):
        if place:
            seats[place - 1] += step
    history = "[]" if council is None else council["seats"]
    rows.put(idx_council, {"id": 0, "seats": _added_to(history, event.time, seats)})


def _added_to(history: str, time: int, value: object) -> str:
    """The history with one more entry; a second one of the same block replaces the first."""
    kept = [entry for entry in load(history) if entry[0] != time]
    return dump([*kept, [time, value]])


def _member(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_member, event.args["member"])
    assert row is not None, "the contract admits a member before anything else"
    return row


def _person(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_person, event.args["account"])
    assert row is not None, "the contract adds a person before anything else happens to it"
    return row


def _added(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_person, {
        "address": args["account"], "member": args["member"], "roles": args["roles"], "mandate_end": args["mandateEnd"],
        "suspended_until": 0, "recoveries": _member(event, rows)["recoveries"], "block": event.block,
    })  # fmt: skip


def _removed(event: Event, rows: Rows) -> None:
    rows.drop(idx_person, event.args["account"])


def _rotated(event: Event, rows: Rows) -> None:
    person = _person(event, rows)
    rows.drop(idx_person, event.args["account"])
    rows.put(idx_person, person | {"address": event.args["successor"], "block": event.block})


def _suspended(event: Event, rows: Rows) -> None:
    rows.put(idx_person, _person(event, rows) | {"suspended_until": event.args["until"]})


def _recovered(event: Event, rows: Rows) -> None:
    args, member = event.args, _member(event, rows)
    recoveries = member["recoveries"] + 1
    rows.put(idx_member, member | {"recoveries": recoveries})
    before = rows.get(idx_person, args["account"])
    rows.put(idx_person, {
        "address": args["account"], "member": args["member"], "roles": int(Role.ADMIN) | (before["roles"] if before else 0),
        "mandate_end": args["mandateEnd"], "suspended_until": 0, "recoveries": recoveries, "block": event.block,
    })  # fmt: skip


REDUCERS = {
    "MemberAdmitted": _admitted,
    "MemberSectorSet": _change(sector="sector"),
    "MemberKindsSet": _change(kinds="kinds"),
    "MemberSuperiorSet": _change(superior="superior"),
    "MemberSuspended": _change(suspended_until="until"),
    "MemberExpelled": _ended,
    "MemberResigned": _ended,
    "MemberRecovered": _recovered,
    "PersonAdded": _added,
    "PersonRemoved": _removed,
    "PersonRotated": _rotated,
    "PersonSuspended": _suspended,
}
