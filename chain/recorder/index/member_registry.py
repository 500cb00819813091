"""Members and their people, from the events of MemberRegistry."""

from __future__ import annotations

from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_member, idx_person
from chain.types import Event, Role

__all__ = ["REDUCERS"]


def _admitted(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_member, {
        "id": args["member"], "org_id": args["orgId"], "name": args["name"], "sector": args["sector"], "kinds": args["kinds"],
        "superior": args["superior"], "suspended_until": 0, "left_at": 0, "admins": 0, "block": event.block,
    })  # fmt: skip


def _change(event: Event, rows: Rows, **values: object) -> None:
    rows.put(idx_member, _member(event, rows) | values)


def _member(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_member, event.args["member"])
    assert row is not None, "the contract admits a member before anything else"
    return row


def _added(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_person, {
        "address": args["account"], "member": args["member"], "roles": args["roles"], "mandate_end": args["mandateEnd"],
        "block": event.block,
    })  # fmt: skip
    _count(event, rows, args["roles"], 1)


def _removed(event: Event, rows: Rows) -> None:
    person = rows.get(idx_person, event.args["account"])
    assert person is not None, "the contract adds a person before it removes one"
    rows.drop(idx_person, event.args["account"])
    _count(event, rows, person["roles"], -1)


def _count(event: Event, rows: Rows, roles: int, step: int) -> None:
    if roles & Role.ADMIN:
        member = _member(event, rows)
        rows.put(idx_member, member | {"admins": member["admins"] + step})


REDUCERS = {
    "MemberAdmitted": _admitted,
    "MemberSectorSet": lambda event, rows: _change(event, rows, sector=event.args["sector"]),
    "MemberKindsSet": lambda event, rows: _change(event, rows, kinds=event.args["kinds"]),
    "MemberSuperiorSet": lambda event, rows: _change(event, rows, superior=event.args["superior"]),
    "MemberSuspended": lambda event, rows: _change(event, rows, suspended_until=event.args["until"]),
    "MemberExpelled": lambda event, rows: _change(event, rows, left_at=event.time),
    "PersonAdded": _added,
    "PersonRemoved": _removed,
}
